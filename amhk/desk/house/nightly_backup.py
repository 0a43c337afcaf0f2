"""The backup of every night: made, tried, copied to another place, and thrown away when it is old.

One that failed, or was not tried for too long, is a term of the beheerder.
"""

import logging
import multiprocessing
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta
from hashlib import file_digest
from pathlib import Path

from amhk.config.parts import Backup
from amhk.config.reading import secret
from amhk.desk.house import backup, night_proof
from amhk.desk.subjects import erased_list
from amhk.errors import Refusal
from amhk.logs import kind_of
from amhk.office import Office
from amhk.store.database.engine import Connection, StoreFailed
from amhk.store.house import house_journal
from amhk.store.rows import Json
from amhk.words import iso, local, some

log = logging.getLogger("amhk.backup")
KIND, TRIED = "back-up", "back-up beproefd"
_NAME, _ENDING = "meldpunt-", ".backup"
_FRESH, _TRIED_BY_HAND = timedelta(days=2), timedelta(days=31)
NONE_LATELY = "er is in twee dagen geen back-up gelukt en beproefd"
NOT_TRIED = "de back-ups zijn in een maand niet beproefd (amhk restore FILE --drill --record)"


def make_when_due(office: Office, now: datetime) -> bool:
    """Make and try the backup of today when its hour has come and there is none yet (`now` is real
    time); tells whether it did. Where settings name no folder nothing is made.
    """
    told = office.config.backup
    if not told.folder or local(now).hour < told.hour:
        return False
    day = local(now).date()
    with office.store.read() as connection:
        last = house_journal.last(connection, KIND)
    if last and last["day"] == iso(day):
        return False
    try:
        _make(office, told, day, now)
    except StoreFailed:
        raise
    except Exception as wrong:  # whatever it is: no backup, and somebody must know
        log.error("the backup failed", exc_info=wrong)
        told_why = wrong.text if isinstance(wrong, Refusal) else kind_of(wrong)
        _failed(office, day, now, told_why)
    _watch(office, told, now)
    return True


def _make(office: Office, told: Backup, day: date, now: datetime) -> None:
    folder = office.config.folder / told.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{_NAME}{iso(day)}{_ENDING}"
    word = "" if told.recipient else secret("AMHK_BACKUP_PASSPHRASE")
    made = backup.back_up(office, path, word, told.recipient)
    faults = made.faults + ([] if told.recipient else _tried(path, word))
    other = office.config.folder / told.copy_to if told.copy_to else None
    if other:
        _copied(path, other)
    erased_list.keep(office)
    for place in filter(None, (folder, other)):
        _thrown_away(place, day, told)
    content: Json = {
        "day": iso(day),
        "file": path.name,
        "size": path.stat().st_size,
        "rows": sum(made.rows.values()),
        "files": made.files,
        "tried": not told.recipient,
        "faults": faults[:20],
    }
    rows = some(content["rows"], "regel", "regels")
    state = "niet beproefd" if told.recipient else "beproefd" if not faults else "niet goed"
    _note(office, now, KIND, f"Back-up {path.name} gemaakt: {rows}, {state}.", content)
    if faults:
        night_proof.open_incident(office, f"de back-up van vannacht is niet goed: {faults[0]}")


def _tried(path: Path, word: str) -> list[str]:
    """Put a backup back in a process of its own, whose settings and memory are its own too."""
    alone = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=alone) as pool:
        return pool.submit(backup.drill, path, word).result().faults


def _copied(path: Path, other: Path) -> None:
    """Copy a file whole, on disk for certain, and read it back there."""
    half = other / f".{path.name}.half"
    with path.open("rb") as source, half.open("wb") as file:
        shutil.copyfileobj(source, file, 1_000_000)
        file.flush()
        os.fsync(file.fileno())
    half.replace(other / path.name)
    sums = []
    for place in (path, other / path.name):
        with place.open("rb") as file:
            sums.append(file_digest(file, "sha256").hexdigest())
    if sums[0] != sums[1]:
        raise OSError(f"{other / path.name} is niet gelijk aan {path}")


def _thrown_away(folder: Path, day: date, told: Backup) -> None:
    names = [p.name for p in folder.glob(f"{_NAME}*{_ENDING}")]
    for name in too_old(names, day, told.keep_days, told.keep_months):
        (folder / name).unlink(missing_ok=True)


def too_old(names: Iterable[str], today: date, days: int, months: int) -> list[str]:
    """Give which backups (by name) may go: older than so many days, but for the first of each of
    the last months. What bears no day of ours is left alone.
    """
    dated = sorted((day, name) for name in names if (day := _day_of(name)))
    kept, seen = set(), set[tuple[int, int]]()
    for day, name in dated:
        month = (day.year, day.month)
        age = (today.year - day.year) * 12 + today.month - day.month
        if month not in seen and age <= months:
            kept.add(name)
        seen.add(month)
        if today - day < timedelta(days=days):
            kept.add(name)
    return [name for _, name in dated if name not in kept]


def _day_of(name: str) -> date | None:
    try:
        return date.fromisoformat(name.removeprefix(_NAME).removesuffix(_ENDING))
    except ValueError:
        return None


def _failed(office: Office, day: date, now: datetime, why: str) -> None:
    log.error("the backup of %s failed: %s", day, why)
    content: Json = {"day": iso(day), "tried": False, "faults": [why]}
    _note(office, now, KIND, "De back-up is mislukt.", content)
    night_proof.open_incident(office, f"de back-up van vannacht is mislukt: {why}")


def _note(office: Office, now: datetime, kind: str, what: str, content: Json) -> None:
    with office.store.write() as connection:
        house_journal.append(connection, now, None, kind=kind, what=what, content=content)


def note_tried(office: Office, now: datetime, file: str, faults: list[str]) -> None:
    """Keep that somebody tried a backup by hand, as where only the key of another opens it."""
    state = "goed" if not faults else "niet goed"
    content: Json = {"file": file, "faults": faults[:20]}
    _note(office, now, TRIED, f"Back-up {file} beproefd: {state}.", content)
    if faults:
        night_proof.open_incident(office, f"de back-up {file} is niet goed: {faults[0]}")


def _watch(office: Office, told: Backup, now: datetime) -> None:
    """Open a term when no backup was made and found good lately."""
    with office.store.read() as connection:
        good = _last_good(connection, told)
    limit = _TRIED_BY_HAND if told.recipient else _FRESH
    if good is None or now - good > limit:
        what = NOT_TRIED if told.recipient else NONE_LATELY
        if good is not None or _begun_before(office, now - limit):
            night_proof.open_incident(office, what)


def _last_good(connection: Connection, told: Backup) -> datetime | None:
    kind = TRIED if told.recipient else KIND
    for entry in house_journal.entries(connection, kind, 60):
        content = house_journal.content_of(entry)
        if not content["faults"]:
            found: datetime = entry["instant"]
            return found
    return None


def _begun_before(office: Office, moment: datetime) -> bool:
    """Tell whether backups are made since before a moment."""
    with office.store.read() as connection:
        made = house_journal.entries(connection, KIND, 10_000)
    return bool(made) and made[-1]["instant"] < moment


def standing(office: Office) -> Json:
    """Give, for the page of the proof, the last backup, and when one was last found good."""
    told = office.config.backup
    with office.store.read() as connection:
        last = house_journal.last(connection, KIND)
        good = _last_good(connection, told)
    return {
        "set": bool(told.folder),
        "last": {**last, "instant": iso(last["instant"])} if last else None,
        "good": iso(good) if good else None,
        "recipient": bool(told.recipient),
        "away": told.copy_to,
    }
