"""The backup of every night: made once, tried, copied, thrown away when old, and a term where it
fails; and what was destroyed by law since does not come back with it.
"""

from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from conftest import make_folder
from desk.subjects.test_destruction import TOLD, a_case, asked, everything_told, propose
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.http import Http
from support.server import command

from amhk.desk.house import backup, clock, nightly_backup
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.desk.subjects import destructions, erased_list
from amhk.errors import HouseClosed
from amhk.office import open_office
from amhk.store.house import house_journal
from amhk.web.app import create_app

SECRET = "zeven paarse fietsen"
NIGHT = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)


@contextmanager
def house(tmp_path, **told):
    """An open house that makes backups, each setting of which is handed in."""
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    text = path.read_text(encoding="utf-8")
    for name, value in ({"folder": "back-ups"} | told).items():
        start = text.index(f"\n{name} =", text.index("[backup]")) + 1
        text = f'{text[:start]}{name} = "{value}"{text[text.index(chr(10), start) :]}'
    path.write_text(text, encoding="utf-8")
    with closing(open_office(path, proof=False)) as office:
        yield office


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("AMHK_BACKUP_PASSPHRASE", SECRET)


def incidents(office):
    with office.store.read() as connection:
        return [i["what"] for i in house_journal.open_incidents(connection)]


def test_it_is_made_once_a_night_after_its_hour_and_tried_and_copied(tmp_path):
    (tmp_path / "elders").mkdir()
    with house(tmp_path, copy_to=tmp_path / "elders") as office:
        assert not nightly_backup.make_when_due(office, NIGHT - timedelta(hours=3))
        assert nightly_backup.make_when_due(office, NIGHT)
        assert not nightly_backup.make_when_due(office, NIGHT + timedelta(hours=1))
        file = office.config.folder / "back-ups" / "meldpunt-2026-11-30.backup"
        assert file.read_bytes() == (tmp_path / "elders" / file.name).read_bytes()
        told = nightly_backup.standing(office)
        assert told["last"]["tried"] and told["last"]["faults"] == [] and told["good"]
        assert incidents(office) == []
        browser = Http(create_app(office))
        browser.sign_in("Bea")
        assert "teruggezet op proef en goed bevonden" in browser.get("/bewijs").text
        assert nightly_backup.make_when_due(office, NIGHT + timedelta(days=1))


def test_where_it_fails_the_beheerder_has_a_term_and_the_next_night_tries_again(tmp_path):
    with house(tmp_path, copy_to=tmp_path / "er niet") as office:
        assert nightly_backup.make_when_due(office, NIGHT)
        assert any("back-up van vannacht is mislukt" in what for what in incidents(office))
        (tmp_path / "er niet").mkdir()
        assert nightly_backup.make_when_due(office, NIGHT + timedelta(days=1))
        assert nightly_backup.standing(office)["last"]["faults"] == []


def test_when_none_was_good_for_two_nights_that_is_a_term(tmp_path, monkeypatch):
    with house(tmp_path) as office:
        nightly_backup.make_when_due(office, NIGHT)
        monkeypatch.delenv("AMHK_BACKUP_PASSPHRASE")
        for night in (1, 2, 3):
            nightly_backup.make_when_due(office, NIGHT + timedelta(days=night))
        assert nightly_backup.NONE_LATELY in incidents(office)


def test_one_that_does_not_open_is_found_by_the_trial(tmp_path, monkeypatch):
    with house(tmp_path) as office:
        tried = nightly_backup._tried

        def spoiled(path, word):
            """Damage the file before it is tried."""
            raw = bytearray(path.read_bytes())
            raw[len(raw) // 2] ^= 1
            path.write_bytes(raw)
            return tried(path, word)

        monkeypatch.setattr(nightly_backup, "_tried", spoiled)
        nightly_backup.make_when_due(office, NIGHT)
        assert any("back-up van vannacht" in what for what in incidents(office))


def test_for_a_recipient_it_is_tried_by_hand_and_that_is_kept(tmp_path, monkeypatch):
    key = pyrage.x25519.Identity.generate()
    with house(tmp_path, recipient=key.to_public()) as office:
        nightly_backup.make_when_due(office, NIGHT)
        assert nightly_backup.standing(office)["good"] is None
        file = office.config.folder / "back-ups" / "meldpunt-2026-11-30.backup"
        monkeypatch.setenv("AMHK_BACKUP_PASSPHRASE", str(key))
        done = command("restore", file, "--drill", "--record", "--config", office.config.path)
        assert done.returncode == 0, done.stderr
        assert nightly_backup.standing(office)["good"]


def test_old_ones_go_but_for_the_first_of_each_month():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(334)]
    names = [f"meldpunt-{day.isoformat()}.backup" for day in days]
    kept = set(names) - set(nightly_backup.too_old(names, date(2026, 11, 30), 14, 6))
    firsts = {f"meldpunt-2026-{month:02}-01.backup" for month in range(5, 12)}
    assert kept == set(names[-14:]) | firsts
    assert nightly_backup.too_old(["meldpunt-van mij.backup"], date(2026, 11, 30), 1, 1) == []


def test_what_was_destroyed_since_does_not_come_back_with_a_backup(tmp_path):
    with house(tmp_path) as office:
        hire(office)
        clock.move_clock(office, {"now": "2026-02-02T09:00"})
        number = a_case(office)
        other = calls.take_call(office, melding(EL_AMRANI[:1]), reader(office, "Tom"))
        nightly_backup.make_when_due(office, NIGHT)
        file = office.config.folder / "back-ups" / "meldpunt-2026-11-30.backup"
        destruction = propose(office, number, asked(office, number))
        destructions.carry_out(office, destruction, reader(office, "Mia"))
        erased = office.config.folder / erased_list.NAME
        assert "zonderling" not in erased.read_text().lower()
    told = backup.restore(file, tmp_path / "terug", SECRET, erased)
    assert told.faults == [] and told.erased == 1
    with closing(open_office(tmp_path / "terug" / "config.toml", proof=False)) as again:
        left = everything_told(again)
        assert not [word for word in TOLD if word in left]
        assert other.lower() in left and "samira" in left
        assert changed_behind(again) == []
    raw = b"".join(
        p.read_bytes() for p in Path(tmp_path / "terug").rglob("*.sqlite*") if p.is_file()
    ).lower()
    assert not [word for word in TOLD if word.encode() in raw]


def test_the_list_beside_a_backup_is_used_by_itself_and_one_that_is_none_stops_it(tmp_path):
    with house(tmp_path) as office:
        nightly_backup.make_when_due(office, NIGHT)
    folder = tmp_path / "m" / "back-ups"
    (folder / erased_list.NAME).write_text("geen lijst\n")
    with pytest.raises(HouseClosed, match="geen lijst van wat vernietigd is"):
        backup.restore(folder / "meldpunt-2026-11-30.backup", tmp_path / "terug", SECRET)
    assert not (tmp_path / "terug" / "config.toml").exists()


def test_attachments_of_another_meldpunt_are_not_mixed_with(tmp_path):
    place = tmp_path / "bijlagen"
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    text = path.read_text(encoding="utf-8").replace(
        'attachments = "bijlagen"', f'attachments = "{place}"'
    )
    path.write_text(text, encoding="utf-8")
    with closing(open_office(path, proof=False)) as office:
        backup.back_up(office, tmp_path / "nacht.amhk", SECRET)
    place.mkdir()
    (place / "van hen").write_text("Blijf af.")
    with pytest.raises(HouseClosed, match="niet leeg"):
        backup.restore(tmp_path / "nacht.amhk", tmp_path / "terug", SECRET)
