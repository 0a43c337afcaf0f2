"""Rights given and taken away: each is a line in the journal of the house, by whatever door, and
who leads all teams reads it on Vandaag.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from amhk.office import Office
from amhk.rules.privacy.secrecy import HAND, Reader
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.words import iso

KIND = "rechten"
_LATELY, _MOST = timedelta(days=14), 12


def tell(
    office: Office,
    connection: Connection,
    by: Reader | None,
    what: str,
    content: Mapping[str, object],
) -> None:
    """Write down that somebody was given a right or lost one (`by` None: on the command line)."""
    now = office.now(connection)
    house_journal.append(
        connection, now, by.id if by else None, kind=KIND, what=what, content=content
    )


def lately(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """Give what rights were given and taken in the last two weeks, the latest first, by whom."""
    found = house_journal.entries(connection, KIND, _MOST)
    return [
        {"instant": iso(e["instant"]), "what": e["what"], "by": e["worker"] or HAND}
        for e in found
        if e["instant"] > now - _LATELY
    ]
