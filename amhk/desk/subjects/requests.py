"""What a betrokkene asks about his own data, each with its clock: inzage or a copy, correction,
destruction, objection (Wmo 2015 art. 5.3.2 and 5.3.5; AVG art. 12, 15, 16, 21).
"""

from datetime import date

from amhk.desk.casefile.access import visible
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.cover_secrets import veil_over
from amhk.desk.casefile.inputs import must_work
from amhk.desk.casefile.open_case import open_case
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.parse import Raw
from amhk.rules.people.people import ages
from amhk.rules.privacy.erasure import BY, may_ask
from amhk.rules.privacy.secrecy import Reader, scope_of
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.procedure.workflow import Workflow
from amhk.rules.terms.terms import TermRule, last_day
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.people import subjects
from amhk.store.rows import CaseRow, Json, Row
from amhk.words import day_of, iso, lower_first, say_day, start_of

KINDS = {
    "inzage": "Inzage of afschrift",
    "correctie": "Correctie of aanvulling",
    "vernietiging": "Vernietiging",
    "bezwaar": "Bezwaar tegen de verwerking",
}
OUTCOMES = {
    "granted": "Toegewezen",
    "partly": "Deels toegewezen",
    "refused": "Afgewezen",
    "withdrawn": "Ingetrokken",
}
OTHER, DESTROY = "anders", "vernietiging"
DECIDES = ("teamleider", "manager")
KIND, ANSWERED = "verzoek", "verzoek_beantwoord"
ASK = (
    Field("kind", "Wat wordt gevraagd", "choice", required=True, choices="soort"),
    Field("person", "Over wie", "choice", required=True, choices="wie"),
    Field("by", "Wie vraagt het", "choice", required=True, choices="door"),
    Field("received", "Verzoek ontvangen op", "date", required=True),
    Field("identity", "Hoe is vastgesteld wie dit vraagt", required=True),
    Field("wish", "Wat vraagt hij of zij precies", "text"),
)
DECIDE = (
    Field("state", "Besluit", "choice", required=True, choices="besluit"),
    Field("ground", "Grond (bij afwijzen)", "choice", choices="bewaargrond"),
    Field("motive", "Motivering", "text", required=True),
)


def _desk(office: Office, connection: Connection, case: CaseRow, who: Reader) -> Desk:
    people = reads.people_of(connection, case["id"]) if case["route"] == "melding" else []
    veil = veil_over(office, connection, case, who)
    names = {str(p["id"]): veil.over(p["naam"]) for p in people}
    now = office.now(connection)
    grounds = office.pack.codes.on(day_of(now))["bewaargrond"]
    lists = {
        "soort": KINDS,
        "wie": names | {OTHER: "Iemand anders (de melder, een informant)"},
        "door": BY,
        "besluit": OUTCOMES,
        "bewaargrond": grounds,
    }
    return Desk(now, lists)


def rule_of(flow: Workflow, kind: str) -> TermRule:
    """Give the term in which a request of a kind is answered; ClosedDoor in a procedure without."""
    name = flow.destroy_term if kind == DESTROY else flow.access_term
    if name is None:
        raise ClosedDoor.of("geen_termijn", "Deze werkwijze kent geen termijn voor zo'n verzoek.")
    return flow.terms[name]


def view(office: Office, number: str, who: Reader) -> Json:
    """Give the requests about a case a reader works with, and what the form chooses from."""
    with office.store.read() as connection:
        case = visible(connection, number, who, own=True)
        desk = _desk(office, connection, case, who)
        found = subjects.requests_of(connection, case["id"])
        people = {p["id"]: p for p in reads.people_of(connection, case["id"])}
        veil = veil_over(office, connection, case, who)
    today = day_of(desk.now)
    told = [_told(row, people.get(row["person_id"]), today) for row in found]
    return {
        "number": case["number"],
        "requests": veil.upon(told),
        "desk": desk,
        "decides": who.role in DECIDES,
    }


def _told(row: Row, person: Row | None, today: date) -> Json:
    age = ages(person["geboren"], row["received"]) if person else None
    return {
        "id": row["id"],
        "kind": row["kind"],
        "title": KINDS[row["kind"]],
        "person": row["person"] or "iemand anders, of wiens gegevens zijn vernietigd",
        "person_id": row["person_id"],
        "by": BY[row["by"]],
        "received": iso(row["received"]),
        "due": iso(row["due"]),
        "late": row["state"] == "open" and row["due"] < today,
        "open": row["state"] == "open",
        "state": OUTCOMES.get(row["state"], "Nog te beantwoorden"),
        "identity": row["identity"],
        "wish": row["wish"],
        "motive": row["motive"],
        "decider": row["decider"],
        "advice": may_ask(age, row["by"]) if person else None,
    }


