"""Where a fact of a letter comes from, and by which door it is entered when it is not known."""

from collections.abc import Mapping
from datetime import date

from amhk.desk.letters.facts import UNKNOWN
from amhk.errors import Opens
from amhk.rules.people import people as rules
from amhk.rules.procedure.codes import Roles
from amhk.rules.procedure.workflow import CORRECTS
from amhk.store.rows import NoticeRow, PersonRow

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


def door_of(fact: str, notice: NoticeRow) -> Opens:
    """Give where a missing fact can be filled in.

    A letter to somebody unknown can be withheld with a reason.
    """
    kind = MISSING.get(fact, ("", "withhold"))[1]
    if kind == "person":
        return Opens("person", "", (("rollen", ["kind"]),))
    return Opens("withhold", str(notice["id"])) if kind == "withhold" else Opens("move", CORRECTS)


def gap(
    asked: frozenset[str], notice: NoticeRow, people: list[PersonRow], today: date, roles: Roles
) -> Opens | None:
    """Give the door for the gap a draft surely has (nobody to write to, no child to write about),
    None when there is none.
    """
    if notice["person_id"]:
        person = next((p for p in people if p["id"] == notice["person_id"]), None)
        if person is None or person["naam"].casefold() == UNKNOWN:
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
    "wat er over ieders veiligheid is vastgelegd": ("veiligheid",),
    "het verloop van de zaak": ("stappen_genomen", "uitgesteld", "te_laat"),
}


def source_of(fact: str) -> str:
    """Give where a fact of a letter comes from, in Dutch."""
    return next((source for source, names in _SOURCES.items() if fact in names), "de zaak")
