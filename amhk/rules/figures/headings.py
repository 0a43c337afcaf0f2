"""What stands above the figures, as data: sentences and charts of a report, what a manager follows,
and which endings and terms the counting itself rests on.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from amhk.rules.parse import Complain, Raw

UNITS = ("", "%")
_GAP = re.compile(r"\{(\w[^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence above a report: `{cijfer}` stands for a figure as it is said; `earlier` is what is
    said of the period before, where that had any.
    """

    text: str
    earlier: str = ""

    @property
    def figures(self) -> tuple[str, ...]:
        """Give the figures it tells of."""
        return (*_GAP.findall(self.text), *_GAP.findall(self.earlier))


@dataclass(frozen=True, slots=True)
class ChartRule:
    """A chart of a report: its title, the figures drawn in it, and their unit."""

    title: str
    figures: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the figures of a report, and which a manager follows on his own page."""

    sentences: tuple[Sentence, ...] = ()
    charts: tuple[ChartRule, ...] = ()
    trend: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counting:
    """What the counting rests on: the endings of what was never one to count, those of what went on
    in another case, and the terms that run while a case is looked into.
    """

    uncounted: frozenset[str] = field(default_factory=frozenset[str])
    joined: frozenset[str] = field(default_factory=frozenset[str])
    research: frozenset[str] = field(default_factory=frozenset[str])


def fill_in(text: str, said: Mapping[str, str]) -> str:
    """Give a sentence with its figures in it."""
    return _GAP.sub(lambda found: said[found[1]], text)


def read_heading(told: Raw, figures: Collection[str], no: Complain) -> Heading:
    """Give what a file says of the head of a report (`[rapport]`), and complain of each fault."""
    sentences = [
        Sentence(str(row.get("zin", "")), str(row.get("eerder", "")))
        for row in _rows("rapport.zinnen", told.get("zinnen", ()), {"zin", "eerder"}, no)
    ]
    charts = [
        ChartRule(str(row.get("titel", "")), tuple(row.get("cijfers", ())), row.get("eenheid", ""))
        for row in _rows(
            "rapport.grafieken", told.get("grafieken", ()), {"titel", "cijfers", "eenheid"}, no
        )
    ]
    heading = Heading(tuple(sentences), tuple(charts), tuple(told.get("trend", ())))
    for key in sorted({*told} - {"zinnen", "grafieken", "trend"}):
        no(f"rapport.{key}", "onbekende sleutel; bekend zijn grafieken, trend, zinnen")
    for chart in charts:
        if chart.unit not in UNITS:
            no("rapport.grafieken", f"'{chart.unit}' is geen eenheid; kies % of laat hem weg")
    named = [*heading.trend, *(f for s in sentences for f in s.figures)]
    for name in (*named, *(f for c in charts for f in c.figures)):
        if name not in figures:
            no("rapport", f"'{name}' is geen cijfer")
    return heading


def read_counting(
    told: Raw, endings: Collection[str], terms: Collection[str], no: Complain
) -> Counting:
    """Give what a file says the counting rests on (`[telling]`), and complain of each fault."""
    known = {"telt_niet": endings, "gevoegd": endings, "onderzoek": terms}
    for key in sorted({*told} - {*known}):
        no(f"telling.{key}", f"onbekende sleutel; bekend zijn {', '.join(sorted(known))}")
    for key, there in known.items():
        if not told.get(key):
            no(f"telling.{key}", "hierop rust wat een zaak telt: noem er een of meer")
        for name in told.get(key, ()):
            if name not in there:
                no(f"telling.{key}", f"'{name}' is er niet; er zijn {', '.join(sorted(there))}")
    return Counting(*(frozenset(told.get(key, ())) for key in known))


def without(told: Raw, figures: Collection[str]) -> Raw:
    """Give `[rapport]` of another file with only what these figures can tell."""
    rows: Sequence[Raw] = told.get("zinnen", ())
    charts: Sequence[Raw] = told.get("grafieken", ())
    return {
        "zinnen": [r for r in rows if {*Sentence(r["zin"]).figures} <= {*figures}],
        "grafieken": [c for c in charts if {*c["cijfers"]} <= {*figures}],
        "trend": [name for name in told.get("trend", ()) if name in figures],
    }


def _rows(key: str, told: object, known: set[str], no: Complain) -> list[Raw]:
    """Give the rows of a list of tables; complain of what is none."""
    rows = told if isinstance(told, list) else [told]
    good = [row for row in rows if isinstance(row, Mapping)]
    if len(good) < len(rows):
        no(key, "geef een lijst van tabellen")
    for n, row in enumerate(good):
        for extra in sorted({*row} - known):
            text = f"onbekende sleutel; bekend zijn {', '.join(sorted(known))}"
            no(f"{key}.{n}.{extra}", text)
    return good
