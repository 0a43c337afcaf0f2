"""Letters on screen: the facts and gaps on the left, the letter as it will be on the right.

Approve, send, withhold, post, and what came of it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.casefile import access_log
from amhk.desk.cases import reading
from amhk.desk.letters import dispatch, notices, receipts
from amhk.desk.letters import letter_view as letters
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.web.api.request import Key
from amhk.web.pages.cases import link_of, with_links
from amhk.web.pages.form_values import from_values, nested, shown, typed
from amhk.web.pages.page import Form, Here, Visit, as_pdf, go, page
from amhk.web.turn import OneTurn
from amhk.words import LISTS, day_of, iso

router = APIRouter(route_class=OneTurn)
# What can be done with a letter: how, what it asks, what is said once it is done, and whether one
# stays with the letter.
_ACTS: dict[
    str, tuple[Callable[[Office, int, object, Reader], None], tuple[Field, ...], str, bool]
] = {
    "goedkeuren": (notices.approve, notices.APPROVE, "Goedgekeurd en vastgezet.", True),
    "verzonden": (notices.send, notices.SEND, "Verzonden vastgelegd.", False),
    "niet-versturen": (notices.withhold, notices.WITHHOLD, "Vastgelegd met reden.", False),
    "concept": (notices.reopen, (), "De brief is weer een concept.", True),
    "post": (dispatch.queue, (), "De brief ligt bij de post.", False),
    "ontvangen": (receipts.receive, receipts.RECEIPT, "Ontvangst vastgelegd.", True),
    "terug": (
        receipts.give_back,
        receipts.RETURN,
        "Vastgelegd. Er ligt een nieuw concept klaar.",
        False,
    ),
}


def _page(
    here: Visit,
    key: int,
    act: str = "",
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    letter = letters.view(here.office, key, here.who)
    view = reading.case_view(here.office, letter["case"], here.who, asks=False)
    desk = Desk(here.now, {**LISTS, "verzendwijze": letter["by_hand"]})
    today = from_values({"date": iso(day_of(here.now))})
    drawn: dict[str, Any] = {
        name: shown(fields, desk, typed(form) if name == act else today)
        for name, (_, fields, _, _) in _ACTS.items()
    }
    aside = (
        "ontvangen" if act == "terug" else "terug"
    )  # both ask a day: each field has a name of its own on the page
    for field in drawn[aside]:
        field["id"] = f"{aside}-{field['id']}"
    return page(
        here,
        "brief.html",
        status,
        letter=letter,
        case=view,
        errors=with_links(faults, view),
        drawn=drawn,
        act=act,
        link=lambda opens: link_of(opens, view),
    )


@router.get("/brief/{key}")
def letter_page(here: Here, key: Key) -> Response:
    """One letter; who looked is written down."""
    access_log.look(
        here.office,
        letters.view(here.office, key, here.who)["case"],
        here.who,
        f"brief {key}",
    )
    return _page(here, key)


@router.get("/brief/{key}/pdf")
def letter_pdf(here: Here, key: Key) -> Response:
    """The letter as PDF; of one that names somebody who stays secret the page that asks why."""
    return as_pdf(
        here, f"/brief/{key}/pdf", f"/brief/{key}", partial(letters.pdf, here.office, key, here.who)
    )


@router.post("/brief/{key}/pdf")
def letter_pdf_for_reason(here: Here, key: Key, form: Form) -> Response:
    """The same, with the reason that was asked."""
    read = partial(letters.pdf, here.office, key, here.who)
    return as_pdf(here, f"/brief/{key}/pdf", f"/brief/{key}", read, str(form.get("reason", "")))


@router.post("/brief/{key}/{act}")
def act_on_letter(here: Here, key: Key, act: str, form: Form) -> Response:
    """Approve, send, withhold or post a letter, or record what came of it."""
    if act not in _ACTS:
        return go(f"/brief/{key}")
    do, fields, said, stays = _ACTS[act]
    body = nested(form, fields) | {"version": str(form.get("version", ""))}
    if act == "post":
        body["way"] = str(form.get("weg", ""))
    try:
        do(here.office, key, body, here.who)
    except ChangedMeanwhile as wrong:
        return _page(
            here,
            key,
            act,
            form=form,
            status=409,
            faults=(Fault("gewijzigd", wrong.text.replace("zaak", "brief")),),
        )
    except (BadInput, ClosedDoor) as wrong:
        return _page(here, key, act, form=form, status=422, faults=wrong.faults)
    return go(
        f"/brief/{key}" if stays else f"/zaak/{letters.view(here.office, key, here.who)['case']}",
        said,
    )
