"""A letter as it was worked out: its text, what is missing in it, and what stands above it."""

from dataclasses import dataclass

from amhk.errors import Fault, Opens
from amhk.letters.render import Block, Head, as_html


@dataclass(frozen=True)
class Letter:
    """A letter as it would be now.

    Its head and blocks (empty when something is missing), what is missing, what was left out, which
    texts give somebody away; `data` for a machine; `uses`: each fact it asks, what it is and
    whether it may not be empty; `title` and the class it is written for.
    """

    title: str
    written_for: str
    head: Head
    blocks: tuple[Block, ...] = ()
    missing: tuple[tuple[str, str, Opens], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    leaks: tuple[str, ...] = ()
    data: dict[str, object] | None = None
    uses: tuple[tuple[str, str, bool], ...] = ()

    @property
    def html(self) -> str:
        """Give the letter as HTML."""
        return as_html(self.blocks, self.head)


def lacking(letter: Letter) -> list[Fault]:
    """Give, per fact that is missing, its name and where to enter it."""
    return [
        Fault(code="ontbreekt", text=f"Voor deze brief ontbreekt: {title}.", field=name, do=do)
        for name, title, do in letter.missing
    ]
