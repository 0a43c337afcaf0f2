"""A round of the watch with much to do lets those at the desk go first, and comes to its end."""

from threading import Thread
from types import SimpleNamespace

import pytest

from amhk import clock
from amhk.store.database.engine import Store
from amhk.store.database.way import Way


class Clock:
    """Time and work as they are handed in; sleeping passes the time."""

    def __init__(self):
        self.now, self.worked, self.rests = 100.0, 0.0, []

    def way(self):
        return Way(3, 1, 0.2, lambda: self.now, lambda: self.worked, self.sleep)

    def sleep(self, seconds):
        self.rests.append(round(seconds, 6))
        self.now += seconds

    def work(self, seconds):
        self.worked += seconds
        self.now += seconds


def elsewhere(act):
    thread = Thread(target=act)
    thread.start()
    thread.join()


def test_who_works_behind_the_desk_rests_three_times_as_long_as_he_worked_while_somebody_asks():
    clock = Clock()
    way = clock.way()
    with way.behind():
        clock.work(0.05)
        elsewhere(way.ask)
        way.give()
        clock.work(0.02)
        elsewhere(way.ask)
        way.give()
    assert clock.rests == [0.15, 0.06]


def test_he_rests_no_longer_than_a_second_at_a_time():
    clock = Clock()
    way = clock.way()
    with way.behind():
        clock.work(20)
        elsewhere(way.ask)
        way.give()
    assert clock.rests == [1]


def test_nobody_rests_when_nobody_asks():
    clock = Clock()
    way = clock.way()
    elsewhere(way.ask)
    with way.behind():
        clock.work(0.3)
        way.give()
        way.ask()  # what he asks himself is nobody at the desk
        clock.work(0.01)
        way.give()
    assert clock.rests == []


def test_who_is_at_the_desk_never_rests():
    clock = Clock()
    way = clock.way()
    with way.behind():
        pass
    way.ask()
    clock.work(0.1)
    way.give()
    assert clock.rests == []


def test_every_piece_written_behind_the_desk_gives_way_and_every_question_at_it_counts(tmp_path):
    """The store itself sees to it, so that no job of the watch can forget it."""
    store, time = Store(f"sqlite:///{tmp_path}/x.sqlite"), Clock()
    store.way = time.way()
    asks = {
        "read": store.read,
        "snapshot": store.snapshot,
        "write": store.write,
    }
    for ask in asks.values():

        def at_the_desk(ask=ask):
            with ask() as connection:
                connection.exec_driver_sql("SELECT 1")

        with store.way.behind():
            time.work(1000)
            store.way.give()
            time.work(0.1)
            elsewhere(at_the_desk)
            with store.write() as connection:
                connection.exec_driver_sql("SELECT 1")
                assert time.rests == []  # never in the turn others wait for
        assert time.rests == [0.3]
        time.rests.clear()
    store.close()


@pytest.mark.parametrize("job", ["sweep", "post", "keep", "stamp"])
def test_every_job_of_the_clock_gives_way(tmp_path, monkeypatch, job):
    """Each that there is: one that is new here is asked for by name."""
    jobs, time, store = [], Clock(), Store(f"sqlite:///{tmp_path}/x.sqlite")
    store.way = time.way()

    class Scheduler:
        def __init__(self, **_):
            pass

        def add_job(self, act, _kind, **told):
            jobs.append((act, told["args"]))

        def start(self):
            pass

    def work(office):
        time.work(0.1)
        elsewhere(office.store.way.ask)
        office.store.way.give()

    monkeypatch.setattr(clock, "BackgroundScheduler", Scheduler)
    monkeypatch.setattr(clock, job, work)
    backup = SimpleNamespace(folder="x")
    config = SimpleNamespace(interval=60, mail=True, backup=backup, timestamp=True)
    office = SimpleNamespace(store=store, config=config)
    clock.start_clock(office)
    assert len(jobs) == 4, "a job more: name it above"
    for act, args in jobs:
        if work in args:
            act(*args)
    assert time.rests == [0.3]
    store.close()
