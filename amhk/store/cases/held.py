"""What a line of the journal holds of the rows of its case, so that nobody changes one behind it.

Each time a case is saved its line takes the hashes of the rows that were touched, by part; `verify`
works them out again from the rows as they are. Terms are held by their ledger, words to search by
are worked out anew, and of letters those that went or never will.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select
from sqlmodel import SQLModel

from amhk.store.cases.journal import as_json
from amhk.store.database.touched import touched
from amhk.store.ready import Ready
from amhk.store.rows import Row
from amhk.store.tables import Sql

CASE = "cases"
# What moves by itself, or is worked out from the rest: the lock, the order of danger, the chain.
_LEFT = {
    "cases": {"version", "urgent", "rank", "entries", "head", "kenmerk_key"},
    "meldingen": {"dossier_id"},
    "people": {"zoeknaam"},
    "notices": {"pdf", "version", "old_fact", "term_id"},
    "attachments": set[str](),
    "grants": {"until", "reason", "due", "team_id", "judged", "judged_by", "verdict"},
}
_ASKED = ("subject_requests", "destructions")
_PLAIN = ("findings", "referrals", "checks", "finishes", "contacts", "keepings", *_ASKED)
_PARTS = ("people", "notices", "attachments", "grants", *_PLAIN)
_WITH_CASE = ("meldingen", "adviezen")
_SIGNS = 32  # of a hash: 128 bits


@cache
def _columns(name: str) -> tuple[Any, ...]:
    source = SQLModel.metadata.tables[name]
    return tuple(c for c in source.c if c.name not in _LEFT.get(name, ()))


def _rows(name: str) -> Select[Any]:
    source = SQLModel.metadata.tables[name]
    asked = select(*_columns(name)).order_by(source.c.case_id, source.c.id)
    if name == "notices":
        asked = asked.where(source.c.state.in_(("sent", "withheld")))
    return asked


@cache
def _of_case(name: str) -> Ready:
    return Ready(_rows(name).where(SQLModel.metadata.tables[name].c.case_id == bindparam("of")))


@cache
def _case_names() -> tuple[str, ...]:
    own = [c.name for name in (CASE, *_WITH_CASE) for c in _columns(name)]
    return tuple(n for n in dict.fromkeys(own) if n != "case_id")


def _whole_cases() -> Select[Any]:
    first, *more = (SQLModel.metadata.tables[name] for name in (CASE, *_WITH_CASE))
    joined: Any = first
    for other in more:
        joined = joined.outerjoin(other, other.c.case_id == first.c.id)
    skip = {"case_id", "route"}
    columns = [*_columns(CASE)]
    columns += [c for name in _WITH_CASE for c in _columns(name) if c.name not in skip]
    return select(*columns).select_from(joined)


@cache
def _whole_case() -> Ready:
    key: Sql = SQLModel.metadata.tables[CASE].c.id
    return Ready(_whole_cases().where(key == bindparam("of")))


def _hash(told: list[Row] | Row) -> str:
    rows = [_as_held(row) for row in told] if isinstance(told, list) else _as_held(told)
    return sha256(as_json({"rows": rows}).encode()).hexdigest()[:_SIGNS]


def _as_held(row: Row) -> Row:
    """Give a row as it is held: of what is of no run that is not said, as before there were any."""
    return {k: v for k, v in row.items() if k != "run" or v is not None}


def held_by(connection: Connection, key: int, case: Row) -> dict[str, str]:
    """Give the hashes, by part, of what was touched of a case in this transaction; `case` is its
    row as it will be.
    """
    tables = touched(connection)
    if tables & {*_WITH_CASE}:
        stored = _whole_case().first(connection, {"of": key})
        own = {c.name for c in _columns(CASE)}  # those beside it stand in the database already
        case = {**stored, **{n: case[n] for n in (*own, "version") if n in case}}
    found = {CASE: _hash({n: case[n] for n in _case_names()})}
    found |= {} if case["version"] else dict.fromkeys(_PARTS, _hash([]))  # a case that is new
    for name in _PARTS:
        if name in tables:
            rows = _of_case(name).rows(connection, {"of": key})
            found[name] = _hash(rows)
    return found


def faults(
    connection: Connection, told: Mapping[tuple[int, str], str], names: Mapping[int, str]
) -> Iterator[str]:
    """Give, in Dutch, every part of a case whose rows are not those of its journal.

    `told` is what the last line of each case says of each part, `names` the numbers.
    """
    of_cases = ((row["id"], [row]) for row in _streamed(connection, _whole_cases()))
    yield from _unlike(CASE, of_cases, told, names)
    for name in _PARTS:
        rows = _streamed(connection, _rows(name))
        yield from _unlike(name, _grouped(rows), told, names)


def _streamed(connection: Connection, asked: Select[Any]) -> Iterator[Row]:
    found = connection.execution_options(yield_per=2_000).execute(asked)
    for row in found.mappings():
        yield dict(row)


def _grouped(rows: Iterable[Row]) -> Iterator[tuple[int, list[Row]]]:
    key, mine = 0, list[Row]()
    for row in rows:
        if row["case_id"] != key and mine:
            yield key, mine
            mine = []
        key = row["case_id"]
        mine.append(row)
    if mine:
        yield key, mine


def _unlike(
    name: str,
    found: Iterable[tuple[int, list[Row]]],
    told: Mapping[tuple[int, str], str],
    names: Mapping[int, str],
) -> Iterator[str]:
    seen = set[int]()
    for key, rows in found:
        seen.add(key)
        said = told.get((key, name))
        if said is None:
            continue  # of before this was kept, and not touched since
        now = {n: rows[0][n] for n in _case_names()} if name == CASE else rows
        if _hash(now) != said:
            yield f"{names.get(key, key)}: {_SAID[name]} niet wat het verloop zegt."
    empty = _hash([])
    for (key, part), said in told.items():
        if part == name and key not in seen and said != empty and name != CASE:
            yield f"{names.get(key, key)}: {_SAID[name]} niet wat het verloop zegt."


_SAID = {
    CASE: "de gegevens van de zaak zijn",
    "people": "de gegevens van de mensen zijn",
    "notices": "de brieven zijn",
    "attachments": "de bijlagen zijn",
    "grants": "wie haar mocht inzien is",
    "findings": "de bevindingen zijn",
    "referrals": "de verwijzingen zijn",
    "checks": "de voortgangscontroles zijn",
    "finishes": "de finishes zijn",
    "contacts": "de contacten zijn",
    "keepings": "het langer bewaren is",
    "subject_requests": "de verzoeken van betrokkenen zijn",
    "destructions": "de vernietigingen zijn",
}


def moves(connection: Connection, changes: Collection[str]) -> bool:
    """Tell whether a transaction that changes these columns of a case changes what is held."""
    tables = {*_PARTS, *_WITH_CASE}
    return bool(touched(connection) & tables or set(changes) & set(_case_names()))
