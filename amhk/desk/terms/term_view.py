"""A term as it is told everywhere.

Its stand, its arithmetic day by day, its second clock, its ledger, and each rung with time and
receiver.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from amhk.desk.casefile.term_rows import due_of, is_late
from amhk.office import Office
from amhk.rules.procedure.workflow import Workflow
from amhk.rules.terms.days import Calendar
from amhk.rules.terms.terms import Rung, TermRule, beside_end, end_of_term, rung_instants
from amhk.store.rows import Row, TermRow
from amhk.words import day_of, iso, say_day, titled

_STATUS = {"running": "lopend", "suspended": "opgeschort", "void": "vervallen", "met": "gehaald"}


def terms_view(
    office: Office,
    workflow: Workflow,
    terms: list[TermRow],
    reminders: list[Row],
    now: datetime,
    subjects: Mapping[int, str],
) -> list[dict[str, object]]:
    """Give the terms of a case as they are told; `reminders` are those of the case, `subjects` what
    its runs are called.
    """
    rung: dict[int, list[Row]] = {}
    for reminder in reminders:
        rung.setdefault(reminder["term_id"], []).append(reminder)
    told = [_view(office, workflow.terms[t["name"]], t, rung.get(t["id"], []), now) for t in terms]
    for view, term in zip(told, terms, strict=True):
        view["title"] = titled(str(view["title"]), subjects.get(term["run"] or 0))
    return told


def _view(
    office: Office, rule: TermRule, term: TermRow, rung: list[Row], now: datetime
) -> dict[str, object]:
    """`status` is lopend, te_laat, gehaald, te_laat_gehaald, opgeschort or vervallen."""
    late = term["late"] or (term["status"] == "running" and is_late(term, now))
    status = _STATUS[term["status"]]
    if late and term["status"] in ("running", "met"):
        status = "te_laat" if term["status"] == "running" else "te_laat_gehaald"
    return {
        "id": term["id"],
        "name": term["name"],
        "title": rule.title,
        "kind": rule.kind,
        "ground": rule.ground,
        "because": because(rule.kind, rule.ground),
        "start": iso(term["start"]) if rule.in_hours else iso(day_of(term["start"])),
        "due": term["due"],
        "status": status,
        "late": late,
        "ended": iso(term["ended_at"]) if term["ended_at"] else None,
        "why": term["why"],
        "person": term["person_id"],
        "about": term["run"],
        "suspendable": bool(rule.suspend_ground),
        "extendable": rule.extend is not None,
        "steps": steps(office.calendar, rule, term),
        "over_at": iso(term["over_at"]),
        "counts": not beside_counts(office, rule),
        "beside": _beside(office, rule, term, now),
        "ledger": term["extensions"],
        "ladder": _ladder(office.calendar, rule, term, rung),
        "buttons": list(rule.buttons),
    }


def because(kind: str, ground: str) -> str:
    """Give on what ground a term stands as it is read: what kind of rule it is said once."""
    return ground if ground.casefold().startswith(kind) else f"{kind}: {ground}"


def steps(calendar: Calendar, rule: TermRule, term: TermRow) -> list[str]:
    """Give the arithmetic of a term's end, day by day, with what was added to it since."""
    told = [*end_of_term(rule, term["start"], calendar, term["chosen"]).steps]
    for step in term["extensions"]:
        told.append(_say_step(step))
    return told


def _say_step(step: Mapping[str, Any]) -> str:
    by = f" door {step['by']}" if step.get("by") else ""
    why = f"{step['reason']}{by}"
    if step["kind"] == "schorsing" and "to" not in step and "from" in step:
        return f"staat stil vanaf {_day(step['from'])}, tot uiterlijk {_day(step['until'])}: {why}"
    days = "1 dag" if step["days"] == 1 else f"{step['days']} dagen"
    if step["kind"] == "schorsing":
        return f"stond {days} stil: {why}; einde {step['due']}"
    return f"verlengd met {days}: {why}; einde {step['due']}"


def _day(text: str) -> str:
    return say_day(date.fromisoformat(text[:10]))


def beside_counts(office: Office, rule: TermRule) -> bool:
    """Tell whether the second clock is the one that counts for the figures."""
    return rule.beside is not None and office.config.counts.get(rule.name) == rule.beside.kind


def _beside(
    office: Office, rule: TermRule, term: TermRow, now: datetime
) -> dict[str, object] | None:
    over_at = term["beside_over_at"]
    if rule.beside is None or term["beside_due"] is None or over_at is None:
        return None
    end, until = beside_end(rule, term["start"], office.calendar), term["ended_at"] or now
    return {
        "due": term["beside_due"],
        "kind": rule.beside.kind,
        "ground": rule.beside.ground,
        "because": because(rule.beside.kind, rule.beside.ground),
        "late": until >= over_at,
        "counts": beside_counts(office, rule),
        "steps": list(end.steps) if end else [],
    }


def _ladder(
    calendar: Calendar, rule: TermRule, term: TermRow, rung: list[Row]
) -> list[dict[str, object]]:
    """Give every rung: those that were rung, with their receivers, and those still to come."""
    told = [
        {
            "rung": r["rung"] + 1,
            "round": r["round"],
            "at": iso(r["fell_due"]),
            "rung_at": iso(r["rung_at"]),
            "to": r["receivers"],
            "when": say_rung(rule.rungs[r["rung"]]) if r["rung"] < len(rule.rungs) else "",
        }
        for r in rung
    ]
    if term["status"] != "running":
        return told
    instants = rung_instants(rule, term["start"], due_of(term), calendar)
    return told + [
        {
            "rung": n + 1,
            "round": term["round"],
            "at": iso(instants[n]),
            "rung_at": None,
            "to": list(rule.rungs[n].to),
            "when": say_rung(rule.rungs[n]),
        }
        for n in range(term["rung"], len(instants))
    ]


def say_rung(rung: Rung) -> str:
    """Give when a rung rings, in words."""
    if rung.count == 0:
        return "meteen" if rung.side == "na start" else "op de dag"
    unit = (
        {"dagen": "dag", "werkdagen": "werkdag", "minuten": "minuut"}[rung.unit]
        if rung.count == 1
        else rung.unit
    )
    return f"{rung.count} {unit} {rung.side}"
