"""A case about people one knows: it does not exist for who knows them.

Own family, neighbours, a colleague of now or before. A worker says it of himself, who leads says it
of others; the case and all of its household then stay hidden, whatever the role, until somebody who
leads lifts it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from amhk.desk.casefile.access import key_of, visible
from amhk.desk.casefile.inputs import must_work
from amhk.desk.casefile.open_case import on_table
from amhk.desk.people.kin import SUSPECTED, look_again
from amhk.desk.staff import rights
from amhk.desk.terms.inbox import tend_inbox
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed
from amhk.office import Office
from amhk.rules.privacy.secrecy import ALL_CASES, HAND, TEAM_CASES, Reader, keys
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.terms.ladder import Staff
from amhk.store import reads, writes
from amhk.store.cases.barred import CONFLICT
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, Row, WorkerRow
from amhk.store.staff import conflicts as store
from amhk.store.staff import kin as kin_store
from amhk.store.terms import reminders
from amhk.words import day_of, iso

LEADS = ("teamleider", "manager")
GROUNDS = {
    "familie": "familie of gezin",
    "omgeving": "buren, vrienden of kennissen",
    "collega": "een collega is betrokken",
    "oud_collega": "een oud-collega is betrokken",
}
_SAID = GROUNDS | {SUSPECTED: "vermoed: het lijkt iemand die deze medewerker opgaf"}
MYSELF = (Field("ground", "Hoe kent u deze mensen", "choice", required=True, choices="bekendheid"),)
OTHERS = (
    Field("worker", "Wie", "choice", required=True, choices="iedereen"),
    Field("ground", "Hoe", "choice", required=True, choices="bekendheid"),
    Field("reason", "Toelichting", "text", required=True),
)
LIFT = (Field("reason", "Waarom", "text", required=True),)
KIND, LIFTED = "kent", "kent_niet_meer"
_SEEN, _MET = "barred", "people_met"
NOBODY_LEFT = "een zaak mag door niemand van de leiding meer gezien worden"


def view(office: Office, number: str, who: Reader) -> dict[str, Any]:
    """Give who may not know a case one works with (`through`: because of another case of its
    household), and what the forms choose from. On what ground and why only who leads reads.
    """
    leads = who.role in LEADS
    with office.store.read() as connection:
        case = visible(connection, number, who, own=True)
        held = store.of_case(connection, case["id"])
        desk = _desk(office, connection)
        barred = [w["name"] for w in reads.workers(connection) if case["id"] in keys(w["barred"])]
    told = [
        {
            "id": c["id"],
            "worker": c["worker"],
            "ground": _SAID[c["ground"]] if leads else "",
            "reason": c["reason"] if leads else None,
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
        "leads": leads,
    }


def _desk(office: Office, connection: Connection) -> Desk:
    names = {w["name"]: w["name"] for w in reads.workers(connection) if w["name"] != HAND}
    return Desk(office.now(connection), {"iedereen": names, "bekendheid": GROUNDS})


def know(office: Office, number: str, body: object, who: Reader) -> None:
    """Let a case one works with be hidden from oneself: `ground`.

    What he had of it falls to its team, and his reminders to who can read them. BadInput names
    every fault, also where nobody who leads would be left to see it.
    """
    must_work(who)
    _hide(office, number, body, who, MYSELF)


def know_other(office: Office, number: str, body: object, who: Reader) -> None:
    """The same of another worker (`worker`, `ground`, `reason`), by who leads.

    Every manager reads that it was said, but the one it was said of.
    """
    if who.role not in LEADS:
        raise NotAllowed("Dit zegt de teamleider of de manager.")
    _hide(office, number, body, who, OTHERS)


def _hide(office: Office, number: str, body: object, who: Reader, form: tuple[Field, ...]) -> None:
    raw = dict(body) if isinstance(body, Mapping) else {}
    with office.store.write() as connection:
        key = visible(connection, number, who, own=True)["id"]
        home = reads.lock_cases(connection, store.household_of(connection, key))
        case = home[key]
        desk = _desk(office, connection)
        values, faults = clean(form, raw, desk)
        worker = reads.worker_by(connection, name=values.get("worker", who.name))
        if worker and not faults:
            staff = reminders.staff(connection, day_of(desk.now), desk.now)
            faults += _faults(case, home.values(), worker, staff)
        if faults or worker is None:
            raise BadInput(faults=faults)
        row = {
            "worker_id": worker["id"],
            "case_id": key,
            "ground": values["ground"],
            "since": desk.now,
            "set_by": who.id,
            "reason": values.get("reason"),
        }
        writes.add(connection, CONFLICT, row)
        file = on_table(office, connection, case, who)
        name = worker["name"]
        what = f"{name} kent deze mensen: de zaak bestaat niet meer voor {name}."
        file.note(KIND, what, {"worker": worker["id"]})
        file.save(opens=False)
        _give_back(office, connection, who, home)
        what = f"{name} kent de mensen in een zaak: die bestaat niet meer voor {name}."
        rights.tell(office, connection, who, what, {"about": worker["id"]})


def _faults(
    case: CaseRow, home: Collection[CaseRow], worker: WorkerRow, staff: Staff
) -> list[Fault]:
    """Give why a case cannot be hidden from a worker: it is, or nobody would be left to see it or
    to lead it, or another open one of its household.
    """
    if case["id"] in keys(worker["barred"]):
        return [Fault("al", f"Voor {worker['name']} bestaat deze zaak al niet.", "worker")]
    left = Staff(tuple(p for p in staff.people if p.id != worker["id"]))
    open_ = [one for one in home if not one["closed"] or one["id"] == case["id"]]
    if all(led(left, one["id"], one["team_id"]) for one in open_):
        return []
    text = (
        "Dan kan niemand van de leiding, of niemand die er nu is, deze zaak nog zien. Laat eerst"
        " een teamleider of manager aanwijzen die de mensen niet kent."
    )
    return [Fault("niemand_over", text, "worker")]


def led(staff: Staff, case: int, team: int) -> bool:
    """Tell whether somebody leads a case (its key) of a team who may know it, and somebody who is
    here may see it.
    """
    mine = [p for p in staff.knowing(case).people if p.role in ALL_CASES or p.team == team]
    here = any(p.here and p.role in ALL_CASES | TEAM_CASES for p in mine)
    return here and any(p.role in LEADS for p in mine)


def hides(office: Office, number: str, who: Reader) -> bool:
    """Tell whether what a worker just did makes a case one he may not know: his own call may be
    about a household he knows.
    """
    with office.store.read() as connection:
        worker = reads.worker_by(connection, id=who.id)
        return worker is not None and key_of(connection, number) in keys(worker["barred"])


def lift(office: Office, number: str, key: int, body: object, who: Reader) -> None:
    """Let a worker know a case again, with a reason; for who leads and works with it.

    BadInput without a reason, ClosedDoor when it is lifted already.
    """
    if who.role not in LEADS:
        raise NotAllowed("Dit heft de teamleider of de manager op.")
    with office.store.write() as connection:
        case = visible(connection, number, who, own=True, lock=True)
        now = office.now(connection)
        values, faults = clean(LIFT, body, Desk(now, {}))
        if faults:
            raise BadInput(faults=faults)
        held = next((c for c in store.of_case(connection, case["id"]) if c["id"] == key), None)
        if held is None:
            raise ClosedDoor.of("al_opgeheven", "Dit is al opgeheven.")
        store.lift(connection, key, now)
        file = on_table(office, connection, case, who)
        told = {"worker": held["worker_id"], "reden": values["reason"]}
        file.note(LIFTED, f"Voor {held['worker']} bestaat deze zaak weer.", told)
        file.save(opens=False)
        what = f"Een zaak bestaat weer voor {held['worker']}."
        rights.tell(office, connection, who, what, {"about": held["worker_id"]})


def tend(office: Office) -> int:
    """See to what may no longer be known by somebody since the last round: a suspicion is told on
    its case, his cases fall to their teams, and what stood before him stands before others. Gives
    how many open cases nobody who leads may know (none).
    """
    with office.store.read() as connection:
        before = reads.meta(connection, _SEEN) or "[]"
        last = _people_seen(connection)
        new = kin_store.any_of(connection) and kin_store.recorded_since(connection, last[0], 1)
        fresh = store.untold(connection) or store.owned_though_barred(connection)
        alone, seen = _stand(office, connection)
    if not new and not fresh and before == seen:
        return alone
    with office.store.write() as connection:
        met = look_again(office, connection, last[0])
        owned = [case for case, _ in store.owned_though_barred(connection)]
        untold = store.untold(connection)
        reads.lock_cases(connection, sorted({*owned, *(held["case_id"] for held in untold)}))
        for held in untold:
            _tell(office, connection, held)
        _give_back(office, connection, None)
        writes.set_meta(connection, _MET, json.dumps([last[1], max(met, last[1])]))
        alone, seen = _stand(office, connection)
        writes.set_meta(connection, _SEEN, seen)
    return alone


def _people_seen(connection: Connection) -> list[int]:
    """Give up to which people (keys) everybody was met, the round before last and last: who was
    recorded meanwhile may have been written later than one with a higher key. At first only the
    latest: who says whom he knows meets all that are there.
    """
    if told := reads.meta(connection, _MET):
        found: list[int] = json.loads(told)
        return found
    return [max(0, kin_store.last_recorded(connection) - kin_store.MOST)] * 2


def _stand(office: Office, connection: Connection) -> tuple[int, str]:
    """Give how many open cases nobody who leads may know, and who may not know what as a text."""
    barred = store.barred_of(connection)
    now = office.now(connection)
    staff = reminders.staff(connection, day_of(now), now) if barred else Staff(())
    hidden = sorted({key for held in barred.values() for key in held})
    heads = store.open_heads(connection, hidden) if hidden else []
    alone = sum(not led(staff, head["id"], head["team_id"]) for head in heads)
    return alone, json.dumps(sorted(barred.items()))


def _tell(office: Office, connection: Connection, held: Row) -> None:
    """Write on a case who seems to know its people.

    Where nobody would be left who leads or is here, and with him somebody would, he may know it
    after all: somebody must.
    """
    if not store.tell(connection, held["id"]):
        return  # another process did
    now, name = office.now(connection), held["worker"]
    case = reads.case_by_id(connection, held["case_id"], lock=True)
    assert case is not None
    staff, at = reminders.staff(connection, day_of(now), now), (case["id"], case["team_id"])
    what = f"{name} kent deze mensen vermoedelijk: de zaak bestaat niet meer voor {name}."
    if not case["closed"] and not led(staff, *at) and led(_with(staff, held), *at):
        store.lift(connection, held["id"], now, by_itself=True)
        what = f"{name} kent deze mensen vermoedelijk, maar anders zou niemand de zaak leiden."
    file = on_table(office, connection, case, None)
    file.note(KIND, what, {"worker": held["worker_id"]})
    file.save(opens=False)


def _with(staff: Staff, held: Row) -> Staff:
    """Give the staff as it would be if this conflict did not hold."""
    people = (
        replace(p, barred=p.barred - {held["case_id"]}) if p.id == held["worker_id"] else p
        for p in staff.people
    )
    return Staff(tuple(people), staff.duty)


def _give_back(
    office: Office, connection: Connection, who: Reader | None, home: Collection[int] | None = None
) -> None:
    """Let every open case (of a household) that stands with somebody who may not know it fall to
    its team.
    """
    owned = dict(store.owned_though_barred(connection))
    mine = sorted(owned if home is None else set(owned) & set(home))
    now = office.now(connection)
    for case in reads.lock_cases(connection, mine).values():
        if case["owner_id"] != owned[case["id"]] or case["closed"]:
            continue
        file = on_table(office, connection, case, who)
        what = "De behandelaar kent deze mensen: de zaak valt aan het team."
        file.note("toegewezen", what, {})
        file.changes["owner_id"] = None
        reminders.readdress(connection, case["id"], owned[case["id"]], None, case["team_id"])
        file.save(opens=False)
    tend_inbox(connection, reminders.staff(connection, day_of(now), now))
