"""The day on which a term of a plan ends this time."""

from datetime import date
from typing import TYPE_CHECKING

from amhk.rules.terms.terms import planned_day
from amhk.store import reads

if TYPE_CHECKING:
    from amhk.desk.casefile.casefile import CaseFile


def planned_on(file: "CaseFile", name: str, run: int | None) -> date | None:
    """Give the day of a planned term that starts again (of this run); None the first time, and of
    a term without a plan.

    What was voided was no moment of the plan.
    """
    rule = file.workflow.terms[name]
    if not rule.plan:
        return None
    terms = [*file.rows(reads.TERM), *file.pending.started]
    before = [t for t in terms if t["name"] == name and t["run"] == run and t["status"] != "void"]
    if not before:
        return None
    first = min(t["start"] for t in before)
    return planned_day(rule, first, len(before), file.office.calendar)
