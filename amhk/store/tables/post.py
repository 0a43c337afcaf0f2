"""The rows of the post: letters on their way out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant

_LIVE = "state IN ('queued', 'claimed', 'written', 'dead')"


class Outgoing(SQLModel, table=True):
    """One letter on its way by one way (`print`: the tray, `map`: the watched folder), under a key
    that stays the same whatever happens; a letter has at most one that is not over.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'claimed', 'written', 'delivered', 'dead', 'cancelled')"
        ),
        Index(
            "outbox_one_live",
            "notice_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index("outbox_by_state", "state", "due"),
    )
    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notices.id", index=True)
    key: str = Field(unique=True)
    way: str
    state: str = "queued"
    tries: int = 0
    queued: datetime = instant()
    worker_id: int = Field(foreign_key="workers.id")
    due: datetime = instant()
    claim: str | None = Field(default=None, index=True)
    claimed_by: int | None = Field(default=None, foreign_key="workers.id")
    until: datetime | None = instant(default=None)
    ended: datetime | None = instant(default=None)
    why: str | None = None
