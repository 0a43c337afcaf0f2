"""The frame of every page: who is at the desk, the banner of a training meldpunt, how a term is
shown, what a refusal looks like.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from amhk.desk.house import clock
from amhk.desk.house.passkeys import fits_here
from amhk.desk.house.session import Seat
from amhk.desk.intake.form_once import armed
from amhk.errors import BadInput, Fault, Refusal
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS, Reader
from amhk.web.auth import ConfirmFirst, by_cookie, prove_own_form
from amhk.web.outside import address_of, path_of
from amhk.web.pages.environment import environment
from amhk.web.pages.navigation import menu
from amhk.web.turn import InTurn
from amhk.words import day_of, local

# A call has a key of its own (`desk.intake`); signing in and out, and what is kept while typing,
# are no acts on the desk.
DONE = "amhk_gedaan"
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNARMED = ("/nieuw", "/concept", "/login", "/logout", "/triage")


@dataclass(frozen=True)
class Visit:
    """One signed-in look at the desk: the request, the office, and who sits there."""

    request: Request
    house: Office
    seat: Seat

    @property
    def office(self) -> Office:
        """Give the house; while a form is carried out, armed with the key of that form, so that it
        is carried out once.
        """
        if self.request.method != "POST" or self.in_part or self.path.startswith(_UNARMED):
            return self.house
        armed_house: Office | None = getattr(self.request.state, "armed", None)
        if armed_house is None:
            sent = dict(getattr(self.request.state, "sent", ()))
            if not sent or "_vooraf" in sent:
                return self.house
            armed_house = self.request.state.armed = armed(
                self.house, self.who, sent.get("_once", ""), self.path
            )
        return armed_house

    @property
    def who(self) -> Reader:
        """Give who looks."""
        return self.seat.who

    @property
    def now(self) -> datetime:
        """Give the present instant (UTC) as this meldpunt knows it."""
        return self.seat.now

    @property
    def local(self) -> datetime:
        """Give the present instant in Amsterdam time."""
        return local(self.now)

    @property
    def path(self) -> str:
        """Give the path that was asked for."""
        return str(path_of(self.request))

    @property
    def in_part(self) -> bool:
        """Tell whether only a part of the page is asked for, to be put in its place (htmx)."""
        return self.request.headers.get("hx-request") == "true"


def visit(request: Request) -> Visit:
    """Give the visit of a signed-in browser; NotSignedIn leads to the sign-in page."""
    return Visit(request, request.app.state.office, by_cookie(request))


def fresh_visit(request: Request) -> Visit:
    """Give the visit of who gave his password a moment ago, for what leaves the house or gives
    rights; ConfirmFirst otherwise.
    """
    here = visit(request)
    if not here.seat.fresh:
        raise ConfirmFirst()
    return here


async def form_of(request: Request) -> FormData:
    """Give the form that was sent, read whole."""
    form = await request.form(max_fields=2000, max_files=0)
    if any(_SURROGATE.search(f"{name}{value}") for name, value in form.multi_items()):
        raise BadInput("Er staan tekens in die niet bewaard kunnen worden.")
    request.state.form, request.state.csrf = form, str(form.get("_csrf", ""))
    request.state.sent = [
        (k, v)
        for k, v in form.multi_items()
        if isinstance(v, str) and k not in ("_csrf", "password", "old", "new")
    ]
    return form


async def keep_sent(request: Request) -> None:
    """Read a form before anybody asks who sent it, so that what was typed can be given back to who
    was signed out meanwhile.
    """
    if request.method == "POST" and request.headers.get("content-type", "").startswith(
        "application/x-www-form-urlencoded"
    ):
        await form_of(request)


def own_form(request: Request) -> FormData:
    """Give a form that came from our own page; NotAllowed otherwise."""
    csrf = by_cookie(request).csrf
    form: FormData = request.state.form
    sent = form.get("_csrf")
    prove_own_form(request, csrf, sent if isinstance(sent, str) else None)
    return form


async def with_file(request: Request) -> AsyncIterator[FormData]:
    """Give a form of our own page that may carry one file (kept on disk, not in memory; gone
    afterwards).
    """
    csrf = (await run_in_threadpool(by_cookie, request)).csrf
    async with request.form(max_fields=20, max_files=1) as form:
        sent = form.get("_csrf")
        prove_own_form(request, csrf, sent if isinstance(sent, str) else None)
        request.state.sent = [("_once", str(form.get("_once", "")))]
        yield form


Here = Annotated[Visit, InTurn(visit)]
Fresh = Annotated[Visit, InTurn(fresh_visit)]
Form = Annotated[FormData, InTurn(own_form, first=form_of)]
FileForm = Annotated[FormData, Depends(with_file)]


def page(here: Visit, template: str, status: int = 200, **told: object) -> Response:
    """Give a page with its frame: navigation, banner, reminders count."""
    frame: dict[str, object] = {
        "who": here.who,
        "csrf": here.seat.csrf,
        "office": here.office,
        "now": here.now,
        "today": day_of(here.now),
        "path": here.path,
        "reminders": here.seat.reminders,
        "errors": [],
        "notice": unquote(here.request.cookies.get(DONE, "")) or None,
        "alarms": here.seat.alarms,
        "works": here.who.role in WORKS,
        "menu": menu(here.who.role, here.path),
    }
    answer = HTMLResponse(environment().get_template(template).render(**(frame | told)), status)
    if frame["notice"]:
        answer.delete_cookie(DONE, httponly=True, samesite="strict")
    return answer


def errors_of(wrong: Refusal | Sequence[Fault], at: str | None = None) -> list[dict[str, object]]:
    """Give what is wrong as a page shows it.

    One sentence each, with the field it stands at (`at`: all of them there).
    """
    if isinstance(wrong, Refusal):
        return errors_of(wrong.faults, at) or [{"text": wrong.text, "field": at}]
    return [{"text": f.text, "field": at or f.field} for f in wrong]


def bare_page(request: Request, template: str, status: int = 200, **told: object) -> Response:
    """Give a page for who is not signed in."""
    office: Office = request.app.state.office
    frame: dict[str, object] = {
        "who": None,
        "office": office,
        "now": clock.read_clock(office),
        "errors": [],
        "path": path_of(request),
        "passkeys": fits_here(address_of(office, request)),
        "notice": None,
        "alarms": [],
    }
    return HTMLResponse(environment().get_template(template).render(**(frame | told)), status)


def shown_form(sent: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give what a worker typed himself, of all that a form sent."""
    return [(k, v) for k, v in sent if len(v) > 3 and not k.startswith("_") and not v.isdigit()]


def home_of(path: str) -> str:
    """Give the page a form stands on, from where it leads.

    A case, a letter, a page of the house.
    """
    parts = [part for part in path.split("/") if part]
    return "/" + "/".join(parts[: 2 if parts and parts[0] in ("zaak", "brief", "beheer") else 1])


def as_pdf(
    here: Visit, action: str, back: str, read: Callable[[object], bytes], reason: str | None = None
) -> Response:
    """Give what `read` makes as PDF.

    When it names somebody who stays secret and no good reason was given, the page that asks one
    (sent to `action`).
    """
    try:
        return Response(
            read(reason), media_type="application/pdf", headers={"content-disposition": "inline"}
        )
    except BadInput as wrong:
        asked = errors_of(wrong, "reason") if reason is not None else []
        return page(
            here, "reden.html", 422 if asked else 200, action=action, back=back, errors=asked
        )


def go(path: str, done: str = "") -> Response:
    """Send the browser to a page after something was done, with what was done in words.

    They go along in a cookie of this browser, never in the address, and are said once.
    """
    answer = RedirectResponse(path, 303)
    if done:
        answer.set_cookie(DONE, quote(done), max_age=60, httponly=True, samesite="strict")
    return answer
