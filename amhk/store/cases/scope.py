"""Within whose scope a case lies, in SQL: the one rule of `rules.privacy.secrecy.may_see`."""

from sqlalchemy import Integer, bindparam, false, or_, true

from amhk.rules.privacy.secrecy import Scope
from amhk.store.tables import Case, Sql, table

CASE = table(Case)


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
        return [(true() if scope.every else false(), False)]
    return arms(scope.worker, scope.team)


def within(scope: Scope) -> Sql:
    """Give the WHERE of a scope."""
    return or_(*(arm for arm, _ in arms_of(scope)))


def kind_of(scope: Scope) -> str:
    """Give the kind of a scope: every, none, team or own; a statement is built once for each."""
    if scope.every or scope.none:
        return "every" if scope.every else "none"
    return "own" if scope.team is None else "team"


def bound_arms(kind: str) -> list[tuple[Sql, bool]]:
    """Give the conditions of a kind of scope, with bound names (`binds_of`)."""
    if kind in ("every", "none"):
        return arms_of(Scope(every=kind == "every", none=kind == "none"))
    team = bindparam("of_own_team", type_=Integer) if kind == "team" else None
    return arms(bindparam("of_worker", type_=Integer), team)


def bound_within(kind: str) -> Sql:
    """Give the WHERE of a kind of scope, with bound names."""
    return or_(*(arm for arm, _ in bound_arms(kind)))


def binds_of(scope: Scope) -> dict[str, int | None]:
    """Give what the bound names of a scope stand for."""
    if scope.every or scope.none:
        return {}
    own = {"of_own_team": scope.team} if scope.team is not None else {}
    return {"of_worker": scope.worker} | own
