"""The radar over JSON: earlier contacts, leave to open one, splitting, changing dossier."""

from typing import Any

from fastapi import APIRouter, Response

from amhk.desk import people, reading, splitting
from amhk.web.api import Body, House, Who, case_answer

router = APIRouter(tags=["amhk"])
_ANY_BODY = {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}


@router.post("/earlier", openapi_extra=_ANY_BODY)
def earlier(office: House, who: Who, body: Body) -> Any:
    """Who of `betrokkenen` is known from an earlier melding, the likeliest first; nothing is recorded of them. An advies has none."""
    return {"items": people.earlier(office, body, who), "next": None}


@router.post("/earlier/{ref}/open", openapi_extra=_ANY_BODY)
def open_earlier(ref: int, office: House, who: Who, body: Body) -> Any:
    """Leave to read a hidden earlier contact for eight hours, for `reden`; its own workers see who and why."""
    return {"number": people.open_earlier(office, ref, body.get("reden") if isinstance(body, dict) else None, who)}


@router.get("/cases/{number}/earlier")
def earlier_of(number: str, office: House, who: Who) -> Any:
    """The earlier contacts of the people of a melding."""
    reading.look(office, number, who, "eerdere contacten")
    return {"items": people.earlier_of(office, number, who), "next": None}


@router.post("/cases/{number}/split", openapi_extra=_ANY_BODY)
def split(number: str, office: House, who: Who, body: Body) -> Response:
    """Undo the join of a vervolgmelding, or take a melding out of its dossier: `version reden`."""
    splitting.split(office, number, body, who)
    return case_answer(office, number, who)


@router.post("/cases/{number}/dossier", openapi_extra=_ANY_BODY)
def place(number: str, office: House, who: Who, body: Body) -> Response:
    """Put a melding in the dossier of another: `version bij reden`."""
    splitting.place(office, number, body, who)
    return case_answer(office, number, who)
