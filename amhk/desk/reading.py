"""Looking: worklists, case file, journal, search, as plain views that hide what this reader may not
see; who looked is written down.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import zip_longest
from typing import Any

from amhk.desk import intake
from amhk.desk.acute import acute_of, people_line
from amhk.desk.casefile import WORDS, CaseFile, is_late, laid_out, on_table, owns, visible
from amhk.desk.covering import covered, uncovered, veil_over
from amhk.desk.facts import gap
from amhk.desk.foretelling import foretold
from amhk.desk.lists import desk_for, needed, present
from amhk.desk.steps import steps
from amhk.desk.termview import terms_view
from amhk.desk.texts import letters_now
from amhk.letters.render import Letters
from amhk.office import Office
from amhk.rules.fields import Desk, reason_given
from amhk.rules.flowmap import Map, flow_map
from amhk.rules.moves import Standing, door, fields_now
from amhk.rules.people import named_apart, roles_on, say_age, voice
from amhk.rules.schema import schema
from amhk.rules.secrecy import WORKS, Reader, scope_of
from amhk.rules.workflow import Move, Workflow
from amhk.store import gather, reads, writes
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import day_of, iso

_CHECK = (
    "gevraagd_aan",
    "hulp_gestart",
    "passend",
    "nu_veilig",
    "hulp_geeindigd",
    "doelrealisatie",
    "reden_einde",
    "kader",
    "tevreden_jeugdige",
    "tevreden_ouder",
)


def look(office: Office, number: str, who: Reader, what: str, reason: str | None = None) -> None:
    """Write down who looked at what.

    The first to open a case, other than who took the call, is kept on it and meets the term in
    which it had to be opened.
    """
    with office.store.read() as connection:
        case = visible(connection, number, who)
    _note_look(office, case, who, what, reason)


def _note_look(
    office: Office, case: Row, who: Reader, what: str, reason: str | None = None
) -> None:
    with office.store.aside.write() as connection:
        row = {
            "instant": datetime.now(UTC),
            "worker_id": who.id,
            "case_id": case["id"],
            "what": what,
            "reason": reason,
        }
        writes.add(connection, reads.LOOK, row)
        if (
            case["opened_by"] is None
            and case["taken_by"] != who.id
            and who.role in WORKS
            and owns(who, case)
        ):
            _open(office, connection, case["number"], who)


def _open(office: Office, connection: Connection, number: str, who: Reader) -> None:
    case = reads.case_by_number(connection, number, lock=True)
    assert case is not None
    file = on_table(office, connection, case, who)
    if case["opened_by"] is None and not case["closed"]:
        file.opened(file.note("geopend", f"Voor het eerst geopend door {who.name}.", {}))
        file.changes["opened_by"] = who.id
        file.save(bump=False)


def case_view(office: Office, number: str, who: Reader) -> dict[str, Any]:
    """Give one case as this reader may see it.

    Facts, people, terms with their arithmetic, moves with why not and what they ask, notices.
    """
    with office.store.read() as connection:
        case = visible(connection, number, who)
        shelf = _shelf(connection, case, who)
        file = _from_shelf(office, connection, case, shelf, who)
        told = steps(file, reads.entries(connection, case["id"]), shelf["people"])
        view = _view(file, shelf) | {
            "steps": told,
            "moves": _moves(file, case) if owns(who, case) else [],
        }
        return covered(office, connection, case, view)


def case_page(office: Office, number: str, who: Reader) -> dict[str, Any]:
    """Give one case as its page shows it, with its journal and what each step would do.

    That it was looked at is written down. As many statements for a long case as for a short one.
    """
    with office.store.read() as connection:
        case = visible(connection, number, who)
        shelf = _shelf(connection, case, who)
        file = _from_shelf(office, connection, case, shelf, who)
        entries = reads.entries(connection, case["id"])
        told = steps(file, entries, shelf["people"])
        journal = [
            e
            for e in _lines(entries, told, shelf["notices"], shelf["people"])
            if e["kind"] != WORDS
        ]
        view = _view(file, shelf) | {
            "journal": journal,
            "steps": told,
            "moves": _doors(file, case) if owns(who, case) else [],
        }
        view["acute"] = acute_of(file, view["moves"], people_line(view), entries)
        view |= {
            "rungs": [_rung(r) for r in shelf["reminders"]],
            "map": _map(file, journal, view["moves"]),
        }
        view = covered(office, connection, case, view)
    _note_look(office, case, who, "zaak (scherm)")
    return view


def acute_view(office: Office, number: str, who: Reader) -> dict[str, Any] | None:
    """Give the clock of hours of a case for whoever has piket; None when none runs."""
    with office.store.read() as connection:
        case = visible(connection, number, who)
        shelf = _shelf(connection, case, who)
        file = _from_shelf(office, connection, case, shelf, who)
        doors = _doors(file, case) if owns(who, case) else []
        return acute_of(
            file,
            doors,
            people_line({"people": shelf["people"]}),
            reads.entries(connection, case["id"]),
        )


def _map(file: CaseFile, journal: list[dict[str, Any]], doors: list[dict[str, Any]]) -> Map:
    made = [e["kind"] for e in journal if e["kind"] in file.workflow.moves]
    return flow_map(
        file.workflow, file.standing().state, made, [m["name"] for m in doors if m["allowed"]]
    )


def _shelf(connection: Connection, case: Row, who: Reader) -> dict[str, list[Any]]:
    return gather.of_case(connection, case, scope_of(who), who.id, datetime.now(UTC))


def _from_shelf(
    office: Office, connection: Connection, case: Row, shelf: Mapping[str, list[Any]], who: Reader
) -> CaseFile:
    """Lay a case on the table to look at, from what was gathered of it."""
    file = laid_out(office, connection, case, who, shelf["terms"], shelf["notices"])
    file.deciders = tuple(w["name"] for w in shelf["deciders"])
    return file


def _view(file: CaseFile, shelf: Mapping[str, list[Any]]) -> dict[str, Any]:
    assert file.who is not None
    case, terms, people = file.case, shelf["terms"], shelf["people"]
    workers, teams = ({w["id"]: w["name"] for w in shelf[name]} for name in ("workers", "teams"))
    view = _head(file, case, workers, teams)
    view["people"] = [_person(p, file, shelf["notices"], terms) for p in people]
    view["relations"] = _relations(case, shelf, file.who)
    view["terms"] = terms_view(file.office, file.workflow, terms, shelf["reminders"], file.now)
    view["own"] = owns(file.who, case)
    letters = letters_now(file.office, file.connection)
    view["notices"] = [_letter(letters, file, n, terms, people) for n in shelf["notices"]]
    view["attachments"] = [
        {k: a[k] for k in ("id", "name", "kind", "size", "hash")}
        | {"added": iso(a["added"]), "by": workers.get(a["worker_id"])}
        for a in shelf["attachments"]
    ]
    return view | (
        _melding(case, shelf)
        if case["route"] == "melding"
        else _advies(case, shelf["contacts"], file.office.config.gemeenten)
    )


def _head(
    file: CaseFile, case: Row, workers: Mapping[int, str], teams: Mapping[int, str]
) -> dict[str, Any]:
    plain = (
        "number",
        "route",
        "version",
        "state",
        "finish",
        "finishes",
        "closed",
        "ending",
        "gemeente",
        "team_reason",
        "kanaal",
        "hoedanigheid",
        "meldcodestap",
        "aanleiding",
        "aard",
        "zorgen",
        "acuut",
    )
    return {k: case[k] for k in plain} | {
        "workflow": {"name": case["workflow"], "release": case["release"]},
        "team": teams[case["team_id"]],
        "owner": workers.get(case["owner_id"] or 0),
        "taken_by": workers.get(case["taken_by"]),
        "kenmerk": case["kenmerk"],
        "state_title": file.workflow.states[case["state"]].title,
        "ontvangen": iso(case["received"]),
        "aangemaakt": iso(case["registered"]),
        "closed_at": iso(case["closed_at"]) if case["closed_at"] else None,
        "warnings": intake.warnings(case, file.office.config.gemeenten),
        "now": iso(file.now),
        "codes": dict(case["facts"].get("codes", {})),
    }


def _person(person: Row, file: CaseFile, letters: list[Row], terms: list[Row]) -> dict[str, Any]:
    plain = (
        "id",
        "naam",
        "voornamen",
        "voorvoegsel",
        "geslachtsnaam",
        "partnernaam",
        "geboren",
        "geslacht",
        "rollen",
        "rolperiodes",
        "betrokken_als",
        "bsn",
        "bsn_bron",
        "gezag",
        "geheim_adres",
    )
    today = day_of(file.now)
    days = {k: iso(person[k]) if person[k] else None for k in ("uitgerekend", "bsn_gecontroleerd")}
    return (
        {k: person[k] for k in plain}
        | days
        | {
            "adres": None if person["geheim_adres"] else person["adres"],
            "leeftijd": say_age(person, today),
            "stem": voice(person, today),
            "rollen_nu": roles_on(person, today),
            "geinformeerd": _informed(person, file, letters, terms),
        }
    )


def _informed(
    person: Row, file: CaseFile, letters: list[Row], terms: list[Row]
) -> dict[str, Any] | None:
    """Give whether a person was told that the meldpunt holds his data, and if not why or until when
    (Wmo 2015 art. 5.3.1).
    """
    told = [
        n
        for n in letters
        if n["person_id"] == person["id"] and n["kind"] in file.workflow.person_notices
    ]
    if not told:
        return None
    last = told[-1]
    due = next((t["due"] for t in terms if t["id"] == last["term_id"]), None)
    answer = {"sent": "ja", "withheld": "nee"}.get(
        last["state"], "nog niet" if last["state"] in ("draft", "approved") else "vervallen"
    )
    return {
        "antwoord": answer,
        "op": iso(last["sent_on"]) if last["sent_on"] else None,
        "reden": last["reason"],
        "uiterlijk": due,
    }


def _relations(case: Row, shelf: Mapping[str, list[Any]], who: Reader) -> list[dict[str, Any]]:
    leave = {g["case_id"] for g in shelf["leave"]} if who.role in WORKS else set()
    told = [
        {"kind": r["kind"], "number": r["number"]}
        for r in shelf["relations"]
        if r["kind"].startswith("omgezet") or owns(who, r) or r["other_id"] in leave
    ]
    return told + [
        {"kind": "zelfde_dossier", "number": r["number"]}
        for r in shelf["dossier"]
        if case.get("dossier_id")
    ]


def _doors(file: CaseFile, case: Row) -> list[dict[str, Any]]:
    """Give the moves as the page shows them: open with what would follow, or closed with why.

    What they ask comes with their own page.
    """
    assert file.who is not None
    standing, told = file.standing(), []
    for move in file.workflow.moves.values():
        faults = door(file.workflow, standing, move, file.who.role)
        told.append(
            {
                "name": move.name,
                "title": move.title,
                "finish": move.finish,
                "allowed": not faults,
                "why_not": faults,
                "side": move.side,
                "effect": move.effect,
                "here": case["state"] in move.sources,
                "then": foretold(file, move) if not faults else "",
            }
        )
    return told


def _moves(file: CaseFile, case: Row) -> list[dict[str, Any]]:
    assert file.who is not None
    wanted = set().union(*(needed(m.fields) for m in file.workflow.moves.values()))
    desk = desk_for(file.office, file.connection, file.now, wanted, case, file.workflow.moves)
    standing, told = file.standing(), []
    for move in file.workflow.moves.values():
        faults = door(file.workflow, standing, move, file.who.role)
        told.append(
            {
                "name": move.name,
                "title": move.title,
                "finish": move.finish,
                "allowed": not faults,
                "why_not": faults,
                "input": _schema(move, standing, desk, case["version"]),
                "ending": move.ending,
                "fields": fields_now(move, standing),
                "here": case["state"] in move.sources,
            }
        )
    return told


def _schema(move: Move, standing: Standing, desk: Desk, version: int) -> dict[str, Any]:
    told = schema(fields_now(move, standing), desk, version)
    return told | {"minProperties": 3} if move.effect == "correct" else told


def _letter(
    letters: Letters, file: CaseFile, notice: Row, terms: list[Row], people: list[Row]
) -> dict[str, Any]:
    workflow, now, roles = file.workflow, file.now, file.office.pack.codes.roles
    due = next((t["due"] for t in terms if t["id"] == notice["term_id"]), None)
    late = next(
        (
            is_late(t, now)
            for t in terms
            if t["id"] == notice["term_id"] and t["status"] == "running"
        ),
        False,
    )
    opens = (
        gap(letters.asked(notice["kind"]), notice, people, day_of(now), roles)
        if notice["state"] == "draft"
        else None
    )
    person = next((named_apart(p, people) for p in people if p["id"] == notice["person_id"]), None)
    return {
        "id": notice["id"],
        "kind": notice["kind"],
        "title": workflow.notices[notice["kind"]].title,
        "recipient": notice["recipient"],
        "state": notice["state"],
        "obligatory": notice["obligatory"],
        "due": due,
        "late": late,
        "version": notice["version"],
        "person": person,
        "gap": opens,
        "old_fact": notice["old_fact"],
        "received": bool(notice["receipt"]),
        "returned": bool(notice["returned"]),
        "sent_on": iso(notice["sent_on"]) if notice["sent_on"] else None,
    }


def _melding(case: Row, shelf: Mapping[str, list[Any]]) -> dict[str, Any]:
    hidden = case["melder_geheim"]
    melder = {
        "naam": None if hidden else case["melder_naam"],
        "bereikbaar": None if hidden else case["melder_bereikbaar"],
        "geheim": hidden,
        "functie": None if hidden else case["melder_functie"],
        "organisatie": None if hidden else case["melder_organisatie"],
        "toestemming": case["melder_toestemming"],
    }
    names = {i["id"]: i["name"] for i in shelf["institutions"]}
    referrals = [
        {
            "instelling": names[r["institution_id"]],
            "op": iso(r["moment"]),
            "status": r["status"],
            "hulp_gestart": iso(r["started_on"]) if r["started_on"] else None,
            "vervangen": iso(later["moment"]) if later else None,
        }
        for r, later in zip_longest(shelf["referrals"], shelf["referrals"][1:])
    ]
    checks = [
        {k: iso(c[k]) if isinstance(c[k], date) else c[k] for k in _CHECK}
        | {
            "op": iso(c["moment"]),
            "instelling": next(
                (
                    names[r["institution_id"]]
                    for r in reversed(shelf["referrals"])
                    if r["entry"] < c["entry"]
                ),
                None,
            ),
        }
        for c in shelf["checks"]
    ]
    findings = [
        {
            "op": iso(f["moment"]),
            "bron": f["bron"],
            "bevindingen": f["text"],
            "gevoelig": f["labels"],
        }
        for f in shelf["findings"]
    ]
    later = [
        {"number": c["number"], "ontvangen": iso(c["received"]), "zorgen": c["zorgen"]}
        for c in shelf["joined"]
    ]
    return {
        "melder": melder,
        "vervolgmeldingen": later,
        "verwijzingen": referrals,
        "controles": checks,
        "bevindingen": findings,
        "vernietigd": case["melder_naam"] is None,
    }


def _advies(case: Row, contacts: list[Row], known: Iterable[str]) -> dict[str, Any]:
    asker = (
        {"naam": case["adviesvrager_naam"], "bereikbaar": case["adviesvrager_bereikbaar"]}
        if case["adviesvrager_naam"]
        else None
    )
    return {
        "advies": case["advies"],
        "adviesvrager": asker,
        "contacten": [{"op": iso(c["moment"]), "verslag": c["verslag"]} for c in contacts],
        "warnings": intake.warnings(
            {**case, "zorgen": "\n".join([case["zorgen"], *(c["verslag"] for c in contacts)])},
            known,
        ),
    }


def reveal(office: Office, number: str, who: Reader, reason: object) -> dict[str, Any]:
    """Give what is kept secret on a case (melder, secret addresses) to a worker who says why.

    Written down before it is shown.
    """
    text = reason_given(reason, "waarom u dit nodig hebt", "reason")
    with office.store.read() as connection:
        visible(connection, number, who, own=True)
    look(office, number, who, "geheime gegevens", text)
    with office.store.read() as connection:
        case = visible(connection, number, who, own=True)
        people = (
            reads.of_case(connection, reads.PERSON, case["id"])
            if case["route"] == "melding"
            else []
        )
        secret = [
            {"id": p["id"], "naam": p["naam"], "adres": p["adres"]}
            for p in people
            if p["geheim_adres"]
        ]
        shelf = _shelf(connection, case, who)
        file = _from_shelf(office, connection, case, shelf, who)
        whole = (
            _view(file, shelf),
            steps(file, reads.entries(connection, case["id"]), shelf["people"]),
        )
        texts = uncovered(veil_over(office, connection, case), whole)
        melder = {k: case[f"melder_{k}"] for k in ("naam", "bereikbaar", "functie", "organisatie")}
        return {"melder": melder, "adressen": secret, "teksten": texts}


def journal_view(office: Office, number: str, who: Reader) -> list[dict[str, Any]]:
    """Give the journal of a case: sequence, instant, worker, what, hash."""
    with office.store.read() as connection:
        case = visible(connection, number, who)
        entries = reads.entries(connection, case["id"])
        people = (
            reads.of_case(connection, reads.PERSON, case["id"])
            if case["route"] == "melding"
            else []
        )
        file = laid_out(office, connection, case, who, [], [])
        lines = _lines(
            entries, steps(file, entries, people), reads.notices(connection, case["id"]), people
        )
        return covered(office, connection, case, lines)


def _lines(
    entries: list[Row], told: list[dict[str, Any]], notices: list[Row], people: list[Row]
) -> list[dict[str, Any]]:
    """Give the journal: each line with what was told at it and, of a letter to one of several
    people, whose it is.
    """
    values, names = (
        {step["sequence"]: step["values"] for step in told},
        {p["id"]: named_apart(p, people) for p in people},
    )
    whose = {n["id"]: names.get(n["person_id"]) for n in notices if n["person_id"]}
    return [
        _line(e)
        | {
            "values": values.get(e["sequence"], []),
            "whose": whose.get(json.loads(e["content"] or "{}").get("notice")),
        }
        for e in entries
    ]


def _line(entry: Row) -> dict[str, Any]:
    return {
        "sequence": entry["sequence"],
        "instant": iso(entry["instant"]),
        "worker": entry["worker"] or "klok",
        "kind": entry["kind"],
        "what": entry["what"],
        "reason": reason_of(entry["content"]),
        "hash": entry["hash"],
    }


def rungs(office: Office, number: str, who: Reader) -> list[dict[str, Any]]:
    """Give every rung that was rung on a case: for which term, when, to whom."""
    with office.store.read() as connection:
        case = visible(connection, number, who)
        return [_rung(r) for r in reads.of_case(connection, reads.REMINDER, case["id"])]


def _rung(row: Row) -> dict[str, Any]:
    return {
        "term": row["term_id"],
        "round": row["round"],
        "rung": row["rung"] + 1,
        "fell_due": iso(row["fell_due"]),
        "rung_at": iso(row["rung_at"]),
        "receivers": row["receivers"],
    }


_QUOTED = ('"reden"', '"reason"', '"motivering"', '"tekst"')


def reason_of(content: str | None) -> str | None:
    """Give the reason a journal line holds, as it was typed.

    None when there is none or it was erased by law.
    """
    if content is None or not any(k in content for k in _QUOTED):
        return None
    told = json.loads(content)
    return next(
        (
            told[k]
            for k in ("reden", "reason", "motivering", "tekst")
            if isinstance(told.get(k), str)
        ),
        None,
    )


def workflow_view(workflow: Workflow) -> dict[str, Any]:
    """Give a workflow as its map.

    States with the terms that can be answered there, and one row per way a move leads.
    """
    into = {
        e.target: m.finish
        for m in workflow.moves.values()
        for e in m.edges
        if m.finish and e.source != e.target
    }
    states = [
        {
            "name": s.name,
            "title": s.title,
            "finish": into.get(s.name),
            "final": s.final,
            "terms": [
                t.name
                for t in workflow.terms.values()
                if any(s.name in workflow.moves[a].sources for a in t.acts if a in workflow.moves)
            ],
        }
        for s in workflow.states.values()
    ]
    moves = [
        {
            "name": m.name,
            "title": m.title,
            "source": e.source,
            "target": e.target,
            "finish": m.finish,
            "roles": list(m.roles),
        }
        for m in workflow.moves.values()
        for e in m.edges
    ]
    return {
        "name": workflow.name,
        "release": workflow.release,
        "route": workflow.route,
        "title": workflow.title,
        "states": states,
        "moves": moves,
    }


def intake_form(office: Office, route: str) -> tuple[Any, Desk]:
    """Give the fields of a route's intake, and what checking them needs now."""
    workflow = office.pack.of_route(route)
    with office.store.read() as connection:
        return workflow.intake, desk_for(
            office, connection, office.now(connection), needed(workflow.intake)
        )


def person_form(office: Office, number: str, who: Reader) -> tuple[Any, Desk]:
    """Give the fields of a person on this case, and what checking them needs now."""
    with office.store.read() as connection:
        case = visible(connection, number, who)
        workflow = office.pack.workflows[case["workflow"], case["release"]]
        return workflow.person, desk_for(
            office, connection, office.now(connection), needed(workflow.person), case
        )


def assign_desk(office: Office) -> Desk:
    """Give what the form of an assignment chooses from: workers and teams."""
    with office.store.read() as connection:
        now = office.now(connection)
        desk = desk_for(office, connection, now, set())
        return Desk(
            desk.now,
            {
                **desk.lists,
                "medewerker": present(connection, now),
                "team": {t["name"]: t["name"] for t in reads.teams(connection)},
            },
        )
