"""Before the data of real people come in: what is missing is said, each with where to mend it, and
stands on every page of who runs the house until it is there.
"""

import json
from contextlib import closing
from datetime import UTC, datetime

import pytest
from conftest import ROOT, make_folder, new_database
from support.cast import hire
from support.http import Http
from support.server import command

from amhk.desk.house import nightly_backup, production
from amhk.desk.staff import workers
from amhk.errors import HouseClosed
from amhk.founding import found
from amhk.office import open_office
from amhk.store.database.engine import Store
from amhk.web.app import create_app

GUIDE = (ROOT / "docs/beheer.md").read_text(encoding="utf-8")


@pytest.fixture
def fresh(tmp_path):
    """A real meldpunt as it is founded."""
    return make_folder(tmp_path / "echt", "meldpunt.sqlite", training=False)


def set_in(path, section, **told):
    text = path.read_text(encoding="utf-8")
    for name, value in told.items():
        at = text.index(f"\n{name} =", text.index(f"[{section}]")) + 1
        text = f"{text[:at]}{name} = {json.dumps(value)}{text[text.index(chr(10), at) :]}"
    path.write_text(text, encoding="utf-8")


def missing(path):
    with closing(open_office(path, proof=False)) as office:
        return [want.code for want in production.missing(office)]


def test_what_a_fresh_one_is_told_is_what_the_guide_lists(fresh):
    done = command("check", "--production", "--json", "--config", fresh)
    assert done.returncode == 1
    told = json.loads(done.stdout)["missing"]
    listed = [line for line in GUIDE.splitlines() if line.startswith("| `")]
    for want in production.WANTED:
        assert f"| `{want.code}` | {want.text} |" in listed
    # a fresh one is real, on this machine alone, asks everybody for a second step, and works by
    # the release that comes with the product
    there = {"oefening", "https", "tweede_stap", "uitgave"}
    assert [one["code"] for one in told] == [
        want.code for want in production.WANTED if want.code not in there
    ]
    assert all(one["text"] in GUIDE for one in told)


def test_a_training_meldpunt_is_never_ready(tmp_path):
    assert "oefening" in missing(make_folder(tmp_path / "m", "meldpunt.sqlite"))


def test_reached_by_others_without_https_and_roles_without_a_second_step_are_told(fresh):
    set_in(fresh, "server", host="0.0.0.0", second_proof=["manager"])
    assert {"https", "tweede_stap"} <= set(missing(fresh))
    set_in(fresh, "server", trusted_proxies=["10.0.0.1"], secure_cookies=True)
    assert "https" not in missing(fresh)


def test_when_all_is_there_it_is_ready_and_the_pages_say_nothing_more(fresh, tmp_path, monkeypatch):
    monkeypatch.setenv("AMHK_BACKUP_PASSPHRASE", "zeven paarse fietsen")
    (tmp_path / "elders").mkdir()
    set_in(fresh, "letters", crisis_phone="010-1234567", confidant="Bel 010-7654321.")
    set_in(fresh, "backup", folder="back-ups", copy_to=str(tmp_path / "elders"))
    set_in(fresh, "server", second_proof=[])
    with closing(open_office(fresh, proof=False)) as office:
        hire(office, "Bea", "Tom", "Mia")
        production.remember(office)
        bea = Http(create_app(office))
        bea.sign_in("Bea")
        tom = Http(create_app(office))
        tom.sign_in("Tom")
        said = "Nog niet klaar voor echte gegevens"
        assert said in bea.get("/beheer").text
        assert said not in tom.get("/").text
        nightly_backup.make_when_due(office, datetime.now(UTC).replace(hour=10))
        assert [want.code for want in production.missing(office)] == ["tweede_stap"]
    text = fresh.read_text(encoding="utf-8").splitlines()
    fresh.write_text("\n".join(x for x in text if not x.startswith("second_proof")))
    done = command("check", "--production", "--config", fresh)
    assert done.returncode == 0, done.stdout
    with closing(open_office(fresh, proof=False)) as office:
        production.remember(office)
        with office.store.read() as connection:
            assert json.loads(production.reads.meta(connection, production.META)) == []


def test_a_real_meldpunt_without_its_vertrouwenspersoon_is_at_fault(fresh):
    done = command("check", "--config", fresh)
    assert done.returncode == 1 and "vertrouwenspersoon" in done.stdout


def test_one_is_founded_on_postgresql_in_one_step(postgres, tmp_path):
    url = new_database(postgres)
    words = ("--region", "utrecht", "--training", "--database", url)
    done = command("init", tmp_path / "pg", *words)
    assert done.returncode == 0, done.stderr
    with closing(open_office(tmp_path / "pg" / "config.toml", proof=False)) as office:
        workers.add_worker(office, "Anna", "medewerker", None, None, password="oefenen-oefenen")
        assert not office.store.sqlite
    again = command("init", tmp_path / "nog een", *words)
    assert again.returncode == 1 and "al een database" in again.stderr


def test_an_address_with_a_password_does_not_come_in_the_settings(tmp_path):
    with pytest.raises(HouseClosed, match="AMHK_DATABASE"):
        found(tmp_path / "m", "utrecht", True, "postgresql+psycopg://a:geheim@host/naam")
    assert not (tmp_path / "m" / "config.toml").exists()


def test_migrate_makes_no_meldpunt_of_an_empty_database(tmp_path, fresh):
    for name in ("meldpunt.sqlite", "meldpunt.sqlite-wal", "meldpunt.sqlite-shm"):
        (fresh.parent / name).unlink(missing_ok=True)
    done = command("migrate", "--config", fresh)
    assert done.returncode == 1 and "van geen meldpunt" in done.stderr
    Store(f"sqlite:///{tmp_path / 'leeg.sqlite'}").close()


def test_a_database_that_does_not_say_what_it_is_stays_closed(fresh):
    with closing(open_office(fresh, proof=False)) as office, office.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM meta WHERE key = 'kind'")
    with pytest.raises(HouseClosed, match="echt meldpunt of een oefenomgeving"):
        open_office(fresh, proof=False)
