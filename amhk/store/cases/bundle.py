"""Rows of several tables in one statement.

All that belongs to one case, so that its page asks the database as often for 200 lines as for 2.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    FromClause,
    Integer,
    String,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.types import TypeEngine

from amhk.rules.privacy.secrecy import WORKS, Scope
from amhk.store import reads as r
from amhk.store.cases.barred import CONFLICT, keys_of
from amhk.store.cases.scope import BARRED, binds_of, bound_within, kind_of
from amhk.store.database.instants import UtcInstant, as_text
from amhk.store.ready import Ready
from amhk.store.tables import Attachment, Grant, Sql, table

ATTACHMENT, GRANT = table(Attachment), table(Grant)
_NO_TEXT = ("html", "pdf")
Columns = Sequence[Sql]
Kinds = dict[str, list[tuple[str, TypeEngine[object] | None]]]
Wanted = dict[str, tuple[Columns, FromClause, Sql]]


def _as_json(dialect: str, columns: Columns) -> Sql:
    """Give one row of columns as one JSON object, by name."""
    pairs: list[Sql] = []
    for c in columns:
        pairs += [literal_column(f"'{c.name}'"), c]
    return (
        func.json_object(*pairs)
        if dialect == "sqlite"
        else func.json_build_object(*pairs).cast(String)
    )


def _read(kind: object, value: Any) -> object:
    """Give a value of a JSON row as the database would have given it by itself."""
    if value is None:
        return None
    if isinstance(kind, Boolean):
        return bool(value)
    if isinstance(kind, UtcInstant):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, JSON):
        return orjson.loads(value) if isinstance(value, str) else value
    return value


@lru_cache(maxsize=8)
def _asked(dialect: str, scope: str) -> tuple[Ready, Kinds]:
    """Give the statement, built once per database and kind of scope, and per name the columns with
    their types.
    """
    wanted = _wanted(scope)
    parts = [
        select(
            literal(name, String).label("tag"),
            columns[0].cast(Integer).label("key"),
            _as_json(dialect, columns).label("row"),
        )
        .select_from(source)
        .where(where)
        for name, (columns, source, where) in wanted.items()
    ]
    types = {
        name: [(c.name, c.type if _apart(c.type) else None) for c in columns]
        for name, (columns, _, _) in wanted.items()
    }
    return Ready(union_all(*parts)), types


def _apart(kind: object) -> bool:
    return isinstance(kind, Boolean | UtcInstant | Date | JSON)


def _wanted(scope: str) -> Wanted:
    """Give what belongs to a case, by name.

    The columns (the first of them the order), from where, and which rows.
    """
    key: object = bindparam("of_case", type_=Integer)
    of: Wanted = {name: (list(t.c), t, t.c.case_id == key) for name, t in _TABLES.items()}
    unread = [c for c in r.NOTICE.c if c.name not in _NO_TEXT]
    referred = select(r.REFERRAL.c.institution_id).where(r.REFERRAL.c.case_id == key)
    siblings = and_(
        bound_within(scope),
        r.MELDING.c.dossier_id == bindparam("of_dossier", type_=Integer),
        r.CASE.c.id != key,
    )
    own: Wanted = {
        "notices": (unread, r.NOTICE, r.NOTICE.c.case_id == key),
        "dossier": (
            [r.CASE.c.id, r.CASE.c.number],
            r.CASE.join(r.MELDING, r.MELDING.c.case_id == r.CASE.c.id),
            siblings,
        ),
        "institutions": (
            [r.INSTITUTION.c.id, r.INSTITUTION.c.name],
            r.INSTITUTION,
            r.INSTITUTION.c.id.in_(referred),
        ),
    }
    return of | own | _wanted_of_others(key, scope) | _wanted_of_workers(key)


def _wanted_of_others(key: object, scope: str) -> Wanted:
    """Give what is asked of the cases it is related to, and which of them this worker may read."""
    other, link = r.CASE.alias("other"), r.RELATION
    linked = link.join(other, other.c.id == link.c.other_id)
    related = select(link.c.other_id).where(link.c.case_id == key)
    leave = and_(
        GRANT.c.worker_id == bindparam("of_worker", type_=Integer),
        GRANT.c.until > bindparam("of_real", type_=String),
        GRANT.c.case_id.in_(related),
    )
    known = [other.c.id.not_in(BARRED)] if scope.endswith("+") else []
    own = [other.c[name] for name in ("number", "team_id", "owner_id", "taken_by")]
    return {
        "relations": (
            [link.c.id, link.c.kind, link.c.other_id, *own],
            linked,
            link.c.case_id == key,
        ),
        "leave": ([GRANT.c.id, GRANT.c.case_id], GRANT, leave),
        "joined": (
            [other.c.id, other.c.number, other.c.received, other.c.zorgen],
            linked,
            and_(link.c.case_id == key, link.c.kind == "vervolgmelding", *known),
        ),
    }


def _wanted_of_workers(key: object) -> Wanted:
    """Give whose names it needs, its team, and whether anybody may answer for a decision."""
    bringers = select(ATTACHMENT.c.worker_id).where(ATTACHMENT.c.case_id == key)
    on_case = [bindparam(name, type_=Integer) for name in ("of_owner", "of_taker")]
    known = or_(r.WORKER.c.id.in_(on_case), r.WORKER.c.id.in_(bringers))
    knowing = select(CONFLICT.c.worker_id).where(CONFLICT.c.lifted.is_(None))
    may = and_(
        r.WORKER.c.active == true(),
        r.WORKER.c.role.in_(WORKS),
        r.WORKER.c.registration.is_not(None),
        # who knows nobody is told apart first: it costs nothing
        or_(
            r.WORKER.c.id.not_in(knowing),
            not_(bindparam("of_case", type_=Integer).in_(keys_of(r.WORKER.c.id))),
        ),
    )
    first = select(func.min(r.WORKER.c.id)).where(may).scalar_subquery()
    names = [r.WORKER.c.id, r.WORKER.c.name]
    return {
        "deciders": (names, r.WORKER, r.WORKER.c.id == first),
        "workers": (names, r.WORKER, known),
        "teams": ([r.TEAM.c.id, r.TEAM.c.name], r.TEAM, r.TEAM.c.id == bindparam("of_team")),
    }


def of_case(
    connection: Connection, case: Mapping[str, object], scope: Scope, worker: int, real: datetime
) -> dict[str, list[dict[str, object]]]:
    """Give all that belongs to a case but its journal.

    Terms, notices, people, what was found and sent, whom it is related to, files, and the names it
    needs.

    `leave` are the related cases outside the scope that this worker may read at the real instant
    `real`.
    """
    kind = kind_of(scope)
    statement, types = _asked(connection.dialect.name, kind)
    binds = {
        "of_case": case["id"],
        "of_real": as_text(real),
        "of_dossier": case.get("dossier_id"),
        "of_owner": case["owner_id"],
        "of_taker": case["taken_by"],
        "of_team": case["team_id"],
        **binds_of(scope),
        "of_worker": worker,
    }
    found: dict[str, list[dict[str, object]]] = {name: [] for name in types}
    for tag, _, row in sorted(statement.tuples(connection, binds), key=lambda t: (t[0], t[1])):
        values = orjson.loads(row)
        kinds = types[tag]
        found[tag].append({n: values[n] if k is None else _read(k, values[n]) for n, k in kinds})
    return found


def hashes(connection: Connection) -> set[str]:
    """Give the hashes of all files that a case has."""
    return set(connection.execute(select(ATTACHMENT.c.hash).distinct()).scalars())


_TABLES = {
    "terms": r.TERM,
    "people": r.PERSON,
    "reminders": r.REMINDER,
    "referrals": r.REFERRAL,
    "checks": r.CHECK,
    "findings": r.FINDING,
    "contacts": r.CONTACT,
    "attachments": ATTACHMENT,
}
