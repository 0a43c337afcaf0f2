"""What every address of the API is given: the house, who asks, and the JSON that was sent."""

import json
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from amhk.errors import BadInput, TooLarge
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.web.auth import by_token, told_token
from amhk.web.turn import InTurn

_MOST = 1_000_000


async def read_body(request: Request) -> None:
    """Read what was sent, no further than 1 MB; TooLarge when there is more, NotSignedIn without
    any token.
    """
    told_token(request)
    raw = b""
    async for piece in request.stream():
        raw += piece
        if len(raw) > _MOST:
            raise TooLarge()
    request.state.raw = raw


def body_of(request: Request) -> object:
    """Give the JSON of a request; BadInput when it is none."""
    raw: bytes = request.state.raw
    try:
        return json.loads(raw.decode("utf-8") or "{}")
    except (ValueError, RecursionError) as wrong:
        raise BadInput.of("geen_json", "Dit is geen JSON in UTF-8.") from wrong


async def office_of(request: Request) -> Office:
    """Give the open house."""
    office: Office = request.app.state.office
    return office


House = Annotated[Office, Depends(office_of)]


Who = Annotated[Reader, InTurn(by_token)]
WhoFirst = Annotated[Reader, Depends(by_token)]  # before what is sent is read


Body = Annotated[object, InTurn(body_of, first=read_body)]


Key = Annotated[int, Path(ge=1, lt=2**31)]


Cursor = Annotated[int | None, Query(ge=1, lt=2**31)]


ANY_BODY = {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}


def part(body: object, name: str) -> object:
    """Give one part of a body; None when the body is no object or has no such part."""
    return body.get(name) if isinstance(body, dict) else None
