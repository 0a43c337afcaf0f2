"""The people workers know, as keyed hashes."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, func, select, text

from amhk.store.reads import PERSON, rows
from amhk.store.rows import Row
from amhk.store.tables import Kin, table

KIN = table(Kin)
MOST = 500  # people met at once


def any_of(connection: Connection) -> bool:
    """Tell whether any worker knows anybody."""
    return connection.execute(select(KIN.c.worker_id).limit(1)).scalar() is not None


def who_know(connection: Connection, hashes: Collection[str]) -> list[tuple[int, str]]:
    """Give which workers know somebody under one of these hashes: worker and hash."""
    asked = select(KIN.c.worker_id, KIN.c.hash).where(KIN.c.hash.in_(sorted(hashes)))
    return [(worker, found) for worker, found in connection.execute(asked)]


_ADD = text(
    "INSERT INTO kin (worker_id, hash, mark) VALUES (:worker, :hash, :mark) ON CONFLICT DO NOTHING"
)


def add(connection: Connection, worker: int, hashes: Collection[str], mark: str) -> None:
    """Keep under what somebody a worker knows would be found, each once."""
    told = [{"worker": worker, "hash": one, "mark": mark} for one in sorted(hashes)]
    connection.execute(_ADD, told)


def of_worker(connection: Connection, worker: int) -> dict[str, int]:
    """Give how many a worker has, by the mark of the key they were made by."""
    asked = select(KIN.c.mark, func.count()).where(KIN.c.worker_id == worker).group_by(KIN.c.mark)
    return {mark: count for mark, count in connection.execute(asked)}


def forget(connection: Connection, worker: int) -> None:
    """Forget whom a worker knows."""
    connection.execute(delete(KIN).where(KIN.c.worker_id == worker))


def cases_of(connection: Connection, people: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Give the case of each of these people (their keys), and of one that was taken over from
    another case by a join that case as well.
    """
    origin = PERSON.alias("origin")
    asked = select(PERSON.c.id, PERSON.c.case_id, origin.c.case_id)
    asked = asked.outerjoin(origin, origin.c.id == PERSON.c.from_id)
    found = connection.execute(asked.where(PERSON.c.id.in_(people)))
    return {person: (case, before) if before else (case,) for person, case, before in found}


def last_recorded(connection: Connection) -> int:
    """Give the key of the person who was recorded last; 0 when there is none."""
    return connection.execute(select(func.max(PERSON.c.id))).scalar() or 0


def recorded_since(connection: Connection, key: int, most: int = MOST) -> list[Row]:
    """Give the people recorded after a key, in order."""
    asked = select(PERSON).where(PERSON.c.id > key).order_by(PERSON.c.id).limit(most)
    return rows(connection, asked)
