"""Destroying by law: tried first, proposed by one who leads, carried out by another, with a proof
that names nobody (Wmo 2015 art. 5.3.4 and 5.3.5).
"""

from datetime import datetime

from amhk.desk.casefile.access import visible
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.cover_secrets import veil_over
from amhk.desk.casefile.open_case import open_case
from amhk.desk.casefile.recall_letters import sweep_away
from amhk.desk.cases import attachments, destroy
from amhk.desk.subjects import erased_list, requests, retention
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader, scope_of
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.store import reads, writes
from amhk.store.cases import bundle, erasure
from amhk.store.database.engine import Connection
from amhk.store.people import subjects
from amhk.store.rows import CaseRow, Json, Row
from amhk.words import iso, say_day, some

LEADS = ("teamleider", "manager")
WHOLE, KIND = "alles", "vernietiging_voorgesteld"
PROPOSE = (
    Field("person", "Wiens gegevens", "choice", required=True, choices="wie"),
    Field("request", "Op welk verzoek", "choice", choices="verzoeken"),
    Field(
        "files",
        "Welke bijlagen gaan mee",
        "choices",
        choices="bijlagen",
        hint="Bij het vernietigen van alle gegevens gaan alle bijlagen mee.",
    ),
    Field("reason", "Toelichting", "text", required=True),
)
REFUSE = (Field("reason", "Waarom niet", "text", required=True),)
STAYS = (
    "dat de zaak er was: nummer, gemeente, soort, dagen en codes, waarmee geteld wordt",
    "wie wanneer keek en handelde, zonder de inhoud",
    "de ketting van het verloop: van wat weg is blijft alleen een hash",
)


def desk_of_answer(now: datetime) -> Desk:
    """Give what the form to turn a proposal down chooses from: nothing."""
    return Desk(now, {})


class _Trial(Exception):
    """Ends a trial: nothing of it is kept."""


def must_lead(who: Reader) -> None:
    """Refuse who does not lead."""
    if who.role not in LEADS:
        raise NotAllowed("Vernietigen is voor wie leidinggeeft.")


def _desk(office: Office, connection: Connection, case: CaseRow, who: Reader) -> Desk:
    people, files = [], []
    if case["route"] == "melding":
        people = reads.people_of(connection, case["id"])
        files = reads.of_case(connection, bundle.ATTACHMENT, case["id"])
    open_ = [r for r in subjects.requests_of(connection, case["id"]) if _asks(r)]
    asked = {
        str(r["id"]): f"{r['person'] or 'iemand anders'}, {say_day(r['received'])}" for r in open_
    }
    lists = {
        "wie": {WHOLE: "Alle gegevens van deze zaak"} | {str(p["id"]): p["naam"] for p in people},
        "verzoeken": asked,
        "bijlagen": {str(f["id"]): f["name"] for f in files},
    }
    veil = veil_over(office, connection, case, who)
    over = {name: {k: veil.over(v) for k, v in told.items()} for name, told in lists.items()}
    return Desk(office.now(connection), {**over, **retention.desk_of(office, connection).lists})


def _asks(row: Row) -> bool:
    return (row["state"], row["kind"]) == ("open", requests.DESTROY)


def view(office: Office, number: str, who: Reader) -> Json:
    """Give what the form to propose chooses from; NotAllowed for who does not lead."""
    must_lead(who)
    with office.store.read() as connection:
        case = visible(connection, number, who, own=True)
        keep = retention.of_case(office, connection, case)
        return {
            "number": case["number"],
            "desk": _desk(office, connection, case, who),
            "due": keep,
            "waits": subjects.proposed(connection, case["id"]),
        }


def trial(office: Office, number: str, body: object, who: Reader) -> Json:
    """Give what would go and what would stay, by doing it and undoing it."""
    must_lead(who)
    gone = destroy.Gone()
    try:
        with office.store.write() as connection:
            file = open_case(office, connection, number, who)
            values = _values(office, file, body, who)
            mark = requests.mark_of(connection, file.id, values["person"])
            act(file, mark, _hashes(file, values), gone)
            raise _Trial
    except _Trial:
        return told_of(gone)


def told_of(gone: destroy.Gone) -> Json:
    """Give in words what goes and what stays."""
    counts = gone.counts
    parts = (
        ("mensen", "persoon", "personen"),
        ("brieven", "brief", "brieven"),
        ("bijlagen", "bijlage", "bijlagen"),
        ("regels", "regel van het verloop", "regels van het verloop"),
        ("velden", "ander veld met tekst", "andere velden met tekst"),
    )
    goes = [some(counts[name], one, many) for name, one, many in parts if counts[name]]
    return {"goes": goes or ["niets"], "files": gone.names, "stays": STAYS}


