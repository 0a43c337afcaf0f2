"""Small numbers: which cells of a table must be hidden so that nobody can work out a small one from
what is shown.

Primary: every count up to a threshold. Secondary: further cells, until each hidden one can still be
more than one number given all that
is shown. A table of areas (a tree) by the values of one split is a flow network: each cell an arc,
each sum a node where what comes in
goes out. Another possible table is a way round through hidden arcs, one more here and one less
there; so a cell can be worked out
exactly when no such way leads through it. docs/adr/0009 says why tables that share their totals are
safe together.
"""

import heapq
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

# Hidden because it is small; hidden to protect a small one; hidden without saying which (written as
# the second).
SMALL, OTHER, MIXED = "small", "other", "mixed"
Cell = Hashable
FREE, MORE, LOOSE = range(3)
_GROUND, _DEAR = "ground", 1_000_000


@dataclass(frozen=True)
class Style:
    """How a report is published.

    A count up to `most` is hidden and written `small`, one hidden besides `other`; what is shown is
    rounded to a multiple of `rounded`.
    """

    name: str
    most: int
    small: str
    other: str
    rounded: int = 1

    def shown(self, count: int) -> int:
        """Give a count as it is printed: the nearest multiple (of two as near the larger)."""
        return (count + self.rounded // 2) // self.rounded * self.rounded


# What a share, a mean or a spread of too few is called: "10 of minder" would read as the share
# itself.
TOO_FEW = "te weinig om te tonen"
STYLES = {
    s.name: s
    for s in (
        Style(name="cbs", most=9, small=".", other=".", rounded=5),
        Style(name="tien", most=10, small="10 of minder", other="afgeschermd"),
    )
}


class _Net:
    """Cells as arcs between sums.

    What anybody knows of a hidden cell (its bounds) says whether it could be one more or one less
    than it is.

    Cells and sums are numbered, and what a search asks of each (may it be one more, one less; what
    it costs to go through it) is kept ready.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.names: list[Cell] = []
        self.hidden: dict[Cell, str] = {}
        self._number: dict[Cell, int] = {}
        self._nodes: dict[Hashable, int] = {}
        self._ends: list[tuple[int, int]] = []
        self._values: list[int] = []
        self._highest: dict[int, int] = {}
        self._prices: list[int] = []
        self._now: list[int] = []
        self._at: list[list[tuple[int, int, int]]] = []
        # may a cell be one more (1) or one less (-1): for who goes through hidden cells only, hides
        # others, knows nothing
        self._may: tuple[dict[int, list[bool]], ...] = tuple(
            {1: [], -1: []} for _ in (FREE, MORE, LOOSE)
        )
        self._ways: dict[int, frozenset[int]] = {}

    def arc(self, cell: Cell, source: Hashable, target: Hashable, value: int, dear: int) -> None:
        """Add a cell: one more of it is one more from source to target.

        `dear`: how much it is worth to show it.
        """
        key = self._number[cell] = len(self.names)
        ends = self._node(source), self._node(target)
        self.names.append(cell)
        self._ends.append(ends)
        self._values.append(value)
        self._prices.append(_DEAR * dear + min(value, _DEAR))
        self._now.append(self._prices[-1])
        self._at[ends[0]].append((key, ends[1], 1))
        self._at[ends[1]].append((key, ends[0], -1))
        for may in self._may:
            may[1].append(False)
            may[-1].append(False)
        self._settle(key, None)

    def _node(self, name: Hashable) -> int:
        if name not in self._nodes:
            self._nodes[name] = len(self._nodes)
            self._at.append([])
        return self._nodes[name]

    def at_most(self, highest: Mapping[Cell, int]) -> None:
        """Say what no count can exceed."""
        for cell, value in highest.items():
            key = self._number[cell]
            self._highest[key] = value
            self._settle(key, self.hidden.get(cell))

    def hide(self, cell: Cell, label: str) -> None:
        """Hide a cell; whoever knows why it is hidden knows on which side of the
        threshold it lies.
        """
        self.hidden[cell] = label
        self._settle(self._number[cell], label)

    def _settle(self, key: int, label: str | None) -> None:
        """Work out what can be of a cell that is hidden so (None: it is shown)."""
        low, high = {SMALL: (0, self.most), MIXED: (0, None)}.get(
            label or "", (self.most + 1, None)
        )
        self._now[key] = self._prices[key] if label is None else 0
        for up in (1, -1):
            value = self._values[key] + up
            fits = value <= self._highest.get(key, value)
            can = fits and low <= value and (high is None or value <= high)
            self._may[FREE][up][key] = can and label is not None
            self._may[MORE][up][key] = can
            self._may[LOOSE][up][key] = fits and value >= 0

    def protect(self) -> dict[Cell, str]:
        """Hide as few more cells as this finds until each hidden one lies on a way round.

        Gives all that are hidden and why.
        """
        small = sorted(self.hidden, key=lambda cell: (-self._values[self._number[cell]], str(cell)))
        self._cover([self._number[cell] for cell in small])
        others = [self._number[c] for c, label in self.hidden.items() if label == OTHER]
        for key in sorted(others, key=lambda k: -self._values[k]):
            self._uncover(key)
        return self.hidden

    def _cover(self, keys: Iterable[int]) -> None:
        all_hidden = len(self.hidden) == len(
            self.names
        )  # nothing more to hide: any way round will do
        for key in keys:
            if key in self._ways:
                continue
            way = self._any_way(key) if all_hidden else self._way(key, FREE)
            way = way if way is not None or all_hidden else self._way(key, MORE)
            if (
                way is None
            ):  # next to a count just past the threshold: then neither says on which side it lies
                way = self._way(key, LOOSE)
                for one in (key, *way) if way is not None else ():
                    self.hide(self.names[one], MIXED)
            for other in way or ():
                if self.names[other] not in self.hidden:
                    self.hide(self.names[other], OTHER)
            if way is not None:
                for one in (key, *way):
                    self._ways.setdefault(one, frozenset({key, *way}))

    def _uncover(self, key: int) -> None:
        """Show a cell again that was only hidden to protect others, when these have another way."""
        label = self.hidden.pop(self.names[key])
        self._settle(key, None)
        before = {c: way for c, way in self._ways.items() if key in way}
        for one in before:
            del self._ways[one]
        for one in before:
            if one == key or one in self._ways:
                continue
            if (way := self._way(one, FREE)) is None:
                self.hide(self.names[key], label)
                self._ways |= before
                return
            for other in {one, *way}:
                self._ways.setdefault(other, frozenset({one, *way}))

    def _way(self, key: int, how: int) -> list[int] | None:
        """Give the cells of the cheapest way round through a cell, in either direction.

        FREE: through hidden cells only, MORE: hiding others, LOOSE: as if nothing were known of why
        a cell is hidden.
        """
        source, target = self._ends[key]
        able = self._may[how if how == LOOSE else MORE]
        told = [
            found
            for up, start, end in ((1, target, source), (-1, source, target))
            if able[up][key] and (found := self._path(key, start, end, how)) is not None
        ]
        best = min(
            ((cost, [str(self.names[k]) for k in way], way) for cost, way in told), default=None
        )
        return best[2] if best else None

    def _any_way(self, key: int) -> list[int] | None:
        """Give the cells of some way round through a cell by hidden cells only, sought from both of
        its ends at once; None when there is none.
        """
        source, target = self._ends[key]
        for up, start, end in ((1, target, source), (-1, source, target)):
            if self._may[FREE][up][key] and (way := self._meet(key, start, end)) is not None:
                return way
        return None

    def _meet(self, key: int, start: int, end: int) -> list[int] | None:
        if start == end:
            return []
        may, at = self._may[FREE], self._at
        seen: tuple[dict[int, list[int]], ...] = ({start: []}, {end: []})
        edges = [[start], [end]]
        while edges[0] and edges[1]:
            side = 0 if len(edges[0]) <= len(edges[1]) else 1
            mine, theirs, sign, onward = seen[side], seen[1 - side], 1 - 2 * side, []
            for node in edges[side]:
                for one, other, up in at[node]:
                    if one == key or other in mine or not may[up * sign][one]:
                        continue
                    mine[other] = [*mine[node], one]
                    if other in theirs:
                        return [*mine[other], *theirs[other]]
                    onward.append(other)
            edges[side] = onward
        return None

    def _path(self, key: int, start: int, end: int, how: int) -> tuple[int, list[int]] | None:
        best, back = {start: 0}, dict[int, tuple[int, int]]()
        may, prices, at = self._may[how], self._now, self._at
        queue, turn = [(0, 0, start)], 0
        while queue:
            cost, _, node = heapq.heappop(queue)
            if node == end:
                way = []
                while node != start:
                    node, one = back[node]
                    way.append(one)
                return cost, sorted(way, key=lambda k: str(self.names[k]))
            if cost > best[node]:
                continue
            for one, other, up in at[node]:
                if not may[up][one] or one == key:
                    continue
                price = cost + prices[one]
                if price < best.get(other, price + 1):
                    best[other], back[other] = price, (node, one)
                    turn += 1
                    heapq.heappush(queue, (price, turn, other))
        return None


def protect_totals(
    parents: Mapping[str, str | None],
    values: Mapping[str, int],
    most: int,
    highest: Mapping[str, int] | None = None,
    totals: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Give which counts of a tree of areas are hidden, and why.

    `parents` gives the sum each area is part of, None for the whole.

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
    net.at_most({area: value for area, value in (highest or {}).items() if area in values})
    for area, value in values.items():
        if area in (totals or {}):
            net.hide(area, SMALL if (totals or {})[area] == SMALL else MIXED)
        elif value <= most:
            net.hide(area, SMALL)
    return {str(area): label for area, label in net.protect().items()}


def protect_parts(
    parents: Mapping[str, str | None],
    values: Mapping[tuple[str, str], int],
    totals: Mapping[str, str],
    most: int,
) -> dict[tuple[str, str], str]:
    """Give which cells of areas by parts are hidden, and why, where the parts of an area add up to
    a count of which `totals` says whether it is hidden.

    Of an area of which the count is hidden all parts are; the ways round leave every count as it
    is.
    """
    net, inner = _Net(most), set(parents.values())
    for (area, part), value in values.items():
        parent = parents[area]
        source = (area, part) if area in inner else area
        net.arc(
            (area, part),
            source,
            _GROUND if parent is None else (parent, part),
            value,
            _worth(area, parent, inner),
        )
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
    """Give how much it is worth to show a line.

    The whole before the parts, a sum before what is summed.
    """
    return 100 if parent is None else 4 if area in inner else 1
