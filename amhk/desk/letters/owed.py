"""The ledger of what is owed.

Every letter that still has to go, to whom, by when, whether the case can close without it, and who
decided to postpone it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from amhk.desk.casefile.cursor import after, cursor_of
from amhk.errors import BadInput
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader, scope_of
from amhk.rules.privacy.veil import Veil
from amhk.rules.procedure.own_words import own_words_by
from amhk.rules.terms.terms import end_of_term, over_at
from amhk.store.cases import veils
from amhk.store.letters import outbox
from amhk.store.rows import Row
from amhk.words import iso

PAGE = 50
# What the list can be narrowed down to, by name.
FILTERS = {
    "verplicht": "Alleen wat verplicht is",
    "goedgekeurd": "Goedgekeurd, nog niet weg",
    "uitgesteld": "Uitgesteld",
    "gesloten": "Van gesloten zaken",
}


def owed(
    office: Office, who: Reader, only: str = "verplicht", cursor: str | None = None
) -> dict[str, object]:
    """Give a page of letters that still have to go, the first to be sent on top: {items, next}.

    Each says what it is, to whom, by when, whether it blocks closing, and the decisions about it.
    """
    with office.store.read() as connection:
        now = office.now(connection)
        found = outbox.owed(connection, scope_of(who), only, _after(cursor), PAGE + 1)
        over = veils.whole(connection, sorted({row["case_id"] for row in found}))
    items = [_covered(office, over, row, now) for row in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return {"items": items, "next": cursor_of(last["when"], last["id"]) if last else None}


def _after(cursor: str | None) -> tuple[str, int] | None:
    """Give after which letter a page begins; what is no cursor begins at the first."""
    try:
        return after(cursor)
    except BadInput:
        return None


def _covered(
    office: Office, over: Mapping[int, Veil], row: Row, now: datetime
) -> dict[str, object]:
    veil, line = over.get(row["case_id"]), _line(office, row, now)
    return replace(veil, own=own_words_by(office.pack, row)).upon(line) if veil else line


def _line(office: Office, row: Row, now: datetime) -> dict[str, object]:
    workflow = office.pack.workflows[row["workflow"], row["release"]]
    rule = workflow.notices[row["kind"]]
    due, over = row["due"], row["over_at"]
    if (
        due is None and rule.term and row["drafted"]
    ):  # a case that is closed: no term, but a day all the same
        end = end_of_term(workflow.terms[rule.term], row["drafted"], office.calendar)
        due, over = iso(end.due), over_at(end.due)
    return {
        "id": row["id"],
        "kind": row["kind"],
        "title": rule.title,
        "case": row["number"],
        "closed": row["closed"],
        "recipient": row["recipient"],
        "to": row["person"] or row["institution"],
        "state": row["state"],
        "obligatory": row["obligatory"],
        "due": due,
        "term": workflow.terms[row["term"]].title if row["term"] else None,
        "late": bool(over and over <= now and row["running"] != "suspended"),
        "soon": bool(over and now < over <= now + timedelta(days=7)),
        "blocks_closing": row["obligatory"] and not row["closed"],
        "owner": row["owner"],
        "on_its_way": row["on_its_way"],
        "road": row["road"],
        "decisions": row["decisions"],
        "version": row["version"],
    }
