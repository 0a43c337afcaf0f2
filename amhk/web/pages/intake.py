"""Nieuw contact: one page for every call, kept while it is typed.

Of a melding the people follow on page two, when the clocks already run.
"""

from datetime import UTC, datetime
from uuid import uuid4

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.cases import add_people as desk_add_people
from amhk.desk.cases import openings, reading
from amhk.desk.intake import calls, drafts
from amhk.desk.people import earlier_contacts
from amhk.desk.staff import conflicts
from amhk.errors import AlreadyUsed, BadInput, ClosedDoor, Fault, NotAllowed
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS
from amhk.rules.procedure.fields import Field
from amhk.web.pages.environment import part
from amhk.web.pages.form_values import likeliest, nested, shown, typed
from amhk.web.pages.page import Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)
_LINES = 4


@router.get("/nieuw")
def new_contact(here: Here, route: str = "") -> Response:
    """Nieuw contact: danger first, the route last; with `concept` what was typed before."""
    if here.who.role not in WORKS:
        raise NotAllowed("Met uw rol neemt u geen gesprekken aan.")
    mark = here.request.query_params.get("concept", "")
    if mark:
        kept = drafts.load(here.office, mark, here.who)
        return _page(here, kept | {"_once": [mark]})
    now = here.local
    return _page(
        here, {"ontvangen": [f"{now.day}-{now.month}-{now.year} {now:%H:%M}"], "route": [route]}
    )


def _becomes(office: Office) -> dict[str, tuple[str, str, str]]:
    """Give what a call can become, as it is chosen on the page: the route, the step that follows,
    and what it is called.
    """
    flow, codes = office.pack.of_route("advies"), office.pack.codes
    asked = next((f.choices for f in flow.intake if f.name == "vervolg"), "")
    told = {
        step.choice: ("advies", value, codes.title(asked, value))
        for value, step in flow.intake_next.items()
    }
    return told | {"melding": ("melding", "", "Melding")}


def _page(
    here: Visit,
    told: dict[str, list[str]],
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    saved: str = "",
) -> Response:
    drawn = {}
    for name in ("advies", "melding"):
        fields, desk = openings.intake_form(here.office, name)
        drawn[name] = {item["name"]: item for item in shown(fields, desk, told)}
    becomes = (told.get("route") or [""])[0]
    once = (told.get("_once") or [""])[0] or uuid4().hex
    signs = drafts.warnings(here.office, told) if becomes != "melding" else []
    return page(
        here,
        "nieuw.html",
        status,
        route=becomes,
        drawn=drawn,
        errors=errors_of(faults),
        once=once,
        becomes=_becomes(here.office),
        saved=saved,
        signs=signs if becomes else [],
        crisis=here.office.config.crisis_phone,
    )


@router.post("/nieuw/concept")
def keep_concept(here: Here, form: Form) -> Response:
    """Keep what was typed so far.

    A line that says so while typing, or the whole page where there is no JavaScript.
    """
    told, mark, real = typed(form), str(form.get("_once", "")), datetime.now(UTC)
    try:
        kept = drafts.save(here.office, mark, told, here.who, real)
    except BadInput as wrong:
        return _page(here, told, 422, wrong.faults)
    signs = (
        drafts.warnings(here.office, told)
        if (told.get("route") or [""])[0] not in ("", "melding")
        else []
    )
    if here.in_part:
        return part("bewaard.html", at=real, kept=kept, signs=signs)
    return (
        go(f"/nieuw?concept={mark}", "Het concept is bewaard.")
        if kept
        else go("/", "Dit contact was al vastgelegd.")
    )


@router.post("/nieuw/weg")
def drop_concept(here: Here, form: Form) -> Response:
    """Throw a concept away."""
    drafts.drop(here.office, str(form.get("_once", "")), here.who)
    return go("/", "Het concept is weggegooid.")


@router.post("/nieuw/overnemen")
def take_over(here: Here, form: Form) -> Response:
    """Take over the concepts of a worker of one's team."""
    count = drafts.take_over(here.office, str(form.get("van", "")), here.who)
    return go("/", f"{count} overgenomen: maak er een zaak van, of gooi ze weg.")


