"""Looking: worklists, case file, journal, search, as plain views that hide what this reader may not
see; who looked is written down.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from amhk.desk.casefile.access import (
    gives_reason,
    no_case,
    owns,
    part_of,
    unnamed,
    visible,
)
from amhk.desk.casefile.access_log import look, note_look
from amhk.desk.casefile.casefile import WORDS, CaseFile
from amhk.desk.casefile.cover_secrets import covered, uncovered, veil_over
from amhk.desk.casefile.open_case import laid_out
from amhk.desk.casefile.referrals import subjects_of
from amhk.desk.casefile.term_rows import is_late
from amhk.desk.cases import warnings
from amhk.desk.cases.acute import acute_of, people_line
from amhk.desk.cases.history import lines_told, rung_told
from amhk.desk.cases.openings import doors_told, moves_told
from amhk.desk.cases.route_view import advies_of, findings_of, melding_of, relations_of
from amhk.desk.cases.safety import safety_of
from amhk.desk.cases.steps import steps
from amhk.desk.letters.fact_sources import gap
from amhk.desk.letters.text_templates import letters_now
from amhk.desk.terms.term_view import terms_view
from amhk.letters.render import Letters
from amhk.office import Office
from amhk.rules.people.people import named_apart, roles_on, say_age, voice
from amhk.rules.privacy.field_groups import FIELD_GROUPS, FieldGroup, groups_of, labels_of
from amhk.rules.privacy.secrecy import Reader, scope_of
from amhk.rules.procedure.fields import reason_given
from amhk.rules.procedure.flow_map import Map, flow_map
from amhk.store import reads
from amhk.store.cases import bundle
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, NoticeRow, PersonRow, TermRow, cell, part
from amhk.words import day_of, iso

_DAYS = ("uitgerekend", "bsn_gecontroleerd")
SECRETS = "geheime gegevens"
_MELDER = ("naam", "bereikbaar", "functie", "organisatie")


def case_view(
    office: Office, number: str, who: Reader, asks: bool = True, looked: str = ""
) -> dict[str, Any]:
    """Give one case as this reader may see it; that he `looked`, and at what, is written down.

    Facts, people, terms with their arithmetic, moves with why not and (with `asks`) what they ask
    as a JSON Schema, notices.
    """
    seen = look(office, number, who, looked) if looked else None
    with office.store.read() as connection:
        case = seen or visible(connection, number, who)
        shelf = _shelf(connection, case, who)
        file = _from_shelf(office, connection, case, shelf, who)
        veil = veil_over(office, connection, case, who)
        view = _view(file, shelf)
        view["steps"] = steps(file, reads.entries(connection, case["id"]), shelf["people"])
        view["safety"] = safety_of(file.workflow, view["steps"], shelf["people"])
        gaps = [n["gap"] for n in view["notices"] if n["gap"]]
        doors = {gap.target for gap in gaps if gap.kind == "move"} if asks else None
        view["moves"] = moves_told(file, case, veil, doors) if owns(who, case) else []
        return unnamed(connection, who, veil.upon(view) if veil else view)


def version_of(office: Office, number: str, who: Reader) -> int:
    """Give the version of a case this reader may read: its lock, and nothing else of it."""
    with office.store.read() as connection:
        return visible(connection, number, who)["version"]


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
            for e in lines_told(entries, told, shelf["notices"], shelf["people"], subjects_of(file))
            if e["kind"] != WORDS
        ]
        view = _view(file, shelf) | {
            "journal": journal,
            "steps": told,
            "safety": safety_of(file.workflow, told, shelf["people"]),
            "moves": doors_told(file, case) if owns(who, case) else [],
        }
        view["acute"] = acute_of(file, view["moves"], people_line(view), entries)
        view |= {
            "rungs": [rung_told(r) for r in shelf["reminders"]],
            "map": _map(file, journal, view["moves"]),
        }
        view = unnamed(connection, who, covered(office, connection, case, who, view))
    note_look(office, case, who, "zaak")
    return view


def acute_view(office: Office, number: str, who: Reader) -> dict[str, object] | None:
    """Give the clock of hours of a case for whoever has piket; None when none runs."""
    with office.store.read() as connection:
        case = visible(connection, number, who)
        shelf = _shelf(connection, case, who)
        file = _from_shelf(office, connection, case, shelf, who)
        doors = doors_told(file, case) if owns(who, case) else []
        line, entries = people_line({"people": shelf["people"]}), reads.entries(connection, file.id)
        return covered(office, connection, case, who, acute_of(file, doors, line, entries))


def _map(file: CaseFile, journal: list[dict[str, Any]], doors: list[dict[str, Any]]) -> Map:
    made = [e["kind"] for e in journal if e["kind"] in file.workflow.moves]
    return flow_map(
        file.workflow, file.standing().state, made, [m["name"] for m in doors if m["allowed"]]
    )


def _shelf(connection: Connection, case: CaseRow, who: Reader) -> dict[str, list[Any]]:
    return bundle.of_case(connection, case, scope_of(who), who.id, datetime.now(UTC))


def _from_shelf(
    office: Office,
    connection: Connection,
    case: CaseRow,
    shelf: Mapping[str, list[Any]],
    who: Reader,
) -> CaseFile:
    """Lay a case on the table to look at, from what was gathered of it."""
    file = laid_out(
        office, connection, case, who=who, terms=shelf["terms"], letters=shelf["notices"]
    )
    file.deciders = tuple(w["name"] for w in shelf["deciders"])
    file.kept = shelf
    return file


def _view(file: CaseFile, shelf: Mapping[str, list[Any]]) -> dict[str, Any]:
    assert file.who is not None
    case, terms, people = file.case, shelf["terms"], shelf["people"]
    workers, teams = ({w["id"]: w["name"] for w in shelf[name]} for name in ("workers", "teams"))
    view = head_of(file, case, workers, teams)
    view["people"] = [person_of(p, file, shelf["notices"], terms) for p in people]
    view["relations"] = relations_of(case, shelf, file.who)
    named = subjects_of(file)
    view["terms"] = terms_view(
        file.office, file.workflow, terms, shelf["reminders"], file.now, named
    )
    view["own"], view["asks_reason"] = owns(file.who, case), gives_reason(file.who, case)
    letters = letters_now(file.office, file.connection, case["release"])
    view["notices"] = [
        letter_of(letters, file, n, terms, people) | {"to": named.get(n["run"] or 0)}
        for n in shelf["notices"]
    ]
    view["attachments"] = [
        {k: a[k] for k in ("id", "name", "kind", "size", "hash")}
        | {"added": iso(a["added"]), "by": workers.get(a["worker_id"])}
        for a in shelf["attachments"]
    ]
    return view | (
        melding_of(case, shelf)
        if case["route"] == "melding"
        else advies_of(case, shelf["contacts"], file.office.config.gemeenten)
    )


def head_of(
    file: CaseFile, case: CaseRow, workers: Mapping[int, str], teams: Mapping[int, str]
) -> dict[str, object]:
    """Give what stands above a case: number, state, route, team and owner."""
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
    return part(case, plain) | {
        "workflow": {"name": case["workflow"], "release": case["release"]},
        "team": teams[case["team_id"]],
        "owner": workers.get(case["owner_id"] or 0),
        "taken_by": workers.get(case["taken_by"]),
        "kenmerk": case["kenmerk"],
        "state_title": file.workflow.states[case["state"]].title,
        "ontvangen": iso(case["received"]),
        "aangemaakt": iso(case["registered"]),
        "closed_at": iso(case["closed_at"]) if case["closed_at"] else None,
        "warnings": warnings.warnings(case, file.office.config.gemeenten),
        "now": iso(file.now),
        "codes": dict(case["facts"].get("codes", {})),
    }


def person_of(
    person: PersonRow, file: CaseFile, letters: list[NoticeRow], terms: list[TermRow]
) -> dict[str, object]:
    """Give a person of a case as it shows him.

    Roles today, age, voice, and whether he was informed.
    """
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
    days = {k: iso(v) if v else None for k, v in part(person, _DAYS).items()}
    return (
        part(person, plain)
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
    person: PersonRow, file: CaseFile, letters: list[NoticeRow], terms: list[TermRow]
) -> dict[str, object] | None:
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


def letter_of(
    letters: Letters,
    file: CaseFile,
    notice: NoticeRow,
    terms: list[TermRow],
    people: list[PersonRow],
) -> dict[str, object]:
    """Give a letter of a case: to whom, its state, by when, and what is missing in it."""
    workflow, now, roles = file.workflow, file.now, file.codes.roles
    term = next((t for t in terms if t["id"] == notice["term_id"]), None)
    late = term is not None and term["status"] == "running" and is_late(term, now)
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
        "due": term["due"] if term else None,
        "late": late,
        "version": notice["version"],
        "person": person,
        "gap": opens,
        "old_fact": notice["old_fact"],
        "received": bool(notice["receipt"]),
        "returned": bool(notice["returned"]),
        "sent_on": iso(notice["sent_on"]) if notice["sent_on"] else None,
    }


def reveal(office: Office, number: str, who: Reader, reason: object) -> dict[str, object]:
    """Give what is kept secret on a case (melder, secret addresses, the field groups he has no part
    in) to a worker who says why.

    Written down before it is shown.
    """
    text = reason_given(reason, "waarom u dit nodig hebt", "reason")
    with office.store.read() as connection:
        case = visible(connection, number, who)
        if not gives_reason(who, case):
            raise no_case(number)
        shelf = _shelf(connection, case, who)
        file = _from_shelf(office, connection, case, shelf, who)
        told = _kept_apart(shelf, groups_of(part_of(who, case)))
        whole = (
            _view(file, shelf),
            steps(file, reads.entries(connection, case["id"]), shelf["people"]),
        )
        texts = uncovered(veil_over(office, connection, case, who), whole)
        melder = {k: cell(case, f"melder_{k}") for k in _MELDER}
    groups = [g.name for g in FIELD_GROUPS if _has(g, told, bool(case.get("melder_geheim")))]
    look(office, number, who, f"{SECRETS} ({', '.join(groups)})" if groups else SECRETS, text)
    return {"melder": melder, **told, "teksten": texts}


def _has(group: FieldGroup, told: Mapping[str, list[Any]], secret: bool) -> bool:
    """Tell whether anything of a field group is shown."""
    of_person = {"melder": secret, "adres": told["adressen"], "bsn": told["bsn"]}
    found = any(group.label in f["gevoelig"] for f in told["bevindingen"])
    return bool(of_person.get(group.name, found))


def _kept_apart(shelf: Mapping[str, list[Any]], hidden: frozenset[str]) -> dict[str, list[Any]]:
    """Give the secret addresses of a case, and what of its field groups was hidden so far."""
    people, marks = shelf["people"], labels_of(hidden)
    apart = [p for p in people if p["geheim_adres"]]
    known = [p for p in people if p["bsn"] and "bsn" in hidden]
    return {
        "adressen": [part(p, ("id", "naam", "adres")) for p in apart],
        "bsn": [part(p, ("id", "naam", "bsn")) for p in known],
        "bevindingen": [f for f in findings_of(shelf) if not marks.isdisjoint(f["gevoelig"])],
    }
