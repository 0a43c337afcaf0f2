"""The ways on from a place in the world of a procedure: what can be done there, and what is so
afterwards.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, product
from operator import itemgetter

from amhk.rules.procedure.fields import Field
from amhk.rules.procedure.machine import begun, holds
from amhk.rules.procedure.workflow import Edge, Move, Need, Start, When, Workflow

Facts = frozenset[tuple[str, object]]
Finishes = frozenset[int]
Told = tuple[tuple[str, object], ...]  # what was filled in, by name
Place = tuple[str, Facts, int, Finishes]  # state, facts, the terms that run as bits, finishes
JOIN = "join"  # the step by which another melding joins; a key of a workflow, not a move
JOINING = Move(JOIN, "", "er komt een melding bij", roles=(), fields=(), edges=())


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a state by these answers (`told`): the facts it records (`sets`) and the
    finish it reaches.

    `runs`: of each of these sets of terms one must run, and none of `bars` may. Of the terms that
    run only those of `keep` do afterwards, with those of `starts`, and those of `once` that did not
    run yet. Sets of terms are bits.
    """

    move: Move
    target: str
    sets: tuple[tuple[str, object], ...]
    runs: tuple[int, ...]
    bars: int
    keep: int
    starts: int
    once: int
    told: Told


Onward = tuple[Way, Facts, Finishes]  # a way on, and what is known and reached by it


