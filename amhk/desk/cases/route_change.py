"""The airlock between the routes: advies to melding, melding to advies.

Both stay, linked and counted; only what the law lets cross does.
"""

from collections.abc import Callable
from typing import Any

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.choices import desk_for, needed
from amhk.desk.casefile.open_case import on_table
from amhk.desk.casefile.recall_letters import take_off
from amhk.desk.cases import register
from amhk.desk.cases.relations import relate
from amhk.errors import BadInput, Fault
from amhk.rules.people import people as rules
from amhk.rules.procedure.moves import decide
from amhk.rules.procedure.standing import Decision
from amhk.store import reads, writes
from amhk.store.cases.bundle import ATTACHMENT
from amhk.store.cases.files import SWEPT
from amhk.store.intake import drafts
from amhk.store.people import people
from amhk.store.rows import part
from amhk.words import day_of, lower_first, say_instant

# What nobody told is not made up: the advies says that it was not written down.
UNTOLD = "Bij het omzetten van de melding is niet opgeschreven welk advies is gegeven."


def _crossing(file: CaseFile, decision: Decision) -> tuple[dict[str, Any], str]:
    """Give what the procedure lets cross of this case, and that in words.

    What the worker filled in goes before it.
    """
    values = {k: v for k, v in part(file.case, decision.move.crosses).items() if v}
    titles = {
        f.name: lower_first(f.title) for f in file.office.pack.of_route(file.case["route"]).intake
    }
    told = ", ".join(titles.get(k, k) for k in values) or "niets"
    return values, told


def to_melding(file: CaseFile, decision: Decision, entry: int) -> str:
    """Make a melding of an advies: the advies stays and counts.

    The melding has its own receipt and clocks. Of the talk itself nothing crosses: what is reported
    is told anew.
    """
    assert file.who is not None
    values, told = _crossing(file, decision)
    values |= dict(decision.values)
    values.setdefault("ontvangen", decision.moment)
    wrong = rules.faults(
        values.get("betrokkenen", ()), day_of(file.now), file.office.pack.codes.roles
    )
    if values["ontvangen"] < file.case["received"]:
        text = (
            "De melding kan niet voor het adviesgesprek zijn ontvangen"
            f" ({say_instant(file.case['received'])})."
        )
        wrong.append(Fault("voor_ontvangst", text, "ontvangen"))
    if wrong:
        raise BadInput(faults=wrong)
    new = register.register(
        file.office, file.connection, "melding", values=values, who=file.who, now=file.now
    )
    content = {"reden": decision.values["reden"], "overgenomen": sorted(decision.move.crosses)}
    new.note(
        "omgezet_uit",
        f"Ontstaan uit advies {file.case['number']}. Overgenomen: {told}; niet de tekst van het"
        " gesprek.",
        content,
    )
    new.save()
    relate(file.connection, file.id, new.id, "omgezet_in", "omgezet_uit")
    file.made = str(new.case["number"])
    return f": {new.case['number']}; overgenomen: {told}"


def to_advies(
    file: CaseFile, decision: Decision, entry: int, carry: Callable[[CaseFile, Decision], None]
) -> str:
    """Make an advies of a melding: only what holds no personal data crosses.

    The people are destroyed, or kept on the melding on a ground.
    """
    assert file.who is not None
    values, told = _crossing(file, decision)
    advice = decision.values.get("advies") or UNTOLD
    values |= {
        "zorgen": f"Omgezet uit melding {file.case['number']}.",
        "advies": advice,
        "ontvangen": decision.moment,
    }
    new = register.register(
        file.office, file.connection, "advies", values=values, who=file.who, now=file.now
    )
    new.note(
        "omgezet_uit",
        f"Ontstaan uit melding {file.case['number']}. Overgenomen: {told}; geen melder, geen"
        " betrokkenen, geen zorgen.",
        {},
    )
    _next(new, decision.values.get("vervolg", "advies_gegeven"), carry)
    new.save()
    relate(file.connection, file.id, new.id, "omgezet_in", "omgezet_uit")
    file.made = str(new.case["number"])
    if decision.values.get("persoonsgegevens", "vernietigen") == "vernietigen":
        _forget_people(file)
        return f": {new.case['number']}; overgenomen: {told}; persoonsgegevens vernietigd"
    ground = file.office.pack.codes.title("bewaargrond", decision.values["grond"])
    return f": {new.case['number']}; overgenomen: {told}; persoonsgegevens bewaard ({ground})"


def _next(new: CaseFile, wanted: str, carry: Callable[[CaseFile, Decision], None]) -> None:
    assert new.who is not None
    move = new.workflow.moves[new.workflow.intake_next[wanted]]
    desk = desk_for(new.office, new.connection, new.now, needed(move.fields), new.case)
    carry(
        new, decide(new.workflow, new.standing(), move.name, raw={}, desk=desk, role=new.who.role)
    )


def _forget_people(file: CaseFile) -> None:
    """Destroy what was recorded of persons.

    Rows, links from terms and letters, and the content of the journal lines (the chain holds).
    """
    connection = file.connection
    keys = [t["id"] for t in reads.terms(connection, file.id) if t["person_id"]]
    writes.change(connection, reads.TERM, keys, {"person_id": None, "extensions": []})
    _forget_letters(file)
    for term in file.running:
        term["person_id"] = None
    people.remove(connection, [p["id"] for p in reads.people_of(connection, file.id)])
    nobody = {f"melder_{k}": None for k in ("naam", "bereikbaar", "functie", "organisatie")}
    writes.change_case_part(connection, reads.MELDING, file.id, nobody)
    file.changes |= {
        "zorgen": "Vernietigd bij het omzetten in een advies.",
        "kenmerk": None,
        "kenmerk_key": None,
    }
    file.words = True
    if file.case["team_reason"].startswith("Met de hand"):
        file.changes["team_reason"] = "Met de hand"
    drafts.forget_case(connection, file.case["number"])
    writes.forget_reasons(connection, file.id)
    people.forget(connection, file.id)
    for relation in reads.relations(connection, file.id):
        if relation["kind"] == "vervolgmelding":
            _forget_joined(file, relation["other_id"])
    writes.remove(connection, ATTACHMENT, file.id)
    writes.set_meta(connection, SWEPT, "")  # the files themselves go with the next round
    writes.erase_journal(connection, file.id)


def _forget_letters(file: CaseFile) -> None:
    """Empty the letters of a case, and take them off the post."""
    letters = [n["id"] for n in reads.notices(file.connection, file.id)]
    take_off(file.office, file.connection, letters)
    filled = ("person_id", "html", "pdf", "reason", "data", "receipt", "returned")
    blank: dict[str, Any] = dict.fromkeys(filled) | {"facts": {}, "decisions": [], "left_out": []}
    writes.change(file.connection, reads.NOTICE, letters, blank)


def _forget_joined(file: CaseFile, key: int) -> None:
    """Destroy the same of a vervolgmelding that had been joined to this one."""
    case = reads.case_by_id(file.connection, key, lock=True)
    if case is not None:
        joined = on_table(file.office, file.connection, case, file.who, file.now)
        _forget_people(joined)
        joined.note(
            "vernietigd", f"Persoonsgegevens vernietigd met die van {file.case['number']}.", {}
        )
        joined.save()
