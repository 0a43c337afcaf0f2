"""The facts of a case as a letter uses them.

Gathered fresh, secret things left out at the source, gaps named with the door that mends them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from amhk.desk.letters.referral_facts import day_told, referral_facts
from amhk.desk.letters.safety_facts import safety_facts
from amhk.office import Office
from amhk.rules.parse import age_on, fold
from amhk.rules.people import people as rules
from amhk.rules.privacy.disclosure import LABELS, MOTHERS, PERSON
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.workflow import Workflow
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, JournalLine, NoticeRow, PersonRow, Row, cell
from amhk.words import BRON, GESLACHT, day_of, iso, say_day, say_partial

UNKNOWN, NOT_ASKED = "onbekend", "niet gevraagd of niet ingevuld"
_URGENT: dict[object, str] = {True: "spoed", False: "geen spoed", None: NOT_ASKED}
_TO_TELL = timedelta(
    weeks=4
)  # in which somebody hears that data of him are kept (Wmo 2015 art. 5.3.1)
# Facts that may be empty: the letter reads well without them.
OPTIONAL = frozenset(
    {
        "registratie",
        "oefening",
        "afspraken",
        "motivering",
        "aanleiding",
        "aard",
        "uitkomst",
        "beoordeling",
        "bevindingen",
        "veiligheid",
        "gezaghebbenden",
        "personen",
        "overigen",
        "ongeborenen",
        "stappen_genomen",
        "conclusie",
        "gezin_namen",
        "geprobeerde_hulp",
        "veiligheidsvoorwaarden",
        "reden",
        "email",
        "website",
        "klachten",
        "vertrouwenspersoon",
        "overdrachten",
        "uitgesteld",
        "te_laat",
        "eerder_gevraagd",
        "college_gesteld",
        "betrokkene_gegevens",
    }
)


def gather(
    office: Office,
    connection: Connection,
    case: CaseRow,
    notice: NoticeRow,
    who: Reader,
    now: datetime,
) -> dict[str, object]:
    """Give every fact the house has for one notice.

    None where a fact is missing, an empty text where it was left out on purpose.
    """
    codes = office.pack.codes_of(case["release"])
    facts = _of_house(office) | {
        "zaaknummer": case["number"],
        "vandaag": say_day(day_of(now)),
        "gemeente": case["gemeente"],
        **_worker(connection, case, who),
        "team": _team(connection, case),
        "ontvangen": say_day(day_of(case["received"])),
        **_of_move(notice["facts"]),
        **{
            name: ", ".join(codes.title(name, c) for c in case[name])
            for name in ("aanleiding", "aard")
        },
    }
    if case["route"] == "advies":
        return facts | {"advies": case["advies"], "adviesvrager_naam": case["adviesvrager_naam"]}
    flow = office.pack.workflows[case["workflow"], case["release"]]
    facts |= (
        _melding(office, connection, case, flow)
        | _people(office, connection, case, now)
        | referral_facts(flow, connection, case, notice, day_of(now))
    )
    if notice["recipient"] == "melder":
        facts |= _melder(flow, connection, case, notice)
    return facts | _betrokkene(connection, notice, now)


def _of_house(office: Office) -> dict[str, object]:
    style = office.config.style
    return {
        "regio": office.config.region,
        "organisatie": office.config.organisation,
        "telefoon": office.config.phone,
        "email": style.email,
        "website": style.website,
        "klachten": style.complaints,
        "vertrouwenspersoon": style.confidant,
        "oefening": "ja" if office.training else "",
    }


def _of_move(told: Mapping[str, object]) -> dict[str, object]:
    """Give what was filled in at the move that drafted the letter."""
    texts = ("afspraken", "motivering", "geprobeerde_hulp", "veiligheidsvoorwaarden", "reden")
    return {name: told.get(name, "") for name in texts} | {
        "spoed": _URGENT[told.get("spoed")],
        "op": day_told(told.get("op")),
        "naar": told.get("naar"),
        "aan": "het Openbaar Ministerie" if told.get("aan") == "OM" else "de politie",
        "gezaghebbenden_geinformeerd": told.get("gezaghebbenden_geinformeerd"),
    }


def _worker(connection: Connection, case: CaseRow, who: Reader) -> dict[str, str]:
    """Give whose case it is: of a case that is nobody's whoever writes."""
    owner = reads.worker_by(connection, id=case["owner_id"]) if case["owner_id"] else None
    name, registration = (
        (owner["name"], owner["registration"]) if owner else (who.name, who.registration)
    )
    return {"behandelaar": name, "registratie": f" ({registration})" if registration else ""}


