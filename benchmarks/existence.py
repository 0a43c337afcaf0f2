"""How long each address takes for what one may not see and for what is not there, in turn.

`.venv/bin/python -m benchmarks.existence [ROUNDS]`: by two hundred addresses and more, in one
process on SQLite; prints the addresses whose medians differ most, and in how many they lie outside
the noise of their own rounds.
"""

import statistics
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from conftest import make_folder
from support.cast import Client, hire_north, reader
from support.everything import furnish
from support.http import Http
from web.test_existence import ACTS, NOT_OF_A_CASE, OF_A_CASE, addresses, filled, prefix_of

from amhk.desk.staff import conflicts
from amhk.office import open_office
from amhk.store.letters.outbox import OUT
from amhk.web.app import create_app


def house(folder):
    """A house in which Nel of another team may see no case; gives it and what is where."""
    office = open_office(make_folder(folder / "m", "meldpunt.sqlite", seated=True), proof=False)
    places = furnish(office)
    hire_north(office)
    known = {"worker": "Anna", "ground": "familie", "reason": "Zegt zij zelf."}
    conflicts.know_other(office, places["melding"], known, reader(office, "Mia"))
    with office.store.read() as connection:
        places["out"] = connection.execute(OUT.select()).first().id
    return office, places | {"file": 1, "conflict": 1}


def pairs(places):
    """Each way to ask: the door, how, the address of what is hidden, and of what is not there."""
    for door, method, path in sorted(addresses()):
        if prefix_of(path) and not NOT_OF_A_CASE.match(path):
            for hidden, absent in zip(
                filled(path, places, True), filled(path, places, False), strict=True
            ):
                yield door, method, hidden, absent


def asking(office, name):
    """Give a function that asks at an address as somebody, and says how long it took (seconds)."""
    browser, program = Http(create_app(office)), Client(office, name)
    browser.sign_in(name)

    def ask(door, method, where):
        """Ask once."""
        begun = time.perf_counter()
        if door:
            program.ask(method, door + where, {"version": 1} if method == "POST" else None, ANY)
        elif method == "POST":
            browser.send(where, version="1")
        else:
            browser.get(where, follow_redirects=False)
        return time.perf_counter() - begun

    return ask


ANY = range(200, 600)
# Of another team, who knows the people, and two who see no case.
READERS = ("Nel", "Anna", "Rita", "Bea")


def timed(ask, door, method, pair, rounds):
    """Give the sorted times (seconds) of what is hidden and of what is absent, asked in turns."""
    times = {where: [] for where in pair}
    for n in range(rounds):
        for where in pair[:: -1 if n % 2 else 1]:
            times[where].append(ask(door, method, where))
    return [sorted(times[where]) for where in pair]


def apart(here, there):
    """Tell whether a median lies outside what eight of ten of the other took."""
    tenth = len(there) // 10
    return not there[tenth] <= statistics.median(here) <= there[-tenth - 1]


def measure(rounds):
    """Ask everything in turns, all of it twice; print what differs, and what differs both times."""
    with tempfile.TemporaryDirectory() as place:
        office, places = house(Path(place))
        asked = [*product(READERS, pairs(places))]
        askers = {name: asking(office, name) for name in READERS}
        passes = []
        for _ in range(2):
            passes.append([])
            for name, (door, method, *pair) in asked:
                here, there = timed(askers[name], door, method, pair, rounds)
                ratio = statistics.median(here) / statistics.median(there)
                passes[-1].append((ratio, apart(here, there)))
        office.close()
    print(f"{len(asked)} addresses, two passes of {rounds} rounds each, hidden : absent")
    for found in passes:
        ratios = sorted(ratio for ratio, _ in found)
        print(
            f"median ratio {statistics.median(ratios):.3f}, from {ratios[0]:.3f} to"
            f" {ratios[-1]:.3f}; outside the noise of their own rounds: {sum(a for _, a in found)}"
        )
    both = [
        (*(r for r, _ in found), f"{name} {method} {door}{pair[0]}")
        for (name, (door, method, *pair)), found in zip(
            asked, zip(*passes, strict=True), strict=True
        )
        if all(out for _, out in found)
    ]
    print(f"outside it in both passes: {len(both)}")
    for first, second, what in both:
        print(f"  {first:.3f} {second:.3f} {what}")


if __name__ == "__main__":
    assert ACTS and OF_A_CASE
    measure(int(sys.argv[1]) if sys.argv[1:] else 40)
