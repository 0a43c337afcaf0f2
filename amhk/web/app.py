"""The app: doors on one open office, and the one table from refusal to answer (RFC 9457)."""

import logging
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amhk import __version__
from amhk.desk.cases import reading
from amhk.desk.house.trouble import StoreBroken, StoreFailed, StoreReplaced, StoreUnsure
from amhk.desk.letters import letter_view
from amhk.errors import (
    AlreadyDone,
    AlreadyUsed,
    BadInput,
    ChangedMeanwhile,
    ClosedDoor,
    Fault,
    HouseClosed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    TooLarge,
    TooOften,
)
from amhk.office import Office
from amhk.web import pages, scim
from amhk.web.addresses import Addresses, Room
from amhk.web.api import cases, description, house, letters, people
from amhk.web.api.answer import Json
from amhk.web.api.shapes import faults_json, forms_desk
from amhk.web.auth import by_cookie, by_token, is_secure
from amhk.web.outside import Outside, path_of

log = logging.getLogger("amhk")


class NoLength(Refusal):
    """Een formulier zegt vooraf hoe groot het is."""


ANSWERS: dict[type[Refusal], int] = {
    NoLength: 411,
    BadInput: 422,
    ClosedDoor: 422,
    AlreadyDone: 409,
    AlreadyUsed: 422,
    ChangedMeanwhile: 409,
    NotFound: 404,
    NotAllowed: 403,
    NotSignedIn: 401,
    TooOften: 429,
    TooLarge: 413,
    HouseClosed: 503,
}
MOST, MOST_FILE, MOST_DOSSIER = 1_000_000, 26_000_000, 61_000_000
_DOSSIERS, _FILE_OF_A_CASE = "/overdrachten", ("/bijlagen", "/overdracht/antwoord")
_FILES = ("/formulieren", "/api/v1/imports", "/beheer/instellingen")
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src"
        " 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


_ONLY_HTTPS = {"strict-transport-security": "max-age=31536000"}


class _App(FastAPI):
    def openapi(self) -> dict[str, object]:
        """Give the description of the API with the fields of today's procedure in it, for who is
        not known.
        """
        return description.describe(self, self.state.office, known=False)


def create_app(office: Office) -> FastAPI:
    """Give the web app on an open office.

    Pages at `/`, the API at `/api/v1`, its description at `/api/openapi.json`.
    """
    app = _App(
        title="AMHK",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        description=_PROMISE,
    )
    app.state.office = office
    app.router.routes.extend(_routes())
    for wrong, answer in _ANSWERS:
        app.add_exception_handler(wrong, answer)
    app.add_middleware(_Guard)
    app.add_middleware(Outside, config=office.config, training=office.training)
    app.add_middleware(GZipMiddleware, minimum_size=900, compresslevel=4)
    app.add_middleware(_Heads)
    return app


@cache
def _routes() -> list[BaseRoute]:
    """Give every address there is: the same for every office, so drawn once."""
    told = APIRouter()
    told.add_api_route("/api/openapi.json", cases.description, include_in_schema=False)
    rooms = [Room(room.router, "/api/v1") for room in (cases, letters, house, people)]
    rooms += [Room(told), Room(scim.router)]
    rooms += [Room(room.router, first=pages.FIRST, described=False) for room in pages.ROOMS]
    files = StaticFiles(packages=[("amhk.web", "static")])
    return [Addresses(rooms), Mount("/static", files, name="static")]


_PROMISE = (
    "Every call travels one of two routes to one of four finishes, and no case is ever without a"
    " next term."
)


class _Heads:
    """Answers HEAD as GET, without the body: for monitors, proxies and calendar clients."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; of one for the head only the head comes back."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return await self.app(scope, receive, send)

        async def bare(message: Message) -> None:
            """Send on without a body."""
            await send(
                {**message, "body": b""} if message["type"] == "http.response.body" else message
            )

        return await self.app({**scope, "method": "GET"}, receive, bare)


class _Guard:
    """Refuses what is too large before it is read, and gives every answer its safe headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it by its length alone."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        heads = _heads_of(scope)
        if is_secure(Request(scope)):
            heads = heads | _ONLY_HTTPS

        async def safe(message: Message) -> None:
            """Send on, the head with what belongs on every answer."""
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.update(heads)
                if message["status"] >= 400:
                    headers["cache-control"] = _HEADERS["cache-control"]
            await send(message)

        request = Request(scope)
        wrong = _by_length(request)
        app = _answer(request, ANSWERS[type(wrong)], wrong) if wrong else self.app
        await app(scope, receive, safe)


def _by_length(request: Request) -> Refusal | None:
    """Give why a request is refused by what it says of its length; None when it is not."""
    path, length = path_of(request), request.headers.get("content-length")
    most = MOST_FILE if path in _FILES or path.endswith(_FILE_OF_A_CASE) else MOST
    most = MOST_DOSSIER if path == _DOSSIERS else most
    if length is None:
        return NoLength() if request.method == "POST" and not _is_api(request) else None
    return TooLarge() if length.isdigit() and int(length) > most else None


def _heads_of(scope: Scope) -> dict[str, str]:
    """Give the headers that belong on an answer from this address."""
    if not scope["path"].startswith("/static/"):
        return _HEADERS
    # marked by its content it never changes; a font, named by a style sheet, hardly
    lasts = "max-age=31536000, immutable" if scope["query_string"] else "max-age=2592000"
    return _HEADERS | {"cache-control": f"public, {lasts}"}


def _is_api(request: Request) -> bool:
    return path_of(request).startswith(("/api/", f"{scim.PATH}/"))


