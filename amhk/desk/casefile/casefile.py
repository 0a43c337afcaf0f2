"""A case on the table during one transaction.

Read and locked, changed in memory, written whole, with its journal lines, or not at all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar, cast

from amhk.desk.casefile.as_standing import as_standing
from amhk.desk.casefile.pending import Pending
from amhk.desk.casefile.planned import planned_on
from amhk.desk.casefile.recall_letters import out_of_hand, take_off
from amhk.desk.casefile.referrals import referred_to
from amhk.desk.casefile.term_rows import (
    due_of,
    ended,
    is_late,
    next_round,
    take,
    term_row,
)
from amhk.office import Office
from amhk.rules.privacy.recipients import INSTITUTION
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.codes import Codes
from amhk.rules.procedure.moves import closing_due, without_term
from amhk.rules.procedure.standing import Running, Standing
from amhk.rules.procedure.workflow import Workflow
from amhk.rules.terms.terms import ring_of
from amhk.store import reads
from amhk.store.cases import compare_and_set, journal, search
from amhk.store.cases.held import held_by, moves
from amhk.store.database.engine import Connection
from amhk.store.letters import outbox
from amhk.store.letters.owed import OwedRow, owed_row
from amhk.store.rows import CaseRow, NoticeRow, TermRow
from amhk.store.tables import Source

R = TypeVar("R")
WORDS, LINE, ERASURE = "woorden", "bij_regel", "vernietigd"
_LINKS = ("person_id", "about_id", "run")  # what a letter is about, and the term it goes in
_ERASED = ("Woorden gewist uit eerdere regels.", "Woorden gewist uit een eerdere regel.")


class LostCase(RuntimeError):
    """A transaction that would leave an open case without a running term (guarantee G1).

    It is undone.
    """


@dataclass
class CaseFile:
    """One case in the hands of one worker; `save` writes all that was done to it."""

    office: Office
    connection: Connection
    case: CaseRow
    who: Reader | None
    now: datetime
    workflow: Workflow
    running: list[TermRow] = field(default_factory=list)
    owed: list[OwedRow] = field(default_factory=list)
    # letters that went, came back, or were decided not to go
    letters: list[NoticeRow] = field(default_factory=list)
    handed_to: str | None = None
    made: str | None = None
    joined_in: str | None = None  # the phase of the melding it joined
    # who may answer for a decision, where who acts has no registration himself
    deciders: tuple[str, ...] = ()
    words: bool = False  # something one searches by changed
    kept: Mapping[str, list[Any]] = field(default_factory=dict)  # rows read already, by table
    changes: dict[str, Any] = field(default_factory=dict)
    pending: Pending = field(default_factory=Pending)

    @property
    def id(self) -> int:
        """Give the key of the case."""
        return int(self.case["id"])

    @property
    def codes(self) -> Codes:
        """Give the code lists of the release this case stands in."""
        return self.office.pack.codes_of(self.workflow.release)

    def rows(self, source: Source[R]) -> list[R]:
        """Give the rows of a table that belong to this case, as they will be when it is saved."""
        found = self.kept.get(source.name)
        if found is None:
            found = reads.of_case(self.connection, source, self.id)
        return self.pending.over(source, found)

    def add(self, source: Source[Any], **columns: object) -> None:
        """Let a row of this case be added when it is saved."""
        self.pending.added.append((source, {"case_id": self.id, **columns}))

    def change(self, source: Source[Any], keys: Sequence[int], **columns: object) -> None:
        """Let rows of this case be changed when it is saved."""
        self.pending.change(source, keys, columns)

    def change_term(self, term: TermRow, changes: Mapping[str, object]) -> None:
        """Let a term have these columns, on the table now and in the database when it is saved."""
        take(term, changes)
        if term["id"] > 0:  # one that is not written yet is written as it is then
            self.change(reads.TERM, [term["id"]], **changes)

    def standing(self) -> Standing:
        """Give how the case stands, as the rules look at it."""
        return as_standing(self)

    def note(self, kind: str, what: str, content: Mapping[str, object]) -> int:
        """Add a journal line and give its sequence number.

        On an advies its words get a line of their own, so that they can be erased without the rest
        (G6).
        """
        said = (
            {k: v for k, v in content.items() if k in self.workflow.wordy and v}
            if self.case["route"] == "advies"
            else {}
        )
        self.pending.lines.append((kind, what, {k: v for k, v in content.items() if k not in said}))
        self.case["entries"] += 1
        entry = int(self.case["entries"])
        if said:
            self.note_words(entry, said)
        return entry

    def note_words(self, entry: int, said: Mapping[str, object]) -> None:
        """Add the line that holds the words of another line of an advies."""
        self.pending.lines.append((WORDS, f"De woorden bij regel {entry}.", {LINE: entry, **said}))
        self.case["entries"] += 1

    def ledger(self, entry: int, op: str, key: int, **told: object) -> None:
        """Write with a journal line what it did to a term, so that every end can be worked out
        again from the journal alone.
        """
        self.pending.ledger.append((entry, {"op": op, "id": key, **told}))

    def tell(self, entry: int, **told: object) -> None:
        """Tell the figures with a journal line what it means to them (`rules.figures`).

        Codes, days and numbers, never a person.
        """
        self.pending.figures.setdefault(entry, {}).update(told)

    def told(self, entry: int) -> dict[str, Any]:
        """Give what a journal line of this transaction tells the figures so far."""
        return self.pending.figures.get(entry, {})

    def tell_term(self, entry: int, term: TermRow) -> None:
        """Tell the figures how a term stands after a journal line.

        One that runs on in this transaction is told as it is in the end.
        """
        self.pending.touched.append((entry, term))

    def start(
        self, name: str, moment: datetime, entry: int, on: date | None = None, **links: int | None
    ) -> TermRow:
        """Start a term at a moment (for a term on a chosen day: `on`), with its links to a person,
        another case or a run.
        """
        place = len(self.pending.started)
        on = on or planned_on(self, name, links.get("run"), moment)
        row: TermRow = {
            **term_row(self.office, self.workflow.terms[name], moment, on),
            "id": -1 - place,  # a key of its own until it is written
            "case_id": self.id,
            "start_entry": entry,
            "person_id": links.get("person_id"),
            "about_id": links.get("about_id"),
            "for_id": links.get("for_id"),
            "run": links.get("run"),
            "suspended_at": None,
            **ended("running"),
        }
        self.pending.started.append(row)
        self.running.append(row)
        told = {"name": name, "start": moment.isoformat(), "on": on, "calendar": row["calendar"]}
        self.ledger(entry, "start", row["id"], **told)
        self.tell_term(entry, row)
        return row

    def end(
        self,
        term: TermRow,
        status: str,
        moment: datetime,
        entry: int,
        why: str | None = None,
    ) -> None:
        """End a term: `met` (late when the moment lies past its end) or `void` with why."""
        late = status == "met" and is_late(term, moment)
        told = ended(status, moment, late, why, entry)
        if term["id"] < 0:
            take(self.pending.started[-1 - term["id"]], {**told, "ring_at": None})
        else:
            self.pending.ended.append({"t": term["id"], "rung": term["rung"], **told})
        self.tell_term(entry, {**term, **told})
        self.ledger(entry, "end", term["id"], status=status, at=moment.isoformat())
        self.running = [t for t in self.running if t["id"] != term["id"]]
        for waiting in [t for t in self.running if t.get("for_id") == term["id"]]:
            self.end(waiting, status, moment, entry, why)

    def end_all(
        self,
        ids: tuple[Running, ...],
        status: str,
        moment: datetime,
        entry: int,
        why: str | None = None,
    ) -> None:
        """End the terms a decision names."""
        wanted = {t.id for t in ids}
        for term in [t for t in self.running if t["id"] in wanted]:
            self.end(term, status, moment, entry, why)

    def revive(self, term: TermRow, status: str, entry: int) -> None:
        """Let a term that was voided run (or stand still) again, to the end it had.

        The reminders it had come to are given anew.
        """
        told = ended(status)
        again: TermRow = {**term, **told}
        ladder = next_round(
            self.office, self.workflow.terms[term["name"]], again, due_of(term), self.now
        )
        # nothing of it stands before anybody any more
        rule, runs = self.workflow.terms[term["name"]], status == "running"
        first = ring_of(rule, 0, term["start"], due_of(term), self.office.calendar)
        ladder |= {"rung": 0, "ring_at": first if runs else None}
        self.change_term(term, {**told, **ladder})
        self.running.append(term)
        self.ledger(entry, "again", term["id"], status=status)
        self.tell_term(entry, term)

    def draft(
        self,
        kind: str,
        moment: datetime,
        entry: int,
        facts: Mapping[str, object] | None = None,
        **links: int | None,
    ) -> None:
        """Draft a notice of a kind; one to an institution goes to that of its referral, of no run
        to that of the latest.

        An obligatory one starts the term in which it must be sent (on a case that ends with it
        there is no term: the ledger and the proof of the night guard it).
        """
        rule = self.workflow.notices[kind]
        to = self.workflow.recipients[rule.recipient]
        if to.address == INSTITUTION and links.get("institution_id") is None:
            links["institution_id"] = referred_to(self.rows(reads.REFERRAL), links.get("run"))
        open_still = not self.workflow.states[self.standing().state].final
        term = (
            self.start(rule.term, moment, entry, None, **{n: links.get(n) for n in _LINKS})
            if rule.term and open_still
            else None
        )
        row = {
            "case_id": self.id,
            "kind": kind,
            "recipient": rule.recipient,
            "obligatory": rule.obligatory,
            "person_id": None,
            "institution_id": None,
            "about_id": None,
            "run": None,
            "facts": dict(facts or {}),
            "state": "draft",
            "drafted": moment,
            **links,
        }
        self.pending.letters.append((row, -1 - term["id"] if term else None))
        self.owed.append(owed_row(kind, rule.obligatory, links.get("run")))

    def void_letters(self) -> None:
        """Let go of the obligatory letters of a case that ends without a finish.

        ClosedDoor when one of them is out of hand.
        """
        self._void([n["id"] for n in self.owed if n["id"] and n["obligatory"]])

    def let_go(
        self,
        kinds: Collection[str],
        moment: datetime,
        entry: int,
        why: str,
        run: int | None = None,
    ) -> None:
        """Let go of the letters of these kinds (of one run where it is given) that need no longer
        go, and of their terms.

        One that is out of hand goes on its way.
        """
        live = [n for n in self.owed if n["id"] and n["kind"] in kinds]
        live = [n for n in live if run is None or n["run"] in (None, run)]
        gone = [
            n for n in live if not out_of_hand(self.office, outbox.live(self.connection, n["id"]))
        ]
        terms = {n["term_id"] for n in gone}
        for term in [t for t in self.running if t["id"] in terms]:
            self.end(term, "void", moment, entry, why)
        self._void([n["id"] for n in gone])

    def _void(self, keys: list[int]) -> None:
        if keys:
            take_off(self.office, self.connection, keys)
            self.change(reads.NOTICE, keys, state="void")
        self.owed = [n for n in self.owed if n["id"] not in keys]

    def settle(self, moment: datetime) -> None:
        """Start the closing term once nothing is left but to close, and stop it when something is
        owed again; likewise the re-check of a case that waits for somebody.
        """
        self._wait()
        name = self.workflow.closing_term
        if name is None or self.workflow.states[self.standing().state].final:
            return
        present = next((t for t in self.running if t["name"] == name), None)
        due = closing_due(self.workflow, self.standing())
        if due and present is None:
            self.start(name, moment, self.case["entries"])
        elif not due and present is not None:
            self.end(present, "void", moment, self.case["entries"], "er is weer iets te doen")

    def _wait(self) -> None:
        flow, owner = self.workflow, self.changes.get("owner_id", self.case["owner_id"])
        if (name := flow.waiting_term) is None:
            return
        waits = owner is None and self.standing().state in flow.waiting_states
        present = next((t for t in self.running if t["name"] == name), None)
        if waits and present is None:
            self.start(name, self.now, self.case["entries"])
        elif present is not None and not waits:
            self.end(
                present, "met", self.now, self.case["entries"]
            )  # whoever took it up, or took it further, has looked at it

    def opened(self, entry: int) -> None:
        """Meet the term of a case that nobody had opened yet."""
        names = (self.workflow.untouched_term, self.workflow.untouched_acute)
        for term in [t for t in self.running if t["name"] in names]:
            self.end(term, "met", self.now, entry)

    def save(self, moment: datetime | None = None, bump: bool = True, opens: bool = True) -> None:
        """Write everything (`opens=False`: acting on it is not opening it).

        With `bump=False` (a reminder, a letter) the version stays, so that nobody's form grows
        stale by it. LostCase when the case would stand without a term, ChangedMeanwhile when
        another came first.
        """
        # whoever acts on a case has opened it; registering it is not opening it
        if bump and opens and self.who and self.case["version"]:
            self.opened(self.case["entries"])
            self.changes.setdefault("opened_by", self.case["opened_by"] or self.who.id)
        self.pending.write_rows(self.connection, self.id)
        if self.pending.erased:
            record = journal.erase(self.connection, self.pending.erased)
            self.note(ERASURE, _ERASED[len(self.pending.erased) == 1], record)
        self.settle(moment or self.now)
        if without_term(self.workflow, self.standing()):
            raise LostCase(self.case["number"])
        keys = self.pending.write_terms(self.connection)
        self.pending.write_letters(self.connection, keys)
        self._write_lines(keys)
        self.changes["urgent"] = self._urgent()
        told = {"entries": self.case["entries"], "head": self.case["head"], **self.changes}
        compare_and_set.save_case(self.connection, self.case, told, bump)
        changes = self.changes | {"version": self.case["version"] + bump}
        cast(dict[str, object], self.case).update(changes)
        if self.words:
            search.find_again(self.connection, [self.case])

    def _write_lines(self, keys: list[int]) -> None:
        if not self.pending.lines and self.pending.ledger:
            self.note("termijnen", "Termijnen bijgewerkt.", {})
        elif not self.pending.lines and moves(self.connection, self.changes):
            self.note("bijgewerkt", "Gegevens bijgewerkt.", {})
        if self.pending.lines:
            worker = self.who.id if self.who else None
            row = {**self.case, **self.changes}
            held = held_by(self.connection, self.id, row)
            head = self.pending.write_lines(
                self.connection, self.case, worker, self.now, keys, held
            )
            self.case["head"] = head

    def _urgent(self) -> bool:
        acute = self.changes.get("acuut", self.case["acuut"])
        return self.workflow.is_urgent(self.standing().state, acute)
