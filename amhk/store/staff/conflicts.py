"""Conflicts of interest: who may not know of which case, since when, and by whose word."""

from datetime import datetime

from sqlalchemy import Connection, false, select, update

from amhk.store.cases.barred import CONFLICT, keys_of
from amhk.store.reads import CASE, WORKER, rows
from amhk.store.rows import Row


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


def lift(connection: Connection, key: int, now: datetime) -> None:
    """Let a conflict hold no longer."""
    connection.execute(update(CONFLICT).where(CONFLICT.c.id == key).values(lifted=now))


def owned_though_barred(connection: Connection) -> list[tuple[int, int]]:
    """Give the open cases that stand with somebody who may not know them: case and worker."""
    statement = (
        select(CASE.c.id, WORKER.c.id)
        .join(WORKER, WORKER.c.id == CASE.c.owner_id)
        .where(CASE.c.closed == false(), CASE.c.id.in_(keys_of(WORKER.c.id)))
        .where(WORKER.c.id.in_(select(CONFLICT.c.worker_id).where(CONFLICT.c.lifted.is_(None))))
        .order_by(CASE.c.id)
    )
    return [(case, worker) for case, worker in connection.execute(statement)]
