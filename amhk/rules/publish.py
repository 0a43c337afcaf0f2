"""Small numbers: which cells of a table must be hidden so that nobody can work out a small one from what is shown.

Primary: every count up to a threshold. Secondary: further cells, until each hidden one can still be more than one number given all that
is shown. A table of areas (a tree) by the values of one split is a flow network: each cell an arc, each sum a node where what comes in
goes out. Another possible table is a way round through hidden arcs, one more here and one less there; so a cell can be worked out
exactly when no such way leads through it. docs/adr/0009 says why tables that share their totals are safe together.
"""

import heapq
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

# Hidden because it is small; hidden to protect a small one; hidden without saying which (written as the second).
SMALL, OTHER, MIXED = "small", "other", "mixed"
Cell = Hashable
FREE, MORE, LOOSE = range(3)
_GROUND, _DEAR = "ground", 1_000_000


@dataclass(frozen=True)
class Style:
    """How a report is published: a count up to `most` is hidden and written `small`, one hidden besides `other`; what is shown is rounded to a multiple of `rounded`."""

    name: str
    most: int
    small: str
    other: str
    rounded: int = 1

    def shown(self, count: int) -> int:
        """Give a count as it is printed: the nearest multiple (of two as near the larger)."""
        return (count + self.rounded // 2) // self.rounded * self.rounded


STYLES = {s.name: s for s in (Style("cbs", 9, ".", ".", 5), Style("tien", 10, "10 of minder", "afgeschermd"))}


@dataclass
class _Net:
    """Cells as arcs between sums; `low` and `high` are what anybody knows of a hidden cell."""

    most: int
    values: dict[Cell, int] = field(default_factory=dict)
    ends: dict[Cell, tuple[Hashable, Hashable]] = field(default_factory=dict)
    hidden: dict[Cell, str] = field(default_factory=dict)
    bounds: dict[Cell, tuple[int, int | None]] = field(default_factory=dict)
    highest: dict[Cell, int] = field(default_factory=dict)
    dear: dict[Cell, int] = field(default_factory=dict)
    ways: dict[Cell, frozenset[Cell]] = field(default_factory=dict)
    _at: dict[Hashable, list[tuple[Cell, Hashable, int]]] = field(default_factory=dict)

    def arc(self, cell: Cell, source: Hashable, target: Hashable, value: int, dear: int) -> None:
        """Add a cell: one more of it is one more from source to target; `dear`: how much it is worth to show it."""
        self.values[cell], self.ends[cell], self.dear[cell] = value, (source, target), dear
        self._at.setdefault(source, []).append((cell, target, 1))
        self._at.setdefault(target, []).append((cell, source, -1))

    def hide(self, cell: Cell, label: str) -> None:
        """Hide a cell; whoever knows why it is hidden knows on which side of the threshold it lies."""
        self.hidden[cell] = label
        self.bounds[cell] = {SMALL: (0, self.most), OTHER: (self.most + 1, None), MIXED: (0, None)}[label]

    def protect(self) -> dict[Cell, str]:
        """Hide as few more cells as this finds until each hidden one lies on a way round; gives all that are hidden and why."""
        self._cover(sorted(self.hidden, key=lambda cell: (-self.values[cell], str(cell))))
        for cell in sorted((c for c, label in self.hidden.items() if label == OTHER), key=lambda c: -self.values[c]):
            self._uncover(cell)
        return self.hidden

    def _cover(self, cells: Iterable[Cell]) -> None:
        for cell in cells:
            if cell in self.ways:
                continue
            way = self._way(cell, FREE)
            way = way if way is not None else self._way(cell, MORE)
            if way is None:  # next to a count just past the threshold: then neither says on which side it lies
                way = self._way(cell, LOOSE)
                for one in (cell, *way) if way is not None else ():
                    self.hide(one, MIXED)
            for other in way or ():
                if other not in self.hidden:
                    self.hide(other, OTHER)
            if way is not None:
                for one in (cell, *way):
                    self.ways.setdefault(one, frozenset({cell, *way}))

    def _uncover(self, cell: Cell) -> None:
        """Show a cell again that was only hidden to protect others, when these have another way."""
        label, bounds = self.hidden.pop(cell), self.bounds.pop(cell)
        before = {c: way for c, way in self.ways.items() if cell in way}
        for one in before:
            del self.ways[one]
        for one in before:
            if one == cell or one in self.ways:
                continue
            if (way := self._way(one, FREE)) is None:
                self.hidden[cell], self.bounds[cell] = label, bounds
                self.ways |= before
                return
            for other in {one, *way}:
                self.ways.setdefault(other, frozenset({one, *way}))

    def _way(self, cell: Cell, how: int) -> list[Cell] | None:
        """Give the cells of the cheapest way round through a cell, in either direction; FREE: through hidden cells only, MORE: hiding others, LOOSE: as if nothing were known of why a cell is hidden."""
        source, target = self.ends[cell]
        told = [
            found
            for up, start, end in ((1, target, source), (-1, source, target))
            if self._can(cell, up, how) and (found := self._path(cell, start, end, how)) is not None
        ]
        return min(told)[1] if told else None

    def _path(self, cell: Cell, start: Hashable, end: Hashable, how: int) -> tuple[int, list[Cell]] | None:
        best, back = {start: 0}, dict[Hashable, tuple[Hashable, Cell]]()
        queue, turn = [(0, 0, start)], 0
        while queue:
            cost, _, node = heapq.heappop(queue)
            if node == end:
                way = []
                while node != start:
                    node, one = back[node]
                    way.append(one)
                return cost, sorted(way, key=str)
            if cost > best[node]:
                continue
            for one, other, up in self._at.get(node, ()):
                if one == cell or (how == FREE and one not in self.hidden) or not self._can(one, up, how):
                    continue
                price = cost + (0 if one in self.hidden else _DEAR * self.dear[one] + min(self.values[one], _DEAR))
                if price < best.get(other, price + 1):
                    best[other], back[other] = price, (node, one)
                    turn += 1
                    heapq.heappush(queue, (price, turn, other))
        return None

    def _can(self, cell: Cell, up: int, how: int) -> bool:
        """Tell whether a cell could be one more (or less) than it is, for who knows only what is shown."""
        low, high = self.bounds.get(cell, (self.most + 1, None)) if how != LOOSE else (0, None)
        value = self.values[cell] + up
        return low <= value and (high is None or value <= high) and value <= self.highest.get(cell, value)


def protect_totals(
    parents: Mapping[str, str | None], values: Mapping[str, int], most: int, highest: Mapping[str, int] | None = None, totals: Mapping[str, str] | None = None,
) -> dict[str, str]:  # fmt: skip
    """Give which counts of a tree of areas are hidden, and why; `parents` gives the sum each area is part of, None for the whole.

    `highest` says what no count can exceed; where `totals` hides that, the count is hidden as well.
    """
    net = _Net(most)
    inner = set(parents.values())
    for area, parent in parents.items():
        net.arc(
            area,
            area if area in inner else _GROUND,
            parent if parent is not None else _GROUND,
            values[area],
            _worth(area, parent, inner),
        )
    net.highest.update(highest or {})
    for area, value in values.items():
        if area in (totals or {}):
            net.hide(area, SMALL if (totals or {})[area] == SMALL else MIXED)
        elif value <= most:
            net.hide(area, SMALL)
    return {str(area): label for area, label in net.protect().items()}


def protect_parts(
    parents: Mapping[str, str | None], values: Mapping[tuple[str, str], int], totals: Mapping[str, str], most: int
) -> dict[tuple[str, str], str]:  # fmt: skip
    """Give which cells of areas by parts are hidden, and why, where the parts of an area add up to a count of which `totals` says whether it is hidden.

    Of an area of which the count is hidden all parts are; the ways round leave every count as it is.
    """
    net, inner = _Net(most), set(parents.values())
    for (area, part), value in values.items():
        parent = parents[area]
        source = (area, part) if area in inner else area
        net.arc((area, part), source, _GROUND if parent is None else (parent, part), value, _worth(area, parent, inner))
    for (area, part), value in values.items():
        if area in totals:
            net.hide((area, part), SMALL if totals[area] == SMALL else MIXED)
        elif value <= most:
            net.hide((area, part), SMALL)
    found: dict[tuple[str, str], str] = {}
    for cell, label in net.protect().items():
        assert isinstance(cell, tuple)
        found[cell] = label
    return found


def _worth(area: str, parent: str | None, inner: set[str | None]) -> int:
    """Give how much it is worth to show a line: the whole before the parts, a sum before what is summed."""
    return 100 if parent is None else 4 if area in inner else 1
