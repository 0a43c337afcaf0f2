"""Cases opened to who only reads: an inspector, a vertrouwenspersoon.

One case, to one of them, until a day, by the manager and with the ground on which he may.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from amhk.desk.casefile.access import visible
from amhk.desk.casefile.cover_secrets import veil_over
from amhk.desk.casefile.open_case import on_table
from amhk.desk.staff import rights
from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import LENT, Reader, keys
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.store import reads, writes
from amhk.store.cases import veils
from amhk.store.database.engine import Connection
from amhk.store.people import grants
from amhk.store.people.people import GRANT
from amhk.store.rows import CaseRow, part
from amhk.words import ROLES, day_of, end_of, iso, lower_first, say_day

LEND = (
    Field("worker", "Aan wie", "choice", required=True, choices="lezer"),
    Field("until", "Tot en met", "date", required=True, future=True),
    Field("reason", "Grond en reden", "text", required=True),
)
KIND, LONGEST = "opengesteld", timedelta(days=92)  # days: a norm of our own


def _case(connection: Connection, number: str, who: Reader) -> CaseRow:
    """Give the case; NotFound where he does not see it, NotAllowed where he is no manager."""
    case = visible(connection, number, who, own=True)
    if who.role != "manager":
        raise NotAllowed("Een zaak openstellen doet de manager.")
    return case


def _locked(connection: Connection, number: str, who: Reader) -> CaseRow:
    key = _case(connection, number, who)["id"]
    return reads.lock_cases(connection, [key])[key]


def _desk(office: Office, connection: Connection, case: CaseRow) -> Desk:
    readers = [w for w in reads.workers(connection) if w["role"] in LENT]
    known = {
        w["name"]: f"{w['name']} ({lower_first(ROLES[w['role']])})"
        for w in readers
        if case["id"] not in keys(w["barred"])
    }
    return Desk(office.now(connection), {"lezer": known})


def view(office: Office, number: str, who: Reader) -> dict[str, Any]:
    """Give to whom a case is open now, and what the form chooses from."""
    with office.store.read() as connection:
        case = _case(connection, number, who)
        held = grants.lent(connection, datetime.now(UTC), case["id"])
        desk = _desk(office, connection, case)
        veil = veil_over(office, connection, case, who)
    told = [
        {
            "id": row["id"],
            "worker": row["worker"],
            "role": ROLES[row["role"]],
            "until": iso(row["until"]),
            "reason": row["reason"],
        }
        for row in held
    ]
    return {"number": case["number"], "held": veil.upon(told), "desk": desk}


def lend(office: Office, number: str, body: object, who: Reader) -> None:
    """Open a case to a reader (`worker`, `until`, `reason`): a line on the case with the ground,
    and one every manager reads. BadInput names every fault.
    """
    with office.store.write() as connection:
        one = _locked(connection, number, who)
        desk = _desk(office, connection, one)
        values, faults = clean(LEND, body, desk)
        last = day_of(desk.now) + LONGEST
        if not faults and values["until"] > last:
            faults.append(Fault("te_lang", f"Uiterlijk tot en met {say_day(last)}.", "until"))
        worker = reads.worker_by(connection, name=values.get("worker", ""))
        if faults or worker is None:
            raise BadInput(faults=faults)
        real = datetime.now(UTC)  # whoever reads does so in real time, whatever the training clock
        for before in grants.lent(connection, real, one["id"], worker["id"]):
            grants.end(connection, before["id"], real)
        row = {
            "worker_id": worker["id"],
            "case_id": one["id"],
            "given": real,
            "until": real + (end_of(values["until"]) - desk.now),
            "reason": values["reason"],
            "team_id": one["team_id"],
        }
        writes.add(connection, GRANT, row)
        until, role = say_day(values["until"]), lower_first(ROLES[worker["role"]])
        _note(
            office,
            connection,
            one,
            who,
            f"Opengesteld voor {worker['name']} ({role}) tot en met {until}.",
            values["reason"],
        )
        what = f"{worker['name']} ({role}) mag een zaak lezen tot en met {until}."
        rights.tell(office, connection, who, what, {"name": worker["name"]})


def end(office: Office, number: str, key: int, who: Reader) -> None:
    """Close a case again to a reader before his day; NotFound when it is not open to him."""
    with office.store.write() as connection:
        one, real = _locked(connection, number, who), datetime.now(UTC)
        held = next((r for r in grants.lent(connection, real, one["id"]) if r["id"] == key), None)
        if held is None:
            raise NotFound("Deze zaak staat niet meer open voor deze lezer.")
        grants.end(connection, key, real)
        what = f"Niet meer open voor {held['worker']}."
        _note(office, connection, one, who, what, None)
        told = f"{held['worker']} mag een zaak niet meer lezen."
        rights.tell(office, connection, who, told, {"name": held["worker"]})


def _note(
    office: Office,
    connection: Connection,
    case: CaseRow,
    who: Reader,
    what: str,
    reason: str | None,
) -> None:
    file = on_table(office, connection, case, who)
    file.note(KIND, what, {"reden": reason} if reason else {})
    file.save(bump=False)


def mine(office: Office, who: Reader) -> list[dict[str, Any]]:
    """Give the cases that are open to a reader now, the first to close again on top."""
    with office.store.read() as connection:
        found = grants.lent(connection, datetime.now(UTC), worker=who.id)
        open_ = [row for row in found if row["case_id"] not in who.barred]
        over = veils.whole(connection, [row["case_id"] for row in open_])
    told = [part(row, ("number", "reason")) | {"until": iso(row["until"])} for row in open_]
    return [over[row["case_id"]].upon(one) for row, one in zip(open_, told, strict=True)]
