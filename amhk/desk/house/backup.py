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
from amhk.desk.house import anchors
from amhk.desk.house.self_check import changed_behind, prove
from amhk.desk.people.kin import mark_of
from amhk.desk.subjects import destructions, erased_list
from amhk.errors import BadInput, HouseClosed
from amhk.office import Office, files_of, open_office
from amhk.sealing import EncryptError, opened, seal
from amhk.store.cases import bundle
from amhk.store.cases.files import Files
from amhk.store.database import copying, migrate, schema
from amhk.store.database.engine import Connection, Store, StoreFailed
from amhk.store.rows import Json

FORMAT = 1
_BEGIN, _END, _HOUSE, _ROWS, _FILES = "begin.json", "einde.json", "huis", "rijen", "bijlagen"
_FOLDERS = ("workflows", "templates", "ontwerpen")
_PIECE = 1_000_000
_UNREADABLE = (tarfile.TarError, EOFError, ValueError, KeyError, IndexError, TypeError)


@dataclass
class Told:
    """What stands in a backup: rows by table, files, what of it was gone when it was read; how many
    destructions were done again, and by which key (its mark) the meldpunt hashes.
    """

    made: str = ""
    kind: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    faults: list[str] = field(default_factory=list)
    erased: int = 0
    listed: bool = True
    key: str = ""


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
        if held := anchors.up_to(office, connection):
            _put(tar, str(PurePosixPath(_HOUSE, anchors.NAME)), held)
        for table in copying.tables():
            told.rows[table.name] = 0
            for number, lines in enumerate(copying.read_out(connection, table)):
                _put(tar, f"{_ROWS}/{table.name}/{number:06}", b"\n".join(lines))
                told.rows[table.name] += len(lines)
        for hash_ in sorted(bundle.hashes(connection)):
            _put_file(tar, office.files, hash_, told)
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


def _put(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    told = tarfile.TarInfo(name)
    told.size, told.mode = len(content), 0o600
    tar.addfile(told, BytesIO(content))


def _put_file(tar: tarfile.TarFile, files: Files, hash_: str, told: Told) -> None:
    """Put a file in; one destroyed by law since the moment of the rows is gone here too, and one
    that is another than it was is told.
    """
    try:
        content = files.read(hash_)
    except FileNotFoundError:
        return
    except ValueError:
        told.faults.append(f"Bijlage {hash_[:16]} is beschadigd en staat niet in de back-up.")
        return
    _put(tar, f"{_FILES}/{hash_}", content)
    told.files += 1


def restore(path: Path, folder: Path, secret: str, erased: Path | None = None) -> Told:
    """Put a backup back in an empty folder, in the database its settings name (which must be empty
    too), destroy in it what was destroyed since it was made (by the list `erased`, or the one
    beside the file), and look at it whole: counts, proof, journals.

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
    since = _since(path, erased)
    try:
        told = _read(path, folder, secret)
        told.listed = since is not None
        failed: list[str] = []
        told.erased = _erased_again(folder / "config.toml", since or [], failed)
    except BaseException:
        _clear(folder)
        raise
    told.faults = failed + _looked_at(folder / "config.toml")
    return told


def _since(path: Path, erased: Path | None) -> list[Json] | None:
    """Give what was destroyed, by the list that was named or the one that lies beside a backup;
    None where there is none.
    """
    place = erased or path.parent / erased_list.NAME
    if erased is None and not place.exists():
        return None
    try:
        return erased_list.read(place)
    except (OSError, ValueError) as wrong:
        text = (
            f"{place} is geen lijst van wat vernietigd is; zonder haar komt de back-up niet terug."
        )
        raise HouseClosed(text) from wrong


def _erased_again(path: Path, since: list[Json], faults: list[str]) -> int:
    if not since:
        return 0
    office = open_office(path, proof=False)
    try:
        done, gone = erased_list.apply(office, since, faults)
        destructions.settle(office, gone)
        return done
    finally:
        office.close()


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
            store = Store(config.url, config.database_key)
            files = files_of(config, attachments or _place_of_files(folder, config))
            try:
                _rows_and_files(tar, members, first, store, files, told)
            finally:
                store.close()
    except (*_UNREADABLE, OSError, StoreFailed) as wrong:
        raise HouseClosed(_why_not(folder)) from wrong
    settings.replace(folder / "config.toml")
    return told


_LEAST = 10_000_000  # bytes; a disk with less to spare is full


def _why_not(folder: Path) -> str:
    """Say why a backup did not come back; what was written is still there."""
    if shutil.disk_usage(folder).free < _LEAST:
        return "De back-up is niet terug te zetten: de schijf is vol."
    return "De back-up is niet terug te zetten: zij is beschadigd, of haar database gaat niet open."


def _place_of_files(folder: Path, config: Config) -> Path:
    """Give where the attachments come; HouseClosed where another meldpunt may have its own."""
    place = folder / config.attachments
    elsewhere = not place.resolve().is_relative_to(folder.resolve())
    if elsewhere and place.is_dir() and any(place.iterdir()):
        raise HouseClosed(
            f"De bijlagen horen volgens de instellingen in {place}, en die map is niet leeg. Maak"
            " haar leeg of hernoem haar; anders raken twee meldpunten in elkaars bijlagen."
        )
    return place


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
    told.made, told.kind, told.key = (str(begin[k]) for k in ("made", "kind", "key"))


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
    if not store.of_nobody():
        raise HouseClosed("De database is niet leeg; zet een back-up terug in een lege database.")
    known = {table.name: table for table in copying.tables()}
    told.rows = dict.fromkeys(known, 0)
    with fresh(store) as connection:
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
def fresh(store: Store) -> Iterator[Connection]:
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
