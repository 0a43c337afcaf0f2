"""Who works behind the desk gives way to who works at it.

One interpreter does one thing at a time, and SQLite has one writer: a round of the watch that has
much to do would let everybody at the desk wait for each of its pieces.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local


class Way:
    """Who asked last, and which threads work behind the desk.

    Those rest after each piece `rest` times as long as they worked on it (seconds of the CPU), at
    most `longest` seconds, when somebody at the desk asked within the last `lately` seconds.
    """

    def __init__(
        self,
        rest: float = 3.0,
        longest: float = 1.0,
        lately: float = 0.2,
        now: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.thread_time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rest, self._longest, self._lately = rest, longest, lately
        self._now, self._worked, self._sleep = now, worked, sleep
        self._asked, self._mine = now() - lately, local()

    @contextmanager
    def behind(self) -> Iterator[None]:
        """Let what this thread does in the block give way."""
        self._mine.since = self._worked()
        try:
            yield
        finally:
            del self._mine.since

    def ask(self) -> None:
        """Remember that somebody asks now; who gives way does not ask."""
        if not hasattr(self._mine, "since"):
            self._asked = self._now()

    def give(self) -> None:
        """Rest between two pieces of work, when this thread works behind the desk and somebody is
        at it. Not to be called in a turn to write, which others wait for.
        """
        since = getattr(self._mine, "since", None)
        if since is None:
            return
        if self._now() - self._asked < self._lately:
            self._sleep(min(self._rest * (self._worked() - since), self._longest))
        self._mine.since = self._worked()
