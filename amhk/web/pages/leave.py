"""Judging who opened a case of others with a reason."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.staff import leave
from amhk.errors import BadInput, Fault
from amhk.web.api.request import Key
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


def _page(
    here: Visit,
    key: int,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    told = leave.view(here.office, key, here.who)
    return page(
        here,
        "inzage-oordeel.html",
        status,
        leave=told["leave"],
        fields=shown(leave.JUDGE, told["desk"], typed(form)),
        errors=errors_of(faults),
    )


@router.get("/inzages/{key}")
def leave_page(here: Here, key: Key) -> Response:
    """Who opened a case of others and why, and the form to judge it."""
    return _page(here, key)


@router.post("/inzages/{key}")
def judge(here: Here, key: Key, form: Form) -> Response:
    """Judge it."""
    try:
        number = leave.judge(here.office, key, nested(form, leave.JUDGE), here.who)
    except BadInput as wrong:
        return _page(here, key, form, 422, wrong.faults)
    return go("/", f"De inzage in {number} is beoordeeld.")
