"""Rights given and taken away: each is a line in the journal of the house, by whatever door, and
who leads all teams reads it on Vandaag.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from amhk.office import Office
from amhk.rules.privacy.secrecy import HAND, Reader
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.people import grants
from amhk.store.rows import Row, WorkerRow
from amhk.store.staff import passkeys
from amhk.store.staff.held import HELD, staff_hash
from amhk.words import ROLES, iso

KIND = "rechten"
_LATELY, _MOST = timedelta(days=14), 1000


def tell(
    office: Office,
    connection: Connection,
    by: Reader | None,
    what: str,
    content: Mapping[str, object],
    through: str = "",
) -> None:
    """Write down that somebody was given a right or lost one (`by` None: on the command line, or
    `through` what else gave it).
    """
    now = office.now(connection)
    content = {**content, HELD: staff_hash(connection)}
    content |= {"through": through} if through else {}
    house_journal.append(
        connection, now, by.id if by else None, kind=KIND, what=what, content=content
    )


_SAID = {"registration": "registratie", "email": "adres voor de dagelijkse mail"}


def tell_moved(
    office: Office,
    connection: Connection,
    by: Reader | None,
    worker: Mapping[str, Any],
    told: Mapping[str, object],
) -> None:
    """Write down which registration or address a worker has now, where it became another."""
    for column, said in _SAID.items():
        if column in told and (told[column] or None) != (worker[column] or None):
            what = f"Medewerker {worker['name']}: {said} is nu {told[column] or 'leeg'}."
            tell(office, connection, by, what, {"name": worker["name"]})


def show_out(office: Office, connection: Connection, worker: Row, by: Reader | None) -> None:
    """Let a worker in no more: his sessions, his token and his calendar addresses end."""
    writes.change(connection, reads.WORKER, [worker["id"]], {"active": False, "token": None})
    writes.end_sessions(connection, worker["id"])
    grants.end_all(connection, worker["id"], datetime.now(UTC))
    writes.revoke_feeds(connection, worker["id"], office.now(connection))
    what = f"Medewerker {worker['name']} werkt hier niet meer en kan niet meer inloggen."
    tell(office, connection, by, what, {"name": worker["name"]})


def shut_out(office: Office, connection: Connection, worker: WorkerRow) -> None:
    """Let a worker in by no door any more, though he works here: his sessions, token, calendar
    addresses and passkeys end.
    """
    writes.change(connection, reads.WORKER, [worker["id"]], {"token": None})
    writes.end_sessions(connection, worker["id"])
    writes.revoke_feeds(connection, worker["id"], office.now(connection))
    passkeys.drop(connection, worker["id"])


def let_in_again(
    office: Office,
    connection: Connection,
    worker: Mapping[str, Any],
    by: Reader | None,
    through: str = "",
) -> None:
    """Let a worker who left in again, with what he could do before."""
    writes.change(connection, reads.WORKER, [worker["id"]], {"active": True})
    role = ROLES[worker["role"]].lower()
    what = f"Medewerker {worker['name']} ({role}) werkt hier weer en kan weer inloggen."
    tell(office, connection, by, what, {"name": worker["name"]}, through)


def lately(connection: Connection, now: datetime, who: Reader) -> list[dict[str, Any]]:
    """Give all rights given and taken in the last two weeks, the latest first, each by whom; not
    that somebody said that this reader may not know a case.
    """
    found = house_journal.entries(connection, KIND, _MOST)
    return [
        {
            "instant": iso(e["instant"]),
            "what": e["what"],
            "by": e["worker"] or _told(e).get("through") or HAND,
        }
        for e in found
        if e["instant"] > now - _LATELY and _told(e).get("about") != who.id
    ]


def _told(entry: Row) -> dict[str, Any]:
    return dict(json.loads(entry["content"] or "{}"))
