"""Who sits at the desk: the worker of a signed-in browser, with what every page says of him and of
the house.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from amhk.desk.house.health import alarms_of
from amhk.desk.house.second_proof import asked_of
from amhk.desk.terms.sweep import PROOF
from amhk.keys import hash_token
from amhk.office import Office
from amhk.rules.people.searching import RELEASE
from amhk.rules.privacy.secrecy import Reader
from amhk.store.database.engine import StoreFailed
from amhk.store.house import page_facts
from amhk.store.staff import sessions

MANY = page_facts.MOST  # reminders: no more are counted
CONFIRMED = timedelta(minutes=10)  # so long a password that was given counts for what leaves
_NOTED = timedelta(minutes=1)  # how exactly it is known when a session was last used


@dataclass(frozen=True)
class Seat:
    """A worker at a screen: who, the secret of his forms, the present instant (UTC), how many
    reminders stand before him (100 is that or more), why the screen is red, the last proof of the
    night, and whether search finds all (not while the words are worked out anew), whether the
    session is `proved` a second time, whether what is asked for that is `set_up`, whether the
    password was given a `fresh` moment ago, whether some `leave` waits to be judged, whether some
    request of a betrokkene or a destruction is `asked` for, whether a dossier that `arrived` waits,
    whether `matters` run, and whether some `texts` wait to be approved.
    """

    who: Reader
    csrf: str
    must_change: bool
    now: datetime
    reminders: int
    alarms: tuple[str, ...]
    proof: Mapping[str, object] | None
    finds: bool
    proved: bool = True
    set_up: bool = True
    fresh: bool = True
    leave: bool = False
    asked: bool = False
    arrived: bool = False
    matters: bool = False
    texts: bool = False


def take_seat(office: Office, cookie: str) -> Seat | None:
    """Give the seat of a browser by its cookie.

    None when the session is over or was not used for too long (real time), or the worker left.
    """
    session, real = hash_token(cookie), datetime.now(UTC)
    idle = real - timedelta(minutes=office.config.idle_minutes)
    with office.store.read() as connection:
        found = page_facts.frame_of(connection, session, real, idle, PROOF)
        if found is None:
            return None
        now = office.moment(connection, found["clock"], found["present_calendar"])
        red = tuple(alarms_of(office, connection, found, now))
        unready = json.loads(found["unready"] or "[]") if found["role"] == "beheerder" else []
    if real - found["used"] > _NOTED:
        with suppress(StoreFailed), office.store.aside.write() as connection:
            sessions.use(connection, session, real)
    return Seat(
        who=Reader.of(found, "scherm"),
        csrf=str(found["csrf"]),
        must_change=bool(found["must_change"]),
        now=now,
        reminders=found["reminders"],
        alarms=(*red, *(f"Nog niet klaar voor echte gegevens. {text}" for text in unready)),
        proof=json.loads(found["proof"]) if found["proof"] else None,
        finds=found["search_release"] == RELEASE,
        proved=bool(found["proved"]),
        fresh=office.training or real - found["confirmed"] < CONFIRMED,
        leave=found["leave_due"] is not None,
        asked=found["request_due"] is not None or bool(found["proposals"]),
        arrived=found["arrived_due"] is not None,
        matters=found["matter_due"] is not None,
        texts=found["text_waits"] is not None,
        set_up=bool(found["second"] or found["vouched"]) or not asked_of(office, found["role"]),
    )
