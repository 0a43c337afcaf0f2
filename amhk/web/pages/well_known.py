"""What anybody may ask of a site: whom to tell of a weakness (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response

from amhk.errors import NotFound
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


@router.get("/.well-known/security.txt")
def security(request: Request) -> Response:
    """Whom a finder of a weakness writes to; not there while the settings name nobody."""
    contact = request.app.state.office.config.door.security_contact
    if not contact:
        raise NotFound("Hier staat geen adres om een kwetsbaarheid te melden.")
    until = (datetime.now(UTC) + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = (f"Contact: {contact}", f"Expires: {until}", "Preferred-Languages: nl, en")
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8")