def _values(office: Office, file: CaseFile, body: object, who: Reader) -> Json:
    values, faults = clean(PROPOSE, body, _desk(office, file.connection, file.case, who))
    faults += [] if faults else _faults(office, file, values)
    if faults:
        raise BadInput(faults=faults)
    return values


def _faults(office: Office, file: CaseFile, values: Row) -> list[Fault]:
    mark = requests.mark_of(file.connection, file.id, values["person"])
    whole = values["person"] == WHOLE
    return faults_of(office, file, mark, whole, values.get("request"))


def faults_of(
    office: Office, file: CaseFile, mark: str | None, whole: bool, request: str | None
) -> list[Fault]:
    """Give why this may not be destroyed now: a whole case goes when it is closed and its day is
    past, or when everybody in it asks; one person only when he asks.
    """
    asked = subjects.asked_by(file.connection, file.id)
    if not whole:
        row = next((r for r in _open(file) if str(r["id"]) == str(request)), None)
        if mark is None or row is None or row["person_mark"] != mark:
            text = "Iemands gegevens gaan weg op zijn eigen verzoek: kies dat verzoek."
            return [Fault("geen_verzoek", text, "request")]
        return []
    faults = []
    if not file.case["closed"]:
        text = "Een zaak die nog loopt gaat niet weg: sluit haar eerst af."
        faults.append(Fault("loopt", text, "person"))
    keep = retention.of_case(office, file.connection, file.case)
    people = {p["mark"] for p in reads.people_of(file.connection, file.id)}
    everybody = bool(asked) and people <= asked
    if not everybody and (keep is None or not keep["over"]):
        text = "De bewaartermijn is nog niet om, en niet ieder in de zaak vraagt erom."
        faults.append(Fault("bewaren", text, "request"))
    if subjects.still_open(file.connection, file.id):
        text = "Er ligt nog een ander verzoek van een betrokkene: beantwoord dat eerst."
        faults.append(Fault("verzoek_open", text, "request"))
    return faults


def _open(file: CaseFile) -> list[Row]:
    return [r for r in subjects.requests_of(file.connection, file.id) if _asks(r)]


def _hashes(file: CaseFile, values: Row) -> list[str]:
    """Give the hashes of the attachments that were chosen."""
    chosen = set(values.get("files") or ())
    held = reads.of_case(file.connection, bundle.ATTACHMENT, file.id)
    return [a["hash"] for a in held if str(a["id"]) in chosen]


def propose(office: Office, number: str, body: object, who: Reader) -> None:
    """Propose a destruction (`person`, `request`, `files`, `reason`): nothing goes yet. BadInput
    names every fault.
    """
    must_lead(who)
    with office.store.write() as connection:
        file = open_case(office, connection, number, who)
        values = _values(office, file, body, who)
        if subjects.proposed(connection, file.id):
            raise ClosedDoor.of("voorstel", "Voor deze zaak ligt al een voorstel te wachten.")
        row = {
            "case_id": file.id,
            "person_mark": requests.mark_of(connection, file.id, values["person"]),
            "request_id": int(values["request"]) if values.get("request") else None,
            "files": _hashes(file, values),
            "reason": values["reason"],
            "state": "proposed",
            "proposed": file.now,
            "proposed_by": who.id,
        }
        writes.add(connection, subjects.DESTRUCTION, row)
        file.note(KIND, "Vernietiging voorgesteld; een ander beslist.", {})
        file.save(bump=False)


def act(file: CaseFile, mark: str | None, files: list[str], gone: destroy.Gone) -> None:
    """Destroy a person of a case by his mark, or (None) all of it; ClosedDoor when he is not there
    any more.
    """
    if mark is None:
        destroy.of_case(file, gone)
        return
    everybody = reads.people_of(file.connection, file.id)
    he = next((p for p in everybody if p["mark"] == mark), None)
    if he is None:
        raise ClosedDoor.of("weg", "Deze persoon staat niet meer in de zaak.")
    destroy.of_person(file, he, files, gone)


def one_seen(connection: Connection, key: int, who: Reader) -> Row:
    """Give a destruction of a case a reader may see; NotFound otherwise."""
    found = subjects.destructions(connection, scope_of(who), subjects.DESTRUCTION.c.id == key)
    if not found or found[0]["case_id"] in who.barred:
        raise NotFound("Deze vernietiging is er niet, of u mag haar niet zien.")
    who.seen.setdefault(found[0]["case_id"], False)
    return found[0]


def overview(office: Office, who: Reader) -> Json:
    """Give what waits for a second pair of eyes, what was destroyed, and what falls due."""
    must_lead(who)
    with office.store.read() as connection:
        scope = scope_of(who)
        found = subjects.destructions(connection, scope)
        due = retention.falls_due(office, connection, scope, office.now(connection))
    told = [as_told(row, who) for row in found if row["case_id"] not in who.barred]
    return {
        "proposed": [t for t in told if t["state"] == "proposed"],
        "ended": [t for t in told if t["state"] != "proposed"][:100],
        "due": due,
    }


