"""A procedure with one thing changed at a time: what somebody might do to it by mistake, or to get
round it. Each with a name that says what was done where.
"""

import copy
from collections.abc import Iterator


def mutants(data: dict) -> Iterator[tuple[str, dict]]:
    """Give every procedure that differs from this one in one thing, by what was done."""
    for what, path, change in (
        *_moves(data),
        *_needs(data),
        *_terms(data),
        *_notices(data),
        *_rest(data),
    ):
        made = copy.deepcopy(data)
        place = made
        for key in path[:-1]:
            place = place[key]
        change(place, path[-1])
        yield f"{what} {'.'.join(map(str, path))}", made


def _drop(place, key):
    del place[key]


def _put(value):
    def put(place, key):
        place[key] = value

    return put


def _moves(data):
    for name, move in data["moves"].items():
        path = ("moves", name)
        yield "drop the move", path, _drop
        for part in ("needs", "starts", "meets", "voids", "notices", "sets"):
            for n, _ in enumerate(move.get(part, ())):
                yield f"drop one of {part} of", (*path, part, n), _drop
        for n, edge in enumerate(move.get("edges", ())):
            yield "drop the edge", (*path, "edges", n), _drop
            for part in ("starts", "meets", "voids", "when"):
                if part in edge:
                    yield f"drop {part} of the edge", (*path, "edges", n, part), _drop
        for n, one in enumerate(move.get("sets", ())):
            yield "rename the fact", (*path, "sets", n, "name"), _put(f"{one['name']}_")
            if isinstance(one.get("value"), str):
                yield "another value of", (*path, "sets", n, "value"), _put(f"{one['value']}_")


def _needs(data):
    for name, need in data["needs"].items():
        if "values" in need:
            yield "another value in", ("needs", name, "values"), _put(["nooit"])
        if need.get("names"):
            yield "another name in", ("needs", name, "names"), _put([f"{need['names'][0]}_"])
        if "unless" in need:
            yield "turn round", ("needs", name, "unless"), _put(not need["unless"])


def _terms(data):
    for name, term in data["terms"].items():
        path = ("terms", name)
        yield "no acts of", (*path, "acts"), _put([])
        yield "no ladder of", (*path, "rungs"), _put([])
        if term["kind"] == "wet":
            count, unit = term["length"].split()
            yield "lengthen", (*path, "length"), _put(f"{int(count) * 2} {unit}")
            yield "extend", (*path, "extend"), _put("20 weken")
            yield "let stand still", (*path, "suspend_ground"), _put("Druk")
            yield "call it a norm", path, _norm


def _norm(place, key):
    place[key] = place[key] | {"kind": "eigen norm", "ground": "Eigen norm"}


def _notices(data):
    for name, notice in data["notices"].items():
        if notice.get("obligatory"):
            yield "no duty", ("notices", name, "obligatory"), _put(False)
        yield "to another", ("notices", name, "recipient"), _put("betrokkene")


def _rest(data):
    for name in data["states"]:
        yield "call a state like a term", ("states", name), _as_term
    for n, _ in enumerate(data["promises"]):
        yield "drop the promise", ("promises", n), _drop
    for name in data["facts"]:
        yield "do not declare", ("facts", name), _drop


def _as_term(place, key):
    """A state that nothing leads to."""
    place["los"] = dict(place[key])
