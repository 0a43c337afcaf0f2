"""The gemeenten of a region, and since when or until when they belong to it.

From the list that comes with the product, and what config.toml says besides.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

SEED = Path(__file__).parent.parent / "seed"
_KNOWN = {"subregio", "centrumgemeente", "inwoners", "van", "tot"}


@dataclass(frozen=True, slots=True)
class Gemeente:
    """A gemeente of the region; `inwoners` None when no source gives it.

    It belongs to the region from `since` up to, not including, `until` (None: no end), both the
    first day of a month.
    """

    name: str
    subregio: str
    centrumgemeente: str
    inwoners: int | None
    since: date | None = None
    until: date | None = None

    def within(self, start: date, end: date) -> bool:
        """Tell whether it belongs to the region on any day of a span (half-open)."""
        return (self.since is None or self.since < end) and (
            self.until is None or start < self.until
        )


def gemeenten_of(region: str) -> dict[str, Gemeente]:
    """Give the gemeenten of a region by name (gemeenten.csv; an empty number of inwoners is not
    known).
    """
    with (SEED / "gemeenten.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["gemeente"]: Gemeente(
                name=row["gemeente"],
                subregio=row["subregio"],
                centrumgemeente=row["centrumgemeente"],
                inwoners=int(row["inwoners"] or 0) or None,
            )
            for row in csv.DictReader(file)
            if row["regio"] == region
        }


def changed(
    no: Callable[[str, str], None], known: Mapping[str, Gemeente], tables: object
) -> dict[str, Gemeente]:
    """Give the gemeenten with what config.toml says of them.

    One that joined or left, one that is new, a number of inwoners.
    """
    found = dict(known)
    for name, table in tables.items() if isinstance(tables, dict) else ():
        key = f"gemeenten.{name}"
        if not isinstance(table, dict) or set(table) - _KNOWN:
            no(key, f"bekend zijn {', '.join(sorted(_KNOWN))}.")
            continue
        if name not in found and not table.get("subregio"):
            no(f"{key}.subregio", "een nieuwe gemeente hoort bij een subregio.")
        before = found.get(
            name, Gemeente(name=name, subregio="", centrumgemeente="", inwoners=None)
        )
        inwoners = table.get("inwoners", before.inwoners)
        if inwoners is not None and (
            isinstance(inwoners, bool) or not isinstance(inwoners, int) or inwoners < 1
        ):
            no(f"{key}.inwoners", f"'{inwoners}' is geen aantal.")
            inwoners = None
        since, until = (_month(no, f"{key}.{n}", table.get(n)) for n in ("van", "tot"))
        if since and until and until <= since:
            no(f"{key}.tot", "ligt niet na 'van'.")
        texts = {n: str(table.get(n, getattr(before, n))) for n in ("subregio", "centrumgemeente")}
        found[name] = replace(before, **texts, inwoners=inwoners, since=since, until=until)
    return found


def _month(no: Callable[[str, str], None], key: str, value: object) -> date | None:
    if value is None:
        return None
    if type(value) is not date or value.day != 1:
        no(
            key,
            f"'{value}' kan niet; schrijf de eerste dag van een maand, zoals 2026-04-01 (de cijfers"
            " gaan per maand).",
        )
        return None
    return value
