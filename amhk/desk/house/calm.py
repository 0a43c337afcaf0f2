"""Who tries too often waits a minute: wrong passwords are counted by name and by address.

They are counted in the database, so that the processes of one house count together and a restart
forgets nothing. Real time.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from amhk.desk.casefile.access_log import look_line
from amhk.errors import TooOften
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store import writes
from amhk.store.database.engine import Connection
from amhk.store.rows import Row
from amhk.store.staff import attempts, looks

_NOBODY = Reader(0, "", None, via="scherm")
_MINUTE = timedelta(minutes=1)
_NAME, _ADDRESS, _DEVICE = 10, 30, 10  # wrong passwords a minute
CODES = 10  # wrong codes of a phone a minute


class TooManyTries(TooOften):
    """Te vaak een verkeerd wachtwoord. Wacht een minuut en probeer het opnieuw."""


def prove_calm(office: Office, name: str, address: str, known: bool) -> None:
    """Raise TooManyTries when this name was tried too often, or from this address.

    Who comes with the mark of a sign-in that held (`known`) is counted apart, so that no stranger
    locks him out.
    """
    most = _keys(name, address, known)
    with office.store.read() as connection:
        tried = attempts.counts(connection, most, datetime.now(UTC) - _MINUTE)
    if any(tried.get(key, 0) >= number for key, number in most.items()):
        raise TooManyTries()


def wrong(office: Office, name: str, address: str, known: bool, worker: Row | None = None) -> None:
    """Remember a wrong password, for a minute; that it was tried stays, with the worker whose name
    it was.
    """
    now = datetime.now(UTC)
    rows = [{"key": key, "instant": now} for key in _keys(name, address, known)]
    with office.store.write() as connection:
        attempts.forget(connection, now - _MINUTE)
        writes.add_many(connection, attempts.ATTEMPT, rows)
        who = Reader.of(worker, "scherm") if worker else _NOBODY
        looks.write(connection, [look_line(who, None, "aanmelden mislukt")])


def prove_calm_of_codes(connection: Connection, who: Reader) -> None:
    """Raise TooManyTries when too many wrong codes of a worker were given, in a transaction that
    holds his row: codes are tried one after the other.
    """
    key = _hashed("code", str(who.id))
    since = datetime.now(UTC) - _MINUTE
    if attempts.counts(connection, [key], since).get(key, 0) >= CODES:
        raise TooManyTries()


def count_code(connection: Connection, who: Reader) -> int:
    """Remember a wrong code, in such a transaction; gives how many there were in a minute."""
    key, now = _hashed("code", str(who.id)), datetime.now(UTC)
    writes.add(connection, attempts.ATTEMPT, {"key": key, "instant": now})
    return attempts.counts(connection, [key], now - _MINUTE)[key]


def forget_old(office: Office) -> None:
    """Forget what was tried more than a minute ago (a round of the watch)."""
    before = datetime.now(UTC) - _MINUTE
    with office.store.read() as connection:
        if not attempts.any_before(connection, before):
            return
    with office.store.write() as connection:
        attempts.forget(connection, before)


def _keys(name: str, address: str, known: bool) -> dict[str, int]:
    """Give under which keys a try counts, each with how many are let pass."""
    if known:
        return {_hashed("known", name, address): _DEVICE}
    return {_hashed("name", name): _NAME, _hashed("address", address): _ADDRESS}


def _hashed(*parts: str) -> str:
    """What was typed as a name may have been a password; it is not kept."""
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
