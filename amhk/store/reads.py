"""Every SELECT of the house; what comes back are plain mappings."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Connection,
    CursorResult,
    Table,
    bindparam,
    exists,
    false,
    func,
    select,
    true,
    update,
)

from amhk.rules.parse import fold
from amhk.store import tables as t
from amhk.store.cases.barred import barred
from amhk.store.ready import Ready
from amhk.store.rows import (
    CaseRow,
    CheckRow,
    ContactRow,
    FindingRow,
    FinishRow,
    InstitutionRow,
    JournalLine,
    NoticeRow,
    PersonRow,
    ReferralRow,
    ReminderRow,
    Row,
    TeamRow,
    TeamWorker,
    TermRow,
    WorkerRow,
)
from amhk.store.tables import Query, Source, table

R = TypeVar("R")
CASE, MELDING, ADVIES = (table(x) for x in (t.Case, t.Melding, t.Advies))
PERSON: Source[PersonRow] = table(t.Person)
TERM: Source[TermRow] = table(t.Term)
NOTICE: Source[NoticeRow] = table(t.Notice)
REFERRAL: Source[ReferralRow] = table(t.Referral)
CHECK: Source[CheckRow] = table(t.Check)
FINDING: Source[FindingRow] = table(t.Finding)
CONTACT: Source[ContactRow] = table(t.Contact)
FINISH: Source[FinishRow] = table(t.Finish)
REMINDER: Source[ReminderRow] = table(t.Reminder)
WORKER, TEAM, INSTITUTION, RELATION, ENTRY = (
    table(x) for x in (t.Worker, t.Team, t.Institution, t.Relation, t.Entry)
)
INBOX, META, REQUEST, SESSION, DOSSIER, LOOK = (
    table(x) for x in (t.Inbox, t.Meta, t.Request, t.Session, t.Dossier, t.Look)
)

_CASE_COLUMNS = [
    *CASE.c,
    *(c for c in MELDING.c if c.name not in ("case_id", "route")),
    *(c for c in ADVIES.c if c.name not in ("case_id", "route")),
]
_FULL = CASE.outerjoin(MELDING, MELDING.c.case_id == CASE.c.id).outerjoin(
    ADVIES, ADVIES.c.case_id == CASE.c.id
)
_RUNNING = TERM.c.status.in_(("running", "suspended"))
_NOTICE_LIGHT = [c for c in NOTICE.c if c.name not in ("html", "pdf")]


def rows(connection: Connection, statement: Query) -> list[Row]:
    """Run a SELECT and give its rows."""
    return as_rows(connection.execute(statement))


def as_rows(found: CursorResult[object]) -> list[Any]:
    """Give the rows of a result as plain mappings."""
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


# Statements of the hot paths are built once. A case is locked so that rows may point at it.
_MOMENT = [
    select(META.c.value).where(META.c.key == key).scalar_subquery().label(name)
    for key, name in (("clock", "clock"), ("calendar", "present_calendar"))
]
_BY_NUMBER = (
    select(*_CASE_COLUMNS, *_MOMENT)
    .select_from(_FULL)
    .where(CASE.c.number == bindparam("case_number"))
)
_BY_ID = (
    select(*_CASE_COLUMNS, *_MOMENT).select_from(_FULL).where(CASE.c.id == bindparam("case_id"))
)
_BY_NUMBER_LOCKED, _BY_ID_LOCKED = (
    Ready(s.with_for_update(of=CASE, key_share=True)) for s in (_BY_NUMBER, _BY_ID)
)
_READY_BY_NUMBER, _READY_BY_ID = Ready(_BY_NUMBER), Ready(_BY_ID)
_OF_TERMS = select(TERM).where(TERM.c.case_id == bindparam("case")).order_by(TERM.c.id)
_TERMS, _TERMS_RUNNING = Ready(_OF_TERMS), Ready(_OF_TERMS.where(_RUNNING))
_OF_NOTICES = (
    select(*_NOTICE_LIGHT).where(NOTICE.c.case_id == bindparam("case")).order_by(NOTICE.c.id)
)
_NOTICES = Ready(_OF_NOTICES)
_NOTICES_OPEN = Ready(_OF_NOTICES.where(NOTICE.c.state.in_(("draft", "approved"))))
_META = Ready(select(META.c.value).where(META.c.key == bindparam("meta_key")))
_NOW = Ready(select(*_MOMENT))
_RELATIONS = Ready(
    select(
        RELATION.c.kind,
        RELATION.c.other_id,
        CASE.c.number,
        CASE.c.team_id,
        CASE.c.owner_id,
        CASE.c.taken_by,
    )
    .join(CASE, CASE.c.id == RELATION.c.other_id)
    .where(RELATION.c.case_id == bindparam("case"))
    .order_by(RELATION.c.id)
)
_ENTRIES = Ready(
    select(*ENTRY.c, WORKER.c.name.label("worker"))
    .outerjoin(WORKER, WORKER.c.id == ENTRY.c.worker_id)
    .where(ENTRY.c.case_id == bindparam("case"))
    .order_by(ENTRY.c.sequence)
)
_STAFF = (
    select(*WORKER.c, barred(), TEAM.c.name.label("team"))
    .outerjoin(TEAM, TEAM.c.id == WORKER.c.team_id)
    .order_by(WORKER.c.name)
)
_WORKERS, _WORKERS_HERE = Ready(_STAFF), Ready(_STAFF.where(WORKER.c.active == true()))
_TEAMS = Ready(select(TEAM).order_by(TEAM.c.id))
_PLACES = select(INSTITUTION).order_by(INSTITUTION.c.name)
_INSTITUTIONS, _INSTITUTIONS_HERE = (
    Ready(_PLACES),
    Ready(_PLACES.where(INSTITUTION.c.active == true())),
)


def case_by_number(connection: Connection, number: str, lock: bool = False) -> CaseRow | None:
    """Give a case with its melding or advies; with `lock` held until the transaction ends."""
    asked = _BY_NUMBER_LOCKED if lock else _READY_BY_NUMBER
    return cast(CaseRow | None, asked.first(connection, {"case_number": number}))


def case_by_id(connection: Connection, key: int, lock: bool = False) -> CaseRow | None:
    """Give a case with its melding or advies by its key."""
    asked = _BY_ID_LOCKED if lock else _READY_BY_ID
    return cast(CaseRow | None, asked.first(connection, {"case_id": key}))


def cases_by_key(connection: Connection, keys: Sequence[int]) -> list[CaseRow]:
    """Give cases by key."""
    return as_rows(connection.execute(select(CASE).where(CASE.c.id.in_(keys))))


def lock_cases(connection: Connection, keys: Sequence[int]) -> dict[int, CaseRow]:
    """Give cases by key, locked in the order of their keys."""
    statement = (
        select(*_CASE_COLUMNS, *_MOMENT)
        .select_from(_FULL)
        .where(CASE.c.id.in_(keys))
        .order_by(CASE.c.id)
        .with_for_update(of=CASE, key_share=True)
    )
    found: list[CaseRow] = as_rows(connection.execute(statement))
    return {case["id"]: case for case in found}


def terms(connection: Connection, case: int, running: bool = False) -> list[TermRow]:
    """Give the terms of a case, in order of start.

    Only those that run or are suspended with `running`.
    """
    return (_TERMS_RUNNING if running else _TERMS).rows(connection, {"case": case})


def notices(connection: Connection, case: int, open_only: bool = False) -> list[NoticeRow]:
    """Give the notices of a case without their text.

    Only drafts and approved ones with `open_only`.
    """
    return (_NOTICES_OPEN if open_only else _NOTICES).rows(connection, {"case": case})


def about(connection: Connection, case: CaseRow, notice: NoticeRow) -> CaseRow:
    """Give the case a letter is about: its own, or the vervolgmelding whose melder it is for."""
    found = case_by_id(connection, notice["about_id"]) if notice["about_id"] else case
    assert found is not None
    return found


def person_of(connection: Connection, notice: NoticeRow) -> PersonRow | None:
    """Give the person a letter is for.

    None when it is for nobody of the household, or he is no longer there.
    """
    people = people_of(connection, notice["case_id"])
    return next((p for p in people if p["id"] == notice["person_id"]), None)


def notices_about(connection: Connection, case: int) -> list[Row]:
    """Give the notices on other cases that are about this one (to its melder), without
    their text.
    """
    return rows(
        connection,
        select(*_NOTICE_LIGHT)
        .where(NOTICE.c.about_id == case, NOTICE.c.case_id != case)
        .order_by(NOTICE.c.id),
    )


def lock_notices(connection: Connection, keys: Sequence[int]) -> None:
    """Hold notices until the transaction ends, in the order of their keys."""
    if keys:
        connection.execute(
            select(NOTICE.c.id).where(NOTICE.c.id.in_(keys)).order_by(NOTICE.c.id).with_for_update()
        )


def notice(connection: Connection, key: int, lock: bool = False) -> NoticeRow | None:
    """Give one notice whole."""
    statement = select(NOTICE).where(NOTICE.c.id == key)
    found = (
        connection.execute(statement.with_for_update() if lock else statement).mappings().first()
    )
    return cast(NoticeRow, dict(found)) if found else None


def of_case(connection: Connection, source: Source[R], case: int) -> list[R]:
    """Give the rows of any table that belong to a case, oldest first."""
    return _of_case(source).rows(connection, {"case": case})


def people_of(connection: Connection, case: int) -> list[PersonRow]:
    """Give the people of a case, oldest first."""
    return of_case(connection, PERSON, case)


@cache
def _of_case(source: Table) -> Ready:
    """Give the statement for one table, made once."""
    return Ready(select(source).where(source.c.case_id == bindparam("case")).order_by(source.c.id))


def relations(connection: Connection, case: int) -> list[Row]:
    """Give how a case is related.

    Kind, number of the other case, and its dossier's other meldingen.
    """
    return _RELATIONS.rows(connection, {"case": case})


def first_instant(connection: Connection) -> datetime | None:
    """Give when the first line of all journals was written; None when there is none."""
    return connection.execute(select(ENTRY.c.instant).order_by(ENTRY.c.id).limit(1)).scalar()


def last_line(connection: Connection) -> int:
    """Give the key of the last line of all journals; 0 when there is none."""
    return int(connection.execute(select(func.coalesce(func.max(ENTRY.c.id), 0))).scalar_one())


def entries(connection: Connection, case: int) -> list[JournalLine]:
    """Give the journal of a case with the names of the workers."""
    return _ENTRIES.rows(connection, {"case": case})


def open_without_term(connection: Connection) -> tuple[int, list[str]]:
    """Give how many cases are open, and the numbers of those without a running or suspended term
    (G1: none).
    """
    held = exists(select(TERM.c.id).where(TERM.c.case_id == CASE.c.id, _RUNNING))
    total = connection.execute(
        select(func.count()).select_from(CASE).where(CASE.c.closed == false())
    ).scalar_one()
    bare = (
        connection.execute(
            select(CASE.c.number).where(CASE.c.closed == false(), ~held).order_by(CASE.c.number)
        )
        .scalars()
        .all()
    )
    return total, list(bare)


def meta(connection: Connection, key: str) -> str | None:
    """Give what the house remembers under a key."""
    return cast(str | None, _META.value(connection, {"meta_key": key}))


def every_number(connection: Connection) -> dict[int, str]:
    """Give the numbers of all cases by their keys."""
    return {key: number for key, number in connection.execute(select(CASE.c.id, CASE.c.number))}


def numbers_of(connection: Connection, cases: Collection[int]) -> list[str]:
    """Give the numbers of cases by their keys."""
    asked = select(CASE.c.number).where(CASE.c.id.in_(sorted(cases)))
    return list(connection.execute(asked).scalars())


def last_worker(connection: Connection, case: int) -> Row | None:
    """Give who wrote the last line of a case that somebody wrote: key and name."""
    wrote = (
        select(WORKER.c.id, WORKER.c.name)
        .join(ENTRY, ENTRY.c.worker_id == WORKER.c.id)
        .where(ENTRY.c.case_id == case)
    )
    found = rows(connection, wrote.order_by(ENTRY.c.sequence.desc()).limit(1))
    return found[0] if found else None


def lock(connection: Connection) -> None:
    """Let one process at a time do what may only be done by one.

    Held until the transaction ends.
    """
    connection.execute(update(META).where(META.c.key == "kind").values(value=META.c.value))


def moment(connection: Connection) -> tuple[str | None, str | None]:
    """Give the training clock and the release of the calendar, as the house remembers them."""
    found = _NOW.tuples(connection)[0]
    return found[0], found[1]


def any_case(connection: Connection) -> bool:
    """Tell whether there is a case at all."""
    return connection.execute(select(CASE.c.id).limit(1)).scalar() is not None


def workers(connection: Connection, active: bool = True) -> list[TeamWorker]:
    """Give the workers with the names of their teams."""
    return (_WORKERS_HERE if active else _WORKERS).rows(connection)


def worker_by(connection: Connection, name: str | None = None, **where: object) -> WorkerRow | None:
    """Give the worker with this name (in whatever capitals and accents), id or token hash."""
    if name is not None:
        where["name_key"] = fold(name)
    assert where, "a worker is asked for by something"
    return cast(WorkerRow | None, _worker_by(tuple(where)).first(connection, where))


@cache
def _worker_by(names: tuple[str, ...]) -> Ready:
    """Give the statement that finds a worker by these columns, made once."""
    asked = (WORKER.c[name] == bindparam(name) for name in names)
    return Ready(select(*WORKER.c, barred()).where(*asked))


def teams(connection: Connection) -> list[TeamRow]:
    """Give the teams."""
    return _TEAMS.rows(connection)


def institutions(connection: Connection, active: bool = True) -> list[InstitutionRow]:
    """Give the institutions that can be referred to.

    With `active=False` also those that no longer can.
    """
    return (_INSTITUTIONS_HERE if active else _INSTITUTIONS).rows(connection)


def cases_of(connection: Connection, worker: int) -> list[int]:
    """Give the keys of the open cases a worker owns."""
    return list(
        connection.execute(
            select(CASE.c.id).where(CASE.c.owner_id == worker, CASE.c.closed == false())
        ).scalars()
    )


def request_of(connection: Connection, worker: int, key: str) -> Row | None:
    """Give the earlier request of a worker under an Idempotency-Key."""
    found = rows(
        connection, select(REQUEST).where(REQUEST.c.worker_id == worker, REQUEST.c.key == key)
    )
    return found[0] if found else None
