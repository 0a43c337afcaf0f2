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
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.staff import looks, passkeys, sessions
from amhk.store.staff import second_proofs as store

_CODES, _LONGEST = 8, 60


class ProveSecond(NotSignedIn):
    """Geef de code van uw telefoon."""


class SetUpFirst(NotAllowed):
    """Stel eerst de tweede stap van het aanmelden in."""


def asked_of(office: Office, role: str) -> bool:
    """Tell whether a role signs in with a second proof."""
    return not office.training and role in office.config.second_proof


def set_up(office: Office, who: Reader, cookie: str, again: bool = False) -> str | None:
    """Give the address a phone reads the secret from; None when a second proof works already.

    A new one each time, but for a form that comes `again` in the same session: nobody else has seen
    the one that is to count. NotFound in a training meldpunt, where passwords are shared.
    """
    if office.training:
        raise NotFound("In een oefenomgeving vraagt niemand een tweede stap.")
    mine, secret = hash_token(cookie), new_secret()
    with office.store.write() as connection:
        present = store.of(connection, who.id)
        if present and present["since"]:
            return None
        if again and present and present["session"] == mine:
            secret = present["secret"]
        store.begin(connection, who.id, secret, mine)
    return phone_address(secret, who.name, office.config.organisation[:_LONGEST])


def confirm(office: Office, who: Reader, cookie: str, code: str) -> list[str]:
    """Let the second proof count from now on, proven by a first code; gives the codes to put away,
    shown once. All other sessions of the worker end. BadInput when the code is wrong.
    """
    now, mine = datetime.now(UTC), hash_token(cookie)
    with office.store.write() as connection:
        present = store.of(connection, who.id)
        if present is None or present["since"] or present["session"] != mine:
            raise NotFound("Er wordt hier niets ingesteld; open de bladzijde opnieuw.")
        if (step := step_of(present["secret"], _plain(code), now, 0)) is None:
            raise BadInput.of("code", _WRONG, "code")
        codes = [one_time_password() for _ in range(_CODES)]
        store.works(connection, who.id, now, step, [hash_token(c) for c in codes])
        sessions.end_others(connection, who.id, mine)
        what = f"{who.name} stelde de tweede stap van het aanmelden in."
        house_journal.append(connection, now, who.id, kind="beheer", what=what, content={})
        return codes


_WRONG = "Deze code klopt niet. Kijk of de klok van uw telefoon goed staat, en neem de volgende."


def prove(office: Office, who: Reader, cookie: str, code: str) -> None:
    """Let a session be proven by a code of the phone, each good once, or by one that was put away.

    BadInput when it is wrong, TooManyTries after ten wrong ones in a minute; a code that was put
    away is not held up by those.
    """
    with office.store.write() as connection:
        held = _holds(connection, who, cookie, _plain(code))
        if not held:
            tried = calm.count_code(connection, who)
            looks.write(connection, [look_line(who, None, "aanmelden mislukt (tweede stap)")])
            if tried == calm.CODES:
                what = f"Bij {who.name} werd {tried} keer in een minuut een verkeerde code gegeven;"
                rights.tell(office, connection, None, f"{what} iemand kent het wachtwoord.", {})
    if not held:
        raise BadInput.of("code", _WRONG, "code")


def _holds(connection: Connection, who: Reader, cookie: str, code: str) -> bool:
    """Tell whether a code holds, and let the session be proven by it.

    The row of the worker is held, so that codes of one worker are tried one after the other.
    """
    now = datetime.now(UTC)
    present = store.of(connection, who.id)
    if present is None or not present["since"]:
        return False
    if (mark := hash_token(code)) in present["codes"]:
        store.keep_codes(connection, who.id, [c for c in present["codes"] if c != mark])
    else:
        calm.prove_calm_of_codes(connection, who)
        if (step := step_of(present["secret"], code, now, present["step"])) is None:
            return False
        store.used(connection, who.id, step)
    store.prove(connection, hash_token(cookie))
    looks.write(connection, [look_line(who, None, "aangemeld")])
    return True


def _plain(code: str) -> str:
    return "".join(code[:_LONGEST].split()).lower()


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
        if not (store.drop(connection, key) + passkeys.drop(connection, key)):
            raise NotFound(f"{name} heeft geen tweede stap ingesteld.")
        writes.end_sessions(connection, key)
        what = f"Van medewerker {name} zijn de tweede stap van het aanmelden en passkeys gewist."
        rights.tell(office, connection, by, what, {"name": name})
