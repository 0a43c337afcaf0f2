"""Terms: how long, from when, on what ground, and when to ring whom.

The arithmetic itself is in `days`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from amhk.rules.terms.days import (
    Calendar,
    End,
    after_working_days,
    hours,
    office_hours,
    roll,
    term_end,
    working_days,
)
from amhk.words import day_of, end_of, short_day, start_of

UNITS = ("uur", "kantooruren", "dagen", "werkdagen", "weken", "maanden", "jaar", "datum")
ROLLS = ("geen", "atw", "werkdagen", "vooruit")
KINDS = ("wet", "norm", "plicht", "eigen norm", "regionale norm")
DAYS_ON = ("dagen", "weken", "maanden", "jaar")  # by these a later moment of a plan is counted
Length = tuple[int, str]  # count and unit
_SINGULAR = {
    "dag": "dagen",
    "werkdag": "werkdagen",
    "week": "weken",
    "maand": "maanden",
    "minuut": "minuten",
    "kantooruur": "kantooruren",
}
_RUNG = re.compile(r"^(\d+) (minuten|minuut|dagen|dag|werkdagen|werkdag) (voor|na|na start)$")


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: `count` `unit` before or after the end (or after the start), and who
    is told.
    """

    count: int
    unit: str
    side: str
    to: tuple[str, ...]
    drafts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """The second clock of a term where law and norm differ.

    Its own length, rolling, kind and ground.
    """

    count: int
    unit: str
    rolls: str
    kind: str
    ground: str


@dataclass(frozen=True, slots=True)
class ByAnswer:
    """The length a term has instead of its own where, as it starts, each of these facts is one of
    the values beside it.
    """

    count: int
    unit: str
    when: tuple[tuple[str, tuple[object, ...]], ...]


@dataclass(frozen=True, slots=True)
class TermRule:
    """A term as the procedure states it.

    `count` `unit`, rolling, kind, ground, the role that owns it and the acts that answer it, or
    (those in `onward`) lead to an answer.

    `suspend_ground` is the ground on which it may stand still (none: it may not); `extend` the most
    that one extension may be;
    `buttons` the moves a phone at night offers for it; `waits_for` who has to answer, when it is
    not the meldpunt itself; `of` the track of each run of which it is a term;
    `plan` how long after its first start it ends each time it starts, and `then` how much later
    each time after those; `lengths` what it lasts where an answer makes it another: the first that
    holds.
    """

    name: str
    title: str
    count: int
    unit: str
    rolls: str
    kind: str
    ground: str
    role: str
    rungs: tuple[Rung, ...]
    acts: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    per_person: bool = False
    suspend_ground: str = ""
    extend: tuple[int, str] | None = None
    beside: Beside | None = None
    buttons: tuple[str, ...] = ()
    waits_for: str = ""
    of: str = ""
    plan: tuple[Length, ...] = ()
    then: Length | None = None
    lengths: tuple[ByAnswer, ...] = ()

    @property
    def in_hours(self) -> bool:
        """Tell whether the term ends at an instant rather than with a day."""
        return self.unit in ("uur", "kantooruren")

    @property
    def by_law(self) -> bool:
        """Tell whether the law sets this end.

        A change of the calendar never moves it once it runs.
        """
        return self.kind == "wet"


def parse_length(text: str) -> tuple[int, str]:
    """Give (count, unit) of a length such as `5 werkdagen` or `1 week`; `datum` is (0, datum).

    ValueError says what is wrong.
    """
    if text == "datum":
        return 0, "datum"
    parts = text.split()
    unit = _SINGULAR.get(parts[1], parts[1]) if len(parts) == 2 else ""
    if unit not in UNITS or not parts[0].isdigit() or int(parts[0]) < 1:
        raise ValueError(
            f"'{text}' is geen lengte: schrijf bijvoorbeeld '5 werkdagen', '10 weken', '4 uur' of"
            " 'datum'"
        )
    return int(parts[0]), unit


def parse_rung(at: str, to: tuple[str, ...], drafts: tuple[str, ...] = ()) -> Rung:
    """Give the rung for `14 dagen voor`, `op de dag`, `5 werkdagen na` or `60 minuten na start`.

    ValueError says what is wrong.
    """
    if at == "op de dag":
        return Rung(count=0, unit="dagen", side="voor", to=to, drafts=drafts)
    if not (found := _RUNG.match(at)):
        raise ValueError(
            f"'{at}' is geen tree: schrijf 'op de dag', '14 dagen voor', '5 werkdagen na' of '60"
            " minuten na start'"
        )
    count, unit, side = found.groups()
    unit = _SINGULAR.get(unit, unit)
    if (unit == "minuten") != (side == "na start"):
        raise ValueError(
            f"'{at}' is geen tree: minuten tellen vanaf het begin ('na start'), dagen vanaf het"
            " einde"
        )
    return Rung(count=int(count), unit=unit, side=side, to=to, drafts=drafts)


def last_day(rule: TermRule, start: datetime, calendar: Calendar) -> date:
    """Give the last day (Amsterdam) of a term that starts at an instant."""
    due = end_of_term(rule, start, calendar).due
    return day_of(due) if isinstance(due, datetime) else due


