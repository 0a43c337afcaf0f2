"""A line of a table that came in, and the limits of what is read."""

from dataclasses import dataclass

from amhk.errors import BadInput

MOST_BYTES, MOST_UNPACKED, MOST_COLUMNS, MOST_ROWS = 25_000_000, 200_000_000, 500, 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the file, its cells by column (a path such as `melder.naam` in JSON),
    what is wrong with the row itself, and the head of its table.
    """

    number: int
    cells: dict[str, object]
    wrong: str | None = None
    head: tuple[str, ...] = ()


def no(text: str) -> BadInput:
    """Give the refusal of a whole file, in one sentence."""
    return BadInput.of("bestand", text, "bestand")
