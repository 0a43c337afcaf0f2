"""Households: a vervolgmelding joins a running melding, and how a case that closed by it is put
back where it stood.
"""

from amhk.desk.casefile.access import no_case, owns
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.open_case import on_table
from amhk.desk.cases import hermelding, register
from amhk.desk.cases.relations import bring_home, relate
from amhk.desk.people import earlier_contacts
from amhk.errors import BadInput
from amhk.rules.procedure.machine import begun, holds
from amhk.rules.procedure.standing import Decision
from amhk.store import reads, writes
from amhk.store.cases.journal import plain
from amhk.store.people.people import JOIN
from amhk.store.rows import CaseRow, PersonRow, Row, TermRow, part
from amhk.store.staff import plans
from amhk.words import day_of, lower_first


def join(file: CaseFile, decision: Decision, entry: int) -> str:
    """Join a vervolgmelding to an open melding.

    Its people come along, and the safety there is judged again from this receipt.
    """
    assert file.who is not None
    number = decision.values["bij"].upper()
    target = _running_melding(file, number)
    there = on_table(file.office, file.connection, target, file.who, file.now)
    phase = lower_first(there.workflow.states[there.case["state"]].title)
    what = f"Vervolgmelding {file.case['number']} gevoegd in de fase '{phase}'."
    line = there.note("vervolgmelding", what, dict(decision.values))
    _judge_again(file, there, line)
    coming = _new_people(file, there)
    copies = register.add_people(there, [p | {"from_id": file.id} for p in coming], line)
    closing = [t["id"] for t in there.running if t["name"] == there.workflow.closing_term]
    there.save(opens=False)  # what joins is not what opens
    told = {str(copy): copied(p) for copy, p in zip(copies, coming, strict=True)}
    pairs = list(zip([p["id"] for p in coming], copies, strict=True))
    row = {
        "case_id": file.id,
        "target_id": there.id,
        "phase": phase,
        "before": freeze(file) | {"people": pairs, "told": told, "closing": closing},
        "entry": entry,
        "target_entry": line,
    }
    writes.add(file.connection, JOIN, row)
    bring_home(file, target["dossier_id"])
    file.joined_in, file.words = phase, True
    relate(file.connection, file.id, there.id, "gevoegd_bij", "vervolgmelding")
    return f": {number}" if owns(file.who, target) else " van een ander team"


def _judge_again(file: CaseFile, there: CaseFile, line: int) -> None:
    """Start on a melding what begins anew from the receipt of one that joins it."""
    told = {**file.case["facts"], **file.changes.get("facts", {})}
    begins = begun(there.workflow.join_maybe, told, {t["name"] for t in there.running})
    for name in (*there.workflow.join_starts, *begins):
        there.start(name, file.case["received"], line, about_id=file.id)
    if begins:
        taken = {s.name: s.value for s in there.workflow.join_sets if holds(s.when, told)}
        there.changes["facts"] = {**there.case["facts"], **taken}


COPIED = (
    "naam",
    "zoeknaam",
    "voornamen",
    "voorvoegsel",
    "geslachtsnaam",
    "partnernaam",
    "geboren",
    "uitgerekend",
    "geslacht",
    "rollen",
    "rolperiodes",
    "betrokken_als",
    "adres",
    "geheim_adres",
    "bsn",
    "bsn_bron",
    "bsn_gecontroleerd",
    "gezag",
)


def copied(person: PersonRow) -> dict[str, object]:
    """Give of a person what goes with him to another case, as the journal keeps it."""
    return plain(part(person, COPIED))


