"""Ringing the rungs of one batch of terms in one transaction: claim, reminder, inbox and journal line together, or none of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

from amhk.desk.casefile import due_of, on_table
from amhk.office import Office
from amhk.rules.ladder import Address, Staff, receivers
from amhk.rules.terms import TermRule, rung_instants
from amhk.store import bells, journal, reads
from amhk.store.reads import Row
from amhk.store.session import Connection


@dataclass
class Batch:
    """The rungs of one transaction, in the order in which they fell due."""

    office: Office
    now: datetime
    staff: Staff
    cases: dict[int, dict[str, Any]]
    horizon: datetime
    terms: dict[int, dict[str, Any]] = field(default_factory=dict)
    reminders: list[dict[str, Any]] = field(default_factory=list)
    addressed: list[tuple[Address, ...]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[tuple[int, tuple[str, ...], str]] = field(default_factory=list)
    ladders: dict[int, tuple[datetime, ...]] = field(default_factory=dict)


def ring_batch(office: Office, due: list[Row], now: datetime, horizon: datetime, staff: Staff) -> int:
    """Ring every rung of these terms that fell due up to the horizon, oldest first; gives how many. Cases another process holds are left to it."""
    with office.store.write() as connection:
        cases = bells.lock_cases(connection, sorted({t["case_id"] for t in due}))
        keys = [t["id"] for t in due if t["case_id"] in cases]
        terms = bells.ringing(connection, keys, now)
        bells.silence(connection, [k for k in keys if k not in {t["id"] for t in terms}])
        batch = Batch(office, now, staff, {k: dict(c) for k, c in cases.items()}, horizon)
        for rule, term, index, instant in _in_order(batch, terms):
            _ring(batch, rule, term, index, instant)
        _write(connection, batch)
        for case, kinds, term_due in batch.drafts:
            _draft(office, connection, case, kinds, term_due, now)
        return len(batch.reminders)


def _in_order(batch: Batch, terms: list[Row]) -> Iterator[tuple[TermRule, dict[str, Any], int, datetime]]:
    """Give each rung to ring, over all terms in the order in which they fell due; each term is left with its next bell."""
    heap = []
    for row in terms:
        term = dict(row)
        flow = batch.office.pack.workflows[(case := batch.cases[term["case_id"]])["workflow"], case["release"]]
        rule = flow.terms[term["name"]]
        instants = rung_instants(rule, term["start"], due_of(term), batch.office.calendar)
        batch.terms[term["id"]], batch.ladders[term["id"]] = term, instants
        term["ring_at"] = instants[term["rung"]] if term["rung"] < len(instants) else None
        if term["ring_at"]:
            heap.append((term["ring_at"], term["id"], rule))
    heapify(heap)
    while heap and heap[0][0] <= batch.horizon:
        instant, key, rule = heappop(heap)
        term, instants = batch.terms[key], batch.ladders[key]
        yield rule, term, term["rung"], instant
        term["rung"] += 1
        term["ring_at"] = instants[term["rung"]] if term["rung"] < len(instants) else None
        if term["ring_at"]:
            heappush(heap, (term["ring_at"], key, rule))


def _ring(batch: Batch, rule: TermRule, term: Mapping[str, Any], index: int, instant: datetime) -> None:
    rung, case = rule.rungs[index], batch.cases[term["case_id"]]
    told = receivers(rung.to, case["owner_id"], case["team_id"], batch.staff)
    names = [a.name for a in told]
    what = f"Herinnering {index + 1}: {rule.title} ({term['due']}), aan {', '.join(names)}."
    line = journal.entry_row(case, batch.now, None, "herinnering", what, {"term": term["id"], "rung": index})
    case |= {"entries": line["sequence"], "head": line["hash"]}
    batch.lines.append(line)
    batch.addressed.append(told)
    batch.reminders.append(
        {
            "term_id": term["id"], "round": term["round"], "rung": index, "case_id": case["id"], "fell_due": instant, "rung_at": batch.now,
            "receivers": names,
        }
    )  # fmt: skip
    if rung.drafts:
        batch.drafts.append((case["id"], rung.drafts, term["due"]))


def _write(connection: Connection, batch: Batch) -> None:
    terms = [{"t": k, "to_rung": t["rung"], "next_ring": t["ring_at"]} for k, t in batch.terms.items()]
    touched = {line["case_id"] for line in batch.lines}
    heads = [{"c": k, "to_entries": c["entries"], "to_head": c["head"]} for k, c in batch.cases.items() if k in touched]
    if not terms:
        return
    keys = bells.rung(connection, terms, batch.reminders, heads)
    rows = [
        {
            "reminder_id": key,
            "term_id": r["term_id"],
            "case_id": r["case_id"],
            "worker_id": a.worker,
            "team_id": a.team,
            "role": a.role,
        }
        for key, r, told in zip(keys, batch.reminders, batch.addressed, strict=True)
        for a in told
    ]
    bells.put_in_inbox(connection, rows)
    if batch.lines:
        journal.append(connection, batch.lines)


def _draft(office: Office, connection: Connection, case: int, kinds: tuple[str, ...], due: str, now: datetime) -> None:
    """Draft the letters a rung names, in the same transaction, unless such a letter lies ready."""
    row = reads.case_by_id(connection, case, lock=True)
    assert row is not None
    file = on_table(office, connection, row, None, now)
    for kind in [k for k in kinds if not any(n["kind"] == k for n in file.owed)]:
        latest = reads.of_case(connection, reads.REFERRAL, case)[-1:]
        institution = latest[0]["institution_id"] if latest else None
        entry = file.note("concept", f"{file.workflow.notices[kind].title}: concept klaargezet.", {"kind": kind})
        file.draft(kind, now, entry, {"controle_op": due}, institution_id=institution)
        file.save(bump=False)
        file = on_table(office, connection, reads.case_by_id(connection, case) or row, None, now)
