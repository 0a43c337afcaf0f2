"""The days of art. 3 Algemene termijnenwet, worked out for any year.

Nine feestdagen, Goede Vrijdag equated, 5 May every year.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

_FIRST_KONINGSDAG = 2014


def easter(year: int) -> date:
    """Give Easter Sunday of a year in the Gregorian calendar (Butcher's computation)."""
    golden, century, rest = year % 19, year // 100, year % 100
    skipped = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - skipped - rest % 4) % 7
    late = (golden + 11 * skipped + 22 * week) // 451
    month, day = divmod(skipped + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def kings_day(year: int) -> date:
    """Give Koningsdag (27 April; before 2014 Koninginnedag, 30 April), the day before when that is
    a Sunday (before 2014 likewise).
    """
    day = date(year, 4, 27) if year >= _FIRST_KONINGSDAG else date(year, 4, 30)
    return day - timedelta(days=day.weekday() == 6)


def of_year(year: int) -> dict[date, str]:
    """Give the days of one year by date, with their names."""
    sunday = easter(year)
    moving = {
        -2: "Goede Vrijdag",
        0: "Eerste Paasdag",
        1: "Tweede Paasdag",
        39: "Hemelvaartsdag",
        49: "Eerste Pinksterdag",
        50: "Tweede Pinksterdag",
    }
    found = {
        date(year, 5, 5): "Bevrijdingsdag",
        kings_day(year): "Koningsdag" if year >= _FIRST_KONINGSDAG else "Koninginnedag",
    }
    found |= {sunday + timedelta(days=days): name for days, name in moving.items()}
    found |= {
        date(year, 1, 1): "Nieuwjaarsdag",
        date(year, 12, 25): "Eerste Kerstdag",
        date(year, 12, 26): "Tweede Kerstdag",
    }
    return found


class Feestdagen(Mapping[date, str]):
    """Every day of art. 3 ATW by date; a year is worked out when one of its days is asked for.

    `extra` holds days added by koninklijk besluit (lid 3).
    """

    def __init__(self, extra: Mapping[date, str] | None = None) -> None:
        self.extra = dict(extra or {})
        self._years: dict[int, dict[date, str]] = {}

    def __getitem__(self, day: date) -> str:
        if day.year not in self._years:
            self._year(day.year)
        return self._years[day.year][day]

    def _year(self, year: int) -> None:
        """Work the days of a year out."""
        self._years[year] = of_year(year) | {d: n for d, n in self.extra.items() if d.year == year}

    def get(self, day: date, other: Any = None) -> Any:
        """Give the name of a day that is one, else `other`; asked more often than anything."""
        if day.year not in self._years:
            self._year(day.year)
        return self._years[day.year].get(day, other)

    def __iter__(self) -> Iterator[date]:
        return iter([day for year in self._years.values() for day in year])

    def __len__(self) -> int:
        return sum(map(len, self._years.values()))
