"""The proof of the night: N open cases, N with a next term, 0 without.

Every end worked out a second way; one line in the house's journal.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from amhk.desk import followup
from amhk.desk.casefile import due_of
from amhk.desk.followup import health
from amhk.desk.piket import roster_of
from amhk.desk.texts import no_longer_fit
from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules import recount
from amhk.rules.days import Calendar, working_days
from amhk.rules.fields import Desk, Field, clean
from amhk.rules.ladder import Address, attended
from amhk.rules.parse import tidy
from amhk.rules.secrecy import ALL_CASES, Reader
from amhk.rules.terms import TermRule, rung_instants
from amhk.store import bells, house, outbox, plans, proofs, reads, worklists, writes
from amhk.store import calendar as kept
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import day_of, end_of, iso, local, say_day, some

KIND = followup.PROOF
_MAY = ("beheerder", "manager", "teamleider")
SOLVE = (Field("reason", "Wat is er gedaan", "text", required=True),)
_SHOWN = 50
_PATIENCE = timedelta(
    days=5
)  # how long a letter of a closed case may lie before the proof of the night calls it wrong


def prove_when_due(office: Office) -> dict[str, Any] | None:
    """Make the proof of today once its hour has come, however long the house was closed.

    None when it is there already or it is too early.
    """
    with office.store.read() as connection:
        now = office.now(connection)
        last = house.last(connection, KIND)
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
        bells.lock_meta(connection, "house")
        if once and (last := house.last(connection, KIND)) and last["day"] == told["day"]:
            return last
        what = (
            f"{some(told['open'], 'open zaak', 'open zaken')}, {told['with_next_term']} met een"
            f" volgende termijn, {told['without']} zonder; {some(told['terms'], 'einde', 'einden')}"
            f" nagerekend, {some(len(told['differences']), 'verschil', 'verschillen')}."
        )
        told["hash"] = house.append(connection, now, who.id if who else None, KIND, what, told)
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
    swept = followup.run_due(office).now
    with office.store.snapshot() as connection:
        now = office.now(connection)
        return now, _worked_out(office, connection, now, swept)


def _worked_out(
    office: Office, connection: Connection, now: datetime, swept: datetime
) -> dict[str, Any]:
    before = house.last(connection, KIND) or {}
    here = health(office, connection)
    terms, differences = recounted(office, connection)
    count, heads = proofs.heads(connection)
    rung, last_rung = proofs.rungs(connection, before.get("last_rung", 0))
    unrung, homeless = proofs.unrung(connection, swept), _homeless(connection, now)
    ownerless = plans.owned_by_nobody_here(connection, day_of(now))
    unfit = no_longer_fit(office, connection)
    unsent = outbox.owed_on_closed(connection, now - _PATIENCE)
    sweep = here["last_sweep"] or {}
    wrong = [
        few if count == 1 else many.format(count)
        for count, few, many in (
            (here["without"], "1 zaak zonder volgende termijn", "{} zaken zonder volgende termijn"),
            (
                len(differences),
                "1 einde klopt niet met het verloop",
                "{} einden kloppen niet met het verloop",
            ),
            (unrung, "1 herinnering is niet gegeven", "{} herinneringen zijn niet gegeven"),
            (homeless, "1 herinnering staat voor niemand", "{} herinneringen staan voor niemand"),
            (
                len(unfit),
                "1 tekst van een brief past niet meer bij de procedure",
                "{} teksten van brieven passen niet meer bij de procedure",
            ),
            (
                len(unsent),
                "1 gesloten zaak heeft een brief die nog weg moet (Te versturen)",
                "{} gesloten zaken hebben een brief die nog weg moet (Te versturen)",
            ),
            (
                len(ownerless),
                "1 zaak staat op naam van wie er niet is",
                "{} zaken staan op naam van wie er niet is",
            ),
        )
        if count
    ]
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
        "sweeps": sweep.get("count", 0),
        "last_sweep": sweep.get("at"),
        "longest_gap": (sweep.get("longest") or {}).get("seconds", 0),
        "gap_until": (sweep.get("longest") or {}).get("until"),
        "failed": list(sweep.get("failed", [])),
        "gaps_in_roster": len(roster_of(office, connection)["gaps"]),
        "cases": count,
        "heads": heads,
        "calendar": office.calendar.release,
        "wrong": wrong,
    }


def recounted(office: Office, connection: Connection) -> tuple[int, list[str]]:
    """Work every end of every open case out again from the journal alone.

    Give how many, and each difference in a Dutch sentence.
    """
    present = kept.read(connection)
    now, then = known(present), dict[int, recount.Known]()
    count, differences = 0, list[str]()

    def as_of(release: int) -> recount.Known:
        if release not in then:
            then[release] = (
                now if release == present.release else known(kept.read(connection, release))
            )
        return then[release]

    for case, stored, texts in proofs.open_cases(connection):
        rules = office.pack.workflows[case["workflow"], case["release"]].terms
        count += len(stored)
        try:
            told = recount.replay(step for text in texts for step in json.loads(text))
            differences += [
                f"{case['number']}: {text}"
                for text in _compared(rules, stored, told, as_of, present)
            ]
        except Exception as wrong:
            # whatever was done to a row: it is a difference, and no other case goes unproven by it
            differences.append(
                f"{case['number']}: de termijnen zijn niet na te rekenen ({type(wrong).__name__})."
            )
    differences += [
        f"{number}: de zaak is gesloten en een termijn loopt nog."
        for number in proofs.running_on_closed(connection)
    ]
    differences += [
        f"{number}: '{name}' zegt gerinkeld te hebben, en niets daarvan staat ergens."
        for number, name in proofs.rung_without_trace(connection)
    ]
    differences += [
        f"{number}: een verwijzing zegt iets anders dan de zaak."
        for number in proofs.contradictions(connection)
    ]
    differences += [
        f"{number}: heet hermelding van een melding die loopt, of die in een ander dossier staat."
        for number in proofs.strayed(connection)
    ]
    differences += [
        f"{number}: staat niet op haar plaats in de werkvoorraad."
        for number in worklists.misplaced(connection)
    ]
    return count, differences


def _homeless(connection: Connection, now: datetime) -> int:
    """Count the places where reminders stand before nobody who is here, though somebody else is."""
    staff = bells.staff(connection, day_of(now), now)
    if not any(p.here and p.role in ALL_CASES for p in staff.people):
        return 0
    places = (
        (Address("", p["worker_id"], p["team_id"], p["role"]), p["owner_id"], p["of_team"])
        for p in bells.addresses(connection)
    )
    return sum(not attended(*place, staff) for place in places)


def _compared(
    rules: Any, stored: list[Row], told: dict[int, recount.Told], as_of: Any, present: Calendar
) -> list[str]:
    found, rows = [], {t["id"]: t for t in stored}
    for key, line in told.items():
        if key not in rows and line.status in ("running", "suspended"):
            found.append(f"de termijn '{line.name}' staat in het verloop en is weg.")
    for key, row in rows.items():
        if key not in told:
            if row["status"] in ("running", "suspended"):
                found.append(f"de termijn '{row['name']}' loopt en staat niet in het verloop.")
            continue
        found += _one(rules[row["name"]], row, told[key], as_of, present)
    return found


def _one(rule: TermRule, row: Row, line: recount.Told, as_of: Any, present: Calendar) -> list[str]:
    if (line.name, line.status) != (row["name"], row["status"]):
        return [
            f"'{row['name']}' is '{row['status']}', volgens het verloop '{line.name}'"
            f" '{line.status}'."
        ]
    if row["status"] == "met" and line.ended != row["ended_at"]:
        return [f"'{row['name']}' is op een ander moment gehaald dan het verloop zegt."]
    if row["status"] not in ("running", "suspended"):
        return []
    now = as_of(
        row["calendar"]
    )  # the calendar it has taken in: the present one, but for a moment after a change
    length = recount.Length(rule.count, rule.unit, rule.rolls, rule.by_law)
    if line.start != row["start"]:
        return [f"'{row['name']}' begon op een ander moment dan het verloop zegt."]
    due, over_at = recount.end(line, length, as_of, now)
    if (due, over_at) != (row["due"], row["over_at"]):
        return [f"'{row['name']}' eindigt volgens de database {row['due']}, nagerekend {due}."]
    if rule.beside and row["beside_due"] is not None:
        second = recount.Length(
            rule.beside.count, rule.beside.unit, rule.beside.rolls, rule.beside.kind == "wet"
        )
        bare = recount.Told(line.name, line.start, line.on, line.calendar)
        if (other := recount.end(bare, second, as_of, now)) != (
            row["beside_due"],
            row["beside_over_at"],
        ):
            return [
                f"de tweede klok van '{row['name']}' eindigt volgens de database"
                f" {row['beside_due']}, nagerekend {other[0]}."
            ]
    return _bell(rule, row, present)


def _bell(rule: TermRule, row: Row, present: Calendar) -> list[str]:
    """Compare the next bell of a term with its ladder."""
    if row["calendar"] != present.release:
        return []
    rings = rung_instants(rule, row["start"], due_of(row), present)
    wanted = rings[row["rung"]] if row["status"] == "running" and row["rung"] < len(rings) else None
    return (
        []
        if row["ring_at"] == wanted and row["rung"] <= len(rings)
        else [f"de volgende herinnering van '{row['name']}' staat verkeerd."]
    )


def known(calendar: Calendar) -> recount.Known:
    """Give a calendar as the second opinion takes it: as numbers."""
    law = frozenset(d.toordinal() for d in getattr(calendar.feestdagen, "extra", {}))
    closed = frozenset(d.toordinal() for d in calendar.sluitingsdagen)
    hours = tuple(
        (
            since.toordinal(),
            tuple(
                (day, _minutes(span[0]), _minutes(span[1])) for day, span in sorted(rows.items())
            ),
        )
        for since, rows in sorted(calendar.kantooruren.items())
    )
    return recount.Known(law, closed, hours)


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _incident(office: Office, connection: Connection, what: str, now: datetime) -> None:
    """Open a term for the beheerder: one working day to find out.

    One that stands open for the same already is left.
    """
    if any(i["what"] == what for i in house.open_incidents(connection)):
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
    writes.add(connection, house.INCIDENT, row)
    house.append(
        connection,
        now,
        None,
        "storing",
        f"{what.capitalize()}: termijn voor de beheerder tot {say_day(day)}.",
        {"due": iso(day)},
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
        if not any(i["id"] == key for i in house.open_incidents(connection)):
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
        writes.change(connection, house.INCIDENT, [key], told)
        house.append(
            connection, now, who.id, "storing", "Opgelost.", {"id": key, "reason": values["reason"]}
        )


def latest(office: Office) -> dict[str, Any]:
    """Give the last proof (None when there is none yet), what stands open against the house, and
    the proofs before it.
    """
    with office.store.read() as connection:
        now = office.now(connection)
        entries = house.entries(connection, KIND, 31)
        incidents = [{**i, "late": now >= i["over_at"]} for i in house.open_incidents(connection)]
        return {
            "proof": house.last(connection, KIND),
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
