"""The rows of what passes between meldpunten."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant


class Meldpunt(SQLModel, table=True):
    """Another meldpunt as its card tells: its name, the key (hex) it signs with, and to what one
    writes to it (`age1...`). One that is `gone` is written to no more.
    """

    __tablename__ = "meldpunten"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    sign: str
    receive: str
    added: datetime = instant()
    added_by: int | None = Field(default=None, foreign_key="workers.id")
    gone: bool = False


class Arrival(SQLModel, table=True):
    """A dossier another meldpunt sealed for this one: the file as it came until it is answered, its
    hash (SHA-256), and by which day (`due`) it must be. `case_id` is the melding it became.
    """

    __tablename__ = "arrivals"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'refused')"),
        CheckConstraint("(state = 'waiting') = (answered IS NULL)"),
        CheckConstraint("(state = 'waiting') = (sealed IS NOT NULL)"),
        Index("arrivals_waiting", "due", sqlite_where=text("state = 'waiting'")),
    )
    id: int | None = Field(default=None, primary_key=True)
    bundle: str = Field(unique=True)
    meldpunt_id: int = Field(foreign_key="meldpunten.id")
    number: str
    sealed: bytes | None = None
    hash: str
    arrived: datetime = instant()
    arrived_by: int | None = Field(default=None, foreign_key="workers.id")
    due: date
    state: str = "waiting"
    case_id: int | None = Field(default=None, foreign_key="cases.id")
    answered: datetime | None = instant(default=None)
    answered_by: int | None = Field(default=None, foreign_key="workers.id")
    reason: str | None = None
