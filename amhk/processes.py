"""One house in several processes: forked from one that opened it, kept up, and closed together."""

import logging
import os
import signal
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from select import select
from tempfile import mkstemp
from time import monotonic

with suppress(ImportError):  # Windows has none, and cannot fork either
    import fcntl

from amhk.errors import HouseClosed

_STOPS = (signal.SIGINT, signal.SIGTERM)
log = logging.getLogger("amhk.processes")
_GLANCE, _YOUNG = 0.2, 2.0  # seconds; who dies younger is not followed at once
_WHO = struct.Struct("i")  # a process that can answer says which it is


class Baton:
    """What one of several processes holds; it falls to another when that one ends, however."""

    def __init__(self) -> None:
        self._file, name = mkstemp(prefix="amhk-")
        Path(name).unlink()

    def take(self) -> bool:
        """Tell whether this process holds it, from now on or already."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class Crew:
    """A number of processes that do the same until they are told to stop.

    `work` is called in each of them, with what it is to call once it can answer. Who makes the crew
    has no threads and no connections, and keeps none.
    """

    def __init__(self, number: int, work: Callable[[Callable[[], object]], None]) -> None:
        if not hasattr(os, "fork"):
            raise HouseClosed("Meer dan een proces kan op dit systeem niet; laat --processes weg.")
        self._number, self._work = number, work
        self._members: dict[int, float] = {}
        self._answering: set[int] = set()
        self._stopping = False

    def run(self, opened: Callable[[], None]) -> None:
        """Keep the crew up until SIGINT or SIGTERM; `opened` is called when all of it can answer.

        Who is killed is replaced, also before that. HouseClosed when one of them fails before that.
        """
        before = {s: signal.signal(s, self._stop) for s in _STOPS}
        heard, told = os.pipe()
        try:
            self._keep_up(heard, told, opened)
        finally:
            self._stop()
            for pid in tuple(self._members):
                os.waitpid(pid, 0)
            for which, handler in before.items():
                signal.signal(which, handler)
            os.close(heard)
            os.close(told)

    def _keep_up(self, heard: int, told: int, opened: Callable[[], None]) -> None:
        open_, due = False, monotonic()
        while not self._stopping:
            if len(self._members) < self._number and monotonic() >= due:
                self._add(told)
                continue
            if select([heard], [], [], _GLANCE)[0]:
                self._answering.update(_WHO.unpack(os.read(heard, _WHO.size)))
            if not open_ and len(self._answering & self._members.keys()) == self._number:
                open_ = True
                opened()
            for began, failed in self._gone():
                if self._stopping:
                    return
                if failed and not open_:
                    raise HouseClosed("Een van de processen ging niet open; zie hierboven.")
                log.error("a process ended; another takes its place")
                due = max(began + _YOUNG, due)

    def _add(self, told: int) -> None:
        # who is told to stop between here and there is told so a moment later
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        if pid := os.fork():
            self._members[pid] = monotonic()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
            return
        ended = 1
        try:
            for which in _STOPS:
                signal.signal(which, signal.default_int_handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
            answers: list[int] = []
            self._work(lambda: answers.append(os.write(told, _WHO.pack(os.getpid()))))
            ended = 0 if answers else 1
        except KeyboardInterrupt:
            ended = 0
        except BaseException:
            log.exception("a process failed")
        finally:
            os._exit(ended)

    def _gone(self) -> list[tuple[float, bool]]:
        """Forget who has ended; gives when each of those began, and whether it failed: who was
        killed did not.
        """
        ended = [(pid, *os.waitpid(pid, os.WNOHANG)) for pid in self._members]
        return [
            (self._members.pop(pid), os.waitstatus_to_exitcode(status) > 0)
            for pid, seen, status in ended
            if seen
        ]

    def _stop(self, *_: object) -> None:
        self._stopping = True
        for pid in self._members:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
