"""What the clock asks of the store.

Which rungs have fallen due, writing them down as one, and in whose inbox they stand.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy import (
    case as when,
)

from amhk.rules.privacy.secrecy import HAND, Reader, Scope, keys, scope_of
from amhk.rules.terms.ladder import Person, Staff
from amhk.store import tables as t
from amhk.store.cases.barred import barred as barred_cases
from amhk.store.cases.scope import binds_of, bound_within, kind_of
from amhk.store.reads import CASE, INBOX, META, REMINDER, TERM, WORKER, as_rows, rows
from amhk.store.ready import Ready
from amhk.store.rows import Row
from amhk.store.tables import Sql, table
from amhk.store.terms.of_run import OF_RUN

PIKET, PLAN = table(t.Piket), table(t.Plan)
_DUE = (
    select(TERM.c.id, TERM.c.case_id, TERM.c.ring_at)
    .where(TERM.c.ring_at <= bindparam("now"), TERM.c.ring_at.is_not(None))
    .order_by(TERM.c.ring_at, TERM.c.id)
    .limit(bindparam("most"))
)
_CASE_COLUMNS = [
    CASE.c[n]
    for n in (
        "id",
        "number",
        "workflow",
        "release",
        "version",
        "owner_id",
        "team_id",
        "entries",
        "head",
    )
]
_TERM_COLUMNS = [
    TERM.c[n]
    for n in ("id", "case_id", "name", "start", "due", "round", "rung", "ring_at", "status", "run")
]
_RING = "UPDATE terms SET rung = {p}, ring_at = {p} WHERE id = {p}"
_HEAD = "UPDATE cases SET entries = {p}, head = {p} WHERE id = {p}"
_REMIND = (
    "INSERT INTO reminders (term_id, round, rung, case_id, fell_due, rung_at, receivers) VALUES"
    " ({p}, {p}, {p}, {p}, {p}, {p}, {p})"
)
_INBOX = (
    "INSERT INTO inbox (reminder_id, term_id, case_id, worker_id, team_id, role) SELECT id,"
    " term_id, case_id, {p}, {p}, {p} FROM reminders WHERE term_id = {p} AND round = {p} AND rung"
    " = {p}"
)
_LINE = (
    "INSERT INTO journal (case_id, sequence, instant, kind, what, content, salt, commitment,"
    " previous, hash) VALUES ({p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p})"
)
_Rows = Sequence[tuple[object, ...]]


def due(connection: Connection, now: datetime, most: int) -> list[Row]:
    """Give the terms whose next rung has fallen due, the oldest first: id, case_id, ring_at."""
    return as_rows(connection.execute(_DUE, {"now": now, "most": most}))


def lock_cases(connection: Connection, keys: Sequence[int]) -> dict[int, dict[str, object]]:
    """Give the cases of these keys that no other process is ringing, locked in the order of their
    keys, with what ringing needs of them.
    """
    statement = (
        select(*_CASE_COLUMNS)
        .where(CASE.c.id.in_(keys))
        .order_by(CASE.c.id)
        .with_for_update(skip_locked=True)
    )
    return {r["id"]: r for r in as_rows(connection.execute(statement))}


def ringing(connection: Connection, keys: Sequence[int], now: datetime) -> list[dict[str, Any]]:
    """Give, of these terms, those whose rung is still to be rung.

    Asked again once their cases are locked.
    """
    return as_rows(
        connection.execute(
            select(*_TERM_COLUMNS).where(
                TERM.c.id.in_(keys), TERM.c.ring_at <= now, TERM.c.status == "running"
            )
        )
    )


def silence(connection: Connection, keys: Sequence[int]) -> None:
    """Take the next reminder from terms that do not run.

    Nothing rings for what has ended or stands still.
    """
    if keys:
        connection.execute(
            update(TERM).where(TERM.c.id.in_(keys), TERM.c.status != "running").values(ring_at=None)
        )


def rung(
    connection: Connection, terms: _Rows, reminders: _Rows, inbox: _Rows, lines: _Rows, heads: _Rows
) -> None:
    """Write what was rung, in the driver's own words because there may be very much of it.

    `terms` (rung, ring_at, id); `reminders` (term, round, rung, case, fell_due, rung_at, receivers
    as JSON), unique per term, round and rung;
    `inbox` (worker, team, role, term, round, rung); `lines` of the journals; `heads` (entries,
    head, case). Instants as they are kept.
    """
    mark = "%s" if connection.dialect.paramstyle in ("format", "pyformat") else "?"
    for statement, rows_ in (
        (_RING, terms),
        (_REMIND, reminders),
        (_INBOX, inbox),
        (_LINE, lines),
        (_HEAD, heads),
    ):
        if rows_:
            connection.exec_driver_sql(statement.format(p=mark), list(rows_))


def put_in_inbox(connection: Connection, rows_: Sequence[Mapping[str, object]]) -> None:
    """Put reminders before those they are for."""
    if rows_:
        connection.execute(insert(INBOX), [dict(r) for r in rows_])


def staff(connection: Connection, today: date, now: datetime) -> Staff:
    """Give everyone who works here, whether he is here today, and who has piket now."""
    away = exists(select(PLAN.c.id).where(PLAN.c.worker_id == WORKER.c.id, *away_on(today)))
    statement = select(
        WORKER.c.id,
        WORKER.c.name,
        WORKER.c.role,
        WORKER.c.team_id,
        away.label("away"),
        barred_cases(),
    )
    people = rows(
        connection,
        statement.where(WORKER.c.active == true(), WORKER.c.name != HAND).order_by(WORKER.c.id),
    )
    on_duty = select(PIKET.c.worker_id).where(
        PIKET.c.gone.is_(False), PIKET.c.start <= now, PIKET.c.end > now
    )
    duty = frozenset(connection.execute(on_duty).scalars())
    return Staff(
        tuple(
            Person(
                id=p["id"],
                name=p["name"],
                role=p["role"],
                team=p["team_id"],
                here=not p["away"],
                barred=keys(p["barred"]),
            )
            for p in people
        ),
        duty,
    )


def away_on(day: date | Sql) -> list[Sql]:
    """Give the WHERE of plans by which somebody is away on a day, a value or a bound name."""
    return [
        PLAN.c.undone.is_(None),
        PLAN.c.kind == "afwezig",
        PLAN.c.start <= day,
        or_(PLAN.c.end.is_(None), PLAN.c.end >= day),
    ]


_READER, _ROLE, _TEAM = (
    bindparam(name, type_=kind)
    for name, kind in (("reader", Integer), ("in_role", String), ("in_team", Integer))
)
# What stands before a reader: his own, his role's (in his team), his team's.
_MINE = or_(
    INBOX.c.worker_id == _READER,
    and_(INBOX.c.role == _ROLE, or_(INBOX.c.team_id.is_(None), INBOX.c.team_id == _TEAM)),
    and_(INBOX.c.team_id == _TEAM, INBOX.c.role.is_(None), INBOX.c.worker_id.is_(None)),
)


def _binds(who: Reader, scope: Scope) -> dict[str, object]:
    return {"reader": who.id, "in_role": who.role, "in_team": who.team} | binds_of(scope)


def count_inbox(connection: Connection, who: Reader) -> int:
    """Give how many reminders stand before a worker, all of them; a term that stands still rings
    for nobody.
    """
    scope = scope_of(who)
    return int(_count(kind_of(scope)).value(connection, _binds(who, scope)))


@cache
def _count(kind: str) -> Ready:
    count = (
        select(func.count(INBOX.c.reminder_id.distinct()))
        .join(CASE, CASE.c.id == INBOX.c.case_id)
        .join(TERM, TERM.c.id == INBOX.c.term_id)
    )
    return Ready(count.where(_MINE, TERM.c.status == "running", bound_within(kind)))


def inbox(connection: Connection, who: Reader, before: int | None, limit: int) -> list[Row]:
    """Give the reminders that stand before a worker, the latest first, from before a key on."""
    scope = scope_of(who)
    binds = _binds(who, scope) | {"before": before, "most": limit}
    return _inbox(kind_of(scope), before is not None).rows(connection, binds)


def latest(connection: Connection, who: Reader, limit: int) -> list[Row]:
    """Give the same for who has very many: those among the last that came, and only where these
    are not enough those among all.
    """
    scope = scope_of(who)
    binds = _binds(who, scope) | {"most": limit}
    found = _inbox(kind_of(scope), False, near=True).rows(connection, binds)
    return found if len(found) == limit else inbox(connection, who, None, limit)


_NEAR, _OF_INBOX = 200, ("number", "workflow", "release")


@cache
def _inbox(kind: str, goes_on: bool, near: bool = False) -> Ready:
    first = (
        select(INBOX.c.reminder_id)
        .distinct()
        .join(CASE, CASE.c.id == INBOX.c.case_id)
        .where(_MINE, bound_within(kind))
    )
    if near:
        came = select(INBOX.c.reminder_id).where(_MINE).order_by(INBOX.c.reminder_id.desc())
        last = came.limit(_NEAR).subquery()
        first = first.where(INBOX.c.reminder_id.in_(select(last.c.reminder_id)))
    statement = select(
        *REMINDER.c, TERM.c.name, TERM.c.due, OF_RUN, *(CASE.c[n] for n in _OF_INBOX)
    )
    statement = statement.join(TERM, TERM.c.id == REMINDER.c.term_id).join(
        CASE, CASE.c.id == REMINDER.c.case_id
    )
    statement = statement.where(REMINDER.c.id.in_(first), TERM.c.status == "running")
    if goes_on:
        statement = statement.where(REMINDER.c.id < bindparam("before", type_=Integer))
    most = bindparam("most", type_=Integer)
    return Ready(statement.order_by(REMINDER.c.id.desc()).limit(most))


def readdress(connection: Connection, case: int, old: int, new: int | None, team: int) -> None:
    """Let the reminders of a case that stood before one worker stand before who takes over.

    Another worker, or the team.
    """
    told = {"worker_id": new, "team_id": None if new else team}
    connection.execute(
        update(INBOX).where(INBOX.c.case_id == case, INBOX.c.worker_id == old).values(**told)
    )


def move_team(connection: Connection, case: int, old: int, new: int) -> None:
    """Let what stood before one team (or its teamleider) for a case stand before another."""
    connection.execute(
        update(INBOX).where(INBOX.c.case_id == case, INBOX.c.team_id == old).values(team_id=new)
    )


def addresses(connection: Connection, barred: Collection[int]) -> list[Row]:
    """Give every address at which reminders stand, with the team of their case; of the cases that
    somebody may not know (their keys) each by itself, as `apart`.
    """
    apart = when((CASE.c.id.in_(sorted(barred)), CASE.c.id), else_=None)
    statement = select(
        INBOX.c.worker_id,
        INBOX.c.team_id,
        INBOX.c.role,
        CASE.c.team_id.label("of_team"),
        CASE.c.owner_id,
        apart.label("apart"),
    )
    return rows(connection, statement.join(CASE, CASE.c.id == INBOX.c.case_id).distinct())


def move_address(
    connection: Connection,
    old: Row,
    rows_: Sequence[Mapping[str, object]],
    barred: Collection[int],
) -> None:
    """Let what stands at one address (for the cases of one team and owner, or for one case `apart`)
    stand at others instead.
    """
    same = [
        INBOX.c[n].is_(None) if old[n] is None else INBOX.c[n] == old[n]
        for n in ("worker_id", "team_id", "role")
    ]
    owned = (
        CASE.c.owner_id.is_(None) if old["owner_id"] is None else CASE.c.owner_id == old["owner_id"]
    )
    one = CASE.c.id == old["apart"] if old["apart"] else CASE.c.id.not_in(sorted(barred))
    cases = select(CASE.c.id).where(CASE.c.team_id == old["of_team"], owned, one)
    found = rows(connection, select(INBOX).where(*same, INBOX.c.case_id.in_(cases)))
    connection.execute(delete(INBOX).where(INBOX.c.id.in_([r["id"] for r in found])))
    put_in_inbox(
        connection,
        [
            {**{k: r[k] for k in ("reminder_id", "term_id", "case_id")}, **row}
            for r in found
            for row in rows_
        ],
    )


def lock_meta(connection: Connection, key: str) -> str | None:
    """Give what the house remembers under a key, held until the transaction ends."""
    return connection.execute(
        select(META.c.value).where(META.c.key == key).with_for_update()
    ).scalar()
