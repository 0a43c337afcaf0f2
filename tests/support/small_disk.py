"""A house on a small disk of its own that fills up, or can no longer be written: run by itself, in
a name space where such a disk can be mounted, and gone with it.

`unshare -rm python -m support.small_disk WHAT FOLDER ROUNDS` says on the last line, in JSON, how
many calls were answered, how many refused, and what of it all was wrong afterwards.
"""

import json
import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp

from amhk.desk.house.self_check import changed_behind
from amhk.office import open_office
from amhk.store import reads
from support.cast import Client
from support.families import EL_AMRANI, melding

PLENTY = 20_000_000


def mount(*words):
    subprocess.run(["mount", *map(str, words)], check=True)


def take_calls(client, most, told):
    """Take calls until one is refused; each that was answered is remembered."""
    for _ in range(most):
        answer = client.ask("POST", "/cases", melding(EL_AMRANI), expect=(201, 503))
        if answer.status_code == 503:
            assert answer.json()["detail"], "a sentence says why"
            told["refused"] += 1
            return
        told["answered"].append(answer.json()["number"])


def fill(place, leave=0):
    """Fill the disk to its last byte but these."""
    with (place / "vol").open("ab", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)
    os.truncate(place / "vol", (place / "vol").stat().st_size - leave)


def full(client, place, rounds, told):
    """The disk is full to the last byte, and then again and again has little room."""
    dice = random.Random(3)
    fill(place)
    take_calls(client, 20, told)
    assert told["refused"], "on a disk without a byte nothing is answered"
    for _ in range(rounds):
        fill(place, leave=dice.randrange(10_000, 400_000))
        take_calls(client, 200, told)
    (place / "vol").unlink()


def unwritable(client, place, rounds, told):
    """The disk is mounted anew, to be read only, while the house is open."""
    for _ in range(rounds):
        take_calls(client, 5, told)
        client.office.close()  # its files; what asks next opens them anew
        mount("-o", "remount,ro", place)
        take_calls(client, 1, told)
        mount("-o", "remount,rw", place)
    take_calls(client, 5, told)


def wrong_after(path, answered):
    """Say what is not as it must be once the house is opened again."""
    office = open_office(path, proof=False)
    with office.store.read() as connection:
        there = {*reads.every_number(connection).values()}
        bare = reads.open_without_term(connection)[1]
    found = [f"{number} is gone" for number in answered if number not in there]
    found += [f"{number} has no term" for number in bare] + changed_behind(office)
    number = Client(office).post("/cases", melding(EL_AMRANI))["number"]
    found += [] if number not in answered else [f"{number} was given twice"]
    office.close()
    return found


def main(what, folder, rounds):
    """Play it, and say how it went."""
    place = Path(mkdtemp(prefix="amhk-schijf-"))
    mount("-t", "tmpfs", "-o", f"size={PLENTY}", "amhk", place)
    copytree(folder, place / "m")
    path = place / "m" / "config.toml"
    told = {"answered": [], "refused": 0}
    office = open_office(path, proof=False)
    client = Client(office)
    take_calls(client, 3, told)
    {"full": full, "unwritable": unwritable}[what](client, place, int(rounds), told)
    office.close()
    told["wrong"] = wrong_after(path, told["answered"])
    print(json.dumps({**told, "answered": len(told["answered"])}))


if __name__ == "__main__":
    main(*sys.argv[1:])
