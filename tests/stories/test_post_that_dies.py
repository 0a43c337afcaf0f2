"""Senders are killed with -9 at every step of sending, race each other, and find the folder full.

One letter, or none and a dead letter that is seen; never two.
"""

import re
import shutil
from uuid import uuid4

import psycopg
import pytest
from conftest import FULL, make_folder, new_database
from sqlalchemy import select, update
from stories.test_sweeps_that_die import Zygote
from support.cast import Client, hire, reader

from amhk.desk.letters import carrier, dispatch
from amhk.office import open_office
from amhk.store import reads
from amhk.store.cases.journal import verify
from amhk.store.letters import outbox

MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T09:00",
    "hoedanigheid": "03",
    "gemeente": "Schiedam",
    "zorgen": "z",
    "acuut": False,
    "melder": {"naam": "Arts", "geheim": False, "bereikbaar": "Dreef 1, 3111 AA Schiedam"},
    "betrokkenen": [
        {"naam": "Kind", "geboren": "2019", "rollen": ["kind"], "adres": "Kade 1, 3111 AA Schiedam"}
    ],
}


@pytest.fixture(scope="module")
def zygote():
    found = Zygote()
    yield found
    found.close()


def prepare(folder):
    """A meldpunt with two approved letters on their way to the watched folder.

    Gives the keys of their notices.
    """
    office = open_office(folder, proof=False)
    hire(office, "Tom")
    client = Client(office)
    client.clock("2026-02-02T09:00")
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    letters = client.case(number)["notices"]
    for n in letters:
        told = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})
        client.post(f"/notices/{n['id']}/queue", {"version": told["version"], "way": "map"})
    office.close()
    return [n["id"] for n in letters]


