"""Who looked at what: every look at a case, its people, its letters or a list leaves a line.

A look at a case that cannot be written down is not given.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from amhk.desk.casefile.access import owns, visible
from amhk.desk.casefile.open_case import on_table
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS, Reader
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow
from amhk.store.staff import looks


def look(office: Office, number: str, who: Reader, what: str, reason: str | None = None) -> CaseRow:
    """Write down who looked at what; gives the case.

    The first to open a case, other than who took the call, is kept on it and meets the term in
    which it had to be opened.
    """
    with office.store.read() as connection:
        case = visible(connection, number, who)
    if not note_look(office, case, who, what, reason):
        return case
    with office.store.read() as connection:  # it is another now: somebody opened it
        return visible(connection, number, who)


def note_look(
    office: Office, case: CaseRow, who: Reader, what: str, reason: str | None = None
) -> bool:
    """Write down that somebody looked at a case, and that it is open now when he works with it.

    Tells whether he was the first to open it.
    """
    opens = (
        case["opened_by"] is None
        and case["taken_by"] != who.id
        and who.role in WORKS
        and owns(who, case)
    )
    with office.store.aside.write() as connection:
        looks.write(connection, [look_line(who, case["id"], what, reason)])
        if opens:
            still_open(office, connection, case["number"], who)
    who.seen[case["id"]] = True
    return opens


def look_line(
    who: Reader, case: int | None, what: str, reason: str | None = None
) -> dict[str, object]:
    """Give a line of the log of looks, of this moment (real time)."""
    return {
        "instant": datetime.now(UTC),
        "worker_id": who.id or None,
        "case_id": case,
        "what": what,
        "reason": reason,
        "role": who.role,
        "via": who.via,
    }


def note_seen(office: Office, who: Reader, cases: Iterable[int | None], what: str) -> None:
    """Write down that somebody was given these cases (None: a list of them)."""
    lines = [look_line(who, case, what) for case in cases]
    with office.store.aside.write() as connection:
        looks.write(connection, lines)


def still_open(office: Office, connection: Connection, number: str, who: Reader) -> None:
    """Open a case that nobody had opened yet, with a line in its journal."""
    case = reads.case_by_number(connection, number, lock=True)
    assert case is not None
    file = on_table(office, connection, case, who)
    if case["opened_by"] is None and not case["closed"]:
        file.opened(file.note("geopend", f"Voor het eerst geopend door {who.name}.", {}))
        file.changes["opened_by"] = who.id
        file.save(bump=False)
