"""The real `amhk serve` on a folder, started, asked and killed from outside."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Server:
    """The real `amhk serve` on a folder."""

    def __init__(self, folder):
        self.folder, self.process = folder, None

    def start(self, port=None):
        self.port = port or free_port()
        command = [sys.executable, "-m", "amhk", "serve", "--config", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        for _ in range(400):
            try:
                return self.ask("GET", "/health", None)
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.025)
        raise AssertionError("the server did not open")

    def ask(self, method, path, body, token=None):
        data = json.dumps(body).encode() if body is not None else None
        headers = {"authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ctrl-C: it stops cleanly and says so with exit code 0."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(20)
