"""The register beside the cases: complaints (Wmo 2015 art. 4.2.7), second opinions, calamiteiten
and geweld (art. 4.2.5), as the procedure names them in `register.toml`.

They are about the work of the meldpunt, so they stand outside the dossier of a child and are read
by who leads; never by whom they are about. An open one always waits for a step, by a day.
"""

from datetime import date, datetime

from amhk.desk.casefile.access import unnamed
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import HAND, Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.procedure.register import MatterKind
from amhk.rules.terms.terms import last_day
from amhk.store import reads, writes
from amhk.store.database.engine import Connection, StoreConflict
from amhk.store.house import held
from amhk.store.house import matters as store
from amhk.store.rows import Json, Row, WorkerRow
from amhk.words import day_of, iso, lower_first, say_day, start_of

LEADS = ("teamleider", "manager")
STATES = {"open": "Loopt", "closed": "Afgerond", "withdrawn": "Ingetrokken"}
WITHDRAWN = "ingetrokken"
UNLED = "iets in het register mag door niemand van de leiding meer gelezen worden"
OPEN = (
    Field("kind", "Wat is het", "choice", required=True, choices="registersoort"),
    Field("received", "Ontvangen of gebeurd op", "date", required=True),
    Field("told_by", "Van wie, en hoe bereikbaar"),
    Field("about", "Waar gaat het over", "text", required=True),
    Field(
        "case",
        "Hoort bij zaak",
        hint="Alleen het nummer: in de zaak zelf komt hier niets van te staan.",
    ),
    Field(
        "whom",
        "Gaat over medewerker",
        "choice",
        choices="medewerkers",
        hint="Wie dit is kan dit niet lezen, ook niet als hij leidinggeeft.",
    ),
)
STEP = (
    Field("done", "Gedaan op", "date", required=True),
    Field("what", "Wat is gedaan, en wat kwam eruit", "text", required=True),
)
WITHDRAW = (Field("reason", "Waarom loopt dit niet verder", "text", required=True),)


def _must_lead(who: Reader) -> None:
    if who.role not in LEADS:
        raise NotAllowed("Het register is voor wie leidinggeeft.")


def _desk(office: Office, connection: Connection) -> Desk:
    kinds = {name: kind.title for name, kind in office.pack.register.items()}
    names = (w["name"] for w in reads.workers(connection) if w["name"] != HAND)
    staff = {name: name for name in names}
    return Desk(office.now(connection), {"registersoort": kinds, "medewerkers": staff})


def view(office: Office, who: Reader) -> Json:
    """Give the register as who leads may know it, and what the form for a new one chooses from."""
    _must_lead(who)
    with office.store.read() as connection:
        desk = _desk(office, connection)
        found = store.every(connection, who.id)
        told = [_told(office, row, day_of(desk.now)) for row in found]
        return {"matters": unnamed(connection, who, told), "desk": desk}


def waiting(office: Office, connection: Connection, who: Reader, today: date) -> list[Json]:
    """Give the open matters a reader may know, the first due on top."""
    found = store.every(connection, who.id, open_only=True)
    return unnamed(connection, who, [_told(office, row, today) for row in found])


def _kind(office: Office, name: str) -> MatterKind:
    """Give a kind, also of one the procedure no longer names."""
    known = office.pack.register.get(name)
    return known or MatterKind(name, name.replace("_", " ").capitalize(), "", ())


def _told(office: Office, row: Row, today: date) -> Json:
    kind = _kind(office, row["kind"])
    step = next((s for s in kind.steps if s.name == row["step"]), None)
    return {
        "id": row["id"],
        "number": row["number"],
        "title": kind.title,
        "received": iso(row["received"]),
        "open": row["state"] == "open",
        "state": STATES[row["state"]],
        "step": step.title if step else row["step"],
        "ground": step.ground if step else "",
        "due": iso(row["due"]) if row["due"] else None,
        "late": bool(row["due"] and row["due"] < today),
    }


def register(office: Office, body: object, who: Reader) -> int:
    """Write a matter down: its first step waits from the day it was received. Gives its key;
    BadInput names every fault.
    """
    _must_lead(who)
    try:
        return _register(office, body, who)
    except StoreConflict:  # another took the number at the same moment
        return _register(office, body, who)


def _register(office: Office, body: object, who: Reader) -> int:
    with office.store.write() as connection:
        desk = _desk(office, connection)
        values, faults = clean(OPEN, body, desk)
        faults += _in_future(values.get("received"), desk.now, "received")
        about = reads.worker_by(connection, name=values.get("whom") or "")
        faults += _nobody_left(connection, about)
        if faults:
            raise BadInput(faults=faults)
        kind = office.pack.register[values["kind"]]
        prefix = f"K-{day_of(desk.now).year}-"
        number = f"{prefix}{store.last_of_year(connection, prefix) + 1:06}"
        row = {
            "number": number,
            "kind": kind.name,
            **{k: values.get(k) for k in ("received", "told_by", "about")},
            "case_number": (values.get("case") or "").upper() or None,
            "about_id": about["id"] if about else None,
            "made": desk.now,
            "made_by": who.id or None,
            "step": kind.steps[0].name,
            "due": last_day(kind.steps[0], start_of(values["received"]), office.calendar),
        }
        key = writes.add(connection, store.MATTER, row)
        what = f"{number} in het register: {lower_first(kind.title)}."
        _tell(connection, desk.now, who, what, [("matters", key)])
    return key


