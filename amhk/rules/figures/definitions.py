"""The figures as data: what each counts, of whom, at which moment.

And how its value follows from counted facts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from amhk.errors import Fault
from amhk.rules.figures.headings import Counting, Heading, read_counting, read_heading, without
from amhk.rules.parse import Complain, Raw

KINDS = {
    "aantal": "count",
    "deel": "share",
    "mediaan": "days",
    "p90": "days",
    "gemiddelde": "mean",
    "stand": "count",
    "per_1000": "rate",
    "splitsing": "split",
}
_KEYS = {"uitgave", "groepen", "cijfers", "rapport", "telling"}
CLOCKS = ("eigen", "naast", "telt", "ander")
_MUST = ("titel", "zin", "groep", "soort", "populatie", "moment", "bron")
_MAY = {
    *_MUST,
    "feit",
    "goed",
    "alle",
    "van",
    "termijn",
    "klok",
    "doel",
    "lijst",
    "som",
    "hooguit",
    "eenheid",
}
_TEXTS = {
    "feit": "fact",
    "van": "of",
    "termijn": "term",
    "lijst": "list_name",
    "som": "sums_to",
    "hooguit": "at_most",
}
# Lists a split is shown by that are no code lists of the procedure.
OWN_LISTS: Mapping[str, Mapping[str, str]] = {
    "antwoord": {"aangenomen": "Aangenomen", "geweigerd": "Geweigerd", "open": "Nog geen antwoord"},
    "schaal": {
        k: k.capitalize() for k in ("lokaal", "subregionaal", "regionaal", "bovenregionaal")
    },
    "score": {"-1": "-1: slechter", "0": "0: gelijk", "1": "1: deels bereikt", "2": "2: bereikt"},
    "soort": {},
    "leeftijd": {},
}
Found = Mapping[str, Mapping[str, int]]  # fact -> value -> count


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure: its Dutch sentence, and what is counted.

    `good` and `every` are the values of numerator and denominator (None: all there are); `of` the
    fact of the denominator; `unit` what one and what more are called in a sentence.
    """

    name: str
    title: str
    sentence: str
    group: str
    kind: str
    population: str
    moment: str
    source: str
    fact: str = ""
    good: tuple[str, ...] | None = None
    every: tuple[str, ...] | None = None
    of: str = ""
    term: str = ""
    clock: str = "eigen"
    target: int | None = None
    list_name: str = ""
    sums_to: str = ""
    at_most: str = ""
    unit: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Tell whether it is counted on the last day instead of over the period."""
        return self.fact.startswith("voorraad")

    @property
    def facts(self) -> set[str]:
        """Give every fact it may count, by whichever clock."""
        clocks = {f"termijn.{self.term}", f"termijn.{self.term}.naast"} if self.term else set()
        return {f for f in (self.fact, self.of) if f} | clocks

    def fact_by(self, second: bool) -> str:
        """Give the fact it counts; of a term with two clocks by the one that counts (`second`: that
        is the one beside) or by the other.
        """
        if not self.term:
            return self.fact
        beside = {"eigen": False, "naast": True, "telt": second, "ander": not second}[self.clock]
        return f"termijn.{self.term}{'.naast' if beside else ''}"


@dataclass(frozen=True)
class Definitions:
    """All figures of a meldpunt, in the order in which they are shown, under their groups.

    `release` is part of every stamp.
    """

    release: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    heading: Heading = field(default_factory=Heading)
    counting: Counting = field(default_factory=Counting)


def value_of(d: Definition, found: Found, fact: str, inwoners: int | None) -> object:
    """Give the value of a figure from what was counted: a count; a share as [good, all].

    Days or a mean as [value, of how many]; a rate as [count, inwoners]; a split as {value: count}.
    """
    counts = found.get(fact, {})
    if d.kind in ("aantal", "stand"):
        return _sum(counts, d.good)
    if d.kind == "deel":
        return [_sum(counts, d.good), _sum(found.get(d.of, {}) if d.of else counts, d.every)]
    if d.kind == "per_1000":
        return [_sum(counts, d.good), inwoners]
    if d.kind == "splitsing":
        return {value: count for value, count in sorted(counts.items()) if count}
    spread = sorted((int(value), count) for value, count in counts.items() if count > 0)
    total = sum(count for _, count in spread)
    if d.kind == "gemiddelde":
        return [
            round(sum(value * count for value, count in spread) / total, 1) if total else None,
            total,
        ]
    return [at_least(spread, total, 50 if d.kind == "mediaan" else 90), total]


def at_least(spread: Sequence[tuple[int, int]], total: int, percent: int) -> int | None:
    """Give the smallest value that so many percent of all do not exceed.

    None when there are none.
    """
    seen = 0
    for value, count in spread:
        seen += count
        if seen * 100 >= total * percent:
            return value
    return None


def _sum(counts: Mapping[str, int], values: Iterable[str] | None) -> int:
    return sum(counts.values()) if values is None else sum(counts.get(value, 0) for value in values)


def read_definitions(
    file: str, data: Raw, there: Mapping[str, Collection[str]], standard: Raw
) -> tuple[Definitions, list[Fault]]:
    """Give the figures in a parsed file, and every fault in it by its key.

    `there` holds the `terms`, `endings` and `lists` that exist. A file from before the head of a
    report and what the counting rests on were data takes those of `standard`.
    """
    faults: list[Fault] = []

    def _no(key: str, text: str) -> None:
        faults.append(Fault("cijfers", f"{file}, {key}: {text}", key))

    for name in sorted(set(data) - _KEYS):
        _no(name, f"onbekende sleutel; bekend zijn {', '.join(sorted(_KEYS))}")
    if not isinstance(data.get("uitgave"), str):
        _no("uitgave", "geef een uitgave op, zoals 2026.1: ze staat in het stempel van elk rapport")
    groups, tables = data.get("groepen", {}), data.get("cijfers", {})
    known = {
        "groups": set(groups),
        "terms": set(there["terms"]),
        "lists": {*there["lists"], *OWN_LISTS},
        "figures": set(tables),
    }
    found = {str(name): _one(str(name), table, known, _no) for name, table in tables.items()}
    if not found:
        _no("cijfers", "er staan geen cijfers in")
    heading = data["rapport"] if "rapport" in data else without(standard["rapport"], found)
    counting = data.get("telling", standard["telling"])
    return Definitions(
        release=str(data.get("uitgave", "")),
        groups=dict(groups),
        definitions=found,
        heading=read_heading(heading, found, _no),
        counting=read_counting(counting, there["endings"], known["terms"], _no),
    ), faults


def _one(name: str, table: Raw, known: Mapping[str, set[str]], no: Complain) -> Definition:
    _prove(f"cijfers.{name}", table, known, no)
    good, every = (tuple(map(str, table[n])) if n in table else None for n in ("goed", "alle"))
    title, sentence, group, kind, population, moment, source = (
        str(table.get(n, "")) for n in _MUST
    )
    texts = {to: str(table.get(n, "")) for n, to in _TEXTS.items()}
    clock, target = str(table.get("klok", "eigen")), table.get("doel")
    return Definition(
        name=name,
        title=title,
        sentence=sentence,
        group=group,
        kind=kind,
        population=population,
        moment=moment,
        source=source,
        good=good,
        every=every,
        clock=clock,
        target=target if isinstance(target, int) else None,
        unit=tuple(map(str, table.get("eenheid", ()))),
        **texts,
    )


def _prove(key: str, table: Raw, known: Mapping[str, set[str]], no: Complain) -> None:
    for extra in sorted(set(table) - _MAY):
        no(f"{key}.{extra}", f"onbekende sleutel; bekend zijn {', '.join(sorted(_MAY))}")
    for must in _MUST:
        if not isinstance(table.get(must), str) or not table[must]:
            no(f"{key}.{must}", "hoort bij elk cijfer: wat het betekent staat naast het getal")
    for name, allowed, what in (
        ("soort", set(KINDS), "soort"),
        ("groep", known["groups"], "groep"),
        ("klok", set(CLOCKS), "klok"),
        ("termijn", known["terms"], "termijn"),
        ("lijst", known["lists"], "lijst"),
        ("som", known["figures"], "cijfer"),
        ("hooguit", known["figures"], "cijfer"),
    ):
        if name in table and table[name] not in allowed:
            no(
                f"{key}.{name}",
                f"'{table[name]}' is geen {what}; bekend zijn {', '.join(sorted(allowed))}",
            )
    if not table.get("feit") and not table.get("termijn"):
        no(key, "noem het 'feit' of de 'termijn' die geteld wordt")
    if table.get("soort") == "splitsing" and not table.get("lijst"):
        no(f"{key}.lijst", "een splitsing noemt de lijst waarnaar gesplitst wordt")
    if "eenheid" in table and len(table["eenheid"]) != 2:
        no(f"{key}.eenheid", "noem hoe er een heet, en hoe er meer heten")
    target = table.get("doel")
    if target is not None and (
        isinstance(target, bool) or not isinstance(target, int) or not 0 <= target <= 100
    ):
        no(f"{key}.doel", f"'{target}' is geen percentage van 0 tot en met 100")
