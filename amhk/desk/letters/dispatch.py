"""The post: approved letters to the print tray or the watched folder, each once.

What cannot go is a dead letter that somebody sees.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from amhk.desk.casefile.recall_letters import DRAFT_AGAIN, take_off
from amhk.desk.letters.compose import of_its_day, still_fit
from amhk.desk.letters.delivery import MACHINES, address_on, lack_of, reach_of
from amhk.desk.letters.notices import find
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, NotAllowed
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS, Reader, scope_of
from amhk.store import reads, writes
from amhk.store.cases import compare_and_set
from amhk.store.database.engine import Connection
from amhk.store.letters import outbox
from amhk.store.rows import CaseRow, NoticeRow, Row
from amhk.words import day_of, iso

log = logging.getLogger("amhk.post")
MOST_AT_ONCE = 500


def queue(office: Office, key: int, body: object, who: Reader) -> None:
    """Put an approved letter in the print tray or on its way to the watched folder.

    `version`, `way`. It is sent once it went.
    """
    if who.role not in WORKS:
        raise NotAllowed()
    told = body if isinstance(body, dict) else {}
    now = datetime.now(UTC)
    with office.store.write() as connection:
        _, case = find(connection, key, who, lock=True)
        if not isinstance(way := told.get("way"), str) or way not in MACHINES:
            raise BadInput.of("weg", f"Kies: {' of '.join(MACHINES)}.", "way")
        notice = reads.notice(connection, key, lock=True)
        assert notice is not None
        if str(notice["version"]) != str(told.get("version")):
            raise ChangedMeanwhile(notice["version"])
        if notice["state"] != "approved":
            text = "Alleen een goedgekeurde brief die nog niet weg is kan de post in."
            raise ClosedDoor.of("staat", text)
        reach = reach_of(office, connection, case, notice, address_on(notice))
        if faults := lack_of(office, reach, way):
            raise ClosedDoor(faults=faults)
        _holds(office, connection, case, notice, who)
        live = outbox.live(connection, key)
        if live and (live["way"], live["state"]) == (way, "queued"):
            return  # it is on this way already
        take_off(office, connection, [key])
        row = {
            "notice_id": key,
            "key": f"amhk-{key:06}-{token_hex(6)}",
            "way": way,
            "state": "queued",
            "tries": 0,
            "queued": office.now(connection),
            "worker_id": who.id,
            "due": now,
            **dict.fromkeys(("claim", "claimed_by", "until", "ended", "why")),
        }
        writes.add(connection, outbox.OUT, row)


def _holds(
    office: Office, connection: Connection, case: CaseRow, notice: NoticeRow, who: Reader
) -> None:
    """Refuse to let a frozen letter go that names somebody who became secret since, or that says
    something else today (ClosedDoor).
    """
    still_fit(office, connection, case, notice)
    of_its_day(office, connection, case, notice=notice, who=who, day=day_of(office.now(connection)))


def grew_wrong(office: Office, connection: Connection, row: Row) -> str | None:
    """Tell, in a sentence, why a letter that lies in the post may not go any more.

    None when it may.
    """
    notice = reads.notice(connection, row["notice_id"])
    case = reads.case_by_id(connection, notice["case_id"]) if notice else None
    worker = reads.worker_by(connection, id=row["worker_id"])
    if notice is None or case is None or worker is None:
        return None
    try:
        _holds(office, connection, case, notice, Reader.of(worker))
    except ClosedDoor as wrong:
        return wrong.faults[0].text
    return None


def _mine(connection: Connection, key: int, who: Reader, states: Sequence[str]) -> Row:
    """Give a row of the outbox this reader may act on, when it stands in one of these states."""
    row = outbox.by_key(connection, key, lock=True)
    find(connection, row["notice_id"] if row and who.role in WORKS else 0, who)
    if row is None or row["state"] not in states:
        raise ClosedDoor.of("staat", "Dit is intussen al gebeurd; bekijk de lijst opnieuw.")
    return row


def again(office: Office, key: int, who: Reader) -> None:
    """Try a dead letter again.

    One that had been decided on goes on under the same claim, so that it cannot appear twice.
    """
    real = datetime.now(UTC)
    with office.store.write() as connection:
        row = _mine(connection, key, who, ("dead",))
        outbox.move(
            connection,
            row,
            "written" if row["claim"] else "queued",
            tries=0,
            due=real,
            until=real,
            why=None,
        )


def cancel(office: Office, key: int, who: Reader) -> None:
    """Take a letter out of the post again (tray, waiting, or dead).

    It stays approved, to go by another way; one of which a fact changed meanwhile is a draft again.
    """
    with office.store.write() as connection:
        found = outbox.by_key(connection, key)
        reads.lock_notices(connection, [found["notice_id"] if found else 0])
        row = _mine(connection, key, who, ("queued", "dead"))
        take_off(office, connection, [row["notice_id"]])
        renewed(connection, row["notice_id"])


def renewed(connection: Connection, key: int) -> bool:
    """Make an approved letter a draft again when a fact under it changed since.

    Tells whether it did.
    """
    notice = reads.notice(connection, key)
    if notice is None or notice["state"] != "approved" or not notice["old_fact"]:
        return False
    compare_and_set.save_notice(connection, notice, DRAFT_AGAIN)
    return True


# ---------------------------------------------------------------- the watched folder


# ---------------------------------------------------------------- the print tray


def overview(office: Office, who: Reader) -> dict[str, list[dict[str, Any]]]:
    """Give what is in the post within what this reader may see.

    `dead`, `tray`, `piles` (by who printed them), `folder` (on its way).
    """
    with office.store.read() as connection:
        rows = [
            shown_in_post(office, r)
            for r in outbox.on_their_way(connection, scope_of(who), MOST_AT_ONCE)
        ]
    return {
        "dead": [r for r in rows if r["state"] == "dead"],
        "tray": [r for r in rows if (r["way"], r["state"]) == ("print", "queued")],
        "piles": [r for r in rows if (r["way"], r["state"]) == ("print", "claimed")],
        "folder": [r for r in rows if r["way"] == "map" and r["state"] != "dead"],
    }


def shown_in_post(office: Office, row: Row) -> dict[str, object]:
    """Give a letter in the post as the page of the post shows it."""
    rule = office.pack.workflows[row["workflow"], row["release"]].notices[row["kind"]]
    told = {
        k: row[k]
        for k in (
            "id",
            "key",
            "way",
            "state",
            "tries",
            "why",
            "number",
            "by",
            "taker",
            "claim",
            "claimed_by",
            "recipient",
            "old_fact",
        )
    }
    return told | {
        "notice": row["notice_id"],
        "title": rule.title,
        "queued": iso(row["queued"]),
        "due": iso(row["due"]),
        "handling": BY_HAND if row["geheim_adres"] else HANDLING.get(row["recipient"], _SEALED),
    }


BY_HAND = "Niet op de post: geheim adres, persoonlijk overhandigen"


HANDLING = {
    "betrokkene": "Gesloten envelop zonder naam van het meldpunt",
    "melder": "Gesloten envelop zonder naam van het meldpunt",
    "adviesvrager": "Gesloten envelop zonder naam van het meldpunt",
}
_SEALED = "Gesloten envelop, vertrouwelijk"
