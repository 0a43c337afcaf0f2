"""The lists a form needs besides the fixed code lists.

Gemeenten, institutions nearest first, workers, people of a case.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from amhk.desk.casefile.cover_secrets import veil_over
from amhk.desk.casefile.referrals import named
from amhk.office import Office
from amhk.rules.privacy.secrecy import HAND, WORKS, Reader, keys
from amhk.rules.privacy.veil import Veil
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.runs import runs_of
from amhk.rules.procedure.track import OF_TRACK
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, Row
from amhk.store.staff import plans
from amhk.words import LISTS, SCHAAL, day_of, say_day

# The lists whose values stand in the database.
Kept = Mapping[str, list[Row]]  # rows of a case that were read already, by table
_KEPT = frozenset(
    {"instelling", "medewerker", "bevoegd", "team", "persoon", "bevinding", "contact"}
)
OFFICIAL = {"rvdk": "RvdK", "politie": "politie", "college": "gemeente", "om": "OM"}


def needed(fields: tuple[Field, ...]) -> set[str]:
    """Give the names of the lists that these fields choose from, parts included."""
    found = {f.choices for f in fields if f.choices}
    for f in fields:
        found |= needed(f.fields)
    return found


def desk_for(
    office: Office,
    connection: Connection,
    now: datetime,
    wanted: set[str],
    case: CaseRow | None = None,
    moves: Mapping[str, Any] | None = None,
    day: date | None = None,
    veil: Veil | None = None,
    kept: Mapping[str, list[Any]] | None = None,
    who: Reader | None = None,
) -> Desk:
    """Give what checking a form needs at this moment; lists nobody asked for are not looked up.

    Codes are those of the day of receipt: of the case, or `day`. `veil` is the one over the case
    before `who` chooses, and `kept` its rows by table, where whoever asks has them at hand.
    """
    on = day or day_of(case["received"] if case else now)
    codes = office.pack.codes_of(case["release"]) if case else office.pack.codes
    lists: dict[str, Mapping[str, str]] = LISTS | codes.on(on)
    for name in wanted & _LIVE.keys():
        lists[name] = _LIVE[name](office, connection, case, kept or {})
    tracks = sorted(name for name in wanted if name.startswith(OF_TRACK))
    for name in tracks:
        lists[name] = _runs(office, connection, case, kept or {}, name.removeprefix(OF_TRACK))
    if case and (typed := [name for name in (*_TYPED, *tracks) if lists.get(name)]):
        veil = veil_over(office, connection, case, who) if veil is None else veil
        lists |= {name: veil.upon(lists[name]) for name in typed} if veil else {}
    if told := lists.get("bevinding"):  # cut only now that it is covered
        lists["bevinding"] = {key: text[:_CUT] for key, text in told.items()}
    if "stap" in wanted:
        lists["stap"] = _steps(office, connection, case, kept or {}, moves or {})
    return Desk(
        now=now,
        lists=lists,
        earliest=case["received"] if case else None,
        codes=codes,
        day=on,
    )


def _institutions(
    office: Office, connection: Connection, case: CaseRow | None, kept: Kept
) -> dict[str, str]:
    return institutions_near(office, connection, case["gemeente"] if case else None)


def _workers(
    office: Office, connection: Connection, case: CaseRow | None, kept: Kept
) -> dict[str, str]:
    workers = reads.workers(connection)
    works = [w for w in workers if w["role"] in WORKS and w["name"] != HAND]
    return {w["name"]: _signed(w) for w in works if _may_know(w, case)}


def _may_know(worker: Row, case: CaseRow | None) -> bool:
    return case is None or case["id"] not in keys(worker["barred"])


def _deciders(
    office: Office, connection: Connection, case: CaseRow | None, kept: Kept
) -> dict[str, str]:
    return {w["name"]: _signed(w) for w in deciders(connection, case)}


def _of(
    connection: Connection, table: Any, case: CaseRow | None, kept: Kept, route: str
) -> list[Any]:
    """Give the rows of a case of this route; none for another, or without a case."""
    if case is None or case["route"] != route:
        return []
    if table.name in kept:
        return kept[table.name]
    return reads.of_case(connection, table, case["id"])


def _people(
    office: Office, connection: Connection, case: CaseRow | None, kept: Kept
) -> Mapping[str, str]:
    people = _of(connection, reads.PERSON, case, kept, "melding")
    return {str(p["id"]): p["naam"] for p in people}


def _findings(
    office: Office, connection: Connection, case: CaseRow | None, kept: Kept
) -> Mapping[str, str]:
    found = _of(connection, reads.FINDING, case, kept, "melding")
    return {str(f["id"]): f"{say_day(day_of(f['moment']))}: {f['text']}" for f in found}


def _runs(
    office: Office, connection: Connection, case: CaseRow | None, kept: Kept, track: str
) -> Mapping[str, str]:
    """Give the runs of a track of a case, each with what it is about and when it began."""
    runs = runs_of(case["facts"], track) if case else []
    if not runs:
        return {}
    referred = _of(connection, reads.REFERRAL, case, kept, "melding")
    places = {i["id"]: i["name"] for i in reads.institutions(connection, active=False)}
    people = {int(key): name for key, name in _people(office, connection, case, kept).items()}
    days = {r["entry"]: f" ({say_day(day_of(r['moment']))})" for r in referred}
    told = named(runs, referred, places, people)
    return {str(key): f"{name}{days.get(key, '')}" for key, name in told.items()}


def _steps(
    office: Office,
    connection: Connection,
    case: CaseRow | None,
    kept: Kept,
    moves: Mapping[str, Any],
) -> dict[str, str]:
    """Give the steps that can be corrected: by name the latest time it was made, and of each of
    several runs its own.
    """
    told = {name: move.title for name, move in moves.items() if move.effect != "correct"}
    tracks = {track for m in moves.values() if (track := m.of or m.opens)}
    for track in sorted(tracks):
        runs = _runs(office, connection, case, kept, track)
        for move in moves.values() if len(runs) > 1 else ():
            if track in (move.of, move.opens):
                told |= {f"{move.name}:{key}": f"{move.title}: {of}" for key, of in runs.items()}
    return told


def _contacts(
    office: Office, connection: Connection, case: CaseRow | None, kept: Kept
) -> dict[str, str]:
    had = _of(connection, reads.CONTACT, case, kept, "advies")
    return {str(c["id"]): f"{say_day(day_of(c['moment']))}: {c['verslag'][:60]}" for c in had}


_LIVE: dict[str, Callable[[Office, Connection, CaseRow | None, Kept], Mapping[str, str]]] = {
    "instelling": _institutions,
    "medewerker": _workers,
    "bevoegd": _deciders,
    "persoon": _people,
    "bevinding": _findings,
    "contact": _contacts,
}
# In these somebody's words stand: they are covered where the case keeps something secret.
_TYPED, _CUT = ("persoon", "bevinding"), 85


def for_strangers(office: Office) -> Desk:
    """Give what a form is described with to who has not signed in.

    The code lists and the gemeenten of the settings, and nothing of the database.
    """
    now = datetime.now(UTC)
    return Desk(
        now=now,
        lists=LISTS | office.pack.codes.on(day_of(now)),
        earliest=None,
        codes=office.pack.codes,
        day=day_of(now),
        untold=_KEPT,
    )


def present(connection: Connection, now: datetime) -> dict[str, str]:
    """Give who can be handed a case today: works on cases, and is not away."""
    away = plans.all_away(connection, day_of(now))
    workers = [
        w
        for w in reads.workers(connection)
        if w["role"] in WORKS and w["name"] != HAND and w["id"] not in away
    ]
    return {w["name"]: _signed(w) for w in workers}


def deciders(connection: Connection, case: CaseRow | None = None) -> list[Row]:
    """Give who may answer for a decision, on this case where one is meant.

    May know it, works on cases here, with an SKJ or BIG registration (Uitvoeringsbesluit Wmo 2015
    art. 4.1.3).
    """
    return [
        w
        for w in reads.workers(connection)
        if w["registration"] and w["role"] in WORKS and w["name"] != HAND and _may_know(w, case)
    ]


def _signed(worker: Row) -> str:
    return (
        f"{worker['name']} ({worker['registration']})"
        if worker["registration"]
        else str(worker["name"])
    )


def institutions_near(
    office: Office, connection: Connection, gemeente: str | None
) -> dict[str, str]:
    """Give the institutions for a referral by name, the nearest fitting scale first (as near to the
    child as possible), each with why it stands there.
    """
    rows = [r for r in reads.institutions(connection) if r["kind"] not in OFFICIAL.values()]
    told = sorted(
        ((*nearness(office, row, gemeente), row) for row in rows),
        key=lambda t: (t[0], t[2]["name"]),
    )
    return {row["name"]: f"{row['name']} ({row['kind']}; {why})" for _, why, row in told}


def nearness(office: Office, row: Row, gemeente: str | None) -> tuple[int, str]:
    """Give how near an institution is to a family in a gemeente (0 is nearest; from 10 on it does
    not work there), and that in words.
    """
    scale = list(SCHAAL).index(row["scale"])
    if not row["gemeenten"]:
        return scale, f"{row['scale']}, werkt voor de hele regio"
    if gemeente is None or gemeente in row["gemeenten"]:
        return scale, f"{row['scale']}, werkt voor {gemeente}" if gemeente else row["scale"]
    here = office.config.gemeenten.get(gemeente)
    near = [
        g
        for g in row["gemeenten"]
        if here
        and g in office.config.gemeenten
        and office.config.gemeenten[g].subregio == here.subregio
    ]
    away = f"werkt niet voor {gemeente}"
    return (
        (10 + scale, f"{row['scale']}, {away}, wel in dezelfde subregio")
        if near
        else (20 + scale, f"{row['scale']}, {away}")
    )
