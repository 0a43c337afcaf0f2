"""The procedure as data: what a workflow file says, once it has been read.

Nothing here is particular to one procedure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from amhk.rules.figures.definitions import Definitions
from amhk.rules.privacy.recipients import STANDARD, Recipient
from amhk.rules.procedure.codes import Codes
from amhk.rules.procedure.fields import Field
from amhk.rules.procedure.promised import Promise
from amhk.rules.procedure.register import MatterKind
from amhk.rules.procedure.track import Track
from amhk.rules.terms.terms import TermRule

SAME, REFERS, CORRECTS = "=", "referral", "correct"
# By which proof a release is held: 0 is of before procedures promised anything, then what each
# asks more than the one before. A release settled by an earlier one changes no more, and is not
# asked what has been asked since.
PROMISES, ANSWERS, DOORS, ENDS = 1, 2, 3, 4
PROOF = ENDS


@dataclass(frozen=True, slots=True)
class State:
    """A state a case can stand in; a final one is closed, an unsafe one goes before all others."""

    name: str
    title: str
    final: bool = False
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A condition on what stands in the case or was just filled in: `name` is one of `values`."""

    name: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """A term that starts under conditions.

    When they hold, and with `once` only when none of its name runs already.
    """

    term: str
    when: tuple[When, ...] = ()
    once: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One way a move leads: from `source` to `target`, under conditions on the input, with terms of
    its own.
    """

    source: str
    target: str
    when: tuple[When, ...] = ()
    starts: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    voids: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """What must hold before a move.

    The refusal's code and Dutch sentence, and the move or notice that opens the door.
    """

    code: str
    kind: str
    text: str
    names: tuple[str, ...] = ()
    values: tuple[object, ...] = ()
    unless: bool = False
    days: int = 0
    field: str | None = None
    opens: tuple[str, ...] = ()
    when: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class Set:
    """A fact the move records: `name` becomes `value`, or one more (`count`), when its conditions
    hold.
    """

    name: str
    value: object = None
    count: bool = False
    when: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A move: who may make it, what must be filled in, where it leads and what follows from it.

    `side`: off the main road; `crosses`: what another route takes over; `codes`: what it means in
    an official list; `registered`: a decision by or under the responsibility of a registered
    professional (Uitvoeringsbesluit Wmo 2015 art. 4.1.3); `first`: the first thing to do while a
    clock of hours runs; `drops`: the letters that need no longer go after it; `plain`: what a
    melder reads of it; `of`: the track of whose runs it is a move; `opens`: the track of which it
    begins a run.
    """

    name: str
    title: str
    done: str
    roles: tuple[str, ...]
    fields: tuple[Field, ...]
    edges: tuple[Edge, ...]
    finish: int | None = None
    ending: str | None = None
    starts: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    voids: tuple[str, ...] = ()
    sets: tuple[Set, ...] = ()
    needs: tuple[Need, ...] = ()
    notices: tuple[str, ...] = ()
    effect: str | None = None
    term_date: tuple[tuple[str, str], ...] = ()
    side: bool = False
    crosses: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    maybe: tuple[Start, ...] = ()
    registered: bool = False
    first: bool = False
    drops: tuple[str, ...] = ()
    plain: str | None = None
    of: str | None = None
    opens: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Give the states this move may be made from, in the order of the file."""
        return tuple(dict.fromkeys(edge.source for edge in self.edges))

    @property
    def judges(self) -> Field | None:
        """Give the field that says how safe each is; None of a move that does not ask it."""
        return next((field for field in self.fields if field.safety), None)

    @property
    def begins(self) -> frozenset[str]:
        """Give every term that starts by this move, on some way or under some condition."""
        ways = (term for edge in self.edges for term in edge.starts)
        return frozenset((*self.starts, *ways, *(one.term for one in self.maybe)))

    @property
    def letters(self) -> frozenset[str]:
        """Give every notice that is drafted by this move, on some way."""
        return frozenset((*self.notices, *(name for e in self.edges for name in e.notices)))


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a call can become by a move of its own: that move, what its choice is called on the page
    of a new contact, and which fields of the call may stay empty then.
    """

    move: str
    choice: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """A notice the procedure knows.

    To whom, whether it is owed, the term it must be sent in, what sending starts; `professional`
    names the template for a melder who reports by profession, `ground` on what it rests, `of` the
    track of a run of which it is; it is drafted only `when` its conditions hold, and by a move to
    each person of the case apart (`each`).
    """

    name: str
    title: str
    recipient: str
    obligatory: bool = False
    term: str | None = None
    sent_starts: tuple[str, ...] = ()
    professional: str | None = None
    ground: str = ""
    of: str = ""
    when: tuple[When, ...] = ()
    each: bool = False

    def template(self, professional: bool) -> tuple[str, str]:
        """Give the template of this notice and the class of recipient it is written for."""
        if self.recipient == "melder" and professional:
            return self.professional or self.name, "melder_beroepsmatig"
        return self.name, self.recipient

    @property
    def templates(self) -> tuple[tuple[str, str], ...]:
        """Give every template of this notice with its class of recipient."""
        return tuple(dict.fromkeys([self.template(False), self.template(True)]))


