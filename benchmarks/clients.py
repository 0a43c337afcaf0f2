"""Servers to ask, and clients that ask them: each the next thing as soon as the last came back.

Only what the contract promises is used, so that two releases can be asked the same.
"""

import asyncio
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path

READY = "open op http://127.0.0.1:"
MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-01-05T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "Een kind is stil en vaak alleen thuis.",
    "acuut": False,
    "melder": {"naam": "School"},
}
MOVE = {"version": 1, "uitkomst": "onderzoek nodig"}


_PEOPLE = count(1)


def call() -> bytes:
    """Give a call about a child that nobody called about before."""
    number = next(_PEOPLE)
    day = date(2010, 1, 1) + timedelta(days=number % 4000)
    name = f"Noor {''.join(chr(97 + int(digit)) for digit in str(number))}stra"
    child = {"naam": name, "geboren": day.isoformat(), "rollen": ["kind"]}
    return json.dumps(MELDING | {"betrokkenen": [child]}).encode()


@dataclass(frozen=True)
class Took:
    """What a crowd of clients saw: answers a second, and the times of each in seconds."""

    rate: float
    times: tuple[float, ...]

    def part(self, share: float) -> float:
        """Give the time (ms) within which this share of the answers came."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class House:
    """A training meldpunt that serves from one checkout, with a token and a session of Tom."""

    def __init__(self, root: Path, database: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp()) / "meldpunt"
        self._environment = os.environ | {"PYTHONPATH": str(root)}
        more = ["--database", database] if database else []
        self._amhk("init", str(self.folder), "--region", "rotterdam-rijnmond", "--training", *more)
        added = self._amhk(
            "worker", "add", "Tom", "--role", "teamleider", "--registration", "SKJ 100000002"
        )
        self._password = added.split()[-1]
        self.token = self._amhk("worker", "token", "Tom").strip()
        self._amhk("clock", "--set", "2026-02-02T09:00")
        self.process, self.port = self._serve()

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-u", "-m", "amhk", *words]

    def _amhk(self, *words: str) -> str:
        folder = self.folder if self.folder.exists() else self.folder.parent
        done = subprocess.run(
            self._command(*words),
            cwd=folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def _serve(self) -> tuple[subprocess.Popen, int]:
        process = subprocess.Popen(
            self._command("serve", "--port", str(free_port()), "--no-demo"),
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        while READY not in (line := process.stdout.readline()):
            if not line:
                raise SystemExit("the server ended before it was open")
        return process, int(line.partition(READY)[2].split()[0])

    def heads(self, **more: str) -> dict[str, str]:
        """Give the headers of a program of Tom."""
        return {"authorization": f"Bearer {self.token}", "content-type": "application/json"} | more

    def cookie(self) -> dict[str, str]:
        """Give the headers of a browser in which Tom is signed in."""
        form = f"name=Tom&password={self._password}"
        heads = {
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
        }
        told = asyncio.run(_once(self.port, "POST", "/login", heads, form.encode()))
        found = re.search(rb"set-cookie: (amhk_session=[^;]+)", told, re.IGNORECASE)
        assert found, told[:400]
        return {"cookie": found[1].decode(), "accept-encoding": "gzip"}

    def close(self) -> None:
        """Let go of the server."""
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def asked(method: str, path: str, heads: dict[str, str], body: bytes = b"") -> bytes:
    """Give a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in heads.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    if found := re.search(rb"content-length: (\d+)", head, re.IGNORECASE):
        return status, head, await reader.readexactly(int(found[1]))
    body = b""
    if b"chunked" in head.lower():
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    return status, head, body


async def _once(port: int, method: str, path: str, heads: dict[str, str], body: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asked(method, path, heads, body))
    _, head, _ = await _answer(reader)
    writer.close()
    return head


async def _client(port, requests, times, bodies) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    while requests:
        request = requests.pop()
        begun = time.perf_counter()
        writer.write(request)
        status, _, body = await _answer(reader)
        times.append(time.perf_counter() - begun)
        if status >= 400:
            raise SystemExit(f"{status}: {request[:80]!r} {body[:300]!r}")
        bodies.append(body)
    writer.close()


def crowd(port: int, requests: list[bytes], clients: int) -> tuple[Took, list[bytes]]:
    """Let so many clients send these requests, each the next when its answer came; gives what they
    saw, and the answers.
    """
    times, bodies, left = [], [], list(reversed(requests))

    async def all_of_them() -> None:
        """Ask together."""
        await asyncio.gather(*(_client(port, left, times, bodies) for _ in range(clients)))

    begun = time.perf_counter()
    asyncio.run(all_of_them())
    return Took(len(times) / (time.perf_counter() - begun), tuple(times)), bodies


def taken(house: House, calls: int) -> list[str]:
    """Take so many calls; gives their numbers."""
    requests = [asked("POST", "/api/v1/cases", house.heads(), call()) for _ in range(calls)]
    _, bodies = crowd(house.port, requests, 1)
    return [json.loads(body)["number"] for body in bodies]


def median(values: list[float]) -> float:
    """Give the middle one."""
    return statistics.median(values)
