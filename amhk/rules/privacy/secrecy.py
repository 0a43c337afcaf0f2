"""Who may see which case, whose identity stays hidden, and what must not stand in free text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from amhk.rules.parse import fold
from amhk.words import MONTHS

ALL_CASES = frozenset({"manager", "gedragswetenschapper", "vertrouwensarts", "piket"})
# Who works on cases; the hand of the command line is nobody's name.
WORKS = frozenset(
    {"medewerker", "gedragswetenschapper", "vertrouwensarts", "teamleider", "manager", "piket"}
)
# Who makes the procedure and its letters: always two of them, one who writes and one who agrees.
MAKES = frozenset({"beheerder", "manager", "teamleider"})
# Who reads a case only when who leads opened it to him, for a time.
LENT = frozenset({"inspectie", "vertrouwenspersoon"})
READS = WORKS | LENT
HAND = "opdrachtregel"
TEAM_CASES = frozenset({"medewerker", "teamleider"})
NUMBER = re.compile(r"\+?\d[\d \-.()]{6,18}\d")
_PLACE = re.compile(r"[a-z' .\-]{4,40} \d{1,5}\b")
MAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")
POSTCODE = re.compile(r"\b\d{4} ?[A-Za-z]{2}\b")
# Words that are part of many names or stand for nobody, and so give nobody away.
NOBODY = frozenset(
    map(
        fold,
        [
            "van",
            "der",
            "den",
            "het",
            "ten",
            "ter",
            "mevrouw",
            "mevr",
            "meneer",
            "heer",
            "dhr",
            "drs",
            "ing",
            "onbekend",
            "anoniem",
            "melder",
            "buurvrouw",
            "buurman",
            "buren",
            "buur",
            "school",
            "politie",
            "arts",
            "medewerker",
            "groep",
            "team",
            "zorg",
            "hulp",
            "moeder",
            "vader",
            "ouder",
            "kind",
            "gezin",
            "familie",
            "oma",
            "opa",
            "tante",
            "oom",
            "broer",
            "zus",
            "praktijk",
        ],
    )
)
_MONTHS = "|".join(MONTHS)
_CAP = r"[A-ZÀ-ÖØ-ÞŁŞŠŽ][\wà-öø-ÿ'’-]*[a-zà-öø-ÿ]"
_PREFIX = r"(?:(?i:van|de|den|der|ten|ter|el|al|'t|bin|ibn) ){0,3}"
_WHO = (
    "moeder|vader|mama|papa|ouder|zoon|zoontje|dochter|dochtertje|kind|baby|broer|broertje|zus|"
    "zusje|oma|opa|oom|tante|neef|nicht|"
    "buurvrouw|buurman|jongen|meisje|partner|man|vrouw|buurjongen|buurmeisje|leerling|cliënt|"
    "patiënt|mevrouw|meneer|mevr|mw|dhr|heer|familie|fam|gezin|heet|genaamd|naam"
)
# Capital words that begin a sentence or name an office, not somebody of the family.
_ORDINARY = (
    "De|Het|Een|En|In|Op|Er|Zij|Hij|Ze|Wij|We|Ik|U|Dit|Dat|Die|Deze|Als|Bij|Na|Met|Voor|Om|Is|"
    "Wat|Wie|Hoe|Nu|Ook|Maar|Want|Toen|Dan|Van|Te|Geen|Veilig|Thuis|"
    "Raad|Centrum|Jeugd|Gezin|Bureau|Stichting|Meldpunt|Politie|Eenheid|Gemeente|Huisarts|"
    "Wijkteam|School|Basisschool|Moeder|Vader|Kind|Ouders|Mevrouw|Meneer|"
    "Maandag|Dinsdag|Woensdag|Donderdag|Vrijdag|Zaterdag|Zondag"
)
_SIGNS = (
    (
        re.compile(
            r"(?<!\d)(?:\+31|0031|0)(?:[ .-]?\(0\))?(?:[ .-]?\d){9}(?!\d)|(?<!\d)0\d{1,3}["
            r" .-]?\d{6,8}(?!\d)"
        ),
        "een telefoonnummer",
    ),
    (re.compile(r"(?<!\d)\d{9}(?!\d)|(?<!\d)\d{3}[ .]\d{3}[ .]\d{3}(?!\d)"), "een BSN"),
    (
        re.compile(r"\b[1-9]\d{3} ?[A-Z]{2}\b|\b[1-9]\d{3}(?!km|cm|mm|kg|ml)[a-z]{2}\b"),
        "een postcode",
    ),
    (
        re.compile(
            r"\b[A-Z][\w'’-]*(?:straat|laan|weg|plein|kade|singel|gracht|dijk|hof|pad|dreef|"
            r"steeg|plantsoen)\s+\d{1,5}\b"
        ),
        "een adres",
    ),
    (
        re.compile(
            r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b|\b(?:19|20)\d\d-\d\d-\d\d\b|\b\d{1,2}"
            rf" \d{{1,2}} (?:19|20)\d\d\b|\b\d{{1,2}} (?:{_MONTHS}) (?:19|20)\d\d\b",
            re.IGNORECASE,
        ),
        "een geboortedatum",
    ),
    (
        re.compile(
            rf"\b(?i:{_WHO})\.?,? (?:(?:is|heet|van|de|der|den)"
            rf" ){{0,2}}{_PREFIX}(?!(?:{_ORDINARY})\b){_CAP}"
        ),
        "een naam",
    ),
    (
        re.compile(rf"(?<!\w)(?!(?:{_ORDINARY})\b){_CAP} {_PREFIX}(?!(?:{_ORDINARY})\b){_CAP}\b"),
        "een naam",
    ),
    (re.compile(rf"\b[A-Z]\. ?(?:[A-Z]\. ?)*{_PREFIX}{_CAP}\b"), "een naam"),
    (re.compile(r"\b[\w.+-]+@[\w-]+\.\w+\b"), "een e-mailadres"),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is looking or acting: worker id, role, team, name, and SKJ or BIG registration where he
    has one; `via` which door he came in by.

    `barred` are the keys of the cases he may not know, because he knows the people; `seen` are the
    cases he was given so far, by key, each with whether that is written down.
    """

    id: int
    role: str
    team: int | None
    name: str = ""
    registration: str | None = None
    via: str = ""
    barred: frozenset[int] = frozenset()
    seen: dict[int, bool] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, worker: Mapping[str, Any], via: str = "") -> "Reader":
        """Give the reader of a worker's row."""
        return cls(
            worker["id"],
            worker["role"],
            worker["team_id"],
            worker["name"],
            worker["registration"],
            via,
            keys(worker["barred"]),
        )


