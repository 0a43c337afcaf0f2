"""Forms in bulk on screen: bring a file, look before it counts, repair what is wrong, and the
triage of the morning.
"""

from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Query, Response
from fastapi.responses import FileResponse
from starlette.datastructures import UploadFile

from amhk.config import SEED
from amhk.desk.cases import openings
from amhk.desk.intake import import_staging, imports, imports_view, triage
from amhk.errors import BadInput, ClosedDoor, Fault, NotFound
from amhk.web.api.request import Key
from amhk.web.pages.form_values import from_values, nested, shown, typed
from amhk.web.pages.page import FileForm, Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)
_EXAMPLES = {
    "csv": "voorbeeld.csv",
    "xlsx": "voorbeeld.xlsx",
    "json": "voorbeeld.json",
    "zorgformulier": "zorgformulier.csv",
}


@router.get("/formulieren")
def imports_page(here: Here) -> Response:
    """The files that were brought, and a place to bring one."""
    return _imports(here)


def _imports(
    here: Visit, status: int = 200, errors: list[dict[str, object]] | None = None, chosen: str = ""
) -> Response:
    layouts = [(x.name, x.title) for x in import_staging.layouts(here.office).values()]
    found = imports_view.overview(here.office, here.who)
    waiting = triage.count(here.office, here.who)
    return page(
        here,
        "formulieren.html",
        status,
        imports=found,
        layouts=layouts,
        chosen=chosen,
        waiting=waiting,
        errors=errors or [],
    )


@router.post("/formulieren")
def bring(here: Here, form: FileForm) -> Response:
    """Read a file and stage its forms; a broken one changes nothing."""
    file, layout = form.get("bestand"), str(form.get("indeling", ""))
    if not isinstance(file, UploadFile) or not file.filename:
        return _imports(here, 422, [{"text": "Kies een bestand.", "field": "bestand"}], layout)
    try:
        key = import_staging.stage(here.office, file.file, file.filename, layout, here.who)
    except BadInput as wrong:
        return _imports(here, 422, errors_of(wrong), layout)
    return go(
        f"/formulieren/{key}", "Het bestand is gelezen. Kijk het na; er is nog niets vastgelegd."
    )


@router.get("/formulieren/voorbeeld/{name}")
def example(here: Here, name: str) -> Response:
    """An example of a file of forms."""
    if name not in _EXAMPLES:
        raise NotFound()
    return FileResponse(SEED / "formulieren" / _EXAMPLES[name], filename=_EXAMPLES[name])


@router.get("/formulieren/{imported}")
def import_page(
    here: Here, imported: Key, stand: str = "", na: Annotated[int, Query(ge=0, lt=2**31)] = 0
) -> Response:
    """One file: how far it is, and its rows with their problems."""
    return _import(here, imported, stand, na)


def _import(
    here: Visit,
    key: int,
    stand: str = "",
    na: int = 0,
    status: int = 200,
    errors: list[dict[str, object]] | None = None,
    reason: str = "",
) -> Response:
    known = ("repair", "ready", "taken")
    told = imports_view.view(here.office, key, here.who, stand if stand in known else "repair", na)
    if stand not in known and not told["repair"]:
        told = imports_view.view(
            here.office, key, here.who, "ready" if told["ready"] else "taken", na
        )
    return page(
        here,
        "inlezen.html",
        status,
        told=told,
        errors=errors or [],
        busy=told["state"] == "taking",
        reason=reason,
    )


@router.post("/formulieren/{imported}/{act}")
def decide_import(
    here: Here, imported: Key, act: str, form: Form, later: BackgroundTasks
) -> Response:
    """Take the good forms of a file as meldingen (going on behind the page), or lay the file aside
    with a reason.
    """
    try:
        if act == "innemen":
            imports.accept(here.office, imported, here.who)
            later.add_task(imports.take_all, here.office, imported)
            answer = go(f"/formulieren/{imported}", "De goede formulieren worden nu meldingen.")
            answer.background = later
            return answer
        if act == "wegleggen":
            imports.drop(here.office, imported, str(form.get("reden", "")), here.who)
            return go("/formulieren", "Het bestand is weggelegd.")
    except (BadInput, ClosedDoor) as wrong:
        return _import(
            here, imported, status=422, errors=errors_of(wrong), reason=str(form.get("reden", ""))
        )
    raise NotFound()


