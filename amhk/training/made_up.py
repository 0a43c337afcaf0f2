"""Calls drawn from a seed: what was said, what was found, and what came of it."""

from datetime import date, datetime, time, timedelta
from functools import partial

from amhk.desk.cases import reading
from amhk.desk.house import clock as desk_clock
from amhk.desk.intake import calls
from amhk.training.stage import Stage
from amhk.training.town import POLICE
from amhk.words import AMSTERDAM, day_of, iso


class MadeUp(Stage):
    """The calls that nobody wrote."""

    def _plan_made_up(self) -> None:
        day = date(self.year, 1, 3) + timedelta(days=self.dice.randrange(340))
        clock = time(self.dice.choice((9, 10, 11, 13, 14, 15, 16, 20, 23)), self.dice.randrange(60))
        moment = datetime.combine(day, clock, AMSTERDAM)
        key = f"verzonnen-{next(self._order)}"
        self._at(moment, lambda: self._made_up(key, moment))

    def _made_up(self, key: str, moment: datetime) -> None:
        (self._made_up_advies if self.dice.random() < 0.5 else self._made_up_melding)(key, moment)

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
        self.numbers[key] = calls.take_call(self.office, body, self._worker())
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
        self.numbers[key] = calls.take_call(self.office, body, self._worker())
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
        moment = desk_clock.read_clock(self.office)
        if self.dice.random() < 0.08:
            self._step(key, "geen_hgkm", doorgezet_naar="wijkagent")
            return
        self._step(key, "veiligheidsbeoordeling", uitkomst="Onderzoek is nodig.")
        self._step(key, "onderzoek_besluiten")
        self._letters(key)
        self._later(moment, self.dice.randint(28, 85), lambda: self._conclude(key))

    def _conclude(self, key: str) -> None:
        moment = desk_clock.read_clock(self.office)
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
        moment = desk_clock.read_clock(self.office)
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
        moment = desk_clock.read_clock(self.office)
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
