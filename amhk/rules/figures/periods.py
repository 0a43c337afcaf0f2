"""Periods of a report: a month, quarter, half-year or year, as a half-open span of
Amsterdam days.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from amhk.words import MONTHS

FIRST = date(2000, 1, 1)  # no period lies before it
_PERIOD = re.compile(r"(2[01][0-9][0-9])(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")


# How many months each length of a period has, and how many earlier ones a report shows.
LENGTHS = {"maand": 1, "kwartaal": 3, "halfjaar": 6, "jaar": 12}
EARLIER = {1: 12, 3: 4, 6: 4, 12: 3}


@dataclass(frozen=True, slots=True)
class Period:
    """A span from `start` up to, not including, `end`, with its title in Dutch."""

    text: str
    title: str
    start: date
    end: date

    @property
    def months(self) -> int:
        """Give how many months it lasts."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    def before(self) -> "Period":
        """Give the period of the same length before it."""
        return period_of(
            date(self.start.year, self.start.month, 1) - timedelta(days=1), self.months
        )


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
    return Period(text=text, title=title, start=date(year, first, 1), end=end)


def period_of(day: date, months: int) -> Period:
    """Give the period of so many months (1, 3, 6 or 12) in which a day falls."""
    part = (day.month - 1) // months + 1
    text = {
        1: f"{day.year}-{day.month:02}",
        3: f"{day.year}-Q{part}",
        6: f"{day.year}-H{part}",
        12: str(day.year),
    }[months]
    found = read_period(text)
    assert found is not None
    return found


def earlier(period: Period) -> list[Period]:
    """Give the earlier periods a report shows beside its own, the latest first."""
    told = [period]
    for _ in range(EARLIER[period.months]):
        if told[-1].start > FIRST:
            told.append(told[-1].before())
    return told[1:]
