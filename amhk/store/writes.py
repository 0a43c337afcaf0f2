"""Plain inserts and updates inside a transaction the desk has opened.

Nothing here can be lost to a race.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from amhk.store import reads
from amhk.store.database.touched import touch
from amhk.store.ready import Ready, put
from amhk.store.rows import Row
from amhk.store.tables import Feed, PlanCase, table


@cache
def _insert(source: Table) -> Insert:
    """Give the INSERT of a table, built once; the columns are those of the row it is run with."""
    return insert(source)


def add(connection: Connection, source: Table, row: Mapping[str, object]) -> int:
    """Insert one row and give its key."""
    touch(connection, source.name)
    return put(connection, _insert(source), [row]).key


@cache
def _returning(source: Table) -> ReturningInsert[Any]:
    return insert(source).returning(source.c.id, sort_by_parameter_order=True)


def add_rows(
    connection: Connection, source: Table, rows: Sequence[Mapping[str, object]]
) -> list[int]:
    """Insert rows, all with the same columns, and give their keys in order."""
    if len(rows) < 2:
        return [add(connection, source, row) for row in rows]
    if connection.dialect.name == "sqlite":  # nobody else writes now; it gives keys back one by one
        last = int(_last(source).value(connection))
        keys = [*range(last + 1, last + 1 + len(rows))]
        add_many(connection, source, [{**r, "id": k} for r, k in zip(rows, keys, strict=True)])
        return keys
    touch(connection, source.name)
    return list(connection.execute(_returning(source), [dict(r) for r in rows]).scalars())


@cache
def _last(source: Table) -> Ready:
    return Ready(select(func.coalesce(func.max(source.c.id), 0)))


_ENDED = ("status", "ended_at", "late", "why", "end_entry")
_END = (
    update(reads.TERM)
    .where(reads.TERM.c.id == bindparam("t"))
    .values(**{name: bindparam(name) for name in _ENDED}, ring_at=None)
)


def end_terms(connection: Connection, ends: Sequence[Row]) -> None:
    """End terms: each with `t` (its key), `rung`, status, ended_at, late, why and end_entry.

    Their reminders leave the inbox.
    """
    put(connection, _END, [{name: end[name] for name in ("t", *_ENDED)} for end in ends])
    clear_inbox(connection, [e["t"] for e in ends if e["rung"]])


def clear_inbox(connection: Connection, terms: Sequence[int]) -> None:
    """Take the reminders of these terms out of every inbox.

    That they were given stays on the case.
    """
    if terms:
        connection.execute(delete(reads.INBOX).where(reads.INBOX.c.term_id.in_(terms)))


def add_terms(connection: Connection, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Insert terms and give their keys in order."""
    return add_rows(connection, reads.TERM, rows)


def add_many(connection: Connection, source: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows, all with the same columns."""
    if rows:
        touch(connection, source.name)
        put(connection, _insert(source), rows)


def change(connection: Connection, source: Table, keys: Sequence[int], changes: Row) -> None:
    """Change rows by key."""
    if keys:
        touch(connection, source.name)
        connection.execute(update(source).where(source.c.id.in_(keys)).values(**changes))


def change_case_part(
    connection: Connection, source: Table, case: int, changes: Mapping[str, object]
) -> None:
    """Change the melding or advies part of a case."""
    if changes:
        touch(connection, source.name)
        connection.execute(update(source).where(source.c.case_id == case).values(**changes))


def remove(connection: Connection, source: Table, case: int) -> None:
    """Remove the rows of a case from a table of people or contacts (destruction by law)."""
    connection.execute(delete(source).where(source.c.case_id == case))


def let_go_of_people(connection: Connection, case: int, people: Sequence[int]) -> None:
    """Let the terms and letters of a case no longer point at these people."""
    for source in (reads.TERM, reads.NOTICE):
        touch(connection, source.name)
        where = (source.c.case_id == case, source.c.person_id.in_(people))
        connection.execute(update(source).where(*where).values(person_id=None))


def trim_inbox(connection: Connection, term: int, rung: int) -> None:
    """Take the reminders of a term from this rung on out of every inbox.

    Its end moved, and they have not fallen due yet.
    """
    later = select(reads.REMINDER.c.id).where(
        reads.REMINDER.c.term_id == term, reads.REMINDER.c.rung >= rung
    )
    connection.execute(delete(reads.INBOX).where(reads.INBOX.c.reminder_id.in_(later)))


def mark_went(connection: Connection, plan: int, cases: Sequence[int]) -> None:
    """Mark the cases of a plan that went where it said."""
    line = table(PlanCase)
    connection.execute(
        update(line).where(line.c.plan_id == plan, line.c.case_id.in_(cases)).values(went=True)
    )


def revoke_feeds(connection: Connection, worker: int, now: datetime, key: int | None = None) -> int:
    """Let the calendar addresses of a worker (or one of them) be void from now on.

    Gives how many were.
    """
    feed = table(Feed)
    where = [
        feed.c.worker_id == worker,
        feed.c.revoked.is_(None),
        *([feed.c.id == key] if key else []),
    ]
    return connection.execute(update(feed).where(*where).values(revoked=now)).rowcount


# Two processes may remember the same thing for the first time at once.
_SET_META = text(
    "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value ="
    " excluded.value"
)


def set_meta(connection: Connection, key: str, value: str) -> None:
    """Remember a value under a key."""
    connection.execute(_SET_META, {"key": key, "value": value})


def end_session(connection: Connection, hash: str) -> None:
    """Forget a signed-in browser."""
    connection.execute(delete(reads.SESSION).where(reads.SESSION.c.hash == hash))


def forget_reasons(connection: Connection, case: int) -> None:
    """Forget the reasons workers gave for looking at a case (destruction by law).

    That they looked stays.
    """
    connection.execute(
        update(reads.LOOK).where(reads.LOOK.c.case_id == case).values(reason=None, salt=None)
    )


def end_sessions(connection: Connection, worker: int) -> None:
    """Sign a worker out everywhere."""
    connection.execute(delete(reads.SESSION).where(reads.SESSION.c.worker_id == worker))
