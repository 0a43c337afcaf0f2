"""JSON for letters and the post.

What is owed, a letter, what is done with it, and how it goes out.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from amhk.desk.casefile import access_log
from amhk.desk.cases import reading
from amhk.desk.letters import dispatch, letter_view, notices, piles, receipts
from amhk.desk.letters import owed as letters_owed
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.web.api.answer import Wish, Wished, next_version
from amhk.web.api.request import ANY_BODY, Body, House, Key, Who
from amhk.web.api.shapes import BASE, do_json, forms_desk
from amhk.web.turn import OneTurn

router = APIRouter(tags=["brieven"], route_class=OneTurn)


@router.get("/notices")
def owed(office: House, who: Who, only: str = "verplicht", cursor: str | None = None) -> object:
    """The letters that still have to go (`only`: verplicht, goedgekeurd, uitgesteld, gesloten, or
    alles): to whom, by when, and whether a case can close without.
    """
    return letters_owed.owed(office, who, only, cursor)


@router.get("/notices/{key}.pdf")
def notice_pdf(key: Key, office: House, who: Who, reason: str | None = None) -> Response:
    """The letter as PDF: frozen once approved, before that as it would be now.

    One that names somebody who stays secret asks a `reason`, which is written down.
    """
    return Response(letter_view.pdf(office, key, who, reason), media_type="application/pdf")


@router.get("/notices/{key}.html")
def notice_html(key: Key, office: House, who: Who, reason: str | None = None) -> Response:
    """The letter as HTML: frozen once approved, before that as it would be now.

    One that names somebody who stays secret asks a `reason`, which is written down.
    """
    return HTMLResponse(letter_view.html(office, key, who, reason))


@router.get("/notices/{key}.json")
def notice_data(key: Key, office: House, who: Who, reason: str | None = None) -> object:
    """The verzoek tot onderzoek in the field groups of the CORV message."""
    return letter_view.data(office, key, who, reason)


@router.get("/notices/{key}")
def notice(key: Key, office: House, who: Who) -> object:
    """A letter: its state, what is missing and where to fill it in, what was left out and why.

    Who asked is written down.
    """
    told = _notice(office, key, who)
    access_log.look(office, told["case"], who, f"brief {key}")
    return told


def _notice(office: Office, key: Key, who: Reader) -> dict[str, Any]:
    told = letter_view.view(office, key, who)
    doors = [one["do"] for one in (*told["missing"], *told["lacks"]) if one["do"]]
    view = reading.case_view(office, told["case"], who) if doors else {}
    desk = forms_desk(view) if doors else None

    def door(one: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give the request that mends one thing, where there is one."""
        return do_json(one["do"], view, office.training, desk) if one["do"] else None

    told["missing"] = [
        {"fact": one["fact"], "text": one["text"], "do": door(one)} for one in told["missing"]
    ]
    told["lacks"] = [{"text": one["text"], "do": door(one)} for one in told["lacks"]]
    return told


def _after(office: Office, key: Key, who: Reader, wish: Wish, body: object) -> Response:
    """Give a letter after something was done with it, or only that it was."""
    if wish.brief:
        now = next_version(body) or letter_view.version_of(office, key, who)
        return wish.done(f"{BASE}/notices/{key}", now)
    return wish.whole(_notice(office, key, who))


@router.post("/notices/{key}/approve", openapi_extra=ANY_BODY)
def approve(key: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Freeze a letter; refused with what is missing."""
    notices.approve(office, key, body, who)
    return _after(office, key, who, wish, body)


@router.post("/notices/{key}/send", openapi_extra=ANY_BODY)
def send(key: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Record that it was sent: `date way reference`."""
    notices.send(office, key, body, who)
    return _after(office, key, who, wish, body)


@router.post("/notices/{key}/withhold", openapi_extra=ANY_BODY)
def withhold(key: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Withhold it (`reason ground`), or postpone it to `new_date`."""
    notices.withhold(office, key, body, who)
    return _after(office, key, who, wish, body)


@router.post("/notices/{key}/queue", openapi_extra=ANY_BODY)
def queue(key: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Put an approved letter in the post: `version`, `way` (print or map)."""
    dispatch.queue(office, key, body, who)
    return _after(office, key, who, wish, body)


@router.post("/notices/{key}/reopen", openapi_extra=ANY_BODY)
def reopen(key: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Make an approved letter a draft again: `version`."""
    notices.reopen(office, key, body, who)
    return _after(office, key, who, wish, body)


@router.post("/notices/{key}/receipt", openapi_extra=ANY_BODY)
def receive(key: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Record that the receiver has it: `version date reference`."""
    receipts.receive(office, key, body, who)
    return _after(office, key, who, wish, body)


@router.post("/notices/{key}/return", openapi_extra=ANY_BODY)
def give_back(key: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Record that it came back: `version date reason`; it is owed again."""
    receipts.give_back(office, key, body, who)
    return _after(office, key, who, wish, body)


@router.get("/outbox")
def outbox(office: House, who: Who) -> object:
    """What is in the post: dead letters, the print tray, printed piles, on its way to
    the folder.
    """
    return dispatch.overview(office, who)


@router.post("/outbox/piles", status_code=201)
def make_pile(office: House, who: Who) -> object:
    """Take all of the tray as one pile to print; `pile` is None when the tray is empty."""
    return {"pile": piles.make_pile(office, who)}


@router.get("/outbox/piles/{pile}.pdf")
def pile_pdf(pile: str, office: House, who: Who, reason: str | None = None) -> Response:
    """A pile as one PDF, for who made it.

    Where a letter in it names somebody who stays secret it asks a `reason`, which is written down
    with each letter.
    """
    return Response(piles.pile_pdf(office, pile, who, reason), media_type="application/pdf")


@router.post("/outbox/piles/{pile}", openapi_extra=ANY_BODY)
def finish_pile(pile: str, office: House, who: Who, body: Body) -> object:
    """Record that a pile went (`went: true`, `but`: letters of the pile that did not), or lay it
    back.
    """
    return piles.finish_pile(office, pile, who, body)


@router.post("/outbox/{one}/retry")
def retry(one: Key, office: House, who: Who) -> object:
    """Try a dead letter again."""
    dispatch.again(office, one, who)
    return dispatch.overview(office, who)


@router.post("/outbox/{one}/cancel")
def cancel(one: Key, office: House, who: Who) -> object:
    """Take a letter out of the post: it stays approved."""
    dispatch.cancel(office, one, who)
    return dispatch.overview(office, who)
