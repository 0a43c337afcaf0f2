"""The code lists as data, each code with the days on which it holds, and the rules between lists.

What does not go together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from amhk.errors import Fault
from amhk.rules.parse import Complain, Filled, Raw
from amhk.words import CODE_LISTS, LISTS, LIVE_LISTS, say_day

GROUPS = ("beroepsmatig", "niet-beroepsmatig")
# What a role in the family means, wherever people are counted, written about or told: `ouder` by
# birth or law, `opvoeder` brings the child up,
# `beslist` decides for the child, `moeder` can carry an unborn child.
MARKS = ("kind", "volwassen", "ongeboren", "ouder", "opvoeder", "beslist", "moeder")
_LIST, _CODE = {"titel", "bron", "codes"}, {"code", "titel", "van", "tot", "groep", "is"}
_RULE = {"veld", "codes", "ander", "alleen_bij", "bron", "van", "tot"}


@dataclass(frozen=True, slots=True)
class Code:
    """One code: it holds from `since` on and no longer on `until` (half open; None is
    without end).
    """

    code: str
    title: str
    since: date | None = None
    until: date | None = None
    group: str = ""
    marks: tuple[str, ...] = ()

    def holds(self, day: date) -> bool:
        """Tell whether it may be chosen for something of this day."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True, slots=True)
class CrossRule:
    """These `codes` of a field only go with one of `values` of another, between two days."""

    field: str
    codes: frozenset[str]
    other: str
    values: frozenset[str]
    source: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Roles:
    """The roles in a family by what they mean (`MARKS`).

    The one table that letters, ages, figures and requests go by.
    """

    by_mark: Mapping[str, frozenset[str]]

    def has(self, held: Iterable[str] | None, *marks: str) -> bool:
        """Tell whether one of the roles somebody has means one of these."""
        return any(role in self.by_mark[mark] for role in held or () for mark in marks)


