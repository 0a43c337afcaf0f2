"""The facts of a case as a letter uses them: gathered fresh, secret things left out at the source, gaps named with the door that mends them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from amhk.errors import Opens
from amhk.office import Office
from amhk.rules.disclosure import LABELS
from amhk.rules.parse import age_on
from amhk.rules.people import is_unborn
from amhk.rules.secrecy import Reader
from amhk.store import reads
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import BRON, GESLACHT, day_of, iso, say_day, say_partial

_UNKNOWN = "onbekend"
# Facts that may be empty: the letter reads well without them.
OPTIONAL = frozenset(
    {
        "registratie", "oefening", "afspraken", "motivering", "aanleiding", "aard", "uitkomst", "beoordeling", "bevindingen", "gezaghebbenden",
        "personen", "ongeborenen", "stappen_genomen", "conclusie", "gezin_namen", "geprobeerde_hulp", "veiligheidsvoorwaarden", "reden",
        "email", "website", "klachten", "vertrouwenspersoon", "overdrachten", "uitgesteld", "eerder_gevraagd",
    }
)  # fmt: skip


def gather(office: Office, connection: Connection, case: Row, notice: Row, who: Reader, now: datetime) -> dict[str, Any]:
    """Give every fact the house has for one notice; None where a fact is missing, an empty text where it was left out on purpose."""
    facts = _of_house(office) | {
        "zaaknummer": case["number"], "vandaag": say_day(day_of(now)), "gemeente": case["gemeente"], "behandelaar": who.name,
        "team": _team(connection, case), "registratie": f" ({who.registration})" if who.registration else "",
        "ontvangen": say_day(day_of(case["received"])), **_of_move(notice["facts"]),
        **{name: ", ".join(office.pack.codes.title(name, c) for c in case[name]) for name in ("aanleiding", "aard")},
    }  # fmt: skip
    if case["route"] == "advies":
        return facts | {"advies": case["advies"], "adviesvrager_naam": case["adviesvrager_naam"]}
    facts |= _melding(office, connection, case) | _people(connection, case, now) | _referral(connection, case, notice)
    if notice["recipient"] == "melder":
        facts |= _melder(connection, case, notice)
    return facts | _betrokkene(connection, notice, now)


def _of_house(office: Office) -> dict[str, Any]:
    style = office.config.style
    return {
        "regio": office.config.region, "organisatie": office.config.organisation, "telefoon": office.config.phone, "email": style.email,
        "website": style.website, "klachten": style.complaints, "vertrouwenspersoon": style.confidant, "oefening": "ja" if office.training else "",
    }  # fmt: skip


def _of_move(told: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was filled in at the move that drafted the letter."""
    texts = ("afspraken", "motivering", "geprobeerde_hulp", "veiligheidsvoorwaarden", "reden")
    return {name: told.get(name, "") for name in texts} | {
        "spoed": "spoed" if told.get("spoed") else "geen spoed", "op": _day(told.get("op")), "naar": told.get("naar"),
        "aan": "het Openbaar Ministerie" if told.get("aan") == "OM" else "de politie",
        "gezaghebbenden_geinformeerd": told.get("gezaghebbenden_geinformeerd"),
    }  # fmt: skip


def _team(connection: Connection, case: Row) -> str:
    return str(next(t["name"] for t in reads.teams(connection) if t["id"] == case["team_id"]))


def _day(text: object) -> str | None:
    if not isinstance(text, str):
        return None
    return say_day(day_of(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text))


def _melding(office: Office, connection: Connection, case: Row) -> dict[str, Any]:
    findings = reads.of_case(connection, reads.FINDING, case["id"])
    told = _last_contents(connection, case["id"])
    return {
        "zorgen": "" if case["melder_geheim"] else case["zorgen"],
        "bevindingen": [
            {"tekst": f["text"], "bron": BRON[f["bron"]].lower(), "op": say_day(day_of(f["moment"])), LABELS: {"": f["labels"]}}
            for f in findings
        ],
        "conclusie": told.get("conclusie", ""), "uitkomst": ", ".join(office.pack.codes.title("uitkomst", c) for c in told.get("uitkomst", [])),
        "beoordeling": "",
    }  # fmt: skip


