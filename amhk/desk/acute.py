"""The clock of hours that runs on a case: who is in danger, until when, and what answers it now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from amhk.desk.casefile import CaseFile
from amhk.rules.distance import distance
from amhk.words import iso


def people_line(view: Mapping[str, Any]) -> str:
    """Give who a case is about on one line: the first two by name."""
    return ", ".join(p["naam"] for p in view["people"][:2]) or "nog niemand bekend"


def acute_of(file: CaseFile, moves: Sequence[Mapping[str, Any]], people: str) -> dict[str, Any] | None:
    """Give the clock of hours that runs on a case and ends first: its term, end, how far that is, and the buttons that answer it now; None when none runs."""
    hours = [t for t in file.running if file.workflow.terms[t["name"]].unit == "uur" and file.workflow.terms[t["name"]].buttons]
    if not hours:
        return None
    term = min(hours, key=lambda t: t["over_at"])
    rule, due = file.workflow.terms[term["name"]], datetime.fromisoformat(term["due"])
    open_ = {m["name"]: m["title"] for m in moves if m["allowed"]}
    return {
        "number": file.case["number"], "version": file.case["version"], "term": rule.title, "due": term["due"], "late": due < file.now,
        "minutes": round((due - file.now).total_seconds() / 60), "far": distance(due, file.now, file.office.calendar)[1],
        "started": iso(term["start"]), "gemeente": file.case["gemeente"], "people": people,
        "state": file.workflow.states[file.case["state"]].title, "buttons": [{"name": n, "title": open_[n]} for n in rule.buttons if n in open_],
    }  # fmt: skip
