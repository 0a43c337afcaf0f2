"""The frame of every page: who is at the desk, the banner of a training meldpunt, how a term is
shown, what a refusal looks like.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote
from uuid import uuid4

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup
from starlette.datastructures import FormData

from amhk.config import shipped
from amhk.desk import followup
from amhk.desk.lists import OFFICIAL
from amhk.desk.once import armed
from amhk.desk.seat import Seat
from amhk.errors import AlreadyDone, BadInput, Fault, HouseClosed, NotSignedIn, Refusal
from amhk.office import Office
from amhk.rules.days import Calendar
from amhk.rules.distance import LATE, LATER, NOW, WEEK, distance
from amhk.rules.fields import MOST_OFFERED, candidates
from amhk.rules.secrecy import WORKS, Reader
from amhk.web.auth import ChooseOwnPassword, StaleForm, by_cookie, prove_own_form
from amhk.web.pages.menu import menu
from amhk.words import LISTS, ROLES, day_of, local, say_day, say_instant, some

_STATIC = Path(__file__).parent.parent / "static"
# A call has a key of its own (`desk.intake`); signing in and out, and what is kept while typing,
# are no acts on the desk.
DONE = "amhk_gedaan"
RETRY_AFTER = {"retry-after": "10"}  # seconds after which a program may ask a closed house again
_UNARMED = ("/nieuw", "/concept", "/login", "/logout", "/triage")
_SHAPES = {LATE: "te laat", NOW: "vandaag of morgen", WEEK: "deze week", LATER: "later"}


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
        return str(self.request.url.path)

    @property
    def in_part(self) -> bool:
        """Tell whether only a part of the page is asked for, to be put in its place (htmx)."""
        return self.request.headers.get("hx-request") == "true"


def visit(request: Request) -> Visit:
    """Give the visit of a signed-in browser; NotSignedIn leads to the sign-in page."""
    return Visit(request, request.app.state.office, by_cookie(request))


async def form_of(request: Request) -> FormData:
    """Give the form that was sent, read whole."""
    form = await request.form(max_fields=2000, max_files=0)
    request.state.csrf = str(form.get("_csrf", ""))
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


def own_form(request: Request, form: Annotated[FormData, Depends(form_of)]) -> FormData:
    """Give a form that came from our own page; NotAllowed otherwise."""
    csrf = by_cookie(request).csrf
    sent = form.get("_csrf")
    prove_own_form(request, csrf, sent if isinstance(sent, str) else None)
    return form


async def with_file(request: Request) -> AsyncIterator[FormData]:
    """Give a form of our own page that may carry one file (kept on disk, not in memory; gone
    afterwards).
    """
    csrf = by_cookie(request).csrf
    async with request.form(max_fields=20, max_files=1) as form:
        sent = form.get("_csrf")
        prove_own_form(request, csrf, sent if isinstance(sent, str) else None)
        request.state.sent = [("_once", str(form.get("_once", "")))]
        yield form


Here = Annotated[Visit, Depends(visit)]
Form = Annotated[FormData, Depends(own_form)]
FileForm = Annotated[FormData, Depends(with_file)]


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Give the page templates, compiled once, autoescaped and strict."""
    env = Environment(
        loader=FileSystemLoader(shipped("templates") / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "dag": dag,
        "moment": _moment,
        "kloktijd": _clock_time,
        "plek": _place,
        "aangeboden": _offered,
        "namen": _names,
        "ontvanger": _recipient,
        "veld": _title,
    }
    env.globals |= {
        "own": own,
        "dict": dict,
        "some": some,
        "shapes": _SHAPES,
        "roles": ROLES,
        "static": static,
    }
    return env


def own(csrf: str) -> Markup:
    """Give what makes a form one of ours.

    The secret of the session, and a key under which it is carried out once.
    """
    told = (
        '<input type="hidden" name="_csrf" value="{}">\n<input type="hidden" name="_once"'
        ' value="{}">'
    )
    return Markup(told).format(csrf, uuid4().hex)


@lru_cache(maxsize=64)
def static(name: str, marked: bool = True) -> str:
    """Give the address of a file that comes with the pages.

    Marked by its content, so that a browser keeps it until it changes.
    """
    if not marked:
        return f"/static/{name}"
    mark = sha256((_STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?{mark}"


def page(here: Visit, template: str, status: int = 200, **told: Any) -> Response:
    """Give a page with its frame: navigation, banner, reminders count."""
    frame: dict[str, Any] = {
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


def part(template: str, **told: Any) -> Response:
    """Give a part of a page, for a place on a page that stands already."""
    return HTMLResponse(environment().get_template(template).render(**told))


def errors_of(wrong: Refusal | Sequence[Fault], at: str | None = None) -> list[dict[str, Any]]:
    """Give what is wrong as a page shows it.

    One sentence each, with the field it stands at (`at`: all of them there).
    """
    if isinstance(wrong, Refusal):
        return errors_of(wrong.faults, at) or [{"text": wrong.text, "field": at}]
    return [{"text": f.text, "field": at or f.field} for f in wrong]


def bare_page(request: Request, template: str, status: int = 200, **told: Any) -> Response:
    """Give a page for who is not signed in."""
    office: Office = request.app.state.office
    frame: dict[str, Any] = {
        "who": None,
        "office": office,
        "now": followup.read_clock(office),
        "errors": [],
        "path": request.url.path,
        "notice": None,
        "alarms": [],
    }
    return HTMLResponse(environment().get_template(template).render(**(frame | told)), status)


def refused(request: Request, status: int, wrong: Refusal) -> Response:
    """Give the page of a refusal; who is not signed in is asked to, and comes back where he was."""
    if isinstance(wrong, AlreadyDone):
        return go(home_of(request.url.path), wrong.text)
    if isinstance(wrong, ChooseOwnPassword):
        return RedirectResponse("/wachtwoord", 303)
    sent: list[tuple[str, str]] = getattr(request.state, "sent", [])
    if isinstance(wrong, HouseClosed):
        return _closed(request, status, wrong, sent)
    if (
        isinstance(wrong, NotSignedIn | StaleForm)
        and request.url.path not in ("/login", "/logout")
        and any(v.strip() for _, v in sent)
    ):
        return _send_again(request, wrong, sent)
    if isinstance(wrong, NotSignedIn) and request.url.path != "/login":
        back = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/login?naar={quote(back)}", 303)
    try:
        here = visit(request)
    except Refusal:
        return bare_page(request, "geweigerd.html", status, wrong=wrong)
    return page(here, "geweigerd.html", status, wrong=wrong)


def _shown(sent: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give what a worker typed himself, of all that a form sent."""
    return [(k, v) for k, v in sent if len(v) > 3 and not k.startswith("_") and not v.isdigit()]


def _closed(request: Request, status: int, wrong: Refusal, sent: list[tuple[str, str]]) -> Response:
    """Give the one page that asks nothing of the database.

    What is so, and what was typed, ready to be sent again with the same key.
    """
    told = {
        "wrong": wrong,
        "sent": sent,
        "shown": _shown(sent),
        "action": request.url.path if sent else "",
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
    told: dict[str, Any] = {
        "sent": sent,
        "shown": _shown(sent),
        "signed_in": isinstance(wrong, StaleForm),
        "action": request.url.path,
    }
    try:
        here = visit(request)
    except Refusal:
        return bare_page(request, "opnieuw.html", status, csrf="", **told)
    return page(here, "opnieuw.html", status, **told)


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


def dag(value: str | date | datetime | None) -> str:
    """Give a day or instant in words."""
    if not value:
        return "-"
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return say_instant(value) if isinstance(value, datetime) else say_day(value)


@lru_cache(maxsize=8192)
def _recipient(name: str) -> str:
    return OFFICIAL.get(name, name.replace("_", " "))


def _moment(value: str) -> str:
    here = local(datetime.fromisoformat(value))
    return f"{say_day(here.date())} {here:%H.%M}"


def _offered(options: dict[str, str], typed: str) -> list[tuple[str, str]]:
    """Give what can be chosen in the place of what was typed.

    Code and title, when it may mean a few.
    """
    fits = candidates(options, typed)
    return [(code, options[code]) for code in fits[:MOST_OFFERED]] if len(fits) > 1 else []


def _place(path: str) -> str:
    """Give in words where a form leads: `M-2026-000001, stap verwijzen`."""
    parts = [part.replace("_", " ") for part in path.split("/") if part]
    return (
        " ".join(parts)
        if parts[:1] != ["zaak"]
        else f"{parts[1]}{', ' if parts[2:] else ''}{' '.join(parts[2:])}"
    )


def _names(names: Sequence[str]) -> str:
    """Give the people of a case on one line: two by name, the others counted."""
    return ", ".join(names[:2]) + (
        f" en {some(len(names) - 2, 'ander', 'anderen')}" if len(names) > 2 else ""
    )


def _clock_time(value: datetime) -> str:
    return f"{local(value):%H.%M}"


@pass_context
def _title(told: Any, code: str, name: str) -> str:
    if name in LISTS:
        return str(LISTS[name].get(code, code))
    return str(told["office"].pack.codes.title(name, code))


def shown_term(term: dict[str, Any], now: datetime, calendar: Calendar) -> dict[str, Any]:
    """Give a term as it is shown everywhere: shape, date in words, distance."""
    due = (
        datetime.fromisoformat(term["due"])
        if "T" in term["due"]
        else date.fromisoformat(term["due"])
    )
    shape, far = distance(due, now, calendar)
    return term | {"shape": shape, "far": far, "words": dag(due)}
