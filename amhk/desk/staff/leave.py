"""Whoever opened a case of others with a reason: who leads the team of that case judges it.

It stands before the teamleider at once, before the manager once its day is over, and turns the
screens red when nobody has judged it a week of working days later. The days are a norm of our own.
"""

from datetime import UTC, date, datetime
from typing import Any

from amhk.desk.casefile.open_case import on_table
from amhk.desk.people.earlier_contacts import JUDGED
from amhk.desk.staff import rights
from amhk.errors import BadInput, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.terms.days import after_working_days
from amhk.rules.terms.ladder import Staff
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.people import grants
from amhk.store.rows import Row
from amhk.store.terms import reminders
from amhk.words import ROLES, day_of, iso

VERDICTS = {"terecht": "terecht", "niet_terecht": "niet terecht"}
JUDGE = (
    Field("verdict", "Oordeel", "choice", required=True, choices="oordeel"),
    Field("remark", "Toelichting", "text", required=True),
)
KIND = "inzage_beoordeeld"


def red(office: Office, due: date | None, now: datetime) -> bool:
    """Tell whether leave that had to be judged by a day waits so long that all must see it."""
    return (
        due is not None and day_of(now) > after_working_days(due, JUDGED, office.calendar, True)[0]
    )


def waiting(
    office: Office, connection: Connection, who: Reader, now: datetime
) -> list[dict[str, Any]]:
    """Give the leave that stands before somebody who leads, the first to be judged on top."""
    found = [row for row in grants.to_judge(connection) if row["case_id"] not in who.barred]
    if not found:
        return []
    today = day_of(now)
    staff = reminders.staff(connection, today, now)
    return [_told(row, today) for row in found if _before(who, row, staff, today)]


def _before(who: Reader, row: Row, staff: Staff, today: date) -> bool:
    """Tell whether a leave stands before this reader: never before who had it himself."""
    if row["worker_id"] == who.id:
        return False
    if who.role == "teamleider":
        return bool(who.team == row["team_of_case"])
    leads = any(
        p.here and p.role == "teamleider" and p.team == row["team_of_case"]
        for p in staff.knowing(row["case_id"]).people
        if p.id != row["worker_id"]
    )
    return who.role == "manager" and (not leads or row["due"] < today)


def _told(row: Row, today: date) -> dict[str, Any]:
    return {
        "id": row["id"],
        "worker": row["worker"],
        "role": ROLES[row["role"]],
        "team": row["of_team"],
        "number": row["number"],
        "given": iso(row["given"]),
        "reason": row["reason"],
        "due": iso(row["due"]),
        "late": row["due"] < today,
    }


def _one(connection: Connection, key: int, who: Reader) -> Row:
    """Give a leave that this reader may judge; NotFound otherwise."""
    for row in grants.to_judge(connection, key):
        if row["case_id"] in who.barred or row["worker_id"] == who.id:
            break
        own = who.role == "teamleider" and who.team == row["team_of_case"]
        if own or who.role == "manager":
            return row
    raise NotFound("Deze inzage is er niet, is al beoordeeld, of is niet aan u om te beoordelen.")


def view(office: Office, key: int, who: Reader) -> dict[str, Any]:
    """Give one leave with its reason, and what the form chooses from."""
    with office.store.read() as connection:
        row = _one(connection, key, who)
        who.seen.setdefault(row["case_id"], False)
        now, looked = office.now(connection), grants.looked(connection, row)
    return {"leave": _told(row, day_of(now)) | {"looked": looked}, "desk": _desk(now)}


def _desk(now: datetime) -> Desk:
    return Desk(now, {"oordeel": VERDICTS})


def judge(office: Office, key: int, body: object, who: Reader) -> str:
    """Judge a leave (`verdict`, `remark`): a line on the case, and of a wrong one a manager reads.

    Gives the number of the case. BadInput names every fault.
    """
    with office.store.write() as connection:
        row = _one(connection, key, who)
        values, faults = clean(JUDGE, body, _desk(office.now(connection)))
        if faults:
            raise BadInput(faults=faults)
        case = reads.case_by_id(connection, row["case_id"], lock=True)
        verdict = values["verdict"]
        if case is None or not grants.judge(connection, key, datetime.now(UTC), who.id, verdict):
            raise NotFound("Deze inzage is intussen beoordeeld.")
        file = on_table(office, connection, case, who)
        what = f"Inzage door {row['worker']} beoordeeld: {VERDICTS[verdict]}."
        file.note(KIND, what, {"verdict": verdict, "remark": values["remark"]})
        file.save(bump=False)
        if verdict == "niet_terecht":
            told = f"{row['worker']} opende een zaak van een ander team; dat is als niet terecht"
            rights.tell(office, connection, who, f"{told} beoordeeld.", {"leave": key})
        return str(case["number"])