def _team(connection: Connection, case: CaseRow) -> str:
    return str(next(t["name"] for t in reads.teams(connection) if t["id"] == case["team_id"]))


def _melding(
    office: Office, connection: Connection, case: CaseRow, flow: Workflow
) -> dict[str, object]:
    findings = reads.of_case(connection, reads.FINDING, case["id"])
    lines, people = reads.entries(connection, case["id"]), reads.people_of(connection, case["id"])
    told = _last_contents(lines)
    return safety_facts(flow, office.pack.codes_of(case["release"]), lines, people) | {
        "zorgen": "" if case["melder_geheim"] else case["zorgen"],
        "bevindingen": [
            {
                "tekst": f["text"],
                "bron": BRON[f["bron"]].lower() if f["bron"] else NOT_ASKED,
                "op": say_day(day_of(f["moment"])),
                LABELS: {"": f["labels"]},
            }
            for f in findings
        ],
        "conclusie": told.get("conclusie", ""),
        "uitkomst": ", ".join(
            office.pack.codes_of(case["release"]).title("uitkomst", c)
            for c in told.get("uitkomst", [])
        ),
        "beoordeling": "",
    }


def _last_contents(lines: Sequence[JournalLine]) -> dict[str, Any]:
    """Give the latest recorded conclusion and outcome codes, from the journal."""
    import json

    found: dict[str, object] = {}
    for entry in lines:
        content = json.loads(entry["content"] or "{}")
        if "conclusie" in content:
            found |= {k: content[k] for k in ("conclusie", "uitkomst") if k in content}
    return found


def _people(
    office: Office, connection: Connection, case: CaseRow, now: datetime
) -> dict[str, object]:
    """Give everybody of the case in the lists a letter can name them in.

    Each stands in one of them at least.

    `personen` are all who are born, `jeugdigen` the children among them, `gezaghebbenden` who
    decides for a child or brings it up (also when he is
    a child himself), `overigen` whoever is neither, `ongeborenen` the unborn with who can be the
    mother.
    """
    today, roles = day_of(now), office.pack.codes_of(case["release"]).roles
    people = reads.people_of(connection, case["id"])
    born = [p for p in people if not rules.is_unborn(p, roles)]
    told = {p["id"]: _told(p, today, rules.is_child(p, today, roles)) for p in born}
    young = [told[p["id"]] for p in born if told[p["id"]]["jong"]]
    decide = [p["id"] for p in born if rules.answers_for(p, roles, today)]
    mothers = [p for p in born if rules.may_carry(p, roles, today)]
    unborn = [_unborn(p, mothers) for p in people if p["id"] not in told]
    return {
        "personen": list(told.values()),
        "jeugdigen": young if young or unborn else None,
        "ongeborenen": unborn,
        "gezaghebbenden": [told[key] for key in decide],
        "overigen": [p for key, p in told.items() if not p["jong"] and key not in decide],
        "gezin_namen": ", ".join([p["naam"] for p in told.values()] + [u["wie"] for u in unborn])
        or UNKNOWN,
    }


def _told(p: Row, today: date, young: bool) -> dict[str, Any]:
    return {
        "naam": p["naam"],
        "geboren": say_partial(p["geboren"]),
        "geboren_op": p["geboren"] or UNKNOWN,
        "geslacht": GESLACHT.get(p["geslacht"], UNKNOWN).lower(),
        "rollen": ", ".join(rules.roles_on(p, today)) or "betrokkene",
        "adres": p["adres"] or UNKNOWN,
        "bsn": p["bsn"] or UNKNOWN,
        "jong": young,
        "gezag": {True: "ja", False: "nee"}.get(p["gezag"], "niet gevraagd"),
        PERSON: p["id"],
        LABELS: {"adres": ("geheim_adres",)} if p["geheim_adres"] else {},
    }


