"""Where somebody is signed in: his browsers, and ending one of them."""

from fastapi import APIRouter, Response

from amhk.desk.house import sign_in
from amhk.errors import NotFound, Refusal
from amhk.web.auth import cookie_of
from amhk.web.pages.page import Form, Here, errors_of, go, page
from amhk.web.pages.sign_in import on_this_site
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


@router.get("/aanmeldingen")
def sessions_page(here: Here) -> Response:
    """Where one is signed in."""
    mine = sign_in.sessions(here.office, here.who, cookie_of(here.request))
    return page(here, "aanmeldingen.html", sessions=mine, hours=here.office.config.session_hours)


@router.get("/bevestigen")
def confirm_page(here: Here, naar: str = "") -> Response:
    """Ask for the password once more."""
    return page(here, "bevestigen.html", naar=naar, done=False)


@router.post("/bevestigen")
def confirm(here: Here, form: Form) -> Response:
    """Take the password once more; only a path on this site is gone on to."""
    naar = str(form.get("naar", ""))
    cookie = cookie_of(here.request)
    try:
        sign_in.confirm(here.office, here.who, cookie, str(form.get("password", "")))
    except Refusal as wrong:
        status, errors = 422 if wrong.faults else 429, errors_of(wrong, "password")
        return page(here, "bevestigen.html", status, naar=naar, done=False, errors=errors)
    if naar and on_this_site(naar) == naar:
        return go(naar)
    return page(here, "bevestigen.html", naar="", done=True)


@router.post("/aanmeldingen/{mark}/stop")
def end_session(here: Here, form: Form, mark: str) -> Response:
    """End one of one's own sessions, or (`andere`) all but this one."""
    cookie = cookie_of(here.request)
    if mark == "andere":
        count = sign_in.end_others(here.office, here.who, cookie)
        return go("/aanmeldingen", f"{count} andere afgemeld.")
    if not sign_in.end_one(here.office, here.who, mark):
        raise NotFound("Deze aanmelding is er niet (meer).")
    return go("/aanmeldingen", "Afgemeld.")
