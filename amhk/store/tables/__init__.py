"""The rows.

SQLModel states the schema; hot paths use `Table` objects through SQLAlchemy Core. A row validates
nothing.
"""

from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, CompoundSelect, Select, Table
from sqlmodel import SQLModel

from amhk.store.tables.cases import (
    Advies,
    Case,
    Check,
    Contact,
    Dossier,
    Entry,
    Finding,
    Finish,
    Melding,
    Notice,
    Person,
    Referral,
    Relation,
)
from amhk.store.tables.figures import CountedFact, KeptReport, Stamp, Tally
from amhk.store.tables.house import (
    Attempt,
    CalendarDay,
    Challenge,
    Counter,
    Digest,
    Feed,
    HouseEntry,
    Incident,
    Institution,
    Meta,
    Passkey,
    Piket,
    Plan,
    PlanCase,
    Question,
    Request,
    SecondProof,
    Session,
    Team,
    Worker,
)
from amhk.store.tables.looks import Look, LookHead
from amhk.store.tables.people import Conflict, Form, Grant, Import, Join, Kin, PersonKey
from amhk.store.tables.post import Outgoing
from amhk.store.tables.regions import Arrival, Meldpunt
from amhk.store.tables.register import Matter, MatterStep
from amhk.store.tables.screen import (
    Attachment,
    Concept,
    LetterText,
    RoutingLine,
    SavedList,
    SearchWord,
)
from amhk.store.tables.subjects import Destruction, Keeping, SubjectRequest
from amhk.store.tables.terms import Inbox, Reminder, Term

__all__ = [
    "Advies",
    "Arrival",
    "Attachment",
    "Attempt",
    "CalendarDay",
    "Case",
    "Challenge",
    "Check",
    "Concept",
    "Conflict",
    "Contact",
    "CountedFact",
    "Counter",
    "Destruction",
    "Digest",
    "Dossier",
    "Entry",
    "Feed",
    "Finding",
    "Finish",
    "Form",
    "Grant",
    "HouseEntry",
    "Import",
    "Inbox",
    "Incident",
    "Institution",
    "Join",
    "Keeping",
    "KeptReport",
    "Kin",
    "LetterText",
    "Look",
    "LookHead",
    "Matter",
    "MatterStep",
    "Melding",
    "Meldpunt",
    "Meta",
    "Notice",
    "Outgoing",
    "Passkey",
    "Person",
    "PersonKey",
    "Piket",
    "Plan",
    "PlanCase",
    "Query",
    "Question",
    "Referral",
    "Relation",
    "Reminder",
    "Request",
    "RoutingLine",
    "SavedList",
    "SearchWord",
    "SecondProof",
    "Session",
    "Source",
    "Sql",
    "Stamp",
    "SubjectRequest",
    "Tally",
    "Team",
    "Term",
    "Worker",
    "table",
]

R = TypeVar("R")
Sql = ColumnElement[Any]  # an expression, or the condition of a WHERE
Query = Select[Any] | CompoundSelect[Any]


class Source(Table, Generic[R]):
    """A Core table of which a whole row has the type R (`store.rows`); it is never made."""


def table(model: type[SQLModel]) -> Any:
    """Give the Core table of a row class."""
    return cast(Any, model).__table__
