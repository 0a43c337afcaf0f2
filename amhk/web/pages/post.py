"""What still has to go, and the post.

The ledger, the print tray, printed piles, the watched folder and what could not go.
"""

from functools import partial

from fastapi import APIRouter, Response

from amhk.desk.casefile import recall_letters
from amhk.desk.letters import dispatch, owed
from amhk.desk.letters import piles as desk_piles
from amhk.errors import ClosedDoor
from amhk.web.api.request import Key
from amhk.web.pages.page import Form, Fresh, Here, Visit, as_pdf, errors_of, go, page
from amhk.web.turn import OneTurn
from amhk.words import some

router = APIRouter(route_class=OneTurn)


@router.get("/versturen")
def owed_page(here: Here, lijst: str = "verplicht", vanaf: str | None = None) -> Response:
    """Every letter that still has to go, the first to be sent on top."""
    found = owed.owed(here.office, here.who, lijst, vanaf)
    return page(here, "versturen.html", found=found, filters=owed.FILTERS, chosen=lijst)


@router.get("/post")
def post_page(here: Here) -> Response:
    """What is in the post."""
    return _post(here)


def _post(here: Visit, status: int = 200, wrong: ClosedDoor | None = None) -> Response:
    piles: dict[str, list[dict[str, object]]] = {}
    found = dispatch.overview(here.office, here.who)
    for one in found["piles"]:
        piles.setdefault(one["claim"], []).append(one)
    folder = recall_letters.folder_of(here.office)
    return page(
        here,
        "post.html",
        status,
        found=found,
        piles=piles,
        folder=folder and folder.name,
        errors=errors_of(wrong) if wrong else [],
    )


@router.post("/post/stapel")
def print_tray(here: Here, form: Form) -> Response:
    """Take the tray as one pile to print."""
    pile = desk_piles.make_pile(here.office, here.who)
    return go(
        "/post",
        (
            "De stapel is van u: open het PDF, druk het af, en leg daarna vast dat hij weg is."
            if pile
            else "De printlade is leeg."
        ),
    )


@router.get("/post/stapel/{pile}")
def pile_pdf(here: Fresh, pile: str) -> Response:
    """A pile as one PDF; where a letter in it names somebody who stays secret the page that asks
    why.
    """
    return as_pdf(
        here,
        f"/post/stapel/{pile}/pdf",
        "/post",
        partial(desk_piles.pile_pdf, here.office, pile, here.who),
    )


@router.post("/post/stapel/{pile}/pdf")
def pile_pdf_for_reason(here: Fresh, pile: str, form: Form) -> Response:
    """The same, with the reason that was asked."""
    read = partial(desk_piles.pile_pdf, here.office, pile, here.who)
    return as_pdf(here, f"/post/stapel/{pile}/pdf", "/post", read, str(form.get("reason", "")))


@router.post("/post/stapel/{pile}")
def finish_pile(here: Here, pile: str, form: Form) -> Response:
    """Record that a pile went (but the letters that were left behind), or lay it back."""
    left = [
        int(k)
        for k in form.getlist("niet")
        if isinstance(k, str) and k.isascii() and k.isdigit() and len(k) < 10
    ]
    done = desk_piles.finish_pile(
        here.office, pile, here.who, {"went": form.get("weg") == "1", "but": left}
    )
    told = [
        f"{done['sent']} verzonden vastgelegd" if done["sent"] else "",
        f"{done['back']} terug in de printlade of weer concept" if done["back"] else "",
    ]
    told += [
        (
            f"let op: {some(done['gone'], 'brief hoefde', 'brieven hoefden')} niet meer weg en is"
            " niet vastgelegd"
            if done["gone"]
            else ""
        )
    ]
    return go("/post", "; ".join(filter(None, told)).capitalize() + ".")


@router.post("/post/{key}/{act}")
def act_on_post(here: Here, key: Key, act: str, form: Form) -> Response:
    """Try a dead letter again, or take a letter out of the post."""
    try:
        if act == "opnieuw":
            dispatch.again(here.office, key, here.who)
            return go("/post", "Hij wordt opnieuw geprobeerd.")
        dispatch.cancel(here.office, key, here.who)
    except ClosedDoor as wrong:
        return _post(here, 422, wrong)
    return go("/post", "Uit de post gehaald; de brief blijft goedgekeurd.")
