"""A round of the watch is killed with -9 at every one of its statements, alone and beside others.

Every rung exactly once, none lost, in order.
"""

import json
import re
import shutil
import subprocess
import sys
from uuid import uuid4

import psycopg
import pytest
from conftest import FULL, ROOT, make_folder, new_database
from sqlalchemy import select
from support.cast import Client, hire, send_owed
from support.patience import patient

from amhk.desk.figures import case_facts, kept_reports
from amhk.desk.house import night_proof, rounds
from amhk.office import open_office
from amhk.store import reads, writes
from amhk.store.cases.journal import verify
from amhk.store.figures import figures
from amhk.store.house import house_journal

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


class Zygote:
    """The process that forks rounds."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(ROOT / "tests/support/sweeper.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        if (said := self.process.stdout.readline()) != "ready\n":
            self.close()
            raise AssertionError(f"the process that forks rounds said {said!r}")

    def run(self, *items):
        self.process.stdin.write(json.dumps(items) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(patient(20))
        self.process.stdout.close()


@pytest.fixture(scope="module")
def zygote():
    found = Zygote()
    try:
        yield found
    finally:
        found.close()


def prepare(folder):
    """A meldpunt where much falls due at once.

    A finish 3 with its check, a fresh melding, somebody whose absence begins, a new closing day.
    """
    office = open_office(folder, proof=False)
    hire(office, "Tom", "Anna", "Bram", "Mia", "Bea", "Piet")
    client = Client(office)
    client.clock("2026-02-02T09:00")
    first, second = (client.post("/cases", MELDING)["number"] for _ in range(2))
    client.move(first, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(first, "onderzoek_besluiten")
    client.move(first, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    client.move(first, "verwijzen", instelling="Wijkteam Schiedam")
    send_owed(client, first)
    client.post(f"/cases/{second}/assign", {"owner": "Anna", "reason": "verdeling"})
    client.post(
        "/plans",
        {
            "worker": "Anna",
            "kind": "afwezig",
            "start": "2026-02-03",
            "reason": "ziek",
            "to": "Bram",
        },
    )
    with office.store.write() as connection:
        from amhk.store.terms import calendar as kept
        from amhk.words import day_of

        now = office.now(connection)
        kept.change(
            connection,
            {
                "instant": now,
                "worker_id": None,
                "kind": "sluitingsdag",
                "day": day_of(now).replace(day=10),
                "name": "dicht",
                "gone": False,
            },
        )
        writes.set_meta(connection, "clock", "2026-05-20T09:00:00+02:00")
    office.close()


def outcome(folder, single):
    """What is there in the end, after whoever is left has gone round once more.

    And that all promises hold.
    """
    office = open_office(folder, proof=False)
    rounds.go_round(office)
    assert rounds.go_round(office).rung == 0
    with office.store.read() as connection:
        rung = reads.rows(connection, select(reads.REMINDER).order_by(reads.REMINDER.c.id))
        inbox = {r["reminder_id"] for r in reads.rows(connection, select(reads.INBOX))}
        lines = [
            e
            for e in reads.rows(connection, select(reads.ENTRY).order_by(reads.ENTRY.c.id))
            if e["kind"] == "herinnering"
        ]
        terms = {t["id"]: t for t in reads.rows(connection, select(reads.TERM))}
        drafts = [
            n["kind"]
            for n in reads.rows(connection, select(reads.NOTICE))
            if n["kind"] == "controlevraag_instelling"
        ]
        owners = [
            c["owner_id"]
            for c in reads.rows(connection, select(reads.CASE).order_by(reads.CASE.c.id))
        ]
        assert [*verify(connection), *house_journal.verify(connection)] == []
        assert reads.open_without_term(connection)[1] == []
        proofs = len(house_journal.entries(connection, night_proof.KIND))
        kept = sorted((row["period"], row["number"]) for row in figures.kept(connection))
        assert list(kept_reports.faults(connection)) == []
    assert list(case_facts.faults(office)) == []
    assert len(lines) == len(rung), "each rung stands on the case"
    assert all(r["id"] in inbox for r in rung if terms[r["term_id"]]["status"] == "running"), (
        "and before somebody"
    )
    by_case = {}
    for r in rung:
        by_case.setdefault(r["case_id"], []).append(r["fell_due"])
    assert all(
        found == sorted(found)
        for found in ([[r["fell_due"] for r in rung]] if single else by_case.values())
    ), "in order"
    assert night_proof.prove(office)["wrong"] == []
    office.close()
    told = [(r["term_id"], r["round"], r["rung"], r["fell_due"]) for r in rung]
    assert len(told) == len(set(told))
    return sorted(told), len(terms), drafts, owners, proofs, kept


def test_a_single_round_on_sqlite_may_die_at_any_statement(tmp_path, zygote):
    first = make_folder(tmp_path / "first", "meldpunt.sqlite")
    prepare(first)

    def fresh():
        there = tmp_path / uuid4().hex
        shutil.copytree(first.parent, there)
        return there / "config.toml"

    whole = fresh()
    told = zygote.run({"config": str(whole), "kill": 0})[0]
    assert told["status"] == 0
    wanted = outcome(whole, True)
    assert len(wanted[0]) >= 12
    assert wanted[2] == ["controlevraag_instelling"]
    assert wanted[5], "reports were made"
    for n in range(1, told["statements"] + 1, 1 if FULL else 6):
        there = fresh()
        died = zygote.run({"config": str(there), "kill": n})[0]
        assert died["status"] == -9, n
        assert outcome(there, True) == wanted, f"killed at statement {n}"
        shutil.rmtree(there.parent)


@pytest.mark.parametrize("count", [2, 4])
def test_of_several_processes_on_one_postgresql_one_may_die_at_any_statement(
    tmp_path, zygote, postgres, count
):
    first = make_folder(tmp_path / "first", new_database(postgres))
    prepare(first)
    text = first.read_text(encoding="utf-8")
    name = re.search("amhk_[0-9a-f]{32}", text).group()

    def fresh():
        made = f"amhk_{uuid4().hex}"
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{made}" TEMPLATE "{name}"')
        there = tmp_path / made
        shutil.copytree(first.parent, there)
        (there / "config.toml").write_text(text.replace(name, made), encoding="utf-8")
        return there / "config.toml"

    whole = fresh()
    told = zygote.run({"config": str(whole), "kill": 0})[0]
    wanted = outcome(whole, True)
    for n in range(1, told["statements"] + 1) if FULL else range(count, told["statements"] + 1, 24):
        there = fresh()
        done = zygote.run(
            {"config": str(there), "kill": n}, *[{"config": str(there), "kill": 0}] * (count - 1)
        )
        assert [d["status"] for d in done[1:]] == [0] * (count - 1), n
        assert outcome(there, False) == wanted, f"killed at statement {n}"
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{there.parent.name}" WITH (FORCE)')