@dataclass(frozen=True)
class Codes:
    """All code lists of a meldpunt, and the rules between them."""

    lists: Mapping[str, tuple[Code, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[CrossRule, ...] = ()
    _days: dict[date, dict[str, Mapping[str, str]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def values(self) -> dict[str, tuple[str, ...]]:
        """Give the codes of every list, also those that no longer hold."""
        return {name: tuple(c.code for c in codes) for name, codes in self.lists.items()}

    def on(self, day: date) -> dict[str, Mapping[str, str]]:
        """Give every list as it holds on a day: code to title."""
        if day not in self._days:
            if len(self._days) > 500:
                self._days.clear()
            self._days[day] = {
                name: {c.code: c.title for c in codes if c.holds(day)}
                for name, codes in self.lists.items()
            }
        return self._days[day]

    def title(self, name: str, code: str) -> str:
        """Give the title of a code, also of one that no longer holds.

        The code itself when it was never in the list.
        """
        return next((c.title for c in self.lists.get(name, ()) if c.code == code), code)

    def group(self, name: str, code: str) -> str:
        """Give the group of a code (`beroepsmatig`); empty when it has none."""
        return next((c.group for c in self.lists.get(name, ()) if c.code == code), "")

    @cached_property
    def roles(self) -> "Roles":
        """Give what the roles in a family mean."""
        return Roles(
            {
                m: frozenset(c.code for c in self.lists.get("rollen", ()) if m in c.marks)
                for m in MARKS
            }
        )

    def why_not(self, name: str, value: str, day: date) -> str | None:
        """Give why a code that exists cannot be chosen for a day.

        None when there is no such code at all.
        """
        for c in self.lists.get(name, ()):
            if value.strip().casefold() in (c.code.casefold(), c.title.casefold()) and not c.holds(
                day
            ):
                if c.since is not None and day < c.since:
                    return (
                        f"'{c.title}' geldt pas vanaf {say_day(c.since)}, en dit is van"
                        f" {say_day(day)}."
                    )
                assert c.until is not None
                return (
                    f"'{c.title}' geldt niet meer sinds {say_day(c.until)}, en dit is van"
                    f" {say_day(day)}."
                )
        return None

    def faults(self, values: Filled, day: date) -> list[Fault]:
        """Give what in these values does not go together on a day.

        Each sentence names both fields.
        """
        return [
            f
            for rule in self.rules
            if Code(code="", title="", since=rule.since, until=rule.until).holds(day)
            for f in self._clash(rule, values)
        ]

    def _clash(self, rule: CrossRule, values: Filled) -> list[Fault]:
        only = rule.codes & _chosen(values.get(rule.field))
        if not only or rule.values & _chosen(values.get(rule.other)):
            return []
        here, there = self.titles[rule.field], self.titles[rule.other]
        text = (
            f"{here} {', '.join(sorted(only))} kan alleen bij {there.lower()}"
            f" {_either(rule.values)}. Pas '{here}' of '{there}' aan."
        )
        return [Fault("kruisregel", text, rule.field)]


def _chosen(value: object) -> frozenset[str]:
    return frozenset(
        [value]
        if isinstance(value, str)
        else value
        if isinstance(value, list | tuple | frozenset)
        else ()
    )


def _either(codes: frozenset[str]) -> str:
    *some, last = sorted(codes)
    return f"{', '.join(some)} of {last}" if some else last


def read_codes(file: str, data: Raw, standard: Raw | None = None) -> tuple[Codes, list[Fault]]:
    """Give the code lists in a parsed file, and every fault in it by its key.

    Beside the lists the program asks for, a procedure has lists of its own; those it has from the
    `standard` need not be in the file.
    """
    faults: list[Fault] = []

    def no(key: str, text: str) -> None:
        """Remember a fault at a key."""
        faults.append(Fault("codelijst", f"{file}, {key}: {text}", key))

    own = {k: v for k, v in (standard or {}).get("lijsten", {}).items() if k not in CODE_LISTS}
    tables = {**own, **data.get("lijsten", {})}
    for name in sorted(set(data) - {"lijsten", "kruisregels"}):
        no(name, "onbekende sleutel; bekend zijn kruisregels, lijsten")
    for name in sorted(set(CODE_LISTS) - set(tables)):
        no(f"lijsten.{name}", "deze lijst ontbreekt")
    for name in sorted(set(tables) & {*LISTS, *LIVE_LISTS}):
        no(f"lijsten.{name}", "zo heet al een lijst van het programma: kies een andere naam")
    lists = {name: _codes(f"lijsten.{name}", table, no) for name, table in tables.items()}
    titles = {name: str(tables[name].get("titel", name)) for name in lists}
    rules = tuple(
        _rule(f"kruisregels[{n}]", row, lists, no)
        for n, row in enumerate(data.get("kruisregels", ()), 1)
    )
    return Codes(lists, titles, rules), faults


def _codes(key: str, table: Raw, no: Complain) -> tuple[Code, ...]:
    for name in sorted(set(table) - _LIST):
        no(f"{key}.{name}", f"onbekende sleutel; bekend zijn {', '.join(sorted(_LIST))}")
    if not table.get("bron"):
        no(f"{key}.bron", "elke lijst noemt haar bron")
    found: dict[str, Code] = {}
    for row in table.get("codes", ()):
        code = _code(key, row, no)
        titles = {c.title.casefold() for c in found.values() if c.until is None}
        if code.until is None and code.title.casefold() in titles:
            no(f"{key}.{code.code}", f"de titel '{code.title}' staat er twee keer in")
        if code.code in found:
            again = "een code krijgt nooit een tweede betekenis"
            no(f"{key}.{code.code}", f"deze code staat er twee keer in; {again}")
        found[code.code] = code
    if not found:
        no(key, "deze lijst is leeg")
    return tuple(found.values())


def _code(key: str, row: Raw, no: Complain) -> Code:
    """Give the code in a row of a list; what is wrong with it is told to `no`."""
    code = str(row.get("code", ""))
    here = f"{key}.{code}"
    for name in sorted(set(row) - _CODE):
        no(f"{here}.{name}", f"onbekende sleutel; bekend zijn {', '.join(sorted(_CODE))}")
    if not code or not row.get("titel"):
        no(here, "elke code heeft een code en een titel")
    if key == "lijsten.hoedanigheid" and row.get("groep") not in GROUPS:
        why = "daarvan hangt af of een melder geheim blijft"
        no(f"{here}.groep", f"elke hoedanigheid is {' of '.join(GROUPS)}: {why}")
    since, until = (_day(f"{here}.{k}", row.get(k), no) for k in ("van", "tot"))
    if since and until and until <= since:
        no(f"{here}.tot", "ligt niet na 'van'")
    marks = tuple(row.get("is", ()))
    for mark in sorted(set(marks) - set(MARKS)):
        no(f"{here}.is", f"'{mark}' kan niet; kies uit {', '.join(MARKS)}")
    return Code(
        code=code,
        title=str(row.get("titel", code)),
        since=since,
        until=until,
        group=str(row.get("groep", "")),
        marks=marks,
    )


def _day(key: str, value: object, no: Complain) -> date | None:
    if value is not None and type(value) is not date:
        no(key, "schrijf een datum als 2019-01-01, zonder aanhalingstekens")
        return None
    return value


def _rule(key: str, row: Raw, lists: Mapping[str, tuple[Code, ...]], no: Complain) -> CrossRule:
    for name in sorted(set(row) - _RULE):
        no(f"{key}.{name}", f"onbekende sleutel; bekend zijn {', '.join(sorted(_RULE))}")
    if not row.get("codes") or not row.get("alleen_bij"):
        no(key, "een kruisregel noemt 'codes' en 'alleen_bij'")
    sides = []
    for name, codes in (("veld", "codes"), ("ander", "alleen_bij")):
        known = {c.code for c in lists.get(row.get(name, ""), ())}
        if not known:
            no(f"{key}.{name}", f"'{row.get(name)}' is geen lijst")
        for code in row.get(codes, ()):
            if code not in known:
                no(f"{key}.{codes}", f"code '{code}' staat niet in '{row.get(name)}'")
        sides.append((str(row.get(name)), frozenset(row.get(codes, ()))))
    days = (_day(f"{key}.{n}", row.get(n), no) for n in ("van", "tot"))
    return CrossRule(*sides[0], *sides[1], str(row.get("bron", "")), *days)
