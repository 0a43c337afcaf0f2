"""The entrance: signing in and out, a new password, the training clock."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from amhk.desk.house import calm, rounds
from amhk.desk.house.calm import TooManyTries
from amhk.desk.house.sign_in import end
from amhk.desk.staff import workers
from amhk.errors import NotSignedIn, Refusal
from amhk.web.auth import (
    admitted,
    cookie_of,
    device_of_cookie,
    dismissed,
    prove_own_form,
    sign_in,
)
from amhk.web.pages.page import Form, Here, bare_page, errors_of, form_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)
_PATH = re.compile(r"/(?!/)[^\x00-\x1f\x7f\\]{0,500}")
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """Give in words on what somebody signs in, as his browser tells it: `Firefox op Windows`."""
    browser = next((said for mark, said in _BROWSERS if mark in agent), "een browser")
    system = next((said for mark, said in _SYSTEMS if mark in agent), "")
    return f"{browser} op {system}" if system else browser[:1].upper() + browser[1:]


def on_this_site(naar: str) -> str:
    """Give where somebody wanted to go, when that is a path of this site; else its first page.

    A browser leaves control characters out of an address and reads a backslash as a slash.
    """
    return naar if _PATH.fullmatch(naar) else "/"


@router.get("/login")
def login_page(request: Request, naar: str = "/") -> Response:
    """The sign-in page."""
    return bare_page(request, "login.html", naar=naar, name="")


@router.post("/login")
def login(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
    """Sign in; only a path on this site is gone back to."""
    name, password, naar = (str(form.get(k, "")) for k in ("name", "password", "naar"))
    office = request.app.state.office
    prove_own_form(request, "", "")
    address = request.client.host if request.client else ""
    try:
        cookie, device = sign_in(
            office,
            name.strip(),
            password=password,
            address=address,
            device=device_of_cookie(request),
            on=device_of(request.headers.get("user-agent", "")),
        )
    except (NotSignedIn, TooManyTries) as wrong:
        status = 429 if isinstance(wrong, TooManyTries) else 401
        return bare_page(
            request,
            "login.html",
            status,
            naar=naar,
            name=name,
            errors=[{"text": wrong.text, "field": "name"}],
        )
    response = go(on_this_site(naar))
    admitted(request, response, cookie, device)
    return response


@router.post("/logout")
def logout(request: Request, form: Form, here: Here) -> Response:
    """Sign out."""
    end(here.office, cookie_of(request))
    response = go("/login")
    dismissed(request, response)
    return response


@router.get("/wachtwoord")
def password_page(here: Here) -> Response:
    """The page to choose a password of one's own."""
    return page(here, "wachtwoord.html")


@router.post("/wachtwoord")
def password(here: Here, form: Form) -> Response:
    """Choose a password; who guesses at the old one waits."""
    tried = f"wachtwoord {here.who.id}"
    try:
        calm.prove_calm(here.office, tried, "", True)
        workers.change_password(
            here.office, here.who, str(form.get("old", "")), str(form.get("new", ""))
        )
    except Refusal as wrong:
        if any(fault.field == "old" for fault in wrong.faults):
            calm.wrong(here.office, tried, "", True)
        status = 422 if wrong.faults else 429
        return page(here, "wachtwoord.html", status, errors=errors_of(wrong, "old"))
    return go("/login")


@router.get("/klok")
def clock_page(here: Here) -> Response:
    """The training clock."""
    return page(here, "klok.html", typed="")


@router.post("/klok")
def clock(here: Here, form: Form) -> Response:
    """Move the training clock; everything that falls due in between is rung."""
    wanted = str(form.get("now", ""))
    try:
        done = rounds.set_clock(here.office, {"now": wanted})
    except Refusal as wrong:
        return page(
            here,
            "klok.html",
            422 if wrong.faults else 403,
            errors=errors_of(wrong, "now"),
            typed=wanted,
        )
    return go("/klok", f"De klok is verzet; {done.rung} herinneringen gegeven.")
