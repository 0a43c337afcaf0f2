"""The list of what was destroyed, beside the database and beside every backup: a backup of before
is held against it when it is put back, or it would bring back what the law had destroyed.

It names nobody: the numbers of cases, the marks of people, the hashes of attachments.
"""

import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from amhk.desk.casefile.open_case import on_table
from amhk.desk.cases import destroy
from amhk.errors import Refusal
from amhk.office import Office
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.people import subjects
from amhk.store.rows import Json
from amhk.words import iso

_KEYS = {"id", "case", "whole", "mark", "people", "files", "ended"}
log = logging.getLogger("amhk.destroyed")
NAME = "vernietigd.jsonl"


def lines(office: Office) -> Iterator[str]:
    """Give a line for each destruction that was carried out, the first on top."""
    with office.store.read() as connection:
        found = subjects.destructions(connection, None, subjects.DESTRUCTION.c.state == "done")
    for row in reversed(found):
        record = row["record"] or {}
        told = {
            "id": row["id"],
            "case": row["number"],
            "whole": row["person_mark"] is None,
            "mark": row["person_mark"],
            "people": record.get("people", []),
            "files": record.get("files", []),
            "ended": iso(row["ended"]),
        }
        yield json.dumps(told) + "\n"


def places(office: Office) -> list[Path]:
    """Give the folders in which the list lies: that of the settings, and those of the backups."""
    told = office.config.backup
    found = [office.config.folder]
    found += [office.config.folder / told.folder] if told.folder else []
    return found + ([office.config.folder / told.copy_to] if told.copy_to else [])


def keep(office: Office) -> None:
    """Write the list whole wherever it lies; nothing where it stands there already. One place that
    is away does not keep it from the others.
    """
    whole = "".join(lines(office))
    for place in places(office):
        try:
            if place.is_dir():
                put(place / NAME, whole)
        except OSError as wrong:
            log.error("the list of what was destroyed is not in %s: %s", place, wrong)


def put(place: Path, told: str) -> None:
    """Write a list in its place, on disk for certain; one that says the same is left."""
    if (place.exists() and place.read_text(encoding="utf-8") == told) or (not told):
        return
    half = place.with_suffix(".half")
    with half.open("w", encoding="utf-8") as file:
        file.write(told)
        file.flush()
        os.fsync(file.fileno())
    half.replace(place)


def read(place: Path) -> list[Json]:
    """Give what a list says; ValueError for a file that is none."""
    told = [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines() if line]
    if not all(isinstance(line, dict) and line.keys() >= _KEYS for line in told):
        raise ValueError(place)
    return told


def apply(office: Office, told: list[Json], faults: list[str]) -> tuple[int, destroy.Gone]:
    """Destroy again, in a database of before, what a list says and what it holds still; gives how
    many that were, and what went. A line that cannot be done is told in `faults`.
    """
    done, whole = 0, destroy.Gone(surely=True)
    for line in told:
        try:
            with office.store.write() as connection:
                gone = destroy.Gone(surely=True)
                hit = _again(office, connection, line, gone)
        except Refusal as wrong:
            faults.append(f"Niet opnieuw vernietigd in {line['case']}: {wrong.text}")
            continue
        done += hit
        whole.files, whole.ready = whole.files + gone.files, whole.ready + gone.ready
    return done, whole


def _again(office: Office, connection: Connection, line: Json, gone: destroy.Gone) -> bool:
    """Do one line again; tells whether there was anything of it."""
    case = reads.case_by_number(connection, line["case"], lock=True)
    known = subjects.destructions(connection, None, subjects.DESTRUCTION.c.id == line["id"])
    if case is None or (known and known[0]["state"] == "done"):
        return False
    asked = [[line["case"], None]] if line["whole"] else line["people"]
    for number, mark in asked:
        one = reads.case_by_number(connection, number, lock=True)
        if one is None:
            continue
        file = on_table(office, connection, one, None)
        people = reads.people_of(connection, one["id"])
        he = next((p for p in people if p["mark"] == mark), None)
        if mark is None:
            destroy.of_case(file, gone)
        elif he is not None:
            destroy.of_person(file, he, line["files"], gone)
        else:
            continue
        granted = {"state": "granted", "decided": datetime.fromisoformat(line["ended"])}
        subjects.answer_all(connection, one["id"], mark, granted)
        _remember(connection, line, case["id"], gone)
        file.save(bump=False)
    return bool(gone.record)


def _remember(connection: Connection, line: Json, case: int, gone: destroy.Gone) -> None:
    """Keep that it was done: this database knows it as proposed, or not yet."""
    ended = datetime.fromisoformat(line["ended"])
    told = {"state": "done", "ended": ended, "reason": None, "record": gone.as_record()}
    key = subjects.DESTRUCTION.c.id == line["id"]
    if subjects.end(connection, line["id"], told) or subjects.destructions(connection, None, key):
        return
    row = {
        "id": line["id"],
        "case_id": case,
        "person_mark": line["mark"],
        "files": [],
        "proposed": ended,
        **told,
    }
    writes.add(connection, subjects.DESTRUCTION, row)
