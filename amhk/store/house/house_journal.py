"""The house's own journal: calendar, piket, absence and the proof of the night, one chain.

And what stands open against the house.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from amhk.store.cases.journal import as_json
from amhk.store.reads import META, WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import HouseEntry, Incident, table
from amhk.words import iso

HOUSE, INCIDENT = table(HouseEntry), table(Incident)


def _link(
    previous: str,
    sequence: int,
    instant: datetime,
    worker: int | None,
    kind: str,
    what: str,
    content: str,
) -> str:
    return sha256(
        "\n".join(
            (previous, str(sequence), iso(instant), str(worker or ""), kind, what, content)
        ).encode()
    ).hexdigest()


def append(
    connection: Connection,
    instant: datetime,
    worker: int | None,
    kind: str,
    what: str,
    content: Mapping[str, object],
) -> str:
    """Write the next line and give its hash; who writes at the same time waits."""
    if (
        connection.execute(
            update(META).where(META.c.key == "house").values(value=META.c.value)
        ).rowcount
        == 0
    ):
        connection.execute(insert(META).values(key="house", value=""))
    last = connection.execute(
        select(HOUSE.c.sequence, HOUSE.c.hash).order_by(HOUSE.c.sequence.desc()).limit(1)
    ).first()
    sequence, previous = (last[0] + 1, last[1]) if last else (1, "")
    told = as_json(content)
    made = _link(previous, sequence, instant, worker=worker, kind=kind, what=what, content=told)
    connection.execute(
        insert(HOUSE).values(
            sequence=sequence,
            instant=instant,
            worker_id=worker,
            kind=kind,
            what=what,
            content=told,
            previous=previous,
            hash=made,
        )
    )
    connection.execute(update(META).where(META.c.key == "house").values(value=f"{sequence} {made}"))
    return made


def entries(connection: Connection, kind: str | None = None, limit: int = 100) -> list[Row]:
    """Give the latest lines (of a kind), the last first, with the name of who wrote them."""
    statement = select(*HOUSE.c, WORKER.c.name.label("worker")).outerjoin(
        WORKER, WORKER.c.id == HOUSE.c.worker_id
    )
    if kind:
        statement = statement.where(HOUSE.c.kind == kind)
    return rows(connection, statement.order_by(HOUSE.c.sequence.desc()).limit(limit))


def content_of(entry: Row) -> Row:
    """Give what a line tells beyond its sentence."""
    told: Row = json.loads(entry["content"])
    return told


def last(connection: Connection, kind: str) -> Row | None:
    """Give the content of the latest line of a kind, with its instant and hash."""
    found = entries(connection, kind, 1)
    return (
        json.loads(found[0]["content"]) | {"instant": found[0]["instant"], "hash": found[0]["hash"]}
        if found
        else None
    )


def verify(connection: Connection) -> Iterator[str]:
    """Give, in Dutch, every break in the chain of the house's journal."""
    sequence, previous = 0, ""
    for e in rows(connection, select(HOUSE).order_by(HOUSE.c.sequence)):
        if e["sequence"] != sequence + 1 or e["previous"] != previous:
            yield f"Logboek van het huis: regel {sequence + 1} ontbreekt of sluit niet aan."
        worked = _link(
            e["previous"],
            e["sequence"],
            e["instant"],
            worker=e["worker_id"],
            kind=e["kind"],
            what=e["what"],
            content=e["content"],
        )
        if worked != e["hash"]:
            yield f"Logboek van het huis: regel {e['sequence']} is gewijzigd."
        sequence, previous = e["sequence"], e["hash"]
    told = connection.execute(select(META.c.value).where(META.c.key == "house")).scalar() or ""
    if told not in ("", "0") and told != f"{sequence} {previous}":
        yield "Logboek van het huis: het is afgekapt of aangevuld."


def open_incidents(connection: Connection) -> list[Row]:
    """Give what stands open against the house, the oldest first."""
    return rows(
        connection, select(INCIDENT).where(INCIDENT.c.closed.is_(None)).order_by(INCIDENT.c.id)
    )
