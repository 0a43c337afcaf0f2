"""Where the checker of a procedure was, and where a case of the house stands."""

from functools import lru_cache

from amhk.rules.procedure.world import explore


@lru_cache(maxsize=8)
def places(flow):
    """Every (state, facts, finishes) the checker reached, each with the terms that surely run."""
    found = {}
    for spot in explore(flow).roads:
        found.setdefault((spot.state, spot.facts, spot.finishes), set()).add(spot.running)
    return found


def not_reached(flow, case, terms):
    """Say of a case where it stands, when the checker never was there; None when it was.

    What the checker holds to run must run here too; counters it leaves free.
    """
    counted = {s.name for m in flow.moves.values() for s in m.sets if s.count}
    told = {name: case["facts"].get(name, value) for name, value in flow.facts.items()}
    facts = frozenset((k, v) for k, v in told.items() if k not in counted)
    runs = {t["name"] for t in terms if t["status"] in ("running", "suspended")}
    key = case["state"], facts, frozenset(case["finishes"])
    here = places(flow).get(key)
    if here is None:
        return f"{case['number']} in {case['state']}, {sorted(told.items())}, {case['finishes']}"
    if any(surely <= runs for surely in here):
        return None
    least = min((surely - runs for surely in here), key=len)
    return f"{case['number']} in {case['state']}: {sorted(least)} should run; {sorted(runs)} do"
