"""Which schema a database has, and whether this program can open it.

Read without Alembic, which only moves it.
"""

from sqlalchemy import inspect, text

from amhk.errors import HouseClosed
from amhk.store.database.engine import Store

# The newest revision in migrations/versions; a test holds the two together.
NEWEST = "0022"


def present(store: Store) -> str | None:
    """Give the revision of the database, None when it has none."""
    if not inspect(store.engine).has_table("alembic_version"):
        return None
    with store.read() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def prove_current(store: Store) -> None:
    """Raise HouseClosed, with what to do, when the database is not of this program's schema."""
    here = present(store)
    if here == NEWEST:
        return
    if here is None:
        raise HouseClosed(
            "Dit is geen database van een meldpunt. Maak er een met: amhk init MAP --region REGIO"
        )
    if here < NEWEST:
        raise HouseClosed(
            "De database is ouder dan dit programma. Maak een kopie en geef dan: amhk migrate"
        )
    raise HouseClosed("De database is nieuwer dan dit programma. Werk eerst het programma bij.")
