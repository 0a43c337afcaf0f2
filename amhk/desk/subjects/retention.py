"""How long a case is kept after its last change, and what falls due (Wmo 2015 art. 5.3.4 lid 2).

Nothing is destroyed by itself: who leads proposes it, or keeps it longer on a ground.
"""

from datetime import date, datetime, timedelta

from amhk.desk.casefile.open_case import open_case
from amhk.errors import BadInput, Fault, NotAllowed
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader, Scope
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.terms.terms import last_day
from amhk.store import writes
from amhk.store.database.engine import Connection
from amhk.store.people import subjects
from amhk.store.rows import CaseRow, Json
from amhk.words import day_of, iso, say_day

AHEAD = timedelta(days=92)  # so long before its day a case stands on the list
KIND = "langer_bewaren"
_LEADS = ("teamleider", "manager")
_LEAST = {"jaar": 365, "maanden": 28, "weken": 7, "dagen": 1}
KEEP = (
    Field("until", "Bewaren tot en met", "date", required=True, future=True),
    Field("ground", "Grond", "choice", required=True, choices="bewaargrond"),
    Field("reason", "Motivering", "text", required=True),
)


def of_case(office: Office, connection: Connection, case: CaseRow) -> Json | None:
    """Give until when a closed case is kept, why, and whether that is over; None for one that runs
    or whose procedure says nothing of it.
    """
    flow = office.pack.workflows[case["workflow"], case["release"]]
    if not case["closed"] or flow.keep_term is None:
        return None
    rule, today = flow.terms[flow.keep_term], day_of(office.now(connection))
    changed = subjects.last_change(connection, case["id"])
    day, ground, longer = last_day(rule, changed, office.calendar), rule.ground, False
    kept = subjects.kept(connection, [case["id"]]).get(case["id"])
    if kept and kept["until"] > day:
        day, longer = kept["until"], True
        ground = office.pack.codes.title("bewaargrond", kept["ground"])
    return {"until": iso(day), "ground": ground, "longer": longer, "over": day < today}


def falls_due(
    office: Office, connection: Connection, scope: Scope | None, now: datetime
) -> list[Json]:
    """Give the closed cases whose day is past or comes within three months, the first on top."""
    last, found = day_of(now) + AHEAD, []
    for flow in office.pack.workflows.values():
        if flow.keep_term is None:
            continue
        rule = flow.terms[flow.keep_term]
        least = timedelta(days=rule.count * _LEAST.get(rule.unit, 1))
        key = (flow.name, flow.release)
        rows = subjects.old_cases(connection, scope, key, now + AHEAD - least)
        kept = subjects.kept(connection, [row["id"] for row in rows])
        for row in rows:
            day = last_day(rule, row["changed"] or row["closed_at"], office.calendar)
            if row["id"] in kept:
                day = max(day, kept[row["id"]]["until"])
            if day <= last:
                told = {"number": row["number"], "team": row["team"], "until": iso(day)}
                found.append(told | {"over": day < day_of(now), "ground": rule.ground})
    return sorted(found, key=lambda one: (one["until"], one["number"]))


def desk_of(office: Office, connection: Connection) -> Desk:
    """Give what the form to keep a case longer chooses from."""
    now = office.now(connection)
    return Desk(now, {"bewaargrond": office.pack.codes.on(day_of(now))["bewaargrond"]})


def keep_longer(office: Office, number: str, body: object, who: Reader) -> None:
    """Keep a closed case longer (`until`, `ground`, `reason`); BadInput names every fault."""
    if who.role not in _LEADS:
        raise NotAllowed("Langer bewaren beslist wie leidinggeeft.")
    with office.store.write() as connection:
        file = open_case(office, connection, number, who)
        values, faults = clean(KEEP, body, desk_of(office, connection))
        keep = of_case(office, connection, file.case)
        if keep is None:
            faults.append(Fault("loopt", "Alleen een gesloten zaak heeft een bewaartermijn.", None))
        elif not faults and iso(values["until"]) <= keep["until"]:
            text = f"De zaak blijft al tot en met {say_day(date.fromisoformat(keep['until']))}."
            faults.append(Fault("niet_later", text, "until"))
        if faults:
            raise BadInput(faults=faults)
        row = {
            "case_id": file.id,
            "until": values["until"],
            "ground": values["ground"],
            "reason": values["reason"],
            "made": file.now,
            "made_by": who.id,
        }
        writes.add(connection, subjects.KEEPING, row)
        what = f"Langer bewaard, tot en met {say_day(values['until'])}."
        file.note(KIND, what, {"motivering": values["reason"]})
        file.save(bump=False)
