"""Which team takes a call: rules in order, the first that fits, with the reason said aloud."""

from collections.abc import Sequence
from dataclasses import dataclass

STROMEN = ("advies", "melding", "politieformulier")
_POLICE = "zorgformulier politie"


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A rule of the routing: all that it names must fit (gemeente, subregio, stream, acute).

    The first that fits wins.
    """

    team: str
    gemeente: tuple[str, ...] = ()
    subregio: tuple[str, ...] = ()
    stroom: tuple[str, ...] = ()
    acuut: bool | None = None
    reden: str = ""

    def fits(self, gemeente: str, subregio: str, stroom: str, acuut: bool) -> bool:
        """Tell whether a call falls under this rule."""
        return (
            (not self.gemeente or gemeente in self.gemeente)
            and (not self.subregio or subregio in self.subregio)
            and (not self.stroom or stroom in self.stroom)
            and (self.acuut is None or self.acuut == acuut)
        )

    def looks_at(self) -> str:
        """Give what the rule looks at, in words."""
        said = [*self.gemeente, *self.subregio, *self.stroom]
        if self.acuut is not None:
            said.append("acuut" if self.acuut else "niet acuut")
        return ", ".join(said) or "alles"

    def because(self) -> str:
        """Give the reason in words: the rule's own, or what it looks at."""
        return self.reden or f"{self.looks_at()} gaat naar {self.team}"


def stream(route: str, kanaal: str) -> str:
    """Give the stream of a call.

    Advies, melding, or politieformulier for a melding on a police form.
    """
    return "politieformulier" if route == "melding" and kanaal == _POLICE else route


def route_call(
    rules: Sequence[RoutingRule],
    default: str,
    gemeente: str,
    subregio: str,
    stroom: str,
    acuut: bool,
) -> tuple[str, str]:
    """Give the team for a call and why.

    The first rule that fits, else the default team, said aloud.
    """
    for number, rule in enumerate(rules, 1):
        if rule.fits(gemeente, subregio, stroom, acuut):
            return rule.team, f"Regel {number}: {rule.because()}"
    return default, f"Geen regel past bij {gemeente}, {stroom}: het standaardteam {default}"