def keys(told: str | None) -> frozenset[int]:
    """Read keys with commas between."""
    return frozenset(int(key) for key in told.split(",")) if told else frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases a reader may see: all, or those of `team`, owned by or taken by `worker`.

    `none` when no case at all; `barred` are those he may not know (their keys), whatever else.
    """

    every: bool = False
    none: bool = False
    team: int | None = None
    worker: int | None = None
    barred: frozenset[int] = frozenset()

    @property
    def whole(self) -> bool:
        """Tell whether there is no case outside it."""
        return self.every and not self.barred


def scope_of(reader: Reader) -> Scope:
    """Give which cases a reader may see.

    The one rule that pages, API, search and reports all pass.
    """
    if reader.role in ALL_CASES:
        return Scope(every=True, barred=reader.barred)
    if reader.role in TEAM_CASES:
        return Scope(team=reader.team, worker=reader.id, barred=reader.barred)
    return Scope(none=True)


def may_see(
    scope: Scope, case: int, team: int | None, owner: int | None, taken_by: int | None
) -> bool:
    """Tell whether a case (its key) of this team, owner and taker lies within a scope."""
    if scope.none or case in scope.barred:
        return False
    if scope.every:
        return True
    return (team is not None and team == scope.team) or scope.worker in (owner, taken_by)


def family_signs(text: str, known: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Give what in a text looks like data of a person of the family.

    What kind it is, and the words; `known` are names that are not (gemeenten, institutions).
    """
    for name in sorted(known, key=len, reverse=True):
        if len(name) > 3:
            text = text.replace(name, name.lower())
    found = [(what, hit.group().strip()) for sign, what in _SIGNS if (hit := sign.search(text))]
    return list({what: (what, words) for what, words in reversed(found)}.values())[::-1]


def signs_of_person(text: str, known: Iterable[str] = ()) -> list[str]:
    """Give the kinds of what in a text looks like data of a person."""
    return [what for what, _ in family_signs(text, known)]


def is_plain_name(name: str) -> bool:
    """Tell whether what stands as a name is one: letters and few words.

    Only then its words may stand in a letter; `Liv (gemeld door J. Vos)` is a text.
    """
    return len(name.split()) <= 8 and all(c.isalpha() or c in " '’.-" for c in name)


