"""The world of a procedure: every place its moves can lead to, with the shortest story to each, and
where its letters are drafted.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from amhk.rules.parse import Filled
from amhk.rules.procedure.moves import begun, holds
from amhk.rules.procedure.workflow import Edge, Move, Need, Workflow
from amhk.words import lower_first

Facts = frozenset[tuple[str, object]]
JOIN = "join"  # the step by which another melding joins; a key of a workflow, not a move


@dataclass(frozen=True)
class Spot:
    """A place in the explored world.

    State, facts (counters left out), the terms that surely run, and what has been reached. Whether
    a case is offered to another region is left free: it can be so everywhere.
    """

    state: str
    facts: frozenset[tuple[str, object]]
    running: frozenset[str]
    finishes: frozenset[int]


@dataclass
class World:
    """All spots a workflow can reach, with the road to each: its story is the shortest one.

    `steps`: every step that can be taken.
    """

    workflow: Workflow
    roads: dict[Spot, tuple[Spot, Move] | None]
    steps: list[tuple[Spot, Move, Spot]]

    def story(self, spot: Spot) -> str:
        """Give the shortest story to a spot, in Dutch."""
        told = []
        here: Spot | None = spot
        while here is not None and (road := self.roads[here]) is not None:
            here, move = road
            told.append(lower_first(move.done))
        first = f"Een {self.workflow.route} komt binnen"
        return (
            ", dan: ".join([first, *reversed(told)])
            + f". De zaak staat dan in '{lower_first(self.workflow.states[spot.state].title)}'"
        )


@lru_cache(maxsize=4)
def explore(workflow: Workflow) -> World:
    """Walk every state with every combination of facts and surely running terms, breadth first.

    Counters are left free.
    """
    counted = {s.name for m in workflow.moves.values() for s in m.sets if s.count}
    facts = frozenset((k, v) for k, v in workflow.facts.items() if k not in counted)
    roads: dict[Spot, tuple[Spot, Move] | None] = dict.fromkeys(_beginnings(workflow, facts))
    known = {(s.state, s.facts, s.running, s.finishes): s for s in roads}
    queue, steps, memory = deque(roads), [], _Memory(workflow, counted)
    joining = Move(JOIN, "", "er komt een melding bij", roles=(), fields=(), edges=())
    while queue:
        here = queue.popleft()
        for way in memory.ways_from(here):
            if any(names.isdisjoint(here.running) for names in way.runs):
                continue
            running = memory.running_after(here, way)
            key = way.edge.target, way.facts, running, memory.finishes_after(here, way)
            if (there := known.get(key)) is None:
                there = known[key] = Spot(*key)
                roads[there] = (here, way.move)
                queue.append(there)
            steps.append((here, way.move, there))
        for facts_then, begun_then in memory.joined(here):
            key = here.state, facts_then, here.running | begun_then, here.finishes
            if key not in known:
                known[key] = there = Spot(*key)
                roads[there] = (here, joining)
                queue.append(there)
            steps.append((here, joining, known[key]))
    return World(workflow, roads, steps)


def _beginnings(workflow: Workflow, facts: frozenset[tuple[str, object]]) -> Iterator[Spot]:
    """Give every way a case can begin.

    As it is told with nothing in particular, and with each answer of the intake that starts a term
    or records a fact.
    """
    conditions = dict.fromkeys(
        [x.when for x in workflow.intake_maybe] + [x.when for x in workflow.intake_sets]
    )
    for when in ((), *conditions):
        told = {w.name: w.values[0] for w in when}
        known = dict(facts) | {s.name: s.value for s in workflow.intake_sets if holds(s.when, told)}
        running = (*workflow.intake_starts, *begun(workflow.intake_maybe, told, ()))
        yield Spot(
            state=workflow.start,
            facts=frozenset(known.items()),
            running=frozenset(running),
            finishes=frozenset(),
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """One way on from a state with its facts and finishes: the facts it leads to.

    `runs`: of each of these sets of terms one must run; `key`: what the terms that run afterwards
    hang on, beside those that run.
    """

    move: Move
    edge: Edge
    filled: Filled
    facts: Facts
    runs: tuple[frozenset[str], ...]
    key: tuple[object, ...]


@dataclass
class _Memory:
    """What was worked out before on this walk: the ways on from a state with its facts and
    finishes, and the terms after a way. Both are few.
    """

    workflow: Workflow
    counted: set[str]
    ways: dict[tuple[object, ...], list[_Way]] = field(default_factory=dict)
    facts: dict[tuple[object, ...], Facts] = field(default_factory=dict)
    joins: dict[Facts, list[tuple[Facts, frozenset[str]]]] = field(default_factory=dict)
    running: dict[tuple[object, ...], frozenset[str]] = field(default_factory=dict)
    finishes: dict[tuple[object, ...], frozenset[int]] = field(default_factory=dict)

    @cached_property
    def asked(self) -> frozenset[object]:
        """Give the finishes that some move asks after."""
        needs = [need for move in self.workflow.moves.values() for need in move.needs]
        return frozenset(v for need in needs if need.kind == "finish" for v in need.values)

    def ways_from(self, here: Spot) -> list[_Way]:
        """Give the ways on from a place, whatever terms run there."""
        place = here.state, here.facts, here.finishes & self.asked
        if (found := self.ways.get(place)) is None:
            found = self.ways[place] = list(_ways(self, here))
        return found

    def facts_after(self, here: Spot, move: Move, filled: Filled) -> Facts:
        """Give the facts after a move with these answers."""
        key = here.facts, move.name, tuple(filled.items())
        if (found := self.facts.get(key)) is None:
            told = dict(here.facts)
            seen = {**told, **filled}
            sets = [s for s in move.sets if s.name not in self.counted and holds(s.when, seen)]
            after = {**told, **{s.name: s.value for s in sets}}
            found = self.facts[key] = frozenset(after.items()) if sets else here.facts
        return found

    def joined(self, here: Spot) -> list[tuple[Facts, frozenset[str]]]:
        """Give what is known after a melding joins here, where that is something else, and what
        surely runs by what it told.

        What starts whatever it told is left free: it runs at least as it did.
        """
        flow = self.workflow
        if not flow.join_sets or flow.states[here.state].final:
            return []
        if (found := self.joins.get(here.facts)) is None:
            known = dict(here.facts)
            answers = [{w.name: w.values[0] for w in s.when} for s in flow.join_sets]
            taken = [
                {s.name: s.value for s in flow.join_sets if holds(s.when, told)} for told in answers
            ]
            starts = [begun(flow.join_maybe, {**known, **told}, ()) for told in answers]
            after = [frozenset({**known, **sets}.items()) for sets in taken]
            found = list(zip(after, map(frozenset, starts), strict=True))
            self.joins[here.facts] = found
        return [(facts, runs) for facts, runs in found if facts != here.facts]

    def finishes_after(self, here: Spot, way: _Way) -> frozenset[int]:
        """Give the finishes reached after a way was taken."""
        if (finish := way.move.finish) is None:
            return here.finishes
        key = here.finishes, finish
        if (found := self.finishes.get(key)) is None:
            found = self.finishes[key] = here.finishes | {finish}
        return found

    def running_after(self, here: Spot, way: _Way) -> frozenset[str]:
        """Give the terms that surely run after a way was taken."""
        key = here.running, way.key
        if (found := self.running.get(key)) is None:
            found = self.running[key] = _running_after(self.workflow, here, way)
        return found


@lru_cache(maxsize=64)
def _from(workflow: Workflow) -> dict[str, list[tuple[Move, list[Edge]]]]:
    """Give, per state, the moves that can be made there with their ways."""
    return {
        state: [
            (m, edges)
            for m in workflow.moves.values()
            if (edges := [e for e in m.edges if e.source == state])
        ]
        for state in workflow.states
    }


def _ways(memory: _Memory, here: Spot) -> Iterator[_Way]:
    workflow, counted, told = memory.workflow, memory.counted, dict(here.facts)
    desk = _from_desk(workflow)
    for move, edges in _from(workflow)[here.state]:
        runs = []
        for need in move.needs:
            if _looks_at_terms(need, told, counted):
                runs += [] if desk.intersection(need.names) else [frozenset(need.names)]
            elif not _possible(workflow, need, told, here, counted):
                break
        else:
            yield from _ways_of(memory, here, move, edges, told, tuple(runs))


def _ways_of(
    memory: _Memory,
    here: Spot,
    move: Move,
    edges: list[Edge],
    told: Mapping[str, object],
    runs: tuple[frozenset[str], ...],
) -> Iterator[_Way]:
    for edge in edges:
        for filled in _fillings(move, edge, told, memory.counted):
            facts = memory.facts_after(here, move, filled)
            key = id(edge), tuple(filled.items()), here.facts if move.maybe else None
            yield _Way(move, edge, filled, facts, runs, key)


def _looks_at_terms(need: Need, told: Mapping[str, object], counted: set[str]) -> bool:
    """Tell whether a need hangs on the terms that run."""
    return (
        need.kind not in (*_FREE, "fact", "facts_any", "finish", "not_running")
        and holds(need.when, told)
        and not counted & set(need.names)
    )


def _running_after(workflow: Workflow, here: Spot, way: _Way) -> frozenset[str]:
    move, edge = way.move, way.edge
    if workflow.states[edge.target].final:
        return frozenset()
    gone = {*move.meets, *move.voids, *edge.meets, *edge.voids}
    maybe = begun(move.maybe, {**dict(here.facts), **way.filled}, here.running)
    starts = {*move.starts, *edge.starts, *maybe}
    return ((here.running - gone) | starts) - {workflow.other_region.get("term")}


def can(workflow: Workflow, here: Spot, name: str) -> bool:
    """Tell whether a move can be made in a place, as far as that hangs on the place."""
    told = dict(here.facts)
    counted = {s.name for m in workflow.moves.values() for s in m.sets if s.count}
    return any(
        move.name == name and all(_possible(workflow, n, told, here, counted) for n in move.needs)
        for move, _ in _from(workflow)[here.state]
    )


def _possible(
    workflow: Workflow, need: Need, told: Mapping[str, object], here: Spot, counted: set[str]
) -> bool:
    """Tell whether a need can hold here.

    What depends on input, role, time or a counter always can.
    """
    if need.kind in _FREE or not holds(need.when, told):
        return True
    if counted & set(need.names):
        return True
    if need.kind == "fact":
        return (told.get(need.names[0]) in need.values) != need.unless
    if need.kind == "facts_any":
        return any(told.get(name) for name in need.names)
    if need.kind == "finish":
        return any(f in here.finishes for f in need.values) != need.unless
    return need.kind == "not_running" or any(
        n in here.running or n in _from_desk(workflow) for n in need.names
    )


# Needs that hang on what is filled in, who acts, when, or what became of a letter: here they can
# always hold.
_FREE = ("filled", "role", "not_before", "notices_sent", "notices_gone", "not_withheld", "was_sent")


@lru_cache(maxsize=64)
def _from_desk(workflow: Workflow) -> set[str]:
    """Give the terms that also start outside a move.

    At a vervolgmelding, when a notice is sent, while a case waits, or is offered to another region.
    """
    waiting = [t for t in (workflow.waiting_term, workflow.other_region.get("term")) if t]
    maybe = [s.term for s in (*workflow.intake_maybe, *workflow.join_maybe)]
    return {
        *workflow.intake_starts,
        *maybe,
        *waiting,
        *(t for n in workflow.notices.values() for t in n.sent_starts),
    }


def _fillings(
    move: Move, edge: Edge, told: Mapping[str, object], counted: set[str]
) -> list[dict[str, object]]:
    """Give the inputs worth trying.

    One that takes this edge, and one that leaves every conditional fact alone. What hangs on a
    counter can always be.
    """
    names = {f.name for f in move.fields}
    taken: dict[str, object] = {w.name: w.values[0] for w in edge.when if w.name in names}
    if not edge.when:
        return [
            {},
            {
                w.name: w.values[0]
                for s in move.sets
                for w in s.when
                if w.name in names and not _splits(move, w.name)
            },
        ]
    return (
        [taken]
        if all(told.get(w.name) in w.values for w in edge.when if w.name not in {*names, *counted})
        else []
    )


def _splits(move: Move, name: str) -> bool:
    return any(w.name == name for e in move.edges for w in e.when)
