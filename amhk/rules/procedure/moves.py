"""Deciding a move: which doors are open, why the others are closed, and all that follows.

`transitions` runs the machine here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from transitions import EventData, Machine

from amhk.errors import BadInput, ClosedDoor, Fault, NotFound, Opens
from amhk.rules.parse import Filled
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.first_step import first_step
from amhk.rules.procedure.form_check import clean
from amhk.rules.procedure.standing import Decision, Owed, Running, Standing
from amhk.rules.procedure.workflow import Edge, Move, Need, Start, When, Workflow
from amhk.words import ROLES, day_of, iso, lower_first, say_day, say_instant, start_of


class Token:
    """A throwaway model for `transitions`.

    It carries a state through one event and is forgotten.
    """

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def _condition(edge: Edge) -> Any:
    def holds_here(event: EventData) -> bool:
        if (taken := event.kwargs.get("taken")) is None:
            return True
        if not holds(edge.when, event.kwargs["told"]):
            return False
        taken.append(edge)
        return True

    return holds_here


@lru_cache(maxsize=64)
def machine_of(workflow: Workflow) -> Machine:
    """Give the flat machine of a workflow, built once per release."""
    machine = Machine(
        model=None,
        states=list(workflow.states),
        initial=workflow.start,
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    for move in workflow.moves.values():
        for edge in move.edges:
            machine.add_transition(
                move.name, edge.source, edge.target, conditions=[_condition(edge)]
            )
    return machine


def holds(when: Iterable[When], told: Mapping[str, object]) -> bool:
    """Tell whether every condition holds of what is known (`told`: facts, overlaid with the input).

    `*` means filled in, `>=2` at least two.
    """
    return all(any(_fits(told.get(w.name), value) for value in w.values) for w in when)


def _fits(known: object, value: object) -> bool:
    if value == "*":
        return bool(known)
    if isinstance(value, str) and value.startswith(">="):
        return isinstance(known, int) and known >= int(value[2:])
    return known == value


DECIDER = "beslisser"
UNDECIDED = (
    "Dit besluit neemt een geregistreerde professional (SKJ of BIG), of u onder diens"
    " verantwoordelijkheid, en er is hier niemand met een registratie. De beheerder legt die vast"
    " bij de medewerker (Uitvoeringsbesluit Wmo 2015 art. 4.1.3)."
)


def fields_now(move: Move, standing: Standing) -> tuple[Field, ...]:
    """Give the fields of a move as they are asked for now.

    What the facts of the case make obligatory is so.
    """
    asked = {
        n.field
        for n in move.needs
        if n.kind == "filled" and n.when and holds(n.when, standing.facts)
    }
    if move.registered and not standing.registered:
        asked.add(DECIDER)
    if not asked:
        return move.fields
    return tuple(
        replace(f, required=True) if f.name in asked and not f.required else f for f in move.fields
    )


def door(workflow: Workflow, standing: Standing, move: Move, role: str) -> list[Fault]:
    """Give every reason why a role may not make a move now, before anything is filled in.

    Empty when the door is open.
    """
    faults = []
    if role not in move.roles:
        who = ", ".join(ROLES[r].lower() for r in move.roles)
        faults.append(Fault("rol", f"Deze stap is voor: {who}."))
    if standing.state not in move.sources:
        step = first_step(workflow, standing.state, move.name)
        title = f" Eerst: {lower_first(workflow.moves[step].title)}." if step else ""
        here = lower_first(workflow.states[standing.state].title)
        faults.append(
            Fault(
                code="verkeerde_staat",
                text=f"Dit kan niet in de staat '{here}'.{title}",
                field=None,
                do=Opens("move", step) if step else None,
            )
        )
    elif role in move.roles:
        if move.registered and not standing.registered and not standing.deciders:
            faults.append(Fault("geen_geregistreerde", UNDECIDED, DECIDER))
        for need in move.needs:
            if need.kind != "filled" and holds(need.when, standing.facts):
                faults += _unmet(workflow, standing, need, role)
    return faults


def _unmet(workflow: Workflow, standing: Standing, need: Need, role: str) -> list[Fault]:
    if need.kind == "notices_sent":
        return [
            Fault(
                code="bericht_open",
                text=f"{need.text}: {owed.title}.",
                field=None,
                do=Opens("notice", str(owed.id)),
            )
            for owed in standing.owed
            if owed.obligatory
        ]
    if need.kind == "not_before":
        return _too_early(standing, need)
    if need.kind in ("notices_gone", "not_withheld", "was_sent"):
        return _letters_unmet(workflow, standing, need)
    met = {
        "fact": lambda: (standing.facts.get(need.names[0]) in need.values) != need.unless,
        "facts_any": lambda: any(standing.facts.get(name) for name in need.names),
        "running": lambda: any(standing.term(name) for name in need.names),
        "not_running": lambda: not any(standing.term(name) for name in need.names),
        "role": lambda: role in need.names,
        "finish": lambda: any(f in need.values for f in standing.finishes) != need.unless,
    }[need.kind]()
    return (
        []
        if met
        else [
            Fault(
                code=need.code,
                text=need.text,
                field=need.field,
                do=_opener(workflow, standing, need),
            )
        ]
    )


def _letters_unmet(workflow: Workflow, standing: Standing, need: Need) -> list[Fault]:
    """Give what is wrong with the letters a need asks for.

    Owed still, decided not to go (the last of them), or never gone at all.
    """
    became = [standing.letters.get(kind, ()) for kind in need.names]
    if need.kind == "notices_gone" and (owed := [o for o in standing.owed if o.kind in need.names]):
        return [
            Fault(code=need.code, text=need.text, field=None, do=Opens("notice", str(o.id)))
            for o in owed
        ]
    if need.kind == "was_sent":
        met = any("sent" in states for states in became)
    else:
        met = not any(states and states[-1] == "withheld" for states in became)
    return (
        []
        if met
        else [
            Fault(code=need.code, text=need.text, field=None, do=_opener(workflow, standing, need))
        ]
    )


def _too_early(standing: Standing, need: Need) -> list[Fault]:
    """Give why it is too early: of the terms it names, for the first of those that run."""
    ends = [term.due for name in need.names if (term := standing.term(name))]
    if not ends:
        return []
    due = min(day_of(end) if isinstance(end, datetime) else end for end in ends)
    first = due - timedelta(days=need.days)
    if day_of(standing.now) >= first:
        return []
    opens = Opens("clock", iso(start_of(first) + timedelta(hours=9)))
    return [
        Fault(code=need.code, text=f"{need.text}: vanaf {say_day(first)}.", field=None, do=opens)
    ]


def _opener(workflow: Workflow, standing: Standing, need: Need) -> Opens | None:
    """Give what opens a door: the letter that is still owed, else the first move that can be made
    here, else the first of all.
    """
    if owed := next((o for o in standing.owed if o.kind in need.opens), None):
        return Opens("notice", str(owed.id))
    moves = [name for name in need.opens if name in workflow.moves]
    here = [name for name in moves if standing.state in workflow.moves[name].sources]
    return Opens("move", (here or moves)[0]) if moves else None


def decide(
    workflow: Workflow, standing: Standing, name: str, raw: object, desk: Desk, role: str
) -> Decision:
    """Give what a move does.

    `raw` is what was filled in. Raises NotFound for an unknown move, ClosedDoor with every reason
    at once
    (closed doors and bad input together), BadInput when only the input is wrong.
    """
    if (move := workflow.moves.get(name)) is None:
        raise NotFound(f"De stap '{name[:60]}' bestaat niet.")
    shut = door(workflow, standing, move, role)
    values, faults = clean(fields_now(move, standing), raw, desk)
    faults += _wrong_moment(standing, move, values)
    told = {**standing.facts, **values}
    faults += [
        Fault(code="ontbreekt", text=need.text, field=need.field, do=None)
        for need in move.needs
        if need.kind == "filled"
        and holds(need.when, told)
        and not values.get(need.field or "")
        and not any(f.field == need.field for f in faults)
    ]
    if shut:
        raise ClosedDoor(faults=[*shut, *faults])
    if faults:
        raise BadInput(faults=faults)
    return _decided(workflow, standing, move, values, told)


def _wrong_moment(standing: Standing, move: Move, values: Filled) -> list[Fault]:
    """Give the faults of a decision dated before what it answers began, or before it
    could be made.
    """
    if (moment := values.get("op")) is None:
        return []
    faults = []
    for need in move.needs:
        if need.kind == "not_before" and not _too_early(standing, need):
            faults += [
                Fault(f.code, f.text, "op") for f in _too_early(replace(standing, now=moment), need)
            ]
    answered = {
        *move.meets,
        *(n for need in move.needs if need.kind == "running" for n in need.names),
    }
    for term in standing.running:
        early = (
            moment < term.start
            if isinstance(term.due, datetime)
            else day_of(moment) < day_of(term.start)
        )
        if term.name in answered and early:
            faults.append(
                Fault(
                    "voor_begin",
                    f"Dit moment ligt voor {say_instant(term.start)}, toen begon wat deze stap"
                    " beantwoordt.",
                    "op",
                )
            )
    return faults[:1]


def _decided(
    workflow: Workflow,
    standing: Standing,
    move: Move,
    values: Filled,
    told: dict[str, object],
) -> Decision:
    token, taken = Token(standing.state), list[Edge]()
    machine_of(workflow).events[move.name].trigger(token, told=told, taken=taken)
    edge = taken[-1]
    facts = dict(standing.facts)
    for change in move.sets:
        if holds(change.when, told):
            facts[change.name] = facts.get(change.name, 0) + 1 if change.count else change.value
    closes = workflow.states[token.state].final and not workflow.states[standing.state].final
    met = (*move.meets, *edge.meets)
    meets = tuple(t for t in standing.running if t.name in met)
    gone = (*move.voids, *edge.voids)
    voids = tuple(t for t in standing.running if t not in meets and (closes or t.name in gone))
    maybe = begun(move.maybe, told, {t.name for t in standing.running})
    starts = tuple(dict.fromkeys((*move.starts, *edge.starts, *maybe)))
    dates = {term: values[name] for term, name in move.term_date if name in values}
    moment = values.get("op") or standing.now
    return Decision(
        move=move,
        source=standing.state,
        target=token.state,
        values=values,
        moment=moment,
        facts=facts,
        closes=closes,
        meets=meets,
        voids=voids,
        starts=starts,
        dates=dates,
        notices=(*move.notices, *edge.notices),
    )


def begun(
    maybe: Iterable[Start], told: Mapping[str, object], running: Collection[str]
) -> list[str]:
    """Give which of the terms that start under conditions do so, from what is known (`told`) and
    the names that run.
    """
    return [s.term for s in maybe if holds(s.when, told) and not (s.once and s.term in running)]


def after(workflow: Workflow, standing: Standing, decision: Decision) -> Standing:
    """Give how the case stands once a decision is carried out.

    Terms and notices still to be written have id 0.
    """
    ended = (*decision.meets, *decision.voids)
    running = [t for t in standing.running if t not in ended]
    running += [
        Running(id=0, name=name, start=decision.moment, due=date.max) for name in decision.starts
    ]
    owed = [] if decision.closes else list(standing.owed)
    for kind in decision.notices:
        rule = workflow.notices[kind]
        owed.append(Owed(id=0, kind=kind, title=rule.title, obligatory=rule.obligatory))
        if rule.term and not decision.closes:
            running.append(Running(id=0, name=rule.term, start=decision.moment, due=date.max))
    finishes = standing.finishes
    if decision.move.finish and decision.move.finish not in finishes:
        finishes = (*finishes, decision.move.finish)
    return replace(
        standing,
        state=decision.target,
        facts=decision.facts,
        finishes=finishes,
        running=tuple(running),
        owed=tuple(owed),
    )


def closing_due(workflow: Workflow, standing: Standing) -> bool:
    """Tell whether nothing is left but to close: the closing door is open for whoever may close."""
    if workflow.closing is None:
        return False
    move = workflow.moves[workflow.closing]
    return not door(workflow, standing, move, move.roles[0])


def without_term(workflow: Workflow, standing: Standing) -> bool:
    """Tell whether an open case has no running term: what guarantee G1 forbids."""
    return not workflow.states[standing.state].final and not standing.running
