"""A believable year of made-up cases for training.

Intake.jsonl at its core, the rest drawn from a seed; played in order of time through the desk
itself.
"""

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from io import BytesIO
from itertools import count
from random import Random
from typing import Any

from amhk.config import SEED
from amhk.desk import (
    absence,
    admin,
    casework,
    followup,
    forms,
    intake,
    letter,
    notices,
    piket,
    post,
    reading,
    watch,
)
from amhk.desk.town import POLICE, Town, sent_by
from amhk.errors import ClosedDoor, Refusal
from amhk.office import Office
from amhk.rules.forms import SCHEMA
from amhk.rules.secrecy import Reader, scope_of
from amhk.store import reads, worklists, writes
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
)
_BASE = 2026
Act = Callable[[], None]


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
        admin.add_worker(office, name, role, None, registration, PASSWORD)
    Year(office, year, seed).play(cases)
    return [(name, role, PASSWORD) for name, role, _ in STAFF]


@dataclass
class Year:
    """One made-up year: events in order of time, and what became of each call."""

    office: Office
    year: int
    seed: int
    dice: Random = field(init=False)
    words: dict[str, list[str]] = field(init=False)
    numbers: dict[str, str] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)
    found: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # per case: the codes of confirmed, and of not confirmed
    untold: set[str] = field(default_factory=set)  # of whom the family must not hear it yet
    _queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.words = tomllib.loads((SEED / "namen.toml").read_text(encoding="utf-8"))
        self.town = Town(self.office, self.dice, self.words)
        with self.office.store.read() as connection:
            self.readers = {w["name"]: Reader.of(w) for w in reads.workers(connection)}

    def play(self, cases: int) -> None:
        """Play the whole year up to a Monday morning in December, sweeping once a day."""
        end = datetime(self.year, 12, 14, 8, 30, tzinfo=AMSTERDAM)
        end -= timedelta(days=end.weekday())
        calls = (
            (SEED / "intake.jsonl").read_text(encoding="utf-8").splitlines() if self._here() else []
        )
        for line in calls:
            self._plan_call(json.loads(line))
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
                followup.run_due(self.office)
            act()
        self._clock(end)
        self._on_duty(end)
        self._morning(end)
        watch.go_round(self.office)

    def _unread(self, acute: bool) -> None:
        """Take a police form that then lies unread."""
        body = {
            "route": "melding",
            "kanaal": "zorgformulier politie",
            "ontvangen": iso(followup.read_clock(self.office)),
            "gemeente": self.town.gemeente(),
            "hoedanigheid": "01",
            "aanleiding": ["01"],
            "zorgen": self.dice.choice(self.words["zorgen_partner"]),
            "acuut": acute,
            "melder": {"naam": "Politie"},
            "betrokkenen": self.town.family(),
        }
        intake.take_call(self.office, body, self.readers["Anna"])

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
        told: list[dict[str, Any]] = []
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
        key = forms.stage(self.office, file, f"zorgformulieren {end:%d-%m-%Y}.json", SCHEMA, anna)
        forms.accept(self.office, key, anna)
        forms.take_all(self.office, key)

    def _known(self) -> list[dict[str, Any]]:
        """Give people of running meldingen, as the police would write them down."""
        with self.office.store.read() as connection:
            rows = worklists.page(
                connection,
                scope_of(self.readers["Mia"]),
                {"closed": False, "route": "melding"},
                "termijn",
                None,
                40,
            )
            people = [
                p
                for r in rows
                for p in reads.of_case(connection, reads.PERSON, r["id"])[:1]
                if p["geboren"]
            ]
        return [{"naam": p["naam"].replace("ij", "y"), "geboren": p["geboren"]} for p in people[:4]]

    def _here(self) -> bool:
        return self.office.config.region == "rotterdam-rijnmond"

    def _clock(self, moment: datetime) -> None:
        with self.office.store.write() as connection:
            writes.set_meta(connection, "clock", moment.isoformat())

    def _at(self, moment: datetime, act: Act) -> None:
        heappush(self._queue, (moment, next(self._order), act))

    def _shift(self, text: str) -> datetime:
        """Give a moment of intake.jsonl in this year, on the same weekday."""
        moment = datetime.fromisoformat(text) + timedelta(weeks=52 * (self.year - _BASE))
        return moment.replace(tzinfo=AMSTERDAM)

    # ------------------------------------------------------------------ the 23 calls
    def _plan_call(self, call: dict[str, Any]) -> None:
        if any(
            str(step.get("gezaghebbenden_geinformeerd")).startswith("nee")
            for step in call.get("stappen", [])
        ):
            self.untold.add(call["id"])
        self._at(self._shift(call["ontvangen"]), lambda: self._take_call(call))
        for contact in call.get("contacten", []):
            self._at(
                self._shift(contact["op"]),
                partial(self._step, call["id"], "contact_vastleggen", verslag=contact["verslag"]),
            )
        for step in call.get("stappen", []):
            self._at(self._shift(step["op"]), partial(self._call_step, call, step))
        if call["route"] == "advies" and call["verwacht"]["finish"]:
            last = max([call["ontvangen"], *(c["op"] for c in call["contacten"])])
            move = {1: "advies_geven", 2: "ondersteuning_afronden"}[call["verwacht"]["finish"]]
            self._at(self._shift(last), lambda: self._step(call["id"], move))

    def _take_call(self, call: dict[str, Any]) -> None:
        body = {k: v for k, v in call.items() if k not in ("stappen", "verwacht", "contacten")}
        body["ontvangen"] = iso(self._shift(call["ontvangen"]))
        if source := call["verwacht"].get("uit_advies"):
            body = {k: v for k, v in body.items() if k not in ("route", "id")}
            self._step(
                source, "omzetten_in_melding", reden="De melder wil nu melden.", acuut=False, **body
            )
            view = reading.case_view(self.office, self.numbers[source], self._worker())
            self.numbers[call["id"]] = next(
                r["number"] for r in view["relations"] if r["kind"] == "omgezet_in"
            )
        else:
            if call["route"] == "melding":
                body["acuut"] = False
            self.numbers[call["id"]] = intake.take_call(self.office, body, self._worker())
        if not any(s["stap"] == "acuut_vaststellen" for s in call.get("stappen", [])):
            self._letters(call["id"])

    def _call_step(self, call: dict[str, Any], step: dict[str, Any]) -> None:
        fields = {k: v for k, v in step.items() if k not in ("stap", "op", "op_zaak")}
        if "bij" in fields:
            fields["bij"] = self.numbers[fields["bij"]]
        if step["stap"] == "verwijzen":
            fields.setdefault("motivering", "Deze hulp past bij wat er nodig is.")
        key = step.get("op_zaak", call["id"])
        if step["stap"] != "bericht_college":
            self._step(key, step["stap"], **fields)
        if step["stap"] == "acuut_vaststellen" and not any(
            "crisisdienst" in s["stap"] for s in call["stappen"]
        ):
            self._seen(key)
        self._letters(key)

    # ------------------------------------------------------------------ made-up calls
    def _plan_made_up(self) -> None:
        day = date(self.year, 1, 3) + timedelta(days=self.dice.randrange(340))
        clock = time(self.dice.choice((9, 10, 11, 13, 14, 15, 16, 20, 23)), self.dice.randrange(60))
        moment = datetime.combine(day, clock, AMSTERDAM)
        key = f"verzonnen-{next(self._order)}"
        self._at(moment, lambda: self._made_up(key, moment))

    def _made_up(self, key: str, moment: datetime) -> None:
        (self._made_up_advies if self.dice.random() < 0.5 else self._made_up_melding)(key, moment)

    def _later(self, moment: datetime, days: float, act: Act) -> datetime:
        when = moment + timedelta(days=days)
        while when.weekday() >= 5:
            when += timedelta(days=1)
        self._at(when, act)
        return when

    def _subject(self, *kinds: str) -> tuple[list[str], list[str], str]:
        kind = self.dice.choice(kinds)
        subjects = {
            "kind": (["08"], ["02", "03"]),
            "partner": (["01", "06"], ["01", "08"]),
            "ouder": (["03"], ["07"]),
        }
        aanleiding, aard = subjects[kind]
        return aanleiding, aard, self.dice.choice(self.words[f"zorgen_{kind}"])

    def _made_up_advies(self, key: str, moment: datetime) -> None:
        aanleiding, aard, zorgen = self._subject("kind", "kind", "partner", "ouder")
        body = {
            "route": "advies",
            "kanaal": self.dice.choice(("telefoon", "telefoon", "e-mail", "chat")),
            "hoedanigheid": self.town.caller(),
            "gemeente": self.town.gemeente(),
            "aanleiding": aanleiding,
            "aard": aard,
            "zorgen": zorgen,
            "advies": self.dice.choice(self.words["advies"]),
        }
        self.numbers[key] = intake.take_call(self.office, body, self._worker())
        if self.dice.random() < 0.7:
            self._step(key, "advies_geven")
            return
        for n in range(self.dice.randint(1, 3)):
            moment = self._later(
                moment,
                5 + 3 * n,
                lambda: self._step(
                    key, "contact_vastleggen", verslag=self.dice.choice(self.words["verslag"])
                ),
            )
        self._later(moment, 2, lambda: self._step(key, "ondersteuning_afronden"))

    def _made_up_melding(self, key: str, moment: datetime) -> None:
        police = self.dice.random() < 0.6
        aanleiding, aard, zorgen = (
            self._subject("partner") if police else self._subject("kind", "kind", "partner")
        )
        melder = {"naam": "Politie, basisteam (oefening)", "bereikbaar": POLICE, "geheim": False}
        if not police:
            street = f"{self.dice.choice(self.words['straten'])} {self.dice.randint(1, 180)}"
            reach = f"010-0000000, {street}, 0000 AA Oefenstad"
            melder = {
                "naam": self.town.name("v"),
                "bereikbaar": reach,
                "geheim": self.dice.random() < 0.3,
            }
        body = {
            "route": "melding",
            "kanaal": "zorgformulier politie" if police else "telefoon",
            "ontvangen": iso(moment),
            "gemeente": self.town.gemeente(),
            "hoedanigheid": "01" if police else self.town.caller(),
            "aanleiding": aanleiding,
            "aard": aard,
            "zorgen": zorgen,
            "acuut": self.dice.random() < 0.04,
            "melder": melder,
            "betrokkenen": self.town.family(),
        }
        self.numbers[key] = intake.take_call(self.office, body, self._worker())
        self.found[key] = ("06", "05") if "08" in aanleiding else ("03", "02")
        if body["acuut"]:
            self._acute(key, moment)
        late = self.dice.random() < 0.3
        self._later(
            moment,
            self.dice.randint(9, 16) if late else self.dice.randint(1, 5),
            lambda: self._judge(key),
        )

    def _acute(self, key: str, moment: datetime) -> None:
        """Play what follows a call about danger.

        Mostly somebody sees them within the four hours, now and then it is not so acute.
        """
        if self.dice.random() < 0.2:
            calm = "Gebeld met de politie: de man is opgepakt en de kinderen zijn bij hun oma."
            self._at(
                moment + timedelta(minutes=40),
                partial(self._step, key, "niet_acuut", motivering=calm),
            )
            return
        for minutes, step in (
            (12, "acuut_vaststellen"),
            (25, "crisisdienst_inschakelen"),
            (self.dice.randint(60, 290), "crisisdienst_ter_plaatse"),
        ):
            self._at(moment + timedelta(minutes=minutes), partial(self._step, key, step))

    def _judge(self, key: str) -> None:
        moment = followup.read_clock(self.office)
        if self.dice.random() < 0.08:
            self._step(key, "geen_hgkm", doorgezet_naar="wijkagent")
            return
        self._step(key, "veiligheidsbeoordeling", uitkomst="Onderzoek is nodig.")
        self._step(key, "onderzoek_besluiten")
        self._letters(key)
        self._later(moment, self.dice.randint(28, 85), lambda: self._conclude(key))

    def _conclude(self, key: str) -> None:
        moment = followup.read_clock(self.office)
        roll = self.dice.random()
        yes, no = self.found[key]
        code, words = (yes, "conclusie") if roll < 0.9 else (no, "conclusie_niet")
        self._step(
            key,
            "onderzoek_afronden",
            uitkomst=[code],
            conclusie=self.dice.choice(self.words[words]),
        )
        if roll < 0.65:
            self._refer(key)
        elif roll < 0.8:
            self._step(
                key,
                "melden_rvdk",
                spoed=False,
                motivering="Hulp alleen is niet genoeg om het kind veilig te houden.",
                gezaghebbenden_geinformeerd="ja",
            )
            self._later(moment, 9, lambda: self._step(key, "antwoord_rvdk", onderzoekt=True))
            self._later(moment, 12, lambda: self._close(key))
        elif roll < 0.9:
            self._step(key, "melden_politie", motivering="Vermoeden van een strafbaar feit.")
            self._later(moment, 4, lambda: self._close(key))
        else:
            self._step(key, "einde_zonder_vervolg", motivering="De zorgen zijn niet bevestigd.")
            self._later(moment, 3, lambda: self._close(key))
        self._letters(key)

    def _refer(self, key: str) -> None:
        moment = followup.read_clock(self.office)
        view = reading.case_view(self.office, self.numbers[key], self._worker())
        step = next(m for m in view["moves"] if m["name"] == "verwijzen")
        choices = step["input"]["properties"]["instelling"]["enum"][:4]
        why = "Deze instelling past het best bij de vraag van het gezin."
        self._step(key, "verwijzen", instelling=self.dice.choice(choices), motivering=why)
        self._letters(key)
        if self.dice.random() < 0.85:
            self._later(
                moment, self.dice.randint(3, 12), lambda: self._step(key, "verwijzing_geaccepteerd")
            )
        self._later(moment, 85 + self.dice.randint(0, 12), lambda: self._check(key))

    def _check(self, key: str) -> None:
        moment = followup.read_clock(self.office)
        started = iso(day_of(moment) - timedelta(days=60))
        if self.dice.random() < 0.75:
            self._step(
                key, "voortgangscontrole", hulp_gestart=started, passend="ja", nu_veilig="ja"
            )
            self._later(moment, 1, lambda: self._close(key))
        elif self.dice.random() < 0.5:
            self._step(
                key, "voortgangscontrole", hulp_gestart="", passend="nee", nu_veilig="onbekend"
            )
            self._later(moment, 3, lambda: self._refer(key))
        else:
            self._letters(key, kind="instelling")
            self._step(key, "geen_antwoord")
            self._later(moment, 15, lambda: self._check(key))

    def _seen(self, key: str) -> None:
        """Somebody has seen them: a report to others does not end the four hours (seed 000)."""
        view = reading.case_view(self.office, self.numbers[key], self.readers["Tom"])
        if any(m["name"] == "gezien" and m["allowed"] for m in view["moves"]):
            self._step(key, "gezien", gezien_door="Een medewerker van het meldpunt")

    def _close(self, key: str) -> None:
        self._seen(key)
        self._letters(key, all_of_them=True)
        self._step(key, "afsluiten")

    # ------------------------------------------------------------------ the worker's hands
    def _worker(self) -> Reader:
        return self.readers[self.dice.choice(("Anna", "Bram", "Fatima"))]

    def _step(self, key: str, name: str, **fields: Any) -> None:
        """Make a move as the teamleider would, having looked.

        A door that is closed in this story stays closed.
        """
        reading.look(self.office, self.numbers[key], self.readers["Tom"], "zaak")
        try:
            casework.make_move(
                self.office, self.numbers[key], name, fields, self.readers["Tom"], checked=False
            )
        except ClosedDoor:
            return
        if self.dice.random() < 0.3:
            with_owner = {"owner": self._worker().name, "reason": "Verdeling in het team."}
            view = reading.case_view(self.office, self.numbers[key], self.readers["Tom"])
            if not view["owner"] and not view["closed"]:
                casework.assign(self.office, self.numbers[key], with_owner, self.readers["Tom"])

    def _letters(self, key: str, all_of_them: bool = False, kind: str = "") -> None:
        """Approve and send what is owed.

        Now and then a letter is left lying, as in life, until the case is to be closed.
        """
        who = self.readers["Tom"]
        today = iso(day_of(followup.read_clock(self.office)))
        reading.look(
            self.office, self.numbers[key], who, "zaak"
        )  # whoever sends its letters has opened it
        view = reading.case_view(self.office, self.numbers[key], who)
        in_danger = bool(view.get("acute"))
        for n in view["notices"]:
            if not (n["obligatory"] or n["recipient"] == kind) or n["state"] not in (
                "draft",
                "approved",
            ):
                continue
            if n["recipient"] == "betrokkene" and in_danger and not all_of_them:
                continue  # whoever is in danger is seen first; then the others hear of it
            if n["recipient"] == "betrokkene" and key in self.untold:
                told = {
                    "reason": "Wie het hoort kan het kind in gevaar brengen.",
                    "ground": "gevaar voor de jeugdige",
                }
                notices.withhold(self.office, n["id"], told | {"version": n["version"]}, who)
                continue
            lies = not all_of_them and key.startswith("verzonnen") and self.dice.random() < 0.1
            if lies and self.dice.random() < 0.6:
                continue
            try:
                version = n["version"]
                if n["state"] == "approved":  # long ago: read again
                    notices.reopen(self.office, n["id"], {"version": version}, who)
                    version += 1
                notices.approve(self.office, n["id"], {"version": version}, who)
                version += 1
                ways = letter.view(self.office, n["id"], who)
                if lies and "print" in ways["ways"]:
                    post.queue(self.office, n["id"], {"version": version, "way": "print"}, who)
                else:
                    notices.send(
                        self.office,
                        n["id"],
                        {"version": version, "date": today, **sent_by(ways["by_hand"])},
                        who,
                    )
            except Refusal as shut:
                if not any(
                    f.field in ("betrokkene_naam", "betrokkene_aanhef", "melder_naam")
                    for f in shut.faults
                ):
                    continue  # it stays a draft, with what is wrong with it
                told = {"reason": "Deze persoon is niet bekend.", "ground": "geen gegevens"}
                version = letter.view(self.office, n["id"], who)["version"]
                notices.withhold(self.office, n["id"], told | {"version": version}, who)
