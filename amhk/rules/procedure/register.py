"""The kinds of matter that are kept beside the cases (a complaint, a calamiteit), as data: each a
row of steps with a term of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from amhk.errors import Fault
from amhk.rules.parse import Raw
from amhk.rules.terms.terms import KINDS, ROLLS, TermRule, parse_length

_KIND, _STEP = {"titel", "bron", "stappen"}, {"naam", "titel", "lengte", "rolt", "soort", "grond"}
_DAYS = ("dagen", "werkdagen", "weken", "maanden", "jaar")


@dataclass(frozen=True, slots=True)
class MatterKind:
    """A kind of matter: its title, on what it rests, and its steps in order, each a term that is
    answered by saying what came of it.
    """

    name: str
    title: str
    source: str
    steps: tuple[TermRule, ...]

    def step(self, name: str) -> TermRule:
        """Give a step by name; KeyError when there is none."""
        return next(s for s in self.steps if s.name == name)

    def after(self, name: str) -> TermRule | None:
        """Give the step that follows one; None after the last."""
        at = [s.name for s in self.steps].index(name) + 1
        return self.steps[at] if at < len(self.steps) else None


def read_register(file: str, data: Raw) -> tuple[dict[str, MatterKind], list[Fault]]:
    """Give the kinds in a parsed file, and every fault in it, each naming file and key."""
    faults, found = list[Fault](), dict[str, MatterKind]()

    def no(key: str, text: str) -> None:
        """Remember a fault at a key."""
        faults.append(Fault("register", f"{file}, {key}: {text}", key))

    for unknown in sorted(set(data) - {"soorten"}):
        no(unknown, "onbekende sleutel; bekend is soorten")
    for name, table in _tables(data.get("soorten")):
        key = f"soorten.{name}"
        for unknown in sorted(set(table) - _KIND):
            no(f"{key}.{unknown}", f"onbekende sleutel; bekend zijn {', '.join(sorted(_KIND))}")
        told = table.get("stappen")
        steps = [_step(no, f"{key}.stappen.{n}", t) for n, t in enumerate(_list(told), 1)]
        names = [s.name for s in steps if s]
        if not names:
            no(f"{key}.stappen", "een soort heeft minstens een stap, anders is er geen termijn")
        elif len(set(names)) < len(names):
            no(f"{key}.stappen", "twee stappen heten hetzelfde")
        if not table.get("titel") or not table.get("bron"):
            no(key, "titel en bron ontbreken, of een van beide")
        whole = tuple(s for s in steps if s)
        found[name] = MatterKind(name, str(table.get("titel")), str(table.get("bron")), whole)
    return found, faults


def _tables(told: object) -> list[tuple[str, Raw]]:
    return (
        [(n, t) for n, t in told.items() if isinstance(t, Mapping)]
        if isinstance(told, Mapping)
        else []
    )


def _list(told: object) -> list[object]:
    return told if isinstance(told, list) else []


def _step(no: Callable[[str, str], None], key: str, table: object) -> TermRule | None:
    """Read a step."""
    if not isinstance(table, Mapping) or not set(table) <= _STEP or not table.get("naam"):
        no(key, f"een stap is een tabel met {', '.join(sorted(_STEP))}")
        return None
    try:
        count, unit = parse_length(str(table.get("lengte")))
    except ValueError as wrong:
        no(f"{key}.lengte", str(wrong))
        return None
    for part, options in (("rolt", ROLLS), ("soort", KINDS)):
        if table.get(part) not in options:
            no(f"{key}.{part}", f"'{table.get(part)}' kan niet; kies uit {', '.join(options)}")
    if unit not in _DAYS:
        no(f"{key}.lengte", "een stap telt in dagen, werkdagen, weken, maanden of jaren")
    if not table.get("grond") or not table.get("titel"):
        no(key, "elke stap noemt haar titel en haar grond")
    return TermRule(
        name=str(table["naam"]),
        title=str(table.get("titel")),
        count=count,
        unit=unit,
        rolls=str(table.get("rolt")),
        kind=str(table.get("soort")),
        ground=str(table.get("grond")),
        role="teamleider",
        rungs=(),
    )
