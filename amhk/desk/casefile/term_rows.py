"""The row of a term: worked out by its rule, and read back as days and instants."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypedDict, cast

from amhk.office import Office
from amhk.rules.procedure.standing import Running
from amhk.rules.terms.terms import (
    TermRule,
    beside_end,
    end_of_term,
    moved_end,
    over_at,
    ring_of,
    rung_instants,
)
from amhk.store.rows import Json, Row, TermRow
from amhk.words import iso


class Round(TypedDict):
    """Where a term stands on its ladder of reminders."""

    round: int
    rung: int
    ring_at: datetime | None


class Worked(Round):
    """What the rule of a term makes of a start."""

    name: str
    start: datetime
    due: str
    unrolled: str
    over_at: datetime
    calendar: int
    beside_due: str | None
    beside_over_at: datetime | None
    status: str
    chosen: date | None
    extensions: list[Json]


class Ended(TypedDict):
    """How a term ended, or that it has not."""

    status: str
    ended_at: datetime | None
    late: bool
    why: str | None
    end_entry: int | None


def ended(
    status: str,
    moment: datetime | None = None,
    late: bool = False,
    why: str | None = None,
    entry: int | None = None,
) -> Ended:
    """Give how a term ended; of one that runs or stands still only its status."""
    return {"status": status, "ended_at": moment, "late": late, "why": why, "end_entry": entry}


def take(term: TermRow, changes: Mapping[str, object]) -> None:
    """Let a term in hand have these columns from now on."""
    assert changes.keys() <= term.keys(), changes
    cast(Json, term).update(changes)


def term_row(office: Office, rule: TermRule, moment: datetime, on: date | None = None) -> Worked:
    """Give the row of a term of this rule that starts at a moment (UTC), ready to run."""
    calendar = office.calendar
    end, beside = end_of_term(rule, moment, calendar, on), beside_end(rule, moment, calendar)
    return {
        "name": rule.name,
        "start": moment,
        "due": iso(end.due),
        "unrolled": iso(end.unrolled),
        "over_at": over_at(end.due),
        "calendar": calendar.release,
        "beside_due": iso(beside.due) if beside else None,
        "beside_over_at": over_at(beside.due) if beside else None,
        "status": "running",
        "round": 0,
        "rung": 0,
        "ring_at": ring_of(rule, 0, moment, end.due, calendar),
        "chosen": on,
        "extensions": [],
    }


def fresh_row(office: Office, rule: TermRule, term: TermRow, start: datetime) -> Worked:
    """Give the row of a term worked out again from a start, with every extension and standstill it
    had.
    """
    fresh = term_row(office, rule, start, term["chosen"])
    due, unrolled = due_of(fresh), due_of({"due": fresh["unrolled"]})
    for step in term["extensions"]:
        due, unrolled = moved_end(office.calendar, rule, due, unrolled, step["days"])
    fresh.update({"due": iso(due), "unrolled": iso(unrolled), "over_at": over_at(due)})
    return fresh


def next_round(
    office: Office, rule: TermRule, term: TermRow, due: date | datetime, now: datetime
) -> Round:
    """Give the columns of a new round of the ladder for a term whose end moved.

    Rungs rung before that hold for the new end too stand as they are, the rest are rung when they
    fall due.
    """
    rings = rung_instants(rule, term["start"], due, office.calendar)
    rung = min(term["rung"], sum(instant <= now for instant in rings))
    following = rings[rung] if rung < len(rings) and term["status"] == "running" else None
    return {"round": term["round"] + 1, "rung": rung, "ring_at": following}


def is_late(term: Row, moment: datetime) -> bool:
    """Tell whether a moment lies past the end of a term.

    After the instant of an hour term, after 24:00 of a day term.
    """
    return bool(moment > term["over_at"]) if "T" in term["due"] else bool(moment >= term["over_at"])


def due_of(term: Row) -> date | datetime:
    """Give the end of a term as a day or an instant."""
    text = term["due"]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def as_running(term: TermRow) -> Running:
    """Give a term's row as the rules look at it."""
    return Running(
        id=term["id"],
        name=term["name"],
        start=term["start"],
        due=due_of(term),
        person=term["person_id"],
        about=term["about_id"],
        suspended=term["status"] == "suspended",
        run=term["run"],
    )
