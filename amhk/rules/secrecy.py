"""Who may see which case, whose identity stays hidden, and what must not stand in free text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

ALL_CASES = frozenset({"manager", "gedragswetenschapper", "vertrouwensarts", "piket"})
TEAM_CASES = frozenset({"medewerker", "teamleider"})
_NUMBER = re.compile(r"\d[\d \-.]{6,}\d")
_SIGNS = (
    (re.compile(r"\b0\d{1,3}[- ]?\d{6,8}\b"), "een telefoonnummer"),
    (re.compile(r"\b\d{9}\b"), "een BSN"),
    (re.compile(r"\b\d{4} ?[A-Z]{2}\b"), "een postcode"),
    (re.compile(r"\b\d{1,2}[-/]\d{1,2}[-/]\d{2,4}\b"), "een geboortedatum"),
    (re.compile(r"(?<![.!?:\n]\s)(?<!^)\b[A-Z][a-zà-ÿ]+ (?:(?:van|de|den|der|ten|ter|el|al|'t) )*[A-Z][a-zà-ÿ]+\b"), "een naam"),
    (re.compile(r"\b[\w.+-]+@[\w-]+\.\w+\b"), "een e-mailadres"),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is looking or acting: worker id, role, team, name, and SKJ or BIG registration where he has one."""

    id: int
    role: str
    team: int | None
    name: str = ""
    registration: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases a reader may see: all, or those of `team`, owned by or taken by `worker`; `none` when no case at all."""

    every: bool = False
    none: bool = False
    team: int | None = None
    worker: int | None = None


def scope_of(reader: Reader) -> Scope:
    """Give which cases a reader may see: the one rule that pages, API, search and reports all pass."""
    if reader.role in ALL_CASES:
        return Scope(every=True)
    if reader.role in TEAM_CASES:
        return Scope(team=reader.team, worker=reader.id)
    return Scope(none=True)


def may_see(scope: Scope, team: int | None, owner: int | None, taken_by: int | None) -> bool:
    """Tell whether a case of this team, owner and taker lies within a scope."""
    if scope.every:
        return True
    if scope.none:
        return False
    return (team is not None and team == scope.team) or scope.worker in (owner, taken_by)


def signs_of_person(text: str) -> list[str]:
    """Give what in a text looks like data of a person (a warning for an advice, where nothing of the family may be kept)."""
    return [what for sign, what in _SIGNS if sign.search(text)]


def leaks(text: str, secrets: Iterable[str]) -> list[str]:
    """Give the protected words (names or any part of them, phone numbers, addresses) that stand in a text, whatever their case, spaces or dashes."""
    low = text.casefold()
    digits = re.sub(r"\D", "", " ".join(_NUMBER.findall(text)))
    found = []
    for secret in secrets:
        number = re.sub(r"\D", "", secret)
        if len(number) >= 7 and len(number) > len(secret) // 2:
            if number in digits:
                found.append(secret)
        elif any(re.search(rf"\b{re.escape(part)}\b", low) for part in _parts(secret)):
            found.append(secret)
    return found


def _parts(secret: str) -> list[str]:
    whole = secret.casefold().strip()
    words = [w for w in re.split(r"[\s,.\-]+", whole) if len(w) >= 4 and not w.isdigit()]
    return [whole, *words] if whole else words
