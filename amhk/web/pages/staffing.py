"""The functioneel beheerder's pages.

Workers, teams and how calls are divided, the texts of letters. No case content in sight.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from amhk.desk.casefile import access
from amhk.desk.house import second_proof
from amhk.desk.letters import text_templates
from amhk.desk.staff import management, routing_rules
from amhk.errors import BadInput, ClosedDoor, Fault, NotFound
from amhk.web.api.request import Key
from amhk.web.pages.form_values import from_values, nested, shown, typed
from amhk.web.pages.page import Form, Fresh, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


@router.get("/beheer/medewerkers")
def workers_page(here: Here) -> Response:
    """Who works here, and a form to add somebody."""
    return _workers(here)


def _workers(
    here: Visit,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    fresh: object = None,
) -> Response:
    found = management.view(here.office, here.who)
    fields = shown(management.WORKER, management.desk(here.office), typed(form))
    return page(
        here,
        "medewerkers.html",
        status,
        workers=found,
        fields=fields,
        errors=errors_of(faults),
        fresh=fresh,
    )


@router.post("/beheer/medewerkers")
def add_worker(here: Fresh, form: Form) -> Response:
    """Add somebody; his one-time password is shown once."""
    body = nested(form, management.WORKER)
    try:
        first = management.add(here.office, body, here.who)
    except BadInput as wrong:
        return _workers(here, form, 422, wrong.faults)
    return _workers(here, fresh={"name": body["name"], "password": first})


@router.get("/beheer/medewerkers/{key}")
def worker_page(here: Here, key: Key) -> Response:
    """One worker."""
    return _worker(here, key)


def _worker(
    here: Visit,
    key: int,
    form: FormData | None = None,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    fresh: object = None,
) -> Response:
    one = management.worker(here.office, key, here.who)
    told = typed(form) or from_values(
        {k: one[k] for k in ("name", "role", "team", "registration", "email") if one[k]}
    )
    fields = shown(management.CHANGE, management.desk(here.office), told)
    return page(
        here,
        "medewerker.html",
        status,
        one=one,
        fields=fields,
        errors=errors_of(faults),
        fresh=fresh,
    )


@router.post("/beheer/medewerkers/{key}")
def change_worker(here: Fresh, key: Key, form: Form) -> Response:
    """Change a worker."""
    try:
        management.change(here.office, key, nested(form, management.CHANGE), here.who)
    except BadInput as wrong:
        return _worker(here, key, form, 422, wrong.faults)
    return go(f"/beheer/medewerkers/{key}", "Gewijzigd.")


@router.post("/beheer/medewerkers/{key}/{act}")
def act_on_worker(here: Fresh, key: Key, act: str, form: Form) -> Response:
    """Give a one-time password, take a second proof away, bind a worker to a name at the
    organisation, or let him leave.
    """
    try:
        if act == "wachtwoord":
            return _worker(
                here, key, fresh={"password": management.new_password(here.office, key, here.who)}
            )
        if act == "tweede-stap":
            second_proof.take_away(here.office, key, here.who)
            return go(f"/beheer/medewerkers/{key}", "De tweede stap is gewist.")
        if act == "koppelen":
            management.bind(here.office, key, str(form.get("login", "")), here.who)
            return go(f"/beheer/medewerkers/{key}", "Bewaard.")
        if act == "uit-dienst":
            count = management.let_go(here.office, key, here.who)
            return go("/beheer/medewerkers", f"Uit dienst; {count} zaken vielen aan het team.")
    except (BadInput, ClosedDoor) as wrong:
        return _worker(here, key, None, 422, wrong.faults)
    raise NotFound()


@router.get("/beheer/verdeling")
def division_page(here: Here) -> Response:
    """Teams, rules, and the test box."""
    access.must_run(here.who)
    asked = FormData([(k, v) for k, v in here.request.query_params.multi_items() if len(v) < 200])
    if not asked:
        return _division(here)
    try:
        return _division(
            here,
            ("proef", asked),
            answer=routing_rules.try_call(here.office, nested(asked, routing_rules.CALL)),
        )
    except BadInput as wrong:
        return _division(here, ("proef", asked), 422, wrong.faults)


_PARTS = {"team": management.TEAM, "regel": routing_rules.RULE, "proef": routing_rules.CALL}


def _division(
    here: Visit,
    told: tuple[str, FormData] = ("", FormData()),
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    answer: str = "",
) -> Response:
    desk = management.desk(here.office)
    drawn = {
        name: shown(fields, desk, typed(told[1]) if name == told[0] else {})
        for name, fields in _PARTS.items()
    }
    return page(
        here,
        "verdeling.html",
        status,
        **routing_rules.division(here.office),
        drawn=drawn,
        answer=answer,
        at=told[0],
        errors=errors_of(faults),
    )


@router.post("/beheer/verdeling/{what}")
def add_to_division(here: Here, what: str, form: Form) -> Response:
    """Add a team or a rule."""
    acts = {"team": management.add_team, "regel": routing_rules.add_rule}
    if what not in acts:
        raise NotFound()
    try:
        acts[what](here.office, nested(form, _PARTS[what]), here.who)
    except BadInput as wrong:
        return _division(here, (what, form), 422, wrong.faults)
    return go("/beheer/verdeling", "Toegevoegd.")


@router.post("/beheer/verdeling/regel/{place}/{how}")
def move_rule(here: Here, place: Key, how: str, form: Form) -> Response:
    """Move a rule up, or take it away."""
    routing_rules.move_rule(here.office, place - 1, how, str(form.get("regel", "")), here.who)
    return go("/beheer/verdeling", "Weggehaald." if how == "weg" else "Omhoog gezet.")


@router.get("/beheer/brieven")
def letters_page(here: Here, uitgave: str = "") -> Response:
    """The letters of a release of the procedure, each with the version of its text."""
    letters = text_templates.overview(here.office, here.who, uitgave)
    if not letters:
        raise NotFound("Deze uitgave van de werkwijze is er niet.")
    running = text_templates.running(here.office)
    return page(here, "brieven.html", letters=letters, of=uitgave or running[0], releases=running)


@router.get("/beheer/brieven/{kind}")
def text_page(here: Here, kind: str, versie: int = 0, uitgave: str = "") -> Response:
    """One text, to change; with `versie` an earlier one to start from."""
    told = text_templates.view(here.office, kind, here.who, uitgave)
    earlier = next((v["text"] for v in told["versions"] if v["release"] == versie), None)
    shown = _as_it_would_be(here, told)
    return page(here, "tekst.html", told=told, text=earlier or told["text"], shown=shown)


def _as_it_would_be(here: Visit, told: Mapping[str, Any]) -> str | None:
    """Give, to whoever may let it hold, the letter with the text that waits; None when none does,
    or when it can be made no longer.
    """
    if not told["waits"] or told["waits"]["mine"]:
        return None
    try:
        text = told["waits"]["text"]
        return text_templates.preview(here.office, told["kind"], text, told["of"])
    except BadInput:
        return None


@router.post("/beheer/brieven/{kind}/vaststellen")
def approve_text(here: Here, kind: str, form: Form) -> Response:
    """Let a text that somebody else wrote hold from now on."""
    of = str(form.get("uitgave", ""))
    release = text_templates.approve(here.office, kind, form.get("versie"), here.who, of)
    return go(
        f"/beheer/brieven/{kind}?uitgave={of}",
        f"Versie {release} geldt. Brieven die al zijn goedgekeurd blijven zoals ze zijn.",
    )


@router.post("/beheer/brieven/{kind}")
def change_text(here: Here, kind: str, form: Form) -> Response:
    """See a text as it will be, or keep it as a new version, for another to approve."""
    of, text = str(form.get("uitgave", "")), str(form.get("tekst", "")).replace("\r\n", "\n")
    told = text_templates.view(here.office, kind, here.who, of)
    try:
        if form.get("_vooraf"):
            return page(
                here,
                "tekst.html",
                told=told,
                text=text,
                shown=text_templates.preview(here.office, kind, text, of),
            )
        release = text_templates.propose(here.office, kind, text, here.who, of)
    except BadInput as wrong:
        return page(
            here, "tekst.html", 422, told=told, text=text, shown=None, errors=errors_of(wrong)
        )
    return go(
        f"/beheer/brieven/{kind}?uitgave={of}",
        f"Versie {release} staat klaar. Zij geldt zodra een ander haar vaststelt.",
    )
