"""JSON for the house itself: calendar, piket, absence, the proof of the night, calendar addresses.

One desk call each.
"""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from amhk.desk.house import health, night_proof
from amhk.desk.staff import absence, piket
from amhk.desk.terms import calendar
from amhk.desk.terms import feeds as terms_feeds
from amhk.desk.worklists import acute_list, worklist
from amhk.errors import BadInput
from amhk.rules.procedure.json_schema import schema
from amhk.web.api.answer import Json
from amhk.web.api.request import ANY_BODY, Body, House, Key, Who
from amhk.web.outside import address_of
from amhk.web.turn import OneTurn
from amhk.words import iso

router = APIRouter(tags=["huis"], route_class=OneTurn)


@router.get("/calendar")
def read_calendar(office: House, who: Who) -> object:
    """The calendar: days added, office hours, the days of the law for a year, every change.

    And the schema of a new day.
    """
    told = calendar.view(office)
    desk = calendar.day_desk(office)
    return told | {"add": schema(calendar.DAY, desk), "set_hours": schema(calendar.HOURS, desk)}


@router.post("/calendar", status_code=201, openapi_extra=ANY_BODY)
def add_day(office: House, who: Who, body: Body) -> object:
    """Add a day (`kind` feestdag or sluitingsdag, `day`, `name`).

    `moved` says how many running terms got another end.
    """
    return {"moved": calendar.add_day(office, body, who), **calendar.view(office)}


@router.put("/calendar/hours", openapi_extra=ANY_BODY)
def set_hours(office: House, who: Who, body: Body) -> object:
    """Set the office hours from a `day` on: `hours` as `ma-do 09:00-17:00, vr 09:00-13:00`."""
    return {"moved": calendar.set_hours(office, body, who), **calendar.view(office)}


@router.delete("/calendar/{kind}/{day}")
def drop_day(kind: str, day: date, office: House, who: Who) -> object:
    """Take a day away that was added."""
    return {"moved": calendar.drop_day(office, kind, day, who), **calendar.view(office)}


@router.get("/piket")
def roster(office: House, who: Who) -> object:
    """Who has piket now and for two weeks, and the gaps."""
    return piket.roster(office) | {"add": schema(piket.PIKET, piket.desk(office))}


@router.post("/piket", status_code=201, openapi_extra=ANY_BODY)
def give_piket(office: House, who: Who, body: Body) -> object:
    """Put somebody on the roster: `worker start end`."""
    return {"id": piket.give(office, body, who), **piket.roster(office)}


@router.delete("/piket/{key}")
def take_piket(key: Key, office: House, who: Who) -> object:
    """Take a line off the roster."""
    piket.take(office, key, who)
    return piket.roster(office)


@router.get("/acute")
def acute(office: House, who: Who) -> object:
    """The cases in which a clock of hours runs, the one that ends first on top."""
    return {"items": acute_list.acute_cases(office, who), "next": None}


@router.get("/untouched")
def untouched(office: House, who: Who) -> object:
    """The meldingen nobody has opened yet, acute first.

    `count` is all of them, `late` those past their four office hours.
    """
    return worklist.untouched(office, who)


@router.get("/plans")
def plans(office: House, who: Who) -> object:
    """Who is away or leaves, and what becomes of the cases."""
    return {
        "items": absence.view(office, who),
        "next": None,
        "add": schema(absence.PLAN, absence.plan_desk(office, who)),
    }


@router.get("/plans/preview")
def preview(worker: str, office: House, who: Who) -> object:
    """The open cases of a worker with the terms that run there."""
    return {"items": absence.preview(office, worker, who), "next": None}


@router.post("/plans", status_code=201, openapi_extra=ANY_BODY)
def make_plan(office: House, who: Who, body: Body) -> object:
    """Plan an absence or a leaving.

    `worker kind start end to reason`, and `cases` ({number: name}) for what goes elsewhere.
    """
    key = absence.make_plan(office, body, who)
    return next(p for p in absence.view(office, who) if p["id"] == key)


@router.post("/plans/{key}/undo", openapi_extra=ANY_BODY)
def undo(key: Key, office: House, who: Who) -> object:
    """Take a plan back, whole."""
    back = absence.undo(office, key, who)
    return {"back": back, **next(p for p in absence.view(office, who) if p["id"] == key)}


@router.get("/proof")
def proof(office: House, who: Who) -> object:
    """The last proof of the night, how it is now, what stands open against the house, and the
    proofs before.
    """
    return _proof(night_proof.latest(office))


@router.post("/proof", openapi_extra=ANY_BODY)
def make_proof(office: House, who: Who) -> object:
    """Make the proof now."""
    night_proof.prove(office, who)
    return _proof(night_proof.latest(office))


def _proof(told: dict[str, Any]) -> dict[str, Any]:
    """Give the proof with its instants as text."""
    last = told["proof"]
    return {
        "proof": last and {**last, "instant": iso(last["instant"])},
        "live": {k: v for k, v in told["live"].items() if k != "numbers"},
        "incidents": [
            {"id": i["id"], "what": i["what"], "due": iso(i["due"]), "late": i["late"]}
            for i in told["incidents"]
        ],
        "earlier": [{**e, "instant": iso(e["instant"])} for e in told["earlier"]],
    }


@router.post("/incidents/{key}/solve", openapi_extra=ANY_BODY)
def solve(key: Key, office: House, who: Who, body: Body) -> object:
    """Close what stands open against the house, with what was done (`reason`).

    Refused while the proof still fails.
    """
    night_proof.solve(office, key, body, who)
    return _proof(night_proof.latest(office))


@router.get("/feeds")
def feeds(office: House, who: Who) -> object:
    """Your calendar addresses that hold."""
    return {"items": terms_feeds.mine(office, who), "next": None}


@router.post("/feeds", status_code=201, openapi_extra=ANY_BODY)
def make_feed(request: Request, office: House, who: Who, body: Body) -> object:
    """Make a calendar address: `kind` persoonlijk or team. The address is shown once."""
    kind = body.get("kind") if isinstance(body, dict) else None
    if not isinstance(kind, str):
        raise BadInput.of("ontbreekt", "Kies: persoonlijk of team.", "kind")
    return {
        "href": f"{address_of(office, request)}/agenda/{terms_feeds.make(office, kind, who)}.ics"
    }


@router.delete("/feeds/{key}", status_code=204)
def revoke_feed(key: Key, office: House, who: Who) -> Response:
    """Let an address be void."""
    terms_feeds.revoke(office, key, who)
    return Response(status_code=204)


@router.get("/watch")
def watch(office: House) -> Response:
    """For a monitor outside, without a token.

    200 while the clock runs, the proof holds and the house can write, 503 when not.
    """
    wrong = health.alarms(office)
    health.prove_writable(office)
    return Json({"status": "fout" if wrong else "ok", "wrong": len(wrong)}, 503 if wrong else 200)
