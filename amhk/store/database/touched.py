"""Which tables a transaction wrote to."""

from sqlalchemy import Connection

_TOUCHED = "amhk_touched"


def begin(connection: Connection) -> None:
    """Forget what was touched: a transaction begins."""
    connection.info[_TOUCHED] = set()


def touch(connection: Connection, table: str) -> None:
    """Remember that rows of a table were written."""
    connection.info.setdefault(_TOUCHED, set()).add(table)


def touched(connection: Connection) -> set[str]:
    """Give the tables that were written to since the transaction began."""
    found: set[str] = connection.info.get(_TOUCHED, set())
    return found
