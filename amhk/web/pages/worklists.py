"""The morning page, worklists with their filters, columns and bulk, and search."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from amhk.desk.cases import assignment
from amhk.desk.figures import kept_reports
from amhk.desk.house import night_proof, who_looked
from amhk.desk.house.session import MANY
from amhk.desk.staff import lent_cases, piket
from amhk.desk.worklists import acute_list, saved_lists, today, worklist
from amhk.errors import BadInput, NotAllowed
from amhk.rules.privacy.secrecy import LENT, WORKS
from amhk.rules.terms.distance import LATE, NOW, WEEK
from amhk.web.api.request import Key
from amhk.web.pages.environment import shown_term
from amhk.web.pages.form_values import nested
from amhk.web.pages.page import Form, Fresh, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


@router.get("/")
def morning_page(here: Here) -> Response:
    """What to do first, by role; an old address of a worklist leads to it."""
    if here.request.url.query:
        return RedirectResponse(f"/werkvoorraad?{here.request.url.query}", 303)
    if here.who.role == "rapportage":
        return RedirectResponse("/rapportage", 303)
    if here.who.role in LENT:
        return page(here, "ochtend-lezer.html", cases=lent_cases.mine(here.office, here.who))
    if here.who.role == who_looked.WATCHES:
        return page(here, "ochtend-toezicht.html", **who_looked.watched(here.office, here.who))
    if here.who.role not in WORKS:
        texts = today.texts_of(here.office, here.who) if here.seat.texts else []
        return page(here, "ochtend-beheer.html", told=night_proof.latest(here.office), texts=texts)
    seat = here.seat
    many = seat.reminders >= MANY
    waits = today.Waits(
        seat.leave, seat.asked, seat.arrived, seat.matters, texts=seat.texts, many=many
    )
    told = today.morning_of(here.office, here.who, here.now, datetime.now(UTC), waits)
    terms = [(case, _shaped(here, term)) for case in told.pop("mine") for term in case["terms"]]
    lead, watch = here.who.role in today.LEADS, here.who.role == "piket"
    return page(
        here,
        "ochtend.html",
        **told,
        **_sorted(terms),
        proof=here.seat.proof,
        greeting=_greeting(here),
        lead=lead,
        watch=watch,
        waiting_shown=[
            c | {"next_term": c["next_term"] and _shaped(here, c["next_term"])}
            for c in told["waiting"]
        ],
        trend=today.trend(here.office, here.who, here.now) if here.who.role == "manager" else [],
        reports=kept_reports.fresh(here.office, here.who),
        gaps=len(piket.roster(here.office)["gaps"]) if lead or watch else 0,
        acute=acute_list.acute_cases(here.office, here.who) if watch else [],
    )


def _shaped(here: Visit, term: dict[str, object]) -> dict[str, object]:
    return shown_term(term, here.now, here.office.calendar)


def _greeting(here: Visit) -> str:
    hour = here.local.hour
    return (
        "Goedenacht"
        if hour < 6
        else "Goedemorgen"
        if hour < 12
        else "Goedemiddag"
        if hour < 18
        else "Goedenavond"
    )


def _sorted(terms: list[tuple[dict[str, object], dict[str, object]]]) -> dict[str, Any]:
    """Give one's terms by what they ask: now, this week, of others, later.

    Each a case with its term.
    """
    first = [(c, t) for c, t in terms if t["shape"] in (LATE, NOW) and not t["waits_for"]]
    others = [(c, t) for c, t in terms if t["waits_for"]]
    week = [(c, t) for c, t in terms if t["shape"] == WEEK and not t["waits_for"]]
    checks = [(c, t) for c, t in terms if t["check"] and t["shape"] not in (LATE, NOW, WEEK)]
    cases = {c["number"] for c, _ in terms}
    return {
        "first": first,
        "week": week,
        "others": others,
        "checks": checks[:6],
        "total": len(cases),
        "soon": len(first) + len(week),
    }


def _asked(here: Visit) -> dict[str, str]:
    return {k: v for k, v in here.request.query_params.items() if v and k in worklist.ASKS}


@router.get("/werkvoorraad")
def worklist_page(here: Here) -> Response:
    """The worklist: most dangerous first, then by date; closed cases only when asked for."""
    return _worklist(here, _asked(here), here.request.query_params.getlist("kolom"))


def _worklist(
    here: Visit,
    asked: dict[str, str],
    names: list[str],
    status: int = 200,
    errors: list[dict[str, object]] | None = None,
    **more: Any,
) -> Response:
    told = {"closed": "false"} | asked
    columns, wrong = saved_lists.columns_of(names), list(errors or [])
    saved = saved_lists.saved(here.office, here.who) if here.who.role in WORKS else []
    try:
        found = worklist.worklist(here.office, here.who, told)
    except BadInput as fault:
        found, wrong, status = _nothing(), wrong + errors_of(fault), 422
    states = {
        s.name: s.title for w in here.office.pack.workflows.values() for s in w.states.values()
    }
    return page(
        here,
        "werkvoorraad.html",
        status,
        groups=_groups(here, found["items"]),
        found=found,
        asked=asked,
        errors=wrong,
        columns=columns,
        titles=saved_lists.COLUMNS,
        cell=saved_lists.cell,
        saved=saved,
        states=states,
        link=_link,
        tabs=_tabs(here, saved, asked, columns),
        counted=worklist.COUNTED,
        chosen_numbers={n.partition(":")[0] for n in more.get("chosen", ())},
        typed=more.get("typed", {}),
    )


def _tabs(
    here: Visit, saved: list[dict[str, Any]], asked: dict[str, str], columns: list[str]
) -> list[tuple[str, str, bool]]:
    """Give the lists one click away: the usual ones, then those this worker saved.

    Each its name, what it asks, and whether it is shown now.
    """
    usual: list[tuple[str, dict[str, str]]] = [
        ("Alles open", {}),
        ("Mijn zaken", {"owner": here.who.name}),
        ("Van niemand", {"owner": "-"}),
        ("Niet geopend", {"route": "melding", "opened": "nee"}),
        ("Tot en met morgen", {"due_before": "morgen"}),
    ]
    plain = list(saved_lists.USUAL)
    known = [(name, _link(asks, plain)) for name, asks in usual]
    known += [
        (r["name"], _link({k: v for k, v in r["asks"].items() if k != "kolom"}, r["asks"]["kolom"]))
        for r in saved
    ]
    present = _link(asked, columns)
    return [(name, href, href == present) for name, href in known]


def _nothing() -> dict[str, Any]:
    return {
        "items": [],
        "next": None,
        "count": 0,
        "staff": [],
        "hands": [],
        "teams": [],
        "near": [],
    }


def _link(asked: dict[str, str], columns: list[str], **other: str) -> str:
    """Give the address of this worklist with something else asked."""
    told = {k: v for k, v in asked.items() if k != "cursor"} | other
    usual = [] if columns == list(saved_lists.USUAL) else [("kolom", c) for c in columns]
    return urlencode([*told.items(), *usual])


def _groups(here: Visit, items: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, object]]]]:
    """Give the rows under what they ask for, in the order they came."""
    groups: dict[str, list[dict[str, object]]] = {
        "Eerst doen": [],
        "Deze week": [],
        "Later": [],
        "Gesloten": [],
    }
    for item in items:
        if item["next_term"]:
            item["next_term"] = _shaped(here, item["next_term"])
        shape = item["next_term"]["shape"] if item["next_term"] else ""
        name = (
            "Eerst doen"
            if shape in (LATE, NOW) or (shape and item["urgent"])
            else {WEEK: "Deze week", "": "Gesloten"}.get(shape, "Later")
        )
        groups[name].append(item)
    return [(name, rows) for name, rows in groups.items() if rows]


@router.get("/werkvoorraad.csv")
def worklist_file(here: Fresh) -> Response:
    """The worklist as it is shown, as a file."""
    _must_work(here)
    columns = saved_lists.columns_of(here.request.query_params.getlist("kolom"))
    text = saved_lists.as_file(here.office, here.who, {"closed": "false"} | _asked(here), columns)
    headers = {
        "content-disposition": f'attachment; filename="werkvoorraad-{here.local:%Y-%m-%d}.csv"'
    }
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _must_work(here: Visit) -> None:
    if here.who.role not in WORKS:
        raise NotAllowed("Met uw rol ziet u geen zaken.")


@router.post("/werkvoorraad/toewijzen")
def assign_many(here: Here, form: Form) -> Response:
    """Give the chosen cases to somebody, or back to their team, all or none."""
    chosen = [n for n in form.getlist("zaak") if isinstance(n, str)]
    body: dict[str, object] = (
        {"owner": None, **nested(form, assignment.ASSIGN)}
        if form.get("vrijgeven")
        else nested(form, assignment.ASSIGN)
    )
    if form.get("vrijgeven"):
        body |= {"owner": None}
        body.pop("team", None)
    try:
        done = assignment.assign_many(here.office, chosen, body, here.who)
    except BadInput as wrong:
        asked = {
            k[2:]: v for k, v in form.items() if k.startswith("v.") and isinstance(v, str) and v
        }
        columns = [c for c in form.getlist("kolom") if isinstance(c, str)]
        typed = {k: str(form.get(k, "")) for k in ("owner", "team", "reason")}
        return _worklist(here, asked, columns, 422, errors_of(wrong), chosen=chosen, typed=typed)
    to = (
        "teruggegeven aan het team"
        if form.get("vrijgeven")
        else f"toegewezen aan {body.get('owner') or body.get('team')}"
    )
    return go("/werkvoorraad", f"{done} {'zaak' if done == 1 else 'zaken'} {to}.")


@router.post("/werkvoorraad/bewaren")
def save_list(here: Here, form: Form) -> Response:
    """Keep a worklist under a name."""
    _must_work(here)
    asks: dict[str, object] = {k[2:]: v for k, v in form.items() if k.startswith("v.")}
    columns = [c for c in form.getlist("kolom") if isinstance(c, str)]
    try:
        saved_lists.save(
            here.office, str(form.get("naam", "")), asks | {"kolom": columns}, here.who
        )
    except BadInput as wrong:
        return _worklist(
            here, {k: str(v) for k, v in asks.items() if v}, columns, 422, errors_of(wrong)
        )
    link = _link({k: str(v) for k, v in asks.items() if v}, saved_lists.columns_of(columns))
    return go(f"/werkvoorraad?{link}", "De lijst is bewaard.")


@router.post("/werkvoorraad/{key}/weg")
def drop_list(here: Here, key: Key, form: Form) -> Response:
    """Let go of a saved worklist."""
    saved_lists.drop(here.office, key, here.who)
    return go("/werkvoorraad", "De lijst is weg; de zaken staan er natuurlijk nog.")


@router.get("/zoeken")
def search_page(here: Here, q: str = "") -> Response:
    """Search within what one may see: number, name, day of birth, address, words of the text."""
    _must_work(here)
    found, errors, status = _nothing(), [], 200
    if q.strip():
        try:
            found = worklist.worklist(
                here.office,
                here.who,
                {"q": q} | {k: v for k, v in _asked(here).items() if k == "cursor"},
            )
        except BadInput as wrong:
            errors, status = errors_of(wrong), 422
    items = [
        i | {"next_term": i["next_term"] and _shaped(here, i["next_term"])} for i in found["items"]
    ]
    return page(
        here,
        "zoeken.html",
        status,
        ready=here.seat.finds,
        items=items,
        found=found,
        q=q,
        errors=errors,
        cell=saved_lists.cell,
        counted=worklist.COUNTED,
    )
