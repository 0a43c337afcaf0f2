"""What a step would do, said before anything is filled in.

Where the case goes, what must then be done by when, which letters follow.
"""

from datetime import date, datetime

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.planned import planned_on
from amhk.rules.procedure.machine import begun, holds
from amhk.rules.procedure.workflow import Edge, Move
from amhk.rules.terms.terms import end_of_term
from amhk.words import lower_first, say_instant, short_day


def foretold(file: CaseFile, move: Move) -> str:
    """Give in one sentence what follows if this move is made now.

    What depends on the answers is said as such, empty when nothing changes.
    """
    standing = file.standing()
    edges = [e for e in move.edges if e.source == standing.state and _can_be(file, move, e)]
    parts = [_where(file, edges)] if any(e.target != standing.state for e in edges) else []
    surely = [t for e in edges[:1] for t in e.starts if all(t in x.starts for x in edges)]
    letters = [n for e in edges[:1] for n in e.notices if all(n in x.notices for x in edges)]
    kinds = list(dict.fromkeys((*move.notices, *letters)))
    maybe = begun(move.maybe, standing.facts, {t.name for t in standing.running})
    terms = [
        *move.starts,
        *surely,
        *maybe,
        *(t for n in kinds if (t := file.workflow.notices[n].term)),
    ]
    parts += [
        _when(file, name)
        for name in dict.fromkeys(terms)
        if file.workflow.terms[name].unit != "datum"
    ]
    parts += [f"brief: {lower_first(file.workflow.notices[n].title)}" for n in kinds]
    return "; ".join(parts)


def _can_be(file: CaseFile, move: Move, edge: Edge) -> bool:
    """Tell whether the facts leave this way open.

    A condition on what is still to be filled in does, and one on what the runs come to by it.
    """
    facts = file.standing().facts
    later = file.workflow.sums if move.of or move.opens else frozenset[str]()
    known = [when for when in edge.when if when.name in facts and when.name not in later]
    return all(holds((when,), facts) for when in known)


def _where(file: CaseFile, edges: list[Edge]) -> str:
    titles = list(dict.fromkeys(lower_first(file.workflow.states[e.target].title) for e in edges))
    return f"dan: {' of '.join(titles)}"


def _when(file: CaseFile, name: str) -> str:
    rule = file.workflow.terms[name]
    on = planned_on(file, name, None, file.now)
    due: date | datetime = end_of_term(rule, file.now, file.office.calendar, on).due
    return (
        f"{lower_first(rule.title)} uiterlijk"
        f" {say_instant(due) if isinstance(due, datetime) else short_day(due)}"
    )
