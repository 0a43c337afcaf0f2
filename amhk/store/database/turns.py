"""Whose turn it is to write: one at a time, in the order in which they came."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.exc import TimeoutError as WaitedTooLong


class Turns:
    """The turns of one process.

    SQLite has one writer; who waits inside it sleeps and asks again, and who came first may come
    last. Here nobody sleeps longer than the ones before him write.
    """

    def __init__(self, patience: float = 30.0) -> None:
        self._patience = patience
        self._guard, self._taken = Lock(), False
        self._waiting: deque[Lock] = deque()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a turn and have it until the block ends; WaitedTooLong after `patience`
        (seconds).
        """
        mine = self._join()
        try:
            came = mine.acquire(timeout=self._patience)
        except BaseException:
            if not self._gives_up(mine):
                self._pass_on()
            raise
        if not came and self._gives_up(mine):
            raise WaitedTooLong("another writer has its turn and does not end it")
        try:
            yield
        finally:
            self._pass_on()

    def _join(self) -> Lock:
        """Give the lock that opens when the turn comes."""
        mine = Lock()
        with self._guard:
            if self._taken:
                mine.acquire()
                self._waiting.append(mine)
            self._taken = True
        return mine

    def _gives_up(self, mine: Lock) -> bool:
        """Leave the row; False when the turn came at this very moment."""
        with self._guard:
            if mine not in self._waiting:
                return False
            self._waiting.remove(mine)
            return True

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
