"""What a procedure promises, once read: of which place of a case, and what holds there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Like:
    """What a place of a case is like: closed or not (None: either), one of these finishes reached
    and none of those, one of these states, each of these facts one of its values, and not all of
    `unless`.
    """

    final: bool | None = None
    finish: tuple[int, ...] = ()
    not_finish: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    facts: tuple[tuple[str, tuple[object, ...]], ...] = ()
    unless: tuple[tuple[str, tuple[object, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What a procedure promises, in a sentence, with its ground.

    That no place is `like` this (`never`; or only where one of the terms `unless_met` was met the
    last time it ran, or `taken_back` by one of these moves), that one of the moves `possible` can
    be made in each (`always`), that one like `to` can be reached from each (`leads_to`), or that of
    the open ones the `term` surely runs there and nowhere else (`exactly`). `of`: the track of each
    run of which it is promised, with the case around it.
    """

    kind: str
    text: str
    ground: str
    like: Like
    unless_met: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    to: Like = Like()
    term: str = ""
    of: str = ""
