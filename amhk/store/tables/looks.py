"""The rows of who looked: lines, and where the chain of each worker ends."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant


class Look(SQLModel, table=True):
    """Who looked at what, when, in which role, how and why; no case content.

    Lines of one worker are a chain; of a list there is no case, of a sign-in that failed maybe
    nobody. `commitment` stands for the reason, which goes with a destruction by law.
    """

    __tablename__ = "looks"
    __table_args__ = (
        Index("looks_by_chain", "chain", "sequence", unique=True),
        Index("looks_by_worker", "worker_id", "instant"),
    )
    id: int | None = Field(default=None, primary_key=True)
    instant: datetime = instant()
    worker_id: int | None = Field(default=None, foreign_key="workers.id")
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    what: str
    reason: str | None = None
    chain: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    sequence: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    role: str = Field(default="", sa_column_kwargs={"server_default": ""})
    via: str = Field(default="", sa_column_kwargs={"server_default": ""})
    commitment: str = Field(default="", sa_column_kwargs={"server_default": ""})
    hash: str = Field(default="", sa_column_kwargs={"server_default": ""})
    salt: str | None = None


class LookHead(SQLModel, table=True):
    """Where the chain of what a worker looked at ends."""

    __tablename__ = "look_heads"
    chain: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sequence: int
    hash: str
