"""Giving a case to a worker, to another team, or back to the team."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from amhk.desk.casefile.access import key_of, no_case, owns
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.choices import desk_for
from amhk.desk.casefile.inputs import must_work, take_version
from amhk.desk.casefile.open_case import on_table, open_case
from amhk.desk.terms.inbox import tend_inbox
from amhk.errors import BadInput, Fault
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import WORKS, Reader, keys
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, WorkerRow
from amhk.store.staff import plans
from amhk.store.terms import reminders
from amhk.words import day_of, say_day

ASSIGN = (
    Field("owner", "Behandelaar", "choice", choices="medewerker"),
    Field("team", "Team", "choice", choices="team"),
    Field("reason", "Reden", "text", required=True),
)


MOST_AT_ONCE = 100


def assign(office: Office, number: str, body: object, who: Reader) -> None:
    """Give a case to a worker, to another team, or (owner empty) back to the team, with
    a reason.
    """
    version, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        _assign(office, connection, [open_case(office, connection, number, who, version)], fields)


def assign_many(office: Office, numbers: Sequence[str], body: object, who: Reader) -> int:
    """Give several cases to one worker or team, or back to the team, all or none, with one reason.

    Gives how many. BadInput names each that cannot.

    A case is named by its number, or by `number:version` as it was seen: one that changed since is
    refused.
    """
    _, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        seen_as = {number: version for number, _, version in (n.partition(":") for n in numbers)}
        keys = {number: key_of(connection, number) for number in seen_as}
        locked = reads.lock_cases(connection, sorted(k for k in keys.values() if k is not None))
        seen = {key for key, case in locked.items() if owns(who, case)}
        known = {keys[number]: version for number, version in seen_as.items()}
        wrong = [("onbekend", no_case(n).text) for n, key in keys.items() if key not in seen]
        for case in locked.values():
            if case["closed"]:
                wrong.append(("gesloten", f"{case['number']} is gesloten."))
            if known[case["id"]] not in ("", str(case["version"])):
                text = f"{case['number']} is intussen gewijzigd: bekijk de lijst opnieuw."
                wrong.append(("gewijzigd", text))
        if not 0 < len(keys) <= MOST_AT_ONCE:
            text = f"Kies eerst een of meer zaken, hooguit {MOST_AT_ONCE}."
            wrong.append(("ontbreekt", text))
        if wrong:
            raise BadInput(faults=[Fault(code, text, "zaak") for code, text in wrong])
        files = [on_table(office, connection, case, who) for case in locked.values()]
        _assign(office, connection, files, fields)
        return len(files)


def _assign(
    office: Office, connection: Connection, files: Sequence[CaseFile], fields: Mapping[str, object]
) -> None:
    """Check one assignment and carry it out on every case.

    What stood before the old owner or team moves along.
    """
    now = files[0].now
    desk = desk_for(office, connection, now, {"medewerker"}, files[0].case)
    teams = {t["name"]: t["id"] for t in reads.teams(connection)}
    values, faults = clean(
        ASSIGN, fields, Desk(desk.now, {**desk.lists, "team": {t: t for t in teams}}, None)
    )
    worker = reads.worker_by(connection, name=values.get("owner")) if values.get("owner") else None
    if worker:
        faults += _unfit(connection, worker, [file.case for file in files], now)
    if not faults and "owner" not in fields and "team" not in values:
        faults.append(Fault("ontbreekt", "Kies een behandelaar of een team.", "owner"))
    if faults:
        raise BadInput(faults=faults)
    for file in files:
        _hand_over(
            file,
            values,
            worker["id"] if worker else None,
            teams.get(values.get("team", ""), file.case["team_id"]),
        )
    tend_inbox(connection, reminders.staff(connection, day_of(now), now))


def _unfit(
    connection: Connection, worker: WorkerRow, cases: Sequence[CaseRow], now: datetime
) -> list[Fault]:
    """Give why a worker cannot have these cases: away, knows the people, works on no cases."""
    name, faults = worker["name"], []
    if plan := plans.away(connection, worker["id"], day_of(now)):
        until = f" tot en met {say_day(plan['end'])}" if plan["end"] else ""
        text = f"{name} is afwezig{until}: kies iemand die er is, of het team."
        faults.append(Fault("afwezig", text, "owner"))
    barred = keys(worker["barred"])
    faults += [
        Fault("kent", f"{name} mag {case['number']} niet kennen.", "owner")
        for case in cases
        if case["id"] in barred
    ]
    if worker["role"] not in WORKS:
        faults.append(Fault("rol", f"{name} behandelt geen zaken.", "owner"))
    return faults


def _hand_over(file: CaseFile, values: Filled, owner: int | None, team: int) -> None:
    to = values.get("owner") or values.get("team") or "het team"
    file.note("toegewezen", f"Toegewezen aan {to}.", values)
    file.changes["owner_id"] = owner
    if (before := file.case["owner_id"]) and before != owner:
        reminders.readdress(file.connection, file.id, before, owner, team)
    if team != file.case["team_id"]:
        reminders.move_team(file.connection, file.id, file.case["team_id"], team)
    if values.get("team"):
        file.changes |= {"team_id": team, "team_reason": f"Met de hand: {values['reason']}"}
    file.save()
