"""Every end of every open case worked out a second way, and what of a case contradicts itself."""

from typing import Any

import orjson

from amhk.desk.casefile.term_rows import due_of
from amhk.office import Office
from amhk.rules.terms import recount
from amhk.rules.terms.days import Calendar
from amhk.rules.terms.terms import TermRule, ring_of
from amhk.store.cases import worklists
from amhk.store.database.engine import Connection
from amhk.store.figures import proofs
from amhk.store.rows import Row
from amhk.store.terms import calendar as kept

_PIECE = 100  # cases between which the proof gives way to the desk


def recounted(office: Office, connection: Connection) -> tuple[int, list[str]]:
    """Work every end of every open case out again from the journal alone.

    Give how many, and each difference in a Dutch sentence.
    """
    present = kept.read(connection)
    now, then = known(present), dict[int, recount.Known]()
    count, differences = 0, list[str]()

    def as_of(release: int) -> recount.Known:
        if release == present.release:
            return now
        if release not in then:
            then[release] = known(kept.read(connection, release))
        return then[release]

    for at, (case, stored, texts) in enumerate(proofs.open_cases(connection)):
        if at % _PIECE == 0:
            office.store.way.give()
        rules = office.pack.workflows[case["workflow"], case["release"]].terms
        count += len(stored)
        try:
            steps = recount.replay(step for text in texts for step in orjson.loads(text))
            found = _compared(rules, stored, steps, as_of, present)
        except Exception as wrong:
            # whatever was done to a row: it is a difference, and no other case goes unproven by it
            found = [f"de termijnen zijn niet na te rekenen ({type(wrong).__name__})."]
        differences += [f"{case['number']}: {text}" for text in found]
    return count, differences + contradicted(connection)


def contradicted(connection: Connection) -> list[str]:
    """Give what of a case says something else than another of its records, in a Dutch sentence."""
    proven = (
        (proofs.running_on_closed, "de zaak is gesloten en een termijn loopt nog."),
        (proofs.contradictions, "een verwijzing zegt iets anders dan de zaak."),
        (
            proofs.strayed,
            "heet hermelding van een melding die loopt, of die in een ander dossier staat.",
        ),
        (worklists.misplaced, "staat niet op haar plaats in de werkvoorraad."),
    )
    silent = [
        f"{number}: '{name}' zegt gerinkeld te hebben, en niets daarvan staat ergens."
        for number, name in proofs.rung_without_trace(connection)
    ]
    return silent + [f"{number}: {text}" for of, text in proven for number in of(connection)]


def _compared(
    rules: Any, stored: list[Row], told: dict[int, recount.Told], as_of: object, present: Calendar
) -> list[str]:
    found, rows = [], {t["id"]: t for t in stored}
    for key, line in told.items():
        if key not in rows and line.status in ("running", "suspended"):
            found.append(f"de termijn '{line.name}' staat in het verloop en is weg.")
    for key, row in rows.items():
        if key not in told:
            if row["status"] in ("running", "suspended"):
                found.append(f"de termijn '{row['name']}' loopt en staat niet in het verloop.")
            continue
        found += _one(rules[row["name"]], row, told[key], as_of, present)
    return found


def _one(rule: TermRule, row: Row, line: recount.Told, as_of: Any, present: Calendar) -> list[str]:
    if (line.name, line.status) != (row["name"], row["status"]):
        return [
            f"'{row['name']}' is '{row['status']}', volgens het verloop '{line.name}'"
            f" '{line.status}'."
        ]
    if row["status"] == "met" and line.ended != row["ended_at"]:
        return [f"'{row['name']}' is op een ander moment gehaald dan het verloop zegt."]
    if row["status"] not in ("running", "suspended"):
        return []
    now = as_of(
        row["calendar"]
    )  # the calendar it has taken in: the present one, but for a moment after a change
    length = recount.Length(count=rule.count, unit=rule.unit, rolls=rule.rolls, by_law=rule.by_law)
    if line.start != row["start"]:
        return [f"'{row['name']}' begon op een ander moment dan het verloop zegt."]
    due, over_at = recount.end(line, length, as_of, now)
    if (due, over_at) != (row["due"], row["over_at"]):
        return [f"'{row['name']}' eindigt volgens de database {row['due']}, nagerekend {due}."]
    if rule.beside and row["beside_due"] is not None:
        second = recount.Length(
            count=rule.beside.count,
            unit=rule.beside.unit,
            rolls=rule.beside.rolls,
            by_law=rule.beside.kind == "wet",
        )
        bare = recount.Told(name=line.name, start=line.start, on=line.on, calendar=line.calendar)
        if (other := recount.end(bare, second, as_of, now)) != (
            row["beside_due"],
            row["beside_over_at"],
        ):
            return [
                f"de tweede klok van '{row['name']}' eindigt volgens de database"
                f" {row['beside_due']}, nagerekend {other[0]}."
            ]
    return _next_reminder(rule, row, present)


def _next_reminder(rule: TermRule, row: Row, present: Calendar) -> list[str]:
    """Compare the next reminder of a term with its ladder."""
    if row["calendar"] != present.release:
        return []
    runs = row["status"] == "running"
    wanted = ring_of(rule, row["rung"], row["start"], due_of(row), present) if runs else None
    return (
        []
        if row["ring_at"] == wanted and row["rung"] <= len(rule.rungs)
        else [f"de volgende herinnering van '{row['name']}' staat verkeerd."]
    )


def known(calendar: Calendar) -> recount.Known:
    """Give a calendar as the second opinion takes it: as numbers."""
    law = frozenset(d.toordinal() for d in getattr(calendar.feestdagen, "extra", {}))
    closed = frozenset(d.toordinal() for d in calendar.sluitingsdagen)
    hours = tuple(
        (
            since.toordinal(),
            tuple(
                (day, _minutes(span[0]), _minutes(span[1])) for day, span in sorted(rows.items())
            ),
        )
        for since, rows in sorted(calendar.kantooruren.items())
    )
    return recount.Known(law, closed, hours)


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])
