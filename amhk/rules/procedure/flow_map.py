"""The route of a case as a picture: where it has been, where it stands, where it can go from here.

Places only; drawing is for `sheets`.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from amhk.rules.procedure.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Place:
    """A state on the map: column and row, and what it is to this case (`been`, `here`, `next`, or
    nothing).
    """

    name: str
    title: str
    column: int
    row: int
    what: str


@dataclass(frozen=True, slots=True)
class Road:
    """A way between two states, the moves that lead along it, and what it is to this case (`been`,
    `next`, or nothing).
    """

    source: str
    target: str
    moves: tuple[str, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Map:
    """A workflow as seen from one case.

    `path` are the states it went through in order, the present one last.
    """

    places: tuple[Place, ...]
    roads: tuple[Road, ...]
    path: tuple[str, ...]

    @property
    def titles(self) -> dict[str, str]:
        """Give the titles of the states by name."""
        return {p.name: p.title for p in self.places}

    @property
    def path_titles(self) -> list[str]:
        """Give the path in words."""
        return [self.titles[name] for name in self.path]


def flow_map(workflow: Workflow, present: str, moves: Sequence[str], allowed: Sequence[str]) -> Map:
    """Give the map for a case that stands in `present`, from the names of the moves made in order,
    and those that can be made now.
    """
    path = path_of(workflow, present, moves)
    steps = set(pairwise(path))
    onward: dict[str, list[str]] = {}
    for name in allowed:
        for edge in workflow.moves[name].edges:
            if edge.source == present != edge.target:
                onward.setdefault(edge.target, []).append(name)
    roads = [
        Road(source=s, target=t, moves=(), what="been" if (s, t) in steps else "")
        for s, t in _roads(workflow) | steps
        if not (s == present and t in onward)
    ]
    roads += [
        Road(source=present, target=target, moves=tuple(names), what="next")
        for target, names in onward.items()
    ]
    said = dict.fromkeys(path, "been") | dict.fromkeys(onward, "next") | {present: "here"}
    order = sorted(roads, key=lambda r: (r.what, r.source, r.target))
    return Map(_places(workflow, said), tuple(order), path)


def _places(workflow: Workflow, said: Mapping[str, str]) -> tuple[Place, ...]:
    """Give every state its column and row, and what there is to say of it."""
    levels, rows, places = _columns(workflow), Counter[int](), []
    for state in workflow.states.values():
        column, what = levels[state.name], said.get(state.name, "")
        places.append(
            Place(name=state.name, title=state.title, column=column, row=rows[column], what=what)
        )
        rows[column] += 1
    return tuple(places)


def path_of(workflow: Workflow, present: str, moves: Sequence[str]) -> tuple[str, ...]:
    """Give the states a case went through, as its moves tell.

    Only the present one when they do not lead there (a join that was undone).
    """
    ways: dict[str, tuple[str, ...]] = {workflow.start: (workflow.start,)}
    for name in moves:
        if (move := workflow.moves.get(name)) is None:
            continue
        on = {
            e.target: ((*ways[e.source], e.target) if e.target != e.source else ways[e.source])
            for e in move.edges
            if e.source in ways
        }
        ways = on or ways
    return ways.get(present, (present,))


@lru_cache(maxsize=64)
def _columns(workflow: Workflow) -> dict[str, int]:
    """Give each state its column: how many steps of the main road it lies from the start.

    Final states stand last.
    """
    level = {workflow.start: 0}
    queue = deque([workflow.start])
    while queue:
        here = queue.popleft()
        for move in workflow.moves.values():
            for edge in move.edges:
                if edge.source == here and edge.target not in level:
                    level[edge.target] = level[here] + 1
                    queue.append(edge.target)
    open_ = [level[s] for s in level if not workflow.states[s].final]
    last = max(open_, default=0) + 1
    order = sorted({level.get(s, last) for s in workflow.states if not workflow.states[s].final})
    return {
        s.name: len(order) if s.final else order.index(level.get(s.name, last))
        for s in workflow.states.values()
    }


@lru_cache(maxsize=64)
def _roads(workflow: Workflow) -> frozenset[tuple[str, str]]:
    """Give the ways of the main road: side moves would only cover the picture with lines."""
    pairs = {
        (e.source, e.target)
        for m in workflow.moves.values()
        if not m.side and not m.ending
        for e in m.edges
    }
    return frozenset((s, t) for s, t in pairs if s != t)
