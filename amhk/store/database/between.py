"""Whose turn it is to write among the processes of one machine that share an SQLite file.

SQLite lets who comes by first have the lock; a busy process would keep it from all others.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy.exc import TimeoutError as WaitedTooLong

with suppress(ImportError):  # Windows has none: there SQLite's own wait is all there is
    import fcntl

_TURN, _NEXT, _GLANCE = 0, 1, 0.001


class Between:
    """The turns between processes, by two locks on a file beside the database.

    Who waits keeps the place of the next; who has just written finds it taken and cannot come
    before him. The locks end with their process, however it ends. One thread of a process waits
    here at a time (`Turns`).
    """

    def __init__(self, path: Path | None, patience: float = 30.0) -> None:
        self._path, self._patience = path, patience
        self._file: int | None = None

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a turn and have it until the block ends; WaitedTooLong after `patience`
        (seconds).
        """
        if (file := self._open()) is None:
            yield
            return
        until = monotonic() + self._patience
        self._take(file, _NEXT, until)
        try:
            self._take(file, _TURN, until)
        finally:
            fcntl.lockf(file, fcntl.LOCK_UN, 1, _NEXT)
        try:
            yield
        finally:
            fcntl.lockf(file, fcntl.LOCK_UN, 1, _TURN)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int | None:
        """Give the file of the turns; None where there can be none (SQLite's own wait is left)."""
        if self._file is None and self._path is not None and "fcntl" in globals():
            with suppress(OSError):
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file

    @staticmethod
    def _take(file: int, place: int, until: float) -> None:
        while True:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except OSError as taken:
                if monotonic() > until:
                    raise WaitedTooLong("another process writes and does not end it") from taken
                sleep(_GLANCE)
            else:
                return
