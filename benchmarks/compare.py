"""`python -m benchmarks.compare BASE [--clients 8] [--rounds 5] [--each 24]`.

This checkout beside another (a folder, or a commit of this repository): the same work over HTTP and
the command line, in turn, as ratios of one run; ends with 1 when something is slower beyond what
the rounds differ among themselves.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.clients import MOVE, House, asked, call, crowd, median, taken

ROOT = Path(__file__).parent.parent
SLOWER = 0.9  # of the rate of the base, in the middle round; and in no round as fast
PAGES = {"worklist page": "/werkvoorraad", "morning page": "/"}
COMMANDS = {
    "`amhk --help`": ["--help"],
    "`amhk due`": ["due", "onderzoek", "2026-02-16"],
    "`amhk tick` (a round)": ["tick"],
    "`amhk check`": ["check"],
}


def checkout(base: str) -> Path:
    """Give the folder of what is compared with: as given, or this repository at that commit."""
    if Path(base).is_dir():
        return Path(base).resolve()
    folder = Path(tempfile.mkdtemp()) / "base"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    subprocess.run(["git", "checkout", "-q", base], cwd=folder, check=True)
    return folder


def letter_of(house: House, number: str) -> int:
    """Give the key of a letter of a case that can be made."""
    _, bodies = crowd(house.port, [asked("GET", f"/api/v1/cases/{number}", house.heads())], 1)
    kinds = {n["kind"]: n["id"] for n in json.loads(bodies[0])["notices"]}
    return kinds["informeren_betrokkene"]


def work_of(house: House, each: int) -> dict[str, list[bytes]]:
    """Give the requests of one round, by the name of the work."""
    numbers = taken(house, each)
    move = json.dumps(MOVE).encode()
    heads, cookie = house.heads(), house.cookie()
    bare = house.heads(prefer="return=minimal")
    first = numbers[0]
    return {
        "create": [asked("POST", "/api/v1/cases", heads, call()) for _ in range(each)],
        "move": [
            asked("POST", f"/api/v1/cases/{n}/moves/veiligheidsbeoordeling", heads, move)
            for n in numbers
        ],
        "move, answered without the case": [
            asked("POST", f"/api/v1/cases/{n}/moves/veiligheidsbeoordeling", bare, move)
            for n in taken(house, each)
        ],
        "case, JSON": [asked("GET", f"/api/v1/cases/{first}", heads)] * each,
        "list of 50, JSON": [asked("GET", "/api/v1/cases", heads)] * each,
        "letter, PDF": [asked("GET", f"/api/v1/notices/{letter_of(house, first)}.pdf", heads)]
        * each,
        "case page": [asked("GET", f"/zaak/{first}", cookie)] * each,
        **{name: [asked("GET", path, cookie)] * each for name, path in PAGES.items()},
    }


def commanded(house: House, words: list[str]) -> float:
    """Give how many times a second a command can be given."""
    begun = time.perf_counter()
    house._amhk(*words)
    return 1 / (time.perf_counter() - begun)


def rounds(houses: list[House], options: argparse.Namespace) -> dict[str, list[list[float]]]:
    """Give the rates of each work, round by round, of the base and of ours; the order turns."""
    found: dict[str, list[list[float]]] = {}
    for number in range(options.rounds + 1):
        order = (0, 1) if number % 2 else (1, 0)
        works = [work_of(house, options.each) for house in houses]
        for name in works[0]:
            rates = [0.0, 0.0]
            for which in order:
                took, _ = crowd(houses[which].port, works[which][name], options.clients)
                rates[which] = took.rate
            if number:  # the first round warms up
                found.setdefault(name, []).append(rates)
        for name, words in COMMANDS.items():
            rates = [0.0, 0.0]
            for which in order:
                rates[which] = commanded(houses[which], words)
            if number:
                found.setdefault(name, []).append(rates)
    return found


def told(found: dict[str, list[list[float]]]) -> list[str]:
    """Print the table; gives the names of what became slower."""
    print("| work | base | ours | ours : base | in the rounds |\n|---|---|---|---|---|")
    slower = []
    for name, rates in found.items():
        ratios = sorted(ours / base for base, ours in rates)
        base, ours = (median([r[which] for r in rates]) for which in (0, 1))
        middle = median(ratios)
        if middle < SLOWER and ratios[-1] < 1:
            slower.append(name)
        print(
            f"| {name} | {base:,.1f}/s | {ours:,.1f}/s | {middle:.2f} |"
            f" {ratios[0]:.2f} to {ratios[-1]:.2f} |"
        )
    return slower


def main() -> None:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    for name, usual in (("--clients", 8), ("--rounds", 5), ("--each", 24)):
        parser.add_argument(name, type=int, default=usual)
    options = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()},"
        f" {time.strftime('%Y-%m-%d')}, base {options.base}, {options.clients} clients,"
        f" {options.rounds} rounds of {options.each}, SQLite\n"
    )
    with ExitStack() as kept:
        houses = []
        for root in (checkout(options.base), ROOT):
            houses.append(House(root))
            kept.callback(houses[-1].close)
        slower = told(rounds(houses, options))
    if slower:
        print(f"\nslower: {', '.join(slower)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
