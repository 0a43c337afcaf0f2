"""SCIM 2.0 (RFC 7644): the directory of the organisation keeps who works here.

One token of its own (AMHK_SCIM_TOKEN, or the file AMHK_SCIM_TOKEN_FILE names); without one there is
no such door.
"""

import json
import re
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from amhk.desk.staff import provisioning
from amhk.desk.staff.provisioning import Kept
from amhk.errors import AlreadyDone, BadInput, NotFound, NotSignedIn, Refusal
from amhk.keys import hash_token
from amhk.office import Office
from amhk.web.outside import address_of

PATH = "/scim/v2"
_CORE, _API = "urn:ietf:params:scim:schemas:core:2.0", "urn:ietf:params:scim:api:messages:2.0"
USER = f"{_CORE}:User"
_FILTER = re.compile(r'\s*(\w+)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*', re.IGNORECASE)
_MOST_BODY, _MOST = 100_000, 200
_STATUS: dict[type[Refusal], tuple[int, str]] = {
    NotSignedIn: (401, ""),
    NotFound: (404, ""),
    AlreadyDone: (409, "uniqueness"),
    BadInput: (400, "invalidValue"),
}
_TOLD = {"userName": "login", "displayName": "name", "active": "active", "externalId": "external"}
router = APIRouter(prefix=PATH, include_in_schema=False)
Act = Callable[[Office, Request, Mapping[str, object]], Response]


class _Scim(JSONResponse):
    media_type = "application/scim+json"


def wrong_answer(status: int, detail: str, kind: str = "") -> Response:
    """Give a refusal as SCIM tells it (RFC 7644 par. 3.12)."""
    told = {"schemas": [f"{_API}:Error"], "status": str(status), "detail": detail}
    return _Scim(told | ({"scimType": kind} if kind else {}), status)


async def _answer(request: Request, act: Act) -> Response:
    """Prove who asks, read what was sent, and answer; a refusal is told as SCIM does."""
    office: Office = request.app.state.office
    try:
        _prove(office, request)
        body = await _body(request)
        from starlette.concurrency import run_in_threadpool

        return await run_in_threadpool(act, office, request, body)
    except Refusal as wrong:
        status, kind = next((s for k, s in _STATUS.items() if isinstance(wrong, k)), (400, ""))
        texts = [fault.text for fault in wrong.faults] or [wrong.text]
        return wrong_answer(status, " ".join(texts), kind)


def _prove(office: Office, request: Request) -> None:
    known = office.config.scim_token
    if not known:
        raise NotFound("Hier houdt geen organisatie bij wie er werkt.")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    same = compare_digest(hash_token(token.strip()), hash_token(known))
    if scheme.lower() != "bearer" or not same:
        raise NotSignedIn("Dit token klopt niet.")


async def _body(request: Request) -> Mapping[str, object]:
    raw = b""
    async for piece in request.stream():
        raw += piece
        if len(raw) > _MOST_BODY:
            raise BadInput("Dit is te groot.")
    try:
        told = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise BadInput("Dit is geen JSON-object.")
    return told


def _shown(office: Office, request: Request, one: Kept) -> dict[str, Any]:
    """Give a worker as SCIM tells him, with the parts that were asked."""
    place = f"{address_of(office, request)}{PATH}/Users/{one.key}"
    told: dict[str, Any] = {name: getattr(one, part) for name, part in _TOLD.items()}
    told = {k: v for k, v in told.items() if v is not None}
    asked, but = (_names(request, name) for name in ("attributes", "excludedAttributes"))
    if asked:
        told = {k: v for k, v in told.items() if k.lower() in asked}
    told = {k: v for k, v in told.items() if k.lower() not in but}
    meta = {"resourceType": "User", "location": place}
    return {"schemas": [USER], "id": str(one.key), **told, "meta": meta}


def _names(request: Request, name: str) -> set[str]:
    """Give the parts named in the address, or in what was sent to search by."""
    sent = request.scope.get("amhk.scim", {}).get(name, [])
    told = request.query_params.get(name, "").split(",") + (sent if isinstance(sent, list) else [])
    return {str(one).strip().lower().removeprefix(f"{USER.lower()}:") for one in told} - {""}


def _single(office: Office, request: Request, one: Kept, status: int = 200) -> Response:
    told = _shown(office, request, one)
    heads = {"location": told["meta"]["location"]}
    return _Scim(told, status, heads)


def _read(body: Mapping[str, object], present: Kept) -> Kept:
    for name in body:
        present = provisioning.with_part(present, name, body[name])
    return present


def _listed(office: Office, request: Request, told: Mapping[str, object]) -> Response:
    found = provisioning.everybody(office)
    if asked := str(told.get("filter") or ""):
        found = [one for one in found if _fits(asked, one)]
    start, count = _number(told.get("startIndex"), 1), _number(told.get("count"), _MOST)
    start, count = max(start, 1), min(max(count, 0), _MOST)
    page = found[start - 1 : start - 1 + count]
    return _Scim(
        {
            "schemas": [f"{_API}:ListResponse"],
            "totalResults": len(found),
            "startIndex": start,
            "itemsPerPage": len(page),
            "Resources": [_shown(office, request, one) for one in page],
        }
    )


def _number(told: object, usual: int) -> int:
    text = str(told) if told is not None else ""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else usual


def _fits(asked: str, one: Kept) -> bool:
    """Tell whether somebody fits `part eq "value"`, the one filter there is."""
    told = _FILTER.fullmatch(asked)
    known = {name.lower(): getattr(one, part) for name, part in _TOLD.items()}
    known["id"] = str(one.key)
    if told is None or told[1].lower() not in known:
        raise BadInput('Alleen een filter als userName eq "..." kan.')
    try:
        value = json.loads(told[2] if told[2].startswith('"') else told[2].lower())
    except ValueError as wrong:
        raise BadInput("Deze waarde is geen JSON.") from wrong
    mine = known[told[1].lower()]
    if isinstance(mine, str) and isinstance(value, str):
        return mine.casefold() == value.casefold()
    return mine is value


