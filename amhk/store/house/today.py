"""What the morning page asks of the store.

One's own terms, the load of a team, what ends this week.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Integer, String, bindparam, case, func, select

from amhk.store.database.instants import UtcInstant, as_text
from amhk.store.reads import CASE, TEAM, TERM, WORKER, as_rows
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


_OPEN, _NOBODY = CASE.c.rank < "9", CASE.c.owner_id.is_(None)
_OF_TEAMS = CASE.c.team_id.in_(bindparam("teams", type_=Integer, expanding=True))
_NOW, _UNTIL = (bindparam(name, type_=UtcInstant) for name in ("now", "until"))


def _how_many(*whens: tuple[Sql, int]) -> Sql:
    """Count the rows that come to 1 first."""
    return func.sum(case(*whens, else_=0))


_TERMS_OF = (
    select(*_CASE, *_TERM)
    .join(TERM, TERM.c.case_id == CASE.c.id)
    .where(CASE.c.owner_id == bindparam("worker"), _OPEN, TERM.c.status == "running")
    .order_by(CASE.c.rank, TERM.c.over_at, TERM.c.id)
)
_LOAD = (
    select(
        TEAM.c.name.label("team"),
        WORKER.c.name.label("worker"),
        func.count().label("cases"),
        _how_many((func.substr(CASE.c.rank, 2) <= bindparam("now_text", type_=String), 1)).label(
            "late"
        ),
    )
    .select_from(CASE)
    .join(TEAM, TEAM.c.id == CASE.c.team_id)
    .outerjoin(WORKER, WORKER.c.id == CASE.c.owner_id)
    .where(_OF_TEAMS, _OPEN)
    .group_by(TEAM.c.name, WORKER.c.name)
    .order_by(TEAM.c.name, WORKER.c.name)
)
_LATE = TERM.c.over_at <= _NOW
_ENDING = (
    select(
        TERM.c.name,
        _how_many((_LATE, 1)).label("late"),
        _how_many((_LATE, 0), (TERM.c.over_at > _NOW, 1)).label("soon"),
        _how_many((_LATE, 0), (_NOBODY, 1)).label("soon_of_nobody"),
        _how_many((_NOBODY, 1)).label("of_nobody"),
    )
    .join(CASE, CASE.c.id == TERM.c.case_id)
    .where(TERM.c.status == "running", TERM.c.over_at <= _UNTIL, _OF_TEAMS)
    .group_by(TERM.c.name)
    .order_by(TERM.c.name)
)
_UNTOUCHED = (
    select(*_CASE)
    .where(_OF_TEAMS, _NOBODY, _OPEN)
    .order_by(CASE.c.rank, CASE.c.id)
    .limit(bindparam("most", type_=Integer))
)
_UNTOUCHED_COUNT = (
    select(
        func.count().label("count"),
        func.coalesce(_how_many((CASE.c.opened_by.is_(None), 1)), 0).label("unread"),
        func.coalesce(_how_many((CASE.c.urgent, 1)), 0).label("urgent"),
    )
    .select_from(CASE)
    .where(_OF_TEAMS, _NOBODY, _OPEN)
)


def terms_of(connection: Connection, worker: int) -> list[Row]:
    """Give every running term of a worker's own open cases, in the order of danger of the cases,
    then by their end.
    """
    return as_rows(connection.execute(_TERMS_OF, {"worker": worker}))


def load(connection: Connection, teams: Sequence[int], now: datetime) -> list[Row]:
    """Give, per team and worker (None: nobody), how many open cases there are and how many of those
    are late.
    """
    asked = {"teams": list(teams), "now_text": as_text(now)}
    return as_rows(connection.execute(_LOAD, asked))


def ending(
    connection: Connection, teams: Sequence[int], now: datetime, until: datetime
) -> list[Row]:
    """Give, per term, how many in these teams are late now, how many end before `until`, how many
    of those are of nobody, and how many of all of them.
    """
    asked = {"teams": list(teams), "now": now, "until": until}
    return as_rows(connection.execute(_ENDING, asked))


def untouched(connection: Connection, teams: Sequence[int], limit: int) -> tuple[list[Row], Row]:
    """Give the open cases of these teams that nobody owns, in the order of danger, and how many
    there are: all, not opened, urgent.
    """
    asked: dict[str, object] = {"teams": list(teams)}
    found = as_rows(connection.execute(_UNTOUCHED, asked | {"most": limit}))
    return found, as_rows(connection.execute(_UNTOUCHED_COUNT, asked))[0]
