"""Every way the house can say no.

One class per kind of refusal, its docstring the default message to staff (Dutch).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Opens:
    """What opens a closed door: a move, a notice, a person, the training clock or an institution,
    by name or id.
    """

    kind: str
    target: str
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, in one Dutch sentence, with the field (or the key of a file) it
    stands at, the door that mends it, and of a procedure the file and the story that leads to it.
    """

    code: str
    text: str
    field: str | None = None
    do: Opens | None = None
    file: str | None = None
    story: str | None = None


class Refusal(Exception):
    """Dit kan niet."""

    def __init__(self, text: str | None = None, faults: Sequence[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self.text = text or (
            self.faults[0].text if len(self.faults) == 1 else (self.__doc__ or "").strip()
        )
        super().__init__(self.text)

    @classmethod
    def of(cls, code: str, text: str, field: str | None = None, do: Opens | None = None) -> Self:
        """Give the refusal for one thing that is wrong."""
        return cls(faults=[Fault(code, text, field, do)])


class BadInput(Refusal):
    """Niet alles is goed ingevuld."""


class ClosedDoor(Refusal):
    """Deze stap kan nu nog niet."""


class ChangedMeanwhile(Refusal):
    """Deze zaak is intussen gewijzigd. Bekijk wat er veranderd is en probeer het opnieuw."""

    def __init__(self, present: int, by: str | None = None, own: bool = False) -> None:
        self.present = present
        who = "door uzelf, in een ander venster of tabblad" if own else f"door {by}" if by else ""
        super().__init__(
            f"Deze zaak is intussen gewijzigd {who}. Bekijk wat er veranderd is en probeer het"
            " opnieuw."
            if who
            else None
        )


class NotFound(Refusal):
    """Dit bestaat niet, of u mag het niet zien."""


class NotAllowed(Refusal):
    """Dit mag niet met uw rol."""


class NotSignedIn(Refusal):
    """Meld u eerst aan."""


class TooOften(Refusal):
    """Dit is te vaak gevraagd. Wacht even."""


class TooLarge(Refusal):
    """Dit is te veel in een keer: hooguit 1 MB."""


class AlreadyDone(Refusal):
    """Dit was al vastgelegd: het formulier is maar een keer uitgevoerd."""


class AlreadyUsed(Refusal):
    """Deze Idempotency-Key is al gebruikt voor een ander verzoek."""


class HouseClosed(Refusal):
    """Het meldpunt kan niet open."""


class WrongUse(Refusal):
    """Zo werkt deze opdracht niet."""