def _nobody_left(connection: Connection, about: WorkerRow | None) -> list[Fault]:
    if about is None:
        return []
    lead = [w for w in reads.workers(connection) if w["role"] in LEADS]
    text = "Dan zou niemand van de leiding dit kunnen lezen. Laat eerst een ander toe."
    others = any(w["id"] != about["id"] for w in lead)
    return [] if others else [Fault("niemand", text, "whom")]


def led_by_nobody(office: Office) -> bool:
    """Tell whether an open matter may be read by nobody who leads: the others left, or lead no
    longer.
    """
    with office.store.read() as connection:
        return store.led_by_nobody(connection, LEADS) > 0


def _in_future(day: date | None, now: datetime, field: str) -> list[Fault]:
    future = day is not None and day > day_of(now)
    return [Fault("toekomst", "Die dag is nog niet geweest.", field)] if future else []


def _tell(
    connection: Connection, now: datetime, who: Reader, what: str, places: list[held.Place]
) -> None:
    held.tell(connection, now, who.id or None, held.REGISTER, what, places)


def _find(connection: Connection, key: int, who: Reader, lock: bool = False) -> Row:
    _must_lead(who)
    found = store.one(connection, key, who.id, lock)
    if found is None:
        raise NotFound("Dit staat niet in het register, of u mag het niet zien.")
    return found


def one(office: Office, key: int, who: Reader) -> Json:
    """Give a matter whole: what it is about, each step that was done, and the one it waits for."""
    with office.store.read() as connection:
        row = _find(connection, key, who)
        now = office.now(connection)
        kind = _kind(office, row["kind"])
        titles = {s.name: s.title for s in kind.steps} | {WITHDRAWN: "Ingetrokken"}
        told = _told(office, row, day_of(now)) | {
            "told_by": row["told_by"],
            "about": row["about"],
            "case": row["case_number"],
            "whom": row["whom"],
            "source": kind.source,
            "steps": [
                {
                    "title": titles.get(s["step"], s["step"]),
                    "done": iso(s["done"]),
                    "due": iso(s["due"]),
                    "late": s["done"] > s["due"],
                    "what": s["what"],
                    "worker": s["worker"],
                }
                for s in store.steps_of(connection, key)
            ],
        }
        return {"one": unnamed(connection, who, told), "desk": Desk(now, {})}


def take_step(office: Office, key: int, body: object, who: Reader) -> str:
    """Write down that the step a matter waits for was done (`done`, `what`); the next one waits
    from that day, and after the last it is closed. Gives what happened, in a sentence. BadInput
    names every fault, ClosedDoor when it does not run.
    """
    with office.store.write() as connection:
        row, now = _running(connection, key, who), office.now(connection)
        values, faults = clean(STEP, body, Desk(now, {}))
        faults += _in_future(values.get("done"), now, "done")
        before = [s["done"] for s in store.steps_of(connection, key)] or [row["received"]]
        if values.get("done") and values["done"] < before[-1]:
            text = f"Dat ligt voor {say_day(before[-1])}, toen deze stap begon."
            faults.append(Fault("volgorde", text, "done"))
        if faults:
            raise BadInput(faults=faults)
        kind = _kind(office, row["kind"])
        rule = kind.after(row["step"]) if any(s.name == row["step"] for s in kind.steps) else None
        told: Row = {"state": "closed", "step": None, "due": None}
        said = f"{row['number']} is afgerond."
        if rule:
            due = last_day(rule, start_of(values["done"]), office.calendar)
            told = {"step": rule.name, "due": due}
            said = f"{row['number']}: {lower_first(rule.title)}, uiterlijk {say_day(due)}."
        _step(connection, row, now, who, told, said, done=values["done"], what=values["what"])
    return said


def withdraw(office: Office, key: int, body: object, who: Reader) -> str:
    """End a matter that does not run on (`reason`); gives what happened. BadInput names every
    fault, ClosedDoor when it does not run.
    """
    with office.store.write() as connection:
        row, now = _running(connection, key, who), office.now(connection)
        values, faults = clean(WITHDRAW, body, Desk(now, {}))
        if faults:
            raise BadInput(faults=faults)
        told: Row = {"state": "withdrawn", "step": None, "due": None}
        said = f"{row['number']} is ingetrokken."
        step = {"step": WITHDRAWN, "done": day_of(now), "what": values["reason"]}
        _step(connection, row, now, who, told, said, **step)
    return said


def _running(connection: Connection, key: int, who: Reader) -> Row:
    row = _find(connection, key, who, lock=True)
    if row["state"] != "open":
        raise ClosedDoor.of("gesloten", "Dit is al afgerond.")
    return row


def _step(
    connection: Connection,
    row: Row,
    now: datetime,
    who: Reader,
    told: Row,
    said: str,
    **step: object,
) -> None:
    """Write a step and how the matter stands after it."""
    line = {
        "matter_id": row["id"],
        "step": row["step"],
        "due": row["due"],
        "written": now,
        "worker_id": who.id or None,
        **step,
    }
    written = writes.add(connection, store.STEP, line)
    writes.change(connection, store.MATTER, [row["id"]], told)
    places = [("matters", row["id"]), ("matter_steps", written)]
    _tell(connection, now, who, said, places)
