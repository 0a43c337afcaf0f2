"""The map of a workflow: which move comes first on the way from a state to a move that is not open
yet.
"""

from functools import lru_cache
from heapq import heappop, heappush

from amhk.rules.procedure.workflow import Workflow

_MAIN, _SIDE = 1, 10


class _Map:
    """The roads of one workflow, found once."""

    def __init__(self, workflow: Workflow) -> None:
        self.roads: dict[str, list[tuple[int, str, str]]] = {name: [] for name in workflow.states}
        for move in workflow.moves.values():
            for edge in move.edges:
                if edge.source != edge.target and not workflow.states[edge.target].final:
                    cost = _SIDE if move.finish or move.side else _MAIN
                    self.roads[edge.source].append((cost, move.name, edge.target))
        self.sources = {move.name: frozenset(move.sources) for move in workflow.moves.values()}

    def first(self, state: str, move: str) -> str | None:
        """Give the first move on the cheapest road from `state` to a state where `move` can be
        made.
        """
        queue = [(0, state, "")]
        seen = set()
        while queue:
            cost, here, began = heappop(queue)
            if here in self.sources[move]:
                return began or None
            if here in seen:
                continue
            seen.add(here)
            for more, name, target in self.roads[here]:
                heappush(queue, (cost + more, target, began or name))
        return None


@lru_cache(maxsize=64)
def _map_of(workflow: Workflow) -> _Map:
    return _Map(workflow)


def first_step(workflow: Workflow, state: str, move: str) -> str | None:
    """Give the move to make first when `move` is not possible in `state`.

    None when no road leads there.
    """
    return _map_of(workflow).first(state, move)
