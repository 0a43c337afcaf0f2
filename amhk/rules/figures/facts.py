"""What a case counts for: its facts, folded from what its journal says for the figures, and from
nothing else.

A journal line tells the figures what it meant (`figures` of the line: codes, days and numbers,
never a person), so that they can be
made again for any position of the journal, also of a case whose content was destroyed by law.
docs/adr/0009 says what a line can tell.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from amhk.rules.figures.headings import Counting
from amhk.rules.parse import Filled, Raw
from amhk.words import day_of

UNSAID = "-"  # of a list from which nothing was chosen
THAT_DAY = "that day"  # help that began on the day of the line that tells it
FOREVER = "9999-12-31"
OUTSIDE = (
    "Buiten de regio"  # where counts what belongs to a gemeente that was not of the region then
)
ALWAYS = ("", "9999-12")
IN_TIME, LATE, RUNS = "op tijd", "te laat", "loopt"
_WITHIN = 365  # days after an ended involvement in which a new melding is a hermelding
_ANSWERS = {
    "accepted": "aangenomen",
    "started": "aangenomen",
    "refused": "geweigerd",
    "open": "open",
}
_LISTS = ("aanleiding", "aard")
_SINGLE = ("hoedanigheid", "kanaal", "meldcodestap")
Line = tuple[int, str, Raw]


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One thing to count: what it is, on which Amsterdam day it counts, which value, how many.

    `until` (exclusive) for what lasts, empty for what happens.
    """

    name: str
    day: str
    value: str = ""
    until: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """The names of the facts that are kept, and what the counting rests on."""

    names: frozenset[str]
    counting: Counting


@dataclass
class Story:
    """A case as its journal tells it to the figures.

    `at` holds of each line when it happened: UTC as it was written, or Amsterdam time as it was
    said.
    """

    case: Filled = field(default_factory=dict)
    at: dict[int, str] = field(default_factory=dict)
    terms: dict[str, list[Any]] = field(default_factory=dict)
    finishes: list[tuple[int, int]] = field(default_factory=list)
    ended: tuple[str, str | None] | None = None
    closed: int | None = None
    children: int = 0
    known: str | None = None
    outcomes: list[tuple[int, list[str]]] = field(default_factory=list)
    codes: list[tuple[int, str, str]] = field(default_factory=list)
    referrals: list[Filled] = field(default_factory=list)
    checks: list[tuple[int, Mapping[str, object]]] = field(default_factory=list)
    counters: list[tuple[int, str]] = field(default_factory=list)
    run: int | None = None

    def ended_as(self, endings: frozenset[str]) -> bool:
        """Tell whether it ended in one of these ways."""
        return self.ended is not None and self.ended[0] in endings

    def day(self, line: int) -> str:
        """Give the day on which what a line tells happened."""
        told = self.at[line]
        # of UTC text the Amsterdam day is the same until 22:00
        return (
            told[:10]
            if told[-1] != "Z" or told[11:13] < "22"
            else day_of(datetime.fromisoformat(told)).isoformat()
        )


def story_of(lines: Iterable[Line]) -> Story:
    """Give a case as its lines tell it.

    (sequence, instant as UTC text, what it tells), in the order of the journal.
    """
    told = Story()
    for sequence, instant, figures in lines:
        told.at[sequence] = figures.get("at") or instant
        told.case |= figures.get("case", {})
        told.terms |= figures.get("terms", {})
        told.run = None
        for name, read in _READ.items():
            if name in figures:
                read(told, sequence, figures[name])
    return told


def _moved(told: Story, line: int, value: list[tuple[int, str]]) -> None:
    told.at |= {sequence: moment for sequence, moment in value}


def _closed(told: Story, line: int, value: bool) -> None:
    told.closed = line if value else None


def _ended(told: Story, line: int, value: list[Any] | None) -> None:
    told.ended = (value[0], value[1]) if value else None


def _outcome(told: Story, line: int, value: list[str]) -> None:
    told.outcomes.append((line, value))


def _corrected(told: Story, line: int, value: list[str]) -> None:
    """The outcome of the last onderzoek was another: its day stays."""
    if told.outcomes:
        told.outcomes[-1] = (told.outcomes[-1][0], value)


def _codes(told: Story, line: int, value: Mapping[str, list[str]]) -> None:
    told.codes += [(line, name, code) for name, codes in value.items() for code in codes]


def _referral(told: Story, line: int, value: list[str]) -> None:
    told.referrals.append(
        {
            "line": line,
            "kind": value[0],
            "scale": value[1],
            "answer": "open",
            "help": None,
            "begun": line,
        }
    )


def _run(told: Story, line: int, value: int) -> None:
    """What this line tells is of the referral that began in that one."""
    told.run = value


def _mine(told: Story) -> Filled | None:
    """Give the referral a line is of: the one it names, else the latest."""
    found = [r for r in told.referrals if told.run in (None, r["line"])]
    return found[-1] if found else None


def _answer(told: Story, line: int, value: str) -> None:
    if mine := _mine(told):
        mine["answer"] = value


def _help(told: Story, line: int, value: str) -> None:
    """The help of a referral began; a day that is told later is the better one."""
    if (mine := _mine(told)) is not None:
        mine |= {"help": value, "begun": line}


def _children(told: Story, line: int, value: int) -> None:
    told.children = value


def _known(told: Story, line: int, value: str | None) -> None:
    told.known = value


