"""How a case on the table stands, as the rules look at it."""

from typing import TYPE_CHECKING

from amhk.desk.casefile.term_rows import as_running
from amhk.rules.procedure.standing import Owed, Standing, became, became_of_runs

if TYPE_CHECKING:
    from amhk.desk.casefile.casefile import CaseFile


def as_standing(file: "CaseFile") -> Standing:
    """Give how a case stands with all that was done to it in this transaction."""
    now, titles = {**file.case, **file.changes}, file.workflow.notices
    owed = (
        Owed(n["id"], n["kind"], titles[n["kind"]].title, n["obligatory"], n["run"])
        for n in file.owed
    )
    return Standing(
        state=now["state"],
        now=file.now,
        facts=now["facts"],
        finishes=tuple(now["finishes"]),
        running=tuple(as_running(t) for t in file.running),
        owed=tuple(owed),
        letters=became(file.letters),
        registered=file.who is None or bool(file.who.registration),
        deciders=file.deciders,
        of_runs=became_of_runs(file.letters),
        entry=file.case["entries"] + 1,
    )
