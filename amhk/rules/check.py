"""The proof of a procedure: what must be true of every workflow before the house opens, each fault with the shortest story to it."""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from amhk.errors import Fault
from amhk.rules.disclosure import forbidden, supplied
from amhk.rules.moves import holds
from amhk.rules.workflow import Edge, Move, Need, Workflow

_ENGINE_TERMS = ("vernietiging", "bewaren")


@dataclass(frozen=True)
class Spot:
    """A place in the explored world: state, facts (counters left out), the terms that surely run, and what has been reached."""

    state: str
    facts: frozenset[tuple[str, object]]
    running: frozenset[str]
    finishes: frozenset[int]


@dataclass
class World:
    """All spots a workflow can reach, with the road to each: its story is the shortest one."""

    workflow: Workflow
    roads: dict[Spot, tuple[Spot, Move] | None]

    def story(self, spot: Spot) -> str:
        """Give the shortest story to a spot, in Dutch."""
        told = []
        here: Spot | None = spot
        while here is not None and (road := self.roads[here]) is not None:
            here, move = road
            told.append(move.done.lower())
        first = f"Een {self.workflow.route} komt binnen"
        return (
            ", dan: ".join([first, *reversed(told)]) + f". De zaak staat dan in '{self.workflow.states[spot.state].title.lower()}'"
        )


def check(workflow: Workflow, placeholders: Mapping[str, Collection[str]]) -> list[Fault]:
    """Give every fault in a workflow; `placeholders` holds, per notice, the names its template asks for."""
    world = explore(workflow)
    faults = [
        *_reachable(world),
        *_ways_out(world),
        *_terms(world),
        *_aftercare(world),
        *_own_investigation(world),
        *_endings(world),
    ]
    return [*faults, *_actors(workflow), *_airlock(workflow), *_letters(workflow, placeholders)]


def _fault(workflow: Workflow, text: str) -> Fault:
    return Fault("werkwijze", f"{workflow.name} {workflow.release}: {text}")


def explore(workflow: Workflow) -> World:
    """Walk every state with every combination of facts and surely running terms, breadth first; counters are left free."""
    counted = {s.name for m in workflow.moves.values() for s in m.sets if s.count}
    facts = frozenset((k, v) for k, v in workflow.facts.items() if k not in counted)
    start = Spot(workflow.start, facts, frozenset(workflow.intake_starts), frozenset())
    roads: dict[Spot, tuple[Spot, Move] | None] = {start: None}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for move, there in _steps(workflow, here, counted):
            if there not in roads:
                roads[there] = (here, move)
                queue.append(there)
    return World(workflow, roads)


def _steps(workflow: Workflow, here: Spot, counted: set[str]) -> Iterator[tuple[Move, Spot]]:
    told = dict(here.facts)
    for move in workflow.moves.values():
        edges = [e for e in move.edges if e.source == here.state]
        if not edges or not all(_possible(workflow, n, told, here, counted) for n in move.needs):
            continue
        for edge in edges:
            for filled in _fillings(move, edge, told):
                yield move, _arrive(workflow, here, move, edge, told, filled, counted)


def _possible(workflow: Workflow, need: Need, told: Mapping[str, object], here: Spot, counted: set[str]) -> bool:
    """Tell whether a need can hold here; what depends on input, role, time or a counter always can."""
    if need.kind in ("filled", "role", "not_before", "notices_sent") or not holds(need.when, told):
        return True
    if counted & set(need.names):
        return True
    if need.kind == "fact":
        return (told.get(need.names[0]) in need.values) != need.unless
    if need.kind == "facts_any":
        return any(told.get(name) for name in need.names)
    if need.kind == "finish":
        return any(f in here.finishes for f in need.values) != need.unless
    return need.kind == "not_running" or any(n in here.running or n in _from_desk(workflow) for n in need.names)