def _last_contents(connection: Connection, case: int) -> dict[str, Any]:
    """Give the latest recorded conclusion and outcome codes, from the journal."""
    import json

    found: dict[str, Any] = {}
    for entry in reads.entries(connection, case):
        content = json.loads(entry["content"] or "{}")
        if "conclusie" in content:
            found |= {k: content[k] for k in ("conclusie", "uitkomst") if k in content}
    return found


def _people(connection: Connection, case: Row, now: datetime) -> dict[str, Any]:
    today = day_of(now)
    people = reads.of_case(connection, reads.PERSON, case["id"])
    told = [
        {
            "naam": p["naam"], "geboren": say_partial(p["geboren"]), "geboren_op": p["geboren"] or _UNKNOWN, "geslacht": GESLACHT.get(p["geslacht"], _UNKNOWN).lower(),
            "rollen": ", ".join(p["rollen"]) or "betrokkene", "adres": p["adres"] or _UNKNOWN, "bsn": p["bsn"] or _UNKNOWN,
            "jong": _young(p, today), "gezag": {True: "ja", False: "nee"}.get(p["gezag"], _UNKNOWN),
            LABELS: {"adres": ("geheim_adres",)} if p["geheim_adres"] else {},
        }
        for p in people
    ]  # fmt: skip
    rows = list(zip(told, people, strict=True))
    mothers = [p["naam"] for p in people if "ouder" in p["rollen"] and p["geslacht"] == "V"]
    unborn = [
        {
            "moeder": ", ".join(mothers) or _UNKNOWN,
            "uitgerekend": say_day(p["uitgerekend"]) if p["uitgerekend"] else _UNKNOWN,
            "uitgerekend_op": iso(p["uitgerekend"]) if p["uitgerekend"] else _UNKNOWN,
        }
        for p in people
        if is_unborn(p)
    ]
    young = [p for p, row in rows if p["jong"] and not is_unborn(row)]
    born = [p for p, row in rows if not is_unborn(row)]
    return {
        "personen": born, "jeugdigen": young if young or unborn else None, "ongeborenen": unborn,
        "gezin_namen": ", ".join(p["naam"] for p in born) or _UNKNOWN,
        "gezaghebbenden": [p for p, row in rows if row["gezag"] or (not p["jong"] and "ouder" in row["rollen"])],
    }  # fmt: skip


def _young(person: Row, today: date) -> bool:
    age = age_on(person["geboren"], today)
    return age < 18 if age is not None else "kind" in person["rollen"] or "ongeboren kind" in person["rollen"]


def _referral(connection: Connection, case: Row, notice: Row) -> dict[str, Any]:
    names = {i["id"]: i["name"] for i in reads.institutions(connection, active=False)}
    referrals = reads.of_case(connection, reads.REFERRAL, case["id"])
    terms = {t["name"]: t for t in reads.terms(connection, case["id"]) if t["status"] != "void"}
    due = {n: terms[n]["due"] if n in terms else None for n in ("acceptatie_verwijzing", "voortgangscontrole")}
    return {
        "instelling": names.get(notice["institution_id"]), "verwezen_op": say_day(day_of(referrals[-1]["moment"])) if referrals else None,
        "uiterlijk": _day(due["acceptatie_verwijzing"]), "controle_op": _day(due["voortgangscontrole"]),
        "overdrachten": [
            {"instelling": names[r["institution_id"]], "op": say_day(day_of(r["moment"]))} for r in referrals if r["status"] != "refused"
        ],
        "eerder_gevraagd": "",
    }  # fmt: skip