def copies(tmp_path, first, postgres):
    """Give a function that makes a copy of a meldpunt as it stands: its config.toml."""
    name = re.search("amhk_[0-9a-f]{32}", first.read_text(encoding="utf-8"))

    def fresh():
        there = tmp_path / uuid4().hex
        shutil.copytree(first.parent, there)
        if name:
            made = f"amhk_{uuid4().hex}"
            with psycopg.connect(postgres, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{made}" TEMPLATE "{name.group()}"')
            text = (there / "config.toml").read_text(encoding="utf-8").replace(name.group(), made)
            (there / "config.toml").write_text(text, encoding="utf-8")
        return there / "config.toml"

    return fresh


def picked_up(config):
    """What a program that fetches letters finds, and takes away: the keys."""
    folder = config.parent / "oefenpost"
    found = [p for p in folder.iterdir() if p.name != ".werk"] if folder.is_dir() else []
    for p in found:
        assert (p / "brief.pdf").read_bytes().startswith(b"%PDF"), "a letter appears whole"
        shutil.rmtree(p)
    return [p.name for p in found]


def later(config):
    """The ten minutes after which another may take up what a dead sender left."""
    office = open_office(config, proof=False)
    with office.store.write() as connection:
        past = "2020-01-01T00:00:00.000000Z"
        connection.exec_driver_sql(
            f"UPDATE outbox SET until = CASE WHEN until IS NULL THEN NULL ELSE '{past}' END, due ="
            f" '{past}'"
        )
    office.close()


def letters_of(config):
    office = open_office(config, proof=False)
    with office.store.read() as connection:
        rows = reads.rows(connection, select(outbox.OUT).order_by(outbox.OUT.c.id))
        notices = {n["id"]: n for n in reads.rows(connection, select(reads.NOTICE))}
        lines = [
            e["what"]
            for e in reads.rows(connection, select(reads.ENTRY))
            if ": verzonden op" in e["what"]
        ]
        assert list(verify(connection)) == []
        assert reads.open_without_term(connection)[1] == []
    dead = len(dispatch.overview(office, reader(office, "Tom"))["dead"])
    office.close()
    return rows, notices, lines, dead


def all_went_once(config, seen, wanted):
    rows, notices, lines, dead = letters_of(config)
    assert sorted(seen) == sorted(r["key"] for r in rows), (
        "each letter appeared once, and none twice"
    )
    assert len(rows) == len(wanted) == len(lines)
    assert (
        {r["state"] for r in rows} == {"delivered"}
        and {notices[n]["state"] for n in wanted} == {"sent"}
        and dead == 0
    )
    assert list((config.parent / "oefenpost" / ".werk").iterdir()) == [], (
        "nothing half made is left"
    )


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_sender_may_die_at_any_step_and_two_go_on_at_once(tmp_path, zygote, postgres, kind):
    database = "meldpunt.sqlite" if kind == "sqlite" else new_database(postgres)
    first = make_folder(tmp_path / "first", database)
    wanted = prepare(first)
    fresh = copies(tmp_path, first, postgres)
    whole = fresh()
    told = zygote.run({"config": str(whole), "kill": 0, "act": "post"})[0]
    assert told["status"] == 0
    all_went_once(whole, picked_up(whole), wanted)
    steps = range(1, told["statements"] + 1)
    assert len(steps) > 60
    for n in steps if FULL else steps[:: 8 if kind == "sqlite" else 15]:
        there = fresh()
        assert zygote.run({"config": str(there), "kill": n, "act": "post"})[0]["status"] == -9, n
        seen = picked_up(there)
        later(there)
        item = {"config": str(there), "kill": 0, "act": "post"}
        assert {t["status"] for t in zygote.run(item, item)} == {0}, n
        seen += picked_up(there)
        later(there)
        zygote.run(item)
        all_went_once(there, seen + picked_up(there), wanted)
        shutil.rmtree(there.parent)


def test_four_senders_at_once_send_each_letter_once(tmp_path, zygote, postgres):
    first = make_folder(tmp_path / "first", new_database(postgres))
    wanted = prepare(first)
    item = {"config": str(first), "kill": 0, "act": "post"}
    assert {t["status"] for t in zygote.run(item, item, item, item)} == {0}
    all_went_once(first, picked_up(first), wanted)


def test_a_sender_that_was_thought_dead_and_comes_back_sends_nothing_again(tmp_path, monkeypatch):
    """It stood still between making a letter ready and deciding on it.

    Meanwhile another sent it and it was picked up.
    """
    config = make_folder(tmp_path / "first", "meldpunt.sqlite")
    wanted, seen = prepare(config), []
    office = open_office(config, proof=False)
    decide = carrier._decided

    def slow(office, row):
        monkeypatch.setattr(carrier, "_decided", decide)
        later(config)
        carrier.carry(office)
        seen.extend(picked_up(config))
        return decide(office, row)

    monkeypatch.setattr(carrier, "_decided", slow)
    carrier.carry(office)
    office.close()
    all_went_once(config, seen + picked_up(config), wanted)


def test_a_folder_that_is_full_gives_dead_letters_that_are_seen_and_later_go_once(
    tmp_path, zygote, postgres
):
    first = make_folder(tmp_path / "first", new_database(postgres))
    wanted = prepare(first)
    for _ in range(6):
        assert (
            zygote.run({"config": str(first), "kill": 0, "act": "post", "most": 4000})[0]["status"]
            == 0
        )
        assert picked_up(first) == []
        later(first)
    rows, notices, lines, dead = letters_of(first)
    assert (dead, lines) == (len(wanted), []) and {r["state"] for r in rows} == {"dead"}
    assert all("File too large (oefenpost)" in r["why"] for r in rows) and {
        n["state"] for n in notices.values()
    } == {"approved"}
    zygote.run({"config": str(first), "kill": 0, "act": "post"})
    assert picked_up(first) == [], "a dead letter waits for somebody"
    office = open_office(first, proof=False)
    client = Client(office)
    for row in rows:
        assert client.post(f"/outbox/{row['id']}/retry")["dead"] == [] or row is not rows[-1]
    office.close()
    zygote.run({"config": str(first), "kill": 0, "act": "post"})
    all_went_once(first, picked_up(first), wanted)


def test_a_letter_that_died_after_it_was_decided_on_goes_on_under_the_same_claim(tmp_path):
    config = make_folder(tmp_path / "first", "meldpunt.sqlite")
    wanted = prepare(config)
    office = open_office(config, proof=False)
    tom, folder = reader(office, "Tom"), config.parent / "oefenpost"
    carrier.carry(office)
    seen = picked_up(config)
    with (
        office.store.write() as connection
    ):  # as if recording it had failed six times, after it had appeared
        connection.execute(update(outbox.OUT).values(state="dead", why="schijf vol"))
        connection.execute(update(reads.NOTICE).values(state="approved"))
    with office.store.read() as connection:
        rows = reads.rows(connection, select(outbox.OUT))
    for row in rows:
        with pytest.raises(Exception, match="staat al in de uitwisselmap"):
            dispatch.cancel(office, row["id"], tom)
        dispatch.again(office, row["id"], tom)
    carrier.carry(office)
    seen += picked_up(config)
    assert len(seen) == len(wanted) and folder.is_dir()
    with office.store.read() as connection:
        assert {r["state"] for r in reads.rows(connection, select(outbox.OUT))} == {"delivered"}
    office.close()
