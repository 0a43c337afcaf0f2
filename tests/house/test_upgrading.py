"""A meldpunt of the first schema is brought up to this one.

Nothing is lost, and the proof holds from the first night on.
"""

from dataclasses import replace

import pytest
from alembic import command
from conftest import make_folder, new_database
from sqlalchemy import MetaData, create_engine, insert, select, update
from support.cast import Client, hire
from support.server import command as run

from amhk import releases
from amhk.desk.house import night_proof, rounds
from amhk.desk.house.self_check import changed_behind
from amhk.desk.letters.text_templates import letters_now
from amhk.errors import HouseClosed
from amhk.office import open_office
from amhk.releases import Release
from amhk.store import reads, writes
from amhk.store.cases.journal import link, verify
from amhk.store.database import migrate
from amhk.store.database.engine import Store
from amhk.store.house import house_journal
from amhk.store.letters import text_templates

MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "z",
    "acuut": False,
    "melder": {"naam": "School"},
    "betrokkenen": [{"naam": "Kind", "geboren": "2019", "rollen": ["kind"]}],
}


def lived_in(tmp_path):
    """A meldpunt with reminders, an extension and a standstill; gives its folder."""
    folder = make_folder(tmp_path / "new", "meldpunt.sqlite")
    office = open_office(folder, proof=False)
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T09:00")
    number = client.post("/cases", MELDING)["number"]
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    advies = client.post(
        "/cases",
        {
            "route": "advies",
            "kanaal": "chat",
            "hoedanigheid": "33",
            "gemeente": "Schiedam",
            "aanleiding": ["08"],
            "zorgen": "z",
            "vervolg": "ondersteunen",
        },
    )["number"]
    runs = {t["name"]: t["id"] for n in (number, advies) for t in client.case(n)["terms"]}
    client.post(
        f"/cases/{number}/terms/{runs['informeren_betrokkene']}/extend",
        {"days": 14, "reason": "veiligheid"},
    )
    client.post(
        f"/cases/{advies}/terms/{runs['ondersteuning']}/suspend",
        {"until": "2026-02-20", "reason": "vakantie"},
    )
    client.clock("2026-02-12T09:00")
    office.close()
    return folder


def as_it_was(folder, url):
    """Write the same meldpunt at `url` as the first schema had it.

    No ledger in the journal, receivers in the reminders.
    """
    store = Store(url)
    if store.sqlite:
        store.close()
        store = Store(url)
    with store.write() as connection:
        command.upgrade(migrate._alembic(store, connection), "0001")
    old, new = MetaData(), MetaData()
    source = create_engine(f"sqlite:///{folder.parent / 'meldpunt.sqlite'}")
    old.reflect(store.engine)
    new.reflect(source)
    with (
        source.connect() as there,
        store.engine.connect().execution_options(amhk_writes=True) as here,
        here.begin(),
    ):
        for table in [t for t in old.sorted_tables if t.name != "alembic_version"]:
            rows = [
                dict(r)
                for r in there.execute(
                    select(
                        *[
                            new.tables[table.name].c[c.name]
                            for c in table.c
                            if c.name in new.tables[table.name].c
                        ]
                    )
                ).mappings()
            ]
            rows = [
                r
                for r in rows
                if r.get("key")
                not in ("house", "calendar", "figures", "figures_at", "reports_seen")
            ]
            if table.name == "journal":
                rows = list(without_ledger(there, new, rows, here, old))
            for row in sorted(rows, key=lambda r: r.get("id") or 0):
                here.execute(
                    insert(table).values(
                        **row, **({"seen": False} if table.name == "reminders" else {})
                    )
                )
        if not store.sqlite:
            for table in [t.name for t in old.sorted_tables if "id" in t.c]:
                here.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT"
                    f" coalesce(max(id), 1) FROM {table}))"
                )
    source.dispose()
    store.close()


def without_ledger(there, new, rows, here, old):
    """The journal lines hashed as the first schema did it; the heads of the cases follow."""
    from datetime import datetime

    numbers = dict(
        there.execute(select(new.tables["cases"].c.id, new.tables["cases"].c.number)).all()
    )
    heads = {}
    for row in sorted(rows, key=lambda r: (r["case_id"], r["sequence"])):
        row.pop("terms", None)
        row.pop("figures", None)
        row["previous"] = heads.get(row["case_id"], "")
        instant = datetime.fromisoformat(row["instant"])
        row["hash"] = link(
            row["previous"],
            numbers[row["case_id"]],
            row["sequence"],
            instant=instant,
            worker=row["worker_id"],
            kind=row["kind"],
            what=row["what"],
            commitment=row["commitment"],
        )
        heads[row["case_id"]] = row["hash"]
        yield row
    for case, head in heads.items():
        here.execute(
            old.tables["cases"].update().where(old.tables["cases"].c.id == case).values(head=head)
        )


def upgraded(tmp_path, folder, database):
    there = tmp_path / "old"
    there.mkdir()
    text = folder.read_text(encoding="utf-8").replace(
        'database = "meldpunt.sqlite"', f'database = "{database}"'
    )
    for name in ("workflows", "templates"):
        (there / name).symlink_to(folder.parent / name)
    (there / "config.toml").write_text(text, encoding="utf-8")
    from amhk.config import read_config

    config = read_config(there / "config.toml")
    as_it_was(folder, config.url)
    store = Store(config.url)
    migrate.upgrade(store)
    store.close()
    return there / "config.toml"


def total_of(folder):
    """The figures of the quarter; the first schema knew no second clock."""
    office = open_office(folder, proof=False)
    told = Client(office, "Rita").get("/reports/kwartaal?period=2026-Q1")["total"]
    office.close()
    return {k: v for k, v in told.items() if not k.endswith("_ander")}


