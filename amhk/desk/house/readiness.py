"""What a real meldpunt is at fault without, whatever else is there."""

from collections.abc import Callable
from dataclasses import dataclass

from amhk.office import Office


@dataclass(frozen=True)
class Want:
    """One thing a real meldpunt cannot do without: its code, what is wrong when it is not there and
    what now, and how that is seen (True: it is there).
    """

    code: str
    text: str
    there: Callable[[Office], bool]


AT_ONCE = (
    Want(
        "crisisnummer",
        "Het nummer van de crisisdienst is leeg: vul crisis_phone in onder [letters] in"
        " config.toml; het staat bij elke acute zaak.",
        lambda office: bool(office.config.crisis_phone),
    ),
    Want(
        "vertrouwenspersoon",
        "Hoe men de vertrouwenspersoon bereikt is leeg: vul confidant in onder [letters]; het staat"
        " in brieven (Uitvoeringsbesluit Wmo 2015 art. 4.2.2).",
        lambda office: bool(office.config.style.confidant.strip()),
    ),
)


def faults(office: Office) -> list[str]:
    """Give what is a fault of a real meldpunt by itself (`amhk check`)."""
    return [want.text for want in AT_ONCE if not want.there(office)]
