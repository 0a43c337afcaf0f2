"""What of a case was told to others, each with its ground (Wmo 2015 art. 5.3.3, 5.3.6): letters
that went, copies for betrokkenen, dossiers for another meldpunt, who read along, and what was told
by phone or at a table, written down by whoever told it.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from amhk.desk.casefile.access import visible
from amhk.desk.casefile.choices import OFFICIAL
from amhk.desk.casefile.cover_secrets import veil_over
from amhk.desk.casefile.inputs import must_hold_people, must_work
from amhk.desk.casefile.open_case import open_case
from amhk.errors import BadInput, Fault
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, Json
from amhk.words import VERSTREKKINGSGROND, day_of, iso, say_day

KIND = "verstrekking"
# Lines of the journal by which something left; their ground stands in them, or here.
_LINES = {
    "afschrift": ("een betrokkene", "Wmo 2015 art. 5.3.2"),
    "verzegeld": ("een ander meldpunt", "Wmo 2015 art. 5.3.3"),
    "opengesteld": ("wie toezicht houdt of bijstaat", "Wmo 2015 art. 4.2.6, 4.3.1"),
}
TELL = (
    Field("day", "Op", "date", required=True),
    Field("to", "Aan wie", required=True),
    Field("what", "Wat is verteld of gegeven", "text", required=True),
    Field("ground", "Grond", "choice", required=True, choices="verstrekkingsgrond"),
)


def view(office: Office, number: str, who: Reader) -> Json:
    """Give what of a melding was told to others, the latest first, and what the form chooses from;
    ClosedDoor for an advies.
    """
    with office.store.read() as connection:
        case = visible(connection, number, who, own=True)
        must_hold_people(case)
        now = office.now(connection)
        veil = veil_over(office, connection, case, who)
        found = [*_letters(office, connection, case), *_lines(connection, case)]
        told = veil.upon(sorted(found, key=lambda one: one["day"], reverse=True))
    return {"number": case["number"], "told": told, "desk": _desk(now)}


def _desk(now: datetime) -> Desk:
    return Desk(now, {"verstrekkingsgrond": VERSTREKKINGSGROND})


def _letters(office: Office, connection: Connection, case: CaseRow) -> Iterator[Json]:
    flow = office.pack.workflows[case["workflow"], case["release"]]
    institutions = {i["id"]: i["name"] for i in reads.institutions(connection, active=False)}
    people = {p["id"]: p["naam"] for p in reads.people_of(connection, case["id"])}
    for row in reads.notices(connection, case["id"]):
        if row["state"] == "sent" and row["sent_on"]:
            rule = flow.notices[row["kind"]]
            to = OFFICIAL.get(row["recipient"], row["recipient"].replace("_", " "))
            yield {
                "day": iso(row["sent_on"]),
                "to": institutions.get(row["institution_id"] or 0)
                or people.get(row["person_id"] or 0, to),
                "what": f"Brief: {rule.title}",
                "ground": rule.ground or "niet genoemd in de werkwijze",
                "letter": row["id"],
                "by": None,
            }


def _lines(connection: Connection, case: CaseRow) -> Iterator[Json]:
    for line in reads.entries(connection, case["id"]):
        if line["kind"] not in (*_LINES, KIND):
            continue
        held: Json = json.loads(line["content"] or "{}")
        to, ground = _LINES.get(line["kind"], ("", ""))
        grounds = VERSTREKKINGSGROND | {"": ground}
        yield {
            "day": held.get("dag") or iso(day_of(line["instant"])),
            "to": held.get("aan") or to or "vernietigd",
            "what": held.get("tekst") or line["what"],
            "ground": grounds.get(held.get("grond", ""), held.get("grond", "")),
            "letter": None,
            "by": line["worker"],
        }


def tell(office: Office, number: str, body: object, who: Reader) -> None:
    """Write down that something of a melding was told to somebody (`day`, `to`, `what`, `ground`).
    BadInput names every fault.
    """
    must_work(who)
    with office.store.write() as connection:
        file = open_case(office, connection, number, who)
        must_hold_people(file.case)
        values, faults = clean(TELL, body, _desk(file.now))
        day = values.get("day")
        if day and day > day_of(file.now):
            faults.append(Fault("toekomst", "Die dag is nog niet geweest.", "day"))
        if faults:
            raise BadInput(faults=faults)
        content = {
            "dag": iso(values["day"]),
            "aan": values["to"],
            "tekst": values["what"],
            "grond": values["ground"],
        }
        ground = VERSTREKKINGSGROND[values["ground"]]
        file.note(KIND, f"Verstrekt op {say_day(values['day'])} ({ground}).", content)
        file.save(bump=False)
