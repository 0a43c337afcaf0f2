"""Pages of cases: within a scope, through filters, in the order of danger or of receipt.

Read off an index, however many cases there are.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    delete,
    exists,
    func,
    select,
    tuple_,
    type_coerce,
    union,
    union_all,
)

from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import Scope, is_only_name
from amhk.store.cases.rank import rank
from amhk.store.cases.scope import binds_of, bound_arms, bound_within, kind_of
from amhk.store.cases.search import found_by, rarest_first
from amhk.store.cases.veils import whole
from amhk.store.database.instants import as_text
from amhk.store.reads import CASE, PERSON, TEAM, TERM, WORKER
from amhk.store.ready import Ready
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


Shape = tuple[tuple[str, object], ...]
_BOUND = "bound"


def _shape(filters: Filled) -> Shape:
    """Give what a statement with these filters looks like: their names, and what makes another
    statement of it. What is only another value is bound.
    """
    return tuple(
        (name, value if value is None or isinstance(value, bool) else _BOUND)
        for name, value in sorted(filters.items())
    )


def _binds(filters: Filled) -> dict[str, object]:
    """Give what the bound names of these filters stand for."""
    return {
        f"by_{name}": as_text(value) if isinstance(value, datetime) else value
        for name, value in filters.items()
        if not (value is None or isinstance(value, bool))
    }


def _where(shape: Shape, sort: str = "termijn") -> list[Sql]:
    asked = {name: bindparam(f"by_{name}") if value == _BOUND else value for name, value in shape}
    where: list[Sql] = []
    if sort == "termijn" and (closed := asked.pop("closed", None)) is not None:
        where.append(CASE.c.rank >= "9" if closed else CASE.c.rank < "9")  # the index is by it
    where += [CASE.c[name] == asked[name] for name in _PLAIN if name in asked]
    if "due_before" in asked:
        where += [CASE.c.rank < "9", func.substr(CASE.c.rank, 2) <= bindparam("by_due_before")]
    if "opened" in asked:
        where.append(
            CASE.c.opened_by.is_not(None) if asked["opened"] else CASE.c.opened_by.is_(None)
        )
    return where


def _apart(filters: Filled) -> tuple[Filled, list[Sql], bool]:
    """Give the filters without what is sought, the WHERE of that, and whether it is a common
    word: words have a statement of their own each time.
    """
    plain = {k: v for k, v in filters.items() if k not in ("sought", "common")}
    common = bool(filters.get("common"))
    sought = found_by(filters["sought"], common) if filters.get("sought") else []
    return plain, sought, common


def page(
    connection: Connection,
    scope: Scope,
    filters: Filled,
    sort: str,
    after: tuple[str, int] | None,
    limit: int,
) -> list[Row]:
    """Give a page of cases with the names of owner and team.

    `key` is what the next page goes on from.
    """
    plain, sought, common = _apart(filters)
    kind, shape = kind_of(scope), _shape(plain)
    if sought:
        narrow = [(bound_within(kind), True)] if not common else bound_arms(kind)
        asked = Ready(_page_of_arms(narrow, shape, sort, after is not None, tuple(sought)))
    else:
        asked = _page_of(kind, shape, sort, after is not None)
    binds = _binds(plain) | binds_of(scope) | {"most": limit}
    if after:
        binds |= {"after_key": after[0], "after_id": after[1]}
    found = {r["id"]: r for r in asked.rows(connection, binds)}
    return sorted(found.values(), key=lambda r: (r["key"], r["id"]), reverse=SORTS[sort][1])[:limit]


@lru_cache(maxsize=512)
def _page_of(kind: str, shape: Shape, sort: str, goes_on: bool) -> Ready:
    """Give the statement of a page, built once for a kind of scope and a shape of filters."""
    return Ready(_page_of_arms(bound_arms(kind), shape, sort, goes_on))


def _page_of_arms(
    arms: Sequence[tuple[Sql, bool]],
    shape: Shape,
    sort: str,
    goes_on: bool,
    sought: tuple[Sql, ...] = (),
) -> Query:
    told = [
        _arm([arm, *sought], shape, sort, goes_on=goes_on, few=few, found=bool(sought))
        for arm, few in arms
    ]
    return told[0] if len(told) == 1 else union_all(*(select(arm.subquery()) for arm in told))


def _arm(
    where: list[Sql],
    shape: Shape,
    sort: str,
    goes_on: bool,
    few: bool,
    found: bool,
) -> Select[Any]:
    column, last_first = SORTS[sort]
    # of few cases (a person's own, those that were found) their own index is to be used, not the
    # one that has all cases in this order
    by = column.concat("") if few and (sort != "termijn" or found) else column
    where = [*where, *_where(shape, "termijn" if few else sort)]
    if goes_on:
        here = tuple_(by, CASE.c.id)
        there = tuple_(bindparam("after_key", type_=String), bindparam("after_id", type_=Integer))
        where.append(here < there if last_first else here > there)
    order = (by.desc(), CASE.c.id.desc()) if last_first else (by, CASE.c.id)
    told = select(
        *_SHOWN, column.label("key"), WORKER.c.name.label("owner"), TEAM.c.name.label("team")
    )
    joined = told.outerjoin(TEAM, TEAM.c.id == CASE.c.team_id).outerjoin(
        WORKER, WORKER.c.id == CASE.c.owner_id
    )
    return joined.where(*where).order_by(*order).limit(_MOST)


_MOST = bindparam("most", type_=Integer)


def weighed(connection: Connection, filters: Filled) -> Filled:
    """Give the filters with what is sought in the order to look for it, and whether it is all
    common.
    """
    if not filters.get("sought"):
        return filters
    sought, common = rarest_first(connection, filters["sought"])
    return filters | {"sought": sought, "common": common}


def count(connection: Connection, scope: Scope, filters: Filled, most: int) -> int:
    """Give how many cases there are, counted no further than `most`."""
    plain, sought, common = _apart(filters)
    kind, shape = kind_of(scope), _shape(plain)
    if sought:
        arms = bound_arms(kind) if common else [(bound_within(kind), True)]
        asked = Ready(_count_of_arms(arms, shape, tuple(sought)))
    else:
        asked = _count_of(kind, shape)
    binds = _binds(plain) | binds_of(scope) | {"most": most}
    return int(asked.value(connection, binds))


@lru_cache(maxsize=512)
def _count_of(kind: str, shape: Shape) -> Ready:
    """Give the statement that counts, built once for a kind of scope and a shape of filters."""
    return Ready(_count_of_arms(bound_arms(kind), shape))


def _count_of_arms(
    arms: Sequence[tuple[Sql, bool]], shape: Shape, sought: tuple[Sql, ...] = ()
) -> Query:
    told = [select(CASE.c.id).where(arm, *sought, *_where(shape)).limit(_MOST) for arm, _ in arms]
    keys = (
        told[0].subquery()
        if len(told) == 1
        else union(*(select(arm.subquery().c.id) for arm in told)).limit(_MOST).subquery()
    )
    return select(func.count()).select_from(keys)


_KEYS = bindparam("keys", type_=Integer, expanding=True)
_NEXT_TERMS = Ready(
    select(*(TERM.c[n] for n in ("id", "case_id", "name", "due", "over_at")))
    .where(TERM.c.case_id.in_(_KEYS), TERM.c.status == "running")
    .order_by(TERM.c.over_at.desc(), TERM.c.id.desc())
)
_NAMES = Ready(
    select(PERSON.c.case_id, PERSON.c.naam).where(PERSON.c.case_id.in_(_KEYS)).order_by(PERSON.c.id)
)
_TODAY = bindparam("today", type_=Date)
_STAFF = Ready(
    select(
        TEAM.c.id.label("team_key"),
        TEAM.c.name.label("team"),
        *(WORKER.c[n] for n in ("id", "name", "role", "active")),
        exists(select(PLAN.c.id).where(PLAN.c.worker_id == WORKER.c.id, *away_on(_TODAY))).label(
            "away"
        ),
    )
    .outerjoin(WORKER, WORKER.c.team_id == TEAM.c.id)
    .order_by(TEAM.c.id, WORKER.c.name)
)


def next_terms(connection: Connection, cases: Sequence[int]) -> dict[int, Row]:
    """Give, per case, the running term that ends first: id, name, due, over_at."""
    found = _NEXT_TERMS.rows(connection, {"keys": list(cases)})
    return {r["case_id"]: r for r in found}


def names_of(connection: Connection, cases: Sequence[int]) -> dict[int, list[str]]:
    """Give, per melding, the names of its people.

    In one that is a text the melder who stays secret is covered.
    """
    found: dict[int, list[str]] = {}
    for r in _NAMES.rows(connection, {"keys": list(cases)}):
        found.setdefault(r["case_id"], []).append(r["naam"])
    for key, veil in whole(
        connection, [k for k, names in found.items() if not all(map(is_only_name, names))]
    ).items():
        found[key] = [veil.over(name) for name in found[key]]
    return found


_BARE = Ready(select(func.count()).where(CASE.c.rank.in_(("09999", "19999"))))
_SAVED = Ready(select(SAVED).where(SAVED.c.worker_id == bindparam("worker")).order_by(SAVED.c.name))


def bare(connection: Connection) -> int:
    """Give how many open cases have no running term (G1: none), by the order of danger."""
    return int(_BARE.value(connection))


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
    found = _STAFF.rows(connection, {"today": day})
    return {r["team"]: r["team_key"] for r in found}, [r for r in found if r["id"] is not None]


def saved(connection: Connection, worker: int) -> list[Row]:
    """Give the worklists a worker saved, by name."""
    return _SAVED.rows(connection, {"worker": worker})


def drop(connection: Connection, key: int, worker: int) -> None:
    """Let go of a saved worklist of a worker."""
    connection.execute(delete(SAVED).where(SAVED.c.id == key, SAVED.c.worker_id == worker))


def keys_of(connection: Connection, numbers: Sequence[str]) -> list[int]:
    """Give the keys of cases by number."""
    return list(connection.execute(select(CASE.c.id).where(CASE.c.number.in_(numbers))).scalars())
