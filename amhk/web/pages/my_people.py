"""The people a worker knows: saying whom, and forgetting them."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.staff import my_people
from amhk.errors import BadInput, Fault
from amhk.rules.procedure.fields import Desk
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


def _page(
    here: Visit, form: FormData | None = None, status: int = 200, faults: tuple[Fault, ...] = ()
) -> Response:
    return page(
        here,
        "mijn-bekenden.html",
        status,
        **my_people.mine(here.office, here.who),
        fields=shown(my_people.SOMEBODY, Desk(here.now, {}), typed(form)),
        errors=errors_of(faults),
    )


@router.get("/bekenden")
def my_people_page(here: Here) -> Response:
    """How many marks are kept, and the form to say whom one knows."""
    return _page(here)


@router.post("/bekenden")
def add(here: Here, form: Form) -> Response:
    """Say whom one knows."""
    try:
        my_people.add(here.office, nested(form, my_people.SOMEBODY), here.who)
    except BadInput as wrong:
        return _page(here, form, 422, wrong.faults)
    return go("/bekenden", "Bewaard als kenmerk dat niemand kan lezen.")


@router.post("/bekenden/vergeten")
def forget(here: Here, form: Form) -> Response:
    """Forget whom one knows."""
    my_people.forget(here.office, here.who)
    return go("/bekenden", "Alle kenmerken zijn gewist.")
