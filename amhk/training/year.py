"""A believable year of made-up cases for training.

Intake.jsonl at its core, the rest drawn from a seed; played in order of time through the desk
itself.
"""

import json
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop
from io import BytesIO
from typing import Any

from amhk.config import SEED
from amhk.desk.house import clock, rounds
from amhk.desk.intake import calls as intake_calls
from amhk.desk.intake import import_staging, imports
from amhk.desk.staff import absence, piket, workers
from amhk.desk.terms import sweep
from amhk.errors import ClosedDoor
from amhk.office import Office
from amhk.rules.privacy.secrecy import scope_of
from amhk.rules.procedure.import_layouts import SCHEMA
from amhk.store import reads
from amhk.store.cases import worklists
from amhk.training.calls import Calls, steps_told
from amhk.training.made_up import MadeUp
from amhk.words import AMSTERDAM, day_of, iso

PASSWORD = "oefenen-mag-hier"
STAFF = (
    ("Anna", "medewerker", None),
    ("Bram", "medewerker", None),
    ("Fatima", "medewerker", None),
    ("Carla", "gedragswetenschapper", "SKJ 100000001"),
    ("Vera", "vertrouwensarts", "BIG 90000000001"),
    ("Tom", "teamleider", "SKJ 100000002"),
    ("Mia", "manager", None),
    ("Piet", "piket", None),
    ("Bea", "beheerder", None),
    ("Rita", "rapportage", None),
    ("Ilse", "inspectie", None),
    ("Vik", "vertrouwenspersoon", None),
    ("Aad", "auditor", None),
)


def fill(office: Office, year: int, cases: int, seed: int) -> list[tuple[str, str, str]]:
    """Fill an empty training meldpunt with a year; gives the logins (name, role, password).

    Refusal for anything else.
    """
    if not office.training:
        raise ClosedDoor("Een echt meldpunt krijgt geen verzonnen zaken.")
    with office.store.read() as connection:
        if reads.any_case(connection) or any(
            w["name"] == STAFF[0][0] for w in reads.workers(connection)
        ):
            raise ClosedDoor(
                "Dit meldpunt is niet leeg; een oefenjaar komt alleen in een leeg meldpunt."
            )
    for name, role, registration in STAFF:
        workers.add_worker(
            office, name, role, team=None, registration=registration, password=PASSWORD
        )
    Year(office, year, seed).play(cases)
    return [(name, role, PASSWORD) for name, role, _ in STAFF]


class Year(Calls, MadeUp):
    """The year as it is played."""

    def play(self, cases: int) -> None:
        """Play the whole year up to a Monday morning in December, sweeping once a day."""
        end = datetime(self.year, 12, 14, 8, 30, tzinfo=AMSTERDAM)
        end -= timedelta(days=end.weekday())
        calls = self._told_calls()
        for call in calls:
            self._plan_call(call)
        for _ in range(cases - len(calls) - 2):
            self._plan_made_up()
        for hours, acute in (
            (64, False),
            (10, True),
        ):  # Friday afternoon, and Sunday night: nobody has opened these yet
            self._at(end - timedelta(hours=hours), partial(self._unread, acute))
        swept = None
        while self._queue and self._queue[0][0] <= end:
            moment, _, act = heappop(self._queue)
            self._clock(moment)
            if swept != day_of(moment):
                swept = day_of(moment)
                sweep.run_due(self.office)
            act()
        self._clock(end)
        self._on_duty(end)
        self._morning(end)
        rounds.go_round(self.office)

    def _told_calls(self) -> list[dict[str, Any]]:
        """Give the calls that stand in the file; none where it is of another region, or the
        procedure knows other steps.
        """
        if not self._here():
            return []
        lines = (SEED / "intake.jsonl").read_text(encoding="utf-8").splitlines()
        calls = [json.loads(line) for line in lines]
        moves = {name for w in self.office.pack.workflows.values() for name in w.moves}
        return calls if steps_told(calls) <= moves else []

    def _unread(self, acute: bool) -> None:
        """Take a police form that then lies unread."""
        body = {
            "route": "melding",
            "kanaal": "zorgformulier politie",
            "ontvangen": iso(clock.read_clock(self.office)),
            "gemeente": self.town.gemeente(),
            "hoedanigheid": "01",
            "aanleiding": ["01"],
            "zorgen": self.dice.choice(self.words["zorgen_partner"]),
            "acuut": acute,
            "melder": {"naam": "Politie"},
            "betrokkenen": self.town.family(),
        }
        intake_calls.take_call(self.office, body, self.readers["Anna"])

    def _on_duty(self, end: datetime) -> None:
        """Put the piketdienst on the roster with one night open, and plan an absence."""
        manager = self.readers["Mia"]
        for days, hours in ((0, 24 * 5), (6, 24 * 9)):
            start = end + timedelta(days=days)
            piket.give(
                self.office,
                {"worker": "Piet", "start": iso(start), "end": iso(start + timedelta(hours=hours))},
                manager,
            )
        away = {"worker": "Bram", "kind": absence.AWAY, "reason": "Kerstvakantie", "to": "Fatima"}
        first, last = (iso(day_of(end + timedelta(days=n))) for n in (7, 20))
        absence.make_plan(self.office, away | {"start": first, "end": last}, self.readers["Tom"])

    def _morning(self, end: datetime) -> None:
        """Bring the police forms of this morning.

        Eight to triage, some about families that are known, and one to repair.
        """
        anna, known = self.readers["Anna"], self._known()
        told: list[dict[str, object]] = []
        for n in range(9):
            person = (
                dict(known[n // 2])
                if n % 2 and n // 2 < len(known)
                else {
                    "naam": self.town.name("v"),
                    "geboren": str(1970 + 4 * n),
                    "rollen": ["ouder"],
                }
            )
            told.append(
                {
                    "id": f"ZF-{self.year}-{n + 1:03}",
                    "ontvangen": iso(end - timedelta(minutes=47 * (n + 1))),
                    "kanaal": "zorgformulier politie",
                    "hoedanigheid": "01",
                    "gemeente": self.town.gemeente() if n else "Nergenshuizen",
                    "zorgen": self.dice.choice(self.words["zorgen_partner"]),
                    "acuut": n == 3,
                    "melder": {"naam": "Politie"},
                    "betrokkenen": [person],
                }
            )
        file = BytesIO(json.dumps({"schema": SCHEMA, "formulieren": told}).encode())
        key = import_staging.stage(
            self.office, file, f"zorgformulieren {end:%d-%m-%Y}.json", SCHEMA, anna
        )
        imports.accept(self.office, key, anna)
        imports.take_all(self.office, key)

    def _known(self) -> list[dict[str, object]]:
        """Give people of running meldingen, as the police would write them down."""
        with self.office.store.read() as connection:
            rows = worklists.page(
                connection,
                scope_of(self.readers["Mia"]),
                {"closed": False, "route": "melding"},
                sort="termijn",
                after=None,
                limit=40,
            )
            people = [
                p for r in rows for p in reads.people_of(connection, r["id"])[:1] if p["geboren"]
            ]
        return [{"naam": p["naam"].replace("ij", "y"), "geboren": p["geboren"]} for p in people[:4]]
