"""A term stands still, goes on, or is given more time.

A ledger of who, why, on what ground and for how many days.
"""

from datetime import datetime, timedelta
from typing import TypedDict

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.inputs import filled, must_work, take_version
from amhk.desk.casefile.open_case import open_case
from amhk.desk.casefile.term_rows import due_of, next_round
from amhk.errors import BadInput, ClosedDoor, NotFound
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Field
from amhk.rules.terms.terms import TermRule, moved_end, over_at
from amhk.store.rows import Json, TermRow
from amhk.words import day_of, iso, say_day

SUSPEND = (
    Field("until", "Weer oppakken op", "date", required=True, future=True),
    Field("reason", "Reden", "text", required=True),
    Field("ground", "Grond (leeg: de grond uit de werkwijze)"),
    Field("decider", "Besloten door", "choice", choices="medewerker"),
)
RESUME = (Field("reason", "Reden", "text"),)
EXTEND = (
    Field("days", "Met hoeveel dagen", "number", required=True),
    Field("reason", "Motivering", "text", required=True),
    Field("decider", "Besloten door", "choice", choices="medewerker"),
)
FURTHEST = timedelta(days=366)


class Moved(TypedDict, total=False):
    """What an extension or a standstill changes of a term."""

    status: str
    suspended_at: datetime | None
    extensions: list[Json]
    due: str
    unrolled: str
    over_at: datetime
    round: int
    rung: int
    ring_at: datetime | None


def _term(file: CaseFile, key: int) -> TermRow:
    if found := next((t for t in file.running if t["id"] == key), None):
        return found
    raise NotFound("Deze termijn loopt niet (meer) op deze zaak.")


def suspend(office: Office, number: str, key: int, body: object, who: Reader) -> None:
    """Let a term stand still until a day (`until reason ground decider`).

    The case keeps a term to take it up again.

    Raises ClosedDoor when the procedure gives no ground for it or it stands still already, BadInput
    for a day more than a year away.
    """
    version, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        file = open_case(office, connection, number, who, version)
        term = _term(file, key)
        rule, waiting = file.workflow.terms[term["name"]], file.workflow.suspended_term
        if not rule.suspend_ground or not waiting:
            why = f"daar is geen grond voor ({rule.ground})."
            text = f"'{rule.title}' kan niet worden opgeschort: {why}"
            raise ClosedDoor.of("geen_grond", text)
        if term["status"] == "suspended":
            raise ClosedDoor.of("al_opgeschort", f"'{rule.title}' is al opgeschort.")
        values = filled(file, SUSPEND, fields)
        if values["until"] > day_of(file.now) + FURTHEST:
            text = "Opschorten kan tot hooguit een jaar vooruit; daarna opnieuw."
            raise BadInput.of("te_ver", text, "until")
        ground = values.get("ground") or rule.suspend_ground
        decider = values.get("decider") or who.name
        what = f"{rule.title} opgeschort tot {say_day(values['until'])} door {decider} ({ground})."
        entry = file.note("opgeschort", what, values)
        step = _step(file, term, values) | {"ground": ground, "by": decider}
        changes: Moved = {
            "status": "suspended",
            "suspended_at": file.now,
            "ring_at": None,
            "extensions": [*term["extensions"], step],
        }
        file.change_term(term, changes)
        file.ledger(entry, "suspend", key)
        file.tell_term(entry, term)
        file.start(waiting, file.now, entry, values["until"], for_id=key)
        file.save()


def _step(file: CaseFile, term: TermRow, values: Filled) -> dict[str, object]:
    """Give a standstill as it is kept with its term; how many days it was is known at its end."""
    return {
        "kind": "schorsing",
        "from": iso(day_of(file.now)),
        "until": iso(values["until"]),
        "days": 0,
        "reason": values["reason"],
        "on": iso(file.now),
        "due": term["due"],
    }


