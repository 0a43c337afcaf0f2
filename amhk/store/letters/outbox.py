"""Letters on their way out: who takes which, how far it is, and what could not go.

Each step is a compare-and-set on the row.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import (
    Connection,
    FromClause,
    String,
    and_,
    cast,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy import case as case_

from amhk.rules.privacy.secrecy import Scope
from amhk.store.cases.scope import within
from amhk.store.reads import CASE, INSTITUTION, NOTICE, PERSON, TERM, WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import Outgoing, table

OUT = table(Outgoing)
LIVE = ("queued", "claimed", "written", "dead")
_BY = WORKER.alias("taker")


def live(connection: Connection, notice: int) -> Row | None:
    """Give the row of a letter that is on its way, held until the transaction ends.

    None when it is on no way.
    """
    statement = (
        select(OUT).where(OUT.c.notice_id == notice, OUT.c.state.in_(LIVE)).with_for_update()
    )
    found = connection.execute(statement).mappings().first()
    return dict(found) if found else None


def keys_of(connection: Connection, notices: Sequence[int]) -> list[str]:
    """Give under which keys letters ever went or were to go."""
    asked = select(OUT.c.key).where(OUT.c.notice_id.in_(notices))
    return list(connection.execute(asked).scalars())


def by_key(connection: Connection, key: int, lock: bool = False) -> Row | None:
    """Give one row of the outbox."""
    statement = select(OUT).where(OUT.c.id == key)
    found = (
        connection.execute(statement.with_for_update() if lock else statement).mappings().first()
    )
    return dict(found) if found else None


def move(connection: Connection, row: Row, state: str, **more: object) -> bool:
    """Bring a row to another state, if it still is where it was seen to be (state and claim).

    Tells whether it was.
    """
    seen = and_(
        OUT.c.id == row["id"],
        OUT.c.state == row["state"],
        OUT.c.claim.is_not_distinct_from(row["claim"]),
    )
    return connection.execute(update(OUT).where(seen).values(state=state, **more)).rowcount == 1


def next_to_carry(connection: Connection, real: datetime, but: Sequence[int]) -> Row | None:
    """Give the first letter for the watched folder that may be tried now, or that another took up
    and let lie; held until the transaction ends.
    """
    left = and_(OUT.c.state.in_(("claimed", "written")), OUT.c.until <= real)
    free = or_(and_(OUT.c.state == "queued", OUT.c.due <= real), left)
    statement = (
        select(OUT)
        .where(OUT.c.way == "map", free, OUT.c.id.not_in(but))
        .order_by(OUT.c.due, OUT.c.id)
        .limit(1)
    )
    found = rows(connection, statement.with_for_update(skip_locked=True))
    return found[0] if found else None


_SHOWN = (
    OUT,
    NOTICE.c.kind,
    NOTICE.c.recipient,
    NOTICE.c.version,
    NOTICE.c.person_id,
    CASE.c.number,
    CASE.c.workflow,
    CASE.c.release,
    WORKER.c.name.label("by"),
    _BY.c.name.label("taker"),
    PERSON.c.geheim_adres,
    NOTICE.c.old_fact,
)


def _joined() -> FromClause:
    joined: FromClause = (
        OUT.join(NOTICE, NOTICE.c.id == OUT.c.notice_id)
        .join(CASE, CASE.c.id == NOTICE.c.case_id)
        .join(WORKER, WORKER.c.id == OUT.c.worker_id)
        .outerjoin(_BY, _BY.c.id == OUT.c.claimed_by)
        .outerjoin(PERSON, PERSON.c.id == NOTICE.c.person_id)
    )
    return joined


def strand(connection: Connection, why: str) -> None:
    """Let what is on its way to a folder that is no more lie dead, with the reason.

    What was decided on keeps its claim.
    """
    on_its_way = and_(OUT.c.way == "map", OUT.c.state.in_(("queued", "claimed", "written")))
    claim = case_((OUT.c.state == "written", OUT.c.claim), else_=None)
    connection.execute(update(OUT).where(on_its_way).values(state="dead", claim=claim, why=why))


def on_their_way(
    connection: Connection, scope: Scope, limit: int, way: str | None = None
) -> list[Row]:
    """Give the letters within a scope that are on their way or could not go, with their case and
    who put them there.
    """
    statement = (
        select(*_SHOWN)
        .select_from(_joined())
        .where(OUT.c.state.in_(LIVE), NOTICE.c.state == "approved", within(scope))
    )
    if way:
        statement = statement.where(OUT.c.way == way)
    return rows(connection, statement.order_by(OUT.c.queued, OUT.c.id).limit(limit))


def of_pile(connection: Connection, claim: str, scope: Scope) -> list[Row]:
    """Give the letters of one pile that was printed, within a scope, in order."""
    statement = (
        select(*_SHOWN)
        .select_from(_joined())
        .where(OUT.c.way == "print", OUT.c.claim == claim, within(scope))
    )
    return rows(connection, statement.order_by(CASE.c.number, OUT.c.id))


def any_live(connection: Connection) -> bool:
    """Tell whether anything is on its way at all."""
    return (
        connection.execute(select(OUT.c.id).where(OUT.c.state.in_(LIVE)).limit(1)).first()
        is not None
    )


def claims(connection: Connection) -> set[str]:
    """Give the claims under which letters are on their way."""
    return set(
        connection.execute(
            select(OUT.c.claim).where(OUT.c.state.in_(LIVE), OUT.c.claim.is_not(None))
        ).scalars()
    )


def forget_gone(connection: Connection, real: datetime) -> None:
    """Take off their way the letters that no longer are to go (void, withheld, a draft again)."""
    gone = (
        select(NOTICE.c.id)
        .where(NOTICE.c.id == OUT.c.notice_id, NOTICE.c.state != "approved")
        .exists()
    )
    connection.execute(
        update(OUT)
        .where(OUT.c.state.in_(("queued", "claimed", "dead")), gone)
        .values(state="cancelled", ended=real)
    )


def pdfs(connection: Connection, notices: Sequence[int]) -> dict[int, bytes]:
    """Give the frozen PDF of these letters."""
    found = connection.execute(
        select(NOTICE.c.id, NOTICE.c.pdf).where(
            NOTICE.c.id.in_(notices), NOTICE.c.state == "approved"
        )
    )
    return {key: bytes(pdf) for key, pdf in found if pdf is not None}


_OWED = (
    NOTICE.c.id,
    NOTICE.c.case_id,
    NOTICE.c.kind,
    NOTICE.c.recipient,
    NOTICE.c.state,
    NOTICE.c.obligatory,
    NOTICE.c.drafted,
    NOTICE.c.decisions,
    NOTICE.c.version,
    CASE.c.number,
    CASE.c.closed,
    CASE.c.workflow,
    CASE.c.release,
    TERM.c.name.label("term"),
    TERM.c.due,
    TERM.c.over_at,
    TERM.c.status.label("running"),
    PERSON.c.naam.label("person"),
    INSTITUTION.c.name.label("institution"),
    WORKER.c.name.label("owner"),
    OUT.c.state.label("on_its_way"),
    OUT.c.way.label("road"),
)


# What the ledger can be narrowed down to, by name; any other name is all of it.
_ONLY = {
    "verplicht": (NOTICE.c.obligatory,),
    "goedgekeurd": (NOTICE.c.state == "approved",),
    "uitgesteld": (cast(NOTICE.c.decisions, String).like('%"uitgesteld"%'),),
    "gesloten": (CASE.c.closed, NOTICE.c.obligatory),
}


def frozen(connection: Connection) -> Iterator[Row]:
    """Give every letter that has a print, with its text and hash."""
    columns = [NOTICE.c[n] for n in ("id", "html", "pdf", "hash")]
    found = connection.execution_options(yield_per=100).execute(
        select(*columns).where(NOTICE.c.pdf.is_not(None)).order_by(NOTICE.c.id)
    )
    for row in found.mappings():
        yield dict(row)


def owed(
    connection: Connection, scope: Scope, only: str, cursor: tuple[str, int] | None, limit: int
) -> list[Row]:
    """Give the letters within a scope that still have to go, the first to be sent on top (those
    without a term by the day they were drafted), narrowed down to `only`, from a cursor (when, id)
    on.
    """
    when = func.coalesce(TERM.c.due, type_coerce(NOTICE.c.drafted, String), "9999").label("when")
    out = and_(OUT.c.notice_id == NOTICE.c.id, OUT.c.state.in_(LIVE))
    source = (
        NOTICE.join(CASE, CASE.c.id == NOTICE.c.case_id)
        .outerjoin(TERM, TERM.c.id == NOTICE.c.term_id)
        .outerjoin(PERSON, PERSON.c.id == NOTICE.c.person_id)
        .outerjoin(INSTITUTION, INSTITUTION.c.id == NOTICE.c.institution_id)
        .outerjoin(WORKER, WORKER.c.id == CASE.c.owner_id)
        .outerjoin(OUT, out)
    )
    statement = (
        select(*_OWED, when)
        .select_from(source)
        .where(NOTICE.c.state.in_(("draft", "approved")), within(scope), *_ONLY.get(only, ()))
    )
    if cursor:
        statement = statement.where(
            or_(when > cursor[0], and_(when == cursor[0], NOTICE.c.id > cursor[1]))
        )
    return rows(connection, statement.order_by(when, NOTICE.c.id).limit(limit))


def owed_on_closed(connection: Connection, before: datetime) -> list[str]:
    """Give the numbers of closed cases of which an obligatory letter lay ready before a moment and
    still has not gone.
    """
    where = (
        NOTICE.c.state.in_(("draft", "approved")),
        NOTICE.c.obligatory,
        CASE.c.closed,
        or_(NOTICE.c.drafted.is_(None), NOTICE.c.drafted < before),
    )
    statement = (
        select(CASE.c.number).join(NOTICE, NOTICE.c.case_id == CASE.c.id).where(*where).distinct()
    )
    return list(connection.execute(statement.order_by(CASE.c.number)).scalars())
