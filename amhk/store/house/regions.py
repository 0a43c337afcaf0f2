"""Other meldpunten, and the dossiers that came from them."""

from typing import Any

from sqlalchemy import Connection, func, select

from amhk.store.reads import CASE, WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import Arrival, Meldpunt, table

MELDPUNT, ARRIVAL = table(Meldpunt), table(Arrival)
_WAITS = ARRIVAL.c.state == "waiting"
_MANY = 200


def meldpunten(connection: Connection) -> list[Row]:
    """Give the meldpunten one writes to, by name."""
    asked = select(*MELDPUNT.c, WORKER.c.name.label("worker"))
    asked = asked.outerjoin(WORKER, WORKER.c.id == MELDPUNT.c.added_by)
    return rows(connection, asked.where(MELDPUNT.c.gone.is_(False)).order_by(MELDPUNT.c.name))


def by_key(connection: Connection, sign: str) -> Row | None:
    """Give the meldpunt that signs with a key (hex); None for one whose card is not here."""
    asked = select(MELDPUNT).where(MELDPUNT.c.sign == sign, MELDPUNT.c.gone.is_(False))
    found = rows(connection, asked.order_by(MELDPUNT.c.id))
    return found[0] if found else None


def by_name(connection: Connection, name: str) -> Row | None:
    """Give the meldpunt of this name; None for one whose card is not here."""
    return next((row for row in meldpunten(connection) if row["name"] == name), None)


def of_number(connection: Connection, meldpunt: int, number: str) -> list[Row]:
    """Give what came before of a case of a meldpunt, by its number there, without the bytes."""
    columns = [c for c in ARRIVAL.c if c.name != "sealed"]
    mine = (ARRIVAL.c.meldpunt_id == meldpunt, ARRIVAL.c.number == number)
    return rows(connection, select(*columns).where(*mine).with_for_update())


def arrivals(connection: Connection) -> list[Row]:
    """Give what came from others without its bytes: what waits on top, the first due first."""
    columns = [c for c in ARRIVAL.c if c.name != "sealed"]
    asked = (
        select(
            *columns, MELDPUNT.c.name.label("sender"), CASE.c.number.label("became"), CASE.c.team_id
        )
        .join(MELDPUNT, MELDPUNT.c.id == ARRIVAL.c.meldpunt_id)
        .outerjoin(CASE, CASE.c.id == ARRIVAL.c.case_id)
        .order_by(ARRIVAL.c.state != "waiting", ARRIVAL.c.due, ARRIVAL.c.id)
    )
    return rows(connection, asked.limit(_MANY))


def arrival(connection: Connection, key: int, lock: bool = False) -> Row | None:
    """Give one that came, with its bytes and what its sender is; None when there is none."""
    columns = (MELDPUNT.c.name.label("sender"), MELDPUNT.c.sign, MELDPUNT.c.receive)
    asked = select(*ARRIVAL.c, *columns, CASE.c.number.label("became"))
    asked = asked.join(MELDPUNT, MELDPUNT.c.id == ARRIVAL.c.meldpunt_id)
    asked = asked.outerjoin(CASE, CASE.c.id == ARRIVAL.c.case_id).where(ARRIVAL.c.id == key)
    found = rows(connection, asked.with_for_update(of=ARRIVAL) if lock else asked)
    return found[0] if found else None


def came_before(connection: Connection, bundle: str) -> int | None:
    """Give the key of the arrival of a bundle; None when it is new."""
    found: int | None = connection.execute(
        select(ARRIVAL.c.id).where(ARRIVAL.c.bundle == bundle)
    ).scalar()
    return found


def first_due() -> Any:
    """Give the column that tells by which day the first that came must be answered."""
    due = select(func.min(ARRIVAL.c.due)).where(_WAITS)
    return due.scalar_subquery().label("arrived_due")
