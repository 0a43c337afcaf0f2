"""What the figures ask of the store.

How far the journal is, its lines in order, and the facts and tallies made of them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
)

from amhk.rules.figures import RUNS, Fact, Line
from amhk.rules.secrecy import Scope
from amhk.store import reads
from amhk.store import tables as t
from amhk.store.reads import CASE, ENTRY, Row, rows, within
from amhk.store.session import Store
from amhk.store.tables import table

FACT, TALLY, STAMP, KEPT = (table(x) for x in (t.CountedFact, t.Tally, t.Stamp, t.KeptReport))
Key = tuple[str, str, str, str]  # name, month, gemeente, value
Told = tuple[str, str, str]  # name, gemeente or row, value
Span = tuple[str, str]  # days, half-open
Counted = tuple[
    int, str, str, str, str, int
]  # which span, name, month (empty: all of them), gemeente, value, count
BEGUN, ENDED = " +", " -"  # tallies of what lasts: when it began, when it ended
_BATCH = 20_000
_PUT = "INSERT INTO facts (case_id, name, day, value, until, gemeente, count) VALUES ({})"
_LINES = (
    "SELECT case_id, sequence, instant, figures FROM journal WHERE figures IS NOT NULL AND id <="
    " :last AND case_id IN ({}) ORDER BY case_id, sequence"
)
_ADD = text(
    "INSERT INTO tallies (name, month, gemeente, value, count) VALUES (:name, :month, :gemeente,"
    " :value, :count) ON CONFLICT (name, month, gemeente, value) DO UPDATE SET count ="
    " tallies.count + excluded.count"
)


def position(store: Store) -> int:
    """Give the last line of all journals such that no line before it can still come.

    Writers that are at it are waited for.
    """
    if store.sqlite:  # keys are given out and committed in one order: there is one writer
        with store.read() as connection:
            return reads.last_line(connection)
    with store.write() as connection:
        connection.execute(text("LOCK TABLE journal IN SHARE MODE"))
        return reads.last_line(connection)


def stamp_before(connection: Connection, last: int) -> tuple[int, str]:
    """Give the highest stamp at or before a position: its position and digest."""
    where = select(STAMP.c.position, STAMP.c.digest).where(STAMP.c.position <= last)
    found = connection.execute(where.order_by(STAMP.c.position.desc()).limit(1)).first()
    return (found[0], found[1]) if found else (0, "")


def keep_stamp(connection: Connection, last: int, digest: str, instant: datetime) -> None:
    """Keep a stamp."""
    connection.execute(insert(STAMP).values(position=last, digest=digest, instant=instant))


def stamps(connection: Connection) -> Iterator[tuple[int, str]]:
    """Give every stamp in order of position."""
    for row in connection.execute(
        select(STAMP.c.position, STAMP.c.digest).order_by(STAMP.c.position)
    ):
        yield row[0], row[1]


def hashes(connection: Connection, first: int, last: int) -> Iterator[tuple[int, int, str]]:
    """Give key, case and hash of the lines after one position up to another, in order, a batch at a
    time.
    """
    statement = select(ENTRY.c.id, ENTRY.c.case_id, ENTRY.c.hash).where(
        ENTRY.c.id > bindparam("at"), ENTRY.c.id <= last
    )
    statement = statement.order_by(ENTRY.c.id).limit(_BATCH)
    while found := connection.execute(statement, {"at": first}).all():
        for row in found:
            yield row[0], row[1], row[2]
        first = found[-1][0]


def first_line_from(connection: Connection, moment: datetime) -> int | None:
    """Give the first line that was written at or after a moment; None when there is none."""
    told = select(func.coalesce(func.max(STAMP.c.position), 0)).where(STAMP.c.instant < moment)
    lower = connection.execute(told).scalar_one()
    found = (
        select(ENTRY.c.id)
        .where(ENTRY.c.id > lower, ENTRY.c.instant >= moment)
        .order_by(ENTRY.c.id)
        .limit(1)
    )
    return connection.execute(found).scalar()


def alive(connection: Connection, scope: Scope, since: int, known: datetime) -> list[int]:
    """Give the cases registered by a moment that are open, or of which a line was written after a
    position. Not by when they were received: that may have been corrected since.
    """
    lately = select(ENTRY.c.case_id).where(ENTRY.c.id > since)
    where = (within(scope), CASE.c.registered <= known, or_(~CASE.c.closed, CASE.c.id.in_(lately)))
    return list(connection.execute(select(CASE.c.id).where(*where).order_by(CASE.c.id)).scalars())


def lines(
    connection: Connection, cases: Sequence[int], last: int, batch: int = 500
) -> Iterator[tuple[int, list[Line]]]:
    """Give the lines of cases that tell the figures something, up to a position, case by case."""
    for at in range(0, len(cases), batch):
        told = ", ".join(str(int(key)) for key in cases[at : at + batch])
        found = connection.execute(text(_LINES.format(told)), {"last": last})
        for key, group in groupby(found, lambda row: row[0]):
            yield key, [(row[1], row[2], json.loads(row[3])) for row in group]


def facts(connection: Connection, cases: Sequence[int]) -> dict[int, tuple[str, set[Fact]]]:
    """Give the facts that are kept of cases, with the gemeente they were counted in."""
    kept: dict[int, tuple[str, set[Fact]]] = {}
    names = [FACT.c[n] for n in ("case_id", "gemeente", "name", "day", "value", "until", "count")]
    for row in connection.execute(select(*names).where(FACT.c.case_id.in_(cases))):
        kept.setdefault(row[0], (row[1], set()))[1].add(
            Fact(row[2], row[3], row[4], row[5], row[6])
        )
    return kept


def replace(
    connection: Connection, gone: Sequence[int], new: Mapping[int, tuple[str, Iterable[Fact]]]
) -> None:
    """Let these be the facts of cases, in the place of those they had.

    In the driver's own words, for there may be very many.
    """
    if gone:
        connection.execute(delete(FACT).where(FACT.c.case_id.in_(gone)))
    told = [
        (key, f.name, f.day, f.value, f.until, gemeente, f.count)
        for key, (gemeente, found) in new.items()
        for f in found
    ]
    if told:
        mark = "%s" if connection.dialect.paramstyle in ("format", "pyformat") else "?"
        connection.exec_driver_sql(_PUT.format(", ".join([mark] * 7)), told)


def add_up(connection: Connection, changes: Mapping[Key, int]) -> None:
    """Add to the tallies; what comes to nothing goes."""
    told = [
        dict(zip(("name", "month", "gemeente", "value"), key, strict=True)) | {"count": n}
        for key, n in changes.items()
        if n
    ]
    if told:
        connection.execute(_ADD, told)
    if any(n < 0 for n in changes.values()):
        connection.execute(delete(TALLY).where(TALLY.c.count == 0))


def empty(connection: Connection) -> None:
    """Forget all facts and tallies: they are made again from the journal."""
    connection.execute(delete(FACT))
    connection.execute(delete(TALLY))


def there(connection: Connection) -> bool:
    """Tell whether there are facts and tallies at all."""
    return all(
        connection.execute(select(source.c.name).limit(1)).first() for source in (FACT, TALLY)
    )


def in_batches(connection: Connection, most: int) -> Iterator[list[int]]:
    """Give the keys of all cases, so many at a time."""
    last = 0
    while found := list(
        connection.execute(
            select(CASE.c.id).where(CASE.c.id > last).order_by(CASE.c.id).limit(most)
        ).scalars()
    ):
        yield found
        last = found[-1]


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
    connection: Connection, scope: Scope, spans: Sequence[Span], monthly: bool, where: Any
) -> Iterator[Counted]:
    month = func.substr(FACT.c.day, 1, 7)
    keys = (_which(FACT.c.day, [start for start, _ in spans]), *_by(FACT, month, monthly))
    for row in connection.execute(
        _of(scope, select(*keys, func.sum(FACT.c.count)).where(*where)).group_by(*keys)
    ):
        yield row[0], row[1], row[2], row[3], row[4], int(row[5])


def _which(day: Any, starts: Sequence[str]) -> Any:
    return case(*[(day >= start, n) for n, start in enumerate(starts)], else_=-1)


def _by(source: Any, month: Any, monthly: bool) -> tuple[Any, ...]:
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
    keys = (FACT.c.name, FACT.c.gemeente, FACT.c.value, case(*classes, else_=ages[-1][0]))
    where = (FACT.c.name.in_(names), FACT.c.until >= day, FACT.c.until != "")
    for row in connection.execute(
        _of(scope, select(*keys, func.sum(FACT.c.count)).where(*where)).group_by(*keys)
    ):
        if row[3]:
            yield (row[0], row[1], row[2]), row[3], int(row[4])


def _of(scope: Scope, statement: Any) -> Any:
    """Keep a statement about facts within a scope; who may count all needs no look at the cases."""
    return (
        statement
        if scope.every
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


def lines_of(connection: Connection, key: int, last: int) -> list[Row]:
    """Give of the lines of one case, up to a position, what they are and what they tell the
    figures; never what was written in them.
    """
    names = [ENTRY.c[n] for n in ("sequence", "kind", "instant", "figures")]
    return rows(
        connection,
        select(*names).where(ENTRY.c.case_id == key, ENTRY.c.id <= last).order_by(ENTRY.c.sequence),
    )
