"""The second step of signing in: a code, and setting it up."""

from fastapi import APIRouter, Response

from amhk.desk.house import second_proof
from amhk.errors import BadInput, Refusal
from amhk.web.auth import cookie_of
from amhk.web.pages.page import Form, Here, Visit, bare_page, errors_of, go
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


@router.get("/tweede-stap")
def second_page(here: Here) -> Response:
    """Ask for the code of the phone."""
    return go("/") if here.seat.proved else _asked(here)


def _asked(here: Visit, status: int = 200, wrong: Refusal | None = None) -> Response:
    told = {"csrf": here.seat.csrf, "errors": errors_of(wrong, "code") if wrong else []}
    return bare_page(here.request, "tweede-stap.html", status, **told)


@router.post("/tweede-stap")
def prove(here: Here, form: Form) -> Response:
    """Prove a session by a code."""
    cookie = cookie_of(here.request)
    try:
        second_proof.prove(here.office, here.who, cookie, str(form.get("code", "")))
    except Refusal as wrong:
        return _asked(here, 422 if wrong.faults else 429, wrong)
    return go("/")


@router.get("/tweede-stap/instellen")
def set_up_page(here: Here) -> Response:
    """Set the second step up: the secret for the phone."""
    return _set_up(here)


def _set_up(here: Visit, status: int = 200, wrong: Refusal | None = None) -> Response:
    cookie = cookie_of(here.request)
    address = second_proof.set_up(here.office, here.who, cookie, again=wrong is not None)
    told: dict[str, object] = {
        "address": address,
        "codes": None,
        "drawn": _drawn(address) if address else "",
    }
    told |= {"secret": address.partition("secret=")[2].partition("&")[0] if address else ""}
    errors = errors_of(wrong, "code") if wrong else []
    return _bare(here, status, errors=errors, **told)


def _bare(here: Visit, status: int = 200, **told: object) -> Response:
    told |= {"csrf": here.seat.csrf}
    return bare_page(here.request, "tweede-stap-instellen.html", status, **told)


def _drawn(address: str) -> str:
    import segno  # only here, and rarely

    return str(segno.make(address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff"))


@router.post("/tweede-stap/instellen")
def confirm(here: Here, form: Form) -> Response:
    """Let the second step count, by a first code; shows the codes to put away, once."""
    try:
        cookie = cookie_of(here.request)
        codes = second_proof.confirm(here.office, here.who, cookie, str(form.get("code", "")))
    except BadInput as wrong:
        return _set_up(here, 422, wrong)
    return _bare(here, address=None, codes=codes)
