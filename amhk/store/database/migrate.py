"""The schema moves forward only through Alembic.

A database that is older or newer than the program is refused with what to do.
"""

from typing import Any

from alembic import command
from alembic.config import Config as Alembic
from alembic.script import ScriptDirectory

from amhk.errors import HouseClosed
from amhk.store.database.engine import Store


def _alembic(store: Store, connection: object = None) -> Alembic:
    settings = Alembic()
    settings.set_main_option("script_location", "amhk.store:migrations")
    settings.attributes["connection"] = connection
    return settings


def upgrade(store: Store) -> None:
    """Bring the schema up to this program's, in one transaction.

    On SQLite with foreign keys off while tables are re-made.
    """
    if store.sqlite:
        with store.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("ROLLBACK") if raw.in_transaction else None
            raw.execute("PRAGMA foreign_keys=OFF")
            connection.detach()
            with connection.execution_options(amhk_writes=True).begin():
                command.upgrade(_alembic(store, connection), "head")
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise HouseClosed(
                        "De migratie laat losse verwijzingen achter en is teruggedraaid."
                    )
    else:
        with store.write() as connection:
            command.upgrade(_alembic(store, connection), "head")


def head() -> str:
    """Give the newest revision among the scripts."""
    return str(ScriptDirectory.from_config(_alembic(Store("sqlite://"))).get_current_head())
