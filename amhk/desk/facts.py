"""The facts of a case as a letter uses them.

Gathered fresh, secret things left out at the source, gaps named with the door that mends them.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from amhk.errors import Opens
from amhk.office import Office
from amhk.rules import people as rules
from amhk.rules.codes import Roles
from amhk.rules.disclosure import LABELS, MOTHERS, PERSON
from amhk.rules.parse import age_on, fold
from amhk.rules.secrecy import Reader
from amhk.rules.workflow import Workflow
from amhk.store import reads
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import BRON, GESLACHT, day_of, iso, say_day, say_partial

_UNKNOWN, NOT_ASKED = "onbekend", "niet gevraagd of niet ingevuld"
_URGENT: dict[object, str] = {True: "spoed", False: "geen spoed", None: NOT_ASKED}
_TO_TELL = timedelta(
    weeks=4
)  # in which somebody hears that data of him are kept (Wmo 2015 art. 5.3.1)
TAKEN = ("accepted", "started")  # a referral that was taken up
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
    office: Office, connection: Connection, case: Row, notice: Row, who: Reader, now: datetime
) -> dict[str, Any]:
    """Give every fact the house has for one notice.

    None where a fact is missing, an empty text where it was left out on purpose.
    """
    facts = _of_house(office) | {
        "zaaknummer": case["number"],
        "vandaag": say_day(day_of(now)),
        "gemeente": case["gemeente"],
        **_worker(connection, case, who),
        "team": _team(connection, case),
        "ontvangen": say_day(day_of(case["received"])),
        **_of_move(notice["facts"]),
        **{
            name: ", ".join(office.pack.codes.title(name, c) for c in case[name])
            for name in ("aanleiding", "aard")
        },
    }
    if case["route"] == "advies":
        return facts | {"advies": case["advies"], "adviesvrager_naam": case["adviesvrager_naam"]}
    flow = office.pack.workflows[case["workflow"], case["release"]]
    facts |= (
        _melding(office, connection, case)
        | _people(office, connection, case, now)
        | _referral(flow, connection, case, notice, day_of(now))
    )
    if notice["recipient"] == "melder":
        facts |= _melder(flow, connection, case, notice)
    return facts | _betrokkene(connection, notice, now)


def _of_house(office: Office) -> dict[str, Any]:
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


def _of_move(told: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was filled in at the move that drafted the letter."""
    texts = ("afspraken", "motivering", "geprobeerde_hulp", "veiligheidsvoorwaarden", "reden")
    return {name: told.get(name, "") for name in texts} | {
        "spoed": _URGENT[told.get("spoed")],
        "op": _day(told.get("op")),
        "naar": told.get("naar"),
        "aan": "het Openbaar Ministerie" if told.get("aan") == "OM" else "de politie",
        "gezaghebbenden_geinformeerd": told.get("gezaghebbenden_geinformeerd"),
    }


def _worker(connection: Connection, case: Row, who: Reader) -> dict[str, str]:
    """Give whose case it is: of a case that is nobody's whoever writes."""
    owner = reads.worker_by(connection, id=case["owner_id"]) if case["owner_id"] else None
    name, registration = (
        (owner["name"], owner["registration"]) if owner else (who.name, who.registration)
    )
    return {"behandelaar": name, "registratie": f" ({registration})" if registration else ""}


def _team(connection: Connection, case: Row) -> str:
    return str(next(t["name"] for t in reads.teams(connection) if t["id"] == case["team_id"]))


def _day(text: object) -> str | None:
    if not isinstance(text, str):
        return None
    return say_day(
        day_of(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text)
    )


def _melding(office: Office, connection: Connection, case: Row) -> dict[str, Any]:
    findings = reads.of_case(connection, reads.FINDING, case["id"])
    told = _last_contents(connection, case["id"])
    return {
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
            office.pack.codes.title("uitkomst", c) for c in told.get("uitkomst", [])
        ),
        "beoordeling": "",
    }


def _last_contents(connection: Connection, case: int) -> dict[str, Any]:
    """Give the latest recorded conclusion and outcome codes, from the journal."""
    import json

    found: dict[str, Any] = {}
    for entry in reads.entries(connection, case):
        content = json.loads(entry["content"] or "{}")
        if "conclusie" in content:
            found |= {k: content[k] for k in ("conclusie", "uitkomst") if k in content}
    return found


def _people(office: Office, connection: Connection, case: Row, now: datetime) -> dict[str, Any]:
    """Give everybody of the case in the lists a letter can name them in.

    Each stands in one of them at least.

    `personen` are all who are born, `jeugdigen` the children among them, `gezaghebbenden` who
    decides for a child or brings it up (also when he is
    a child himself), `overigen` whoever is neither, `ongeborenen` the unborn with who can be the
    mother.
    """
    today, roles = day_of(now), office.pack.codes.roles
    people = reads.of_case(connection, reads.PERSON, case["id"])
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
        or _UNKNOWN,
    }


