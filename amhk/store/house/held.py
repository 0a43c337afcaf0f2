"""Rows of the house that its journal holds: each line that tells of one has the hash of it, so that
nobody changes one behind the program.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select
from sqlmodel import SQLModel

from amhk.store.cases.journal import as_json
from amhk.store.house import house_journal
from amhk.store.house.house_journal import HOUSE
from amhk.store.reads import as_rows, rows

MELDPUNT, ARRIVAL, REGISTER, TEXT = "meldpunt", "dossier", "register", "tekst"
_KINDS = (MELDPUNT, ARRIVAL, REGISTER, TEXT)
_TABLES = {
    "meldpunten": "een kaart van een meldpunt",
    "arrivals": "een binnengekomen dossier",
    "matters": "een zaak in het register",
    "matter_steps": "een stap in het register",
    "letter_texts": "een tekst van een brief",
}
_LEFT = {"sealed"}  # it has a hash of its own, and goes when it was answered
_HELD, _SIGNS = "rows", 32
Place = tuple[str, int]  # a table and a key in it


@cache
def _all(name: str) -> Select[Any]:
    source = SQLModel.metadata.tables[name]
    return select(*(c for c in source.c if c.name not in _LEFT)).order_by(source.c.id)


@cache
def _one(name: str) -> Select[Any]:
    return _all(name).where(SQLModel.metadata.tables[name].c.id == bindparam("of"))


def _hash(row: Mapping[str, object]) -> str:
    return sha256(as_json({"row": dict(row)}).encode()).hexdigest()[:_SIGNS]


def tell(
    connection: Connection,
    now: datetime,
    worker: int | None,
    kind: str,
    what: str,
    places: Sequence[Place],
    **content: object,
) -> None:
    """Write a line in the journal of the house about rows as they now are."""
    held = {}
    for name, key in places:
        (row,) = as_rows(connection.execute(_one(name), {"of": key}))
        held[f"{name} {key}"] = _hash(row)
    told = {**content, _HELD: held}
    house_journal.append(connection, now, worker, kind=kind, what=what, content=told)


def _waiting(connection: Connection) -> Iterator[str]:
    """Hold what came and waits for an answer to its hash."""
    source = SQLModel.metadata.tables["arrivals"]
    asked = select(source.c.id, source.c.sealed, source.c.hash)
    for row in connection.execute(asked.where(source.c.state == "waiting")):
        if row.sealed is None or sha256(row.sealed).hexdigest() != row.hash:
            yield f"Een binnengekomen dossier ({row.id}) is niet wat er binnenkwam."


def _said(connection: Connection) -> dict[str, str]:
    """Give the hash the journal last told of each row, by its table and key."""
    said: dict[str, str] = {}
    lines = select(HOUSE.c.content).where(HOUSE.c.kind.in_(_KINDS)).order_by(HOUSE.c.sequence)
    for (content,) in connection.execute(lines):
        said |= json.loads(content).get(_HELD, {})
    return said


def told_of(connection: Connection) -> set[Place]:
    """Give every row the journal of the house holds."""
    places = (place.partition(" ") for place in _said(connection))
    return {(name, int(key)) for name, _, key in places}


def faults(connection: Connection) -> Iterator[str]:
    """Give, in Dutch, every row that is not what the journal of the house says, or of which one of
    the two is not there.
    """
    said = _said(connection)
    for name, title in _TABLES.items():
        for row in rows(connection, _all(name)):
            if said.pop(f"{name} {row['id']}", "") != _hash(row):
                yield f"Logboek van het huis: {title} ({row['id']}) is niet wat het zegt."
    yield from _waiting(connection)
    for place in said:
        title = _TABLES[place.partition(" ")[0]]
        yield f"Logboek van het huis: {title} ({place.partition(' ')[2]}) is weg."