def _from_desk(workflow: Workflow) -> set[str]:
    """Give the terms that also start outside a move: at a vervolgmelding, when a notice is sent, while a case waits."""
    waiting = [workflow.waiting_term] if workflow.waiting_term else []
    return {*workflow.intake_starts, *waiting, *(t for n in workflow.notices.values() for t in n.sent_starts)}


def _fillings(move: Move, edge: Edge, told: Mapping[str, object]) -> list[dict[str, object]]:
    """Give the inputs worth trying: one that takes this edge, and one that leaves every conditional fact alone."""
    names = {f.name for f in move.fields}
    taken: dict[str, object] = {w.name: w.values[0] for w in edge.when if w.name in names}
    if not edge.when:
        return [{}, {w.name: w.values[0] for s in move.sets for w in s.when if w.name in names and not _splits(move, w.name)}]
    return [taken] if all(told.get(w.name) in w.values for w in edge.when if w.name not in names) else []


def _splits(move: Move, name: str) -> bool:
    return any(w.name == name for e in move.edges for w in e.when)


def _arrive(
    workflow: Workflow, here: Spot, move: Move, edge: Edge, told: Mapping[str, object], filled: Mapping[str, object], counted: set[str]
) -> Spot:  # fmt: skip
    seen = {**told, **filled}
    facts = {**told, **{s.name: s.value for s in move.sets if s.name not in counted and holds(s.when, seen)}}
    gone = {*move.meets, *move.voids, *edge.meets, *edge.voids}
    running = (here.running - gone) | {*move.starts, *edge.starts}
    finishes = here.finishes | ({move.finish} if move.finish else frozenset())
    if workflow.states[edge.target].final:
        running = frozenset()
    return Spot(edge.target, frozenset(facts.items()), frozenset(running), finishes)


def _reachable(world: World) -> Iterator[Fault]:
    seen = {spot.state for spot in world.roads}
    for name, state in world.workflow.states.items():
        if name not in seen:
            yield _fault(world.workflow, f"de staat '{state.title}' ({name}) is niet te bereiken.")


def _ways_out(world: World) -> Iterator[Fault]:
    """From every state a finish or an ending must be reachable."""
    workflow = world.workflow
    good = {name for name, state in workflow.states.items() if state.final}
    grown = True
    while grown:
        found = {e.source for m in workflow.moves.values() for e in m.edges if e.target in good} - good
        grown = bool(found)
        good |= found
    first: dict[str, Spot] = {}
    for spot in world.roads:
        first.setdefault(spot.state, spot)
    for state, spot in first.items():
        if state not in good:
            yield _fault(
                workflow, f"vanuit '{workflow.states[state].title}' is geen finish of einde te bereiken. {world.story(spot)}."
            )


def _terms(world: World) -> Iterator[Fault]:
    """No open spot without a running term that leads to an act possible there, unless only closing is left and that has its own term."""
    workflow, told = world.workflow, set()
    for spot in world.roads:
        if workflow.states[spot.state].final or spot.state in told or _has_term(workflow, spot):
            continue
        told.add(spot.state)
        yield _fault(workflow, f"hier loopt geen termijn die tot een stap leidt. {world.story(spot)} zonder termijn.")


def _has_term(workflow: Workflow, spot: Spot) -> bool:
    here = {m.name for m in workflow.moves.values() if spot.state in m.sources}
    if any(here & set(workflow.terms[t].acts) or set(workflow.terms[t].acts) & set(workflow.notices) for t in spot.running):
        return True
    return _closing_carries(workflow, spot, here)


def _closing_carries(workflow: Workflow, spot: Spot, here: set[str]) -> bool:
    """Where closing is possible, each thing it waits for is a notice or an answer that runs under its own term, or the closing term itself starts."""
    if workflow.closing is None or workflow.closing not in here or workflow.closing_term is None:
        return False
    told = dict(spot.facts)
    move = workflow.moves[workflow.closing]
    waits = [n for n in move.needs if n.kind == "fact" and (told.get(n.names[0]) in n.values) == n.unless]
    return all(any(workflow.notices.get(o) or _carried(workflow, o, spot) for o in n.opens) for n in waits)


