"""What of a case goes along to another meldpunt: all that is kept of it, for who takes it on.

Who reported goes along only where the family may know it too (Uitvoeringsbesluit Wmo 2015 art.
4.1.8 lid 3), as in a copy for a betrokkene. Each thing that stays here is named with why.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from amhk.desk.regions.facts import FACTS, READABLE, SCHEMA
from amhk.desk.subjects import access_pack
from amhk.letters.afschrift import Part, afschrift_pdf
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.privacy.veil import Veil, veil_of
from amhk.rules.procedure.workflow import Workflow
from amhk.store import reads
from amhk.store.cases import bundle, erasure
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, Json, PersonRow, Row, TermRow, cell
from amhk.words import day_of, iso, say_day, say_due, say_instant

CHOSEN = "blijft hier, gekozen door wie overdraagt"
_COVER = "[wie meldde]"
_PERSON = (
    *("naam", "voornamen", "voorvoegsel", "geslachtsnaam", "partnernaam", "geboren", "geslacht"),
    *("rollen", "betrokken_als", "adres", "geheim_adres", "bsn", "bsn_bron", "gezag"),
    *("uitgerekend",),
)
_HEAD = ("Wat of wanneer", "Wat er staat")


@dataclass(frozen=True)
class Gathered:
    """The files of a dossier by name, and what stays here: what, and why."""

    files: dict[str, bytes]
    left: list[tuple[str, str]]


def gather(
    office: Office, connection: Connection, case: CaseRow, who: Reader, out: Collection[str]
) -> Gathered:
    """Give the files of a case for another meldpunt, without the attachments whose keys are in
    `out`. OSError or ValueError when an attachment is gone or damaged.
    """
    veil, hidden = _veil(office, connection, case)
    left = [("De naam en de gegevens van de melder", access_pack.ORIGIN)] if hidden else []
    files, papers = _papers(office, connection, case, out, left)
    left = [(veil.over(what), why) for what, why in left]
    told = _facts(office, connection, case, hidden)
    parts = [
        *_parts(told),
        ("Verloop", _HEAD, [*_history(office, connection, case, who)]),
        ("Brieven en bijlagen", ("Bestand", "Wat het is"), papers),
    ]
    shown: list[Part] = [
        (t, h, [(a, veil.over(b)) for a, b in rows]) for t, h, rows in parts if rows
    ]
    if left:
        shown.append(("Wat niet meegaat", ("Wat", "Waarom"), left))
    files[FACTS] = json.dumps(veil.upon(told), ensure_ascii=False, indent=1).encode()
    files[READABLE] = _readable(office, case, shown, day_of(office.now(connection)))
    return Gathered(files, left)


def _veil(office: Office, connection: Connection, case: CaseRow) -> tuple[Veil, bool]:
    """Give the veil over who reported this melding and those that joined it, where that is secret;
    and whether anything is.
    """
    names = ("melder_naam", "melder_bereikbaar", "melder_functie", "melder_organisatie")
    own: Row = {k: cell(case, k) for k in names}
    told_of = access_pack.may_be_named(case)
    found = [*([] if told_of else [own]), *access_pack.melders_joined(connection, case)]
    secret: list[Row] = [{**m, "melder_geheim": True} for m in found if m["melder_naam"]]
    known = [*erasure.names_of_house(connection), case["gemeente"], office.config.organisation]
    return replace(veil_of(secret, [], known), cover=_COVER), bool(secret)


def _papers(
    office: Office,
    connection: Connection,
    case: CaseRow,
    out: Collection[str],
    left: list[tuple[str, str]],
) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """Give the letters that went and the attachments, and what each of them is; those that stay
    here are added to what is left.
    """
    flow = office.pack.workflows[case["workflow"], case["release"]]
    files, told = dict[str, bytes](), list[tuple[str, str]]()
    for row in reads.notices(connection, case["id"]):
        if row["state"] != "sent":
            continue
        day = say_day(row["sent_on"]) if row["sent_on"] else ""
        title = f"{flow.notices[row['kind']].title}, {day}"
        if row["recipient"] == "melder":
            left.append((title, access_pack.ORIGIN))
            continue
        whole = reads.notice(connection, row["id"])
        if whole and whole["pdf"]:
            name = f"brieven/{len(told) + 1:02}-{row['kind']}.pdf"
            files[name] = whole["pdf"]
            told.append((name, title))
    for file in reads.of_case(connection, bundle.ATTACHMENT, case["id"]):
        if str(file["id"]) in out:
            left.append((f"Bijlage {file['name']}", CHOSEN))
            continue
        name = f"bijlagen/{len(told) + 1:02}{Path(file['name']).suffix.lower()}"  # never his words
        files[name] = office.files.read(file["hash"])
        told.append((name, f"{file['name']}, toegevoegd op {say_instant(file['added'])}"))
    return files, told


def _facts(office: Office, connection: Connection, case: CaseRow, hidden: bool) -> Json:
    """Give the case as data, as another meldpunt reads it."""
    codes, key = office.pack.codes_of(case["release"]), case["id"]
    flow = office.pack.workflows[case["workflow"], case["release"]]
    melder = None if hidden else cell(case, "melder_naam")
    return {
        "schema": SCHEMA,
        "number": case["number"],
        "procedure": f"{flow.pack} {flow.release}",
        "state": flow.states[case["state"]].title,
        "finishes": list(case["finishes"]),
        "gemeente": case["gemeente"],
        "received": iso(case["received"]),
        "acuut": bool(case["acuut"]),
        "hoedanigheid": codes.title("hoedanigheid", case["hoedanigheid"]),
        "melder": melder,
        "aanleiding": [codes.title("aanleiding", c) for c in case["aanleiding"]],
        "aard": [codes.title("aard", c) for c in case["aard"]],
        "zorgen": case["zorgen"],
        "people": [_person(p) for p in reads.people_of(connection, key)],
        "findings": [
            {"moment": iso(f["moment"]), **{n: cell(f, n) for n in ("bron", "text", "labels")}}
            for f in reads.of_case(connection, reads.FINDING, key)
        ],
        **_help(connection, key),
        "terms": _running(flow, reads.terms(connection, key, running=True)),
    }


def _running(flow: Workflow, terms: list[TermRow]) -> list[Json]:
    """Give what still runs, but for the answer to this."""
    return [
        {"name": t["name"], "title": rule.title, "due": t["due"], "ground": rule.ground}
        for t in terms
        if t["status"] == "running"
        and t["name"] != flow.other_region.get("term")
        and (rule := flow.terms[t["name"]])
    ]


def _help(connection: Connection, key: int) -> Json:
    """Give to whom a case was referred, and how that went."""
    institutions = {i["id"]: i["name"] for i in reads.institutions(connection, active=False)}
    return {
        "referrals": [
            {
                "institution": institutions.get(r["institution_id"]),
                "moment": iso(r["moment"]),
                "status": r["status"],
                "started": iso(r["started_on"]) if r["started_on"] else None,
            }
            for r in reads.of_case(connection, reads.REFERRAL, key)
        ],
        "checks": [
            {n: _plain(c[n]) for n in ("moment", "passend", "nu_veilig", "hulp_gestart")}
            for c in reads.of_case(connection, reads.CHECK, key)
        ],
    }


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, date) else value


def _person(person: PersonRow) -> Json:
    return {n: _plain(v) for n in _PERSON if (v := cell(person, n)) not in (None, "", [], False)}


def _parts(told: Json) -> Iterator[Part]:
    """Give the facts as parts to read."""
    finishes = ", ".join(str(f) for f in told["finishes"]) or "nog geen"
    about = [
        ("Nummer bij de afzender", told["number"]),
        ("Stand", told["state"]),
        ("Finishes", finishes),
        ("Gemeente", told["gemeente"]),
        ("Ontvangen", told["received"]),
        ("Gemeld door", told["melder"] or told["hoedanigheid"]),
        ("Aanleiding", ", ".join(told["aanleiding"])),
        ("Aard", ", ".join(told["aard"])),
        ("Wat is gemeld", told["zorgen"]),
    ]
    yield "De zaak", _HEAD, [(k, v) for k, v in about if v]
    waits = [(say_due(t["due"]), f"{t['title']} ({t['ground']})") for t in told["terms"]]
    yield "Wat nog liep", ("Uiterlijk", "Wat"), waits
    names = dict(access_pack.OF_PERSON)
    for n, person in enumerate(told["people"], 1):
        rows = [(names.get(k, k), access_pack.said(k, v)) for k, v in person.items()]
        yield f"Betrokkene {n}: {person.get('naam', 'onbekend')}", _HEAD, rows
    found: list[Json] = told["findings"]
    said = [(f["moment"], f"{f['text']} (bron: {f['bron'] or 'niet vermeld'})") for f in found]
    yield "Bevindingen", _HEAD, said
    went = [
        (r["moment"], f"{r['institution']}: {r['status']}, hulp begonnen: {r['started'] or 'nee'}")
        for r in told["referrals"]
    ]
    went += [
        (c["moment"], f"Controle: passend {c['passend']}, nu veilig {c['nu_veilig']}")
        for c in told["checks"]
    ]
    yield "Verwijzingen en controles", _HEAD, went


def _history(
    office: Office, connection: Connection, case: CaseRow, who: Reader
) -> Iterator[tuple[str, str]]:
    for item in access_pack.history(office, connection, case, who):
        yield item.label, item.text


def _readable(office: Office, case: CaseRow, parts: list[Part], today: date) -> bytes:
    return afschrift_pdf(
        f"Dossier {case['number']}, overgedragen",
        office.config.organisation,
        [
            f"Dit is zaak {case['number']} van {office.config.organisation}, zoals zij er op"
            f" {say_day(today)} stond. Zij is overgedragen aan wie dit verzegeld ontving.",
            "De zaak blijft bij de afzender lopen, met al haar termijnen, tot de ontvanger haar"
            " heeft aangenomen.",
        ],
        parts,
        f"{case['number']} · overgedragen dossier",
        office.training,
        today,
    )
