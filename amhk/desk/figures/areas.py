"""The areas a report has a line for: gemeenten, the parts they add up to, and the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from amhk.errors import BadInput
from amhk.office import Office
from amhk.rules.figures.facts import OUTSIDE
from amhk.rules.figures.periods import Period

LEVELS = ("gemeente", "subregio", "centrumgemeente")


@dataclass(frozen=True)
class Area:
    """A part of the region a report has a line for.

    Its level, its name, and the rows that add up to it.
    """

    level: str
    name: str
    rows: tuple[str, ...]


def areas_of(office: Office, period: Period, outside: bool) -> list[Area]:
    """Give the lines of a report.

    The gemeenten that belong to the region in the period, the parts they add up to, and the whole;
    `outside`: with what lies outside the region.
    """
    here = [g for g in office.config.gemeenten.values() if g.within(period.start, period.end)]
    away = (OUTSIDE,) if outside else ()
    told = [Area("gemeente", name, (name,)) for name in (*(g.name for g in here), *away)]
    for level in LEVELS[1:]:
        names = dict.fromkeys(getattr(g, level) for g in here if getattr(g, level))
        told += [
            Area(level, name, tuple(g.name for g in here if getattr(g, level) == name))
            for name in names
        ]
    return [*told, Area("regio", "Totaal", (*(g.name for g in here), *away))]


def chosen_of(areas: Sequence[Area], name: str) -> Area:
    """Give the area a report is of; BadInput for one there is not."""
    if not name:
        return areas[-1]
    level, _, rest = name.partition(":")
    for wanted in reversed(
        LEVELS
    ):  # a name of two levels is the larger of the two, unless its level is said
        for area in areas:
            if area.level == wanted and (
                area.name == name or (level == wanted and area.name == rest)
            ):
                return area
    known = ", ".join(dict.fromkeys(a.name for a in areas[:-1] if a.name != OUTSIDE))
    raise BadInput.of(
        "gebied",
        f"'{name[:40]}' hoort in deze periode niet bij de regio. Kies uit: {known}.",
        "area",
    )
