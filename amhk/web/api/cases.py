"""JSON in, one desk call, answer out. Every route passes the same gate of reading as the pages."""

from fastapi import APIRouter, Request, Response

from amhk.config import house_mark
from amhk.desk.casefile import access_log
from amhk.desk.cases import add_people as desk_add_people
from amhk.desk.cases import assignment, history, moves, openings, reading
from amhk.desk.figures import kept_reports as figures_kept_reports
from amhk.desk.figures import report_files
from amhk.desk.house import clock, rounds, who_looked
from amhk.desk.house import health as desk_health
from amhk.desk.intake import calls
from amhk.desk.staff import conflicts
from amhk.desk.staff import institutions as directory
from amhk.desk.terms import extensions
from amhk.desk.terms import sweep as terms_sweep
from amhk.desk.worklists import worklist
from amhk.errors import NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.web.api.answer import Json, Wish, Wished, next_version
from amhk.web.api.description import call_form, describe, schema_of_call
from amhk.web.api.request import ANY_BODY, Body, Cursor, House, Key, Who, part
from amhk.web.api.shapes import BASE, case_json, forms_desk
from amhk.web.auth import by_token
from amhk.web.turn import OneTurn
from amhk.words import iso

router = APIRouter(tags=["amhk"], route_class=OneTurn)


def case_answer(
    office: Office, number: str, who: Reader, wish: Wish, status: int = 200, looked: str = ""
) -> Response:
    """Give a case as JSON, as this reader may see it."""
    view = reading.case_view(office, number, who, looked=looked)
    told = case_json(view, office.training, forms_desk(view))
    return wish.whole(told, status, view["version"], view["now"])


def after(
    office: Office,
    number: str,
    who: Reader,
    wish: Wish,
    body: object,
    status: int = 204,
    people: bool = False,
) -> Response:
    """Give a case after something was done with it, or only that it was: also where `people` were
    recorded, so that who did it may not know the case any more.
    """
    if people and conflicts.hides(office, number, who):
        return wish.done(f"{BASE}/cases/{number}", next_version(body) or 1, status)
    if wish.brief:
        now = next_version(body) or reading.version_of(office, number, who)
        return wish.done(f"{BASE}/cases/{number}", now, status)
    return case_answer(office, number, who, wish, 200 if status == 204 else status)


@router.get("/openapi.json", include_in_schema=False)
def description(request: Request, office: House) -> object:
    """The description of this API.

    To who carries a token with the names one chooses from, to others without.
    """
    return describe(
        request.app, office, bool(request.headers.get("authorization")) and bool(by_token(request))
    )


@router.get("/workflows")
def workflows(office: House, who: Who, wish: Wished) -> Response:
    """The workflows of today's release."""
    current = [
        w for (_, release), w in office.pack.workflows.items() if release == office.pack.current
    ]
    return wish.whole({"items": [openings.workflow_view(w) for w in current], "next": None})


@router.get("/workflows/{name}")
def workflow(name: str, office: House, who: Who, wish: Wished) -> Response:
    """One workflow: its states, and its moves, one row per way they lead."""
    if (name, office.pack.current) not in office.pack.workflows:
        raise NotFound(f"De werkwijze '{name[:60]}' bestaat niet.")
    return wish.whole(openings.workflow_view(office.pack.get(name)))


