"""The rows of the house itself.

Who works here, when, where calls go, the calendar, the channels, and the house's own journal.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, UniqueConstraint, false, true
from sqlmodel import Field, SQLModel

from amhk.store.database.instants import instant


class Meta(SQLModel, table=True):
    """What the house remembers of itself.

    Its kind (training or production), the training clock, heartbeat, last sweep.
    """

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class Counter(SQLModel, table=True):
    """The last number given per letter and year, so that numbers are gapless."""

    __tablename__ = "counters"
    prefix: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class Team(SQLModel, table=True):
    """A team; exactly one is the default for calls that no routing rule takes."""

    __tablename__ = "teams"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    is_default: bool = False


class Worker(SQLModel, table=True):
    """Someone who works here; `name_key` is his name without capitals and accents, `login` (folded)
    and `subject` how the organisation knows him, `external` how its directory does.

    Passwords are argon2id hashes, tokens SHA-256 hashes of 256 random bits.
    """

    __tablename__ = "workers"
    __table_args__ = (
        Index("workers_by_login", "login", unique=True),
        Index("workers_by_subject", "subject", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    name_key: str = Field(unique=True)
    role: str
    team_id: int | None = Field(default=None, foreign_key="teams.id")
    registration: str | None = None
    password: str
    must_change: bool = False
    token: str | None = Field(default=None, unique=True)
    token_until: datetime | None = instant(default=None)
    token_used: date | None = None
    email: str | None = None
    active: bool = True
    login: str | None = None
    subject: str | None = None
    external: str | None = None


class Question(SQLModel, table=True):
    """A question whether somebody is known from before.

    Who asked when (real time), of how many people, and how many were found; never of whom.
    """

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_worker_id", "worker_id", "instant"),)
    id: int | None = Field(default=None, primary_key=True)
    instant: datetime = instant()
    worker_id: int = Field(foreign_key="workers.id")
    people: int
    found: int


class Session(SQLModel, table=True):
    """A signed-in browser: the hash of its cookie, its CSRF secret, since when, when last used,
    when the password was last given, its end, and on what; `vouched` when the organisation asked
    the second proof.

    All on real time.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("sessions_by_worker", "worker_id"),)
    hash: str = Field(primary_key=True)
    worker_id: int = Field(foreign_key="workers.id")
    csrf: str
    begun: datetime = instant()
    used: datetime = instant()
    confirmed: datetime = instant()
    until: datetime = instant()
    device: str
    proved: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    vouched: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class SecondProof(SQLModel, table=True):
    """The second proof of a worker: the secret his phone has too, the session in which it was set
    up, since when it counts, the last step of time that was used, and the hashes of the codes he
    put away.
    """

    __tablename__ = "second_proofs"
    worker_id: int = Field(
        primary_key=True, foreign_key="workers.id", sa_column_kwargs={"autoincrement": False}
    )
    secret: str
    session: str
    since: datetime | None = instant(default=None)
    step: int
    codes: list[str] = Field(sa_column=Column(JSON, nullable=False))


class Passkey(SQLModel, table=True):
    """A passkey of a worker: its credential and public key (base64url), how far it counted, what he
    calls it, since when and when last used (real time).
    """

    __tablename__ = "passkeys"
    id: int | None = Field(default=None, primary_key=True)
    credential: str = Field(unique=True)
    worker_id: int = Field(foreign_key="workers.id", index=True)
    public_key: str
    counter: int
    name: str
    made: datetime = instant()
    used: datetime | None = instant(default=None)


class Challenge(SQLModel, table=True):
    """A question put to whoever holds a passkey (its hash; to this worker, or to who comes in),
    until a moment of real time.
    """

    __tablename__ = "challenges"
    hash: str = Field(primary_key=True)
    worker_id: int | None = Field(default=None, foreign_key="workers.id")
    until: datetime = instant()


class Institution(SQLModel, table=True):
    """An institution a case can be handed to: kind of help, scale, the gemeenten it serves."""

    __tablename__ = "institutions"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str
    scale: str
    gemeenten: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    address: str | None = None
    secure_address: str | None = None
    vervolg: str | None = None
    active: bool = True


