"""What the morning page asks of the store.

One's own terms, the load of a team, what ends this week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import (
    Connection,
    Integer,
    String,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
)

from amhk.store.cases.scope import BARRED
from amhk.store.database.instants import UtcInstant, as_text
from amhk.store.reads import CASE, TEAM, TERM, WORKER
from amhk.store.ready import Ready
from amhk.store.rows import Row
from amhk.store.tables import Sql
from amhk.store.terms.of_run import OF_RUN

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
_OF_TERM = ("id", "name", "due", "over_at", "run")
_TERM = [*(TERM.c[n].label(f"term_{n}") for n in _OF_TERM), OF_RUN]


# in the words of the index: what is open lies in it whole
_OPEN, _NOBODY = CASE.c.rank < literal_column("'9'"), CASE.c.owner_id.is_(None)
_NOW, _UNTIL = (bindparam(name, type_=UtcInstant) for name in ("now", "until"))
_TEAMS = bindparam("teams", type_=Integer, expanding=True)


@dataclass(frozen=True)
class Part:
    """The cases of some teams (None: of all), without those that who looks may not know."""

    teams: Sequence[int] | None
    barred: frozenset[int] = frozenset()

    @property
    def kind(self) -> tuple[bool, bool]:
        """Give the kind of it: of all teams, and whether some are barred; a statement is built once
        for each.
        """
        return self.teams is None, bool(self.barred)

    def binds(self) -> dict[str, object]:
        """Give what the bound names stand for."""
        told: dict[str, object] = {} if self.teams is None else {"teams": list(self.teams)}
        return told | ({"of_barred": sorted(self.barred)} if self.barred else {})


Kind = tuple[bool, bool]


def _of(kind: Kind) -> Sql:
    every, some = kind
    known = CASE.c.id.not_in(BARRED) if some else true()
    return and_(true() if every else CASE.c.team_id.in_(_TEAMS), known)


def _how_many(*whens: tuple[Sql, int]) -> Sql:
    """Count the rows that come to 1 first."""
    return func.coalesce(func.sum(case(*whens, else_=0)), 0)


@cache
def _terms_of(kind: Kind) -> Ready:
    return Ready(
        select(*_CASE, *_TERM)
        .join(TERM, TERM.c.case_id == CASE.c.id + 0)  # from his cases to their terms
        .where(CASE.c.owner_id == bindparam("worker"), _OPEN, TERM.c.status == "running", _of(kind))
        .order_by(CASE.c.rank, TERM.c.over_at, TERM.c.id)
    )


_UNTOUCHED_COUNTS = (
    func.count().label("count"),
    _how_many((CASE.c.opened_by.is_(None), 1)).label("unread"),
    _how_many((CASE.c.urgent, 1)).label("urgent"),
)


@cache
def _load(kind: Kind) -> Ready:
    """Give the load of teams: counted by key, and only then named."""
    ends = func.substr(CASE.c.rank, 2) <= bindparam("now_text", type_=String)
    counted = (
        select(
            CASE.c.team_id,
            CASE.c.owner_id,
            _how_many((ends, 1)).label("late"),
            *_UNTOUCHED_COUNTS,
        )
        .where(_of(kind), _OPEN)
        .group_by(CASE.c.team_id, CASE.c.owner_id)
        .subquery()
    )
    told = [counted.c[n] for n in ("late", "unread", "urgent")]
    return Ready(
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
def _ending(kind: Kind) -> Ready:
    return Ready(
        select(
            TERM.c.name,
            _how_many((_LATE, 1)).label("late"),
            _how_many((_LATE, 0), (TERM.c.over_at > _NOW, 1)).label("soon"),
            _how_many((_LATE, 0), (_NOBODY, 1)).label("soon_of_nobody"),
            _how_many((_NOBODY, 1)).label("of_nobody"),
        )
        .join(CASE, CASE.c.id == TERM.c.case_id + 0)  # from what ends to its cases
        .where(TERM.c.status == "running", TERM.c.over_at <= _UNTIL, _of(kind))
        .group_by(TERM.c.name)
        .order_by(TERM.c.name)
    )


@cache
def _untouched(kind: Kind) -> Ready:
    return Ready(
        select(*_CASE)
        # not in the words of an index of owners: the first few come in the order of danger
        .where(_of(kind), (CASE.c.owner_id + 0).is_(None), CASE.c.rank < "9")
        .order_by(CASE.c.rank, CASE.c.id)
        .limit(bindparam("most", type_=Integer))
    )


@cache
def _of_nobody(kind: Kind) -> Ready:
    counts: list[Sql] = [*_UNTOUCHED_COUNTS]
    return Ready(select(*counts).select_from(CASE).where(_of(kind), _NOBODY, _OPEN))


def terms_of(connection: Connection, worker: int, barred: frozenset[int]) -> list[Row]:
    """Give every running term of a worker's own open cases, in the order of danger of the cases,
    then by their end.
    """
    part = Part(None, barred)
    return _terms_of(part.kind).rows(connection, part.binds() | {"worker": worker})


def load(connection: Connection, part: Part, now: datetime) -> list[Row]:
    """Give, per team and worker (None: nobody), how many open cases there are, and how many of
    those are late, not opened by anybody, and urgent.
    """
    asked = part.binds() | {"now_text": as_text(now)}
    return _load(part.kind).rows(connection, asked)


def ending(connection: Connection, part: Part, now: datetime, until: datetime) -> list[Row]:
    """Give, per term, how many in these teams are late now, how many end before `until`, how many
    of those are of nobody, and how many of all of them.
    """
    asked = part.binds() | {"now": now, "until": until}
    return _ending(part.kind).rows(connection, asked)


def untouched(connection: Connection, part: Part, limit: int) -> list[Row]:
    """Give the open cases of these teams that nobody owns, in the order of danger."""
    return _untouched(part.kind).rows(connection, part.binds() | {"most": limit})


def of_nobody(connection: Connection, part: Part) -> Row:
    """Give how many open cases of these teams nobody owns: all, not opened, urgent."""
    return cast(Row, _of_nobody(part.kind).first(connection, part.binds()))
