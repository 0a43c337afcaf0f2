"""Ringing the rungs of one batch of terms in one transaction.

Claim, reminder, inbox and journal line together, or none of them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

from amhk.desk.casefile.open_case import on_table
from amhk.desk.casefile.term_rows import due_of
from amhk.office import Office
from amhk.rules.procedure.machine import written
from amhk.rules.terms.ladder import Address, Staff, receivers
from amhk.rules.terms.terms import Rung, TermRule, rung_instant
from amhk.store import reads
from amhk.store.cases import journal
from amhk.store.database.engine import Connection
from amhk.store.database.instants import as_text
from amhk.store.rows import Row
from amhk.store.terms import reminders as terms_reminders
from amhk.words import say_due

_LINE = ("kind", "what", "content", "salt", "commitment", "previous", "hash")


@dataclass
class Batch:
    """The rungs of one transaction, in the order in which they fell due."""

    office: Office
    now: datetime
    staff: Staff
    cases: dict[int, dict[str, Any]]
    barred: frozenset[int]
    terms: dict[int, dict[str, Any]] = field(default_factory=dict)
    reminders: list[tuple[object, ...]] = field(default_factory=list)
    inbox: list[tuple[object, ...]] = field(default_factory=list)
    lines: list[tuple[object, ...]] = field(default_factory=list)
    drafts: list[tuple[int, tuple[str, ...], Row]] = field(default_factory=list)
    _told: dict[tuple[object, ...], tuple[tuple[Address, ...], list[str], str]] = field(
        default_factory=dict
    )
    _instants: dict[tuple[object, ...], datetime] = field(default_factory=dict)

    def told(self, rung: Rung, case: Row) -> tuple[tuple[Address, ...], list[str], str]:
        """Give the addresses of a rung on a case, their names, and the names as they are kept."""
        apart = case["id"] if case["id"] in self.barred else None
        key = (rung.to, case["owner_id"], case["team_id"], apart)
        if key not in self._told:
            staff = self.staff.knowing(apart) if apart else self.staff
            found = receivers(rung.to, case["owner_id"], case["team_id"], staff)
            names = [a.name for a in found]
            self._told[key] = found, names, json.dumps(names, ensure_ascii=False)
        return self._told[key]

    def next_at(self, rule: TermRule, term: Mapping[str, Any]) -> datetime | None:
        """Give when the rung a term stands at rings, None past the last one."""
        if term["rung"] >= len(rule.rungs):
            return None
        rung = rule.rungs[term["rung"]]
        key = (
            rung.count,
            rung.unit,
            rung.side,
            term["start"] if rung.side == "na start" else term["due"],
        )
        if key not in self._instants:
            self._instants[key] = rung_instant(
                rung, term["start"], due_of(term), self.office.calendar
            )
        return self._instants[key]


def ring_batch(
    office: Office, due: list[Row], now: datetime, horizon: datetime, staff: Staff
) -> int:
    """Ring every rung of these terms that fell due up to the horizon, oldest first; gives how many.

    Cases another process holds are left to it.
    """
    with office.store.write() as connection:
        batch = Batch(
            office=office,
            now=now,
            staff=staff,
            barred=staff.barred,
            cases=terms_reminders.lock_cases(connection, sorted({t["case_id"] for t in due})),
        )
        keys = [t["id"] for t in due if t["case_id"] in batch.cases]
        batch.terms = {t["id"]: t for t in terms_reminders.ringing(connection, keys, now)}
        terms_reminders.silence(connection, [k for k in keys if k not in batch.terms])
        for rule, term, instant in _in_order(batch, horizon):
            _ring(batch, rule, term, instant)
        _write(connection, batch)
        for case, kinds, rung_term in batch.drafts:
            _draft(office, connection, case, kinds=kinds, term=rung_term, now=now)
        return len(batch.reminders)


def _in_order(
    batch: Batch, horizon: datetime
) -> Iterator[tuple[TermRule, dict[str, object], datetime]]:
    """Give each rung to ring, over all terms in the order in which they fell due.

    Each term is left with the instant of its next reminder.
    """
    heap, packs = [], batch.office.pack.workflows
    for key, term in batch.terms.items():
        case = batch.cases[term["case_id"]]
        rule = packs[case["workflow"], case["release"]].terms[term["name"]]
        if instant := batch.next_at(rule, term):
            heap.append((instant, key, rule))
        term["ring_at"] = instant
    heapify(heap)
    while heap and heap[0][0] <= horizon:
        instant, key, rule = heappop(heap)
        term = batch.terms[key]
        yield rule, term, instant
        term["rung"] += 1
        if instant := batch.next_at(rule, term):
            heappush(heap, (instant, key, rule))
        term["ring_at"] = instant


def _ring(batch: Batch, rule: TermRule, term: Mapping[str, Any], instant: datetime) -> None:
    index, case = term["rung"], batch.cases[term["case_id"]]
    rung = rule.rungs[index]
    told, names, kept = batch.told(rung, case)
    what = (
        f"Herinnering {index + 1}: {rule.title} ({say_due(term['due'])}), aan {', '.join(names)}."
    )
    line = journal.entry_row(
        case,
        batch.now,
        None,
        kind="herinnering",
        what=what,
        content={"term": term["id"], "rung": index},
    )
    case |= {"entries": line["sequence"], "head": line["hash"], "rung": True}
    batch.lines.append(
        (line["case_id"], line["sequence"], as_text(batch.now), *(line[k] for k in _LINE))
    )
    batch.reminders.append(
        (term["id"], term["round"], index, case["id"], as_text(instant), as_text(batch.now), kept)
    )
    batch.inbox += [(a.worker, a.team, a.role, term["id"], term["round"], index) for a in told]
    if rung.drafts:
        batch.drafts.append((case["id"], rung.drafts, term))


def _write(connection: Connection, batch: Batch) -> None:
    terms = [
        (t["rung"], as_text(t["ring_at"]) if t["ring_at"] else None, key)
        for key, t in batch.terms.items()
    ]
    heads = [(c["entries"], c["head"], key) for key, c in batch.cases.items() if "rung" in c]
    terms_reminders.rung(
        connection, terms, batch.reminders, inbox=batch.inbox, lines=batch.lines, heads=heads
    )


def _draft(
    office: Office,
    connection: Connection,
    case: int,
    kinds: tuple[str, ...],
    term: Row,
    now: datetime,
) -> None:
    """Draft the letters a rung of a term names, in the same transaction, unless such a letter (of
    its run) lies ready.
    """
    row = reads.case_by_id(connection, case, lock=True)
    assert row is not None
    file = on_table(office, connection, row, None, now)
    ready = {n["kind"] for n in file.owed if n["run"] == term["run"]}
    due = written(file.workflow, kinds, file.standing().facts)
    for kind in [k for k in due if k not in ready]:
        entry = file.note(
            "concept", f"{file.workflow.notices[kind].title}: concept klaargezet.", {"kind": kind}
        )
        file.draft(kind, now, entry, {"controle_op": term["due"]}, run=term["run"])
        file.save(bump=False)
        file = on_table(office, connection, reads.case_by_id(connection, case) or row, None, now)
