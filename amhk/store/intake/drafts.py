"""Concepts: what is typed and not yet sent, of a call that is not a case yet (no path) and of every
other form. Only its writer reads it; of calls others see that they are there, and since when.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from amhk.rules.privacy.secrecy import WORKS
from amhk.store.database.instants import UtcInstant
from amhk.store.reads import NOTICE, WORKER, numbers_of, rows
from amhk.store.ready import Ready
from amhk.store.rows import Row
from amhk.store.tables import Concept, table

CONCEPT = table(Concept)
_EVERY = Ready(
    select(*(CONCEPT.c[name] for name in ("mark", "path", "begun", "saved")))
    .where(CONCEPT.c.worker_id == bindparam("worker", type_=Integer))
    .order_by(CONCEPT.c.saved.desc())
)


def of(connection: Connection, worker: int) -> list[Row]:
    """Give a worker's concepts of calls, the last saved first."""
    calls = (CONCEPT.c.worker_id == worker, CONCEPT.c.path == "")
    return rows(connection, select(CONCEPT).where(*calls).order_by(CONCEPT.c.saved.desc()))


def every(connection: Connection, worker: int, barred: Collection[int]) -> list[Row]:
    """Give where a worker has typed something he has not sent, calls and forms, the last saved
    first: mark, path, begun and saved; not where it is about a case (its key) that is barred.
    """
    mine = _EVERY.rows(connection, {"worker": worker})
    hidden = _paths_of(connection, barred) if barred else ()
    return [row for row in mine if not row["path"].startswith(hidden)]


def _paths_of(connection: Connection, cases: Collection[int]) -> tuple[str, ...]:
    """Give how the paths of all forms about these cases (their keys) begin."""
    mine = NOTICE.c.case_id.in_(sorted(cases))
    letters = connection.execute(select(NOTICE.c.id).where(mine)).scalars()
    begins = [f"/zaak/{number}/" for number in numbers_of(connection, cases)]
    return (*begins, *(f"/brief/{key}/" for key in letters))


def forget_older(connection: Connection, worker: int, before: datetime) -> None:
    """Let go of what a worker typed in a form and left there since before an instant."""
    old = (CONCEPT.c.worker_id == worker, CONCEPT.c.path != "", CONCEPT.c.saved < before)
    connection.execute(delete(CONCEPT).where(*old))


def forget_case(connection: Connection, number: str, letters: Sequence[int]) -> None:
    """Let go of what anybody typed on the forms of a case and of its letters (destruction by
    law).
    """
    for path in (f"/zaak/{number}", *(f"/brief/{key}" for key in letters)):
        mine = (CONCEPT.c.path == path) | CONCEPT.c.path.startswith(f"{path}/")
        connection.execute(delete(CONCEPT).where(mine))


def one(connection: Connection, worker: int, mark: str) -> Row | None:
    """Give one concept of a worker."""
    mine = (CONCEPT.c.worker_id == worker, CONCEPT.c.mark == mark)
    found = rows(connection, select(CONCEPT).where(*mine))
    return found[0] if found else None


def save(
    connection: Connection,
    worker: int,
    mark: str,
    typed: Mapping[str, object],
    real: datetime,
    path: str = "",
) -> None:
    """Keep what was typed so far, in the place of what was kept before."""
    mine = (CONCEPT.c.worker_id == worker, CONCEPT.c.mark == mark)
    if (
        connection.execute(
            update(CONCEPT).where(*mine).values(typed=dict(typed), saved=real)
        ).rowcount
        == 0
    ):
        row = {
            "worker_id": worker,
            "mark": mark,
            "path": path,
            "typed": dict(typed),
            "begun": real,
            "saved": real,
        }
        connection.execute(insert(CONCEPT).values(**row))


def hold(connection: Connection, worker: int) -> None:
    """Let a worker's concepts be saved and let go one at a time, so that none comes back after its
    call was registered.
    """
    connection.execute(select(WORKER.c.id).where(WORKER.c.id == worker).with_for_update())


def drop(connection: Connection, worker: int, mark: str) -> int:
    """Let a concept go; gives whether there was one."""
    return connection.execute(
        delete(CONCEPT).where(CONCEPT.c.worker_id == worker, CONCEPT.c.mark == mark)
    ).rowcount


def older(connection: Connection, teams: Sequence[int] | None, before: datetime) -> list[Row]:
    """Give whose concepts in these teams (None is all of them) were begun before an instant, or by
    who takes no calls any more: how many each, and since when.
    """
    binds: dict[str, object] = {} if teams is None else {"teams": list(teams)}
    return _older(teams is None).rows(connection, binds | {"before": before})


@cache
def _older(every: bool) -> Ready:
    statement = select(
        WORKER.c.name.label("worker"),
        func.count().label("count"),
        func.min(CONCEPT.c.begun).label("since"),
    )
    statement = statement.select_from(CONCEPT).join(WORKER, WORKER.c.id == CONCEPT.c.worker_id)
    gone = or_(WORKER.c.active == false(), WORKER.c.role.not_in(WORKS))
    teams = bindparam("teams", type_=Integer, expanding=True)
    of = true() if every else WORKER.c.team_id.in_(teams)
    old = CONCEPT.c.begun < bindparam("before", type_=UtcInstant)
    told = statement.where(CONCEPT.c.path == "", of, or_(old, gone))
    return Ready(told.group_by(WORKER.c.name).order_by(WORKER.c.name))


def hand_over(connection: Connection, worker: int, to: int) -> int:
    """Let a worker's concepts be another's; gives how many."""
    calls = (CONCEPT.c.worker_id == worker, CONCEPT.c.path == "")
    return connection.execute(update(CONCEPT).where(*calls).values(worker_id=to)).rowcount
