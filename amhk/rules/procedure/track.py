"""What goes on several times at once beside the state of a case: a track, its runs, and what they
come to together.

Each referral of a case is one run of a track, with facts and terms of its own; a case has as many
as it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

REFERRAL, PERSON = "referral", "person"
PER = (REFERRAL, PERSON)
OF_TRACK = "tracks."  # the list of the runs of a track is called so, with its name


@dataclass(frozen=True, slots=True)
class Sum:
    """What the runs of a track come to in one fact of the case: the first of `first` that `of` is
    in some run, and `none` where there is no run.
    """

    name: str
    of: str
    first: tuple[object, ...]
    none: object

    @property
    def values(self) -> tuple[object, ...]:
        """Give every value it can have."""
        return (self.none, *self.first)

    def of_values(self, values: frozenset[object]) -> object:
        """Give what runs with these values come to."""
        return next((value for value in self.first if value in values), self.none)

    def rank(self, value: object) -> int:
        """Give how late a value comes; nothing at all comes last."""
        return self.first.index(value) if value in self.first else len(self.first)


@dataclass(frozen=True, slots=True)
class Track:
    """A kind of run: what it is called, how one of several is asked for (`which`), what there is
    one of (`per`: a referral or a person), the facts of a run as it begins, the values they can
    have, and what all runs come to in facts of the case.
    """

    name: str
    title: str
    which: str
    per: str
    facts: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    sums: tuple[Sum, ...] = ()

    @property
    def list(self) -> str:
        """Give the name of the list of its runs."""
        return OF_TRACK + self.name


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a track on a case: its key (the line of the journal that began it), its facts now,
    and whom it is about.
    """

    key: int
    track: str
    facts: Mapping[str, object]
    person: int | None = None
