"""The second proof of workers: the secret their phone has too, and codes for when it is lost."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, text, update

from amhk.store.reads import SESSION, WORKER, rows
from amhk.store.rows import Row
from amhk.store.tables import SecondProof, Sql, table

PROOF = table(SecondProof)


def has_one() -> Sql:
    """Give the condition that a worker (the row at hand) has a second proof that works."""
    mine = (PROOF.c.worker_id == WORKER.c.id, PROOF.c.since.is_not(None))
    return exists(select(PROOF.c.worker_id).where(*mine))


def of(connection: Connection, worker: int) -> Row | None:
    """Give the second proof of a worker, locked; one without `since` is being set up."""
    mine = select(PROOF).where(PROOF.c.worker_id == worker).with_for_update()
    found = rows(connection, mine)
    return found[0] if found else None


_BEGIN = text(
    "INSERT INTO second_proofs (worker_id, secret, session, step, codes) VALUES (:worker, :secret,"
    " :session, 0, '[]') ON CONFLICT (worker_id) DO UPDATE SET secret = excluded.secret, session ="
    " excluded.session WHERE second_proofs.since IS NULL"
)


def begin(connection: Connection, worker: int, secret: str, session: str) -> None:
    """Begin to set one up in a session (its hash); what was begun before goes, what works stays."""
    connection.execute(_BEGIN, {"worker": worker, "secret": secret, "session": session})


def works(
    connection: Connection, worker: int, since: datetime, step: int, codes: Sequence[str]
) -> None:
    """Let the one that was set up count from now on, with the hashes of its codes."""
    told = {"since": since, "step": step, "codes": list(codes)}
    connection.execute(update(PROOF).where(PROOF.c.worker_id == worker).values(**told))


def used(connection: Connection, worker: int, step: int) -> None:
    """Let a moment of the phone, and those before it, not be used again."""
    connection.execute(update(PROOF).where(PROOF.c.worker_id == worker).values(step=step))


def keep_codes(connection: Connection, worker: int, codes: Sequence[str]) -> None:
    """Keep only these codes."""
    told = update(PROOF).where(PROOF.c.worker_id == worker).values(codes=list(codes))
    connection.execute(told)


def drop(connection: Connection, worker: int) -> int:
    """Take the second proof of a worker away; gives whether there was one (0 or 1)."""
    return connection.execute(delete(PROOF).where(PROOF.c.worker_id == worker)).rowcount


def prove(connection: Connection, session: str) -> None:
    """Let a session (its hash) be proven."""
    connection.execute(update(SESSION).where(SESSION.c.hash == session).values(proved=True))
