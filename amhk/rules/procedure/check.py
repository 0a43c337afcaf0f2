"""The proof of a procedure: what must be true of every workflow before the house opens, each fault
with the shortest story to it.
"""

import gc
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from amhk.errors import Fault
from amhk.rules.privacy.disclosure import ASKED, REFERRED, forbidden, supplied
from amhk.rules.procedure.answered import out_of_reach, unanswered
from amhk.rules.procedure.apart import OTHER, Carried
from amhk.rules.procedure.drafting import Draft, drafted
from amhk.rules.procedure.floor import floor
from amhk.rules.procedure.lint import lint
from amhk.rules.procedure.machine import holds
from amhk.rules.procedure.promised import Promise
from amhk.rules.procedure.promises import broken, stuck
from amhk.rules.procedure.ways_on import JOIN, counted, possible
from amhk.rules.procedure.workflow import ANSWERS, ENDS, NoticeRule, Workflow
from amhk.rules.procedure.world import Came, Road, Spot, World, road_to
from amhk.rules.procedure.worlds import acts_on, worlds_of


def check(workflow: Workflow, paths: Mapping[str, Collection[str]]) -> list[Fault]:
    """Give every fault in a workflow.

    `paths` holds, per template, what of the facts reaches the letter (`zorgen.*`, `jeugdigen.bsn`).
    """
    with _uncollected():
        return _faults(workflow, paths)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the collector of memory out of it: a world is large, and none of it is let go."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _faults(workflow: Workflow, paths: Mapping[str, Collection[str]]) -> list[Fault]:
    worlds = worlds_of(workflow)
    case = worlds.case
    faults = [
        *_reachable(case),
        *_ways_out(case),
        *_terms(case, worlds.carried),
        *_own_investigation(case),
        *_endings(case),
        *(_unended(case) if workflow.proof >= ENDS else ()),
    ]
    for world in worlds.parts.values():
        faults += [*_promises(world), *_answered(world)]
    for world in worlds.runs.values():
        faults += [_at(world, spot, text) for spot, text in out_of_reach(world)]
    return [
        *lint(workflow),
        *(_fault(workflow, text, key) for key, text in floor(workflow)),
        *faults,
        *_actors(workflow),
        *_airlock(workflow),
        *(f for name, world in worlds.parts.items() for f in _letters(world, paths, name)),
    ]


def _fault(workflow: Workflow, text: str, key: str, story: str | None = None) -> Fault:
    """Give a fault with the key it stands at, and the shortest story to it."""
    file = next(iter(workflow.files), None)
    head = f"{workflow.name} {workflow.release}"
    return Fault("werkwijze", f"{head}: {text}", field=key, file=file, story=story)


def _at(world: World, spot: Spot, text: str) -> Fault:
    """Give a fault at a spot: at the move that leads there, `…` in the text being the story."""
    return _on(world, world.road(spot), text)


def _on(world: World, road: Road, text: str) -> Fault:
    """Give a fault at the end of a road, the same way."""
    story, last = world.tell(road), road.steps[-1][0].name.rstrip(OTHER) if road.steps else ""
    key = "intake" if not last else JOIN if last == JOIN else f"moves.{last}"
    return _fault(world.workflow, text.replace("…", story), key, story)


def _reachable(world: World) -> Iterator[Fault]:
    seen = {spot.state for spot in world.roads}
    for name, state in world.workflow.states.items():
        if name not in seen:
            text = (
                f"de staat '{state.title}' ({name}) is niet te bereiken: geef een stap die erheen"
                " leidt, of haal hem weg."
            )
            yield _fault(world.workflow, text, f"states.{name}")


def _ways_out(world: World) -> Iterator[Fault]:
    """From every state a finish or an ending must be reachable, that hangs on no other region."""
    workflow = world.workflow
    own = [m for m in workflow.moves.values() if m.name != workflow.other_region.get("accept")]
    good = {name for name, state in workflow.states.items() if state.final}
    grown = True
    while grown:
        found = {e.source for m in own for e in m.edges if e.target in good} - good
        grown = bool(found)
        good |= found
    first: dict[str, Spot] = {}
    for spot in world.roads:
        first.setdefault(spot.state, spot)
    for state, spot in first.items():
        if state not in good:
            title = workflow.states[state].title
            now = "Geef van hier een stap die naar een einde leidt."
            text = f"vanuit '{title}' is geen finish of einde te bereiken. …. {now}"
            yield _at(world, spot, text)


def _terms(world: World, carried: Carried) -> Iterator[Fault]:
    """No open spot without a running term that leads to an act possible there, unless only closing
    is left and that has its own term, or what its runs come to says that one of theirs does
    (`carried`).
    """
    workflow, told = world.workflow, set()
    for spot in world.roads:
        if workflow.states[spot.state].final or spot.state in told:
            continue
        if _has_term(workflow, spot) or carried & spot.facts:
            continue
        told.add(spot.state)
        now = "Laat de stap ervoor een termijn beginnen (starts) met een stap van hier bij acts."
        text = f"hier loopt geen termijn die tot een stap leidt. … zonder termijn. {now}"
        yield _at(world, spot, text)


