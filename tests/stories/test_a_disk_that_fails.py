"""What was answered is there after the disk was full to its last byte, could not be written any
more, or lost the end of what was on it; and after PostgreSQL was killed in the middle of commits.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path
from shutil import copytree

import pytest
from conftest import FULL, ROOT, make_folder, new_database
from stories.test_point_in_time import Cluster
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.patience import patient, until

from amhk.desk.house import clock
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.office import open_office
from amhk.store import reads
from amhk.store.database.engine import StoreFailed

ROUNDS = 60 if FULL else 4


@pytest.fixture
def folder(tmp_path):
    """A house on SQLite with its people."""
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    with closing(open_office(path, proof=False)) as office:
        hire(office)
        clock.move_clock(office, {"now": "2026-02-02T09:00"})
    return path.parent


@pytest.mark.soak
@pytest.mark.parametrize("what", ["full", "unwritable"])
def test_what_was_answered_is_there_and_what_was_not_says_why(folder, what):
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, "-m", "support.small_disk", what, folder, str(ROUNDS)],
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=patient(600),
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["wrong"] == []
    assert told["refused"] >= ROUNDS and told["answered"] > ROUNDS


@pytest.mark.soak
def test_of_a_log_that_was_cut_off_anywhere_a_whole_past_is_left(folder, tmp_path):
    """What SQLite had not yet put in its file ends where the log ends: no half case, no break."""
    dice, numbers = random.Random(11), []
    with closing(open_office(folder / "config.toml", proof=False)) as office:
        tom = reader(office, "Tom")
        for _ in range(12):
            numbers.append(calls.take_call(office, melding(EL_AMRANI), tom))
        for n in range(ROUNDS):
            copytree(folder, tmp_path / f"cut-{n}")  # as the power left it
    for n in range(ROUNDS):
        cut = tmp_path / f"cut-{n}"
        log = cut / "meldpunt.sqlite-wal"
        os.truncate(log, dice.randrange(log.stat().st_size))
        with closing(open_office(cut / "config.toml", proof=False)) as office:
            with office.store.read() as connection:
                left = sorted(reads.every_number(connection).values())
                assert reads.open_without_term(connection)[1] == []
            assert left == numbers[: len(left)], "a past, without a hole"
            assert changed_behind(office) == []
            assert calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom")) not in left


class Caller(threading.Thread):
    """Takes calls until the database is gone; remembers each that was answered."""

    def __init__(self, office):
        super().__init__(daemon=True)
        self.office, self.answered = office, []

    def run(self):
        with suppress(StoreFailed):
            while True:
                number = calls.take_call(
                    self.office, melding(EL_AMRANI), reader(self.office, "Tom")
                )
                self.answered.append(number)


@pytest.mark.soak
def test_postgresql_killed_in_the_middle_of_commits_loses_nothing_that_was_answered(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "python_PostgresServer").mkdir()
    cluster = Cluster(tmp_path / "data")
    path = make_folder(tmp_path / "m", new_database(cluster.uri), seated=True)
    with closing(open_office(path, proof=False)) as office:
        hire(office)
    dice, answered = random.Random(5), []
    for _ in range(ROUNDS):
        with closing(open_office(path, proof=False)) as office:
            callers = [Caller(office) for _ in range(3)]
            for one in callers:
                one.start()
            until(lambda callers=callers: all(c.answered for c in callers), 3, "a first answer")
            threading.Event().wait(dice.uniform(0.0, 0.2))
            kill(tmp_path / "data")
            for one in callers:
                one.join(patient(30))
                answered += one.answered
        cluster.control(tmp_path / "data", "restart")
        with closing(open_office(path, proof=False)) as office:
            with office.store.read() as connection:
                there = {*reads.every_number(connection).values()}
                assert reads.open_without_term(connection)[1] == []
            assert [number for number in answered if number not in there] == []
            assert changed_behind(office) == []
    cluster.control(tmp_path / "data", "stop", "-m", "immediate")


def kill(data):
    """Kill the server and all it started, at once, as a machine that loses its power would."""
    parent = int((Path(data) / "postmaster.pid").read_text().splitlines()[0])
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=True
    )
    for pid in (parent, *map(int, listed.stdout.split())):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(parent), 3, "the server to be gone")
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):  # a zombie still has its number
        (Path(data) / name).unlink(missing_ok=True)


def alive(pid):
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"
