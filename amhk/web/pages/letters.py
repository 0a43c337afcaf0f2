"""Letters on screen: the facts and gaps on the left, the letter as it will be on the right; approve, send, withhold."""

from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk import notices, reading
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault
from amhk.rules.fields import Desk
from amhk.web.api import Key
from amhk.web.pages.cases import link_of, with_links
from amhk.web.pages.forms import from_values, nested, shown, typed
from amhk.web.pages.frame import Form, Here, Visit, go, page
from amhk.words import LISTS, day_of, iso

router = APIRouter()


def _page(here: Visit, key: int, form: FormData | None = None, status: int = 200, faults: tuple[Fault, ...] = ()) -> Response:
    letter = notices.view(here.office, key, here.who)
    view = reading.case_view(here.office, letter["case"], here.who)
    now = here.now
    desk = Desk(now, LISTS)
    told: dict[str, Any] = typed(form) or from_values({"date": iso(day_of(now))})
    return page(
        here, "brief.html", status, letter=letter, case=view, errors=with_links(faults, view), send=shown(notices.SEND, desk, told),
        withhold=shown(notices.WITHHOLD, desk, told), link=lambda opens: link_of(opens, view),
    )  # fmt: skip


@router.get("/brief/{key}")
def letter_page(here: Here, key: Key) -> Response:
    """One letter; who looked is written down."""
    reading.look(here.office, notices.view(here.office, key, here.who)["case"], here.who, f"brief {key} (scherm)")
    return _page(here, key)


@router.post("/brief/{key}/{act}")
def act_on_letter(here: Here, key: Key, act: str, form: Form) -> Response:
    """Approve, send or withhold a letter."""
    acts = {
        "goedkeuren": (notices.approve, notices.APPROVE),
        "verzonden": (notices.send, notices.SEND),
        "niet-versturen": (notices.withhold, notices.WITHHOLD),
    }
    if act not in acts:
        return go(f"/brief/{key}")
    do, fields = acts[act]
    body = nested(form, fields) | {"version": str(form.get("version", ""))}
    try:
        do(here.office, key, body, here.who)
    except ChangedMeanwhile as wrong:
        return _page(here, key, form, 409, (Fault("gewijzigd", wrong.text.replace("zaak", "brief")),))
    except (BadInput, ClosedDoor) as wrong:
        return _page(here, key, form, 422, wrong.faults)
    letter = notices.view(here.office, key, here.who)
    said = {
        "goedkeuren": "Goedgekeurd en vastgezet.",
        "verzonden": "Verzonden vastgelegd.",
        "niet-versturen": "Vastgelegd met reden.",
    }[act]
    return go(f"/brief/{key}" if letter["state"] == "approved" else f"/zaak/{letter['case']}", said)


@router.get("/brief/{key}/pdf")
def letter_pdf(here: Here, key: Key) -> Response:
    """The letter as PDF."""
    return Response(notices.pdf(here.office, key, here.who), media_type="application/pdf")