_READ: dict[str, Any] = {
    "moved": _moved,
    "closed": _closed,
    "ended": _ended,
    "finish": lambda told, line, value: told.finishes.append((line, value)),
    "uitkomst": _outcome,
    "uitkomst_juist": _corrected,
    "codes": _codes,
    "referral": _referral,
    "run": _run,
    "answer": _answer,
    "help": _help,
    "check": lambda told, line, value: told.checks.append((line, value)),
    "children": _children,
    "known": _known,
    "counter": lambda told, line, value: told.counters.append((line, value)),
}


def facts_of(told: Story, wanted: Wanted) -> list[Fact]:
    """Give the facts of a case, of those that are wanted."""
    found = _facts(told, wanted) if told.case else ()
    return [fact for fact in found if fact.name in wanted.names]


def _facts(told: Story, wanted: Wanted) -> Iterator[Fact]:
    yield from _received(told, wanted.counting)
    yield from _ended_facts(told)
    yield from _term_facts(told, wanted.names)
    yield from _onderzoek(told, wanted.counting.research)
    yield from _help_facts(told)
    for line, check in told.checks:
        yield from _check(told.day(line), check)
    for line, kind in told.counters:
        yield Fact("tegenkracht", told.day(line), kind)


def _received(told: Story, counting: Counting) -> Iterator[Fact]:
    case, day = told.case, told.case["received"][:10]
    route = case["route"]
    until = told.day(told.closed) if told.closed else FOREVER
    yield Fact(name="voorraad", day=day, value=route, until=until)
    if told.ended_as(counting.uncounted):
        return
    yield Fact(route, day)
    for name in _SINGLE:
        yield Fact(f"{route}.{name}", day, case.get(name) or UNSAID)
    for name in _LISTS:
        for code in case.get(name) or ():
            yield Fact(f"{route}.{name}", day, code)
    if told.known and 0 <= _days(told.known, day) <= _WITHIN:
        yield Fact("hermelding", day)
    if told.ended and told.ended_as(counting.joined):
        yield Fact("vervolgmelding", day, told.ended[1] or "")


def _ended_facts(told: Story) -> Iterator[Fact]:
    reached = dict[int, str]()
    for line, finish in told.finishes:
        reached[finish] = min(reached.get(finish, FOREVER), told.day(line))
    for finish, day in reached.items():
        yield Fact("finish", day, str(finish))
    if told.closed:
        yield Fact("gesloten", told.day(told.closed), told.case["route"])
        if told.ended:
            yield Fact("einde", told.day(told.closed), told.ended[0])


def _term_facts(told: Story, wanted: frozenset[str]) -> Iterator[Fact]:
    for name, start, due, beside, status, at in told.terms.values():
        if status == "void" or f"termijn.{name}" not in wanted:
            continue
        held = status == "met"
        yield Fact(f"termijn.{name}", due[:10], _verdict(due, at) if held else RUNS)
        if beside:
            yield Fact(f"termijn.{name}.naast", beside, _verdict(beside, at) if held else RUNS)
        if held:
            yield Fact(f"duur.{name}", at[:10], str(_days(start, at)))
        yield Fact(
            name=f"voorraad.{name}", day=start[:10], value="", until=at[:10] if held else FOREVER
        )


def _verdict(due: str, at: str) -> str:
    late = datetime.fromisoformat(at) > datetime.fromisoformat(due) if "T" in due else at[:10] > due
    return LATE if late else IN_TIME


def _onderzoek(told: Story, research: frozenset[str]) -> Iterator[Fact]:
    starts = sorted(start[:10] for name, start, *_ in told.terms.values() if name in research)
    if starts:
        yield Fact("onderzoek", starts[0])
        if told.children:
            yield Fact("onderzoek.kinderen", starts[0], count=told.children)
    for line, codes in told.outcomes:
        for code in codes:
            yield Fact("uitkomst", told.day(line), code)
    seen = set[tuple[str, str]]()
    for line, name, code in told.codes:
        if (name, code) not in seen:
            yield Fact(name, told.day(line), code)
            seen.add((name, code))


def _help_facts(told: Story) -> Iterator[Fact]:
    for referral in told.referrals:
        day = told.day(referral["line"])
        yield Fact("verwijzing", day, _ANSWERS[referral["answer"]])
        yield Fact("verwijzing.schaal", day, referral["scale"])
        yield Fact("verwijzing.soort", day, referral["kind"])
    for count, referral in enumerate(told.referrals, 1):
        if (
            begun := told.day(referral["begun"])
            if referral["help"] == THAT_DAY
            else referral["help"]
        ):
            if (
                begun >= told.case["received"][:10]
            ):  # help that ran already did not have to be waited for
                yield Fact("hulp.dagen", begun, str(_days(told.case["received"], begun)))
                yield Fact("hulp.overdrachten", begun, str(count))
            return


def _check(day: str, check: Raw) -> Iterator[Fact]:
    yield Fact("controle", day)
    for name in ("passend", "nu_veilig", "reden_einde", "kader"):
        if check.get(name):
            yield Fact(f"controle.{name}", day, check[name])
    for name in ("doelrealisatie", "tevreden_jeugdige", "tevreden_ouder", "kind_veilig"):
        for number in check.get(name) or ():
            yield Fact(f"controle.{name}", day, str(number))


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(end[:10]) - date.fromisoformat(start[:10])).days
