"""Reports that are kept: made by themselves on the chosen day, never changed after, and what has
changed since one and why.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256

from amhk.desk.figures import case_facts, reports
from amhk.desk.figures.wording import Report, Value
from amhk.errors import BadInput, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.figures.definitions import Found
from amhk.rules.figures.facts import LATE, RUNS, Fact
from amhk.rules.figures.periods import LENGTHS, Period, period_of, read_period
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.figures import facts as figures_facts
from amhk.store.figures import figures
from amhk.store.house import house_journal
from amhk.store.rows import Row
from amhk.store.terms import reminders
from amhk.words import day_of, iso, some, start_of

_MOST_KEY = 2**31
KIND, _SEEN = "rapport", "reports_seen"
NAME = "kwartaal"
_BY_ITSELF = Reader(0, "rapportage", None)
_FRESH = timedelta(days=14)
# What was done to a case since, by the kind of its journal line; anything else was recorded later.
_WHY = {
    "oud_gegeven": "gecorrigeerd",
    "gevoegd": "gevoegd of losgemaakt",
    "losgemaakt": "gevoegd of losgemaakt",
    "vervolgmelding": "gevoegd of losgemaakt",
}


def make_when_due(office: Office) -> int:
    """Make and keep the reports whose day has come, however long the house was closed.

    Gives how many.
    """
    with office.store.read() as connection:
        today = day_of(office.now(connection))
        if reads.meta(connection, _SEEN) == iso(today):
            return 0
        first = reads.first_instant(connection)
        there = {
            row["period"] for row in figures.kept(connection, NAME) if row["worker_id"] is None
        }
    if first is None:
        return 0
    wanted = [
        p
        for length in office.config.making.lengths
        for p in _due(office, LENGTHS[length], today, day_of(first))
    ]
    made = [p for p in sorted(wanted, key=lambda p: p.end) if p.text not in there]
    for period in made:
        keep(office, period)
    with office.store.write() as connection:
        writes.set_meta(connection, _SEEN, iso(today))
    return len(made)


def _due(office: Office, months: int, today: date, first: date) -> Iterator[Period]:
    """Give the periods of a length that are over, whose day has come, back to the first in which
    anything was written.
    """
    period = period_of(today, months).before()
    while period.end > first:
        if today >= period.end.replace(day=office.config.making.day):
            yield period
        period = period.before()


def keep(office: Office, period: Period, who: Reader | None = None) -> int:
    """Make the report of a period that is over and keep it as it is now; gives its key.

    With what changed in the one before it since that was kept.
    """
    report = dict(reports.kwartaal(office, period, _BY_ITSELF))
    before = period.before()
    with office.store.read() as connection:
        old = figures.kept(connection, NAME, before.text)
    report["changes"] = changes(office, old[0]["id"]) if old else None
    content = json.dumps(report, ensure_ascii=False, sort_keys=True)
    stamp = report["stamp"]
    with office.store.write() as connection:
        reminders.lock_meta(connection, "figures")
        same = figures.kept(connection, NAME, period.text)
        if who is None and (first := [row for row in same if row["worker_id"] is None]):
            return int(first[0]["id"])  # another process was first
        now = office.now(connection)
        row = {
            "name": NAME,
            "period": period.text,
            "number": len(same) + 1,
            "made": now,
            "worker_id": who.id if who else None,
            "position": stamp["position"],
            "digest": stamp["digest"],
            "content": content,
            "hash": sha256(content.encode()).hexdigest(),
        }
        key = writes.add(connection, figures.KEPT, row)
        told = {k: row[k] for k in ("period", "number", "position", "digest")}
        told |= {"sha256": row["hash"]}
        what = f"Rapport over {period.title} gemaakt en bewaard."
        reminders.lock_meta(connection, "house")
        house_journal.append(connection, now, row["worker_id"], kind=KIND, what=what, content=told)
        return key


def keep_by_hand(office: Office, period: str, who: Reader) -> int:
    """Keep the report of a period once more, beside what was kept of it before.

    BadInput when it is none, or is not over.
    """
    if not reports.read_scope(who).every:
        raise NotAllowed("Een rapport bewaren is voor wie alle zaken mag tellen.")
    span = read_period(period)
    with office.store.read() as connection:
        now, first = office.now(connection), reads.first_instant(connection)
    if span is None or start_of(span.end) > now or first is None or start_of(span.end) <= first:
        text = (
            f"'{period[:20]}' is geen periode die voorbij is en waarin iets is vastgelegd; alleen"
            " zo'n rapport wordt bewaard."
        )
        raise BadInput.of("periode", text, "period")
    return keep(office, span, who)


def listed(office: Office, who: Reader) -> list[Report]:
    """Give the reports that are kept, the newest first."""
    if not reports.read_scope(who).every:
        return []
    with office.store.read() as connection:
        names = {w["id"]: w["name"] for w in reads.workers(connection, active=False)}
        return [_told(row, names) for row in figures.kept(connection)]


def fresh(office: Office, who: Reader) -> list[Report]:
    """Give the reports that were kept in the last fourteen days: the news for who may read them."""
    if who.role not in ("manager", "rapportage"):
        return []
    with office.store.read() as connection:
        since = iso(office.now(connection) - _FRESH)
    return [r for r in listed(office, who) if r["made"] >= since]


def _told(row: Row, names: Mapping[int, str]) -> Report:
    span = read_period(row["period"])
    return {
        "id": row["id"],
        "name": row["name"],
        "period": row["period"],
        "title": span.title if span else row["period"],
        "number": row["number"],
        "made": iso(row["made"]),
        "by": names.get(row["worker_id"] or 0, "vanzelf"),
        "position": row["position"],
        "digest": row["digest"],
        "hash": row["hash"],
    }


def kept(office: Office, key: int, who: Reader) -> Report:
    """Give a kept report as it was made.

    NotFound when there is none, or when what is kept is not what was made.
    """
    if not reports.read_scope(who).every:
        raise NotAllowed("Een bewaard rapport gaat over de hele regio.")
    with office.store.read() as connection:
        return _opened(connection, key)


def _opened(connection: Connection, key: int) -> Report:
    row = figures.kept_by(connection, key) if 0 < key < _MOST_KEY else None
    if row is None:
        raise NotFound("Dit rapport is er niet.")
    if sha256(row["content"].encode()).hexdigest() != row["hash"]:
        raise NotFound(
            "Dit rapport is buiten het programma om gewijzigd; zet de laatste back-up terug."
        )
    told: dict[str, object] = json.loads(row["content"])
    return told | {"kept": row["id"], "number": row["number"]}


def faults(connection: Connection) -> Iterator[str]:
    """Give, in Dutch, every kept report that was changed or is gone, and every stamp the journal
    does not come to: held to what the house's own journal says of them.
    """
    said = [
        json.loads(line["content"]) for line in house_journal.entries(connection, KIND, _MOST_KEY)
    ]
    rows = {
        (row["period"], row["number"]): figures.kept_by(connection, row["id"])
        for row in figures.kept(connection)
    }
    for told in said:
        row, name = (
            rows.pop((told["period"], told["number"]), None),
            f"{told['period']} (nummer {told['number']})",
        )
        if row is None:
            yield f"Het bewaarde rapport over {name} is weg."
        elif (sha256(row["content"].encode()).hexdigest(), row["position"], row["digest"]) != (
            told["sha256"],
            told["position"],
            told["digest"],
        ):
            yield f"Het bewaarde rapport over {name} is gewijzigd."
    for row in rows.values():
        yield (
            f"Het bewaarde rapport over {row['period'] if row else '?'} staat niet in het logboek"
            " van het huis."
        )
    yield from _stamps(
        connection,
        sorted({*figures_facts.stamps(connection), *((t["position"], t["digest"]) for t in said)}),
    )


def _stamps(connection: Connection, stamps: Sequence[tuple[int, str]]) -> Iterator[str]:
    position, digest = 0, ""
    for last, told in stamps:
        position, digest = last, case_facts.digest_on(connection, position, digest, last)
        if digest != told:
            yield (
                f"Het stempel bij regel {last} klopt niet met het verloop: er is iets gewijzigd,"
                " weggehaald of ingevoegd."
            )
            return


def changes(office: Office, key: int) -> list[dict[str, object]]:
    """Give what has changed in the figures of a kept report since, per gemeente.

    What it was, what it is now, of how many cases, and why.
    """
    here = case_facts.catch_up(office)
    with office.store.snapshot() as connection:
        old = _opened(connection, key)
        span = read_period(old["period"])
        assert span is not None
        why = _reasons(office, connection, span, old["stamp"]["position"], here.position)
    new = reports.kwartaal(office, span, _BY_ITSELF)
    before, after = (
        {line["gemeente"]: line for line in [*r["rows"], r["total"]]} for r in (old, new)
    )
    told = []
    for name, d in new["definitions"].items():
        for area in dict.fromkeys([*before, *after]):
            reasons = why[name] if area == "Totaal" else why[name, area]
            for value, was, now in _pairs(
                before.get(area, {}).get(name), after.get(area, {}).get(name), d["kind"]
            ):
                title = (
                    f"{d['title']}: {new['lists'][name].get(value, value)}" if value else d["title"]
                )
                told.append(
                    {
                        "figure": name,
                        "value": value or None,
                        "kind": d["kind"] if not value else "count",
                        "title": title,
                        "gemeente": area,
                        "was": was,
                        "now": now,
                        "why": _said(reasons),
                        "cases": sum(reasons.values()),
                    }
                )
    return told


def _pairs(was: object, now: object, kind: str) -> Iterator[tuple[str, object, object]]:
    """Give (value, was, now) of what differs: a figure as it is, of a split each value."""
    if kind == "split" and isinstance(was, dict) and isinstance(now, dict):
        yield from (
            (v, was.get(v, 0), now.get(v, 0))
            for v in sorted({*was, *now})
            if was.get(v, 0) != now.get(v, 0)
        )
    elif was != now and kind != "split":
        yield "", was, now


def _said(reasons: Mapping[str, int]) -> str:
    told = [f"{some(n, 'zaak', 'zaken')} {why}" for why, n in sorted(reasons.items()) if n]
    return "; ".join(told) or "andere betekenis of andere regio-indeling"


class _Reasons(dict[object, Counter[str]]):
    def __missing__(self, key: object) -> Counter[str]:
        return self.setdefault(key, Counter())


def _reasons(office: Office, connection: Connection, span: Period, then: int, now: int) -> _Reasons:
    """Give, by figure and by (figure, gemeente), of how many cases the figures of a period changed
    between two positions, by why.
    """
    told, touched = _Reasons(), figures.touched(connection, then, now)
    names = case_facts.wanted_of(office)
    corrections = (flow.correcting for flow in office.pack.workflows.values())
    whys = _WHY | {kind: "gecorrigeerd" for kind in corrections if kind}
    for at in range(0, len(touched), 1000):
        some_cases = sorted(touched)[at : at + 1000]
        sides = [
            dict(case_facts.told(figures_facts.lines(connection, some_cases, last), names))
            for last in (then, now)
        ]
        for key in some_cases:
            old, new = (side.get(key) for side in sides)
            if old == new:
                continue
            for figure, gemeenten, moved in _differences(office, span, old, new):
                why = next(
                    (whys[kind] for kind in touched[key] if kind in whys), "later vastgelegd"
                )
                told[figure][why] += not moved  # who only moved between gemeenten changes no whole
                for gemeente in gemeenten:
                    told[figure, gemeente][why] += 1
    return told


def _differences(
    office: Office, span: Period, old: Value, new: Value
) -> Iterator[tuple[str, set[str], bool]]:
    """Give the figures a case changed, in which gemeenten, and whether it only moved from one to
    the other.
    """
    facts = [_found(told[1], span) if told else {} for told in (old, new)]
    moved = bool(old and new and old[0] != new[0])
    for d in office.pack.figures.definitions.values():
        fact = reports.fact_of(office, d)
        was, now = ([f.get(fact, {}), f.get(d.of, {}) if d.of else {}] for f in facts)
        if d.good is not None and d.kind in ("aantal", "stand"):
            was, now = (
                [{v: n for v, n in side[0].items() if v in d.good}, side[1]] for side in (was, now)
            )
        if was != now or (moved and any(was)):
            yield d.name, {told[0] for told in (old, new) if told}, was == now


def _found(facts: set[Fact], span: Period) -> Found:
    start, end = span.start.isoformat(), span.end.isoformat()
    told: dict[str, dict[str, int]] = {}
    for f in facts:
        if f.day < end <= f.until if f.until else start <= f.day < end:
            value = LATE if f.value == RUNS else f.value
            told.setdefault(f.name, {})[value] = told.get(f.name, {}).get(value, 0) + f.count
    return told
