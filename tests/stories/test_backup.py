"""A meldpunt in one encrypted file, made while people work, and back; and from one database to
another.
"""

import json
import os
import subprocess
import threading
import time
from contextlib import closing
from io import BytesIO
from random import Random

import pyrage
import pytest
from conftest import FULL, make_folder, new_database
from support.cast import Client, hire, reader
from support.everything import furnish
from support.families import EL_AMRANI, melding
from support.server import Forked, command

from amhk.desk.cases import attachments, reading
from amhk.desk.house import backup, move_database
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.errors import BadInput, HouseClosed
from amhk.office import open_office
from amhk.sealing import opened, seal
from amhk.store import reads
from amhk.store.cases.files import Files
from amhk.store.cases.journal import verify
from amhk.store.database import copying, schema
from amhk.store.database.engine import Store

SECRET = "zeven paarse fietsen"


@pytest.fixture
def house(office):
    hire(office)
    Client(office).clock("2026-02-02T09:00")
    places = furnish(office)
    tom = reader(office, "Tom")
    attachments.add_file(office, places["melding"], "brief.txt", BytesIO(b"Een brief."), tom)
    return office


@pytest.fixture
def small(sqlite_office):
    """A house with one case, for what does not hang on the database."""
    hire(sqlite_office)
    Client(sqlite_office).clock("2026-02-02T09:00")
    calls.take_call(sqlite_office, melding(EL_AMRANI), reader(sqlite_office, "Tom"))
    return sqlite_office


def rows(office):
    with office.store.snapshot() as connection:
        return {
            t.name: [line for lines in copying.read_out(connection, t) for line in sorted(lines)]
            for t in copying.tables()
        }


def put_back(file, folder, database=None, secret=SECRET):
    """Put a backup back, in a database of its own; gives what was told, and its settings."""
    if database:
        os.environ["AMHK_DATABASE"] = database
    try:
        return backup.restore(file, folder, secret)
    finally:
        os.environ.pop("AMHK_DATABASE", None)


def here(folder):
    """A house that was put back, on SQLite."""
    return closing(open_office(folder / "config.toml", proof=False))


def test_what_was_put_back_is_what_there_was(house, tmp_path):
    file, folder = tmp_path / "nacht.amhk", tmp_path / "terug"
    assert changed_behind(house) == []  # it counts the figures to the end, as putting back does
    told = backup.back_up(house, file, SECRET)
    before = rows(house)
    again = put_back(file, folder, "meldpunt.sqlite")
    assert again.rows == told.rows and again.files == told.files == 1
    assert again.faults == [], again.faults
    with here(folder) as office:
        after = rows(office)
        for name in before:
            assert after[name] == before[name], name
        (hash_,) = {f.name for f in (folder / "bijlagen").rglob("*") if f.is_file()}
        assert Files(folder / "bijlagen").path(hash_).read_bytes() == b"Een brief."
        calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))  # and work goes on
        assert changed_behind(office) == []


def test_nothing_of_it_can_be_read_without_the_passphrase(small, tmp_path):
    file = tmp_path / "nacht.amhk"
    backup.back_up(small, file, SECRET)
    raw = file.read_bytes()
    for word in (b"Amrani", b"Samira", b"config.toml", b"Meldpunt", b"999965323"):
        assert word not in raw
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(HouseClosed, match="niet de wachtzin"):
        backup.drill(file, "een andere wachtzin")


def test_for_a_recipient_it_opens_with_his_key_and_no_other(small, tmp_path):
    file, key = tmp_path / "nacht.amhk", pyrage.x25519.Identity.generate()
    backup.back_up(small, file, "", str(key.to_public()))
    assert backup.drill(file, str(key)).faults == []
    for wrong in (str(pyrage.x25519.Identity.generate()), SECRET):
        with pytest.raises(HouseClosed):
            backup.drill(file, wrong)