def _melder(connection: Connection, case: Row, notice: Row) -> dict[str, Any]:
    """The melder of this case, or of the vervolgmelding the notice is about; the steps taken, without substance."""
    about = reads.about(connection, case, notice)
    hidden = {"oud_gegeven", "termijn_herrekend", "herinnering", "persoon_toegevoegd", "bericht", "corrigeren"}
    since = about["registered"]
    lines = [e for e in reads.entries(connection, case["id"]) if e["kind"] not in hidden and e["instant"] >= since]
    received = say_day(day_of(about["received"]))
    return {
        "melder_naam": about["melder_naam"], "ontvangen": received, "zaaknummer": about["number"],
        "stappen_genomen": [f"{received}: uw melding is ontvangen", *_steps(lines)],
    }  # fmt: skip


def _steps(lines: list[Row]) -> list[str]:
    """Give the steps as day and kind; what was found, where to and by whom stays out."""
    told = []
    for line in lines:
        if (title := _PLAIN_STEPS.get(line["kind"])) is not None:
            told.append(f"{say_day(day_of(line['instant']))}: {title}")
    return told


_PLAIN_STEPS = {
    "veiligheidsbeoordeling": "de veiligheid is beoordeeld",
    "onderzoek_besluiten": "wij zijn een onderzoek begonnen",
    "onderzoek_afronden": "het onderzoek is afgerond",
}


def _betrokkene(connection: Connection, notice: Row, now: datetime) -> dict[str, Any]:
    if not notice["person_id"]:
        return {}
    person = reads.person_of(connection, notice)
    if person is None or person["naam"].casefold() == _UNKNOWN:
        return {"betrokkene_naam": None, "betrokkene_aanhef": None}
    age = age_on(person["geboren"], day_of(now))
    # Wmo 2015 art. 5.3.2: under 12 the legal guardian acts for the child.
    aanhef = f"de wettelijk vertegenwoordiger van {person['naam']}" if age is not None and age < 12 else person["naam"]
    late = any(d["kind"] == "uitgesteld" for d in notice["decisions"])
    return {
        "betrokkene_naam": person["naam"], "betrokkene_aanhef": aanhef, "overhandigen": person["geheim_adres"],
        "uitgesteld": "ja" if late else "",
    }  # fmt: skip


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
    """Give where a missing fact can be filled in; a letter to somebody unknown can be withheld with a reason."""
    kind = MISSING.get(fact, ("", "withhold"))[1]
    if kind == "person":
        return Opens("person", "", (("rollen", ["kind"]),))
    return Opens("withhold", str(notice["id"])) if kind == "withhold" else Opens("move", "corrigeren")


def gap(asked: frozenset[str], notice: Row, people: list[Row], today: date) -> Opens | None:
    """Give the door for the gap a draft surely has (nobody to write to, no child to write about), None when there is none."""
    if notice["person_id"]:
        person = next((p for p in people if p["id"] == notice["person_id"]), None)
        if person is None or person["naam"].casefold() == _UNKNOWN:
            return door_of("betrokkene_naam", notice)
    if "jeugdigen" in asked and not any(_young(p, today) for p in people):
        return door_of("jeugdigen", notice)
    return None


_SOURCES = {
    "het meldpunt (config.toml)": ("organisatie", "regio", "telefoon", "email", "website", "klachten", "vertrouwenspersoon", "oefening"),
    "uw account": ("behandelaar", "registratie"), "de klok": ("vandaag",),
    "de stap die deze brief klaarzette": (
        "motivering", "afspraken", "geprobeerde_hulp", "veiligheidsvoorwaarden", "reden", "naar", "aan", "spoed", "op", "gezaghebbenden_geinformeerd",
    ),
    "het onderzoek": ("bevindingen", "conclusie", "uitkomst"),
    "de mensen op de zaak": ("personen", "jeugdigen", "gezaghebbenden", "ongeborenen", "gezin_namen", "betrokkene_naam", "betrokkene_aanhef", "overhandigen"),
    "de verwijzing en haar termijnen": ("instelling", "verwezen_op", "uiterlijk", "controle_op", "overdrachten", "eerder_gevraagd"),
    "het verloop van de zaak": ("stappen_genomen", "uitgesteld"),
}  # fmt: skip


def source_of(fact: str) -> str:
    """Give where a fact of a letter comes from, in Dutch."""
    return next((source for source, names in _SOURCES.items() if fact in names), "de zaak")
