"""The verzoek tot onderzoek as data.

The groups of the CORV message (Regeling justitiële keteninformatisering Jeugdwet, bijlage 1), for a
program that puts it on that road.
"""

from collections.abc import Mapping
from typing import Any

from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store.rows import CaseRow
from amhk.words import day_of, iso

# The facts it holds: what is searched and may not be missing, whatever the letter's own text asks.
USES = frozenset(
    {
        "aanleiding",
        "spoed",
        "jeugdigen",
        "ongeborenen",
        "gezaghebbenden",
        "gezaghebbenden_geinformeerd",
        "motivering",
        "zorgen",
        "bevindingen",
        "conclusie",
        "geprobeerde_hulp",
    }
)


def as_request(
    office: Office, case: CaseRow, who: Reader, facts: Mapping[str, Any]
) -> dict[str, object]:
    """Give the request by field group, from the facts the RvdK may see.

    Casus, verzoeker, jeugdigen, ongeborenen, gezaghebbenden, motivatie. Days as `YYYY-MM-DD`; None
    where the house does not know.
    """
    informed = str(facts["gezaghebbenden_geinformeerd"] or "")
    told = informed.strip().casefold().startswith("ja")
    return {
        "bericht": "verzoek tot onderzoek",
        "casus": {
            "zaaknummer": case["number"],
            "omschrijving": facts["aanleiding"] or None,
            "startdatum": iso(day_of(case["received"])),
            "registratiedatum": iso(day_of(case["registered"])),
            "indicatie_urgent": facts["spoed"] == "spoed",
        },
        "verzoeker": {
            "organisatie": office.config.organisation,
            "rsin": office.config.style.rsin or None,
            "medewerker": who.name,
            "registratie": who.registration,
            "telefoon": office.config.phone,
            "email": office.config.style.email or None,
        },
        "jeugdigen": [_named(j, _CHILD) for j in facts["jeugdigen"] or ()],
        "ongeborenen": [_named(o, _UNBORN) for o in facts["ongeborenen"]],
        "gezaghebbenden": [_named(p, _PARENT) for p in facts["gezaghebbenden"]],
        "gezaghebbenden_geinformeerd": {"ja": told, "reden": None if told else informed or None},
        "motivatie": {
            "formulier": facts["motivering"] or None,
            "situatie_kind_in_gezin": facts["zorgen"] or None,
            "bevindingen": [dict(b) for b in facts["bevindingen"]],
            "conclusie": facts["conclusie"] or None,
            "rapportages_hulpverlening": facts["geprobeerde_hulp"] or None,
        },
    }


# What a field of the message is called among the facts of a letter.
_PERSON = {name: name for name in ("naam", "geslacht", "adres")} | {"geboortedatum": "geboren_op"}
_CHILD = _PERSON | {"bsn": "bsn"}
_PARENT = _PERSON | {"rollen": "rollen", "gezag": "gezag"}
_UNBORN = {"naam_moeder": "moeder", "uitgerekende_datum": "uitgerekend_op"}


def _named(facts: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, object]:
    return {field: _known(facts[name]) for field, name in names.items()}


def _known(value: str) -> str | None:
    return None if value in ("onbekend", "niet gevraagd") else value
