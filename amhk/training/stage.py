"""The stage of a made-up year: its clock, its workers, and what their hands do with a case."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappush
from itertools import count
from random import Random
from typing import Any

from amhk.config import SEED
from amhk.desk.casefile import access_log
from amhk.desk.cases import assignment, moves, reading
from amhk.desk.house import clock
from amhk.desk.letters import dispatch, letter_view, notices
from amhk.errors import ClosedDoor, Refusal
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads, writes
from amhk.training.town import Town, sent_by
from amhk.words import AMSTERDAM, day_of, iso

_BASE, _DANGER = 2026, "gevaar voor de jeugdige"
Act = Callable[[], object]


@dataclass
class Stage:
    """One made-up year: events in order of time, and what became of each call."""

    office: Office
    year: int
    seed: int
    dice: Random = field(init=False)
    words: dict[str, list[str]] = field(init=False)
    numbers: dict[str, str] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)
    untold: set[str] = field(default_factory=set)  # of whom the family must not hear it yet
    _queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.words = tomllib.loads((SEED / "namen.toml").read_text(encoding="utf-8"))
        self.town = Town(self.office, self.dice, self.words)
        with self.office.store.read() as connection:
            self.readers = {w["name"]: Reader.of(w) for w in reads.workers(connection)}

    def _here(self) -> bool:
        return self.office.config.region == "rotterdam-rijnmond"

    def _clock(self, moment: datetime) -> None:
        with self.office.store.write() as connection:
            writes.set_meta(connection, "clock", moment.isoformat())

    def _at(self, moment: datetime, act: Act) -> None:
        heappush(self._queue, (moment, next(self._order), act))

    def _later(self, moment: datetime, days: float, act: Act) -> datetime:
        when = moment + timedelta(days=days)
        while when.weekday() >= 5:
            when += timedelta(days=1)
        self._at(when, act)
        return when

    def _shift(self, text: str) -> datetime:
        """Give a moment of intake.jsonl in this year, on the same weekday."""
        moment = datetime.fromisoformat(text) + timedelta(weeks=52 * (self.year - _BASE))
        return moment.replace(tzinfo=AMSTERDAM)

    def _worker(self) -> Reader:
        return self.readers[self.dice.choice(("Anna", "Bram", "Fatima"))]

    def _step(self, key: str, name: str, **fields: object) -> bool:
        """Make a move as the teamleider would, having looked; tell whether it was made.

        A door that is closed in this story stays closed.
        """
        access_log.look(self.office, self.numbers[key], self.readers["Tom"], "zaak")
        try:
            moves.make_move(
                self.office, self.numbers[key], name, fields, self.readers["Tom"], checked=False
            )
        except ClosedDoor:
            return False
        if self.dice.random() < 0.3:
            view = reading.case_view(
                self.office, self.numbers[key], self.readers["Tom"], asks=False
            )
            if not view["owner"] and not view["closed"]:
                self._give(key)
        return True

    def _give(self, key: str) -> None:
        """Give a case to one of the workers."""
        told = {"owner": self._worker().name, "reason": "Verdeling in het team."}
        assignment.assign(self.office, self.numbers[key], told, self.readers["Tom"])

    def _letters(
        self,
        key: str,
        all_of_them: bool = False,
        kind: str = "",
        view: dict[str, Any] | None = None,
    ) -> bool:
        """Approve and send what is owed; tell whether there was anything.

        Now and then a letter is left lying, as in life, until the case is to be closed.
        """
        who = self.readers["Tom"]
        # whoever sends its letters has opened it
        access_log.look(self.office, self.numbers[key], who, "zaak")
        view = view or reading.case_view(self.office, self.numbers[key], who)
        in_danger = bool(view.get("acute"))
        owed = [n for n in view["notices"] if n["obligatory"] or n["recipient"] == kind]
        lying = [n for n in owed if n["state"] in ("draft", "approved")]
        for n in lying:
            of_family = n["recipient"] == "betrokkene"
            if of_family and in_danger and not all_of_them:
                continue  # whoever is in danger is seen first; then the others hear of it
            if of_family and key in self.untold:
                self._withhold(n, "Wie het hoort kan het kind in gevaar brengen.", _DANGER)
                continue
            lies = not all_of_them and key.startswith("verzonnen") and self.dice.random() < 0.1
            if not (lies and self.dice.random() < 0.6):
                self._send(n, lies)
        return bool(lying)

    def _send(self, n: dict[str, Any], lies: bool) -> None:
        """Approve a letter and let it go; one that `lies` only comes as far as the print tray."""
        who, version = self.readers["Tom"], n["version"]
        today = iso(day_of(clock.read_clock(self.office)))
        try:
            if n["state"] == "approved":  # long ago: read again
                notices.reopen(self.office, n["id"], {"version": version}, who)
                version += 1
            notices.approve(self.office, n["id"], {"version": version}, who)
            told = {"version": version + 1}
            ways = letter_view.view(self.office, n["id"], who)
            if lies and "print" in ways["ways"]:
                dispatch.queue(self.office, n["id"], told | {"way": "print"}, who)
            else:
                told |= {"date": today, **sent_by(ways["by_hand"])}
                notices.send(self.office, n["id"], told, who)
        except Refusal as shut:
            if {f.field for f in shut.faults} & {
                "betrokkene_naam",
                "betrokkene_aanhef",
                "melder_naam",
            }:
                version = letter_view.view(self.office, n["id"], who)["version"]
                self._withhold(
                    n | {"version": version}, "Deze persoon is niet bekend.", "geen gegevens"
                )
            # any other stays a draft, with what is wrong with it

    def _withhold(self, n: dict[str, Any], reason: str, ground: str) -> None:
        told = {"reason": reason, "ground": ground, "version": n["version"]}
        notices.withhold(self.office, n["id"], told, self.readers["Tom"])

    def _seen(self, key: str) -> None:
        """Somebody has seen them: a report to others does not end the four hours (seed 000)."""
        view = reading.case_view(self.office, self.numbers[key], self.readers["Tom"])
        if any(m["name"] == "gezien" and m["allowed"] for m in view["moves"]):
            self._step(key, "gezien", gezien_door="Een medewerker van het meldpunt")
