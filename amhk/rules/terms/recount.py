"""The second opinion: every end worked out again from the journal's ledger alone, by other
arithmetic than `days` and `terms`.

Nothing here calls `days` or `terms`: working days are counted in a list of numbered days, months by
year and month, holidays by
Gauss's Easter. Where both ways agree, an error would have to be made twice, differently, with the
same result.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

_ZONE = ZoneInfo("Europe/Amsterdam")
_DAY = 86_400
Extra = frozenset[int]
Hours = tuple[tuple[int, tuple[tuple[int, int, int], ...]], ...]


@dataclass(frozen=True)
class Known:
    """The calendar at one release, as numbers.

    Days added by law, local closing days, office hours from a day on (weekday, opens, closes in
    minutes).
    """

    law: Extra = frozenset()
    closed: Extra = frozenset()
    hours: Hours = ()


@dataclass(frozen=True)
class Length:
    """What a procedure says of a term's length, as far as the end depends on it."""

    count: int
    unit: str
    rolls: str
    by_law: bool


@dataclass
class Told:
    """A term as the journal tells it.

    How it began, what was added (days, and the release of the calendar then), whether it stands
    still or ended, and the calendar it was set by.
    """

    name: str
    start: datetime
    on: date | None
    calendar: int
    days: list[tuple[int, int]] = field(default_factory=list)
    status: str = "running"
    ended: datetime | None = None


def replay(ledger: Iterable[Mapping[str, Any]]) -> dict[int, Told]:
    """Give the terms of a case by key from its ledger, in the order of the journal.

    KeyError when the ledger speaks of a term that never began.
    """
    found: dict[int, Told] = {}
    for step in ledger:
        if step["op"] == "start":
            on = date.fromisoformat(step["on"]) if step["on"] else None
            found[step["id"]] = Told(
                name=step["name"], start=_instant(step["start"]), on=on, calendar=step["calendar"]
            )
            continue
        told = found[step["id"]]
        if step["op"] == "restart":
            told.start, told.calendar = _instant(step["start"]), step["calendar"]
            told.days = [(days, told.calendar) for days, _ in told.days]
        elif step["op"] in ("extend", "resume", "days"):
            told.days.append((step["days"], step.get("calendar", told.calendar)))
            told.status = "running" if step["op"] == "resume" else told.status
        elif step["op"] == "suspend":
            told.status = "suspended"
        elif step["op"] == "again":
            told.status, told.ended = step["status"], None
        elif step["op"] == "at":
            told.ended = _instant(step["at"])
        else:
            told.status, told.ended = step["status"], _instant(step["at"])
    return found


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def end(
    told: Told, length: Length, as_of: Callable[[int], Known], now: Known
) -> tuple[str, datetime]:
    """Give (end as it is written, UTC instant at which it is over).

    A statutory end by the calendar each step was made by (`as_of` its release), any other by that
    of `now`.
    """
    if length.unit in ("uur", "kantooruren"):
        due = _hours(told, length, now)
        return due.astimezone(_ZONE).isoformat(timespec="seconds"), due
    known = as_of(told.calendar) if length.by_law else now
    here = told.start.astimezone(_ZONE).date().toordinal()
    if told.on is not None or length.unit == "datum":
        bare = last = (told.on or date.fromordinal(here)).toordinal()
        last = _forward(last, known, length.by_law) if length.rolls != "geen" else last
    else:
        bare, last = _first_end(here, length, known)
    for days, release in told.days:
        if days:
            bare, last = _longer(bare, days, length, as_of(release) if length.by_law else now)
    day = date.fromordinal(last)
    over = datetime(day.year, day.month, day.day, tzinfo=_ZONE) + timedelta(days=1)
    return day.isoformat(), over.astimezone(UTC)


def _first_end(here: int, length: Length, known: Known) -> tuple[int, int]:
    if length.unit == "werkdagen":
        days = _working(date.fromordinal(here).year, known, False)
        last = days[bisect_right(days, here) + length.count - 1]
        return last, last
    bare = (
        here + length.count * {"dagen": 1, "weken": 7}[length.unit]
        if length.unit in ("dagen", "weken")
        else _months(here, length)
    )
    return bare, _rolled(here, bare, length, known)