def _told(p: Row, today: date, young: bool) -> dict[str, Any]:
    return {
        "naam": p["naam"],
        "geboren": say_partial(p["geboren"]),
        "geboren_op": p["geboren"] or _UNKNOWN,
        "geslacht": GESLACHT.get(p["geslacht"], _UNKNOWN).lower(),
        "rollen": ", ".join(rules.roles_on(p, today)) or "betrokkene",
        "adres": p["adres"] or _UNKNOWN,
        "bsn": p["bsn"] or _UNKNOWN,
        "jong": young,
        "gezag": {True: "ja", False: "nee"}.get(p["gezag"], "niet gevraagd"),
        PERSON: p["id"],
        LABELS: {"adres": ("geheim_adres",)} if p["geheim_adres"] else {},
    }


def _unborn(p: Row, women: list[Row]) -> dict[str, Any]:
    """Give an unborn child: by the name it was told by, with who can be the mother as far as that
    was told.
    """
    mothers = " of ".join(w["naam"] for w in women)
    named = (
        ""
        if fold(p["naam"]).strip() in ("ongeboren kind", "ongeboren", "baby", "kind", _UNKNOWN)
        else f"{p['naam']}, "
    )
    whose = (
        f"ongeboren kind van {mothers}"
        if mothers
        else "ongeboren kind, van wie de moeder niet is vastgelegd"
    )
    return {
        "wie": f"{named}{whose}" if named else whose[0].upper() + whose[1:],
        "moeder": mothers or _UNKNOWN,
        "uitgerekend": say_day(p["uitgerekend"]) if p["uitgerekend"] else _UNKNOWN,
        "uitgerekend_op": iso(p["uitgerekend"]) if p["uitgerekend"] else _UNKNOWN,
        PERSON: p["id"],
        MOTHERS: [w["id"] for w in women],
    }


def _referral(
    flow: Workflow, connection: Connection, case: Row, notice: Row, today: date
) -> dict[str, Any]:
    """Give the referral a letter is about, with the days it asks for.

    A day that has passed is asked of nobody (empty).
    """
    names = {i["id"]: i["name"] for i in reads.institutions(connection, active=False)}
    referrals = reads.of_case(connection, reads.REFERRAL, case["id"])
    mine = _referral_of(referrals, notice)
    own = _of_referral(reads.terms(connection, case["id"]), referrals, mine)
    due = {use: own.get(str(flow.referral.get(use))) for use in ("acceptance", "check")}
    letters = reads.notices(connection, case["id"])
    gone = {
        n["institution_id"]
        for n in letters
        if n["kind"] == flow.referral.get("letter") and n["state"] == "sent"
    }
    return {
        "instelling": names.get(notice["institution_id"]),
        "verwezen_op": say_day(day_of(mine["moment"])) if mine else None,
        "uiterlijk": _ahead(due["acceptance"], today),
        "controle_op": _ahead(due["check"], today),
        "overdrachten": [
            {"instelling": names[r["institution_id"]], "op": say_day(day_of(r["moment"]))}
            for r in referrals
            if r["status"] in TAKEN or (r["status"] != "refused" and r["institution_id"] in gone)
        ],
        "eerder_gevraagd": _asked_before(letters, notice),
        "college_gesteld": _college(letters),
    }


def _referral_of(referrals: list[Row], notice: Row) -> Row | None:
    """Give the referral a letter is about: the last to its institution when it was drafted.

    Of a letter to others the last of all.
    """
    mine = [r for r in referrals if notice["institution_id"] in (None, r["institution_id"])]
    before = [r for r in mine if notice["drafted"] is None or r["moment"] <= notice["drafted"]]
    found = before or mine
    return found[-1] if found else None


def _of_referral(terms: list[Row], referrals: list[Row], mine: Row | None) -> dict[str, str]:
    """Give the ends of the terms that belong to a referral, by name.

    Those begun with it, or after it and before the next.
    """
    if mine is None:
        return {}
    end = min((r["entry"] for r in referrals if r["entry"] > mine["entry"]), default=None)
    own = [
        t
        for t in terms
        if t["start_entry"] >= mine["entry"] and (end is None or t["start_entry"] < end)
    ]
    return {t["name"]: t["due"] for t in own if t["status"] != "void"}


def _ahead(due: str | None, today: date) -> str | None:
    """Give a day that is still to come; empty when it has passed, None when there is none."""
    return _day(due) if due is None or due[:10] >= today.isoformat() else ""


def _asked_before(letters: list[Row], notice: Row) -> str:
    """Give when this institution was asked the same before by letter.

    Empty when no such letter went.
    """
    sent = [
        n
        for n in letters
        if n["state"] == "sent"
        and n["recipient"] == "instelling"
        and n["institution_id"] == notice["institution_id"]
    ]
    asked = [
        n["sent_on"]
        for n in sent
        if n["kind"] != notice["kind"] and not n["obligatory"] and n["sent_on"]
    ]
    return say_day(max(asked)) if asked else ""


