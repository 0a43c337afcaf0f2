"""Calendar addresses: a secret, revocable address at which a calendar program finds somebody's
terms, or his team's.
"""

from hashlib import sha256
from typing import Any

from amhk.desk.casefile.term_rows import due_of
from amhk.errors import BadInput, NotAllowed, NotFound
from amhk.keys import hash_token, new_token
from amhk.letters.feed import Event, as_calendar
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS, Reader, keys
from amhk.store import writes
from amhk.store.staff import channels
from amhk.words import iso

MINE, TEAM = "persoonlijk", "team"


def make(office: Office, kind: str, who: Reader) -> str:
    """Give the secret of a new address (`persoonlijk` or `team`).

    Only its hash is kept, so it is shown once.
    """
    if who.role not in WORKS:
        raise NotAllowed("Een agenda is voor wie zaken behandelt.")
    if kind not in (MINE, TEAM) or (kind == TEAM and who.team is None):
        raise BadInput.of("onbekend", "Kies: persoonlijk of team.", "kind")
    secret = new_token()
    with office.store.write() as connection:
        row = {
            "hash": hash_token(secret),
            "worker_id": who.id,
            "team_id": who.team if kind == TEAM else None,
            "created": office.now(connection),
        }
        writes.add(connection, channels.FEED, row)
    return secret


def revoke(office: Office, key: int, who: Reader) -> None:
    """Let an address be void from now on."""
    with office.store.write() as connection:
        if not writes.revoke_feeds(connection, who.id, office.now(connection), key):
            raise NotFound("Dit adres bestaat niet (meer).")


def mine(office: Office, who: Reader) -> list[dict[str, object]]:
    """Give a worker's addresses that hold; the secrets themselves nobody knows."""
    with office.store.read() as connection:
        found = channels.feeds(connection, who.id)
    return [
        {
            "id": f["id"],
            "kind": f"team {f['team']}" if f["team"] else MINE,
            "created": iso(f["created"]),
        }
        for f in found
    ]


def read(office: Office, secret: str) -> bytes:
    """Give the calendar at an address.

    NotFound when it was never made, was revoked, or its worker left, changed role or team.
    """
    hash_ = hash_token(secret[:200])
    with office.store.read() as connection:
        feed = channels.feed(connection, hash_)
        if (
            feed is None
            or feed["role"] not in WORKS
            or feed["team_id"] not in (None, feed["present_team"])
        ):
            raise NotFound("Deze agenda bestaat niet (meer).")
        now = office.now(connection)
        who = Reader(
            id=feed["worker_id"],
            role=feed["role"],
            team=feed["present_team"],
            name=feed["name"],
            barred=keys(feed["barred"]),
        )
        found = channels.terms(connection, who, feed["team_id"])
    mark = "OEFENING " if office.training else ""
    events = [
        Event(
            key=_key(hash_, r["id"]),
            text=f"{mark}{r['number']} {_title(office, r)}",
            due=due_of(r),
            moved=r["round"],
        )
        for r in found
    ]
    return as_calendar(f"{mark}Termijnen {office.config.organisation}", events, now)


def _key(hash_: str, term: int) -> str:
    return f"{sha256(f'{hash_} {term}'.encode()).hexdigest()[:32]}@amhk"


def _title(office: Office, row: Any) -> str:
    return office.pack.workflows[row["workflow"], row["release"]].terms[row["name"]].title
