"""The radar over JSON: earlier contacts, leave to open one, splitting, changing dossier, forms in
bulk and their triage.
"""

from tempfile import TemporaryFile
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from amhk.desk.casefile import access_log
from amhk.desk.cases import split as cases_split
from amhk.desk.intake import import_staging, imports_view, triage
from amhk.desk.intake import imports as intake_imports
from amhk.desk.people import earlier_contacts
from amhk.errors import TooLarge
from amhk.rules.procedure.import_layouts import SCHEMA
from amhk.sheets.lines import MOST_BYTES
from amhk.web.api.answer import Wished
from amhk.web.api.cases import after
from amhk.web.api.request import ANY_BODY, Body, House, Key, Who, WhoFirst, part
from amhk.web.turn import OneTurn

router = APIRouter(tags=["amhk"], route_class=OneTurn)


@router.post("/earlier", openapi_extra=ANY_BODY)
def earlier(office: House, who: Who, body: Body) -> object:
    """Who of `betrokkenen` is known from an earlier melding, the likeliest first.

    Nothing is recorded of them. An advies has none.
    """
    return {"items": earlier_contacts.earlier(office, body, who), "next": None}


@router.post("/earlier/{ref}/open", openapi_extra=ANY_BODY)
def open_earlier(ref: Key, office: House, who: Who, body: Body) -> object:
    """Leave to read a hidden earlier contact for eight hours, for `reden`.

    Its own workers see who and why.
    """
    return {"number": earlier_contacts.open_earlier(office, ref, part(body, "reden"), who)}


@router.get("/cases/{number}/earlier")
def earlier_of(number: str, office: House, who: Who) -> object:
    """The earlier contacts of the people of a melding."""
    access_log.look(office, number, who, "eerdere contacten")
    return {"items": earlier_contacts.earlier_of(office, number, who), "next": None}


@router.post("/cases/{number}/split", openapi_extra=ANY_BODY)
def split(number: str, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Undo the join of a vervolgmelding, or take a melding out of its dossier: `version reden`."""
    cases_split.split(office, number, body, who)
    return after(office, number, who, wish, body)


@router.post("/cases/{number}/dossier", openapi_extra=ANY_BODY)
def place(number: str, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Put a melding in the dossier of another: `version bij reden`."""
    cases_split.place(office, number, body, who)
    return after(office, number, who, wish, body)


@router.get("/imports")
def imports(office: House, who: Who) -> object:
    """The files of forms that were brought, the latest first."""
    return {"items": imports_view.overview(office, who), "next": None}


@router.post(
    "/imports",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            }
        }
    },
)
async def bring(
    request: Request, office: House, who: WhoFirst, layout: str = SCHEMA, name: str = "bestand"
) -> object:
    """Bring a file of forms (CSV, XLSX or JSON as the body).

    Every row is staged, nothing is a case yet.
    """
    with TemporaryFile() as file:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > MOST_BYTES:
                raise TooLarge()
            file.write(piece)
        key = await run_in_threadpool(import_staging.stage, office, file, name, layout, who)
    return await run_in_threadpool(imports_view.view, office, key, who)


@router.get("/imports/{imported}")
def one_import(
    imported: Key,
    office: House,
    who: Who,
    state: str = "repair",
    after: Annotated[int, Query(ge=0, lt=2**31)] = 0,
) -> object:
    """How far a file is, and a page of its forms in a state (repair, ready, taken) with what is
    wrong with each and who is known.
    """
    return imports_view.view(office, imported, who, state, after)


@router.post("/imports/{imported}/accept", status_code=202)
def accept(imported: Key, office: House, who: Who, later: BackgroundTasks) -> object:
    """Take its good forms as meldingen; that goes on after the answer, and after a crash."""
    intake_imports.accept(office, imported, who)
    later.add_task(intake_imports.take_all, office, imported)
    return imports_view.view(office, imported, who)


@router.post("/imports/{imported}/drop", openapi_extra=ANY_BODY)
def drop(imported: Key, office: House, who: Who, body: Body) -> object:
    """Lay a file aside for `reden`; what became a case stays."""
    intake_imports.drop(office, imported, part(body, "reden"), who)
    return imports_view.view(office, imported, who)


@router.post("/forms/{form_id}", openapi_extra=ANY_BODY)
def repair(form_id: Key, office: House, who: Who, body: Body) -> object:
    """Give a form its right fields; `number` when it became a case at once."""
    return {"number": intake_imports.repair(office, form_id, body, who)}


@router.post("/forms/{form_id}/drop", openapi_extra=ANY_BODY)
def drop_form(form_id: Key, office: House, who: Who, body: Body) -> object:
    """Let a form that is no melding lapse, for `reden`."""
    intake_imports.drop_form(office, form_id, part(body, "reden"), who)
    return {"number": None}


@router.get("/triage")
def to_triage(office: House, who: Who) -> object:
    """The forms nobody has triaged, acute first, each with who is known and what it may
    belong to.
    """
    told = triage.worklist(office, who)
    return {"items": told["items"], "next": None, "count": told["count"], "last": told["last"]}


@router.post("/triage/{form_id}", openapi_extra=ANY_BODY)
def decide(form_id: Key, office: House, who: Who, body: Body) -> object:
    """Say what a form is: `outcome` nieuw, geen_hgkm, or hoort_bij with `bij` (or the `ref` of a
    hidden contact).
    """
    return {"number": triage.decide(office, form_id, body, who)}


@router.post("/triage/{form_id}/undo")
def undo(form_id: Key, office: House, who: Who) -> object:
    """Take an answer back."""
    return {"number": triage.undo(office, form_id, who)}
