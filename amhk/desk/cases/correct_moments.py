"""Correcting when something was: the receipt or a move, with every term that hangs on it."""

import json
from datetime import datetime
from typing import Any, TypedDict

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.referrals import referral_of
from amhk.desk.casefile.term_rows import due_of, fresh_row, is_late, next_round
from amhk.desk.cases.register import tell_children
from amhk.errors import BadInput
from amhk.rules.parse import Filled
from amhk.store import reads
from amhk.store.cases.journal import said_at
from amhk.store.rows import Row, TermRow
from amhk.store.tables import Source
from amhk.words import day_of, iso, lower_first, say_day, say_instant

AT_RECEIPT = "Bij ontvangst"


class Restarted(TypedDict, total=False):
    """What another start changes of a term."""

    start: datetime
    due: str
    unrolled: str
    over_at: datetime
    beside_due: str | None
    beside_over_at: datetime | None
    calendar: int
    late: bool
    why: str
    round: int
    rung: int
    ring_at: datetime | None


def correct_receipt(file: CaseFile, received: datetime, entry: int) -> str:
    """Correct when a call was received: terms that began with it move along.

    BadInput when a move was made before it. Gives what changed, in words.
    """
    old = file.case["received"]
    done = [t["ended_at"] for t in _all_terms(file) if t["status"] == "met" and t["ended_at"]]
    done += [f["moment"] for f in file.rows(reads.FINISH)]
    done += [file.case["closed_at"]] if file.case["closed_at"] else []
    if done and received > min(done):
        text = (
            f"Ontvangen: op {say_instant(min(done))} is al een stap gezet; de ontvangst kan niet"
            " later zijn."
        )
        raise BadInput.of("na_stap", text, "ontvangen")
    file.changes["received"] = received
    file.tell(entry, case={**file.told(entry).get("case", {}), "received": iso(received)})
    if file.case["route"] == "melding":
        tell_children(file, entry)  # how old somebody was then
    begun = {*file.workflow.intake_starts, *(s.term for s in file.workflow.intake_maybe)}
    _reproject(
        file,
        [t for t in _all_terms(file) if t["start_entry"] == 1 and t["name"] in begun],
        received,
        entry,
    )
    return f"ontvangst van {say_instant(old)} naar {say_instant(received)}"


def correct_moment(file: CaseFile, values: Filled, entry: int) -> str:
    """Correct the moment of the latest time a move was made, of one run where it is named
    (`move:run`).

    What it started, what it met, and its rows move along.
    """
    moment = values.get("moment")
    name, _, run = (values.get("stap") or "").partition(":")
    lines = [e for e in reads.entries(file.connection, file.id) if e["kind"] == name]
    if run:
        lines = [e for e in lines if run in (str(e["sequence"]), _run_of(file, e))]
    if not name or not moment or not lines:
        raise BadInput.of(
            "ontbreekt", "Noem een stap die gezet is, en het juiste moment samen.", "stap"
        )
    sequence = lines[-1]["sequence"]
    _move_terms(file, sequence, moment, entry)
    sources: tuple[Source[Any], ...] = (reads.REFERRAL, reads.CHECK, reads.FINISH)
    for source in sources:
        keys = [r["id"] for r in file.rows(source) if r["entry"] == sequence]
        file.change(source, keys, moment=moment)
    file.tell(entry, moved=[[sequence, iso(moment)]])
    old = said_at(lines[-1])
    if file.case["closed_at"] == old:
        file.changes["closed_at"] = moment
    if file.workflow.moves[name].effect == "help_started":
        of = _run_of(file, lines[-1])
        mine = referral_of(file.rows(reads.REFERRAL), int(of) if of else None)
        told = {"started_on": day_of(moment), "answered": moment}
        file.change(reads.REFERRAL, [mine["id"]] if mine else [], **told)
    return (
        f"moment van '{lower_first(file.workflow.moves[name].title)}' van {say_instant(old)} naar"
        f" {say_instant(moment)}"
    )


def _run_of(file: CaseFile, line: Row) -> str | None:
    """Give of which run a line of the journal says that it is."""
    of = file.workflow.moves[line["kind"]].of
    said = json.loads(line["content"] or "{}").get(of) if of else None
    return str(said) if said else None


def _move_terms(file: CaseFile, sequence: int, moment: datetime, entry: int) -> None:
    """Move along what a journal line started, and what it met."""
    terms = _all_terms(file)
    _reproject(file, [t for t in terms if t["start_entry"] == sequence], moment, entry)
    for term in terms:
        if term["end_entry"] == sequence and term["status"] == "met":
            late = is_late(term, moment)
            file.change(reads.TERM, [term["id"]], ended_at=moment, late=late)
            file.ledger(entry, "at", term["id"], at=moment.isoformat())
            file.tell_term(entry, {**term, "ended_at": moment})


def _all_terms(file: CaseFile) -> list[TermRow]:
    return [{**t} for t in file.rows(reads.TERM)]


def _reproject(file: CaseFile, terms: list[TermRow], start: datetime, entry: int) -> None:
    """Work out again the ends of terms from a corrected start, extensions included, and say of each
    why it moved.
    """
    for term in terms:
        rule = file.workflow.terms[term["name"]]
        fresh = fresh_row(file.office, rule, term, start)
        changes: Restarted = {
            "start": fresh["start"],
            "due": fresh["due"],
            "unrolled": fresh["unrolled"],
            "over_at": fresh["over_at"],
            "beside_due": fresh["beside_due"],
            "beside_over_at": fresh["beside_over_at"],
            "calendar": fresh["calendar"],
        }
        file.ledger(
            entry, "restart", term["id"], start=start.isoformat(), calendar=fresh["calendar"]
        )
        if term["status"] == "met" and term["ended_at"]:
            changes["late"] = is_late(fresh, term["ended_at"])
        if fresh["due"] != term["due"]:
            changes["why"] = (
                f"was {term['due']}, opnieuw berekend na een correctie op"
                f" {say_day(day_of(file.now))}"
            )
            file.note(
                "termijn_herrekend",
                f"{rule.title}: van {term['due']} naar {fresh['due']} na correctie.",
                {"start": iso(start)},
            )
            if term["status"] in ("running", "suspended"):
                moved: TermRow = {**term, "start": start}
                ladder = next_round(file.office, rule, moved, due_of(fresh), file.now)
                changes = {**changes, **ladder}
                file.pending.trimmed.append((term["id"], ladder["rung"]))
        held = next((t for t in file.running if t["id"] == term["id"]), term)
        file.change_term(held, changes)
        file.tell_term(entry, held)
