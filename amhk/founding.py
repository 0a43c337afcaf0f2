"""Founding a meldpunt: its folder, for its own account alone, and its database."""

import csv
import shutil
from pathlib import Path

from amhk.config import SEED, config_text, read_config, shipped
from amhk.errors import HouseClosed
from amhk.office import PRODUCTION, TRAINING


def found(
    folder: Path, region: str | None, training: bool, database: str = "", pack: str = "amhk"
) -> Path:
    """Found a meldpunt in a folder, that works by a procedure that comes with the product.

    Config.toml, workflows/, templates/ (what is there already stays) and its database: a file in
    the folder, or the one at an address (`database`), which must be empty. Gives config.toml.
    """
    from amhk.matching import RELEASE
    from amhk.rules.people import searching
    from amhk.store import reads, writes
    from amhk.store.database import migrate
    from amhk.store.database.engine import Store

    path = _furnish(folder, region, database, pack)
    config = read_config(path)
    store = Store(config.url, config.database_key)
    try:
        if store.founded():
            raise HouseClosed("Er is al een database in deze map; die blijft zoals hij is.")
        migrate.upgrade(store)
        if store.sqlite:
            Path(config.url.removeprefix("sqlite:///")).chmod(0o600)
        with store.write() as connection:
            writes.set_meta(connection, "kind", TRAINING if training else PRODUCTION)
            writes.set_meta(connection, "match_release", RELEASE)
            writes.set_meta(connection, "search_release", searching.RELEASE)
            writes.add(connection, reads.TEAM, {"name": config.default_team, "is_default": True})
            if training:
                writes.add_many(connection, reads.INSTITUTION, fictitious(config.region))
    finally:
        store.close()
    return path


def _furnish(folder: Path, region: str | None, database: str, pack: str) -> Path:
    """Put the files of a meldpunt in its folder, for its own account alone; gives config.toml."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "config.toml"
        if region and not path.exists():
            path.write_text(config_text(region, database, pack), encoding="utf-8")
        for name in ("workflows", "templates/notices"):
            if not (folder / name).exists():
                shutil.copytree(shipped(name), folder / name)
                for copied in (folder / name, *(folder / name).rglob("*")):
                    copied.chmod(0o700 if copied.is_dir() else 0o600)
    except (OSError, ValueError) as wrong:
        why = wrong.strerror if isinstance(wrong, OSError) else "zo kan een map niet heten"
        raise HouseClosed(
            f"De map {str(folder)!r} is niet te maken, of niet te beschrijven: {why}."
        ) from wrong
    return path


def fictitious(region: str) -> list[dict[str, object]]:
    """Give the made-up institutions, RvdK and police units of a region, for training."""
    with (SEED / "instellingen.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "name": row["naam"],
                "kind": row["soort"],
                "scale": row["schaal"],
                "address": row["adres"],
                "vervolg": row["overdracht"] or None,
                "gemeenten": [] if row["gemeenten"] == "*" else row["gemeenten"].split(";"),
            }
            for row in csv.DictReader(file)
            if row["regio"] in (region, "*")
        ]
