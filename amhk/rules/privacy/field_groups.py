"""Who reads which kind of data of a case he may see: the one table of role, part in the case and
field group.

Ground: AVG art. 5 lid 1 c and 32 (no more than the task needs); which role needs what is the
house's own norm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from amhk.rules.privacy.secrecy import HAND, LENT, WORKS, Reader


class How(StrEnum):
    """How somebody reads a field group: as it is, for a reason that is written down, or never."""

    OPEN = "open"
    REASON = "reden"
    NEVER = "nooit"


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A kind of data of a case: its name, what it is called, and by which label of a finding it is
    known (None: by its own field).
    """

    name: str
    title: str
    label: str | None = None


FIELD_GROUPS = (
    FieldGroup("melder", "Wie de melder is, als hij geheim blijft"),
    FieldGroup("adres", "Een geheim adres"),
    FieldGroup("bsn", "Burgerservicenummer"),
    FieldGroup("medisch", "Medische bevindingen", "medisch"),
    FieldGroup("strafrechtelijk", "Strafrechtelijke bevindingen", "strafrechtelijk"),
    FieldGroup("ouder", "Wat een ouder alleen vertelde", "ouder"),
)
LABELLED = frozenset(g.label for g in FIELD_GROUPS if g.label)
_O, _R, _N = How.OPEN, How.REASON, How.NEVER
# A row for each part somebody can have in a case: what he is called, and how he reads each group,
# in the order of FIELD_GROUPS.
PARTS: dict[str, tuple[str, tuple[How, ...]]] = {
    "heeft": ("Wie de zaak heeft of het gesprek aannam", (_R, _R, _O, _O, _O, _O)),
    "medewerker": ("Medewerker van hetzelfde team", (_R, _R, _R, _R, _R, _R)),
    "teamleider": ("Teamleider van het team", (_R, _R, _O, _O, _O, _O)),
    "gedragswetenschapper": ("Gedragswetenschapper", (_R, _R, _R, _O, _O, _O)),
    "vertrouwensarts": ("Vertrouwensarts", (_R, _R, _R, _O, _R, _R)),
    "manager": ("Manager", (_R, _R, _R, _R, _R, _R)),
    "piket": ("Piketdienst", (_R, _R, _R, _R, _R, _R)),
    "inzien": ("Wie een zaak van een ander inziet", (_N, _N, _N, _N, _N, _N)),
    # Wmo 2015 art. 4.3.1: who supervises may read dossiers. Uitvoeringsbesluit 4.2.6: a
    # vertrouwenspersoon is shown what he needs; who reported and where somebody hides is not that.
    "inspectie": ("Inspectie, op een zaak die is opengesteld", (_R, _R, _O, _O, _O, _O)),
    "vertrouwenspersoon": ("Vertrouwenspersoon, idem", (_N, _N, _N, _O, _O, _N)),
}
ALL_GROUPS = frozenset(g.name for g in FIELD_GROUPS)


def part_in(reader: Reader, owner: int | None, taken_by: int | None, works: bool) -> str:
    """Give which part somebody has in a case he may see (a key of `PARTS`).

    `works`: it lies within his scope, he has not only leave to read it.
    """
    if not works:
        return reader.role if reader.role in LENT else "inzien"
    has = reader.role in WORKS and reader.id in (owner, taken_by)
    return "heeft" if has or reader.via == HAND else reader.role


def groups_of(part: str, hows: Iterable[How] = (How.REASON, How.NEVER)) -> frozenset[str]:
    """Give the groups that somebody with this part reads in one of these ways; by default those
    that are covered before him.
    """
    wanted, row = set(hows), PARTS[part][1]
    return frozenset(g.name for g, how in zip(FIELD_GROUPS, row, strict=True) if how in wanted)


def labels_of(groups: Iterable[str]) -> frozenset[str]:
    """Give the labels of findings that belong to these groups."""
    names = set(groups)
    return frozenset(g.label for g in FIELD_GROUPS if g.label and g.name in names)


def as_table() -> str:
    """Give the table as it stands in docs/security.md (Markdown)."""
    heads = ["", *(g.title for g in FIELD_GROUPS)]
    rows = [[title, *row] for title, row in PARTS.values()]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
