"""What is wrong with a procedure on the face of it, before any road through it is walked: names
that lead nowhere, values that nothing gives, terms that nothing starts or that call nobody.
"""

from collections.abc import Iterator, Mapping

from amhk.errors import Fault
from amhk.rules.procedure.fields import Field
from amhk.rules.procedure.workflow import Move, Set, When, Workflow
from amhk.words import LISTS

_YES_NO = frozenset({True, False})


def lint(workflow: Workflow) -> list[Fault]:
    """Give every such fault of a workflow, one for each place."""
    told = [
        *_names(workflow),
        *_facts(workflow),
        *_terms(workflow),
        *(fault for move in workflow.moves.values() for fault in _move(workflow, move)),
    ]
    head = f"{workflow.name} {workflow.release}"
    return [Fault("werkwijze", f"{head}: {text}") for text in dict.fromkeys(told)]


def _names(workflow: Workflow) -> Iterator[str]:
    for name in sorted({*workflow.states} & {*workflow.terms}):
        yield f"'{name}' heet een staat en een termijn: geef een van beide een andere naam."


def _sets(workflow: Workflow) -> Iterator[Set]:
    yield from (*workflow.intake_sets, *workflow.join_sets)
    for move in workflow.moves.values():
        yield from move.sets


def _given(workflow: Workflow) -> Mapping[str, set[object] | None]:
    """Give of each fact the values it can have; None for one that counts."""
    found: dict[str, set[object] | None] = {k: {v} for k, v in workflow.facts.items()}
    for one in _sets(workflow):
        if one.count:
            found[one.name] = None
    for one in _sets(workflow):
        values = found.setdefault(one.name, set())
        if values is not None and not one.count:
            values.add(one.value)
    return found


def _facts(workflow: Workflow) -> Iterator[str]:
    """Every fact that is set is declared, and every one that is declared can become another."""
    moved = {one.name for one in _sets(workflow)}
    effects = {"advies"}  # recorded by the desk when a call or a move tells it
    for name in sorted(moved - {*workflow.facts}):
        yield f"het gegeven '{name}' wordt gezet en staat niet bij [facts]."
    for name in sorted({*workflow.facts} - moved - effects):
        yield f"het gegeven '{name}' staat bij [facts] en wordt nergens gezet."


def _terms(workflow: Workflow) -> Iterator[str]:
    """Every term is started by something, and calls somebody."""
    started = _started(workflow)
    for name, rule in workflow.terms.items():
        if name not in started:
            yield f"de termijn '{rule.title}' ({name}) wordt door niets gestart."
        if name in workflow.engine_terms:
            continue
        if not rule.rungs:
            yield f"de termijn '{rule.title}' ({name}) herinnert niemand (rungs is leeg)."
        elif any(not rung.to for rung in rule.rungs):
            yield f"de termijn '{rule.title}' ({name}) heeft een herinnering aan niemand (to)."


def _started(workflow: Workflow) -> set[str]:
    begun = [*workflow.intake_maybe, *workflow.join_maybe]
    found = {*workflow.engine_terms, *workflow.intake_starts, *workflow.join_starts}
    found |= {
        *workflow.person_starts,
        *filter(None, (workflow.closing_term, workflow.waiting_term)),
    }
    for move in workflow.moves.values():
        begun += move.maybe
        found |= {*move.starts, *(t for e in move.edges for t in e.starts)}
    for notice in workflow.notices.values():
        found |= {*notice.sent_starts, *filter(None, (notice.term,))}
    return found | {one.term for one in begun}


def _move(workflow: Workflow, move: Move) -> Iterator[str]:
    """What a move asks, sets and needs hangs together."""
    asked = {field.name: field for field in move.fields}
    starts = {*move.starts, *(t for e in move.edges for t in e.starts)}
    starts |= {one.term for one in move.maybe}
    for term, name in move.term_date:
        if term not in starts:
            yield f"'{move.title}' geeft de termijn '{term}' een dag en start haar niet."
        if name not in asked:
            yield f"'{move.title}' neemt de dag van '{term}' uit '{name}', en vraagt dat niet."
    for need in move.needs:
        if need.kind == "filled" and need.field not in asked:
            yield f"'{move.title}' eist dat '{need.field}' is ingevuld, en vraagt dat niet."
        if need.kind == "fact" and not need.unless:
            values = _given(workflow).get(need.names[0])
            if values is not None and not values & {*need.values}:
                name = need.names[0]
                yield f"'{move.title}' kan nooit: '{name}' wordt nooit wat '{need.code}' eist."
    whens = [w for e in move.edges for w in e.when] + [w for s in move.sets for w in s.when]
    whens += [w for one in move.maybe for w in one.when]
    for when in whens:
        yield from _when(workflow, move, when, asked)


def _when(workflow: Workflow, move: Move, when: When, asked: Mapping[str, Field]) -> Iterator[str]:
    """A condition of a move is on what it asks or on a fact, and can hold."""
    told = [v for v in when.values if v != "*" and not str(v).startswith(">=")]
    if when.name in asked:
        allowed = _options(asked[when.name])
        if allowed is not None and (odd := [v for v in told if v not in allowed]):
            yield f"'{move.title}': '{when.name}' kan nooit {', '.join(map(repr, odd))} zijn."
        return
    if when.name not in workflow.facts:
        yield f"'{move.title}' kijkt naar '{when.name}', en dat is geen gegeven en geen veld ervan."
        return
    values = _given(workflow)[when.name]
    if values is not None and (odd := [v for v in told if v not in values]):
        yield f"'{move.title}': '{when.name}' wordt nooit {', '.join(map(repr, odd))}."


def _options(field: Field) -> frozenset[object] | None:
    """Give what may be filled in, where that is known without the code lists of a house."""
    if field.type == "yesno":
        return _YES_NO
    if field.type in ("choice", "choices") and field.choices in LISTS:
        return frozenset(LISTS[field.choices])
    return None
