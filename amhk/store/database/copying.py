"""All rows of a database, read out and written into another, of either kind.

In an order in which no row comes before one it names; values as JSON has them, so that SQLite and
PostgreSQL read each other's.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    Date,
    Integer,
    LargeBinary,
    Table,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlmodel import SQLModel

import amhk.store.tables
from amhk.store.database.instants import UtcInstant

assert amhk.store.tables
# What is of a moment only: nobody stays signed in by a copy.
OF_A_MOMENT = frozenset({"attempts", "challenges", "sessions"})
BATCH = 2_000  # rows


def tables() -> list[Table]:
    """Give the tables that are copied, each after those it names."""
    return [t for t in SQLModel.metadata.sorted_tables if t.name not in OF_A_MOMENT]


def read_out(connection: Connection, table: Table) -> Iterator[list[bytes]]:
    """Give the rows of a table in batches, each row as a line of JSON: its values in the order of
    the columns.
    """
    own = [fk.parent for fk in table.foreign_keys if fk.column.table is table]
    first = [column.is_not(None) for column in own]
    asked = select(table).order_by(*first, *table.primary_key.columns)
    streamed = connection.execution_options(yield_per=BATCH).execute(asked)
    for rows in streamed.partitions():
        yield [orjson.dumps([_told(value) for value in row]) for row in rows]


def sum_of(connection: Connection, table: Table) -> tuple[int, int]:
    """Give how many rows a table has, and what the hashes of all of them come to, in any order."""
    count, total = 0, 0
    for lines in read_out(connection, table):
        count += len(lines)
        total += sum(int.from_bytes(sha256(line).digest()) for line in lines)
    return count, total % 2**256


def _told(value: object) -> object:
    return b64encode(value).decode() if isinstance(value, bytes) else value


def write_in(connection: Connection, table: Table, lines: Sequence[bytes]) -> int:
    """Write rows that were read out; gives how many. ValueError for a line that is none."""
    if not lines:
        return 0
    columns = list(table.columns)
    read = [_reader(column.type) for column in columns]
    rows = []
    for line in lines:
        values = orjson.loads(line)
        if not isinstance(values, list) or len(values) != len(columns):
            raise ValueError(f"a line of {table.name} is none")
        told = zip(columns, read, values, strict=True)
        rows.append({c.name: None if v is None else how(v) for c, how, v in told})
    connection.execute(insert(table), rows)
    return len(rows)


def _reader(kind: object) -> Any:
    if isinstance(kind, UtcInstant):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    return b64decode if isinstance(kind, LargeBinary) else _same


def _same(value: object) -> object:
    return value


def clear(connection: Connection) -> None:
    """Take out of a fresh database what its making put in."""
    for table in reversed(SQLModel.metadata.sorted_tables):
        connection.execute(delete(table))


def unmake(connection: Connection) -> None:
    """Take all tables out of a database that could not be filled."""
    SQLModel.metadata.drop_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL give keys after the last that was written (SQLite does so by itself)."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables():
        keys = list(table.primary_key.columns)
        if len(keys) == 1 and isinstance(keys[0].type, Integer):
            last = connection.execute(select(func.max(keys[0]))).scalar()
            asked = "SELECT setval(CAST(pg_get_serial_sequence(:of, :key) AS regclass), :last)"
            told = {"of": table.name, "key": keys[0].name, "last": last}
            connection.execute(text(asked), told)  # nothing, where one of them is nothing
