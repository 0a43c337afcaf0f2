"""The machine of a procedure, run by `transitions`, and the conditions it hangs on."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from transitions import EventData, Machine

from amhk.rules.procedure.workflow import Edge, Start, When, Workflow


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


def written(
    workflow: Workflow, kinds: Iterable[str], told: Mapping[str, object]
) -> tuple[str, ...]:
    """Give which of these letters are drafted, from what is known: those whose conditions hold."""
    return tuple(kind for kind in kinds if holds(workflow.notices[kind].when, told))


def begun(
    maybe: Iterable[Start], told: Mapping[str, object], running: Collection[str]
) -> list[str]:
    """Give which of the terms that start under conditions do so, from what is known (`told`) and
    the names that run.
    """
    return [s.term for s in maybe if holds(s.when, told) and not (s.once and s.term in running)]