@router.post("/cases", status_code=201, openapi_extra=ANY_BODY)
def take_call(request: Request, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Take a call: `route` and the fields of its intake (see `GET /intake/{route}`).

    `Idempotency-Key` is honoured.
    """
    number = calls.take_call(office, body, who, request.headers.get("idempotency-key"))
    response = after(office, number, who, wish, body, 201, people=True)
    response.headers["location"] = f"{BASE}/cases/{number}"
    return response


@router.get("/intake/{route}")
def intake_schema(route: str, office: House, who: Who, wish: Wished) -> Response:
    """The JSON Schema of what a call of this route needs."""
    if route not in ("advies", "melding"):
        raise NotFound()
    fields, desk = call_form(office, route)
    return wish.whole(schema_of_call(route, fields, desk), now=iso(desk.now))


@router.get("/cases")
def cases(request: Request, office: House, who: Who, wish: Wished) -> Response:
    """A page of the cases you may see.

    `route state gemeente team owner due_before closed q cursor`.
    """
    found = worklist.worklist(office, who, dict(request.query_params))
    return wish.whole({k: found[k] for k in ("items", "next", "count")})


@router.get("/cases/{number}")
def case(number: str, office: House, who: Who, wish: Wished) -> Response:
    """One case, with its moves and why a closed one is closed; that you looked is written down."""
    return case_answer(office, number, who, wish, looked="zaak")


@router.post("/cases/{number}/moves/{move}", openapi_extra=ANY_BODY)
def make_move(
    number: str, move: str, office: House, who: Who, body: Body, wish: Wished, dry_run: bool = False
) -> Response:
    """Make a move.

    `version` is the lock; with `dry_run=true` you hear what would happen and nothing is written.
    """
    if dry_run:
        return Json(moves.try_move(office, number, move, body, who))
    moves.make_move(office, number, move, body, who)
    return after(office, number, who, wish, body)


@router.post("/cases/{number}/people", openapi_extra=ANY_BODY)
def add_people(number: str, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Record a person on a melding."""
    desk_add_people.add_people(office, number, body, who)
    return after(office, number, who, wish, body, people=True)


@router.post("/cases/{number}/assign", openapi_extra=ANY_BODY)
def assign(number: str, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Give a case to a worker (`owner`) or a team (`team`), with `reason`.

    `owner: null` gives it back to the team.
    """
    assignment.assign(office, number, body, who)
    try:
        return after(office, number, who, wish, body)
    except NotFound:  # given to a team whose cases he may not see
        return Json({"number": number, "visible": False})


@router.post("/cases/{number}/terms/{term}/suspend", openapi_extra=ANY_BODY)
def suspend(number: str, term: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Suspend a term `until` a day, with `reason`, and `ground` and `decider` where they are not
    the usual ones.
    """
    extensions.suspend(office, number, term, body, who)
    return after(office, number, who, wish, body)


@router.post("/cases/{number}/terms/{term}/resume", openapi_extra=ANY_BODY)
def resume(number: str, term: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Take a suspended term up again."""
    extensions.resume(office, number, term, body, who)
    return after(office, number, who, wish, body)


@router.post("/cases/{number}/terms/{term}/extend", openapi_extra=ANY_BODY)
def extend(number: str, term: Key, office: House, who: Who, body: Body, wish: Wished) -> Response:
    """Extend a term by `days`, with `reason` and `decider`."""
    extensions.extend(office, number, term, body, who)
    return after(office, number, who, wish, body)


@router.get("/cases/{number}/looks")
def looks(number: str, office: House, who: Who) -> object:
    """Who looked at a case, the latest first; for who works with it."""
    told = who_looked.of_case(office, number, who)
    return {"items": told["looks"], "next": None}


@router.get("/cases/{number}/journal")
def journal(number: str, office: House, who: Who) -> object:
    """What happened to a case: sequence, instant, worker, what, hash."""
    access_log.look(office, number, who, "verloop")
    return {"items": history.journal_view(office, number, who), "next": None}


@router.get("/cases/{number}/reminders")
def rungs(number: str, office: House, who: Who) -> object:
    """Every reminder that was given on a case."""
    return {"items": history.rungs(office, number, who), "next": None}


@router.post("/cases/{number}/reveal", openapi_extra=ANY_BODY)
def reveal(number: str, office: House, who: Who, body: Body) -> object:
    """What is kept secret on a case, for `reason`; written down before it is shown."""
    return reading.reveal(office, number, who, part(body, "reason"))


@router.get("/reminders")
def my_reminders(office: House, who: Who, cursor: Cursor = None) -> object:
    """Your reminders and your team's, the latest first; `count` is all of them."""
    return worklist.reminders(office, who, cursor)


@router.get("/institutions")
def institutions(office: House, who: Who) -> object:
    """The institutions a case can be handed to."""
    return {"items": directory.list_institutions(office), "next": None}


@router.post("/institutions", status_code=201, openapi_extra=ANY_BODY)
def add_institution(office: House, who: Who, body: Body) -> object:
    """Add an institution: `name kind scale gemeenten address`."""
    return directory.add_institution(office, body, who)


@router.get("/reports/kept")
def kept_reports(office: House, who: Who) -> object:
    """The reports that are kept: period, number, when they were made, and their stamp."""
    return {"items": figures_kept_reports.listed(office, who), "next": None}


@router.post("/reports/kept", status_code=201, openapi_extra=ANY_BODY)
def keep_report(office: House, who: Who, body: Body) -> object:
    """Keep the report of a period that is over: `period`."""
    told = body if isinstance(body, dict) else {}
    return {"id": figures_kept_reports.keep_by_hand(office, str(told.get("period", "")), who)}


@router.get("/reports/kept/{key}")
def kept_report(key: Key, office: House, who: Who, format: str = "json") -> Response:
    """A report as it was kept, in any format; it never changes."""
    report_files.fit(format)
    content, kind = report_files.rendered(
        office, figures_kept_reports.kept(office, key, who), format
    )
    return Response(content, media_type=kind)


@router.get("/reports/kept/{key}/changes")
def changes_since(key: Key, office: House, who: Who) -> object:
    """What has changed in its figures since, and why."""
    figures_kept_reports.kept(office, key, who)
    return {"items": figures_kept_reports.changes(office, key), "next": None}


@router.get("/reports/{name}")
def report(
    name: str,
    office: House,
    who: Who,
    period: str = "",
    format: str = "json",
    known: str = "",
    area: str = "",
    style: str = "",
) -> Response:
    """A report (kwartaal, kosten, steekproef) over a period (`2026-03`, `2026-Q1`, `2026-H1`,
    `2026`) as json, csv, html, ods, xlsx or pdf.

    `area`: of one gemeente, subregio or centrumgemeente; `known`: as it was known at the end of a
    past day; `style`: fit to publish, `cbs`
    (multiples of 5, under 10 hidden) or `tien` (10 of minder hidden).
    """
    content, kind = report_files.render(
        office, name, period, format=format, who=who, known=known, area=area, style=style
    )
    return Response(content, media_type=kind)


@router.get("/clock")
def read_clock(office: House, who: Who) -> object:
    """What time it is here."""
    return {"now": iso(clock.read_clock(office)), "training": office.training}


@router.put("/clock", openapi_extra=ANY_BODY)
def set_clock(office: House, who: Who, body: Body) -> object:
    """Move the training clock, and sweep."""
    return _swept(rounds.set_clock(office, body))


@router.post("/tick")
def tick(office: House, who: Who) -> object:
    """One catch-up sweep now (training)."""
    return _swept(rounds.tick(office))


def _swept(sweep: terms_sweep.Sweep) -> dict[str, object]:
    return {"now": iso(sweep.now), "rung": sweep.rung, "failed": list(sweep.failed)}


@router.get("/health")
def health(request: Request, office: House) -> object:
    """How the house is; with a token also its database, schema, last sweep and open cases without a
    next term (0).
    """
    if "authorization" not in request.headers:
        return Json({"status": "ok"}, headers={"x-amhk-house": house_mark(office.config)})
    by_token(request)
    with office.store.read() as connection:
        told = desk_health.health(office, connection)
    wrong = desk_health.alarms(office)
    database = "sqlite" if office.store.sqlite else "postgresql"
    shown = {k: v for k, v in told.items() if k != "numbers"}
    return {
        "status": "fout" if wrong or told["without"] else "ok",
        "alarms": wrong,
        "database": database,
        "schema": desk_health.schema_of(office),
        **shown,
    }
