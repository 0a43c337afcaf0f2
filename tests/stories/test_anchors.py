"""What the chains came to is signed every night outside the database: whoever can write the
database alone is found, also when he rebuilds a chain whole or puts back the file of yesterday.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from conftest import ROOT, make_folder
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, select, update
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.rebuilt import rebuilt

from amhk.desk.cases import attachments, reading
from amhk.desk.house import anchors, backup, clock
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.desk.letters import notices
from amhk.desk.staff import workers
from amhk.office import open_office
from amhk.store import reads
from amhk.store.cases import journal
from amhk.store.house import house_journal

NIGHT = datetime(2026, 11, 30, 4, tzinfo=UTC)
ALONE = ROOT / "amhk" / "verifier.py"


def a_night(office, n):
    """Two rounds of a night: the place is noted, and the anchor dropped there."""
    anchors.drop_when_due(office, NIGHT + timedelta(days=n))
    return anchors.drop_when_due(office, NIGHT + timedelta(days=n, minutes=1))


@pytest.fixture
def house(tmp_path):
    """A house of two nights, each with work before it."""
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    with closing(open_office(path, proof=False)) as office:
        hire(office)
        clock.move_clock(office, {"now": "2026-02-02T09:00"})
        tom = reader(office, "Tom")
        for n in range(2):
            number = calls.take_call(office, melding(EL_AMRANI), tom)
            attachments.add_file(office, number, "brief.txt", BytesIO(b"Een brief."), tom)
            letter = reading.case_view(office, number, tom)["notices"][0]["id"]
            notices.approve(office, letter, {"version": 1}, tom)
            reading.reveal(office, number, tom, "de school belt terug")
            assert a_night(office, n)
        calls.take_call(office, melding(EL_AMRANI[:1]), tom)
        assert changed_behind(office) == []
        yield office


def alone(office, *more):
    """Ask the verifier that needs nothing of the program; gives its sentences."""
    words = [sys.executable, "-I", str(ALONE), str(office.config.folder / "meldpunt.sqlite")]
    words += ["--anchors", str(office.config.folder / anchors.NAME)]
    words += ["--files", str(office.config.folder / "bijlagen"), *map(str, more)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    told = done.stdout.splitlines()
    assert bool(told[:-1]) == (done.returncode == 1)
    return told[:-1]


def test_both_find_nothing_where_nothing_was_done(house):
    assert alone(house) == []


def test_it_is_dropped_once_a_night(house):
    assert not a_night(house, 1)
    assert len(anchors.read(house.config.folder / anchors.NAME)) == 2


def test_a_chain_that_was_rebuilt_whole_is_found_by_both(house):
    rebuilt(house)
    with house.store.read() as connection:
        assert list(journal.verify(connection)) == [], "the chain itself is whole again"
    assert any("Anker 1" in fault for fault in changed_behind(house))
    assert any("anchor 1" in fault for fault in alone(house))


def test_a_database_of_the_night_before_is_found_by_both(house, tmp_path):
    folder = house.config.folder
    kept = tmp_path / "gisteren.sqlite"
    with (
        closing(sqlite3.connect(folder / "meldpunt.sqlite")) as here,
        closing(sqlite3.connect(kept)) as there,
    ):
        here.backup(there)
    calls.take_call(house, melding(EL_AMRANI[:1]), reader(house, "Tom"))
    assert a_night(house, 2)
    house.close()
    for more in ("-wal", "-shm"):
        Path(f"{folder / 'meldpunt.sqlite'}{more}").unlink(missing_ok=True)
    shutil.copy(kept, folder / "meldpunt.sqlite")
    with closing(open_office(folder / "config.toml", proof=False)) as office:
        assert any("van eerder" in fault for fault in changed_behind(office))
        assert any("rolled back" in fault for fault in alone(office))


def spoil(office, how):
    """Do something to the file of anchors."""
    place = office.config.folder / anchors.NAME
    lines = place.read_text().splitlines()
    told = json.loads(lines[0])
    if how == "a digest":
        told["digests"]["journal"] = "0" * 64
        lines[0] = json.dumps(told)
    elif how == "a signature":
        told["signature"] = "0" * 128
        lines[0] = json.dumps(told)
    elif how == "the order":
        lines.reverse()
    elif how == "the last one":
        lines.pop()
    elif how == "the first one":
        lines.pop(0)
    place.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "how", ["a digest", "a signature", "the order", "the last one", "the first one"]
)
def test_anchors_that_were_changed_are_found_by_both(house, how):
    spoil(house, how)
    assert changed_behind(house) != []
    assert alone(house) != []


CHANGES = {
    "a byte of a line": lambda: (
        update(reads.ENTRY).where(reads.ENTRY.c.id == 3).values(what="Iets.")
    ),
    "the content of a line": lambda: (
        update(reads.ENTRY).where(reads.ENTRY.c.id == 1).values(content="{}")
    ),
    "the last line": lambda: delete(reads.ENTRY).where(
        reads.ENTRY.c.id == select(func.max(reads.ENTRY.c.id)).scalar_subquery()
    ),
    "an emptied line": lambda: (
        update(reads.ENTRY).where(reads.ENTRY.c.id == 1).values(content=None, salt=None)
    ),
    "a letter": lambda: (
        update(reads.NOTICE).where(reads.NOTICE.c.html.is_not(None)).values(html="x")
    ),
    "a look": lambda: delete(reads.LOOK).where(reads.LOOK.c.sequence == 1),
    "the house": lambda: (
        update(house_journal.HOUSE).where(house_journal.HOUSE.c.sequence == 1).values(what="Niets.")
    ),
}


@pytest.mark.parametrize("what", sorted(CHANGES))
def test_what_was_changed_behind_the_program_is_found_by_both(house, what):
    with house.store.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.execute(CHANGES[what]())
    assert changed_behind(house) != []
    assert alone(house) != []


def test_an_attachment_that_was_changed_or_is_gone_is_found_by_both(house):
    (file,) = (p for p in (house.config.folder / "bijlagen").rglob("*") if p.is_file())
    file.write_bytes(b"Een andere.")
    assert any("Bijlage" in fault for fault in changed_behind(house))
    assert alone(house) != []
    file.unlink()
    assert any("ontbreekt" in fault for fault in changed_behind(house))
    assert alone(house) != []


def test_a_backup_brings_its_anchors_along_and_they_hold(house, tmp_path):
    backup.back_up(house, tmp_path / "nacht.amhk", "zeven paarse fietsen")
    told = backup.restore(tmp_path / "nacht.amhk", tmp_path / "terug", "zeven paarse fietsen")
    assert told.faults == []
    assert len(anchors.read(tmp_path / "terug" / anchors.NAME)) == 2


def test_anchors_that_were_signed_anew_by_another_key_are_found(house):
    place = house.config.folder / anchors.NAME
    told, previous = [], ""
    key = Ed25519PrivateKey.generate()
    for one in anchors.read(place):
        one |= {"key": key.public_key().public_bytes_raw().hex(), "previous": previous}
        one["signature"] = key.sign(anchors.canonical(one)).hex()
        previous = sha256(anchors.canonical(one)).hexdigest()
        told.append(json.dumps(one))
    own = anchors.read(place)[0]["key"]
    place.write_text("\n".join(told) + "\n")
    assert any("handtekening" in fault for fault in changed_behind(house))
    assert any("of another key" in fault for fault in alone(house, "--key", own))


@pytest.mark.parametrize("line", ["5", "{}", "geen json", '{"number": 1}'])
def test_a_line_that_is_no_anchor_is_a_fault_and_no_crash(house, line):
    place = house.config.folder / anchors.NAME
    place.write_text(place.read_text() + line + "\n")
    assert any(anchors.NAME in fault for fault in changed_behind(house))
    assert alone(house) != []


def test_an_anchor_that_was_cut_off_while_it_was_written_is_written_again(house):
    place = house.config.folder / anchors.NAME
    whole = place.read_text()
    place.write_text(whole + whole.splitlines()[0][:100])
    assert changed_behind(house) == []
    assert a_night(house, 3)
    assert len(anchors.read(place)) == 3
    assert changed_behind(house) == [] and alone(house) == []


def test_who_comes_by_the_organisation_or_the_command_line_is_no_alarm(house):
    workers.by_hand(house, None)
    workers.add_worker(house, "Nel", "medewerker", None, None, password="oefenen-oefenen")
    theirs = reads.WORKER.c.name == "Nel"
    with house.store.write() as connection:
        marks = {"login": "nel@voorbeeld.nl", "external": "x"}
        connection.execute(update(reads.WORKER).where(theirs).values(**marks))
    assert changed_behind(house) == []
    with house.store.write() as connection:
        connection.execute(update(reads.WORKER).where(theirs).values(role="manager"))
    assert any("Medewerkers" in fault for fault in changed_behind(house))