def test_while_eight_write_all_that_was_answered_before_is_in_it_and_it_is_whole(house, tmp_path):
    answered, stop, tom = [], threading.Event(), reader(house, "Tom")

    def write():
        while not stop.is_set():
            answered.append(calls.take_call(house, melding(EL_AMRANI[:1]), tom))

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    try:
        while len(answered) < 20:
            time.sleep(0.01)
        before = list(answered)
        backup.back_up(house, tmp_path / "nacht.amhk", SECRET)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    told = put_back(tmp_path / "nacht.amhk", tmp_path / "terug", "meldpunt.sqlite")
    assert told.faults == []
    with here(tmp_path / "terug") as office, office.store.read() as connection:
        there = {number: reads.case_by_number(connection, number) for number in before}
        assert all(there.values()) and len(before) >= 20


def test_a_file_that_is_cut_off_or_changed_anywhere_is_refused_and_leaves_nothing(
    sqlite_office, tmp_path
):
    hire(sqlite_office)
    calls.take_call(sqlite_office, melding(EL_AMRANI), reader(sqlite_office, "Tom"))
    file, wrong = tmp_path / "nacht.amhk", tmp_path / "anders.amhk"
    backup.back_up(sqlite_office, file, SECRET)
    raw, dice = file.read_bytes(), Random(7)
    changed = [raw[:n] for n in (0, 1, 511, len(raw) // 2, len(raw) - 2000)]
    for _ in range(40 if FULL else 4):
        at = dice.randrange(len(raw) - 1536)  # the last blocks of a tar are empty
        changed.append(raw[:at] + bytes([raw[at] ^ 1 << dice.randrange(8)]) + raw[at + 1 :])
    for n, told in enumerate(changed):
        wrong.write_bytes(told)
        folder = tmp_path / f"terug-{n}"
        try:
            backup.restore(wrong, folder, SECRET)
        except HouseClosed as closed:
            assert "\n" not in str(closed) and not any(folder.iterdir())
        else:  # a bit that nobody reads: the padding of a header
            assert rows_of(folder) == rows(sqlite_office)


def rows_of(folder):
    with here(folder) as office:
        return rows(office)


def test_a_file_of_an_older_or_newer_program_is_refused_in_one_sentence(
    sqlite_office, tmp_path, monkeypatch
):
    for made_by, said in (("0001", "ouder programma"), ("9999", "nieuwer programma")):
        file = tmp_path / f"{made_by}.amhk"
        with monkeypatch.context() as then:
            then.setattr(schema, "NEWEST", made_by)
            backup.back_up(sqlite_office, file, SECRET)
        with pytest.raises(HouseClosed, match=said):
            backup.restore(file, tmp_path / "terug", SECRET)
        assert not any((tmp_path / "terug").iterdir())


def test_what_is_there_is_never_written_over(house, tmp_path):
    file, folder = tmp_path / "nacht.amhk", tmp_path / "terug"
    backup.back_up(house, file, SECRET)
    folder.mkdir()
    (folder / "van een ander").write_text("Blijf af.")
    with pytest.raises(HouseClosed, match="niet leeg"):
        put_back(file, folder, "meldpunt.sqlite")
    assert (folder / "van een ander").read_text() == "Blijf af."
    with pytest.raises(HouseClosed, match="database is niet leeg"):
        put_back(file, tmp_path / "anders", house.config.url)
    assert rows(house)["cases"]


def test_a_drill_touches_no_database_that_the_environment_names(small, tmp_path, monkeypatch):
    file, before = tmp_path / "nacht.amhk", rows(small)
    backup.back_up(small, file, SECRET)
    monkeypatch.setenv("AMHK_DATABASE", small.config.url)
    assert backup.drill(file, SECRET).faults == []
    assert os.environ["AMHK_DATABASE"] == small.config.url and rows(small) == before


def test_from_one_database_to_the_other_and_back_nothing_is_lost(house, tmp_path, request):
    other = f"sqlite:///{tmp_path / 'ander.sqlite'}"
    if house.store.sqlite:
        other = new_database(request.getfixturevalue("postgres"))
    told = move_database.move(house, other)
    assert told.rows["cases"] == len(rows(house)["cases"]) > 0
    with pytest.raises(HouseClosed, match="niet leeg"):
        move_database.move(house, other)
    text = house.config.path.read_text(encoding="utf-8").splitlines()
    moved = tmp_path / "verhuisd"
    moved.mkdir()
    for name in ("workflows", "templates", "bijlagen"):
        (moved / name).symlink_to(house.config.folder / name)
    lines = [f'database = "{other}"' if x.startswith("database") else x for x in text]
    (moved / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    with here(moved) as office:
        assert rows(office) == rows(house) and changed_behind(office) == []
        number = calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
        assert reading.case_view(office, number, reader(office, "Tom"))["people"]
        back = f"sqlite:///{tmp_path / 'terug.sqlite'}"
        assert move_database.move(office, back).rows["cases"] == told.rows["cases"] + 1


def test_what_is_no_backup_is_never_written_over_least_of_all_the_house_itself(small):
    for name in ("meldpunt.sqlite", "config.toml", "workflows"):
        with pytest.raises(HouseClosed):
            backup.back_up(small, small.config.folder / name, SECRET)
    assert rows(small)["cases"]


def test_while_one_is_made_another_to_the_same_file_is_refused(small, tmp_path):
    file, told = tmp_path / "nacht.amhk", []

    def make(out):
        try:
            backup.back_up(small, file, SECRET)
        except HouseClosed as closed:
            told.append(str(closed))
        out.write(b"De eerste.")

    seal(file, SECRET, "", make)
    assert "wordt al een back-up gemaakt" in told[0]
    with opened(file, SECRET) as content:
        assert content.read() == b"De eerste."


def test_where_putting_back_or_moving_fails_it_can_be_tried_again(small, tmp_path, monkeypatch):
    file, elsewhere = tmp_path / "nacht.amhk", f"sqlite:///{tmp_path / 'elders.sqlite'}"
    backup.back_up(small, file, SECRET)
    with monkeypatch.context() as then:
        then.setattr(copying, "go_on_counting", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            put_back(file, tmp_path / "terug", elsewhere)
        with pytest.raises(ZeroDivisionError):
            move_database.move(small, elsewhere)
    assert not any((tmp_path / "terug").iterdir())
    assert move_database.move(small, elsewhere).rows["cases"] == 1
    assert (tmp_path / "elders.sqlite").stat().st_mode & 0o777 == 0o600


def test_settings_of_another_name_or_form_come_back_as_they_were(small, tmp_path):
    text = small.config.path.read_text(encoding="utf-8")
    named = small.config.folder / "ander.toml"
    named.write_text(text.replace("database =", '  "database" ='), encoding="utf-8")
    with closing(open_office(named, proof=False)) as office:
        backup.back_up(office, tmp_path / "nacht.amhk", SECRET)
    assert backup.drill(tmp_path / "nacht.amhk", SECRET).faults == []
    put_back(tmp_path / "nacht.amhk", tmp_path / "terug")
    assert (tmp_path / "terug" / "config.toml").read_text() == named.read_text()


def test_wrong_use_is_one_sentence(small, tmp_path):
    (tmp_path / "bestand").write_text("x")
    with pytest.raises(HouseClosed, match="geen map"):
        backup.restore(tmp_path / "nacht.amhk", tmp_path / "bestand", SECRET)
    with pytest.raises(HouseClosed, match="is een map"):
        backup.back_up(small, tmp_path, SECRET)
    with pytest.raises(HouseClosed, match="niet te schrijven"):
        backup.back_up(small, tmp_path / "nergens" / "x", SECRET)
    with pytest.raises(BadInput, match="wachtzin"):
        backup.back_up(small, tmp_path / "x", "")


def backed_up(tmp_path):
    """A house with a bit of everything and its backup; gives its settings, and how many cases."""
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    with closing(open_office(path, proof=False)) as office:
        Client(office).clock("2026-02-02T09:00")
        furnish(office)
        backup.back_up(office, tmp_path / "nacht.amhk", SECRET)
        return path, len(rows(office)["cases"])


def test_killed_while_it_is_made_the_one_of_before_is_there_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv("AMHK_BACKUP_PASSPHRASE", SECRET)
    path, _ = backed_up(tmp_path)
    before, dice = (tmp_path / "nacht.amhk").read_bytes(), Random(11)
    for _ in range(20 if FULL else 3):
        made = Forked(["backup", str(tmp_path / "nacht.amhk"), "--config", str(path)])
        time.sleep(dice.uniform(0.2, 1.2))
        made.send_signal(9) if made.poll() is None else None
        try:
            made.wait(60)
        except subprocess.TimeoutExpired:
            raise AssertionError("it did not end") from None
        now = (tmp_path / "nacht.amhk").read_bytes()
        assert now == before or backup.drill(tmp_path / "nacht.amhk", SECRET).faults == []
    told = command("backup", tmp_path / "nacht.amhk", "--config", path)
    assert told.returncode == 0, told.stderr
    assert [p.name for p in tmp_path.glob("*.amhk*")] == ["nacht.amhk"]
    assert not list(tmp_path.glob(".*half")), "and no half one is left"


def test_on_the_command_line_it_says_what_it_did(tmp_path, monkeypatch):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    file = tmp_path / "nacht.amhk"
    told = command("backup", file, "--config", path)
    assert told.returncode == 2 and "AMHK_BACKUP_PASSPHRASE" in told.stderr
    monkeypatch.setenv("AMHK_BACKUP_PASSPHRASE", SECRET)
    told = command("backup", file, "--config", path)
    assert told.returncode == 0 and "is gemaakt" in told.stdout
    told = command("restore", file, "--drill", "--json")
    assert told.returncode == 0 and json.loads(told.stdout)["faults"] == []
    told = command("restore", file, "--into", tmp_path / "terug")
    assert told.returncode == 0 and "Teruggezet" in told.stdout
    told = command("check", "--config", tmp_path / "terug")
    assert told.returncode == 0, told.stdout
    monkeypatch.setenv("AMHK_BACKUP_PASSPHRASE", "een andere")
    told = command("restore", file, "--drill")
    assert told.returncode == 1 and "niet de wachtzin" in told.stderr


@pytest.mark.parametrize("act", ["restore", "move-database"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_while_it_is_put_back_or_moved_it_can_be_done_again(
    tmp_path, monkeypatch, postgres, act, kind
):
    """What was half put in is no meldpunt to anybody, and stands in nobody's way."""
    monkeypatch.setenv("AMHK_BACKUP_PASSPHRASE", SECRET)
    path, cases = backed_up(tmp_path)
    dice, other = Random(5), f"sqlite:///{tmp_path / 'ander.sqlite'}"
    other = new_database(postgres) if kind == "postgresql" else other
    words = {
        "restore": lambda n: ["restore", tmp_path / "nacht.amhk", "--into", tmp_path / f"t{n}"],
        "move-database": lambda n: ["move-database", other, "--config", path],
    }[act]
    if act == "restore":
        monkeypatch.setenv("AMHK_DATABASE", other)
    for n in range(20 if FULL else 1):
        begun = Forked([str(word) for word in words(n)])
        time.sleep(dice.uniform(0.3, 1.5))
        begun.send_signal(9) if begun.poll() is None else None
        begun.wait(60)
        if begun.returncode == 0:
            break
    else:
        done = command(*words(99))
        # it may have been done in the very moment before it died: then all of it is there
        assert done.returncode == 0 or "is niet leeg" in done.stderr, done.stderr
    store = Store(other)
    assert store.founded()
    with store.read() as connection:
        assert list(verify(connection)) == []
        assert connection.exec_driver_sql("SELECT count(*) FROM cases").scalar() == cases
    store.close()
