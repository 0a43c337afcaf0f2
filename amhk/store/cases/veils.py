"""What cases keep secret, as one veil per case: only the cases that have something to cover."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, or_, select, union_all

from amhk.rules.privacy.veil import Veil, veil_of
from amhk.store.reads import INSTITUTION, MELDING, PERSON, RELATION, TEAM, WORKER, as_rows, rows
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


def veils(
    connection: Connection, keys: Sequence[int], known: Iterable[str] = ()
) -> dict[int, Veil]:
    """Give the veil of each of these cases that has one.

    `known` are words that give nobody away, beside the names of staff, teams and institutions.
    """
    if not keys:
        return {}
    own = select(MELDING.c.case_id.label("of"), *_TOLD).where(
        MELDING.c.case_id.in_(keys), MELDING.c.melder_geheim
    )
    joined = and_(
        RELATION.c.case_id.in_(keys),
        MELDING.c.case_id == RELATION.c.other_id,
        MELDING.c.melder_geheim,
    )
    told = union_all(own, select(RELATION.c.case_id.label("of"), *_TOLD).where(joined))
    melders = as_rows(connection.execute(told))
    hidden = {m["of"] for m in melders}
    mine = or_(
        PERSON.c.case_id.in_(hidden), and_(PERSON.c.case_id.in_(keys), PERSON.c.geheim_adres)
    )
    homes = select(PERSON.c.case_id).where(PERSON.c.case_id.in_(keys), PERSON.c.geheim_adres)
    people = rows(connection, select(*_OF_PERSON).where(or_(mine, PERSON.c.case_id.in_(homes))))
    if not (of := hidden | {p["case_id"] for p in people}):
        return {}
    names = [*known, *_names(connection)]
    found = {
        key: veil_of([m for m in melders if m["of"] == key], _those(people, key), names)
        for key in of
    }
    return {key: veil for key, veil in found.items() if veil}


def veil(connection: Connection, key: int, known: Iterable[str] = ()) -> Veil:
    """Give the veil of one case; one that covers nothing when it keeps nothing secret."""
    return veils(connection, [key], known).get(key, Veil())


def _those(people: Sequence[Row], key: int) -> list[Row]:
    return [p for p in people if p["case_id"] == key]


def _names(connection: Connection) -> list[str]:
    """Give the names of staff, teams and institutions.

    They stand on every page, whoever shares one of them.
    """
    found = union_all(select(WORKER.c.name), select(TEAM.c.name), select(INSTITUTION.c.name))
    return list(connection.execute(found).scalars())
