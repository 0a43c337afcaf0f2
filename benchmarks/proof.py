"""The proof of a procedure: the shipped one, with more tracks, and twice and five times as large.

`python -m benchmarks.proof [ROUNDS]`: cold (nothing known), as CPU time, beside only reading the
files; and a second time, when the digest says that it was proven.
"""

import copy
import statistics
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

from amhk import procedure
from amhk.config import read_config
from amhk.rules.procedure.check import check
from amhk.rules.procedure.read_workflow import read_workflow
from amhk.rules.procedure.workflow import Workflow
from amhk.rules.procedure.world import explore
from amhk.rules.procedure.worlds import worlds_of

_HERE = Path(__file__).parent.parent
_PARTS = ("states", "facts", "values", "terms", "notices", "needs", "fields", "moves")
_KEPT = {
    "type",
    "recipient",
    "professional",
    "choices",
    "kind",
    "effect",
    "roles",
    "record",
}  # words of the engine
_GOALS = {1: 0.5, 2: 2.0, 5: 20.0}  # seconds


_PLAIN = "2026.1"  # a release without tracks: all of it multiplies


def places(flow: Workflow) -> int:
    """Give how many places were walked, of the case and of the runs of each track."""
    return sum(len(world.roads) for world in worlds_of(flow).parts.values())


def larger(data: dict[str, Any], times: int) -> dict[str, Any]:
    """Give a procedure so many times as large: where a case would close it goes through all of it
    again, under other names, with nothing of the time before running or known; no melding joins.
    """
    data = _spelled(data)
    made = copy.deepcopy(data)
    if times > 1:
        made.pop("join", None)  # what another melding adds would be of the first time alone
    last = made
    for n in range(2, times + 1):
        part = _renamed(data, f"_{n}")
        _bridge(last, data, part["start"])
        for name in _PARTS:
            made[name] |= part.get(name, {})
        last = part
    return made


def _spelled(data: dict[str, Any]) -> dict[str, Any]:
    """Give a procedure in which every move names the states it is made from."""
    made = copy.deepcopy(data)
    words = {
        "*": [*made["states"]],
        "open": [name for name, state in made["states"].items() if not state.get("final")],
    }
    for move in made["moves"].values():
        for part in (move, *move.get("edges", ())):
            if part.get("from") in ("*", "open"):
                part["from"] = words[part["from"]]
                part.setdefault("to", "=")
    return made


def _renamed(data: dict[str, Any], mark: str) -> dict[str, Any]:
    names = {name for part in _PARTS for name in data.get(part, {})}
    names |= {one["name"] for one in data["fields"].values() if "name" in one}

    def again(value: Any) -> Any:
        """Give a value with every name in it marked."""
        if isinstance(value, dict):
            return {
                (k + mark if k in names and k not in _KEPT else k): v if k in _KEPT else again(v)
                for k, v in value.items()
            }
        if isinstance(value, list):
            return [again(one) for one in value]
        return value + mark if isinstance(value, str) and value in names else value

    found = again(data)
    assert isinstance(found, dict)
    return found


def _bridge(part: dict[str, Any], first: dict[str, Any], start: str) -> None:
    """Let the move that closes go on to a state instead, and begin there with a clean slate."""
    mark = part["start"].removeprefix(first["start"])
    move = part["moves"][first["closing"]["move"] + mark]
    for edge in move.get("edges", [move]):
        edge["to"] = start
    move["voids"] = [name + mark for name in first["terms"]]
    move["sets"] = [{"name": k + mark, "value": v} for k, v in first["facts"].items()]
    move.pop("ending", None)


def with_tracks(data: dict[str, Any], more: int) -> dict[str, Any]:
    """Give a procedure with so many tracks more, each of its own: of every person one run that is
    asked, answered or given up, with a term, and that closing waits for.
    """
    made = copy.deepcopy(data)
    for n in range(more):
        fact, track, term = f"gang_{n}", f"spoor_{n}", f"antwoord_{n}"
        values = ["loopt", "klaar", "gestopt"]
        sums = {f"som_{n}": {"of": fact, "first": values, "none": "geen"}}
        told = {"title": track, "per": "person", "facts": {fact: "loopt"}, "sums": sums}
        made.setdefault("tracks", {})[track] = told | {"values": {fact: values}}
        rule = {"of": track, "title": term, "length": "10 werkdagen", "rolls": "werkdagen"}
        acts = [f"klaar_{n}", f"gestopt_{n}"]
        made["terms"][term] = rule | {"kind": "eigen norm", "ground": "Eigen norm", "acts": acts}
        waits = {"kind": "fact", "values": ["loopt"], "text": "Loopt nog."}
        made["needs"][f"loopt_{n}"] = waits | {"names": [fact]}
        late = {"names": [f"som_{n}"], "unless": True, "opens": acts}
        made["needs"][f"wacht_{n}"] = waits | late
        made["moves"][f"begin_{n}"] = {
            "side": True,
            "opens": track,
            "input": ["persoon*"],
            "starts": [term],
            "from": "open",
        }
        for act, value in zip(acts, ("klaar", "gestopt"), strict=True):
            made["moves"][act] = {
                "side": True,
                "of": track,
                "input": ["reden*"],
                "needs": [f"loopt_{n}"],
                "meets": [term],
                "sets": [{"name": fact, "value": value}],
                "from": "open",
            }
        made["moves"][data["closing"]["move"]]["needs"].append(f"wacht_{n}")
    return made


def _timed(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def main(rounds: int) -> None:
    """Print one table."""
    config = read_config(_HERE / "config.toml")
    place = _HERE / "workflows" / config.pack / _PLAIN
    letters = procedure.letters_of(config, place).paths()
    codes = procedure.read_release(config, place)[1].values
    file = place / "meldingsroute.toml"
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    today = place.parent / config.release / file.name
    print(f"| procedure | moves | places | proof | goal | beside reading it |\n|{'---|' * 6}")

    def row(name: str, told: dict[str, Any], goal: float) -> None:
        """Print the row of a procedure."""
        flow, faults = read_workflow(config.pack, file.name, told, codes)
        assert flow is not None, faults[:3]
        proofs, readings = [], []
        read = partial(read_workflow, config.pack, file.name, told, codes)
        for _ in range(rounds):
            explore.cache_clear()
            worlds_of.cache_clear()
            proofs.append(_timed(partial(check, flow, letters)))
            readings.append(_timed(read))
        cold, reading = statistics.median(proofs), statistics.median(readings)
        print(
            f"| {name} | {len(flow.moves)} | {places(flow):,} | {cold:.2f} s |"
            f" {goal} s | {cold / reading:.0f} |"
        )

    present = tomllib.loads(today.read_text("utf-8"))
    row(f"{config.release}, with a track", present, _GOALS[1])
    for more in (1, 2, 3):
        row(f"{config.release}, {more} tracks more", with_tracks(present, more), _GOALS[1])
    for times, goal in _GOALS.items():
        row(f"{_PLAIN}, {times} x", larger(data, times), goal)
    again = _timed(lambda: procedure.proof_digest(config))
    print(f"\nproven before, told by its digest: {again * 1000:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
