"""Anchors: every night what all chains came to is signed and written outside the database, so that
who can write the database alone cannot rebuild a chain, nor roll it back.

An anchor is a line of `ankers.jsonl` beside config.toml; each names the one before it.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from amhk.office import Office
from amhk.signing import public_key, sign, signed_by
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.house import anchored, house_journal
from amhk.store.rows import Json, Row
from amhk.words import iso, local

NAME, KIND = "ankers.jsonl", "anker"
_PARTS = {"number", "at", "places", "digests", "previous", "key", "signature"}
_FRESH = timedelta(hours=1)
_SEEN = "anchor_at"  # where the chains ended a round ago: nobody still writes before it


def canonical(told: Row) -> bytes:
    """Give an anchor without its signature as the bytes that are signed."""
    plain = {k: v for k, v in told.items() if k != "signature"}
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def read(place: Path) -> list[Json]:
    """Give the anchors of a file, the first on top; ValueError for a line that is none. A last line
    that was cut off while it was written is none yet.
    """
    if not place.exists():
        return []
    whole = place.read_text(encoding="utf-8").rpartition("\n")[0]
    told = [json.loads(line) for line in whole.splitlines() if line]
    if not all(isinstance(one, dict) and one.keys() >= _PARTS for one in told):
        raise ValueError(place)
    return told


def drop_when_due(office: Office, now: datetime) -> bool:
    """Write the anchor of today when its hour has come and there is none yet (`now` is real time);
    tells whether it did.

    It goes as far as a round ago: by then nobody still writes a line before that place.
    """
    with office.store.read() as connection:
        ends, seen = anchored.ends(connection), reads.meta(connection, _SEEN)
    told: Json = json.loads(seen or "{}")
    fresh = told and abs(now - datetime.fromisoformat(told["at"])) < _FRESH
    known = read(office.config.folder / NAME)
    today = local(now).date().isoformat()
    due = local(now).hour >= office.config.proof_hour and not (
        known and known[-1]["at"][:10] == today
    )
    if not due:
        return False
    if not fresh:
        _remember(office, json.dumps({"at": now.isoformat(), "places": ends}))
        return False
    drop(office, now, told["places"], known)
    _remember(office, "")
    return True


def _remember(office: Office, told: str) -> None:
    with office.store.write() as connection:
        writes.set_meta(connection, _SEEN, told)


def drop(office: Office, now: datetime, places: anchored.Positions, known: list[Json]) -> None:
    """Write an anchor at these places, after those that are known, and a line that says so."""
    last = known[-1] if known else None
    with office.store.snapshot() as connection:
        before = last["digests"] if last else {}
        after = last["places"] if last else {}
        digests = anchored.digests(connection, before, after, places)
    told: Json = {
        "number": len(known) + 1,
        "at": iso(now),
        "organisation": office.config.organisation,
        "places": dict(places),
        "digests": digests,
        "previous": sha256(canonical(last)).hexdigest() if last else "",
    }
    told["key"], _ = sign(office.config.folder, b"")
    told["signature"] = sign(office.config.folder, canonical(told))[1]
    place = office.config.folder / NAME
    with place.open("r+b" if place.exists() else "w+b") as file:
        whole = file.read().rpartition(b"\n")  # what was cut off while it was written goes
        file.seek(len(whole[0] + whole[1]))
        file.truncate()
        file.write(json.dumps(told, sort_keys=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    content: Json = {"number": told["number"], "hash": sha256(canonical(told)).hexdigest()}
    with office.store.write() as connection:
        what = f"Anker {told['number']} geslagen: {digests['journal'][:16]}."
        house_journal.append(
            connection, datetime.now(UTC), None, kind=KIND, what=what, content=content
        )


def up_to(office: Office, connection: Connection) -> bytes:
    """Give the lines of the anchors this moment of the database knows of; empty when none."""
    told = house_journal.last(connection, KIND)
    place = office.config.folder / NAME
    if told is None or not place.exists():
        return b""
    return b"".join(place.read_bytes().splitlines(keepends=True)[: told["number"]])


def faults(office: Office) -> Iterator[str]:
    """Give, in Dutch, every anchor that is not what the chains are, and every one that is gone."""
    try:
        known = read(office.config.folder / NAME)
        with office.store.snapshot() as connection:
            yield from _said(office, connection, known)
            yield from _reached(connection, known)
    except (ValueError, KeyError, TypeError, AttributeError):
        yield f"{NAME}: er staat iets in dat geen anker is."


def _said(office: Office, connection: Connection, known: list[Json]) -> Iterator[str]:
    """Hold the anchors to each other, to the key of this meldpunt, and to the lines of the house
    that say they were dropped.
    """
    lines = house_journal.entries(connection, KIND, 1_000_000)
    told = {line["number"]: line["hash"] for line in map(house_journal.content_of, lines)}
    if max(told, default=0) > len(known):
        yield f"{NAME}: er zijn {max(told)} ankers geslagen en er staan er {len(known)}."
    own = public_key(office.config.folder)
    previous, key = "", own or (known[0]["key"] if known else "")
    for number, one in enumerate(known, 1):
        hash_ = sha256(canonical(one)).hexdigest()
        if (one["number"], one["previous"]) != (number, previous):
            yield f"{NAME}: anker {number} sluit niet aan op het vorige."
        elif one["key"] != key or not signed_by(key, one["signature"], canonical(one)):
            yield f"{NAME}: anker {number} heeft niet de handtekening van dit meldpunt."
        elif told.get(number, hash_) != hash_:
            yield f"{NAME}: anker {number} is een ander dan het logboek van het huis zegt."
        previous = hash_


def _reached(connection: Connection, known: list[Json]) -> Iterator[str]:
    """Hold the chains to the anchors."""
    ends = anchored.ends(connection)
    along = anchored.along(connection, [one["places"] for one in known])
    for one, now in zip(known, along, strict=True):
        of = f"Anker {one['number']} van {str(one['at'])[:10]}"
        if any(place > ends[name] for name, place in one["places"].items()):
            yield f"{of}: de database is van eerder, of regels zijn weg."
            return
        if now != one["digests"]:
            yield f"{of}: wat ervoor geschreven is, is daarna gewijzigd."
            return
