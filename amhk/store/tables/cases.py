"""The rows of cases: advies, melding, people, terms, reminders, letters, journal."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant

_OWED = "state IN ('draft', 'approved')"
_OWNED, _OPEN = "owner_id IS NOT NULL", "rank < '9'"


class Dossier(SQLModel, table=True):
    """A household: what its meldingen have in common."""

    __tablename__ = "dossiers"
    id: int | None = Field(default=None, primary_key=True)
    opened: datetime = instant()


class Case(SQLModel, table=True):
    """One advies or one melding.

    `version` is the lock; `head` and `entries` close the journal's chain; `rank` sorts by danger:
    see `claims.rank`.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("id", "route"),
        CheckConstraint("route IN ('advies', 'melding')"),
        Index("cases_by_team", "team_id", "closed", "received"),
        Index("cases_by_received", "received", "id"),
        Index("cases_by_kenmerk", "kenmerk"),
        Index("cases_by_kenmerk_key", "kenmerk_key"),
        Index("cases_by_rank", "rank", "id"),
        Index("cases_by_team_rank", "team_id", "rank", "id"),
        Index(
            "cases_by_owner_rank",
            "owner_id",
            "rank",
            "id",
            sqlite_where=text(_OWNED),
            postgresql_where=text(_OWNED),
        ),
        Index(
            "cases_open",
            "team_id",
            "owner_id",
            "rank",
            "urgent",
            "opened_by",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("cases_by_taker_rank", "taken_by", "rank", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    route: str
    workflow: str
    release: str
    version: int = 1
    state: str
    finish: int | None = None
    finishes: list[int] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    closed: bool = False
    closed_at: datetime | None = instant(default=None)
    ending: str | None = None
    facts: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict)
    )
    gemeente: str
    kanaal: str
    hoedanigheid: str
    meldcodestap: str | None = None
    aanleiding: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    aard: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    zorgen: str
    kenmerk: str | None = None
    kenmerk_key: str | None = None
    acuut: bool = False
    counts: bool = True
    received: datetime = instant()
    registered: datetime = instant()
    team_id: int = Field(foreign_key="teams.id")
    team_reason: str
    owner_id: int | None = Field(default=None, foreign_key="workers.id")
    taken_by: int = Field(foreign_key="workers.id")
    opened_by: int | None = Field(default=None, foreign_key="workers.id")
    entries: int = 0
    head: str = ""
    urgent: bool = False
    rank: str = "9"


class Melding(SQLModel, table=True):
    """What only a melding has: its dossier and the melder.

    No advies can have this row (the check on `route`), so none can have people.
    """

    __tablename__ = "meldingen"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "route"], ["cases.id", "cases.route"]),
        CheckConstraint("route = 'melding'"),
    )
    case_id: int = Field(primary_key=True)
    route: str = "melding"
    dossier_id: int | None = Field(default=None, foreign_key="dossiers.id", index=True)
    melder_naam: str | None = None
    melder_bereikbaar: str | None = None
    melder_geheim: bool = False
    melder_functie: str | None = None
    melder_organisatie: str | None = None
    melder_toestemming: bool | None = None


class Advies(SQLModel, table=True):
    """What only an advies has: the advice, and the adviesvrager if he consented.

    There is no place for the family.
    """

    __tablename__ = "adviezen"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "route"], ["cases.id", "cases.route"]),
        CheckConstraint("route = 'advies'"),
    )
    case_id: int = Field(primary_key=True)
    route: str = "advies"
    advies: str | None = None
    adviesvrager_naam: str | None = None
    adviesvrager_bereikbaar: str | None = None


class Contact(SQLModel, table=True):
    """One contact with the adviesvrager during the support."""

    __tablename__ = "contacts"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="adviezen.case_id", index=True)
    moment: datetime = instant()
    verslag: str


class Person(SQLModel, table=True):
    """A person a melding is about, as told.

    Roles are many-valued, bound in time (`rolperiodes`) and never fixed labels. `from_id`: the
    vervolgmelding he came along with.
    """

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("case_id", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="meldingen.case_id", index=True)
    naam: str
    zoeknaam: str = Field(index=True)
    voornamen: str | None = None
    voorvoegsel: str | None = None
    geslachtsnaam: str | None = None
    partnernaam: str | None = None
    geboren: str | None = None
    uitgerekend: date | None = None
    geslacht: str | None = None
    rollen: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    rolperiodes: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    betrokken_als: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    adres: str | None = None
    geheim_adres: bool = False
    bsn: str | None = Field(default=None, index=True)
    bsn_bron: str | None = None
    bsn_gecontroleerd: date | None = None
    gezag: bool | None = None
    recorded: datetime = instant()
    from_id: int | None = Field(default=None, foreign_key="cases.id")
    mark: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})


