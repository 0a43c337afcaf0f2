"""The rows of the figures: what each case counts for, the same added up by month, the stamps they
were made at, and the reports that are kept.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant

_LASTS, _RUNS = text("until <> ''"), text("value = 'loopt'")


class CountedFact(SQLModel, table=True):
    """One fact of a case (`rules.figures.Fact`), as the journal told it up to the position the
    figures are made at.
    """

    __tablename__ = "facts"
    __table_args__ = (
        Index("facts_by_day", "name", "day"),
        Index("facts_that_run", "name", "day", sqlite_where=_RUNS, postgresql_where=_RUNS),
        Index("facts_that_last", "name", "until", sqlite_where=_LASTS, postgresql_where=_LASTS),
        {"sqlite_with_rowid": False},
    )
    case_id: int = Field(primary_key=True)
    name: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    until: str = Field(primary_key=True)
    gemeente: str
    count: int


class Tally(SQLModel, table=True):
    """How often something happened in a month, a gemeente and with a value.

    The facts that do not change by the passing of time alone, added up.
    """

    __tablename__ = "tallies"
    __table_args__ = {"sqlite_with_rowid": False}
    name: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    gemeente: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    count: int


class Stamp(SQLModel, table=True):
    """A position of the journal (all lines up to and including that key), and the hash over the
    hashes of those lines, one after another.
    """

    __tablename__ = "stamps"
    position: int = Field(primary_key=True)
    digest: str
    instant: datetime = instant()


class KeptReport(SQLModel, table=True):
    """A report as it was made and announced; it never changes.

    `content` is the whole report as JSON, `hash` its SHA-256.
    """

    __tablename__ = "kept_reports"
    __table_args__ = (UniqueConstraint("name", "period", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    name: str
    period: str
    number: int
    made: datetime = instant()
    worker_id: int | None = Field(default=None, foreign_key="workers.id")
    position: int
    digest: str
    content: str
    hash: str
