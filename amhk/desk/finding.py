"""What lets cases be found and stand in the order of danger: gone through again, all of them, when the rules for it change."""

from amhk.desk.casefile import is_urgent
from amhk.office import Office
from amhk.rules.searching import RELEASE
from amhk.store import reads, search, writes

_KEY, _BATCH = "search_release", 500


def refresh(office: Office) -> int:
    """Work out the words and the order of danger of every case when they were made by other rules; gives how many cases."""
    with office.store.read() as connection:
        if reads.meta(connection, _KEY) == RELEASE:
            return 0
    done, last = 0, 0
    while True:
        with office.store.write() as connection:
            reads.lock(connection)  # another process may be at it as well
            if reads.meta(connection, _KEY) == RELEASE:
                return done
            batch = search.in_batches(connection, last, _BATCH)
            urgent = [
                c["id"] for c in batch
                if not c["closed"] and is_urgent(office.pack.workflows[c["workflow"], c["release"]], c["state"], c["acuut"])
            ]  # fmt: skip
            if not batch:
                writes.set_meta(connection, _KEY, RELEASE)
                return done
            search.keep_batch(connection, batch, urgent)
        done, last = done + len(batch), batch[-1]["id"]
