"""What lets cases be found and stand in the order of danger.

Gone through again, all of them, when the rules for it change.
"""

from amhk.office import Office
from amhk.rules.people.searching import RELEASE
from amhk.store import reads, writes
from amhk.store.cases import search

_KEY, _SO_FAR, _BATCH, _A_ROUND = "search_release", "search_so_far", 500, 20


def refresh(office: Office) -> int:
    """Work out the words and the order of danger of cases when they were made by other rules, at
    most ten thousand a round; gives how many cases.
    """
    done = 0
    for _ in range(_A_ROUND):
        with office.store.read() as connection:
            if reads.meta(connection, _KEY) == RELEASE:
                return done
        done += _batch(office)
    return done


def _batch(office: Office) -> int:
    with office.store.write() as connection:
        reads.lock(connection)  # another process may be at it as well
        if reads.meta(connection, _KEY) == RELEASE:
            return 0
        release, _, last = (reads.meta(connection, _SO_FAR) or "").partition(" ")
        batch = search.in_batches(connection, int(last) if release == RELEASE else 0, _BATCH)
        if not batch:
            writes.set_meta(connection, _KEY, RELEASE)
            return 0
        urgent = [
            c["id"]
            for c in batch
            if not c["closed"]
            and office.pack.workflows[c["workflow"], c["release"]].is_urgent(c["state"], c["acuut"])
        ]
        search.keep_batch(connection, batch, urgent)
        writes.set_meta(connection, _SO_FAR, f"{RELEASE} {batch[-1]['id']}")
        return len(batch)
