"""A case opened to who only reads: by the manager, until a day."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.staff import lent_cases
from amhk.errors import BadInput, Fault
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
    told = lent_cases.view(here.office, number, here.who)
    fields = shown(lent_cases.LEND, told.pop("desk"), typed(form))
    return page(here, "openstellen.html", status, **told, fields=fields, errors=errors_of(faults))


@router.get("/zaak/{number}/openstellen")
def lent_page(here: Here, number: str) -> Response:
    """To whom a case is open to read, and the form to open it to somebody."""
    return _page(here, number)


@router.post("/zaak/{number}/openstellen")
def lend(here: Fresh, number: str, form: Form) -> Response:
    """Open a case to a reader until a day."""
    try:
        lent_cases.lend(here.office, number, nested(form, lent_cases.LEND), here.who)
    except BadInput as wrong:
        return _page(here, number, form, 422, wrong.faults)
    return go(f"/zaak/{number}/openstellen", "Opengesteld. Elke manager leest dat op Vandaag.")


@router.post("/zaak/{number}/openstellen/{key}/sluiten")
def end(here: Here, number: str, key: Key, form: Form) -> Response:
    """Close it to him again."""
    lent_cases.end(here.office, number, key, here.who)
    return go(f"/zaak/{number}/openstellen", "Niet meer open.")
