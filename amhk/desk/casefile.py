"""A case on the table during one transaction.

Read and locked, changed in memory, written whole, with its journal lines, or not at all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from amhk.desk.outgoing import out_of_hand, take_off
from amhk.errors import ChangedMeanwhile, NotFound
from amhk.office import Office
from amhk.rules.moves import Owed, Running, Standing, became, closing_due, without_term
from amhk.rules.secrecy import WORKS, Reader, may_see, scope_of
from amhk.rules.terms import TermRule, beside_end, end_of_term, moved_end, over_at, rung_instants
from amhk.rules.workflow import Workflow
from amhk.store import claims, journal, outbox, people, reads, search, writes
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import iso

WORDS, LINE = "woorden", "bij_regel"


class LostCase(RuntimeError):
    """A transaction that would leave an open case without a running term (guarantee G1).

    It is undone.
    """


@dataclass
class CaseFile:
    """One case in the hands of one worker; `save` writes all that was done to it."""

    office: Office
    connection: Connection
    case: dict[str, Any]
    who: Reader | None
    now: datetime
    workflow: Workflow
    running: list[dict[str, Any]] = field(default_factory=list)
    owed: list[Row] = field(default_factory=list)
    letters: list[Row] = field(
        default_factory=list
    )  # those that went, came back, or were decided not to go
    handed_to: str | None = None
    made: str | None = None
    joined_in: str | None = None  # the phase of the melding it joined
    deciders: tuple[
        str, ...
    ] = ()  # who may answer for a decision, where who acts has no registration himself
    words: bool = False  # something one searches by changed
    changes: dict[str, Any] = field(default_factory=dict)
    _lines: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    _ledger: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    _figures: dict[int, dict[str, Any]] = field(default_factory=dict)
    _touched: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    _ended: list[dict[str, Any]] = field(default_factory=list)
    _started: list[dict[str, Any]] = field(default_factory=list)
    _letters: list[tuple[dict[str, Any], int | None]] = field(default_factory=list)

    @property
    def id(self) -> int:
        """Give the key of the case."""
        return int(self.case["id"])

    def standing(self) -> Standing:
        """Give how the case stands, as the rules look at it."""
        state = self.changes.get("state", self.case["state"])
        facts = self.changes.get("facts", self.case["facts"])
        finishes = tuple(self.changes.get("finishes", self.case["finishes"]))
        running = tuple(as_running(t) for t in self.running)
        titles = self.workflow.notices
        owed = tuple(
            Owed(n["id"], n["kind"], titles[n["kind"]].title, n["obligatory"]) for n in self.owed
        )
        registered = self.who is None or bool(self.who.registration)
        return Standing(
            state,
            self.now,
            facts,
            finishes,
            running,
            owed,
            became(self.letters),
            registered,
            self.deciders,
        )

    def note(self, kind: str, what: str, content: Mapping[str, Any]) -> int:
        """Add a journal line and give its sequence number.

        On an advies its words get a line of their own, so that they can be erased without the rest
        (G6).
        """
        said = (
            {k: v for k, v in content.items() if k in self.workflow.wordy and v}
            if self.case["route"] == "advies"
            else {}
        )
        self._lines.append((kind, what, {k: v for k, v in content.items() if k not in said}))
        self.case["entries"] += 1
        entry = int(self.case["entries"])
        if said:
            self.note_words(entry, said)
        return entry

    def note_words(self, entry: int, said: Mapping[str, Any]) -> None:
        """Add the line that holds the words of another line of an advies."""
        self._lines.append((WORDS, f"De woorden bij regel {entry}.", {LINE: entry, **said}))
        self.case["entries"] += 1

    def ledger(self, entry: int, op: str, key: int, **told: object) -> None:
        """Write with a journal line what it did to a term, so that every end can be worked out
        again from the journal alone.
        """
        self._ledger.append((entry, {"op": op, "id": key, **told}))

    def tell(self, entry: int, **told: object) -> None:
        """Tell the figures with a journal line what it means to them (`rules.figures`).

        Codes, days and numbers, never a person.
        """
        self._figures.setdefault(entry, {}).update(told)

    def told(self, entry: int) -> dict[str, Any]:
        """Give what a journal line of this transaction tells the figures so far."""
        return self._figures.get(entry, {})

    def tell_term(self, entry: int, term: Mapping[str, Any]) -> None:
        """Tell the figures how a term stands after a journal line.

        One that runs on in this transaction is told as it is in the end.
        """
        self._touched.append((entry, term))

    def start(
        self, name: str, moment: datetime, entry: int, on: date | None = None, **links: int | None
    ) -> dict[str, Any]:
        """Start a term at a moment (for a term on a chosen day: `on`), with its links to a person
        or another case.
        """
        row = term_row(self.office, self.workflow.terms[name], moment, on)
        row |= {
            "case_id": self.id,
            "start_entry": entry,
            "person_id": None,
            "about_id": None,
            "for_id": None,
            **links,
        }
        row["slot"], row["id"] = (
            len(self._started),
            -1 - len(self._started),
        )  # a key of its own until it is written
        self._started.append(row)
        self.running.append(row)
        told = {"name": name, "start": moment.isoformat(), "on": on, "calendar": row["calendar"]}
        self.ledger(entry, "start", row["id"], **told)
        self.tell_term(entry, row)
        return row

    def end(
        self,
        term: Mapping[str, Any],
        status: str,
        moment: datetime,
        entry: int,
        why: str | None = None,
    ) -> None:
        """End a term: `met` (late when the moment lies past its end) or `void` with why."""
        late = status == "met" and is_late(term, moment)
        told = {"status": status, "ended_at": moment, "late": late, "why": why, "end_entry": entry}
        if "slot" in term:
            self._started[term["slot"]].update(told | {"ring_at": None})
        else:
            self._ended.append({"t": term["id"], "rung": term["rung"], **told})
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

    def revive(self, term: dict[str, Any], status: str, entry: int) -> None:
        """Let a term that was voided run (or stand still) again, to the end it had.

        The reminders it had come to are given anew.
        """
        told = {"status": status, "ended_at": None, "late": False, "why": None, "end_entry": None}
        ladder = next_round(
            self.office, self.workflow.terms[term["name"]], term | told, due_of(term), self.now
        )
        rings = rung_instants(
            self.workflow.terms[term["name"]], term["start"], due_of(term), self.office.calendar
        )
        # nothing of it stands before anybody any more
        ladder |= {"rung": 0, "ring_at": rings[0] if rings and status == "running" else None}
        term |= told | ladder
        writes.change(self.connection, reads.TERM, [term["id"]], told | ladder)
        self.running.append(term)
        self.ledger(entry, "again", term["id"], status=status)
        self.tell_term(entry, term)

    def draft(
        self,
        kind: str,
        moment: datetime,
        entry: int,
        facts: Mapping[str, Any] | None = None,
        **links: int | None,
    ) -> None:
        """Draft a notice of a kind; one to an institution goes to that of the latest referral.

        An obligatory one starts the term in which it must be sent (on a case that ends with it
        there is no term: the ledger and the proof of the night guard it).
        """
        rule = self.workflow.notices[kind]
        about, person = links.get("about_id"), links.get("person_id")
        if rule.recipient == "instelling" and links.get("institution_id") is None:
            latest = reads.of_case(self.connection, reads.REFERRAL, self.id)[-1:]
            links["institution_id"] = latest[0]["institution_id"] if latest else None
        open_still = not self.workflow.states[self.standing().state].final
        term = (
            self.start(rule.term, moment, entry, person_id=person, about_id=about)
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
            "facts": dict(facts or {}),
            "state": "draft",
            "drafted": moment,
            **links,
        }
        self._letters.append((row, term["slot"] if term else None))
        self.owed.append({"id": 0, "kind": kind, "obligatory": rule.obligatory})

    def void_letters(self) -> None:
        """Let go of the obligatory letters of a case that ends without a finish.

        ClosedDoor when one of them is out of hand.
        """
        self._void([n["id"] for n in self.owed if n["id"] and n["obligatory"]])

    def let_go(self, kinds: Collection[str], moment: datetime, entry: int, why: str) -> None:
        """Let go of the letters of these kinds that need no longer go, and of their terms.

        One that is out of hand goes on its way.
        """
        live = [n for n in self.owed if n["id"] and n["kind"] in kinds]
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
            writes.change(self.connection, reads.NOTICE, keys, {"state": "void"})
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
        self.settle(moment or self.now)
        if without_term(self.workflow, self.standing()):
            raise LostCase(self.case["number"])
        keys = self._write_terms()
        if self._letters:
            rows = [
                {**row, "term_id": keys[slot] if slot is not None else None}
                for row, slot in self._letters
            ]
            writes.add_many(self.connection, reads.NOTICE, rows)
        if self._lines or self._ledger:
            journal.append(self.connection, self._entries(keys))
        self.changes["urgent"] = self._urgent()
        told = {"entries": self.case["entries"], "head": self.case["head"], **self.changes}
        claims.save_case(self.connection, self.case, told, bump)
        self.case.update(self.changes, version=self.case["version"] + bump)
        if self.words:
            search.find_again(self.connection, self.case)

    def _urgent(self) -> bool:
        acute = self.changes.get("acuut", self.case["acuut"])
        return is_urgent(self.workflow, self.standing().state, acute)

    def _entries(self, keys: list[int]) -> list[dict[str, Any]]:
        """Give the rows of the journal lines in order, each with what it did to terms.

        A change of terms alone gets a line of its own.
        """
        if not self._lines:
            self.note("termijnen", "Termijnen bijgewerkt.", {})
        first = self.case["entries"] - len(self._lines) + 1
        told: dict[int, list[dict[str, Any]]] = {}
        for entry, op in self._ledger:
            key = op["id"]
            told.setdefault(max(entry, first), []).append(
                op | {"id": keys[-1 - key] if key < 0 else key}
            )
        self._tell_terms(first, keys)
        rows, worker = [], self.who.id if self.who else None
        chain = {**self.case, "entries": first - 1}
        for kind, what, content in self._lines:
            line = chain["entries"] + 1
            row = journal.entry_row(
                chain,
                self.now,
                worker,
                kind,
                what,
                content,
                told.get(line, ()),
                self._figures.get(line),
            )
            chain |= {"entries": row["sequence"], "head": row["hash"]}
            rows.append(row)
        self.case["head"] = chain["head"]
        return rows

    def _tell_terms(self, first: int, keys: list[int]) -> None:
        for entry, term in self._touched:
            key = keys[term["slot"]] if "slot" in term else term["id"]
            at = iso(term["ended_at"]) if term.get("ended_at") else None
            told = [
                term["name"],
                iso(term["start"]),
                term["due"],
                term["beside_due"],
                term["status"],
                at,
            ]
            self._figures.setdefault(max(entry, first), {}).setdefault("terms", {})[str(key)] = told

    def _write_terms(self) -> list[int]:
        if self._ended:
            writes.end_terms(self.connection, self._ended)
        if not self._started:
            return []
        rows = [{k: v for k, v in row.items() if k not in ("slot", "id")} for row in self._started]
        fresh = {"ended_at": None, "late": False, "why": None, "end_entry": None}
        return writes.add_terms(self.connection, [fresh | row for row in rows])


def is_urgent(workflow: Workflow, state: str, acute: bool) -> bool:
    """Tell whether a case goes before all others.

    Somebody is unsafe now, or was said to be and nobody has judged it yet.
    """
    return workflow.states[state].unsafe or (acute and state == workflow.start)


def term_row(
    office: Office, rule: TermRule, moment: datetime, on: date | None = None
) -> dict[str, Any]:
    """Give the row of a term of this rule that starts at a moment (UTC), ready to run."""
    calendar = office.calendar
    end, beside = end_of_term(rule, moment, calendar, on), beside_end(rule, moment, calendar)
    rings = rung_instants(rule, moment, end.due, calendar)
    return {
        "name": rule.name,
        "start": moment,
        "due": iso(end.due),
        "unrolled": iso(end.unrolled),
        "over_at": over_at(end.due),
        "calendar": calendar.release,
        "beside_due": iso(beside.due) if beside else None,
        "beside_over_at": over_at(beside.due) if beside else None,
        "status": "running",
        "round": 0,
        "rung": 0,
        "ring_at": rings[0] if rings else None,
        "chosen": on,
        "extensions": [],
    }


def fresh_row(
    office: Office, rule: TermRule, term: Mapping[str, Any], start: datetime
) -> dict[str, Any]:
    """Give the row of a term worked out again from a start, with every extension and standstill it
    had.
    """
    fresh = term_row(office, rule, start, term["chosen"])
    due, unrolled = due_of(fresh), due_of({"due": fresh["unrolled"]})
    for step in term["extensions"]:
        due, unrolled = moved_end(office.calendar, rule, due, unrolled, step["days"])
    return fresh | {"due": iso(due), "unrolled": iso(unrolled), "over_at": over_at(due)}


def next_round(
    office: Office, rule: TermRule, term: Mapping[str, Any], due: date | datetime, now: datetime
) -> dict[str, Any]:
    """Give the columns of a new round of the ladder for a term whose end moved.

    Rungs rung before that hold for the new end too stand as they are, the rest are rung when they
    fall due.
    """
    rings = rung_instants(rule, term["start"], due, office.calendar)
    rung = min(term["rung"], sum(instant <= now for instant in rings))
    following = rings[rung] if rung < len(rings) and term["status"] == "running" else None
    return {"round": term["round"] + 1, "rung": rung, "ring_at": following}


def is_late(term: Mapping[str, Any], moment: datetime) -> bool:
    """Tell whether a moment lies past the end of a term.

    After the instant of an hour term, after 24:00 of a day term.
    """
    return bool(moment > term["over_at"]) if "T" in term["due"] else bool(moment >= term["over_at"])


def due_of(term: Mapping[str, Any]) -> date | datetime:
    """Give the end of a term as a day or an instant."""
    text = term["due"]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def as_running(term: Mapping[str, Any]) -> Running:
    """Give a term's row as the rules look at it."""
    return Running(
        term["id"],
        term["name"],
        term["start"],
        due_of(term),
        term["person_id"],
        term["about_id"],
        term["status"] == "suspended",
    )