class Attempt(SQLModel, table=True):
    """A wrong password: a hash of the name or of the address, and when (real time)."""

    __tablename__ = "attempts"
    __table_args__ = (Index("attempts_by_key", "key", "instant"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str
    instant: datetime = instant()


class Request(SQLModel, table=True):
    """A request that carried an Idempotency-Key, and the case it led to."""

    __tablename__ = "requests"
    __table_args__ = (UniqueConstraint("worker_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers.id")
    key: str
    body: str
    number: str


class CalendarDay(SQLModel, table=True):
    """One change of the calendar, never taken back: `id` is the release it makes.

    `kind` is feestdag, sluitingsdag or kantooruren (`day`: valid from).
    """

    __tablename__ = "calendar_days"
    id: int | None = Field(default=None, primary_key=True)
    instant: datetime = instant()
    worker_id: int | None = Field(default=None, foreign_key="workers.id")
    kind: str
    day: date
    name: str
    gone: bool = False


class Piket(SQLModel, table=True):
    """Who has piket, from one instant to another (half-open)."""

    __tablename__ = "piket"
    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers.id", index=True)
    start: datetime = instant()
    end: datetime = instant(index=True)
    gone: bool = False


class Plan(SQLModel, table=True):
    """Who is away or leaves, from which day, and what becomes of his cases.

    `effect` once it was carried out, `undone` once taken back.
    """

    __tablename__ = "plans"
    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers.id", index=True)
    kind: str
    start: date
    end: date | None = None
    to_id: int | None = Field(default=None, foreign_key="workers.id")
    reason: str
    made_by: int | None = Field(default=None, foreign_key="workers.id")
    made: datetime = instant()
    effect: datetime | None = instant(default=None)
    undone: datetime | None = instant(default=None)


class PlanCase(SQLModel, table=True):
    """One case of a plan: to whom it goes (nobody: the team), and whether it went."""

    __tablename__ = "plan_cases"
    __table_args__ = (UniqueConstraint("plan_id", "case_id"),)
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    to_id: int | None = Field(default=None, foreign_key="workers.id")
    went: bool = False


class Feed(SQLModel, table=True):
    """A calendar address: the hash of its secret, of one worker, his own or (with `team_id`) his
    team's.
    """

    __tablename__ = "feeds"
    id: int | None = Field(default=None, primary_key=True)
    hash: str = Field(unique=True)
    worker_id: int = Field(foreign_key="workers.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id")
    created: datetime = instant()
    revoked: datetime | None = instant(default=None)


class Digest(SQLModel, table=True):
    """The mail of one day to one worker: claimed once, sent under a stable key, recorded.

    Tried again until it went or a newer one took its place.
    """

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("worker_id", "day"),)
    id: int | None = Field(default=None, primary_key=True)
    worker_id: int = Field(foreign_key="workers.id")
    day: date
    key: str
    state: str = "queued"
    body: str
    tries: int = 0
    claimed: datetime | None = instant(default=None)
    sent: datetime | None = instant(default=None)
    why: str | None = None


class HouseEntry(SQLModel, table=True):
    """One line of the house's own journal (calendar, piket, absence, the proof of the night),
    chained by hash.
    """

    __tablename__ = "house"
    id: int | None = Field(default=None, primary_key=True)
    sequence: int = Field(unique=True)
    instant: datetime = instant()
    worker_id: int | None = Field(default=None, foreign_key="workers.id")
    kind: str = Field(index=True)
    what: str
    content: str
    previous: str
    hash: str


class Incident(SQLModel, table=True):
    """Something wrong with the house itself.

    A term for the beheerder, open until he says what was done.
    """

    __tablename__ = "incidents"
    id: int | None = Field(default=None, primary_key=True)
    opened: datetime = instant()
    what: str
    due: date
    over_at: datetime = instant()
    closed: datetime | None = instant(default=None)
    closed_by: int | None = Field(default=None, foreign_key="workers.id")
    reason: str | None = None
