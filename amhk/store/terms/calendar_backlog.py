"""Which running terms have not yet taken in the present calendar."""

from datetime import date, timedelta

from sqlalchemy import Connection, and_, func, not_, select, text, update

from amhk.store.reads import TERM, rows
from amhk.store.rows import Row
from amhk.store.terms.calendar import DAY
from amhk.words import end_of, iso

# Written out, so that the index of running terms serves.
_HELD = text("status IN ('running', 'suspended')")
# A rung may ring this long after the end of its term.
_AFTER = timedelta(days=60)


def oldest(connection: Connection, release: int) -> int | None:
    """Give the oldest release of the calendar that a running term still stands on, None when every
    one has the present one.
    """
    found = connection.execute(
        select(func.min(TERM.c.calendar)).where(_HELD, TERM.c.calendar < release)
    ).scalar()
    return None if found is None else int(found)


def since(connection: Connection, release: int) -> list[Row]:
    """Give the changes of the calendar after a release, in order."""
    return rows(connection, select(DAY).where(DAY.c.id > release).order_by(DAY.c.id))


def pass_by(connection: Connection, release: int, first: date, last: date | None) -> None:
    """Mark the terms that no change from the first day to the last (None: for ever) can touch.

    Over long before, or begun after.
    """
    touched = [TERM.c.due >= iso(first - _AFTER)]
    if last is not None:
        touched.append(TERM.c.start < end_of(last))
    connection.execute(
        update(TERM)
        .where(_HELD, TERM.c.calendar < release, not_(and_(*touched)))
        .values(calendar=release)
    )


def behind(connection: Connection, release: int, limit: int) -> list[int]:
    """Give the keys of cases with a term that has not yet taken in this release."""
    statement = (
        select(TERM.c.case_id)
        .where(_HELD, TERM.c.calendar < release)
        .distinct()
        .order_by(TERM.c.case_id)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())
