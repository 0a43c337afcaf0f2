"""Who is away or leaves: a plan for each of his open cases and their terms (to whom, from when),
carried out in one transaction, and undone in one.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from amhk.desk.casefile.open_case import on_table
from amhk.desk.staff import rights
from amhk.desk.terms.inbox import tend_inbox
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import HAND, WORKS, Reader, keys
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.terms.ladder import Staff
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.rows import CaseRow, Row, WorkerRow
from amhk.store.staff import plans
from amhk.store.terms import reminders
from amhk.words import day_of, iso, say_day, some

AWAY, LEAVES = "afwezig", "vertrek"
_KINDS = {AWAY: "Afwezig", LEAVES: "Vertrek: werkt hier niet meer"}
PLAN = (
    Field("worker", "Wie", "choice", required=True, choices="medewerker"),
    Field("kind", "Wat", "choice", required=True, choices="afwezigheid"),
    Field("start", "Vanaf", "date", required=True, anytime=True),
    Field("end", "Tot en met (leeg: onbekend)", "date", anytime=True),
    Field("to", "Zaken gaan naar (leeg: het team)", "choice", choices="medewerker"),
    Field("reason", "Reden", required=True),
)
_MAY = frozenset({"teamleider", "manager", "beheerder"})


def _mine(who: Reader, worker: Row) -> bool:
    """Tell whether somebody may plan for this worker.

    A teamleider only for the people of his own team.
    """
    if who.role != "teamleider":
        return True
    return worker["team_id"] == who.team and worker["role"] in WORKS - {"manager"}


def may_plan(who: Reader) -> None:
    """Refuse who may not plan the absence of others."""
    if who.role not in _MAY:
        raise NotAllowed("Afwezigheid regelt de teamleider, de manager of de beheerder.")


def plan_desk(office: Office, who: Reader) -> Desk:
    """Give what the form of a plan chooses from: everyone who works here."""
    with office.store.read() as connection:
        return _desk(office, connection, who)


def _desk(office: Office, connection: Connection, who: Reader) -> Desk:
    names = {
        w["name"]: w["name"]
        for w in reads.workers(connection)
        if w["name"] != HAND and _mine(who, w)
    }
    return Desk(office.now(connection), {"medewerker": names, "afwezigheid": _KINDS})


def preview(office: Office, worker: str, who: Reader) -> list[dict[str, Any]]:
    """Give the open cases of a worker with the terms that run there.

    What a plan has to find a place for.
    """
    may_plan(who)
    with office.store.read() as connection:
        row = _worker(connection, worker)
        if not _mine(who, row):
            raise NotFound(f"Er werkt niemand in uw team die '{worker[:60]}' heet.")
        found = []
        for key in reads.cases_of(connection, row["id"]):
            if key in who.barred:
                continue
            case = reads.case_by_id(connection, key)
            assert case is not None
            flow = office.pack.workflows[case["workflow"], case["release"]]
            terms = reads.terms(connection, key, running=True)
            terms = sorted(terms, key=lambda t: t["over_at"])
            told = [{"title": flow.terms[t["name"]].title, "due": t["due"]} for t in terms]
            found.append({"number": case["number"], "terms": told})
        return sorted(found, key=lambda c: c["number"])


def make_plan(office: Office, body: object, who: Reader) -> int:
    """Plan an absence or a leaving.

    `worker kind start end to reason`, and `cases` ({number: name}) where a case goes to somebody
    else.

    Gives the key of the plan. It is carried out at once when its day has come, else when that day
    begins. BadInput names every fault.
    """
    may_plan(who)
    fields = dict(body) if isinstance(body, Mapping) else {}
    several = fields.pop("cases", None) or {}
    with office.store.write() as connection:
        desk = _desk(office, connection, who)
        values, faults = clean(PLAN, fields, desk)
        today = day_of(desk.now)
        faults += _own_faults(values, several, desk, today)
        if faults:
            raise BadInput(faults=faults)
        key = _write(connection, values, several, who, desk.now)
        if values["start"] <= today:
            _carry_out(office, connection, key, who)
        return key


def _own_faults(values: Filled, several: Mapping[str, str], desk: Desk, today: date) -> list[Fault]:
    faults = []
    start, end = values.get("start"), values.get("end")
    if start and start < today:
        faults.append(Fault("voorbij", "Een plan begint vandaag of later.", "start"))
    if start and end and end < start:
        faults.append(Fault("volgorde", "De laatste dag ligt voor de eerste.", "end"))
    if values.get("to") and values["to"] == values.get("worker"):
        faults.append(Fault("zelfde", "De zaken gaan naar iemand anders, of naar het team.", "to"))
    if not isinstance(several, Mapping):
        wrong = Fault("verkeerd_soort", "Noem per zaaknummer wie haar overneemt.", "cases")
        return [*faults, wrong]
    known = desk.lists["medewerker"]
    for number, name in several.items():
        if name is not None and (
            not isinstance(name, str) or name not in known or name == values.get("worker")
        ):
            text = f"{str(number)[:30]}: '{str(name)[:60]}' kan deze zaak niet overnemen."
            faults.append(Fault("onbekend", text.encode("utf-8", "replace").decode(), "cases"))
    return faults


def _write(
    connection: Connection,
    values: Filled,
    several: Mapping[str, str],
    who: Reader | None,
    now: datetime,
) -> int:
    worker = _worker(connection, values["worker"])
    people = {w["name"]: w for w in reads.workers(connection)}
    for name in {values.get("to"), *several.values()} - {None, ""}:
        if people[str(name)]["role"] not in WORKS:
            raise BadInput.of("rol", f"{name} behandelt geen zaken.", "to")
    to = people[values["to"]]["id"] if values.get("to") else None
    key = writes.add(
        connection,
        reminders.PLAN,
        {
            "worker_id": worker["id"],
            "kind": values["kind"],
            "start": values["start"],
            "end": values.get("end"),
            "to_id": to,
            "reason": values["reason"],
            "made_by": who.id if who else None,
            "made": now,
            "effect": None,
            "undone": None,
        },
    )
    owned = _owned(connection, worker, several, who.barred if who else frozenset())
    chosen = {number: people[name]["id"] if name else None for number, name in several.items()}
    to_of = {k: chosen.get(number, to) for number, k in owned.items()}
    lines = [{"plan_id": key, "case_id": k, "to_id": v, "went": False} for k, v in to_of.items()]
    writes.add_many(connection, plans.PLAN_CASE, lines)
    until = f" tot en met {say_day(values['end'])}" if values.get("end") else ""
    span = f"vanaf {say_day(values['start'])}{until}"
    what = f"{worker['name']}: {values['kind']} {span}; {some(len(owned), 'zaak', 'zaken')}."
    _note(connection, now, who, what, {"plan": key, "cases": sorted(owned)})
    return key


def _owned(
    connection: Connection, worker: Row, several: Iterable[str], barred: frozenset[int]
) -> dict[str, int]:
    """Give the keys of a worker's open cases by number; BadInput for each of `several` not his, or
    barred from who plans (those go as the plan says).
    """
    cases = [reads.case_by_id(connection, k) for k in reads.cases_of(connection, worker["id"])]
    owned = {str(case["number"]): int(case["id"]) for case in cases if case}
    known = {number for number, key in owned.items() if key not in barred}
    unknown = [str(n).encode("utf-8", "replace").decode() for n in several if n not in known]
    if unknown:
        text = f"is geen open zaak van {worker['name']}."
        raise BadInput(faults=[Fault("onbekend", f"{n[:30]} {text}", "cases") for n in unknown])
    return owned


def _note(
    connection: Connection,
    now: datetime,
    who: Reader | None,
    what: str,
    content: Mapping[str, object],
) -> None:
    """Write a line on a plan in the journal of the house."""
    house_journal.append(
        connection, now, who.id if who else None, kind="plan", what=what, content=content
    )


def _worker(connection: Connection, name: str) -> WorkerRow:
    if (found := reads.worker_by(connection, name=name)) is None:
        raise NotFound(f"Er werkt niemand die '{name[:60]}' heet.")
    return found


def carry_out_due(office: Office) -> int:
    """Carry out every plan whose day has come, each in its own transaction; gives how many."""
    with office.store.read() as connection:
        keys = plans.waiting(connection, day_of(office.now(connection)))
    done = 0
    for key in keys:
        with office.store.write() as connection:
            done += _carry_out(office, connection, key, None)
    return done


def _carry_out(office: Office, connection: Connection, key: int, who: Reader | None) -> bool:
    """Carry out one plan: every open case of the worker goes, those that came after the plan was
    made too; nothing stays behind.
    """
    plan = plans.plan(connection, key)
    if plan is None or plan["effect"] is not None or plan["undone"] is not None:
        return False
    now = office.now(connection)
    worker = reads.worker_by(connection, id=plan["worker_id"])
    assert worker is not None
    writes.change(connection, reminders.PLAN, [key], {"effect": now})
    if plan["kind"] == AWAY and plan["end"] and plan["end"] < day_of(now):
        what = f"Plan van {worker['name']} was al voorbij: er is niets overgedragen."
        _note(connection, now, None, what, {"plan": key})
        return False
    if plan["kind"] == LEAVES:
        rights.show_out(office, connection, worker, who)
    staff = reminders.staff(connection, day_of(now), now)
    to = {c["case_id"]: c["to_id"] for c in plans.cases(connection, key)}
    cases = reads.lock_cases(connection, reads.cases_of(connection, worker["id"]))
    late = [
        {"plan_id": key, "case_id": k, "to_id": plan["to_id"], "went": False}
        for k in cases
        if k not in to
    ]
    writes.add_many(connection, plans.PLAN_CASE, late)
    for case in cases.values():
        _hand_over(
            office,
            connection,
            case,
            worker=worker,
            to=to.get(case["id"], plan["to_id"]),
            plan=plan,
            staff=staff,
            who=who,
        )
    writes.mark_went(connection, key, list(cases))
    tend_inbox(connection, staff)
    return True


def _hand_over(
    office: Office,
    connection: Connection,
    case: CaseRow,
    worker: Row,
    to: int | None,
    plan: Row,
    staff: Staff,
    who: Reader | None,
) -> None:
    person = staff.knowing(case["id"]).person(to)
    person = person if person and person.role in WORKS else None
    file = on_table(office, connection, case, who)
    why = "werkt hier niet meer" if plan["kind"] == LEAVES else "is afwezig"
    goes = f"de zaak gaat naar {person.name}" if person else "de zaak valt aan het team"
    file.note("toegewezen", f"{worker['name']} {why}: {goes}.", {"plan": plan["id"]})
    file.changes["owner_id"] = person.id if person else None
    reminders.readdress(
        connection, case["id"], worker["id"], person.id if person else None, case["team_id"]
    )
    file.save()


def undo(office: Office, key: int, who: Reader) -> int:
    """Take a plan back in one transaction.

    He is here again, and every case that still stands where the plan put it is his. Gives how many
    came back.
    """
    may_plan(who)
    with office.store.write() as connection:
        plan = plans.plan(connection, key)
        worker = reads.worker_by(connection, id=plan["worker_id"]) if plan else None
        if plan is None or worker is None or not _mine(who, worker):
            raise NotFound("Dit plan bestaat niet.")
        if plan["undone"] is not None:
            raise ClosedDoor.of("al_terug", "Dit plan is al teruggedraaid.")
        now = office.now(connection)
        writes.change(connection, reminders.PLAN, [key], {"undone": now})
        if plan["kind"] == LEAVES and plan["effect"] is not None:
            rights.let_in_again(office, connection, worker, who)
        back = _come_back(office, connection, plan, who, now)
        what = f"Plan van {worker['name']} teruggedraaid; {some(back, 'zaak', 'zaken')} terug."
        _note(connection, now, who, what, {"plan": key, "back": back})
        return back


def _come_back(
    office: Office, connection: Connection, plan: Row, who: Reader, now: datetime
) -> int:
    """Give a worker his cases back that stand where a plan put them; gives how many.

    None when he has left, or is away by another plan: they stay where they are.
    """
    worker = reads.worker_by(connection, id=plan["worker_id"])
    if worker is None or not worker["active"] or worker["role"] not in WORKS:
        return 0
    if plans.away(connection, worker["id"], day_of(now)):
        return 0
    went = {c["case_id"]: c["to_id"] for c in plans.cases(connection, plan["id"]) if c["went"]}
    back = 0
    for case in reads.lock_cases(connection, list(went)).values():
        owner = case["owner_id"]
        elsewhere = owner not in (went[case["id"]], None)
        if case["closed"] or elsewhere or case["id"] in keys(worker["barred"]):
            continue
        file = on_table(office, connection, case, who)
        what = f"Teruggedraaid: {worker['name']} behandelt deze zaak weer."
        file.note("toegewezen", what, {"plan": plan["id"]})
        file.changes["owner_id"] = worker["id"]
        if owner:
            reminders.readdress(connection, case["id"], owner, worker["id"], case["team_id"])
        file.save()
        back += 1
    return back


def leave_now(
    office: Office,
    connection: Connection,
    worker: Row,
    kind_of: str,
    why: str,
    by: Reader | None = None,
) -> int:
    """Let every open case of a worker fall to its team now, by a plan that can be undone.

    Gives how many did.
    """
    now = office.now(connection)
    values = {"worker": worker["name"], "kind": kind_of, "start": day_of(now), "reason": why}
    key = _write(connection, values, {}, by, now)
    _carry_out(office, connection, key, by)
    return len(plans.cases(connection, key))


def view(office: Office, who: Reader) -> list[dict[str, Any]]:
    """Give the plans, the last first: who, what, from when to when, what became of the cases."""
    may_plan(who)
    with office.store.read() as connection:
        return [
            {
                "id": p["id"],
                "worker": p["worker"],
                "kind": p["kind"],
                "start": iso(p["start"]),
                "end": iso(p["end"]) if p["end"] else None,
                "to": p["to"] or "het team",
                "reason": p["reason"],
                "by": p["by"] or "opdrachtregel",
                "cases": p["cases"],
                "state": (
                    "teruggedraaid" if p["undone"] else "uitgevoerd" if p["effect"] else "gepland"
                ),
                "lines": [
                    {"number": c["number"], "to": c["to"] or "het team", "went": c["went"]}
                    for c in plans.cases(connection, p["id"])
                    if c["case_id"] not in who.barred
                ],
            }
            for p in plans.all_plans(connection, who.barred)
            if _mine(who, {"team_id": p["worker_team"], "role": p["worker_role"]})
        ]
