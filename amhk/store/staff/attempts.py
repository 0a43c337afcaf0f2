"""What was tried in vain at the door: a hash of who or where, and when. Never of whom in words."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from amhk.store.tables import Attempt, table

ATTEMPT = table(Attempt)


def counts(connection: Connection, keys: Collection[str], since: datetime) -> dict[str, int]:
    """Give how often each of these keys was tried since a moment (real time)."""
    statement = (
        select(ATTEMPT.c.key, func.count())
        .where(ATTEMPT.c.key.in_(keys), ATTEMPT.c.instant > since)
        .group_by(ATTEMPT.c.key)
    )
    return {key: count for key, count in connection.execute(statement)}


def any_before(connection: Connection, before: datetime) -> bool:
    """Tell whether anything is kept from before a moment."""
    old = select(ATTEMPT.c.id).where(ATTEMPT.c.instant <= before).limit(1)
    return connection.execute(old).first() is not None


def forget(connection: Connection, before: datetime) -> None:
    """Forget what was tried before a moment."""
    connection.execute(delete(ATTEMPT).where(ATTEMPT.c.instant <= before))
