"""Who comes in may be somebody a worker knows: the case is then hidden from him, until who leads
has looked.

Of whom a worker knows only keyed hashes are kept (`keys.keyed`); the people of a melding are hashed
the same way when they are recorded or corrected.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from amhk import matching
from amhk.keys import has_key, house_key, keyed
from amhk.office import Office
from amhk.store.database.engine import Connection
from amhk.store.staff import conflicts
from amhk.store.staff import kin as store

SUSPECTED = "vermoed"
_KEPT = 24  # signs of a hash: 96 bits, so that no two keys ever meet


def hashes_of(office: Office, person: Mapping[str, object]) -> set[str]:
    """Give the keyed hashes under which a person is known again."""
    key = house_key(office.config.path.parent)
    return {keyed(key, told) for told in matching.kin_keys(matching.trace(person))}


def sought_by(office: Office, told: Iterable[str]) -> list[str]:
    """Give under what people are found (`matching.keys`) as it is kept: each hashed by the key of
    this meldpunt, so that who has the database alone finds nobody by it.
    """
    key = house_key(office.config.path.parent)
    return [keyed(key, one)[:_KEPT] for one in told]


def mark_of(office: Office) -> str:
    """Give by which key the hashes of this meldpunt are made, as a mark that does not tell it.

    Empty while there is none.
    """
    folder = office.config.path.parent
    return keyed(house_key(folder), "mark")[:8] if has_key(folder) else ""


def meet(
    office: Office, connection: Connection, told: Sequence[tuple[int, Mapping[str, object]]]
) -> None:
    """Hide the cases of these people (key and person) from workers who know one of them."""
    if not told or not store.any_of(connection):
        return
    of_hash: dict[str, set[int]] = {}
    for person, one in told:
        for found in hashes_of(office, one):
            of_hash.setdefault(found, set()).add(person)
    known = [(w, h, p) for w, h in store.who_know(connection, of_hash) for p in of_hash[h]]
    home = store.cases_of(connection, sorted({person for *_, person in known}))
    suspect(office, connection, {(worker, h, home[person]) for worker, h, person in known})


Met = tuple[int, str, tuple[int, ...]]  # worker, hash, the case and where its person came from


def suspect(office: Office, connection: Connection, met: Collection[Met]) -> None:
    """Hide cases from workers who seem to know somebody in them.

    Not again where somebody looked at it before, also in the case he came from.
    """
    seen = conflicts.ever(connection, sorted({case for *_, cases in met for case in cases}))
    fresh = {
        (worker, cases[0]): found
        for worker, found, cases in sorted(met)
        if not any((worker, case, found) in seen for case in cases)
    }
    now = office.now(connection)
    conflicts.suspect(connection, [(*pair, found, now) for pair, found in fresh.items()], SUSPECTED)


def look_again(office: Office, connection: Connection, since: int) -> int:
    """Meet the people recorded after a key again: who was recorded while a worker said whom he
    knows saw nothing of it. Gives the last key.
    """
    found = store.recorded_since(connection, since)
    meet(office, connection, [(person["id"], person) for person in found])
    return int(found[-1]["id"]) if found else since
