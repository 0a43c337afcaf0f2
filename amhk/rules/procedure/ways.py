"""Whether the ways of a move say what happens for every answer: none is left without a way, and no
way is never taken because others take all of its answers.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from amhk.rules.procedure.fields import Field
from amhk.rules.procedure.machine import holds
from amhk.rules.procedure.workflow import Edge, Move, When, Workflow

_OTHER = "iets anders"
_MOST = 20_000  # answers together that are tried for one move and state


def unclear(workflow: Workflow, move: Move, given: Mapping[str, set[object] | None]) -> list[str]:
    """Give what is wrong with the ways of a move, in Dutch.

    `given` has the values each fact can have, None for one that counts.
    """
    found = []
    for source in move.sources:
        edges = [edge for edge in move.edges if edge.source == source]
        if not any(edge.when for edge in edges):
            if len(edges) > 1:
                found.append(
                    f"'{move.title}' heeft vanuit '{source}' meer dan een weg zonder when."
                )
            continue
        asked = _asked(workflow, move, edges, given)
        if asked is None or prod(map(len, asked.values())) > _MOST:
            continue
        taken = set[int]()
        for told in _answers(asked):
            if not _open(move, told):
                continue
            first = next((n for n, e in enumerate(edges) if holds(e.when, told)), None)
            if first is None:
                said = ", ".join(f"{name} = {_said(value)}" for name, value in told.items())
                found.append(f"'{move.title}' zegt vanuit '{source}' niet wat volgt bij {said}.")
                break
            taken.add(first)
        else:
            idle = [n for n in range(len(edges)) if n not in taken]
            if idle:
                found.append(
                    f"'{move.title}' heeft vanuit '{source}' een weg naar"
                    f" '{edges[idle[0]].target}' die nooit wordt genomen: een eerdere neemt alles."
                )
    return list(dict.fromkeys(found))


def _open(move: Move, told: Mapping[str, object]) -> bool:
    """Tell whether the move can be made with these facts, as far as its needs look at them."""
    return all(
        (told[need.names[0]] in need.values) != need.unless
        for need in move.needs
        if need.kind == "fact" and not need.when and need.names[0] in told
    )


def _said(value: object) -> str:
    return "niets" if value is None else str(value)


def _answers(asked: Mapping[str, tuple[object, ...]]) -> Iterator[dict[str, object]]:
    for values in product(*asked.values()):
        yield dict(zip(asked, values, strict=True))


def _asked(
    workflow: Workflow, move: Move, edges: list[Edge], given: Mapping[str, set[object] | None]
) -> dict[str, tuple[object, ...]] | None:
    """Give each name the ways look at, with the values it can have; None where nobody can say."""
    fields = {field.name: field for field in move.fields}
    whens: list[When] = [when for edge in edges for when in edge.when]
    found: dict[str, tuple[object, ...]] = {}
    for name in dict.fromkeys(when.name for when in whens):
        told = [v for when in whens if when.name == name for v in when.values]
        if any(v == "*" for v in told):
            return None
        if any(str(v).startswith(">=") for v in told):  # it counts: the numbers that differ
            most = max(int(str(v).removeprefix(">=")) for v in told)
            found[name] = tuple(range(most + 2))
            continue
        if name in fields:
            if fields[name].type == "choices":
                return None
            found[name] = _of_field(workflow, move, fields[name], told)
        elif (values := given.get(name)) is not None:
            found[name] = tuple(sorted(values, key=str))
        else:
            return None
    return found


def _of_field(
    workflow: Workflow, move: Move, field: Field, told: list[object]
) -> tuple[object, ...]:
    filled = field.required or any(
        need.kind == "filled" and need.field == field.name and not need.when for need in move.needs
    )
    if field.type == "yesno":
        values: list[object] = [True, False]
    elif field.type == "choice" and field.choices in workflow.lists:
        values = [*workflow.lists[field.choices]]
    else:
        values = [*dict.fromkeys(told), _OTHER]
    return (*values, *(() if filled else (None,)))
