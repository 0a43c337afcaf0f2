"""Passkeys of workers, and the questions put to one: each is answered once, within minutes."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, text, update

from amhk.store.database.instants import as_text
from amhk.store.reads import rows
from amhk.store.rows import Row
from amhk.store.tables import Challenge, Passkey, table

PASSKEY, CHALLENGE = table(Passkey), table(Challenge)


def of_worker(connection: Connection, worker: int) -> list[Row]:
    """Give the passkeys of a worker, the newest first."""
    mine = select(PASSKEY).where(PASSKEY.c.worker_id == worker).order_by(PASSKEY.c.id.desc())
    return rows(connection, mine)


def by_credential(connection: Connection, credential: str) -> Row | None:
    """Give the passkey with this credential, locked."""
    mine = select(PASSKEY).where(PASSKEY.c.credential == credential).with_for_update()
    found = rows(connection, mine)
    return found[0] if found else None


def use(connection: Connection, key: int, counter: int, now: datetime) -> None:
    """Keep that a passkey was used, and how far it counted."""
    told = {"counter": counter, "used": now}
    connection.execute(update(PASSKEY).where(PASSKEY.c.id == key).values(**told))


def drop(connection: Connection, worker: int, key: int | None = None) -> int:
    """Take one passkey of a worker away, or all; gives how many."""
    mine = delete(PASSKEY).where(PASSKEY.c.worker_id == worker)
    return connection.execute(mine if key is None else mine.where(PASSKEY.c.id == key)).rowcount


def answered(connection: Connection, hash_: str, worker: int, now: datetime) -> bool:
    """Tell whether this question was put to this worker and is not over; it is, from now on."""
    mine = (CHALLENGE.c.hash == hash_, CHALLENGE.c.worker_id == worker, CHALLENGE.c.until > now)
    return bool(connection.execute(delete(CHALLENGE).where(*mine)).rowcount)


_FIRST = text(
    "INSERT INTO challenges (hash, until) VALUES (:hash, :until) ON CONFLICT (hash) DO NOTHING"
)


def first_answer(connection: Connection, hash_: str, until: datetime) -> bool:
    """Tell whether nobody answered this question before; kept until nobody can any more."""
    told = {"hash": hash_, "until": as_text(until)}
    return bool(connection.execute(_FIRST, told).rowcount)


def forget(connection: Connection, now: datetime) -> None:
    """Forget questions that nobody answered in time."""
    connection.execute(delete(CHALLENGE).where(CHALLENGE.c.until <= now))
