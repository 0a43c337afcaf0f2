"""Are these two the same person?

Keys to find who it could be, and a weight in words for each; the comparing itself is rapidfuzz and
jellyfish.

The weights are log2 of how much more often a level is seen between two records of one person than
between two people (Fellegi and Sunter, 1969;
the levels are those Splink uses for names and dates). They are measured by `python -m
benchmarks.radar` on made-up Dutch households.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jellyfish import metaphone
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from amhk.rules.parse import fold
from amhk.rules.people.names import bare, name_of, place_of

RELEASE = "2"  # of the keys: another release makes the house work out the keys of everyone again
KNOWN, PERHAPS = 50, 15  # percent: `eerder bekend`, and what is still worth showing
HOUSEHOLD = 8.0  # what another person of this call, found in the same case, adds
_PRIOR = -17.0
# Spelling that differs between languages and registers, and sounds the same here.
_SPELLED = (
    ("sch", "s"),
    ("sh", "s"),
    ("tch", "s"),
    ("oe", "u"),
    ("ou", "u"),
    ("ie", "i"),
    ("ij", "y"),
    ("ei", "y"),
    ("dj", "j"),
    ("th", "t"),
    ("ph", "f"),
    ("kh", "h"),
    ("ck", "k"),
    ("ks", "x"),
    ("dt", "t"),
    ("w", "v"),
    ("z", "s"),
    ("q", "k"),
)


@dataclass(frozen=True, slots=True)
class Trace:
    """A person as he is compared.

    Names bare, day of birth as told, sex, BSN, and where he lives.
    """

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    born: str
    sex: str
    bsn: str
    place: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two are: a weight (log2 of the odds), and what it rests on, in Dutch."""

    weight: float
    words: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Give the chance that they are one person, in whole percents (0-99)."""
        return percent(self.weight)


def percent(weight: float) -> int:
    """Give the chance that belongs to a weight, in whole percents; never 100."""
    return min(99, int(100 / (1 + 2.0 ** -max(-60.0, min(60.0, weight)))))


def trace(person: Mapping[str, Any]) -> Trace:
    """Give a person (as typed, or a row) as he is compared; a secret address is not compared."""
    name = name_of(dict(person))
    surnames = tuple(
        dict.fromkeys(filter(None, (bare(name.geslachtsnaam), bare(name.partnernaam))))
    )
    given = tuple(
        filter(
            None,
            (
                fold(w).replace("'", "").rstrip(".")
                for w in name.voornamen.replace(".", ". ").replace("-", " ").split()
            ),
        )
    )
    place = None if person.get("geheim_adres") else place_of(person.get("adres"))
    sex = person.get("geslacht") if person.get("geslacht") in ("V", "M") else ""
    return Trace(
        given=given,
        surnames=surnames,
        born=str(person.get("geboren") or ""),
        sex=str(sex or ""),
        bsn=str(person.get("bsn") or ""),
        place=place or "",
    )


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Give how a bare name sounds.

    The metaphone of its levelled spelling, any first vowel as one.
    """
    for old, new in _SPELLED:
        word = word.replace(old, new)
    if word[:1] == "j":
        word = "y" + word[1:]
    told = metaphone(word) or word
    return "A" + told[1:] if told[0] in "AEIOU" else told


def keys(known: Trace) -> list[str]:
    """Give under what this person can be found.

    BSN, day of birth (day and month in either order), sound of given name and each surname (alone,
    and with the year of birth), address.
    """
    found = [f"b:{known.bsn}"] if known.bsn else []
    if len(known.born) == 10:
        found.append(_day_key(known.born))
    for name in _sounds(known):
        found += [name, f"{name}:{known.born[:4]}"]
    return found + ([f"a:{known.place}"] if known.place else [])


def _sounds(one: Trace) -> list[str]:
    if one.given:
        return [f"n:{sound(one.given[0])}:{sound(last)}" for last in one.surnames]
    return [f"s:{sound(last)}" for last in one.surnames]


def sure_keys(typed: Trace) -> list[str]:
    """Give the keys of a typed person that few share."""
    return [k for k in keys(typed) if k[0] in "bda"]


def kin_keys(one: Trace) -> list[str]:
    """Give what by itself is enough to think that two are one person or live in one house: BSN,
    surname as it sounds with the day of birth, address.
    """
    whole = one.surnames if len(one.born) == len("2012-05-05") else ()
    born = [f"s:{sound(last)}:{one.born}" for last in whole]
    return [k for k in keys(one) if k[0] in "ba"] + born


def name_keys(typed: Trace) -> list[str]:
    """Give the keys by the sound of a typed person's name, which many may share.

    Around the year of birth and where none is known; without a year all of that name.
    """
    if not typed.born:
        return _sounds(typed)
    year = int(typed.born[:4])
    return [f"{name}:{y}" for name in _sounds(typed) for y in (year, year - 1, year + 1, "")]


def _day_key(born: str) -> str:
    year, *rest = born.split("-")
    return f"d:{year}-{'-'.join(sorted(rest))}"


