"""The only engine and the only commit.

`read` for looking, `write` for one transaction that holds or is nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    RootTransaction,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.exc import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import QueuePool

from amhk.errors import HouseClosed
from amhk.store.database.between import Between
from amhk.store.database.encrypted import driver, unlock
from amhk.store.database.touched import begin
from amhk.store.database.turns import Turns
from amhk.store.database.way import Way

__all__ = [
    "Connection",
    "Store",
    "StoreBroken",
    "StoreConflict",
    "StoreFailed",
    "StoreReplaced",
    "StoreUnsure",
]
StoreFailed, StoreConflict = SQLAlchemyError, IntegrityError


class StoreReplaced(SQLAlchemyError):
    """The file of the database is another than the one that was opened, or was cut off.

    What is written there is read by nobody.
    """


class StoreUnsure(SQLAlchemyError):
    """The server went away while a transaction was being kept: it may be kept, or not."""


class StoreBroken(SQLAlchemyError):
    """The file of the database is damaged: what it gives cannot be read."""


def _broken(context: ExceptionContext) -> None:
    """Let damage be known as what it is, and not as a fault of the question that met it."""
    if type(context.sqlalchemy_exception) is DatabaseError:
        raise StoreBroken(str(context.original_exception)) from context.original_exception


class Store:
    """The database of one meldpunt.

    `url` as SQLAlchemy knows it (`sqlite:///...` or `postgresql+psycopg://...`); with a `key` (64
    hexadecimal signs) a file of SQLite is encrypted (SQLCipher).
    """

    def __init__(self, url: str, key: str = "") -> None:
        self.url = url
        self.aside = self
        self._first: Callable[[Connection], None] | None = None
        self.sqlite, self.way = url.startswith("sqlite"), Way()
        self._file: tuple[int, int] | None = None
        self._size = 0
        self._path: Path | None = None
        self._turns, self._between = Turns(), Between(None)
        if self.sqlite:
            if name := url.removeprefix("sqlite:///").removeprefix("sqlite://"):
                self._path = Path(name)
                self._between = Between(Path(f"{name}-beurt"))
            self.engine = create_engine(
                url,
                module=driver(key) if key else None,
                poolclass=QueuePool,
                pool_size=16,
                connect_args={"timeout": 30, "check_same_thread": False},
                hide_parameters=True,
                json_deserializer=orjson.loads,
            )
            _tune(self.engine, key)
        else:
            self.engine = create_engine(
                url,
                pool_size=16,
                pool_pre_ping=True,
                hide_parameters=True,
                json_deserializer=orjson.loads,
            )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection to look with; nothing done on it is kept.

        StoreReplaced when the file is another one now.
        """
        self._prove_same()
        self.way.ask()
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give a connection that sees one moment, however many questions are asked of it."""
        level = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}
        self._prove_same()
        self.way.ask()
        with self.engine.connect().execution_options(**level) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the connection of one transaction.

        Committed when the block ends well, undone when it raises. On SQLite writers take turns.

        StoreReplaced when the file of the database is another one than was opened (nothing is
        kept); StoreUnsure when the server
        went away in the middle of the commit.
        """
        self._prove_same()
        self.way.ask()
        with (
            self._turn(),
            self.engine.connect().execution_options(amhk_writes=True) as connection,
        ):
            transaction = connection.begin()
            begin(connection)
            try:
                if self._first is not None:
                    self._first(connection)
                yield connection
                self._prove_same()
            except BaseException:
                transaction.rollback()
                raise
            self._keep(transaction)
        self._prove_same()
        self._first = None
        self.way.give()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until it is this thread's turn to write, and this process's.

        PostgreSQL has many writers.
        """
        if not self.sqlite:
            yield
            return
        with self._turns.one(), self._between.one():
            yield

    def _keep(self, transaction: RootTransaction) -> None:
        try:
            transaction.commit()
        except (OperationalError, InterfaceError) as wrong:
            if self.sqlite:  # the disk is full, or the file is locked: SQLite kept nothing
                raise
            raise StoreUnsure(str(wrong.orig)) from wrong

    def _prove_same(self) -> None:
        """Raise StoreReplaced when the file is gone, another than the one this store opened (device
        and inode), or shorter than it was: it only grows.
        """
        if not (path := self._path):
            return
        try:
            told = path.stat()
            now = (told.st_dev, told.st_ino)
            size = told.st_size
        except OSError:  # before there is one it is about to be made
            now, size = None, 0
        if self._file is None:
            self._file = now
        elif now != self._file:
            raise StoreReplaced(str(path))
        if (
            size < self._size and path.stat().st_size < self._size
        ):  # asked again: another thread may have seen it grow
            raise StoreReplaced(str(path))
        self._size = max(self._size, size)

    def forget(self, tables: Sequence[str]) -> bool:
        """Let nothing be left in the files of what was taken out of these tables.

        SQLite writes zeros over what goes; what stands in the log beside it is taken in and the
        log cut off (False while somebody still reads of before: ask again). PostgreSQL writes the
        tables anew, each locked while it does; its archive of logs is the administrator's.
        """
        if self.sqlite:
            with self.engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                busy, *_ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not busy
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in tables:
                connection.exec_driver_sql(f'VACUUM (FULL) "{name}"')
        return True

    def beginning(self, first: Callable[[Connection], None]) -> "Store":
        """Give the same store, of which the first transaction that holds begins with `first`.

        `aside` of it is the store without.
        """
        armed = copy(self)
        armed._first, armed.aside = first, self
        return armed

    def founded(self) -> bool:
        """Tell whether there is a meldpunt's database here already."""
        if self.sqlite and not Path(self.url.removeprefix("sqlite:///")).is_file():
            return False
        return inspect(self.engine).has_table("meta")

    def of_nobody(self) -> bool:
        """Tell whether a meldpunt may be put here: there is no database, an empty one, or one whose
        filling was cut off (it does not say yet what it is).
        """
        if not self.founded():
            return True
        with self.engine.connect() as connection:
            asked = "SELECT count(*) FROM meta WHERE key = 'kind'"
            return connection.exec_driver_sql(asked).scalar() == 0

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()
        self._between.close()

    def prove_open(self) -> None:
        """Raise HouseClosed, with what to do, when the database cannot be opened or is not one."""
        try:
            with self.read() as connection:
                connection.exec_driver_sql("SELECT 1")
                if (
                    self.sqlite
                    and (bad := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
                    != "ok"
                ):
                    raise HouseClosed(
                        f"De database is beschadigd ({bad}). Zet de laatste back-up terug."
                    )
        except OperationalError as wrong:
            raise HouseClosed(
                f"De database gaat niet open: {_short(wrong)}. Controleer pad, rechten en"
                " schijfruimte."
            ) from wrong
        except (DatabaseError, StoreBroken) as wrong:
            raise HouseClosed(
                "Dit bestand is geen database, is beschadigd, of er hoort een andere sleutel bij"
                f" (AMHK_DATABASE_KEY): {_short(wrong)}. Zet de laatste back-up terug."
            ) from wrong


def _short(wrong: DatabaseError | StoreBroken) -> str:
    return str(getattr(wrong, "orig", wrong)).splitlines()[0]


def _tune(engine: Engine, key: str) -> None:
    """SQLite as a durable store: WAL, foreign keys, synchronous=FULL.

    Writers take their lock at once (BEGIN IMMEDIATE).
    """

    def connected(raw: Any, record: object) -> None:
        raw.isolation_level = None
        unlock(raw, key)
        cursor = raw.cursor()
        try:
            for pragma in (
                "journal_mode=WAL",
                "foreign_keys=ON",
                "synchronous=FULL",
                "busy_timeout=30000",
                "trusted_schema=OFF",
                "secure_delete=ON",
            ):
                cursor.execute(f"PRAGMA {pragma}")
        except driver(key).DatabaseError as wrong:
            if type(wrong).__name__ == "DatabaseError":  # no database, or of another key
                raise StoreBroken(str(wrong)) from wrong
            raise
        cursor.close()

    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("amhk_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    event.listen(engine, "handle_error", _broken)
