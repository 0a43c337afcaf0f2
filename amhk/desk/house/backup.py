"""The meldpunt in one encrypted file, and back.

Rows of one moment, attachments, settings, procedure and letters; of the key of the meldpunt only
its mark.
"""

import gzip
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from amhk import __version__
from amhk.config import Config, read_config
from amhk.desk.house.self_check import changed_behind, prove
from amhk.desk.people.kin import mark_of
from amhk.errors import BadInput, HouseClosed
from amhk.office import Office, open_office
from amhk.sealing import EncryptError, opened, seal
from amhk.store.cases import bundle
from amhk.store.cases.files import Files
from amhk.store.database import copying, migrate, schema
from amhk.store.database.engine import Connection, Store, StoreFailed

FORMAT = 1
_BEGIN, _END, _HOUSE, _ROWS, _FILES = "begin.json", "einde.json", "huis", "rijen", "bijlagen"
_FOLDERS = ("workflows", "templates")
_PIECE = 1_000_000
_UNREADABLE = (tarfile.TarError, EOFError, ValueError, KeyError, IndexError, TypeError)


@dataclass
class Told:
    """What stands in a backup: rows by table, files, and what of it was gone when it was read."""

    made: str = ""
    kind: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    faults: list[str] = field(default_factory=list)


def back_up(office: Office, path: Path, secret: str, recipient: str = "") -> Told:
    """Write the meldpunt to one encrypted file while people work, as it was at one moment.

    HouseClosed when it cannot be written; a file that is there is replaced when the new one is
    whole.
    """
    told = Told(made=datetime.now(UTC).isoformat(timespec="seconds"))
    if not secret and not recipient:
        raise BadInput.of("wachtzin", "Een back-up heeft een wachtzin of een ontvanger.", "secret")
    try:
        seal(path, secret, recipient, lambda out: _write(office, out, told))
    except (OSError, EncryptError, ValueError) as wrong:
        raise HouseClosed(f"De back-up is niet te schrijven: {wrong}.") from wrong
    return told


def _write(office: Office, out: BinaryIO, told: Told) -> None:
    with (
        gzip.open(out, "wb", compresslevel=1) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
        office.store.snapshot() as connection,
    ):
        _put(tar, _BEGIN, json.dumps(_begin(office, told)).encode())
        for path in _of_house(office.config):
            inside = path.relative_to(office.config.folder).as_posix()
            name = "config.toml" if path == office.config.path else inside
            place = PurePosixPath(_HOUSE, name)
            _put(tar, str(place), path.read_bytes())
        for table in copying.tables():
            told.rows[table.name] = 0
            for number, lines in enumerate(copying.read_out(connection, table)):
                _put(tar, f"{_ROWS}/{table.name}/{number:06}", b"\n".join(lines))
                told.rows[table.name] += len(lines)
        for hash_ in sorted(bundle.hashes(connection)):
            _put_file(tar, _files(office.config).path(hash_), hash_, told)
        _put(tar, _END, json.dumps({"rows": told.rows, "files": told.files}).encode())


def _begin(office: Office, told: Told) -> dict[str, object]:
    return {
        "format": FORMAT,
        "made": told.made,
        "version": __version__,
        "schema": schema.NEWEST,
        "kind": "training" if office.training else "production",
        "organisation": office.config.organisation,
        "key": mark_of(office),
    }


def _of_house(config: Config) -> Iterator[Path]:
    yield config.path
    for name in _FOLDERS:
        yield from sorted(p for p in (config.folder / name).rglob("*") if p.is_file())


def _files(config: Config) -> Files:
    return Files(config.folder / config.attachments)


