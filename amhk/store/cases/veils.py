"""What cases keep secret, as one veil per case: only the cases that have something to cover."""

import json
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, Integer, Text, bindparam, false, null, select, union_all

from amhk.rules.privacy.veil import Veil, lines_of, veil_of
from amhk.store.reads import (
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
_OF = bindparam("of", type_=Integer)
_LABELLED = union_all(
    select(FINDING.c.labels.cast(Text).label("labels"), FINDING.c.text.label("told")).where(
        FINDING.c.case_id == _OF
    ),
    # as it was before somebody corrected it
    select(null(), ENTRY.c.content).where(
        ENTRY.c.case_id == _OF, ENTRY.c.kind == "oud_gegeven", ENTRY.c.content.is_not(None)
    ),
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


def labelled(connection: Connection, key: int, labels: Collection[str]) -> tuple[str, ...]:
    """Give the texts of findings of a case that bear one of these labels, each whole and by the
    line, also as they were before a correction.
    """
    now, before = set[str](), set[str]()
    for marks, told in connection.execute(_LABELLED, {"of": key}):
        if marks is None:
            before.add(str(json.loads(told).get("bevindingen") or ""))
        elif not set(labels).isdisjoint(json.loads(marks)):
            now.add(told)
    whole = now | before if now else now
    return tuple(sorted(line for text in whole for line in lines_of(text)))


def _those(people: Sequence[Row], key: int) -> list[Row]:
    return [p for p in people if p["case_id"] == key]


def _names(connection: Connection) -> list[str]:
    """Give the names of staff, teams and institutions.

    They stand on every page, whoever shares one of them.
    """
    return list(connection.execute(_NAMES).scalars())
