"""The people workers know, as keyed hashes."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, func, select

from amhk.store import writes
from amhk.store.reads import PERSON
from amhk.store.tables import Kin, table

KIN = table(Kin)


def any_of(connection: Connection) -> bool:
    """Tell whether any worker knows anybody."""
    return connection.execute(select(KIN.c.worker_id).limit(1)).scalar() is not None


def who_know(connection: Connection, hashes: Collection[str]) -> list[tuple[int, str]]:
    """Give which workers know somebody under one of these hashes: worker and hash."""
    asked = select(KIN.c.worker_id, KIN.c.hash).where(KIN.c.hash.in_(sorted(hashes)))
    return [(worker, found) for worker, found in connection.execute(asked)]


def add(connection: Connection, worker: int, hashes: Collection[str], mark: str) -> None:
    """Keep under what somebody a worker knows would be found, each once."""
    mine = select(KIN.c.hash).where(KIN.c.worker_id == worker)
    fresh = sorted(set(hashes) - set(connection.execute(mine).scalars()))
    rows = [{"worker_id": worker, "hash": one, "mark": mark} for one in fresh]
    writes.add_many(connection, KIN, rows)


def of_worker(connection: Connection, worker: int) -> dict[str, int]:
    """Give how many a worker has, by the mark of the key they were made by."""
    asked = select(KIN.c.mark, func.count()).where(KIN.c.worker_id == worker).group_by(KIN.c.mark)
    return {mark: count for mark, count in connection.execute(asked)}


def forget(connection: Connection, worker: int) -> None:
    """Forget whom a worker knows."""
    connection.execute(delete(KIN).where(KIN.c.worker_id == worker))


def cases_of(connection: Connection, people: Sequence[int]) -> dict[int, int]:
    """Give the case of each of these people (their keys)."""
    asked = select(PERSON.c.id, PERSON.c.case_id).where(PERSON.c.id.in_(people))
    return {person: case for person, case in connection.execute(asked)}