def _college(letters: list[Row]) -> str:
    """Give in words whether the college was told of the request, from its own letter.

    Empty when there is none.
    """
    own = [n for n in letters if n["recipient"] == "college" and n["state"] != "void"]
    if not own:
        return ""
    if own[-1]["state"] == "sent":
        return f"Het college is op {say_day(own[-1]['sent_on'])} van dit verzoek in kennis gesteld"
    return (
        "Het college is van dit verzoek niet in kennis gesteld"
        if own[-1]["state"] == "withheld"
        else "Het college wordt van dit verzoek in kennis gesteld"
    )


def _melder(flow: Workflow, connection: Connection, case: Row, notice: Row) -> dict[str, Any]:
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
        "corrigeren",
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


def _steps(flow: Workflow, lines: list[Row]) -> list[str]:
    """Give the steps as day and kind, in the words the procedure has for a melder.

    What was found, where to and by whom stays out.
    """
    plain = {name: move.plain for name, move in flow.moves.items() if move.plain}
    return [
        f"{say_day(day_of(line['instant']))}: {plain[line['kind']]}"
        for line in lines
        if line["kind"] in plain
    ]


def _betrokkene(connection: Connection, notice: Row, now: datetime) -> dict[str, Any]:
    if not notice["person_id"]:
        return {}
    person = reads.person_of(connection, notice)
    if person is None or person["naam"].casefold() == _UNKNOWN:
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


def _kinds_of_data(person: Row) -> list[str]:
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
    return [title for name, title in held.items() if person[name] not in (None, "", [])]


MISSING: Mapping[str, tuple[str, str]] = {
    "jeugdigen": ("een jeugdige om wie het gaat", "person"),
    "betrokkene_naam": ("de naam van deze betrokkene", "withhold"),
    "betrokkene_aanhef": ("de naam van deze betrokkene", "withhold"),
    "melder_naam": ("de naam van de melder", "correct"),
    "gezaghebbenden_geinformeerd": ("of de gezaghebbenden zijn geïnformeerd", "withhold"),
    "instelling": ("de instelling", "withhold"),
    "advies": ("het gegeven advies", "correct"),
    "zorgen": ("waar het over gaat", "correct"),
}


def door_of(fact: str, notice: Row) -> Opens:
    """Give where a missing fact can be filled in.

    A letter to somebody unknown can be withheld with a reason.
    """
    kind = MISSING.get(fact, ("", "withhold"))[1]
    if kind == "person":
        return Opens("person", "", (("rollen", ["kind"]),))
    return (
        Opens("withhold", str(notice["id"])) if kind == "withhold" else Opens("move", "corrigeren")
    )


def gap(
    asked: frozenset[str], notice: Row, people: list[Row], today: date, roles: Roles
) -> Opens | None:
    """Give the door for the gap a draft surely has (nobody to write to, no child to write about),
    None when there is none.
    """
    if notice["person_id"]:
        person = next((p for p in people if p["id"] == notice["person_id"]), None)
        if person is None or person["naam"].casefold() == _UNKNOWN:
            return door_of("betrokkene_naam", notice)
    if "jeugdigen" in asked and not any(rules.is_child(p, today, roles) for p in people):
        return door_of("jeugdigen", notice)
    return None


_SOURCES = {
    "het meldpunt (config.toml)": (
        "organisatie",
        "regio",
        "telefoon",
        "email",
        "website",
        "klachten",
        "vertrouwenspersoon",
        "oefening",
    ),
    "uw account": ("behandelaar", "registratie"),
    "de klok": ("vandaag",),
    "de stap die deze brief klaarzette": (
        "motivering",
        "afspraken",
        "geprobeerde_hulp",
        "veiligheidsvoorwaarden",
        "reden",
        "naar",
        "aan",
        "spoed",
        "op",
        "gezaghebbenden_geinformeerd",
    ),
    "het onderzoek": ("bevindingen", "conclusie", "uitkomst"),
    "de mensen op de zaak": (
        "personen",
        "jeugdigen",
        "gezaghebbenden",
        "overigen",
        "ongeborenen",
        "gezin_namen",
        "betrokkene_naam",
        "betrokkene_aanhef",
        "overhandigen",
        "betrokkene_gegevens",
    ),
    "de verwijzing en haar termijnen": (
        "instelling",
        "verwezen_op",
        "uiterlijk",
        "controle_op",
        "overdrachten",
        "eerder_gevraagd",
    ),
    "de andere brieven": ("college_gesteld",),
    "het verloop van de zaak": ("stappen_genomen", "uitgesteld", "te_laat"),
}


def source_of(fact: str) -> str:
    """Give where a fact of a letter comes from, in Dutch."""
    return next((source for source, names in _SOURCES.items() if fact in names), "de zaak")
