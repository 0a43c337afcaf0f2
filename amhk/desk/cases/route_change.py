"""The airlock between the routes: advies to melding, melding to advies.

Both stay, linked and counted; only what the law lets cross does.
"""

from collections.abc import Callable
from typing import Any

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.choices import desk_for, needed
from amhk.desk.cases import destroy, register
from amhk.desk.cases.relations import relate
from amhk.errors import BadInput, Fault
from amhk.rules.people import people as rules
from amhk.rules.procedure.moves import decide
from amhk.rules.procedure.standing import Decision
from amhk.store.rows import part
from amhk.words import day_of, lower_first, say_instant

# What nobody told is not made up: the advies says that it was not written down.
_DESTROYED = "Vernietigd bij het omzetten in een advies."
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
    wrong = rules.faults(values.get("betrokkenen", ()), day_of(file.now), file.codes.roles)
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
    _next(new, decision.values.get("vervolg"), carry)
    new.save()
    relate(file.connection, file.id, new.id, "omgezet_in", "omgezet_uit")
    file.made = str(new.case["number"])
    if decision.values.get("persoonsgegevens", "vernietigen") == "vernietigen":
        destroy.with_the_move(file, _DESTROYED)
        return f": {new.case['number']}; overgenomen: {told}; persoonsgegevens vernietigd"
    ground = file.codes.title("bewaargrond", decision.values["grond"])
    return f": {new.case['number']}; overgenomen: {told}; persoonsgegevens bewaard ({ground})"


def _next(new: CaseFile, wanted: str | None, carry: Callable[[CaseFile, Decision], None]) -> None:
    """Make the move that was chosen; the first one there is when nothing was."""
    assert new.who is not None
    steps = new.workflow.intake_next
    move = new.workflow.moves[steps[wanted or next(iter(steps))].move]
    desk = desk_for(new.office, new.connection, new.now, needed(move.fields), new.case)
    carry(
        new, decide(new.workflow, new.standing(), move.name, raw={}, desk=desk, role=new.who.role)
    )
