"""Conflicts of interest: who may not know of which case, since when, and by whose word."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, false, select, text, true, update

from amhk.rules.privacy.secrecy import keys
from amhk.store.cases.barred import CONFLICT, barred, household, keys_of
from amhk.store.database.instants import as_text
from amhk.store.reads import CASE, WORKER, rows
from amhk.store.rows import Row

_HOLDS = CONFLICT.c.lifted.is_(None)


def of_case(connection: Connection, case: int) -> list[Row]:
    """Give the conflicts that hold at a case, with the names of who may not know it and of who said
    so.
    """
    by = WORKER.alias("by")
    statement = (
        select(*CONFLICT.c, WORKER.c.name.label("worker"), by.c.name.label("by"))
        .join(WORKER, WORKER.c.id == CONFLICT.c.worker_id)
        .join(by, by.c.id == CONFLICT.c.set_by)
        .where(CONFLICT.c.case_id == case, CONFLICT.c.lifted.is_(None))
        .order_by(CONFLICT.c.id)
    )
    return rows(connection, statement)


def household_of(connection: Connection, case: int) -> list[int]:
    """Give the keys of a case and of all cases of the same household, in order."""
    held = select(CASE.c.id).where(CASE.c.id == case)
    return sorted(connection.execute(household(held)).scalars())


def barred_of(connection: Connection) -> dict[int, list[int]]:
    """Give, of each worker who works here and may not know some cases, their keys in order."""
    asked = select(WORKER.c.id, barred()).where(WORKER.c.active == true())
    mine = exists(select(CONFLICT.c.id).where(_HOLDS, CONFLICT.c.worker_id == WORKER.c.id))
    found = connection.execute(asked.where(mine).order_by(WORKER.c.id))
    return {worker: sorted(keys(told)) for worker, told in found}


def ever(connection: Connection, cases: Sequence[int]) -> set[tuple[int, int, str | None]]:
    """Give by which hash which workers may not know these cases, or were said to before: worker,
    case and hash.
    """
    columns = (CONFLICT.c.worker_id, CONFLICT.c.case_id, CONFLICT.c.kin)
    found = connection.execute(select(*columns).where(CONFLICT.c.case_id.in_(cases)))
    return {(worker, case, kin) for worker, case, kin in found}


_SUSPECT = text(
    "INSERT INTO conflicts (worker_id, case_id, ground, since, set_by, kin, told) VALUES (:worker,"
    " :case, :ground, :since, :worker, :kin, :told) ON CONFLICT DO NOTHING"
)


def suspect(
    connection: Connection, met: Sequence[tuple[int, int, str, datetime]], ground: str
) -> None:
    """Write that workers seem to know cases (worker, case, hash, since), each that holds once."""
    told = [
        {
            "worker": worker,
            "case": case,
            "ground": ground,
            "since": as_text(since),
            "kin": kin,
            "told": False,
        }
        for worker, case, kin, since in met
    ]
    if told:
        connection.execute(_SUSPECT, told)


def untold(connection: Connection) -> list[Row]:
    """Give the conflicts that are suspected and were not told on their case yet."""
    asked = select(*CONFLICT.c, WORKER.c.name.label("worker"))
    asked = asked.join(WORKER, WORKER.c.id == CONFLICT.c.worker_id)
    return rows(connection, asked.where(CONFLICT.c.told == false(), _HOLDS).order_by(CONFLICT.c.id))


def tell(connection: Connection, key: int) -> bool:
    """Let a conflict count as told on its case; tells whether it was not yet."""
    fresh = (CONFLICT.c.id == key, CONFLICT.c.told == false())
    return connection.execute(update(CONFLICT).where(*fresh).values(told=True)).rowcount > 0


def open_heads(connection: Connection, cases: Sequence[int]) -> list[Row]:
    """Give key and team of those of these cases that are open."""
    heads = select(CASE.c.id, CASE.c.team_id)
    return rows(connection, heads.where(CASE.c.id.in_(cases), CASE.c.closed == false()))


def lift(connection: Connection, key: int, now: datetime, by_itself: bool = False) -> None:
    """Let a conflict hold no longer; one that fell by itself may be suspected again."""
    told = {"lifted": now} | ({"kin": None} if by_itself else {})
    connection.execute(update(CONFLICT).where(CONFLICT.c.id == key).values(**told))


def owned_though_barred(connection: Connection) -> list[tuple[int, int]]:
    """Give the open cases that stand with somebody who may not know them: case and worker."""
    statement = (
        select(CASE.c.id, WORKER.c.id)
        .join(WORKER, WORKER.c.id == CASE.c.owner_id)
        .where(CASE.c.closed == false(), CASE.c.id.in_(keys_of(WORKER.c.id)))
        .where(WORKER.c.id.in_(select(CONFLICT.c.worker_id).where(_HOLDS)))
        .order_by(CASE.c.id)
    )
    return [(case, worker) for case, worker in connection.execute(statement)]
