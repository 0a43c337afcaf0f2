"""Who came first writes first, nobody writes beside another, and nobody waits for ever."""

from threading import Event, Thread

import pytest
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from support.patience import until

from amhk.store.database.turns import Turns


def test_turns_are_given_in_the_order_in_which_they_were_asked():
    turns, order, go, threads = Turns(), [], Event(), []

    def write(n):
        with turns.one():
            order.append(n)

    def first():
        with turns.one():
            go.wait()

    threads.append(Thread(target=first))
    threads[0].start()
    until(lambda: turns._taken, 3, "the first turn")
    for n in range(20):
        threads.append(Thread(target=write, args=(n,)))
        threads[-1].start()
        until(lambda n=n: len(turns._waiting) == n + 1, 3, f"writer {n} in the row")
    go.set()
    for thread in threads:
        thread.join()
    assert order == list(range(20))


def test_nobody_has_a_turn_beside_another():
    turns, inside, most = Turns(), [], []

    def write():
        for _ in range(200):
            with turns.one():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 1600
    assert set(most) == {1}


def test_who_fails_passes_his_turn_on():
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.one():
        raise ZeroDivisionError
    with turns.one():
        pass


def test_who_waits_too_long_leaves_the_row_and_the_next_one_has_his_turn():
    turns = Turns(patience=0)
    with turns.one(), pytest.raises(WaitedTooLong), turns.one():
        pass
    assert not turns._waiting
    with turns.one():
        pass


def test_writers_of_one_house_take_turns_and_readers_do_not_wait(sqlite_office):
    store = sqlite_office.store
    with store.write():
        with store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM cases").scalar() == 0
        assert store._turns._taken
    assert not store._turns._taken


def test_a_store_armed_with_what_comes_first_has_the_same_turns(sqlite_office):
    store = sqlite_office.store
    assert store.beginning(lambda connection: None)._turns is store._turns
