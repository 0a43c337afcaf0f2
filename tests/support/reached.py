"""Where the checker of a procedure was, and where a case of the house stands."""

from functools import lru_cache

from amhk.rules.procedure.runs import runs_of
from amhk.rules.procedure.worlds import worlds_of


@lru_cache(maxsize=8)
def places(flow):
    """Of each part of a procedure every (state, facts, finishes) the checker reached, each with the
    terms that surely run.
    """
    told = {}
    for name, world in worlds_of(flow).parts.items():
        found = told[name] = {}
        for spot in world.roads:
            found.setdefault((spot.state, spot.facts, spot.finishes), set()).add(spot.running)
    return told


def not_reached(flow, case, terms):
    """Say of a case where it stands, when the checker never was there; None when it was.

    What the checker holds to run must run here too; counters it leaves free. Each run of a track is
    looked for by itself.
    """
    live = [t for t in terms if t["status"] in ("running", "suspended")]
    facts = worlds_of(flow).case.workflow.facts
    told = {name: case["facts"].get(name, value) for name, value in facts.items()}
    looks = [("", told, {t["name"] for t in live})]
    for run in runs_of(case["facts"]):
        looks.append((run.track, run.facts, {t["name"] for t in live if t["run"] == run.key}))
    return next((lost for look in looks if (lost := _lost(flow, case, *look))), None)


def _lost(flow, case, part, told, runs):
    counted = {s.name for m in flow.moves.values() for s in m.sets if s.count}
    facts = frozenset((k, v) for k, v in told.items() if k not in counted)
    here = places(flow)[part].get((case["state"], facts, frozenset(case["finishes"])))
    if here is None:
        return f"{case['number']} in {case['state']}, {sorted(told.items())}, {case['finishes']}"
    if any(surely <= runs for surely in here):
        return None
    least = min((surely - runs for surely in here), key=len)
    return f"{case['number']} in {case['state']}: {sorted(least)} should run; {sorted(runs)} do"
