"""The second proof at sign-in: a code of one's phone (RFC 6238), or one that was put away.

Asked of the roles in `server.second_proof`, of nobody in a training meldpunt. Real time.
"""

from datetime import UTC, datetime

from amhk.desk.casefile.access import must_run
from amhk.desk.casefile.access_log import look_line
from amhk.desk.house import calm
from amhk.desk.staff import rights
from amhk.errors import BadInput, NotAllowed, NotFound, NotSignedIn
from amhk.keys import hash_token, new_secret, one_time_password, phone_address, step_of
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads, writes
from amhk.store.staff import looks
from amhk.store.staff import second_proofs as store

_CODES = 8


class ProveSecond(NotSignedIn):
    """Geef de code van uw telefoon."""


class SetUpFirst(NotAllowed):
    """Stel eerst de tweede stap van het aanmelden in."""


def asked_of(office: Office, role: str) -> bool:
    """Tell whether a role signs in with a second proof."""
    return not office.training and role in office.config.second_proof


def set_up(office: Office, who: Reader) -> str | None:
    """Give the address a phone reads the secret from, a new one each time; None when a second proof
    works already.
    """
    with office.store.write() as connection:
        present = store.of(connection, who.id)
        if present and present["since"]:
            return None
        secret = present["secret"] if present else new_secret()
        if not present:
            store.begin(connection, who.id, secret)
    return phone_address(secret, who.name, office.config.organisation)


def confirm(office: Office, who: Reader, code: str) -> list[str]:
    """Let the second proof count from now on, proven by a first code; gives the codes to put away,
    shown once. BadInput when the code is wrong.
    """
    calm.prove_calm(office, _tried(who), "", True)
    now = datetime.now(UTC)
    with office.store.write() as connection:
        present = store.of(connection, who.id)
        if present is None or present["since"]:
            raise NotFound("Er wordt hier niets ingesteld.")
        if (step := step_of(present["secret"], code, now, 0)) is not None:
            codes = [one_time_password() for _ in range(_CODES)]
            store.works(connection, who.id, now, step, [hash_token(c) for c in codes])
            what = f"Medewerker {who.name} stelde de tweede stap van het aanmelden in."
            rights.tell(office, connection, who, what, {"name": who.name})
            return codes
    calm.wrong(office, _tried(who), "", True)
    raise BadInput.of("code", _WRONG, "code")


_WRONG = "Deze code klopt niet. Kijk of de klok van uw telefoon goed staat, en neem de volgende."


def prove(office: Office, who: Reader, cookie: str, code: str) -> None:
    """Let a session be proven by a code of the phone, each good once, or by one that was put away.

    BadInput when it is wrong, TooManyTries after ten wrong ones in a minute.
    """
    calm.prove_calm(office, _tried(who), "", True)
    if not _holds(office, who, cookie, "".join(code.split()).lower()):
        calm.wrong(office, _tried(who), "", True)
        raise BadInput.of("code", _WRONG, "code")


def _holds(office: Office, who: Reader, cookie: str, code: str) -> bool:
    now = datetime.now(UTC)
    with office.store.write() as connection:
        present = store.of(connection, who.id)
        if present is None or not present["since"]:
            return False
        if (step := step_of(present["secret"], code, now, present["step"])) is not None:
            store.used(connection, who.id, step)
        elif (mark := hash_token(code)) in present["codes"]:
            store.keep_codes(connection, who.id, [c for c in present["codes"] if c != mark])
        else:
            return False
        store.prove(connection, hash_token(cookie))
        looks.write(connection, [look_line(who, None, "aangemeld")])
    return True


def _tried(who: Reader) -> str:
    return f"tweede stap {who.id}"


def take_away(office: Office, key: int, who: Reader) -> None:
    """Take the second proof of a worker away, who lost his phone.

    He is signed out everywhere, and sets up another when he signs in again.
    """
    must_run(who)
    with office.store.read() as connection:
        worker = reads.worker_by(connection, id=key)
    if worker is None or key == who.id:
        raise NotFound("Dit doet een andere beheerder, of deze medewerker bestaat niet.")
    _taken(office, worker["id"], worker["name"], who)


def take_away_by_hand(office: Office, name: str) -> None:
    """The same on the command line; NotFound when nobody has this name."""
    with office.store.read() as connection:
        worker = reads.worker_by(connection, name=name)
    if worker is None:
        raise NotFound(f"Er werkt niemand die '{name}' heet.")
    _taken(office, worker["id"], worker["name"], None)


def _taken(office: Office, key: int, name: str, by: Reader | None) -> None:
    with office.store.write() as connection:
        if not store.drop(connection, key):
            raise NotFound(f"{name} heeft geen tweede stap ingesteld.")
        writes.end_sessions(connection, key)
        what = f"Van medewerker {name} is de tweede stap van het aanmelden gewist."
        rights.tell(office, connection, by, what, {"name": name})
