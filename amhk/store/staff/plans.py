"""Who is away or leaves, and who has piket: the rows behind both."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection, Date, and_, bindparam, false, func, or_, select, true

from amhk.rules.privacy.secrecy import ALL_CASES, WORKS
from amhk.store import tables as t
from amhk.store.database.instants import UtcInstant
from amhk.store.reads import CASE, WORKER, rows
from amhk.store.ready import Ready
from amhk.store.rows import Row
from amhk.store.tables import table
from amhk.store.terms.reminders import PIKET, PLAN, away_on

PLAN_CASE = table(t.PlanCase)
_ABLE = and_(WORKER.c.active == true(), WORKER.c.role.in_(ALL_CASES))
_ROSTER = Ready(
    select(*PIKET.c, WORKER.c.name, _ABLE.label("active"))
    .join(WORKER, WORKER.c.id == PIKET.c.worker_id)
    .where(
        PIKET.c.gone == false(),
        PIKET.c.end > bindparam("from", type_=UtcInstant),
        PIKET.c.start < bindparam("until", type_=UtcInstant),
    )
    .order_by(PIKET.c.start, PIKET.c.id)
)
_TO_COME = Ready(
    select(PLAN.c.worker_id, PLAN.c.kind, PLAN.c.start, PLAN.c.end).where(
        PLAN.c.undone.is_(None),
        or_(PLAN.c.end.is_(None), PLAN.c.end >= bindparam("day", type_=Date)),
    )
)


def waiting(connection: Connection, today: date) -> list[int]:
    """Give the keys of the plans whose day has come and that were not carried out yet, the oldest
    first.
    """
    statement = select(PLAN.c.id).where(
        PLAN.c.effect.is_(None), PLAN.c.undone.is_(None), PLAN.c.start <= today
    )
    return list(connection.execute(statement.order_by(PLAN.c.id)).scalars())


def plan(connection: Connection, key: int) -> Row | None:
    """Give one plan, held until the transaction ends."""
    found = (
        connection.execute(select(PLAN).where(PLAN.c.id == key).with_for_update())
        .mappings()
        .first()
    )
    return dict(found) if found else None


def cases(connection: Connection, key: int) -> list[Row]:
    """Give the cases of a plan, with their numbers and who they go to."""
    to = WORKER.alias("to")
    statement = select(*PLAN_CASE.c, CASE.c.number, to.c.name.label("to")).join(
        CASE, CASE.c.id == PLAN_CASE.c.case_id
    )
    return rows(
        connection,
        statement.outerjoin(to, to.c.id == PLAN_CASE.c.to_id)
        .where(PLAN_CASE.c.plan_id == key)
        .order_by(CASE.c.id),
    )


def all_plans(connection: Connection, barred: Collection[int] = (), limit: int = 100) -> list[Row]:
    """Give the latest plans with the names of who is away, who made it, and to whom the
    rest goes; cases that are barred (their keys) are not counted.
    """
    to, by = WORKER.alias("to"), WORKER.alias("by")
    count = (
        select(func.count())
        .select_from(PLAN_CASE)
        .where(PLAN_CASE.c.plan_id == PLAN.c.id, PLAN_CASE.c.case_id.not_in(sorted(barred)))
        .scalar_subquery()
    )
    statement = (
        select(
            *PLAN.c,
            WORKER.c.name.label("worker"),
            WORKER.c.team_id.label("worker_team"),
            WORKER.c.role.label("worker_role"),
            to.c.name.label("to"),
            by.c.name.label("by"),
            count.label("cases"),
        )
        .join(WORKER, WORKER.c.id == PLAN.c.worker_id)
        .outerjoin(to, to.c.id == PLAN.c.to_id)
        .outerjoin(by, by.c.id == PLAN.c.made_by)
    )
    return rows(connection, statement.order_by(PLAN.c.id.desc()).limit(limit))


def all_away(connection: Connection, day: date) -> set[int]:
    """Give the keys of everybody who is away on a day."""
    return set(connection.execute(select(PLAN.c.worker_id).where(*away_on(day))).scalars())


def away(connection: Connection, worker: int, day: date) -> Row | None:
    """Give the plan by which a worker is away on a day, None when he is here."""
    found = rows(
        connection,
        select(PLAN)
        .where(PLAN.c.worker_id == worker, *away_on(day))
        .order_by(PLAN.c.id.desc())
        .limit(1),
    )
    return found[0] if found else None


def roster(connection: Connection, start: datetime, end: datetime) -> list[Row]:
    """Give who has piket in a span, in order, with names.

    `active` only for who still works here and may see every case.
    """
    return _ROSTER.rows(connection, {"from": start, "until": end})


def to_come(connection: Connection, today: date) -> list[Row]:
    """Give the absences and leavings that hold on a day or after it.

    Worker_id, kind, start, end.
    """
    return _TO_COME.rows(connection, {"day": today})


def owned_by_nobody_here(connection: Connection, today: date) -> list[str]:
    """Give the numbers of open cases whose owner has left or no longer works on cases, or is away
    by a plan that was carried out.
    """
    gone = select(WORKER.c.id).where(or_(WORKER.c.active == false(), WORKER.c.role.not_in(WORKS)))
    away_now = select(PLAN.c.worker_id).where(PLAN.c.effect.is_not(None), *away_on(today))
    statement = select(CASE.c.number).where(
        CASE.c.closed == false(), CASE.c.owner_id.in_(gone) | CASE.c.owner_id.in_(away_now)
    )
    return list(connection.execute(statement.order_by(CASE.c.number)).scalars())