def compare(typed: Trace, known: Trace) -> Likeness:
    """Give how alike a typed person and a known one are."""
    told = [
        _bsn(typed, known),
        _born(typed.born, known.born),
        *_name(typed, known),
        _place(typed, known),
        _sex(typed, known),
    ]
    return Likeness(_PRIOR + sum(w for w, _ in told), tuple(text for _, text in told if text))


def _bsn(typed: Trace, known: Trace) -> tuple[float, str]:
    if not typed.bsn or not known.bsn:
        return 0.0, ""
    return (23.0, "zelfde BSN") if typed.bsn == known.bsn else (-6.0, "ander BSN")


def _born(typed: str, known: str) -> tuple[float, str]:
    if not typed or not known:
        return 0.0, ""
    if len(typed) < 10 or len(known) < 10:
        return _partly(typed, known)
    if typed == known:
        return 14.5, "zelfde geboortedatum"
    (y1, m1, d1), (y2, m2, d2) = typed.split("-"), known.split("-")
    if y1 == y2 and (m1, d1) == (d2, m2):
        return 10.0, "zelfde geboortedatum met dag en maand verwisseld"
    if (
        DamerauLevenshtein.distance(typed, known) == 1
    ):  # ten years or more apart it may as well be father and son
        return (0.5 if abs(int(y1) - int(y2)) < 10 else -5.0), "geboortedatum scheelt één cijfer"
    if (m1, d1) == (m2, d2) or (y1 == y2 and (m1 == m2 or d1 == d2)):
        return -3.0, "geboortedatum lijkt erop"
    return (-8.0 if abs(int(y1) - int(y2)) < 10 else -14.0), "andere geboortedatum"


def _partly(typed: str, known: str) -> tuple[float, str]:
    shared = min(len(typed), len(known))
    if typed[:shared] == known[:shared]:
        return (4.5, "zelfde geboortemaand") if shared > 4 else (0.5, "zelfde geboortejaar")
    away = abs(int(typed[:4]) - int(known[:4]))
    return (
        (1.0, "geboortejaar scheelt één")
        if away == 1
        else (-3.0 if away < 4 else -10.0, "ander geboortejaar")
    )


def _name(typed: Trace, known: Trace) -> list[tuple[float, str]]:
    """Weigh given name and surname.

    A sister shares everything but the given name, so another given name weighs heavily.
    """
    if set(typed.surnames) & set(known.given[:1]) and set(known.surnames) & set(typed.given[:1]):
        return [(12.0, "zelfde naam, voor- en achternaam verwisseld")]
    return [_given(typed.given, known.given), _surname(typed.surnames, known.surnames)]


def _given(typed: tuple[str, ...], known: tuple[str, ...]) -> tuple[float, str]:
    if not typed or not known:
        return 0.0, ""
    a, b = typed[0], known[0]
    if len(a) == 1 or len(b) == 1:
        return (3.5, "zelfde voorletter") if a[0] == b[0] else (-9.0, "andere voorletter")
    if a == b:
        return 7.5, "zelfde voornaam"
    if _alike(a, b):
        return 5.5, f"voornaam lijkt erop ({a.capitalize()} / {b.capitalize()})"
    if (
        a in known
        or b in typed
        or (min(len(a), len(b)) >= 3 and (a.startswith(b) or b.startswith(a)))
    ):
        return 4.0, f"voornaam kan dezelfde zijn ({a.capitalize()} / {b.capitalize()})"
    return -15.0, "andere voornaam"


def _surname(typed: tuple[str, ...], known: tuple[str, ...]) -> tuple[float, str]:
    if not typed or not known:
        return 0.0, ""
    if set(typed) & set(known):
        return 8.0, "zelfde achternaam"
    near = [(a, b) for a in typed for b in known if _alike(a, b)]
    if near:
        return 6.5, f"achternaam lijkt erop ({near[0][0].capitalize()} / {near[0][1].capitalize()})"
    return -6.5, "andere achternaam"


def _alike(a: str, b: str) -> bool:
    longest = max(len(a), len(b))
    if (
        JaroWinkler.similarity(a, b) >= 0.9
        and DamerauLevenshtein.distance(a, b) <= 1 + longest // 5
    ):
        return True
    return DamerauLevenshtein.distance(a, b) <= (longest > 3) or (
        longest > 3 and sound(a) == sound(b) and JaroWinkler.similarity(a, b) >= 0.6
    )


def near(word: str, words: Iterable[str], most: int = 3) -> list[str]:
    """Give the words that somebody may have meant who made a slip in typing one.

    At most one slip in a short word, two in a longer, the nearest first.
    """
    slips = 1 if len(word) < 6 else 2
    told = [
        (DamerauLevenshtein.distance(word, w, score_cutoff=slips), w)
        for w in words
        if abs(len(w) - len(word)) <= slips
    ]
    return [w for d, w in sorted(told) if 0 < d <= slips][:most]


def _place(typed: Trace, known: Trace) -> tuple[float, str]:
    if not typed.place or not known.place:
        return 0.0, ""
    return (6.5, "zelfde adres") if typed.place == known.place else (-1.0, "")


def _sex(typed: Trace, known: Trace) -> tuple[float, str]:
    if not typed.sex or not known.sex:
        return 0.0, ""
    return (0.3, "") if typed.sex == known.sex else (-5.0, "ander geslacht")
