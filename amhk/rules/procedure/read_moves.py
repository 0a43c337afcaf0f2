"""The moves of a workflow file: from where to where, what starts, what is recorded."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from amhk.rules.parse import Raw
from amhk.rules.procedure.fields import Field
from amhk.rules.procedure.kinds import EFFECTS
from amhk.rules.procedure.read_keys import Reading
from amhk.rules.procedure.read_parts import pick_from, whens
from amhk.rules.procedure.track import Track
from amhk.rules.procedure.workflow import (
    SAME,
    Edge,
    Move,
    Need,
    NoticeRule,
    Set,
    Start,
    State,
)
from amhk.rules.terms.terms import TermRule
from amhk.words import IN_PROCEDURE


def starts_of(
    r: Reading, key: str, value: object, terms: Collection[str]
) -> tuple[tuple[str, ...], tuple[Start, ...]]:
    """Give the terms that always start, and those that start under conditions (a table with
    `term`).
    """
    items = [value] if isinstance(value, str) else value or ()
    if not isinstance(items, list | tuple):
        r.no(key, "hier hoort een lijst van namen te staan")
        return (), ()
    maybe = []
    for row in (i for i in items if isinstance(i, Mapping)):
        r.known(key, "start", row)
        if row.get("term") in terms:
            maybe.append(
                Start(row["term"], whens(r, f"{key}.when", row.get("when")), bool(row.get("once")))
            )
        else:
            r.no(key, f"'{row.get('term')}' bestaat niet")
    return r.names(key, [i for i in items if not isinstance(i, Mapping)], terms), tuple(maybe)


def sets_of(r: Reading, key: str, rows: Any, data: Raw) -> tuple[Set, ...]:
    """Give the facts that are recorded; each must be declared."""
    found = []
    for row in rows or ():
        r.known(key, "set", row)
        r.one(f"{key}.name", row.get("name"), data.get("facts", {}), "")
        found.append(_set(r, key, row))
    return tuple(found)


FINISHES = (1, 2, 3, 4)


@dataclass
class World:
    r: Reading
    states: Mapping[str, State]
    fields: Mapping[str, Field]
    terms: Mapping[str, TermRule | None]
    notices: Mapping[str, NoticeRule]
    needs: Mapping[str, Need]
    roles: tuple[str, ...]
    tracks: Mapping[str, Track]


def pick(w: World, key: str, wanted: list[str]) -> tuple[Field, ...]:
    """Give the named fields of this workflow in order; a name that ends in `*` is required."""
    return pick_from(w.r, key, w.fields, wanted)


def _edges(w: World, key: str, table: Raw) -> tuple[Edge, ...]:
    rows = table.get("edges") or [{"from": table.get("from", []), "to": table.get("to", SAME)}]
    edges = list[Edge]()
    for row in rows:
        w.r.known(f"{key}.edges", "edge", row)
        still_open = [n for n, state in w.states.items() if not state.final]
        named = {edge.source for edge in edges}
        every = {
            "*": list(w.states),
            "open": still_open,
            "elders": [name for name in still_open if name not in named],
        }
        sources = every.get(str(row.get("from"))) or w.r.names(
            f"{key}.from", row.get("from"), w.states
        )
        target = w.r.one(f"{key}.to", row.get("to", SAME), (SAME, *w.states), SAME)
        starts, meets, voids = (
            w.r.names(f"{key}.{k}", row.get(k), w.terms) for k in ("starts", "meets", "voids")
        )
        when = whens(w.r, f"{key}.when", row.get("when"))
        letters = w.r.names(f"{key}.notices", row.get("notices"), w.notices)
        edges += [
            Edge(
                source=s,
                target=s if target == SAME else target,
                when=when,
                starts=starts,
                meets=meets,
                voids=voids,
                notices=letters,
            )
            for s in sources
        ]
    if not edges:
        w.r.no(f"{key}.from", "een stap begint ergens")
    return tuple(edges)


def _fields(w: World, key: str, table: Raw) -> tuple[Field, ...]:
    """Read what a move asks; one of a track asks first of which run it is."""
    fields = pick(w, f"{key}.input", table.get("input", []))
    if (track := w.tracks.get(table.get("of", ""))) is None:
        return fields
    which = Field(name=track.name, title=track.which, type="choice", choices=track.list)
    return (which, *fields)


def _of_track(w: World, key: str, table: Raw) -> dict[str, str | None]:
    """Read of which track a move is, or of which it begins a run."""
    told = {name: table.get(name) for name in ("of", "opens")}
    for name, track in told.items():
        if track is not None:
            w.r.one(f"{key}.{name}", track, w.tracks, None)
    if told["of"] and told["opens"]:
        w.r.no(f"{key}.opens", "een stap is van een loop, of begint er een")
    return told


def move_of(w: World, name: str, table: Raw) -> Move:
    """Read a move: what it asks, where it leads, and all that follows from it."""
    r, key = w.r, f"moves.{name}"
    r.known(key, "move", table)
    starts, maybe = starts_of(r, f"{key}.starts", table.get("starts"), w.terms)
    needs = r.names(f"{key}.needs", table.get("needs"), w.needs)
    effect = r.one(f"{key}.effect", table["effect"], EFFECTS, None) if "effect" in table else None
    finish = r.one(f"{key}.finish", table["finish"], FINISHES, None) if "finish" in table else None
    return Move(
        name=name,
        title=table.get("title", name),
        done=table.get("done", table.get("title", name)),
        roles=r.names(f"{key}.roles", table.get("roles", w.roles), IN_PROCEDURE),
        fields=_fields(w, key, table),
        edges=_edges(w, key, table),
        finish=finish,
        ending=table.get("ending"),
        starts=starts,
        meets=r.names(f"{key}.meets", table.get("meets"), w.terms),
        voids=r.names(f"{key}.voids", table.get("voids"), w.terms),
        sets=tuple(_set(r, f"{key}.sets", row) for row in table.get("sets", ())),
        needs=tuple(w.needs[n] for n in needs),
        notices=r.names(f"{key}.notices", table.get("notices"), w.notices),
        effect=effect,
        term_date=tuple(table.get("term_date", {}).items()),
        side=bool(table.get("side")),
        crosses=tuple(table.get("crosses", ())),
        codes=tuple(table.get("codes", {}).items()),
        maybe=maybe,
        registered=bool(table.get("registered")),
        first=bool(table.get("first")),
        drops=r.names(f"{key}.drops", table.get("drops"), w.notices),
        plain=table.get("plain"),
        **_of_track(w, key, table),
    )


def _set(r: Reading, key: str, row: Raw) -> Set:
    return Set(
        name=row.get("name", ""),
        value=row.get("value"),
        count=bool(row.get("count")),
        when=whens(r, key, row.get("when")),
    )
