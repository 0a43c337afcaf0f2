"""The journal: append-only, hash-chained per case over salted commitments.

`verify` finds what was changed, removed or cut off.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any, cast

from sqlalchemy import Connection, insert, select, update

from amhk.store.reads import meta
from amhk.store.ready import put
from amhk.store.rows import EntryRow, Json, Row
from amhk.store.tables import Case, Counter, Entry, table
from amhk.words import iso

_ENTRY, _CASE, _COUNTER = table(Entry), table(Case), table(Counter)
# In the content of a line: of which lines words were erased, each with `left_of` it.
ERASED = "gewist"
EMPTIED = "emptied_before"  # entries that were emptied before that was kept
_STANDS = (
    "sequence",
    "instant",
    "worker_id",
    "kind",
    "what",
    "terms",
    "figures",
    "held",
    "content",
    "commitment",
    "previous",
    "hash",
)
_INSERT = insert(_ENTRY)


def as_json(content: Mapping[str, object]) -> str:
    """Give content as one canonical JSON text; days and instants as ISO 8601."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, default=_plain, separators=(",", ":")
    )


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return iso(value)
    raise TypeError(f"{type(value).__name__} cannot stand in the journal")


def plain(content: Mapping[str, object]) -> dict[str, object]:
    """Give content as JSON can hold it: days and instants as ISO 8601."""
    told: dict[str, object] = json.loads(as_json(content))
    return told


def commit_to(salt: str, content: str) -> str:
    """Give the salted commitment to content.

    It proves nothing was altered, and tells nothing once the content is erased.
    """
    return sha256(f"{salt}\n{content}".encode()).hexdigest()


def link(
    previous: str,
    case: str,
    sequence: int,
    instant: datetime,
    worker: int | None,
    kind: str,
    what: str,
    commitment: str,
    terms: str | None = None,
    figures: str | None = None,
    held: str | None = None,
) -> str:
    """Give the hash of an entry, chained to the one before it.

    What it did to terms (a list), tells the figures and holds of the rows (objects) is part of it.
    """
    more = [part for part in (terms, figures, held) if part]
    parts = (
        previous,
        case,
        str(sequence),
        iso(instant),
        str(worker or ""),
        kind,
        what,
        commitment,
        *more,
    )
    return sha256("\n".join(parts).encode()).hexdigest()


