"""Reading a file of others in a process of its own, with an end to its time and memory.

Whatever is in the file, the house goes on.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from threading import BoundedSemaphore
from typing import BinaryIO

from amhk.errors import BadInput
from amhk.sheets.lines import MOST_BYTES, Line, no
from amhk.sheets.reading import lines

# Seconds of one processor (and more for each MB that was sent), and bytes of memory that reading
# one file may take.
MOST_SECONDS, SECONDS_A_MB, MOST_MEMORY = 30, 12, 2 << 30
_AT_ONCE, _IN_HOUSE = BoundedSemaphore(2), BoundedSemaphore(4)
_TOO_MUCH = (
    "Dit bestand vraagt te veel tijd of geheugen om te lezen en wordt niet geopend. Splits het, of"
    " sla het opnieuw op zonder opmaak en lege cellen."
)
_BUSY = "Er worden nu al andere bestanden gelezen. Probeer het over een minuut opnieuw."
_TOLD = "amhk-gelezen"


def read_apart(
    file: BinaryIO, inside: str, schema: str = "", waits: bool = False
) -> Iterator[Line]:
    """Give the rows of a file as `reading.lines` does, read in a process of its own as they are
    asked for.

    Two are read at once and two wait for them; BadInput, in one sentence, for one more (with
    `waits` it waits too: it was read before), and
    for a file that cannot be read or asks more of a processor or of memory than its size allows.
    """
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise no(
            f"Dit bestand is {size // 1_000_000} MB; hooguit {MOST_BYTES // 1_000_000} MB. Splits"
            " het in delen."
        )
    file.seek(0)
    if not _IN_HOUSE.acquire(blocking=waits):
        raise no(_BUSY)
    try:
        with _AT_ONCE, NamedTemporaryFile(prefix="amhk-", suffix=".bestand") as copied:
            copyfileobj(file, copied)
            copied.flush()
            yield from _told(
                copied.name, inside, schema, MOST_SECONDS + SECONDS_A_MB * size // 1_000_000
            )
    finally:
        _IN_HOUSE.release()


def _told(name: str, inside: str, schema: str, seconds: int) -> Iterator[Line]:
    command = [sys.executable, "-m", "amhk.sheets.apart", name, inside, schema, str(seconds)]
    reader = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        assert reader.stdout is not None
        for raw in reader.stdout:
            kind, *told = json.loads(raw)
            if kind == "line":
                number, cells, wrong, head = told
                yield Line(number=number, cells=cells, wrong=wrong, head=tuple(head))
            elif kind == "no":
                raise no(told[0])
            else:
                return
        raise no(_TOO_MUCH)  # it ended without a last word
    except ValueError as wrong:
        raise no(_TOO_MUCH) from wrong
    finally:
        reader.kill()
        if reader.stdout:
            reader.stdout.close()
        reader.wait()


def main(name: str, inside: str, schema: str, seconds: str) -> None:
    """Read a file in so many seconds of a processor and tell its rows on standard output, one in
    JSON per line; the last line says that all was told, or why not.
    """
    _bound(int(seconds))
    tell = sys.stdout.write
    try:
        with Path(name).open("rb") as file:
            for line in lines(file, inside, schema):
                tell(json.dumps(["line", line.number, line.cells, line.wrong, line.head]) + "\n")
        tell(json.dumps([_TOLD]) + "\n")
    except BadInput as wrong:
        tell(json.dumps(["no", wrong.faults[0].text]) + "\n")
    except MemoryError:
        tell(json.dumps(["no", _TOO_MUCH]) + "\n")


def _bound(seconds: int) -> None:
    """Set an end to time and memory where the system can, and give way to the house."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    with suppress(AttributeError, OSError):
        os.nice(10)


if __name__ == "__main__":
    main(*sys.argv[1:5])
