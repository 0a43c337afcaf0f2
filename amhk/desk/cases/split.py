"""Splitting: a vervolgmelding is split off again as if it had never joined.

A melding changes dossier, or gets one of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from amhk.desk.casefile.access import owns, visible
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.inputs import must_work, take_version
from amhk.desk.casefile.open_case import on_table, open_case
from amhk.desk.casefile.recall_letters import take_off
from amhk.desk.cases import hermelding, join, register
from amhk.desk.cases.outdated_letters import mark_letters
from amhk.desk.cases.relations import bring_home
from amhk.desk.people import earlier_contacts
from amhk.errors import BadInput, ClosedDoor
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.procedure.moves import closing_due
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.people import people as store
from amhk.store.rows import PersonRow, Row, TermRow, part

SPLIT = (
    Field(
        "reden",
        "Reden",
        "text",
        required=True,
        hint="Waarom dit toch een andere zaak of een ander gezin is.",
    ),
)
PLACE = (
    Field(
        "bij",
        "Hoort bij het dossier van zaak",
        required=True,
        hint="Het nummer van een andere melding, bijvoorbeeld M-2026-000001.",
    ),
    Field(
        "reden",
        "Reden",
        "text",
        required=True,
        hint="Waarom deze meldingen over hetzelfde gezin gaan.",
    ),
)


def split(office: Office, number: str, body: object, who: Reader) -> None:
    """Split a melding off: undo its join, so that both sides stand as if it had never been.

    Or else take it out of its dossier.

    `body` holds `version` and `reden`. Raises NotFound, ChangedMeanwhile, BadInput, or ClosedDoor
    when it stands by itself already.
    """
    with office.store.write() as connection:
        split_on(office, connection, number, body, who)


def split_on(
    office: Office,
    connection: Connection,
    number: str,
    body: object,
    who: Reader,
    unread: bool = False,
) -> None:
    """The same inside a transaction of the caller.

    With `unread` the case counts as opened by nobody, if so it was.
    """
    version, fields = take_version(body, False)
    must_work(who)
    file, values = _opened(
        office, connection, number, version=version, raw=fields, form=SPLIT, who=who
    )
    joined = store.join_of(connection, file.id)
    if joined is None:
        _own_dossier(file, values)
        return
    there = _where_it_joined(file, joined)
    what = f"Losgemaakt van {there.case['number']}: de melding staat weer op zichzelf."
    entry = file.note("losgemaakt", what, values)
    join.reopen(file, joined["before"], entry, unread)
    what = f"Vervolgmelding {file.case['number']} is losgemaakt en hoort hier niet bij."
    line = there.note("losgemaakt", what, values)
    if _take_back(file, there, joined, line):
        mark_letters(file)
    register.tell_children(there, line)
    register.tell_children(file, entry)
    _closing_again(there, joined["before"].get("closing", ()), line)
    writes.change(connection, store.JOIN, [joined["id"]], {"undone": file.now})
    store.unrelate(connection, file.id, there.id, ("gevoegd_bij", "vervolgmelding"))
    bring_home(file, joined["before"]["dossier"])
    there.words = file.words = True
    there.save(opens=False)
    file.save(opens=not unread)


def _where_it_joined(file: CaseFile, joined: Row) -> CaseFile:
    """Give the case it joined, on the table; ClosedDoor when it cannot be taken from there."""
    if not joined["before"]:
        raise ClosedDoor.of("vernietigd", _DESTROYED)
    if store.join_of(file.connection, joined["target_id"]):
        raise ClosedDoor.of("verder_gevoegd", _JOINED_ON)
    target = reads.case_by_id(file.connection, joined["target_id"], lock=True)
    assert target is not None
    return on_table(file.office, file.connection, target, file.who, file.now)


_DESTROYED = "De persoonsgegevens van deze melding zijn vernietigd: losmaken kan niet meer."
_JOINED_ON = "De melding waar deze bij hoort is zelf ook gevoegd: maak die eerst los."


def _opened(
    office: Office,
    connection: Connection,
    number: str,
    version: int | None,
    raw: Mapping[str, object],
    form: tuple[Field, ...],
    who: Reader,
) -> tuple[CaseFile, Filled]:
    """Give a melding on the table, also a closed one, and the checked form."""
    key = visible(connection, number, who, own=True)["id"]
    joined = store.join_of(connection, key)
    along = [*hermelding.returned(connection, key), *([joined["target_id"]] if joined else ())]
    file = open_case(office, connection, number, who=who, version=version, along=along)
    if file.case["route"] != "melding":
        raise ClosedDoor.of("advies", "Een advies hoort bij geen gezin of dossier.")
    values, faults = clean(form, raw, Desk(file.now, {}))
    if faults:
        raise BadInput(faults=faults)
    return file, values


def _take_back(file: CaseFile, there: CaseFile, joined: Row, line: int) -> bool:
    """Take from the other melding what came with the join.

    The assessment about it, letters to its melder, and its people with their terms and letters.
    Tells whether something known of them changed meanwhile.
    """
    pairs = {copy: original for original, copy in joined["before"]["people"]}
    why = f"{file.case['number']} hoort hier niet bij"
    for term in [t for t in there.running if t["about_id"] == file.id or t["person_id"] in pairs]:
        there.end(term, "void", there.now, line, why)
    keys = [
        n["id"]
        for n in there.owed
        if n["id"] and (n["about_id"] == file.id or n["person_id"] in pairs)
    ]
    take_off(there.office, there.connection, keys)
    blank: dict[str, object] = {
        "state": "void",
        "html": None,
        "pdf": None,
        "facts": {},
        "data": None,
        "decisions": [],
        "reason": None,
    }
    writes.change(there.connection, reads.NOTICE, keys, blank)
    there.owed = [n for n in there.owed if n["id"] not in keys]
    return _people_home(file, there, pairs, joined["before"].get("told", {}))


def _closing_again(there: CaseFile, closing: Sequence[int], line: int) -> None:
    """Let the term to close that the join had stopped run on to the end it had.

    A join gives no time.
    """
    if closing_due(there.workflow, there.standing()) and not any(
        t["name"] == there.workflow.closing_term for t in there.running
    ):
        rows: dict[int, TermRow] = {t["id"]: {**t} for t in reads.terms(there.connection, there.id)}
        for key in closing:
            if rows[key]["status"] == "void":
                there.revive(rows[key], "running", line)


def _people_home(
    file: CaseFile, there: CaseFile, pairs: Mapping[int, int], told: Mapping[str, Any]
) -> bool:
    """Let go of the copied people.

    What was corrected on a copy since the join goes back to where he came from, unless it was
    corrected there too. A secret address stays secret.
    """
    of_both = [p for f in (file, there) for p in reads.people_of(f.connection, f.id)]
    rows = {p["id"]: p for p in of_both}
    moved = False
    for copy, original in pairs.items():
        if copy not in rows or original not in rows:
            continue
        changed = _corrected_since(rows[original], rows[copy], told.get(str(copy), {}))
        if changed:
            moved = True
            old = part(rows[original], changed)
            file.note("oud_gegeven", _AS_THEY_WERE, old)
            writes.change(file.connection, reads.PERSON, [original], changed)
            earlier_contacts.find_again(file.office, file.connection, original)
    writes.let_go_of_people(there.connection, there.id, list(pairs))
    for term in there.running:
        if term["person_id"] in pairs:
            term["person_id"] = None
    store.remove(there.connection, [k for k in pairs if k in rows])
    return moved


_AS_THEY_WERE = "Gegevens van een persoon zoals ze waren; bij de andere zaak waren ze bijgewerkt."


def _corrected_since(
    mine: PersonRow, theirs: PersonRow, then: Mapping[str, object]
) -> dict[str, object]:
    """Give what was corrected on a copy since it was made, and not on the original too."""
    here, now = join.copied(mine), join.copied(theirs)
    changed = {
        k: value
        for k, value in part(theirs, join.COPIED).items()
        if now[k] != then.get(k, now[k]) and here[k] == then.get(k)
    }
    if mine["geheim_adres"]:
        changed.pop("geheim_adres", None)
    return changed


def _own_dossier(file: CaseFile, values: Filled) -> None:
    others = [
        c
        for c in store.dossier_cases(file.connection, file.case["dossier_id"])
        if c["id"] != file.id
    ]
    if not others:
        raise ClosedDoor.of(
            "staat_alleen", "Deze melding staat al op zichzelf: er is niets los te maken."
        )
    entry = file.note(
        "dossier",
        "In een eigen dossier geplaatst: de andere meldingen gaan over een ander gezin.",
        {**values, "was": file.case["dossier_id"]},
    )
    file.tell(entry, known=None)
    own = writes.add(file.connection, reads.DOSSIER, {"opened": file.now})
    _leave(file, own)
    file.save()


def _leave(file: CaseFile, dossier: int) -> None:
    hermelding.let_go(file)
    hermelding.unlink(file)
    bring_home(file, dossier)


def place(office: Office, number: str, body: object, who: Reader) -> None:
    """Put a melding in the dossier of another (`bij`, `reden`): the same household.

    With the last closed one it is a hermelding.
    """
    version, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        file, values = _opened(
            office, connection, number, version=version, raw=fields, form=PLACE, who=who
        )
        other = reads.case_by_number(connection, values["bij"].upper())
        if other is None or other["route"] != "melding" or not owns(who, other):
            raise BadInput.of(
                "geen_melding",
                f"{values['bij'][:30]} is geen nummer van een melding die u mag zien.",
                "bij",
            )
        dossier = other["dossier_id"]
        if dossier is None or dossier == file.case["dossier_id"]:
            raise ClosedDoor.of("al_samen", f"{other['number']} staat al in hetzelfde dossier.")
        entry = file.note(
            "dossier",
            f"In het dossier geplaatst van {other['number']}.",
            {**values, "was": file.case["dossier_id"]},
        )
        _leave(file, dossier)
        hermelding.link(file, dossier, entry)
        file.save()
