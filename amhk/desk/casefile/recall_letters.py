"""A letter's way out, as the rest of the desk must know it.

Whether it can still be held back, taking it off its way, and making it a draft again.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from amhk.errors import ClosedDoor
from amhk.letters.post import drop, take_back, waits
from amhk.office import Office
from amhk.store.database.engine import Connection
from amhk.store.letters import outbox
from amhk.store.rows import Row

# What an approved letter loses when it becomes a draft again.
DRAFT_AGAIN: dict[str, object] = {
    "state": "draft",
    "html": None,
    "pdf": None,
    "hash": None,
    "approved_at": None,
    "data": None,
    "release": None,
    "left_out": [],
    "old_fact": False,
}
WHY = {
    "gedrukt": (
        "Een brief van deze zaak ligt op een afgedrukte stapel. Handel eerst die stapel af, onder"
        " Post."
    ),
    "onderweg": (
        "Een brief van deze zaak wordt op dit moment in de uitwisselmap gezet. Probeer het zo"
        " opnieuw."
    ),
    "verschenen": (
        "Een brief van deze zaak staat al in de uitwisselmap. Kies eerst 'Opnieuw' onder Post: dan"
        " wordt dat vastgelegd."
    ),
}


def folder_of(office: Office) -> Path | None:
    """Give the watched folder; None when there is none.

    A training meldpunt has one of its own, so that nothing made up is ever picked up.
    """
    if office.training:
        return office.config.folder / "oefenpost"
    return office.config.folder / office.config.out_folder if office.config.out_folder else None


def name_of(row: Row) -> str:
    """Give under what name a letter is made ready: its key and the claim it is made ready under."""
    return f"{row['key']}.{row['claim']}"


def out_of_hand(office: Office, row: Row | None) -> str | None:
    """Give why a letter can no longer be held back (it is printed, or decided on for the folder).

    None when it can.
    """
    if row is None:
        return None
    if (row["way"], row["state"]) == ("print", "claimed"):
        return "gedrukt"
    if row["state"] == "written":
        return "onderweg"
    if row["state"] == "dead" and row["claim"]:
        folder = folder_of(office)
        return None if folder and waits(folder, name_of(row)) else "verschenen"
    return None


def take_off(office: Office, connection: Connection, notices: Iterable[int]) -> None:
    """Take letters off their way, so that they go by one way only, or not at all.

    ClosedDoor, and nothing done, when one is out of hand.
    """
    rows = [outbox.live(connection, key) for key in sorted(notices)]
    for row in rows:
        if why := out_of_hand(office, row):
            raise ClosedDoor.of(why, WHY[why])
    sweep_away(office, cancelled(connection, rows))


def cancelled(connection: Connection, rows: Iterable[Row | None]) -> list[str]:
    """Let what is on its way go no more, whatever became of it; gives the names of what was made
    ready of it in the watched folder.
    """
    live = [row for row in rows if row is not None]
    for row in live:
        outbox.move(connection, row, "cancelled", ended=datetime.now(UTC))
    return [name_of(row) for row in live if row["state"] == "dead" and row["claim"]]


def sweep_away(office: Office, names: Iterable[str], keys: Iterable[str] = ()) -> None:
    """Take away what was made ready of letters that do not go, and what appeared (by `keys`) and
    lies there still.
    """
    if folder := folder_of(office):
        for name in names:
            drop(folder, name)
        for key in keys:
            take_back(folder, key)
