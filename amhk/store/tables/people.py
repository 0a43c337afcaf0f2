"""The rows of the radar: keys to find people by, joins that can be undone, leave to open a case,
and the forms that come in bulk.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text, true
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant


class PersonKey(SQLModel, table=True):
    """One way to find a person of a melding.

    By BSN, day of birth, sound of the name, or address (`matching.keys`).
    """

    __tablename__ = "person_keys"
    __table_args__ = {"sqlite_with_rowid": False}
    key: str = Field(primary_key=True)
    person_id: int = Field(primary_key=True, foreign_key="people.id", index=True)


class Join(SQLModel, table=True):
    """A melding that was joined to another as vervolgmelding, with all that splitting needs to put
    it back (`before`).
    """

    __tablename__ = "joins"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="meldingen.case_id", index=True)
    target_id: int = Field(foreign_key="meldingen.case_id", index=True)
    phase: str
    before: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict)
    )
    entry: int
    target_entry: int
    undone: datetime | None = instant(default=None)


class Grant(SQLModel, table=True):
    """Leave to read one case outside one's own, asked for with a reason, until a moment (UTC); who
    leads the team the case was of then judges it by the day `due`.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index(
            "grants_to_judge",
            "due",
            sqlite_where=text("judged IS NULL"),
            postgresql_where=text("judged IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    given: datetime = instant()
    until: datetime = instant()
    reason: str | None = None
    due: date | None = None
    team_id: int | None = Field(default=None, foreign_key="teams.id")
    judged: datetime | None = instant(default=None)
    judged_by: int | None = Field(default=None, foreign_key="workers.id")
    verdict: str | None = None


class Conflict(SQLModel, table=True):
    """A conflict of interest: a worker who knows the people of a case may not know of it (nor of
    what belongs to the same household), from a moment (UTC) until it is lifted. One that is
    suspected, by a hash of whom the worker knows (`kin`), is `told` on the case at the next round.
    """

    __tablename__ = "conflicts"
    __table_args__ = (
        Index("conflicts_by_worker", "worker_id", "lifted"),
        Index(
            "conflicts_once",
            "worker_id",
            "case_id",
            unique=True,
            sqlite_where=text("lifted IS NULL"),
            postgresql_where=text("lifted IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    ground: str
    since: datetime = instant()
    set_by: int = Field(foreign_key="workers.id")
    reason: str | None = None
    lifted: datetime | None = instant(default=None)
    kin: str | None = None
    told: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class Kin(SQLModel, table=True):
    """Under what somebody a worker knows would be found, as a keyed hash: nobody reads whom.

    `mark` says by which key it was made.
    """

    __tablename__ = "kin"
    hash: str = Field(primary_key=True)
    worker_id: int = Field(
        primary_key=True,
        foreign_key="workers.id",
        index=True,
        sa_column_kwargs={"autoincrement": False},
    )
    mark: str


class Import(SQLModel, table=True):
    """A file of forms: who brought it, how it was read, and how far it is."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("state IN ('reading', 'preview', 'taking', 'done', 'dropped')"),
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    digest: str
    mapping: str
    worker_id: int = Field(foreign_key="workers.id")
    brought: datetime = instant()
    state: str = "reading"
    total: int = 0
    again: int = 0


class Form(SQLModel, table=True):
    """One row of such a file: to repair, ready, taken as a case, and what the triage made of it.

    `mark` is what the same form always gives, `mended` what it gave after repair: none comes in
    twice.
    """

    __tablename__ = "forms"
    __table_args__ = (
        UniqueConstraint("mark"),
        CheckConstraint("state IN ('repair', 'ready', 'taken', 'dropped')"),
        CheckConstraint("outcome IN ('nieuw', 'hoort_bij', 'geen_hgkm')"),
        Index("forms_by_import", "import_id", "state", "row"),
        Index("forms_to_triage", "state", "outcome"),
        Index("forms_by_kenmerk", "kenmerk"),
        Index("forms_by_kenmerk_key", "kenmerk_key"),
        Index("forms_by_twin", "twin"),
    )
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="imports.id")
    row: int
    mark: str
    mended: str | None = Field(default=None, index=True)
    kenmerk: str | None = None
    kenmerk_key: str | None = None
    twin: str | None = None
    state: str
    acuut: bool = False
    received: datetime | None = instant(default=None)
    told: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict)
    )
    faults: list[Any] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    outcome: str | None = None
    decided: datetime | None = instant(default=None)
    decided_by: int | None = Field(default=None, foreign_key="workers.id")
    undo: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict)
    )
