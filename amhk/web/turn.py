"""One turn in a thread: who asks and what he sent are worked out where the answer is made.

Each dependency that asks the database would otherwise wait for a thread of its own.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from amhk.web.looked import leave_line

_ASKS, _FIRST = "request_in_turn", {"first_0", "first_1"}


@dataclass(frozen=True)
class InTurn:
    """What an address is given, worked out in its own thread from the request.

    `first` is what must be read of the request before there is a thread.
    """

    ask: Callable[[Request], object]
    first: Callable[[Request], Awaitable[object]] | None = None


class OneTurn(APIRoute):
    """An address whose dependencies of the kind `InTurn` and whose answer share one turn."""

    def __init__(self, path: str, endpoint: Callable[..., object], **more: Any) -> None:
        super().__init__(path, in_turn(endpoint, path), **more)


def in_turn(endpoint: Callable[..., object], path: str = "") -> Callable[..., object]:
    """Give an endpoint that works out by itself what it is given in turn, and leaves a line of what
    it showed.
    """
    hints = get_type_hints(endpoint, include_extras=True)
    asked = {
        name: mark
        for name, hint in hints.items()
        for mark in getattr(hint, "__metadata__", ())
        if isinstance(mark, InTurn)
    }
    if not asked:
        return endpoint

    own = next((name for name, hint in hints.items() if hint is Request), None)

    def turn(**given: object) -> object:
        """Work out who asks and what he sent, in the order of the endpoint, and answer."""
        request = given[own] if own else given.pop(_ASKS)
        assert isinstance(request, Request)
        for name in _FIRST & given.keys():
            del given[name]
        answer = endpoint(**given, **{n: mark.ask(request) for n, mark in asked.items()})
        leave_line(request, path, answer.status_code if isinstance(answer, Response) else 200)
        return answer

    kept = [
        part.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints.get(name, object))
        for name, part in inspect.signature(endpoint).parameters.items()
        if name not in asked
    ]
    firsts = {mark.first for mark in asked.values() if mark.first}
    added = [] if own else [_part(_ASKS, Request)]
    added += [_part(f"first_{n}", Annotated[object, Depends(f)]) for n, f in enumerate(firsts)]
    returns = hints.get("return", inspect.Signature.empty)
    turn.__dict__["__signature__"] = inspect.Signature([*kept, *added], return_annotation=returns)
    turn.__name__, turn.__doc__ = endpoint.__name__, endpoint.__doc__
    turn.__module__ = endpoint.__module__
    return turn


def _part(name: str, annotation: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)
