"""The channels by which terms reach people.

Calendar addresses, and the daily mail with its claims.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, false, func, insert, or_, select, true, update

from amhk.rules.privacy.secrecy import Reader, scope_of
from amhk.store import tables as t
from amhk.store.cases.barred import barred
from amhk.store.cases.scope import within
from amhk.store.reads import CASE, TEAM, TERM, WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import table

FEED, DIGEST = table(t.Feed), table(t.Digest)


def feed(connection: Connection, hash_: str) -> Row | None:
    """Give the calendar address of a hash, with its worker, while it holds and he works here."""
    statement = select(
        *FEED.c,
        WORKER.c.name,
        WORKER.c.role,
        WORKER.c.team_id.label("present_team"),
        barred(),
    ).join(WORKER, WORKER.c.id == FEED.c.worker_id)
    found = (
        connection.execute(
            statement.where(
                FEED.c.hash == hash_, FEED.c.revoked.is_(None), WORKER.c.active == true()
            )
        )
        .mappings()
        .first()
    )
    return dict(found) if found else None


def feeds(connection: Connection, worker: int) -> list[Row]:
    """Give the calendar addresses of a worker that hold, with the team of each."""
    statement = select(FEED.c.id, FEED.c.created, TEAM.c.name.label("team")).outerjoin(
        TEAM, TEAM.c.id == FEED.c.team_id
    )
    return rows(
        connection,
        statement.where(FEED.c.worker_id == worker, FEED.c.revoked.is_(None)).order_by(FEED.c.id),
    )


def terms(connection: Connection, who: Reader, team: int | None) -> list[Row]:
    """Give every running term of a worker's own cases, or of a team's, within what he may see, the
    first to end on top.
    """
    columns = (
        TERM.c.id,
        TERM.c.name,
        TERM.c.due,
        TERM.c.round,
        TERM.c.over_at,
        CASE.c.number,
        CASE.c.workflow,
        CASE.c.release,
    )
    mine = CASE.c.team_id == team if team is not None else CASE.c.owner_id == who.id
    statement = select(*columns).join(CASE, CASE.c.id == TERM.c.case_id)
    return rows(
        connection,
        statement.where(TERM.c.status == "running", mine, within(scope_of(who))).order_by(
            TERM.c.over_at, TERM.c.id
        ),
    )


def without_owner(connection: Connection, who: Reader, limit: int) -> list[str]:
    """Give the numbers of open cases of a reader's team that have no owner."""
    statement = select(CASE.c.number).where(
        CASE.c.closed == false(),
        CASE.c.owner_id.is_(None),
        CASE.c.team_id == who.team,
        within(scope_of(who)),
    )
    return list(connection.execute(statement.order_by(CASE.c.number).limit(limit)).scalars())


def unopened(
    connection: Connection, who: Reader, names: list[str], limit: int
) -> tuple[int, list[Row]]:
    """Give how many cases nobody has opened yet within what a reader may see (for who is in a team:
    his team's), and the first of them, acute first, then the longest waiting.
    """
    mine = [CASE.c.team_id == who.team] if who.role in ("medewerker", "teamleider") else []
    where = (TERM.c.name.in_(names), TERM.c.status == "running", within(scope_of(who)), *mine)
    statement = select(
        CASE.c.number, CASE.c.acuut, CASE.c.gemeente, TERM.c.start, TERM.c.due, TERM.c.over_at
    ).join(CASE, CASE.c.id == TERM.c.case_id)
    count = (
        select(func.count()).select_from(TERM).join(CASE, CASE.c.id == TERM.c.case_id).where(*where)
    )
    found = rows(
        connection,
        statement.where(*where).order_by(CASE.c.acuut.desc(), TERM.c.start, TERM.c.id).limit(limit),
    )
    return int(connection.execute(count).scalar_one()), found


def has_digest(connection: Connection, worker: int, day: date) -> bool:
    """Tell whether the mail of a day to a worker was written."""
    return (
        connection.execute(
            select(DIGEST.c.id).where(DIGEST.c.worker_id == worker, DIGEST.c.day == day)
        ).first()
        is not None
    )


def write_digest(connection: Connection, row: Mapping[str, object]) -> None:
    """Put the mail of a day ready; one of an earlier day that never left gives way to it."""
    older = (
        DIGEST.c.worker_id == row["worker_id"],
        DIGEST.c.day < row["day"],
        DIGEST.c.state == "queued",
    )
    connection.execute(update(DIGEST).where(*older).values(state="replaced"))
    connection.execute(insert(DIGEST).values(**row))


def claim_digest(connection: Connection, now: datetime, until: datetime) -> Row | None:
    """Claim the first mail that may leave now; nobody else takes it before `until`.

    None when nothing waits.
    """
    free = or_(DIGEST.c.claimed.is_(None), DIGEST.c.claimed <= now)
    key = (
        select(DIGEST.c.id)
        .where(DIGEST.c.state == "queued", free)
        .order_by(DIGEST.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if (found := connection.execute(key).scalar()) is None:
        return None
    done = connection.execute(
        update(DIGEST)
        .where(DIGEST.c.id == found, DIGEST.c.state == "queued")
        .values(claimed=until, tries=DIGEST.c.tries + 1)
    )
    if done.rowcount != 1:
        return None
    statement = select(*DIGEST.c, WORKER.c.email, WORKER.c.active).join(
        WORKER, WORKER.c.id == DIGEST.c.worker_id
    )
    return dict(connection.execute(statement.where(DIGEST.c.id == found)).mappings().one())


def digests(connection: Connection, limit: int = 50) -> list[Row]:
    """Give the latest mails: to whom, of which day, how it went."""
    statement = select(
        DIGEST.c.day, DIGEST.c.state, DIGEST.c.tries, DIGEST.c.sent, DIGEST.c.why, WORKER.c.name
    ).join(WORKER, WORKER.c.id == DIGEST.c.worker_id)
    return rows(connection, statement.order_by(DIGEST.c.id.desc()).limit(limit))
