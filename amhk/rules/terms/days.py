"""Arithmetic of days, each step told in Dutch.

The Algemene termijnenwet, working days, months, hours.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from amhk.words import AMSTERDAM, day_of, local, say_instant, short_day

ONE = timedelta(days=1)
Hours = Mapping[int, tuple[str, str]]
# Monday to Friday, nine to five, until the meldpunt says otherwise.
USUAL_HOURS: Hours = {weekday: ("09:00", "17:00") for weekday in range(5)}


@dataclass(frozen=True)
class Calendar:
    """The days that do not count: `feestdagen` are those of art. 3 ATW by date.

    `sluitingsdagen` are local and move norm terms only.

    `kantooruren` holds, by the day they hold from, the office hours per weekday (Monday is 0).
    `release` counts the changes made so far.
    """

    feestdagen: Mapping[date, str]
    sluitingsdagen: Mapping[date, str] = field(default_factory=dict)
    kantooruren: Mapping[date, Hours] = field(default_factory=dict)
    release: int = 0

    def rest(self, day: date, norm: bool = False) -> str | None:
        """Give why `day` is no working day (weekend, holiday, with `norm` a local closing day), or
        None when it is one.
        """
        if name := self.feestdagen.get(day):
            return str(name)
        if day.weekday() >= 5:
            return "weekend"
        return self.sluitingsdagen.get(day) if norm else None

    def office(self, day: date) -> tuple[datetime, datetime] | None:
        """Give when the office opens and closes on a day (UTC instants), or None when it stays
        closed.
        """
        since = max((start for start in self.kantooruren if start <= day), default=None)
        hours_then = self.kantooruren[since] if since else USUAL_HOURS
        if (
            day.weekday() not in hours_then
            or (day in self.feestdagen)
            or day in self.sluitingsdagen
        ):
            return None
        opens, closes = (
            datetime.combine(day, time.fromisoformat(text), AMSTERDAM)
            for text in hours_then[day.weekday()]
        )
        span = opens.astimezone(UTC), closes.astimezone(UTC)
        return span if span[0] < span[1] else None  # an hour that the change to summer time skips


@dataclass(frozen=True, slots=True)
class End:
    """The end of a term: `due` as it holds, `unrolled` before rolling (extensions count from
    there), and the arithmetic told.
    """

    due: date | datetime
    unrolled: date | datetime
    steps: tuple[str, ...]


def _skipped(days: list[tuple[date, str]]) -> str:
    named = [short_day(day) + ("" if why == "weekend" else f" {why}") for day, why in days]
    return f"{', '.join(named)} overgeslagen"


def roll(day: date, calendar: Calendar, norm: bool, why: str) -> tuple[date, tuple[str, ...]]:
    """Give the first working day from `day` on (art. 1 lid 1 ATW, or the norm's own rule named in
    `why`), and the steps told.
    """
    skipped: list[tuple[date, str]] = []
    while reason := calendar.rest(day, norm):
        skipped.append((day, reason))
        day += ONE
    if not skipped:
        return day, ()
    return day, (f"{_skipped(skipped)} ({why}): einde {short_day(day)}",)


def after_working_days(
    start: date, count: int, calendar: Calendar, norm: bool = True
) -> tuple[date, list[tuple[date, str]]]:
    """Give the last of `count` working days after a day, and the days passed over, with why."""
    day, left = start, count
    skipped: list[tuple[date, str]] = []
    while left:
        day += ONE
        if reason := calendar.rest(day, norm):
            skipped.append((day, reason))
        else:
            left -= 1
    return day, skipped


def working_days(start: date, count: int, calendar: Calendar, norm: bool = True) -> End:
    """Give the end of `count` working days.

    The start day is not counted, the term ends at 24:00 of the last one.
    """
    day, skipped = after_working_days(start, count, calendar, norm)
    steps = [f"begin {short_day(start)}, telt niet mee"]
    if skipped:
        steps.append(_skipped(skipped))
    steps.append(
        f"{count} werkdag{'' if count == 1 else 'en'} geteld: einde {short_day(day)} {day.year}"
    )
    return End(day, day, tuple(steps))


def two_working_days(start: date, end: date, calendar: Calendar) -> tuple[date, tuple[str, ...]]:
    """Lengthen a statutory term of at least three days until it holds two working days (art. 2
    ATW).
    """
    if (end - start).days < 3:
        return end, ()
    inside = sum(calendar.rest(start + ONE * n) is None for n in range(1, (end - start).days + 1))
    long = end
    while inside < 2:
        long += ONE
        inside += calendar.rest(long) is None
    if long == end:
        return end, ()
    return long, (
        (
            "verlengd tot twee werkdagen in de termijn vallen (art. 2 Algemene termijnenwet):"
            f" {short_day(long)}"
        ),
    )


def add_months(start: date, months: int) -> date:
    """Give the day with the same number `months` on, or the month's last day where that number is
    missing (HR 1-9-2017, ECLI:NL:HR:2017:2225).
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def calendar_end(start: date, count: int, unit: str) -> tuple[date, str]:
    """Give the bare end of `count` days, weeks, months or years from `start`, and the step told."""
    if unit in ("dagen", "weken"):
        end = start + ONE * (count * (7 if unit == "weken" else 1))
    else:
        end = add_months(start, count * (12 if unit == "jaar" else 1))
    clip = (
        " (de laatste dag van die maand)"
        if unit in ("maanden", "jaar") and end.day != start.day
        else ""
    )
    one = (
        {"dagen": "dag", "weken": "week", "maanden": "maand", "jaar": "jaar"}[unit]
        if count == 1
        else unit
    )
    return end, f"plus {count} {one}: {short_day(end)} {end.year}{clip}"


