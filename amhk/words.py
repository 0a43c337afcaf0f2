"""The vocabulary: official code lists with their titles, roles, and how a date is said in Dutch."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

# Informatieprotocol Beleidsinformatie AMHK 2015 (BWBR0036096), par. 2.3/3.4: single choice.
HOEDANIGHEID = {
    "01": "Politie",
    "02": "Huisarts of praktijkondersteuner",
    "03": "Arts of verpleegkundige jeugdgezondheidszorg",
    "04": "Psychiater",
    "05": "Arts of verpleegkundige ziekenhuis/SEH",
    "06": "Geriater",
    "07": "GZ-psycholoog (zelfstandig)",
    "08": "Medewerker wijkteam",
    "09": "Medewerker gecertificeerde instelling",
    "10": "Medewerker jeugdhulpaanbieder",
    "11": "Medewerker thuiszorg",
    "12": "Medewerker maatschappelijk werk of welzijn",
    "13": "Medewerker vrouwenopvang",
    "14": "Medewerker AMHK",
    "15": "Lid ZAT-team school, leerkracht, directeur",
    "16": "Leerplichtambtenaar",
    "17": "Medewerker gemeente, overig",
    "18": "Professional of vrijwilliger kinderopvang of peuterspeelzaal",
    "19": "Professional van vrijwilligersorganisatie",
    "20": "Professional, anders",
    "30": "Direct betrokkene: pleger",
    "31": "Direct betrokkene: volwassen slachtoffer",
    "32": "Direct betrokkene: kind",
    "33": "Familielid",
    "34": "Sociaal netwerk",
    "35": "Buurtbewoner",
    "36": "Vrijwilliger van vrijwilligersorganisatie",
    "40": "Anders",
    "41": "Onbekend",
}
# idem par. 2.2/3.2: multiple choice.
AANLEIDING = {
    "01": "Partnergeweld",
    "02": "Eergerelateerd geweld",
    "03": "Ouderenmishandeling en ontspoorde zorg",
    "04": "Oudermishandeling, geweld tegen ouders",
    "05": "Huwelijksdwang en achterlating",
    "06": "Kindermishandeling, kindcheck",
    "07": "Kindermishandeling, vechtscheiding",
    "08": "Kindermishandeling, anders",
    "09": "Huiselijk geweld, anders",
}
# idem par. 3.3: multiple choice; 05, 08, 09 and 10 only with kindermishandeling.
AARD = {
    "01": "Lichamelijke mishandeling",
    "02": "Lichamelijke verwaarlozing",
    "03": "Psychisch geweld",
    "04": "Affectieve verwaarlozing",
    "05": "Pedagogische verwaarlozing",
    "06": "Seksueel misbruik",
    "07": "Financiële uitbuiting",
    "08": "Getuige van geweld in gezin",
    "09": "Münchhausen-by-proxy",
    "10": "Vrouwelijke genitale verminking",
    "11": "Anders",
}
AARD_ALLEEN_KIND = frozenset({"05", "08", "09", "10"})
AANLEIDING_KIND = frozenset({"06", "07", "08"})
# idem par. 4.4: multiple choice.
UITKOMST = {
    "01": "Geen huiselijk geweld",
    "02": "Huiselijk geweld niet bevestigd",
    "03": "Huiselijk geweld bevestigd",
    "04": "Geen kindermishandeling",
    "05": "Kindermishandeling niet bevestigd",
    "06": "Kindermishandeling bevestigd",
    "07": "Voortijdig beëindigd: vertrokken, onbekende bestemming",
    "08": "Voortijdig beëindigd: overleden",
}
# Besluit verplichte meldcode (BWBR0033723) art. 2 lid 2.
MELDCODESTAP = {
    "a": "Stap a: signalen in kaart",
    "b": "Stap b: collegiale consultatie en zo nodig advies vragen",
    "c": "Stap c: gesprek met de cliënt",
    "d": "Stap d: afwegingskader toepassen",
    "e": "Stap e: beslissen over melden en hulp",
}
KANAAL = {k: k.capitalize() for k in ("telefoon", "e-mail", "chat", "balie", "brief", "zorgformulier politie")}
GESLACHT = {"V": "Vrouw", "M": "Man", "O": "Onbekend of anders"}
ROL_PERSOON = {
    k: k.capitalize()
    for k in (
        "kind",
        "kind (meerderjarig)",
        "ongeboren kind",
        "ouder",
        "moeder",
        "vader",
        "stiefouder",
        "pleegouder",
        "voogd",
        "partner",
        "ex-partner",
        "broer",
        "zus",
        "grootouder",
        "kleinkind",
        "oom",
        "tante",
        "schoonfamilie",
        "ander familielid",
        "huisgenoot",
        "mantelzorger",
        "verzorger",
        "anders",
    )
}
BETROKKEN_ALS = {
    k: k.capitalize() for k in ("slachtoffer", "vermoedelijk slachtoffer", "pleger", "vermoedelijk pleger", "getuige", "anders")
}
BRON = {
    "eigen waarneming": "Eigen waarneming",
    "betrokkene": "Gesprek met een betrokkene",
    "professional": "Informatie van een professional",
    "vertrouwensarts": "Vertrouwensarts",
    "politie": "Politie",
    "crisisdienst": "Crisisdienst",
    "anders": "Anders",
}
VERZENDWIJZE = {k: k.capitalize() for k in ("post", "beveiligde mail", "portaal", "CORV", "persoonlijk", "telefonisch")}
SCHAAL = {k: k.capitalize() for k in ("lokaal", "subregionaal", "regionaal", "bovenregionaal")}
# Seed 001 bijlage 4 (prestatie-indicatoren 1 and 3).
REDEN_EINDE = {
    "1.1": "Eenzijdig door de cliënt beëindigd",
    "1.2": "Afgebroken door bureau of aanbieder",
    "2": "Anders beëindigd",
}
JA_NEE = {"ja": "Ja", "nee": "Nee"}
PASSEND = {"ja": "Ja", "deels": "Deels", "nee": "Nee"}
VEILIG = {"ja": "Ja", "nee": "Nee", "onbekend": "Onbekend"}
PERSOONSGEGEVENS = {"vernietigen": "Vernietigen", "bewaren": "Bewaren"}
VERVOLG_ADVIES = {"advies_gegeven": "Advies gegeven: klaar", "ondersteunen": "Wij ondersteunen bij de uitvoering"}

LISTS: dict[str, Mapping[str, str]] = {
    "hoedanigheid": HOEDANIGHEID,
    "aanleiding": AANLEIDING,
    "aard": AARD,
    "uitkomst": UITKOMST,
    "meldcodestap": MELDCODESTAP,
    "kanaal": KANAAL,
    "geslacht": GESLACHT,
    "rollen": ROL_PERSOON,
    "betrokken_als": BETROKKEN_ALS,
    "bron": BRON,
    "verzendwijze": VERZENDWIJZE,
    "reden_einde": REDEN_EINDE,
    "ja_nee": JA_NEE,
    "passend": PASSEND,
    "veilig": VEILIG,
    "persoonsgegevens": PERSOONSGEGEVENS,
    "vervolg_advies": VERVOLG_ADVIES,
}

ROLES = {
    "medewerker": "Medewerker",
    "gedragswetenschapper": "Gedragswetenschapper",
    "vertrouwensarts": "Vertrouwensarts",
    "teamleider": "Teamleider",
    "manager": "Manager",
    "piket": "Piketdienst",
    "beheerder": "Functioneel beheerder",
    "rapportage": "Rapportage",
}
REGIONS = {
    "rotterdam-rijnmond": "Rotterdam-Rijnmond",
    "utrecht": "Utrecht",
    "zuid-holland-zuid": "Zuid-Holland Zuid",
    "zuid-kennemerland-ijmond": "Zuid-Kennemerland en IJmond",
}

DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]


_SHORT = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]


def some(count: int, one: str, many: str) -> str:
    """Give a number of things in words that agree: `1 zaak`, `2 zaken`."""
    return f"{count} {one if count == 1 else many}"


def say_day(day: date) -> str:
    """Give a day as staff say it: `wo 4 februari 2026`."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """Give a day without its year: `wo 4 feb`."""
    return f"{DAYS[day.weekday()]} {day.day} {_SHORT[day.month - 1]}"


def local(instant: datetime) -> datetime:
    """Give an instant in Amsterdam time; the only place where UTC becomes local."""
    return instant.astimezone(AMSTERDAM)


def day_of(instant: datetime) -> date:
    """Give the Amsterdam day on which an instant falls."""
    return local(instant).date()


def start_of(day: date) -> datetime:
    """Give the UTC instant at which an Amsterdam day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Give the UTC instant at which an Amsterdam day is over (24:00)."""
    return start_of(day + timedelta(days=1))


def say_instant(instant: datetime) -> str:
    """Give an instant as staff say it: `wo 4 februari 2026 om 16.20 uur`."""
    here = local(instant)
    return f"{say_day(here.date())} om {here:%H.%M} uur"


def iso(value: date | datetime) -> str:
    """Give a day as `YYYY-MM-DD`, an instant as ISO 8601 with the Amsterdam offset."""
    return _iso_instant(value) if isinstance(value, datetime) else value.isoformat()


@lru_cache(maxsize=4096)
def _iso_instant(value: datetime) -> str:
    return local(value).isoformat(timespec="seconds")
