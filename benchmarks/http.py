"""`python -m benchmarks.http [--clients 1 8 32] [--rounds 5] [--each 48]`.

A move, a case and pages over HTTP, beside the same SQL (or a bare page) behind a bare endpoint of
the same framework, in turn; rates, and how long the slowest wait beside the middle.
"""

import argparse
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.clients import House, Took, asked, crowd, free_port, median
from benchmarks.compare import work_of

ROOT = Path(__file__).parent.parent
# Which bare endpoint stands beside which work.
FLOOR = {
    "create": "/move",
    "move": "/move",
    "move, answered without the case": "/move",
    "case, JSON": "/page",
    "list of 50, JSON": "/page",
    "letter, PDF": "/page",
    "case page": "/page",
    "worklist page": "/page",
    "morning page": "/page",
}
BARE = """
import sys, threading, uvicorn
from itertools import count
from pathlib import Path
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from benchmarks.__main__ import fill_raw, raw_sqlite

app, page = FastAPI(), "<!doctype html><title>x</title><p>" + "een regel tekst " * 1300
raw, move = raw_sqlite(Path(sys.argv[2]) / "bare.sqlite", shared=True)
turn, keys = threading.Lock(), count(1)
fill_raw(raw, range(1, 20_001), "?")

@app.post("/move")
def moved():
    with turn:
        move([next(keys)])
    return Response(status_code=204)

@app.get("/page")
def bare():
    return HTMLResponse(page)

uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", access_log=False)
"""


def bare() -> tuple[subprocess.Popen, int]:
    """Start the bare server; gives it with its port."""
    port, environment = free_port(), os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", BARE, str(port), tempfile.mkdtemp()]
    server = subprocess.Popen(command, env=environment)
    for _ in range(600):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return server, port
        time.sleep(0.1)
    raise SystemExit("the bare server did not open")


def rounds(house: House, port: int, clients: int, options: argparse.Namespace):
    """Give what so many clients saw of each work and of its floor, round by round."""
    found: dict[str, list[tuple[Took, Took]]] = {}
    for number in range(options.rounds + 1):
        for name, requests in work_of(house, options.each).items():
            method = "POST" if FLOOR[name] == "/move" else "GET"
            floor = [asked(method, FLOOR[name], {})] * options.each
            ours, _ = crowd(house.port, requests, clients)
            beside, _ = crowd(port, floor, clients)
            if number:  # the first round warms up
                found.setdefault(name, []).append((ours, beside))
    return found


def told(found: dict[str, list[tuple[Took, Took]]], clients: int) -> None:
    """Print the rows of so many clients."""
    for name, seen in found.items():
        rate, floor = (median([r[which].rate for r in seen]) for which in (0, 1))
        ratio = median([ours.rate / beside.rate for ours, beside in seen])
        half, most = (median([r[0].part(share) for r in seen]) for share in (0.5, 0.95))
        print(
            f"| {name} | {clients} | {rate:,.0f}/s | {floor:,.0f}/s | {ratio:.3f} | {half:.0f} ms |"
            f" {most:.0f} ms | {most / half:.1f} |",
            flush=True,
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    for name, usual in (("--rounds", 5), ("--each", 48)):
        parser.add_argument(name, type=int, default=usual)
    options = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()},"
        f" {time.strftime('%Y-%m-%d')}, {options.rounds} rounds of {options.each}, SQLite FULL\n"
    )
    print("| work | clients | ours | bare | ratio | p50 | p95 | p95 : p50 |")
    print("|---|---|---|---|---|---|---|---|")
    with ExitStack() as kept:
        house = House(ROOT)
        kept.callback(house.close)
        server, port = bare()
        kept.callback(server.terminate)
        for clients in options.clients:
            told(rounds(house, port, clients, options), clients)


if __name__ == "__main__":
    main()
