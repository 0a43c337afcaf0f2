"""A laptop that is stolen while it is off: database and attachments are encrypted by a key that
lies elsewhere, and the house works as any other.
"""

import shutil
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from support.cast import Client, hire, reader
from support.everything import furnish
from support.families import EL_AMRANI, melding
from support.http import Http
from support.server import Server, command

from amhk.desk.cases import attachments
from amhk.desk.house import backup, night_proof, rounds
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.errors import HouseClosed
from amhk.founding import found
from amhk.office import open_office
from amhk.web.app import create_app

KEY, SECRET = "a1" * 32, "zeven paarse fietsen"
PLANTED = (b"kwarteldrift", b"zonderling", b"999993045", b"SQLite format")
CHILD = {
    "naam": "Sem Zonderling",
    "geboren": "2014-08-17",
    "rollen": ["kind"],
    "adres": "Kwarteldrift 9, 3024 AA Rotterdam",
    "bsn": "999993045",
}


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A training meldpunt that was founded with a key."""
    monkeypatch.setenv("AMHK_DATABASE_KEY", KEY)
    return found(tmp_path / "m", "rotterdam-rijnmond", True)


def work(office):
    hire(office)
    Client(office).clock("2026-02-02T09:00")
    tom = reader(office, "Tom")
    number = calls.take_call(office, melding([CHILD], zorgen="Zonderling is bang."), tom)
    told = BytesIO(b"Zonderling schreef dit.")
    key = attachments.add_file(office, number, "brief.txt", told, tom)
    return number, key


def on_disk(folder):
    """All bytes of the house, but its settings, procedure and letters."""
    skip = ("workflows", "templates")
    files = (p for p in Path(folder).rglob("*") if p.is_file() and p.name != "config.toml")
    return b"".join(p.read_bytes() for p in files if not {*p.parts} & {*skip})


def test_nothing_that_was_told_is_on_the_disk_in_the_clear(path):
    with closing(open_office(path, proof=False)) as office:
        number, key = work(office)
        raw = on_disk(path.parent)
        assert [word for word in PLANTED if word.lower() in raw.lower()] == []
        browser = Http(create_app(office))
        browser.sign_in("Tom")
        page = browser.get(f"/zaak/{number}/bijlagen/{key}")
        assert page.content == b"Zonderling schreef dit."
        assert page.headers["content-disposition"] == 'attachment; filename="brief.txt"'
        assert changed_behind(office) == []


def test_all_that_a_house_does_goes_on(path):
    with closing(open_office(path, proof=False)) as office:
        hire(office)
        Client(office).clock("2026-02-02T09:00")
        furnish(office)
        assert rounds.go_round(office).failed == ()
        assert night_proof.prove(office)["wrong"] == []
    for words in (("check",), ("verify",), ("due", "onderzoek", "2026-02-16")):
        done = (
            command(*words, "--config", path)
            if words[0] != "due"
            else command(*words, cwd=path.parent)
        )
        assert done.returncode == 0, done.stdout + done.stderr
    with Server(path) as server:
        assert server.ask("GET", "/health", None)


def test_without_the_key_or_with_another_it_stays_closed_in_a_sentence(path, monkeypatch):
    for other in ("b2" * 32, None):
        if other:
            monkeypatch.setenv("AMHK_DATABASE_KEY", other)
        else:
            monkeypatch.delenv("AMHK_DATABASE_KEY")
        with pytest.raises(HouseClosed, match="andere sleutel"):
            open_office(path, proof=False)
    monkeypatch.setenv("AMHK_DATABASE_KEY", "kort")
    with pytest.raises(HouseClosed, match="64 hexadecimale tekens"):
        open_office(path, proof=False)


def test_a_house_in_the_clear_is_encrypted_by_its_backup_and_back(tmp_path, path, monkeypatch):
    with closing(open_office(path, proof=False)) as office:
        work(office)
        backup.back_up(office, tmp_path / "nacht.amhk", SECRET)
    monkeypatch.delenv("AMHK_DATABASE_KEY")
    told = backup.restore(tmp_path / "nacht.amhk", tmp_path / "open", SECRET)
    assert told.faults == []
    assert b"zonderling" in on_disk(tmp_path / "open").lower()
    with closing(open_office(tmp_path / "open" / "config.toml", proof=False)) as office:
        backup.back_up(office, tmp_path / "open.amhk", SECRET)
    monkeypatch.setenv("AMHK_DATABASE_KEY", KEY)
    told = backup.restore(tmp_path / "open.amhk", tmp_path / "dicht", SECRET)
    assert told.faults == []
    raw = on_disk(tmp_path / "dicht").lower()
    assert [word for word in PLANTED if word.lower() in raw] == []


def test_an_attachment_that_was_changed_is_not_given(path):
    with closing(open_office(path, proof=False)) as office:
        number, key = work(office)
        (file,) = (p for p in (path.parent / "bijlagen").rglob("*") if p.is_file())
        raw = bytearray(file.read_bytes())
        raw[-1] ^= 1
        file.write_bytes(raw)
        browser = Http(create_app(office))
        browser.sign_in("Tom")
        answer = browser.get(f"/zaak/{number}/bijlagen/{key}")
        assert answer.status_code == 404 and "beschadigd" in answer.text
        assert any("Bijlage" in fault for fault in changed_behind(office))
        shutil.rmtree(path.parent / "bijlagen")
        assert browser.get(f"/zaak/{number}/bijlagen/{key}").status_code == 404
        assert calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