def _answer(request: Request, status: int, wrong: Refusal) -> Response:
    if path_of(request).startswith(f"{scim.PATH}/"):
        return scim.wrong_answer(status, wrong.text)
    if not _is_api(request):
        return pages.refused(request, status, wrong)
    told: dict[str, object] = {
        "type": "about:blank",
        "title": (type(wrong).__doc__ or "").strip(),
        "status": status,
        "detail": wrong.text,
    }
    if wrong.faults:
        told["errors"] = faults_json(wrong.faults, *_case_of(request, wrong))
    if isinstance(wrong, ChangedMeanwhile):
        told["version"] = wrong.present
    headers = {401: {"www-authenticate": "Bearer"}, 503: pages.RETRY_AFTER}.get(status)
    return Json(told, status, headers, media_type="application/problem+json")


def _case_of(request: Request, wrong: Refusal) -> tuple[dict[str, object] | None, bool, Any]:
    """Give the case a refusal is about, so that its doors can be named.

    None when it cannot be seen.
    """
    office: Office = request.app.state.office
    if not any(f.do for f in wrong.faults):
        return None, office.training, None
    number = request.path_params.get("number")
    if number is None and "/notices/" in path_of(request):  # its key was read, so it is one
        number = letter_view.case_of(office, int(request.path_params["key"]))
    if not number:
        return None, office.training, None
    try:
        view = reading.case_view(office, number, by_token(request), looked="wat een deur vraagt")
    except Refusal:
        return None, office.training, None
    return view, office.training, forms_desk(view)


def _refused(request: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, Refusal)
    status = next(code for kind, code in ANSWERS.items() if isinstance(wrong, kind))
    return _answer(request, status, wrong)


def _http(request: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, HTTPException)
    # the address of a form that was sent, opened again
    if wrong.status_code == 405 and request.method == "GET" and not _is_api(request):
        return RedirectResponse(path_of(request).rsplit("/", 1)[0] or "/", 303)
    said = {404: "Deze pagina bestaat niet.", 405: "Dat kan hier niet."}.get(
        wrong.status_code, str(wrong.detail)
    )
    return _answer(request, wrong.status_code, Refusal(said))


def _wrong_address(request: Request, wrong: Exception) -> Response:
    """A number in the address or a flag that is none."""
    assert isinstance(wrong, RequestValidationError)
    try:  # who may not come in hears that, and not what is wrong with his question
        (by_token if _is_api(request) else by_cookie)(request)
    except Refusal as refused:
        return _refused(request, refused)
    places = {e["loc"][0] for e in wrong.errors()}
    if "path" in places:
        return _answer(request, 404, NotFound())
    faults = [
        Fault("verkeerd_soort", f"'{e['loc'][-1]}' kan zo niet.", str(e["loc"][-1]))
        for e in wrong.errors()
    ]
    return _answer(request, 422, BadInput(faults=faults))


def _unfit(request: Request, wrong: Exception) -> Response:
    """The database cannot hold this (a NUL, a number too large)."""
    log.warning("unfit %s", type(wrong).__name__)
    return _answer(request, 422, BadInput("Er staan tekens in die niet bewaard kunnen worden."))


_AWAY = (
    (
        StoreReplaced,
        (
            "Er is niets opgeslagen: het databasebestand is vervangen of afgekapt terwijl het"
            " meldpunt draaide. De beheerder start het meldpunt opnieuw; tot dan neemt het niets"
            " aan."
        ),
    ),
    (
        StoreUnsure,
        (
            "Het is niet zeker of dit is opgeslagen: de database viel weg op het moment van"
            " bewaren. Kijk straks of het er staat; nog een keer versturen kan geen kwaad."
        ),
    ),
    (
        StoreBroken,
        (
            "Er is niets opgeslagen: het databasebestand is beschadigd. De beheerder zet de laatste"
            " back-up terug; tot dan neemt het meldpunt niets aan."
        ),
    ),
    (
        StoreFailed,
        (
            "Er is niets opgeslagen: de database is nu niet te bereiken, of kan niet schrijven"
            " (schijf vol). Waarschuw de beheerder als het zo blijft."
        ),
    ),
)


def _address(request: Request) -> str:
    """Give the address as the program knows it: what was asked there is not for the log."""
    return str(getattr(request.scope.get("route"), "path", "an address that is none"))


def _store_failed(request: Request, wrong: Exception) -> Response:
    """The disk is full, the file is locked, replaced or gone, the server is away.

    Staff hear what is so, on a page that needs no database.
    """
    log.error("store: %s at %s", type(wrong).__name__, _address(request))
    text = next(said for kind, said in _AWAY if isinstance(wrong, kind))
    if request.method in ("GET", "HEAD") and not isinstance(wrong, StoreReplaced | StoreBroken):
        text = (
            "De database is nu niet te bereiken. Probeer het zo opnieuw; waarschuw de beheerder als"
            " het zo blijft."
        )
    return _answer(request, 503, HouseClosed(text))


def _failed(request: Request, wrong: Exception) -> Response:
    log.error("unexpected %s at %s", type(wrong).__name__, _address(request), exc_info=wrong)
    answer = _answer(
        request,
        500,
        Refusal(
            "Er ging iets mis aan onze kant. Er is niets half opgeslagen; waarschuw de beheerder."
        ),
    )
    # it is made outside the guard
    answer.headers.update(_HEADERS | (_ONLY_HTTPS if is_secure(request) else {}))
    return answer


_STORE_FAILS = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    StoreReplaced,
    StoreUnsure,
    StoreBroken,
)
_ANSWERS: tuple[tuple[type[Exception], Any], ...] = (
    (Refusal, _refused),
    (HTTPException, _http),
    (RequestValidationError, _wrong_address),
    (DataError, _unfit),
    *((away, _store_failed) for away in _STORE_FAILS),
    (Exception, _failed),
)
