"""What a case keeps secret, covered in whatever text it stands.

The melder who stays hidden, by name, number, address, work and organisation, and secret addresses.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from amhk.rules.parse import fold, is_bsn
from amhk.rules.privacy.secrecy import (
    MAIL,
    NOBODY,
    NUMBER,
    POSTCODE,
    is_plain_name,
    names_somebody_else,
    ways_to_reach,
)
from amhk.words import MONTHS

COVER = "[geheim]"
T = TypeVar("T")
# Signs that are not seen; a word may hold them.
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_UNSEEN_ONES = re.compile(f"[{_UNSEEN}]")
_TOKEN = re.compile(rf"[^\W_]+(?:['’{_UNSEEN}]+[^\W_]+)*")
_DIGIT = re.compile(r"\d")
# Digits of a number however they are set apart; a BSN has nine of them, or eight where its first
# is a zero.
_DIGITS = re.compile(r"\d(?:[\s./–-]{0,2}\d){7,}")
_STREET = 6
_SHORT_MARCH = "mrt"
# What is part of many names, or a word of every sentence, and told of nobody by itself.
_PARTICLES = frozenset(
    fold(
        "de la le el al du di da ibn ben von te op in an en is of om er we ze je me nu zo ja na"
    ).split()
)
_SHORT = 3  # a line of fewer words is covered where it stands alone, not within another
_GAP = re.compile(r"[\s,;.-]{0,3}")
# Beside these names stand codes of the house, its own people, days and sums, or what a step asks
# (its lists are covered where they are made): never words that somebody typed.
CODES = frozenset(
    {
        "kind",
        "state",
        "status",
        "way",
        "route",
        "recipient",
        "rollen",
        "rollen_nu",
        "betrokken_als",
        "geslacht",
        "effect",
        "code",
        "codes",
        "field",
        "version",
        "href",
        "method",
        "hash",
        "number",
        "finish",
        "finishes",
        "release",
        "workflow",
        "owner",
        "taken_by",
        "worker",
        "by",
        "team",
        "receivers",
        "gemeente",
        "hoedanigheid",
        "aanleiding",
        "aard",
        "kanaal",
        "meldcodestap",
        "due",
        "start",
        "op",
        "ontvangen",
        "instant",
        "state_title",
        "side",
        "ground",
        "type",
        "format",
        "pattern",
        "required",
        "enum",
        "const",
        "input",
        "why_not",
        "map",
    }
)


@dataclass(frozen=True, slots=True)
class Veil:
    """What must be covered, each as it is compared.

    Words of names, runs of words, the last digits of numbers, postcodes, mail addresses; the runs
    of words of whole `texts`, and short `lines` of them where they stand alone; with `bsn` whatever
    is a burgerservicenummer, and those that are known (`bsns`) in any spelling. What the procedure
    says itself (`own`: names, titles, what was done) is nobody's secret: where a text is that, or
    begins with it, covering a word of it would tell whose name it is.
    """

    words: frozenset[str] = frozenset()
    runs: tuple[tuple[str, ...], ...] = ()
    numbers: frozenset[str] = frozenset()
    postcodes: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()
    texts: frozenset[tuple[str, ...]] = frozenset()
    lines: frozenset[tuple[str, ...]] = frozenset()
    bsn: bool = False
    bsns: frozenset[str] = frozenset()
    cover: str = COVER
    own: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        some = (self.words, self.runs, self.numbers, self.postcodes, self.mails, self.texts)
        return self.bsn or any(some)

    def over(self, text: str) -> str:
        """Give a text with all of it covered that may only be read for a reason."""
        if not self._may_hold(text):
            return text
        if text in self.own:
            return text
        if self.lines and _run(text) in self.lines:
            return self.cover
        told, last = "", 0
        for start, end in _joined(text, sorted(self._typed(text))):
            told, last = told + text[last:start] + self.cover, end
        return told + text[last:] if last else text

    def holds(self, text: str) -> bool:
        """Tell whether anything in a text must be covered."""
        if not self._may_hold(text):
            return False
        if text in self.own:
            return False
        return _run(text) in self.lines or bool(self._typed(text))

    def _may_hold(self, text: str) -> bool:
        """Tell at a glance whether a text has anything that looks like what is covered.

        Most have not, and are not read word by word.
        """
        folded = fold(text)
        return (
            any(word in folded for word in self.words)
            or any(run[0] in folded for run in self.runs)
            or bool((self.numbers or self.postcodes) and _DIGIT.search(text))
            or bool(self.mails and "@" in text)
            or (self.bsn and _DIGITS.search(text) is not None)
            or bool(self.texts or self.lines)
        )

    def upon(self, told: T) -> T:
        """Give an answer (mappings, lists, texts) with every text in it covered, but what stands
        there as a code (`CODES`).
        """
        return cast(T, self._upon(told))

    def _upon(self, told: Any) -> object:
        if isinstance(told, str):
            return self.over(told)
        if isinstance(told, Mapping):
            return {
                self._name(k) if isinstance(k, str) else k: v if k in CODES else self._upon(v)
                for k, v in told.items()
            }
        return type(told)(map(self._upon, told)) if type(told) in (list, tuple) else told

    def _name(self, key: str) -> str:
        """Give the name of a value; a word of somebody's text is no reason to lose it."""
        return key if key.isidentifier() and key.islower() else self.over(key)

    def _typed(self, text: str) -> list[tuple[int, int]]:
        """Give what must be covered in a text past what the procedure says in it, which comes
        first.
        """
        if not (spans := list(self._spans(text))):
            return []
        said = max((len(o) for o in self.own if " " in o and text.startswith(o)), default=0)
        return [span for span in spans if span[1] > said]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        tokens = [(m.start(), m.end(), _word(m.group())) for m in _TOKEN.finditer(text)]
        for start, end, word in tokens:
            if not self.words.isdisjoint((word, word.removesuffix("s"), word.removesuffix("'s"))):
                yield start, end
        words = tuple(word for _, _, word in tokens)
        for run in (
            *self.runs,
            *self.texts,
        ):  # one word is covered in the genitive too; a run only as it is
            for at in range(len(words) - len(run) + 1):
                if words[at : at + len(run)] == run:
                    yield tokens[at][0], tokens[at + len(run) - 1][1]
        if self.bsn:
            yield from (m.span() for m in _DIGITS.finditer(text) if self._is_bsn(m))
        if self.numbers:
            yield from (m.span() for m in NUMBER.finditer(text) if _last(m.group()) in self.numbers)
        if self.postcodes:
            yield from (
                m.span() for m in POSTCODE.finditer(text) if _code(m.group()) in self.postcodes
            )
        if self.mails:
            yield from (m.span() for m in MAIL.finditer(text) if m.group().casefold() in self.mails)

    def _is_bsn(self, found: re.Match[str]) -> bool:
        """Tell whether digits are a BSN, or hold one that is known; within a word only the last."""
        digits, (start, end) = _digits(found.group()), found.span()
        if any(bsn in digits or bsn.removeprefix("0") == digits for bsn in self.bsns):
            return True
        around = found.string[start - 1 : start] + found.string[end : end + 1]
        return is_bsn(digits) and not any(map(str.isalnum, around))


