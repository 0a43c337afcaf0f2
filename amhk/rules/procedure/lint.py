"""What is wrong with a procedure on the face of it, before any road through it is walked: names
that lead nowhere, values that nothing gives, terms that nothing starts or that call nobody.
"""

from collections.abc import Iterator, Mapping

from amhk.errors import Fault
from amhk.rules.procedure.fields import Field
from amhk.rules.procedure.ways import unclear
from amhk.rules.procedure.workflow import ANSWERS, DOORS, Move, Set, When, Workflow
from amhk.rules.terms.terms import TermRule

Found = tuple[str, str]  # the key it stands at, and what is wrong
_YES_NO = frozenset({True, False})


def lint(workflow: Workflow) -> list[Fault]:
    """Give every such fault of a workflow, one for each place."""
    told = [
        *_names(workflow),
        *_unused(workflow),
        *_facts(workflow),
        *_values(workflow),
        *_letters(workflow),
        *_conditions(workflow),
        *_terms(workflow),
        *(fault for move in workflow.moves.values() for fault in _move(workflow, move)),
    ]
    head, file = f"{workflow.name} {workflow.release}", next(iter(workflow.files), None)
    return [
        Fault("werkwijze", f"{head}: {text}", field=key, file=file)
        for key, text in dict.fromkeys(told)
    ]


def _names(workflow: Workflow) -> Iterator[Found]:
    for name in sorted({*workflow.states} & {*workflow.terms}):
        yield (
            f"terms.{name}",
            f"'{name}' heet een staat en een termijn: geef een van beide een andere naam.",
        )


def _unused(workflow: Workflow) -> Iterator[Found]:
    """A need that no move asks says that a move forgot it."""
    needed = {need.code for move in workflow.moves.values() for need in move.needs}
    for name in workflow.needs:
        if name not in needed:
            yield f"needs.{name}", f"de eis '{name}' wordt door geen stap gesteld."


def _sets(workflow: Workflow) -> Iterator[Set]:
    yield from (*workflow.intake_sets, *workflow.join_sets)
    for move in workflow.moves.values():
        yield from move.sets


def _given(workflow: Workflow) -> Mapping[str, set[object] | None]:
    """Give of each fact the values it can have; None for one that counts."""
    found: dict[str, set[object] | None] = {k: {v} for k, v in workflow.facts.items()}
    for track in workflow.tracks.values():
        found |= {name: {value} for name, value in track.facts.items()}
        found |= {total.name: {*total.values} for total in track.sums}
    for one in _sets(workflow):
        if one.count:
            found[one.name] = None
    for one in _sets(workflow):
        values = found.setdefault(one.name, set())
        if values is not None and not one.count:
            values.add(one.value)
    return found


def _given_from_start(workflow: Workflow) -> frozenset[str]:
    """Give every fact that is declared: of a case, or of a run."""
    of_run = {name for track in workflow.tracks.values() for name in track.facts}
    return frozenset({*workflow.facts, *of_run})


def _facts(workflow: Workflow) -> Iterator[Found]:
    """Every fact that is set is declared, and every one that is declared can become another."""
    moved = {one.name for one in _sets(workflow)}
    for name in sorted(moved - _given_from_start(workflow)):
        yield "facts", f"het gegeven '{name}' wordt gezet en staat niet bij [facts]."
    for name in sorted({*workflow.facts} - moved - workflow.sums):
        yield f"facts.{name}", f"het gegeven '{name}' staat bij [facts] en wordt nergens gezet."


def _letters(workflow: Workflow) -> Iterator[Found]:
    """A letter that must be sent within a term is owed."""
    for name, notice in workflow.notices.items():
        if notice.term and not notice.obligatory and workflow.proof >= ANSWERS:
            text = (
                f"het bericht '{notice.title}' heeft een termijn en hoeft niet: obligatory = true."
            )
            yield f"notices.{name}.obligatory", text


def _conditions(workflow: Workflow) -> Iterator[Found]:
    """A letter hangs on what is known, or on what each move that drafts it asks."""
    given = _given_from_start(workflow)
    for name, notice in workflow.notices.items():
        moves = [m for m in workflow.moves.values() if name in m.letters]
        for when in notice.when:
            if when.name not in given and not all(
                any(f.name == when.name for f in move.fields) for move in moves
            ):
                text = f"het bericht '{notice.title}' kijkt naar '{when.name}', en dat is er niet."
                yield f"notices.{name}.when", text


def _values(workflow: Workflow) -> Iterator[Found]:
    """What a fact is said to be able to become is what it is made, and the other way round."""
    given = _given(workflow)
    told = dict(workflow.values)
    for track in workflow.tracks.values():
        told |= track.values
    for name, allowed in told.items():
        here = given.get(name) or set()
        for value in sorted(map(repr, here - {*allowed})):
            yield f"values.{name}", f"'{name}' wordt {value}, en dat staat niet bij [values]."
        for value in sorted(map(repr, {*allowed} - here)):
            yield f"values.{name}", f"'{name}' wordt nooit {value}, en dat staat bij [values]."


