"""Deciding a move: which doors are open, why the others are closed, and all that follows."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from amhk.errors import BadInput, ClosedDoor, Fault, NotFound, Opens
from amhk.rules.parse import Filled
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.first_step import first_step
from amhk.rules.procedure.form_check import clean
from amhk.rules.procedure.machine import Token, begun, holds, machine_of, written
from amhk.rules.procedure.runs import begins, changed, runs_of, seen
from amhk.rules.procedure.standing import Decision, Owed, Running, Standing
from amhk.rules.procedure.track import Run
from amhk.rules.procedure.workflow import Edge, Move, Need, Workflow
from amhk.words import ROLES, day_of, iso, lower_first, say_day, say_instant, start_of

DECIDER = "beslisser"
UNDECIDED = (
    "Dit besluit neemt een geregistreerde professional (SKJ of BIG), of u onder diens"
    " verantwoordelijkheid, en er is hier niemand met een registratie. De beheerder legt die vast"
    " bij de medewerker (Uitvoeringsbesluit Wmo 2015 art. 4.1.3)."
)


def fields_now(workflow: Workflow, move: Move, standing: Standing, role: str) -> tuple[Field, ...]:
    """Give the fields of a move as they are asked for now.

    What the facts of the case make obligatory is so; of the runs of its track those are offered of
    which a role may make it, and where there is one it need not be named.
    """
    if move.of is None:
        return _asked(move, move.fields, standing)
    mine = runs_open(workflow, standing, move, role)
    which = {str(run.key) for run in mine}
    fields = tuple(
        replace(f, only=frozenset(which), required=len(mine) > 1) if _chooses(f, move) else f
        for f in move.fields
    )
    return _asked(move, fields, seen(workflow, standing, mine[0]) if len(mine) == 1 else standing)


def _chooses(field: Field, move: Move) -> bool:
    """Tell whether a field asks of which run a move is."""
    return field.name == move.of


def _asked(move: Move, fields: tuple[Field, ...], standing: Standing) -> tuple[Field, ...]:
    asked = {
        n.field
        for n in move.needs
        if n.kind == "filled" and n.when and holds(n.when, standing.facts)
    }
    if move.registered and not standing.registered:
        asked.add(DECIDER)
    if not asked:
        return fields
    return tuple(
        replace(f, required=True) if f.name in asked and not f.required else f for f in fields
    )


def runs_open(workflow: Workflow, standing: Standing, move: Move, role: str) -> list[Run]:
    """Give the runs of which a role may make a move of their track now."""
    return [
        run
        for run in runs_of(standing.facts, move.of)
        if not _shut(workflow, seen(workflow, standing, run), move, role)
    ]


def door(workflow: Workflow, standing: Standing, move: Move, role: str) -> list[Fault]:
    """Give every reason why a role may not make a move now, before anything is filled in.

    Empty when the door is open: of a move of a track, for one of its runs. Else it is what stands
    in the way of the latest run that still goes on, where one does.
    """
    if move.of is None:
        return _shut(workflow, standing, move, role)
    runs = runs_of(standing.facts, move.of)
    if not runs:
        return [*_shut(workflow, standing, replace(move, needs=()), role), _none(workflow, move)]
    told = {r.key: _shut(workflow, seen(workflow, standing, r), move, role) for r in runs}
    going = [key for key in told if any(term.run == key for term in standing.running)]
    return told[[*told, *going][-1]] if all(told.values()) else []


def _none(workflow: Workflow, move: Move) -> Fault:
    """Give that there is no run yet for a move of one, and by which move there comes one."""
    opens = next((m.name for m in workflow.moves.values() if m.opens == move.of), None)
    title = lower_first(workflow.tracks[move.of or ""].title)
    door_to = Opens("move", opens) if opens else None
    return Fault("geen_loop", f"Er is nog geen {title} in deze zaak.", None, door_to)


def _shut(workflow: Workflow, standing: Standing, move: Move, role: str) -> list[Fault]:
    """Give the same of a case as it is seen: whole, or with one run of a track."""
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
    asked = fields_now(workflow, move, standing, role)
    values, faults = clean(tuple(replace(f, only=None) for f in asked), raw, desk)
    run = _run_of(workflow, standing, move, values, role)
    here = seen(workflow, standing, run) if run else standing
    shut = _shut(workflow, here, move, role) if run else door(workflow, standing, move, role)
    if run and move.of:  # said in the journal also where it need not be asked
        values = {**values, move.of: str(run.key)}
    faults += _wrong_moment(here, move, values)
    told = {**here.facts, **values}
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
    if move.opens:  # a run of its own, with none of the terms of another
        run = begins(workflow, standing, move, values)
        here = replace(here, running=tuple(t for t in here.running if t.run is None))
    facts = changed(workflow, standing.facts, move, told, run)
    return _decided(workflow, move, values, (standing, here), (told, facts), run)


def _run_of(
    workflow: Workflow, standing: Standing, move: Move, values: Filled, role: str
) -> Run | None:
    """Give the run a move is of: the one that was chosen, else the only one it can be made of."""
    if move.of is None:
        return None
    if chosen := values.get(move.of):
        return next(r for r in runs_of(standing.facts, move.of) if str(r.key) == chosen)
    mine = runs_open(workflow, standing, move, role)
    return mine[0] if len(mine) == 1 else None


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
    move: Move,
    values: Filled,
    looks: tuple[Standing, Standing],
    known: tuple[Filled, Filled],
    run: Run | None,
) -> Decision:
    """Give what a move does, from how the case stands (`looks`: whole, and as its run sees it), and
    what is known before it and after it.

    Which way it goes hangs on what was known, and on what the runs come to with it.
    """
    (whole, standing), (told, facts) = looks, known
    edge = _way(workflow, move, standing.state, told | {n: facts[n] for n in workflow.sums})
    closes = workflow.states[edge.target].final and not workflow.states[standing.state].final
    met = (*move.meets, *edge.meets)
    meets = tuple(t for t in standing.running if t.name in met)
    gone = (*move.voids, *edge.voids)
    ends = whole.running if closes else [t for t in standing.running if t.name in gone]
    voids = tuple(t for t in ends if t not in meets)
    maybe = begun(move.maybe, told, {t.name for t in standing.running})
    starts = tuple(dict.fromkeys((*move.starts, *edge.starts, *maybe)))
    dates = {term: values[name] for term, name in move.term_date if name in values}
    moment = values.get("op") or standing.now
    return Decision(
        move=move,
        source=standing.state,
        target=edge.target,
        values=values,
        moment=moment,
        facts=facts,
        closes=closes,
        meets=meets,
        voids=voids,
        starts=starts,
        dates=dates,
        notices=written(workflow, (*move.notices, *edge.notices), told),
        run=run.key if run else None,
    )


def _way(workflow: Workflow, move: Move, state: str, told: Filled) -> Edge:
    """Give the way a move leads from a state, by what is known: the machine's choice."""
    taken = list[Edge]()
    machine_of(workflow).events[move.name].trigger(Token(state), told=told, taken=taken)
    return taken[-1]


def after(workflow: Workflow, standing: Standing, decision: Decision) -> Standing:
    """Give how the case stands once a decision is carried out.

    Terms and notices still to be written have id 0.
    """
    ended = (*decision.meets, *decision.voids)
    running = [t for t in standing.running if t not in ended]
    terms, run = workflow.terms, decision.run
    running += [
        Running(0, name, decision.moment, date.max, run=run if terms[name].of else None)
        for name in decision.starts
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
