"""Signing in: whose password and token hold, and the sessions of browsers. All on real time."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from secrets import token_urlsafe

from amhk.desk.casefile.access_log import look_line
from amhk.errors import NotAllowed, NotSignedIn
from amhk.keys import hash_token
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads, writes
from amhk.store.database.engine import StoreFailed
from amhk.store.rows import Row
from amhk.store.staff import looks

_LASTS = timedelta(hours=10)


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


def begin(office: Office, worker: Row) -> str:
    """Begin a session of ten hours for a worker; gives its cookie."""
    cookie, until = token_urlsafe(32), datetime.now(UTC) + _LASTS
    row = {
        "hash": hash_token(cookie),
        "worker_id": worker["id"],
        "csrf": token_urlsafe(32),
        "until": until,
    }
    with office.store.write() as connection:
        writes.add_many(connection, reads.SESSION, [row])
        looks.write(connection, [look_line(Reader.of(worker, "scherm"), None, "aangemeld")])
    return cookie


def end(office: Office, cookie: str) -> None:
    """End a session."""
    with office.store.write() as connection:
        writes.end_session(connection, hash_token(cookie))