def _terms(workflow: Workflow) -> Iterator[Found]:
    """Every term is started by something, and calls somebody."""
    started = _started(workflow)
    for name, rule in workflow.terms.items():
        if name not in started:
            yield f"terms.{name}", f"de termijn '{rule.title}' ({name}) wordt door niets gestart."
        watching = name in (workflow.untouched_term, workflow.untouched_acute)
        watching |= name == workflow.suspended_term and workflow.proof >= DOORS
        if name in workflow.engine_terms and not watching:
            continue
        if not rule.rungs:
            yield (
                f"terms.{name}",
                f"de termijn '{rule.title}' ({name}) herinnert niemand (rungs is leeg).",
            )
        acts = [workflow.moves[act] for act in rule.acts if act in workflow.moves]
        if acts and len(acts) == len(rule.acts) and not any(_ends(workflow, a, name) for a in acts):
            yield (
                f"terms.{name}.acts",
                f"geen van de stappen van de termijn '{rule.title}' ({name}) haalt haar (meets).",
            )
        if any(not rung.to for rung in rule.rungs):
            yield (
                f"terms.{name}",
                f"de termijn '{rule.title}' ({name}) heeft een herinnering aan niemand (to).",
            )
        yield from _lengths(workflow, rule)


def _lengths(workflow: Workflow, rule: TermRule) -> Iterator[Found]:
    """A length by answer hangs on facts of the case, and on what they can be."""
    key, given = f"terms.{rule.name}.lengths", _given(workflow)
    for name, values in (told for one in rule.lengths for told in one.when):
        if name not in workflow.facts:
            yield key, f"de lengte van '{rule.title}' hangt aan '{name}', en dat is geen gegeven."
        elif (can := given.get(name)) is not None and (odd := {*values} - can):
            told = ", ".join(sorted(map(repr, odd)))
            yield key, f"de lengte van '{rule.title}': '{name}' wordt nooit {told}."


def _ends(workflow: Workflow, move: Move, term: str) -> bool:
    """Tell whether a move ends a term on some way: it is met, voided, or the case is closed."""
    return term in (*move.meets, *move.voids) or any(
        term in (*edge.meets, *edge.voids) or workflow.states[edge.target].final
        for edge in move.edges
    )


def _started(workflow: Workflow) -> set[str]:
    begun = [*workflow.intake_maybe, *workflow.join_maybe]
    found = {*workflow.engine_terms, *workflow.intake_starts, *workflow.join_starts}
    found |= {
        *workflow.person_starts,
        *filter(None, (workflow.closing_term, workflow.waiting_term)),
    }
    for move in workflow.moves.values():
        found |= move.begins
    for notice in workflow.notices.values():
        found |= {*notice.sent_starts, *filter(None, (notice.term,))}
    return found | {one.term for one in begun}


def _move(workflow: Workflow, move: Move) -> Iterator[Found]:
    """What a move asks, sets and needs hangs together."""
    told = [*_of_move(workflow, move), *unclear(workflow, move, _given(workflow))]
    yield from ((f"moves.{move.name}", text) for text in told)


def _of_move(workflow: Workflow, move: Move) -> Iterator[str]:
    asked = {field.name: field for field in move.fields}
    for term, name in move.term_date:
        if term not in move.begins:
            yield f"'{move.title}' geeft de termijn '{term}' een dag en start haar niet."
        if name not in asked:
            yield f"'{move.title}' neemt de dag van '{term}' uit '{name}', en vraagt dat niet."
    for need in move.needs:
        if need.kind == "filled" and need.field not in asked:
            yield f"'{move.title}' eist dat '{need.field}' is ingevuld, en vraagt dat niet."
        if need.kind == "fact":
            values, name = _given(workflow).get(need.names[0]), need.names[0]
            if values is not None and not values & {*need.values} and not need.unless:
                yield f"'{move.title}' kan nooit: '{name}' wordt nooit wat '{need.code}' eist."
            always = values is not None and values <= {*need.values} and not need.when
            if always and not need.unless and workflow.proof >= DOORS:
                yield f"'{move.title}' eist met '{need.code}' wat altijd zo is."
            if values is None and not all(isinstance(v, int) for v in need.values):
                yield f"'{move.title}': '{name}' telt, en '{need.code}' eist geen getallen."
            if values is not None and need.unless and (odd := {*need.values} - values):
                told = ", ".join(sorted(map(repr, odd)))
                yield f"'{move.title}' wijkt voor '{name}' = {told}, en dat wordt het nooit."
    whens = [w for e in move.edges for w in e.when] + [w for s in move.sets for w in s.when]
    whens += [w for one in move.maybe for w in one.when]
    for when in whens:
        yield from _when(workflow, move, when, asked)


def _when(workflow: Workflow, move: Move, when: When, asked: Mapping[str, Field]) -> Iterator[str]:
    """A condition of a move is on what it asks or on a fact, and can hold."""
    told = [v for v in when.values if v != "*" and not str(v).startswith(">=")]
    if when.name in asked:
        allowed = _options(workflow, asked[when.name])
        if allowed is not None and (odd := [v for v in told if v not in allowed]):
            yield f"'{move.title}': '{when.name}' kan nooit {', '.join(map(repr, odd))} zijn."
        return
    if when.name not in _given_from_start(workflow):
        yield f"'{move.title}' kijkt naar '{when.name}', en dat is geen gegeven en geen veld ervan."
        return
    values = _given(workflow)[when.name]
    if values is not None and (odd := [v for v in told if v not in values]):
        yield f"'{move.title}': '{when.name}' wordt nooit {', '.join(map(repr, odd))}."


def _options(workflow: Workflow, field: Field) -> frozenset[object] | None:
    """Give what may be filled in, where that is a list of the procedure."""
    if field.type == "yesno":
        return _YES_NO
    if field.type in ("choice", "choices") and field.choices in workflow.lists:
        return frozenset(workflow.lists[field.choices])
    return None
