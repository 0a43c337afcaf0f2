"""The vocabulary: the lists the machinery itself speaks of, roles, and how a date is
said in Dutch.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

# The code lists that are data (`workflows/<pack>/codelijsten.toml`), each code with the days on
# which it holds.
CODE_LISTS = (
    "hoedanigheid",
    "aanleiding",
    "aard",
    "uitkomst",
    "vervolg_melding",
    "vervolg_onderzoek",
    "kanaal",
    "rollen",
    "betrokken_als",
    "bsn_bron",
    "bewaargrond",
)
# Lists a field may choose from whose values stand in the database or the settings.
LIVE_LISTS = (
    "gemeente",
    "instelling",
    "medewerker",
    "bevoegd",
    "team",
    "stap",
    "persoon",
    "bevinding",
    "contact",
)
# Besluit verplichte meldcode (BWBR0033723) art. 2 lid 2.
MELDCODESTAP = {
    "a": "Stap a: signalen in kaart",
    "b": "Stap b: collegiale consultatie en zo nodig advies vragen",
    "c": "Stap c: gesprek met de cliënt",
    "d": "Stap d: afwegingskader toepassen",
    "e": "Stap e: beslissen over melden en hulp",
}
GESLACHT = {"V": "Vrouw", "M": "Man", "O": "Onbekend of anders"}
BRON = {
    "eigen waarneming": "Eigen waarneming",
    "betrokkene": "Gesprek met een betrokkene",
    "professional": "Informatie van een professional",
    "vertrouwensarts": "Vertrouwensarts",
    "politie": "Politie",
    "crisisdienst": "Crisisdienst",
    "anders": "Anders",
}
VERZENDWIJZE = {
    k: k[:1].upper() + k[1:]
    for k in ("post", "beveiligde mail", "portaal", "CORV", "persoonlijk", "telefonisch")
}
GEVOELIG = {
    "medisch": "Medisch",
    "strafrechtelijk": "Strafrechtelijk",
    "ouder": "Verteld door een ouder alleen",
}
AAN = {"politie": "Politie", "OM": "Openbaar Ministerie"}
SCHAAL = {k: k.capitalize() for k in ("lokaal", "subregionaal", "regionaal", "bovenregionaal")}
# Seed 001 bijlage 4 (prestatie-indicatoren 1 and 3).
REDEN_EINDE = {
    "1.1": "Eenzijdig door de cliënt beëindigd",
    "1.2": "Afgebroken door bureau of aanbieder",
    "2": "Anders beëindigd",
}
# Seed 001 bijlage 4 (prestatie-indicator 6) and 002 (tegenkracht).
KADER = {
    "vrijwillig naar gedwongen": "Van vrijwillig naar gedwongen kader",
    "gedwongen naar vrijwillig": "Van gedwongen naar vrijwillig kader",
}
TEGENKRACHT = {"klacht": "Klacht", "second opinion": "Second opinion", "ombudsman": "Ombudsman"}
# Wmo 2015 art. 5.3.3 en 5.3.6.
VERSTREKKINGSGROND = {
    "toestemming": "Met toestemming (Wmo 2015 art. 5.3.3)",
    "medewerking": "Moet beroepsmatig meewerken (Wmo 2015 art. 5.3.3)",
    "wet": "De wet verplicht ertoe",
    "onderzoek": "Voor statistiek of onderzoek (Wmo 2015 art. 5.3.6)",
}
JA_NEE = {"ja": "Ja", "nee": "Nee"}
PASSEND = {"ja": "Ja", "deels": "Deels", "nee": "Nee", "onbekend": "Onbekend: niet te beoordelen"}
VEILIG = {"ja": "Ja", "nee": "Nee", "onbekend": "Onbekend"}
PERSOONSGEGEVENS = {"vernietigen": "Vernietigen", "bewaren": "Bewaren"}

LISTS: dict[str, Mapping[str, str]] = {
    "meldcodestap": MELDCODESTAP,
    "geslacht": GESLACHT,
    "bron": BRON,
    "verzendwijze": VERZENDWIJZE,
    "gevoelig": GEVOELIG,
    "aan": AAN,
    "reden_einde": REDEN_EINDE,
    "kader": KADER,
    "tegenkracht": TEGENKRACHT,
    "ja_nee": JA_NEE,
    "passend": PASSEND,
    "veilig": VEILIG,
    "persoonsgegevens": PERSOONSGEGEVENS,
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
    "inspectie": "Inspectie",
    "vertrouwenspersoon": "Vertrouwenspersoon",
    "auditor": "Toezicht op inzage",
}
# The roles a procedure may speak of: who only reads what he is shown has no part in it.
IN_PROCEDURE = tuple(ROLES)[:8]
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


def say_partial(text: str | None) -> str:
    """Give a day of birth as it is known, in words.

    `14 mei 2018`, `mei 2018`, `2018`, or `onbekend`.
    """
    if not text:
        return "onbekend"
    year, _, rest = text.partition("-")
    month, _, day = rest.partition("-")
    return " ".join(filter(None, [day.lstrip("0"), MONTHS[int(month) - 1] if month else "", year]))


def short_day(day: date) -> str:
    """Give a day without its year: `wo 4 feb`."""
    return f"{DAYS[day.weekday()]} {day.day} {_SHORT[day.month - 1]}"


def local(instant: datetime) -> datetime:
    """Give an instant in Amsterdam time; the only place where UTC becomes local."""
    return instant.astimezone(AMSTERDAM)


def day_of(instant: datetime) -> date:
    """Give the Amsterdam day on which an instant falls."""
    return local(instant).date()


@lru_cache(maxsize=4096)
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


@lru_cache(maxsize=4096)
def say_due(due: str) -> str:
    """Give the end of a term in words, from how it is kept: a day, or an instant."""
    return (
        say_instant(datetime.fromisoformat(due)) if "T" in due else say_day(date.fromisoformat(due))
    )


def iso(value: date | datetime) -> str:
    """Give a day as `YYYY-MM-DD`, an instant as ISO 8601 with the Amsterdam offset."""
    return _iso_instant(value) if isinstance(value, datetime) else value.isoformat()


@lru_cache(maxsize=4096)
def _iso_instant(value: datetime) -> str:
    return local(value).isoformat(timespec="seconds")


def titled(title: str, of: str | None) -> str:
    """Give a title with what it is of, where it is of one of several."""
    return f"{title}: {of}" if of else title


def lower_first(text: str) -> str:
    """Give a sentence as it stands in another.

    Its first letter small, names and abbreviations as they are (`RvdK weigert` stays).
    """
    return (
        text
        if text[1:2].isupper() or (len(text) > 2 and text[2:3].isupper())
        else text[:1].lower() + text[1:]
    )
