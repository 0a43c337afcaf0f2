"""The real `amhk serve` on a folder, started, asked and killed from outside."""

import json
import multiprocessing
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from support.patience import patient, until


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


# Every server that runs in this process of tests, so that a fixture that fails half-way leaves none
# behind.
RUNNING = set()


# A house opens in half the time where what it is made of was read before: each server is a fork of
# a process that did.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["amhk.cli", "amhk.web.app", "amhk.clock", "uvicorn"])


def _amhk(arguments, environment, folder, streams):
    """What runs in the fork: the command `amhk` with these words, in a session of its own and in
    this folder, reading and writing these three files.
    """
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for stream, path in enumerate(streams):
        os.dup2(os.open(path, os.O_RDWR), stream)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    sys.argv = ["amhk", *arguments]
    from amhk.cli import main

    main()


class Forked:
    """A process that runs `amhk`, with the parts of `subprocess.Popen` that stories use."""

    def __init__(self, arguments, folder=".", streams=(os.devnull,) * 3):
        told = (arguments, dict(os.environ), str(folder), streams)
        self._process = FORKS.Process(target=_amhk, args=told)
        self._process.start()
        self.pid = self._process.pid

    @property
    def returncode(self):
        return self._process.exitcode

    def poll(self):
        return self._process.exitcode

    def wait(self, timeout=None):
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("amhk", timeout)
        return self._process.exitcode

    def send_signal(self, number):
        os.kill(self.pid, number)


def command(*words, cwd=None, stdin=""):
    """Run the command line to its end; gives its exit code and what it said."""
    with TemporaryDirectory() as place:
        streams = [str(Path(place) / name) for name in ("in", "out", "err")]
        for path, text in zip(streams, (stdin, "", ""), strict=True):
            Path(path).write_text(text, encoding="utf-8")
        code = Forked([*map(str, words)], cwd or Path.cwd(), streams).wait(patient(60))
        said = [Path(path).read_text(encoding="utf-8") for path in streams[1:]]
    return subprocess.CompletedProcess(words, code, *said)


def forget_forks():
    """End the process that servers are forked from."""
    multiprocessing.forkserver._forkserver._stop()
    multiprocessing.resource_tracker._resource_tracker._stop()


class Server:
    """The real `amhk serve` on a folder; as a context it is started, and ended whatever happens."""

    def __init__(self, folder, processes=1, trust=None, more=(), log=os.devnull):
        self.folder, self.process, self.trust = folder, None, trust  # trust: it speaks https
        self._streams = (os.devnull, os.devnull, str(log))
        self._more = [*more, *(["--processes", str(processes)] if processes > 1 else [])]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self, port=None):
        """Start it, and wait until it answers; gives its health."""
        self.port = port or free_port()
        words = ["serve", "--config", str(self.folder), "--port", str(self.port), *self._more]
        self.process = Forked(words, streams=self._streams)
        RUNNING.add(self)
        try:
            return until(self._health, 30, "the server that opens")
        except BaseException:
            self.kill()
            raise

    def _health(self):
        assert self.process.poll() is None, f"the server ended by itself: {self.process.returncode}"
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return self.ask("GET", "/health", None)

    def ask(self, method, path, body, token=None):
        data = json.dumps(body).encode() if body is not None else None
        headers = {"authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(
            f"{'https' if self.trust else 'http'}://127.0.0.1:{self.port}/api/v1{path}",
            data,
            headers,
            method=method,
        )
        with urllib.request.urlopen(request, timeout=patient(20), context=self.trust) as answer:
            return json.loads(answer.read())

    def kill(self):
        """End it at once, if it still runs."""
        RUNNING.discard(self)
        if self.process is None:
            return
        for end in (os.killpg, os.kill):  # it may not lead a group of its own yet
            with suppress(ProcessLookupError):
                end(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ctrl-C: it stops cleanly and says so with exit code 0."""
        os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(patient(20))
        RUNNING.discard(self)
        return code
