"""Questions to the radar: who asked when, of how many people, and how many were found.

Never of whom.
"""

from datetime import datetime

from sqlalchemy import Connection, func, select

from amhk.store.tables import Question, table

QUESTION = table(Question)


def asked(connection: Connection, worker: int, since: datetime) -> int:
    """Give how many questions a worker asked since a moment (real time)."""
    statement = select(func.count()).where(
        QUESTION.c.worker_id == worker, QUESTION.c.instant > since
    )
    return connection.execute(statement).scalar_one()


def counts(connection: Connection, since: datetime) -> dict[int, int]:
    """Give, per worker, how many questions he asked since a moment (real time)."""
    statement = (
        select(QUESTION.c.worker_id, func.count())
        .where(QUESTION.c.instant >= since)
        .group_by(QUESTION.c.worker_id)
    )
    return {key: count for key, count in connection.execute(statement)}
