"""The runs of a case: read from its facts, seen one at a time, and written back.

A move of a track is decided as if its run were the only one there is: the rules look at one run
with the case around it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from amhk.rules.parse import Filled
from amhk.rules.procedure.machine import holds
from amhk.rules.procedure.standing import Standing
from amhk.rules.procedure.track import PERSON, Run
from amhk.rules.procedure.workflow import Move, Workflow

RUNS = "runs"  # where the facts of a case keep them


def runs_of(facts: Mapping[str, object], track: str | None = None) -> list[Run]:
    """Give the runs of a case in the order they began, of one track or of all."""
    kept = facts.get(RUNS)
    told = kept if isinstance(kept, Mapping) else {}
    found = [
        Run(int(key), row["track"], row["facts"], row.get("person")) for key, row in told.items()
    ]
    return sorted((r for r in found if track in (None, r.track)), key=lambda run: run.key)


def seen(workflow: Workflow, standing: Standing, run: Run) -> Standing:
    """Give how a case stands for one run: its facts over those of the case, its terms and letters,
    and none of another run.
    """
    own = [name for name, notice in workflow.notices.items() if notice.of == run.track]
    letters = {kind: told for kind, told in standing.letters.items() if kind not in own}
    return replace(
        standing,
        facts={**standing.facts, **run.facts},
        running=tuple(t for t in standing.running if t.run in (None, run.key)),
        owed=tuple(o for o in standing.owed if o.run in (None, run.key)),
        letters={**letters, **standing.of_runs.get(run.key, {})},
    )


def there(facts: Mapping[str, object], move: Move) -> bool:
    """Tell whether there is what a move is of: a run of its track, where it is of one."""
    return move.of is None or bool(runs_of(facts, move.of))


def summed(workflow: Workflow, facts: Filled) -> Filled:
    """Give the facts of a case with what its runs come to now."""
    told = dict(facts)
    for track in workflow.tracks.values():
        runs = runs_of(facts, track.name)
        for total in track.sums:
            told[total.name] = total.of_values(frozenset(r.facts.get(total.of) for r in runs))
    return told


def begins(workflow: Workflow, standing: Standing, move: Move, values: Filled) -> Run | None:
    """Give the run a move begins, as it begins; None when it begins none."""
    if move.opens is None:
        return None
    track = workflow.tracks[move.opens]
    about = values.get("persoon") if track.per == PERSON else None
    return Run(standing.entry, track.name, dict(track.facts), int(about) if about else None)


def changed(
    workflow: Workflow, case: Filled, move: Move, told: Mapping[str, object], run: Run | None
) -> Filled:
    """Give the facts of a case (`case`) after a move that knows all of `told`.

    What it records of a track is of its own run; of a move of no track, of each run of which its
    conditions hold, and not of one that it begins.
    """
    facts, runs = dict(case), {r.key: r for r in runs_of(case)}
    mine = [run.key] if run and move.of else [*runs]
    for change in move.sets:
        track = workflow.track_of(change.name)
        if track is None:
            if holds(change.when, told):
                facts[change.name] = _as_set(facts, change.name, change.value, change.count)
            continue
        for key in mine:
            own = runs[key]
            if own.track == track and holds(change.when, {**told, **own.facts}):
                value = _as_set(own.facts, change.name, change.value, change.count)
                runs[key] = replace(own, facts={**own.facts, change.name: value})
    if run and move.opens:
        runs[run.key] = run
    return summed(workflow, facts | {RUNS: _kept(runs.values())}) if runs else facts


def _as_set(facts: Mapping[str, object], name: str, value: object, count: bool) -> object:
    before = facts.get(name, 0)
    return (before if isinstance(before, int) else 0) + 1 if count else value


def _kept(runs: Iterable[Run]) -> dict[str, object]:
    return {
        str(r.key): {"track": r.track, "facts": dict(r.facts)}
        | ({"person": r.person} if r.person else {})
        for r in runs
    }
