"""The clock of hours that runs on a case: who is in danger, until when, and what answers it now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from amhk.desk.casefile.casefile import CaseFile
from amhk.rules.terms.distance import distance
from amhk.store.cases.journal import said_at
from amhk.store.rows import EntryRow
from amhk.words import iso


def people_line(view: Mapping[str, Any]) -> str:
    """Give who a case is about on one line: the first two by name."""
    return ", ".join(p["naam"] for p in view["people"][:2]) or "nog niemand bekend"


def acute_of(
    file: CaseFile, moves: Sequence[Mapping[str, object]], people: str, entries: Sequence[EntryRow]
) -> dict[str, object] | None:
    """Give the clock of hours that runs on a case and ends first.

    Its term, end, how far that is, what was done about it and when, and the buttons that answer it
    now; None when none runs.
    """
    hours = [
        t
        for t in file.running
        if file.workflow.terms[t["name"]].unit == "uur" and file.workflow.terms[t["name"]].buttons
    ]
    if not hours:
        return None
    term = min(hours, key=lambda t: t["over_at"])
    rule, due = file.workflow.terms[term["name"]], datetime.fromisoformat(term["due"])
    told = ((e["kind"], said_at(e)) for e in entries if e["kind"] in rule.buttons)
    done = {name: at for name, at in told if at >= term["start"]}
    open_ = {m["name"]: m["title"] for m in moves if m["allowed"]}
    return {
        "number": file.case["number"],
        "version": file.case["version"],
        "term": rule.title,
        "due": term["due"],
        "late": due < file.now,
        "minutes": round((due - file.now).total_seconds() / 60),
        "far": distance(due, file.now, file.office.calendar)[1],
        "started": iso(term["start"]),
        "gemeente": file.case["gemeente"],
        "people": people,
        "state": file.workflow.states[file.case["state"]].title,
        "done": [{"title": file.workflow.moves[n].done, "at": iso(at)} for n, at in done.items()],
        "buttons": [
            {"name": n, "title": open_[n], "again": n in done} for n in rule.buttons if n in open_
        ],
    }
