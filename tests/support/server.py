"""The real `amhk serve` on a folder, started, asked and killed from outside."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress

from support.patience import patient, until


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


# Every server that runs in this process of tests, so that a fixture that fails half-way leaves none behind.
RUNNING = set()


class Server:
    """The real `amhk serve` on a folder; as a context it is started, and ended whatever happens."""

    def __init__(self, folder):
        self.folder, self.process = folder, None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self, port=None):
        """Start it, and wait until it answers; gives its health."""
        self.port = port or free_port()
        command = [sys.executable, "-m", "amhk", "serve", "--config", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
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
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=patient(20)) as answer:
            return json.loads(answer.read())

    def kill(self):
        """End it at once, if it still runs."""
        RUNNING.discard(self)
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ctrl-C: it stops cleanly and says so with exit code 0."""
        os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(patient(20))
        RUNNING.discard(self)
        return code
