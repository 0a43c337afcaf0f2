"""The row of a term: worked out by its rule, and read back as days and instants."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from amhk.office import Office
from amhk.rules.procedure.standing import Running
from amhk.rules.terms.terms import (
    TermRule,
    beside_end,
    end_of_term,
    moved_end,
    over_at,
    rung_instants,
)
from amhk.words import iso


def term_row(
    office: Office, rule: TermRule, moment: datetime, on: date | None = None
) -> dict[str, Any]:
    """Give the row of a term of this rule that starts at a moment (UTC), ready to run."""
    calendar = office.calendar
    end, beside = end_of_term(rule, moment, calendar, on), beside_end(rule, moment, calendar)
    rings = rung_instants(rule, moment, end.due, calendar)
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
        "ring_at": rings[0] if rings else None,
        "chosen": on,
        "extensions": [],
    }


def fresh_row(
    office: Office, rule: TermRule, term: Mapping[str, Any], start: datetime
) -> dict[str, Any]:
    """Give the row of a term worked out again from a start, with every extension and standstill it
    had.
    """
    fresh = term_row(office, rule, start, term["chosen"])
    due, unrolled = due_of(fresh), due_of({"due": fresh["unrolled"]})
    for step in term["extensions"]:
        due, unrolled = moved_end(office.calendar, rule, due, unrolled, step["days"])
    return fresh | {"due": iso(due), "unrolled": iso(unrolled), "over_at": over_at(due)}


def next_round(
    office: Office, rule: TermRule, term: Mapping[str, Any], due: date | datetime, now: datetime
) -> dict[str, Any]:
    """Give the columns of a new round of the ladder for a term whose end moved.

    Rungs rung before that hold for the new end too stand as they are, the rest are rung when they
    fall due.
    """
    rings = rung_instants(rule, term["start"], due, office.calendar)
    rung = min(term["rung"], sum(instant <= now for instant in rings))
    following = rings[rung] if rung < len(rings) and term["status"] == "running" else None
    return {"round": term["round"] + 1, "rung": rung, "ring_at": following}


def is_late(term: Mapping[str, Any], moment: datetime) -> bool:
    """Tell whether a moment lies past the end of a term.

    After the instant of an hour term, after 24:00 of a day term.
    """
    return bool(moment > term["over_at"]) if "T" in term["due"] else bool(moment >= term["over_at"])


def due_of(term: Mapping[str, Any]) -> date | datetime:
    """Give the end of a term as a day or an instant."""
    text = term["due"]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def as_running(term: Mapping[str, Any]) -> Running:
    """Give a term's row as the rules look at it."""
    return Running(
        id=term["id"],
        name=term["name"],
        start=term["start"],
        due=due_of(term),
        person=term["person_id"],
        about=term["about_id"],
        suspended=term["status"] == "suspended",
    )