@dataclass
class Ways:
    """The ways on from every place of a workflow, each worked out once for all places that look
    alike to its move.
    """

    workflow: Workflow
    found: dict[tuple[str, Facts, Finishes], list[Onward]] = field(default_factory=dict)
    ways: dict[tuple[object, ...], list[Way]] = field(default_factory=dict)
    facts: dict[tuple[Facts, tuple[tuple[str, object], ...]], Facts] = field(default_factory=dict)
    finishes: dict[tuple[Finishes, int], Finishes] = field(default_factory=dict)
    joins: dict[Facts, list[tuple[Facts, int, Told]]] = field(default_factory=dict)
    names: dict[int, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def counted(self) -> frozenset[str]:
        """Give the facts that count: they are left free."""
        return counted(self.workflow)

    @cached_property
    def bit(self) -> dict[str, int]:
        """Give the bit of each term."""
        return {name: 1 << n for n, name in enumerate(self.workflow.terms)}

    def bits(self, names: Iterable[str]) -> int:
        """Give a set of terms as bits; what is no term of the workflow has none."""
        return sum({self.bit.get(name, 0) for name in names})

    def names_of(self, bits: int) -> frozenset[str]:
        """Give the same as names."""
        if (found := self.names.get(bits)) is None:
            found = frozenset(name for name, bit in self.bit.items() if bit & bits)
            self.names[bits] = found
        return found

    def onward(self, place: Place) -> Iterator[tuple[Move, Told, Place]]:
        """Give every move that can be made in a place, with its answers and where it leads; then
        what becomes of it when another melding joins.
        """
        state, facts, runs, finishes = place
        for way, told, reached in self._from(state, facts, finishes):
            if way.bars & runs:
                continue
            if way.runs and not all([asked & runs for asked in way.runs]):
                continue
            after = runs & way.keep | way.starts | way.once & ~runs
            same = after == runs and told is facts and reached is finishes and way.target == state
            yield way.move, way.told, place if same else (way.target, told, after, reached)
        for told, begun_then, answers in self._joined(state, facts):
            if told != facts or begun_then & ~runs:
                yield JOINING, answers, (state, told, runs | begun_then, finishes)

    @cached_property
    def _asked(self) -> Finishes:
        """Give the finishes that some move asks after."""
        needs = [need for move in self.workflow.moves.values() for need in move.needs]
        return frozenset(
            v for need in needs if need.kind == "finish" for v in need.values if isinstance(v, int)
        )

    def _from(self, state: str, facts: Facts, finishes: Finishes) -> list[Onward]:
        """Give the ways on from a state, each with what is known and reached afterwards."""
        place = state, facts, finishes
        if (found := self.found.get(place)) is None:
            told, asked = dict(facts), finishes & self._asked
            ways = (self._by(s, told, asked) for s in steps_of(self.workflow)[state])
            found = [
                (
                    w,
                    self._with(facts, w.sets) if w.sets else facts,
                    self._reached(finishes, w.move.finish) if w.move.finish else finishes,
                )
                for w in chain.from_iterable(ways)
            ]
            self.found[place] = found
        return found

    def _by(self, step: "Step", told: Mapping[str, object], finishes: Finishes) -> list[Way]:
        """Give the ways on by one move; they hang on few of the facts."""
        seen = step.key, step.look(told), finishes
        if (found := self.ways.get(seen)) is None:
            known = {name: told[name] for name in step.looks}
            alike: dict[tuple[object, ...], Way] = {}
            for way in _ways(self, step, known, finishes):
                alike.setdefault((way.target, way.sets, way.keep, way.starts, way.once), way)
            found = self.ways[seen] = [*alike.values()]
        return found

    def _with(self, facts: Facts, sets: tuple[tuple[str, object], ...]) -> Facts:
        if (found := self.facts.get((facts, sets))) is None:
            found = self.facts[facts, sets] = frozenset({**dict(facts), **dict(sets)}.items())
        return found

    def _reached(self, finishes: Finishes, finish: int) -> Finishes:
        if (found := self.finishes.get((finishes, finish))) is None:
            found = self.finishes[finishes, finish] = finishes | {finish}
        return found

    def _joined(self, state: str, facts: Facts) -> list[tuple[Facts, int, Told]]:
        """Give what is known after a melding joins here, what surely runs by what it told, and
        that.

        What starts whatever it told is left free: it runs at least as it did.
        """
        flow = self.workflow
        if not flow.join_sets or flow.states[state].final:
            return []
        if (found := self.joins.get(facts)) is None:
            known = dict(facts)
            answers = [{w.name: w.values[0] for w in s.when} for s in flow.join_sets]
            taken = [
                {s.name: s.value for s in flow.join_sets if holds(s.when, told)} for told in answers
            ]
            starts = [begun(flow.join_maybe, {**known, **told}, ()) for told in answers]
            after = [frozenset({**known, **sets}.items()) for sets in taken]
            said = [tuple(told.items()) for told in answers]
            found = list(zip(after, map(self.bits, starts), said, strict=True))
            self.joins[facts] = found
        return found


@lru_cache(maxsize=64)
def counted(workflow: Workflow) -> frozenset[str]:
    """Give the facts of a workflow that count."""
    return frozenset(s.name for m in workflow.moves.values() for s in m.sets if s.count)


@dataclass(frozen=True)
class Step:
    """A move as it can be made from one state: its ways there (of a move that is taken apart, of
    each part), the facts it hangs on, and how those are read.
    """

    key: tuple[str, str]
    parts: list[tuple[Move, list[Edge]]]
    looks: tuple[str, ...]
    look: Callable[[Mapping[str, object]], object]


def _step(workflow: Workflow, state: str, name: str, moves: list[Move]) -> Step:
    parts = [(m, [e for e in m.edges if e.source == state]) for m in moves]
    names = dict.fromkeys(name for move, edges in parts for name in _looks(move, edges))
    free = counted(workflow)
    looks = tuple(name for name in names if name in workflow.facts and name not in free)
    return Step((state, name), parts, looks, itemgetter(*looks) if looks else _nothing)


def _nothing(told: Mapping[str, object]) -> object:
    return None


def _looks(move: Move, edges: list[Edge]) -> Iterator[str]:
    parts: list[Edge | Start | Need] = [*edges, *move.maybe, *move.needs]
    whens: list[When] = [when for part in parts for when in part.when]
    whens += [when for one in move.sets for when in one.when]
    yield from (when.name for when in whens)
    yield from (name for need in move.needs for name in need.names)


@lru_cache(maxsize=64)
def steps_of(workflow: Workflow) -> dict[str, list[Step]]:
    """Give, per state, the moves that can be made there."""
    found = {}
    for state in workflow.states:
        named: dict[str, list[Move]] = {}
        for move in workflow.moves.values():
            if state in move.sources:
                named.setdefault(move.name, []).append(move)
        found[state] = [_step(workflow, state, name, moves) for name, moves in named.items()]
    return found


def _ways(ways: Ways, step: Step, told: Mapping[str, object], finishes: Finishes) -> Iterator[Way]:
    for move, edges in step.parts:
        yield from _ways_of(ways, move, edges, told, finishes)


def _ways_of(
    ways: Ways, move: Move, edges: list[Edge], told: Mapping[str, object], finishes: Finishes
) -> Iterator[Way]:
    desk, runs, bars = from_desk(ways.workflow), list[int](), set[str]()
    for need in move.needs:
        if need.kind == "not_running" and holds(need.when, told):
            bars |= {*need.names}
        if _looks_at_terms(need, told, ways.counted):
            runs += [] if desk.intersection(need.names) else [ways.bits(need.names)]
        elif not possible(ways.workflow, need, told, frozenset(), finishes, ways.counted):
            return
    for edge in edges:
        for filled in _fillings(ways.workflow, move, edge, told, ways.counted):
            yield _way(ways, move, edge, (told, filled), (tuple(runs), ways.bits(bars)))


def _way(
    ways: Ways,
    move: Move,
    edge: Edge,
    known: tuple[Mapping[str, object], Mapping[str, object]],
    asks: tuple[tuple[int, ...], int],
) -> Way:
    told = {**known[0], **known[1]}
    sets = {
        s.name: s.value for s in move.sets if s.name not in ways.counted and holds(s.when, told)
    }
    terms = _terms_of(ways, move, edge, told)
    return Way(move, edge.target, tuple(sets.items()), *asks, *terms, tuple(known[1].items()))


def _looks_at_terms(need: Need, told: Mapping[str, object], free: frozenset[str]) -> bool:
    """Tell whether a need hangs on the terms that run."""
    return (
        need.kind not in (*_FREE, "fact", "facts_any", "finish", "not_running")
        and holds(need.when, told)
        and not free & set(need.names)
    )


def _terms_of(
    ways: Ways, move: Move, edge: Edge, told: Mapping[str, object]
) -> tuple[int, int, int]:
    """Give, as bits, which of the terms that run go on after a move, which start by it, and which
    do where they do not run yet.
    """
    workflow = ways.workflow
    if workflow.states[edge.target].final:
        return 0, 0, 0
    free = ways.bits([workflow.other_region.get("term", "")])
    gone = ways.bits({*move.meets, *move.voids, *edge.meets, *edge.voids})
    always = [start for start in move.maybe if not start.once]
    starts = ways.bits({*move.starts, *edge.starts, *begun(always, told, ())})
    once = ways.bits(begun([start for start in move.maybe if start.once], told, ()))
    return ~(gone | free), starts & ~free, once & ~free


def possible(
    workflow: Workflow,
    need: Need,
    told: Mapping[str, object],
    running: frozenset[str],
    finishes: Finishes,
    free: frozenset[str],
) -> bool:
    """Tell whether a need can hold here.

    What depends on input, role, time or a counter always can.
    """
    if need.kind in _FREE or not holds(need.when, told):
        return True
    if free & set(need.names):
        return True
    if need.kind == "fact":
        return (told.get(need.names[0]) in need.values) != need.unless
    if need.kind == "facts_any":
        return any(told.get(name) for name in need.names)
    if need.kind == "finish":
        return any(f in finishes for f in need.values) != need.unless
    if need.kind == "not_running":
        return running.isdisjoint(need.names)
    return any(n in running or n in from_desk(workflow) for n in need.names)


# Needs that hang on what is filled in, who acts, when, or what became of a letter: here they can
# always hold.
_FREE = ("filled", "role", "not_before", "notices_sent", "notices_gone", "not_withheld", "was_sent")


@lru_cache(maxsize=64)
def from_desk(workflow: Workflow) -> frozenset[str]:
    """Give the terms that also start outside a move, and of which no place says that they run.

    At a vervolgmelding whatever it tells, when a notice is sent, while a case waits, or is offered
    to another region.
    """
    waiting = {workflow.waiting_term or ""} - {""}
    return frozenset({*workflow.join_starts, *waiting, *from_notices(workflow)})


def from_notices(workflow: Workflow) -> frozenset[str]:
    """Give the terms that start when a letter is sent, or while another region has an offer."""
    sent = {t for n in workflow.notices.values() for t in n.sent_starts}
    return frozenset(sent | {workflow.other_region.get("term", "")} - {""})


def _fillings(
    workflow: Workflow, move: Move, edge: Edge, told: Mapping[str, object], free: frozenset[str]
) -> list[dict[str, object]]:
    """Give the inputs worth trying: those that take this way, each with every answer that other
    conditions of the move tell apart. What hangs on a counter can always be.
    """
    fields = {f.name: f for f in move.fields}
    known = [w for w in edge.when if w.name not in fields and w.name not in free]
    if not all(told.get(w.name) in w.values for w in known):
        return []
    taken = {w.name: w.values for w in edge.when if w.name in fields}
    asked: dict[str, list[object]] = {}
    whens = [w for one in move.sets for w in one.when] + [w for s in move.maybe for w in s.when]
    for when in whens:
        if when.name in fields:
            asked.setdefault(when.name, []).append(when.values[0])
    answers = [[(name, values[0])] for name, values in taken.items() if name not in asked]
    for name, values in asked.items():
        if name not in taken:
            values = [*_rest(workflow, fields[name], values), *values]
        elif "*" not in taken[name]:
            values = [*taken[name]]
        answers.append([(name, value) for value in dict.fromkeys(values)])
    filled = [{k: v for k, v in told_ if v is not None} for told_ in product(*answers)]
    before = _before(workflow, move, edge, free)
    return [f for f in filled if not any(holds(e.when, {**told, **f}) for e in before)]


def _before(workflow: Workflow, move: Move, edge: Edge, free: frozenset[str]) -> list[Edge]:
    """Give the ways that are taken rather than this one where they hold: those before it, but for
    what hangs on a counter, or on what runs come to only by this move.
    """
    unsure = free | workflow.sums
    others = [e for e in move.edges if e.source == edge.source]
    return [e for e in others[: others.index(edge)] if not unsure & {w.name for w in e.when}]


def _rest(workflow: Workflow, field: Field, values: list[object]) -> list[object]:
    """Give what can be answered besides these values: nothing (None) where it may be left empty,
    else another of its list, where there is one.
    """
    if not field.required:
        return [None]
    listed: Sequence[object] = workflow.lists.get(field.choices, ())
    if field.type == "yesno":
        listed = (True, False)
    if not listed:
        return [None]
    return [value for value in listed if value not in values][:1]
