"""What cases keep secret, as one veil per case: only the cases that have something to cover."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Text,
    bindparam,
    cast,
    false,
    literal,
    null,
    select,
    union_all,
)

from amhk.rules.privacy.field_groups import ALL_GROUPS, labels_of
from amhk.rules.privacy.veil import Veil, over_texts, veil_of
from amhk.store.reads import (
    CASE,
    ENTRY,
    FINDING,
    INSTITUTION,
    MELDING,
    PERSON,
    RELATION,
    TEAM,
    WORKER,
    as_rows,
)
from amhk.store.rows import Row

_TOLD = [
    MELDING.c[n]
    for n in (
        "melder_geheim",
        "melder_naam",
        "melder_bereikbaar",
        "melder_functie",
        "melder_organisatie",
    )
]
_OF_PERSON = [PERSON.c[n] for n in ("case_id", "naam", "adres", "geheim_adres")]
_KEYS = bindparam("keys", type_=Integer, expanding=True)
_HIDDEN = bindparam("hidden", type_=Integer, expanding=True)
_SECRETS = union_all(
    select(MELDING.c.case_id.label("of"), *_TOLD).where(
        MELDING.c.case_id.in_(_KEYS), MELDING.c.melder_geheim
    ),
    select(RELATION.c.case_id.label("of"), *_TOLD).where(
        RELATION.c.case_id.in_(_KEYS),
        MELDING.c.case_id == RELATION.c.other_id,
        MELDING.c.melder_geheim,
    ),
    # of who lives at a secret address only that he does
    select(PERSON.c.case_id.label("of"), false(), *(null().label(c.name) for c in _TOLD[1:])).where(
        PERSON.c.case_id.in_(_KEYS), PERSON.c.geheim_adres
    ),
)
_PEOPLE = select(*_OF_PERSON).where(PERSON.c.case_id.in_(_HIDDEN))
# What is read by the part one has in a case, of cases and those they belong to.
_HELD = union_all(
    select(CASE.c.id, CASE.c.id.label("of")).where(CASE.c.id.in_(_KEYS)),
    select(RELATION.c.case_id, RELATION.c.other_id).where(RELATION.c.case_id.in_(_KEYS)),
).subquery()
_APART = union_all(
    select(
        _HELD.c.id,
        literal("now"),
        cast(FINDING.c.id, Text),
        cast(FINDING.c.labels, Text),
        FINDING.c.text,
    ).join_from(_HELD, FINDING, FINDING.c.case_id == _HELD.c.of),
    # as it was before somebody corrected it
    select(_HELD.c.id, literal("before"), null(), null(), ENTRY.c.content)
    .join_from(_HELD, ENTRY, ENTRY.c.case_id == _HELD.c.of)
    .where(ENTRY.c.kind == "oud_gegeven", ENTRY.c.content.is_not(None)),
    select(_HELD.c.id, literal("bsn"), null(), null(), PERSON.c.bsn)
    .join_from(_HELD, PERSON, PERSON.c.case_id == _HELD.c.of)
    .where(PERSON.c.bsn.is_not(None)),
)
_NAMES = union_all(select(WORKER.c.name), select(TEAM.c.name), select(INSTITUTION.c.name))


def veils(
    connection: Connection, keys: Sequence[int], known: Iterable[str] = ()
) -> dict[int, Veil]:
    """Give the veil of each of these cases that has one.

    `known` are words that give nobody away, beside the names of staff, teams and institutions.
    """
    if not keys:
        return {}
    secrets = as_rows(connection.execute(_SECRETS, {"keys": list(keys)}))
    if not (of := {s["of"] for s in secrets}):
        return {}
    melders = [s for s in secrets if s["melder_geheim"]]
    people: list[Row] = as_rows(connection.execute(_PEOPLE, {"hidden": sorted(of)}))
    names = [*known, *_names(connection)]
    found = {
        key: veil_of([m for m in melders if m["of"] == key], _those(people, key), names)
        for key in of
    }
    return {key: veil for key, veil in found.items() if veil}


def veil(connection: Connection, key: int, known: Iterable[str] = ()) -> Veil:
    """Give the veil of one case; one that covers nothing when it keeps nothing secret."""
    return veils(connection, [key], known).get(key, Veil())


def apart(
    connection: Connection, keys: Sequence[int], hidden: Collection[str] = ALL_GROUPS
) -> dict[int, dict[str, Any]]:
    """Give, per case, what a veil covers of these field groups (`texts`, `lines`, `bsn`, `bsns`):
    findings that bear their labels, also as they were before a correction, and BSNs.
    """
    labels, numbers = labels_of(hidden), "bsn" in hidden
    told: dict[int, dict[str, list[Row]]] = {
        key: {"now": [], "before": [], "bsn": []} for key in keys
    }
    if labels or numbers:
        for key, what, finding, marks, text in connection.execute(_APART, {"keys": list(keys)}):
            told[key][what].append({"finding": finding, "marks": marks, "text": text})
    return {
        key: {
            **over_texts(_labelled(rows["now"], rows["before"], labels)),
            "bsn": numbers,
            "bsns": frozenset(r["text"] for r in rows["bsn"] if numbers),
        }
        for key, rows in told.items()
    }


def _labelled(now: Iterable[Row], before: Iterable[Row], labels: frozenset[str]) -> list[str]:
    """Give the texts of findings that bear one of these labels, now or when they were corrected."""
    marked = {r["finding"]: r["text"] for r in now if labels & set(json.loads(r["marks"]))}
    told = [*marked.values()]
    for row in before:
        old = json.loads(row["text"])
        text, of = old.get("bevindingen"), old.get("bevinding")
        # an old line does not say of which finding it is
        became = of in marked if of else bool(marked)
        if text and (became or labels & set(old.get("gevoelig") or ())):
            told.append(str(text))
    return told


def whole(
    connection: Connection, keys: Sequence[int], known: Iterable[str] = ()
) -> dict[int, Veil]:
    """Give a veil over each of these cases that covers all that somebody might not read of it: for
    lists, and for what is searched.
    """
    if not keys:
        return {}
    over = veils(connection, keys, known)
    told = apart(connection, keys)
    return {key: replace(over.get(key, Veil()), **told[key]) for key in keys}


def _those(people: Sequence[Row], key: int) -> list[Row]:
    return [p for p in people if p["case_id"] == key]


def _names(connection: Connection) -> list[str]:
    """Give the names of staff, teams and institutions.

    They stand on every page, whoever shares one of them.
    """
    return list(connection.execute(_NAMES).scalars())
