"""The desk itself: worklist, Nieuw contact, case page, a move with its form, people, assignment."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk import casework, followup, intake, people, piket, reading, worklist
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault, NotAllowed, NotFound, Opens, Refusal
from amhk.rules.fields import Desk
from amhk.rules.secrecy import WORKS
from amhk.web.pages.forms import nested, shown, typed
from amhk.web.pages.frame import LATE, NOW, WEEK, Form, Here, Visit, go, page, shown_term
from amhk.words import local

router = APIRouter()
_ROUTES = {"advies": "Advies", "melding": "Melding"}


@router.get("/")
def worklist_page(here: Here) -> Response:
    """The worklist: most dangerous first, then by date; closed cases only when asked for."""
    asked = {k: v for k, v in here.request.query_params.items() if v}
    told = {"closed": "false"} | asked if not asked.get("q") else asked
    try:
        found, errors = worklist.worklist(here.office, here.who, told), []
    except BadInput as wrong:
        found, errors = {"items": [], "next": None}, [{"text": f.text, "field": f.field} for f in wrong.faults]
    now = followup.read_clock(here.office)
    for item in found["items"]:
        if item["next_term"]:
            item["next_term"] = shown_term(item["next_term"], now, here.office.calendar)
    items = sorted(found["items"], key=lambda i: (not (i["acuut"] and not i["closed"]),))
    with here.office.store.read() as connection:
        proof = followup.health(here.office, connection)
    return page(
        here, "werkvoorraad.html", 422 if errors else 200, groups=_groups(items), next=found["next"], asked=asked, errors=errors, proof=proof,
        unread=worklist.untouched(here.office, here.who, 8) if here.who.role in WORKS else {"count": 0, "items": []},
        gaps=len(piket.roster(here.office)["gaps"]) if here.who.role in ("teamleider", "manager", "piket") else 0,
        rings=worklist.reminders(here.office, here.who, limit=12)["items"],
    )  # fmt: skip


def _groups(items: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {"Eerst doen": [], "Deze week": [], "Later": [], "Gesloten": []}
    for item in items:
        term = item["next_term"]
        name = (
            "Gesloten"
            if not term
            else "Eerst doen"
            if term["shape"] in (LATE, NOW)
            else "Deze week"
            if term["shape"] == WEEK
            else "Later"
        )
        groups[name].append(item)
    return [(name, rows) for name, rows in groups.items() if rows]


@router.get("/nieuw")
def new_contact(here: Here, route: str = "") -> Response:
    """Nieuw contact: danger first, the route last."""
    if here.who.role not in WORKS:
        raise NotAllowed("Met uw rol neemt u geen gesprekken aan.")
    now = local(followup.read_clock(here.office))
    return new_page(here, route, FormData({"ontvangen": f"{now.day}-{now.month}-{now.year} {now:%H:%M}"}))


def new_page(
    here: Visit, route: str, form: FormData | None, status: int = 200, faults: tuple[Fault, ...] = (), found: dict[str, Any] | None = None
) -> Response:  # fmt: skip
    """Give the page of a new contact with what was typed, and (`found`) who of it is known."""
    told = typed(form)
    once = (told.get("_once") or [""])[0] or uuid4().hex
    drawn = {}
    for name in _ROUTES:
        fields, desk = reading.intake_form(here.office, name)
        drawn[name] = {item["name"]: item for item in shown(fields, desk, told)}
    errors = [{"text": f.text, "field": f.field} for f in faults]
    return page(here, "nieuw.html", status, route=route, drawn=drawn, errors=errors, once=once, found=found)


@router.post("/nieuw")
def take_call(here: Here, form: Form) -> Response:
    """Take the call; when something is missing everything typed comes back."""
    route = str(form.get("route", ""))
    if route not in _ROUTES:
        fault = Fault("ontbreekt", "Kies onderaan wat het wordt: advies of melding.", "route")
        return new_page(here, "", form, 422, (fault,))
    fields, _ = reading.intake_form(here.office, route)
    body = nested(form, fields) | {"route": route}
    try:
        number = intake.take_call(here.office, body, here.who, str(form.get("_once") or "") or None)
    except BadInput as wrong:
        return new_page(here, route, form, 422, wrong.faults)
    done = f"{_ROUTES[route]} vastgelegd als {number}."
    if route == "melding" and any(e["known"] for e in people.earlier_of(here.office, number, here.who)):
        return go(f"/zaak/{number}/verwant", f"{done} Een van deze mensen is eerder bekend: hoort deze melding daarbij?")
    return go(f"/zaak/{number}", done)


@router.get("/zaak/{number}")
def case_page(here: Here, number: str) -> Response:
    """One case: state, next term, what now, what must still be sent, people, letters, terms, history."""
    reading.look(here.office, number, here.who, "zaak (scherm)")
    view = reading.case_view(here.office, number, here.who)
    now = followup.read_clock(here.office)
    for term in view["terms"]:
        term |= shown_term(term, now, here.office.calendar)
    running = sorted((t for t in view["terms"] if t["status"] in ("lopend", "te_laat")), key=lambda t: t["over_at"])
    owed = [n for n in view["notices"] if n["obligatory"] and n["state"] in ("draft", "approved")]
    return page(
        here, "zaak.html", case=view, running=running, owed=owed, journal=reading.journal_view(here.office, number, here.who),
        rungs=reading.rungs(here.office, number, here.who), link=lambda opens: link_of(opens, view),
    )  # fmt: skip


def link_of(opens: Opens | None, view: dict[str, Any]) -> str | None:
    """Give the page that opens a closed door."""
    if opens is None:
        return None
    case = f"/zaak/{view['number']}"
    where = {"move": f"{case}/stap/{opens.target}", "clock": "/klok", "person": f"{case}/mensen"}
    return where.get(opens.kind, f"/brief/{opens.target}")


def _step(view: dict[str, Any], name: str) -> dict[str, Any]:
    step = next((m for m in view["moves"] if m["name"] == name), None)
    if step is None:
        raise NotFound(f"De stap '{name[:60]}' bestaat niet.")
    return dict(step)


def _step_page(
    here: Visit, number: str, name: str, form: FormData | None = None, status: int = 200, faults: tuple[Fault, ...] = (), **more: Any
) -> Response:  # fmt: skip
    view = reading.case_view(here.office, number, here.who)
    step = _step(view, name)
    desk = casework.step_desk(here.office, number, name, here.who)
    errors = [{"text": f.text, "field": f.field, "href": link_of(f.do, view)} for f in faults]
    drawn = shown(step["fields"], desk, typed(form))
    return page(
        here,
        "stap.html",
        status,
        case=view,
        step=step,
        fields=drawn,
        errors=errors,
        link=lambda o: link_of(o, view),
        **({"dry": None, "changed": None} | more),
    )


@router.get("/zaak/{number}/stap/{name}")
def step_page(here: Here, number: str, name: str) -> Response:
    """The form of a move, made from its own fields."""
    asked = {k: v for k, v in here.request.query_params.items() if len(v) <= 200}
    return _step_page(here, number, name, FormData(asked) if asked else None)


@router.post("/zaak/{number}/stap/{name}")
def make_step(here: Here, number: str, name: str, form: Form) -> Response:
    """Make a move, or first hear what it would do; who comes second sees what changed and keeps his text."""
    view = reading.case_view(here.office, number, here.who)
    body = nested(form, _step(view, name)["fields"]) | {"version": str(form.get("version", ""))}
    if any(f.name == "grond" for f in _step(view, name)["fields"]) and not body.get("persoonsgegevens"):
        fault = Fault(
            "ontbreekt",
            "Kies wat er met de persoonsgegevens gebeurt: vernietigen kan niet ongedaan worden gemaakt.",
            "persoonsgegevens",
        )
        return _step_page(here, number, name, form, 422, (fault,))
    try:
        if form.get("_vooraf"):
            dry = casework.try_move(here.office, number, name, body, here.who)
            return _step_page(here, number, name, form, dry=dry)
        casework.make_move(here.office, number, name, body, here.who)
    except ChangedMeanwhile as wrong:
        changed = reading.journal_view(here.office, number, here.who)[-3:]
        fault = Fault("gewijzigd", wrong.text)
        return _step_page(here, number, name, form, 409, (fault,), changed=changed)
    except (BadInput, ClosedDoor) as wrong:
        return _step_page(here, number, name, form, 422, wrong.faults)
    done = f"Vastgelegd: {_step(view, name)['title'].lower()}."
    after = reading.case_view(here.office, number, here.who)
    made = next((r["number"] for r in after["relations"] if r["kind"] == "omgezet_in" and r not in view["relations"]), None)
    return go(f"/zaak/{made}", f"{done} {number} is gesloten; dit is de nieuwe zaak.") if made else go(f"/zaak/{number}", done)


@router.get("/zaak/{number}/mensen")
def people_page(here: Here, number: str) -> Response:
    """The form to record a person on a melding."""
    return _people_page(here, number, None)


def _people_page(here: Visit, number: str, form: FormData | None, status: int = 200, faults: tuple[Fault, ...] = ()) -> Response:
    view = reading.case_view(here.office, number, here.who)
    fields, desk = reading.person_form(here.office, number, here.who)
    errors = [{"text": f.text, "field": f.field} for f in faults]
    return page(here, "mensen.html", status, case=view, fields=shown(fields, desk, typed(form)), errors=errors)


@router.post("/zaak/{number}/mensen")
def add_person(here: Here, number: str, form: Form) -> Response:
    """Record a person."""
    fields, _ = reading.person_form(here.office, number, here.who)
    try:
        casework.add_people(here.office, number, nested(form, fields), here.who)
    except (BadInput, ClosedDoor) as wrong:
        return _people_page(here, number, form, 422, wrong.faults)
    return go(f"/zaak/{number}", "Betrokkene vastgelegd.")


@router.get("/zaak/{number}/overdragen")
def assign_page(here: Here, number: str) -> Response:
    """The form to give a case to another worker or team."""
    return _assign_page(here, number, None)


def _assign_page(here: Visit, number: str, form: FormData | None, status: int = 200, faults: tuple[Fault, ...] = ()) -> Response:
    view = reading.case_view(here.office, number, here.who)
    desk: Desk = reading.assign_desk(here.office)
    errors = [{"text": f.text, "field": f.field} for f in faults]
    return page(here, "overdragen.html", status, case=view, fields=shown(casework.ASSIGN, desk, typed(form)), errors=errors)


@router.post("/zaak/{number}/overdragen")
def assign(here: Here, number: str, form: Form) -> Response:
    """Give a case to another worker or team, with the reason."""
    body = nested(form, casework.ASSIGN)
    try:
        casework.assign(here.office, number, {"owner": None, **body}, here.who)
    except (BadInput, ClosedDoor) as wrong:
        return _assign_page(here, number, form, 422, wrong.faults)
    return go("/", f"{number} is overgedragen.")


@router.get("/zaak/{number}/geheim")
def secret_page(here: Here, number: str) -> Response:
    """Ask why, before anything secret is shown."""
    return page(here, "geheim.html", case=reading.case_view(here.office, number, here.who), secrets=None)


@router.post("/zaak/{number}/geheim")
def secret(here: Here, number: str, form: Form) -> Response:
    """Show what is kept secret, once, after writing down who looked and why."""
    view = reading.case_view(here.office, number, here.who)
    try:
        told = reading.reveal(here.office, number, here.who, str(form.get("reason", "")))
    except Refusal as wrong:
        return page(
            here, "geheim.html", 422, case=view, secrets=None, errors=[{"text": f.text, "field": "reason"} for f in wrong.faults]
        )
    return page(here, "geheim.html", case=view, secrets=told)
