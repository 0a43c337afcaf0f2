"""Periods of a report: a month, quarter, half-year or year, as a half-open span of Amsterdam days."""

import re
from dataclasses import dataclass
from datetime import date

from amhk.words import MONTHS

_PERIOD = re.compile(r"(2[01][0-9][0-9])(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")


@dataclass(frozen=True, slots=True)
class Period:
    """A span from `start` up to, not including, `end`, with its title in Dutch."""

    text: str
    title: str
    start: date
    end: date


def read_period(text: str) -> Period | None:
    """Give the period of `2026-03`, `2026-Q1`, `2026-H1` or `2026`; None when it is none."""
    if not (found := _PERIOD.fullmatch(text)):
        return None
    year, month, quarter, half = (int(n) if n else None for n in found.groups())
    assert year is not None
    if month:
        first, last, title = month, month, f"{MONTHS[month - 1]} {year}"
    elif quarter:
        first, last, title = quarter * 3 - 2, quarter * 3, f"{quarter}e kwartaal {year}"
    elif half:
        first, last, title = half * 6 - 5, half * 6, f"{half}e halfjaar {year}"
    else:
        first, last, title = 1, 12, str(year)
    end = date(year + last // 12, last % 12 + 1, 1)
    return Period(text, title, date(year, first, 1), end)
