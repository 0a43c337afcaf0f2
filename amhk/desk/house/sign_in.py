"""Signing in: whose password and token hold, and the sessions of browsers. All on real time."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from amhk.desk.casefile.access_log import look_line
from amhk.desk.house import calm
from amhk.errors import BadInput, NotAllowed, NotSignedIn
from amhk.keys import fits, hash_token
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads, writes
from amhk.store.database.engine import StoreFailed
from amhk.store.rows import Row
from amhk.store.staff import looks, second_proofs
from amhk.store.staff import sessions as store
from amhk.words import iso

_MARK = 16  # signs of the hash of a session that name it to its owner


class ChooseOwnPassword(NotAllowed):
    """Kies eerst een eigen wachtwoord."""


def reader_of_token(office: Office, token: str) -> Reader:
    """Give whose token this is.

    NotSignedIn when it is wrong or void, ChooseOwnPassword for who still has his first password.
    """
    with office.store.read() as connection:
        worker = reads.worker_by(connection, token=hash_token(token), active=True)
    if worker is None:
        raise NotSignedIn("Dit token is niet (meer) geldig.")
    now = datetime.now(UTC)
    if worker["token_until"] is None or worker["token_until"] <= now:
        raise NotSignedIn("Dit token is verlopen. Maak een nieuw: amhk worker token NAAM.")
    if worker["must_change"] and not office.training:
        raise ChooseOwnPassword("Kies eerst een eigen wachtwoord; dan werkt dit token.")
    if worker["token_used"] != now.date():
        _used(office, worker["id"], now.date())
    return Reader.of(worker, "api")


def _used(office: Office, worker: int, day: date) -> None:
    """Write down on which day (UTC) a token was last used, once a day.

    A store that cannot write keeps nobody from reading.
    """
    with suppress(StoreFailed), office.store.aside.write() as connection:
        writes.change(connection, reads.WORKER, [worker], {"token_used": day})


def worker_of(office: Office, name: str) -> Row | None:
    """Give who has this name and works here, with the hash of his password; None when nobody."""
    with office.store.read() as connection:
        return reads.worker_by(connection, name=name, active=True)


def begin(
    office: Office,
    worker: Mapping[str, Any],
    device: str = "",
    vouched: bool | None = None,
    confirmed: datetime | None = None,
    by: str = "",
) -> str:
    """Begin a session for a worker on a device, of `server.session_hours`; gives its cookie.

    `vouched`: he came in `by` something else than a password, and whether that was a second proof
    too; `confirmed` when he last proved himself (now, when that is not said).
    """
    cookie, now = token_urlsafe(32), datetime.now(UTC)
    row = {
        "hash": hash_token(cookie),
        "worker_id": worker["id"],
        "csrf": token_urlsafe(32),
        "begun": now,
        "used": now,
        "confirmed": confirmed or now,
        "vouched": bool(vouched),
        "until": now + timedelta(hours=office.config.session_hours),
        "device": device,
    }
    with office.store.write() as connection:
        store.forget(connection, now, _idle(office, now))
        proof = second_proofs.of(connection, worker["id"])
        row["proved"] = bool(vouched or office.training or not (proof and proof["since"]))
        done = "aangemeld" if row["proved"] else "wachtwoord goed"
        done = f"aangemeld ({by})" if by else done
        writes.add_many(connection, reads.SESSION, [row])
        looks.write(connection, [look_line(Reader.of(worker, "scherm"), None, done)])
    return cookie


def confirm(office: Office, who: Reader, cookie: str, password: str) -> None:
    """Let a session know that its worker gave his password again.

    BadInput when it is wrong, TooManyTries after ten wrong ones in a minute.
    """
    tried = f"bevestigen {who.id}"
    calm.prove_calm(office, tried, "", True)
    worker = worker_of(office, who.name)
    if worker is None or not fits(password, worker["password"]):
        calm.wrong(office, tried, "", True, worker)
        raise BadInput.of("wachtwoord", "Dit wachtwoord klopt niet.", "password")
    with office.store.write() as connection:
        store.confirm(connection, hash_token(cookie), datetime.now(UTC))


def end(office: Office, cookie: str) -> None:
    """End a session."""
    with office.store.write() as connection:
        writes.end_session(connection, hash_token(cookie))


def _idle(office: Office, now: datetime) -> datetime:
    return now - timedelta(minutes=office.config.idle_minutes)


def sessions(office: Office, who: Reader, cookie: str) -> list[dict[str, object]]:
    """Give where a worker is signed in, the browser used last first; `here` is the one of this
    cookie, `mark` what another is ended by.
    """
    now, mine = datetime.now(UTC), hash_token(cookie)
    with office.store.read() as connection:
        found = store.of_worker(connection, who.id, now, _idle(office, now))
    return [
        {
            "mark": one["hash"][:_MARK],
            "here": one["hash"] == mine,
            "device": one["device"] or "onbekend",
            "begun": iso(one["begun"]),
            "used": iso(one["used"]),
        }
        for one in found
    ]


def end_one(office: Office, who: Reader, mark: str) -> bool:
    """End one of a worker's own sessions by its mark; tells whether there was one."""
    if len(mark) != _MARK:
        return False
    with office.store.write() as connection:
        return bool(store.end(connection, who.id, mark))


def end_others(office: Office, who: Reader, cookie: str) -> int:
    """End all sessions of a worker but the one of this cookie; gives how many."""
    with office.store.write() as connection:
        return store.end_others(connection, who.id, hash_token(cookie))
