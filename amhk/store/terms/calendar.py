"""The calendar as it was changed, release by release: read whole, one change written at a time."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from amhk.rules.terms.calendar import calendar_of
from amhk.rules.terms.days import Calendar
from amhk.store import reads
from amhk.store.rows import Row
from amhk.store.tables import CalendarDay, table

DAY = table(CalendarDay)


def read(connection: Connection, release: int | None = None) -> Calendar:
    """Give the calendar as it is, or as it was at a release."""
    statement = select(DAY).order_by(DAY.c.id)
    rows = reads.rows(
        connection, statement if release is None else statement.where(DAY.c.id <= release)
    )
    return calendar_of([(r["id"], r["kind"], r["day"], r["name"], r["gone"]) for r in rows])


def change(connection: Connection, row: Mapping[str, object]) -> int:
    """Write one change and give the release it makes.

    Others who change the calendar wait for it.
    """
    if (
        connection.execute(
            update(reads.META)
            .where(reads.META.c.key == "calendar")
            .values(value=reads.META.c.value)
        ).rowcount
        == 0
    ):
        connection.execute(insert(reads.META).values(key="calendar", value="0"))
    connection.execute(insert(DAY).values(**row))
    release = int(connection.execute(select(func.max(DAY.c.id))).scalar_one())
    connection.execute(
        update(reads.META).where(reads.META.c.key == "calendar").values(value=str(release))
    )
    return release


def adopt(connection: Connection, days: Mapping[date, str], now: datetime) -> int:
    """Take over closing days kept elsewhere before, into a calendar that holds nothing yet.

    Running terms were worked out with them. Gives how many.
    """
    if not days or connection.execute(select(DAY.c.id).limit(1)).first():
        return 0
    for day, name in sorted(days.items()):
        release = change(
            connection,
            {
                "instant": now,
                "worker_id": None,
                "kind": "sluitingsdag",
                "day": day,
                "name": name,
                "gone": False,
            },
        )
    connection.execute(update(reads.TERM).values(calendar=release))
    return len(days)


def changes(connection: Connection) -> list[Row]:
    """Give every change ever made, the last first, with who made it."""
    statement = select(*DAY.c, reads.WORKER.c.name.label("worker")).outerjoin(
        reads.WORKER, reads.WORKER.c.id == DAY.c.worker_id
    )
    return reads.rows(connection, statement.order_by(DAY.c.id.desc()))
