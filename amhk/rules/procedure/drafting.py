"""Where the letters of a procedure are drafted, and in which states they can stand open."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from amhk.rules.procedure.workflow import Move
from amhk.rules.procedure.world import Spot, World


@dataclass(frozen=True)
class Draft:
    """One way a letter comes to lie ready.

    Where the case stands then, and the move that drafts it (none: a reminder; `person`: for who is
    recorded).
    """

    spot: Spot
    move: Move | None = None
    person: bool = False


def drafted(world: World) -> dict[str, list[Draft]]:
    """Give, per notice, how it can be drafted.

    By a move, by a reminder of a term that may run there, or for a person who is recorded there; of
    each way, state and set of finishes the first.
    """
    workflow = world.workflow
    found: dict[str, dict[tuple[object, ...], Draft]] = {name: {} for name in workflow.notices}

    def _add(
        kinds: Iterable[str], spot: Spot, move: Move | None = None, person: bool = False
    ) -> None:
        for kind in kinds:
            found[kind].setdefault(
                (spot.state, spot.finishes, move and move.name, person), Draft(spot, move, person)
            )

    writing = {m.name for m in workflow.moves.values() if m.letters}
    seen = set[tuple[object, ...]]()
    for here, move, there in world.steps:
        if move.name not in writing:
            continue
        way = move.name, here.state, there.state, there.finishes
        if way not in seen:
            seen.add(way)
            taken = [e for e in move.edges if (e.source, e.target) == (here.state, there.state)]
            for kind in {*move.notices, *(n for e in taken for n in e.notices)}:
                _add([kind], there, move, workflow.notices[kind].each)
    rung = {t.name: [k for r in t.rungs for k in r.drafts] for t in workflow.terms.values()}
    looked = set[tuple[object, ...]]()
    for spot in world.roads:
        place = spot.state, spot.finishes, spot.running
        if workflow.states[spot.state].final or place in looked:
            continue
        looked.add(place)
        _add((k for name in spot.running for k in rung[name]), spot)
        _add(workflow.person_notices, spot, person=True)
    return {kind: list(drafts.values()) for kind, drafts in found.items()}


def sendable(world: World) -> dict[str, set[str]]:
    """Give, per notice, every state in which it can still stand open.

    Where it is drafted, and all that can follow.
    """
    after: dict[str, set[str]] = {}
    edges = [(e.source, e.target) for m in world.workflow.moves.values() for e in m.edges]

    def _onward(state: str) -> set[str]:
        if state not in after:
            seen, queue = {state}, deque([state])
            while queue:
                here = queue.popleft()
                new = {target for source, target in edges if source == here} - seen
                seen |= new
                queue.extend(new)
            after[state] = seen
        return after[state]

    return {
        kind: set().union(*(_onward(draft.spot.state) for draft in drafts))
        for kind, drafts in drafted(world).items()
    }
