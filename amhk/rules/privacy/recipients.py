"""To whom a letter goes: how he is addressed, and what may never stand before him.

Some the law names, and everybody has. A procedure can have others of its own, organisations all:
they may see less than the law allows, never more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# How one is addressed: at an office of a kind that serves the gemeente, at the institution the case
# is with, as a person of the case, as who reported or asked, or as another meldpunt.
OFFICE, INSTITUTION = "office", "institution"
OWN = (OFFICE, INSTITUTION)


@dataclass(frozen=True, eq=False)
class Recipient:
    """One a letter can go to.

    `kind`: the kind of office of the sociale kaart, and `office` what it is called where none is
    known (`{gemeente}` is filled in); `bars`: each label he may never see, and why; `acts`: he acts
    upon what he is told of a family, so that own investigation comes first.
    """

    name: str
    title: str
    address: str
    bars: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    office: str = ""
    acts: bool = False


_OTHER = {"adviesvrager": "dat is een andere route", "advies": "dat is een andere route"}
_SOURCE = {"melder": "de bron wordt niet genoemd", "geheim_adres": "geheim adres"}
_NO_STEPS = {"stappen": "dat is voor de melder", "betrokkene": "dat is voor de betrokkene zelf"}
_OF_FAMILY = (
    "gezin",
    "bsn",
    "adres",
    "geheim_adres",
    "betrokkene",
    "medisch",
    "strafrechtelijk",
    "ouder",
)
# Labels a recipient may never see, and why (Wmo 2015 art. 4.1.1 lid 2 f (college: no substance),
# Uitvoeringsbesluit Wmo 2015 art. 4.1.8 lid 3 (origin of data), art. 5.3.3 (others only with
# consent); medical and criminal data go only where the task asks for them: own rule of this
# product).
_BARS: dict[str, dict[str, str]] = {
    "rvdk": _SOURCE | _OTHER | _NO_STEPS,
    "politie": (
        _SOURCE
        | _OTHER
        | _NO_STEPS
        | {
            "bsn": "het BSN gaat niet mee naar de politie",
            "medisch": "medische gegevens gaan niet mee naar de politie",
            "verwijzing": "de hulpverlening gaat de politie niet aan",
        }
    ),
    "college": (
        _SOURCE
        | _OTHER
        | _NO_STEPS
        | {
            "inhoud": "het college krijgt geen inhoud",
            "verwijzing": "het college krijgt geen inhoud",
            "adres": "het college krijgt niet meer dan nodig is om het kind te kennen",
            "medisch": "het college krijgt geen inhoud",
            "strafrechtelijk": "het college krijgt geen inhoud",
            "ouder": "het college krijgt geen inhoud",
        }
    ),
    "instelling": (
        _SOURCE
        | _OTHER
        | _NO_STEPS
        | {
            "bsn": "het BSN gaat niet mee",
            "medisch": "medische gegevens gaan niet mee naar een instelling",
            "strafrechtelijk": "strafrechtelijke gegevens gaan niet mee naar een instelling",
        }
    ),
    "andere_regio": _SOURCE | _OTHER | _NO_STEPS,
    "betrokkene": (
        _SOURCE
        | _OTHER
        | {
            "stappen": "dat is voor de melder",
            "inhoud": "inhoud gaat via inzage",
            "gezin": "gegevens van anderen",
            "bsn": "gegevens van anderen",
            "adres": "gegevens van anderen",
            "verwijzing": "inhoud gaat via inzage",
            "medisch": "inhoud gaat via inzage",
            "strafrechtelijk": "inhoud gaat via inzage",
            "ouder": "verteld door een ouder alleen",
        }
    ),
    "melder": _OTHER
    | dict.fromkeys(
        (*_OF_FAMILY, "inhoud", "verwijzing"), "een melder krijgt geen gegevens van het gezin"
    ),
    "melder_beroepsmatig": _OTHER
    | dict.fromkeys(
        (*_OF_FAMILY, "inhoud"),
        "ook een beroepsmatige melder hoort alleen welke stappen zijn gezet en aan wie is"
        " overgedragen",
    ),
    "adviesvrager": dict.fromkeys(_OF_FAMILY, "over het gezin wordt niets vastgelegd")
    | dict.fromkeys(("melder", "verwijzing", "stappen"), "dat is een andere route"),
}

STANDARD: Mapping[str, Recipient] = {
    one.name: one
    for one in (
        Recipient(
            "rvdk",
            "RvdK",
            OFFICE,
            _BARS["rvdk"],
            "RvdK",
            "Raad voor de Kinderbescherming",
            acts=True,
        ),
        Recipient("politie", "politie", OFFICE, _BARS["politie"], "politie", "Politie", acts=True),
        Recipient(
            "college",
            "college",
            OFFICE,
            _BARS["college"],
            "gemeente",
            "Het college van burgemeester en wethouders van {gemeente}",
        ),
        Recipient("instelling", "instelling", INSTITUTION, _BARS["instelling"]),
        Recipient("andere_regio", "ander meldpunt", "region", _BARS["andere_regio"]),
        Recipient("betrokkene", "betrokkene", "person", _BARS["betrokkene"]),
        Recipient("melder", "melder", "melder", _BARS["melder"]),
        Recipient(
            "melder_beroepsmatig", "beroepsmatige melder", "melder", _BARS["melder_beroepsmatig"]
        ),
        Recipient("adviesvrager", "adviesvrager", "adviesvrager", _BARS["adviesvrager"]),
    )
}
# What a fact can be marked with.
LABELS = frozenset(label for bars in _BARS.values() for label in bars)
# Whom a text is written for without being one a letter is sent to.
CLASSES = frozenset({"melder_beroepsmatig"})
# What a procedure may open to an organisation of its own, beyond what an institution may see.
OPENED = ("bsn", "medisch", "strafrechtelijk")


def own_recipient(
    name: str, told: Mapping[str, object], bars: Mapping[str, str], opened: frozenset[str]
) -> Recipient:
    """Give an organisation a procedure names itself: it may see what an institution may, with what
    is `opened` of `OPENED`, and without what the procedure bars (label and why).
    """
    kept = {label: why for label, why in _BARS["instelling"].items() if label not in opened}
    return Recipient(
        name=name,
        title=str(told.get("title", name)),
        address=str(told.get("address", OFFICE)),
        bars={**kept, **bars},
        kind=str(told.get("kind", "")),
        office=str(told.get("office", told.get("title", name))),
        acts=bool(told.get("acts")),
    )
