"""Bringing the database of a meldpunt to the schema of this program."""

from datetime import UTC, datetime
from pathlib import Path

from amhk.config import old_closing_days, read_config
from amhk.errors import HouseClosed
from amhk.store.database import migrate, schema
from amhk.store.database.engine import Store
from amhk.store.terms import calendar


def upgrade(path: Path) -> tuple[int, str | None]:
    """Bring the database of a config.toml up.

    Gives how many closing days of the settings it took over, and the version it stands on.
    """
    config = read_config(path, upgrading=True)
    store = Store(config.url, config.database_key)
    try:
        store.prove_open()
        if not store.founded():
            raise HouseClosed("Deze database is van geen meldpunt. Maak er een met: amhk init.")
        migrate.upgrade(store)
        with store.write() as connection:
            taken = calendar.adopt(connection, old_closing_days(path), datetime.now(UTC))
        return taken, schema.present(store)
    finally:
        store.close()