class Relation(SQLModel, table=True):
    """How two cases belong together, seen from `case_id`."""

    __tablename__ = "relations"
    __table_args__ = (UniqueConstraint("case_id", "kind", "other_id"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    kind: str
    other_id: int = Field(foreign_key="cases.id")


class Notice(SQLModel, table=True):
    """A letter: draft, approved (text, PDF and `data` frozen, with the release of its text), sent,
    withheld or void; `decisions` to postpone or withhold; `receipt` and `returned` say what came of
    it.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'approved', 'sent', 'withheld', 'void')"),
        ForeignKeyConstraint(
            ["case_id", "person_id"], ["people.case_id", "people.id"], name="notices_person"
        ),
        Index("notices_owed", "state", sqlite_where=text(_OWED), postgresql_where=text(_OWED)),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    kind: str
    recipient: str
    state: str = "draft"
    obligatory: bool = False
    version: int = 1
    term_id: int | None = Field(default=None, foreign_key="terms.id")
    person_id: int | None = None
    institution_id: int | None = Field(default=None, foreign_key="institutions.id")
    about_id: int | None = Field(default=None, foreign_key="cases.id")
    facts: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict)
    )
    html: str | None = None
    pdf: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    hash: str | None = None
    left_out: list[Any] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    approved_at: datetime | None = instant(default=None)
    sent_on: date | None = None
    way: str | None = None
    reference: str | None = None
    reason: str | None = None
    ground: str | None = None
    old_fact: bool = False
    drafted: datetime | None = instant(default=None)
    release: int | None = None
    data: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    decisions: list[Any] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    receipt: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    returned: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    run: int | None = None


class Referral(SQLModel, table=True):
    """A referral to hulpverlening (overdracht).

    Open, accepted, refused, started, or lapsed (it was never answered, and nobody waits for it any
    more).
    """

    __tablename__ = "referrals"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    institution_id: int = Field(foreign_key="institutions.id")
    moment: datetime = instant()
    status: str = "open"
    answered: datetime | None = instant(default=None)
    started_on: date | None = None
    entry: int


class Check(SQLModel, table=True):
    """A recorded voortgangscontrole: its due date, when it was done, and what it found."""

    __tablename__ = "checks"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    moment: datetime = instant()
    gevraagd_aan: str | None = None
    hulp_gestart: date | None = None
    passend: str
    nu_veilig: str
    hulp_geeindigd: date | None = None
    doelrealisatie: list[int] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    reden_einde: str | None = None
    kader: str | None = None
    tevreden_jeugdige: list[int] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    tevreden_ouder: list[int] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    entry: int
    run: int | None = None


class Finding(SQLModel, table=True):
    """What the own investigation found, with its kind of source (never who) and what it is beyond
    that (`labels`: medisch, strafrechtelijk, ouder).
    """

    __tablename__ = "findings"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="meldingen.case_id", index=True)
    moment: datetime = instant()
    bron: str | None = None
    text: str
    labels: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )


class Finish(SQLModel, table=True):
    """A finish a case reached, and when; the last one counts for the figures of its moment."""

    __tablename__ = "finishes"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    finish: int
    moment: datetime = instant()
    entry: int


class Entry(SQLModel, table=True):
    """One journal entry.

    `hash` chains over `previous` and `commitment` (a salted hash of `content`), so content can be
    erased by law; `terms` says what it did to terms, `figures` what it means to the figures and
    `held` what the rows of the case were then, in hashes (no person in any), and they stay.
    """

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("case_id", "sequence"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id")
    sequence: int
    instant: datetime = instant()
    worker_id: int | None = Field(default=None, foreign_key="workers.id")
    kind: str
    what: str
    terms: str | None = None
    figures: str | None = None
    held: str | None = None
    content: str | None = None
    salt: str | None = None
    commitment: str
    previous: str
    hash: str