@dataclass(frozen=True, eq=False)
class Workflow:
    """One route of one release of a procedure, read whole and without faults."""

    pack: str
    name: str
    route: str
    release: str
    title: str
    start: str
    states: Mapping[str, State]
    moves: Mapping[str, Move]
    terms: Mapping[str, TermRule]
    notices: Mapping[str, NoticeRule]
    intake: tuple[Field, ...]
    intake_starts: tuple[str, ...]
    intake_next: Mapping[str, NextStep] = field(default_factory=dict)
    contact_move: str | None = None
    join_starts: tuple[str, ...] = ()
    person: tuple[Field, ...] = ()
    person_starts: tuple[str, ...] = ()
    person_notices: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    closing: str | None = None
    closing_term: str | None = None
    suspended_term: str | None = None
    untouched_term: str | None = None
    untouched_acute: str | None = None
    waiting_term: str | None = None
    waiting_states: tuple[str, ...] = ()
    intake_maybe: tuple[Start, ...] = ()
    intake_sets: tuple[Set, ...] = ()
    join_maybe: tuple[Start, ...] = ()
    join_sets: tuple[Set, ...] = ()
    referral: Mapping[str, str] = field(default_factory=dict)
    other_region: Mapping[str, str] = field(default_factory=dict)
    keep_term: str | None = None
    destroy_term: str | None = None
    access_term: str | None = None
    promises: tuple[Promise, ...] = ()
    investigated: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recipients: Mapping[str, Recipient] = field(default_factory=lambda: STANDARD)
    proof: int = PROOF
    tracks: Mapping[str, Track] = field(default_factory=dict)

    def track_of(self, fact: str) -> str | None:
        """Give the track a fact is of; None for one of the case."""
        return next((t.name for t in self.tracks.values() if fact in t.facts), None)

    @cached_property
    def sums(self) -> frozenset[str]:
        """Give the facts of a case that its runs come to."""
        return frozenset(total.name for t in self.tracks.values() for total in t.sums)

    @cached_property
    def moves_from(self) -> Mapping[str, frozenset[str]]:
        """Give the names of the moves that can be made from each state."""
        return {
            state: frozenset(m.name for m in self.moves.values() if state in m.sources)
            for state in self.states
        }

    @cached_property
    def referring(self) -> frozenset[int]:
        """Give the finishes that are reached by a referral."""
        return frozenset(m.finish for m in self.moves.values() if m.finish and m.effect == REFERS)

    @cached_property
    def staying(self) -> frozenset[int]:
        """Give the finishes after which a case stays open, and closes by a move of its own."""
        return frozenset(
            m.finish
            for m in self.moves.values()
            if m.finish and any(not self.states[e.target].final for e in m.edges)
        )

    @cached_property
    def correcting(self) -> str | None:
        """Give the move by which what was told is corrected; None when there is none."""
        return next((m.name for m in self.moves.values() if m.effect == CORRECTS), None)

    @cached_property
    def wordy(self) -> frozenset[str]:
        """Give the names of what is said in words and may hold no data of the family, but for the
        reason of an act; lists of contacts included.
        """
        fields = [*self.intake, *(f for m in self.moves.values() for f in m.fields)]
        told = {f.name for f in fields if f.bare or any(part.bare for part in f.fields)}
        return frozenset(told - {"reden"})

    @cached_property
    def engine_terms(self) -> frozenset[str]:
        """Give the terms the desk reckons with by itself: no move answers them."""
        names = (self.suspended_term, self.untouched_term, self.untouched_acute)
        rights = (self.keep_term, self.destroy_term, self.access_term)
        return frozenset(filter(None, (*names, *rights)))

    def is_urgent(self, state: str, acute: bool) -> bool:
        """Tell whether a case goes before all others.

        Somebody is unsafe now, or was said to be and nobody has judged it yet.
        """
        return self.states[state].unsafe or (acute and state == self.start)

    def move_of_finish(self, finish: int) -> tuple[Move, ...]:
        """Give the moves that carry a finish."""
        return tuple(move for move in self.moves.values() if move.finish == finish)


