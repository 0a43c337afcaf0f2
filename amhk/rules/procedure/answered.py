"""Whether what runs is answered: an act ends its term, and no term runs on where nothing answers it
any more.
"""

from collections import defaultdict
from collections.abc import Iterator

from amhk.rules.procedure.ways_on import JOIN, Facts, from_desk
from amhk.rules.procedure.workflow import DOORS, Move, Workflow
from amhk.rules.procedure.world import Spot, World

Found = tuple[Spot, str]  # where it shows, and what is wrong
_Steps = dict[tuple[object, ...], tuple[Spot, Move, Spot]]


def unanswered(world: World) -> Iterator[Found]:
    """Give every term an act leaves running, and every one that runs where no act can follow.

    What is `onward` leads to an answer without being one. The terms the desk reckons with by itself
    are not looked at.
    """
    some: _Steps = {}
    alike: dict[tuple[str, frozenset[str]], set[tuple[str, str, frozenset[str]]]] = {}
    for here, ways in world.ways.items():
        seen = alike.setdefault((here.state, here.running), set())
        for move, there, _ in ways:
            key = move.name, there.state, there.running
            if key not in seen:
                seen.add(key)
                some[(here.state, here.running, *key)] = here, move, there
    yield from _left(world.workflow, some)
    yield from _stranded(world, some)
    if world.workflow.proof >= DOORS:
        yield from _begun_twice(world.workflow, some)
        yield from _about_nothing(world)


def out_of_reach(world: World) -> Iterator[Found]:
    """Give every term of a run that runs where none of its acts can follow any more, by what they
    ask: the world of a run is small enough to look at each place.
    """
    flow = world.workflow
    for name, rule in flow.terms.items():
        acts = frozenset(rule.acts)
        here = [s for s in world.roads if name in s.running and not flow.states[s.state].final]
        good = {s for s in here if acts & world.doors[s] or acts & {*flow.notices}}
        queue = list(good)
        while queue:
            fresh = {s for s in world.before[queue.pop()] if name in s.running} - good
            good |= fresh
            queue += fresh
        if lost := next((spot for spot in here if spot not in good), None):
            text = f"de termijn '{rule.title}' loopt hier, en geen stap van haar kan nog volgen. …."
            yield lost, text


def _left(workflow: Workflow, some: _Steps) -> Iterator[Found]:
    told = set[tuple[str, str]]()
    for here, move, there in some.values():
        if move.name == JOIN:
            continue
        for name in sorted(here.running & there.running):
            rule = workflow.terms[name]
            if (
                move.name in rule.acts
                and move.name not in rule.onward
                and name not in move.begins
                and (name, move.name) not in told
            ):
                told.add((name, move.name))
                text = (
                    f"'{move.title}' is een stap van de termijn '{rule.title}' en laat haar lopen"
                    " (meets, of onward waar zij alleen verder helpt). …."
                )
                yield there, text


def _begun_twice(workflow: Workflow, some: _Steps) -> Iterator[Found]:
    """No move begins a term that runs already, unless it ends that first."""
    told = set[tuple[str, str]]()
    for here, move, there in some.values():
        once = {start.term for start in move.maybe if start.once}
        ways = [e for e in move.edges if (e.source, e.target) == (here.state, there.state)]
        begun = {*move.starts, *(t for e in ways for t in e.starts)} - once
        gone = {*move.meets, *move.voids, *(t for e in ways for t in (*e.meets, *e.voids))}
        for name in sorted(begun & here.running - gone):
            if (name, move.name) not in told:
                told.add((name, move.name))
                title = workflow.terms[name].title
                text = (
                    f"'{move.title}' begint de termijn '{title}' terwijl zij al loopt (voids). …."
                )
                yield there, text


def _about_nothing(world: World) -> Iterator[Found]:
    """A move that stays where it is and only ends terms is not made where none of them ever runs,
    as far as the state and what is known there can tell.
    """
    desk = from_desk(world.workflow)
    runs: dict[tuple[str, str, Facts], bool] = {}
    where: dict[tuple[str, str, Facts], Spot] = {}
    ending = {
        move.name: frozenset((*move.meets, *move.voids))
        for move in world.workflow.moves.values()
        if not move.finish and not move.begins and desk.isdisjoint((*move.meets, *move.voids))
    }
    for here, move, there in world.steps:
        if not (ends := ending.get(move.name)) or here.state != there.state:
            continue
        key = move.name, here.state, here.facts
        runs[key] = runs.get(key, False) or not ends.isdisjoint(here.running)
        where.setdefault(key, here)
    told = set[str]()
    for key, known in runs.items():
        if not known and key[0] not in told:
            told.add(key[0])
            title = world.workflow.moves[key[0]].title
            yield where[key], f"'{title}' beantwoordt hier een termijn die nooit loopt. …."


def _stranded(world: World, some: _Steps) -> Iterator[Found]:
    workflow = world.workflow
    onward: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for here, _, there in some.values():
        for name in here.running & there.running:
            onward[name][there.state].add(here.state)
    where: dict[str, dict[str, Spot]] = defaultdict(dict)
    for spot in world.roads:
        for name in spot.running:
            where[name].setdefault(spot.state, spot)
    for name, places in where.items():
        if name in workflow.engine_terms or name == workflow.waiting_term:
            continue
        acts = {*workflow.terms[name].acts}
        queue = [s for s in places if acts & {*workflow.moves_from[s], *workflow.notices}]
        good = set(queue)
        while queue:
            fresh = onward[name][queue.pop()] - good
            good |= fresh
            queue += fresh
        for state, spot in places.items():
            if state not in good:
                title = workflow.terms[name].title
                text = f"de termijn '{title}' loopt hier, en geen stap van haar kan nog volgen. …."
                yield spot, text
                break