def owns(who: Reader, case: Mapping[str, Any]) -> bool:
    """Tell whether a case is one this reader works with.

    Within his scope, not one he only has leave to read.
    """
    return may_see(scope_of(who), case["team_id"], case["owner_id"], case["taken_by"])


def sees(connection: Connection, who: Reader, case: Mapping[str, Any]) -> bool:
    """Tell whether a reader may read a case.

    It is within his scope, or he has leave for now (with a reason, real time).
    """
    if owns(who, case):
        return True
    return who.role in WORKS and people.granted(connection, who.id, case["id"], datetime.now(UTC))


def no_case(number: str) -> NotFound:
    """Give the one refusal for a case that is not there and for one this reader may not see.

    It tells which to nobody.
    """
    return NotFound(f"Zaak {number[:30]} bestaat niet, of u mag haar niet zien.")


def visible(
    connection: Connection, number: str, who: Reader, own: bool = False, lock: bool = False
) -> Row:
    """Give a case this reader may read.

    With `own` only one he works with, not one he has leave to read. NotFound otherwise.
    """
    case = reads.case_by_number(connection, number, lock)
    if case is None or not (owns(who, case) if own else sees(connection, who, case)):
        raise no_case(number)
    return case


def key_of(connection: Connection, number: object) -> int | None:
    """Give the key of a case by its number as it was typed.

    None when there is none, or when it is no number at all.
    """
    if not isinstance(number, str) or not number.isascii() or len(number) > 30:
        return None
    found = reads.case_by_number(connection, number.strip().upper())
    return int(found["id"]) if found else None


