"""`python -m benchmarks.publish [CASES...]`.

The quarter as it is, and as it may be published, in turn; of the demo year, and over cases of
twenty years (SQLite).
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from amhk.config import config_text
from amhk.desk.figures import case_facts, reports
from amhk.founding import found
from amhk.office import open_office
from amhk.rules.figures.periods import read_period
from amhk.rules.figures.small_numbers import STYLES
from amhk.training import year
from benchmarks.figures import PERIOD, WHO, fill
from benchmarks.sweep import office_on

SIZES, ROUNDS = (10_000, 1_000_000), 5


def timed(act):
    """Give how long something took, in milliseconds."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def measure(name, office):
    """Print the row of one house."""
    case_facts.catch_up(office)
    span, took = read_period(PERIOD), {style: [] for style in (None, *STYLES)}
    for _ in range(ROUNDS):
        for style, found_ in took.items():
            found_.append(
                timed(
                    lambda style=style: reports.kwartaal(office, span, WHO, style=STYLES.get(style))
                )
            )
    plain, tien, cbs = (statistics.median(found_) for found_ in took.values())
    print(
        f"| {name} | {plain:.0f} ms | {tien / 1000:.2f} s | {tien / plain:.0f} | {cbs / 1000:.2f} s"
        f" | {cbs / plain:.0f} |",
        flush=True,
    )


def main(sizes):
    """Print the table."""
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" {datetime.now(UTC):%Y-%m-%d}"
    )
    print(
        "| quarter | as it is | 10 of minder | ratio | as the CBS does | ratio"
        " |\n|---|---|---|---|---|---|",
        flush=True,
    )
    folder = Path(tempfile.mkdtemp())
    (folder / "config.toml").write_text(config_text("rotterdam-rijnmond"), encoding="utf-8")
    office = open_office(found(folder, None, True), proof=False)
    year.fill(office, 2026, 160, 1)
    measure("the demo year, 160 cases", office)
    for size in sizes or SIZES:
        office = office_on("meldpunt.sqlite")
        fill(office, size)
        measure(f"{size:,} cases", office)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
