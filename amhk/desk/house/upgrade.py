"""Bringing the database of a meldpunt to the schema of this program."""

from datetime import UTC, datetime
from pathlib import Path

from amhk.config import old_closing_days, read_config
from amhk.store.database import migrate, schema
from amhk.store.database.engine import Store
from amhk.store.terms import calendar


def upgrade(path: Path) -> tuple[int, str | None]:
    """Bring the database of a config.toml up.

    Gives how many closing days of the settings it took over, and the version it stands on.
    """
    store = Store(read_config(path, upgrading=True).url)
    try:
        store.prove_open()
        migrate.upgrade(store)
        with store.write() as connection:
            taken = calendar.adopt(connection, old_closing_days(path), datetime.now(UTC))
        return taken, schema.present(store)
    finally:
        store.close()