@router.get("/formulier/{form_id}")
def repair_page(here: Here, form_id: Key) -> Response:
    """One form that is not right yet, in the fields of a melding."""
    told = imports_view.one(here.office, form_id, here.who)
    faults = tuple(Fault(f["code"], f["text"], f["field"]) for f in told["faults"])
    return _repair(here, form_id, told, filled=from_values(told["told"]), status=200, faults=faults)


def _repair(
    here: Visit,
    key: int,
    told: dict[str, Any],
    filled: dict[str, list[str]],
    status: int,
    faults: tuple[Fault, ...],
    reason: str = "",
) -> Response:
    fields, desk = openings.intake_form(here.office, "melding")
    return page(
        here,
        "formulier.html",
        status,
        form=told,
        fields=shown(fields, desk, filled),
        errors=errors_of(faults),
        reason=reason,
        original=from_values(told["original"]),
    )


@router.post("/formulier/{form_id}")
def repair(here: Here, form_id: Key, form: Form) -> Response:
    """Correct it; right at last, it becomes a melding, or waits until its file is taken."""
    told = imports_view.one(here.office, form_id, here.who)
    fields, _ = openings.intake_form(here.office, "melding")
    try:
        number = imports.repair(here.office, form_id, nested(form, fields), here.who)
    except BadInput as wrong:
        return _repair(here, form_id, told, filled=typed(form), status=422, faults=wrong.faults)
    return go(
        f"/formulieren/{told['import']}",
        f"Vastgelegd als {number}."
        if number
        else "Hersteld; het gaat mee als u het bestand inneemt.",
    )


@router.post("/formulier/{form_id}/vervallen")
def lapse(here: Here, form_id: Key, form: Form) -> Response:
    """Let a form that is no melding lapse, with a reason."""
    told = imports_view.one(here.office, form_id, here.who)
    try:
        imports.drop_form(here.office, form_id, str(form.get("reden", "")), here.who)
    except BadInput as wrong:
        own = tuple(Fault(f["code"], f["text"], f["field"]) for f in told["faults"])
        return _repair(
            here,
            form_id,
            told,
            filled=from_values(told["told"]),
            status=422,
            faults=(*wrong.faults, *own),
            reason=str(form.get("reden", "")),
        )
    return go(
        f"/formulieren/{told['import']}",
        "Het formulier is vervallen; de reden staat in het logboek.",
    )


@router.get("/triage")
def triage_page(here: Here, na: Annotated[int, Query(ge=0, lt=1000)] = 0) -> Response:
    """The forms of the morning: one row each, three keys; `na` is the row one stands in."""
    return _triage(here, at=na)


def _triage(
    here: Visit,
    status: int = 200,
    errors: list[dict[str, Any]] | None = None,
    at: int = 0,
    typed: dict[int, str] | None = None,
) -> Response:
    return page(
        here,
        "triage.html",
        status,
        **triage.worklist(here.office, here.who),
        errors=errors or [],
        at=at,
        typed=typed or {},
    )


@router.post("/triage/{form_id}")
def decide(here: Here, form_id: Key, form: Form) -> Response:
    """Answer what a form is, or take the answer back."""
    place = str(form.get("plaats", ""))
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0
    body = {k: str(form.get(k, "")) for k in ("outcome", "bij", "ref", "niet_acuut")}
    try:
        if form.get("terug"):
            return go(
                "/triage", f"{triage.undo(here.office, form_id, here.who)} staat weer op de lijst."
            )
        number = triage.decide(here.office, form_id, body, here.who)
    except (BadInput, ClosedDoor) as wrong:
        errors = [
            {"text": e["text"], "field": f"bij-{form_id}" if e["field"] == "bij" else None}
            for e in errors_of(wrong)
        ]
        return _triage(here, 422, errors, at, {form_id: body["bij"]})
    return go(f"/triage?na={at}", f"{number}: {triage.OUTCOMES[body['outcome']].lower()}.")