def _longer(bare: int, days: int, length: Length, known: Known) -> tuple[int, int]:
    rolls = "vooruit" if length.rolls == "werkdagen" else length.rolls
    later = bare + days
    return later, _rolled(
        bare, later, Length(count=days, unit="dagen", rolls=rolls, by_law=length.by_law), known
    )


def _rolled(here: int, bare: int, length: Length, known: Known) -> int:
    if length.rolls == "geen":
        return bare
    last = bare
    if length.rolls == "atw" and bare - here >= 3:  # art. 2 ATW: at least two working days within
        days = _working(date.fromordinal(here).year, known, True)
        last = max(bare, days[bisect_right(days, here) + 1])
    return _forward(last, known, length.rolls == "atw")


def _forward(day: int, known: Known, by_law: bool) -> int:
    days = _working(date.fromordinal(day).year, known, by_law)
    return days[bisect_left(days, day)]


def _months(here: int, length: Length) -> int:
    day = date.fromordinal(here)
    ahead = day.month - 1 + length.count * (12 if length.unit == "jaar" else 1)
    first = date(day.year + ahead // 12, ahead % 12 + 1, 1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first.toordinal() + day.day - 1, after.toordinal() - 1)


@lru_cache(maxsize=512)
def _working(year: int, known: Known, by_law: bool) -> list[int]:
    """Give the numbered working days of a year and the two after it.

    The law does not know local closing days.
    """
    free = known.law if by_law else known.law | known.closed
    days = range(date(year, 1, 1).toordinal(), date(year + 3, 1, 1).toordinal())
    named = frozenset().union(*(_named(y) for y in range(year, year + 3)))
    return [
        d for d in days if d % 7 not in (6, 0) and d not in named and d not in free
    ]  # day 1 was a Monday


@lru_cache(maxsize=512)
def _named(year: int) -> frozenset[int]:
    """Give the numbered days of art. 3 ATW in a year, Easter by Gauss's rule."""
    a, b, c = year % 19, year % 4, year % 7
    k = year // 100
    m, n = (15 - (13 + 8 * k) // 25 + k - k // 4) % 30, (4 + k - k // 4) % 7
    d = (19 * a + m) % 30
    e = (2 * b + 4 * c + 6 * d + n) % 7
    after = 22 + d + e
    if d == 29 and e == 6:
        after = 50
    elif d == 28 and e == 6 and (11 * m + 11) % 30 < 19:
        after = 49
    easter = date(year, 3, 1).toordinal() + after - 1
    king = date(year, 4, 27) if year > 2013 else date(year, 4, 30)
    days = {easter + away for away in (-2, 0, 1, 39, 49, 50)}
    days |= {date(year, m, d).toordinal() for m, d in ((1, 1), (5, 5), (12, 25), (12, 26))}
    return frozenset(days | {king.toordinal() - (king.isoweekday() == 7)})


def _hours(told: Told, length: Length, known: Known) -> datetime:
    added = timedelta(days=sum(days for days, _ in told.days))
    if length.unit == "uur":
        return told.start + timedelta(hours=length.count) + added
    left, second = length.count * 3600.0, told.start.timestamp()
    day = told.start.astimezone(_ZONE).date().toordinal()
    while True:
        opens, closes = _open(day, known)
        begins = max(opens, second)
        if closes - begins >= left:
            return datetime.fromtimestamp(begins + left, UTC) + added
        left -= max(0.0, closes - begins)
        day += 1


def _open(day: int, known: Known) -> tuple[float, float]:
    """Give the seconds at which the office opens and closes on a numbered day.

    A closed day opens and closes at once.
    """
    on = date.fromordinal(day)
    rows = next(
        (rows for since, rows in reversed(known.hours) if since <= day),
        tuple((d, 540, 1020) for d in range(5)),
    )
    midnight = datetime(on.year, on.month, on.day, tzinfo=_ZONE)
    span = next(
        ((opens, closes) for weekday, opens, closes in rows if weekday == (day - 1) % 7), None
    )
    if span is None or day in known.law or day in known.closed or day in _named(on.year):
        return midnight.timestamp(), midnight.timestamp()
    opens, closes = (midnight.replace(hour=m // 60, minute=m % 60).timestamp() for m in span)
    return opens, closes
