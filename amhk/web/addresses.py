"""Which room answers an address: found by how many words it has and by its first and last, and not
by trying every address there is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

Key = tuple[int, str | None, str | None]
_FOUND = "amhk.shelf"


@dataclass(frozen=True)
class Room:
    """The addresses of one part of the house: under which prefix, what goes before each, and
    whether they stand in the description of the API.
    """

    router: APIRouter
    prefix: str = ""
    first: tuple[Any, ...] = ()
    described: bool = True


class Addresses(BaseRoute):
    """Every address of the rooms, on shelves by their shape.

    What changes (`{number}`) has no word of its own; a fixed word goes before one that changes.
    """

    def __init__(self, rooms: Iterable[Room]) -> None:
        plan = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        self._shelves: dict[Key, list[BaseRoute]] = defaultdict(list)
        for room in rooms:
            for key, shelf in _shelves(room).items():
                plan.include_router(
                    shelf,
                    prefix=room.prefix,
                    dependencies=list(room.first),
                    include_in_schema=room.described,
                )
                self._shelves[key].append(plan.router.routes[-1])
        self.routes = plan.router.routes[:]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Give whether there is such an address; in part when it is there for another method."""
        if scope["type"] != "http":
            return Match.NONE, {}
        partial: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._near(scope["path"]):
            match, child = route.matches(scope)
            if match == Match.FULL:
                return match, {**child, _FOUND: route}
            if match == Match.PARTIAL and partial[0] == Match.NONE:
                partial = match, {**child, _FOUND: route}
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the room answer that was found."""
        await scope[_FOUND].handle(scope, receive, send)

    def _near(self, path: str) -> Iterator[BaseRoute]:
        count, first, last = _key_of(path)
        for key in ((count, first, last), (count, first, None), (count, None, last)):
            yield from self._shelves.get(key, ())
        yield from self._shelves.get((count, None, None), ())


def _shelves(room: Room) -> dict[Key, APIRouter]:
    """Give the addresses of a room by their shape, in their order."""
    shelves: dict[Key, APIRouter] = defaultdict(APIRouter)
    for route in room.router.routes:
        key = _key_of(f"{room.prefix}{getattr(route, 'path', '')}")
        shelves[key].routes.append(route)
    return shelves


def _key_of(path: str) -> Key:
    """Give how many words an address has, its first and its last; None for one that changes."""
    words = path.split("/")
    fixed = [None if "{" in word else word for word in (words[1], words[-1])]
    return len(words), fixed[0], fixed[1]
