"""A procedure with tracks, taken apart for its proof: the case with what its runs come to, and one
run with the case around it.

Each part is a workflow of its own, walked by itself: worlds add, they do not multiply. What a part
does not know it leaves open, so that whatever can happen to a case with any number of runs can
happen there (ADR 30).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from amhk.rules.procedure.machine import holds
from amhk.rules.procedure.track import Sum, Track
from amhk.rules.procedure.ways_on import counted
from amhk.rules.procedure.workflow import Edge, Move, Need, Set, When, Workflow
from amhk.rules.terms.terms import TermRule

OTHER = "'"  # how a move is marked that is of another run than the one that is looked at
Carried = frozenset[tuple[str, object]]  # sums and values that say by themselves that a term runs
_Branch = tuple[object, tuple[When, ...]]  # what a fact becomes, and by which answers
_Change = tuple[object, object, tuple[When, ...]]  # a sum before, after, and by which answers
_OF_TERMS = ("running", "not_running", "not_before")
_OF_FACTS = ("fact", "facts_any")


def _terms(workflow: Workflow, track: str) -> dict[str, TermRule]:
    return {name: rule for name, rule in workflow.terms.items() if rule.of == track}


def _kept(move: Move, edges: tuple[Edge, ...], terms: Mapping[str, object]) -> Move:
    """Give a move on these ways, with of its terms only these."""

    def _of(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in terms)

    ways = tuple(
        replace(e, starts=_of(e.starts), meets=_of(e.meets), voids=_of(e.voids)) for e in edges
    )
    return replace(
        move,
        edges=ways,
        starts=_of(move.starts),
        meets=_of(move.meets),
        voids=_of(move.voids),
        maybe=tuple(one for one in move.maybe if one.term in terms),
        term_date=tuple((term, field) for term, field in move.term_date if term in terms),
    )


# ------------------------------------------------------------------ the case with its sums


def case_apart(workflow: Workflow, carried: Carried) -> Workflow:
    """Give the case by itself: of its runs it knows what they come to, and how that can change.

    What nothing looks at is left out, and so is what only closing waits for while terms of the
    runs carry it (`carried`): whether it comes is proven of the run. One without tracks is its own.
    """
    if not workflow.tracks:
        return workflow
    workflow = _without(workflow, _left_out(workflow, carried))
    moves: dict[str, Move] = {}
    for move in workflow.moves.values():
        for number, told in enumerate(_of_case(workflow, move)):
            moves[f"{move.name}{OTHER}{number}" if number else move.name] = told
    return replace(
        workflow,
        moves=moves,
        terms=_terms(workflow, ""),
        promises=tuple(p for p in workflow.promises if not p.of),
        tracks={},
        notices={
            name: replace(n, sent_starts=tuple(t for t in n.sent_starts if not _of(workflow, t)))
            for name, n in workflow.notices.items()
        },
    )


def _without(workflow: Workflow, names: frozenset[str]) -> Workflow:
    """Give a workflow that knows nothing of these facts of its cases."""
    moves = {
        move.name: replace(
            move,
            needs=tuple(n for n in move.needs if not names & {*n.names}),
            sets=tuple(one for one in move.sets if one.name not in names),
        )
        for move in workflow.moves.values()
    }
    tracks = {
        track.name: replace(track, sums=tuple(s for s in track.sums if s.name not in names))
        for track in workflow.tracks.values()
    }
    return replace(
        workflow,
        moves=moves,
        tracks=tracks,
        facts={name: value for name, value in workflow.facts.items() if name not in names},
        intake_sets=tuple(one for one in workflow.intake_sets if one.name not in names),
        join_sets=tuple(one for one in workflow.join_sets if one.name not in names),
    )


def _left_out(workflow: Workflow, carried: Carried) -> frozenset[str]:
    looked = _looked_at(workflow)
    idle = {name for name in workflow.facts if name not in looked}
    for track in workflow.tracks.values():
        idle |= {s.name for s in track.sums if _only_closing(workflow, s, looked, carried)}
    return frozenset(idle)


def _looked_at(workflow: Workflow) -> dict[str, bool]:
    """Give the facts that anything hangs on, each with whether more does than the needs of moves
    that end a case.
    """
    whens = [w for one in (*workflow.intake_maybe, *workflow.join_maybe) for w in one.when]
    likes = [like for p in workflow.promises if not p.of for like in (p.like, p.to)]
    found = dict.fromkeys((name for like in likes for name, _ in (*like.facts, *like.unless)), True)
    found |= dict.fromkeys((n for names in workflow.investigated.values() for n in names), True)
    for move in workflow.moves.values():
        whens += [w for edge in move.edges for w in edge.when]
        whens += [w for start in move.maybe for w in start.when]
        whens += [w for need in move.needs for w in need.when]
        ends = all(workflow.states[edge.target].final for edge in move.edges)
        for name in (n for need in move.needs if need.kind in _OF_FACTS for n in need.names):
            found[name] = found.get(name, False) or not ends
    found |= dict.fromkeys((w.name for w in whens), True)
    sets = [one for move in workflow.moves.values() for one in move.sets]
    sets += [*workflow.intake_sets, *workflow.join_sets]
    grown = True
    while grown:
        more = {w.name for one in sets if one.name in found for w in one.when} - {
            name for name, told in found.items() if told
        }
        more &= {*workflow.facts}
        found |= dict.fromkeys(more, True)
        grown = bool(more)
    return found


def _only_closing(
    workflow: Workflow, total: Sum, looked: Mapping[str, bool], carried: Carried
) -> bool:
    """Tell whether only moves that end a case wait for what runs come to, and a term of a run runs
    for as long as they do.
    """
    if looked.get(total.name, False):
        return False
    needs = [n for m in workflow.moves.values() for n in m.needs if n.names == (total.name,)]
    shut = {v for n in needs for v in total.values if (v in n.values) == n.unless}
    return all((total.name, value) in carried for value in shut)


def _of(workflow: Workflow, term: str) -> str:
    return workflow.terms[term].of


def _of_case(workflow: Workflow, move: Move) -> Iterator[Move]:
    """Give a move as the case sees it: once for each way what the runs come to can change."""
    terms = _terms(workflow, "")
    sets = tuple(one for one in move.sets if not workflow.track_of(one.name))
    needs = tuple(need for need in move.needs if _of_the_case(workflow, move, need))
    plain = replace(_kept(move, move.edges, terms), sets=sets, needs=needs)
    touched = [
        (total, _changes(move, track, total))
        for track in workflow.tracks.values()
        for total in track.sums
        if _touches(move, track, total)
    ]
    yield from _changing(plain, touched)


def _changing(move: Move, touched: Sequence[tuple[Sum, list[_Change]]]) -> Iterator[Move]:
    """Give a move once for each way these sums can change by it, whatever the others do."""
    if not touched:
        yield move
        return
    (total, changes), *rest = touched
    for before, after, answers in changes:
        edges = tuple(_at_sum(move.edges, total, after, answers))
        if edges:
            need = Need(f"{total.name}_nu", "fact", "", (total.name,), (before,))
            become = Set(total.name, after)
            told = replace(move, edges=edges, needs=(*move.needs, need), sets=(*move.sets, become))
            yield from _changing(told, rest)


def _of_the_case(workflow: Workflow, move: Move, need: Need) -> bool:
    """Tell whether the case by itself can look at a need: it is not about one run."""
    if need.kind in _OF_FACTS:
        return not any(workflow.track_of(name) for name in need.names)
    if need.kind in _OF_TERMS:
        return not any(_of(workflow, name) for name in need.names)
    return True


def _touches(move: Move, track: Track, total: Sum) -> bool:
    """Tell whether a move can change what the runs of a track come to."""
    if track.name in (move.of, move.opens):
        return True
    return any(one.name == total.of for one in move.sets)


def _changes(move: Move, track: Track, total: Sum) -> list[_Change]:
    """Give every way a sum can change by a move: what it was, what it is then, by which answers.

    The other runs can be any there are.
    """
    others = [total.none, *total.first]
    found: dict[_Change, None] = {}

    def _both(one: object, other: object) -> object:
        return total.of_values(frozenset({one, other}))

    if move.of == track.name:
        for value in _allowed(move, total):
            for become, answers in _branches(move, total, value):
                for rest in others:
                    found[_both(value, rest), _both(become, rest), answers] = None
        return [*found]
    fresh = track.facts[total.of] if move.opens == track.name else None
    for least in others:  # what they come to now, and another that comes no earlier
        for rest in others if least != total.none else [total.none]:
            if total.rank(rest) < total.rank(least):
                continue
            for become, answers in _branches(move, total, least):
                for more, _ in _branches(move, total, rest):
                    after = total.of_values(frozenset({become, more, fresh}))
                    found[least, after, answers] = None
    return [*found]


def _allowed(move: Move, total: Sum) -> list[object]:
    """Give the values a run can have for a move of it to be made."""
    told = [need for need in move.needs if need.kind == "fact" and need.names == (total.of,)]
    return [v for v in total.first if all((v in n.values) != n.unless for n in told if not n.when)]


def _branches(move: Move, total: Sum, value: object) -> list[_Branch]:
    """Give what a value can become by what a move records, each with the answers it takes.

    None, of a run that is not there, stays so.
    """
    found: list[_Branch] = [(value, ())]
    if value not in total.first:
        return found
    answered = {field.name for field in move.fields}
    for one in (s for s in move.sets if s.name == total.of):
        own = [w for w in one.when if w.name == total.of]
        if not holds(own, {total.of: value}):
            continue
        rest = tuple(w for w in one.when if w.name in answered)
        taken: list[_Branch] = [(one.value, (*told, *rest)) for _, told in found]
        found = taken if len(own) == len(one.when) else [*taken, *found]
    return found


def _at_sum(
    edges: Iterable[Edge], total: Sum, after: object, answers: tuple[When, ...]
) -> Iterator[Edge]:
    """Give the ways that can be taken with a sum as it is then, by these answers; none after one
    that takes all.
    """
    full = set[str]()
    for edge in edges:
        on = [w for w in edge.when if w.name == total.name]
        if edge.source in full or not holds(on, {total.name: after}):
            continue
        when = tuple(w for w in edge.when if w.name != total.name)
        if not when:
            full.add(edge.source)
        own = {w.name for w in when}
        yield replace(edge, when=(*when, *(w for w in answers if w.name not in own)))


# ------------------------------------------------------------------ one run, with the case around


def run_apart(workflow: Workflow, track: Track) -> Workflow:
    """Give one run of a track by itself: its own facts and terms, and the states its case can be
    in. Before it begins nothing is known of it.
    """
    moves: dict[str, Move] = {}
    for move in workflow.moves.values():
        for told in _of_run(workflow, track, move):
            moves[told.name] = told
    terms = _terms(workflow, track.name)
    return replace(
        workflow,
        moves=moves,
        terms=terms,
        facts=dict.fromkeys(track.facts),
        values={},
        promises=tuple(p for p in workflow.promises if p.of == track.name),
        intake_starts=(),
        intake_maybe=(),
        intake_sets=(),
        join_starts=(),
        join_maybe=(),
        join_sets=(),
        waiting_term=None,
        other_region={},
        tracks={},
        person_starts=(),
        investigated={},
    )


def _of_run(workflow: Workflow, track: Track, move: Move) -> Iterator[Move]:
    """Give a move as one run sees it: made of it, or of another or of the case around it."""
    terms = _terms(workflow, track.name)
    edges = tuple(_around(workflow, track, move))
    asked = tuple(_asked_of_run(workflow, track, move))
    begun = tuple(one for one in move.sets if one.name in track.facts)
    bare = _kept(replace(move, edges=edges, needs=asked, sets=()), edges, terms)
    if move.of == track.name:
        yield replace(bare, sets=begun)
        yield _other(bare)
    elif move.opens == track.name:
        first = next(name for name in track.facts if name not in counted(workflow))
        need = Need("nog_geen", "fact", "", (first,), (None,))
        start = tuple(Set(name, value) for name, value in track.facts.items())
        yield replace(bare, sets=start, needs=(*asked, need))
        yield replace(_other(bare), sets=begun)
    else:
        yield replace(bare, sets=begun)


def _other(move: Move) -> Move:
    """Give a move as it is made of another run: it leads the case somewhere, and does no more."""
    edges = tuple(replace(e, starts=(), meets=(), voids=()) for e in move.edges)
    bare = replace(move, edges=edges, starts=(), meets=(), voids=(), maybe=(), term_date=())
    needs = tuple(n for n in move.needs if n.kind == "finish")
    return replace(bare, name=move.name + OTHER, needs=needs, sets=(), notices=())


def _around(workflow: Workflow, track: Track, move: Move) -> Iterator[Edge]:
    """Give the ways of a move without what one run knows nothing of; what the runs come to of a
    move of the case is a condition on this one.
    """
    answered = {field.name for field in move.fields}
    for edge in move.edges:
        when = [w for w in edge.when if w.name in answered or w.name in track.facts]
        if not (move.of or move.opens):
            when += [w for told in edge.when for w in _on_run(track, told)]
        yield replace(edge, when=tuple(when))


def _on_run(track: Track, when: When) -> Iterator[When]:
    """Give a condition on a sum as one on a run: that value, or one that comes later."""
    for total in track.sums:
        if when.name == total.name:
            yield When(total.of, _could_be(total, frozenset(when.values)))


def _could_be(total: Sum, values: frozenset[object]) -> tuple[object, ...]:
    """Give the values a run can have while the sum is one of these; None: it is not begun."""
    ranks = [total.rank(value) for value in values if value in total.first]
    least = min(ranks, default=len(total.first))
    return (None, *(v for v in total.first if total.rank(v) >= least))


def _asked_of_run(workflow: Workflow, track: Track, move: Move) -> Iterator[Need]:
    """Give the needs of a move that one run can look at."""
    for total in track.sums:
        about = [n for n in move.needs if n.kind == "fact" and n.names == (total.name,)]
        if about := [need for need in about if not need.when]:
            values = frozenset(total.values)
            for need in about:
                values &= values - {*need.values} if need.unless else frozenset(need.values)
            yield replace(
                about[-1], names=(total.of,), values=_could_be(total, values), unless=False
            )
    for need in move.needs:
        own = move.of == track.name and not need.when
        if need.kind in _OF_FACTS:
            if own and all(name in track.facts for name in need.names):
                yield need
        elif need.kind in _OF_TERMS:
            mine = all(_of(workflow, name) == track.name for name in need.names)
            if mine and (own or (need.kind == "not_running" and not need.when)):
                yield need
        elif need.kind == "finish":
            yield need