def _carried(workflow: Workflow, act: str, spot: Spot) -> bool:
    carriers = [t.name for t in workflow.terms.values() if act in t.acts]
    by_notice = {s for n in workflow.notices.values() if n.obligatory for s in n.sent_starts}
    return any(c in spot.running or c in by_notice for c in carriers)


def _aftercare(world: World) -> Iterator[Fault]:
    """No way round the voortgangscontrole: no closed spot where finish 3 was reached and the aftercare still runs."""
    workflow = world.workflow
    for spot in world.roads:
        facts = dict(spot.facts)
        if workflow.states[spot.state].final and 3 in spot.finishes and facts.get("nazorg") in ("loopt", "geen", "vervolg_nodig"):
            yield _fault(workflow, f"een weg om de voortgangscontrole heen. {world.story(spot)} zonder vastgelegde controle.")
            return


def _endings(world: World) -> Iterator[Fault]:
    """An ending without a finish is only for a case that has none: after finish 3 or 4 closing asks for what is owed."""
    for spot, road in world.roads.items():
        if road and road[1].ending and world.workflow.states[spot.state].final and spot.finishes & {3, 4}:
            yield _fault(world.workflow, f"een zaak met een finish eindigt zonder afsluiten. {world.story(spot)}.")
            return


def _own_investigation(world: World) -> Iterator[Fault]:
    """Finish 4 never without onderzoek or acute findings (decision D1)."""
    workflow = world.workflow
    for spot in world.roads:
        facts = dict(spot.facts)
        if 4 in spot.finishes and "bevindingen" in facts and not facts["bevindingen"] and not _investigated(world, spot):
            yield _fault(workflow, f"finish 4 zonder eigen onderzoek. {world.story(spot)}.")
            return


def _investigated(world: World, spot: Spot) -> bool:
    here: Spot | None = spot
    while here is not None:
        if dict(here.facts).get("conclusie"):
            return True
        road = world.roads[here]
        here = road[0] if road else None
    return False


def _actors(workflow: Workflow) -> Iterator[Fault]:
    """Every term leads to an act, and the role that owns the term may do it."""
    for term in workflow.terms.values():
        if term.name in _ENGINE_TERMS or term.name in workflow.engine_terms:
            continue
        if not term.acts:
            yield _fault(workflow, f"de termijn '{term.title}' leidt tot geen enkele stap (acts).")
        moves = [workflow.moves[a] for a in term.acts if a in workflow.moves]
        if moves and not any(term.role in m.roles for m in moves):
            yield _fault(workflow, f"de termijn '{term.title}' is van {term.role}, maar die rol mag geen van haar stappen zetten.")


def _airlock(workflow: Workflow) -> Iterator[Fault]:
    """Between advies and melding only codes cross: no free text, no name, no person (G6); what crosses is a field of the intake."""
    codes = {f.name for f in workflow.intake if f.type in ("choice", "choices")}
    for move in workflow.moves.values():
        for name in move.crosses:
            if move.effect not in ("to_advies", "to_melding"):
                yield _fault(workflow, f"'{move.title}' neemt '{name}' over, maar gaat niet naar de andere route.")
            elif name not in codes:
                yield _fault(
                    workflow,
                    f"'{move.title}' laat '{name}' naar de andere route gaan: alleen codes mogen de sluis door, geen tekst en geen persoon.",
                )


def _letters(workflow: Workflow, placeholders: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    for notice in workflow.notices.values():
        if (asked := placeholders.get(notice.name)) is None:
            yield _fault(workflow, f"het bericht '{notice.title}' heeft geen sjabloon templates/notices/{notice.name}.j2.")
            continue
        for name in sorted(asked):
            if not supplied(name):
                yield _fault(workflow, f"het sjabloon van '{notice.title}' vraagt om '{name}', en niets levert dat.")
            elif why := forbidden(name, notice.recipient):
                yield _fault(workflow, f"het sjabloon van '{notice.title}' toont '{name}' aan een {notice.recipient}: {why}.")