def _put(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    told = tarfile.TarInfo(name)
    told.size, told.mode = len(content), 0o600
    tar.addfile(told, BytesIO(content))


def _put_file(tar: tarfile.TarFile, path: Path, hash_: str, told: Told) -> None:
    """Put a file in; one destroyed by law since the moment of the rows is gone here too."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        entry = tarfile.TarInfo(f"{_FILES}/{hash_}")
        entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
        tar.addfile(entry, file)
        told.files += 1


def restore(path: Path, folder: Path, secret: str) -> Told:
    """Put a backup back in an empty folder, in the database its settings name (which must be empty
    too), and look at it whole: counts, proof, journals.

    HouseClosed in one sentence when it cannot be; the folder is empty again then. Its settings come
    last, so that a meldpunt that is put back by half does not open.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        there = any(folder.iterdir())
    except OSError as wrong:
        raise HouseClosed(f"{folder} is geen map waarin iets te zetten is.") from wrong
    if there:
        raise HouseClosed(f"De map {folder} is niet leeg; zet een back-up terug in een lege map.")
    try:
        told = _read(path, folder, secret)
    except BaseException:
        _clear(folder)
        raise
    told.faults = _looked_at(folder / "config.toml")
    return told


def drill(path: Path, secret: str) -> Told:
    """Put a backup back in a folder and database of its own that are thrown away, and look at it
    whole; `faults` is empty when it is good.
    """
    with TemporaryDirectory(prefix="amhk-proef-") as place, _apart(Path(place)):
        folder = Path(place)
        told = _read(path, folder, secret, folder / "bijlagen")
        told.faults = _looked_at(folder / "config.toml")
    return told


@contextmanager
def _apart(folder: Path) -> Iterator[None]:
    """Let the database be one in this folder for a while, whatever settings and environment name:
    a drill is not to touch it.
    """
    names = ("AMHK_DATABASE", "AMHK_DATABASE_FILE")
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ[names[0]] = f"sqlite:///{folder.resolve() / 'proef.sqlite'}"
    try:
        yield
    finally:
        del os.environ[names[0]]
        os.environ.update(before)


def _clear(folder: Path) -> None:
    for one in folder.iterdir():
        shutil.rmtree(one) if one.is_dir() else one.unlink()


def _looked_at(path: Path) -> list[str]:
    """Give what is wrong with a meldpunt that was put back."""
    told = prove(str(path))
    faults = [*told["faults"]]
    office = open_office(path, proof=False)
    try:
        return faults + changed_behind(office)
    finally:
        office.close()


def _read(path: Path, folder: Path, secret: str, attachments: Path | None = None) -> Told:
    """Read a backup into a folder, its attachments where its settings say or in another."""
    told, settings = Told(), folder / "config.toml.half"
    try:
        with (
            opened(path, secret) as content,
            gzip.open(content, "rb") as unpacked,
            tarfile.open(fileobj=unpacked, mode="r|") as tar,
        ):
            members = iter(tar)
            _prove_ours(path, _json(tar, next(members, None), _BEGIN), told)
            first = _house(tar, members, folder, settings)
            config = read_config(settings)
            store = Store(config.url)
            files = Files(attachments or folder / config.attachments)
            try:
                _rows_and_files(tar, members, first, store, files, told)
            finally:
                store.close()
    except (*_UNREADABLE, OSError, StoreFailed) as wrong:
        text = "De back-up is niet terug te zetten: zij is beschadigd, of de schijf is vol."
        raise HouseClosed(text) from wrong
    settings.replace(folder / "config.toml")
    return told


def _json(tar: tarfile.TarFile, member: tarfile.TarInfo | None, name: str) -> dict[str, Any]:
    if member is None or member.name != name:
        raise ValueError(name)
    return dict(json.loads(_bytes(tar, member)))


def _bytes(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    if file is None:
        raise ValueError(member.name)
    return file.read()


def _prove_ours(path: Path, begin: dict[str, Any], told: Told) -> None:
    if begin["format"] != FORMAT or begin["schema"] != schema.NEWEST:
        older = begin["format"] < FORMAT or str(begin["schema"]) < schema.NEWEST
        which = "ouder" if older else "nieuwer"
        raise HouseClosed(
            f"{path.name} is gemaakt met een {which} programma (versie {begin['version']}, database"
            f" {begin['schema']}). Zet haar terug met dat programma"
            f"{' en geef daarna: amhk migrate' if older else ''}."
        )
    told.made, told.kind = str(begin["made"]), str(begin["kind"])


def _house(
    tar: tarfile.TarFile,
    members: Iterator[tarfile.TarInfo],
    folder: Path,
    settings: Path,
) -> tarfile.TarInfo:
    """Write the files of the house; gives the first that is none of them."""
    for member in members:
        parts = PurePosixPath(member.name).parts
        if parts[0] != _HOUSE:
            return member
        if ".." in parts or len(parts) < 2 or (len(parts) > 2 and parts[1] not in _FOLDERS):
            raise ValueError(member.name)
        place = settings if parts[1:] == ("config.toml",) else folder.joinpath(*parts[1:])
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.write_bytes(_bytes(tar, member))
        place.chmod(0o600)
    raise ValueError(_ROWS)


def _rows_and_files(
    tar: tarfile.TarFile,
    members: Iterator[tarfile.TarInfo],
    first: tarfile.TarInfo,
    store: Store,
    files: Files,
    told: Told,
) -> None:
    """Write rows in one transaction and files by their hash, and hold them against the end."""
    if store.founded():
        raise HouseClosed("De database is niet leeg; zet een back-up terug in een lege database.")
    known = {table.name: table for table in copying.tables()}
    told.rows = dict.fromkeys(known, 0)
    with _fresh(store) as connection:
        member: tarfile.TarInfo | None = first
        while member is not None and member.name != _END:
            kind, name = PurePosixPath(member.name).parts[:2]
            if kind == _ROWS:
                lines = _bytes(tar, member).split(b"\n")
                told.rows[name] += copying.write_in(connection, known[name], lines)
            else:
                told.files += _kept(files, _bytes(tar, member), name)
            member = next(members, None)
        end = _json(tar, member, _END)
        if end != {"rows": told.rows, "files": told.files}:
            raise ValueError(_END)
        copying.go_on_counting(connection)


@contextmanager
def _fresh(store: Store) -> Iterator[Connection]:
    """Give the transaction in which a database of nobody is filled; when that fails it is of nobody
    again.
    """
    try:
        migrate.upgrade(store)
        if store.sqlite:
            Path(store.url.removeprefix("sqlite:///")).chmod(0o600)
        with store.write() as connection:
            copying.clear(connection)
            yield connection
    except BaseException:
        with suppress(StoreFailed), store.write() as connection:
            copying.unmake(connection)
        raise


def _kept(files: Files, content: bytes, hash_: str) -> int:
    if sha256(content).hexdigest() != hash_:
        raise ValueError(hash_)
    files.put(content[at : at + _PIECE] for at in range(0, len(content), _PIECE))
    return 1


def move(office: Office, url: str) -> Told:
    """Copy all rows to another, empty database (SQLite or PostgreSQL) and hold them against these.

    Nobody may work meanwhile: what is written after the moment of reading stays behind. HouseClosed
    when the other is not empty, or holds something else afterwards.
    """
    other, told = Store(url if "://" in url else f"sqlite:///{Path(url).resolve()}"), Told()
    try:
        if other.founded():
            raise HouseClosed("De andere database is niet leeg.")
        with office.store.snapshot() as here, _fresh(other) as there:
            for table in copying.tables():
                told.rows[table.name] = 0
                for lines in copying.read_out(here, table):
                    told.rows[table.name] += copying.write_in(there, table, lines)
            copying.go_on_counting(there)
        with office.store.snapshot() as here, other.snapshot() as there:
            _prove_equal(here, there)
    except (OSError, StoreFailed) as wrong:
        raise HouseClosed("De andere database is niet te beschrijven.") from wrong
    finally:
        other.close()
    return told


def _prove_equal(here: Connection, there: Connection) -> None:
    """Hold every row of two databases against each other, in whatever order they come."""
    for table in copying.tables():
        if copying.sum_of(here, table) != copying.sum_of(there, table):
            text = f"De andere database is niet gelijk in {table.name}; gebruik haar niet."
            raise HouseClosed(text)
