"""Signed-in browsers: since when, last used when, and on what. All on real time."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from amhk.store.reads import SESSION, rows
from amhk.store.rows import Row


def of_worker(connection: Connection, worker: int, now: datetime, idle: datetime) -> list[Row]:
    """Give the sessions of a worker that last, the one used last first."""
    lasts = (SESSION.c.worker_id == worker, SESSION.c.until > now, SESSION.c.used > idle)
    return rows(connection, select(SESSION).where(*lasts).order_by(SESSION.c.used.desc()))


def use(connection: Connection, session: str, now: datetime) -> None:
    """Write down that a session (its hash) was used."""
    connection.execute(update(SESSION).where(SESSION.c.hash == session).values(used=now))


def confirm(connection: Connection, session: str, now: datetime) -> None:
    """Write down that in a session (its hash) the password was given again."""
    connection.execute(update(SESSION).where(SESSION.c.hash == session).values(confirmed=now))


def end(connection: Connection, worker: int, mark: str) -> int:
    """End the sessions of a worker whose hash begins with a mark; gives how many."""
    mine = (SESSION.c.worker_id == worker, SESSION.c.hash.startswith(mark, autoescape=True))
    return connection.execute(delete(SESSION).where(*mine)).rowcount


def end_others(connection: Connection, worker: int, keep: str) -> int:
    """End the sessions of a worker but one (its hash); gives how many."""
    mine = (SESSION.c.worker_id == worker, SESSION.c.hash != keep)
    return connection.execute(delete(SESSION).where(*mine)).rowcount


def forget(connection: Connection, now: datetime, idle: datetime) -> None:
    """Forget the sessions that are over."""
    over = (SESSION.c.until <= now) | (SESSION.c.used <= idle)
    connection.execute(delete(SESSION).where(over))
