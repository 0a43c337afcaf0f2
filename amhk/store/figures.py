"""The counts behind a report: grouped in the database, per gemeente, within what the reader may see."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select, true

from amhk.rules.secrecy import Scope
from amhk.store.reads import CASE, FINISH, TERM, within

Counts = dict[tuple[str, str], int]


def _counts(connection: Connection, statement: Any) -> Counts:
    return {(row[0], row[1]): row[2] for row in connection.execute(statement)}


def received(connection: Connection, scope: Scope, start: datetime, end: datetime, no_count: str) -> Counts:
    """Give (gemeente, route) -> calls received; a melding that proved to be none does not count."""
    where = (
        within(scope),
        CASE.c.received >= start,
        CASE.c.received < end,
        or_(CASE.c.ending.is_(None), CASE.c.ending != no_count),
    )
    return _counts(
        connection, select(CASE.c.gemeente, CASE.c.route, func.count()).where(*where).group_by(CASE.c.gemeente, CASE.c.route)
    )


def finishes(connection: Connection, scope: Scope, start: datetime, end: datetime) -> Counts:
    """Give (gemeente, finish) -> cases that reached it in the span; a case counts once per finish."""
    count = func.count(FINISH.c.case_id.distinct())
    statement = select(CASE.c.gemeente, FINISH.c.finish, count).join(CASE, CASE.c.id == FINISH.c.case_id)
    statement = statement.where(within(scope), FINISH.c.moment >= start, FINISH.c.moment < end)
    return {
        (g, f"finish_{f}"): n for (g, f), n in _counts(connection, statement.group_by(CASE.c.gemeente, FINISH.c.finish)).items()
    }


def endings(connection: Connection, scope: Scope, start: datetime, end: datetime) -> Counts:
    """Give (gemeente, ending) -> cases that ended without a finish in the span."""
    where = (within(scope), CASE.c.ending.is_not(None), CASE.c.closed_at >= start, CASE.c.closed_at < end)
    return _counts(
        connection, select(CASE.c.gemeente, CASE.c.ending, func.count()).where(*where).group_by(CASE.c.gemeente, CASE.c.ending)
    )


def in_time(
    connection: Connection, scope: Scope, start: datetime, end: datetime, now: datetime, clocks: dict[str, bool]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Give (gemeente, term) -> (in time, all) of the terms that ended in the span; a term not yet over and not yet met is left out.

    `clocks` says of each term whether its second clock is the one that counts.
    """
    own, second = ([n for n, beside in clocks.items() if beside is which] for which in (False, True))
    told = _in_time(connection, scope, start, end, now, own, TERM.c.over_at, TERM.c.late == true())
    over = TERM.c.beside_over_at
    return told | _in_time(connection, scope, start, end, now, second, over, TERM.c.ended_at >= over)


def _in_time(
    connection: Connection, scope: Scope, start: datetime, end: datetime, now: datetime, names: list[str], over: Any, was_late: Any
) -> dict[tuple[str, str], tuple[int, int]]:
    if not names:
        return {}
    met, held = TERM.c.status == "met", TERM.c.status.in_(("running", "suspended"))
    late = or_(and_(met, was_late), and_(TERM.c.status != "met", over <= now))
    statement = select(CASE.c.gemeente, TERM.c.name, func.sum(case((late, 0), else_=1)), func.count()).join(
        CASE, CASE.c.id == TERM.c.case_id
    )
    statement = statement.where(within(scope), TERM.c.name.in_(names), over > start, over <= end, or_(met, and_(held, over <= now)))
    return {(r[0], r[1]): (int(r[2]), int(r[3])) for r in connection.execute(statement.group_by(CASE.c.gemeente, TERM.c.name))}
