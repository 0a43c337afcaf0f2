"""Writing a new case down: number, team with its reason, dossier, people, first terms.

One advies or melding at a time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any, cast

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.cases import hermelding
from amhk.desk.cases.placing import Placing, placing_of
from amhk.desk.cases.relations import bring_home
from amhk.desk.people import earlier_contacts
from amhk.office import Office
from amhk.rules.parse import Filled, fold
from amhk.rules.people.people import is_child, is_unborn
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.import_layouts import kenmerk_key
from amhk.rules.procedure.machine import begun, holds
from amhk.rules.procedure.workflow import Workflow
from amhk.store import reads, writes
from amhk.store.cases import compare_and_set
from amhk.store.database.engine import Connection
from amhk.store.people import people as store
from amhk.store.rows import CaseRow
from amhk.store.staff import plans
from amhk.words import day_of, iso, local

PREFIX = {"advies": "A", "melding": "M"}
_PLAIN = (
    "naam",
    "voornamen",
    "voorvoegsel",
    "geslachtsnaam",
    "partnernaam",
    "geboren",
    "uitgerekend",
    "geslacht",
    "adres",
    "bsn",
    "bsn_bron",
    "bsn_gecontroleerd",
    "gezag",
    "from_id",
)
_COUNTED = ("gemeente", "kanaal", "hoedanigheid", "meldcodestap", "aanleiding", "aard")
_SHARED = ("gemeente", "kanaal", "hoedanigheid", "meldcodestap", "zorgen")


def register(
    office: Office,
    connection: Connection,
    route: str,
    values: Filled,
    who: Reader,
    now: datetime,
    dossier: int | None = None,
    taken_by: int | None = None,
    placing: Placing | None = None,
) -> CaseFile:
    """Give the file of a new case of this route from checked values, for the caller to save.

    Who registers many in one transaction brings the `placing` along.
    """
    workflow = office.pack.of_route(route)
    places = placing or placing_of(office, connection)
    case = _first_row(workflow, values, now) | places.place(route, values)
    number = compare_and_set.next_number(connection, PREFIX[route], local(now).year)
    case |= {"number": number, "taken_by": taken_by or who.id}
    if route == "advies" and not plans.away(connection, who.id, day_of(now)):
        case["owner_id"] = who.id
    case["id"] = writes.add(connection, reads.CASE, case)
    file = CaseFile(
        office=office,
        connection=connection,
        case=cast(CaseRow, case),
        who=who,
        now=now,
        workflow=workflow,
        words=True,
    )
    entry = _receipt(file, values)
    _first_terms(file, values, entry)
    if route == "melding":
        _melding(file, values, entry, dossier)
    else:
        _advies(file, values)
    return file


def _receipt(file: CaseFile, values: Filled) -> int:
    """Tell what came in, to the journal and to the figures; gives the line."""
    case = cast(dict[str, Any], file.case)
    what = _opening(case["route"], file.case, case["team_reason"])
    entry = file.note("ontvangen", what, dict(values))
    counted = {k: case[k] for k in _COUNTED if case[k]}
    file.tell(entry, case={"route": case["route"], "received": iso(case["received"])} | counted)
    return entry


def _first_terms(file: CaseFile, values: Filled, entry: int) -> None:
    """Start the terms that begin with the receipt, and the one until somebody opens the case."""
    flow = file.workflow
    for name in (*flow.intake_starts, *begun(flow.intake_maybe, values, ())):
        file.start(name, file.case["received"], entry)
    unread = (flow.untouched_acute if file.case["acuut"] else None) or flow.untouched_term
    if unread:
        file.start(unread, file.now, entry)


def _first_row(workflow: Workflow, values: Filled, now: datetime) -> dict[str, Any]:
    """Give the row of a case as it is received, but for its number and who has it."""
    received = values.get("ontvangen") or now
    sets = {s.name: s.value for s in workflow.intake_sets if holds(s.when, values)}
    return {
        "route": workflow.route,
        "workflow": workflow.name,
        "release": workflow.release,
        "version": 0,
        "state": workflow.start,
        "finish": None,
        "finishes": [],
        "closed": False,
        "ending": None,
        "facts": dict(workflow.facts) | sets,
        "acuut": bool(values.get("acuut")),
        "counts": True,
        "received": received,
        "registered": now,
        "kenmerk": values.get("id"),
        "kenmerk_key": kenmerk_key(values.get("id"), values["gemeente"], iso(received)),
        "owner_id": None,
        "opened_by": None,
        "entries": 0,
        "head": "",
        "urgent": False,
        "aanleiding": values.get("aanleiding", []),
        "aard": values.get("aard", []),
        **{k: values.get(k) for k in _SHARED},
    }


def _opening(route: str, case: CaseRow, reason: str) -> str:
    urgent = " Er is acuut gevaar gemeld." if case["acuut"] else ""
    return (
        f"{route.capitalize()} ontvangen via {case['kanaal']}, {case['gemeente']}."
        f" {reason}.{urgent}"
    )


def _melding(file: CaseFile, values: Filled, entry: int, dossier: int | None) -> None:
    told = values.get("betrokkenen", [])
    known = dossier or store.dossier_of_people(file.connection, told)
    if known is not None:
        _note_home(file, known)
    else:
        known = writes.add(file.connection, reads.DOSSIER, {"opened": file.now})
    melder = values["melder"]
    row = {
        "case_id": file.id,
        "route": "melding",
        "dossier_id": known,
        "melder_geheim": stays_secret(file, values["hoedanigheid"], melder),
    }
    row |= {
        f"melder_{name}": melder.get(name)
        for name in ("naam", "bereikbaar", "functie", "organisatie", "toestemming")
    }
    writes.add(file.connection, reads.MELDING, row)
    file.case.update(cast(CaseRow, {k: v for k, v in row.items() if k != "case_id"}))
    add_people(file, told, entry)


def _note_home(file: CaseFile, dossier: int) -> None:
    entry = file.case["entries"] + 1
    before = hermelding.link(file, dossier, entry)
    where = " van een afgesloten melding, als hermelding" if before else ""
    what = (
        f"In het dossier geplaatst{where}: een betrokkene staat daar met hetzelfde BSN, of dezelfde"
        " naam en geboortedatum."
    )
    file.note("dossier", what, {})


def find_home(file: CaseFile, told: Sequence[Mapping[str, object]]) -> None:
    """Place a melding of which the first people are about to be recorded in the dossier of their
    household, when that is known and it stands by itself.
    """
    known = store.dossier_of_people(file.connection, told)
    alone = [c["id"] for c in store.dossier_cases(file.connection, file.case["dossier_id"])] == [
        file.id
    ]
    if (
        alone
        and known not in (None, file.case["dossier_id"])
        and not reads.people_of(file.connection, file.id)
    ):
        assert known is not None
        hermelding.let_go(file)
        bring_home(file, known)
        _note_home(file, known)


def stays_secret(file: CaseFile, hoedanigheid: str, melder: Mapping[str, object]) -> bool:
    """Tell whether the melder's identity is kept from the family.

    As told, and of who is no professional always, unless he consented (Uitvoeringsbesluit Wmo 2015
    art. 4.1.8 lid 3 b).
    """
    citizen = file.codes.group("hoedanigheid", hoedanigheid) != "beroepsmatig"
    return bool(melder.get("geheim")) or (citizen and not melder.get("toestemming"))


def _advies(file: CaseFile, values: Filled) -> None:
    asker = values.get("adviesvrager") or {}
    row = {
        "case_id": file.id,
        "route": "advies",
        "advies": values.get("advies"),
        "adviesvrager_naam": asker.get("naam"),
        "adviesvrager_bereikbaar": asker.get("bereikbaar"),
    }
    writes.add(file.connection, reads.ADVIES, row)
    file.case.update(cast(CaseRow, row))


def person_row(person: Mapping[str, Any]) -> dict[str, object]:
    """Give the row of a person as filled in."""
    lists = {k: person.get(k, []) for k in ("rollen", "rolperiodes", "betrokken_als")}
    return (
        {k: person.get(k) for k in _PLAIN}
        | lists
        | {"geheim_adres": person.get("geheim_adres", False), "zoeknaam": fold(person["naam"])}
        | {"mark": token_hex(8)}
    )


def add_people(file: CaseFile, told: Sequence[Mapping[str, Any]], entry: int) -> list[int]:
    """Record people on a melding.

    For each the term to inform him runs from the recording of his data (Wmo 2015 art. 5.3.1), also
    when that was on a melding that joined; with its draft letter. Gives their keys.
    """
    flow, since = file.workflow, [person.get("recorded") or file.now for person in told]
    rows = [
        person_row(person) | {"case_id": file.id, "recorded": moment}
        for person, moment in zip(told, since, strict=True)
    ]
    keys = writes.add_rows(file.connection, reads.PERSON, rows)
    covered = {flow.notices[n].term for n in flow.person_notices}
    for key, moment, person in zip(keys, since, told, strict=True):
        if is_unborn(person, file.codes.roles):
            continue  # there is nobody yet to inform; from his birth on there is
        for name in flow.person_starts:
            if name not in covered:
                file.start(name, moment, entry, person_id=key)
        for kind in flow.person_notices:
            file.draft(kind, moment, entry, person_id=key)
    earlier_contacts.keep(file.office, file.connection, list(zip(keys, told, strict=True)))
    if told:
        tell_children(file, entry, None if file.case["version"] else told)
    file.words = True
    return keys


def tell_children(
    file: CaseFile, entry: int, people: Sequence[Mapping[str, Any]] | None = None
) -> None:
    """Tell the figures how many children a melding is about, from its people as they now are."""
    known = file.rows(reads.PERSON) if people is None else people
    day = day_of(file.changes.get("received", file.case["received"]))
    file.tell(entry, children=sum(is_child(person, day, file.codes.roles) for person in known))
