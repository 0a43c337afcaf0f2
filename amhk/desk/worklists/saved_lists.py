"""A worker's own worklists: saved under a name, and out as a file of what is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from amhk.desk.casefile.access_log import look_line
from amhk.desk.worklists.worklist import worklist
from amhk.errors import BadInput
from amhk.office import Office
from amhk.rules.parse import tidy, unfit
from amhk.rules.privacy.secrecy import Reader
from amhk.sheets.write import as_csv
from amhk.store import writes
from amhk.store.cases import worklists
from amhk.store.house import house_journal
from amhk.store.staff import looks
from amhk.words import say_day

# What a worklist can show: the name of a column and its title.
COLUMNS = {
    "termijn": "Volgende termijn",
    "wie": "Wie",
    "gemeente": "Gemeente",
    "staat": "Staat",
    "behandelaar": "Behandelaar",
    "team": "Team",
    "ontvangen": "Ontvangen",
    "kanaal": "Kanaal",
    "route": "Route",
}
USUAL = ("termijn", "wie", "gemeente", "staat", "behandelaar")
ASKS = (
    "route",
    "state",
    "gemeente",
    "team",
    "owner",
    "due_before",
    "closed",
    "opened",
    "sort",
)  # never what was searched for: that is a name
_MOST, _MOST_LISTS, _PAGE = 5000, 30, 500


def columns_of(names: list[str]) -> list[str]:
    """Give the columns to show, in their own order.

    The usual ones when none that exist are named.
    """
    return [c for c in COLUMNS if c in names] or list(USUAL)


def saved(office: Office, who: Reader) -> list[dict[str, object]]:
    """Give the worklists this worker saved: key, name, and what each asks."""
    with office.store.read() as connection:
        return [
            {k: r[k] for k in ("id", "name", "asks")} for r in worklists.saved(connection, who.id)
        ]


def save(office: Office, name: str, asks: Mapping[str, Any], who: Reader) -> None:
    """Save a worklist under a name, in the place of one of that name.

    BadInput when it has none or there are too many.
    """
    name = tidy(name, one_line=True)
    if not name or unfit(name, 60):
        raise BadInput.of("naam", "Geef de lijst een naam van 1 tot 60 tekens.", "naam")
    told = {k: str(v) for k, v in asks.items() if k in ASKS and v} | {
        "kolom": columns_of(list(asks.get("kolom", ())))
    }
    with office.store.write() as connection:
        present = worklists.saved(connection, who.id)
        old = next((r for r in present if r["name"] == name), None)
        if old is None and len(present) >= _MOST_LISTS:
            raise BadInput.of(
                "te_veel", f"U hebt al {_MOST_LISTS} lijsten; haal er eerst een weg.", "naam"
            )
        if old:
            writes.change(connection, worklists.SAVED, [old["id"]], {"asks": told})
        else:
            writes.add(
                connection, worklists.SAVED, {"worker_id": who.id, "name": name, "asks": told}
            )


def drop(office: Office, key: int, who: Reader) -> None:
    """Let go of a saved worklist of one's own."""
    with office.store.write() as connection:
        worklists.drop(connection, key, who.id)


def as_file(office: Office, who: Reader, told: Mapping[str, str], columns: list[str]) -> str:
    """Give a worklist as CSV, all its pages up to 5,000 cases, with the columns shown.

    That it left is written down, on each case as a look.
    """
    items: list[dict[str, Any]] = []
    asked = dict(told)
    while len(items) < _MOST:
        page = worklist(office, who, asked, _PAGE)
        items += page["items"]
        if not page["next"]:
            break
        asked["cursor"] = page["next"]
    with office.store.write() as connection:
        keys = worklists.keys_of(connection, [i["number"] for i in items])
        looks.write(connection, [look_line(who, key, "lijst als bestand") for key in keys])
        what = f"{who.name} nam een lijst van {len(items)} zaken mee als bestand."
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="lijst",
            what=what,
            content={"cases": len(items)},
        )
    head = ["Zaak", *(COLUMNS[c] for c in columns)]
    return as_csv(head, [[i["number"], *(cell(i, c) for c in columns)] for i in items])


def cell(item: Mapping[str, Any], column: str) -> str:
    """Give one cell of a worklist as text."""
    if column == "termijn":
        term = item["next_term"]
        return (
            f"{term['title']}, {term['due'][:10]}{' (te laat)' if term['late'] else ''}"
            if term
            else item["ending"] or "gesloten"
        )
    if column == "ontvangen":
        return (
            say_day(datetime.fromisoformat(item["ontvangen"]).date()) if item["ontvangen"] else ""
        )
    told = {
        "wie": ", ".join(item["names"]),
        "staat": item["state_title"],
        "behandelaar": item["owner"] or f"team {item['team']}",
    }
    return str(told.get(column, item.get(column) or ""))
