"""What the morning page asks of the store.

One's own terms, the load of a team, what ends this week.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from amhk.store.database.instants import as_text
from amhk.store.reads import CASE, TEAM, TERM, WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import Sql

_CASE = [
    CASE.c[n]
    for n in (
        "id",
        "number",
        "route",
        "workflow",
        "release",
        "state",
        "gemeente",
        "urgent",
        "acuut",
        "rank",
        "opened_by",
    )
]
_TERM = [TERM.c[n].label(f"term_{n}") for n in ("id", "name", "due", "over_at", "person_id")]


def terms_of(connection: Connection, worker: int) -> list[Row]:
    """Give every running term of a worker's own open cases, in the order of danger of the cases,
    then by their end.
    """
    statement = select(*_CASE, *_TERM).join(TERM, TERM.c.case_id == CASE.c.id)
    where = (CASE.c.owner_id == worker, CASE.c.rank < "9", TERM.c.status == "running")
    return rows(
        connection, statement.where(*where).order_by(CASE.c.rank, TERM.c.over_at, TERM.c.id)
    )


def load(connection: Connection, teams: Sequence[int], now: datetime) -> list[Row]:
    """Give, per team and worker (None: nobody), how many open cases there are and how many of those
    are late.
    """
    late = func.sum(case((func.substr(CASE.c.rank, 2) <= as_text(now), 1), else_=0)).label("late")
    statement = (
        select(
            TEAM.c.name.label("team"),
            WORKER.c.name.label("worker"),
            func.count().label("cases"),
            late,
        )
        .select_from(CASE)
        .join(TEAM, TEAM.c.id == CASE.c.team_id)
        .outerjoin(WORKER, WORKER.c.id == CASE.c.owner_id)
    )
    grouped = statement.where(CASE.c.team_id.in_(teams), CASE.c.rank < "9").group_by(
        TEAM.c.name, WORKER.c.name
    )
    return rows(connection, grouped.order_by(TEAM.c.name, WORKER.c.name))


def ending(
    connection: Connection, teams: Sequence[int], now: datetime, until: datetime
) -> list[Row]:
    """Give, per term, how many in these teams are late now, how many end before `until`, how many
    of those are of nobody, and how many of all of them.
    """
    is_late = TERM.c.over_at <= now
    columns: list[Sql] = [
        TERM.c.name,
        func.sum(case((is_late, 1), else_=0)).label("late"),
        func.sum(case((is_late, 0), else_=1)).label("soon"),
        func.sum(case((is_late, 0), (CASE.c.owner_id.is_(None), 1), else_=0)).label(
            "soon_of_nobody"
        ),
        func.sum(case((CASE.c.owner_id.is_(None), 1), else_=0)).label("of_nobody"),
    ]
    statement = select(*columns).join(CASE, CASE.c.id == TERM.c.case_id)
    where = (TERM.c.status == "running", TERM.c.over_at <= until, CASE.c.team_id.in_(teams))
    return rows(connection, statement.where(*where).group_by(TERM.c.name).order_by(TERM.c.name))


def untouched(connection: Connection, teams: Sequence[int], limit: int) -> tuple[list[Row], Row]:
    """Give the open cases of these teams that nobody owns, in the order of danger, and how many
    there are: all, not opened, urgent.
    """
    where = (CASE.c.team_id.in_(teams), CASE.c.owner_id.is_(None), CASE.c.rank < "9")
    found = rows(
        connection, select(*_CASE).where(*where).order_by(CASE.c.rank, CASE.c.id).limit(limit)
    )
    unread = func.sum(case((CASE.c.opened_by.is_(None), 1), else_=0))
    urgent = func.sum(case((CASE.c.urgent, 1), else_=0))
    columns = (
        func.count().label("count"),
        func.coalesce(unread, 0).label("unread"),
        func.coalesce(urgent, 0).label("urgent"),
    )
    return found, rows(connection, select(*columns).select_from(CASE).where(*where))[0]
