"""Publishing: the lines of a report with every small number hidden, and what would give
one away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from amhk.desk.figures.wording import Report, Value
from amhk.rules.figures.definitions import Definition
from amhk.rules.figures.small_numbers import SMALL, Style, protect_parts, protect_totals

Line = Report
Key = tuple[str, tuple[str, ...] | None]


@dataclass(frozen=True)
class Place:
    """An area of a report and the rows that add up to it."""

    key: str
    rows: frozenset[str]


def tree(places: Sequence[Place]) -> dict[str, str | None]:
    """Give of which sum each area is part, the smallest that holds it.

    An area that lies across others is left out and not published.
    """
    parents: dict[str, str | None] = {}
    sums: list[Place] = []
    for place in sorted(places, key=lambda p: -len(p.rows)):
        around = [s for s in sums if place.rows <= s.rows]
        if any(place.rows & s.rows and s not in around for s in sums):
            continue
        parents[place.key] = around[-1].key if around else None
        sums.append(place)
    return parents


def protected(
    definitions: Mapping[str, Definition],
    facts: Mapping[str, str],
    parents: Mapping[str, str | None],
    lines: Mapping[str, Line],
    lists: Mapping[str, Mapping[str, str]],
    style: Style,
) -> dict[str, dict[str, object]]:
    """Give the lines as they may be published.

    By area, each figure a number that may be shown or the word for why it is not.

    `facts` says of each figure which fact it counts, `lists` which values each split can have.
    """
    here = {area: lines[area] for area in parents}
    told = _Told(definitions, facts, parents, here, style)
    new = {area: dict(line) for area, line in here.items()}
    for d in definitions.values():
        for area, value in told.figure(d, lists.get(d.name, {})).items():
            new[area][d.name] = value
    return new


class _Told:
    """What of a report is hidden, worked out once for each thing that is counted.

    Two figures of the same count hide the same.
    """

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        facts: Mapping[str, str],
        parents: Mapping[str, str | None],
        lines: Mapping[str, Line],
        style: Style,
    ) -> None:
        self._all, self._facts, self._parents, self._lines, self._style = (
            definitions,
            facts,
            parents,
            lines,
            style,
        )
        self._hidden: dict[Key, dict[str, str]] = {}
        self._shares: dict[str, dict[tuple[str, str], str]] = {}

    def figure(self, d: Definition, values: Mapping[str, str]) -> dict[str, object]:
        """Give a figure by area."""
        if d.kind == "splitsing":
            return self._split(d, tuple(values))
        hidden = self._of(d.name)[1]
        good = self._halves_of(d) if d.kind == "deel" else {}
        if d.kind in ("mediaan", "p90", "gemiddelde"):
            hidden = hidden | self._beside(d)
        return {
            area: self._word(hidden[area])
            if area in hidden
            else self._word(good[area, "good"])
            if (area, "good") in good
            else self._shown(d, line[d.name])
            for area, line in self._lines.items()
        }

    def _key(self, d: Definition) -> Key:
        if d.kind == "deel":
            return (d.of or self._facts[d.name], d.every)
        return (self._facts[d.name], d.good if d.kind in ("aantal", "stand", "per_1000") else None)

    def _halves_of(self, d: Definition) -> dict[tuple[str, str], str]:
        """Give which halves of a share are hidden: those that are in it, and the rest."""
        if d.name not in self._shares:
            pairs = {
                (area, part): n
                for area, line in self._lines.items()
                for part, n in _halves(line[d.name])
            }
            self._shares[d.name] = protect_parts(
                self._parents, pairs, self._of(d.name)[1], self._style.most
            )
        return self._shares[d.name]

    def _beside(self, d: Definition) -> dict[str, str]:
        """Give where a median or mean would tell something of a share of the same that is hidden
        there.
        """
        same = [
            x
            for x in self._all.values()
            if x.kind == "deel" and self._facts[x.name] == self._facts[d.name]
        ]
        return {
            area: label
            for x in same
            for (area, part), label in self._halves_of(x).items()
            if part == "good"
        }

    def _of(self, name: str) -> tuple[dict[str, int], dict[str, str]]:
        """Give the counts a figure is about, and which are hidden.

        No count can exceed that which it is part of.
        """
        d = self._all[name]
        counts = {area: self._count(d, line[name]) for area, line in self._lines.items()}
        if (key := self._key(d)) not in self._hidden:
            highest, totals = (
                self._of(d.at_most) if d.at_most and d.kind in ("aantal", "stand") else ({}, {})
            )
            self._hidden[key] = protect_totals(
                self._parents, counts, self._style.most, highest, totals
            )
        return counts, self._hidden[key]

    def _split(self, d: Definition, values: tuple[str, ...]) -> dict[str, object]:
        cells = {
            (area, value): line[d.name].get(value, 0)
            for area, line in self._lines.items()
            for value in values
        }
        if d.sums_to:
            hidden = protect_parts(self._parents, cells, self._of(d.sums_to)[1], self._style.most)
        else:
            highest, totals = self._of(d.at_most) if d.at_most else ({}, {})
            hidden = {}
            for value in values:
                column = {area: cells[area, value] for area in self._lines}
                told = protect_totals(self._parents, column, self._style.most, highest, totals)
                hidden |= {(area, value): label for area, label in told.items()}
        return {
            area: {
                v: self._word(hidden[area, v])
                if (area, v) in hidden
                else self._style.shown(cells[area, v])
                for v in values
            }
            for area in self._lines
        }

    @staticmethod
    def _count(d: Definition, value: Value) -> int:
        """Give how many something is about: itself, the denominator, or of how many."""
        return int(
            value
            if d.kind in ("aantal", "stand")
            else value[0]
            if d.kind == "per_1000"
            else value[1]
        )

    def _shown(self, d: Definition, value: Value) -> Value:
        shown = self._style.shown
        if d.kind in ("aantal", "stand"):
            return shown(value)
        if d.kind == "deel":
            return [shown(value[0]), shown(value[1])]
        return [shown(value[0]), value[1]] if d.kind == "per_1000" else [value[0], shown(value[1])]

    def _word(self, label: str) -> str:
        return self._style.small if label == SMALL else self._style.other


def _halves(share: Sequence[int]) -> list[tuple[str, int]]:
    return [("good", share[0]), ("rest", share[1] - share[0])]
