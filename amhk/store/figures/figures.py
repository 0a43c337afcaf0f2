"""What the figures ask of the store.

How far the journal is, its lines in order, and the facts and tallies made of them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, case, func, literal_column, select

from amhk.rules.figures.facts import RUNS
from amhk.rules.privacy.secrecy import Scope
from amhk.store import tables as t
from amhk.store.cases.scope import within
from amhk.store.reads import CASE, ENTRY, rows
from amhk.store.rows import Row
from amhk.store.tables import Sql, table

FACT, TALLY, STAMP, KEPT = (table(x) for x in (t.CountedFact, t.Tally, t.Stamp, t.KeptReport))
Key = tuple[str, str, str, str]  # name, month, gemeente, value
Told = tuple[str, str, str]  # name, gemeente or row, value
Span = tuple[str, str]  # days, half-open
Counted = tuple[
    int, str, str, str, str, int
]  # which span, name, month (empty: all of them), gemeente, value, count
BEGUN, ENDED = " +", " -"  # tallies of what lasts: when it began, when it ended


def tallies(connection: Connection) -> dict[Key, int]:
    """Give every tally."""
    found = connection.execute(
        select(TALLY.c.name, TALLY.c.month, TALLY.c.gemeente, TALLY.c.value, TALLY.c.count)
    )
    return {(row[0], row[1], row[2], row[3]): row[4] for row in found}


def tallied(
    connection: Connection, names: Sequence[str], spans: Sequence[Span], monthly: bool, whole: bool
) -> Iterator[Counted]:
    """Give the tallies of these names within spans that follow one another, the latest first.

    With `monthly` month by month, with `whole` all but the latest without their gemeenten.
    """
    month, starts = TALLY.c.month, [start[:7] for start, _ in spans]
    where = (TALLY.c.name.in_(names), month >= starts[-1], month < spans[0][1][:7])
    name, at, gemeente, value = _by(TALLY, month, monthly)
    keys = (
        _which(month, starts),
        name,
        at,
        case((month < starts[0], ""), else_=gemeente) if whole else gemeente,
        value,
    )
    for row in connection.execute(
        select(*keys, func.sum(TALLY.c.count)).where(*where).group_by(*keys)
    ):
        yield row[0], row[1], row[2], row[3], row[4], int(row[5])


def begun_and_ended(
    connection: Connection, names: Sequence[str], spans: Sequence[Span]
) -> Iterator[tuple[int, Told, int]]:
    """Give (span, (name, gemeente, value), count) of how many more of what lasts there were after a
    span than before it; -1 for all time before the spans, which follow one another, the latest
    first.
    """
    both, month = [name + way for name in names for way in (BEGUN, ENDED)], TALLY.c.month
    which = case(*[(month >= start[:7], n) for n, (start, _) in enumerate(spans)], else_=-1)
    keys = (which, TALLY.c.name, TALLY.c.gemeente, TALLY.c.value)
    where = (TALLY.c.name.in_(both), month < spans[0][1][:7])
    for row in connection.execute(
        select(*keys, func.sum(TALLY.c.count)).where(*where).group_by(*keys)
    ):
        yield (
            row[0],
            (row[1][: -len(BEGUN)], row[2], row[3]),
            int(row[4]) * (1 if row[1].endswith(BEGUN) else -1),
        )


def happened(
    connection: Connection, scope: Scope, spans: Sequence[Span], monthly: bool
) -> Iterator[Counted]:
    """Give the same within a scope, from the facts themselves."""
    where = (
        FACT.c.until == "",
        FACT.c.day >= spans[-1][0],
        FACT.c.day < spans[0][1],
        FACT.c.value != RUNS,
    )
    yield from _facts(connection, scope, spans, monthly, where)


def overdue(
    connection: Connection,
    scope: Scope,
    names: Sequence[str],
    spans: Sequence[Span],
    today: str,
    monthly: bool,
) -> Iterator[Counted]:
    """Give the same of terms that ended before today and still run."""
    runs = FACT.c.value == literal_column(f"'{RUNS}'")  # as the index has it
    where = (
        FACT.c.name.in_(names),
        runs,
        FACT.c.day >= spans[-1][0],
        FACT.c.day < min(spans[0][1], today),
    )
    yield from _facts(connection, scope, spans, monthly, where)


def _facts(
    connection: Connection,
    scope: Scope,
    spans: Sequence[Span],
    monthly: bool,
    where: tuple[Sql, ...],
) -> Iterator[Counted]:
    month = func.substr(FACT.c.day, 1, 7)
    keys: list[Sql] = [
        _which(FACT.c.day, [start for start, _ in spans]),
        *_by(FACT, month, monthly),
    ]
    for row in connection.execute(
        _of(scope, select(*keys, func.sum(FACT.c.count)).where(*where)).group_by(*keys)
    ):
        yield row[0], row[1], row[2], row[3], row[4], int(row[5])


def _which(day: Sql, starts: Sequence[str]) -> Sql:
    return case(*[(day >= start, n) for n, start in enumerate(starts)], else_=-1)


def _by(source: Table, month: Sql, monthly: bool) -> tuple[Sql, ...]:
    none = func.substr(source.c.name, 1, 0)  # empty; a constant cannot be grouped by
    return (source.c.name, month if monthly else none, source.c.gemeente, source.c.value)


def lasting(
    connection: Connection,
    scope: Scope,
    names: Sequence[str],
    day: str,
    ages: Sequence[tuple[str, str]],
) -> Iterator[tuple[Told, str, int]]:
    """Give ((name, gemeente, value), age class, count) of what had begun before a day and not ended
    by then; `ages` are (class, first day) from old to young.
    """
    # whatever begins on the day or later is left out here and not by a condition: it would lead to
    # another index
    classes = [
        (FACT.c.day >= day, ""),
        *[(FACT.c.day < ages[n + 1][1], name) for n, (name, _) in enumerate(ages[:-1])],
    ]
    keys: list[Sql] = [
        FACT.c.name,
        FACT.c.gemeente,
        FACT.c.value,
        case(*classes, else_=ages[-1][0]),
    ]
    where = (FACT.c.name.in_(names), FACT.c.until >= day, FACT.c.until != "")
    for row in connection.execute(
        _of(scope, select(*keys, func.sum(FACT.c.count)).where(*where)).group_by(*keys)
    ):
        if row[3]:
            yield (row[0], row[1], row[2]), row[3], int(row[4])


def _of(scope: Scope, statement: Select[object]) -> Select[Any]:
    """Keep a statement about facts within a scope; who may count all needs no look at the cases."""
    return (
        statement
        if scope.whole
        else statement.join(CASE, CASE.c.id == FACT.c.case_id).where(within(scope))
    )


def cases_with(
    connection: Connection,
    scope: Scope,
    names: Sequence[str],
    values: Sequence[str] | None,
    span: Span,
    lasts: bool,
) -> Iterator[Row]:
    """Give the cases behind a figure: number, gemeente, day and value of the fact, oldest first."""
    start, end = span
    where = [within(scope), FACT.c.name.in_(names)]
    where += (
        [FACT.c.until >= end, FACT.c.until != "", FACT.c.day < end]
        if lasts
        else [FACT.c.day >= start, FACT.c.day < end]
    )
    where += [FACT.c.value.in_(values)] if values is not None else []
    statement = select(CASE.c.number, FACT.c.gemeente, FACT.c.day, FACT.c.value, FACT.c.count)
    yield from rows(
        connection,
        statement.join(CASE, CASE.c.id == FACT.c.case_id)
        .where(*where)
        .order_by(FACT.c.day, CASE.c.id),
    )


def touched(connection: Connection, first: int, last: int) -> dict[int, list[str]]:
    """Give, by case, the kinds of the lines after one position up to another that tell the figures
    something, in order.
    """
    told: dict[int, list[str]] = {}
    where = (ENTRY.c.id > first, ENTRY.c.id <= last, ENTRY.c.figures.is_not(None))
    for row in connection.execute(
        select(ENTRY.c.case_id, ENTRY.c.kind).where(*where).order_by(ENTRY.c.id)
    ):
        told.setdefault(row[0], []).append(row[1])
    return told


def kept(connection: Connection, name: str | None = None, period: str | None = None) -> list[Row]:
    """Give the reports that are kept, without their content, the newest first."""
    light = [c for c in KEPT.c if c.name != "content"]
    where = [c == v for c, v in ((KEPT.c.name, name), (KEPT.c.period, period)) if v]
    return rows(connection, select(*light).where(*where).order_by(KEPT.c.id.desc()))


def kept_by(connection: Connection, key: int) -> Row | None:
    """Give one kept report whole."""
    found = rows(connection, select(KEPT).where(KEPT.c.id == key))
    return found[0] if found else None


def closed_in(connection: Connection, scope: Scope, span: Span) -> list[Row]:
    """Give the cases that closed in a span of days, as their facts say."""
    where = (within(scope), FACT.c.name == "gesloten", FACT.c.day >= span[0], FACT.c.day < span[1])
    names = [
        CASE.c[n]
        for n in ("id", "number", "route", "workflow", "release", "received", "finishes", "ending")
    ]
    return rows(
        connection,
        select(*names).join(FACT, FACT.c.case_id == CASE.c.id).where(*where).order_by(CASE.c.id),
    )
