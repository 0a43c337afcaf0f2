"""The rows of what a betrokkene may ask, and of what is destroyed or kept longer."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant

_OPEN = "state = 'open'"


class SubjectRequest(SQLModel, table=True):
    """A request of a betrokkene about his data (inzage, correction, destruction, objection), to be
    answered by the day `due`; `person_mark` is the mark of a person of the case, empty for somebody
    else. A mark is given once: after a destruction it is nobody's.
    """

    __tablename__ = "subject_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('inzage', 'correctie', 'vernietiging', 'bezwaar')"),
        CheckConstraint("state IN ('open', 'granted', 'partly', 'refused', 'withdrawn')"),
        Index(
            "subject_requests_open",
            "due",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    person_mark: str | None = None
    kind: str
    by: str
    received: date
    identity: str | None = None
    wish: str | None = None
    due: date
    state: str = "open"
    decided: datetime | None = instant(default=None)
    decided_by: int | None = Field(default=None, foreign_key="workers.id")
    ground: str | None = None
    motive: str | None = None
    entry: int


class Destruction(SQLModel, table=True):
    """A destruction that somebody proposed, and that somebody else carried out or turned down: of a
    whole case, or of one person in it.

    `files` are the keys of the attachments that go along; `record` says afterwards what went, in
    hashes only. Nobody proposed or ended one that a backup of before was held against.
    """

    __tablename__ = "destructions"
    __table_args__ = (CheckConstraint("state IN ('proposed', 'done', 'refused')"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    person_mark: str | None = None
    request_id: int | None = Field(default=None, foreign_key="subject_requests.id")
    files: list[int] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    reason: str | None = None
    state: str = "proposed"
    proposed: datetime = instant()
    proposed_by: int | None = Field(default=None, foreign_key="workers.id")
    ended: datetime | None = instant(default=None)
    ended_by: int | None = Field(default=None, foreign_key="workers.id")
    record: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )


class Keeping(SQLModel, table=True):
    """That a case is kept after its day, until another, on a ground (Wmo 2015 art. 5.3.4)."""

    __tablename__ = "keepings"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    until: date
    ground: str
    reason: str | None = None
    made: datetime = instant()
    made_by: int = Field(foreign_key="workers.id")
