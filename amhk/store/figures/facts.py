"""The facts of the figures as they are kept: the lines they follow, their stamps and their sums."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, text

from amhk.rules.figures.facts import Fact, Line
from amhk.rules.privacy.secrecy import Scope
from amhk.store import reads
from amhk.store.cases.scope import within
from amhk.store.database.engine import Store
from amhk.store.figures.figures import FACT, STAMP, TALLY, Key
from amhk.store.reads import CASE, ENTRY, rows
from amhk.store.rows import Row

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
            Fact(name=row[2], day=row[3], value=row[4], until=row[5], count=row[6])
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


def lines_of(connection: Connection, key: int, last: int) -> list[Row]:
    """Give of the lines of one case, up to a position, what they are and what they tell the
    figures; never what was written in them.
    """
    names = [ENTRY.c[n] for n in ("sequence", "kind", "instant", "figures")]
    return rows(
        connection,
        select(*names).where(ENTRY.c.case_id == key, ENTRY.c.id <= last).order_by(ENTRY.c.sequence),
    )
