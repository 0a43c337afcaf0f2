"""What every page needs to know of who looks and of the house, in one statement."""

from datetime import datetime
from typing import cast

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, true

from amhk.rules.privacy.secrecy import ALL_CASES, TEAM_CASES
from amhk.store.cases.barred import barred, keys_of
from amhk.store.cases.scope import seen_by
from amhk.store.house import matters, regions
from amhk.store.house.house_journal import HOUSE, INCIDENT
from amhk.store.intake.imports import FORM, IMPORT
from amhk.store.letters import text_templates
from amhk.store.letters.outbox import OUT
from amhk.store.people import subjects
from amhk.store.people.grants import first_due
from amhk.store.reads import CASE, INBOX, META, SESSION, TERM, WORKER
from amhk.store.ready import Ready
from amhk.store.rows import Row
from amhk.store.staff.second_proofs import has_one
from amhk.store.tables import Sql

# So many reminders are counted for the head of a page; who has more reads that.
MOST = 100


def _meta(key: str, name: str) -> Sql:
    return select(META.c.value).where(META.c.key == key).scalar_subquery().label(name)


def _reminders() -> Sql:
    """Count the reminders that stand before the worker of the row, no further than `MOST`.

    His own, his role's, his team's, within what he may see.
    """
    mine = or_(
        INBOX.c.worker_id == WORKER.c.id,
        and_(
            INBOX.c.role == WORKER.c.role,
            or_(INBOX.c.team_id.is_(None), INBOX.c.team_id == WORKER.c.team_id),
        ),
        and_(
            INBOX.c.team_id == WORKER.c.team_id, INBOX.c.role.is_(None), INBOX.c.worker_id.is_(None)
        ),
    )
    own = seen_by(WORKER.c.id, WORKER.c.team_id)
    seen = or_(WORKER.c.role.in_(ALL_CASES), and_(WORKER.c.role.in_(TEAM_CASES), own))
    known = CASE.c.id.not_in(keys_of(WORKER.c.id))
    found = (
        select(INBOX.c.reminder_id)
        .distinct()
        .join(CASE, CASE.c.id == INBOX.c.case_id)
        .join(TERM, TERM.c.id == INBOX.c.term_id)
        .where(mine, seen, known, TERM.c.status == "running")
        .limit(MOST)
        .correlate(WORKER)
        .subquery()
    )
    count = select(func.count()).select_from(found).correlate(WORKER)
    return count.scalar_subquery().label("reminders")


_HOUSE = [
    _meta("clock", "clock"),
    _meta("present_calendar", "present_calendar"),
    _meta("sweep", "sweep"),
    _meta("trouble", "trouble"),
    _meta("unready", "unready"),
    _meta("search_release", "search_release"),
    exists(select(OUT.c.id).where(OUT.c.state == "dead")).label("dead_letters"),
    exists(select(INCIDENT.c.id).where(INCIDENT.c.closed.is_(None))).label("incidents"),
    select(HOUSE.c.content)
    .where(HOUSE.c.kind == bindparam("proof_kind"))
    .order_by(HOUSE.c.sequence.desc())
    .limit(1)
    .scalar_subquery()
    .label("proof"),
    select(func.min(IMPORT.c.brought))
    .join(FORM, FORM.c.import_id == IMPORT.c.id)
    .where(FORM.c.state.in_(("repair", "ready")))
    .scalar_subquery()
    .label("lying_since"),
    first_due(),
    subjects.first_due(),
    subjects.any_proposed(),
    regions.first_due(),
    matters.first_due(),
    text_templates.first_waiting(),
]
_FRAME = Ready(
    select(
        *WORKER.c,
        barred(),
        SESSION.c.csrf,
        SESSION.c.used,
        SESSION.c.confirmed,
        SESSION.c.proved,
        SESSION.c.vouched,
        has_one().label("second"),
        _reminders(),
        *_HOUSE,
    )
    .join(SESSION, SESSION.c.worker_id == WORKER.c.id)
    .where(
        SESSION.c.hash == bindparam("session"),
        SESSION.c.until > bindparam("real"),
        SESSION.c.used > bindparam("idle"),
        WORKER.c.active == true(),
    )
)
_HOUSE_ALONE = Ready(select(*_HOUSE))


def frame_of(
    connection: Connection, session: str, real: datetime, idle: datetime, proof_kind: str
) -> Row | None:
    """Give the worker of a session that lasts (its hash, real time) and was used since `idle`, the
    secret of his forms, his reminders, and how the house is; None when there is none.
    """
    told = {"session": session, "real": real, "idle": idle, "proof_kind": proof_kind}
    return cast(Row | None, _FRAME.first(connection, told))


def house_of(connection: Connection, proof_kind: str) -> Row:
    """Give how the house is: the training clock, the calendar's release, the last sweep, trouble,
    the last proof, whether incidents stand open, since when forms lie, whether letters could not
    go.
    """
    return cast(Row, _HOUSE_ALONE.first(connection, {"proof_kind": proof_kind}))
