"""What the chains of the house came to, up to a line of each: what an anchor says and what is held
against it.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from sqlalchemy import Connection, func, select

from amhk.store.house.house_journal import HOUSE
from amhk.store.reads import ENTRY, LOOK
from amhk.store.tables import KeptReport, table

_SOURCES = {
    "journal": (ENTRY, ("case_id", "sequence", "hash")),
    "house": (HOUSE, ("sequence", "hash")),
    "looks": (LOOK, ("chain", "sequence", "hash")),
    "reports": (table(KeptReport), ("number", "hash")),
}
Positions = Mapping[str, int]


def ends(connection: Connection) -> dict[str, int]:
    """Give the last line (its key) of each chain; 0 of one that is empty."""
    return {
        name: connection.execute(select(func.coalesce(func.max(source.c.id), 0))).scalar_one()
        for name, (source, _) in _SOURCES.items()
    }


def digests(
    connection: Connection, before: Mapping[str, str], after: Positions, until: Positions
) -> dict[str, str]:
    """Give what each chain comes to at a line, from what it came to (`before`) at an earlier one.

    Each line counts with its place and its hash, in the order in which it was written.
    """
    return {
        name: _digest(connection, name, before.get(name, ""), after.get(name, 0), until[name])
        for name in _SOURCES
    }


def _digest(connection: Connection, name: str, before: str, after: int, until: int) -> str:
    source, columns = _SOURCES[name]
    made = sha256(before.encode())
    asked = select(source.c.id, *(source.c[c] for c in columns))
    asked = asked.where(source.c.id > after, source.c.id <= until).order_by(source.c.id)
    for row in connection.execution_options(yield_per=5_000).execute(asked):
        made.update((" ".join(map(str, row)) + "\n").encode())
    return made.hexdigest()


def along(connection: Connection, places: Sequence[Positions]) -> Iterator[dict[str, str]]:
    """Give what each chain comes to at each of these places, one after the other."""
    before: dict[str, str] = {}
    after: Positions = {}
    for until in places:
        before = digests(connection, before, after, until)
        after = until
        yield before
