"""A glance at the calendar without opening the house.

For the arithmetic of a term on the command line, which must answer at once.
"""

from contextlib import closing
from datetime import date
from pathlib import Path

from amhk.errors import HouseClosed
from amhk.rules.terms.calendar import calendar_of
from amhk.rules.terms.days import Calendar
from amhk.store.database.encrypted import driver, unlock

_Change = tuple[int, str, str, str, int]
_CHANGES = "SELECT id, kind, day, name, gone FROM calendar_days ORDER BY id"


def calendar_at(url: str, key: str = "") -> Calendar:
    """Give the calendar kept in the database at `url`, which may be encrypted by a `key`.

    That of the law and nothing more where there is no database yet. HouseClosed when it cannot be
    read.
    """
    try:
        rows = (
            _sqlite(Path(url.removeprefix("sqlite:///")), key)
            if url.startswith("sqlite")
            else _postgres(url)
        )
    except Exception as wrong:
        raise HouseClosed(
            f"De kalender in de database is niet te lezen ({type(wrong).__name__})."
        ) from wrong
    return calendar_of(
        [
            (n, k, d if isinstance(d, date) else date.fromisoformat(d), name, bool(g))
            for n, k, d, name, g in rows
        ]
    )


def _sqlite(path: Path, key: str) -> list[_Change]:
    if not path.is_file():
        return []
    with closing(driver(key).connect(f"file:{path}?mode=ro", uri=True)) as raw:
        unlock(raw, key)
        known = raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'calendar_days'").fetchone()
        found: list[tuple[int, str, str, str, int]] = (
            raw.execute(_CHANGES).fetchall() if known else []
        )
        return found


def _postgres(url: str) -> list[tuple[int, str, date, str, bool]]:
    import psycopg

    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")) as connection:
        known = connection.execute("SELECT to_regclass('calendar_days')").fetchone()
        return connection.execute(_CHANGES).fetchall() if known and known[0] else []
