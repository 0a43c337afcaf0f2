"""Rows of several tables in one statement: all that belongs to one case, so that its page asks the database as often for 200 lines as for 2."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Date, Integer, String, and_, literal, or_, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement

from amhk.rules.secrecy import Scope
from amhk.store import reads as r
from amhk.store.instants import UtcInstant
from amhk.store.reads import within
from amhk.store.tables import Attachment, Grant, table

ATTACHMENT, GRANT = table(Attachment), table(Grant)
_NO_TEXT = ("html", "pdf")


class _AsJson(ColumnElement[str]):
    """One row of columns as one JSON object, by name."""

    inherit_cache = False
    type = String()

    def __init__(self, columns: Sequence[Any]) -> None:
        self.columns = tuple(columns)


def _pairs(element: _AsJson, compiler: Any, **more: Any) -> str:
    return ", ".join(f"'{c.name}', {compiler.process(getattr(c, 'element', c), **more)}" for c in element.columns)


@compiles(_AsJson, "sqlite")
def _sqlite(element: _AsJson, compiler: Any, **more: Any) -> str:
    return f"json_object({_pairs(element, compiler, **more)})"


@compiles(_AsJson, "postgresql")
def _postgresql(element: _AsJson, compiler: Any, **more: Any) -> str:
    return f"CAST(json_build_object({_pairs(element, compiler, **more)}) AS text)"


def _read(kind: Any, value: Any) -> Any:
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
        return json.loads(value) if isinstance(value, str) else value
    return value


def gather(connection: Connection, wanted: Mapping[str, tuple[Sequence[Any], Any, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Give rows of several tables by name: each asked as (columns, from, where), in the order of their first column."""
    parts = [
        select(literal(name, String).label("tag"), columns[0].cast(Integer).label("key"), _AsJson(columns).label("row"))
        .select_from(source)
        .where(where)
        for name, (columns, source, where) in wanted.items()
    ]
    types = {name: {c.name: c.type for c in columns} for name, (columns, _, _) in wanted.items()}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
    for tag, _, row in sorted(connection.execute(union_all(*parts)), key=lambda t: (t[0], t[1])):
        told = json.loads(row)
        found[tag].append({name: _read(kind, told[name]) for name, kind in types[tag].items()})
    return found


def of_case(
    connection: Connection, case: Mapping[str, Any], scope: Scope, worker: int, real: datetime
) -> dict[str, list[dict[str, Any]]]:
    """Give all that belongs to a case but its journal: terms, notices, people, what was found and sent, whom it is related to, files, and the names it needs.

    `leave` are the related cases outside the scope that this worker may read at the real instant `real`.
    """
    key = case["id"]
    other = r.CASE.alias("other")
    of = {name: (list(t.c), t, t.c.case_id == key) for name, t in _TABLES.items()}
    notices = [c for c in r.NOTICE.c if c.name not in _NO_TEXT]
    link = r.RELATION
    joined = and_(link.c.case_id == key, link.c.kind == "vervolgmelding")
    referred = select(r.REFERRAL.c.institution_id).where(r.REFERRAL.c.case_id == key)
    related = select(link.c.other_id).where(link.c.case_id == key)
    siblings = and_(within(scope), r.MELDING.c.dossier_id == case.get("dossier_id"), r.CASE.c.id != key)
    columns = [other.c.number, other.c.team_id, other.c.owner_id, other.c.taken_by]
    wanted: dict[str, tuple[Sequence[Any], Any, Any]] = of | {
        "notices": (notices, r.NOTICE, r.NOTICE.c.case_id == key),
        "relations": ([link.c.id, link.c.kind, link.c.other_id, *columns], link.join(other, other.c.id == link.c.other_id), link.c.case_id == key),
        "leave": ([GRANT.c.id, GRANT.c.case_id], GRANT, and_(GRANT.c.worker_id == worker, GRANT.c.until > real, GRANT.c.case_id.in_(related))),
        "joined": ([other.c.id, other.c.number, other.c.received, other.c.zorgen], link.join(other, other.c.id == link.c.other_id), joined),
        "dossier": ([r.CASE.c.id, r.CASE.c.number], r.CASE.join(r.MELDING, r.MELDING.c.case_id == r.CASE.c.id), siblings),
        "institutions": ([r.INSTITUTION.c.id, r.INSTITUTION.c.name], r.INSTITUTION, r.INSTITUTION.c.id.in_(referred)),
        "workers": (
            [r.WORKER.c.id, r.WORKER.c.name],
            r.WORKER,
            or_(r.WORKER.c.id.in_([case["owner_id"] or 0, case["taken_by"]]), r.WORKER.c.id.in_(select(ATTACHMENT.c.worker_id).where(ATTACHMENT.c.case_id == key))),
        ),
        "teams": ([r.TEAM.c.id, r.TEAM.c.name], r.TEAM, r.TEAM.c.id == case["team_id"]),
    }  # fmt: skip
    return gather(connection, wanted)


_TABLES = {
    "terms": r.TERM, "people": r.PERSON, "reminders": r.REMINDER, "referrals": r.REFERRAL, "checks": r.CHECK, "findings": r.FINDING,
    "contacts": r.CONTACT, "attachments": ATTACHMENT,
}  # fmt: skip


def hashes(connection: Connection) -> set[str]:
    """Give the hashes of all files that a case has."""
    return set(connection.execute(select(ATTACHMENT.c.hash).distinct()).scalars())
