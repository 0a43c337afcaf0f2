"""What needs no sign-in but a secret address: the calendar another program reads."""

from fastapi import APIRouter, Request, Response

from amhk.desk.terms import feeds
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


@router.get("/agenda/{secret}.ics")
def feed(secret: str, request: Request) -> Response:
    """The calendar at a secret address: case number and term only."""
    return Response(
        feeds.read(request.app.state.office, secret), media_type="text/calendar; charset=utf-8"
    )
