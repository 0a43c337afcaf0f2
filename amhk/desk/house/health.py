"""How the house is: what is wrong with it, and whether it can write."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from amhk.desk.intake import imports, imports_view
from amhk.desk.staff import leave
from amhk.desk.terms.sweep import PROOF, STILL
from amhk.office import Office
from amhk.store import reads, writes
from amhk.store.database import schema
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal, page_facts
from amhk.store.rows import Row
from amhk.words import day_of, iso, say_day, say_instant


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
        known = page_facts.house_of(connection, PROOF)
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
        list(imports_view.alarm(office, connection))
        if known["lying_since"] and known["lying_since"] <= now - imports.PATIENCE
        else []
    )
    told += [
        f"{i['what'].capitalize()}. De beheerder lost dit op voor het einde van"
        f" {say_day(i['due'])}."
        for i in (house_journal.open_incidents(connection) if known["incidents"] else ())
    ]
    told += _waited_for(office, known, now)
    if known["dead_letters"]:
        told.append("Er zijn brieven die niet weg konden. Ze staan onder Post, met de reden.")
    sweep, trouble = json.loads(known["sweep"] or "{}"), json.loads(known["trouble"] or "{}")
    if "real" in sweep and datetime.now(UTC) - datetime.fromisoformat(sweep["real"]) > STILL:
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


def _waited_for(office: Office, known: Row, now: datetime) -> list[str]:
    """Give what waits too long for somebody who leads."""
    told = []
    if leave.red(office, known["leave_due"], now):
        told.append(
            f"Een inzage met reden wacht sinds {say_day(known['leave_due'])} op een oordeel. De"
            " teamleider of manager vindt haar op Vandaag."
        )
    if known["request_due"] and known["request_due"] < day_of(now):
        told.append(
            "Een verzoek van een betrokkene had beantwoord moeten zijn op"
            f" {say_day(known['request_due'])}. Het staat op Vandaag van wie leidinggeeft."
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


def schema_of(office: Office) -> str | None:
    """Give the version of the schema the database stands on."""
    return schema.present(office.store)
