"""In which workflows, releases and states the cases of a house stand."""

from sqlalchemy import Connection, false, select

from amhk.store.reads import CASE


def places(connection: Connection) -> list[tuple[str, str, str]]:
    """Give where open cases stand: (workflow, release, state), each once."""
    statement = (
        select(CASE.c.workflow, CASE.c.release, CASE.c.state)
        .where(CASE.c.closed == false())
        .distinct()
    )
    return [(r[0], r[1], r[2]) for r in connection.execute(statement)]


def any_of(connection: Connection, release: str) -> bool:
    """Tell whether there is a case of a release, open or closed."""
    asked = select(CASE.c.id).where(CASE.c.release == release).limit(1)
    return connection.execute(asked).scalar() is not None
