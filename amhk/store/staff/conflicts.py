"""Conflicts of interest: who may not know of which case, since when, and by whose word."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, false, select, true, update

from amhk.rules.privacy.secrecy import keys
from amhk.store.cases.barred import CONFLICT, barred, household, keys_of
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


def ever(connection: Connection, cases: Sequence[int]) -> set[tuple[int, int]]:
    """Give which workers may not know these cases, or were said to before: worker and case."""
    asked = select(CONFLICT.c.worker_id, CONFLICT.c.case_id).where(CONFLICT.c.case_id.in_(cases))
    return {(worker, case) for worker, case in connection.execute(asked)}


def untold(connection: Connection) -> list[Row]:
    """Give the conflicts that are suspected and were not told on their case yet."""
    asked = select(*CONFLICT.c, WORKER.c.name.label("worker"))
    asked = asked.join(WORKER, WORKER.c.id == CONFLICT.c.worker_id)
    return rows(connection, asked.where(CONFLICT.c.told == false(), _HOLDS).order_by(CONFLICT.c.id))


def tell(connection: Connection, key: int) -> None:
    """Let a conflict count as told on its case."""
    connection.execute(update(CONFLICT).where(CONFLICT.c.id == key).values(told=True))


def lift(connection: Connection, key: int, now: datetime) -> None:
    """Let a conflict hold no longer."""
    connection.execute(update(CONFLICT).where(CONFLICT.c.id == key).values(lifted=now))


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
