"""The proof of the night: N open cases, N with a next term, 0 without.

Every end worked out a second way; one line in the house's journal.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from amhk.desk.house.health import health
from amhk.desk.house.second_count import recounted
from amhk.desk.letters.text_templates import no_longer_fit
from amhk.desk.staff.piket import roster_of
from amhk.desk.terms import sweep as terms_sweep
from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.parse import tidy
from amhk.rules.privacy.secrecy import ALL_CASES, Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.terms.days import working_days
from amhk.rules.terms.ladder import Address, attended
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.figures import proofs
from amhk.store.house import house_journal
from amhk.store.letters import outbox
from amhk.store.staff import looks, plans
from amhk.store.terms import reminders
from amhk.words import day_of, end_of, iso, local, say_day, some

KIND = terms_sweep.PROOF
_MAY = ("beheerder", "manager", "teamleider")
SOLVE = (Field("reason", "Wat is er gedaan", "text", required=True),)
_SHOWN = 50
_PATIENCE = timedelta(
    days=5
)  # how long a letter of a closed case may lie before the proof of the night calls it wrong


def prove_when_due(office: Office) -> dict[str, object] | None:
    """Make the proof of today once its hour has come, however long the house was closed.

    None when it is there already or it is too early.
    """
    with office.store.read() as connection:
        now = office.now(connection)
        last = house_journal.last(connection, KIND)
    if local(now).hour < office.config.proof_hour or (last and last["day"] == iso(day_of(now))):
        return None
    return prove(office, once=True)


def prove(office: Office, who: Reader | None = None, once: bool = False) -> dict[str, Any]:
    """Make the proof now, on one moment of the database, and write it down.

    With `once` only if today has none yet.

    A difference, a case without a term, a rung that was not rung: each opens a term for the
    beheerder. NotAllowed for who may not ask for it.
    """
    if who and who.role not in _MAY:
        raise NotAllowed("Het bewijs maken is voor de beheerder, de manager en de teamleider.")
    now, told = _proven(office)
    if told[
        "unrung"
    ]:  # begun, dated back, between the round and the look: rung now, and looked at again
        now, told = _proven(office)
    with office.store.write() as connection:
        reminders.lock_meta(connection, "house")
        if once and (last := house_journal.last(connection, KIND)) and last["day"] == told["day"]:
            return dict(last)
        what = (
            f"{some(told['open'], 'open zaak', 'open zaken')}, {told['with_next_term']} met een"
            f" volgende termijn, {told['without']} zonder; {some(told['terms'], 'einde', 'einden')}"
            f" nagerekend, {some(len(told['differences']), 'verschil', 'verschillen')}."
        )
        told["hash"] = house_journal.append(
            connection, now, who.id if who else None, kind=KIND, what=what, content=told
        )
        if told["wrong"]:
            _incident(office, connection, "; ".join(told["wrong"]), now)
        sweep = json.loads(reads.meta(connection, "sweep") or "{}")
        writes.set_meta(
            connection,
            "sweep",
            json.dumps({k: v for k, v in sweep.items() if k not in ("longest", "count")}),
        )
    return told | {"instant": now}


def _proven(office: Office) -> tuple[datetime, dict[str, Any]]:
    swept = terms_sweep.run_due(office).now
    with office.store.snapshot() as connection:
        now = office.now(connection)
        return now, _worked_out(office, connection, now, swept)


def _worked_out(
    office: Office, connection: Connection, now: datetime, swept: datetime
) -> dict[str, object]:
    before = house_journal.last(connection, KIND) or {}
    here = health(office, connection)
    terms, differences = recounted(office, connection)
    count, heads = proofs.heads(connection)
    rung, last_rung = proofs.rungs(connection, before.get("last_rung", 0))
    unrung, homeless = proofs.unrung(connection, swept), _homeless(connection, now)
    ownerless = plans.owned_by_nobody_here(connection, day_of(now))
    unfit = no_longer_fit(office, connection)
    unsent = outbox.owed_on_closed(connection, now - _PATIENCE)
    wrong = [differences, unrung, homeless, unfit, unsent, ownerless]
    counts = [here["without"], *(len(w) if isinstance(w, list) else w for w in wrong)]
    pairs = zip(counts, _WRONG, strict=True)
    return {
        "day": iso(day_of(now)),
        "open": here["open"],
        "with_next_term": here["with_next_term"],
        "without": here["without"],
        "numbers": here["numbers"][:_SHOWN],
        "terms": terms,
        "differences": differences[:_SHOWN],
        "rung": rung,
        "last_rung": last_rung,
        "unrung": unrung,
        "ownerless": ownerless[:_SHOWN],
        "unsent": unsent[:_SHOWN],
        "unfit": unfit[:_SHOWN],
        **_sweeps(here["last_sweep"] or {}),
        "gaps_in_roster": len(roster_of(office, connection)["gaps"]),
        "cases": count,
        "heads": heads,
        "looks": looks.heads(connection),
        "calendar": office.calendar.release,
        "wrong": [one if n == 1 else many.format(n) for n, (one, many) in pairs if n],
    }


_WRONG = (
    ("1 zaak zonder volgende termijn", "{} zaken zonder volgende termijn"),
    ("1 einde klopt niet met het verloop", "{} einden kloppen niet met het verloop"),
    ("1 herinnering is niet gegeven", "{} herinneringen zijn niet gegeven"),
    ("1 herinnering staat voor niemand", "{} herinneringen staan voor niemand"),
    (
        "1 tekst van een brief past niet meer bij de procedure",
        "{} teksten van brieven passen niet meer bij de procedure",
    ),
    (
        "1 gesloten zaak heeft een brief die nog weg moet (Te versturen)",
        "{} gesloten zaken hebben een brief die nog weg moet (Te versturen)",
    ),
    ("1 zaak staat op naam van wie er niet is", "{} zaken staan op naam van wie er niet is"),
)


def _sweeps(sweep: Mapping[str, Any]) -> dict[str, object]:
    """Give what the watch told of its rounds since the last proof."""
    longest = sweep.get("longest") or {}
    return {
        "sweeps": sweep.get("count", 0),
        "last_sweep": sweep.get("at"),
        "longest_gap": longest.get("seconds", 0),
        "gap_until": longest.get("until"),
        "failed": list(sweep.get("failed", [])),
    }


def _homeless(connection: Connection, now: datetime) -> int:
    """Count the places where reminders stand before nobody who is here, though somebody else is."""
    staff = reminders.staff(connection, day_of(now), now)
    if not any(p.here and p.role in ALL_CASES for p in staff.people):
        return 0
    places = (
        (
            Address(name="", worker=p["worker_id"], team=p["team_id"], role=p["role"]),
            p["owner_id"],
            p["of_team"],
            staff.knowing(p["apart"]),
        )
        for p in reminders.addresses(connection, staff.barred)
    )
    return sum(not attended(*place) for place in places)


def open_incident(office: Office, what: str) -> None:
    """Open a term for the beheerder for something that was found outside the proof."""
    with office.store.write() as connection:
        _incident(office, connection, what, office.now(connection))


def _incident(office: Office, connection: Connection, what: str, now: datetime) -> None:
    """Open a term for the beheerder: one working day to find out.

    One that stands open for the same already is left.
    """
    if any(i["what"] == what for i in house_journal.open_incidents(connection)):
        return
    due = working_days(day_of(now), 1, office.calendar).due
    day = day_of(due) if isinstance(due, datetime) else due
    row = {
        "opened": now,
        "what": what,
        "due": day,
        "over_at": end_of(day),
        "closed": None,
        "closed_by": None,
        "reason": None,
    }
    writes.add(connection, house_journal.INCIDENT, row)
    house_journal.append(
        connection,
        now,
        None,
        kind="storing",
        what=f"{what.capitalize()}: termijn voor de beheerder tot {say_day(day)}.",
        content={"due": iso(day)},
    )


def solve(office: Office, key: int, body: object, who: Reader) -> None:
    """Close what stands open against the house, with what was done (`reason`).

    Refused while a new proof still finds something wrong.
    """
    if who.role not in ("beheerder", "manager"):
        raise NotAllowed("Dit is voor de functioneel beheerder of de manager.")
    again = prove(office, who)
    with office.store.write() as connection:
        now = office.now(connection)
        values, faults = clean(SOLVE, body, Desk(now, {}))
        if not any(i["id"] == key for i in house_journal.open_incidents(connection)):
            raise NotFound("Dit staat niet (meer) open.")
        if again["wrong"]:
            faults.append(
                Fault(
                    "nog_fout", f"Het bewijs klopt nog niet: {'; '.join(again['wrong'])}.", "reason"
                )
            )
        if faults:
            raise BadInput(faults=faults)
        told = {
            "closed": now,
            "closed_by": who.id,
            "reason": tidy(values["reason"], one_line=False),
        }
        writes.change(connection, house_journal.INCIDENT, [key], told)
        house_journal.append(
            connection,
            now,
            who.id,
            kind="storing",
            what="Opgelost.",
            content={"id": key, "reason": values["reason"]},
        )


def latest(office: Office) -> dict[str, Any]:
    """Give the last proof (None when there is none yet), what stands open against the house, and
    the proofs before it.
    """
    with office.store.read() as connection:
        now = office.now(connection)
        entries = house_journal.entries(connection, KIND, 31)
        incidents = [
            {**i, "late": now >= i["over_at"]} for i in house_journal.open_incidents(connection)
        ]
        return {
            "proof": house_journal.last(connection, KIND),
            "incidents": incidents,
            "live": health(office, connection),
            "earlier": [
                {
                    "instant": e["instant"],
                    "what": e["what"],
                    "hash": e["hash"],
                    "by": e["worker"] or "klok",
                }
                for e in entries
            ],
        }
