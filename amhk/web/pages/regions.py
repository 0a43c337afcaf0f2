"""Between meldpunten: a case sealed for another, what came from one, and whose cards are here."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from amhk.desk.regions import arrivals, cards, sending
from amhk.errors import BadInput, ClosedDoor, Fault
from amhk.web.api.request import Key
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import FileForm, Form, Fresh, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)
_SEALED = "application/octet-stream"


def _content(form: FormData) -> bytes:
    file = form.get("bestand")
    if not isinstance(file, UploadFile) or not file.filename:
        raise BadInput.of("ontbreekt", "Kies een bestand.", "bestand")
    return file.file.read()


def _download(told: bytes, name: str) -> Response:
    heads = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(told, media_type=_SEALED, headers=heads)


def _of_case(
    here: Visit,
    number: str,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    told = sending.view(here.office, number, here.who)
    fields = shown(sending.SEAL, told.pop("desk"), typed(form))
    return page(here, "overdracht.html", status, **told, fields=fields, errors=errors_of(faults))


@router.get("/zaak/{number}/overdracht")
def of_case(here: Here, number: str) -> Response:
    """How a case goes to another meldpunt: offered, sealed, answered."""
    return _of_case(here, number)


@router.post("/zaak/{number}/overdracht")
def seal(here: Fresh, number: str, form: Form) -> Response:
    """Make the sealed dossier of a case that is offered."""
    body = nested(form, sending.SEAL)
    try:
        told = sending.make(here.office, number, body, here.who)
    except BadInput as wrong:
        return _of_case(here, number, form, 422, wrong.faults)
    return _download(told, f"dossier-{number}.age")


@router.post("/zaak/{number}/overdracht/antwoord")
def answer(here: Here, number: str, form: FileForm) -> Response:
    """Take the sealed answer of another meldpunt."""
    try:
        told = sending.take_answer(here.office, number, _content(form), here.who)
    except (BadInput, ClosedDoor) as wrong:
        return _of_case(here, number, None, 422, wrong.faults)
    return go(f"/zaak/{number}", told)


def _arrivals(here: Visit, status: int = 200, faults: tuple[Fault, ...] = ()) -> Response:
    told = arrivals.overview(here.office, here.who)
    return page(here, "overdrachten.html", status, **told, errors=errors_of(faults))


@router.get("/overdrachten")
def overview(here: Here) -> Response:
    """What came from other meldpunten."""
    return _arrivals(here)


@router.post("/overdrachten")
def bring(here: Here, form: FileForm) -> Response:
    """Keep a sealed dossier that came."""
    try:
        key = arrivals.bring(here.office, _content(form), here.who)
    except BadInput as wrong:
        return _arrivals(here, 422, wrong.faults)
    return go(f"/overdrachten/{key}", "Ontvangen. De afzender houdt de zaak tot u antwoordt.")


def _one(
    here: Visit,
    key: int,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    refuses: bool = False,
) -> Response:
    told = arrivals.one(here.office, key, here.who)
    desk, asked = told.pop("desk"), told.pop("accept")
    return page(
        here,
        "overdracht-binnen.html",
        status,
        **told,
        accept=shown(asked, desk, {} if refuses else typed(form)),
        refuse=shown(arrivals.REFUSE, desk, typed(form) if refuses else {}),
        refuses=refuses,
        errors=errors_of(faults),
    )


@router.get("/overdrachten/{key}")
def one(here: Here, key: Key) -> Response:
    """One that came: what it says, and the answer to it."""
    return _one(here, key)


@router.get("/overdrachten/{key}/dossier.pdf")
def readable(here: Here, key: Key) -> Response:
    """The readable part of one that waits."""
    told = arrivals.readable(here.office, key, here.who)
    return Response(told, media_type="application/pdf")


@router.post("/overdrachten/{key}/aannemen")
def accept(here: Here, key: Key, form: Form) -> Response:
    """Take a case on."""
    body = nested(form, arrivals.asked(here.office))
    try:
        number = arrivals.accept(here.office, key, body, here.who)
    except BadInput as wrong:
        return _one(here, key, form, 422, wrong.faults)
    return go(f"/overdrachten/{key}", f"Aangenomen als {number}. Stuur het antwoord terug.")


@router.post("/overdrachten/{key}/weigeren")
def refuse(here: Here, key: Key, form: Form) -> Response:
    """Refuse to take a case on."""
    try:
        arrivals.refuse(here.office, key, nested(form, arrivals.REFUSE), here.who)
    except BadInput as wrong:
        return _one(here, key, form, 422, wrong.faults, refuses=True)
    return go(f"/overdrachten/{key}", "Geweigerd. Stuur het antwoord terug.")


@router.get("/overdrachten/{key}/antwoord")
def answer_of(here: Here, key: Key) -> Response:
    """The sealed answer to one that was answered."""
    return _download(*arrivals.answer_of(here.office, key, here.who))


def _cards(
    here: Visit,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    told = cards.view(here.office, here.who)
    fields = shown(cards.ADD, told.pop("desk"), typed(form))
    return page(here, "meldpunten.html", status, **told, fields=fields, errors=errors_of(faults))


@router.get("/beheer/meldpunten")
def cards_page(here: Here) -> Response:
    """The card of this meldpunt, and those of others."""
    return _cards(here)


@router.post("/beheer/meldpunten")
def add_card(here: Fresh, form: Form) -> Response:
    """Take over the card of another meldpunt."""
    try:
        name = cards.add(here.office, nested(form, cards.ADD), here.who)
    except BadInput as wrong:
        return _cards(here, form, 422, wrong.faults)
    return go("/beheer/meldpunten", f"De kaart van {name} is overgenomen.")


@router.post("/beheer/meldpunten/{key}/weg")
def remove_card(here: Fresh, key: Key, form: Form) -> Response:
    """Write to a meldpunt no more."""
    name = cards.remove(here.office, key, here.who)
    return go("/beheer/meldpunten", f"De kaart van {name} geldt niet meer.")
