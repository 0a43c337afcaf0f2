"""The register beside the cases: complaints, second opinions, calamiteiten."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.matters import matters
from amhk.errors import BadInput, Fault
from amhk.web.api.request import Key
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


def _all(
    here: Visit, form: FormData | None = None, status: int = 200, faults: tuple[Fault, ...] = ()
) -> Response:
    told = matters.view(here.office, here.who)
    fields = shown(matters.OPEN, told.pop("desk"), typed(form))
    return page(here, "register.html", status, **told, fields=fields, errors=errors_of(faults))


@router.get("/register")
def overview(here: Here) -> Response:
    """What runs and ran beside the cases, and the form for a new one."""
    return _all(here)


@router.post("/register")
def register(here: Here, form: Form) -> Response:
    """Write a matter down."""
    try:
        key = matters.register(here.office, nested(form, matters.OPEN), here.who)
    except BadInput as wrong:
        return _all(here, form, 422, wrong.faults)
    return go(f"/register/{key}", "Vastgelegd. De termijn loopt.")


def _one(
    here: Visit,
    key: int,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    ends: bool = False,
) -> Response:
    told = matters.one(here.office, key, here.who)
    desk = told.pop("desk")
    return page(
        here,
        "register-zaak.html",
        status,
        **told,
        step=shown(matters.STEP, desk, {} if ends else typed(form)),
        withdraw=shown(matters.WITHDRAW, desk, typed(form) if ends else {}),
        ends=ends,
        errors=errors_of(faults),
    )


@router.get("/register/{key}")
def one(here: Here, key: Key) -> Response:
    """One matter: what it is about, and what was done."""
    return _one(here, key)


@router.post("/register/{key}/stap")
def take_step(here: Here, key: Key, form: Form) -> Response:
    """Write down what was done."""
    try:
        told = matters.take_step(here.office, key, nested(form, matters.STEP), here.who)
    except BadInput as wrong:
        return _one(here, key, form, 422, wrong.faults)
    return go(f"/register/{key}", told)


@router.post("/register/{key}/intrekken")
def withdraw(here: Here, key: Key, form: Form) -> Response:
    """End one that does not run on."""
    try:
        told = matters.withdraw(here.office, key, nested(form, matters.WITHDRAW), here.who)
    except BadInput as wrong:
        return _one(here, key, form, 422, wrong.faults, ends=True)
    return go(f"/register/{key}", told)