def as_told(row: Row, who: Reader) -> Json:
    """Give a destruction as a list shows it."""
    return {
        "id": row["id"],
        "number": row["number"],
        "what": "alle gegevens" if row["person_mark"] is None else "gegevens van een persoon",
        "state": row["state"],
        "proposed": iso(row["proposed"]),
        "proposer": row["proposer"],
        "ended": iso(row["ended"]) if row["ended"] else None,
        "ender": row["ender"],
        "mine": row["proposed_by"] == who.id,
    }


def one(office: Office, key: int, who: Reader) -> Json:
    """Give a destruction with what would go; NotFound for who may not see the case."""
    must_lead(who)
    with office.store.read() as connection:
        row = one_seen(connection, key, who)
        case = visible(connection, row["number"], who, own=True)
        veil = veil_over(office, connection, case, who)
    told = as_told(row, who) | {"person": row["person"], "reason": row["reason"]}
    told = veil.upon(told)
    if row["state"] != "proposed":
        return told | {"trial": None, "stuck": []}
    gone = destroy.Gone()
    try:
        with office.store.write() as connection:
            file = open_case(office, connection, row["number"], who)
            stuck = [f.text for f in _still(office, file, row)]
            if not stuck:
                act(file, row["person_mark"], row["files"], gone)
            raise _Trial
    except _Trial:
        return told | {"trial": None if stuck else told_of(gone), "stuck": stuck}
    except ClosedDoor as wrong:
        return told | {"trial": None, "stuck": [fault.text for fault in wrong.faults]}


def _still(office: Office, file: CaseFile, row: Row) -> list[Fault]:
    """Give why what was proposed may not be done any more."""
    mark = row["person_mark"]
    return faults_of(office, file, mark, mark is None, row["request_id"])


def carry_out(office: Office, key: int, who: Reader) -> str:
    """Destroy what another proposed; gives the number of the case. NotAllowed for who proposed it.

    What must be gone is gone from the files of the house before this returns.
    """
    must_lead(who)
    gone = destroy.Gone()
    with office.store.write() as connection:
        row = one_seen(connection, key, who)
        if row["proposed_by"] == who.id:
            raise NotAllowed("Wat u zelf voorstelde, voert een ander uit.")
        file = open_case(office, connection, row["number"], who)
        if faults := _still(office, file, row):
            raise ClosedDoor(faults=faults)
        act(file, row["person_mark"], row["files"], gone)
        told = {
            "state": "done",
            "ended": file.now,
            "ended_by": who.id,
            "reason": None,
            "record": gone.as_record(),
        }
        if not subjects.end(connection, key, told):
            raise ClosedDoor.of("staat", "Hierover is intussen beslist.")
        granted = {"state": "granted", "decided": file.now, "decided_by": who.id}
        subjects.answer_all(connection, file.id, row["person_mark"], granted)
        file.save(bump=False)
    settle(office, gone)
    return str(row["number"])


def settle(office: Office, gone: destroy.Gone | None = None) -> None:
    """Let what was destroyed be gone from the files of the house, and stand on the list that a
    backup of before is held against. A round does again what could not be done yet.
    """
    with office.store.read() as connection:
        if not reads.meta(connection, destroy.UNSETTLED):
            return
    erased_list.keep(office)
    if gone is not None:
        attachments.remove(office, gone.files)
        sweep_away(office, gone.ready, gone.posted)
    if office.store.forget(erasure.TABLES):
        with office.store.write() as connection:
            writes.set_meta(connection, destroy.UNSETTLED, "")


def waiting(connection: Connection, who: Reader) -> list[Json]:
    """Give the proposals that wait for this second pair of eyes."""
    if who.role not in LEADS:
        return []
    found = subjects.destructions(
        connection, scope_of(who), subjects.DESTRUCTION.c.state == "proposed"
    )
    mine = [r for r in found if r["proposed_by"] != who.id and r["case_id"] not in who.barred]
    return [as_told(row, who) for row in mine]


def turn_down(office: Office, key: int, body: object, who: Reader) -> str:
    """Turn a proposal down, with why (`reason`); gives the number of the case."""
    must_lead(who)
    with office.store.write() as connection:
        row = one_seen(connection, key, who)
        file = open_case(office, connection, row["number"], who)
        values, faults = clean(REFUSE, body, Desk(file.now, {}))
        if faults:
            raise BadInput(faults=faults)
        told = {"state": "refused", "ended": file.now, "ended_by": who.id}
        if not subjects.end(connection, key, told):
            raise ClosedDoor.of("staat", "Hierover is intussen beslist.")
        what = "Voorstel om te vernietigen niet overgenomen."
        file.note("vernietiging_afgewezen", what, {"reden": values["reason"]})
        file.save(bump=False)
        return str(row["number"])
