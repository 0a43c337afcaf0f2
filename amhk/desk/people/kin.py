"""Who comes in may be somebody a worker knows: the case is then hidden from him, until who leads
has looked.

Of whom a worker knows only keyed hashes are kept (`keys.keyed`); the people of a melding are hashed
the same way when they are recorded or corrected.
"""

from collections.abc import Collection, Mapping, Sequence

from amhk import matching
from amhk.keys import house_key, keyed
from amhk.office import Office
from amhk.store import writes
from amhk.store.cases.barred import CONFLICT
from amhk.store.database.engine import Connection
from amhk.store.staff import conflicts
from amhk.store.staff import kin as store

SUSPECTED = "vermoed"


def hashes_of(office: Office, person: Mapping[str, object]) -> set[str]:
    """Give the keyed hashes under which a person is known again."""
    key = house_key(office.config.path.parent)
    return {keyed(key, told) for told in matching.kin_keys(matching.trace(person))}


def mark_of(office: Office) -> str:
    """Give by which key the hashes of this meldpunt are made, as a mark that does not tell it."""
    return keyed(house_key(office.config.path.parent), "mark")[:8]


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
    known = [(w, person) for w, h in store.who_know(connection, of_hash) for person in of_hash[h]]
    home = store.cases_of(connection, sorted({person for _, person in known}))
    suspect(office, connection, {(worker, home[person]) for worker, person in known})


def suspect(office: Office, connection: Connection, pairs: Collection[tuple[int, int]]) -> int:
    """Hide cases from workers (worker and case) who seem to know their people; gives how many.

    Not again where somebody looked at it before.
    """
    fresh = sorted(set(pairs) - conflicts.ever(connection, sorted({case for _, case in pairs})))
    now = office.now(connection)
    rows = [
        {
            "worker_id": worker,
            "case_id": case,
            "ground": SUSPECTED,
            "since": now,
            "set_by": worker,
            "told": False,
        }
        for worker, case in fresh
    ]
    writes.add_many(connection, CONFLICT, rows)
    return len(fresh)