@router.post("/nieuw")
def take_call(here: Here, form: Form) -> Response:
    """Take the call; when something is missing everything typed comes back."""
    told = typed(form)
    chosen = _becomes(here.office).get(str(form.get("route", "")))
    if chosen is None:
        text = "Kies onderaan wat het wordt: advies, ondersteuning of melding."
        return _page(here, told, 422, (Fault("ontbreekt", text, "route"),))
    route, after, _ = chosen
    fields, desk = openings.intake_form(here.office, route)
    body = likeliest(nested(form, fields), fields, desk) | {"route": route}
    body |= {"vervolg": after} if after else {}
    try:
        number = calls.take_call(here.office, body, here.who, str(form.get("_once") or "") or None)
    except BadInput as wrong:
        return _page(here, told, 422, wrong.faults)
    except AlreadyUsed:
        # sent before, gone back to, and changed: another contact, under a mark of its own
        again = "Is dit een nieuw contact, leg het dan nog een keer vast."
        fault = Fault("al_vastgelegd", f"Dit contact was al vastgelegd of weggegooid. {again}")
        return _page(here, told | {"_once": []}, 422, (fault,))
    if conflicts.hides(here.office, number, here.who):
        return go("/", f"Vastgelegd als {number}. Een collega neemt haar van u over.")
    if route != "melding":
        return go(f"/zaak/{number}", f"Advies vastgelegd als {number}.")
    taken = f"Melding vastgelegd als {number};"
    if body.get("acuut") in ("ja", True):
        first = "de vier uur lopen. Eerst wat nu moet; wie betrokken zijn kan daarna."
        return go(f"/zaak/{number}", f"{taken} {first}")
    return go(f"/zaak/{number}/mensen", f"{taken} de klokken lopen. Wie zijn betrokken?")


@router.get("/zaak/{number}/mensen")
def people_page(here: Here, number: str) -> Response:
    """Page two of a melding, and later: a line per person."""
    return _people(here, number, None)


def _people(
    here: Visit,
    number: str,
    form: FormData | None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    found: dict[str, object] | None = None,
) -> Response:
    view = reading.case_view(here.office, number, here.who, asks=False)
    fields, desk = openings.person_form(here.office, number, here.who)
    (lines,) = shown((_lines(fields),), desk, typed(form), rows=_LINES)
    return page(
        here,
        "mensen.html",
        status,
        case=view,
        lines=lines["rows"],
        errors=errors_of(faults),
        found=found,
        roles_of=dict(desk.lists["rollen"]),
    )


def _lines(fields: tuple[Field, ...]) -> Field:
    return Field("betrokkenen", "Betrokkenen", "list", fields=fields)


def _told_people(here: Visit, number: str, form: FormData) -> dict[str, object]:
    fields, desk = openings.person_form(here.office, number, here.who)
    lines = _lines(fields)
    return likeliest(nested(form, (lines,)), (lines,), desk)


@router.post("/zaak/{number}/mensen")
def add_people(here: Here, number: str, form: Form) -> Response:
    """Record the people of a melding, all lines or none."""
    told = _told_people(here, number, form)
    if not told:
        return go(f"/zaak/{number}", "Er is nog niemand vastgelegd; dat kan later ook.")
    try:
        desk_add_people.add_people(here.office, number, told, here.who)
    except (BadInput, ClosedDoor) as wrong:
        return _people(here, number, form, 422, wrong.faults)
    if conflicts.hides(here.office, number, here.who):
        return go("/", f"Vastgelegd. Een collega neemt {number} van u over.")
    if any(e["known"] for e in earlier_contacts.earlier_of(here.office, number, here.who)):
        return go(
            f"/zaak/{number}/verwant",
            "Vastgelegd. Een van deze mensen is eerder bekend: hoort deze melding daarbij?",
        )
    return go(f"/zaak/{number}", "Betrokkenen vastgelegd.")


@router.post("/zaak/{number}/mensen/eerder")
def earlier(here: Here, number: str, form: Form) -> Response:
    """Who of the people typed so far is known.

    A part of the page while typing, or the whole page where there is no JavaScript.
    """
    told = _told_people(here, number, form)
    known = (
        earlier_contacts.earlier(here.office, {"route": "melding", **told}, here.who)
        if told
        else []
    )
    found = {
        "found": [e for e in known if e["number"] != number],
        "route": "melding",
        "asked": bool(told),
    }
    if here.in_part:
        return part("eerder.html", office=here.office, **found)
    return _people(here, number, form, found=found)
