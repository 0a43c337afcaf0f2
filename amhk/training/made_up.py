"""Calls drawn from a seed: what was said by whom, and how the case then went its way."""

from datetime import date, datetime, time, timedelta

from amhk.desk.intake import calls
from amhk.training.town import POLICE
from amhk.training.walk import Walk
from amhk.words import AMSTERDAM, iso


class MadeUp(Walk):
    """The calls that nobody wrote."""

    def _plan_made_up(self) -> None:
        day = date(self.year, 1, 3) + timedelta(days=self.dice.randrange(340))
        clock = time(self.dice.choice((9, 10, 11, 13, 14, 15, 16, 20, 23)), self.dice.randrange(60))
        moment = datetime.combine(day, clock, AMSTERDAM)
        key = f"verzonnen-{next(self._order)}"
        self._at(moment, lambda: self._made_up(key, moment))

    def _made_up(self, key: str, moment: datetime) -> None:
        body = self._advies() if self.dice.random() < 0.5 else self._melding(moment)
        self.numbers[key] = calls.take_call(self.office, body, self._worker())
        self._walk_on(key)

    def _subject(self, *kinds: str) -> tuple[list[str], list[str], str]:
        kind = self.dice.choice(kinds)
        subjects = {
            "kind": (["08"], ["02", "03"]),
            "partner": (["01", "06"], ["01", "08"]),
            "ouder": (["03"], ["07"]),
        }
        aanleiding, aard = subjects[kind]
        return aanleiding, aard, self.dice.choice(self.words[f"zorgen_{kind}"])

    def _advies(self) -> dict[str, object]:
        aanleiding, aard, zorgen = self._subject("kind", "kind", "partner", "ouder")
        return {
            "route": "advies",
            "kanaal": self.dice.choice(("telefoon", "telefoon", "e-mail", "chat")),
            "hoedanigheid": self.town.caller(),
            "gemeente": self.town.gemeente(),
            "aanleiding": aanleiding,
            "aard": aard,
            "zorgen": zorgen,
            "advies": self.dice.choice(self.words["advies"]),
        }

    def _melding(self, moment: datetime) -> dict[str, object]:
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
        return {
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
