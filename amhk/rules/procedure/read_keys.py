"""One table of a workflow file: every key known, every value one of its options."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from amhk.errors import Fault

T = TypeVar("T")
_LIKE = {"final", "finish", "not_finish", "states", "facts", "unless"}
KEYS = {
    "state": {"title", "final", "unsafe"},
    "field": {
        "name",
        "title",
        "type",
        "hint",
        "choices",
        "future",
        "blank",
        "fields",
        "anytime",
        "more",
        "ask",
        "bare",
        "phone",
        "safety",
    },
    "term": {
        "title",
        "length",
        "rolls",
        "kind",
        "ground",
        "role",
        "rungs",
        "acts",
        "onward",
        "per_person",
        "suspend_ground",
        "extend",
        "beside",
        "buttons",
        "waits_for",
        "of",
        "plan",
        "then",
        "lengths",
    },
    "length": {"length", "when"},
    "beside": {"length", "rolls", "kind", "ground"},
    "untouched": {"term", "acute"},
    "waiting": {"term", "states"},
    "notice": {
        "title",
        "recipient",
        "obligatory",
        "term",
        "sent_starts",
        "professional",
        "ground",
        "of",
        "when",
        "per",
    },
    "recipient": {"title", "address", "kind", "office", "may", "bars", "acts"},
    "need": {"kind", "text", "names", "values", "unless", "days", "field", "opens", "when"},
    "edge": {"from", "to", "when", "starts", "meets", "voids", "notices"},
    "move": {
        "title",
        "done",
        "roles",
        "input",
        "edges",
        "from",
        "to",
        "finish",
        "ending",
        "starts",
        "meets",
        "voids",
        "sets",
        "needs",
        "notices",
        "effect",
        "term_date",
        "side",
        "crosses",
        "codes",
        "registered",
        "first",
        "drops",
        "plain",
        "of",
        "opens",
    },
    "start": {"term", "when", "once"},
    "set": {"name", "value", "count", "when"},
    "referral": {"acceptance", "check", "letter"},
    "top": {
        "name",
        "route",
        "release",
        "title",
        "start",
        "facts",
        "values",
        "intake",
        "person",
        "closing",
        "states",
        "fields",
        "terms",
        "notices",
        "needs",
        "moves",
        "suspended_term",
        "roles",
        "join",
        "untouched",
        "waiting",
        "referral",
        "retention",
        "other_region",
        "promises",
        "finishes",
        "recipients",
        "tracks",
    },
    "track": {"title", "which", "per", "facts", "values", "sums"},
    "sum": {"of", "first", "none"},
    "finish": {"after"},
    "next": {"move", "choice", "without"},
    "promise": {"text", "ground", "never", "always", "leads_to", "exactly", "of"},
    "never": _LIKE | {"unless_met", "taken_back"},
    "always": _LIKE | {"possible"},
    "leads_to": _LIKE | {"to"},
    "exactly": _LIKE | {"term"},
    "to": _LIKE,
    "other_region": {"term", "offer", "accept", "refuse"},
    "retention": {"keep", "destroy", "access"},
}


@dataclass
class Reading:
    file: str
    faults: list[Fault] = field(default_factory=list)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def no(self, key: str, text: str) -> None:
        """Remember a fault at a key of the file."""
        told = f"{self.file}, {key}: {text}"
        self.faults.append(Fault("workflow", told, field=key, file=self.file))

    def known(self, key: str, kind: str, table: Mapping[str, object]) -> None:
        """Remember every key of a table that is not known."""
        for name in sorted(set(table) - KEYS[kind]):
            self.no(
                f"{key}.{name}", f"onbekende sleutel; bekend zijn {', '.join(sorted(KEYS[kind]))}"
            )

    def one(self, key: str, value: object, options: Collection[T], default: T) -> T:
        """Give a value that is one of the options.

        Another is a fault, and the default comes back.
        """
        if value in options:
            return cast(T, value)
        self.no(key, f"'{value}' kan niet; kies uit {', '.join(map(str, options))}")
        return default

    def names(self, key: str, value: object, options: Collection[str]) -> tuple[str, ...]:
        """Give the names in a list that exist; each other one is a fault."""
        items = [value] if isinstance(value, str) else value or ()
        if not isinstance(items, list | tuple):
            self.no(key, "hier hoort een lijst van namen te staan")
            return ()
        for item in items:
            if item not in options:
                self.no(key, f"'{item}' bestaat niet")
        return tuple(i for i in items if i in options)
