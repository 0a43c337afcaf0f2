"""The rows of the desk on screen.

Concepts, saved lists, words to search by, attachments, routing rules, texts of letters.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant


class Concept(SQLModel, table=True):
    """What a worker has typed in a form and not yet sent, by the mark of its form; only he sees it.

    It goes when the form is carried out or thrown away. `path` is where the form leads, empty for a
    call that is not a case yet. Real time.
    """

    __tablename__ = "concepts"
    __table_args__ = (UniqueConstraint("worker_id", "mark"),)
    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers.id")
    mark: str
    path: str = ""
    typed: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict)
    )
    begun: datetime = instant()
    saved: datetime = instant()


class SavedList(SQLModel, table=True):
    """A worklist a worker comes back to: its name and what it asks for (filters, sort, columns)."""

    __tablename__ = "saved_lists"
    __table_args__ = (UniqueConstraint("worker_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers.id")
    name: str
    asks: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict)
    )


class SearchWord(SQLModel, table=True):
    """One word (folded) by which a case is found.

    Never of the melder, a BSN or a secret address.
    """

    __tablename__ = "search_words"
    __table_args__ = {"sqlite_with_rowid": False}
    # by byte, or PostgreSQL would sort by language and a range would not be how a word begins
    word: str = Field(
        sa_column=Column(
            String().with_variant(String(collation="C"), "postgresql"), primary_key=True
        )
    )
    case_id: int = Field(primary_key=True, foreign_key="cases.id", index=True)


class Attachment(SQLModel, table=True):
    """A file that belongs to a melding; the bytes lie outside the web root, by their hash.

    They go when no row names them.
    """

    __tablename__ = "attachments"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="meldingen.case_id", index=True)
    name: str
    kind: str
    size: int
    hash: str = Field(index=True)
    added: datetime = instant()
    worker_id: int = Field(foreign_key="workers.id")
    entry: int


class RoutingLine(SQLModel, table=True):
    """One rule of which team takes a call; the first that fits, by `place`, wins."""

    __tablename__ = "routing_lines"
    id: int | None = Field(default=None, primary_key=True)
    place: int
    team_id: int = Field(foreign_key="teams.id")
    gemeente: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    subregio: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    stroom: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    acuut: bool | None = None
    reden: str = ""


class LetterText(SQLModel, table=True):
    """A text of a letter as it was changed on screen, version by version (`release`), for one
    release of the procedure (`of`; empty: for all). It holds once it is approved, by another.
    """

    __tablename__ = "letter_texts"
    __table_args__ = (UniqueConstraint("kind", "release"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    release: int
    text: str
    worker_id: int = Field(foreign_key="workers.id")
    made: datetime = instant()
    of: str = Field(default="", sa_column_kwargs={"server_default": ""})
    approved: datetime | None = instant(default=None, nullable=True)
    approved_by: int | None = Field(default=None, foreign_key="workers.id")
