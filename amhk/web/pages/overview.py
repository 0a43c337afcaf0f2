"""Reports, and how the house is: workers, teams, institutions, the clock's heartbeat.

Never case content.
"""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from amhk.desk.house import health as desk_health
from amhk.desk.staff import daily_mail, institutions, workers
from amhk.errors import BadInput, Fault
from amhk.web.api.request import Key
from amhk.web.pages.form_values import from_values, nested, shown, typed
from amhk.web.pages.page import FileForm, Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


@router.get("/beheer/instellingen")
def directory_page(here: Here) -> Response:
    """The sociale kaart, out and in."""
    return _directory(here)


def _directory(
    here: Visit,
    status: int = 200,
    errors: list[dict[str, object]] | None = None,
    form: FormData | None = None,
) -> Response:
    found = institutions.list_institutions(here.office)
    fields = shown(
        institutions.INSTITUTION, institutions.institution_desk(here.office), typed(form)
    )
    return page(
        here,
        "instellingen.html",
        status,
        institutions=found,
        errors=errors or [],
        may=here.who.role in institutions.MAY,
        fields=fields,
        adding=form is not None,
    )


@router.post("/beheer/instellingen/nieuw")
def add_institution(here: Here, form: Form) -> Response:
    """Add one institution."""
    institutions.must(here.who)
    try:
        institutions.add_institution(here.office, nested(form, institutions.INSTITUTION), here.who)
    except BadInput as wrong:
        return _directory(here, 422, errors_of(wrong), form)
    return go("/beheer/instellingen", "De instelling staat erbij.")


@router.get("/beheer/instellingen/{key}")
def institution_page(here: Here, key: Key) -> Response:
    """One institution, to change."""
    return _institution(here, key)


def _institution(
    here: Visit,
    key: int,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    one = institutions.one(here.office, key)
    fields = shown(
        institutions.INSTITUTION,
        institutions.institution_desk(here.office),
        typed(form) or from_values(one),
    )
    return page(
        here,
        "instelling.html",
        status,
        one=one,
        fields=fields,
        may=here.who.role in institutions.MAY,
        errors=errors_of(faults),
    )


@router.post("/beheer/instellingen/{key}")
def change_institution(here: Here, key: Key, form: Form) -> Response:
    """Change one institution."""
    try:
        institutions.change(here.office, key, nested(form, institutions.INSTITUTION), here.who)
    except BadInput as wrong:
        return _institution(here, key, form, 422, wrong.faults)
    return go("/beheer/instellingen", "Gewijzigd.")


@router.get("/beheer/instellingen.csv")
def directory_file(here: Here) -> Response:
    """The sociale kaart as CSV."""
    headers = {"content-disposition": 'attachment; filename="sociale-kaart.csv"'}
    return Response(
        institutions.export(here.office), media_type="text/csv; charset=utf-8", headers=headers
    )


@router.post("/beheer/instellingen")
def bring_directory(here: Here, form: FileForm) -> Response:
    """Take the sociale kaart from a file: all of it, or nothing."""
    file = form.get("bestand")
    if not isinstance(file, UploadFile) or not file.filename:
        return _directory(here, 422, [{"text": "Kies een bestand.", "field": "bestand"}])
    try:
        done = institutions.bring_in(here.office, file.file, here.who)
    except BadInput as wrong:
        return _directory(here, 422, errors_of(wrong, "bestand")[:40])
    return go(
        "/beheer/instellingen", ", ".join(f"{count} {what}" for what, count in done.items()) + "."
    )


@router.get("/beheer")
def management_page(here: Here) -> Response:
    """How the house is, and who works here."""
    with here.office.store.read() as connection:
        health = desk_health.health(here.office, connection)
    return page(
        here,
        "beheer.html",
        health=health,
        workers=workers.list_workers(here.office),
        teams=workers.list_teams(here.office),
        institutions=institutions.list_institutions(here.office),
        config=here.office.config,
        mails=daily_mail.recent(here.office)[:20],
    )
