"""One house in several processes: whoever of them is killed, what was answered is kept.

The clock goes on in another, and they are closed together.
"""

import asyncio
import os
import random
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stories.test_kill import Worker, check
from support.cast import hire
from support.patience import patient, until
from support.server import FORKS, Server, command

from amhk import serving
from amhk.desk.house import rounds
from amhk.desk.staff import workers as staff_workers
from amhk.office import open_office
from amhk.processes import Baton, Crew
from amhk.store import reads

NUMBER, NEVER = 3, "2000-01-01T00:00:00Z"


@pytest.fixture
def together(folder):
    """A house in three processes whose clock goes round every second, with its office."""
    told = folder.read_text().replace("interval_seconds = 30", "interval_seconds = 1")
    folder.write_text(told)
    office = open_office(folder, proof=False)
    assert office.config.interval == 1
    hire(office, "Tom")
    rounds.set_clock(office, {"now": "2026-01-05T09:00"})
    with Server(folder, NUMBER) as server:
        until(lambda: len(members(server)) == NUMBER, 10, "three processes")
        yield server, office
    office.close()


def members(server):
    """Give the processes of a house that answer, oldest first."""
    pid = server.process.pid
    return sorted(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def test_the_clock_goes_on_whichever_process_is_killed(together):
    server, office = together

    def heartbeat():
        with office.store.read() as connection:
            return datetime.fromisoformat(reads.meta(connection, "heartbeat") or NEVER)

    for pid in members(server):
        os.kill(pid, signal.SIGKILL)
        dead = datetime.now(UTC)
        until(lambda dead=dead: heartbeat() > dead, 10, "a clock that goes on")
        until(lambda pid=pid: len({*members(server)} - {pid}) == NUMBER, 10, "another process")


def test_what_was_answered_is_kept_whichever_process_is_killed(together):
    server, office = together
    token, dice, answered = staff_workers.make_token(office, "Tom"), random.Random(3), {}
    for number in range(4):
        until(lambda: len(members(server)) == NUMBER, 10, "three processes")
        workers = [Worker(server, token, f"{number}.{n}") for n in range(NUMBER)]
        for worker in workers:
            worker.start()
        time.sleep(dice.uniform(0.05, 0.3))
        os.kill(dice.choice(members(server)), signal.SIGKILL)
        time.sleep(dice.uniform(0.05, 0.3))
        for worker in workers:
            worker.end = True
        for worker in workers:
            worker.join(patient(20))
            answered |= worker.answered
    assert answered
    check(office, answered)


def test_they_stop_together_and_none_is_left_when_the_first_is_killed(together):
    server, _ = together
    there = members(server)
    assert server.stop() == 0
    assert not [pid for pid in there if Path(f"/proc/{pid}").exists()]
    server.start()
    until(lambda: len(members(server)) == NUMBER, 10, "three processes")
    there = members(server)
    os.kill(server.process.pid, signal.SIGKILL)
    until(lambda: not any(map(runs, there)), 10, "the end of all that it left")


def runs(pid):
    """Tell whether a process runs: who ended and waits to be counted does not."""
    with suppress(OSError):
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


class Made:
    """A crew of two in a process of its own, made and busy as told below."""

    def __init__(self, place, *how):
        self.place = place
        self.process = FORKS.Process(target=how[0], args=(place, *how[1:]))

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        for pid in (self.process.pid, *map(int, self.there())):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.join()

    def there(self):
        """Give every process that ever was a member."""
        return {path.name for path in self.place.glob("[0-9]*")}

    def ended(self):
        """Wait for its end; gives its exit code."""
        self.process.join(patient(20))
        return self.process.exitcode


def _crew(place, deed):
    Crew(2, lambda tell: deed(place, tell)).run((place / "opened").touch)


def _answers_when_let(place, tell):
    (place / str(os.getpid())).touch()
    until((place / "let").exists, 30, "leave to answer")
    tell()
    signal.pause()


def _fails(place, _):
    (place / str(os.getpid())).touch()
    raise RuntimeError("no door")


def _leaves(place, _):
    (place / str(os.getpid())).touch()


def _crew_stopped_at_each_fork(place):
    """A stop that comes just before, just after, and in who was just made."""
    fork, here = os.fork, os.getpid()

    def forked():
        os.kill(here, signal.SIGTERM)
        pid = fork()
        os.kill(os.getpid(), signal.SIGTERM)
        return pid

    os.fork = forked
    Crew(2, lambda tell: _answers_when_let(place, tell)).run((place / "opened").touch)


def test_who_is_killed_before_all_can_answer_is_replaced_and_the_house_opens(tmp_path):
    with Made(tmp_path, _crew, _answers_when_let) as crew:
        until(lambda: len(crew.there()) == 2, 20, "two members")
        killed = min(crew.there())
        os.kill(int(killed), signal.SIGKILL)
        until(lambda: len(crew.there()) == 3, 20, "another in its place")
        assert not (tmp_path / "opened").exists()
        (tmp_path / "let").touch()
        until((tmp_path / "opened").exists, 20, "a house that is open")
        os.kill(crew.process.pid, signal.SIGTERM)
        assert crew.ended() == 0
        assert not [pid for pid in crew.there() if runs(pid)]


@pytest.mark.parametrize("deed", [_fails, _leaves])
def test_a_house_of_which_a_process_cannot_open_does_not_open(tmp_path, deed):
    with Made(tmp_path, _crew, deed) as crew:
        assert crew.ended() == 1
    assert not (tmp_path / "opened").exists()


def test_a_stop_that_comes_while_a_process_is_made_is_heard_by_all(tmp_path):
    with Made(tmp_path, _crew_stopped_at_each_fork) as crew:
        assert crew.ended() == 0
        assert not [pid for pid in crew.there() if runs(pid)]


class NoBaton:
    def take(self):
        raise OSError(5, "Input/output error")


def test_a_process_that_cannot_watch_the_clock_ends_so_that_another_can(monkeypatch):
    ended = []
    monkeypatch.setattr(serving.os, "kill", lambda pid, number: ended.append((pid, number)))
    asyncio.run(serving._watch(None, NoBaton(), os.getppid(), []))
    assert ended == [(os.getpid(), signal.SIGTERM)]


def test_a_clock_that_does_not_start_is_started_by_another(monkeypatch):
    ended = []
    monkeypatch.setattr(serving.os, "kill", lambda pid, number: ended.append((pid, number)))
    monkeypatch.setattr(serving, "start_clock", lambda _: ended.append("tried") or 1 / 0)
    asyncio.run(serving._watch(None, Baton(), os.getppid(), []))
    assert ended == ["tried", (os.getpid(), signal.SIGTERM)]


@pytest.mark.parametrize("number", ["0", "65", "-1"])
def test_a_number_of_processes_that_is_none_is_refused(folder, number):
    done = command("serve", "--processes", number, "--config", str(folder))
    assert done.returncode == 2
    assert "kies van 1 tot en met 64" in done.stderr
