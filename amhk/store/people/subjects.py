"""Requests of betrokkenen, destructions, and what is kept longer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select, true, update

from amhk.rules.privacy.secrecy import Scope
from amhk.store.cases.scope import within
from amhk.store.database.touched import touch
from amhk.store.reads import CASE, ENTRY, MELDING, PERSON, TEAM, WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import Destruction, Keeping, SubjectRequest, table

REQUEST, DESTRUCTION, KEEPING = table(SubjectRequest), table(Destruction), table(Keeping)
# Lines of what was asked, read and decided about a case: no change of what is kept in it.
_NO_CHANGE = (
    *("verzoek", "verzoek_beantwoord", "vernietiging_voorgesteld", "vernietiging_afgewezen"),
    *("langer_bewaren", "afschrift", "inzage", "inzage_beoordeeld", "opengesteld", "bijgewerkt"),
)
_CHANGES = ENTRY.c.kind.not_in(_NO_CHANGE)
_OPEN = REQUEST.c.state == "open"


def _his(of: Any) -> Any:
    """Give the condition of the person a row is of: he must stand in the same case still."""
    return (PERSON.c.mark == of.c.person_mark) & (PERSON.c.case_id == of.c.case_id)


def requests_of(connection: Connection, case: int) -> list[Row]:
    """Give the requests about a case, the latest first, with the name of the person each is of
    (None when it is of somebody else, or of who is gone) and of who decided.
    """
    statement = (
        select(
            *REQUEST.c,
            PERSON.c.naam.label("person"),
            PERSON.c.id.label("person_id"),
            WORKER.c.name.label("decider"),
        )
        .outerjoin(PERSON, _his(REQUEST))
        .outerjoin(WORKER, WORKER.c.id == REQUEST.c.decided_by)
        .where(REQUEST.c.case_id == case)
        .order_by(REQUEST.c.id.desc())
    )
    return rows(connection, statement)


def waiting(connection: Connection, scope: Scope) -> list[Row]:
    """Give the open requests within a scope, the first to be answered on top."""
    statement = (
        select(REQUEST.c.id, REQUEST.c.kind, REQUEST.c.due, CASE.c.number)
        .join(CASE, CASE.c.id == REQUEST.c.case_id)
        .where(_OPEN, within(scope))
        .order_by(REQUEST.c.due, REQUEST.c.id)
    )
    return rows(connection, statement)


def first_due() -> Any:
    """Give the column that tells by which day the first request must be answered."""
    return select(func.min(REQUEST.c.due)).where(_OPEN).scalar_subquery().label("request_due")


def any_proposed() -> Any:
    """Give the column that tells whether any destruction waits for a second pair of eyes."""
    waits = select(DESTRUCTION.c.id).where(DESTRUCTION.c.state == "proposed")
    return exists(waits).label("proposals")


def decide(connection: Connection, key: int, told: Row) -> bool:
    """Write what was decided on an open request; tells whether nobody had before."""
    touch(connection, REQUEST.name)
    where = (REQUEST.c.id == key, _OPEN)
    return connection.execute(update(REQUEST).where(*where).values(**told)).rowcount == 1


_PROPOSER, _ENDER = WORKER.alias("proposer"), WORKER.alias("ender")


def destructions(connection: Connection, scope: Scope | None, *where: Any) -> list[Row]:
    """Give destructions within a scope (None: all), the latest first, each with its case and who
    proposed and ended it.
    """
    statement = (
        select(
            *DESTRUCTION.c,
            CASE.c.number,
            CASE.c.route,
            CASE.c.team_id,
            PERSON.c.naam.label("person"),
            _PROPOSER.c.name.label("proposer"),
            _ENDER.c.name.label("ender"),
        )
        .join(CASE, CASE.c.id == DESTRUCTION.c.case_id)
        .outerjoin(_PROPOSER, _PROPOSER.c.id == DESTRUCTION.c.proposed_by)
        .outerjoin(_ENDER, _ENDER.c.id == DESTRUCTION.c.ended_by)
        .outerjoin(PERSON, _his(DESTRUCTION))
        .where(*where, *([within(scope)] if scope else []))
        .order_by(DESTRUCTION.c.id.desc())
    )
    return rows(connection, statement)


def end(connection: Connection, key: int, told: Row) -> bool:
    """Write how a proposed destruction ended; tells whether it was still proposed."""
    touch(connection, DESTRUCTION.name)
    where = (DESTRUCTION.c.id == key, DESTRUCTION.c.state == "proposed")
    return connection.execute(update(DESTRUCTION).where(*where).values(**told)).rowcount == 1


def answer_all(connection: Connection, case: int, mark: str | None, told: Row) -> None:
    """Answer the open requests to destroy of a person (None: of everybody) in a case."""
    touch(connection, REQUEST.name)
    where = [REQUEST.c.case_id == case, REQUEST.c.kind == "vernietiging", _OPEN]
    where += [REQUEST.c.person_mark == mark] if mark else []
    connection.execute(update(REQUEST).where(*where).values(**told))


def asked_by(connection: Connection, case: int) -> set[str | None]:
    """Give the marks of those whose request to destroy is open in a case (None: somebody else)."""
    asked = select(REQUEST.c.person_mark).where(REQUEST.c.case_id == case, _OPEN)
    return set(connection.execute(asked.where(REQUEST.c.kind == "vernietiging")).scalars())


def proposed(connection: Connection, case: int) -> bool:
    """Tell whether a destruction of this case, or of somebody in it, waits for a second pair of
    eyes.
    """
    mine = (DESTRUCTION.c.case_id == case, DESTRUCTION.c.state == "proposed")
    return connection.execute(select(DESTRUCTION.c.id).where(*mine).limit(1)).scalar() is not None


def done(connection: Connection, case: int) -> bool:
    """Tell whether a case was destroyed whole."""
    whole = (DESTRUCTION.c.person_mark.is_(None), DESTRUCTION.c.state == "done")
    mine = select(DESTRUCTION.c.id).where(DESTRUCTION.c.case_id == case, *whole)
    return connection.execute(mine.limit(1)).scalar() is not None


def old_cases(
    connection: Connection, scope: Scope | None, flow: tuple[str, str], before: datetime
) -> list[Row]:
    """Give the closed cases of a procedure (name, release) that were closed before a moment and
    hold data still, within a scope (None: all), each with the moment of its last change.
    """
    last = select(func.max(ENTRY.c.instant)).where(ENTRY.c.case_id == CASE.c.id, _CHANGES)
    gone = select(DESTRUCTION.c.id).where(
        DESTRUCTION.c.case_id == CASE.c.id,
        DESTRUCTION.c.person_mark.is_(None),
        DESTRUCTION.c.state == "done",
    )
    statement = (
        select(
            *(CASE.c[n] for n in ("id", "number", "route", "workflow", "release", "closed_at")),
            TEAM.c.name.label("team"),
            last.scalar_subquery().label("changed"),
        )
        .join(TEAM, TEAM.c.id == CASE.c.team_id)
        .outerjoin(MELDING, MELDING.c.case_id == CASE.c.id)
        .where(CASE.c.workflow == flow[0], CASE.c.release == flow[1], CASE.c.closed == true())
        .where(CASE.c.closed_at < before, ~gone.exists())
        .where((CASE.c.route == "advies") | MELDING.c.melder_naam.is_not(None))
        .where(*([within(scope)] if scope else []))
        .order_by(CASE.c.closed_at, CASE.c.id)
    )
    return rows(connection, statement)


def last_change(connection: Connection, case: int) -> datetime:
    """Give the moment of the last change of what is kept in a case."""
    asked = select(func.max(ENTRY.c.instant)).where(ENTRY.c.case_id == case, _CHANGES)
    found: datetime = connection.execute(asked).scalar_one()
    return found


def kept(connection: Connection, cases: Sequence[int]) -> dict[int, Row]:
    """Give of these cases the last decision to keep it longer, with who made it."""
    statement = (
        select(*KEEPING.c, WORKER.c.name.label("worker"))
        .join(WORKER, WORKER.c.id == KEEPING.c.made_by)
        .where(KEEPING.c.case_id.in_(cases))
        .order_by(KEEPING.c.id)
    )
    return {row["case_id"]: row for row in rows(connection, statement)}


def commitment(connection: Connection, number: str, sequence: str) -> str | None:
    """Give what a line of a case's journal was committed to; None when there is no such line."""
    asked = select(ENTRY.c.commitment).join(CASE, CASE.c.id == ENTRY.c.case_id)
    mine = asked.where(CASE.c.number == number, ENTRY.c.sequence == int(sequence))
    found: str | None = connection.execute(mine).scalar()
    return found


def still_open(connection: Connection, case: int) -> int:
    """Count the open requests about a case that ask something else than to destroy."""
    where = (REQUEST.c.case_id == case, REQUEST.c.kind != "vernietiging", _OPEN)
    return int(connection.execute(select(func.count()).where(*where)).scalar_one())
