"""Made-up people for training.

Names, addresses and families drawn from a seed, with BSNs from the range kept for tests.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

from amhk.office import Office
from amhk.rules.parse import is_bsn

POLICE = "0900-0000, Oefenplein 2, 0000 AA Oefenstad"


def sent_by(ways: Mapping[str, str]) -> dict[str, str]:
    """Give by which way a letter goes: by post where that can be, else as it can.

    Who gets it in his hand is named.
    """
    if "post" in ways or "beveiligde mail" in ways:
        return {"way": "post" if "post" in ways else "beveiligde mail"}
    return (
        {"way": "telefonisch"}
        if "telefonisch" in ways
        else {"way": "persoonlijk", "reference": "aan de ontvanger zelf"}
    )


class Town:
    """Where the made-up people live."""

    def __init__(self, office: Office, dice: Random, words: Mapping[str, Any]) -> None:
        self._office, self._dice, self._words = office, dice, words
        self._given: set[str] = set()

    def caller(self) -> str:
        """Give the code of who calls."""
        return self._dice.choice(("02", "03", "08", "10", "12", "15", "15", "18", "33", "34", "35"))

    def gemeente(self) -> str:
        """Give a gemeente of the region, the larger ones more often."""
        names = list(self._office.config.gemeenten)
        return self._dice.choice([*names, *names[:7], names[6], names[6]])

    def name(self, sex: str, last: str | None = None) -> str:
        """Give a name for a woman (`v`) or a man (`m`)."""
        return (
            f"{self._dice.choice(self._words[f'voor_{sex}'])}"
            f" {last or self._dice.choice(self._words['achter'])}"
        )

    def family(self) -> list[dict[str, Any]]:
        """Give two parents and one to three children at one address."""
        last, street = (
            self._dice.choice(self._words["achter"]),
            self._dice.choice(self._words["straten"]),
        )
        address = f"{street} {self._dice.randint(1, 180)}"
        children = range(self._dice.randint(1, 3))
        people = [
            ("v", "ouder", 1980),
            ("m", "ouder", 1978),
            *(("vm"[self._dice.randrange(2)], "kind", 2010 + 3 * n) for n in children),
        ]
        names = [self.name(sex, last) for sex, _, _ in people]
        while len(set(names)) < len(people):
            names = [self.name(sex, last) for sex, _, _ in people]
        return [
            {
                "naam": name,
                "geboren": self._day(year + self._dice.randrange(2)),
                "geslacht": sex.upper(),
                "rollen": [role],
                "adres": address,
                "bsn": self.bsn(),
                "gezag": role == "ouder",
            }
            for name, (sex, role, year) in zip(names, people, strict=True)
        ]

    def _day(self, year: int) -> str:
        return f"{year}-{self._dice.randint(1, 12):02}-{self._dice.randint(1, 28):02}"

    def bsn(self) -> str:
        """Give a number in the range kept for tests (9999xxxxx) that passes the elfproef and
        belongs to no one.
        """
        while (
            not is_bsn(number := f"9999{self._dice.randrange(100000):05}") or number in self._given
        ):
            pass
        self._given.add(number)
        return number
