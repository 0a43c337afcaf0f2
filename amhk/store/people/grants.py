"""Leave to open a case of others, and what who leads says of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from amhk.rules.privacy.secrecy import LENT
from amhk.store.people.people import GRANT
from amhk.store.reads import CASE, LOOK, TEAM, WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import Sql

_UNJUDGED = (GRANT.c.judged.is_(None), GRANT.c.due.is_not(None))


def first_due() -> Sql:
    """Give the column that tells by which day the first leave must be judged; None when none."""
    first = select(func.min(GRANT.c.due)).where(*_UNJUDGED)
    return first.scalar_subquery().label("leave_due")


def to_judge(connection: Connection, key: int | None = None) -> list[Row]:
    """Give every leave that nobody judged yet (or the one of a key), the first to be judged on
    top: who had it, of which case, why, and since when.
    """
    his = TEAM.alias("his")
    statement = (
        select(
            *GRANT.c,
            WORKER.c.name.label("worker"),
            WORKER.c.role,
            his.c.name.label("of_team"),
            CASE.c.number,
        )
        .join(WORKER, WORKER.c.id == GRANT.c.worker_id)
        .outerjoin(his, his.c.id == WORKER.c.team_id)
        .join(CASE, CASE.c.id == GRANT.c.case_id)
        .where(*_UNJUDGED, *([GRANT.c.id == key] if key is not None else []))
        .order_by(GRANT.c.due, GRANT.c.id)
    )
    return rows(connection, statement)


def lent(
    connection: Connection, now: datetime, case: int | None = None, worker: int | None = None
) -> list[Row]:
    """Give the leave that readers (`LENT`) have now: of a case, of a reader, or all; the first to
    end on top, each with who reads and the number of the case.
    """
    statement = (
        select(*GRANT.c, WORKER.c.name.label("worker"), WORKER.c.role, CASE.c.number)
        .join(WORKER, WORKER.c.id == GRANT.c.worker_id)
        .join(CASE, CASE.c.id == GRANT.c.case_id)
        .where(GRANT.c.until > now, WORKER.c.role.in_(sorted(LENT)))
        .order_by(GRANT.c.until, GRANT.c.id)
    )
    if case is not None:
        statement = statement.where(GRANT.c.case_id == case)
    if worker is not None:
        statement = statement.where(GRANT.c.worker_id == worker)
    return rows(connection, statement)


def end(connection: Connection, key: int, now: datetime) -> None:
    """Let a leave be over."""
    connection.execute(update(GRANT).where(GRANT.c.id == key).values(until=now))


def end_all(connection: Connection, worker: int, now: datetime) -> None:
    """Let all leave of a worker be over."""
    where = (GRANT.c.worker_id == worker, GRANT.c.until > now)
    connection.execute(update(GRANT).where(*where).values(until=now))


def looked(connection: Connection, leave: Row, but: Sequence[str]) -> int:
    """Give how often who had a leave looked at the case while it lasted; lines of these kinds are
    no look.
    """
    mine = (LOOK.c.case_id == leave["case_id"], LOOK.c.worker_id == leave["worker_id"])
    when = (LOOK.c.instant >= leave["given"], LOOK.c.instant < leave["until"])
    count = select(func.count()).select_from(LOOK).where(*mine, *when, LOOK.c.what.not_in(but))
    return int(connection.execute(count).scalar_one())


def judge(connection: Connection, key: int, now: datetime, by: int, verdict: str) -> int:
    """Write what who leads says of a leave; gives how many it was (0 when it was judged before)."""
    told = {"judged": now, "judged_by": by, "verdict": verdict}
    return connection.execute(
        update(GRANT).where(GRANT.c.id == key, GRANT.c.judged.is_(None)).values(**told)
    ).rowcount
