"""What may stand in a letter to whom.

Every fact carries labels, every recipient has labels it may never see.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from amhk.rules.privacy.recipients import Recipient

HIDDEN = "geheim"
PERSON = "_person"  # beside them: the key of the person an item is about
MOTHERS = "_mothers"  # of an unborn child: the keys of who can be the mother
# beside the fields of one item: what only this item's fields carry ('' for the item as a whole)
LABELS = "_labels"
WHOLE = "*"

_PERSON = {
    "naam": "",
    "geboren": "",
    "geboren_op": "",
    "geslacht": "",
    "rollen": "",
    "adres": "adres",
    "gezag": "",
    "jong": "",
    "bsn": "bsn",
}
# What an item of a list holds, each with the labels it has beyond those of the list.
FIELDS: dict[str, dict[str, str]] = {
    "personen": _PERSON,
    "jeugdigen": _PERSON,
    "gezaghebbenden": _PERSON,
    "overigen": _PERSON,
    "ongeborenen": {"wie": "", "moeder": "", "uitgerekend": "", "uitgerekend_op": ""},
    "bevindingen": {"tekst": "", "bron": "", "op": ""},
    "veiligheid": {"naam": "", "oordeel": "", "ernst": "", "eerst_nodig": "", "op": ""},
    "overdrachten": {"instelling": "", "op": ""},
}

# Each fact a letter can use, with its labels. A fact without a label may stand before every
# recipient.
FACTS: dict[str, frozenset[str]] = {
    name: frozenset(labels.split())
    for name, labels in {
        "zaaknummer": "",
        "vandaag": "",
        "regio": "",
        "organisatie": "",
        "team": "",
        "behandelaar": "",
        "registratie": "",
        "telefoon": "",
        "email": "",
        "website": "",
        "klachten": "",
        "vertrouwenspersoon": "",
        "oefening": "",
        "ontvangen": "",
        "gemeente": "",
        "uiterlijk": "",
        "op": "",
        "aan": "",
        "zorgen": "inhoud",
        "conclusie": "inhoud",
        "uitkomst": "inhoud",
        "bevindingen": "inhoud",
        "veiligheid": "inhoud gezin",
        "motivering": "inhoud",
        "afspraken": "inhoud",
        "aanleiding": "inhoud",
        "aard": "inhoud",
        "beoordeling": "inhoud",
        "geprobeerde_hulp": "inhoud",
        "veiligheidsvoorwaarden": "inhoud",
        "reden": "inhoud",
        "gezaghebbenden_geinformeerd": "inhoud",
        "spoed": "inhoud",
        "personen": "gezin",
        "jeugdigen": "gezin",
        "gezaghebbenden": "gezin",
        "overigen": "gezin",
        "ongeborenen": "gezin",
        "gezin_namen": "gezin",
        "instelling": "verwijzing",
        "controle_op": "verwijzing",
        "verwezen_op": "verwijzing",
        "overdrachten": "verwijzing",
        "eerder_gevraagd": "verwijzing",
        "naar": "verwijzing",
        "college_gesteld": "",
        "stappen_genomen": "stappen",
        "betrokkene_naam": "betrokkene",
        "betrokkene_aanhef": "betrokkene",
        "betrokkene_namens": "betrokkene",
        "overhandigen": "betrokkene",
        "uitgesteld": "betrokkene",
        "te_laat": "betrokkene",
        "betrokkene_gegevens": "betrokkene",
        "melder_naam": "melder",
        "adviesvrager_naam": "adviesvrager",
        "advies": "advies",
    }.items()
}

# Facts in somebody's own words: these are searched for protected names, numbers and addresses
# before a letter is approved.
FREE = frozenset(
    {
        "zorgen",
        "conclusie",
        "bevindingen",
        "veiligheid",
        "motivering",
        "afspraken",
        "geprobeerde_hulp",
        "veiligheidsvoorwaarden",
        "reden",
        "naar",
        "gezaghebbenden_geinformeerd",
        "advies",
        "personen",
        "jeugdigen",
        "gezaghebbenden",
        "overigen",
        "ongeborenen",
        "betrokkene_naam",
        "betrokkene_aanhef",
        "betrokkene_namens",
        "gezin_namen",
    }
)

# What is only known once a case was referred (finish 3); everything else is there from the start,
# or asked for by the move.
ASKED = frozenset(
    {"op", "gezaghebbenden_geinformeerd", "naar"}
)  # only there when the move that drafts the letter asks it
REFERRED = frozenset({"instelling", "verwezen_op", "controle_op", "uiterlijk"})


def supplied(path: str) -> bool:
    """Tell whether the house can supply a fact of that name (`zorgen`), or that field of it
    (`jeugdigen.bsn`), to a letter.
    """
    root, _, field = path.partition(".")
    return root in FACTS and (field in ("", WHOLE) or root not in FIELDS or field in FIELDS[root])


def labels_of(path: str) -> frozenset[str]:
    """Give the labels of a fact or of one field of it.

    Of a list as a whole (`personen.*`) those of all its fields.
    """
    root, _, field = path.partition(".")
    inner = FIELDS.get(root, {})
    fields = inner.values() if field == WHOLE else [inner.get(field, "")]
    return FACTS[root] | {label for told in fields for label in told.split()}


@lru_cache(maxsize=4096)
def forbidden(path: str, recipient: Recipient) -> str | None:
    """Give why a fact (or a field of it) may not stand in a letter to this recipient, or None when
    it may.
    """
    return _why(labels_of(path), recipient)


def _why(labels: Iterable[str], recipient: Recipient) -> str | None:
    if not labels:
        return None
    barred = recipient.bars
    return next((barred[label] for label in sorted(labels) if label in barred), None)


@dataclass(frozen=True, slots=True)
class Barred:
    """What a recipient may not see.

    The fact or the field of it (`zorgen`, `personen.adres`), whose it is where it is somebody's,
    and why.
    """

    path: str
    why: str
    whose: str = ""


def for_recipient(
    facts: Mapping[str, object], recipient: Recipient
) -> tuple[dict[str, object], list[Barred]]:
    """Give the facts this recipient may see, and each fact, item or field left out with why.

    A list loses the fields and the items that may not be seen; a field that only in this item may
    not be seen reads `geheim`.
    """
    kept: dict[str, object] = {}
    left_out: list[Barred] = []
    for name, value in facts.items():
        if why := forbidden(name, recipient):
            if value:
                left_out.append(Barred(name, why))
        elif isinstance(value, list) and name in FIELDS:
            items = [_item(name, item, recipient, left_out) for item in value]
            kept[name] = [item for item in items if item is not None]
        else:
            kept[name] = value
    return kept, list(dict.fromkeys(left_out))


def _item(
    name: str, item: Mapping[str, Any], recipient: Recipient, left_out: list[Barred]
) -> dict[str, object] | None:
    own: Mapping[str, Iterable[str]] = item.get(LABELS, {})
    if why := _why(own.get("", ()), recipient):
        left_out.append(Barred(name, why, "een deel"))
        return None
    told: dict[str, object] = {}
    for field, value in item.items():
        if field == LABELS:
            continue
        if forbidden(f"{name}.{field}", recipient):
            continue
        if why := _why(own.get(field, ()), recipient):
            left_out.append(Barred(f"{name}.{field}", why, str(item.get("naam", ""))))
            told[field] = HIDDEN
        else:
            told[field] = value
    return told
