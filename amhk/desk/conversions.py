"""Cases that become or join another: vervolgmelding, advies to melding, melding to advies. Both stay, linked and counted."""

from collections.abc import Callable
from typing import Any

from amhk.desk import registering
from amhk.desk.casefile import CaseFile, on_table
from amhk.desk.lists import desk_for, needed
from amhk.errors import BadInput, Fault
from amhk.rules.moves import Decision, decide
from amhk.rules.secrecy import may_see, scope_of
from amhk.store import reads, writes

_CROSSES = ("kanaal", "hoedanigheid", "gemeente", "aanleiding", "aard", "meldcodestap")


def relate(file: CaseFile, other: int, kind: str, back: str) -> None:
    """Write how two cases belong together, from both sides."""
    rows = [{"case_id": file.id, "kind": kind, "other_id": other}, {"case_id": other, "kind": back, "other_id": file.id}]
    writes.add_many(file.connection, reads.RELATION, rows)


def join(file: CaseFile, decision: Decision, entry: int) -> str:
    """Join a vervolgmelding to an open melding: its people come along, and the safety there is judged again from this receipt."""
    number = decision.values["bij"].upper()
    target = reads.case_by_number(file.connection, number, lock=True)
    seen = target and file.who and may_see(scope_of(file.who), target["team_id"], target["owner_id"], target["taken_by"])
    wrong = None
    if not target or not seen:
        wrong = f"Zaak {number[:30]} bestaat niet, of u mag haar niet zien."
    elif target["id"] == file.id:
        wrong = "Een melding kan niet bij zichzelf horen."
    elif target["route"] != "melding" or target["closed"]:
        wrong = f"{number} is geen lopende melding; een afgesloten melding krijgt een nieuwe zaak in hetzelfde dossier."
    if wrong or not target:
        raise BadInput(faults=[Fault("geen_lopende_melding", wrong or "", "bij")])
    there = on_table(file.office, file.connection, target, file.who, file.now)
    phase = there.workflow.states[there.case["state"]].title.lower()
    line = there.note(
        "vervolgmelding", f"Vervolgmelding {file.case['number']} gevoegd in de fase '{phase}'.", dict(decision.values)
    )
    for name in there.workflow.join_starts:
        there.start(name, file.case["received"], line, about_id=file.id)
    registering.add_people(there, _new_people(file, there), line)
    there.save()
    writes.change_case_part(file.connection, reads.MELDING, file.id, {"dossier_id": target["dossier_id"]})
    relate(file, target["id"], "gevoegd_bij", "vervolgmelding")
    return f": {number}"


def _new_people(file: CaseFile, there: CaseFile) -> list[dict[str, Any]]:
    known = reads.of_case(file.connection, reads.PERSON, there.id)
    bsns = {p["bsn"] for p in known if p["bsn"]}
    names = {(p["zoeknaam"], p["geboren"]) for p in known}
    bsns.discard(None)
    coming = reads.of_case(file.connection, reads.PERSON, file.id)
    return [dict(p) for p in coming if p["bsn"] not in bsns and (p["zoeknaam"], p["geboren"]) not in names]


def to_melding(file: CaseFile, decision: Decision, entry: int) -> str:
    """Make a melding of an advies: the advies stays and counts; the melding has its own receipt and clocks."""
    assert file.who is not None
    values = {k: file.case[k] for k in _CROSSES if file.case[k]} | dict(decision.values)
    values.setdefault("ontvangen", decision.moment)
    new = registering.register(file.office, file.connection, "melding", values, file.who, file.now)
    new.note("omgezet_uit", f"Ontstaan uit advies {file.case['number']}.", {"reden": decision.values["reden"]})
    new.save()
    relate(file, new.id, "omgezet_in", "omgezet_uit")
    return f": {new.case['number']}"


def to_advies(file: CaseFile, decision: Decision, entry: int, carry: Callable[[CaseFile, Decision], None]) -> str:
    """Make an advies of a melding: only what holds no personal data crosses; the people are destroyed, or kept on the melding on request."""
    assert file.who is not None
    values = {k: file.case[k] for k in _CROSSES if file.case[k]}
    advice = decision.values.get("advies") or "Besproken met de melder bij het omzetten van de melding."
    values |= {"zorgen": f"Omgezet uit melding {file.case['number']}.", "advies": advice, "ontvangen": decision.moment}
    new = registering.register(file.office, file.connection, "advies", values, file.who, file.now)
    new.note("omgezet_uit", f"Ontstaan uit melding {file.case['number']}.", {})
    _next(new, decision.values.get("vervolg", "advies_gegeven"), carry)
    new.save()
    relate(file, new.id, "omgezet_in", "omgezet_uit")
    if decision.values.get("persoonsgegevens", "vernietigen") == "vernietigen":
        _forget_people(file)
    return f": {new.case['number']}"


def _next(new: CaseFile, wanted: str, carry: Callable[[CaseFile, Decision], None]) -> None:
    assert new.who is not None
    move = new.workflow.moves[new.workflow.intake_next[wanted]]
    desk = desk_for(new.office, new.connection, new.now, needed(move.fields), new.case)
    carry(new, decide(new.workflow, new.standing(), move.name, {}, desk, new.who.role))


def _forget_people(file: CaseFile) -> None:
    """Destroy what was recorded of persons: rows, links from terms and letters, and the content of the journal lines (the chain holds)."""
    keys = [t["id"] for t in reads.terms(file.connection, file.id) if t["person_id"]]
    writes.change(file.connection, reads.TERM, keys, {"person_id": None, "extensions": []})
    letters = [n["id"] for n in reads.notices(file.connection, file.id)]
    writes.change(
        file.connection, reads.NOTICE, letters, {"person_id": None, "facts": {}, "html": None, "pdf": None, "reason": None}
    )
    for term in file.running:
        term["person_id"] = None
    writes.remove(file.connection, reads.PERSON, file.id)
    writes.change_case_part(
        file.connection, reads.MELDING, file.id, {"melder_naam": None, "melder_bereikbaar": None}
    )  # fmt: skip
    file.changes |= {"zorgen": "Vernietigd bij het omzetten in een advies.", "kenmerk": None}
    if file.case["team_reason"].startswith("Met de hand"):
        file.changes["team_reason"] = "Met de hand"
    writes.forget_reasons(file.connection, file.id)
    for relation in reads.relations(file.connection, file.id):
        if relation["kind"] == "vervolgmelding":
            _forget_joined(file, relation["other_id"])
    writes.erase_journal(file.connection, file.id)


def _forget_joined(file: CaseFile, key: int) -> None:
    """Destroy the same of a vervolgmelding that had been joined to this one."""
    case = reads.case_by_id(file.connection, key, lock=True)
    if case is not None:
        joined = on_table(file.office, file.connection, case, file.who, file.now)
        _forget_people(joined)
        joined.note("vernietigd", f"Persoonsgegevens vernietigd met die van {file.case['number']}.", {})
        joined.save()