def register(office: Office, number: str, body: object, who: Reader) -> None:
    """Write down that somebody asks something about his data: its clock runs from the day it was
    received. BadInput names every fault.
    """
    must_work(who)
    with office.store.write() as connection:
        file = open_case(office, connection, number, who)
        desk = _desk(office, connection, file.case, who)
        values, faults = clean(ASK, body, desk)
        if not faults and values["received"] > day_of(desk.now):
            faults.append(Fault("toekomst", "Die dag is nog niet geweest.", "received"))
        if faults:
            raise BadInput(faults=faults)
        rule = rule_of(file.workflow, values["kind"])
        day = last_day(rule, start_of(values["received"]), office.calendar)
        what = f"Verzoek ontvangen: {lower_first(KINDS[values['kind']])}, door {BY[values['by']]}."
        entry = file.note(KIND, f"{what} Te beantwoorden tot en met {say_day(day)}.", {})
        row = {
            "case_id": file.id,
            "person_mark": mark_of(connection, file.id, values["person"]),
            "due": day,
            "entry": entry,
            **{k: values.get(k) for k in ("kind", "by", "received", "identity", "wish")},
        }
        writes.add(connection, subjects.REQUEST, row)
        file.save(bump=False)


def mark_of(connection: Connection, case: int, told: str) -> str | None:
    """Give the mark of a person of a case by his key as a form has it; None for somebody else."""
    people = reads.people_of(connection, case)
    return next((p["mark"] for p in people if str(p["id"]) == told), None)


def one(connection: Connection, case: int, key: int) -> Row:
    """Give a request about a case; NotFound when there is none."""
    for row in subjects.requests_of(connection, case):
        if row["id"] == key:
            return row
    raise NotFound("Dit verzoek staat niet bij deze zaak.")


def decide(office: Office, number: str, key: int, body: object, who: Reader) -> None:
    """Answer a request (`state`, `ground`, `motive`). BadInput names every fault.

    A destruction is granted by carrying it out, and by nothing else.
    """
    if who.role not in DECIDES:
        raise NotAllowed("Een verzoek beantwoordt wie leidinggeeft.")
    with office.store.write() as connection:
        file = open_case(office, connection, number, who)
        row = one(connection, file.id, key)
        desk = _desk(office, connection, file.case, who)
        values, faults = clean(DECIDE, body, desk)
        faults += _faults(row, values)
        if faults:
            raise BadInput(faults=faults)
        answer(file, row, values, who)
        file.save(bump=False)


def _faults(row: Row, values: Raw) -> list[Fault]:
    state, destroys = values.get("state"), row["kind"] == DESTROY
    if destroys and state in ("granted", "partly"):
        text = "Een verzoek om vernietiging wijst u toe door de vernietiging voor te stellen."
        return [Fault("voorstel", text, "state")]
    if destroys and state == "refused" and not values.get("ground"):
        return [Fault("ontbreekt", "Afwijzen kan alleen op een grond (art. 5.3.5).", "ground")]
    return []


def answer(file: CaseFile, row: Row, values: Raw, who: Reader) -> None:
    """Write an answer on an open request and a line that says so; ClosedDoor when it has one."""
    told = {
        "state": values["state"],
        "ground": values.get("ground"),
        "motive": values.get("motive"),
        "decided": file.now,
        "decided_by": who.id,
    }
    if not subjects.decide(file.connection, row["id"], told):
        raise ClosedDoor.of("staat", "Dit verzoek is intussen beantwoord.")
    what = f"Verzoek om {lower_first(KINDS[row['kind']])}: {lower_first(OUTCOMES[told['state']])}."
    file.note(ANSWERED, what, {"motivering": values["motive"]} if values.get("motive") else {})


def waiting(connection: Connection, who: Reader, today: date) -> list[Json]:
    """Give the requests that wait for an answer within what a reader works with, the first due on
    top.
    """
    return [
        {
            "number": row["number"],
            "title": KINDS[row["kind"]],
            "due": iso(row["due"]),
            "late": row["due"] < today,
        }
        for row in subjects.waiting(connection, scope_of(who))
    ]