def term_end(start: date, count: int, unit: str, rolls: str, calendar: Calendar) -> End:
    """Give the end of a term in days, weeks, months or years.

    `rolls`: `atw` (art. 1 and 2 of the Algemene termijnenwet), `vooruit` (a norm that moves forward
    to a
    working day, local closing days included) or `geen`. The start day is not counted.
    """
    end, told = calendar_end(start, count, unit)
    steps = (f"begin {short_day(start)} {start.year}, telt niet mee", told)
    if rolls == "geen":
        return End(end, end, steps)
    if rolls == "atw":
        long, more = two_working_days(start, end, calendar)
        due, last = roll(long, calendar, False, "art. 1 Algemene termijnenwet")
        return End(due, end, steps + more + last)
    due, last = roll(end, calendar, True, "norm: door naar een werkdag")
    return End(due, end, steps + last)


def hours(start: datetime, count: int) -> End:
    """Give the instant `count` hours after `start`, told in Amsterdam time.

    Nights, weekends and the change of clocks do not matter.
    """
    due = start.astimezone(UTC) + timedelta(hours=count)
    steps = (f"begin {say_instant(start)}", f"plus {count} uur: {say_instant(due)}")
    return End(due, due, steps)


def office_hours(start: datetime, count: int, calendar: Calendar) -> End:
    """Give the instant at which `count` office hours have passed since `start`.

    Nights, weekends, holidays and local closing days stand still.
    """
    left, day = timedelta(hours=count), day_of(start)
    steps = [f"begin {say_instant(start)}"]
    for _ in range(400):
        if (span := calendar.office(day)) and span[1] > start:
            begins = max(span[0], start)
            if span[1] - begins >= left:
                due = begins.astimezone(UTC) + left
                steps.append(f"{count} kantooruren geteld: {say_instant(due)}")
                return End(due, due, tuple(steps))
            left -= span[1] - begins
            steps.append(
                f"{short_day(day)} van {local(begins):%H.%M} tot {local(span[1]):%H.%M} uur geteld"
            )
        elif not span:
            steps.append(f"{short_day(day)} gesloten")
        day += ONE
    raise ValueError("the office does not open often enough")


def opens_often(day: date, calendar: Calendar) -> bool:
    """Tell whether the office opens for at least ten hours in the thirty days from a day on.

    Less is not an office that opens meldingen.
    """
    spans = [span for n in range(30) if (span := calendar.office(day + ONE * n))]
    return sum((end - start for start, end in spans), timedelta()) >= timedelta(hours=10)
