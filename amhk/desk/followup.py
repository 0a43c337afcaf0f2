"""What the passing of time asks for: ring every rung that has fallen due, once, in order.

Keep the heartbeat; the training clock.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from amhk.desk import forms, forms_view
from amhk.desk.ringing import ring_batch
from amhk.errors import BadInput, NotAllowed
from amhk.office import Office
from amhk.rules.cleaning import clean
from amhk.rules.fields import Desk, Field
from amhk.store import bells, claims, frame, house, journal, reads, writes
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import day_of, iso, say_day, say_instant

CLOCK = (Field("now", "Nieuwe tijd", "moment", required=True),)
_BATCH = 500
_STILL = timedelta(minutes=15)
PROOF = "nachtbewijs"
_FAR = datetime(2199, 12, 31, tzinfo=UTC)


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
        staff = bells.staff(connection, day_of(sweep.now), sweep.now)
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
        return [t for t in bells.due(connection, now, _BATCH + len(left)) if t["id"] not in left]


def _remember(office: Office, sweep: Sweep) -> None:
    """Write down that a sweep was complete, and the longest time between two of them since the last
    proof of the night (real time).
    """
    real = datetime.now(UTC)
    with office.store.write() as connection:
        before = json.loads(bells.lock_meta(connection, "sweep") or "{}")
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
        claims.save_case(
            connection, case, {"entries": line["sequence"], "head": line["hash"]}, bump=False
        )
        return str(case["number"])


def read_clock(office: Office) -> datetime:
    """Give the present instant as this meldpunt knows it."""
    with office.store.read() as connection:
        return office.now(connection)


def move_clock(office: Office, body: object) -> None:
    """Move the training clock: to any moment before the first case, after that only forward.

    NotAllowed in production.
    """
    if not office.training:
        raise NotAllowed("De klok van een echt meldpunt staat niet stil en is niet te verzetten.")
    values, faults = clean(CLOCK, body, Desk(_FAR, {}))
    if faults:
        raise BadInput(faults=faults)
    with office.store.write() as connection:
        now = office.now(connection)
        if reads.any_case(connection) and values["now"] < now:
            raise BadInput.of("terug", f"De klok gaat alleen vooruit: het is nu {iso(now)}.", "now")
        writes.set_meta(connection, "clock", values["now"].isoformat())


def beat(office: Office) -> None:
    """Write the heartbeat of the clock (real time)."""
    with office.store.write() as connection:
        writes.set_meta(connection, "heartbeat", iso(datetime.now(UTC)))


def prove_writable(office: Office) -> None:
    """Write one word, as whoever works would.

    StoreFailed when the disk is full or may only be read.
    """
    with office.store.write() as connection:
        writes.set_meta(connection, "watched", iso(datetime.now(UTC)))


def alarms(office: Office) -> list[str]:
    """Give, in sentences, why every screen is red.

    What stands open against the house, or a clock that stands still (real time). Empty when all is
    well.
    """
    with office.store.read() as connection:
        known = frame.house_of(connection, PROOF)
        return alarms_of(
            office,
            connection,
            known,
            office.moment(connection, known["clock"], known["present_calendar"]),
        )


def alarms_of(office: Office, connection: Connection, known: Row, now: datetime) -> list[str]:
    """Give the same from what is known of the house already (`frame.house_of`).

    Only what is wrong is looked up further.
    """
    told = (
        list(forms_view.alarm(office, connection))
        if known["lying_since"] and known["lying_since"] <= now - forms.PATIENCE
        else []
    )
    told += [
        f"{i['what'].capitalize()}. De beheerder lost dit op voor het einde van"
        f" {say_day(i['due'])}."
        for i in (house.open_incidents(connection) if known["incidents"] else ())
    ]
    if known["dead_letters"]:
        told.append("Er zijn brieven die niet weg konden. Ze staan onder Post, met de reden.")
    sweep, trouble = json.loads(known["sweep"] or "{}"), json.loads(known["trouble"] or "{}")
    if "real" in sweep and datetime.now(UTC) - datetime.fromisoformat(sweep["real"]) > _STILL:
        told.append(
            f"De klok heeft sinds {say_instant(datetime.fromisoformat(sweep['real']))} geen ronde"
            " gelopen. Waarschuw de beheerder."
        )
    told += [
        f"De klok kan een deel van haar werk niet doen: {name} ({wrong}). Waarschuw de beheerder."
        for name, wrong in trouble.items()
    ]
    proven = date.fromisoformat(json.loads(known["proof"])["day"]) if known["proof"] else None
    if proven and proven < day_of(now - timedelta(hours=office.config.proof_hour + 1)):
        told.append(
            f"Het bewijs van de nacht is voor het laatst gemaakt op {say_day(proven)}. Waarschuw de"
            " beheerder."
        )
    return told


def health(office: Office, connection: Connection) -> dict[str, Any]:
    """Give how the house is: open cases, cases without a next term (0), last complete sweep,
    heartbeat.
    """
    total, bare = reads.open_without_term(connection)
    sweep = json.loads(reads.meta(connection, "sweep") or "null")
    return {
        "open": total,
        "with_next_term": total - len(bare),
        "without": len(bare),
        "numbers": bare,
        "last_sweep": sweep,
        "heartbeat": reads.meta(connection, "heartbeat"),
        "now": iso(office.now(connection)),
    }
