"""What the rows of the tables hold: one type per table, with its keys and types.

A row is what a SELECT of the whole table gives; the test of the store holds them to the tables.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypedDict

Json = dict[str, Any]  # what was filled in or worked out: its keys are the procedure's
Row = Mapping[str, Any]  # of several tables, or of columns only known when it runs


def cell(row: Mapping[str, Any], name: str) -> Any:
    """Give a column of a row, by a name that is known only when it runs."""
    return row[name]


def part(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Give some columns of a row, by names that are known only when it runs."""
    return {name: row[name] for name in names}


class CaseRow(TypedDict):
    """A case with its melding or advies (None of the other route), and the clock of the house."""

    id: int
    number: str
    route: str
    workflow: str
    release: str
    version: int
    state: str
    finish: int | None
    finishes: list[int]
    closed: bool
    closed_at: datetime | None
    ending: str | None
    facts: Json
    gemeente: str
    kanaal: str
    hoedanigheid: str
    meldcodestap: str | None
    aanleiding: list[str]
    aard: list[str]
    zorgen: str
    kenmerk: str | None
    kenmerk_key: str | None
    acuut: bool
    counts: bool
    received: datetime
    registered: datetime
    team_id: int
    team_reason: str
    owner_id: int | None
    taken_by: int
    opened_by: int | None
    entries: int
    head: str
    urgent: bool
    rank: str
    dossier_id: int | None
    melder_naam: str | None
    melder_bereikbaar: str | None
    melder_geheim: bool | None
    melder_functie: str | None
    melder_organisatie: str | None
    melder_toestemming: bool | None
    advies: str | None
    adviesvrager_naam: str | None
    adviesvrager_bereikbaar: str | None
    clock: str | None
    present_calendar: str | None


class TermRow(TypedDict):
    """A term of a case."""

    id: int
    case_id: int
    name: str
    start: datetime
    due: str
    unrolled: str
    chosen: date | None
    over_at: datetime
    calendar: int
    beside_due: str | None
    beside_over_at: datetime | None
    status: str
    ended_at: datetime | None
    late: bool
    why: str | None
    person_id: int | None
    about_id: int | None
    start_entry: int
    end_entry: int | None
    for_id: int | None
    round: int
    rung: int
    ring_at: datetime | None
    suspended_at: datetime | None
    extensions: list[Json]
    run: int | None


class NoticeRow(TypedDict):
    """A letter, whole."""

    id: int
    case_id: int
    kind: str
    recipient: str
    state: str
    obligatory: bool
    version: int
    term_id: int | None
    person_id: int | None
    institution_id: int | None
    about_id: int | None
    facts: Json
    html: str | None
    pdf: bytes | None
    hash: str | None
    left_out: list[Any]
    approved_at: datetime | None
    sent_on: date | None
    way: str | None
    reference: str | None
    reason: str | None
    ground: str | None
    old_fact: bool
    drafted: datetime | None
    release: int | None
    data: Json | None
    decisions: list[Any]
    receipt: Json | None
    returned: Json | None
    run: int | None


class PersonRow(TypedDict):
    """Somebody a melding is about."""

    id: int
    case_id: int
    naam: str
    zoeknaam: str
    voornamen: str | None
    voorvoegsel: str | None
    geslachtsnaam: str | None
    partnernaam: str | None
    geboren: str | None
    uitgerekend: date | None
    geslacht: str | None
    rollen: list[str]
    rolperiodes: list[Json]
    betrokken_als: list[str]
    adres: str | None
    geheim_adres: bool
    bsn: str | None
    bsn_bron: str | None
    bsn_gecontroleerd: date | None
    gezag: bool | None
    recorded: datetime
    from_id: int | None
    mark: str


class WorkerRow(TypedDict):
    """Who works here; `barred` are the keys of the cases he may not know, with commas between."""

    id: int
    name: str
    name_key: str
    role: str
    team_id: int | None
    registration: str | None
    password: str
    must_change: bool
    token: str | None
    token_until: datetime | None
    token_used: date | None
    email: str | None
    active: bool
    login: str | None
    subject: str | None
    external: str | None
    barred: str | None


class TeamWorker(WorkerRow):
    """Who works here, with the name of his team."""

    team: str | None


class ReferralRow(TypedDict):
    """A referral to an institution."""

    id: int
    case_id: int
    institution_id: int
    moment: datetime
    status: str
    answered: datetime | None
    started_on: date | None
    entry: int


class CheckRow(TypedDict):
    """A check of how help goes."""

    id: int
    case_id: int
    moment: datetime
    gevraagd_aan: str | None
    hulp_gestart: date | None
    passend: str
    nu_veilig: str
    hulp_geeindigd: date | None
    doelrealisatie: list[int]
    reden_einde: str | None
    kader: str | None
    tevreden_jeugdige: list[int]
    tevreden_ouder: list[int]
    entry: int
    run: int | None


class FindingRow(TypedDict):
    """A finding of the own investigation."""

    id: int
    case_id: int
    moment: datetime
    bron: str | None
    text: str
    labels: list[str]


class ContactRow(TypedDict):
    """A contact on an advies."""

    id: int
    case_id: int
    moment: datetime
    verslag: str


class ReminderRow(TypedDict):
    """A reminder that was given."""

    id: int
    term_id: int
    round: int
    rung: int
    case_id: int
    fell_due: datetime
    rung_at: datetime
    receivers: list[str]


class OutgoingRow(TypedDict):
    """A letter in the post."""

    id: int
    notice_id: int
    key: str
    way: str
    state: str
    tries: int
    queued: datetime
    worker_id: int
    due: datetime
    claim: str | None
    claimed_by: int | None
    until: datetime | None
    ended: datetime | None
    why: str | None


class InstitutionRow(TypedDict):
    """An institution of the sociale kaart."""

    id: int
    name: str
    kind: str
    scale: str
    gemeenten: list[str]
    address: str | None
    secure_address: str | None
    vervolg: str | None
    active: bool


class TeamRow(TypedDict):
    """A team."""

    id: int
    name: str
    is_default: bool


class RelationRow(TypedDict):
    """How two cases belong together."""

    id: int
    case_id: int
    kind: str
    other_id: int


class FinishRow(TypedDict):
    """A finish a case reached."""

    id: int
    case_id: int
    finish: int
    moment: datetime
    entry: int


class AttachmentRow(TypedDict):
    """A file of a melding."""

    id: int
    case_id: int
    name: str
    kind: str
    size: int
    hash: str
    added: datetime
    worker_id: int
    entry: int


class PlanRow(TypedDict):
    """A plan of absence or leaving."""

    id: int
    worker_id: int
    kind: str
    start: date
    end: date | None
    to_id: int | None
    reason: str
    made_by: int | None
    made: datetime
    effect: datetime | None
    undone: datetime | None


class EntryRow(TypedDict):
    """A line of the journal of a case."""

    id: int
    case_id: int
    sequence: int
    instant: datetime
    worker_id: int | None
    kind: str
    what: str
    terms: str | None
    figures: str | None
    held: str | None
    content: str | None
    salt: str | None
    commitment: str
    previous: str
    hash: str


class JournalLine(EntryRow):
    """A line of the journal of a case, with the name of who wrote it."""

    worker: str | None