def _unborn(p: PersonRow, women: list[PersonRow]) -> dict[str, object]:
    """Give an unborn child: by the name it was told by, with who can be the mother as far as that
    was told.
    """
    mothers = " of ".join(w["naam"] for w in women)
    named = (
        ""
        if fold(p["naam"]).strip() in ("ongeboren kind", "ongeboren", "baby", "kind", UNKNOWN)
        else f"{p['naam']}, "
    )
    whose = (
        f"ongeboren kind van {mothers}"
        if mothers
        else "ongeboren kind, van wie de moeder niet is vastgelegd"
    )
    return {
        "wie": f"{named}{whose}" if named else whose[0].upper() + whose[1:],
        "moeder": mothers or UNKNOWN,
        "uitgerekend": say_day(p["uitgerekend"]) if p["uitgerekend"] else UNKNOWN,
        "uitgerekend_op": iso(p["uitgerekend"]) if p["uitgerekend"] else UNKNOWN,
        PERSON: p["id"],
        MOTHERS: [w["id"] for w in women],
    }


def _melder(
    flow: Workflow, connection: Connection, case: CaseRow, notice: NoticeRow
) -> dict[str, object]:
    """The melder of this case, or of the vervolgmelding the notice is about.

    The steps taken, without substance.
    """
    about = reads.about(connection, case, notice)
    hidden = {
        "oud_gegeven",
        "termijn_herrekend",
        "herinnering",
        "persoon_toegevoegd",
        "bericht",
        flow.correcting,
    }
    since = about["registered"]
    lines = [
        e
        for e in reads.entries(connection, case["id"])
        if e["kind"] not in hidden and e["instant"] >= since
    ]
    received = say_day(day_of(about["received"]))
    return {
        "melder_naam": about["melder_naam"],
        "ontvangen": received,
        "zaaknummer": about["number"],
        "stappen_genomen": [f"{received}: uw melding is ontvangen", *_steps(flow, lines)],
    }


def _steps(flow: Workflow, lines: list[JournalLine]) -> list[str]:
    """Give the steps as day and kind, in the words the procedure has for a melder.

    What was found, where to and by whom stays out.
    """
    plain = {name: move.plain for name, move in flow.moves.items() if move.plain}
    return [
        f"{say_day(day_of(line['instant']))}: {plain[line['kind']]}"
        for line in lines
        if line["kind"] in plain
    ]


def _betrokkene(connection: Connection, notice: NoticeRow, now: datetime) -> dict[str, object]:
    if not notice["person_id"]:
        return {}
    person = reads.person_of(connection, notice)
    if person is None or person["naam"].casefold() == UNKNOWN:
        return {"betrokkene_naam": None, "betrokkene_aanhef": None, "betrokkene_namens": None}
    age = age_on(person["geboren"], day_of(now))
    # Wmo 2015 art. 5.3.2: under 12 the legal guardian acts for the child.
    namens = person["naam"] if age is not None and age < 12 else ""
    aanhef = f"de wettelijk vertegenwoordiger van {namens}" if namens else person["naam"]
    limit = day_of(notice["drafted"] or now) + _TO_TELL
    until = [d["new_date"] for d in notice["decisions"] if d["kind"] == "uitgesteld"]
    late, put_off = day_of(now) > limit, any(day > iso(limit) for day in until)
    return {
        "betrokkene_naam": person["naam"],
        "betrokkene_aanhef": aanhef,
        "betrokkene_namens": namens,
        "overhandigen": person["geheim_adres"],
        "uitgesteld": "ja" if put_off else "",
        "te_laat": "ja" if late and not put_off else "",
        "betrokkene_gegevens": _kinds_of_data(person),
    }


def _kinds_of_data(person: PersonRow) -> list[str]:
    """Give which kinds of data are recorded of somebody, from what is recorded (Wmo 2015 art.
    5.3.1).
    """
    held = {
        "naam": "naam",
        "geboren": "geboortedatum",
        "geslacht": "geslacht",
        "adres": "adres",
        "bsn": "BSN",
        "gezag": "gezag",
        "rollen": "rol in het gezin",
    }
    if (born := str(person["geboren"] or "")) and len(born) < 10:
        held["geboren"] = "geboortejaar" if len(born) == 4 else "geboortemaand en -jaar"
    return [title for name, title in held.items() if cell(person, name) not in (None, "", [])]
