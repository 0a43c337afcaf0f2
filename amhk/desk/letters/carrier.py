"""Carrying letters into the watched folder: each claimed, written whole, and told once."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from amhk.desk.casefile.open_case import on_table
from amhk.desk.casefile.recall_letters import folder_of, name_of
from amhk.desk.letters.compose import rule_of
from amhk.desk.letters.dispatch import grew_wrong, log
from amhk.desk.letters.notices import record_sent
from amhk.letters.post import drop, make_ready, show, unfinished
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads
from amhk.store.letters import outbox
from amhk.store.rows import Row
from amhk.words import day_of

_LEASE = timedelta(minutes=10)


_TRIES = 6


def carry(office: Office) -> dict[str, int]:
    """Bring what is on its way to the watched folder; gives {sent, failed}.

    A letter that fails is tried again later, and after six times lies dead; it holds up none behind
    it.
    """
    done = {"sent": 0, "failed": 0}
    folder, tried = folder_of(office), list[int]()
    _tidy(office)
    with office.store.read() as connection:
        if not outbox.any_live(connection):
            return done
    with office.store.write() as connection:
        outbox.forget_gone(connection, datetime.now(UTC))
    if folder is None:
        with office.store.write() as connection:
            outbox.strand(
                connection, "er is geen uitwisselmap meer (config.toml, letters.out_folder)"
            )
        return done
    while (row := _claim(office, tried)) is not None:
        tried.append(row["id"])
        if row["state"] == "dead":
            done["failed"] += 1
            continue
        try:
            went = _carry_one(office, folder, row)
        except OSError as wrong:
            _failed(office, row, f"{wrong.strerror or type(wrong).__name__} ({folder.name})")
            went = False
        except Exception as wrong:  # whatever it is, it holds up no letter behind it
            log.error("letter %s failed", row["key"], exc_info=wrong)
            _failed(office, row, type(wrong).__name__)
            went = False
        done["sent" if went else "failed"] += 1
    return done


def _tidy(office: Office) -> None:
    """Take away what a sender who died left half made.

    Whatever no letter on its way lays claim to.
    """
    folder = folder_of(office)
    if folder is None or not (found := unfinished(folder)):
        return
    with office.store.read() as connection:
        held = outbox.claims(connection)
    for name in found:
        if name.rpartition(".")[2] not in held:
            drop(folder, name)


def _claim(office: Office, tried: list[int]) -> Row | None:
    """Take up the next letter: a fresh one under a claim of one's own.

    One that was already made ready keeps the claim it was made ready under.
    """
    real = datetime.now(UTC)
    with office.store.write() as connection:
        row = outbox.next_to_carry(connection, real, tried)
        if row is None:
            return None
        if row["tries"] >= 2 * _TRIES:  # whoever takes it up dies of it
            held = row["claim"] if row["state"] == "written" else None
            outbox.move(
                connection, row, "dead", claim=held, why="het versturen is telkens afgebroken"
            )
            tried.append(row["id"])
            return {**row, "state": "dead"}
        claim = row["claim"] if row["state"] == "written" else token_hex(8)
        told = {"claim": claim, "until": real + _LEASE, "tries": row["tries"] + 1}
        state = "written" if row["state"] == "written" else "claimed"
        outbox.move(connection, row, state, **told)
        return {**row, **told, "state": state}


def _carry_one(office: Office, folder: Path, row: Row) -> bool:
    if row["state"] == "claimed":
        make_ready(folder, name_of(row), _files(office, row))
        if not _decided(office, row):
            drop(folder, name_of(row))
            return False
    show(folder, name_of(row), row["key"])
    return arrived(office, row["id"], row["key"], "uitwisselmap")


def _files(office: Office, row: Row) -> dict[str, bytes]:
    with office.store.read() as connection:
        notice = reads.notice(connection, row["notice_id"])
        case = reads.case_by_id(connection, notice["case_id"]) if notice else None
    assert notice is not None and case is not None
    told = {
        "sleutel": row["key"],
        "zaaknummer": case["number"],
        "soort": notice["kind"],
        "titel": rule_of(office, case, notice).title,
        "ontvanger": notice["recipient"],
        "hash": notice["hash"],
        "oefening": office.training,
    }
    files = {"brief.pdf": bytes(notice["pdf"] or b""), "brief.json": _as_json(told)}
    return files | ({"verzoek.json": _as_json(notice["data"])} if notice["data"] else {})


def _as_json(told: object) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _decided(office: Office, row: Row) -> bool:
    """Decide that this letter, made ready under this claim, is the one that appears.

    From here on it is no longer taken off. Tells whether it still may.
    """
    with office.store.write() as connection:
        notice = reads.notice(connection, row["notice_id"], lock=True)
        case = reads.case_by_id(connection, notice["case_id"]) if notice else None
        if notice is None or case is None or notice["state"] != "approved":
            outbox.move(
                connection, {**row, "state": "claimed"}, "cancelled", ended=datetime.now(UTC)
            )
            return False
        if why := grew_wrong(office, connection, row):
            outbox.move(connection, {**row, "state": "claimed"}, "dead", claim=None, why=why)
            return False
        return outbox.move(
            connection, {**row, "state": "claimed"}, "written", until=datetime.now(UTC) + _LEASE
        )


def arrived(office: Office, key: int, reference: str, way: str) -> bool:
    """Record that a letter went; tells whether nobody had recorded it before."""
    with office.store.write() as connection:
        seen = outbox.by_key(connection, key)
        assert seen is not None
        found = reads.notice(connection, seen["notice_id"])
        assert found is not None
        case = reads.case_by_id(
            connection, found["case_id"], lock=True
        )  # always in this order: case, letter, outbox
        notice = reads.notice(connection, seen["notice_id"], lock=True)
        row = outbox.by_key(connection, key, lock=True)
        assert case is not None and row is not None and notice is not None
        if row["state"] not in ("written", "claimed") or notice["state"] != "approved":
            return False
        worker = reads.worker_by(connection, id=row["worker_id"])
        assert worker is not None
        now = office.moment(connection, case["clock"], case["present_calendar"])
        file = on_table(office, connection, case, Reader.of(worker), now)
        record_sent(file, notice, day_of(now), way, reference)
        outbox.move(connection, row, "delivered", ended=datetime.now(UTC), why=None)
        return True


def _failed(office: Office, tried: Row, why: str) -> None:
    """Try it again later, or let it lie dead.

    What was not decided on yet loses its claim; what was keeps it.
    """
    real = datetime.now(UTC)
    with office.store.write() as connection:
        row = outbox.by_key(connection, tried["id"], lock=True)
        if (
            row is None
            or row["state"] not in ("claimed", "written")
            or row["claim"] != tried["claim"]
        ):
            return
        claim = row["claim"] if row["state"] == "written" else None
        if row["tries"] >= _TRIES:
            outbox.move(connection, row, "dead", claim=claim, why=why)
            log.error("letter %s could not go: %s", row["key"], why)
            return
        later = real + timedelta(minutes=2 ** (row["tries"] - 1))
        outbox.move(
            connection,
            row,
            "written" if claim else "queued",
            claim=claim,
            due=later,
            until=later,
            why=why,
        )
