"""What a page says when it refuses: the door, the fault, and what was typed to send again."""

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from amhk.desk.house.second_proof import ProveSecond, SetUpFirst
from amhk.desk.house.sign_in import ChooseOwnPassword
from amhk.errors import AlreadyDone, HouseClosed, NotSignedIn, Refusal
from amhk.web.auth import ConfirmFirst, StaleForm, inside
from amhk.web.outside import path_of
from amhk.web.pages.environment import environment
from amhk.web.pages.page import Visit, bare_page, go, home_of, page, shown_form, visit

RETRY_AFTER = {"retry-after": "10"}  # seconds after which a program may ask a closed house again


def refused(request: Request, status: int, wrong: Refusal) -> Response:
    """Give the page of a refusal; who is not signed in is asked to, and comes back where he was."""
    if isinstance(wrong, AlreadyDone):
        return go(home_of(path_of(request)), wrong.text)
    if isinstance(wrong, ChooseOwnPassword):
        return RedirectResponse("/wachtwoord", 303)
    if isinstance(wrong, SetUpFirst):
        return RedirectResponse("/tweede-stap/instellen", 303)
    if isinstance(wrong, ConfirmFirst):
        return _confirmed_first(request, sent_of(request))
    if isinstance(wrong, ProveSecond) and request.method == "GET":
        return RedirectResponse("/tweede-stap", 303)
    sent = sent_of(request)
    if isinstance(wrong, HouseClosed):
        return _closed(request, status, wrong, sent)
    if (
        isinstance(wrong, NotSignedIn | StaleForm)
        and path_of(request) not in ("/login", "/logout")
        and any(v.strip() for _, v in sent)
    ):
        return _send_again(request, wrong, sent)
    if isinstance(wrong, NotSignedIn) and path_of(request) != "/login":
        back = path_of(request) if request.method == "GET" else "/"
        return RedirectResponse(f"/login?naar={quote(back)}", 303)
    if (here := _inside(request)) is None:
        return bare_page(request, "geweigerd.html", status, wrong=wrong)
    return page(here, "geweigerd.html", status, wrong=wrong)


def sent_of(request: Request) -> list[tuple[str, str]]:
    """Give what a form sent, as far as it was read."""
    sent: list[tuple[str, str]] = getattr(request.state, "sent", [])
    return sent


def _confirmed_first(request: Request, sent: list[tuple[str, str]]) -> Response:
    """Ask for the password; what was typed is kept, to be sent again afterwards."""
    if request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/bevestigen?naar={quote(request.scope['path'] + query)}", 303)
    told = {
        "sent": sent,
        "shown": shown_form(sent),
        "action": path_of(request),
        "confirm": True,
    }
    return page(visit(request), "opnieuw.html", 403, signed_in=True, **told)


def _closed(request: Request, status: int, wrong: Refusal, sent: list[tuple[str, str]]) -> Response:
    """Give the one page that asks nothing of the database.

    What is so, and what was typed, ready to be sent again with the same key.
    """
    told = {
        "wrong": wrong,
        "sent": sent,
        "shown": shown_form(sent),
        "action": path_of(request) if sent else "",
        "csrf": getattr(request.state, "csrf", ""),
    }
    text = environment().get_template("dicht.html").render(**told)
    return HTMLResponse(text, status, {**RETRY_AFTER, "cache-control": "no-store"})


def _send_again(request: Request, wrong: Refusal, sent: list[tuple[str, str]]) -> Response:
    """Give a form back that came when the session was over.

    What was typed is kept, to be sent again after signing in (in another tab).
    """
    status = 401 if isinstance(wrong, NotSignedIn) else 403
    if request.headers.get("hx-request") == "true":
        return HTMLResponse("", status)
    told: dict[str, object] = {
        "sent": sent,
        "shown": shown_form(sent),
        "signed_in": isinstance(wrong, StaleForm),
        "action": path_of(request),
    }
    if (here := _inside(request)) is None:
        return bare_page(request, "opnieuw.html", status, csrf="", **told)
    return page(here, "opnieuw.html", status, **told)


def _inside(request: Request) -> Visit | None:
    """Give the visit of who may see the frame of the house; None for everybody else."""
    try:
        here = visit(request)
    except Refusal:
        return None
    return here if inside(here.house, here.seat) else None
