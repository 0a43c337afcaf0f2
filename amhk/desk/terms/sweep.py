"""What the passing of time asks for: ring every rung that has fallen due, once, in order.

Keep the heartbeat; the training clock.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from amhk.desk.terms.reminders import ring_batch
from amhk.office import Office
from amhk.store import reads, writes
from amhk.store.cases import compare_and_set, journal
from amhk.store.rows import Row
from amhk.store.terms import reminders
from amhk.words import day_of, iso

_BATCH = 500
STILL = timedelta(minutes=15)
PROOF = "nachtbewijs"
FURTHEST = datetime(2199, 12, 31, tzinfo=UTC)


@dataclass
class Sweep:
    """What one sweep did: rungs rung, and the terms that could not act, by number of the case."""

    now: datetime
    rung: int = 0
    failed: tuple[str, ...] = ()


def run_due(office: Office) -> Sweep:
    """Ring every rung that has fallen due, oldest first, each once.

    A term that cannot act is journalled and holds up none behind it.
    """
    with office.store.read() as connection:
        sweep = Sweep(office.now(connection))
        staff = reminders.staff(connection, day_of(sweep.now), sweep.now)
    left: set[int] = set()
    while due := _due(office, sweep.now, left):
        horizon = due[-1]["ring_at"] if len(due) >= _BATCH else sweep.now
        try:
            rung = ring_batch(office, due, sweep.now, horizon, staff)
            sweep.rung += rung
            # held or rung by another process, or nothing to ring: not looked at again in this sweep
            if not rung:
                left |= {t["id"] for t in due}
        except Exception:  # one bad term must not hold up the others: each is tried by itself
            for term in due:
                try:
                    sweep.rung += ring_batch(office, [term], sweep.now, horizon, staff)
                except Exception as wrong:
                    left.add(term["id"])
                    sweep.failed = (*sweep.failed, _report(office, term, wrong, sweep.now))
    _remember(office, sweep)
    return sweep


def _due(office: Office, now: datetime, left: set[int]) -> list[Row]:
    with office.store.read() as connection:
        return [
            t for t in reminders.due(connection, now, _BATCH + len(left)) if t["id"] not in left
        ]


def _remember(office: Office, sweep: Sweep) -> None:
    """Write down that a sweep was complete, and the longest time between two of them since the last
    proof of the night (real time).
    """
    real = datetime.now(UTC)
    with office.store.write() as connection:
        before = json.loads(reminders.lock_meta(connection, "sweep") or "{}")
        gap = (
            (real - datetime.fromisoformat(before["real"])).total_seconds()
            if "real" in before
            else 0.0
        )
        longest = max(
            [before.get("longest", {"seconds": 0}), {"seconds": round(gap), "until": iso(real)}],
            key=lambda g: float(g["seconds"]),
        )
        told = {
            "at": iso(sweep.now),
            "real": iso(real),
            "rung": sweep.rung,
            "failed": sweep.failed,
            "longest": longest,
        }
        writes.set_meta(
            connection, "sweep", json.dumps(told | {"count": before.get("count", 0) + 1})
        )


def _report(office: Office, term: Row, wrong: Exception, now: datetime) -> str:
    """Write on the case, once a day, that a term could not ring; gives the number of the case."""
    with office.store.write() as connection:
        case = reads.lock_cases(connection, [term["case_id"]])[term["case_id"]]
        told = [e for e in reads.entries(connection, case["id"]) if e["kind"] == "termijn_mislukt"]
        if told and day_of(told[-1]["instant"]) == day_of(now):
            return str(case["number"])
        what = f"Een herinnering kon niet: {type(wrong).__name__}."
        line = journal.entry_row(
            case, now, None, kind="termijn_mislukt", what=what, content={"term": term["id"]}
        )
        journal.append(connection, [line])
        compare_and_set.save_case(
            connection, case, {"entries": line["sequence"], "head": line["hash"]}, bump=False
        )
        return str(case["number"])
