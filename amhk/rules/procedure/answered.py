"""Whether what runs is answered: an act ends its term, and no term runs on where nothing answers it
any more.
"""

from collections import defaultdict
from collections.abc import Iterator

from amhk.rules.procedure.ways_on import JOIN
from amhk.rules.procedure.workflow import Move, Workflow
from amhk.rules.procedure.world import Spot, World

Found = tuple[Spot, str]  # where it shows, and what is wrong
_Steps = dict[tuple[object, ...], tuple[Spot, Move, Spot]]


def unanswered(world: World) -> Iterator[Found]:
    """Give every term an act leaves running, and every one that runs where no act can follow.

    What is `onward` leads to an answer without being one. The terms the desk reckons with by itself
    are not looked at.
    """
    some: _Steps = {}
    for here, move, there in world.steps:
        key = here.state, move.name, there.state, here.running, there.running
        some.setdefault(key, (here, move, there))
    yield from _left(world.workflow, some)
    yield from _stranded(world, some)


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
