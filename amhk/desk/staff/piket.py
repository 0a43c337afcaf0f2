"""Night and weekend: who has piket and when, the gaps in it, and the acute cases on a phone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import ALL_CASES, HAND, Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.staff.roster import gaps, without
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.staff import plans
from amhk.store.terms import reminders
from amhk.words import day_of, end_of, iso, say_instant, start_of

PIKET = (
    Field("worker", "Wie", "choice", required=True, choices="piketdienst"),
    Field("start", "Van", "moment", required=True, anytime=True),
    Field("end", "Tot", "moment", required=True, anytime=True),
)
AHEAD = timedelta(days=14)
_LONGEST = timedelta(days=31)
_FAR = datetime(2199, 12, 31, tzinfo=UTC)
_MAY = frozenset({"teamleider", "manager", "beheerder", "piket"})


def desk(office: Office) -> Desk:
    """Give what the form of the roster chooses from: everyone who may see every case."""
    with office.store.read() as connection:
        return _desk(office, connection)


def _desk(office: Office, connection: Connection) -> Desk:
    people = [
        w["name"] for w in reads.workers(connection) if w["role"] in ALL_CASES and w["name"] != HAND
    ]
    return Desk(office.now(connection), {"piketdienst": {name: name for name in people}})


def may_plan(who: Reader) -> bool:
    """Tell whether somebody may change the roster."""
    return who.role in _MAY


def give(office: Office, body: object, who: Reader) -> int:
    """Put somebody on the roster (`worker start end`); BadInput with every fault.

    Gives the key of the line.
    """
    if who.role not in _MAY:
        raise NotAllowed(
            "Het piketrooster is voor de piketdienst, de teamleider, de manager en de beheerder."
        )
    with office.store.write() as connection:
        desk_now = _desk(office, connection)
        values, faults = clean(PIKET, body, desk_now)
        start, end = values.get("start"), values.get("end")
        if start and end and not start < end:
            faults.append(Fault("volgorde", "Het einde ligt na het begin.", "end"))
        elif start and end and end - start > _LONGEST:
            faults.append(Fault("te_lang", "Hooguit een maand aaneen.", "end"))
        elif end and end <= desk_now.now:
            faults.append(Fault("voorbij", "Deze dienst is al voorbij.", "end"))
        if faults:
            raise BadInput(faults=faults)
        worker = reads.worker_by(connection, name=values["worker"])
        assert worker is not None
        row = {"worker_id": worker["id"], "start": start, "end": end, "gone": False}
        key = writes.add(connection, reminders.PIKET, row)
        what = (
            f"Piket: {worker['name']} van {say_instant(values['start'])} tot"
            f" {say_instant(values['end'])}."
        )
        house_journal.append(
            connection,
            desk_now.now,
            who.id,
            kind="piket",
            what=what,
            content={"line": key, "worker": worker["name"], "start": start, "end": end},
        )
        return key


def take(office: Office, key: int, who: Reader) -> None:
    """Take a line off the roster; it stays in the house's journal."""
    if who.role not in _MAY:
        raise NotAllowed()
    with office.store.write() as connection:
        if not any(
            r["id"] == key
            for r in plans.roster(connection, start_of(day_of(office.now(connection))), _FAR)
        ):
            raise NotFound("Deze dienst staat niet (meer) op het rooster.")
        writes.change(connection, reminders.PIKET, [key], {"gone": True})
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="piket",
            what="Een dienst is van het piketrooster gehaald.",
            content={"line": key},
        )


def roster(office: Office) -> dict[str, Any]:
    """Give who has piket now and for the next two weeks, and the gaps.

    Nights, weekends and holidays without anybody.
    """
    with office.store.read() as connection:
        return roster_of(office, connection)


def roster_of(office: Office, connection: Connection) -> dict[str, Any]:
    """The same, on a connection at hand."""
    now = office.now(connection)
    today, last = day_of(now), day_of(now + AHEAD)
    lines = plans.roster(connection, now, end_of(last))
    holes: dict[int, list[tuple[datetime, datetime]]] = {}
    for plan in plans.to_come(connection, today):
        ends = end_of(plan["end"]) if plan["end"] and plan["kind"] == "afwezig" else _FAR
        holes.setdefault(plan["worker_id"], []).append((start_of(plan["start"]), ends))
    taken = [
        part
        for r in lines
        if r["active"]
        for part in without((r["start"], r["end"]), holes.get(r["worker_id"], ()))
    ]
    open_ = [(max(s, now), e) for s, e in gaps(today, last, office.calendar, taken) if e > now]
    return {
        "now": [
            r["name"]
            for r in lines
            if r["active"]
            and any(
                s <= now < e
                for s, e in without((r["start"], r["end"]), holes.get(r["worker_id"], ()))
            )
        ],
        "lines": [
            {"id": r["id"], "worker": r["name"], "start": iso(r["start"]), "end": iso(r["end"])}
            for r in lines
        ],
        "gaps": [{"start": iso(s), "end": iso(e)} for s, e in open_],
    }
