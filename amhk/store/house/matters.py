"""Matters beside the cases, and their steps."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select, true

from amhk.store.reads import WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import Matter, MatterStep, Sql, table

MATTER, STEP = table(Matter), table(MatterStep)
_OPEN = MATTER.c.state == "open"
_MANY = 500


def _known_to(worker: int) -> Sql:
    known: Sql = or_(MATTER.c.about_id.is_(None), MATTER.c.about_id != worker)
    return known


def every(connection: Connection, worker: int, open_only: bool = False) -> list[Row]:
    """Give the matters a worker may know (none about himself), what is open on top, the first due
    first.
    """
    asked = select(*MATTER.c).where(_known_to(worker)).order_by(~_OPEN, MATTER.c.due, MATTER.c.id)
    return rows(connection, (asked.where(_OPEN) if open_only else asked).limit(_MANY))


def one(connection: Connection, key: int, worker: int, lock: bool = False) -> Row | None:
    """Give a matter with the name of whom it is about; None when there is none, or it is about who
    asks.
    """
    asked = select(*MATTER.c, WORKER.c.name.label("whom"))
    asked = asked.outerjoin(WORKER, WORKER.c.id == MATTER.c.about_id)
    asked = asked.where(MATTER.c.id == key, _known_to(worker))
    found = rows(connection, asked.with_for_update(of=MATTER) if lock else asked)
    return found[0] if found else None


def steps_of(connection: Connection, key: int) -> list[Row]:
    """Give what was done of a matter, in order, each with who wrote it down."""
    asked = select(*STEP.c, WORKER.c.name.label("worker"))
    asked = asked.outerjoin(WORKER, WORKER.c.id == STEP.c.worker_id)
    return rows(connection, asked.where(STEP.c.matter_id == key).order_by(STEP.c.id))


def last_of_year(connection: Connection, prefix: str) -> int:
    """Count the matters of a year by the beginning of their number (`K-2026-`)."""
    mine = MATTER.c.number.startswith(prefix, autoescape=True)
    return int(connection.execute(select(func.count()).where(mine)).scalar_one())


def led_by_nobody(connection: Connection, leads: Sequence[str]) -> int:
    """Count the open matters that nobody who leads may read: about the only one there is."""
    leader = select(WORKER.c.id).where(
        WORKER.c.role.in_(leads), WORKER.c.active == true(), WORKER.c.id != MATTER.c.about_id
    )
    asked = select(func.count()).select_from(MATTER)
    asked = asked.where(_OPEN, MATTER.c.about_id.is_not(None), ~leader.exists())
    return int(connection.execute(asked).scalar_one())


def first_due() -> Any:
    """Give the column that tells by which day the first open matter waits for a step."""
    return select(func.min(MATTER.c.due)).where(_OPEN).scalar_subquery().label("matter_due")