@dataclass(frozen=True)
class Pack:
    """All releases of one procedure.

    Workflows by (name, release), which release is today's, the code lists of each release, the
    figures that are made of them, the kinds of matter beside the cases, and a digest of the files
    of each release.
    """

    name: str
    workflows: Mapping[tuple[str, str], Workflow]
    current: str
    lists: Mapping[str, Codes] = field(default_factory=dict)
    figures: Definitions = field(default_factory=Definitions)
    register: Mapping[str, MatterKind] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> Codes:
        """Give the code lists of today's release: those of the house where no case is meant."""
        return self.codes_of(self.current)

    def recipient(self, name: str, release: str) -> Recipient:
        """Give a recipient as a release knows him: what he may see is of that release.

        KeyError when none of its workflows does.
        """
        flows = (w for (_, of), w in self.workflows.items() if of == release)
        found = next((w.recipients[name] for w in flows if name in w.recipients), None)
        return STANDARD[name] if found is None else found

    def title_of(self, recipient: str) -> str:
        """Give what a recipient is called, whichever release knows him; his name when none does."""
        flows = self.workflows.values()
        titles = (w.recipients[recipient].title for w in flows if recipient in w.recipients)
        return next(titles, recipient)

    def codes_of(self, release: str) -> Codes:
        """Give the code lists of a release; of one that is not there none."""
        return self.lists.get(release) or Codes()

    def get(self, name: str, release: str | None = None) -> Workflow:
        """Give a workflow by name and release (today's when none is named).

        KeyError when there is none.
        """
        return self.workflows[name, release or self.current]

    def of_route(self, route: str) -> Workflow:
        """Give today's workflow of a route; KeyError when there is none."""
        return next(
            w
            for (_, release), w in self.workflows.items()
            if w.route == route and release == self.current
        )

    def term(self, name: str) -> TermRule:
        """Give the rule of a term by name, from whichever of today's workflows knows it.

        KeyError when none does.
        """
        for (_, release), workflow in self.workflows.items():
            if release == self.current and name in workflow.terms:
                return workflow.terms[name]
        raise KeyError(name)

    def term_names(self) -> tuple[str, ...]:
        """Give the names of all terms in today's release."""
        current = (w for (_, release), w in self.workflows.items() if release == self.current)
        return tuple(dict.fromkeys(name for workflow in current for name in workflow.terms))
