"""The people of meldingen as they are found.

By key among a million, the household of a dossier, joins, and leave to open a case.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    func,
    literal,
    select,
    union_all,
    update,
)

from amhk.rules.parse import fold
from amhk.store import reads
from amhk.store.database.touched import touch
from amhk.store.reads import CASE, LOOK, MELDING, PERSON, rows
from amhk.store.rows import Row
from amhk.store.tables import Form, Grant, Join, PersonKey, table

KEY, JOIN, GRANT, FORM = (table(x) for x in (PersonKey, Join, Grant, Form))
_AT_ONCE = 100  # keys of names in one question; SQLite takes no more than 500 parts
_MOST = 400  # people under one sound of a name that are looked at, the latest first
_PERSON = [
    PERSON.c[name]
    for name in (
        "id",
        "case_id",
        "naam",
        "voornamen",
        "voorvoegsel",
        "geslachtsnaam",
        "partnernaam",
        "geboren",
        "geslacht",
        "adres",
        "geheim_adres",
        "bsn",
        "from_id",
        "rollen",
    )
]
_COLUMNS = tuple(c.name for c in _PERSON)
_NAMES = ", ".join(_COLUMNS)
_CASE = [
    CASE.c[name]
    for name in (
        "number",
        "state",
        "closed",
        "received",
        "closed_at",
        "team_id",
        "owner_id",
        "taken_by",
        "workflow",
        "release",
    )
]


def candidates(connection: Connection, sure: Sequence[str], names: Sequence[str]) -> list[Row]:
    """Give everyone under one of the `sure` keys, and the latest of those under each key of
    `names`; each once, without the case.

    Asked with every pause in the typing, so it is SQL by hand: building the statement would cost
    more than running it.
    """
    found: dict[int, Row] = {}
    for first in range(0, max(len(names), 1), _AT_ONCE):
        for row in _under(connection, sure if first == 0 else (), names[first : first + _AT_ONCE]):
            found[row["id"]] = row
    return list(found.values())


def _under(connection: Connection, sure: Sequence[str], names: Sequence[str]) -> list[Row]:
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    parts = (
        [
            f"SELECT person_id FROM person_keys WHERE key IN ({', '.join([mark] * len(sure))})"
            f" LIMIT {4 * _MOST}"
        ]
        if sure
        else []
    )
    parts += [
        f"SELECT person_id FROM person_keys WHERE key = {mark} ORDER BY person_id DESC LIMIT"
        f" {_MOST}"
        for _ in names
    ]
    if not parts:
        return []
    inner = " UNION ALL ".join(
        f"SELECT person_id FROM ({part}) AS x{n}" for n, part in enumerate(parts)
    )
    rows = connection.exec_driver_sql(
        f"SELECT {_NAMES} FROM people WHERE id IN ({inner})", (*sure, *names)
    ).fetchall()
    told = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    return [
        r | {"rollen": json.loads(r["rollen"]) if isinstance(r["rollen"], str) else r["rollen"]}
        for r in told
    ]


def cases_of(connection: Connection, keys: Sequence[int]) -> dict[int, Row]:
    """Give the head and dossier of meldingen by key."""
    statement = (
        select(CASE.c.id, *_CASE, MELDING.c.dossier_id)
        .join(MELDING, MELDING.c.case_id == CASE.c.id)
        .where(CASE.c.id.in_(keys))
    )
    return {r["id"]: r for r in rows(connection, statement)}


def fold_names(connection: Connection, names: Sequence[tuple[int, str]]) -> None:
    """Keep people's names as they are searched by now."""
    if names:
        told = [{"of_person": key, "folded": name} for key, name in names]
        connection.execute(
            update(PERSON)
            .where(PERSON.c.id == bindparam("of_person"))
            .values(zoeknaam=bindparam("folded")),
            told,
        )


def drop_keys(connection: Connection, people: Sequence[int]) -> None:
    """Forget under what these people can be found."""
    if people:
        connection.execute(delete(KEY).where(KEY.c.person_id.in_(people)))


def remove(connection: Connection, people: Sequence[int]) -> None:
    """Remove people with their keys; terms and letters must have let go of them."""
    drop_keys(connection, people)
    if people:
        touch(connection, PERSON.name)
        connection.execute(delete(PERSON).where(PERSON.c.id.in_(people)))


def person(connection: Connection, key: int) -> Row:
    """Give one person as he is compared."""
    return rows(connection, select(*_PERSON).where(PERSON.c.id == key))[0]


