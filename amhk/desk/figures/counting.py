"""Counting: the facts of every case kept up with the journal, and the counts of periods, now or as
they were known at an earlier position.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from amhk.desk.figures.case_facts import DAYS_BEFORE, Known, settled, told, wanted_of
from amhk.office import Office
from amhk.rules.figures.facts import ALWAYS, FOREVER, LATE, OUTSIDE, RUNS, Fact
from amhk.rules.figures.periods import Period
from amhk.rules.privacy.secrecy import Scope
from amhk.store.database.engine import Connection
from amhk.store.figures import facts as figures_facts
from amhk.store.figures import figures
from amhk.store.figures.figures import Told
from amhk.words import day_of, start_of

AGES = (
    ("ouder dan een jaar", 365),
    ("6 tot 12 maanden", 182),
    ("3 tot 6 maanden", 91),
    ("1 tot 3 maanden", 30),
    ("korter dan een maand", 0),
)


@dataclass
class Counts:
    """What was counted of one period.

    `events` by (name, row, value), `stood` likewise at its end, `ages` of what stood by age class
    besides.
    """

    events: Counter[Told] = field(default_factory=Counter)
    stood: Counter[Told] = field(default_factory=Counter)
    ages: Counter[tuple[Told, str]] = field(default_factory=Counter)


def counted(
    office: Office, scope: Scope, periods: Sequence[Period], whole: bool = False
) -> tuple[Known, list[Counts]]:
    """Give the counts of periods that follow one another (the latest first) as they are now, and up
    to where that is; with `whole` all but the latest may be given without gemeenten (row empty).
    """
    with settled(office) as (known, connection):
        return known, _counted(office, connection, scope, periods=periods, known=known, whole=whole)


def _counted(
    office: Office,
    connection: Connection,
    scope: Scope,
    periods: Sequence[Period],
    known: Known,
    whole: bool,
) -> list[Counts]:
    spans = [(p.start.isoformat(), p.end.isoformat()) for p in periods]
    found, rows, today = [Counts() for _ in spans], _Rows(office), day_of(known.moment)
    names = sorted(n for n in wanted_of(office).names if n.startswith("termijn."))
    if scope.whole:
        happened = figures.tallied(
            connection, sorted(wanted_of(office).names), spans, rows.dated, whole
        )
        _stood(
            found,
            figures.begun_and_ended(connection, _lasting(office), spans),
            [last_day_of(end)[:7] for _, end in spans],
            rows,
        )
    else:
        happened = figures.happened(connection, scope, spans, rows.dated)
    for n, name, month, gemeente, value, count in happened:
        found[n].events[name, rows.of(gemeente, month), value] += count
    for n, name, month, gemeente, _, count in figures.overdue(
        connection, scope, names, spans=spans, today=today.isoformat(), monthly=rows.dated
    ):
        found[n].events[name, rows.of(gemeente, month), LATE] += count
    for counts, span in zip(found, spans, strict=True):
        if not scope.whole or counts is found[0]:  # of the latest also how old it is
            end, counts.stood = min(span[1], (today + timedelta(days=1)).isoformat()), Counter()
            for (name, gemeente, value), age, count in figures.lasting(
                connection, scope, _lasting(office), end, _ages(end)
            ):
                key = (name, rows.of(gemeente, last_day_of(end)[:7]), value)
                counts.stood[key] += count
                counts.ages[key, age] += count
    return found


def last_day_of(end: str) -> str:
    """Give the day before one: the last of what ends there."""
    return (date.fromisoformat(end) - timedelta(days=1)).isoformat()


def _stood(
    found: list[Counts], changes: Iterable[tuple[int, Told, int]], ends: list[str], rows: "_Rows"
) -> None:
    """Add up what stood at the end of each period from what began and ended, all time before
    included.
    """
    by: list[Counter[Told]] = [Counter() for _ in [*found, None]]
    for n, key, count in changes:
        by[n][key] += count  # -1 is the last
    stood = by[-1]
    for n in range(len(found) - 1, -1, -1):
        stood.update(by[n])
        for (name, gemeente, value), count in stood.items():
            if count:
                found[n].stood[name, rows.of(gemeente, ends[n]), value] += count


def _lasting(office: Office) -> list[str]:
    return sorted(n for n in wanted_of(office).names if n.startswith("voorraad"))


def _ages(end: str) -> list[tuple[str, str]]:
    day = date.fromisoformat(end)
    firsts = [FOREVER[:0], *((day - timedelta(days=days)).isoformat() for _, days in AGES[:-1])]
    return [(name, first) for (name, _), first in zip(AGES, firsts, strict=True)]


def counted_at(
    office: Office, scope: Scope, periods: Sequence[Period], known: Known
) -> list[Counts]:
    """Give the same straight from the journal as it was at a position, and from nothing else.

    Memory does not grow with the cases.
    """
    today, counts = day_of(known.moment).isoformat(), [Counts() for _ in periods]
    spans = [(p.start.isoformat(), p.end.isoformat()) for p in periods]
    stands = [min(end, (day_of(known.moment) + timedelta(days=1)).isoformat()) for _, end in spans]
    rows = _Rows(office)
    with office.store.snapshot() as connection:
        since = figures_facts.first_line_from(
            connection, start_of(min(p.start for p in periods)) - DAYS_BEFORE
        )
        cases = figures_facts.alive(
            connection, scope, (since or known.position + 1) - 1, known.moment
        )
        for _, (gemeente, facts) in told(
            figures_facts.lines(connection, cases, known.position), wanted_of(office)
        ):
            for fact in facts:
                _count(counts, spans, stands, rows=rows, gemeente=gemeente, fact=fact, today=today)
    return counts


def _count(
    told: list[Counts],
    spans: list[Any],
    stands: list[str],
    rows: "_Rows",
    gemeente: str,
    fact: Fact,
    today: str,
) -> None:
    value = (LATE if fact.day < today else "") if fact.value == RUNS else fact.value
    for counts, (start, end), stand in zip(told, spans, stands, strict=True):
        if fact.until:
            if fact.day < stand <= fact.until:
                key = (fact.name, rows.of(gemeente, last_day_of(stand)[:7]), fact.value)
                counts.stood[key] += fact.count
                counts.ages[
                    key, next(name for name, first in reversed(_ages(stand)) if fact.day >= first)
                ] += fact.count
        elif start <= fact.day < end and (fact.value != RUNS or value):
            counts.events[fact.name, rows.of(gemeente, fact.day[:7]), value] += fact.count


def place_of(office: Office) -> Callable[[str, str], str]:
    """Give in which row a gemeente counts on a day."""
    rows = _Rows(office)
    return lambda gemeente, day: rows.of(gemeente, day[:7])


class _Rows:
    """In which row something is counted.

    Its gemeente, or outside when that was not of the region in that month.
    """

    def __init__(self, office: Office) -> None:
        places = office.config.gemeenten.values()
        self._of = {
            g.name: (
                g.since.isoformat()[:7] if g.since else ALWAYS[0],
                g.until.isoformat()[:7] if g.until else ALWAYS[1],
            )
            for g in places
        }
        self.dated = any(g.since or g.until for g in places)

    def of(self, gemeente: str, month: str) -> str:
        """Give the row of a gemeente in a month (empty: where none joined or left, any)."""
        first, last = self._of.get(gemeente, ("9999-99", ""))
        return gemeente if not gemeente or first <= month < last else OUTSIDE
