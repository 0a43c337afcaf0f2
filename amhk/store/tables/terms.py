"""The rows of terms: the term itself, its reminders, and before whom they stand."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant

_HELD = text("status IN ('running', 'suspended')")


class Term(SQLModel, table=True):
    """A deadline.

    `calendar` is the release of the calendar it has absorbed, `beside` the end by its second clock,
    `for_id` the suspended term a waiting term belongs to. `over_at` is the instant it ends,
    `ring_at` the next rung; both UTC. `start_entry`/`end_entry` name the journal entries, `run` the
    one that began the run it is of.
    """

    __tablename__ = "terms"
    __table_args__ = (
        CheckConstraint("status IN ('running', 'suspended', 'met', 'void')"),
        ForeignKeyConstraint(
            ["case_id", "person_id"], ["people.case_id", "people.id"], name="terms_person"
        ),
        Index(
            "terms_to_ring",
            "ring_at",
            sqlite_where=text("ring_at IS NOT NULL"),
            postgresql_where=text("ring_at IS NOT NULL"),
        ),
        Index("terms_to_absorb", "calendar", sqlite_where=_HELD, postgresql_where=_HELD),
        Index(
            "terms_running",
            "over_at",
            "case_id",
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    name: str
    start: datetime = instant()
    due: str
    unrolled: str
    chosen: date | None = None
    over_at: datetime = instant()
    calendar: int = 0
    beside_due: str | None = None
    beside_over_at: datetime | None = instant(default=None)
    status: str = "running"
    ended_at: datetime | None = instant(default=None)
    late: bool = False
    why: str | None = None
    person_id: int | None = None
    about_id: int | None = Field(default=None, foreign_key="cases.id")
    start_entry: int
    end_entry: int | None = None
    for_id: int | None = Field(default=None, foreign_key="terms.id")
    round: int = 0
    rung: int = 0
    ring_at: datetime | None = instant(default=None)
    suspended_at: datetime | None = instant(default=None)
    extensions: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    run: int | None = None


class Reminder(SQLModel, table=True):
    """One rung that was rung: to whom, when.

    Unique per (term, round, rung): no reminder twice (G4); a moved end begins a new round.
    """

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("term_id", "round", "rung"),)
    id: int | None = Field(default=None, primary_key=True)
    term_id: int = Field(foreign_key="terms.id")
    round: int = 0
    rung: int
    case_id: int = Field(foreign_key="cases.id", index=True)
    fell_due: datetime = instant()
    rung_at: datetime = instant()
    receivers: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )


class Inbox(SQLModel, table=True):
    """To whom a reminder of a running term stands: one worker, a team, or a role (of a team).

    It goes when the term ends; the reminder stays.
    """

    __tablename__ = "inbox"
    id: int | None = Field(default=None, primary_key=True)
    reminder_id: int = Field(foreign_key="reminders.id")
    term_id: int = Field(foreign_key="terms.id", index=True)
    case_id: int = Field(foreign_key="cases.id")
    worker_id: int | None = Field(default=None, foreign_key="workers.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)
    role: str | None = Field(default=None, index=True)
