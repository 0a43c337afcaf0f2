"""The world of a procedure: every place its moves can lead to, with the shortest story to each, and
where its letters are drafted.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from amhk.rules.procedure.fields import Field
from amhk.rules.procedure.machine import begun, holds
from amhk.rules.procedure.ways_on import Facts, Place, Told, Ways, counted
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


@dataclass(frozen=True, slots=True)
class Road:
    """One road through the world: where it begins, each move with what was filled in, and where it
    ends.
    """

    begun: Spot
    steps: tuple[tuple[Move, Told], ...]
    to: Spot


Came = dict[Spot, tuple[Spot, Move, Told] | None]  # from where each spot was reached, and how


def road_to(came: Came, spot: Spot) -> Road:
    """Give the road to a spot, by from where each on it was reached (None: it begins there)."""
    steps, here = [], spot
    while (step := came[here]) is not None:
        here, move, told = step
        steps.append((move, told))
    return Road(here, tuple(reversed(steps)), spot)


@dataclass
class World:
    """All spots a workflow can reach, with the road to each: its story is the shortest one.

    `ways`: what can be done from each, where that leads and by which answers; `begun`: where it
    begins, and by which.
    """

    workflow: Workflow
    roads: Came
    ways: dict[Spot, list[tuple[Move, Spot, Told]]]
    begun: dict[Spot, Told]

    @property
    def steps(self) -> Iterator[tuple[Spot, Move, Spot]]:
        """Give every step that can be taken."""
        for here, ways in self.ways.items():
            for move, there, _ in ways:
                yield here, move, there

    @cached_property
    def doors(self) -> dict[Spot, frozenset[str]]:
        """Give, per place, the names of what can be done there."""
        kept: dict[frozenset[str], frozenset[str]] = {}
        found = {}
        for spot, ways in self.ways.items():
            names = frozenset([move.name for move, _, _ in ways])
            found[spot] = kept.setdefault(names, names)
        return found

    @cached_property
    def before(self) -> dict[Spot, list[Spot]]:
        """Give from which other places each is reached in one step."""
        found: dict[Spot, list[Spot]] = {spot: [] for spot in self.roads}
        for here, ways in self.ways.items():
            for there in {there for _, there, _ in ways}:
                if there is not here:
                    found[there].append(here)
        return found

    def road(self, spot: Spot) -> Road:
        """Give the shortest road to a spot."""
        return road_to(self.roads, spot)

    def story(self, spot: Spot) -> str:
        """Give the shortest story to a spot, in Dutch."""
        return self.tell(self.road(spot))

    def tell(self, road: Road) -> str:
        """Give the story of a road, with the answers that were given on it, in Dutch."""
        flow = self.workflow
        came = f"Een {flow.route} komt binnen{_said(self.begun[road.begun], flow.intake)}"
        steps = [lower_first(move.done) + _said(told, move.fields) for move, told in road.steps]
        state = lower_first(flow.states[road.to.state].title)
        return ", dan: ".join([came, *steps]) + f". De zaak staat dan in '{state}'"


def _said(told: Told, fields: Iterable[Field]) -> str:
    """Give what was answered, between brackets; nothing where nothing was."""
    titles = {field.name: lower_first(field.title).rstrip("?") for field in fields}
    answers = [f"{titles.get(name, name)}: {_value(value)}" for name, value in told]
    return f" ({', '.join(answers)})" if answers else ""


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return "ingevuld" if value == "*" else str(value)


@lru_cache(maxsize=4)
def explore(workflow: Workflow) -> World:
    """Walk every state with every combination of facts and surely running terms, breadth first.

    Counters are left free.
    """
    free, ways = counted(workflow), Ways(workflow)
    facts = frozenset((k, v) for k, v in workflow.facts.items() if k not in free)
    world = World(workflow, {}, {}, {})
    known: dict[Place, Spot] = {}
    queue = deque[tuple[Spot, Place]]()

    def reach(place: Place, road: tuple[Spot, Move, Told] | None) -> Spot:
        """Give the spot of a new place, and remember the road there."""
        state, facts, running, finishes = place
        there = known[place] = Spot(state, facts, ways.names_of(running), finishes)
        world.roads[there] = road
        queue.append((there, place))
        return there

    for place, told in _beginnings(workflow, facts, ways):
        if place not in known:
            world.begun[reach(place, None)] = told
    while queue:
        here, place = queue.popleft()
        world.ways[here] = found = []
        for move, told, key in ways.onward(place):
            there = here if key is place else known.get(key) or reach(key, (here, move, told))
            found.append((move, there, told))
    return world


def _beginnings(workflow: Workflow, facts: Facts, ways: Ways) -> Iterator[tuple[Place, Told]]:
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
        place = workflow.start, frozenset(known.items()), ways.bits(running), frozenset[int]()
        yield place, tuple(told.items())
