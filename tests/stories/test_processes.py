"""One house in several processes: whoever of them is killed, what was answered is kept.

The clock goes on in another, and they are closed together.
"""

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
from support.server import Server, command

from amhk.desk.house import rounds
from amhk.desk.staff import workers as staff_workers
from amhk.office import open_office
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


@pytest.mark.parametrize("number", ["0", "65", "-1"])
def test_a_number_of_processes_that_is_none_is_refused(folder, number):
    done = command("serve", "--processes", number, "--config", str(folder))
    assert done.returncode == 2
    assert "kies van 1 tot en met 64" in done.stderr
