"""The calendar of this meldpunt: days added by law, local closing days, office hours, each dated.

A change works norm terms out again and says why.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.open_case import on_table
from amhk.desk.casefile.term_rows import due_of, fresh_row, next_round
from amhk.errors import BadInput, Fault, NotAllowed
from amhk.office import Office
from amhk.rules.parse import Filled, plausible
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.terms.calendar import (
    FEESTDAG,
    KANTOORUREN,
    SLUITINGSDAG,
    hours_of,
    read_hours,
    say_hours,
)
from amhk.rules.terms.days import USUAL_HOURS, Calendar, opens_often
from amhk.rules.terms.terms import TermRule, beside_end, over_at, rung_instants
from amhk.store import reads
from amhk.store.house import house_journal
from amhk.store.rows import Row, TermRow
from amhk.store.terms import calendar as kept
from amhk.store.terms import calendar_backlog
from amhk.words import day_of, iso, say_day

_KINDS = {
    SLUITINGSDAG: "Eigen sluitingsdag (verschuift normtermijnen)",
    FEESTDAG: "Dag bij koninklijk besluit (art. 3 lid 3 Algemene termijnenwet)",
}
DAY = (
    Field("kind", "Soort", "choice", required=True, choices="dagsoort"),
    Field("day", "Dag", "date", required=True, anytime=True),
    Field("name", "Naam", required=True),
)
HOURS = (
    Field("day", "Vanaf", "date", required=True, anytime=True),
    Field(
        "hours",
        "Kantooruren",
        required=True,
        hint="Bijvoorbeeld: ma-do 09:00-17:00, vr 09:00-13:00",
    ),
)
_MAY = frozenset({"beheerder", "manager"})


def may_change(who: Reader) -> bool:
    """Tell whether somebody may change the calendar."""
    return who.role in _MAY


def day_desk(office: Office) -> Desk:
    """Give what checking these forms needs now."""
    with office.store.read() as connection:
        return Desk(office.now(connection), {"dagsoort": _KINDS})


def add_day(office: Office, body: object, who: Reader) -> int:
    """Add a day (`kind day name`) and give how many terms moved by it.

    BadInput with every fault, NotAllowed for who does not run the house.
    """
    values, faults = _filled(office, DAY, body, who)
    if not faults:
        there = (
            office.calendar.feestdagen
            if values["kind"] == FEESTDAG
            else office.calendar.sluitingsdagen
        )
        if (why := there.get(values["day"])) is not None:
            faults.append(
                Fault("dubbel", f"{say_day(values['day']).capitalize()} staat er al: {why}.", "day")
            )
    if faults:
        raise BadInput(faults=faults)
    return _change(office, values["kind"], values["day"], name=values["name"], gone=False, who=who)


def drop_day(office: Office, kind: str, day: date, who: Reader) -> int:
    """Take a day that was added away again, and give how many terms moved by it.

    A day the law itself names stays.
    """
    if who.role not in _MAY:
        raise NotAllowed()
    there = {
        FEESTDAG: getattr(office.calendar.feestdagen, "extra", {}),
        SLUITINGSDAG: office.calendar.sluitingsdagen,
    }.get(kind, {})
    if day not in there:
        raise BadInput.of(
            "onbekend", f"{say_day(day).capitalize()} staat er niet als {kind}.", "day"
        )
    return _change(office, kind, day, name=there[day], gone=True, who=who)


def set_hours(office: Office, body: object, who: Reader) -> int:
    """Set the office hours from a day on (`day hours`), and give how many terms moved by it."""
    values, faults = _filled(office, HOURS, body, who)
    hours: Mapping[int, tuple[str, str]] = {}
    if "hours" in values:
        try:
            hours = read_hours(values["hours"])
        except ValueError as wrong:
            faults.append(Fault("kantooruren", f"{wrong}.", "hours"))
    if faults:
        raise BadInput(faults=faults)
    return _change(office, KANTOORUREN, values["day"], name=json.dumps(hours), gone=False, who=who)


def _filled(
    office: Office, fields: tuple[Field, ...], body: object, who: Reader
) -> tuple[Filled, list[Fault]]:
    if who.role not in _MAY:
        raise NotAllowed("De kalender is voor de functioneel beheerder en de manager.")
    desk = day_desk(office)
    values, faults = clean(fields, body, desk)
    if (day := values.get("day")) and not plausible(day):
        faults.append(Fault("jaar", "Kies een dag in de jaren 2000 tot en met 2199.", "day"))
    return values, faults


def _change(office: Office, kind: str, day: date, name: str, gone: bool, who: Reader) -> int:
    with office.store.write() as connection:
        now = office.now(connection)
        if day < day_of(now) and reads.any_case(connection):
            raise BadInput.of(
                "voorbij",
                "Een dag die voorbij is verandert niet meer: lopende termijnen zijn er al"
                " op berekend.",
                "day",
            )
        row = {
            "instant": now,
            "worker_id": who.id,
            "kind": kind,
            "day": day,
            "name": name,
            "gone": gone,
        }
        release = kept.change(connection, row)
        changed = kept.read(connection)
        starts = (max(day_of(now), day - timedelta(days=n)) for n in range(30))
        if not all(opens_often(start, changed) for start in starts):
            field = "hours" if kind == KANTOORUREN else "day"
            raise BadInput.of(
                "altijd_dicht",
                "Zo is het meldpunt in dertig dagen nog geen tien uur open; dan wordt geen"
                " melding op tijd geopend.",
                field,
            )
        told = f"{say_change(kind, day, name, gone).capitalize()}."
        house_journal.append(
            connection,
            now,
            who.id,
            kind="kalender",
            what=told,
            content={"release": release, "kind": kind, "day": day, "name": name, "gone": gone},
        )
    return absorb(office)


def say_change(kind: str, day: date, name: str, gone: bool) -> str:
    """Give a change of the calendar in words."""
    if kind == KANTOORUREN:
        return f"vanaf {say_day(day)} zijn de kantooruren {say_hours(hours_of(name))}"
    return (
        f"{say_day(day)} is {'geen ' if gone else 'een '}{kind}{' meer' if gone else ''} ({name})"
    )


def absorb(office: Office) -> int:
    """Let every running term take in the present calendar; gives how many ends moved.

    Statutory ends stay where they are; their reminders move along.
    """
    moved = 0
    with office.store.read() as connection:
        office.now(connection)
        behind = calendar_backlog.oldest(connection, office.calendar.release)
        if behind is None:
            return 0
        changes = calendar_backlog.since(connection, behind)
    _pass_by(office, changes)
    while True:
        with office.store.write() as connection:
            now = office.now(connection)
            keys = calendar_backlog.behind(connection, office.calendar.release, 100)
            if not keys:
                return moved
            why = "; ".join(say_change(c["kind"], c["day"], c["name"], c["gone"]) for c in changes)
            for case in reads.lock_cases(connection, keys).values():
                moved += _absorb_case(on_table(office, connection, case, None, now), why)


def _pass_by(office: Office, changes: list[Row]) -> None:
    """Let the terms that no change can touch be done with it at once."""
    first = min(c["day"] for c in changes)
    last = (
        None if any(c["kind"] == KANTOORUREN for c in changes) else max(c["day"] for c in changes)
    )
    with office.store.write() as connection:
        calendar_backlog.pass_by(connection, office.calendar.release, first, last)


def _absorb_case(file: CaseFile, why: str) -> int:
    moved, release = 0, file.office.calendar.release
    for term in [t for t in file.running if t["calendar"] < release]:
        told = _absorbed(file, term, why)
        moved += "due" in told
        file.change_term(term, told)
    file.save(bump=False)
    return moved


def _absorbed(file: CaseFile, term: TermRow, why: str) -> dict[str, object]:
    """Give the columns of one term in the light of the present calendar."""
    rule, calendar = file.workflow.terms[term["name"]], file.office.calendar
    told: dict[str, Any] = {"calendar": calendar.release}
    if (
        rule.beside
        and rule.beside.kind != "wet"
        and term["beside_due"]
        and (beside := beside_end(rule, term["start"], calendar))
    ):
        told |= {"beside_due": iso(beside.due), "beside_over_at": over_at(beside.due)}
    fresh = term if rule.by_law else fresh_row(file.office, rule, term, term["start"])
    second = told.get("beside_due", term["beside_due"])
    if fresh["due"] == term["due"]:
        if second != term["beside_due"]:
            content = {"term": term["id"], "van": term["beside_due"], "naar": second}
            entry = file.note(
                "kalender",
                f"{rule.title}, tweede klok: van {term['beside_due']} naar {second}, want {why}.",
                content,
            )
            file.tell_term(entry, {**term, "beside_due": second})
        return told | {"ring_at": _next_reminder(calendar, file.workflow.terms[term["name"]], term)}
    text = f"{rule.title}: van {_said(term)} naar {_said(fresh)}, want {why}."
    entry = file.note(
        "kalender", text, {"term": term["id"], "van": term["due"], "naar": fresh["due"]}
    )
    file.tell_term(entry, {**term, "due": fresh["due"], "beside_due": second})
    told |= {k: fresh[k] for k in ("due", "unrolled", "over_at")} | {
        "why": f"was {term['due']}: {why}"
    }
    told |= next_round(file.office, rule, term, due_of(fresh), file.now)
    file.pending.trimmed.append((term["id"], told["rung"]))
    return told


def _said(term: Row) -> str:
    due = due_of(term)
    return iso(due) if isinstance(due, datetime) else say_day(due)


def _next_reminder(calendar: Calendar, rule: TermRule, term: TermRow) -> datetime | None:
    instants = rung_instants(rule, term["start"], due_of(term), calendar)
    return (
        instants[term["rung"]]
        if term["status"] == "running" and term["rung"] < len(instants)
        else None
    )


def view(office: Office) -> dict[str, Any]:
    """Give the calendar as it is.

    Release, days added, office hours in force and to come, and every change with who made it.
    """
    with office.store.read() as connection:
        today = day_of(office.now(connection))
        changes = kept.changes(connection)
    calendar = office.calendar
    extra = getattr(calendar.feestdagen, "extra", {})
    since = max((d for d in calendar.kantooruren if d <= today), default=None)
    hours = calendar.kantooruren[since] if since else USUAL_HOURS
    days = [
        {"kind": k, "day": iso(d), "name": n}
        for k, told in ((FEESTDAG, extra), (SLUITINGSDAG, calendar.sluitingsdagen))
        for d, n in sorted(told.items())
    ]
    return {
        "release": calendar.release,
        "days": days,
        "hours": say_hours(hours),
        "hours_to_come": [
            {"day": iso(d), "hours": say_hours(h)}
            for d, h in sorted(calendar.kantooruren.items())
            if d > today
        ],
        "law": [{"day": iso(d), "name": n} for d, n in _of_law(calendar, today)],
        "changes": [
            {
                "on": iso(c["instant"]),
                "worker": c["worker"],
                "what": say_change(c["kind"], c["day"], c["name"], c["gone"]),
            }
            for c in changes
        ],
    }


def _of_law(calendar: Calendar, today: date) -> list[tuple[date, str]]:
    """Give the days of the law from today to a year on."""
    span = (date.fromordinal(n) for n in range(today.toordinal(), today.toordinal() + 366))
    return [(d, calendar.feestdagen[d]) for d in span if d in calendar.feestdagen]
