"""Notes and files of a melding: a note is a line of its journal.

A file lies outside the web root, its hash in the journal. An advies has neither (G6).
"""

import time
import unicodedata
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from amhk.desk.casefile.access import no_case, visible
from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.inputs import must_work
from amhk.desk.casefile.open_case import open_case
from amhk.documents import OPEN, PDF, WORD, wrong_inside
from amhk.errors import BadInput, ClosedDoor, NotFound
from amhk.office import Office
from amhk.rules.parse import tidy, unfit
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.scanner import found_in
from amhk.store import reads, writes
from amhk.store.cases import bundle
from amhk.store.cases.files import SWEPT, chunks_of
from amhk.store.cases.search import NOTE as NOTE_KIND
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow

NOTE = (
    Field(
        "tekst",
        "Notitie",
        "text",
        required=True,
        hint=(
            "Voor collega's die deze zaak mogen lezen. Een notitie blijft staan en is niet te"
            " wijzigen."
        ),
    ),
)
MOST = 20_000_000
_HOUR = 3600
# What may be kept: the ending of the name, the media type, and how the file itself begins.
KINDS: dict[str, tuple[str, bytes]] = {
    ".pdf": (PDF, b"%PDF-"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".docx": (WORD, b"PK\x03\x04"),
    ".odt": (OPEN, b"PK\x03\x04"),
    ".txt": ("text/plain", b""),
}
_SAID = "PDF, PNG, JPEG, Word (docx), OpenDocument (odt) of platte tekst (txt)"


def add_note(office: Office, number: str, body: object, who: Reader) -> None:
    """Write a note (`tekst`) on a melding, also a closed one.

    BadInput when there is no text, ClosedDoor on an advies.
    """
    must_work(who)
    with office.store.write() as connection:
        file = _melding(office, connection, number, who)
        values, faults = clean(
            NOTE, dict(body) if isinstance(body, Mapping) else {}, Desk(file.now, {})
        )
        if faults:
            raise BadInput(faults=faults)
        file.note(NOTE_KIND, "Notitie.", {"tekst": values["tekst"]})
        file.words = True
        file.save(bump=False)


def add_file(office: Office, number: str, name: str, content: BinaryIO, who: Reader) -> int:
    """Keep a file with a melding, also a closed one; gives its key.

    BadInput when its name, kind or size will not do or the scanner found something in it,
    ClosedDoor on an advies, HouseClosed when a scanner that is set does not answer.
    """
    must_work(who)
    name = clean_name(name)
    with office.store.read() as connection:
        _prove_melding(visible(connection, number, who, own=True))
    kind = proven(office, name, content)
    hash_, size = office.files.put(chunks_of(content))
    with office.store.write() as connection:
        file = _melding(office, connection, number, who)
        key = keep(file, name, kind, hash_, size)
        file.save(bump=False)
        return key


def proven(office: Office, name: str, content: BinaryIO) -> str:
    """Give the media type of a file that may be kept, read from its start again; BadInput and
    HouseClosed as `add_file`.
    """
    kind = _kind(name, content)
    if (scanner := office.config.door.scanner) and (virus := found_in(scanner, content)):
        text = f"De virusscanner vond iets in dit bestand ({virus[:60]}): het is niet bewaard."
        raise BadInput.of("bijlage", text, "bestand")
    content.seek(0)
    return kind


def keep(file: CaseFile, name: str, kind: str, hash_: str, size: int) -> int:
    """Let a file that lies on disk (its SHA-256, its size in bytes) belong to the case on the
    table; gives its key.
    """
    told = {"naam": name, "soort": kind, "grootte": size, "sha256": hash_}
    entry = file.note("bijlage", "Bijlage toegevoegd.", told)
    row = {
        "case_id": file.id,
        "name": name,
        "kind": kind,
        "size": size,
        "hash": hash_,
        "added": file.now,
        "worker_id": file.who.id if file.who else None,
        "entry": entry,
    }
    return writes.add(file.connection, bundle.ATTACHMENT, row)


def clean_name(name: str) -> str:
    """Give the name of a file as it may be kept.

    Without its folders, and without signs that are not seen or turn text around.
    """
    seen = "".join(
        c
        for c in name.replace("\\", "/").rpartition("/")[2]
        if unicodedata.category(c) not in ("Cf", "Cc", "Zl", "Zp")
    )
    return tidy(" ".join(seen.split()), one_line=True).rstrip(". ")


def read_file(office: Office, number: str, key: int, who: Reader) -> tuple[bytes, str, str]:
    """Give the bytes of a file of one's own case, its name and media type.

    NotFound when it is not of this case or not to be seen: leave to read does not open files; or
    when it is gone or damaged. Who looked is the caller's to write down.
    """
    with office.store.read() as connection:
        case = visible(connection, number, who, own=True)
        found = next(
            (a for a in reads.of_case(connection, bundle.ATTACHMENT, case["id"]) if a["id"] == key),
            None,
        )
    if found is None:
        raise no_case(number)
    try:
        return office.files.read(found["hash"]), found["name"], found["kind"]
    except (OSError, ValueError) as wrong:
        text = "Dit bestand is weg of beschadigd. Waarschuw de beheerder (amhk verify)."
        raise NotFound(text) from wrong


def sweep(office: Office) -> int:
    """Remove, once a day and after a destruction, the files that no case has.

    Half written ones, and those destroyed by law. Gives how many.
    """
    today = datetime.now(UTC).date().isoformat()
    with office.store.read() as connection:
        if reads.meta(connection, SWEPT) == today:
            return 0
        known = bundle.hashes(connection)
    gone = office.files.remove_but(known, time.time() - _HOUR)
    with office.store.write() as connection:
        writes.set_meta(connection, SWEPT, today)
    return gone


def remove(office: Office, hashes: Collection[str]) -> None:
    """Remove the files of these hashes that no case has any more, at once."""
    with office.store.read() as connection:
        known = bundle.hashes(connection)
    for hash_ in hashes:
        if hash_ not in known:
            office.files.drop(hash_)


def _melding(office: Office, connection: Connection, number: str, who: Reader) -> CaseFile:
    file = open_case(office, connection, number, who)
    _prove_melding(file.case)
    return file


def _prove_melding(case: CaseRow) -> None:
    if case["route"] == "melding" and case["melder_naam"] is None:
        text = "De gegevens van deze melding zijn vernietigd: er komt niets meer bij."
        raise ClosedDoor.of("vernietigd", text)
    if case["route"] != "melding":
        raise _no_advies()


def _no_advies() -> ClosedDoor:
    return ClosedDoor.of(
        "advies",
        "Bij een advies worden geen notities of bijlagen bewaard: over het gezin wordt"
        " niets vastgelegd.",
    )


def _kind(name: str, content: BinaryIO) -> str:
    """Give the media type of a file whose name and bytes agree.

    BadInput with one sentence otherwise.
    """
    ending = Path(name).suffix.lower()
    content.seek(0, 2)
    size = content.tell()
    content.seek(0)
    wrong = ""
    if not name or unfit(name, 120):
        wrong = "Geef het bestand een naam van 1 tot 120 leesbare tekens."
    elif ending not in KINDS:
        wrong = f"'{name[-40:]}' kan niet bewaard worden; wel: {_SAID}."
    elif size > MOST:
        wrong = (
            f"Dit bestand is {size // 1_000_000} MB; hooguit {MOST // 1_000_000} MB kan bewaard"
            " worden."
        )
    elif size == 0:
        wrong = "Dit bestand is leeg."
    elif not _is_what_it_says(ending, content):
        wrong = (
            f"Dit bestand is geen {ending[1:].upper()}, al heet het zo. Sla het opnieuw op en"
            " probeer het nog eens."
        )
    elif inside := wrong_inside(KINDS[ending][0], content):
        wrong = (
            f"Dit bestand kan niet bewaard worden: {inside}. Bewaar het als PDF zonder extra's, of"
            " als nieuw document, en probeer het nog eens."
        )
    if wrong:
        raise BadInput.of("bijlage", wrong, "bestand")
    return KINDS[ending][0]


def _is_what_it_says(ending: str, content: BinaryIO) -> bool:
    kind, begins = KINDS[ending]
    if not content.read(16).startswith(begins):
        return False
    content.seek(0)
    if kind != "text/plain":
        return True
    try:
        return "\x00" not in content.read(MOST).decode("utf-8")
    except UnicodeDecodeError:
        return False
