"""Pages of cases: within a scope, through filters, in the order of danger or of receipt.

Read off an index, however many cases there are.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    String,
    delete,
    exists,
    func,
    select,
    tuple_,
    type_coerce,
    union,
    union_all,
)

from amhk.rules.privacy.secrecy import Scope, is_only_name
from amhk.store.cases.rank import rank
from amhk.store.cases.scope import arms_of, within
from amhk.store.cases.search import found_by, rarest_first
from amhk.store.cases.veils import veils
from amhk.store.database.instants import as_text
from amhk.store.reads import CASE, PERSON, TEAM, TERM, WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import Query, SavedList, Sql, table
from amhk.store.terms.reminders import PLAN, away_on

SAVED = table(SavedList)
_RECEIVED = type_coerce(CASE.c.received, String)
# How a list may be sorted: the column, and whether the last comes first.
SORTS: dict[str, tuple[Sql, bool]] = {
    "termijn": (CASE.c.rank, False),
    "nieuwste": (_RECEIVED, True),
    "oudste": (_RECEIVED, False),
}
_SHOWN = [
    CASE.c[n]
    for n in (
        "id",
        "number",
        "route",
        "workflow",
        "release",
        "version",
        "state",
        "finish",
        "finishes",
        "closed",
        "ending",
        "gemeente",
        "acuut",
        "kanaal",
        "urgent",
        "received",
        "opened_by",
    )
]
_PLAIN = ("route", "state", "gemeente", "team_id", "owner_id", "closed")


def _where(filters: Mapping[str, Any], sort: str = "termijn") -> list[Sql]:
    asked = dict(filters)
    where = []
    if sort == "termijn" and (closed := asked.pop("closed", None)) is not None:
        where.append(CASE.c.rank >= "9" if closed else CASE.c.rank < "9")  # the index is by it
    where += [getattr(CASE.c, name) == asked[name] for name in _PLAIN if name in asked]
    if "due_before" in asked:
        where += [CASE.c.rank < "9", func.substr(CASE.c.rank, 2) <= as_text(asked["due_before"])]
    if "opened" in asked:
        where.append(
            CASE.c.opened_by.is_not(None) if asked["opened"] else CASE.c.opened_by.is_(None)
        )
    return where + (
        found_by(asked["sought"], asked.get("common", False)) if asked.get("sought") else []
    )


def page(
    connection: Connection,
    scope: Scope,
    filters: Mapping[str, object],
    sort: str,
    after: tuple[str, int] | None,
    limit: int,
) -> list[Row]:
    """Give a page of cases with the names of owner and team.

    `key` is what the next page goes on from.
    """
    narrow = filters.get("sought") and not filters.get("common")
    arms = [
        _arm(arm, filters, sort, after=after, limit=limit, few=few)
        for arm, few in ([(within(scope), True)] if narrow else arms_of(scope))
    ]
    asked: Query = (
        arms[0] if len(arms) == 1 else union_all(*(select(arm.subquery()) for arm in arms))
    )
    found = {r["id"]: r for r in rows(connection, asked)}
    return sorted(found.values(), key=lambda r: (r["key"], r["id"]), reverse=SORTS[sort][1])[:limit]


def _arm(
    arm: Sql,
    filters: Mapping[str, object],
    sort: str,
    after: tuple[str, int] | None,
    limit: int,
    few: bool,
) -> Query:
    column, last_first = SORTS[sort]
    # of few cases (a person's own, those that were found) their own index is to be used, not the
    # one that has all cases in this order
    by = column.concat("") if few and (sort != "termijn" or filters.get("sought")) else column
    where = [arm, *_where(filters, "termijn" if few else sort)]
    if after:
        here, there = tuple_(by, CASE.c.id), tuple_(*after)
        where.append(here < there if last_first else here > there)
    order = (by.desc(), CASE.c.id.desc()) if last_first else (by, CASE.c.id)
    told = select(
        *_SHOWN, column.label("key"), WORKER.c.name.label("owner"), TEAM.c.name.label("team")
    )
    joined = told.outerjoin(TEAM, TEAM.c.id == CASE.c.team_id).outerjoin(
        WORKER, WORKER.c.id == CASE.c.owner_id
    )
    return joined.where(*where).order_by(*order).limit(limit)


def weighed(connection: Connection, filters: dict[str, Any]) -> dict[str, Any]:
    """Give the filters with what is sought in the order to look for it, and whether it is all
    common.
    """
    if not filters.get("sought"):
        return filters
    sought, common = rarest_first(connection, filters["sought"])
    return filters | {"sought": sought, "common": common}


def count(connection: Connection, scope: Scope, filters: Mapping[str, Any], most: int) -> int:
    """Give how many cases there are, counted no further than `most`."""
    if filters.get("sought") and not filters.get("common"):
        found = select(CASE.c.id).where(within(scope), *_where(filters)).limit(most).subquery()
        return int(connection.execute(select(func.count()).select_from(found)).scalar_one())
    arms = [select(CASE.c.id).where(arm, *_where(filters)).limit(most) for arm, _ in arms_of(scope)]
    keys = (
        arms[0].subquery()
        if len(arms) == 1
        else union(*(select(arm.subquery().c.id) for arm in arms)).limit(most).subquery()
    )
    return int(connection.execute(select(func.count()).select_from(keys)).scalar_one())


def next_terms(connection: Connection, cases: Sequence[int]) -> dict[int, Row]:
    """Give, per case, the running term that ends first: id, name, due, over_at."""
    statement = (
        select(*(TERM.c[n] for n in ("id", "case_id", "name", "due", "over_at")))
        .where(TERM.c.case_id.in_(cases), TERM.c.status == "running")
        .order_by(TERM.c.over_at.desc(), TERM.c.id.desc())
    )
    return {r["case_id"]: r for r in rows(connection, statement)}


def names_of(connection: Connection, cases: Sequence[int]) -> dict[int, list[str]]:
    """Give, per melding, the names of its people.

    In one that is a text the melder who stays secret is covered.
    """
    found: dict[int, list[str]] = {}
    for r in rows(
        connection,
        select(PERSON.c.case_id, PERSON.c.naam)
        .where(PERSON.c.case_id.in_(cases))
        .order_by(PERSON.c.id),
    ):
        found.setdefault(r["case_id"], []).append(r["naam"])
    for key, veil in veils(
        connection, [k for k, names in found.items() if not all(map(is_only_name, names))]
    ).items():
        found[key] = [veil.over(name) for name in found[key]]
    return found


def bare(connection: Connection) -> int:
    """Give how many open cases have no running term (G1: none), by the order of danger."""
    return int(
        connection.execute(
            select(func.count()).where(CASE.c.rank.in_(("09999", "19999")))
        ).scalar_one()
    )


def misplaced(connection: Connection) -> list[str]:
    """Give the numbers of cases whose order of danger is not what their terms say (none)."""
    wrong = (
        select(CASE.c.number)
        .where(CASE.c.rank != rank(CASE.c.closed, CASE.c.urgent))
        .order_by(CASE.c.number)
    )
    return list(connection.execute(wrong).scalars())


def staff(connection: Connection, day: date) -> tuple[dict[str, int], list[Row]]:
    """Give the teams by name, and everyone who ever worked here (id, name, role, team, active, and
    whether he is away on this day).
    """
    away = exists(select(PLAN.c.id).where(PLAN.c.worker_id == WORKER.c.id, *away_on(day))).label(
        "away"
    )
    columns = (
        TEAM.c.id.label("team_key"),
        TEAM.c.name.label("team"),
        *(WORKER.c[n] for n in ("id", "name", "role", "active")),
        away,
    )
    found = rows(
        connection,
        select(*columns)
        .outerjoin(WORKER, WORKER.c.team_id == TEAM.c.id)
        .order_by(TEAM.c.id, WORKER.c.name),
    )
    return {r["team"]: r["team_key"] for r in found}, [r for r in found if r["id"] is not None]


def saved(connection: Connection, worker: int) -> list[Row]:
    """Give the worklists a worker saved, by name."""
    return rows(connection, select(SAVED).where(SAVED.c.worker_id == worker).order_by(SAVED.c.name))


def drop(connection: Connection, key: int, worker: int) -> None:
    """Let go of a saved worklist of a worker."""
    connection.execute(delete(SAVED).where(SAVED.c.id == key, SAVED.c.worker_id == worker))


def keys_of(connection: Connection, numbers: Sequence[str]) -> list[int]:
    """Give the keys of cases by number."""
    return list(connection.execute(select(CASE.c.id).where(CASE.c.number.in_(numbers))).scalars())
