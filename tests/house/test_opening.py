"""The house refuses to open when anything is missing, and says what to do.

The command line answers with the right exit code.
"""

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import make_folder
from sqlalchemy import event, func, select
from support.cast import Client, hire, reader
from support.server import command

import amhk as amhk_package
from amhk.config import read_config
from amhk.desk.intake import calls
from amhk.errors import HouseClosed
from amhk.office import open_office
from amhk.procedure import proof_digest
from amhk.store import reads
from amhk.store.cases.journal import verify
from amhk.store.database import schema

ADVIES = {
    "route": "advies",
    "kanaal": "telefoon",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "aanleiding": ["08"],
    "zorgen": "stil",
    "advies": "praat",
}


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "m", "meldpunt.sqlite")


def amhk(*words, cwd=None, stdin=None, expect=0):
    done = command(*words, cwd=cwd, stdin=stdin or "")
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def refuses(folder, words):
    with pytest.raises(HouseClosed) as wrong:
        open_office(folder)
    assert words in wrong.value.text
    done = amhk("serve", "--config", folder, expect=1)
    assert "Traceback" not in done.stderr
    assert words in done.stderr


def test_a_missing_template_or_workflow_key(folder):
    (folder.parent / "templates/notices/verzoek_rvdk.j2").unlink()
    file = folder.parent / "workflows/amhk/2026.2/adviesroute.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace('rolls = "werkdagen"', 'rolls = "soms"'),
        encoding="utf-8",
    )
    refuses(folder, "'soms' kan niet; kies uit geen, atw, werkdagen, vooruit")


def test_a_missing_template(folder):
    (folder.parent / "templates/notices/verzoek_rvdk.j2").unlink()
    refuses(folder, "heeft geen sjabloon templates/notices/verzoek_rvdk.j2")


def test_no_database(folder):
    (folder.parent / "meldpunt.sqlite").unlink()
    refuses(folder, "Er is nog geen database")


def test_a_file_that_is_no_database(folder):
    (folder.parent / "meldpunt.sqlite").write_bytes(b"geen database" * 1000)
    for more in ("meldpunt.sqlite-wal", "meldpunt.sqlite-shm"):
        (folder.parent / more).unlink(missing_ok=True)
    refuses(folder, "Zet de laatste back-up terug")


def test_a_corrupt_database(folder):
    path = folder.parent / "meldpunt.sqlite"
    raw = bytearray(path.read_bytes())
    raw[4096:12000] = os.urandom(12000 - 4096)
    path.write_bytes(raw)
    refuses(folder, "back-up")


def test_a_newer_database(folder):
    office = open_office(folder, proof=False)
    with office.store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    office.close()
    refuses(folder, "nieuwer dan dit programma")


def test_an_older_database_asks_to_be_migrated(folder):
    office = open_office(folder, proof=False)
    with office.store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    office.close()
    refuses(folder, "amhk migrate")


def test_migrating_what_is_up_to_date_changes_nothing(folder):
    assert f"versie {schema.NEWEST}" in amhk("migrate", "--config", folder).stdout
    open_office(folder).close()


def test_an_unknown_setting_is_refused_by_name(folder):
    folder.write_text(
        folder.read_text(encoding="utf-8") + "\n[sever]\nport = 1\n", encoding="utf-8"
    )
    refuses(folder, "sever: onbekende instelling; bedoelt u 'server'?")


def test_a_rule_for_a_team_that_does_not_exist(folder):
    folder.write_text(
        folder.read_text(encoding="utf-8").replace(
            "[clock]", '[[routing.rules]]\nteam = "Noord"\n[clock]'
        ),
        encoding="utf-8",
    )
    refuses(folder, "team 'Noord'")
    amhk("team", "add", "Noord", "--config", folder)
    open_office(folder).close()


def test_a_case_keeps_its_release_and_the_house_stays_shut_without_it(folder):
    office = open_office(folder, proof=False)
    hire(office, "Tom")
    calls.take_call(office, ADVIES, reader(office, "Tom"))
    office.close()
    shutil.move(folder.parent / "workflows/amhk/2026.2", folder.parent / "workflows/amhk/2027.1")
    for file in (folder.parent / "workflows/amhk/2027.1").glob("*.toml"):
        file.write_text(
            file.read_text(encoding="utf-8").replace('release = "2026.2"', 'release = "2027.1"'),
            encoding="utf-8",
        )
    folder.write_text(
        folder.read_text(encoding="utf-8").replace('release = "2026.2"', 'release = "2027.1"'),
        encoding="utf-8",
    )
    (folder.parent / "workflows/amhk/2027.1/uitgave.toml").unlink()
    refuses(folder, "Uitgave 2026.2 is weg, en er zijn zaken in")


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "dicht").write_text("een bestand, geen map")
    done = amhk("init", tmp_path / "dicht" / "m", "--region", "utrecht", expect=1)
    assert "niet te beschrijven" in done.stderr