def _joined(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Give spans as they are covered.

    What touches, overlaps or has but a space or comma between is one.
    """
    here: tuple[int, int] | None = None
    for start, end in spans:
        if here and (start <= here[1] or _GAP.fullmatch(text, here[1], start)):
            here = here[0], max(here[1], end)
            continue
        if here:
            yield here
        here = start, end
    if here:
        yield here


def _digits(number: str) -> str:
    """Give the digits of a number, whatever script they are in."""
    return "".join(str(int(sign)) for sign in number if sign.isdecimal())


def _last(number: str) -> str:
    return _digits(number)[-9:]


def _code(postcode: str) -> str:
    return postcode.replace(" ", "").casefold()


def _run(text: str) -> tuple[str, ...]:
    return tuple(_word(m.group()) for m in _TOKEN.finditer(text))


def _word(told: str) -> str:
    return fold(_UNSEEN_ONES.sub("", told)).replace("’", "'")


def _stands(run: tuple[str, ...], within: tuple[str, ...]) -> bool:
    return any(within[at : at + len(run)] == run for at in range(len(within) - len(run) + 1))


def over_texts(texts: Iterable[str]) -> dict[str, frozenset[tuple[str, ...]]]:
    """Give `texts` and `lines` of a veil over these whole texts: each as it is, wherever it stands,
    and so each of its lines, a short one where it stands alone.
    """
    whole, short = set[tuple[str, ...]](), set[tuple[str, ...]]()
    for text in texts:
        whole.add(_run(text))
        for line in map(_run, text.splitlines()):
            (short if len(line) < _SHORT else whole).add(line)
    return {"texts": frozenset(whole - {()}), "lines": frozenset(short - {()})}


def veil_of(
    melders: Iterable[Mapping[str, Any]],
    people: Iterable[Mapping[str, Any]],
    known: Iterable[str] = (),
) -> Veil:
    """Give the veil over a case.

    `melders` are the rows of the melding and of those that joined it, `people` its people; `known`
    words give nobody away (gemeente, house, its people).

    The family's own names are known too; what a melder who is not secret told of himself is not
    covered.
    """
    rows, secret = list(people), [m for m in melders if m["melder_geheim"]]
    names = [m["melder_naam"] or "" for m in secret]
    common = {w for k in (*known, *_own_names(rows, names)) for w in _run(k)} | NOBODY
    at_home = [p["adres"] for p in rows if p["adres"] and not p["geheim_adres"]]
    addresses = [p["adres"] for p in rows if p["geheim_adres"] and len(p["adres"] or "") > 6]
    reach = [m["melder_bereikbaar"] or "" for m in secret]
    ways = [way for text in (*reach, *addresses) for way in ways_to_reach(text)]
    parts = ("melder_functie", "melder_organisatie")
    runs = {_run(m[part]) for m in secret for part in parts if m[part]}
    homes, streets = [_run(home) for home in at_home], {_run(w) for w in ways if _is_street(w)}
    runs |= {run for run in streets if not any(_stands(run, home) for home in homes)}
    return Veil(
        words=frozenset(w for n in names for w in _run(n) if len(w) >= 3 and w not in common),
        runs=tuple(sorted(r for r in runs if r and not set(r) <= common)),
        numbers=frozenset(_last(n) for w in ways for n in NUMBER.findall(w)),
        postcodes=frozenset(_codes((*reach, *addresses)) - _codes(at_home)),
        mails=frozenset(m.casefold() for w in ways for m in MAIL.findall(w)),
    )


def veil_over_person(
    person: Mapping[str, Any],
    staying: Iterable[Mapping[str, Any]],
    known: Iterable[str],
    cover: str,
) -> Veil:
    """Give the veil over one person whose data are to be gone: his names, BSN, day of birth and
    address, but for what somebody who stays has as well.

    `staying` are the others of the case, `known` the names of the house and its institutions.
    """
    others = list(staying)
    parts = ("naam", "voornamen", "geslachtsnaam", "partnernaam")
    names = {_run(person[part]) for part in parts if person.get(part)}
    common = {w for k in (*known, *(o["naam"] for o in others)) for w in _run(k)} | NOBODY
    homes = [o["adres"] for o in others if o["adres"]]
    reach = [person.get("bereikbaar") or "", person.get("adres") or ""]
    ways = [way for told in reach for way in ways_to_reach(told)]
    streets = {run for w in ways if _is_street(w) for run in (_run(w), _street(w))}
    runs = {run for run in names if len(run) > 1} | {
        s for s in streets if not any(_stands(s, _run(home)) for home in homes)
    }
    if person.get("geboren") and person["geboren"] not in {o["geboren"] for o in others}:
        runs |= _days(person["geboren"])
    told = {_last(n) for way in ways for n in NUMBER.findall(way)}
    bsn = person.get("bsn")
    return Veil(
        words=frozenset(w for run in names for w in run if _tells(w) and w not in common),
        runs=tuple(sorted(run for run in runs if run)),
        numbers=frozenset(told | ({bsn, bsn.lstrip("0")} if bsn else set())),
        postcodes=frozenset(_codes(reach) - _codes(homes)),
        mails=frozenset(m.casefold() for way in ways for m in MAIL.findall(way)),
        cover=cover,
    )


def _tells(word: str) -> bool:
    """Tell whether a word of a name is one: no particle, and no word of every sentence."""
    return len(word) > 1 and word not in _PARTICLES


def _street(way: str) -> tuple[str, ...]:
    """Give the name of a street without its number, where it is long enough to be no other word."""
    name = tuple(word for word in _run(way) if not word[0].isdigit())
    return name if len("".join(name)) >= _STREET else ()


def _days(born: str) -> set[tuple[str, ...]]:
    """Give a whole day of birth (YYYY-MM-DD) as it may be written; a half one is nobody's alone."""
    if len(born) != len("2012-05-05"):
        return set()
    year, month, day = born.split("-")
    bare = (day.lstrip("0"), month.lstrip("0"))
    named = MONTHS[int(month) - 1]  # as words of a text are compared
    told = {(year, month, day), (year + month + day,), (day + month + year,)}
    for of_year in (year, year[2:]):
        told |= {(day, month, of_year), (*bare, of_year)}
        told |= {(d, m, of_year) for d in (day, bare[0]) for m in (named, named[:3], _SHORT_MARCH)}
    return {one for one in told if _SHORT_MARCH not in one or month == "03"}


def _own_names(people: Iterable[Mapping[str, Any]], names: Iterable[str]) -> list[str]:
    """Give the names of the family, but for one that is (nearly) that of a secret melder."""
    plain = [p["naam"] for p in people if is_plain_name(p["naam"])]
    return [own for own in plain if not any(names_somebody_else(own, n) for n in names)]


def _is_street(way: str) -> bool:
    return not (NUMBER.search(way) or MAIL.search(way) or POSTCODE.fullmatch(way))


def _codes(texts: Iterable[str]) -> set[str]:
    return {_code(code) for text in texts for code in POSTCODE.findall(text)}
