"""A meldpunt from one database to another, SQLite or PostgreSQL, held against each other."""

from pathlib import Path

from amhk.desk.house.backup import Told, fresh
from amhk.errors import HouseClosed
from amhk.office import Office
from amhk.store.database import copying
from amhk.store.database.engine import Connection, Store, StoreFailed


def move(office: Office, url: str) -> Told:
    """Copy all rows to another, empty database (SQLite or PostgreSQL) and hold them against these.

    Nobody may work meanwhile: what is written after the moment of reading stays behind. HouseClosed
    when the other is not empty, or holds something else afterwards.
    """
    where = url if "://" in url else f"sqlite:///{Path(url).resolve()}"
    other, told = Store(where, office.config.database_key), Told()
    try:
        if not other.of_nobody():
            raise HouseClosed("De andere database is niet leeg.")
        with office.store.snapshot() as here, fresh(other) as there:
            for table in copying.tables():
                told.rows[table.name] = 0
                for lines in copying.read_out(here, table):
                    told.rows[table.name] += copying.write_in(there, table, lines)
            copying.go_on_counting(there)
        with office.store.snapshot() as here, other.snapshot() as there:
            _prove_equal(here, there)
    except (OSError, StoreFailed) as wrong:
        raise HouseClosed("De andere database is niet te beschrijven.") from wrong
    finally:
        other.close()
    return told


def _prove_equal(here: Connection, there: Connection) -> None:
    """Hold every row of two databases against each other, in whatever order they come."""
    for table in copying.tables():
        if copying.sum_of(here, table) != copying.sum_of(there, table):
            text = f"De andere database is niet gelijk in {table.name}; gebruik haar niet."
            raise HouseClosed(text)
