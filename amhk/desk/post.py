"""The post: approved letters to the print tray or the watched folder, each once.

What cannot go is a dead letter that somebody sees.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from amhk.desk.casefile import on_table
from amhk.desk.composing import of_its_day, rule_of, still_fit
from amhk.desk.delivery import MACHINES, address_on, lack_of, reach_of
from amhk.desk.letter import opened
from amhk.desk.notices import find, record_sent
from amhk.desk.outgoing import DRAFT_AGAIN, folder_of, name_of, take_off
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault, NotAllowed, NotFound
from amhk.letters import piles
from amhk.letters.post import drop, make_ready, show, unfinished
from amhk.office import Office
from amhk.rules.secrecy import WORKS, Reader, scope_of
from amhk.store import claims, outbox, reads, writes
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import day_of, iso

log = logging.getLogger("amhk.post")
_LEASE = timedelta(minutes=10)
_TRIES = 6
_MOST = 500


def queue(office: Office, key: int, body: object, who: Reader) -> None:
    """Put an approved letter in the print tray or on its way to the watched folder.

    `version`, `way`. It is sent once it went.
    """
    if who.role not in WORKS:
        raise NotAllowed()
    told = body if isinstance(body, dict) else {}
    if not isinstance(way := told.get("way"), str) or way not in MACHINES:
        raise BadInput(faults=[Fault("weg", f"Kies: {' of '.join(MACHINES)}.", "way")])
    now = datetime.now(UTC)
    with office.store.write() as connection:
        _, case = find(connection, key, who, lock=True)
        notice = reads.notice(connection, key, lock=True)
        assert notice is not None
        if str(notice["version"]) != str(told.get("version")):
            raise ChangedMeanwhile(notice["version"])
        if notice["state"] != "approved":
            raise ClosedDoor(
                faults=[
                    Fault(
                        "staat", "Alleen een goedgekeurde brief die nog niet weg is kan de post in."
                    )
                ]
            )
        reach = reach_of(office, connection, case, notice, address_on(notice))
        if faults := lack_of(office, reach, way):
            raise ClosedDoor(faults=faults)
        _holds(office, connection, case, notice, who)
        if (live := outbox.live(connection, key)) and (live["way"], live["state"]) == (
            way,
            "queued",
        ):
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
            "claim": None,
            "claimed_by": None,
            "until": None,
            "ended": None,
            "why": None,
        }
        writes.add(connection, outbox.OUT, row)


def _holds(office: Office, connection: Connection, case: Row, notice: Row, who: Reader) -> None:
    """Refuse to let a frozen letter go that names somebody who became secret since, or that says
    something else today (ClosedDoor).
    """
    still_fit(office, connection, case, notice)
    of_its_day(office, connection, case, notice, who, day_of(office.now(connection)))


def _grew_wrong(office: Office, connection: Connection, row: Row) -> str | None:
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
    if row is None or who.role not in WORKS:
        raise NotFound("Deze post bestaat niet, of u mag hem niet zien.")
    find(connection, row["notice_id"], who)
    if row["state"] not in states:
        raise ClosedDoor(
            faults=[Fault("staat", "Dit is intussen al gebeurd; bekijk de lijst opnieuw.")]
        )
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
        if found is not None:
            reads.lock_notices(connection, [found["notice_id"]])
        row = _mine(connection, key, who, ("queued", "dead"))
        take_off(office, connection, [row["notice_id"]])
        _renewed(connection, row["notice_id"])


def _renewed(connection: Connection, key: int) -> bool:
    """Make an approved letter a draft again when a fact under it changed since.

    Tells whether it did.
    """
    notice = reads.notice(connection, key)
    if notice is None or notice["state"] != "approved" or not notice["old_fact"]:
        return False
    claims.save_notice(connection, notice, DRAFT_AGAIN)
    return True


# ---------------------------------------------------------------- the watched folder


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
    return _arrived(office, row["id"], row["key"], "uitwisselmap")


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
        if why := _grew_wrong(office, connection, row):
            outbox.move(connection, {**row, "state": "claimed"}, "dead", claim=None, why=why)
            return False
        return outbox.move(
            connection, {**row, "state": "claimed"}, "written", until=datetime.now(UTC) + _LEASE
        )


def _arrived(office: Office, key: int, reference: str, way: str) -> bool:
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


# ---------------------------------------------------------------- the print tray


def make_pile(office: Office, who: Reader) -> str | None:
    """Take all that lies in the tray for this worker as one pile, his to print.

    Nobody else prints it too. Gives the name of the pile, None when the tray is empty.

    A letter that may not go any more (it says something else today, or names somebody who became
    secret) is no part of it: it lies dead, with why.
    """
    if who.role not in WORKS:
        raise NotAllowed()
    claim, real = token_hex(8), datetime.now(UTC)
    with office.store.read() as connection:
        rows = [
            r
            for r in outbox.on_their_way(connection, scope_of(who), _MOST, "print")
            if r["state"] == "queued"
        ]
        wrong = {r["id"]: why for r in rows if (why := _grew_wrong(office, connection, r))}
    with office.store.write() as connection:
        for row in [r for r in rows if r["id"] in wrong]:
            outbox.move(connection, row, "dead", why=wrong[row["id"]])
        mine = {"claim": claim, "claimed_by": who.id, "until": real}
        taken = [
            r
            for r in rows
            if r["id"] not in wrong and outbox.move(connection, r, "claimed", **mine)
        ]
    return claim if taken else None


def pile(office: Office, claim: str, who: Reader, ends: bool = False) -> list[dict[str, Any]]:
    """Give the letters of a pile that this reader made.

    NotFound when there are none: a pile is for who prints it. To end it (`ends`), which is no
    reading, also to a teamleider or manager who sees its cases: its maker may be ill.
    """
    others = ends and who.role in ("teamleider", "manager")
    with office.store.read() as connection:
        rows = [
            r
            for r in outbox.of_pile(connection, claim, scope_of(who))
            if others or r["claimed_by"] == who.id
        ]
    if not rows:
        raise NotFound("Deze stapel bestaat niet, of is niet van u.")
    return [_shown(office, row) for row in rows]


def pile_pdf(office: Office, claim: str, who: Reader, reason: object = None) -> bytes:
    """Give a pile as one PDF to print.

    A cover sheet with what is in it and how each must go, then the letters as they were approved,
    each from a right-hand page.

    Each letter in it is written down as looked at; where one names somebody who is secret, a
    `reason` is asked first (BadInput).
    """
    told = [p for p in pile(office, claim, who) if p["state"] == "claimed"]
    with office.store.read() as connection:
        pdfs = outbox.pdfs(connection, [p["notice"] for p in told])
        now = office.now(connection)
    told = [p for p in told if p["notice"] in pdfs]
    if not told:
        raise NotFound("Deze stapel is al afgehandeld.")
    opened(office, [p["notice"] for p in told], who, reason, "stapel")
    covers = [(f"{p['number']}: {p['title']}", p["handling"]) for p in told]
    return piles.together(
        office.config.organisation,
        day_of(now),
        covers,
        [pdfs[p["notice"]] for p in told],
        office.training,
    )


def finish_pile(office: Office, claim: str, who: Reader, body: object) -> dict[str, int]:
    """Record that a pile went by post (`went`; each letter is sent, `but` some by their key in the
    outbox, which go back to the tray), or lay all of it back; gives {sent, back, gone}: gone are
    letters that no longer were to go.
    """
    told = body if isinstance(body, dict) else {}
    went, but = told.get("went"), told.get("but", [])
    if (
        not isinstance(went, bool)
        or not isinstance(but, list)
        or not all(type(key) is int for key in but)
    ):
        raise BadInput(
            faults=[
                Fault(
                    "stapel",
                    "Zeg of de stapel weg is (went: ja of nee), en welke brieven niet meegingen"
                    " (but: hun sleutels).",
                    "went",
                )
            ]
        )
    done = {"sent": 0, "back": 0, "gone": 0}
    for one in [p for p in pile(office, claim, who, ends=True) if p["state"] == "claimed"]:
        if went and one["id"] not in but:
            done[
                "sent" if _arrived(office, one["id"], f"stapel {claim[:6]}", "post") else "gone"
            ] += 1
        else:
            done["back"] += _laid_back(office, one, claim)
    return done


def _laid_back(office: Office, one: Mapping[str, Any], claim: str) -> bool:
    """Lay a printed letter back in the tray.

    One of which a fact changed since is a draft again instead.
    """
    with office.store.write() as connection:
        reads.lock_notices(connection, [one["notice"]])
        row = outbox.by_key(connection, one["id"], lock=True)
        if row is None or row["state"] != "claimed" or row["claim"] != claim:
            return False
        if _renewed(connection, one["notice"]):
            return outbox.move(connection, row, "cancelled", ended=datetime.now(UTC))
        return outbox.move(connection, row, "queued", claim=None, claimed_by=None, until=None)


def overview(office: Office, who: Reader) -> dict[str, list[dict[str, Any]]]:
    """Give what is in the post within what this reader may see.

    `dead`, `tray`, `piles` (by who printed them), `folder` (on its way).
    """
    with office.store.read() as connection:
        rows = [_shown(office, r) for r in outbox.on_their_way(connection, scope_of(who), _MOST)]
    return {
        "dead": [r for r in rows if r["state"] == "dead"],
        "tray": [r for r in rows if (r["way"], r["state"]) == ("print", "queued")],
        "piles": [r for r in rows if (r["way"], r["state"]) == ("print", "claimed")],
        "folder": [r for r in rows if r["way"] == "map" and r["state"] != "dead"],
    }


def _shown(office: Office, row: Row) -> dict[str, Any]:
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
        "handling": _BY_HAND if row["geheim_adres"] else _HANDLING[row["recipient"]],
    }


_BY_HAND = "Niet op de post: geheim adres, persoonlijk overhandigen"
_HANDLING = {
    "betrokkene": "Gesloten envelop zonder naam van het meldpunt",
    "melder": "Gesloten envelop zonder naam van het meldpunt",
    "adviesvrager": "Gesloten envelop zonder naam van het meldpunt",
} | {
    name: "Gesloten envelop, vertrouwelijk"
    for name in ("rvdk", "college", "politie", "instelling", "andere_regio")
}