def _has_term(workflow: Workflow, spot: Spot) -> bool:
    here = workflow.moves_from[spot.state]
    return acts_on(workflow, spot) or _closing_carries(workflow, spot, here)


def _closing_carries(workflow: Workflow, spot: Spot, here: Collection[str]) -> bool:
    """Where closing is possible, each thing it waits for is a notice or an answer that runs under
    its own term, or the closing term itself starts.
    """
    if workflow.closing is None or workflow.closing not in here or workflow.closing_term is None:
        return False
    told = dict(spot.facts)
    move = workflow.moves[workflow.closing]
    waits = [
        n
        for n in move.needs
        if n.kind == "fact"
        and holds(n.when, told)
        and (told.get(n.names[0]) in n.values) == n.unless
    ]
    return all(
        any(workflow.notices.get(o) or _carried(workflow, o, spot) for o in n.opens) for n in waits
    )


def _carried(workflow: Workflow, act: str, spot: Spot) -> bool:
    carriers = [t.name for t in workflow.terms.values() if act in t.acts]
    by_notice = {s for n in workflow.notices.values() if n.obligatory for s in n.sent_starts}
    return any(c in spot.running or c in by_notice for c in carriers)


def _endings(world: World) -> Iterator[Fault]:
    """An ending without a finish is only for a case that has none, or that another region took on.

    After a finish with which a case stays open, closing asks for what is owed.
    """
    taken_on = world.workflow.other_region.get("accept")
    for spot, road in world.roads.items():
        if (
            road
            and road[1].ending
            and road[1].name != taken_on
            and world.workflow.states[spot.state].final
            and spot.finishes & world.workflow.staying
        ):
            yield _at(world, spot, "een zaak met een finish eindigt zonder afsluiten. ….")
            return


def _unended(world: World) -> Iterator[Fault]:
    """A case that is over has a finish, or an ending some step on its road gave it."""
    came: Came = dict.fromkeys(world.begun)
    queue = deque(came)
    while queue:
        here = queue.popleft()
        for move, there, told in world.ways[here]:
            if move.ending or there in came:
                continue
            came[there] = here, move, told
            queue.append(there)
            if world.workflow.states[there.state].final and not there.finishes:
                now = "Geef die stap, of een ervoor, een einde (ending), of laat hem daar niet toe."
                text = f"een zaak eindigt zonder finish en zonder einde. …. {now}"
                yield _on(world, road_to(came, there), text)
                return


def _own_investigation(world: World) -> Iterator[Fault]:
    """A finish that rests on own investigation never comes without (decision D1)."""
    for finish, facts in world.workflow.investigated.items():
        for spot in world.roads:
            if finish in spot.finishes and not _told_before(world, spot, facts):
                now = f"Laat de laatste stap {' of '.join(facts)} eisen (needs)."
                yield _at(world, spot, f"finish {finish} zonder eigen onderzoek. …. {now}")
                break


def _told_before(world: World, spot: Spot, facts: Collection[str]) -> bool:
    """Tell whether one of these facts was told here, or on the road to it."""
    here: Spot | None = spot
    while here is not None:
        told = dict(here.facts)
        if any(told.get(name) for name in facts):
            return True
        road = world.roads[here]
        here = road[0] if road else None
    return False


def _promises(world: World) -> Iterator[Fault]:
    """What the procedure promises holds on every road; and from everywhere a case can end."""
    if spot := stuck(world):
        now = "Geef van hier een stap die naar een einde leidt."
        yield _at(world, spot, f"hier kan de zaak nooit meer eindigen. …. {now}")
    for promise in world.workflow.promises:
        if road := broken(world, promise):
            text = f"een belofte wordt niet gehouden: {promise.text} …."
            yield _on(world, road, text + _now(world, promise, road))


_NOW = {
    "never": "Laat een stap op deze weg iets eisen (needs), of zet hem om.",
    "leads_to": "Geef van hier een stap die verder leidt.",
    "exactly": "Laat de stap ervoor de termijn beginnen (starts) of eindigen (meets, voids).",
}


def _now(world: World, promise: Promise, road: Road) -> str:
    """Give what can be done about a promise that is not kept, and what stands in the way."""
    if promise.kind != "always":
        return f" {_NOW[promise.kind]}"
    closed = (_closed(world, road.to, name) for name in promise.possible)
    return "".join(f" {text}" for text in closed)


def _closed(world: World, spot: Spot, name: str) -> str:
    """Give why a move cannot be made in a place: the state, or the first need that fails there."""
    workflow, move = world.workflow, world.workflow.moves[name]
    if spot.state not in move.sources:
        return f"'{move.title}' kan niet vanuit '{spot.state}': noem die staat bij from."
    told, free = dict(spot.facts), counted(workflow)
    for need in move.needs:
        if not possible(workflow, need, told, spot.running, spot.finishes, free):
            return f"'{move.title}' eist daar '{need.code}': {need.text}"
    return f"'{move.title}' heeft vanuit '{spot.state}' geen weg bij wat er dan bekend is."