def resume(office: Office, number: str, key: int, body: object, who: Reader) -> None:
    """Let a suspended term go on.

    It ends later by the days it actually stood still, whatever day was planned.
    """
    version, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        file = open_case(office, connection, number, who, version)
        term = _term(file, key)
        rule = file.workflow.terms[term["name"]]
        if term["status"] != "suspended":
            raise ClosedDoor.of("niet_opgeschort", f"'{rule.title}' is niet opgeschort.")
        values = filled(file, RESUME, fields)
        still = (day_of(file.now) - day_of(term["suspended_at"] or file.now)).days
        days = "1 dag" if still == 1 else f"{still} dagen"
        entry = file.note("hervat", f"{rule.title} hervat na {days}.", {**values, "days": still})
        term["status"] = "running"
        told = _moved(file, rule, term, still)
        done = {
            "to": iso(day_of(file.now)),
            "days": still,
            "resumed_by": who.name,
            "due": told["due"],
        }
        steps = [
            s | done if s["kind"] == "schorsing" and "to" not in s else s
            for s in term["extensions"]
        ]
        told.update({"status": "running", "suspended_at": None, "extensions": steps})
        file.change_term(term, told)
        file.ledger(entry, "resume", key, days=still, calendar=office.calendar.release)
        file.tell_term(entry, term)
        for waiting in [t for t in file.running if t["for_id"] == key]:
            file.end(waiting, "met", file.now, entry)
        file.save()


def extend(office: Office, number: str, key: int, body: object, who: Reader) -> None:
    """Give a term more time (`days reason decider`), each time by at most what its rule says."""
    version, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        file = open_case(office, connection, number, who, version)
        term = _term(file, key)
        values = filled(file, EXTEND, fields)
        stretch(file, term, values["days"], values["reason"], values.get("decider") or who.name)
        file.save()


def stretch(file: CaseFile, term: TermRow, days: int, reason: str, decider: str) -> None:
    """Extend a term on the table by days.

    ClosedDoor without ground for it, BadInput beyond what one extension may be.
    """
    rule = file.workflow.terms[term["name"]]
    if rule.extend is None:
        text = f"'{rule.title}' kan niet worden verlengd: daar is geen grond voor ({rule.ground})."
        raise ClosedDoor.of("geen_grond", text)
    most = rule.extend[0] * (7 if rule.extend[1] == "weken" else 1)
    if not 1 <= days <= most:
        raise BadInput.of(
            "te_lang",
            f"Verlengen kan telkens met 1 tot en met {most} dagen ({rule.ground}).",
            "days",
        )
    what = f"{rule.title} verlengd met {days} {'dag' if days == 1 else 'dagen'} door {decider}."
    entry = file.note("verlengd", what, {"term": rule.name, "days": days, "reason": reason})
    told = _moved(file, rule, term, days)
    step = {
        "kind": "verlenging",
        "days": days,
        "reason": reason,
        "ground": rule.ground,
        "by": decider,
        "on": iso(file.now),
        "due": told["due"],
    }
    told["extensions"] = [*term["extensions"], step]
    file.change_term(term, told)
    file.ledger(entry, "extend", term["id"], days=days, calendar=file.office.calendar.release)
    file.tell_term(entry, term)


def _moved(file: CaseFile, rule: TermRule, term: TermRow, days: int) -> Moved:
    """Give the columns of a term whose end moves by days, counted from its previous unrolled end.

    A new round of its ladder begins.
    """
    due, unrolled = moved_end(
        file.office.calendar, rule, due_of(term), due_of({"due": term["unrolled"]}), days
    )
    ladder = next_round(file.office, rule, term, due, file.now)
    file.pending.trimmed.append((term["id"], ladder["rung"]))
    return {
        "due": iso(due),
        "unrolled": iso(unrolled),
        "over_at": over_at(due),
        "round": ladder["round"],
        "rung": ladder["rung"],
        "ring_at": ladder["ring_at"],
    }
