"""Who is at the door: a bearer token for programs, a cookie with a CSRF secret for browsers.

Both run on real time.
"""

from functools import cache
from hmac import compare_digest

from fastapi import Request, Response

from amhk.desk.house import calm
from amhk.desk.house.second_proof import ProveSecond, SetUpFirst
from amhk.desk.house.session import Seat, take_seat
from amhk.desk.house.sign_in import ChooseOwnPassword, begin, reader_of_token, worker_of
from amhk.errors import NotAllowed, NotSignedIn
from amhk.keys import device_mark, fits, hash_password
from amhk.office import Office
from amhk.rules.parse import fold, unfit
from amhk.rules.privacy.secrecy import Reader
from amhk.web.outside import has_prefix, path_of

_SESSION, _DEVICE = "amhk_session", "amhk_device"
_KEPT = 365 * 24 * 3600


@cache
def _nobody() -> str:
    """Give the hash that is compared when nobody has the name, so that both take as long."""
    return hash_password("nobody has this password")


class ConfirmFirst(NotAllowed):
    """Geef uw wachtwoord nog een keer: dit verlaat het meldpunt, of geeft iemand rechten."""


class StaleForm(NotAllowed):
    """Dit formulier is van een eerdere aanmelding. Verstuur het opnieuw."""


def by_token(request: Request) -> Reader:
    """Give who carries the bearer token of a request.

    NotSignedIn when it is missing, wrong or void, ChooseOwnPassword for who still has his first
    one.
    """
    who = reader_of_token(request.app.state.office, told_token(request))
    request.state.who = who
    return who


def told_token(request: Request) -> str:
    """Give the token a request carries, whoever's it is; NotSignedIn when it carries none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn(
            "Stuur een token mee: Authorization: Bearer ... (maak er een met: amhk worker token"
            " NAAM)."
        )
    return token.strip()


def is_secure(request: Request) -> bool:
    """Tell whether the browser reaches the house by https."""
    office: Office = request.app.state.office
    return office.config.secure_cookies or request.url.scheme == "https"


def named(request: Request, name: str) -> str:
    """Give the name of a cookie as this browser keeps it: behind https with a prefix by which no
    other host, and without one no other path, can have set it.
    """
    if not is_secure(request):
        return name
    return f"__{'Secure' if has_prefix(request) else 'Host'}-{name}"


def cookie_of(request: Request) -> str:
    """Give the cookie of the session of this browser; empty when it has none."""
    return request.cookies.get(named(request, _SESSION), "")


def device_of_cookie(request: Request) -> str:
    """Give the mark by which this browser is known; empty when it is not."""
    return request.cookies.get(named(request, _DEVICE), "")


def dismissed(request: Request, response: Response) -> None:
    """Take the cookie of its session from a browser."""
    name, secure = named(request, _SESSION), is_secure(request)
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")


def by_cookie(request: Request) -> Seat:
    """Give the seat of who is signed in with this browser, looked up once a request.

    NotSignedIn otherwise.
    """
    office: Office = request.app.state.office
    seat: Seat | None = getattr(request.state, "seat", None)
    if seat is None and (cookie := cookie_of(request)):
        seat = request.state.seat = take_seat(office, cookie)
        request.state.who = seat.who if seat else None
    if seat is None:
        raise NotSignedIn()
    _prove_inside(office, seat, path_of(request))
    return seat


def _prove_inside(office: Office, seat: Seat, path: str) -> None:
    """Refuse all but the one page that leads further to who is not inside yet."""
    if not seat.proved:
        if path not in ("/tweede-stap", "/logout"):
            raise ProveSecond()
    elif seat.must_change and not office.training:
        if path not in ("/wachtwoord", "/logout"):
            raise ChooseOwnPassword()
    elif not seat.set_up and path not in ("/tweede-stap/instellen", "/logout"):
        raise SetUpFirst()


def inside(office: Office, seat: Seat) -> bool:
    """Tell whether who sits here may see the frame of the house: name, reminders, alarms."""
    return seat.proved and seat.set_up and not (seat.must_change and not office.training)


def prove_own_form(request: Request, csrf: str, sent: str | None) -> None:
    """Refuse a form that did not come from our own page.

    Another site, or without the secret of this session.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("Dit formulier kwam van een andere site.")
    if not compare_digest(csrf.encode(), (sent or "").encode("utf-8", "replace")):
        raise StaleForm()


def sign_in(
    office: Office, name: str, password: str, address: str, device: str = "", on: str = ""
) -> tuple[str, str]:
    """Give the cookie of a new session and the mark of this browser.

    NotSignedIn when name and password do not belong together (the same words for both),
    TooManyTries when too much was tried.

    `on` says on what he signs in, in words. `device` is the mark an earlier sign-in gave this
    browser: with it a right password enters however many strangers guess at the name.
    """
    name = name if not unfit(name, 80) else ""
    worker = worker_of(office, name)
    mark = device.encode("utf-8", "replace")
    known = worker is not None and compare_digest(device_mark(worker["password"]).encode(), mark)
    tried = fold(name)
    calm.prove_calm(office, tried, address, known)
    hashed = worker["password"] if worker and len(worker["password"]) > 1 else _nobody()
    if not fits(password, hashed) or worker is None or hashed is _nobody():
        calm.wrong(office, tried, address, known, worker)
        raise NotSignedIn("Naam en wachtwoord horen niet bij elkaar.")
    return begin(office, worker, on), device_mark(worker["password"])


def admitted_without_password(request: Request, response: Response, cookie: str) -> None:
    """Give a browser the cookie of a session it came into by something else than a password."""
    _keep(request, response, _SESSION, cookie, None)


def _keep(request: Request, response: Response, plain: str, value: str, lasts: int | None) -> None:
    response.set_cookie(
        named(request, plain),
        value,
        max_age=lasts,
        httponly=True,
        samesite="strict",
        secure=is_secure(request),
        path="/",
    )


def admitted(request: Request, response: Response, cookie: str, device: str) -> None:
    """Give a browser the cookie of its session, and the mark by which it is known next time (a
    year).
    """
    for plain, value, lasts in ((_SESSION, cookie, None), (_DEVICE, device, _KEPT)):
        _keep(request, response, plain, value, lasts)
