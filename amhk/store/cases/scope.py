"""Within whose scope a case lies, in SQL: the one rule of `rules.privacy.secrecy.may_see`."""

from functools import cache

from sqlalchemy import Connection, Integer, Select, and_, bindparam, false, or_, select, true

from amhk.rules.privacy.secrecy import Scope
from amhk.store.tables import Case, Notice, Sql, table

CASE, NOTICE = table(Case), table(Notice)
BARRED = bindparam("of_barred", type_=Integer, expanding=True)


def arms(worker: object, team: object = None) -> list[tuple[Sql, bool]]:
    """Give the conditions under which a worker (of a team) may see a case, each with an index.

    Worker and team are values, columns or bound names; with each whether it is a person's own (few
    cases).
    """
    own = [(CASE.c.owner_id == worker, True), (CASE.c.taken_by == worker, True)]
    return own if team is None else [(CASE.c.team_id == team, False), *own]


def seen_by(worker: object, team: object = None) -> Sql:
    """Give the WHERE of what a worker (of a team) may see who does not see all."""
    return or_(*(arm for arm, _ in arms(worker, team)))


def arms_of(scope: Scope) -> list[tuple[Sql, bool]]:
    """Give a scope as conditions that each have an index; together they are `within`."""
    if scope.every or scope.none:
        every: Sql = true() if scope.every else false()
        found = [(every, False)]
    else:
        found = arms(scope.worker, scope.team)
    return _known(found, sorted(scope.barred)) if scope.barred else found


def within(scope: Scope) -> Sql:
    """Give the WHERE of a scope."""
    return or_(*(arm for arm, _ in arms_of(scope)))


def _known(arms: list[tuple[Sql, bool]], barred: object) -> list[tuple[Sql, bool]]:
    """Leave out of each condition the cases that are barred."""
    return [(and_(arm, CASE.c.id.not_in(barred)), own) for arm, own in arms]


def kind_of(scope: Scope) -> str:
    """Give the kind of a scope: every, none, team or own, with a + where cases are barred; a
    statement is built once for each.
    """
    if scope.none:
        return "none"
    kind = "every" if scope.every else "own" if scope.team is None else "team"
    return f"{kind}+" if scope.barred else kind


def bound_arms(kind: str) -> list[tuple[Sql, bool]]:
    """Give the conditions of a kind of scope, with bound names (`binds_of`)."""
    kind, plus, _ = kind.partition("+")
    if kind in ("every", "none"):
        found = arms_of(Scope(every=kind == "every", none=kind == "none"))
    else:
        team = bindparam("of_own_team", type_=Integer) if kind == "team" else None
        found = arms(bindparam("of_worker", type_=Integer), team)
    return _known(found, BARRED) if plus else found


def bound_within(kind: str) -> Sql:
    """Give the WHERE of a kind of scope, with bound names."""
    return or_(*(arm for arm, _ in bound_arms(kind)))


def binds_of(scope: Scope) -> dict[str, object]:
    """Give what the bound names of a scope stand for."""
    barred: dict[str, object] = {"of_barred": sorted(scope.barred)} if scope.barred else {}
    if scope.every or scope.none:
        return barred
    own = {"of_own_team": scope.team} if scope.team is not None else {}
    return {"of_worker": scope.worker} | own | barred


@cache
def _of_letter(kind: str) -> Select[int]:
    mine = select(NOTICE.c.case_id).join(CASE, CASE.c.id == NOTICE.c.case_id)
    return mine.where(NOTICE.c.id == bindparam("letter"), bound_within(kind))


def case_of_letter(connection: Connection, letter: int, scope: Scope) -> int | None:
    """Give the key of the case a letter belongs to, when that lies in a scope; None says of neither
    whether it is there, and nothing of the letter is read for it.
    """
    bound = {"letter": letter} | binds_of(scope)
    return connection.execute(_of_letter(kind_of(scope)), bound).scalar()
