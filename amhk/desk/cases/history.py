"""The history of a case as it is read: its journal and its reminders, in words."""

import json
from collections.abc import Mapping
from typing import Any

from amhk.desk.casefile.access import unnamed, visible
from amhk.desk.casefile.cover_secrets import covered
from amhk.desk.casefile.open_case import laid_out
from amhk.desk.casefile.referrals import subjects_of
from amhk.desk.cases.steps import steps
from amhk.office import Office
from amhk.rules.people.people import named_apart
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads
from amhk.store.rows import JournalLine, NoticeRow, PersonRow, ReminderRow
from amhk.words import iso


def journal_view(office: Office, number: str, who: Reader) -> list[dict[str, Any]]:
    """Give the journal of a case: sequence, instant, worker, what, hash."""
    with office.store.read() as connection:
        case = visible(connection, number, who)
        entries = reads.entries(connection, case["id"])
        people = reads.people_of(connection, case["id"]) if case["route"] == "melding" else []
        file = laid_out(office, connection, case, who=who, terms=[], letters=[])
        lines = lines_told(
            entries,
            steps(file, entries, people),
            reads.notices(connection, case["id"]),
            people,
            subjects_of(file),
        )
        return unnamed(connection, who, covered(office, connection, case, who, lines))


def lines_told(
    entries: list[JournalLine],
    told: list[dict[str, object]],
    notices: list[NoticeRow],
    people: list[PersonRow],
    subjects: Mapping[int, str],
) -> list[dict[str, object]]:
    """Give the journal: each line with what was told at it and, of a letter to one of several
    people or about one of several runs (`subjects`), whose it is.
    """
    values, names = (
        {step["sequence"]: step["values"] for step in told},
        {p["id"]: named_apart(p, people) for p in people},
    )
    whose = {
        n["id"]: names.get(n["person_id"] or 0) or subjects.get(n["run"] or 0) for n in notices
    }
    return [
        _line(e)
        | {
            "values": values.get(e["sequence"], []),
            "whose": whose.get(json.loads(e["content"] or "{}").get("notice")),
        }
        for e in entries
    ]


def _line(entry: JournalLine) -> dict[str, object]:
    return {
        "sequence": entry["sequence"],
        "instant": iso(entry["instant"]),
        "worker": entry["worker"] or "klok",
        "kind": entry["kind"],
        "what": entry["what"],
        "reason": reason_of(entry["content"]),
        "hash": entry["hash"],
    }


def rungs(office: Office, number: str, who: Reader) -> list[dict[str, object]]:
    """Give every rung that was rung on a case: for which term, when, to whom."""
    with office.store.read() as connection:
        case = visible(connection, number, who)
        return [rung_told(r) for r in reads.of_case(connection, reads.REMINDER, case["id"])]


def rung_told(row: ReminderRow) -> dict[str, object]:
    """Give a reminder as it was given: of which term, when, and to whom."""
    return {
        "term": row["term_id"],
        "round": row["round"],
        "rung": row["rung"] + 1,
        "fell_due": iso(row["fell_due"]),
        "rung_at": iso(row["rung_at"]),
        "receivers": row["receivers"],
    }


_QUOTED = ('"reden"', '"reason"', '"motivering"', '"tekst"')


def reason_of(content: str | None) -> str | None:
    """Give the reason a journal line holds, as it was typed.

    None when there is none or it was erased by law.
    """
    if content is None or not any(k in content for k in _QUOTED):
        return None
    told = json.loads(content)
    return next(
        (
            told[k]
            for k in ("reden", "reason", "motivering", "tekst")
            if isinstance(told.get(k), str)
        ),
        None,
    )
