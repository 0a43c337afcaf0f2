"""What a procedure promises of every road through it, as its own data says it (`[[promises]]`).

Four forms: `never` (no place like this is reached), `always` (in every place like this something
can be done), `leads_to` (from every place like this another can be reached), `exactly` (a term runs
in every open place like this, and in no other).
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from amhk.rules.procedure.promised import Like, Promise
from amhk.rules.procedure.ways_on import Facts, Told
from amhk.rules.procedure.workflow import Move
from amhk.rules.procedure.world import Road, Spot, World

_Stage = tuple[Spot, bool]  # a place, and whether what was promised has been met


def broken(world: World, promise: Promise) -> Road | None:
    """Give the shortest road to where a promise does not hold; None when it always does."""
    like = _Likeness(world, promise.like)
    if promise.kind == "never" and promise.unless_met:
        return _never(world, promise, like)
    spot = _broken(world, promise, like)
    return world.road(spot) if spot else None


def _broken(world: World, promise: Promise, like: "_Likeness") -> Spot | None:
    if promise.kind == "never":
        return next((spot for spot in world.roads if like.of(spot)), None)
    if promise.kind == "always":
        wanted = frozenset(promise.possible)
        closed = (spot for spot, names in world.doors.items() if names.isdisjoint(wanted))
        return next((spot for spot in closed if like.of(spot)), None)
    if promise.kind == "exactly":
        return next((s for s in world.roads if not _runs_as_told(world, s, promise, like)), None)
    to = _Likeness(world, promise.to)
    reached = _leading(world, [spot for spot in world.roads if to.of(spot)])
    return next((s for s in world.roads if like.of(s) and s not in reached), None)


@dataclass
class _Likeness:
    """Whether places are as a promise describes them; told once for all that look alike to it."""

    world: World
    like: Like
    found: dict[tuple[str, Facts, frozenset[int]], bool] = field(default_factory=dict)

    def of(self, spot: Spot) -> bool:
        """Tell it of one place."""
        key = spot.state, spot.facts, spot.finishes
        if (found := self.found.get(key)) is None:
            found = self.found[key] = self._told(spot)
        return found

    def _told(self, spot: Spot) -> bool:
        like, final = self.like, self.world.workflow.states[spot.state].final
        if like.final is not None and final != like.final:
            return False
        if like.finish and not spot.finishes & {*like.finish}:
            return False
        if spot.finishes & {*like.not_finish}:
            return False
        if like.states and spot.state not in like.states:
            return False
        told = dict(spot.facts)
        if any(told.get(name) not in values for name, values in like.facts):
            return False
        return not (like.unless and all(told.get(n) in values for n, values in like.unless))


def _runs_as_told(world: World, spot: Spot, promise: Promise, like: _Likeness) -> bool:
    """Tell whether the term runs in an open place as it should: there, and nowhere else."""
    open_here = not world.workflow.states[spot.state].final
    return not open_here or like.of(spot) == (promise.term in spot.running)


def _leading(world: World, to: Iterable[Spot]) -> set[Spot]:
    """Give every place from which one of these can be reached."""
    queue = deque(to)
    seen = set(queue)
    while queue:
        for before in world.before[queue.popleft()]:
            if before not in seen:
                seen.add(before)
                queue.append(before)
    return seen


def stuck(world: World) -> Spot | None:
    """Give the first place from which no end can be reached; None when there is none (a floor: no
    procedure may do without).
    """
    ends = [spot for spot in world.roads if world.workflow.states[spot.state].final]
    out = _leading(world, ends)
    return next((spot for spot in world.roads if spot not in out), None)


def _never(world: World, promise: Promise, like: _Likeness) -> Road | None:
    ends = _Ends(frozenset(promise.unless_met), promise.taken_back)
    runs = {spot.running: not ends.terms.isdisjoint(spot.running) for spot in world.roads}
    came: dict[_Stage, tuple[_Stage, Move, Told] | None] = {(s, False): None for s in world.begun}
    queue = deque(came)
    while queue:
        spot, met = stage = queue.popleft()
        if not met and like.of(spot):
            return _road(stage, came)
        here = runs[spot.running]
        for move, there, answers in world.ways[spot]:
            if there is spot:
                continue
            told = ends.of(spot, move, there) if here or runs[there.running] else None
            step = (there, met if told is None else told)
            if step not in came:
                came[step] = stage, move, answers
                queue.append(step)
    return None


def _road(stage: _Stage, came: Mapping[_Stage, tuple[_Stage, Move, Told] | None]) -> Road:
    """Give the road by which a stage was first come to."""
    to, steps = stage[0], []
    while (step := came[stage]) is not None:
        stage, move, told = step
        steps.append((move, told))
    return Road(stage[0], tuple(reversed(steps)), to)


@dataclass
class _Ends:
    """By which steps the terms of a promise are met or taken back, and by which they begin."""

    terms: frozenset[str]
    taken_back: Collection[str]
    meeting: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def of(self, here: Spot, move: Move, there: Spot) -> bool | None:
        """Tell of a step whether by it a term was met or taken back (True), began (False), or
        neither (None).
        """
        if not self.terms.isdisjoint(here.running):
            way = move.name, here.state, there.state
            if way not in self.meeting:
                edges = [e for e in move.edges if (e.source, e.target) == way[1:]]
                meets = {*move.meets, *(t for e in edges for t in e.meets)}
                self.meeting[way] = bool(meets & self.terms) or move.name in self.taken_back
            if self.meeting[way]:
                return True
        return False if (there.running - here.running) & self.terms else None