def _running_melding(file: CaseFile, number: str) -> CaseRow:
    """Give the melding to join, locked.

    One outside one's own cases only when its people are those of this melding.
    """
    assert file.who is not None
    target = reads.case_by_number(file.connection, number, lock=True)
    wrong = None
    if (
        target is None
        or target["id"] in file.who.barred
        or not (
            owns(file.who, target)
            or earlier_contacts.same_household(file.office, file.connection, file.id, target["id"])
        )
    ):
        wrong = no_case(number).text
    elif target["id"] == file.id:
        wrong = "Een melding kan niet bij zichzelf horen."
    elif target["route"] != "melding" or target["closed"]:
        what = "een advies" if target["route"] != "melding" else "gesloten"
        wrong = (
            f"{number} is geen lopende melding maar {what}. Is de oude zaak gesloten, houd dit dan"
            " als nieuwe melding en plaats haar in hetzelfde dossier."
        )
    if wrong or target is None:
        raise BadInput.of("geen_lopende_melding", wrong or "", "bij")
    return target


def _new_people(file: CaseFile, there: CaseFile) -> list[PersonRow]:
    known = reads.people_of(file.connection, there.id)
    bsns = {p["bsn"] for p in known if p["bsn"]}
    names = {(p["zoeknaam"], p["geboren"]) for p in known if len(p["geboren"] or "") == 10}
    coming = reads.people_of(file.connection, file.id)
    return [
        p for p in coming if p["bsn"] not in bsns and (p["zoeknaam"], p["geboren"]) not in names
    ]


def freeze(file: CaseFile) -> dict[str, object]:
    """Give how a case stands, as far as closing it without a finish undoes it.

    State, facts, dossier, running terms and open letters.
    """
    letters = [(n["id"], n["state"]) for n in file.owed if n["id"]]
    return {
        "state": file.case["state"],
        "acuut": file.case["acuut"],
        "facts": plain(file.case["facts"]),
        "dossier": file.case["dossier_id"],
        "opened_by": file.case["opened_by"],
        "terms": [(t["id"], t["status"]) for t in file.running if t["id"] > 0],
        "letters": letters,
    }


def reopen(file: CaseFile, before: Row, entry: int, unread: bool = False) -> None:
    """Put a case that closed without a finish back where it stood.

    Its terms run on to the same ends, its letters are owed again; with `unread` it counts as opened
    by nobody, if so it was.
    """
    owner = (
        reads.worker_by(file.connection, id=file.case["owner_id"])
        if file.case["owner_id"]
        else None
    )
    if owner and (
        not owner["active"] or plans.away(file.connection, owner["id"], day_of(file.now))
    ):
        file.changes["owner_id"] = None  # he is not here any more: the team has it
    hermelding.let_go(file)
    file.changes |= {
        "state": before["state"],
        "facts": dict(before["facts"]),
        "closed": False,
        "closed_at": None,
        "ending": None,
    }
    if "acuut" in before:
        file.changes["acuut"] = before["acuut"]
    file.tell(entry, closed=False, ended=None)
    rows: dict[int, TermRow] = {t["id"]: {**t} for t in reads.terms(file.connection, file.id)}
    for key, status in before["terms"]:
        if rows[key]["status"] == "void":
            file.revive(rows[key], status, entry)
    if unread and before["opened_by"] is None:
        unopened(file, before, entry)
    letters = {n["id"]: n for n in reads.notices(file.connection, file.id)}
    for key, state in before["letters"]:
        if letters[key]["state"] == "void":
            writes.change(file.connection, reads.NOTICE, [key], {"state": state})
            again = letters[key].copy()
            again["state"] = state
            file.owed.append(again)


def unopened(file: CaseFile, before: Row, entry: int) -> None:
    """Let a case that nobody had opened before an answer that was taken back wait to be opened
    again, to the end it had.
    """
    rows: dict[int, TermRow] = {t["id"]: {**t} for t in reads.terms(file.connection, file.id)}
    for key, status in before["terms"]:
        if (
            rows[key]["name"] in (file.workflow.untouched_term, file.workflow.untouched_acute)
            and rows[key]["status"] == "met"
        ):
            file.revive(rows[key], status, entry)
    file.changes["opened_by"] = None