def _answered(world: World) -> Iterator[Fault]:
    """What runs is answered; a release settled by an earlier proof is not asked."""
    if world.workflow.proof >= ANSWERS:
        yield from (_at(world, spot, text) for spot, text in unanswered(world))


def _actors(workflow: Workflow) -> Iterator[Fault]:
    """Every term leads to an act, and the role that owns the term may do it."""
    for term in workflow.terms.values():
        if term.name in workflow.engine_terms:
            continue
        if not term.acts:
            text = f"de termijn '{term.title}' leidt tot geen enkele stap (acts)."
            yield _fault(workflow, text, f"terms.{term.name}.acts")
        moves = [workflow.moves[a] for a in term.acts if a in workflow.moves]
        if moves and not any(term.role in m.roles for m in moves):
            yield _fault(
                workflow,
                f"de termijn '{term.title}' is van {term.role}, maar die rol mag geen van haar"
                " stappen zetten.",
                f"terms.{term.name}.role",
            )


def _airlock(workflow: Workflow) -> Iterator[Fault]:
    """Between advies and melding only codes cross: no free text, no name, no person (G6).

    What crosses is a field of the intake.
    """
    codes = {f.name for f in workflow.intake if f.type in ("choice", "choices")}
    for move in workflow.moves.values():
        for name in move.crosses:
            if move.effect not in ("to_advies", "to_melding"):
                yield _fault(
                    workflow,
                    f"'{move.title}' neemt '{name}' over, maar gaat niet naar de andere route.",
                    f"moves.{move.name}.crosses",
                )
            elif name not in codes:
                yield _fault(
                    workflow,
                    f"'{move.title}' laat '{name}' naar de andere route gaan: alleen codes mogen de"
                    " sluis door, geen tekst en geen persoon.",
                    f"moves.{move.name}.crosses",
                )


def _letters(world: World, paths: Mapping[str, Collection[str]], track: str) -> Iterator[Fault]:
    """Every letter (of a track, or of the case) has its text, can be drafted, shows nobody what he
    may not see in any state it can be drafted in, and asks nothing that may not be there.
    """
    workflow, drafts = world.workflow, drafted(world)
    for notice in (n for n in workflow.notices.values() if n.of == track):
        key = f"notices.{notice.name}"
        if not drafts[notice.name]:
            text = f"het bericht '{notice.title}' wordt nergens klaargezet."
            yield _fault(workflow, text, key)
            continue
        for template, recipient in notice.templates:
            if (asked := paths.get(template)) is None:
                yield _fault(
                    workflow,
                    f"het bericht '{notice.title}' heeft geen sjabloon"
                    f" templates/notices/{template}.j2.",
                    key,
                )
                continue
            for path in sorted(asked):
                if found := _path_fault(world, notice, path, recipient, drafts[notice.name]):
                    why, story = found
                    text = f"het sjabloon van '{notice.title}' {why}"
                    yield _fault(workflow, text, key, story)


def _path_fault(
    world: World, notice: NoticeRule, path: str, recipient: str, drafts: list[Draft]
) -> tuple[str, str | None] | None:
    """Give what is wrong with what a letter asks, and the story to it."""
    name = path.removesuffix(".*")
    if not supplied(path):
        return f"vraagt om '{name}', en niets levert dat.", None
    reader = world.workflow.recipients[recipient]
    if why := forbidden(path, reader):
        story = world.story(drafts[0].spot)
        return f"toont '{name}' aan een {recipient.replace('_', ' ')}: {why}. {story}.", story
    bare = next(
        (d for d in drafts if not _there(world.workflow, notice, path.partition(".")[0], d)), None
    )
    if bare is None:
        return None
    story = world.story(bare.spot)
    return f"vraagt om '{name}', en dat is er niet altijd. {story}.", story


def _there(workflow: Workflow, notice: NoticeRule, fact: str, draft: Draft) -> bool:
    """Tell whether a letter drafted so has this fact, or somebody can still enter it.

    What may be empty always is there.
    """
    if fact in REFERRED:
        return bool(workflow.referring & draft.spot.finishes)
    if fact in ASKED:
        return draft.move is not None and any(
            f.name == fact and (f.required or fact == "op") for f in draft.move.fields
        )
    of_route = {
        "advies": "advies",
        "adviesvrager_naam": "advies",
        "zorgen": "melding",
        "jeugdigen": "melding",
    }
    if fact in of_route:
        return workflow.route == of_route[fact]
    if fact in ("betrokkene_naam", "betrokkene_aanhef", "betrokkene_namens", "overhandigen"):
        return draft.person
    return fact != "melder_naam" or notice.recipient == "melder"
