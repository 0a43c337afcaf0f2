"""Whoever opened a case of others with a reason: who leads the team of that case judges it.

It stands before the teamleider at once, before the manager once its day is over, and turns the
screens red when nobody has judged it a week of working days later. The days are a norm of our own.
"""

from datetime import UTC, date, datetime
from typing import Any

from amhk.desk.casefile.open_case import on_table
from amhk.desk.people.earlier_contacts import HIDDEN, JUDGED, KNOWN, OPENED
from amhk.desk.staff import rights
from amhk.errors import BadInput, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import ALL_CASES, Reader
from amhk.rules.privacy.veil import Veil
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.rules.terms.days import after_working_days
from amhk.rules.terms.ladder import Staff
from amhk.store import reads
from amhk.store.cases import veils
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
    found = grants.to_judge(connection)
    if not found:
        return []
    today = day_of(now)
    staff = reminders.staff(connection, today, now)
    mine = [row for row in found if who.id in _before(row, staff, row["due"] < today)]
    over = veils.whole(connection, [row["case_id"] for row in mine])
    return [over.get(row["case_id"], Veil()).upon(_told(row, today)) for row in mine]


def _before(row: Row, staff: Staff, late: bool) -> set[int]:
    """Give before whom (keys) a leave stands, never before who had it himself: who leads the team,
    where none is here or it is late the managers too, and where none of those is here whoever sees
    all cases.
    """
    may = [p for p in staff.knowing(row["case_id"]).people if p.id != row["worker_id"]]
    lead = [p for p in may if p.role == "teamleider" and p.team == row["team_id"]]
    if late or not any(p.here for p in lead):
        lead += [p for p in may if p.role == "manager"]
    if not any(p.here for p in lead):
        lead += [p for p in may if p.role in ALL_CASES]
    return {p.id for p in lead}


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


def _one(office: Office, connection: Connection, key: int, who: Reader) -> Row:
    """Give a leave that stands before this reader, or any for a manager; NotFound otherwise."""
    now = office.now(connection)
    staff = reminders.staff(connection, day_of(now), now)
    for row in grants.to_judge(connection, key):
        if who.id in _before(row, staff, late=True):
            return row
    raise NotFound("Deze inzage is er niet, is al beoordeeld, of is niet aan u om te beoordelen.")


def view(office: Office, key: int, who: Reader) -> dict[str, Any]:
    """Give one leave with its reason, and what the form chooses from."""
    with office.store.read() as connection:
        row = _one(office, connection, key, who)
        who.seen.setdefault(row["case_id"], False)
        now = office.now(connection)
        looked = grants.looked(connection, row, (OPENED, KNOWN, HIDDEN))
        over = veils.whole(connection, [row["case_id"]]).get(row["case_id"], Veil())
    told = _told(row, day_of(now)) | {"looked": looked}
    return {"leave": over.upon(told), "desk": _desk(now)}


def _desk(now: datetime) -> Desk:
    return Desk(now, {"oordeel": VERDICTS})


def judge(office: Office, key: int, body: object, who: Reader) -> str:
    """Judge a leave (`verdict`, `remark`): a line on the case, and of a wrong one a manager reads.

    Gives the number of the case. BadInput names every fault.
    """
    with office.store.write() as connection:
        row = _one(office, connection, key, who)
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
