"""The texts of letters as they were changed on screen, version by version."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from amhk.store.reads import WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import LetterText, table
from amhk.store.writes import set_meta

TEXT = table(LetterText)
RELEASE = "letter_texts"  # how many changes there have been: what a process compares its own with


def present(connection: Connection) -> dict[str, str]:
    """Give the latest text of every letter that was changed."""
    last = (
        select(TEXT.c.kind, func.max(TEXT.c.release).label("release"))
        .group_by(TEXT.c.kind)
        .subquery()
    )
    found = select(TEXT.c.kind, TEXT.c.text).join(
        last, (last.c.kind == TEXT.c.kind) & (last.c.release == TEXT.c.release)
    )
    return {kind: text for kind, text in connection.execute(found)}


def versions(connection: Connection) -> dict[str, int]:
    """Give the latest version of every letter that was changed."""
    return {
        k: v
        for k, v in connection.execute(
            select(TEXT.c.kind, func.max(TEXT.c.release)).group_by(TEXT.c.kind)
        )
    }


def of(connection: Connection, kind: str) -> list[Row]:
    """Give the versions of one letter, the last first, with who made them."""
    statement = select(*TEXT.c, WORKER.c.name.label("worker")).join(
        WORKER, WORKER.c.id == TEXT.c.worker_id
    )
    return rows(connection, statement.where(TEXT.c.kind == kind).order_by(TEXT.c.release.desc()))


def add(connection: Connection, kind: str, text: str, worker: int, now: datetime) -> int:
    """Keep a new version and let every process know; gives its number."""
    release = (versions(connection).get(kind) or 0) + 1
    connection.execute(
        insert(TEXT).values(kind=kind, release=release, text=text, worker_id=worker, made=now)
    )
    set_meta(
        connection,
        RELEASE,
        str(connection.execute(select(func.count()).select_from(TEXT)).scalar_one()),
    )
    return release
