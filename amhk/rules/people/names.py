"""Dutch names: voornamen, voorvoegsel, geslachtsnaam and partnernaam, from a name as it is told or
typed; and where an address lies.
"""

import re
from dataclasses import dataclass

from amhk.rules.parse import fold

# Words before a name that are no part of what one is sorted or found by, Dutch and of who came
# here.
_BEFORE = frozenset(
    [
        "aan",
        "af",
        "al",
        "bij",
        "ben",
        "bin",
        "da",
        "dal",
        "de",
        "del",
        "den",
        "der",
        "des",
        "di",
        "dos",
        "du",
        "el",
        "en",
        "het",
        "ibn",
        "in",
        "la",
        "las",
        "le",
        "les",
        "lo",
        "los",
        "onder",
        "op",
        "over",
        "s",
        "t",
        "te",
        "ten",
        "ter",
        "tot",
        "uit",
        "van",
        "ver",
        "vom",
        "von",
        "voor",
        "zu",
        "zum",
        "zur",
        "'t",
        "'s",
        "d'",
        "l'",
        "o'",
    ]
)
_TITLE = frozenset(
    map(
        fold,
        ["dhr", "mevr", "mevrouw", "meneer", "heer", "mw", "dr", "drs", "ing", "ir", "mr", "prof"],
    )
)
_POSTCODE = re.compile(r"\b([1-9]\d{3}) ?([A-Za-z]{2})\b")
_HOUSE = re.compile(r"^(.*?[^\d\s,])[\s,]+(\d{1,5})(?:\b|(?=[a-z]))", re.IGNORECASE)
_NOBODY = frozenset(
    map(fold, ["", "onbekend", "onbekende", "nn", "anoniem", "baby", "kind", "ongeboren kind"])
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in parts, as written; empty where a part is not known."""

    voornamen: str = ""
    voorvoegsel: str = ""
    geslachtsnaam: str = ""
    partnernaam: str = ""

    def whole(self) -> str:
        """Give the name as it is said: partnernaam first, as in `Sanne Jansen-Visser`."""
        own = " ".join(filter(None, (self.voorvoegsel, self.geslachtsnaam)))
        last = f"{self.partnernaam}-{own}" if self.partnernaam and own else self.partnernaam or own
        return " ".join(filter(None, (self.voornamen, last)))


def split_name(told: str) -> Name:
    """Give the parts of a name as it is told.

    `Mieke van den Berg-de Wit` is Mieke, partner van den Berg, born de Wit; also `Vries, L. de`.
    """
    text = " ".join(w for w in told.replace("’", "'").split() if fold(w).rstrip(".") not in _TITLE)
    if fold(text) in _NOBODY:
        return Name()
    if "," in text:
        last, _, first = text.partition(",")
        words = first.split()
        at = next((n for n, w in enumerate(words) if fold(w) in _BEFORE), len(words))
        return _parts(" ".join(words[:at]), [*words[at:], *last.split()])
    words = text.split()
    alone = bool(words) and words[0] in _BEFORE  # `van der Berg`: only a surname
    at = (
        0
        if alone
        else next((n for n, w in enumerate(words) if n and _opens(w)), max(len(words) - 1, 0))
    )
    hyphen = next((n for n, w in enumerate(words) if n and "-" in w), None)
    if (
        hyphen is not None and hyphen < at
    ):  # `Sanne Jansen-de Wit`: the surname begins at the hyphened word
        at = hyphen
    return _parts(" ".join(words[:at]), words[at:])


def _opens(word: str) -> bool:
    return fold(word) in _BEFORE or fold(word).startswith(("'t", "d'", "l'"))


def _parts(first: str, last: list[str]) -> Name:
    text = " ".join(last)
    partner, dash, own = text.partition("-")
    if not dash:
        return Name(first, *_before(text))
    return Name(first, *_before(own.strip()), partner.strip())


def _before(text: str) -> tuple[str, str]:
    words = text.split()
    at = next((n for n, w in enumerate(words) if fold(w) not in _BEFORE), max(len(words) - 1, 0))
    return " ".join(words[:at]), " ".join(words[at:])


def name_of(person: dict[str, object]) -> Name:
    """Give the name of a person in parts.

    What was typed as a part holds, the rest is read from the whole name.
    """
    told = split_name(str(person.get("naam") or ""))
    return Name(*(str(person.get(part) or getattr(told, part)) for part in Name.__slots__))


def bare(text: str) -> str:
    """Give a name as it is compared: folded, letters only, without the words before it."""
    words = re.split(r"[^\w']+", fold(text))
    kept = [w.replace("'", "") for w in words if w and w not in _BEFORE]
    return "".join(kept) or "".join(words).replace("'", "")


def place_of(address: str | None) -> str | None:
    """Give what two spellings of one address have in common.

    Postcode and house number (`3024aa12`), else street, number and town; None for no address.
    """
    if not address or not (house := _HOUSE.match(address)):
        return None
    street, number = house.group(1), int(house.group(2))
    if code := _POSTCODE.search(address, house.end()):
        return f"{code.group(1)}{code.group(2).lower()}{number}"
    town = re.sub(r"[^a-z]", "", fold(address[house.end() :].rsplit(",", 1)[-1]))
    return f"{re.sub(r'[^a-z0-9]', '', fold(street))}{number}{town}" if town else None