def in_batches(connection: Connection, after: int, size: int) -> list[Row]:
    """Give the next people by key, to work out their keys again."""
    return rows(
        connection, select(*_PERSON).where(PERSON.c.id > after).order_by(PERSON.c.id).limit(size)
    )


def dossier_cases(connection: Connection, dossier: int | None) -> list[Row]:
    """Give the meldingen of a dossier, oldest first; none without one."""
    statement = (
        select(CASE.c.id, *_CASE)
        .join(MELDING, MELDING.c.case_id == CASE.c.id)
        .where(MELDING.c.dossier_id == dossier)
    )
    return rows(connection, statement.order_by(CASE.c.id))


def told_of(connection: Connection, worker: int, case: int, now: datetime, what: str) -> int | None:
    """Give the line that says a worker was told of a case, of this minute; None when there is
    none.
    """
    where = (
        LOOK.c.worker_id == worker,
        LOOK.c.case_id == case,
        LOOK.c.what == what,
        LOOK.c.instant > now - timedelta(minutes=1),
    )
    return connection.execute(select(LOOK.c.id).where(*where).limit(1)).scalar()


def look_of(
    connection: Connection, key: int, worker: int, what: str, since: datetime
) -> Row | None:
    """Give a line of the log of looks by its key, when it is this worker's, of this kind and not
    older.
    """
    where = (
        LOOK.c.id == key,
        LOOK.c.worker_id == worker,
        LOOK.c.what == what,
        LOOK.c.instant > since,
    )
    found = rows(connection, select(LOOK).where(*where))
    return found[0] if found else None


def granted(connection: Connection, worker: int, case: int, now: datetime) -> bool:
    """Tell whether a worker has leave to read a case now."""
    where = (GRANT.c.worker_id == worker, GRANT.c.case_id == case, GRANT.c.until > now)
    return connection.execute(select(literal(1)).where(*where).limit(1)).scalar() is not None


def forget(connection: Connection, case: int) -> None:
    """Forget of a case why it was opened and what a split would put back (destruction by law).

    That it happened stays.
    """
    connection.execute(update(GRANT).where(GRANT.c.case_id == case).values(reason=None))
    connection.execute(update(JOIN).where(JOIN.c.case_id == case).values(before={}))
    connection.execute(
        update(FORM)
        .where(FORM.c.case_id == case)
        .values(told={}, faults=[], undo={}, kenmerk=None, kenmerk_key=None, twin=None)
    )


def join_of(connection: Connection, case: int) -> Row | None:
    """Give the join by which a melding lies with another now; None when it stands by itself."""
    found = rows(connection, select(JOIN).where(JOIN.c.case_id == case, JOIN.c.undone.is_(None)))
    return found[-1] if found else None


def unrelate(connection: Connection, one: int, other: int, kinds: Sequence[str]) -> None:
    """Take away how two cases belong together, from both sides."""
    link = reads.RELATION
    for a, b in ((one, other), (other, one)):
        connection.execute(
            delete(link).where(link.c.case_id == a, link.c.other_id == b, link.c.kind.in_(kinds))
        )


def dossier_of_people(connection: Connection, people: Sequence[Row]) -> int | None:
    """Give the latest dossier of a household already known by BSN, or by name with whole date of
    birth.
    """
    bsns = [p["bsn"] for p in people if p.get("bsn")]
    names = [(fold(p["naam"]), p["geboren"]) for p in people if len(p.get("geboren") or "") == 10]
    if not bsns and not names:
        return None
    told: dict[str, object] = {"bsns": bsns}
    for n, (name, born) in enumerate(names):
        told |= {f"name_{n}": name, f"born_{n}": born}
    return connection.execute(_home(len(names)), told).scalar()


@cache
def _home(names: int) -> Select[Any]:
    """Give the statement for so many names, made once."""
    hits = [select(PERSON.c.case_id).where(PERSON.c.bsn.in_(bindparam("bsns", expanding=True)))]
    hits += [
        select(PERSON.c.case_id).where(
            PERSON.c.zoeknaam == bindparam(f"name_{n}"), PERSON.c.geboren == bindparam(f"born_{n}")
        )
        for n in range(names)
    ]
    found = union_all(*hits).subquery()
    return select(func.max(MELDING.c.dossier_id)).where(
        MELDING.c.case_id.in_(select(found.c.case_id))
    )