@router.get("/Users")
async def everybody(request: Request) -> Response:
    """Who is kept here."""
    return await _answer(
        request, lambda office, asked, _: _listed(office, asked, asked.query_params)
    )


@router.post("/.search")
@router.post("/Users/.search")
async def search(request: Request) -> Response:
    """The same, asked in what is sent."""

    def act(office: Office, asked: Request, body: Mapping[str, object]) -> Response:
        """Search by what was sent."""
        asked.scope["amhk.scim"] = body
        return _listed(office, asked, body)

    return await _answer(request, act)


@router.post("/Users")
async def add(request: Request) -> Response:
    """Let somebody work here."""
    return await _answer(
        request,
        lambda office, asked, body: _single(
            office, asked, provisioning.add(office, _read(body, Kept("", ""))), 201
        ),
    )


@router.get("/Users/{key}")
async def one(request: Request, key: str) -> Response:
    """One of them."""
    return await _answer(
        request, lambda office, asked, _: _single(office, asked, provisioning.one(office, key))
    )


@router.put("/Users/{key}")
async def keep(request: Request, key: str) -> Response:
    """Let somebody be as is sent, and no otherwise."""

    def act(office: Office, asked: Request, body: Mapping[str, object]) -> Response:
        """Keep what was sent."""
        provisioning.one(office, key)
        told = _read(body, Kept("", ""))
        return _single(office, asked, provisioning.keep(office, key, told))

    return await _answer(request, act)


@router.patch("/Users/{key}")
async def change(request: Request, key: str) -> Response:
    """Change some of somebody."""

    def act(office: Office, asked: Request, body: Mapping[str, object]) -> Response:
        """Carry the operations out, all or none."""
        told = next((v for k, v in body.items() if k.lower() == "operations"), None)
        if not isinstance(told, list) or not all(isinstance(x, dict) for x in told):
            raise BadInput("Operations is een lijst.")
        now = provisioning.changed(provisioning.one(office, key), told)
        return _single(office, asked, provisioning.keep(office, key, now))

    return await _answer(request, act)


@router.delete("/Users/{key}")
async def drop(request: Request, key: str) -> Response:
    """Let somebody go."""

    def act(office: Office, asked: Request, body: Mapping[str, object]) -> Response:
        """Let him go."""
        provisioning.drop(office, key)
        return Response(status_code=204)

    return await _answer(request, act)


def _attribute(name: str, kind: str = "string", **more: object) -> dict[str, object]:
    usual = {"name": name, "type": kind, "multiValued": False, "required": True}
    usual |= {"mutability": "readWrite", "returned": "default", "uniqueness": "none"}
    return {**usual, "caseExact": False, "description": name, **more}


_SCHEMA = {
    "schemas": [f"{_CORE}:Schema"],
    "id": USER,
    "name": "User",
    "description": "Wie hier werkt.",
    "attributes": [
        _attribute("userName", uniqueness="server"),
        _attribute("displayName", uniqueness="server"),
        _attribute("active", "boolean"),
    ],
}
_TYPE = {
    "schemas": [f"{_CORE}:ResourceType"],
    "id": "User",
    "name": "User",
    "endpoint": "/Users",
    "description": "Wie hier werkt.",
    "schema": USER,
}
_CAN = {
    "schemas": [f"{_CORE}:ServiceProviderConfig"],
    "patch": {"supported": True},
    "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
    "filter": {"supported": True, "maxResults": _MOST},
    "changePassword": {"supported": False},
    "sort": {"supported": False},
    "etag": {"supported": False},
    "authenticationSchemes": [
        {
            "type": "oauthbearertoken",
            "name": "Bearer",
            "description": "Het token in AMHK_SCIM_TOKEN.",
        }
    ],
}


def _described(office: Office, asked: Request, told: Mapping[str, object], place: str) -> Response:
    address = f"{address_of(office, asked)}{PATH}{place}"
    kind = place.split("/")[1].removesuffix("s")
    return _Scim({**told, "meta": {"resourceType": kind, "location": address}})


def _all_of(told: list[dict[str, object]]) -> Response:
    kinds = {"schemas": [f"{_API}:ListResponse"], "totalResults": len(told)}
    return _Scim({**kinds, "startIndex": 1, "itemsPerPage": len(told), "Resources": told})


@router.get("/ServiceProviderConfig")
async def can(request: Request) -> Response:
    """What this door can."""
    place = "/ServiceProviderConfig"
    return await _answer(request, lambda office, asked, _: _described(office, asked, _CAN, place))


@router.get("/{what}")
async def describe(request: Request, what: str) -> Response:
    """What is kept here, and how it is called."""
    return await _answer(request, lambda *_: _all_of([_known(what)]))


@router.get("/{what}/{name}")
async def describe_one(request: Request, what: str, name: str) -> Response:
    """The same, of one."""

    def act(office: Office, asked: Request, _: Mapping[str, object]) -> Response:
        """Give the one that bears this name."""
        told = _known(what)
        if name != told["id"]:
            raise NotFound("Dit is er niet.")
        return _described(office, asked, told, f"/{what}/{name}")

    return await _answer(request, act)


def _known(what: str) -> dict[str, object]:
    known: dict[str, dict[str, object]] = {"ResourceTypes": dict(_TYPE), "Schemas": dict(_SCHEMA)}
    told = known.get(what)
    if told is None:
        raise NotFound("Dit is er niet.")
    return told