def holds(folder, before):
    assert total_of(folder) == before
    office = open_office(folder, proof=False)
    with office.store.read() as connection:
        assert [*verify(connection), *house_journal.verify(connection)] == []
        inbox = reads.rows(connection, select(reads.INBOX))
        kinds = [e["kind"] for e in reads.entries(connection, 1)]
    assert kinds[-1] == "overgenomen"
    assert inbox
    told = night_proof.prove(office)
    assert (told["wrong"], told["differences"]) == ([], [])
    client = Client(office)
    assert client.get("/reminders")["count"] >= 1
    assert Client(office, "Anna").get("/reminders")["count"] >= 1
    rounds.set_clock(office, {"now": "2026-02-25T09:00"})
    client.move("M-2026-000001", "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    case = client.case("A-2026-000001")
    term = next(t for t in case["terms"] if t["status"] == "opgeschort")
    client.post(f"/cases/A-2026-000001/terms/{term['id']}/resume", {})
    assert night_proof.prove(office)["wrong"] == []
    office.close()


def test_a_meldpunt_on_sqlite_is_brought_up_whole(tmp_path):
    old = lived_in(tmp_path)
    holds(upgraded(tmp_path, old, "meldpunt.sqlite"), total_of(old))


def test_a_meldpunt_on_postgresql_is_brought_up_whole(tmp_path, postgres):
    old = lived_in(tmp_path)
    holds(upgraded(tmp_path, old, new_database(postgres)), total_of(old))


def test_closing_days_of_the_old_settings_are_taken_over(tmp_path):
    folder = upgraded(tmp_path, lived_in(tmp_path), "meldpunt.sqlite")
    text = folder.read_text(encoding="utf-8")
    folder.write_text(
        text + '\n[calendar]\nclosing_days = [{ date = 2026-02-13, name = "studiedag" }]\n',
        encoding="utf-8",
    )
    assert "amhk migrate" in run("check", "--config", folder).stdout
    assert "1 sluitingsdag overgenomen" in run("migrate", "--config", folder).stdout
    folder.write_text(text, encoding="utf-8")
    office = open_office(folder, proof=False)
    assert [d["name"] for d in Client(office, "Bea").get("/calendar")["days"]] == ["studiedag"]
    office.close()


def as_before(data):
    """What a procedure could not say before it promised anything."""
    found = data.partition("[[promises]]")
    tail = found[2][found[2].index("# Een verwijzing: wie wacht") :] if found[1] else ""
    return found[0] + tail


def test_a_release_settled_by_an_earlier_proof_is_not_asked_what_has_been_asked_since(tmp_path):
    folder = make_folder(tmp_path, "meldpunt.sqlite")
    place = folder.parent / "workflows/amhk/2026.2"
    file = place / "meldingsroute.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        "".join(
            line
            for line in text.splitlines(keepends=True)
            if not line.startswith(("[finishes.4]", "after = ", "onward = "))
        ),
        encoding="utf-8",
    )
    told = Release("2026.2", made_by="AMHK", files=releases.digests(place), proof=1)
    releases.write(place, told)
    open_office(folder).close()
    releases.write(place, replace(told, proof=2))
    with pytest.raises(HouseClosed) as wrong:
        open_office(folder)
    assert "zegt niet na welk eigen onderzoek" in wrong.value.text
    assert "laat haar lopen" in wrong.value.text


def test_a_procedure_of_before_opens_and_runs_on_and_what_is_made_of_it_promises(tmp_path):
    """Settled as it is; a new release of it says what each finish rests on."""
    folder = make_folder(tmp_path, "meldpunt.sqlite")
    place = folder.parent / "workflows/amhk/2026.2"
    (place / "uitgave.toml").unlink()
    file = place / "meldingsroute.toml"
    file.write_text(as_before(file.read_text(encoding="utf-8")), encoding="utf-8")
    assert "[finishes" not in file.read_text(encoding="utf-8")
    assert run("migrate", "--config", str(folder)).returncode == 0
    office = open_office(folder)  # with its proof
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T09:00")
    number = client.post("/cases", MELDING)["number"]
    assert client.case(number)["terms"]
    office.close()
    assert run("workflow", "draft", "2026.3", "--config", str(folder)).returncode == 0
    told = run("workflow", "check", "2026.3", "--config", str(folder))
    assert told.returncode == 1
    assert "zegt welke termijn gehaald moet zijn" in told.stdout + told.stderr
    assert "zegt niet na welk eigen onderzoek" in told.stdout + told.stderr


def test_a_text_of_before_holds_for_every_release_and_nobody_changes_it_behind_the_program(
    tmp_path,
):
    """As it was kept while one person could change it."""
    folder = make_folder(tmp_path, "meldpunt.sqlite")
    office = open_office(folder, proof=False)
    hire(office, "Bea")
    kept = {"kind": "bevestiging_adviesvrager", "release": 1, "text": "# Dank\n\nU belde.\n"}
    with office.store.write() as connection:
        now = office.now(connection)
        key = reads.worker_by(connection, name="Bea")["id"]
        row = {**kept, "worker_id": key, "made": now, "approved": now}
        connection.execute(insert(text_templates.TEXT).values(**row))
        writes.set_meta(connection, text_templates.RELEASE, "1")
    office.close()
    for _ in range(2):
        assert run("migrate", "--config", str(folder)).returncode == 0
    office = open_office(folder, proof=False)
    assert changed_behind(office) == []
    with office.store.read() as connection:
        assert letters_now(office, connection, "2026.2").source(kept["kind"]) == kept["text"]
    with office.store.write() as connection:
        connection.execute(update(text_templates.TEXT).values(text="# Iets anders\n"))
    assert "een tekst van een brief (1) is niet wat het zegt" in " ".join(changed_behind(office))
    office.close()
