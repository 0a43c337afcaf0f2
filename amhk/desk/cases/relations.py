"""How two cases belong together, written from both sides.

By what they are found changes with it, since each covers the melder of both.
"""

from collections.abc import Sequence

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.terms.inbox import tend_inbox
from amhk.store import reads, writes
from amhk.store.cases import search
from amhk.store.database.engine import Connection
from amhk.store.people import people
from amhk.store.terms import reminders
from amhk.words import day_of


def bring_home(file: CaseFile, dossier: int | None) -> None:
    """Put a case in another household; nothing of it stands before who may not know it by that."""
    writes.change_case_part(file.connection, reads.MELDING, file.id, {"dossier_id": dossier})
    staff = reminders.staff(file.connection, day_of(file.now), file.now)
    if staff.barred:
        tend_inbox(file.connection, staff)


def relate(connection: Connection, case: int, other: int, kind: str, back: str) -> None:
    """Write how two cases belong together (`kind` for the first, `back` for the other).

    The words of the first are written when it is saved.
    """
    rows = [
        {"case_id": case, "kind": kind, "other_id": other},
        {"case_id": other, "kind": back, "other_id": case},
    ]
    writes.add_many(connection, reads.RELATION, rows)
    _find_again(connection, other)


def unrelate(connection: Connection, case: int, other: int, kinds: Sequence[str]) -> None:
    """Take away how two cases belong together.

    The words of the first are written when it is saved.
    """
    people.unrelate(connection, case, other, kinds)
    _find_again(connection, other)


def _find_again(connection: Connection, key: int) -> None:
    if (case := reads.case_by_id(connection, key)) is not None:
        search.find_again(connection, [case])
