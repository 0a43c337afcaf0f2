"""Searching: the words a case is found by, and how what was typed is read (a number, a day of
birth, a postcode, words).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from amhk.rules.parse import fold, is_bsn, read_partial

# When what is kept to search by changes, this changes, and every case is gone through again.
RELEASE = "4"
_LONGEST, _MOST = 40, 12
_PREFIX = 3  # van, der, el, al, ibn: a name of one piece to who types it
_NUMBER = re.compile(r"\b([am])-?(\d{4})-?(\d{1,6})\b")
_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})\b")
_POSTCODE = re.compile(r"\b(\d{4}) ?([a-z]{2})\b")
_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans("", "", "'’‘`´")
# Words that stand in nearly every text find nothing.
_COMMON = frozenset(
    map(
        fold,
        [
            "aan",
            "als",
            "ben",
            "bij",
            "dan",
            "dat",
            "de",
            "deze",
            "die",
            "dit",
            "door",
            "een",
            "en",
            "er",
            "ge",
            "geen",
            "haar",
            "had",
            "heb",
            "hebben",
            "heeft",
            "het",
            "hij",
            "hoe",
            "hun",
            "ik",
            "in",
            "is",
            "ja",
            "je",
            "kan",
            "maar",
            "me",
            "men",
            "met",
            "mijn",
            "na",
            "naar",
            "niet",
            "nog",
            "nu",
            "of",
            "om",
            "ook",
            "op",
            "over",
            "te",
            "tot",
            "uit",
            "van",
            "veel",
            "voor",
            "was",
            "wat",
            "we",
            "wel",
            "werd",
            "wie",
            "wij",
            "worden",
            "wordt",
            "ze",
            "zei",
            "zich",
            "zij",
            "zijn",
            "zo",
        ],
    )
)


@dataclass(frozen=True, slots=True)
class Sought:
    """One thing sought: a word, or (`whole` false) how a word begins."""

    word: str
    whole: bool = False


def words_of(text: str) -> set[str]:
    """Give the words of a text as they are searched.

    Folded, without quotes (`O'Brien` is obrien, and brien), and never a BSN.
    """
    plain = fold(text)
    found = set(_WORD.findall(plain.translate(_QUOTES))) | set(
        _WORD.findall(plain.replace("'", " ").replace("’", " "))
    )
    found |= {a + b for a, b in _POSTCODE.findall(plain)}
    wanted = (w for w in found if len(w) > 1 and w not in _COMMON and not is_bsn(w))
    return {w[:_LONGEST] for w in wanted}


def name_words(name: str) -> set[str]:
    """Give the words of a name, and what it is when its prefixes are written along.

    `El Amrani` is also elamrani, `van den Berg` vandenberg and denberg.
    """
    parts = _WORD.findall(fold(name).translate(_QUOTES))
    joined, before = set[str](), list[str]()
    for part in parts:
        joined |= {"".join((*before[n:], part)) for n in range(len(before))}
        before = [*before, part] if len(part) <= _PREFIX else []
    return words_of(name) | joined | {part for part in parts if len(part) == 1}


def born_word(born: str | None) -> set[str]:
    """Give a whole or partial date of birth as a word: `1979`, `197906`, `19790630`."""
    return {born.replace("-", "")} if born else set()


def words_of_case(
    case: Mapping[str, Any], people: Iterable[Mapping[str, Any]], texts: Iterable[str]
) -> set[str]:
    """Give every word a case is found by.

    Number, reference, concerns, people with birth and address (a secret one never), and other texts
    of it.

    Never the melder, the adviesvrager or a BSN: what is not there cannot be asked out.
    """
    letter, year, last = case["number"].lower().split("-")
    found = {f"{letter}{year}{last}", last, *words_of(case["zorgen"]), *words_of(case["gemeente"])}
    found |= {
        k for k in (fold(case["kenmerk"] or "").replace("-", "").replace(" ", "")[:_LONGEST],) if k
    } | words_of(case["kenmerk"] or "")
    for person in people:
        for part in ("naam", "voornamen", "geslachtsnaam", "partnernaam"):
            found |= name_words(person.get(part) or "")
        if not person.get("geheim_adres"):
            found |= words_of(person.get("adres") or "")
        found |= born_word(person.get("geboren"))
    for text in texts:
        found |= words_of(text)
    return found


def read_sought(text: str) -> list[Sought]:
    """Give what was typed as things that must all be found.

    Empty when nothing in it can be searched for.
    """
    plain = " ".join(fold(text).split())
    found: dict[str, Sought] = {}
    for letter, year, last in _NUMBER.findall(plain):
        word = f"{letter}{year}{last.zfill(6)}"
        found[word] = Sought(word, True)
    plain = _NUMBER.sub(" ", plain)
    for day in _DAY.findall(plain):
        if whole := read_partial(day.replace("/", "-").replace(".", "-")):
            word = whole.replace("-", "")
            found[word] = Sought(word, True)
    plain = _DAY.sub(" ", plain)
    for a, b in _POSTCODE.findall(plain):
        found[a + b] = Sought(a + b, True)
    plain = _POSTCODE.sub(" ", plain)
    for word in _WORD.findall(plain.translate(_QUOTES)):
        if word not in _COMMON:  # one sign can be a whole name
            found.setdefault(
                word[:_LONGEST],
                Sought(word[:_LONGEST], len(word) <= 2 or (word.isdigit() and len(word) != 4)),
            )
    return list(found.values())[:_MOST]
