"""Casework: make a move with all that follows, add people, assign; each in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from amhk.desk import registering
from amhk.desk.access import key_of, no_case, owns
from amhk.desk.carrying import carry_out
from amhk.desk.casefile import CaseFile
from amhk.desk.inbox import tend_inbox
from amhk.desk.lists import deciders, desk_for, needed
from amhk.desk.open_case import on_table, open_case
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed
from amhk.office import Office
from amhk.rules import people
from amhk.rules.cleaning import clean
from amhk.rules.fields import Desk, Field
from amhk.rules.moves import after, decide
from amhk.rules.secrecy import WORKS, Reader
from amhk.rules.standing import Decision
from amhk.rules.terms import end_of_term
from amhk.store import bells, plans, reads
from amhk.store.session import Connection
from amhk.words import day_of, iso, lower_first, say_day, say_due, some

ASSIGN = (
    Field("owner", "Behandelaar", "choice", choices="medewerker"),
    Field("team", "Team", "choice", choices="team"),
    Field("reason", "Reden", "text", required=True),
)
MOST_AT_ONCE = 100


def take_version(body: object, needed_here: bool) -> tuple[int | None, dict[str, Any]]:
    """Give the version a client saw and the other fields.

    BadInput when it is missing or no number.
    """
    if not isinstance(body, Mapping):
        raise BadInput.of("verkeerd_soort", "Stuur een JSON-object.")
    fields = dict(body)
    version = fields.pop("version", None)
    if isinstance(version, str) and version.isascii() and version.isdigit() and len(version) < 10:
        version = int(version)
    if version is None and not needed_here:
        return None, fields
    if isinstance(version, bool) or not isinstance(version, int):
        raise BadInput.of(
            "ontbreekt", "Stuur de versie mee van de zaak zoals u die zag.", "version"
        )
    return version, fields


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


def move_on_table(file: CaseFile, move: str, fields: Mapping[str, Any]) -> None:
    """Make a move on a case that lies on the table, and save it.

    The transaction is the caller's.
    """
    decision = _decide(file, move, fields)
    carry_out(file, decision)
    file.save(decision.moment)


def try_move(office: Office, number: str, move: str, body: object, who: Reader) -> dict[str, Any]:
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
            office, connection, file.now, wanted=wanted, case=file.case, moves=file.workflow.moves
        )


def small_desk(office: Office, number: str, who: Reader) -> Desk:
    """Give what the small forms of a case choose from: who works here, and the teams."""
    with office.store.read() as connection:
        file = open_case(office, connection, number, who)
        desk = desk_for(office, connection, file.now, {"medewerker"}, file.case)
        return Desk(desk.now, desk.lists)


def _decide(file: CaseFile, name: str, fields: Mapping[str, Any]) -> Decision:
    assert file.who is not None
    move = file.workflow.moves.get(name)
    filled = tuple(f for f in move.fields if f.name in fields) if move else ()
    wanted = needed(filled)  # a list nobody chose from is not looked up
    if move and move.registered and not file.who.registration:
        file.deciders = tuple(w["name"] for w in deciders(file.connection))
    desk = desk_for(
        file.office,
        file.connection,
        file.now,
        wanted=wanted,
        case=file.case,
        moves=file.workflow.moves,
    )
    return decide(file.workflow, file.standing(), name, raw=fields, desk=desk, role=file.who.role)


def _told(file: CaseFile, decision: Decision) -> dict[str, Any]:
    flow, later = file.workflow, after(file.workflow, file.standing(), decision)
    starts = []
    names = [*decision.starts, *(t for n in decision.notices if (t := flow.notices[n].term))]
    for name in dict.fromkeys(names):
        end = end_of_term(
            flow.terms[name], decision.moment, file.office.calendar, decision.dates.get(name)
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
        count = len(reads.of_case(file.connection, reads.PERSON, file.id))
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


def add_people(office: Office, number: str, body: object, who: Reader) -> None:
    """Record a person (or `betrokkenen`: several) on a melding; BadInput names every fault.

    An advies refuses: it holds nobody (G6).
    """
    version, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        file = open_case(office, connection, number, who, version)
        if file.case["route"] != "melding":
            text = "Over het gezin wordt bij een advies niets vastgelegd."
            raise ClosedDoor.of("advies", f"{text} Maak er eerst een melding van.")
        if file.case["closed"]:
            raise ClosedDoor.of("gesloten", "Deze zaak is gesloten.")
        several = fields.get("betrokkenen", [fields])
        form = (Field("betrokkenen", "Betrokkenen", "list", fields=file.workflow.person),)
        desk = desk_for(office, connection, file.now, set(), file.case)
        values, faults = clean(form, {"betrokkenen": several}, desk)
        there, roles = reads.of_case(connection, reads.PERSON, file.id), office.pack.codes.roles
        new = values.get("betrokkenen", ())
        faults += people.faults(new, day_of(file.now), roles, there)
        if faults:
            one = "betrokkenen" not in fields
            raise BadInput(faults=[_flat(f, one) for f in faults])
        if not new:
            raise BadInput.of("ontbreekt", "Vul in: Naam.", "naam")
        what = f"{some(len(new), 'betrokkene', 'betrokkenen')} vastgelegd."
        entry = file.note("persoon_toegevoegd", what, values)
        registering.find_home(file, new)
        registering.add_people(file, new, entry)
        file.save()


def _flat(fault: Fault, one: bool) -> Fault:
    field = (fault.field or "").removeprefix("betrokkenen.0.") if one else fault.field
    return Fault(code=fault.code, text=fault.text, field=field, do=fault.do)


def must_work(who: Reader) -> None:
    """Refuse who does not work on cases."""
    if who.role not in WORKS:
        raise NotAllowed()


def assign(office: Office, number: str, body: object, who: Reader) -> None:
    """Give a case to a worker, to another team, or (owner empty) back to the team, with
    a reason.
    """
    version, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        _assign(office, connection, [open_case(office, connection, number, who, version)], fields)


def assign_many(office: Office, numbers: Sequence[str], body: object, who: Reader) -> int:
    """Give several cases to one worker or team, or back to the team, all or none, with one reason.

    Gives how many. BadInput names each that cannot.

    A case is named by its number, or by `number:version` as it was seen: one that changed since is
    refused.
    """
    _, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        seen_as = {number: version for number, _, version in (n.partition(":") for n in numbers)}
        keys = {number: key_of(connection, number) for number in seen_as}
        locked = reads.lock_cases(connection, sorted(k for k in keys.values() if k is not None))
        seen = {key for key, case in locked.items() if owns(who, case)}
        known = {keys[number]: version for number, version in seen_as.items()}
        wrong = [("onbekend", no_case(n).text) for n, key in keys.items() if key not in seen]
        for case in locked.values():
            if case["closed"]:
                wrong.append(("gesloten", f"{case['number']} is gesloten."))
            if known[case["id"]] not in ("", str(case["version"])):
                text = f"{case['number']} is intussen gewijzigd: bekijk de lijst opnieuw."
                wrong.append(("gewijzigd", text))
        if not 0 < len(keys) <= MOST_AT_ONCE:
            text = f"Kies eerst een of meer zaken, hooguit {MOST_AT_ONCE}."
            wrong.append(("ontbreekt", text))
        if wrong:
            raise BadInput(faults=[Fault(code, text, "zaak") for code, text in wrong])
        files = [on_table(office, connection, case, who) for case in locked.values()]
        _assign(office, connection, files, fields)
        return len(files)


def _assign(
    office: Office, connection: Connection, files: Sequence[CaseFile], fields: Mapping[str, Any]
) -> None:
    """Check one assignment and carry it out on every case.

    What stood before the old owner or team moves along.
    """
    now = files[0].now
    desk = desk_for(office, connection, now, {"medewerker"}, files[0].case)
    teams = {t["name"]: t["id"] for t in reads.teams(connection)}
    values, faults = clean(
        ASSIGN, fields, Desk(desk.now, {**desk.lists, "team": {t: t for t in teams}}, None)
    )
    worker = reads.worker_by(connection, name=values.get("owner")) if values.get("owner") else None
    if worker and (plan := plans.away(connection, worker["id"], day_of(now))):
        until = f" tot en met {say_day(plan['end'])}" if plan["end"] else ""
        faults.append(
            Fault(
                "afwezig",
                f"{worker['name']} is afwezig{until}: kies iemand die er is, of het team.",
                "owner",
            )
        )
    if worker and worker["role"] not in WORKS:
        faults.append(Fault("rol", f"{worker['name']} behandelt geen zaken.", "owner"))
    if not faults and "owner" not in fields and "team" not in values:
        faults.append(Fault("ontbreekt", "Kies een behandelaar of een team.", "owner"))
    if faults:
        raise BadInput(faults=faults)
    for file in files:
        _hand_over(
            file,
            values,
            worker["id"] if worker else None,
            teams.get(values.get("team", ""), file.case["team_id"]),
        )
    tend_inbox(connection, bells.staff(connection, day_of(now), now))


def _hand_over(file: CaseFile, values: Mapping[str, Any], owner: int | None, team: int) -> None:
    to = values.get("owner") or values.get("team") or "het team"
    file.note("toegewezen", f"Toegewezen aan {to}.", values)
    file.changes["owner_id"] = owner
    if (before := file.case["owner_id"]) and before != owner:
        bells.readdress(file.connection, file.id, before, owner, team)
    if team != file.case["team_id"]:
        bells.move_team(file.connection, file.id, file.case["team_id"], team)
    if values.get("team"):
        file.changes |= {"team_id": team, "team_reason": f"Met de hand: {values['reason']}"}
    file.save()


def filled(file: CaseFile, fields: tuple[Field, ...], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Give the checked values of a small form about a case on the table.

    BadInput names every fault.
    """
    desk = desk_for(file.office, file.connection, file.now, needed(fields), file.case)
    values, faults = clean(fields, raw, Desk(desk.now, desk.lists, None))
    if faults:
        raise BadInput(faults=faults)
    return values
