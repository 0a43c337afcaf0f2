"""Anchors are time-stamped by somebody outside (RFC 3161): who holds the machine and its key can
sign another past, and cannot have it signed as of an earlier day: its stamps come too late.

A stamp is a line of `tijdstempels.jsonl` beside config.toml. An anchor names the one before it, so
the stamp of one is of all before it.
"""

import json
import logging
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from amhk.desk.house import anchors, night_proof
from amhk.errors import HouseClosed
from amhk.letters.mail import wait_after
from amhk.office import Office
from amhk.store import reads, writes
from amhk.store.rows import Json
from amhk.timestamps import ask, moment_of
from amhk.words import iso, local, say_day

NAME = "tijdstempels.jsonl"
NOT_STAMPED = "de ankers krijgen al twee dagen geen tijdstempel: kijk [timestamp] na"
log = logging.getLogger("amhk.anchors")
_STATE, _LONG = "timestamp_tries", timedelta(days=2)
_AGED = timedelta(days=7)
_SLOW = timedelta(minutes=5)  # how far the clock of the house may be ahead of that of the service


def stamp_due(office: Office, now: datetime) -> bool:
    """Have the last anchor stamped when it is not yet (`now` is real time); tells whether it was.

    What fails is tried again after 2, 4, 8 ... 60 minutes; after two days it is a term of the
    beheerder.
    """
    service = office.config.timestamp
    known = _anchors(office)
    if service is None or not known or _reached(office, len(known)) >= len(known):
        return False
    tries, again = _tries(office)
    if again and now < datetime.fromisoformat(again):
        return False
    last = known[-1]
    try:
        answer, moment = ask(service.url, service.roots, anchors.canonical(last))
    except HouseClosed as wrong:
        log.error("the anchor could not be stamped: %s", wrong)
        _remember(office, tries + 1, (now + wait_after(tries + 1)).isoformat())
        first = known[_reached(office, len(known))]
        if now - datetime.fromisoformat(first["at"]).astimezone(UTC) > _LONG:
            night_proof.open_incident(office, NOT_STAMPED)
        return False
    told = {"number": last["number"], "at": iso(moment), "answer": b64encode(answer).decode()}
    with (office.config.folder / NAME).open("ab") as file:
        file.write(json.dumps(told, sort_keys=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    _remember(office, 0, "")
    return True


def _anchors(office: Office) -> list[Json]:
    try:
        return anchors.read(office.config.folder / anchors.NAME)
    except ValueError:  # the proof of the night says so
        return []


def _stamps(office: Office) -> list[Json]:
    """Give the lines of the file; ValueError for one that is none. A last line that was cut off
    while it was written is none yet.
    """
    place = office.config.folder / NAME
    if not place.exists():
        return []
    lines = place.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
    told = [json.loads(line) for line in lines if line]
    for one in told:
        if not isinstance(one, dict) or type(one.get("number")) is not int or "answer" not in one:
            raise ValueError(place)
    return told


def _reached(office: Office, last: int) -> int:
    """Give the number of the last anchor that has a stamp, of those up to the last there is."""
    try:
        numbers = [one["number"] for one in _stamps(office)]
    except ValueError:  # the proof of the night says so
        return 0
    return max((n for n in numbers if n <= last), default=0)


def _tries(office: Office) -> tuple[int, str]:
    with office.store.read() as connection:
        told = json.loads(reads.meta(connection, _STATE) or '[0, ""]')
    return int(told[0]), str(told[1])


def _remember(office: Office, tries: int, again: str) -> None:
    with office.store.write() as connection:
        writes.set_meta(connection, _STATE, json.dumps([tries, again]))


def faults(office: Office) -> Iterator[str]:
    """Give, in Dutch, every stamp that is not of the anchor it names, or is of a later day than the
    anchor says it was dropped; and every anchor since stamps are made that has none, or one of more
    than a week later. None where no service is set.
    """
    service = office.config.timestamp
    if service is None:
        return
    known = {one["number"]: one for one in _anchors(office)}
    try:
        stamps = _stamps(office)
    except ValueError:
        yield f"{NAME}: er staat iets in dat geen tijdstempel is."
        return
    moments = dict[int, datetime]()
    for one in stamps:
        anchor = known.get(one["number"])
        if anchor is None:
            yield f"{NAME}: anker {one['number']} is er niet meer, zijn tijdstempel wel."
            continue
        try:
            answer = b64decode(str(one["answer"]), validate=True)
            moment = moment_of(answer, service.roots, anchors.canonical(anchor))
        except (ValueError, HouseClosed):
            yield f"{NAME}: het tijdstempel van anker {one['number']} klopt niet."
            continue
        moments[one["number"]] = moment
        if local(moment) + _SLOW < datetime.fromisoformat(anchor["at"]):
            yield f"{NAME}: anker {one['number']} zegt een later moment dan zijn tijdstempel."
    yield from _late(known, moments, service.since, datetime.now(UTC))


def _late(
    known: dict[int, Json], moments: dict[int, datetime], since: date, now: datetime
) -> Iterator[str]:
    """Hold every anchor to the first stamp at or after it: it must be of the week after it."""
    first: datetime | None = None
    for number in sorted(known, reverse=True):
        first = moments.get(number, first)
        dropped = datetime.fromisoformat(known[number]["at"])
        if dropped.date() < since:
            return
        if first is None and now - dropped > _AGED:
            yield f"{NAME}: anker {number} van {say_day(dropped.date())} heeft geen tijdstempel."
        elif first is not None and first - dropped > _AGED:
            yield (
                f"{NAME}: anker {number} zegt van {say_day(dropped.date())} te zijn, en is pas"
                f" gestempeld op {say_day(local(first).date())}."
            )
