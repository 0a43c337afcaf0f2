"""The desk itself: worklist, Nieuw contact, case page, a move with its form, people, assignment."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from amhk.desk.casefile import access_log
from amhk.desk.cases import assignment, attachments, history, moves, openings, reading
from amhk.desk.staff import conflicts
from amhk.errors import BadInput, ChangedMeanwhile, ClosedDoor, Fault, NotFound, Opens, Refusal
from amhk.office import Office
from amhk.rules.procedure.fields import Desk
from amhk.sheets.diagram import as_svg
from amhk.web.api.request import Key
from amhk.web.pages.environment import dag, part, shown_term
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import FileForm, Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn
from amhk.words import lower_first

router = APIRouter(route_class=OneTurn)


@router.get("/zaak/{number}")
def case_page(here: Here, number: str, verloop: str = "") -> Response:
    """One case: state, next term, the route, what now, what must still be sent, people, letters,
    terms, notes, files, history.
    """
    view = reading.case_page(here.office, number, here.who)
    told: dict[str, Any] = {
        "case": view,
        "journal": _filtered(here.office, view["journal"], verloop),
        "kinds": _KINDS,
        "verloop": verloop,
    }
    for term in view["terms"]:
        term |= shown_term(term, here.now, here.office.calendar)
    if here.in_part:
        return part("verloop.html", office=here.office, **told)
    running = [t for t in view["terms"] if t["status"] in ("lopend", "te_laat")]
    unsent = [n for n in view["notices"] if n["state"] in ("draft", "approved")]
    route = f"De route van {number}: nu {view['state_title'].lower()};"
    return page(
        here,
        "zaak.html",
        **told,
        clock=f"{here.local:%H:%M}",
        running=sorted(running, key=lambda t: t["over_at"]),
        owed=[n for n in unsent if n["obligatory"]],
        may=[n for n in unsent if not n["obligatory"]],
        picture=as_svg(view["map"], f"{route} dezelfde route staat eronder als lijst"),
        link=lambda opens: link_of(opens, view),
        notes=[e for e in view["journal"] if e["kind"] == "notitie"],
    )


# What the history can be narrowed to; all that is none of these is a step.
_KINDS = {
    "": "Alles",
    "stappen": "Stappen",
    "brieven": "Brieven",
    "termijnen": "Termijnen",
    "mensen": "Mensen en gegevens",
    "notities": "Notities",
}
_OF_KIND = {
    "bericht": "brieven",
    "concept": "brieven",
    "herinnering": "termijnen",
    "termijnen": "termijnen",
    "termijn_mislukt": "termijnen",
    "opgeschort": "termijnen",
    "hervat": "termijnen",
    "verlengd": "termijnen",
    "kalender": "termijnen",
    "notitie": "notities",
    "persoon_toegevoegd": "mensen",
    "oud_gegeven": "mensen",
    "dossier": "mensen",
    "bijlage": "notities",
}


def _filtered(
    office: Office, journal: list[dict[str, Any]], wanted: str
) -> list[dict[str, object]]:
    if wanted not in _KINDS or not wanted:
        return journal
    corrections = (flow.correcting for flow in office.pack.workflows.values())
    of_kind = _OF_KIND | {kind: "mensen" for kind in corrections if kind}
    return [e for e in journal if of_kind.get(e["kind"], "stappen") == wanted]


def link_of(opens: Opens | None, view: dict[str, object]) -> str | None:
    """Give the page that opens a closed door."""
    if opens is None:
        return None
    case = f"/zaak/{view['number']}"
    where = {
        "move": (
            f"{case}/stap/{opens.target}"
            + (f"?{urlencode(dict(opens.values))}" if opens.values else "")
        ),
        "clock": "/klok",
        "person": f"{case}/mensen",
        "institution": (
            f"/beheer/instellingen/{opens.target}" if opens.target else "/beheer/instellingen"
        ),
    }
    return where.get(opens.kind, f"/brief/{opens.target}")


def with_links(faults: Sequence[Fault], view: dict[str, object]) -> list[dict[str, object]]:
    """Give what is wrong as a page shows it, each with the page that mends it."""
    return [
        error | {"href": link_of(f.do, view)}
        for error, f in zip(errors_of(faults), faults, strict=True)
    ]


def _step(view: dict[str, Any], name: str) -> dict[str, Any]:
    """Give a step by its name, or by what it does (`correct`) whatever a procedure calls it."""
    step = next((m for m in view["moves"] if name in (m["name"], m["effect"])), None)
    if step is None:
        raise NotFound(f"De stap '{name[:60]}' bestaat niet.")
    return dict(step)


def _step_page(
    here: Visit,
    number: str,
    name: str,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    **more: object,
) -> Response:
    view = reading.case_view(here.office, number, here.who, asks=False)
    step = _step(view, name)
    desk = moves.step_desk(here.office, number, step["name"], here.who)
    asked = tuple(f for f in step["fields"] if f.only != frozenset())  # nothing to choose from now
    drawn = shown(asked, desk, typed(form))
    return page(
        here,
        "stap.html",
        status,
        case=view,
        step=step,
        fields=drawn,
        errors=with_links(faults, view),
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
    """Make a move, or first hear what it would do.

    Who comes second sees what changed and keeps his text.
    """
    view = reading.case_view(here.office, number, here.who, asks=False)
    step = _step(view, name)
    body = nested(form, step["fields"]) | {"version": str(form.get("version", ""))}
    if left := [f for f in step["fields"] if f.ask and f.name not in body]:
        faults = tuple(Fault("ontbreekt", f"Vul in: {f.title}. {f.hint}", f.name) for f in left)
        return _step_page(here, number, name, form=form, status=422, faults=faults)
    try:
        if form.get("_vooraf"):
            dry = moves.try_move(here.office, number, step["name"], body, here.who)
            return _step_page(here, number, name, form, dry=dry)
        made = moves.make_move(here.office, number, step["name"], body, here.who)
    except ChangedMeanwhile as wrong:
        changed = history.journal_view(here.office, number, here.who)[-3:]
        fault = Fault("gewijzigd", wrong.text)
        return _step_page(
            here, number, name, form=form, status=409, faults=(fault,), changed=changed
        )
    except (BadInput, ClosedDoor) as wrong:
        return _step_page(here, number, name, form=form, status=422, faults=wrong.faults)
    done = f"Vastgelegd: {lower_first(step['title'])}."
    if conflicts.hides(here.office, made or number, here.who):
        return go("/", f"{done} Een collega neemt de zaak van u over.")
    return (
        go(f"/zaak/{made}", f"{done} {number} is gesloten; dit is de nieuwe zaak.")
        if made
        else go(f"/zaak/{number}", done)
    )


@router.get("/zaak/{number}/overdragen")
def assign_page(here: Here, number: str) -> Response:
    """The form to give a case to another worker or team."""
    return _assign_page(here, number, None)


def _assign_page(
    here: Visit,
    number: str,
    form: FormData | None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    view = reading.case_view(here.office, number, here.who, asks=False)
    desk: Desk = openings.assign_desk(here.office)
    drawn = shown(assignment.ASSIGN, desk, typed(form))
    return page(here, "overdragen.html", status, case=view, fields=drawn, errors=errors_of(faults))


@router.post("/zaak/{number}/overdragen")
def assign(here: Here, number: str, form: Form) -> Response:
    """Give a case to another worker or team, with the reason."""
    body = nested(form, assignment.ASSIGN)
    try:
        assignment.assign(here.office, number, {"owner": None, **body}, here.who)
    except (BadInput, ClosedDoor) as wrong:
        return _assign_page(here, number, form, 422, wrong.faults)
    return go("/", f"{number} is overgedragen.")


@router.get("/zaak/{number}/geheim")
def secret_page(here: Here, number: str) -> Response:
    """Ask why, before anything secret is shown."""
    return page(
        here,
        "geheim.html",
        case=reading.case_view(here.office, number, here.who, asks=False),
        secrets=None,
    )


@router.post("/zaak/{number}/geheim")
def secret(here: Here, number: str, form: Form) -> Response:
    """Show what is kept secret, once, after writing down who looked and why."""
    view = reading.case_view(here.office, number, here.who, asks=False)
    try:
        told = reading.reveal(here.office, number, here.who, str(form.get("reason", "")))
    except Refusal as wrong:
        return page(
            here, "geheim.html", 422, case=view, secrets=None, errors=errors_of(wrong, "reason")
        )
    return page(here, "geheim.html", case=view, secrets=told)


@router.post("/zaak/{number}/notities")
def add_note(here: Here, number: str, form: Form) -> Response:
    """Write a note; what was typed comes back when it cannot be kept."""
    try:
        attachments.add_note(here.office, number, nested(form, attachments.NOTE), here.who)
    except (BadInput, ClosedDoor) as wrong:
        return _note_page(here, number, str(form.get("tekst", "")), 422, wrong.faults)
    return go(f"/zaak/{number}", "De notitie staat erbij.")


@router.get("/zaak/{number}/notities")
def note_page(here: Here, number: str, citeer: int = 0) -> Response:
    """A page to write a note on, with a line of the history quoted."""
    lines = history.journal_view(here.office, number, here.who)
    quoted = next((e for e in lines if e["sequence"] == citeer), None)
    text = (
        f"Bij {dag(quoted['instant'])} ({quoted['worker']}): {quoted['what']}\n\n" if quoted else ""
    )
    return _note_page(here, number, text)


def _note_page(
    here: Visit, number: str, text: str, status: int = 200, faults: tuple[Fault, ...] = ()
) -> Response:
    drawn = shown(attachments.NOTE, Desk(here.now, {}), {"tekst": [text]})
    view = reading.case_view(here.office, number, here.who, asks=False)
    return page(here, "notitie.html", status, case=view, fields=drawn, errors=errors_of(faults))


@router.post("/zaak/{number}/bijlagen")
def add_file(here: Here, number: str, form: FileForm) -> Response:
    """Keep a file with the case."""
    file = form.get("bestand")
    if not isinstance(file, UploadFile) or not file.filename:
        return _file_page(here, number, 422, (Fault("ontbreekt", "Kies een bestand.", "bestand"),))
    try:
        attachments.add_file(here.office, number, file.filename, file.file, here.who)
    except (BadInput, ClosedDoor) as wrong:
        return _file_page(here, number, 422, wrong.faults)
    return go(f"/zaak/{number}", "De bijlage is bewaard.")


@router.get("/zaak/{number}/bijlagen")
def file_page(here: Here, number: str) -> Response:
    """A page to bring a file to the case."""
    return _file_page(here, number)


def _file_page(
    here: Visit, number: str, status: int = 200, faults: tuple[Fault, ...] = ()
) -> Response:
    view = reading.case_view(here.office, number, here.who, asks=False)
    return page(
        here,
        "bijlage.html",
        status,
        case=view,
        errors=errors_of(faults),
        endings=", ".join(attachments.KINDS),
    )


@router.get("/zaak/{number}/bijlagen/{key}")
def read_file(here: Here, number: str, key: Key) -> Response:
    """A file of the case, to open outside the browser; who looked is written down."""
    told, name, kind = attachments.read_file(here.office, number, key, here.who)
    access_log.look(here.office, number, here.who, f"bijlage {key}")
    plain, sure = f'filename="{name}"', f"filename*=utf-8''{quote(name)}"
    heads = {"content-disposition": f"attachment; {plain if quote(name) == name else sure}"}
    return Response(told, media_type=kind, headers=heads)
