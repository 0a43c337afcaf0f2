"""A case about people one knows: saying so, and lifting it."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.staff import conflicts
from amhk.errors import BadInput, ClosedDoor, Fault
from amhk.web.api.request import Key
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import Form, Fresh, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


def _page(
    here: Visit,
    number: str,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    told = conflicts.view(here.office, number, here.who)
    desk = told.pop("desk")
    return page(
        here,
        "bekenden.html",
        status,
        **told,
        myself=shown(conflicts.MYSELF, desk, typed(form)),
        others=shown(conflicts.OTHERS, desk, typed(form)),
        lift=shown(conflicts.LIFT, desk, typed(form)),
        errors=errors_of(faults),
    )


@router.get("/zaak/{number}/bekenden")
def known_page(here: Here, number: str) -> Response:
    """Who may not know a case, and the form to say that one knows its people."""
    return _page(here, number)


@router.post("/zaak/{number}/bekenden")
def know(here: Here, number: str, form: Form) -> Response:
    """Let a case be hidden from who says that he knows its people."""
    try:
        conflicts.know(here.office, number, nested(form, conflicts.MYSELF), here.who)
    except BadInput as wrong:
        return _page(here, number, form, 422, wrong.faults)
    return go("/", "Vastgelegd. Deze zaak is er voor u niet meer; een collega neemt haar over.")


@router.post("/zaak/{number}/bekenden/ander")
def know_other(here: Fresh, number: str, form: Form) -> Response:
    """Let a case be hidden from another worker who knows its people."""
    body = nested(form, conflicts.OTHERS)
    try:
        conflicts.know_other(here.office, number, body, here.who)
    except BadInput as wrong:
        return _page(here, number, form, 422, wrong.faults)
    if body.get("worker") == here.who.name:
        return go("/", "Vastgelegd. Deze zaak is er voor u niet meer.")
    return go(f"/zaak/{number}/bekenden", "Vastgelegd.")


@router.post("/zaak/{number}/bekenden/{key}/opheffen")
def lift(here: Fresh, number: str, key: Key, form: Form) -> Response:
    """Let a worker know a case again."""
    try:
        conflicts.lift(here.office, number, key, nested(form, conflicts.LIFT), here.who)
    except (BadInput, ClosedDoor) as wrong:
        return _page(here, number, form, 422, wrong.faults)
    return go(f"/zaak/{number}/bekenden", "Opgeheven.")
