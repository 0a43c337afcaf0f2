"""What the morning page asks of the store.

One's own terms, the load of a team, what ends this week.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
)

from amhk.store.database.instants import UtcInstant, as_text
from amhk.store.reads import CASE, TEAM, TERM, WORKER, as_rows
from amhk.store.rows import Row
from amhk.store.tables import Sql

Teams = Sequence[int] | None  # None is all of them
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


# in the words of the index: what is open lies in it whole
_OPEN, _NOBODY = CASE.c.rank < literal_column("'9'"), CASE.c.owner_id.is_(None)
_NOW, _UNTIL = (bindparam(name, type_=UtcInstant) for name in ("now", "until"))
_TEAMS = bindparam("teams", type_=Integer, expanding=True)


def _of(every: bool) -> Sql:
    return true() if every else CASE.c.team_id.in_(_TEAMS)


def _how_many(*whens: tuple[Sql, int]) -> Sql:
    """Count the rows that come to 1 first."""
    return func.coalesce(func.sum(case(*whens, else_=0)), 0)


_TERMS_OF = (
    select(*_CASE, *_TERM)
    .join(TERM, TERM.c.case_id == CASE.c.id + 0)  # from his cases to their terms
    .where(CASE.c.owner_id == bindparam("worker"), _OPEN, TERM.c.status == "running")
    .order_by(CASE.c.rank, TERM.c.over_at, TERM.c.id)
)
_UNTOUCHED_COUNTS = (
    func.count().label("count"),
    _how_many((CASE.c.opened_by.is_(None), 1)).label("unread"),
    _how_many((CASE.c.urgent, 1)).label("urgent"),
)


@cache
def _load(every: bool) -> Select[Any]:
    """Give the load of teams: counted by key, and only then named."""
    ends = func.substr(CASE.c.rank, 2) <= bindparam("now_text", type_=String)
    counted = (
        select(
            CASE.c.team_id,
            CASE.c.owner_id,
            _how_many((ends, 1)).label("late"),
            *_UNTOUCHED_COUNTS,
        )
        .where(_of(every), _OPEN)
        .group_by(CASE.c.team_id, CASE.c.owner_id)
        .subquery()
    )
    told = [counted.c[n] for n in ("late", "unread", "urgent")]
    return (
        select(
            TEAM.c.name.label("team"),
            WORKER.c.name.label("worker"),
            counted.c["count"].label("cases"),
            *told,
        )
        .join(TEAM, TEAM.c.id == counted.c.team_id)
        .outerjoin(WORKER, WORKER.c.id == counted.c.owner_id)
        .order_by(TEAM.c.name, WORKER.c.name)
    )


_LATE = TERM.c.over_at <= _NOW


@cache
def _ending(every: bool) -> Select[Any]:
    return (
        select(
            TERM.c.name,
            _how_many((_LATE, 1)).label("late"),
            _how_many((_LATE, 0), (TERM.c.over_at > _NOW, 1)).label("soon"),
            _how_many((_LATE, 0), (_NOBODY, 1)).label("soon_of_nobody"),
            _how_many((_NOBODY, 1)).label("of_nobody"),
        )
        .join(CASE, CASE.c.id == TERM.c.case_id + 0)  # from what ends to its cases
        .where(TERM.c.status == "running", TERM.c.over_at <= _UNTIL, _of(every))
        .group_by(TERM.c.name)
        .order_by(TERM.c.name)
    )


@cache
def _untouched(every: bool) -> Select[Any]:
    return (
        select(*_CASE)
        # not in the words of an index of owners: the first few come in the order of danger
        .where(_of(every), (CASE.c.owner_id + 0).is_(None), CASE.c.rank < "9")
        .order_by(CASE.c.rank, CASE.c.id)
        .limit(bindparam("most", type_=Integer))
    )


_OF_NOBODY = select(*_UNTOUCHED_COUNTS).select_from(CASE).where(_of(False), _NOBODY, _OPEN)


def terms_of(connection: Connection, worker: int) -> list[Row]:
    """Give every running term of a worker's own open cases, in the order of danger of the cases,
    then by their end.
    """
    return as_rows(connection.execute(_TERMS_OF, {"worker": worker}))


def load(connection: Connection, teams: Teams, now: datetime) -> list[Row]:
    """Give, per team and worker (None: nobody), how many open cases there are, and how many of
    those are late, not opened by anybody, and urgent.
    """
    asked = _asked(teams) | {"now_text": as_text(now)}
    return as_rows(connection.execute(_load(teams is None), asked))


def ending(connection: Connection, teams: Teams, now: datetime, until: datetime) -> list[Row]:
    """Give, per term, how many in these teams are late now, how many end before `until`, how many
    of those are of nobody, and how many of all of them.
    """
    asked = _asked(teams) | {"now": now, "until": until}
    return as_rows(connection.execute(_ending(teams is None), asked))


def untouched(connection: Connection, teams: Teams, limit: int) -> list[Row]:
    """Give the open cases of these teams that nobody owns, in the order of danger."""
    return as_rows(connection.execute(_untouched(teams is None), _asked(teams) | {"most": limit}))


def of_nobody(connection: Connection, teams: Sequence[int]) -> Row:
    """Give how many open cases of these teams nobody owns: all, not opened, urgent."""
    return dict(connection.execute(_OF_NOBODY, _asked(teams)).mappings().one())


def _asked(teams: Teams) -> dict[str, object]:
    return {} if teams is None else {"teams": list(teams)}
