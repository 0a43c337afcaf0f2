"""Night and weekend: the acute cases on a phone with two buttons each, and the roster with its
gaps.
"""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.cases import moves
from amhk.desk.staff import piket
from amhk.desk.worklists import acute_list
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault, NotFound
from amhk.rules.privacy.secrecy import WORKS
from amhk.web.api.request import Key
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn
from amhk.words import local

router = APIRouter(route_class=OneTurn)


def _page(
    here: Visit, form: FormData | None = None, status: int = 200, faults: tuple[Fault, ...] = ()
) -> Response:
    acute = acute_list.acute_cases(here.office, here.who) if here.who.role in WORKS else []
    return page(
        here,
        "vannacht.html",
        status,
        cases=acute,
        crisis=here.office.config.crisis_phone,
        roster=piket.roster(here.office),
        fields=shown(piket.PIKET, piket.desk(here.office), typed(form)),
        may=piket.may_plan(here.who),
        clock=f"{local(here.now):%H:%M}",
        errors=errors_of(faults),
    )


@router.get("/vannacht")
def night_page(here: Here) -> Response:
    """Acute cases with their clock, who has piket, and the gaps."""
    return _page(here)


@router.post("/vannacht/zaak/{number}/{move}")
def press(here: Here, number: str, move: str, form: Form) -> Response:
    """One of the two buttons: the move, at the time that was typed (today; empty is now)."""
    if move not in {
        b["name"]
        for c in acute_list.acute_cases(here.office, here.who)
        if c["number"] == number
        for b in c["buttons"]
    }:
        raise NotFound("Deze stap is hier niet (meer) te zetten.")
    told = {"version": str(form.get("version", ""))}
    if time := str(form.get("time", "")).strip():
        told["op"] = f"vandaag {time}"
    try:
        moves.make_move(here.office, number, move, told, here.who)
    except ChangedMeanwhile as wrong:
        return _page(here, form, 409, (Fault("gewijzigd", wrong.text),))
    except (BadInput, ClosedDoor) as wrong:
        return _page(here, form, 422, wrong.faults)
    back = f"/zaak/{number}" if form.get("terug") else "/vannacht"
    return go(back, f"{number}: vastgelegd.")


@router.post("/vannacht/rooster")
def give(here: Here, form: Form) -> Response:
    """Put somebody on the roster."""
    try:
        piket.give(here.office, nested(form, piket.PIKET), here.who)
    except BadInput as wrong:
        return _page(here, form, 422, wrong.faults)
    return go("/vannacht", "Op het rooster gezet.")


@router.post("/vannacht/rooster/{key}/weg")
def take(here: Here, key: Key, form: Form) -> Response:
    """Take a line off the roster."""
    piket.take(here.office, key, here.who)
    return go("/vannacht", "Van het rooster gehaald.")