def end_of_term(rule: TermRule, start: datetime, calendar: Calendar, on: date | None = None) -> End:
    """Give the end of a term that starts at `start` (an instant; days are Amsterdam days).

    `on` is the day chosen for a term of unit `datum`.
    """
    if rule.unit == "uur":
        return hours(start, rule.count)
    if rule.unit == "kantooruren":
        return office_hours(start, rule.count, calendar)
    day = day_of(start)
    if rule.unit == "datum" or on is not None:
        return _chosen(on or day, rule, calendar)
    if rule.unit == "werkdagen":
        return working_days(day, rule.count, calendar)
    return term_end(day, rule.count, rule.unit, rule.rolls, calendar)


def beside_end(rule: TermRule, start: datetime, calendar: Calendar) -> End | None:
    """Give the end by the second clock of a term that starts at `start`, None where it has none."""
    if (clock := rule.beside) is None:
        return None
    if clock.unit == "werkdagen":
        return working_days(day_of(start), clock.count, calendar)
    return term_end(day_of(start), clock.count, clock.unit, clock.rolls, calendar)


def _chosen(on: date, rule: TermRule, calendar: Calendar) -> End:
    told = (f"gekozen dag: {short_day(on)} {on.year}",)
    if rule.rolls == "geen":
        return End(on, on, told)
    due, more = roll(on, calendar, rule.kind != "wet", "norm: door naar een werkdag")
    return End(due, on, told + more)


def planned_day(rule: TermRule, first: datetime, before: int, calendar: Calendar) -> date:
    """Give the day of a planned term that started `before` times, first at `first`.

    Before it rolls. Past the end of a plan that says not how it goes on, the last step again.
    """
    day = day_of(first)
    count, unit = rule.plan[min(before, len(rule.plan) - 1)]
    due = _later(day, count, unit, calendar)
    again, by = rule.then or rule.plan[-1]
    for _ in range(before - len(rule.plan) + 1):
        due = _later(due, again, by, calendar)
    return due


def day_by_answer(
    rule: TermRule, start: datetime, facts: Mapping[str, object], calendar: Calendar
) -> date | None:
    """Give the day on which a term ends, before it rolls, where what is known at its start makes it
    last another while than usual; None where it does not.
    """
    held = (
        one for one in rule.lengths if all(facts.get(name) in values for name, values in one.when)
    )
    other = next(held, None)
    return _later(day_of(start), other.count, other.unit, calendar) if other else None


def _later(day: date, count: int, unit: str, calendar: Calendar) -> date:
    end = term_end(day, count, unit, "geen", calendar).due
    return day_of(end) if isinstance(end, datetime) else end


def extended_end(rule: TermRule, unrolled: date, calendar: Calendar, count: int, unit: str) -> End:
    """Give the end after an extension of `count` `unit`, counted from the previous unrolled end
    (the safe reading of art. 5.3.1 lid 2 Wmo 2015).
    """
    if unit == "werkdagen":
        return working_days(unrolled, count, calendar)
    return term_end(
        unrolled, count, unit, rule.rolls if rule.rolls != "werkdagen" else "vooruit", calendar
    )


def moved_end(
    calendar: Calendar, rule: TermRule, due: date | datetime, unrolled: date | datetime, days: int
) -> tuple[date | datetime, date | datetime]:
    """Give (due, unrolled) of a term whose end moves by `days` calendar days from its previous
    unrolled end.
    """
    if isinstance(unrolled, datetime):
        return unrolled + timedelta(days=days), unrolled + timedelta(days=days)
    if not days:
        return due, unrolled
    end = extended_end(rule, unrolled, calendar, days, "dagen")
    return end.due, end.unrolled


def over_at(due: date | datetime) -> datetime:
    """Give the UTC instant at which a term is over.

    The instant itself, or 24:00 Amsterdam time of the day.
    """
    return due if isinstance(due, datetime) else end_of(due)


def rung_instants(
    rule: TermRule, start: datetime, due: date | datetime, calendar: Calendar
) -> tuple[datetime, ...]:
    """Give the UTC instants at which the rungs ring, in the order of the ladder.

    A day rings when it begins.
    """
    return tuple(rung_instant(rung, start, due, calendar) for rung in rule.rungs)


def ring_of(
    rule: TermRule, rung: int, start: datetime, due: date | datetime, calendar: Calendar
) -> datetime | None:
    """Give the UTC instant at which a rung rings by its place; None past the end of the ladder."""
    if rung >= len(rule.rungs):
        return None
    return rung_instant(rule.rungs[rung], start, due, calendar)


def rung_instant(rung: Rung, start: datetime, due: date | datetime, calendar: Calendar) -> datetime:
    """Give the UTC instant at which one rung rings."""
    if rung.side == "na start":
        return start.astimezone(UTC) + timedelta(minutes=rung.count)
    if isinstance(due, datetime) and rung.count == 0:
        return due
    day = day_of(due) if isinstance(due, datetime) else due
    if rung.side == "voor":
        return start_of(day - timedelta(days=rung.count))
    if rung.unit == "werkdagen":
        return start_of(after_working_days(day, rung.count, calendar)[0])
    return start_of(day + timedelta(days=rung.count))
