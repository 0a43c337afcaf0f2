"""The day on which a term ends this time, where it has a plan, or what is known sets its length."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from amhk.rules.terms.terms import day_by_answer, planned_day
from amhk.store import reads
from amhk.words import day_of

if TYPE_CHECKING:
    from amhk.desk.casefile.casefile import CaseFile


def planned_on(
    file: "CaseFile",
    name: str,
    run: int | None,
    moment: datetime,
    facts: Mapping[str, object] | None = None,
) -> date | None:
    """Give the day of a planned term that starts again (of this run), or of one whose length hangs
    on what is known as it starts (`facts`: else of the case as it now is); None where its usual
    length holds.

    What was voided was no moment of the plan; one that passed while an earlier was late is none
    any more.
    """
    rule = file.workflow.terms[name]
    if rule.lengths:
        known = facts or file.changes.get("facts", file.case["facts"])
        return day_by_answer(rule, moment, known, file.office.calendar)
    if not rule.plan:
        return None
    terms = [*file.rows(reads.TERM), *file.pending.started]
    before = [t for t in terms if t["name"] == name and t["run"] == run and t["status"] != "void"]
    if not before:
        return None
    first, passed = min(t["start"] for t in before), len(before)
    while (day := planned_day(rule, first, passed, file.office.calendar)) <= day_of(moment):
        passed += 1
    return day
