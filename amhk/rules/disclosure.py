"""What may stand in a letter to whom: every fact carries labels, every recipient has labels it may never see."""

from collections.abc import Mapping
from typing import Any

# Each fact a letter can use, with its labels. A fact without a label may stand before every recipient.
FACTS: dict[str, frozenset[str]] = {
    name: frozenset(labels.split())
    for name, labels in {
        "zaaknummer": "", "vandaag": "", "regio": "", "organisatie": "", "team": "", "behandelaar": "", "registratie": "",
        "telefoon": "", "oefening": "", "ontvangen": "", "gemeente": "", "uiterlijk": "", "op": "",
        "zorgen": "inhoud", "conclusie": "inhoud", "uitkomst": "inhoud", "bevindingen": "inhoud", "motivering": "inhoud",
        "afspraken": "inhoud", "aanleiding": "inhoud", "aard": "inhoud", "beoordeling": "inhoud",
        "personen": "gezin", "jeugdigen": "gezin bsn", "gezaghebbenden": "gezin", "gezin_namen": "gezin",
        "gezaghebbenden_geinformeerd": "inhoud", "spoed": "inhoud", "instelling": "verwijzing", "controle_op": "verwijzing",
        "verwezen_op": "verwijzing", "stappen_genomen": "stappen",
        "betrokkene_naam": "betrokkene", "betrokkene_aanhef": "betrokkene", "overhandigen": "betrokkene",
        "melder_naam": "melder", "adviesvrager_naam": "adviesvrager", "advies": "advies",
    }.items()
}  # fmt: skip

# Facts in somebody's own words: these are searched for protected names, numbers and addresses before a letter is approved.
FREE = frozenset({"zorgen", "conclusie", "bevindingen", "motivering", "afspraken", "gezaghebbenden_geinformeerd", "advies"})

# Labels a recipient may never see, and why (Wmo 2015 art. 4.1.1 lid 2 f (college: no substance), Uitvoeringsbesluit
# Wmo 2015 art. 4.1.8 lid 3 (origin of data), art. 5.3.3 (others only with consent)).
FORBIDDEN: dict[str, dict[str, str]] = {
    "rvdk": {"melder": "de bron wordt niet genoemd", "adviesvrager": "dat is een andere route", "advies": "dat is een andere route"},
    "politie": {
        "melder": "de bron wordt niet genoemd", "bsn": "het BSN gaat niet mee naar de politie",
        "adviesvrager": "dat is een andere route", "advies": "dat is een andere route",
    },
    "college": {
        "melder": "de bron wordt niet genoemd", "inhoud": "het college krijgt geen inhoud", "verwijzing": "het college krijgt geen inhoud",
        "stappen": "het college krijgt geen inhoud", "adviesvrager": "dat is een andere route", "advies": "dat is een andere route",
    },
    "instelling": {
        "melder": "de bron wordt niet genoemd", "bsn": "het BSN gaat niet mee", "adviesvrager": "dat is een andere route",
        "advies": "dat is een andere route",
    },
    "betrokkene": {
        "melder": "de bron wordt niet genoemd", "inhoud": "inhoud gaat via inzage", "gezin": "gegevens van anderen",
        "bsn": "gegevens van anderen", "adviesvrager": "dat is een andere route", "advies": "dat is een andere route",
    },
    "melder": {
        "gezin": "de melder krijgt geen gegevens van het gezin", "bsn": "de melder krijgt geen gegevens van het gezin",
        "inhoud": "de melder krijgt geen inhoud", "betrokkene": "de melder krijgt geen gegevens van het gezin",
        "adviesvrager": "dat is een andere route", "advies": "dat is een andere route",
    },
    "adviesvrager": {
        "gezin": "over het gezin wordt niets vastgelegd", "bsn": "over het gezin wordt niets vastgelegd",
        "melder": "dat is een andere route", "betrokkene": "over het gezin wordt niets vastgelegd",
        "verwijzing": "dat is een andere route", "stappen": "dat is een andere route",
    },
}  # fmt: skip


def supplied(name: str) -> bool:
    """Tell whether the house can supply a fact of that name to a letter."""
    return name in FACTS


def forbidden(name: str, recipient: str) -> str | None:
    """Give why a fact may not stand in a letter to this kind of recipient, or None when it may."""
    barred = FORBIDDEN[recipient]
    return next((barred[label] for label in sorted(FACTS[name]) if label in barred), None)


def for_recipient(facts: Mapping[str, Any], recipient: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Give the facts this recipient may see, and each fact left out with why."""
    kept, left_out = {}, []
    for name, value in facts.items():
        if why := forbidden(name, recipient):
            if value:
                left_out.append((name, why))
        else:
            kept[name] = value
    return kept, left_out
