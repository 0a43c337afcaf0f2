"""The worlds a procedure is proven in: the case, and each track by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from amhk.rules.procedure.apart import Carried, case_apart, run_apart
from amhk.rules.procedure.workflow import Workflow
from amhk.rules.procedure.world import Spot, World, explore


@dataclass(frozen=True)
class Worlds:
    """The world of a case, that of a run of each track by name, and what the runs can come to that
    says by itself that one of their terms runs with an act of it open (`carried`).
    """

    case: World
    runs: dict[str, World]
    carried: Carried

    @property
    def parts(self) -> dict[str, World]:
        """Give all of them by name; the case has none."""
        return {"": self.case, **self.runs}


@lru_cache(maxsize=4)
def worlds_of(workflow: Workflow) -> Worlds:
    """Walk every part of a procedure."""
    runs = {t.name: explore(run_apart(workflow, t)) for t in workflow.tracks.values()}
    carried = frozenset(told for name, world in runs.items() for told in _by(workflow, name, world))
    return Worlds(explore(case_apart(workflow, carried)), runs, carried)


def _by(workflow: Workflow, name: str, world: World) -> Iterator[tuple[str, object]]:
    for total in workflow.tracks[name].sums:
        idle = {
            dict(spot.facts)[total.of]
            for spot in world.roads
            if not world.workflow.states[spot.state].final and not acts_on(world.workflow, spot)
        }
        yield from ((total.name, value) for value in total.first if value not in idle)


def acts_on(workflow: Workflow, spot: Spot) -> bool:
    """Tell whether a term runs of which an act can be made here."""
    here, terms = workflow.moves_from[spot.state], workflow.terms
    return any(a in here or a in workflow.notices for t in spot.running for a in terms[t].acts)
