"""Every write one can lose: a number, the version of a case or letter.

Who comes second is told so.
"""

from sqlalchemy import (
    Boolean,
    Connection,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from amhk.errors import ChangedMeanwhile
from amhk.store.cases.rank import rank
from amhk.store.database.touched import touch
from amhk.store.ready import put
from amhk.store.rows import Row
from amhk.store.tables import Case, Counter, Notice, Term, table

_CASE, _COUNTER, _NOTICE, _TERM = (table(t) for t in (Case, Counter, Notice, Term))
_NEXT = (
    update(_COUNTER)
    .where(_COUNTER.c.prefix == bindparam("p"), _COUNTER.c.year == bindparam("y"))
    .values(last=_COUNTER.c.last + 1)
    .returning(_COUNTER.c.last)
)
_SAVE_CASE = (
    update(_CASE)
    .where(_CASE.c.id == bindparam("this_id"), _CASE.c.version == bindparam("this_version"))
    .values(
        rank=rank(bindparam("this_closed", type_=Boolean), bindparam("this_urgent", type_=Boolean))
    )
)


def next_number(connection: Connection, prefix: str, year: int) -> str:
    """Give the next gapless number, such as `M-2026-000123`; held until the transaction ends."""
    for _ in range(2):
        if (last := connection.execute(_NEXT, {"p": prefix, "y": year}).scalar()) is not None:
            return f"{prefix}-{year}-{last:06}"
        try:
            with connection.begin_nested():
                connection.execute(insert(_COUNTER).values(prefix=prefix, year=year, last=0))
        except IntegrityError:
            continue
    raise RuntimeError("the counter could not be made")


def hold_numbers(connection: Connection, prefix: str, year: int) -> None:
    """Let nobody else take a number until the transaction ends."""
    mine = (_COUNTER.c.prefix == prefix, _COUNTER.c.year == year)
    connection.execute(update(_COUNTER).where(*mine).values(last=_COUNTER.c.last))


def save_case(connection: Connection, case: Row, changes: Row, bump: bool = True) -> None:
    """Write changes to a case with its order of danger, one version on (or, without `bump`, of the
    same version); raises ChangedMeanwhile when another got there first.
    """
    told = {
        "this_id": case["id"],
        "this_version": case["version"],
        "version": case["version"] + bump,
        "this_closed": changes.get("closed", case["closed"]),
        "this_urgent": changes.get("urgent", case["urgent"]),
        **changes,
    }
    if put(connection, _SAVE_CASE, [told]).touched != 1:
        present = connection.execute(
            select(_CASE.c.version).where(_CASE.c.id == case["id"])
        ).scalar_one()
        raise ChangedMeanwhile(present)


def save_notice(connection: Connection, notice: Row, changes: Row) -> None:
    """Write changes to a notice, one version on.

    Raises ChangedMeanwhile when another got there first.
    """
    touch(connection, _NOTICE.name)
    done = connection.execute(
        update(_NOTICE)
        .where(_NOTICE.c.id == notice["id"], _NOTICE.c.version == notice["version"])
        .values(version=notice["version"] + 1, **changes)
    )
    if done.rowcount != 1:
        present = connection.execute(
            select(_NOTICE.c.version).where(_NOTICE.c.id == notice["id"])
        ).scalar_one()
        raise ChangedMeanwhile(present)
