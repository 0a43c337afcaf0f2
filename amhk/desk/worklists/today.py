"""The morning: what a worker opens first.

One's own terms in the order of danger, what waits on others, what is new; for who leads, the load
and what ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from amhk.desk.casefile.term_rows import is_late
from amhk.desk.figures import reports
from amhk.desk.figures.wording import definitions_of
from amhk.desk.letters import text_templates
from amhk.desk.matters import matters
from amhk.desk.regions import arrivals
from amhk.desk.staff import leave, rights
from amhk.desk.subjects import destructions, requests
from amhk.desk.worklists import worklist
from amhk.office import Office
from amhk.rules.figures.periods import period_of
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.workflow import Move, Workflow
from amhk.store.cases import worklists
from amhk.store.database.engine import Connection
from amhk.store.house import today as house_today
from amhk.store.house.today import Part
from amhk.store.intake import drafts
from amhk.store.rows import Row
from amhk.words import day_of, end_of, iso, titled

_MOST = 8
OLD_CONCEPT = timedelta(days=1)
LEADS = ("teamleider", "manager")


@dataclass(frozen=True)
class Waits:
    """Of what something waits at all: leave to be judged, what betrokkenen asked for, what came
    from other meldpunten, what runs in the register, texts of letters to be approved; and whether
    he has very `many` reminders.
    """

    leave: bool = True
    asked: bool = True
    arrived: bool = True
    matters: bool = True
    texts: bool = True
    many: bool = False


ALL = Waits()


def morning_of(
    office: Office, who: Reader, now: datetime, real: datetime, waits: Waits = ALL
) -> dict[str, Any]:
    """Give what stands on the morning page of a worker on cases (`now` as this meldpunt knows it,
    `real` the real time, by which concepts age; `waits` says of what something waits at all).
    """
    team = [] if who.team is None else [who.team]
    leads, own = who.role in LEADS, Part(None if who.role == "manager" else team, who.barred)
    with office.store.read() as connection:
        mine = _mine(office, house_today.terms_of(connection, who.id, who.barred), now, who)
        waiting = house_today.untouched(connection, own, _MOST)
        load = house_today.load(connection, own, now) if leads else []
        counts = _of_nobody(load) if leads else house_today.of_nobody(connection, own)
        keys = [c["id"] for c in (*mine.values(), *waiting)]
        names, terms = (
            worklists.names_of(connection, keys),
            worklists.next_terms(connection, [c["id"] for c in waiting]),
        )
        typed = drafts.every(connection, who.id, who.barred)
        told: dict[str, object] = {
            "mine": [_case(c, names) for c in mine.values()],
            "counts": counts,
            "bare": worklists.bare(connection),
            **_waits_for(office, connection, who, now, waits),
            "waiting": [_waiting(office, c, terms.get(c["id"]), names, now) for c in waiting],
            "unsent": [{"path": c["path"], "saved": iso(c["saved"])} for c in typed if c["path"]],
            "concepts": [
                {k: iso(c[k]) if k != "mark" else c[k] for k in ("mark", "begun", "saved")}
                for c in typed
                if not c["path"]
            ],
        }
        if leads:
            week = end_of(day_of(now) + timedelta(days=7))
            told["load"] = _load(load)
            told["ending"] = _ending(office, house_today.ending(connection, own, now, week))
            told["rights"] = rights.lately(connection, now, who) if own.teams is None else []
            told["old_concepts"] = drafts.older(connection, own.teams, real - OLD_CONCEPT)
        told["rings"] = worklist.latest_reminders(office, connection, who, 5, waits.many)
    return told


def texts_of(office: Office, who: Reader) -> list[dict[str, object]]:
    """Give the texts of letters that wait for who runs the house to approve them."""
    with office.store.read() as connection:
        return text_templates.waiting(office, connection, who)


def _waits_for(
    office: Office, connection: Connection, who: Reader, now: datetime, waits: Waits
) -> dict[str, object]:
    """Give what waits for an answer, asked for only where anything does."""
    today, leads = day_of(now), who.role in LEADS
    return {
        "leave": leave.waiting(office, connection, who, now) if waits.leave else [],
        "asked": requests.waiting(connection, who, today) if waits.asked else [],
        "proposals": destructions.waiting(connection, who) if waits.asked else [],
        "arrivals": arrivals.waiting(connection, today) if waits.arrived and leads else [],
        "matters": (
            matters.waiting(office, connection, who, today) if waits.matters and leads else []
        ),
        "texts": (text_templates.waiting(office, connection, who) if waits.texts and leads else []),
    }


def _mine(
    office: Office, rows: Sequence[Row], now: datetime, who: Reader
) -> dict[int, dict[str, object]]:
    """Give a worker's cases with their terms, each with the step that answers it here and whom it
    waits for.
    """
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        flow = office.pack.workflows[row["workflow"], row["release"]]
        case = found.setdefault(
            row["id"], {**row, "state_title": flow.states[row["state"]].title, "terms": []}
        )
        case["terms"].append(_term(flow, row, now, who))
    return found


def _term(flow: Workflow, row: Row, now: datetime, who: Reader) -> dict[str, object]:
    rule = flow.terms[row["term_name"]]
    acts = [flow.moves[a] for a in rule.acts if a in flow.moves]
    step = next((m for m in acts if row["state"] in m.sources and who.role in m.roles), None)
    late = is_late({"over_at": row["term_over_at"], "due": row["term_due"]}, now)
    checks = any(m.effect == "check" for m in acts) and not rule.waits_for
    return {
        "id": row["term_id"],
        "title": titled(rule.title, row["run_to"]),
        "due": row["term_due"],
        "late": late,
        "waits_for": rule.waits_for,
        "check": checks,
        "step": _step(step, row["term_run"]) if step else None,
    }


def _step(step: Move, run: int | None) -> dict[str, str]:
    """Give a step as it is offered, with the run it is of filled in."""
    of = f"?{step.of}={run}" if step.of and run else ""
    return {"name": step.name, "title": step.title, "of": of}


def _case(case: Row, names: Mapping[int, list[str]]) -> dict[str, object]:
    told = {k: case[k] for k in ("number", "route", "gemeente", "urgent", "state_title", "terms")}
    return told | {"names": names.get(case["id"], [])}


def _waiting(
    office: Office, case: Row, term: Row | None, names: Mapping[int, list[str]], now: datetime
) -> dict[str, object]:
    flow = office.pack.workflows[case["workflow"], case["release"]]
    told = {k: case[k] for k in ("number", "route", "gemeente", "urgent", "acuut")} | {
        "names": names.get(case["id"], [])
    }
    end = (
        {"title": flow.terms[term["name"]].title, "due": term["due"], "late": is_late(term, now)}
        if term
        else None
    )
    return told | {
        "opened": case["opened_by"] is not None,
        "next_term": end,
        "state_title": flow.states[case["state"]].title,
    }


def _of_nobody(rows: Sequence[Row]) -> dict[str, int]:
    """Give how many cases nobody has: all, not opened, urgent."""
    told = [r for r in rows if r["worker"] is None]
    names = (("count", "cases"), ("unread", "unread"), ("urgent", "urgent"))
    return {name: sum(int(r[column]) for r in told) for name, column in names}


def _load(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Give the load per worker; what nobody has goes first, and `share` is the part of the heaviest
    (0-100).
    """
    most = max((r["cases"] for r in rows), default=1)
    told = [
        {
            **r,
            "late": int(r["late"]),
            "share": round(100 * r["cases"] / most),
            "late_share": round(100 * int(r["late"]) / most),
        }
        for r in rows
    ]
    return sorted(told, key=lambda r: (r["team"], r["worker"] is not None, -r["cases"]))


def _ending(office: Office, rows: Sequence[Row]) -> list[dict[str, Any]]:
    titles = {
        name: rule.title
        for flow in office.pack.workflows.values()
        for name, rule in flow.terms.items()
    }
    told = [
        {
            **{k: int(r[k]) for k in ("late", "soon", "soon_of_nobody", "of_nobody")},
            "title": titles[r["name"]],
        }
        for r in rows
    ]
    return sorted(told, key=lambda r: (-r["late"], -r["soon"]))


def trend(office: Office, who: Reader, now: datetime) -> list[dict[str, Any]]:
    """Give the shares in time of this quarter beside the one before, each with its definition.

    [in time, all].
    """
    period, definitions = period_of(day_of(now), 3), definitions_of(office)
    present, before = reports.of_region(office, period, who)
    return [
        {
            "name": name,
            "title": definitions[name]["title"],
            "definition": definitions[name]["definition"],
            "period": period.text,
            "now": present[name],
            "then": before[name],
        }
        for name in office.pack.figures.heading.trend
    ]
