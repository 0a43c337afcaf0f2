"""Worklists, search and reminders.

Pages of cases in the order of danger, only what this reader may see.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from amhk.desk.casefile.cursor import after, cursor_of
from amhk.desk.casefile.term_rows import is_late
from amhk.errors import BadInput, Fault
from amhk.matching import near
from amhk.office import Office
from amhk.rules.parse import fold, read_day, unfit
from amhk.rules.people.searching import Sought, read_sought
from amhk.rules.privacy.secrecy import HAND, WORKS, Reader, Scope, scope_of
from amhk.store.cases import search, worklists
from amhk.store.database.engine import Connection
from amhk.store.rows import Row
from amhk.store.staff import channels
from amhk.store.terms import reminders as terms_reminders
from amhk.words import day_of, end_of, iso, titled

_PAGE = 50
COUNTED = 1000
# What a worklist can be asked for.
ASKS = frozenset(
    [
        "route",
        "state",
        "gemeente",
        "team",
        "owner",
        "due_before",
        "opened",
        "closed",
        "sort",
        "q",
        "cursor",
    ]
)
_YES = ("true", "ja", "1")


def _filters(
    office: Office,
    told: Mapping[str, str],
    now: datetime,
    teams: Mapping[str, int],
    people: Sequence[Row],
) -> dict[str, object]:
    """Give the filters of a worklist from what was asked.

    BadInput names each that does not exist.
    """
    found: dict[str, object] = {k: told[k] for k in ("route", "state", "gemeente") if told.get(k)}
    faults = _unknown(office, found)
    names = {
        "team": (teams, "team_id"),
        "owner": ({p["name"]: p["id"] for p in people}, "owner_id"),
    }
    for name, (keys, column) in names.items():
        if wanted := told.get(name):
            found[column] = keys.get(wanted) if wanted != "-" else None
            if found[column] is None and wanted != "-":
                faults.append(Fault("onbekend", f"'{wanted[:60]}' bestaat niet.", name))
    if before := told.get("due_before"):
        day = read_day(before, day_of(now))
        if day is None:
            faults.append(Fault("geen_datum", f"'{before[:40]}' is geen datum.", "due_before"))
        else:
            found["due_before"] = end_of(day)
    found |= {name: told[name] in _YES for name in ("closed", "opened") if told.get(name)}
    if told.get("sort") and told["sort"] not in worklists.SORTS:
        faults.append(Fault("onbekend", f"Sorteren op '{told['sort'][:40]}' bestaat niet.", "sort"))
    if q := told.get("q"):
        faults += _sought(q, found)
    if faults:
        raise BadInput(faults=faults)
    return found


def _sought(q: str, found: dict[str, object]) -> list[Fault]:
    if unfit(q, 200):
        return [Fault("onbruikbare_tekst", "Hierop is niet te zoeken.", "q")]
    found["sought"] = read_sought(q)
    text = (
        "Hierop is niet te zoeken. Typ een zaaknummer, een naam, een geboortedatum, een adres of"
        " een woord uit de tekst."
    )
    return [] if found["sought"] else [Fault("te_kort", text, "q")]


def _unknown(office: Office, found: dict[str, Any]) -> list[Fault]:
    """Check route, state and gemeente; a gemeente may be typed in any case."""
    by_fold = {fold(g): g for g in office.config.gemeenten}
    if "gemeente" in found:
        found["gemeente"] = by_fold.get(fold(found["gemeente"]), found["gemeente"])
    known = {
        "route": {"advies", "melding"},
        "gemeente": set(office.config.gemeenten),
        "state": {s for w in office.pack.workflows.values() for s in w.states},
    }
    return [
        Fault("onbekend", f"'{found[k][:60]}' bestaat niet.", k)
        for k, options in known.items()
        if k in found and found[k] not in options
    ]


def worklist(
    office: Office, who: Reader, told: Mapping[str, str], limit: int = _PAGE
) -> dict[str, Any]:
    """Give a page of the cases this reader may see, in the order of danger or as `sort` says.

    `next` is the cursor of the following page.

    `count` is how many there are (no further than COUNTED + 1; None when words so common were
    sought that nobody counted), `staff` and `teams` the names a filter may ask for, `hands` those
    who can be handed a case today.
    """
    with office.store.read() as connection:
        now, scope = office.now(connection), scope_of(who)
        teams, people = worklists.staff(connection, day_of(now))
        filters = worklists.weighed(connection, _filters(office, told, now, teams, people))
        sort, first = told.get("sort") or "termijn", after(told.get("cursor"))
        found = worklists.page(connection, scope, filters, sort=sort, after=first, limit=limit + 1)
        shown = found[:limit]
        keys = [c["id"] for c in shown]
        terms, names = worklists.next_terms(connection, keys), worklists.names_of(connection, keys)
        items = [_item(office, c, terms.get(c["id"]), names.get(c["id"], []), now) for c in shown]
        last = shown[-1] if len(found) > limit else None
        # of what stands in very many cases it is not counted in how many
        count = None
        if not filters.get("common"):
            count = worklists.count(connection, scope, filters, COUNTED + 1)
        active = [p for p in people if p["active"]]
        here = [p for p in active if p["name"] != HAND and not p["away"]]
        return {
            "near": [] if shown else _nearly(connection, scope, filters.get("sought", ())),
            "items": items,
            "next": cursor_of(last["key"], last["id"]) if last else None,
            "count": count,
            "staff": [p["name"] for p in active],
            "hands": [p["name"] for p in here if p["role"] in WORKS],
            "teams": list(teams),
        }


_NEAR, _OFFERED = 60, 3  # words that are near are looked up in one's own cases, and offered


def _nearly(connection: Connection, scope: Scope, sought: Sequence[Sought]) -> list[str]:
    """Give words this reader's cases hold that are a slip away from one that was sought and found
    nothing.
    """
    words = [s.word for s in sought if s.word.isalpha() and len(s.word) > 3]
    found = [_near(connection, word) for word in words[:3]]
    seen = [search.held_within(connection, scope, told)[:_OFFERED] for told in found]
    return list(dict.fromkeys(w for told in seen for w in told))


def _near(connection: Connection, word: str) -> list[str]:
    """Give the words a slip away: of those that begin with the same two letters, else one."""
    for begins in (word[:2], word[:1]):
        if told := near(word, search.words_like(connection, begins), _NEAR):
            return told
    return []


def _item(
    office: Office, case: Row, term: Row | None, names: list[str], now: datetime
) -> dict[str, object]:
    workflow = office.pack.workflows[case["workflow"], case["release"]]
    plain = (
        "number",
        "route",
        "version",
        "state",
        "finish",
        "finishes",
        "closed",
        "ending",
        "gemeente",
        "acuut",
        "kanaal",
        "urgent",
        "owner",
        "team",
    )
    told = {k: case[k] for k in plain} | {
        "state_title": workflow.states[case["state"]].title,
        "ontvangen": iso(case["received"]),
        "names": names,
        "opened": case["opened_by"] is not None,
        "next_term": None,
    }
    if term:
        told["next_term"] = {
            "id": term["id"],
            "name": term["name"],
            "title": workflow.terms[term["name"]].title,
            "due": term["due"],
            "late": is_late(term, now),
        }
    return told


def reminders(
    office: Office, who: Reader, before: int | None = None, limit: int = 200
) -> dict[str, object]:
    """Give a page of the reminders that stand before this worker, the latest first.

    `count` is all of them, `next` the key to go on from.
    """
    with office.store.read() as connection:
        found = terms_reminders.inbox(connection, who, before, limit + 1)
        items = [_reminder(office, r) for r in found[:limit]]
        more = found[limit - 1]["id"] if len(found) > limit else None
        return {"items": items, "next": more, "count": terms_reminders.count_inbox(connection, who)}


def latest_reminders(
    office: Office, connection: Connection, who: Reader, most: int, many: bool
) -> list[dict[str, object]]:
    """Give the latest reminders that stand before this worker, who may have very `many`."""
    if many:
        found = terms_reminders.latest(connection, who, most)
    else:
        found = terms_reminders.inbox(connection, who, None, most)
    return [_reminder(office, r) for r in found]


def _reminder(office: Office, row: Row) -> dict[str, object]:
    rule = office.pack.workflows[row["workflow"], row["release"]].terms[row["name"]]
    return {
        "number": row["number"],
        "term": titled(rule.title, row["run_to"]),
        "due": row["due"],
        "fell_due": iso(row["fell_due"]),
        "rung_at": iso(row["rung_at"]),
        "receivers": row["receivers"],
        "rung": row["rung"] + 1,
    }


def untouched(office: Office, who: Reader, limit: int = 50) -> dict[str, object]:
    """Give the meldingen nobody but their taker has opened, acute first, then the longest waiting.

    `count` is all of them, `late` those past their term.
    """
    names = [
        n
        for w in office.pack.workflows.values()
        for n in (w.untouched_term, w.untouched_acute)
        if n
    ]
    with office.store.read() as connection:
        now = office.now(connection)
        count, found = channels.unopened(connection, who, names, limit)
    items = [
        {
            "number": r["number"],
            "acuut": r["acuut"],
            "gemeente": r["gemeente"],
            "since": iso(r["start"]),
            "due": r["due"],
            "late": now > r["over_at"],
        }
        for r in found
    ]
    return {"items": items, "next": None, "count": count, "late": sum(i["late"] for i in items)}
