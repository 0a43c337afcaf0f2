"""Bringing the database of a meldpunt to the schema of this program."""

from datetime import UTC, datetime
from pathlib import Path

from amhk import releases
from amhk.config import Config, old_closing_days, read_config
from amhk.errors import HouseClosed
from amhk.releases import Release
from amhk.store.cases import standing
from amhk.store.database import migrate, schema
from amhk.store.database.engine import Connection, Store
from amhk.store.house import held
from amhk.store.letters import text_templates
from amhk.store.terms import calendar
from amhk.words import some


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
        _settle(store, config)
        with store.write() as connection:
            now = datetime.now(UTC)
            taken = calendar.adopt(connection, old_closing_days(path), now)
            _hold_texts(connection, now)
        return taken, schema.present(store)
    finally:
        store.close()


def _hold_texts(connection: Connection, now: datetime) -> None:
    """Let the journal of the house hold the texts of letters of before, once."""
    fresh = [("letter_texts", key) for key in text_templates.of_before(connection)]
    known = held.told_of(connection)
    if places := [place for place in fresh if place not in known]:
        what = f"{some(len(places), 'tekst', 'teksten')} van brieven overgenomen bij het bijwerken."
        held.tell(connection, now, None, held.TEXT, what, places)


def _settle(store: Store, config: Config) -> None:
    """Settle the releases of before there were settled ones: today's, and those cases stand in."""
    folder = config.folder / "workflows" / config.pack
    with store.read() as connection:
        for place in sorted(path for path in folder.glob("*") if path.is_dir()):
            used = place.name == config.release or standing.any_of(connection, place.name)
            if used and not releases.is_settled(place):
                files = releases.digests(place)
                releases.write(
                    place, Release(place.name, made_by=releases.BEFORE, files=files, proof=0)
                )