def test_a_full_disk_is_said_and_nothing_is_half_written(folder):
    office = open_office(folder, proof=False)
    hire(office, "Tom")
    client = Client(office, "Tom")
    with office.store.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    event.listen(
        office.store.engine,
        "connect",
        lambda raw, _: raw.execute(f"PRAGMA max_page_count={pages + 8}").close(),
    )
    office.store.engine.dispose()
    answers = [
        client.ask("POST", "/cases", {**ADVIES, "zorgen": "x" * 15_000}, expect=(201, 503))
        for _ in range(6)
    ]
    assert answers[-1].status_code == 503
    assert "niets opgeslagen" in answers[-1].json()["detail"]
    with office.store.read() as connection:
        kept = connection.execute(select(func.count()).select_from(reads.CASE)).scalar()
        assert list(verify(connection)) == []
    assert kept == sum(a.status_code == 201 for a in answers)
    office.close()


def test_the_command_line_takes_a_call_and_makes_a_move(tmp_path):
    folder = tmp_path / "m"
    amhk("init", folder, "--region", "utrecht", "--training")
    amhk("init", folder, "--region", "utrecht", expect=1)
    amhk("init", tmp_path / "x", "--region", "atlantis", expect=1)
    amhk("clock", "--set", "2026-02-04T09:00", cwd=folder)
    case = json.loads(
        amhk(
            "call", "--json", "-", cwd=folder, stdin=json.dumps({**ADVIES, "gemeente": "Zeist"})
        ).stdout
    )
    assert case["number"] == "A-2026-000001"
    case = json.loads(
        amhk("move", case["number"], "advies_geven", "--json", "-", cwd=folder, stdin="{}").stdout
    )
    assert (case["finish"], case["closed"]) == (1, True)
    assert amhk(
        "move", case["number"], "advies_geven", "--json", "-", cwd=folder, stdin="{}", expect=1
    ).stderr.startswith("Dit kan niet")
    assert "A-2026-000001" in amhk("list", cwd=folder).stdout
    assert json.loads(amhk("check", "--json", cwd=folder).stdout) == {
        "open": 0,
        "with_next_term": 0,
        "without": 0,
        "faults": [],
    }
    amhk("verify", cwd=folder)
    amhk("tick", cwd=folder)
    amhk(
        "report",
        "kwartaal",
        "--period",
        "2026-Q1",
        "--format",
        "csv",
        "--out",
        folder / "uit",
        cwd=folder,
    )
    assert (
        (folder / "uit/kwartaal-2026-Q1.csv")
        .read_text(encoding="utf-8-sig")
        .startswith("Gemeente;")
    )
    assert "-->" in amhk("workflow", "diagram", "meldingsroute", cwd=folder).stdout
    amhk("workflow", "check", cwd=folder)
    amhk("demo", cwd=folder, expect=1)
    amhk("toveren", cwd=folder, expect=2)
    amhk("list", cwd=tmp_path, expect=1)


def test_due_tells_its_arithmetic():
    told = json.loads(amhk("due", "veiligheidsbeoordeling", "2026-04-02", "--json").stdout)
    assert (told["term"], told["start"], told["due"]) == (
        "veiligheidsbeoordeling",
        "2026-04-02",
        "2026-04-13",
    )
    assert any("Goede Vrijdag" in s for s in told["steps"])
    assert (
        json.loads(amhk("due", "crisis", "2026-02-14T01:20", "--json").stdout)["due"]
        == "2026-02-14T05:20:00+01:00"
    )
    amhk("due", "onzin", "2026-04-02", expect=1)
    amhk("due", "onderzoek", "2026-02-30", expect=1)


def test_changing_the_journal_is_found(folder):
    office = open_office(folder, proof=False)
    hire(office, "Tom")
    who = reader(office, "Tom")
    for _ in range(2):
        calls.take_call(office, {**ADVIES, "vervolg": "advies_gegeven"}, who)
    office.close()
    amhk("verify", "--config", folder)
    harm = {
        "is gewijzigd": "UPDATE journal SET what = 'anders' WHERE id = 1",
        "inhoud van regel": "UPDATE journal SET content = '{}' WHERE id = 1",
        "ontbreekt": "DELETE FROM journal WHERE id = 1",
        "afgekapt": "DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)",
        "de zaak ontbreekt": "UPDATE counters SET last = last + 1",
    }
    for said, sql in harm.items():
        copy = folder.parent.parent / said.replace(" ", "-")
        shutil.copytree(folder.parent, copy)
        office = open_office(copy / "config.toml", proof=False)
        with office.store.write() as connection:
            connection.exec_driver_sql(sql)
        office.close()
        assert said in amhk("verify", "--config", copy / "config.toml", expect=1).stdout


def test_a_case_without_a_term_turns_the_check_red(folder):
    office = open_office(folder, proof=False)
    hire(office, "Tom")
    number = calls.take_call(office, ADVIES, reader(office, "Tom"))
    with office.store.write() as connection:
        connection.exec_driver_sql("UPDATE terms SET status = 'void'")
    office.close()
    told = json.loads(amhk("check", "--json", "--config", folder, expect=1).stdout)
    assert (told["open"], told["without"]) == (1, 1)
    assert number in told["faults"][0]


def test_the_proof_is_made_anew_when_any_rule_of_the_program_changed(folder, monkeypatch):
    read, own = [], Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or own(path))
    proof_digest(read_config(folder))
    rules = Path(amhk_package.__file__).parent / "rules"
    assert len(rules_read := {path for path in read if rules in path.parents}) > 40
    assert rules_read == set(rules.rglob("*.py"))
