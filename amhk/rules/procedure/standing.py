"""How a case stands as the rules look at it, and what a decision makes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from amhk.rules.parse import Filled, Raw
from amhk.rules.procedure.workflow import Move


@dataclass(frozen=True, slots=True)
class Running:
    """A term that runs (or is suspended) on a case: its row id, name, start (UTC) and end."""

    id: int
    name: str
    start: datetime
    due: date | datetime
    person: int | None = None
    about: int | None = None
    suspended: bool = False
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice that is owed and not yet sent or withheld."""

    id: int
    kind: str
    title: str
    obligatory: bool = True
    run: int | None = None


@dataclass(frozen=True)
class Standing:
    """How a case stands at `now`: all that a rule may look at.

    `letters`: per kind what became of each that came out of hand, in order (`sent`, `returned`,
    `withheld`). `registered`: whether who acts has an SKJ or BIG registration; `deciders`: the
    others who have. `of_runs`: of each run by its key the same as `letters`; `entry`: the line of
    the journal that what is decided now will have.
    """

    state: str
    now: datetime
    facts: Filled = field(default_factory=dict)
    finishes: tuple[int, ...] = ()
    running: tuple[Running, ...] = ()
    owed: tuple[Owed, ...] = ()
    letters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    registered: bool = True
    deciders: tuple[str, ...] = ()
    of_runs: Mapping[int, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    entry: int = 0

    def term(self, name: str) -> Running | None:
        """Give the first running term of that name."""
        return next((t for t in self.running if t.name == name), None)


def became(letters: Iterable[Raw]) -> dict[str, tuple[str, ...]]:
    """Give, per kind, what became of each letter that went or was decided not to, in the order they
    were drafted.
    """
    found: dict[str, tuple[str, ...]] = {}
    for n in letters:
        found[n["kind"]] = (*found.get(n["kind"], ()), "returned" if n["returned"] else n["state"])
    return found


def became_of_runs(letters: Iterable[Raw]) -> dict[int, dict[str, tuple[str, ...]]]:
    """Give the same of each run apart, by its key."""
    told = list(letters)
    keys = dict.fromkeys(n["run"] for n in told if n["run"])
    return {key: became(n for n in told if n["run"] == key) for key in keys}


@dataclass(frozen=True)
class Decision:
    """What a move does: where it leads, at which moment (UTC), and which terms and
    notices follow; of which run it is, or which it begins.
    """

    move: Move
    source: str
    target: str
    values: Filled
    moment: datetime
    facts: Filled
    closes: bool
    meets: tuple[Running, ...] = ()
    voids: tuple[Running, ...] = ()
    starts: tuple[str, ...] = ()
    dates: Mapping[str, date] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    run: int | None = None
