"""Reading a workflow file: parsed TOML in, a Workflow out, or every fault at once with its key."""

from collections.abc import Mapping
from typing import Any

from amhk.errors import Fault
from amhk.rules.parse import Raw
from amhk.rules.privacy.recipients import Recipient
from amhk.rules.procedure.read_keys import Reading
from amhk.rules.procedure.read_moves import World, move_of, pick, sets_of, starts_of
from amhk.rules.procedure.read_parts import (
    fields_of,
    investigated_of,
    need_of,
    next_of,
    notice_of,
    other_region_of,
    recipients_of,
    referral_of,
    retention_of,
    state_of,
    term_of,
    watching_of,
)
from amhk.rules.procedure.read_promises import Names, promises_of
from amhk.rules.procedure.read_tracks import beside_tracks, known_facts, of_case, tracks_of
from amhk.rules.procedure.track import Track
from amhk.rules.procedure.workflow import Move, Workflow
from amhk.words import IN_PROCEDURE, LISTS

_ASKED = ("name", "route", "release", "title", "start", "states", "moves", "terms", "intake")


def read_workflow(
    pack: str, file: str, data: Raw, codes: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Workflow | None, list[Fault]]:
    """Give the workflow in a parsed file (None when it has faults) and every fault, each naming
    file and key. `codes` are the values of the code lists of its release.
    """
    r = Reading(file, lists={**{name: (*held,) for name, held in LISTS.items()}, **(codes or {})})
    r.known("bestand", "top", data)
    for key in (name for name in _ASKED if name not in data):
        r.no(key, "ontbreekt")
    if r.faults:
        return None, r.faults
    data, tracks = _with_tracks(r, data)
    readers = recipients_of(r, data.get("recipients", {}))
    world = _world(r, data, readers, tracks)
    moves = {name: move_of(world, name, table) for name, table in data["moves"].items()}
    r.one("start", data["start"], world.states, "")
    flow = Workflow(
        pack=pack,
        **{key: data[key] for key in ("name", "route", "release", "title", "start")},
        states=world.states,
        moves=moves,
        terms={name: term for name, term in world.terms.items() if term},
        notices=world.notices,
        facts=of_case(data["facts"], tracks),
        values=_values(r, data),
        closing=data.get("closing", {}).get("move"),
        closing_term=data.get("closing", {}).get("term"),
        suspended_term=data.get("suspended_term"),
        **_intake(world, data["intake"], moves, data),
        **_join(world, data.get("join", {}), data),
        **_person(world, data.get("person", {})),
        **_beside(world, data, moves),
        files=(file,),
        lists=r.lists,
        recipients=readers,
        tracks=tracks,
    )
    r.faults += [] if r.faults else beside_tracks(r.file, flow)
    return (None if r.faults else flow), r.faults


def _with_tracks(r: Reading, data: Raw) -> tuple[Raw, dict[str, Track]]:
    """Give a workflow with every fact it may speak of under `facts`, and its tracks."""
    tracks = tracks_of(r, data)
    return {**data, "facts": known_facts(data.get("facts", {}), tracks)}, tracks


def _values(r: Reading, data: Raw) -> dict[str, tuple[object, ...]]:
    """Give the values a fact may have, of each that says so (`[values]`)."""
    told = data.get("values", {})
    r.names("values", [*told], data.get("facts", {}))
    for name, values in told.items():
        if not isinstance(values, list) or not values:
            r.no(f"values.{name}", "noem de waarden in een lijst")
    return {name: tuple(values) for name, values in told.items() if isinstance(values, list)}


def _beside(world: World, data: Raw, moves: Mapping[str, Move]) -> dict[str, Any]:
    """Give what a workflow says of its cases as a whole: who watches, how long they are kept, what
    a referral and another region are, and what it promises.
    """
    r, terms = world.r, world.terms
    rows, facts = data.get("promises", []), data.get("facts", {})
    names = Names(world.states, terms, moves, facts, world.tracks)
    return {
        **watching_of(r, data, terms, world.states),
        **retention_of(r, data.get("retention", {}), terms),
        "referral": referral_of(r, data.get("referral", {}), terms, world.notices),
        "other_region": other_region_of(r, data.get("other_region", {}), terms, moves),
        "needs": tuple(world.needs),
        "promises": promises_of(r, rows, names),
        "investigated": investigated_of(r, data.get("finishes", {}), facts),
    }


def _world(
    r: Reading, data: Raw, readers: Mapping[str, Recipient], tracks: Mapping[str, Track]
) -> World:
    """Read what moves are made of."""
    letters = data.get("notices", {})
    terms = {n: term_of(r, n, t, data["moves"], letters) for n, t in data["terms"].items()}
    return World(
        r=r,
        states={name: state_of(r, name, table) for name, table in data["states"].items()},
        fields=fields_of(r, data.get("fields", {})),
        tracks=tracks,
        terms=terms,
        notices={n: notice_of(r, n, table, terms, readers) for n, table in letters.items()},
        needs={n: need_of(r, n, table, data) for n, table in data.get("needs", {}).items()},
        roles=r.names("roles", data.get("roles"), IN_PROCEDURE),
    )


def _intake(w: World, table: Raw, moves: Mapping[str, object], data: Raw) -> dict[str, Any]:
    """Read what a call asks, what starts with it, and which moves it makes by itself."""
    starts, maybe = starts_of(w.r, "intake.starts", table.get("starts"), w.terms)
    return {
        "intake": pick(w, "intake.input", table.get("input", [])),
        "intake_starts": starts,
        "intake_maybe": maybe,
        "intake_sets": sets_of(w.r, "intake.sets", table.get("sets"), data),
        "intake_next": next_of(w.r, table.get("next", {}), moves),
        "contact_move": table.get("contact"),
    }


def _join(w: World, table: Raw, data: Raw) -> dict[str, Any]:
    """Read what starts again on a case that another joins."""
    starts, maybe = starts_of(w.r, "join.starts", table.get("starts"), w.terms)
    sets = sets_of(w.r, "join.sets", table.get("sets"), data)
    return {"join_starts": starts, "join_maybe": maybe, "join_sets": sets}


def _person(w: World, table: Raw) -> dict[str, Any]:
    """Read what is asked of a person, and what starts and is drafted for each."""
    return {
        "person": pick(w, "person.input", table.get("input", [])),
        "person_starts": w.r.names("person.starts", table.get("starts"), w.terms),
        "person_notices": w.r.names("person.notices", table.get("notices"), w.notices),
    }
