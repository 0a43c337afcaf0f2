"""The radar on screen: who is known while a call is typed, leave to open a case with a reason, what
belongs together and what does not.
"""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.casefile import access_log
from amhk.desk.cases import reading, split
from amhk.desk.people import earlier_contacts
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault, NotFound
from amhk.rules.procedure.fields import Desk
from amhk.web.api.request import Key
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import Form, Fresh, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


@router.get("/eerder/{ref}")
def ask_page(here: Here, ref: Key) -> Response:
    """Ask why, before a case of others is opened."""
    return page(here, "inzien.html", ref=ref, typed="")


@router.post("/eerder/{ref}")
def ask(here: Fresh, ref: Key, form: Form) -> Response:
    """Open a case of others for a reason, which its own workers see."""
    reason = str(form.get("reden", ""))
    try:
        number = earlier_contacts.open_earlier(here.office, ref, reason, here.who)
    except (BadInput, NotFound) as wrong:
        status = 422 if wrong.faults else 404
        return page(
            here, "inzien.html", status, ref=ref, typed=reason, errors=errors_of(wrong, "reden")
        )
    return go(
        f"/zaak/{number}", "U mag deze zaak acht uur inzien; dat en de reden staan op de zaak."
    )


@router.get("/zaak/{number}/verwant")
def related_page(here: Here, number: str) -> Response:
    """What belongs with a melding.

    Earlier contacts, its dossier, and the two ways to set a mistake right.
    """
    access_log.look(here.office, number, here.who, "eerdere contacten")
    return _related(here, number, None)


def _related(
    here: Visit,
    number: str,
    form: FormData | None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    view = reading.case_view(here.office, number, here.who, asks=False)
    desk = Desk(here.now, {})
    parts = {
        "split": shown(split.SPLIT, desk, typed(form)),
        "place": shown(split.PLACE, desk, typed(form)),
    }
    found = earlier_contacts.earlier_of(here.office, number, here.who)
    return page(
        here, "verwant.html", status, case=view, found=found, errors=errors_of(faults), **parts
    )


@router.post("/zaak/{number}/{act}")
def relate(here: Here, number: str, act: str, form: Form) -> Response:
    """Split a melding off, or put it in the dossier of another."""
    acts = {"losmaken": (split.split, split.SPLIT), "dossier": (split.place, split.PLACE)}
    if act not in acts:
        raise NotFound()
    do, fields = acts[act]
    try:
        do(
            here.office,
            number,
            nested(form, fields) | {"version": str(form.get("version", ""))},
            here.who,
        )
    except ChangedMeanwhile as wrong:
        return _related(here, number, form, 409, (Fault("gewijzigd", wrong.text),))
    except (BadInput, ClosedDoor) as wrong:
        return _related(here, number, form, 422, wrong.faults)
    return go(
        f"/zaak/{number}", "Losgemaakt." if act == "losmaken" else "In het dossier geplaatst."
    )
