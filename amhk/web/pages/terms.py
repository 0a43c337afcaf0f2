"""One term on screen: its arithmetic, its ladder, its ledger.

Letting it stand still, go on, or giving it more time.
"""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.casefile import access_log
from amhk.desk.cases import moves, reading
from amhk.desk.terms import extensions
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault, NotFound
from amhk.web.api.request import Key
from amhk.web.pages.environment import shown_term
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)
_ACTS = {
    "opschorten": (extensions.suspend, extensions.SUSPEND, "Termijn opgeschort."),
    "hervatten": (extensions.resume, extensions.RESUME, "Termijn hervat."),
    "verlengen": (extensions.extend, extensions.EXTEND, "Termijn verlengd."),
}


def _page(
    here: Visit,
    number: str,
    key: int,
    act: str = "",
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    view = reading.case_view(here.office, number, here.who, asks=False)
    term = next((t for t in view["terms"] if t["id"] == key), None)
    if term is None:
        raise NotFound("Deze termijn staat niet op deze zaak.")
    now = here.now
    desk = moves.small_desk(here.office, number, here.who)
    drawn = {
        name: shown(fields, desk, typed(form) if name == act else {})
        for name, (_, fields, _) in _ACTS.items()
    }
    person = next((p["naam"] for p in view["people"] if p["id"] == term["person"]), None)
    shaped = shown_term(term, now, here.office.calendar)
    return page(
        here,
        "termijn.html",
        status,
        case=view,
        t=shaped,
        drawn=drawn,
        errors=errors_of(faults),
        person=person,
    )


@router.get("/zaak/{number}/termijn/{key}")
def term_page(here: Here, number: str, key: Key) -> Response:
    """One term, with what may be done to it."""
    access_log.look(here.office, number, here.who, f"termijn {key}")
    return _page(here, number, key)


@router.post("/zaak/{number}/termijn/{key}/{act}")
def act_on_term(here: Here, number: str, key: Key, act: str, form: Form) -> Response:
    """Suspend, resume or extend."""
    if act not in _ACTS:
        raise NotFound()
    do, fields, said = _ACTS[act]
    try:
        do(
            here.office,
            number,
            key,
            nested(form, fields) | {"version": str(form.get("version", ""))},
            here.who,
        )
    except ChangedMeanwhile as wrong:
        return _page(
            here,
            number,
            key,
            act=act,
            form=form,
            status=409,
            faults=(Fault("gewijzigd", wrong.text),),
        )
    except (BadInput, ClosedDoor) as wrong:
        return _page(here, number, key, act=act, form=form, status=422, faults=wrong.faults)
    return go(f"/zaak/{number}/termijn/{key}", said)
