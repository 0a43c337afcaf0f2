"""Who looked, told: of one case to who works with it, of one worker to who leads him."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from amhk.desk.casefile.access import owns, visible
from amhk.desk.casefile.cover_secrets import veil_over
from amhk.desk.people.earlier_contacts import HIDDEN
from amhk.desk.people.same_person import stands_in
from amhk.errors import NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import TEAM_CASES, Reader, may_see, scope_of
from amhk.sheets.write import as_csv
from amhk.store import reads
from amhk.store.cases import veils
from amhk.store.database.engine import Connection
from amhk.store.people import grants
from amhk.store.rows import CaseRow, Row
from amhk.store.staff import looks
from amhk.words import ROLES, day_of, iso, local, say_day, say_instant, some

LEADS, WATCHES = ("teamleider", "manager"), "auditor"
READS, _ALL = (*LEADS, WATCHES), ("manager", WATCHES)
MOST, _DAYS, _WEEK = 500, 31, 7  # lines on a page; days back
_MANY, _STREET = 60, 4  # more cases than these on one day, of one street, stand out
_FOR_LEADERS = "Dit uittreksel maakt wie leidinggeeft of toezicht houdt."
HEAD = ("Moment", "Medewerker", "Rol", "Hoe", "Zaak", "Wat", "Reden")


def of_case(office: Office, number: str, who: Reader, person: int = 0) -> dict[str, Any]:
    """Give who looked at a case, the latest first; NotFound for who does not work with it, nor
    watches over who looks.

    With a `person` (a key of this case; NotFound for another) at whatever case he stands in, as far
    as the reader may know them; that is for who leads or watches (NotAllowed).
    """
    with office.store.read() as connection:
        case = _case(connection, number, who)
        veil = veil_over(office, connection, case, who)
        people = veil.upon(_people(connection, case, who))
        cases = _with(office, connection, case, person, who)
        found = _veiled(connection, looks.of_cases(connection, sorted(cases), MOST))
    return {
        "number": case["number"],
        "looks": _told(found),
        "most": MOST,
        "people": people,
        "person": next((p for p in people if p["id"] == person), None),
        "cases": len(cases),
    }


def file_of_case(office: Office, number: str, who: Reader, person: int = 0) -> str:
    """Give the same as CSV: the extract for a betrokkene who asks who looked (AVG art. 15).

    NotAllowed for who does not lead.
    """
    if who.role not in READS:
        raise NotAllowed(_FOR_LEADERS)
    with office.store.read() as connection:
        case = _case(connection, number, who)
        cases = _with(office, connection, case, person, who)
        found = _told(_veiled(connection, looks.of_cases(connection, sorted(cases), 1_000_000)))
    columns = ("moment", "worker", "role", "via", "number", "what", "reason")
    return as_csv([*HEAD], [[str(one[c] or "") for c in columns] for one in found])


def _case(connection: Connection, number: str, who: Reader) -> CaseRow:
    """Give the case whose looks somebody may read; who watches reads of every case he may know."""
    found = reads.case_by_number(connection, number) if who.role == WATCHES else None
    if found is None or found["id"] in who.barred:
        return visible(connection, number, who, own=True)
    return found


def _people(connection: Connection, case: CaseRow, who: Reader) -> list[dict[str, Any]]:
    """Give the people of a case by whom looks can be asked for; who watches reads no names."""
    if who.role not in READS:
        return []
    named = who.role != WATCHES
    return [
        {"id": p["id"], "name": p["naam"] if named else f"betrokkene {n}"}
        for n, p in enumerate(reads.people_of(connection, case["id"]), 1)
    ]


def _with(
    office: Office, connection: Connection, case: CaseRow, person: int, who: Reader
) -> set[int]:
    """Give the cases that are asked about: one, or those a person of it stands in."""
    if not person:
        return {case["id"]}
    if who.role not in READS:
        raise NotAllowed(_FOR_LEADERS)
    one = next((p for p in reads.people_of(connection, case["id"]) if p["id"] == person), None)
    if one is None:
        raise NotFound("Deze persoon staat niet in deze zaak.")
    same = reads.cases_by_key(connection, stands_in(office, connection, one))
    every = who.role == WATCHES
    known = {c["id"] for c in same if c["id"] not in who.barred and (every or owns(who, c))}
    return {case["id"], *known}


def of_worker(office: Office, name: str, who: Reader) -> dict[str, Any]:
    """Give what a worker looked at in the last month, with what stands out, and whom one may ask
    for.

    A manager and who watches ask for anybody, a teamleider for his own team; NotAllowed for others.
    """
    if who.role not in READS:
        raise NotAllowed("Dit is voor wie leidinggeeft of toezicht houdt op inzage.")
    with office.store.read() as connection:
        everybody = looks.people(connection)
        mine = [p for p in everybody if who.role in _ALL or p["team_id"] == who.team]
        one = next((p for p in mine if p["name"] == name), None)
        if name and one is None:
            raise NotFound("Deze medewerker is hier niet, of niet van uw team.")
        since = datetime.now(UTC) - timedelta(days=_DAYS)
        found = looks.of_worker(connection, one["id"], since) if one else []
        found = _veiled(connection, found)
        streets = looks.streets(connection, one, since) if one else 0
    found = [r for r in found if r["case_id"] not in who.barred]
    found = [r if _may_read(who, r) else {**r, "number": None, "reason": None} for r in found]
    return {
        "people": [p["name"] for p in mine],
        "worker": name,
        "count": len(found),
        "looks": _told(found[:MOST]),
        "striking": _striking(found, one, streets) if one else [],
    }


def _may_read(who: Reader, line: Row) -> bool:
    """Tell whether a reader may see of which case a line is: not where it tells him of one that is
    hidden from him, and not where only that it exists was told.
    """
    if who.role == WATCHES:
        return True
    if line["case_id"] is None or line["what"] == HIDDEN:
        return line["case_id"] is None
    of = (line["case_id"], line["team_of_case"], line["owner_id"], line["taken_by"])
    return may_see(scope_of(who), *of)


def _veiled(connection: Connection, found: list[Row]) -> list[Row]:
    """Cover in the reasons what their cases keep secret."""
    said = sorted({r["case_id"] for r in found if r["case_id"] and r["reason"]})
    over = veils.whole(connection, said)
    return [
        {**r, "reason": over[r["case_id"]].upon(r["reason"])}
        if r["reason"] and r["case_id"] in over
        else r
        for r in found
    ]


def _told(found: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "instant": iso(r["instant"]),
            "moment": say_instant(r["instant"]),
            "worker": r["worker"] or "niet bekend",
            "role": ROLES.get(r["role"], r["role"]),
            "via": r["via"],
            "number": r["number"],
            "what": r["what"],
            "reason": r["reason"],
        }
        for r in found
    ]


def watched(office: Office, who: Reader) -> dict[str, Any]:
    """Give what who watches reads in the morning: what stands out in what each worker looked at in
    the last week, and how much leave waits to be judged or is open.
    """
    now = datetime.now(UTC)
    since, told = now - timedelta(days=_WEEK), []
    with office.store.read() as connection:
        today = day_of(office.now(connection))
        for one in looks.people(connection):
            found = looks.of_worker(connection, one["id"], since)
            found = [r for r in found if r["case_id"] not in who.barred]
            if said := _striking(found, one, looks.streets(connection, one, since)):
                told.append({"worker": one["name"], "role": ROLES[one["role"]], "said": said})
        waiting = grants.to_judge(connection)
        lent, failed = grants.lent(connection, now), looks.failed(connection, since)
    late = sum(row["due"] < today for row in waiting)
    return {
        "striking": told,
        "days": _WEEK,
        "waiting": len(waiting),
        "late": late,
        "failed": failed,
        "lent": len({row["case_id"] for row in lent}),
    }


def _striking(found: list[Row], one: Row, street: int) -> list[str]:
    """Give, in sentences, what stands out in what somebody looked at; it accuses nobody."""
    told = []
    night = [r for r in found if not 6 <= local(r["instant"]).hour < 22]
    if night and one["role"] != "piket":
        told.append(f"{len(night)} keer tussen 22 en 6 uur, zonder piketrol.")
    for day, cases in sorted(_cases_a_day(found).items(), reverse=True):
        if cases > _MANY:
            told.append(f"{cases} verschillende zaken op {say_day(day)}.")
    apart = {
        r["case_id"]
        for r in found
        if r["case_id"] and not _has_task(r, one) and r["what"] != HIDDEN
    }
    if street > _STREET:
        told.append(f"{street} zaken uit één straat, zonder taak daarin.")
    if apart and one["role"] in TEAM_CASES:
        of = some(len(apart), "zaak", "zaken")
        told.append(f"{of} van een ander team, zonder taak daarin.")
    return told


def _has_task(line: Row, one: Row) -> bool:
    return one["id"] in (line["owner_id"], line["taken_by"]) or (
        line["team_of_case"] == one["team_id"]
    )


def _cases_a_day(found: list[Row]) -> dict[date, int]:
    days = {(local(r["instant"]).date(), r["case_id"]) for r in found if r["case_id"]}
    return Counter(day for day, _ in days)
