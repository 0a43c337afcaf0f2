"""What encryption at rest costs: the same work in two houses on SQLite, one in the clear and one
encrypted (SQLCipher), in turn.

`.venv/bin/python -m benchmarks.at_rest [ROUNDS] [CASES]`: medians of rounds, and the ratio.
"""

import os
import statistics
import sys
import time
from io import BytesIO
from secrets import token_hex

from amhk.desk.cases import attachments, moves, reading
from amhk.desk.intake import calls
from amhk.desk.worklists import worklist
from amhk.office import open_office
from benchmarks.__main__ import MELDING, office_on

KEY = "AMHK_DATABASE_KEY"
PAPER = b"%PDF-1.4\n" + b"x" * 500_000


def house(key):
    """Give an open house with its worker, encrypted where there is a key."""
    os.environ[KEY] = key
    if not key:
        del os.environ[KEY]
    return office_on("meldpunt.sqlite")


def timed(act, times):
    """Give the milliseconds of one, over a number of times."""
    begun = time.perf_counter()
    for n in range(times):
        act(n)
    return 1000 * (time.perf_counter() - begun) / times


def work(office, who, count):
    """Give what a desk does all day, each in milliseconds."""
    numbers = [calls.take_call(office, MELDING, who) for _ in range(count)]
    told = {"version": 1, "uitkomst": "onderzoek nodig"}
    move = "veiligheidsbeoordeling"
    found = {
        "a call taken": timed(lambda n: calls.take_call(office, MELDING, who), count),
        "a move": timed(
            lambda n: moves.make_move(office, numbers[n], move, dict(told), who), count
        ),
        "a case read": timed(lambda n: reading.case_view(office, numbers[n], who), count),
        "a worklist": timed(lambda n: worklist.worklist(office, who, {}), count),
    }
    keys = []
    found["an attachment kept (500 kB)"] = timed(
        lambda n: keys.append(
            attachments.add_file(office, numbers[0], "a.pdf", BytesIO(PAPER), who)
        ),
        10,
    )
    found["an attachment read"] = timed(
        lambda n: attachments.read_file(office, numbers[0], keys[n], who), 10
    )
    return found


def opened(office, key):
    """Give the milliseconds in which a house opens."""
    os.environ[KEY] = key
    if not key:
        del os.environ[KEY]
    return timed(lambda n: open_office(office.config.path, proof=False).close(), 3)


def main(rounds, count):
    """Ask both in turn; print medians and ratios."""
    key = token_hex(32)
    houses = {"plain": ("", *house("")), "encrypted": (key, *house(key))}
    times = {name: {} for name in houses}
    for n in range(rounds):
        for name in (*houses,)[:: -1 if n % 2 else 1]:
            secret, office, who = houses[name]
            told = work(office, who, count) | {"a house opened": opened(office, secret)}
            for what, took in told.items():
                times[name].setdefault(what, []).append(took)
    print("| work | plain | encrypted | encrypted : plain |\n|---|---|---|---|")
    for what in times["plain"]:
        plain, other = (statistics.median(times[name][what]) for name in houses)
        print(f"| {what} | {plain:.2f} ms | {other:.2f} ms | {other / plain:.2f} |")


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:], *("5", "100")[len(sys.argv) - 1 :])))
