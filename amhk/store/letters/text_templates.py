"""The texts of letters as they were changed on screen, version by version.

Each is for one release of the procedure (or for all: those of before), and holds once approved.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, func, insert, or_, select, update

from amhk.store.reads import WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import LetterText, table
from amhk.store.writes import set_meta

TEXT = table(LetterText)
RELEASE = "letter_texts"  # how many have been approved: what a process compares its own with


def present(connection: Connection, of: str) -> dict[str, tuple[str, bool, int]]:
    """Give the latest approved text of every letter that was changed for a release of the
    procedure, whether it was changed for all releases, and its version.
    """
    statement = (
        select(TEXT.c.kind, TEXT.c.text, TEXT.c.of, TEXT.c.release)
        .where(TEXT.c.approved.is_not(None), or_(TEXT.c.of == of, TEXT.c.of == ""))
        .order_by(TEXT.c.release)
    )
    return {
        kind: (text, not told, version)
        for kind, text, told, version in connection.execute(statement)
    }


def of(connection: Connection, kind: str) -> list[Row]:
    """Give the versions of one letter, the last first, with who made and who approved them."""
    second = WORKER.alias()
    statement = (
        select(*TEXT.c, WORKER.c.name.label("worker"), second.c.name.label("other"))
        .join(WORKER, WORKER.c.id == TEXT.c.worker_id)
        .outerjoin(second, second.c.id == TEXT.c.approved_by)
        .where(TEXT.c.kind == kind)
    )
    return rows(connection, statement.order_by(TEXT.c.release.desc()))


def waiting(connection: Connection) -> list[Row]:
    """Give the latest text of each letter where nobody has approved it yet, with who made it."""
    last = _last()
    statement = (
        select(*TEXT.c, WORKER.c.name.label("worker"))
        .join(WORKER, WORKER.c.id == TEXT.c.worker_id)
        .where(TEXT.c.approved.is_(None), TEXT.c.release == last)
    )
    return rows(connection, statement.order_by(TEXT.c.made))


def _last() -> ScalarSelect[int]:
    other = TEXT.alias()
    newest = select(func.max(other.c.release)).where(
        other.c.kind == TEXT.c.kind, other.c.of == TEXT.c.of
    )
    return newest.scalar_subquery()


def first_waiting() -> ColumnElement[int]:
    """Give the question which text waits to be approved, as a column `text_waits`."""
    newest = select(TEXT.c.id).where(TEXT.c.approved.is_(None), TEXT.c.release == _last())
    return newest.limit(1).scalar_subquery().label("text_waits")


def add(connection: Connection, told: Mapping[str, object]) -> tuple[int, int]:
    """Keep a new version (`kind`, `of`, `text`, `worker_id`, `made`), which does not hold yet;
    gives its key and its number.
    """
    held = select(func.max(TEXT.c.release)).where(TEXT.c.kind == told["kind"])
    release = (connection.execute(held).scalar_one() or 0) + 1
    made = connection.execute(insert(TEXT).values(**told, release=release))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0]), int(release)


def of_before(connection: Connection) -> list[int]:
    """Give the keys of the texts of before, that hold for every release."""
    return [*connection.execute(select(TEXT.c.id).where(TEXT.c.of == "")).scalars()]


def approve(connection: Connection, key: int, worker: int, now: datetime) -> None:
    """Let a version hold, and let every process know."""
    agreed = update(TEXT).where(TEXT.c.id == key).values(approved=now, approved_by=worker)
    connection.execute(agreed)
    counted = select(func.count()).select_from(TEXT).where(TEXT.c.approved.is_not(None))
    set_meta(connection, RELEASE, str(connection.execute(counted).scalar_one()))
