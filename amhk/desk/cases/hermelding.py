"""Hermelding: a melding on a household whose earlier melding was closed is linked to that one, for
as long as both stand in one dossier.
"""

from collections.abc import Sequence

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.open_case import on_table
from amhk.desk.cases.relations import relate, unrelate
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.people import people as store
from amhk.store.rows import Row
from amhk.words import day_of, iso

_KINDS = ("hermelding", "hermelding_van")


def link(file: CaseFile, dossier: int, entry: int) -> str | None:
    """Link a melding to the one of a dossier that closed last, when none runs there.

    Gives the number of that one, and tells the figures when that involvement ended.
    """
    others = _others(file.connection, dossier, file.id)
    return _link(file, others if all(c["closed"] for c in others) else [], entry)


def unlink(file: CaseFile) -> None:
    """Take away that a melding is a hermelding of another: it leaves the dossier."""
    for link in reads.relations(file.connection, file.id):
        if link["kind"] == "hermelding_van":
            unrelate(file.connection, file.id, link["other_id"], _KINDS)
            file.words = True


def let_go(file: CaseFile) -> None:
    """Link the hermeldingen of a melding to who closed before it, when it leaves the dossier or is
    closed no more; to none when nobody did.

    Called before it has left, and while it is still known when it closed. Lock them with it
    (`returned`): their journals and figures change.
    """
    for key in returned(file.connection, file.id):
        case = reads.case_by_id(file.connection, key, lock=True)
        assert case is not None
        there = on_table(file.office, file.connection, case, file.who, file.now)
        joined = store.join_of(file.connection, key)
        dossier = joined["before"].get("dossier") if joined else case["dossier_id"]
        until = file.case["closed_at"] or case["received"]
        left = [
            c
            for c in _others(file.connection, dossier, key)
            if c["id"] != file.id and c["closed"] and c["closed_at"] <= until
        ]
        unrelate(file.connection, key, file.id, _KINDS)
        entry = there.case["entries"] + 1
        instead = _link(there, left, entry)
        what = f"Hermelding van {instead}" if instead else "Geen hermelding meer"
        there.words = True
        there.note(
            "dossier",
            f"{what}: {file.case['number']} is er geen afgesloten melding van dit gezin meer.",
            {},
        )
        there.save(bump=False, opens=False)


def returned(connection: Connection, case: int) -> list[int]:
    """Give the keys of the meldingen that came in as hermelding of this one."""
    return sorted(
        r["other_id"] for r in reads.relations(connection, case) if r["kind"] == "hermelding"
    )


def _others(connection: Connection, dossier: int | None, case: int) -> list[Row]:
    return (
        [c for c in store.dossier_cases(connection, dossier) if c["id"] != case] if dossier else []
    )


def _link(file: CaseFile, closed: Sequence[Row], entry: int) -> str | None:
    last = max(closed, key=lambda c: (c["closed_at"], c["id"]), default=None)
    file.tell(entry, known=iso(day_of(last["closed_at"])) if last else None)
    if last is None:
        return None
    file.words = True
    relate(file.connection, file.id, last["id"], "hermelding_van", "hermelding")
    return str(last["number"])
