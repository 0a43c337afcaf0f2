"""Who is at the door: a bearer token for programs, a cookie with a CSRF secret for browsers; both run on real time."""

from datetime import UTC, datetime, timedelta
from functools import cache
from hmac import compare_digest
from secrets import token_urlsafe

from fastapi import Request

from amhk.desk.seat import Seat, take_seat
from amhk.errors import NotAllowed, NotSignedIn, Refusal
from amhk.keys import fits, hash_password, hash_token
from amhk.office import Office
from amhk.rules.parse import unfit
from amhk.rules.secrecy import Reader
from amhk.store import reads, writes

COOKIE = "amhk_session"
_LASTS = timedelta(hours=10)


@cache
def _nobody() -> str:
    """Give the hash that is compared when nobody has the name, so that both take as long."""
    return hash_password("nobody has this password")


class ChooseOwnPassword(NotAllowed):
    """Kies eerst een eigen wachtwoord."""


class StaleForm(NotAllowed):
    """Dit formulier is van een eerdere aanmelding. Verstuur het opnieuw."""


class TooManyTries(Refusal):
    """Te vaak een verkeerd wachtwoord. Wacht een minuut en probeer het opnieuw."""


def by_token(request: Request) -> Reader:
    """Give who carries the bearer token of a request; NotSignedIn when it is missing, wrong or void, ChooseOwnPassword for who still has his first one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("Stuur een token mee: Authorization: Bearer ... (maak er een met: amhk worker token NAAM).")
    office: Office = request.app.state.office
    with office.store.read() as connection:
        worker = reads.worker_by(connection, token=hash_token(token.strip()), active=True)
    if worker is None:
        raise NotSignedIn("Dit token is niet (meer) geldig.")
    if worker["must_change"] and not office.training:
        raise ChooseOwnPassword("Kies eerst een eigen wachtwoord; dan werkt dit token.")
    return Reader.of(worker)


def by_cookie(request: Request) -> Seat:
    """Give the seat of who is signed in with this browser, looked up once a request; NotSignedIn otherwise."""
    office: Office = request.app.state.office
    seat: Seat | None = getattr(request.state, "seat", None)
    if seat is None and (cookie := request.cookies.get(COOKIE)):
        seat = request.state.seat = take_seat(office, cookie)
    if seat is None:
        raise NotSignedIn()
    if seat.must_change and not office.training and request.url.path not in ("/wachtwoord", "/logout"):
        raise ChooseOwnPassword()
    return seat


def prove_own_form(request: Request, csrf: str, sent: str | None) -> None:
    """Refuse a form that did not come from our own page: another site, or without the secret of this session."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("Dit formulier kwam van een andere site.")
    if not compare_digest(csrf.encode(), (sent or "").encode("utf-8", "replace")):
        raise StaleForm()


class Doorman:
    """Counts wrong passwords per name and address, so that guessing takes too long."""

    def __init__(self, most: int = 10, within: timedelta = timedelta(minutes=1)) -> None:
        self.most, self.within = most, within
        self._wrong: dict[str, list[datetime]] = {}

    def prove_calm(self, key: str) -> None:
        """Raise TooManyTries when this key was wrong too often."""
        now = datetime.now(UTC)
        recent = [t for t in self._wrong.get(key, []) if now - t < self.within]
        self._wrong[key] = recent
        if len(recent) >= (self.most if "|" in key else 3 * self.most):
            raise TooManyTries()

    def wrong(self, key: str) -> None:
        """Remember a wrong password."""
        self._wrong.setdefault(key, []).append(datetime.now(UTC))


def sign_in(office: Office, doorman: Doorman, name: str, password: str, address: str) -> str:
    """Give the cookie of a new session; NotSignedIn when name and password do not belong together (the same words for both)."""
    both = f"{name}|{address}"  # by name and address together, so that nobody can lock out a colleague from elsewhere
    doorman.prove_calm(both)
    doorman.prove_calm(address)
    if unfit(name, 80):
        raise NotSignedIn("Naam en wachtwoord horen niet bij elkaar.")
    with office.store.read() as connection:
        worker = reads.worker_by(connection, name=name, active=True)
    if not fits(password, worker["password"] if worker else _nobody()) or worker is None:
        doorman.wrong(both)
        doorman.wrong(address)
        raise NotSignedIn("Naam en wachtwoord horen niet bij elkaar.")
    cookie, until = token_urlsafe(32), datetime.now(UTC) + _LASTS
    with office.store.write() as connection:
        row = {"hash": hash_token(cookie), "worker_id": worker["id"], "csrf": token_urlsafe(32), "until": until}
        writes.add_many(connection, reads.SESSION, [row])
    return cookie


def sign_out(office: Office, cookie: str) -> None:
    """End a session."""
    with office.store.write() as connection:
        writes.end_session(connection, hash_token(cookie))
