"""What the passing of time asks for: ring every rung that has fallen due, once, in order; draft what the rung names; keep the heartbeat."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from amhk.desk.casefile import CaseFile, due_of, on_table
from amhk.errors import BadInput, Fault, NotAllowed
from amhk.office import Office
from amhk.rules.fields import Desk, Field, clean
from amhk.rules.terms import rung_instants
from amhk.store import claims, journal, reads, writes
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import day_of, iso

CLOCK = (Field("now", "Nieuwe tijd", "moment", required=True),)
_BATCH = 200
_FAR = datetime(2199, 12, 31, tzinfo=UTC)


@dataclass
class Sweep:
    """What one sweep did: rungs rung, and the terms that could not act, by number of the case."""

    now: datetime
    rung: int = 0
    failed: tuple[str, ...] = ()


def run_due(office: Office) -> Sweep:
    """Ring every rung that has fallen due, oldest first; a term that cannot act is journalled and holds up none behind it."""
    with office.store.read() as connection:
        sweep = Sweep(office.now(connection))
    stuck: set[int] = set()
    while True:
        with office.store.read() as connection:
            due = [t for t in reads.terms_to_ring(connection, sweep.now, _BATCH + len(stuck)) if t["id"] not in stuck]
        if not due:
            break
        try:
            rung = _ring_all(office, due, sweep.now)
            sweep.rung += rung
            if not rung:  # rung by another process meanwhile, or nothing to ring: never look at these twice in one sweep
                stuck |= {t["id"] for t in due}
        except Exception:  # one bad term must not hold up the others: each is tried by itself
            for term in due:
                try:
                    sweep.rung += _ring_all(office, [term], sweep.now)
                except Exception as wrong:
                    stuck.add(term["id"])
                    sweep.failed = (*sweep.failed, _report(office, term, wrong, sweep.now))
    with office.store.write() as connection:
        told = {"at": iso(sweep.now), "real": iso(datetime.now(UTC)), "rung": sweep.rung, "failed": sweep.failed}
        writes.set_meta(connection, "sweep", json.dumps(told))
    return sweep


def _ring_all(office: Office, terms: list[Row], now: datetime) -> int:
    """Ring the rungs of these terms in one transaction; cases are locked in the order of their keys."""
    count = 0
    with office.store.write() as connection:
        cases = reads.lock_cases(connection, sorted({t["case_id"] for t in terms}))
        by_case: dict[int, list[Row]] = {}
        for term in terms:
            by_case.setdefault(term["case_id"], []).append(term)
        for key, mine in by_case.items():
            file = on_table(office, connection, cases[key], None, now)
            rung = sum(_ring(file, term) for term in mine)
            if rung:
                file.save(bump=False)
            count += rung
    return count


def _ring(file: CaseFile, term: Row) -> int:
    """Ring each rung of one term that has fallen due; gives how many this process rang."""
    rule = file.workflow.terms[term["name"]]
    instants = rung_instants(rule, term["start"], due_of(term), file.office.calendar)
    told, done = dict(term), 0
    while told["rung"] < len(instants) and instants[told["rung"]] <= file.now:
        index = told["rung"]
        following = instants[index + 1] if index + 1 < len(instants) else None
        if not claims.ring(file.connection, told, index, following):
            return done
        _remind(file, told, index, instants[index])
        told["rung"], done = index + 1, done + 1
    if not done:
        claims.ring(file.connection, told, told["rung"] - 1, instants[told["rung"]] if told["rung"] < len(instants) else None)
    return done


def _remind(file: CaseFile, term: Mapping[str, Any], index: int, fell_due: datetime) -> None:
    rule = file.workflow.terms[term["name"]]
    rung = rule.rungs[index]
    worker, team, receivers = _receivers(file, rung.to)
    title = f"{rule.title} ({term['due']})"
    file.note("herinnering", f"Herinnering {index + 1}: {title}, aan {', '.join(receivers)}.", {"term": term["id"], "rung": index})
    row = {
        "term_id": term["id"], "round": term["round"], "rung": index, "case_id": file.id, "fell_due": fell_due, "rung_at": file.now,
        "receivers": receivers, "worker_id": worker, "team_id": team, "seen": False,
    }  # fmt: skip
    claims.remind(file.connection, [row])
    for kind in rung.drafts:
        if not any(n["kind"] == kind for n in file.owed):
            latest = reads.of_case(file.connection, reads.REFERRAL, file.id)[-1:]
            institution = latest[0]["institution_id"] if latest else None
            file.draft(kind, file.now, file.case["entries"], {"controle_op": term["due"]}, institution_id=institution)


def _receivers(file: CaseFile, to: tuple[str, ...]) -> tuple[int | None, int | None, list[str]]:
    """Give the worker, the team and the names told; no owner, or one who left, is the team at once."""
    owner = reads.worker_by(file.connection, id=file.case["owner_id"]) if file.case["owner_id"] else None
    present = owner if owner and owner["active"] else None
    named = ["team" if name == "eigenaar" and not present else name for name in to]
    alone = present if named == ["eigenaar"] else None
    said = [present["name"] if name == "eigenaar" and present else name for name in dict.fromkeys(named)]
    return (alone["id"] if alone else None), file.case["team_id"], said


def _report(office: Office, term: Row, wrong: Exception, now: datetime) -> str:
    with office.store.write() as connection:
        case = reads.lock_cases(connection, [term["case_id"]])[term["case_id"]]
        told = [e for e in reads.entries(connection, case["id"]) if e["kind"] == "termijn_mislukt"]
        if told and day_of(told[-1]["instant"]) == day_of(now):
            return str(case["number"])
        what = f"De herinnering van '{term['name']}' kon niet: {type(wrong).__name__}."
        line = journal.entry_row(case, now, None, "termijn_mislukt", what, {"term": term["id"]})
        journal.append(connection, [line])
        claims.save_case(connection, case, {"entries": line["sequence"], "head": line["hash"]}, bump=False)
        return str(case["number"])


def tick(office: Office) -> Sweep:
    """One catch-up sweep now, by hand; NotAllowed in production."""
    if not office.training:
        raise NotAllowed("Alleen in een oefenomgeving kunt u zelf een ronde laten draaien.")
    return run_due(office)


def read_clock(office: Office) -> datetime:
    """Give the present instant as this meldpunt knows it."""
    with office.store.read() as connection:
        return office.now(connection)


def set_clock(office: Office, body: object) -> Sweep:
    """Move the training clock: to any moment before the first case, after that only forward; then sweep. NotAllowed in production."""
    if not office.training:
        raise NotAllowed("De klok van een echt meldpunt staat niet stil en is niet te verzetten.")
    values, faults = clean(CLOCK, body, Desk(_FAR, {}))
    if faults:
        raise BadInput(faults=faults)
    with office.store.write() as connection:
        now = office.now(connection)
        if reads.any_case(connection) and values["now"] < now:
            raise BadInput(faults=[Fault("terug", f"De klok gaat alleen vooruit: het is nu {iso(now)}.", "now")])
        writes.set_meta(connection, "clock", values["now"].isoformat())
    return run_due(office)


def beat(office: Office) -> None:
    """Write the heartbeat of the clock (real time)."""
    with office.store.write() as connection:
        writes.set_meta(connection, "heartbeat", iso(datetime.now(UTC)))


def health(office: Office, connection: Connection) -> dict[str, Any]:
    """Give how the house is: open cases, cases without a next term (0), last complete sweep, heartbeat."""
    total, bare = reads.open_without_term(connection)
    sweep = json.loads(reads.meta(connection, "sweep") or "null")
    return {
        "open": total, "with_next_term": total - len(bare), "without": len(bare), "numbers": bare,
        "last_sweep": sweep, "heartbeat": reads.meta(connection, "heartbeat"), "now": iso(office.now(connection)),
    }  # fmt: skip
