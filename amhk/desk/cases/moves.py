"""Casework: make a move with all that follows, add people, assign; each in one transaction."""

from collections.abc import Mapping

from amhk.desk.casefile.access import key_of
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.choices import deciders, desk_for, needed
from amhk.desk.casefile.inputs import take_version
from amhk.desk.casefile.open_case import open_case
from amhk.desk.casefile.planned import planned_on
from amhk.desk.cases.apply_move import carry_out
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk
from amhk.rules.procedure.moves import after, decide
from amhk.rules.procedure.standing import Decision
from amhk.rules.terms.terms import end_of_term
from amhk.store import reads
from amhk.words import iso, lower_first, say_due, some


def make_move(
    office: Office, number: str, move: str, body: object, who: Reader, checked: bool = True
) -> str | None:
    """Make a move on a case and everything that follows from it, or nothing.

    Gives the number of the case it made, if it made one.

    `body` holds `version` (the lock; checked first, unless `checked` is False) and the move's
    fields. Raises NotFound,
    ChangedMeanwhile, ClosedDoor or BadInput.
    """
    version, fields = take_version(body, checked)
    with office.store.write() as connection:
        file = open_case(
            office,
            connection,
            number,
            who=who,
            version=version,
            along=[key_of(connection, fields.get("bij"))],
        )
        move_on_table(file, move, fields)
        return file.made


def move_on_table(file: CaseFile, move: str, fields: Mapping[str, object]) -> None:
    """Make a move on a case that lies on the table, and save it.

    The transaction is the caller's.
    """
    decision = _decide(file, move, fields)
    carry_out(file, decision)
    file.save(decision.moment)


def try_move(
    office: Office, number: str, move: str, body: object, who: Reader
) -> dict[str, object]:
    """Give what a move would do, in words and dates; nothing is written.

    The same refusals as `make_move`.
    """
    version, fields = take_version(body, False)
    with office.store.read() as connection:
        file = open_case(office, connection, number, who, version)
        decision = _decide(file, move, fields)
        return _told(file, decision)


def step_desk(office: Office, number: str, name: str, who: Reader) -> Desk:
    """Give what the form of a move chooses from on this case now."""
    with office.store.read() as connection:
        file = open_case(office, connection, number, who)
        wanted = needed(file.workflow.moves[name].fields)
        return desk_for(
            office,
            connection,
            file.now,
            wanted=wanted,
            case=file.case,
            moves=file.workflow.moves,
            who=who,
        )


def small_desk(office: Office, number: str, who: Reader) -> Desk:
    """Give what the small forms of a case choose from: who works here, and the teams."""
    with office.store.read() as connection:
        file = open_case(office, connection, number, who)
        desk = desk_for(office, connection, file.now, {"medewerker"}, file.case)
        return Desk(desk.now, desk.lists)


def _decide(file: CaseFile, name: str, fields: Mapping[str, object]) -> Decision:
    assert file.who is not None
    move = file.workflow.moves.get(name)
    filled = tuple(f for f in move.fields if f.name in fields) if move else ()
    wanted = needed(filled)  # a list nobody chose from is not looked up
    if move and move.registered and not file.who.registration:
        file.deciders = tuple(w["name"] for w in deciders(file.connection, file.case))
    desk = desk_for(
        file.office,
        file.connection,
        file.now,
        wanted=wanted,
        case=file.case,
        moves=file.workflow.moves,
    )
    return decide(file.workflow, file.standing(), name, raw=fields, desk=desk, role=file.who.role)


def _told(file: CaseFile, decision: Decision) -> dict[str, object]:
    flow, later = file.workflow, after(file.workflow, file.standing(), decision)
    starts = []
    names = [*decision.starts, *(t for n in decision.notices if (t := flow.notices[n].term))]
    for name in dict.fromkeys(names):
        end = end_of_term(
            flow.terms[name],
            decision.moment,
            file.office.calendar,
            decision.dates.get(name)
            or planned_on(file, name, decision.run, decision.moment, decision.facts),
        )
        starts.append({"name": name, "title": flow.terms[name].title, "due": iso(end.due)})
    letters = [flow.notices[n].title for n in decision.notices]
    parts = [f"De zaak staat daarna op '{lower_first(flow.states[later.state].title)}'."]
    parts += [f"{s['title']}: uiterlijk {say_due(s['due'])}." for s in starts] + [
        f"Brief in concept: {lower_first(t)}." for t in letters
    ]
    parts += _more(file, decision)
    return {
        "move": decision.move.name,
        "state": later.state,
        "finish": decision.move.finish,
        "closes": decision.closes,
        "starts": starts,
        "meets": [t.name for t in decision.meets],
        "voids": [t.name for t in decision.voids],
        "notices": list(decision.notices),
        "text": " ".join(parts),
    }


def _more(file: CaseFile, decision: Decision) -> list[str]:
    """Give what a move does beyond its own case, in sentences."""
    effect, values = decision.move.effect, decision.values
    if effect == "join":
        return [
            f"De mensen gaan mee naar {values['bij'].upper()}, en de veiligheid wordt daar opnieuw"
            " beoordeeld. Losmaken kan later nog."
        ]
    if effect == "to_melding":
        return [
            "Er komt een nieuwe melding met een eigen nummer en eigen termijnen; van het gesprek"
            " gaan alleen de codes mee."
        ]
    if effect == "to_advies" and values.get("persoonsgegevens", "vernietigen") == "vernietigen":
        count = len(reads.people_of(file.connection, file.id))
        what = some(count, "betrokkene", "betrokkenen")
        return [
            f"Er komt een advies. De gegevens van {what}, van de melder en de tekst worden"
            " vernietigd; dat kan niet ongedaan worden gemaakt."
        ]
    return (
        ["Er komt een advies; de persoonsgegevens blijven bij deze melding."]
        if effect == "to_advies"
        else []
    )
