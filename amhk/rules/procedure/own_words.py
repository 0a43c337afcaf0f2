"""What a procedure says itself: names and titles that nobody typed."""

from collections.abc import Mapping
from functools import lru_cache

from amhk.rules.procedure.workflow import Pack, Workflow


@lru_cache(maxsize=16)
def own_words(flow: Workflow) -> frozenset[str]:
    """Give every name and title of a workflow, and what it says was done by a move."""
    named = (flow.states, flow.moves, flow.terms, flow.notices, flow.tracks, flow.recipients)
    titles = [one.title for one in flow.states.values()]
    titles += [one.title for one in flow.terms.values()]
    titles += [one.title for one in flow.notices.values()]
    titles += [one.title for one in flow.tracks.values()]
    titles += [one.title for one in flow.recipients.values()]
    said = [t for m in flow.moves.values() for t in (m.title, m.done, m.plain, m.ending)]
    said += [f.title for m in flow.moves.values() for f in m.fields]
    grounds = [rule.ground for rule in flow.terms.values()]
    names = [name for group in named for name in group]
    told = [*names, *titles, *said, *grounds, flow.title, flow.name]
    return frozenset(text for text in told if text)


def own_words_by(pack: Pack, case: Mapping[str, object]) -> frozenset[str]:
    """Give the same of the procedure a row names; none where it names none."""
    found = pack.workflows.get((str(case.get("workflow")), str(case.get("release"))))
    return own_words(found) if found else frozenset()
