"""The triage of the morning.

One row per police form, acute first, three answers, and the last one can be taken back.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from amhk.desk.casefile.access import key_of, owns
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.cover_secrets import covered
from amhk.desk.casefile.open_case import open_case
from amhk.desk.cases import hermelding, join, moves, split
from amhk.desk.intake.import_staging import layouts
from amhk.desk.people import earlier_contacts
from amhk.errors import BadInput, ClosedDoor, NotAllowed, NotFound
from amhk.matching import KNOWN, percent
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS, Reader, scope_of
from amhk.rules.procedure.import_layouts import OWN
from amhk.rules.procedure.moves import door
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.intake import imports as store
from amhk.store.intake.imports import FORM
from amhk.store.rows import Row
from amhk.words import iso, say_instant

NEW, BELONGS, NOT_OURS = "nieuw", "hoort_bij", "geen_hgkm"
OUTCOMES = {
    NOT_OURS: "Geen huiselijk geweld of kindermishandeling",
    NEW: "Nieuwe melding",
    BELONGS: "Hoort bij een lopende melding",
}
PAGE = 60


def worklist(office: Office, who: Reader, limit: int = PAGE) -> dict[str, object]:
    """Give the forms to triage within this reader's cases, acute first.

    Time, address, names, concern in one line, and who is known.
    """
    if who.role not in WORKS:
        raise NotAllowed()
    with office.store.read() as connection:
        scope = scope_of(who)
        rows = store.to_triage(connection, scope, limit)
        count = store.count_to_triage(connection, scope)
        last = store.last_decided(connection, who.id)
        undecided = store.undecided(
            connection
        )  # a form nobody has looked at is no case to belong to yet
        listed = {row["case_id"]: row["number"] for row in rows}
        told = [
            _row(office, connection, row, listed=listed, undecided=undecided, who=who)
            for row in rows
        ]
    earlier_contacts.with_refs(office, [e for item in told for e in item["earlier"]], who)
    for item in told:
        item["join"] = _join(item["earlier"])
    hidden = last is not None and last["case_id"] in who.barred
    return {"count": count, "items": told, "last": None if hidden else _last(last)}


def _row(
    office: Office,
    connection: Connection,
    row: Row,
    listed: Mapping[int, str],
    undecided: Collection[int],
    who: Reader,
) -> dict[str, Any]:
    """Give one form: what it says in one line, the other forms of this list about the same people
    (`beside`), and who is known.
    """
    family = reads.people_of(connection, row["case_id"])
    found = earlier_contacts.find(office, connection, family, row["case_id"])
    before = earlier_contacts.views(
        office, connection, [f for f in found if f.case not in undecided], family, who
    )
    address = next((p["adres"] for p in family if p["adres"] and not p["geheim_adres"]), "")
    concern = " ".join(row["zorgen"].split())
    told = {
        "form": row["id"],
        "number": row["number"],
        "acuut": row["acuut"],
        "received": iso(row["received"]) if row["received"] else None,
        "when": say_instant(row["received"]) if row["received"] else "",
        "gemeente": row["gemeente"],
        "address": address,
        "names": [p["naam"] for p in family],
        "concern": concern[:140] + ("…" if len(concern) > 140 else ""),
        "beside": sorted(
            listed[f.case] for f in found if f.case in listed and percent(f.weight) >= KNOWN
        ),
        "earlier": [e for e in before if e["known"]][:3],
    }
    return covered(
        office,
        connection,
        {"route": "melding", "id": row["case_id"], "gemeente": row["gemeente"]},
        None,
        told,
    )


def _join(earlier: list[dict[str, object]]) -> dict[str, object] | None:
    """Give the running melding this form most likely belongs to.

    Its number, or the handle of one the reader may not see.
    """
    found = next((e for e in earlier if not e["closed"]), None)
    return (
        {"number": found["number"], "ref": found.get("ref"), "percent": found["percent"]}
        if found
        else None
    )


def _last(row: Row | None) -> dict[str, object] | None:
    return (
        {
            "form": row["id"],
            "number": row["number"],
            "outcome": row["outcome"],
            "title": OUTCOMES[row["outcome"]],
        }
        if row
        else None
    )


def decide(office: Office, key: int, body: object, who: Reader) -> str:
    """Record what a form is (`outcome`: nieuw, geen_hgkm, or hoort_bij with `bij` or `ref`), with
    all that follows; gives its number.

    Raises NotFound, ClosedDoor when it was triaged before, BadInput.
    """
    told = dict(body) if isinstance(body, Mapping) else {}
    outcome = told.get("outcome")
    if who.role not in WORKS:
        raise NotAllowed()
    if not isinstance(outcome, str) or outcome not in OUTCOMES:
        raise BadInput.of("onbekende_code", f"Kies uit {', '.join(OUTCOMES)}.", "outcome")
    with office.store.write() as connection:
        form = store.one(connection, key, lock=True)
        taken = form is not None and form["state"] == "taken" and form["case_id"] is not None
        case = reads.case_by_id(connection, form["case_id"] if form and taken else 0)
        if form is None or case is None or not owns(who, case):
            raise NotFound("Dit formulier bestaat niet, of u mag het niet zien.")
        bij = _target(connection, told, who) if outcome == BELONGS else ""
        file = open_case(office, connection, form["number"], who, along=[key_of(connection, bij)])
        if form["outcome"] is not None:
            text = f"{form['number']} is al getrieerd: {OUTCOMES[form['outcome']].lower()}."
            raise ClosedDoor.of("al_getrieerd", text)
        before = join.freeze(file)
        if outcome == NOT_OURS:
            file = _calmed(office, connection, file, told, who)
        _carry(file, _passed_on(office, connection, form, told), str(outcome), bij)
        done = {"outcome": outcome, "decided": datetime.now(UTC), "decided_by": who.id}
        writes.change(
            connection,
            FORM,
            [key],
            done | {"undo": {"before": before, "version": file.case["version"]}},
        )
        return str(form["number"])


def _carry(file: CaseFile, passed_on_to: str, outcome: str, bij: str) -> None:
    flow = file.workflow.moves.values()
    if outcome == NEW:
        file.note("triage", "Getrieerd: een nieuwe melding.", {})
        file.save()
    elif outcome == BELONGS:
        if not bij:
            raise BadInput.of("ontbreekt", "Vul in bij welke zaak dit formulier hoort.", "bij")
        moves.move_on_table(file, next(m.name for m in flow if m.effect == "join"), {"bij": bij})
    else:
        moves.move_on_table(
            file,
            next(m.name for m in flow if m.ending in file.office.pack.figures.counting.uncounted),
            {"doorgezet_naar": passed_on_to},
        )


def _calmed(
    office: Office, connection: Connection, file: CaseFile, told: Mapping[str, object], who: Reader
) -> CaseFile:
    """Say why a form about acute danger is not acute after all, before it is said to be none of
    ours; gives the case as it then lies on the table. BadInput without a reason.
    """
    flow = file.workflow
    calm = next((m for m in flow.moves.values() if m.effect == "calm"), None)
    if calm is None or door(flow, file.standing(), calm, who.role):
        return file
    why = str(told.get("niet_acuut") or "").strip()
    if not why:
        raise BadInput.of(
            "ontbreekt",
            "Dit formulier is acuut gemeld: zeg waarom het niet acuut is.",
            "niet_acuut",
        )
    moves.move_on_table(file, calm.name, {"motivering": why})
    return open_case(office, connection, file.case["number"], who)


def _passed_on(
    office: Office, connection: Connection, form: Row, told: Mapping[str, object]
) -> str:
    """Give to whom a form that is no melding goes.

    As said, or where this kind of form comes from.
    """
    brought = store.one_import(connection, form["import_id"])
    layout = layouts(office).get(brought["mapping"] if brought else "", OWN)
    return str(told.get("doorgezet_naar") or layout.passed_on_to)


def _target(connection: Connection, told: Mapping[str, object], who: Reader) -> str:
    """Give the number a form belongs to.

    As typed, or by the handle of a contact this reader may not see; empty when it is neither.
    """
    if number := str(told.get("bij") or "").strip():
        return number
    known = str(told.get("ref") or "")
    return (
        earlier_contacts.number_of(connection, int(known), who)
        if known.isascii() and known.isdigit() and len(known) < 10
        else ""
    )


def undo(office: Office, key: int, who: Reader) -> str:
    """Take the triage of a form back, as long as nothing else was done with the case since.

    Gives its number.
    """
    if who.role not in WORKS:
        raise NotAllowed()
    with office.store.write() as connection:
        form = store.one(connection, key, lock=True)
        case = reads.case_by_id(connection, form["case_id"]) if form and form["case_id"] else None
        if form is None or case is None or form["outcome"] is None or not owns(who, case):
            raise NotFound("Er is niets om terug te nemen.")
        if case["version"] != form["undo"].get("version"):
            text = (
                f"Met {case['number']} is sindsdien iets gedaan; terugnemen kan niet meer. Maak het"
                " recht op de zaak zelf."
            )
            raise ClosedDoor.of("sindsdien_gewijzigd", text)
        if form["outcome"] == BELONGS:
            split.split_on(
                office,
                connection,
                case["number"],
                {"reden": "Triage teruggenomen."},
                who,
                unread=True,
            )
        else:
            _reopen(office, connection, case["number"], form, who)
        writes.change(
            connection,
            FORM,
            [key],
            {"outcome": None, "decided": None, "decided_by": None, "undo": {}},
        )
        return str(case["number"])


def _reopen(office: Office, connection: Connection, number: str, form: Row, who: Reader) -> None:
    file = open_case(
        office, connection, number, who, along=hermelding.returned(connection, form["case_id"])
    )
    entry = file.note(
        "triage", f"Triage teruggenomen: toch niet '{OUTCOMES[form['outcome']].lower()}'.", {}
    )
    before = form["undo"]["before"]
    if form["outcome"] == NEW:
        if before["opened_by"] is None:
            join.unopened(file, before, entry)
    else:
        join.reopen(file, before, entry, unread=True)
    file.save(opens=False)


def count(office: Office, who: Reader) -> int:
    """Give how many forms wait for triage within this reader's cases."""
    if who.role not in WORKS:
        return 0
    with office.store.read() as connection:
        return store.count_to_triage(connection, scope_of(who))
