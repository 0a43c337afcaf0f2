"""The world of a procedure: every place its moves can lead to, with the shortest story to each, and
where its letters are drafted.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from amhk.rules.procedure.moves import begun, holds
from amhk.rules.procedure.ways_on import Facts, Place, Ways, counted
from amhk.rules.procedure.workflow import Move, Workflow
from amhk.words import lower_first


@dataclass(frozen=True, eq=False, slots=True)
class Spot:
    """A place in the explored world; there is one object for each.

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

    `ways`: what can be done from each, and where that leads.
    """

    workflow: Workflow
    roads: dict[Spot, tuple[Spot, Move] | None]
    ways: dict[Spot, list[tuple[Move, Spot]]]

    @property
    def steps(self) -> Iterator[tuple[Spot, Move, Spot]]:
        """Give every step that can be taken."""
        for here, ways in self.ways.items():
            for move, there in ways:
                yield here, move, there

    @cached_property
    def doors(self) -> dict[Spot, frozenset[str]]:
        """Give, per place, the names of what can be done there."""
        kept: dict[frozenset[str], frozenset[str]] = {}
        found = {}
        for spot, ways in self.ways.items():
            names = frozenset([move.name for move, _ in ways])
            found[spot] = kept.setdefault(names, names)
        return found

    @cached_property
    def before(self) -> dict[Spot, list[Spot]]:
        """Give from which other places each is reached in one step."""
        found: dict[Spot, list[Spot]] = {spot: [] for spot in self.roads}
        for here, ways in self.ways.items():
            for there in {there for _, there in ways}:
                if there is not here:
                    found[there].append(here)
        return found

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
    free, ways = counted(workflow), Ways(workflow)
    facts = frozenset((k, v) for k, v in workflow.facts.items() if k not in free)
    roads: dict[Spot, tuple[Spot, Move] | None] = {}
    taken: dict[Spot, list[tuple[Move, Spot]]] = {}
    known: dict[Place, Spot] = {}
    queue = deque[tuple[Spot, Place]]()

    def reach(place: Place, road: tuple[Spot, Move] | None) -> Spot:
        """Give the spot of a new place, and remember the road there."""
        state, facts, running, finishes = place
        there = known[place] = Spot(state, facts, ways.names_of(running), finishes)
        roads[there] = road
        queue.append((there, place))
        return there

    for place in _beginnings(workflow, facts, ways):
        if place not in known:
            reach(place, None)
    while queue:
        here, place = queue.popleft()
        taken[here] = found = []
        for move, key in ways.onward(place):
            there = here if key is place else known.get(key) or reach(key, (here, move))
            found.append((move, there))
    return World(workflow, roads, taken)


def _beginnings(workflow: Workflow, facts: Facts, ways: Ways) -> Iterator[Place]:
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
        yield workflow.start, frozenset(known.items()), ways.bits(running), frozenset()
