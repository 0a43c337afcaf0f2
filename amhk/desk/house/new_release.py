"""Making a release of the procedure: a draft, what is wrong with it, and two people who agree.

A draft lies in `ontwerpen/`, where no case looks; a release never changes (`amhk.releases`).
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from difflib import unified_diff
from pathlib import Path

from amhk import procedure, releases
from amhk.config import Config
from amhk.desk.letters.text_templates import letters_now
from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.releases import Release
from amhk.rules.privacy.secrecy import HAND, MAKES, Reader
from amhk.rules.procedure.place import line_of, line_said
from amhk.store.house import house_journal
from amhk.words import day_of

DRAFTS, KIND = "ontwerpen", "werkwijze"
_NAME = re.compile(r"[0-9A-Za-z][\w.-]{0,39}")
_RELEASE = re.compile(r'^(release\s*=\s*)"[^"]*"', re.MULTILINE)


def draft(office: Office, name: str, parent: str | None = None) -> Path:
    """Begin a draft of a release under a name, from another (today's when none is named): its
    workflows, its lists, its figures, and its letters as they hold now.

    BadInput for a name that cannot be one or is taken, NotFound for a release that is not there.
    """
    config = office.config
    base = config.folder / "workflows" / config.pack
    place, source = config.folder / DRAFTS / name, base / (parent or config.release)
    if not _NAME.fullmatch(name):
        raise BadInput.of(
            "naam", "De naam van een uitgave heeft letters, cijfers, punten en streepjes (2026.3)."
        )
    if (base / name).exists():
        raise BadInput.of("naam", f"Uitgave {name} is er al, en verandert niet meer.")
    if place.exists():
        raise BadInput.of("naam", f"Het ontwerp {name} is er al: {DRAFTS}/{name}.")
    if not source.is_dir():
        raise NotFound(f"Uitgave {source.name} is er niet.")
    for file, text in _parts(office, source):
        path = place / file
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(_RELEASE.sub(rf'\g<1>"{name}"', text), encoding="utf-8")
    releases.write(place, Release(name, parent=source.name))
    return place


def _parts(office: Office, source: Path) -> Iterator[tuple[str, str]]:
    """Give all that a release is, its own or not, by its name in the folder of a release."""
    config = office.config
    for file in sorted(source.rglob("*.toml")):
        name = file.relative_to(source).as_posix()
        if name not in procedure.BESIDE:
            yield name, file.read_text(encoding="utf-8-sig")
    for name in (procedure.CODES, procedure.FIGURES):
        yield name, procedure.part_of(config, source, name).read_text(encoding="utf-8-sig")
    flows, _, _ = procedure.read_release(config, source)
    told = (n.templates for w in flows.values() for n in w.notices.values())
    with office.store.read() as connection:
        letters = letters_now(office, connection, source.name)
    for kind in sorted({template for templates in told for template, _ in templates}):
        yield f"{procedure.LETTERS}/{kind}.j2", letters.source(kind)


def faults_of(config: Config, name: str | None = None) -> list[Fault]:
    """Give every fault of a draft, or without a name of the procedure of the house.

    NotFound for a draft that is not there.
    """
    if name is None:
        return procedure.procedure_faults(config)
    return procedure.draft_faults(config, _draft(config, name), f"{DRAFTS}/{name}")


def told(config: Config, fault: Fault) -> dict[str, object]:
    """Give a fault with its file, its line there (None without a file) and the story to it."""
    file, line = fault.file, None
    if fault.file and not fault.field:
        line = line_said(fault.text)
    elif fault.file and fault.field:
        lines = {path: line_of(_text(path), fault.field) for path in _where(config, fault.file)}
        where = max(lines, key=lambda path: lines[path] > 1)  # 1: no part of it stands there
        file, line = where.relative_to(config.folder).as_posix(), lines[where]
    return {
        "code": fault.code,
        "text": fault.text,
        "story": fault.story,
        "file": file,
        "line": line,
    }


def _where(config: Config, file: str) -> list[Path]:
    """Give where a key of a file can stand: in it, and in what lies in the folders beside it."""
    path = config.folder / file
    return [path, *sorted(path.parent.glob("*/*.toml"))]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def changes_of(config: Config, name: str) -> Iterator[str]:
    """Give, as a unified diff, what a draft changes in the release it was made from."""
    place = _draft(config, name)
    before = config.folder / "workflows" / config.pack / releases.read(place).parent
    names = {*releases.digests(place), *(releases.digests(before) if before.is_dir() else ())}
    for file in sorted(names):
        old, new = (_lines(_file(config, folder, file)) for folder in (before, place))
        yield from unified_diff(old, new, f"{before.name}/{file}", f"{name}/{file}", lineterm="")


def _file(config: Config, place: Path, file: str) -> Path:
    """Give where a file of a release stands: in its folder, or where it takes it from."""
    if file in (procedure.CODES, procedure.FIGURES):
        return procedure.part_of(config, place, file)
    if Path(file).parent.name == procedure.LETTERS:
        return procedure.letters_of(config, place).file(Path(file).stem)
    return place / file


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines() if path.is_file() else []


def make(office: Office, name: str, who: Reader) -> None:
    """Say that a draft is ready; its files are held to what they are now.

    BadInput with every fault in it; NotAllowed for who makes no releases.
    """
    place = _ready(office, name, who)
    made = Release(
        name,
        releases.read(place).parent,
        made_by=who.name,
        check=procedure.passed_digest(office.config, place),
        files=releases.digests(place),
        shared=procedure.rests_on(office.config, place, f"{DRAFTS}/{name}"),
    )
    releases.write(place, made)
    _write_down(office, who, f"Uitgave {name} is klaar om te worden goedgekeurd.", made)


def approve(office: Office, name: str, who: Reader) -> None:
    """Settle a release that somebody else made: from now on cases can stand in it, and it changes
    no more.

    BadInput when nobody made it, when it is no longer what he made, or with every fault in it;
    NotAllowed for who made it himself, or makes no releases.
    """
    place = _ready(office, name, who)
    made = releases.read(place)
    if not made.made_by:
        raise BadInput.of("klaar", f"Uitgave {name} is nog niet klaar gemeld (workflow release).")
    if made.made_by == who.name:
        raise NotAllowed("Een ander dan de maker keurt een uitgave goed.")
    if text := releases.unlike(place, office.config.folder):
        raise BadInput.of("veranderd", f"Sinds zij klaar was is zij veranderd. {text}")
    since = day_of(_now(office))
    settled = replace(made, approved_by=who.name, since=since)
    releases.write(place, settled)
    _write_down(office, who, f"Uitgave {name} is vastgesteld.", settled)
    shutil.move(place, office.config.folder / "workflows" / office.config.pack / name)


def _ready(office: Office, name: str, who: Reader) -> Path:
    if who.role not in MAKES or who.name == HAND:
        raise NotAllowed("Een uitgave is van twee mensen (--as): beheerder, manager of teamleider.")
    place = _draft(office.config, name)
    if faults := faults_of(office.config, name):
        raise BadInput(faults=faults)
    return place


def _draft(config: Config, name: str) -> Path:
    place = config.folder / DRAFTS / name
    if not _NAME.fullmatch(name) or not place.is_dir():
        raise NotFound(f"Het ontwerp {name[:40]!r} is er niet (in {DRAFTS}/).")
    return place


def _now(office: Office) -> datetime:
    with office.store.read() as connection:
        return office.now(connection)


def _write_down(office: Office, who: Reader, what: str, made: Release) -> None:
    with office.store.write() as connection:
        content = {"release": made.release, "parent": made.parent, "files": dict(made.files)}
        now = office.now(connection)
        house_journal.append(connection, now, who.id, kind=KIND, what=what, content=content)
