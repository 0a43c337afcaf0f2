"""Passkeys: signing in with one, and one's own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from amhk.desk.house import passkeys
from amhk.desk.house.calm import TooManyTries
from amhk.errors import NotFound, NotSignedIn, Refusal
from amhk.web.api.request import Key
from amhk.web.auth import admitted_without_password, cookie_of, prove_own_form
from amhk.web.outside import address_of
from amhk.web.pages.page import Form, Fresh, Here, Visit, bare_page, errors_of, form_of, go, page
from amhk.web.pages.sign_in import device_of, on_this_site
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


def _address(request: Request) -> str:
    return address_of(request.app.state.office, request)


@router.get("/login/passkey")
def enter_page(request: Request, naar: str = "/") -> Response:
    """Ask the browser for a passkey."""
    return _ask(request, naar)


def _ask(request: Request, naar: str, status: int = 200, wrong: Refusal | None = None) -> Response:
    address = _address(request)
    if not passkeys.fits_here(address):
        raise NotFound("Op dit adres werken geen passkeys: open het meldpunt op zijn naam.")
    options = passkeys.to_prove(request.app.state.office, address)
    errors = errors_of(wrong, "passkey") if wrong else []
    return bare_page(
        request, "login-passkey.html", status, naar=naar, options=options, errors=errors
    )


@router.post("/login/passkey")
def enter(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
    """Sign in with a passkey; only a path on this site is gone on to."""
    prove_own_form(request, "", "")
    naar, told = (str(form.get(name, "")) for name in ("naar", "credential"))
    on, office = device_of(request.headers.get("user-agent", "")), request.app.state.office
    try:
        peer = request.client.host if request.client else ""
        cookie = passkeys.enter(office, told, _address(request), on, peer)
    except (NotSignedIn, TooManyTries) as wrong:
        return _ask(request, naar, 429 if isinstance(wrong, TooManyTries) else 401, wrong)
    answer = go(on_this_site(naar))
    admitted_without_password(request, answer, cookie)
    return answer


@router.get("/passkeys")
def mine(here: Here) -> Response:
    """One's own passkeys, and the button to make one."""
    return _mine(here)


def _mine(here: Visit, status: int = 200, wrong: Refusal | None = None) -> Response:
    address = _address(here.request)
    fits = passkeys.fits_here(address)
    told = {
        "passkeys": passkeys.mine(here.office, here.who),
        "options": passkeys.to_make(here.house, here.who, address) if fits else "",
        "errors": errors_of(wrong) if wrong else [],
    }
    return page(here, "passkeys.html", status, **told)


@router.post("/passkeys")
def keep(here: Fresh, form: Form) -> Response:
    """Keep a passkey the browser made."""
    name, told = (str(form.get(part, "")) for part in ("name", "credential"))
    try:
        passkeys.keep(here.office, here.who, name, told, _address(here.request))
    except Refusal as wrong:
        return _mine(here, 422, wrong)
    return go("/passkeys", "Bewaard. U kunt zich nu ook met deze passkey aanmelden.")


@router.post("/passkeys/{key}/wis")
def drop(here: Fresh, key: Key, form: Form) -> Response:
    """Wipe one of one's own passkeys."""
    passkeys.drop(here.office, here.who, key, cookie_of(here.request))
    return go("/passkeys", "Gewist.")
