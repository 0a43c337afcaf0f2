"""What betrokkenen ask about their data, and what is kept longer or destroyed."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.subjects import (
    access_pack,
    destruction_proof,
    destructions,
    disclosures,
    requests,
    retention,
)
from amhk.errors import BadInput, Fault
from amhk.web.api.request import Key
from amhk.web.pages.form_values import nested, shown, typed
from amhk.web.pages.page import Form, Fresh, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


def _requests(
    here: Visit,
    number: str,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    of: int = 0,
) -> Response:
    """Draw the requests about a case; what was typed stands in the form it was typed in, that of a
    new request or of the one with the key `of`.
    """
    told = requests.view(here.office, number, here.who)
    desk = told.pop("desk")
    return page(
        here,
        "verzoeken.html",
        status,
        **told,
        fields=shown(requests.ASK, desk, {} if of else typed(form)),
        answer={
            one["id"]: shown(requests.DECIDE, desk, typed(form) if one["id"] == of else {})
            for one in told["requests"]
        },
        of=of,
        errors=errors_of(faults),
    )


@router.get("/zaak/{number}/verzoeken")
def requests_page(here: Here, number: str) -> Response:
    """What betrokkenen asked about their data in this case, and the form for a new request."""
    return _requests(here, number)


@router.post("/zaak/{number}/verzoeken")
def register(here: Here, number: str, form: Form) -> Response:
    """Write a request down: its clock runs."""
    try:
        requests.register(here.office, number, nested(form, requests.ASK), here.who)
    except BadInput as wrong:
        return _requests(here, number, form, 422, wrong.faults)
    return go(f"/zaak/{number}/verzoeken", "Vastgelegd. De termijn loopt.")


@router.post("/zaak/{number}/verzoeken/{key}")
def decide(here: Here, number: str, key: Key, form: Form) -> Response:
    """Answer a request."""
    try:
        requests.decide(here.office, number, key, nested(form, requests.DECIDE), here.who)
    except BadInput as wrong:
        return _requests(here, number, form, 422, wrong.faults, key)
    return go(f"/zaak/{number}/verzoeken", "Beantwoord. Laat het de betrokkene weten.")


def _told(
    here: Visit,
    number: str,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    told = disclosures.view(here.office, number, here.who)
    fields = shown(disclosures.TELL, told.pop("desk"), typed(form))
    return page(
        here, "verstrekkingen.html", status, **told, fields=fields, errors=errors_of(faults)
    )


@router.get("/zaak/{number}/verstrekkingen")
def told_page(here: Here, number: str) -> Response:
    """What of a case was told to others, each with its ground."""
    return _told(here, number)


@router.post("/zaak/{number}/verstrekkingen")
def tell(here: Here, number: str, form: Form) -> Response:
    """Write down that something was told to somebody."""
    try:
        disclosures.tell(here.office, number, nested(form, disclosures.TELL), here.who)
    except BadInput as wrong:
        return _told(here, number, form, 422, wrong.faults)
    return go(f"/zaak/{number}/verstrekkingen", "Vastgelegd.")


def _copy(
    here: Visit,
    number: str,
    key: int,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    body = nested(form, access_pack.LEAVE_OUT) if form is not None else {}
    told = access_pack.view(here.office, number, key, here.who, body)
    fields = shown(access_pack.LEAVE_OUT, told.pop("desk"), typed(form))
    return page(here, "afschrift.html", status, **told, fields=fields, errors=errors_of(faults))


@router.get("/zaak/{number}/afschrift/{key}")
def copy_page(here: Here, number: str, key: Key) -> Response:
    """What is kept of a person, as it would go to himself, to be read first."""
    return _copy(here, number, key)


@router.post("/zaak/{number}/afschrift/{key}")
def give_copy(here: Fresh, number: str, key: Key, form: Form) -> Response:
    """Make the copy that goes, or read it again with what was chosen."""
    if "_vooraf" in form:
        return _copy(here, number, key, form)
    body = nested(form, access_pack.LEAVE_OUT)
    try:
        told = access_pack.give(here.office, number, key, body, here.who)
    except BadInput as wrong:
        return _copy(here, number, key, form, 422, wrong.faults)
    heads = {"content-disposition": f'attachment; filename="afschrift-{number}.pdf"'}
    return Response(told, media_type="application/pdf", headers=heads)


def _destroy(
    here: Visit,
    number: str,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    trial: object = None,
    keeps: bool = False,
) -> Response:
    told = destructions.view(here.office, number, here.who)
    desk, filled = told.pop("desk"), typed(form)
    return page(
        here,
        "vernietigen.html",
        status,
        **told,
        fields=shown(destructions.PROPOSE, desk, {} if keeps else filled),
        keep=shown(retention.KEEP, desk, filled if keeps else {}),
        keeps=keeps,
        trial=trial,
        errors=errors_of(faults),
    )


@router.get("/zaak/{number}/vernietigen")
def destroy_page(here: Here, number: str) -> Response:
    """Until when a case is kept, and the forms to keep it longer or to propose destroying."""
    return _destroy(here, number)


@router.post("/zaak/{number}/vernietigen")
def propose(here: Fresh, number: str, form: Form) -> Response:
    """Propose a destruction, or see first what would go."""
    body = nested(form, destructions.PROPOSE)
    try:
        if "_vooraf" in form:
            told = destructions.trial(here.office, number, body, here.who)
            return _destroy(here, number, form, trial=told)
        destructions.propose(here.office, number, body, here.who)
    except BadInput as wrong:
        return _destroy(here, number, form, 422, wrong.faults)
    return go(f"/zaak/{number}/vernietigen", "Voorgesteld. Een ander die leidinggeeft beslist.")


@router.post("/zaak/{number}/bewaren")
def keep_longer(here: Here, number: str, form: Form) -> Response:
    """Keep a case longer than its term."""
    try:
        retention.keep_longer(here.office, number, nested(form, retention.KEEP), here.who)
    except BadInput as wrong:
        return _destroy(here, number, form, 422, wrong.faults, keeps=True)
    return go(f"/zaak/{number}/vernietigen", "De zaak blijft langer bewaard.")


@router.get("/vernietigingen")
def overview(here: Here) -> Response:
    """What waits for a second pair of eyes, what falls due, and what was destroyed."""
    return page(here, "vernietigingen.html", **destructions.overview(here.office, here.who))


def _one(
    here: Visit,
    key: int,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> Response:
    told = destructions.one(here.office, key, here.who)
    desk = destructions.desk_of_answer(here.now)
    fields = shown(destructions.REFUSE, desk, typed(form))
    return page(
        here, "vernietiging.html", status, one=told, fields=fields, errors=errors_of(faults)
    )


@router.get("/vernietigingen/{key}")
def destruction_page(here: Here, key: Key) -> Response:
    """One destruction: what would go, or went."""
    return _one(here, key)


@router.post("/vernietigingen/{key}/uitvoeren")
def carry_out(here: Fresh, key: Key, form: Form) -> Response:
    """Destroy what another proposed."""
    number = destructions.carry_out(here.office, key, here.who)
    return go(f"/vernietigingen/{key}", f"Vernietigd in {number}. De verklaring staat hieronder.")


@router.post("/vernietigingen/{key}/afwijzen")
def turn_down(here: Here, key: Key, form: Form) -> Response:
    """Turn a proposal down."""
    try:
        number = destructions.turn_down(
            here.office, key, nested(form, destructions.REFUSE), here.who
        )
    except BadInput as wrong:
        return _one(here, key, form, 422, wrong.faults)
    return go("/vernietigingen", f"Het voorstel voor {number} is niet overgenomen.")


@router.get("/vernietigingen/{key}/verklaring.pdf")
def proof(here: Here, key: Key) -> Response:
    """The proof of a destruction, in hashes."""
    told = destruction_proof.proof(here.office, key, here.who)
    return Response(told, media_type="application/pdf")
