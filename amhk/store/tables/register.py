"""The rows of the register beside the cases."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant


class Matter(SQLModel, table=True):
    """A matter beside the cases (a complaint, a second opinion, a calamiteit): its kind as the
    procedure names it, the step it waits for and by which day. An open one always has a day.

    `about_id` is the worker it is about, who does not read it; `case_number` the case, as told.
    """

    __tablename__ = "matters"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'withdrawn')"),
        CheckConstraint("(state = 'open') = (due IS NOT NULL)"),
        CheckConstraint("(state = 'open') = (step IS NOT NULL)"),
        Index("matters_open", "due", sqlite_where=text("state = 'open'")),
    )
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    kind: str
    received: date
    told_by: str | None = None
    about: str
    case_number: str | None = None
    about_id: int | None = Field(default=None, foreign_key="workers.id")
    made: datetime = instant()
    made_by: int | None = Field(default=None, foreign_key="workers.id")
    state: str = "open"
    step: str | None = None
    due: date | None = None


class MatterStep(SQLModel, table=True):
    """A step of a matter that was done: on which day, what came of it, and by which day it was due
    (in time when `done` is not after it); or that it was withdrawn.
    """

    __tablename__ = "matter_steps"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="matters.id", index=True)
    step: str
    due: date
    done: date
    what: str
    written: datetime = instant()
    worker_id: int | None = Field(default=None, foreign_key="workers.id")
