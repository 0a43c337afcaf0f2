"""The cases in which a clock of hours runs."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from amhk.rules.privacy.secrecy import Scope
from amhk.store.cases.scope import within
from amhk.store.reads import CASE, TERM, rows
from amhk.store.rows import Row


def running(connection: Connection, scope: Scope, names: Sequence[str]) -> list[Row]:
    """Give the running terms of these names within a scope, the one that ends first on top."""
    statement = select(
        TERM.c.name, TERM.c.due, TERM.c.start, CASE.c.number, CASE.c.workflow, CASE.c.release
    ).join(CASE, CASE.c.id == TERM.c.case_id)
    statement = statement.where(TERM.c.name.in_(names), TERM.c.status == "running", within(scope))
    return rows(connection, statement.order_by(TERM.c.over_at, TERM.c.id))
