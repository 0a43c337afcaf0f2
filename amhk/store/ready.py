"""Statements that people wait for: made into text once, and then given to the driver as it is.

SQLAlchemy makes the text, and says how values go in and come out; what it does around each question
costs more than the question. On a connection that somebody listens to, all go the long way, so that
nothing is asked unseen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Delete, Dialect, Insert, Update
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from amhk.store.database.engine import StoreBroken
from amhk.store.tables import Query

Binds = Mapping[str, object]
Way = Callable[..., object]
_NOTHING: Binds = {}
_MOST = 256  # texts of one statement, for lists of so many lengths


@dataclass(frozen=True)
class _Text:
    """One statement as the driver takes it: its text, where each value in it comes from (a name,
    and which of several it is), and how it goes in; by place, or by name.
    """

    text: str
    places: tuple[tuple[str, str, int | None, Way | None], ...]
    fixed: dict[str, object]
    by_name: bool

    @classmethod
    def of(cls, dialect: Dialect, compiled: SQLCompiler, binds: Binds) -> "_Text":
        """Give a compiled statement as it is for lists as long as these."""
        state = compiled.construct_expanded_state(dict(binds))
        whose = {
            part: (name, index)
            for name, parts in state.parameter_expansion.items()
            for index, part in enumerate(parts)
        }
        ways = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        names = state.positiontup if state.positiontup is not None else list(state.parameters)
        found = ((name, *whose.get(name, (name, None))) for name in names)
        places = tuple((name, origin, index, ways[origin]) for name, origin, index in found)
        fixed = {k: v for k, v in compiled.params.items() if k not in binds}
        return cls(state.statement, places, fixed, state.positiontup is None)

    def values(self, binds: Binds) -> Any:
        """Give the values as the driver takes them."""
        found = []
        for _, name, index, way in self.places:
            value: Any = binds[name] if name in binds else self.fixed[name]
            if index is not None:
                value = value[index]
            found.append(value if way is None else way(value))
        if not self.by_name:
            return found
        return dict(zip((place[0] for place in self.places), found, strict=True))


def _heard(connection: Connection) -> bool:
    return bool(connection.dispatch.before_cursor_execute)


def _said(connection: Connection, wrong: Exception) -> Exception:
    """Give a fault of the driver as SQLAlchemy says it; a connection that is lost is let go.

    Nothing is asked again: the transaction may be over, and what is asked then is kept by itself.
    """
    dialect: Dialect = connection.dialect
    assert isinstance(wrong, dialect.loaded_dbapi.Error)
    lost = dialect.is_disconnect(wrong, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(wrong)
    told = DBAPIError.instance(
        None,
        None,
        wrong,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    if type(told) is DatabaseError:
        return StoreBroken(str(wrong))
    assert isinstance(told, Exception)
    return told


class Ready:
    """A SELECT that is asked often."""

    def __init__(self, statement: Query) -> None:
        self.statement = statement
        self.names = tuple(statement.selected_columns.keys())
        self._types: list[TypeEngine[Any]] = [c.type for c in statement.selected_columns]
        self._texts: dict[object, _Text] = {}
        self._ways: dict[object, list[tuple[int, Way]]] = {}

    def rows(self, connection: Connection, binds: Binds = _NOTHING) -> list[Any]:
        """Give the rows as plain mappings."""
        names = self.names
        return [dict(zip(names, row, strict=True)) for row in self.tuples(connection, binds)]

    def first(self, connection: Connection, binds: Binds = _NOTHING) -> Any:
        """Give the first row as a plain mapping; None when there is none."""
        found = self.tuples(connection, binds)
        return dict(zip(self.names, found[0], strict=True)) if found else None

    def value(self, connection: Connection, binds: Binds = _NOTHING) -> Any:
        """Give the first value of the first row; None when there is none."""
        found = self.tuples(connection, binds)
        return found[0][0] if found else None

    def tuples(self, connection: Connection, binds: Binds = _NOTHING) -> Sequence[Sequence[Any]]:
        """Give the rows, their values in the order of the names."""
        dialect = connection.dialect
        if not _heard(connection):
            try:
                return self._short(connection, dialect, binds)
            except dialect.loaded_dbapi.Error as wrong:
                raise _said(connection, wrong) from wrong
        return connection.execute(self.statement, binds).fetchall()

    def _short(
        self, connection: Connection, dialect: Dialect, binds: Binds
    ) -> Sequence[Sequence[Any]]:
        if not connection.in_transaction():
            connection.begin()
        lengths = tuple(len(v) for v in binds.values() if isinstance(v, list | tuple))
        made = self._texts.get((dialect.name, lengths)) or self._made(dialect, lengths, binds)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(made.text, made.values(binds))
            ways = self._ways.get(dialect.name)
            if ways is None:
                ways = self._ways_of(dialect, cursor.description)
            found = cursor.fetchall()
        finally:
            cursor.close()
        if not ways:
            return found
        told = []
        for row in found:
            values = list(row)
            for place, way in ways:
                values[place] = way(values[place])
            told.append(values)
        return told

    def _made(self, dialect: Dialect, lengths: tuple[int, ...], binds: Binds) -> _Text:
        """Make the text for lists of these lengths."""
        compiled = self.statement.compile(dialect=dialect)
        if len(self._texts) >= _MOST:
            self._texts.clear()
        made = self._texts[dialect.name, lengths] = _Text.of(dialect, compiled, binds)
        return made

    def _ways_of(self, dialect: Dialect, description: Sequence[Any]) -> list[tuple[int, Way]]:
        ways: list[tuple[int, Way]] = []
        for place, (kind, told) in enumerate(zip(self._types, description, strict=True)):
            if way := kind.dialect_impl(dialect).result_processor(dialect, told[1]):
                ways.append((place, way))
        self._ways[dialect.name] = ways
        return ways


class Done(NamedTuple):
    """What a write did: the key of the row it made (of one row; 0 where it has none), and how many
    rows it touched (of one row; of many below 0 where the driver does not count them).
    """

    key: int
    touched: int


def put(connection: Connection, statement: Insert | Update | Delete, rows: Sequence[Binds]) -> Done:
    """Write rows, all with the same names, by a statement that is made once and kept; the short way
    on SQLite, which gives the key of a row by itself.
    """
    told = _of_write(connection, statement, rows)
    if told is None:
        done = connection.execute(statement, rows[0] if len(rows) == 1 else list(rows))
        made = done.inserted_primary_key if done.is_insert and len(rows) == 1 else None
        key = made[0] if made else 0
        return Done(key if isinstance(key, int) else 0, done.rowcount)
    cursor = connection.connection.cursor()
    try:
        if len(rows) == 1:
            cursor.execute(told.text, told.values(rows[0]))
        else:
            cursor.executemany(told.text, [told.values(row) for row in rows])
        return Done(getattr(cursor, "lastrowid", 0) or 0, cursor.rowcount)
    except connection.dialect.loaded_dbapi.Error as wrong:
        raise _said(connection, wrong) from wrong
    finally:
        cursor.close()


_WRITES: dict[tuple[object, ...], _Text | None] = {}


def _of_write(
    connection: Connection, statement: Insert | Update | Delete, rows: Sequence[Binds]
) -> _Text | None:
    """Give a write as text for rows of these names; None when it goes the long way."""
    if connection.dialect.name != "sqlite" or _heard(connection):
        return None
    key = (statement, *rows[0])
    if key not in _WRITES:
        dialect = connection.dialect
        compiled = statement.compile(dialect=dialect, column_keys=list(rows[0]))
        plain = not (compiled.insert_prefetch or compiled.update_prefetch)
        _WRITES[key] = _Text.of(dialect, compiled, rows[0]) if plain else None
    return _WRITES[key]