def entry_row(
    case: Row,
    instant: datetime,
    worker: int | None,
    kind: str,
    what: str,
    content: Mapping[str, object],
    ledger: Sequence[Mapping[str, object]] = (),
    figures: Mapping[str, object] | None = None,
    held: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Give the row of the next entry of a case, from its `entries` and `head`.

    The caller writes it and the new head in one transaction.

    `ledger` says what the entry did to terms (docs/architecture.md): no dates worked out, no
    persons, so that the proof of the night can work them out again and destruction by law need not
    touch it. `figures` says what it means to the figures (codes, days, numbers), `held` has the
    hashes of the rows of the case as they are now (`store.cases.held`).
    """
    salt, told, sequence = token_hex(16), as_json(content), case["entries"] + 1
    linked: Json = {
        "instant": instant,
        "kind": kind,
        "what": what,
        "commitment": commit_to(salt, told),
        "terms": _ledger(ledger) if ledger else None,
        "figures": as_json(figures) if figures else None,
        "held": as_json(held) if held else None,
    }
    return linked | {
        "case_id": case["id"],
        "sequence": sequence,
        "worker_id": worker,
        "content": told,
        "salt": salt,
        "previous": case["head"],
        "hash": link(case["head"], case["number"], sequence, worker=worker, **linked),
    }


def _ledger(ledger: Sequence[Mapping[str, object]]) -> str:
    return json.dumps(list(ledger), separators=(",", ":"), default=_plain)


def append(connection: Connection, rows: list[dict[str, object]]) -> None:
    """Write entries made by `entry_row`."""
    put(connection, _INSERT, rows)


def left_of(entry: Mapping[str, Any]) -> str:
    """Give the hash of all that stands in an entry.

    Of one from which words were erased it is kept in a later line (`ERASED`), since what was there
    can no longer be held against its commitment.
    """
    told = {k: entry[k] for k in _STANDS if entry[k] is not None}
    return sha256(as_json(told).encode()).hexdigest()


def erase(connection: Connection, lines: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Write entries (whole rows) with other words than they had, and without the hashes of the rows
    of then; gives what a line of the journal must hold about it, or `verify` calls them changed.
    """
    record = {}
    for line in lines:
        told = {"content": line["content"], "what": line["what"], "salt": None, "held": None}
        connection.execute(update(_ENTRY).where(_ENTRY.c.id == line["id"]).values(**told))
        record[str(line["sequence"])] = left_of({**line, **told})
    return {ERASED: record}


def verify(connection: Connection, held: dict[tuple[int, str], str] | None = None) -> Iterator[str]:
    """Give, in Dutch, every break in the chains; `held` takes what the last line of each case (its
    key) says of each part of its rows.

    A changed, removed, added or cut-off entry, one that was emptied without a line that says so, a
    case or number that is gone.
    """
    heads = {
        row.id: row
        for row in connection.execute(
            select(_CASE.c.id, _CASE.c.number, _CASE.c.entries, _CASE.c.head)
        )
    }
    yield from _numbers(connection, {row.number for row in heads.values()})
    before = set(json.loads(meta(connection, EMPTIED) or "[]"))
    seen: dict[int, tuple[int, str]] = {}
    records, holes = dict[tuple[int, str], str](), list[tuple[str, EntryRow]]()
    entries = connection.execution_options(stream_results=True).execute(
        select(_ENTRY).order_by(_ENTRY.c.case_id, _ENTRY.c.sequence)
    )
    for entry in (cast(EntryRow, dict(found)) for found in entries.mappings()):
        sequence, previous = seen.get(entry["case_id"], (0, ""))
        head = heads.get(entry["case_id"])
        name = head.number if head else f"zaak {entry['case_id']}"
        yield from _place_faults(name, entry, sequence, previous)
        if entry["salt"] is None and entry["id"] not in before:
            holes.append((name, entry))
        else:
            yield from _entry_faults(name, entry)
        records |= {(entry["case_id"], line): left for line, left in _record(entry).items()}
        if held is not None and entry["held"]:
            parts = json.loads(entry["held"]).items()
            held |= {(entry["case_id"], part): hash_ for part, hash_ in parts}
        seen[entry["case_id"]] = (entry["sequence"], entry["hash"])
    yield from _hole_faults(holes, records)
    for key, head in heads.items():
        if seen.get(key, (0, "")) != (head.entries, head.head):
            last = f"(regel {head.entries} hoort de laatste te zijn)"
            yield f"{head.number}: het verloop is afgekapt of aangevuld {last}."


def _place_faults(name: str, entry: EntryRow, sequence: int, previous: str) -> Iterator[str]:
    if entry["sequence"] != sequence + 1:
        yield f"{name}: regel {sequence + 1} ontbreekt."
    elif entry["previous"] != previous:
        yield f"{name}: regel {entry['sequence']} sluit niet aan op de vorige."


def _hole_faults(
    holes: Sequence[tuple[str, EntryRow]], records: Mapping[tuple[int, str], str]
) -> Iterator[str]:
    """Hold what is left of lines against what was said to be left of them."""
    for name, entry in holes:
        left = records.get((entry["case_id"], str(entry["sequence"])))
        if left is None:
            yield f"{name}: regel {entry['sequence']} is leeg zonder besluit om te vernietigen."
        elif left != left_of(entry):
            yield f"{name}: regel {entry['sequence']} is gewijzigd nadat er iets uit gewist was."


def _record(entry: EntryRow) -> dict[str, str]:
    """Give what a line says was left of others; nothing for most."""
    if entry["content"] is None or f'"{ERASED}"' not in entry["content"]:
        return {}
    told = json.loads(entry["content"]).get(ERASED)
    return told if isinstance(told, dict) else {}


def _entry_faults(name: str, entry: EntryRow) -> Iterator[str]:
    worked = link(
        entry["previous"],
        name,
        entry["sequence"],
        instant=entry["instant"],
        worker=entry["worker_id"],
        kind=entry["kind"],
        what=entry["what"],
        commitment=entry["commitment"],
        terms=entry["terms"],
        figures=entry["figures"],
        held=entry["held"],
    )
    if worked != entry["hash"]:
        yield f"{name}: regel {entry['sequence']} is gewijzigd."
    elif (
        entry["content"] is not None
        and commit_to(entry["salt"] or "", entry["content"]) != entry["commitment"]
    ):
        yield f"{name}: de inhoud van regel {entry['sequence']} is gewijzigd."


def _numbers(connection: Connection, present: set[str]) -> Iterator[str]:
    for counter in connection.execute(select(_COUNTER)):
        for n in range(1, counter.last + 1):
            if (number := f"{counter.prefix}-{counter.year}-{n:06}") not in present:
                yield f"{number}: de zaak ontbreekt."


def said_at(entry: EntryRow) -> datetime:
    """Give the moment of what a journal line tells: as it was said, or when it was written."""
    op = json.loads(entry["content"] or "{}").get("op")
    return datetime.fromisoformat(op) if op else entry["instant"]
