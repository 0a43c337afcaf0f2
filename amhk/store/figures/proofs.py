"""What the proof of the night reads.

The ledger of every open case, its stored terms, and counts that must be nought.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, and_, exists, false, func, not_, or_, select, text, true

from amhk.store.people.people import JOIN
from amhk.store.reads import CASE, ENTRY, INBOX, MELDING, REFERRAL, RELATION, REMINDER, TERM
from amhk.store.rows import Row

_TERM = [
    TERM.c[n]
    for n in (
        "id",
        "case_id",
        "name",
        "due",
        "over_at",
        "beside_due",
        "beside_over_at",
        "status",
        "ended_at",
        "calendar",
        "start",
        "ring_at",
        "rung",
    )
]


def open_cases(connection: Connection) -> Iterator[tuple[Row, list[Row], list[str]]]:
    """Give every open case with its stored terms and the ledger texts of its journal, read as a
    stream in order of case.
    """
    cases = (
        select(CASE.c.id, CASE.c.number, CASE.c.workflow, CASE.c.release)
        .where(CASE.c.closed == false())
        .order_by(CASE.c.id)
    )
    terms = (
        select(*_TERM)
        .join(CASE, CASE.c.id == TERM.c.case_id)
        .where(CASE.c.closed == false())
        .order_by(TERM.c.case_id, TERM.c.id)
    )
    lines = select(ENTRY.c.case_id, ENTRY.c.terms).join(CASE, CASE.c.id == ENTRY.c.case_id)
    lines = lines.where(CASE.c.closed == false(), ENTRY.c.terms.is_not(None)).order_by(
        ENTRY.c.case_id, ENTRY.c.sequence
    )
    streams = [
        connection.execute(s.execution_options(yield_per=1000)) for s in (cases, terms, lines)
    ]
    heads, columns = (tuple(s.keys()) for s in streams[:2])
    try:
        stored, told = _Groups(streams[1], columns.index("case_id")), _Groups(streams[2], 0)
        for case in streams[0]:
            yield (
                dict(zip(heads, case, strict=True)),
                [dict(zip(columns, row, strict=True)) for row in stored.of(case[0])],
                [row[1] for row in told.of(case[0])],
            )
    finally:
        for stream in streams:
            stream.close()


class _Groups:
    """Hands out the rows of one case at a time, from a stream in order of case.

    It is asked in that order too.
    """

    def __init__(self, stream: Iterable[Any], case: int) -> None:
        self._groups = groupby(stream, key=itemgetter(case))
        self._ahead: tuple[int, list[Any]] | None = None

    def of(self, case: int) -> list[Any]:
        """Give the rows of a case, none when it has none."""
        while self._ahead is None or self._ahead[0] < case:
            if (found := next(self._groups, None)) is None:
                return []
            self._ahead = found[0], list(found[1])
        return self._ahead[1] if self._ahead[0] == case else []


def heads(connection: Connection) -> tuple[int, str]:
    """Give how many cases there are, and one hash over the heads of all their journals.

    It stands for every line written so far.
    """
    made, count = sha256(), 0
    statement = select(CASE.c.number, CASE.c.entries, CASE.c.head).order_by(CASE.c.id)
    for number, entries, head in connection.execute(statement.execution_options(yield_per=5000)):
        made.update(f"{number} {entries} {head}\n".encode())
        count += 1
    return count, made.hexdigest()


def rungs(connection: Connection, after: int) -> tuple[int, int]:
    """Give how many rungs were rung after a key, and the key of the last one."""
    found = connection.execute(
        select(func.count(), func.max(REMINDER.c.id)).where(REMINDER.c.id > after)
    ).one()
    return int(found[0]), int(found[1] or after)


def contradictions(connection: Connection) -> list[str]:
    """Give the numbers of cases in which a referral says something else than the rest
    (`rules.pairs`): open on a closed case, or begun without a day.
    """
    begun, day = REFERRAL.c.status == "started", REFERRAL.c.started_on.is_not(None)
    apart = or_(and_(begun, not_(day)), and_(not_(begun), day))
    wrong = or_(apart, and_(CASE.c.closed == true(), REFERRAL.c.status == "open"))
    found = (
        select(CASE.c.number)
        .distinct()
        .join(REFERRAL, REFERRAL.c.case_id == CASE.c.id)
        .where(wrong)
    )
    return list(connection.execute(found.order_by(CASE.c.number)).scalars())


def strayed(connection: Connection) -> list[str]:
    """Give the numbers of hermeldingen whose link leads to a melding that runs, or that stands in
    another dossier (`rules.pairs`); of one that joined another, its dossier is the one it came
    from.
    """
    other, there = CASE.alias("other"), MELDING.alias("there")
    joined = exists(select(JOIN.c.id).where(JOIN.c.case_id == CASE.c.id, JOIN.c.undone.is_(None)))
    apart = and_(not_(joined), MELDING.c.dossier_id != there.c.dossier_id)
    found = (
        select(CASE.c.number)
        .join(RELATION, and_(RELATION.c.case_id == CASE.c.id, RELATION.c.kind == "hermelding_van"))
        .join(other, other.c.id == RELATION.c.other_id)
        .join(MELDING, MELDING.c.case_id == CASE.c.id)
        .join(there, there.c.case_id == other.c.id)
        .where(or_(other.c.closed == false(), apart))
    )
    return list(connection.execute(found.distinct().order_by(CASE.c.number)).scalars())


def running_on_closed(connection: Connection) -> list[str]:
    """Give the numbers of closed cases on which a term still runs: closing ends them all."""
    statement = (
        select(CASE.c.number)
        .join(TERM, TERM.c.case_id == CASE.c.id)
        .where(CASE.c.closed == true(), text("terms.status IN ('running', 'suspended')"))
    )
    return list(connection.execute(statement.distinct().order_by(CASE.c.number)).scalars())


def rung_without_trace(connection: Connection) -> list[tuple[str, str]]:
    """Give (number, term) of running terms that stand past a rung of which there is no reminder, or
    none before anybody.
    """
    told = exists(
        select(REMINDER.c.id).where(
            REMINDER.c.term_id == TERM.c.id, REMINDER.c.rung == TERM.c.rung - 1
        )
    )
    stands = exists(select(INBOX.c.id).where(INBOX.c.term_id == TERM.c.id))
    statement = select(CASE.c.number, TERM.c.name).join(CASE, CASE.c.id == TERM.c.case_id)
    statement = statement.where(
        text("terms.status = 'running'"), TERM.c.rung > 0, not_(and_(told, stands))
    )
    return [(r[0], r[1]) for r in connection.execute(statement.order_by(CASE.c.number))]


def unrung(connection: Connection, now: datetime) -> int:
    """Give how many rungs have fallen due and were not rung."""
    statement = (
        select(func.count())
        .select_from(TERM)
        .where(TERM.c.ring_at <= now, TERM.c.ring_at.is_not(None), TERM.c.status == "running")
    )
    return int(connection.execute(statement).scalar_one())
