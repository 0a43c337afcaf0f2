"""What is typed in a form and not sent yet.

Kept while typing, given back when one returns to it.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from amhk.desk.intake import drafts
from amhk.errors import Refusal
from amhk.web.pages.form_values import typed
from amhk.web.pages.page import Form, Here
from amhk.web.turn import OneTurn
from amhk.words import local

router = APIRouter(route_class=OneTurn)


@router.get("/concept")
def given_back(here: Here, pad: str = "") -> Response:
    """What this worker had typed in the form that leads to `pad`.

    Nothing (204) when there is none.
    """
    try:
        found = drafts.kept(here.house, pad, here.who)
    except Refusal:
        found = None
    if found is None:
        return Response(status_code=204)
    return JSONResponse({"typed": found[0], "saved": f"{local(found[1]):%H.%M}"})


@router.post("/concept")
def keep(here: Here, form: Form, pad: str = "") -> Response:
    """Keep what was typed so far; 409 when that form was carried out meanwhile."""
    told = typed(form)
    kept = drafts.keep(
        here.house, pad, told, who=here.who, real=datetime.now(UTC), once=str(form.get("_once", ""))
    )
    return JSONResponse({"saved": f"{local(datetime.now(UTC)):%H.%M}"}, 200 if kept else 409)
