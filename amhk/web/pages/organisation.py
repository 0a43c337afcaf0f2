"""Signing in by way of the organisation: going there, and coming back."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from amhk.desk.house import organisation
from amhk.errors import HouseClosed, NotSignedIn
from amhk.web.auth import admitted_without_password, is_secure, named
from amhk.web.outside import address_of
from amhk.web.pages.page import bare_page
from amhk.web.pages.sign_in import device_of, on_this_site
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)
_COOKIE, _LASTS = "amhk_organisatie", 600  # seconds that somebody may be at the organisation
_BACK = "/login/organisatie/terug"


def _back(request: Request) -> str:
    return f"{address_of(request.app.state.office, request)}{_BACK}"


def _refused(request: Request, wrong: NotSignedIn | HouseClosed, naar: str = "/") -> Response:
    errors = [{"text": wrong.text, "field": "organisatie"}]
    status = 503 if isinstance(wrong, HouseClosed) else 401
    return bare_page(request, "login.html", status, naar=naar, name="", errors=errors)


@router.get("/login/organisatie")
def leave(request: Request, naar: str = "/", opnieuw: bool = False) -> Response:
    """Send a browser to its organisation; `opnieuw`: to sign in anew there."""
    try:
        there, one = organisation.leave(request.app.state.office, _back(request), opnieuw)
    except (HouseClosed, NotSignedIn) as wrong:
        return _refused(request, wrong, naar)
    answer = RedirectResponse(there, 303)
    answer.set_cookie(
        named(request, _COOKIE),
        organisation.sealed(request.app.state.office, one, on_this_site(naar)),
        max_age=_LASTS,
        httponly=True,
        samesite="lax",  # the organisation sends it back from a page of its own
        secure=is_secure(request),
    )
    return answer


@router.get(_BACK)
def come_back(request: Request) -> Response:
    """Let in who comes back from his organisation in the browser that left for it."""
    name = named(request, _COOKIE)
    told, on = dict(request.query_params), device_of(request.headers.get("user-agent", ""))
    try:
        office = request.app.state.office
        one, naar = organisation.unsealed(office, request.cookies.get(name, ""))
        cookie = organisation.come_back(office, one, told, _back(request), on)
    except (NotSignedIn, HouseClosed) as wrong:
        answer = _refused(request, wrong)
    else:
        # a page of our own leads on: a browser sent here by another site shows no cookie yet
        answer = bare_page(request, "verder.html", naar=naar)
        admitted_without_password(request, answer, cookie)
    answer.delete_cookie(name, secure=is_secure(request), httponly=True, samesite="lax")
    return answer