def is_only_name(text: str) -> bool:
    """Tell whether what stands as a name is no more than that: at most three words.

    In a longer text somebody else may be named.
    """
    return len(text.split()) <= 3 and all(c.isalnum() or c in " '’.-" for c in text)


def names_somebody_else(name: str, other: str) -> bool:
    """Tell whether a name also holds the name of somebody else (two or more of his words beside his
    own), rather than being his.
    """
    mine, his = _words(name) - NOBODY, _words(other) - NOBODY
    return mine != his and len(mine & his) >= min(2, len(his)) and bool(mine - his) and len(his) > 1


def ways_to_reach(text: str) -> list[str]:
    """Give what in a note of how to reach somebody gives him away.

    Each number, address (street and number), postcode and e-mail address by itself.
    """
    found = [*NUMBER.findall(text), *MAIL.findall(text)]
    plain = fold(text)
    places = [
        p.strip()
        for part in re.split(r"[,;\n]", plain)
        for p in re.findall(r"[a-z' .\-]{4,40} \d{1,5}\b(?! ?[a-z]{2}\b)", part)
    ]
    return [
        *found,
        *(p for p in places if not NUMBER.search(p)),
        *(c.upper() for c in POSTCODE.findall(plain)),
    ]


def has_postcode(text: str) -> bool:
    """Tell whether a postal address with its postcode stands in a note of how to reach somebody."""
    return bool(POSTCODE.search(text))


def has_mail(text: str) -> bool:
    """Tell whether an e-mail address stands in it."""
    return bool(MAIL.search(text))


def has_number(text: str) -> bool:
    """Tell whether a telephone number stands in it."""
    return any(len(re.sub(r"\D", "", found)) >= 9 for found in NUMBER.findall(text))


def postal_lines(text: str) -> list[str]:
    """Give the lines of a postal address in a note of how to reach somebody, without numbers and
    mail addresses; empty when no postcode stands there.
    """
    if not has_postcode(text):
        return []
    parts = [part.strip() for part in re.split(r"[,;\n]", text)]
    return [part for part in parts if part and not MAIL.search(part) and not has_number(part)]


def leaks(
    text: str, secrets: Iterable[str], known: Iterable[str] = (), places: Iterable[str] = ()
) -> list[str]:
    """Give the secrets that stand in a text, in whatever spelling.

    A secret is a name, a number, an e-mail address, an address or a postcode. A name counts by any
    of its words (also with a genitive
    s), unless that word is one of the words `known` to stand in such a text (the names of the
    family itself, the gemeente); a number by
    its last nine digits; an address by its street (alone too, when it is a name of six letters or
    more), or postcode. A street, a
    postcode or a whole address that stands in one of the `places` (where the family lives too)
    gives nobody away: then the number counts.
    """
    plain, own = fold(text), fold(" \n".join(places))
    said = [_digits(found) for found in NUMBER.findall(text)]
    common = {w for k in known for w in _words(k)} | NOBODY
    return [secret for secret in secrets if _stands(secret, plain, said, common, own)]


def _stands(secret: str, plain: str, said: list[str], common: set[str], own: str) -> bool:
    numbers = [_digits(n) for n in NUMBER.findall(secret)]
    if numbers:
        return any(n[-9:] == s[-9:] for n in numbers for s in said if len(n) >= 9 or n == s)
    low = fold(secret)
    code = POSTCODE.search(low)
    if code and _at(rf"{code.group()[:4]} ?{code.group()[-2:]}", plain, own):
        return True
    if place := _PLACE.match(low):
        street = re.sub(r"[\d\s]+$", "", place.group()).strip()
        if (
            len(street.replace(" ", "")) >= 6
            and street not in common
            and _at(rf"\b{re.escape(street)}\b", plain, own)
        ):
            return True
        number = place.group().strip().rpartition(" ")[2]
        return _at(
            rf"\b{re.escape(street)}\W{{0,3}}(?:nr|nummer|huisnummer)?\W{{0,3}}{number}(?!\d)",
            plain,
            own,
        )
    if code:
        return False
    if "@" in secret:
        return low in plain
    return any(
        re.search(rf"\b{re.escape(w)}s?\b", plain) for w in _words(secret) if w not in common
    )


def _at(place: str, plain: str, own: str) -> bool:
    """Tell whether a place stands in a text, and is not one that is known to be there."""
    return bool(re.search(place, plain)) and not re.search(place, own)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _words(name: str) -> set[str]:
    return {w for w in re.split(r"[^\w']+", fold(name)) if len(w) >= 3 and not w.isdigit()}