def open_case(
    office: Office,
    connection: Connection,
    number: str,
    who: Reader,
    version: int | None = None,
    along: Sequence[int | None] = (),
) -> CaseFile:
    """Take a case for changing: locked, visible to this worker, and still of the version he saw.

    NotFound or ChangedMeanwhile otherwise.

    `along` holds the keys of other cases this will change too: all are locked in order of key, so
    that no two wait for each other.
    """
    others = {key for key in along if key is not None}
    if others and (known := reads.case_by_number(connection, number)) is not None:
        reads.lock_cases(connection, sorted({known["id"], *others}))
    case = visible(connection, number, who, own=True, lock=True)
    if version is not None and version != case["version"]:
        last = reads.last_worker(connection, case["id"])
        raise ChangedMeanwhile(
            case["version"],
            str(last["name"]) if last else None,
            bool(last and last["id"] == who.id),
        )
    return on_table(office, connection, case, who)


def on_table(
    office: Office,
    connection: Connection,
    case: Row,
    who: Reader | None,
    now: datetime | None = None,
) -> CaseFile:
    """Lay a case that is already locked on the table, with its running terms and the notices it
    owes.
    """
    terms, letters = (
        reads.terms(connection, case["id"], running=True),
        reads.notices(connection, case["id"]),
    )
    return laid_out(office, connection, case, who, terms, letters, now)


def laid_out(
    office: Office,
    connection: Connection,
    case: Row,
    who: Reader | None,
    terms: list[Row],
    letters: list[Row],
    now: datetime | None = None,
) -> CaseFile:
    """Lay a case on the table from its terms and letters as they were read, whatever became of
    them: the one way to do so.
    """
    workflow = office.pack.workflows[case["workflow"], case["release"]]
    moment = now or office.moment(connection, case["clock"], case["present_calendar"])
    running = [dict(t) for t in terms if t["status"] in ("running", "suspended")]
    owed, gone = (
        [n for n in letters if n["state"] in states]
        for states in (("draft", "approved"), ("sent", "withheld"))
    )
    return CaseFile(office, connection, dict(case), who, moment, workflow, running, owed, gone)
