"""Looking: worklists, case file, journal, search, as plain views that hide what this reader may not see; who looked is written down."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from amhk.desk import intake
from amhk.desk.casefile import CaseFile, is_late, on_table, owns, sees
from amhk.desk.facts import gap
from amhk.desk.lists import desk_for, needed
from amhk.desk.termview import terms_view
from amhk.errors import BadInput, Fault, NotFound
from amhk.office import Office
from amhk.rules.fields import Desk
from amhk.rules.moves import Standing, door, fields_now
from amhk.rules.parse import tidy, unfit
from amhk.rules.people import roles_on, say_age, voice
from amhk.rules.schema import schema
from amhk.rules.secrecy import WORKS, Reader, scope_of
from amhk.rules.workflow import Move, Workflow
from amhk.store import reads, writes
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import day_of, iso

_CHECK = ("gevraagd_aan", "hulp_gestart", "passend", "nu_veilig", "hulp_geeindigd", "doelrealisatie", "reden_einde")


def look(office: Office, number: str, who: Reader, what: str, reason: str | None = None) -> None:
    """Write down who looked at what; the first to open a case, other than who took the call, is kept on it and meets the term in which it had to be opened."""
    with office.store.write() as connection:
        case = _visible(connection, number, who)
        row = {"instant": datetime.now(UTC), "worker_id": who.id, "case_id": case["id"], "what": what, "reason": reason}
        writes.add(connection, reads.LOOK, row)
        if case["opened_by"] is None and case["taken_by"] != who.id and who.role in WORKS and owns(who, case):
            _open(office, connection, number, who)


def _open(office: Office, connection: Connection, number: str, who: Reader) -> None:
    case = reads.case_by_number(connection, number, lock=True)
    assert case is not None
    file = on_table(office, connection, case, who)
    if case["opened_by"] is None and not case["closed"]:
        file.opened(file.note("geopend", f"Voor het eerst geopend door {who.name}.", {}))
        file.changes["opened_by"] = who.id
        file.save(bump=False)


def _visible(connection: Connection, number: str, who: Reader, own: bool = False) -> Row:
    """Give a case this reader may see; with `own` only one within his own cases, not one he has leave to read."""
    case = reads.case_by_number(connection, number)
    if case is None or not (owns(who, case) if own else sees(connection, who, case)):
        raise NotFound(f"Zaak {number[:30]} bestaat niet, of u mag haar niet zien.")
    return case


def case_view(office: Office, number: str, who: Reader) -> dict[str, Any]:
    """Give one case as this reader may see it: facts, people, terms with their arithmetic, moves with why not, notices."""
    with office.store.read() as connection:
        case = _visible(connection, number, who)
        file = on_table(office, connection, case, who)
        letters = reads.notices(connection, case["id"])
        terms = reads.terms(connection, case["id"])
        people = reads.of_case(connection, reads.PERSON, case["id"]) if case["route"] == "melding" else []
        workers = {w["id"]: w["name"] for w in reads.workers(connection, active=False)}
        teams = {t["id"]: t["name"] for t in reads.teams(connection)}
        view = _head(file, case, workers, teams)
        view["people"] = [_person(p, file, letters, terms) for p in people]
        view["relations"] = _relations(connection, case, who)
        view["terms"] = terms_view(office, file.workflow, terms, reads.of_case(connection, reads.REMINDER, case["id"]), file.now)
        view["own"] = owns(who, case)
        view["moves"] = _moves(file, case) if view["own"] else []
        view["notices"] = [_letter(office, file.workflow, n, terms, people, file.now) for n in letters]
        if case["route"] == "melding":
            view |= _melding(connection, case)
        else:
            view |= _advies(connection, case)
        return view


def _head(file: CaseFile, case: Row, workers: Mapping[int, str], teams: Mapping[int, str]) -> dict[str, Any]:
    plain = ("number", "route", "version", "state", "finish", "finishes", "closed", "ending", "gemeente", "team_reason", "kanaal",
             "hoedanigheid", "meldcodestap", "aanleiding", "aard", "zorgen", "acuut")  # fmt: skip
    return {k: case[k] for k in plain} | {
        "workflow": {"name": case["workflow"], "release": case["release"]}, "team": teams[case["team_id"]],
        "owner": workers.get(case["owner_id"] or 0), "taken_by": workers.get(case["taken_by"]), "kenmerk": case["kenmerk"],
        "state_title": file.workflow.states[case["state"]].title, "ontvangen": iso(case["received"]),
        "aangemaakt": iso(case["registered"]), "closed_at": iso(case["closed_at"]) if case["closed_at"] else None,
        "warnings": intake.warnings(case), "now": iso(file.now), "codes": dict(case["facts"].get("codes", {})),
    }  # fmt: skip


def _person(person: Row, file: CaseFile, letters: list[Row], terms: list[Row]) -> dict[str, Any]:
    plain = ("id", "naam", "voornamen", "voorvoegsel", "geslachtsnaam", "partnernaam", "geboren", "geslacht", "rollen", "rolperiodes",
             "betrokken_als", "bsn", "bsn_bron", "gezag", "geheim_adres")  # fmt: skip
    today = day_of(file.now)
    days = {k: iso(person[k]) if person[k] else None for k in ("uitgerekend", "bsn_gecontroleerd")}
    return {k: person[k] for k in plain} | days | {
        "adres": None if person["geheim_adres"] else person["adres"], "leeftijd": say_age(person, today), "stem": voice(person, today),
        "rollen_nu": roles_on(person, today), "geinformeerd": _informed(person, file, letters, terms),
    }  # fmt: skip


def _informed(person: Row, file: CaseFile, letters: list[Row], terms: list[Row]) -> dict[str, Any] | None:
    """Give whether a person was told that the meldpunt holds his data, and if not why or until when (Wmo 2015 art. 5.3.1)."""
    told = [n for n in letters if n["person_id"] == person["id"] and n["kind"] in file.workflow.person_notices]
    if not told:
        return None
    last = told[-1]
    due = next((t["due"] for t in terms if t["id"] == last["term_id"]), None)
    answer = {"sent": "ja", "withheld": "nee"}.get(
        last["state"], "nog niet" if last["state"] in ("draft", "approved") else "vervallen"
    )
    return {"antwoord": answer, "op": iso(last["sent_on"]) if last["sent_on"] else None, "reden": last["reason"], "uiterlijk": due}


def _relations(connection: Connection, case: Row, who: Reader) -> list[dict[str, Any]]:
    told = [
        {"kind": r["kind"], "number": r["number"]} for r in reads.relations(connection, case["id"])
        if r["kind"].startswith("omgezet") or sees(connection, who, {**r, "id": r["other_id"]})
    ]  # fmt: skip
    return told + [
        {"kind": "zelfde_dossier", "number": r["number"]}
        for r in reads.same_dossier(connection, scope_of(who), case.get("dossier_id"), case["id"])
    ]


def _moves(file: CaseFile, case: Row) -> list[dict[str, Any]]:
    assert file.who is not None
    wanted = set().union(*(needed(m.fields) for m in file.workflow.moves.values()))
    desk = desk_for(file.office, file.connection, file.now, wanted, case, file.workflow.moves)
    standing, told = file.standing(), []
    for move in file.workflow.moves.values():
        faults = door(file.workflow, standing, move, file.who.role)
        told.append(
            {
                "name": move.name, "title": move.title, "finish": move.finish, "allowed": not faults, "why_not": faults,
                "input": _schema(move, standing, desk, case["version"]), "ending": move.ending, "fields": move.fields,
                "here": case["state"] in move.sources,
            }
        )  # fmt: skip
    return told


def _schema(move: Move, standing: Standing, desk: Desk, version: int) -> dict[str, Any]:
    told = schema(fields_now(move, standing), desk, version)
    return told | {"minProperties": 3} if move.effect == "correct" else told


def _letter(office: Office, workflow: Workflow, notice: Row, terms: list[Row], people: list[Row], now: datetime) -> dict[str, Any]:
    due = next((t["due"] for t in terms if t["id"] == notice["term_id"]), None)
    late = next((is_late(t, now) for t in terms if t["id"] == notice["term_id"] and t["status"] == "running"), False)
    opens = gap(office.letters.asked(notice["kind"]), notice, people, day_of(now)) if notice["state"] == "draft" else None
    person = next((p["naam"] for p in people if p["id"] == notice["person_id"]), None)
    return {
        "id": notice["id"], "kind": notice["kind"], "title": workflow.notices[notice["kind"]].title, "recipient": notice["recipient"],
        "state": notice["state"], "obligatory": notice["obligatory"], "due": due, "late": late, "version": notice["version"],
        "person": person, "gap": opens, "old_fact": notice["old_fact"], "sent_on": iso(notice["sent_on"]) if notice["sent_on"] else None,
    }  # fmt: skip


def _melding(connection: Connection, case: Row) -> dict[str, Any]:
    hidden = case["melder_geheim"]
    melder = {
        "naam": None if hidden else case["melder_naam"], "bereikbaar": None if hidden else case["melder_bereikbaar"], "geheim": hidden,
        "functie": None if hidden else case["melder_functie"], "organisatie": None if hidden else case["melder_organisatie"],
        "toestemming": case["melder_toestemming"],
    }  # fmt: skip
    names = {i["id"]: i["name"] for i in reads.institutions(connection, active=False)}
    referrals = [
        {
            "instelling": names[r["institution_id"]], "op": iso(r["moment"]), "status": r["status"],
            "hulp_gestart": iso(r["started_on"]) if r["started_on"] else None,
        }
        for r in reads.of_case(connection, reads.REFERRAL, case["id"])
    ]  # fmt: skip
    checks = [
        {k: iso(c[k]) if isinstance(c[k], date) else c[k] for k in _CHECK} | {"op": iso(c["moment"])}
        for c in reads.of_case(connection, reads.CHECK, case["id"])
    ]
    findings = [
        {"op": iso(f["moment"]), "bron": f["bron"], "bevindingen": f["text"]}
        for f in reads.of_case(connection, reads.FINDING, case["id"])
    ]
    joined = [
        reads.case_by_id(connection, r["other_id"])
        for r in reads.relations(connection, case["id"])
        if r["kind"] == "vervolgmelding"
    ]
    later = [{"number": c["number"], "ontvangen": iso(c["received"]), "zorgen": c["zorgen"]} for c in joined if c]
    return {"melder": melder, "vervolgmeldingen": later, "verwijzingen": referrals, "controles": checks, "bevindingen": findings}


def _advies(connection: Connection, case: Row) -> dict[str, Any]:
    contacts = reads.of_case(connection, reads.CONTACT, case["id"])
    asker = (
        {"naam": case["adviesvrager_naam"], "bereikbaar": case["adviesvrager_bereikbaar"]} if case["adviesvrager_naam"] else None
    )
    return {
        "advies": case["advies"], "adviesvrager": asker, "contacten": [{"op": iso(c["moment"]), "verslag": c["verslag"]} for c in contacts],
        "warnings": intake.warnings({**case, "zorgen": "\n".join([case["zorgen"], *(c["verslag"] for c in contacts)])}),
    }  # fmt: skip


def reveal(office: Office, number: str, who: Reader, reason: str) -> dict[str, Any]:
    """Give what is kept secret on a case (melder, secret addresses) to a worker who says why; written down before it is shown."""
    reason = tidy(reason, one_line=True)
    if len(reason) < 5 or unfit(reason, 200):
        raise BadInput(faults=[Fault("ontbreekt", "Zeg in 5 tot 200 tekens waarom u dit nodig hebt.", "reason")])
    with office.store.read() as connection:
        _visible(connection, number, who, own=True)
    look(office, number, who, "geheime gegevens", reason.strip())
    with office.store.read() as connection:
        case = _visible(connection, number, who, own=True)
        people = reads.of_case(connection, reads.PERSON, case["id"]) if case["route"] == "melding" else []
        secret = [{"id": p["id"], "naam": p["naam"], "adres": p["adres"]} for p in people if p["geheim_adres"]]
        return {"melder": {k: case[f"melder_{k}"] for k in ("naam", "bereikbaar", "functie", "organisatie")}, "adressen": secret}


def journal_view(office: Office, number: str, who: Reader) -> list[dict[str, Any]]:
    """Give the journal of a case: sequence, instant, worker, what, hash."""
    with office.store.read() as connection:
        case = _visible(connection, number, who)
        return [
            {"sequence": e["sequence"], "instant": iso(e["instant"]), "worker": e["worker"] or "klok", "kind": e["kind"], "what": e["what"], "reason": reason_of(e["content"]), "hash": e["hash"]}
            for e in reads.entries(connection, case["id"])
        ]  # fmt: skip


def rungs(office: Office, number: str, who: Reader) -> list[dict[str, Any]]:
    """Give every rung that was rung on a case: for which term, when, to whom."""
    with office.store.read() as connection:
        case = _visible(connection, number, who)
        return [
            {"term": r["term_id"], "round": r["round"], "rung": r["rung"] + 1, "fell_due": iso(r["fell_due"]), "rung_at": iso(r["rung_at"]), "receivers": r["receivers"]}
            for r in reads.of_case(connection, reads.REMINDER, case["id"])
        ]  # fmt: skip


def reason_of(content: str | None) -> str | None:
    """Give the reason a journal line holds, as it was typed; None when there is none or it was erased by law."""
    told = json.loads(content or "{}")
    return next((told[k] for k in ("reden", "reason", "motivering") if isinstance(told.get(k), str)), None)


def workflow_view(workflow: Workflow) -> dict[str, Any]:
    """Give a workflow as its map: states with the terms that can be answered there, and one row per way a move leads."""
    into = {e.target: m.finish for m in workflow.moves.values() for e in m.edges if m.finish and e.source != e.target}
    states = [
        {
            "name": s.name, "title": s.title, "finish": into.get(s.name), "final": s.final,
            "terms": [t.name for t in workflow.terms.values() if any(s.name in workflow.moves[a].sources for a in t.acts if a in workflow.moves)],
        }
        for s in workflow.states.values()
    ]  # fmt: skip
    moves = [
        {"name": m.name, "title": m.title, "source": e.source, "target": e.target, "finish": m.finish, "roles": list(m.roles)}
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
        return workflow.intake, desk_for(office, connection, office.now(connection), needed(workflow.intake))


def person_form(office: Office, number: str, who: Reader) -> tuple[Any, Desk]:
    """Give the fields of a person on this case, and what checking them needs now."""
    with office.store.read() as connection:
        case = _visible(connection, number, who)
        workflow = office.pack.workflows[case["workflow"], case["release"]]
        return workflow.person, desk_for(office, connection, office.now(connection), needed(workflow.person), case)


def assign_desk(office: Office) -> Desk:
    """Give what the form of an assignment chooses from: workers and teams."""
    with office.store.read() as connection:
        desk = desk_for(office, connection, office.now(connection), {"medewerker"})
        return Desk(desk.now, {**desk.lists, "team": {t["name"]: t["name"] for t in reads.teams(connection)}})
