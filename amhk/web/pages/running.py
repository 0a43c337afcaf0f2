"""Running the house: who is away, the calendar, the proof of the night, calendar addresses, all
reminders.
"""

from datetime import date

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.house import night_proof, nightly_backup
from amhk.desk.staff import absence
from amhk.desk.terms import calendar, feeds
from amhk.desk.worklists import worklist
from amhk.errors import BadInput, ClosedDoor, Fault, NotFound
from amhk.web.api.request import Cursor, Key
from amhk.web.outside import address_of
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn
from amhk.words import some

router = APIRouter(route_class=OneTurn)


@router.get("/herinneringen")
def reminders_page(here: Here, vanaf: Cursor = None) -> Response:
    """Every reminder that stands before this worker."""
    return page(
        here, "herinneringen.html", found=worklist.reminders(here.office, here.who, vanaf, 50)
    )


def _absence_page(
    here: Visit, form: FormData | None = None, status: int = 200, faults: tuple[Fault, ...] = ()
) -> Response:
    worker = str(form.get("worker", "")) if form else here.request.query_params.get("worker", "")
    desk = absence.plan_desk(here.office, here.who)
    known = worker in desk.lists["medewerker"]
    cases = absence.preview(here.office, worker, here.who) if known else []
    told = typed(form) or {"worker": [worker]}
    return page(
        here,
        "afwezigheid.html",
        status,
        plans=absence.view(here.office, here.who),
        fields=shown(absence.PLAN, desk, told),
        cases=cases,
        worker=worker if known else "",
        people=list(desk.lists["medewerker"]),
        told=told,
        errors=errors_of(faults),
    )


@router.get("/afwezigheid")
def absence_page(here: Here) -> Response:
    """Who is away or leaves, and a plan for each of his cases."""
    absence.may_plan(here.who)
    return _absence_page(here)


@router.post("/afwezigheid")
def make_plan(here: Here, form: Form) -> Response:
    """Make a plan; first seen case by case, then carried out."""
    body = nested(form, absence.PLAN)
    goes = {
        key.removeprefix("zaak."): str(value)
        for key, value in form.items()
        if key.startswith("zaak.") and value
    }
    body["cases"] = {number: name if name != "-" else None for number, name in goes.items()}
    try:
        absence.make_plan(here.office, body, here.who)
    except BadInput as wrong:
        return _absence_page(here, form, 422, wrong.faults)
    return go("/afwezigheid", f"Geregeld voor {body['worker']}.")


@router.post("/afwezigheid/{key}/terug")
def undo_plan(here: Here, key: Key, form: Form) -> Response:
    """Take a plan back."""
    try:
        back = absence.undo(here.office, key, here.who)
    except ClosedDoor as wrong:
        return _absence_page(here, None, 422, wrong.faults)
    return go("/afwezigheid", f"Teruggedraaid; {some(back, 'zaak', 'zaken')} terug.")


def _calendar_page(
    here: Visit,
    act: str = "",
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    desk = calendar.day_desk(here.office)
    day, hours = (
        shown(f, desk, typed(form) if act == name else {})
        for f, name in ((calendar.DAY, "dag"), (calendar.HOURS, "uren"))
    )
    return page(
        here,
        "kalender.html",
        status,
        told=calendar.view(here.office),
        day=day,
        hours=hours,
        may=calendar.may_change(here.who),
        errors=errors_of(faults),
    )


@router.get("/kalender")
def calendar_page(here: Here) -> Response:
    """The days that do not count, and the office hours."""
    return _calendar_page(here)


@router.post("/kalender/{act}")
def change_calendar(here: Here, act: str, form: Form) -> Response:
    """Add a day, or set the office hours from a day on."""
    acts = {"dag": (calendar.add_day, calendar.DAY), "uren": (calendar.set_hours, calendar.HOURS)}
    if act not in acts:
        raise NotFound()
    do, fields = acts[act]
    try:
        moved = do(here.office, nested(form, fields), here.who)
    except BadInput as wrong:
        return _calendar_page(here, act, form, 422, wrong.faults)
    return go(
        "/kalender",
        f"Vastgelegd; {some(moved, 'lopende termijn is', 'lopende termijnen zijn')} verschoven, met"
        " de reden op de zaak.",
    )


@router.post("/kalender/{kind}/{day}/weg")
def drop_day(here: Here, kind: str, day: date, form: Form) -> Response:
    """Take a day away that was added."""
    try:
        moved = calendar.drop_day(here.office, kind, day, here.who)
    except BadInput as wrong:
        return _calendar_page(here, "", None, 422, wrong.faults)
    return go(
        "/kalender",
        f"Weggehaald; {some(moved, 'lopende termijn is', 'lopende termijnen zijn')} verschoven.",
    )


def _proof_page(here: Visit, status: int = 200, faults: tuple[Fault, ...] = ()) -> Response:
    return page(
        here,
        "bewijs.html",
        status,
        told=night_proof.latest(here.office),
        backup=nightly_backup.standing(here.office),
        errors=errors_of(faults),
    )


@router.get("/bewijs")
def proof_page(here: Here) -> Response:
    """The proof of the night, on one page to print."""
    return _proof_page(here)


@router.post("/bewijs")
def make_proof(here: Here, form: Form) -> Response:
    """Make the proof now."""
    night_proof.prove(here.office, here.who)
    return go("/bewijs", "Nagerekend.")


@router.post("/bewijs/{key}/opgelost")
def solve(here: Here, key: Key, form: Form) -> Response:
    """Close what stands open against the house."""
    try:
        night_proof.solve(here.office, key, {"reason": str(form.get("reason", ""))}, here.who)
    except BadInput as wrong:
        return _proof_page(here, 422, wrong.faults)
    return go("/bewijs", "Opgelost vastgelegd.")


@router.get("/agenda")
def feeds_page(here: Here) -> Response:
    """One's calendar addresses."""
    return page(here, "agenda.html", feeds=feeds.mine(here.office, here.who), fresh=None)


@router.post("/agenda")
def make_feed(here: Here, form: Form) -> Response:
    """Make an address; it is shown once."""
    secret = feeds.make(here.office, str(form.get("kind", "")), here.who)
    fresh = f"{address_of(here.office, here.request)}/agenda/{secret}.ics"
    return page(here, "agenda.html", feeds=feeds.mine(here.office, here.who), fresh=fresh)


@router.post("/agenda/{key}/weg")
def revoke_feed(here: Here, key: Key, form: Form) -> Response:
    """Let an address be void."""
    feeds.revoke(here.office, key, here.who)
    return go("/agenda", "Dit adres geldt niet meer.")
