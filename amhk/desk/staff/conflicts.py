"""A case about people one knows: it does not exist for who knows them.

Own family, neighbours, a colleague of now or before. A worker says it of himself, who leads says it
of others; the case and all of its household then stay hidden, whatever the role, until somebody who
leads lifts it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from amhk.desk.casefile.access import visible
from amhk.desk.casefile.choices import desk_for
from amhk.desk.casefile.inputs import must_work
from amhk.desk.casefile.open_case import on_table
from amhk.desk.terms.inbox import tend_inbox
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import ALL_CASES, Reader, keys
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.terms.ladder import Staff
from amhk.store import reads, writes
from amhk.store.cases.barred import CONFLICT
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow
from amhk.store.staff import conflicts as store
from amhk.store.terms import reminders
from amhk.words import day_of, iso

LEADS = ("teamleider", "manager")
GROUNDS = {
    "familie": "familie of gezin",
    "omgeving": "buren, vrienden of kennissen",
    "collega": "een collega",
    "oud_collega": "een oud-collega",
}
_GROUND = Field("ground", "Waarvan", "choice", required=True, choices="waarvan")
_MYSELF = (_GROUND,)
_OTHERS = (Field("worker", "Wie", "choice", required=True, choices="medewerker"), _GROUND)
LIFT = (Field("reason", "Waarom", "text", required=True),)
KIND, LIFTED = "kent", "kent_niet_meer"


def form_of(who: Reader) -> tuple[Field, ...]:
    """Give the form: who leads says of whom, others say it of themselves."""
    return _OTHERS if who.role in LEADS else _MYSELF


def view(office: Office, number: str, who: Reader) -> dict[str, Any]:
    """Give who may not know a case one works with (`through`: because of another case of its
    household), and what the form chooses from.
    """
    with office.store.read() as connection:
        case = visible(connection, number, who, own=True)
        held = store.of_case(connection, case["id"])
        desk = _desk(office, connection, case)
        barred = [w["name"] for w in reads.workers(connection) if case["id"] in keys(w["barred"])]
    told = [
        {
            "id": c["id"],
            "worker": c["worker"],
            "ground": GROUNDS.get(c["ground"], c["ground"]),
            "since": iso(c["since"]),
            "by": c["by"],
        }
        for c in held
    ]
    said = {c["worker"] for c in held}
    return {
        "number": case["number"],
        "held": told,
        "through": [name for name in barred if name not in said],
        "desk": desk,
        "leads": who.role in LEADS,
    }


def _desk(office: Office, connection: Connection, case: CaseRow) -> Desk:
    now = office.now(connection)
    desk = desk_for(office, connection, now, {"medewerker"}, case)
    return Desk(now, {**desk.lists, "waarvan": GROUNDS})


def know(office: Office, number: str, body: object, who: Reader) -> bool:
    """Let a case one works with be hidden from a worker who knows its people: `ground`, and who
    leads says of whom (`worker`). Tells whether it is hidden from oneself now.

    What he had of it falls to its team, and his reminders to who can read them. BadInput names
    every fault, also where nobody who leads would be left to see the case.
    """
    must_work(who)
    raw = dict(body) if isinstance(body, Mapping) else {}
    with office.store.write() as connection:
        case = visible(connection, number, who, own=True, lock=True)
        desk = _desk(office, connection, case)
        values, faults = clean(form_of(who), raw, desk)
        name = values.get("worker", who.name)
        worker = reads.worker_by(connection, name=name)
        staff = reminders.staff(connection, day_of(desk.now), desk.now)
        if worker and not faults:
            faults += _faults(case, worker["id"], name, keys(worker["barred"]), staff)
        if faults or worker is None:
            raise BadInput(faults=faults)
        _write(office, connection, case, worker["id"], name, values, who)
        _give_back(office, connection, who)
        return worker["id"] == who.id


def _faults(
    case: CaseRow, worker: int, name: str, barred: frozenset[int], staff: Staff
) -> list[Fault]:
    if case["id"] in barred:
        return [Fault("al", f"Voor {name} bestaat deze zaak al niet.", "worker")]
    left = [p for p in staff.knowing(case["id"]).people if p.id != worker]
    if not any(p.role in ALL_CASES or _leads(p.role, p.team, case) for p in left):
        text = (
            "Dan kan niemand van de leiding deze zaak nog zien. Laat eerst een teamleider of"
            " manager aanwijzen die de mensen niet kent."
        )
        return [Fault("niemand_over", text, "worker")]
    return []


def _leads(role: str, team: int | None, case: CaseRow) -> bool:
    return role == "teamleider" and team == case["team_id"]


def _write(
    office: Office,
    connection: Connection,
    case: CaseRow,
    worker: int,
    name: str,
    values: Filled,
    who: Reader,
) -> None:
    row = {
        "worker_id": worker,
        "case_id": case["id"],
        "ground": values["ground"],
        "since": datetime.now(UTC),
        "set_by": who.id,
    }
    writes.add(connection, CONFLICT, row)
    file = on_table(office, connection, case, who)
    what = f"{name} kent deze mensen ({GROUNDS[values['ground']]}): de zaak is er voor hem niet."
    file.note(KIND, what, {"worker": worker, "ground": values["ground"]})
    file.save()


def lift(office: Office, number: str, key: int, body: object, who: Reader) -> None:
    """Let a worker know a case again, with a reason; for who leads and works with it.

    BadInput without a reason, ClosedDoor when it is lifted already.
    """
    if who.role not in LEADS:
        raise NotAllowed("Dit heft de teamleider of de manager op.")
    with office.store.write() as connection:
        case = visible(connection, number, who, own=True, lock=True)
        values, faults = clean(LIFT, body, Desk(office.now(connection), {}))
        if faults:
            raise BadInput(faults=faults)
        held = next((c for c in store.of_case(connection, case["id"]) if c["id"] == key), None)
        if held is None:
            raise ClosedDoor.of("al_opgeheven", "Dit is al opgeheven.")
        store.lift(connection, key, datetime.now(UTC))
        file = on_table(office, connection, case, who)
        what = f"Voor {held['worker']} is deze zaak er weer."
        file.note(LIFTED, what, {"worker": held["worker_id"], "reden": values["reason"]})
        file.save()


def tend(office: Office) -> int:
    """Take away from who may not know them the cases that came to belong to a household he knows;
    gives how many.
    """
    with office.store.read() as connection:
        if not store.owned_though_barred(connection):
            return 0
    with office.store.write() as connection:
        return _give_back(office, connection, None)


def _give_back(office: Office, connection: Connection, who: Reader | None) -> int:
    """Let every open case that stands with somebody who may not know it fall to its team."""
    owned = dict(store.owned_though_barred(connection))
    now = office.now(connection)
    for case in reads.lock_cases(connection, sorted(owned)).values():
        if case["owner_id"] != owned[case["id"]] or case["closed"]:
            continue
        file = on_table(office, connection, case, who)
        what = "De behandelaar kent deze mensen: de zaak valt aan het team."
        file.note("toegewezen", what, {})
        file.changes["owner_id"] = None
        reminders.readdress(connection, case["id"], owned[case["id"]], None, case["team_id"])
        file.save()
    tend_inbox(connection, reminders.staff(connection, day_of(now), now))
    return len(owned)
