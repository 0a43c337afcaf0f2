"""What was told at every step of a case, to be read back.

Each field that was asked, with its title, as the journal holds it; what is secret says so and is
shown with a reason.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from amhk.desk.casefile.casefile import LINE, WORDS, CaseFile
from amhk.desk.casefile.referrals import subjects_of
from amhk.rules.procedure.fields import Field
from amhk.rules.procedure.workflow import Workflow
from amhk.store.rows import PersonRow, Row
from amhk.words import LISTS, iso, say_instant, say_partial

SECRET = "geheim: tonen met reden"
_MELDER, _PLACE = "melder", "adres"
_REASONS = (
    Field("reason", "Reden", "text"),
    Field("ground", "Grond"),
    Field("tekst", "Notitie", "text"),
)


def steps(
    file: CaseFile, entries: Sequence[Row], people: Sequence[PersonRow]
) -> list[dict[str, object]]:
    """Give the steps of a case in order.

    Sequence, name, title, instant, who, and `values` (field, title, value as kept, text to read).

    A value that this case keeps secret (the melder, an address) reads `geheim: tonen met reden`;
    content erased by law is gone.
    """
    places = any(p["geheim_adres"] for p in people)
    hidden = _Hidden(bool(file.case.get("melder_geheim")), places, _named(file, people))
    told, words = [], _words(entries)
    for entry in entries:
        if entry["kind"] == WORDS or not (
            content := _content(entry) | words.get(entry["sequence"], {})
        ):
            continue
        fields = _fields(file.workflow, entry["kind"])
        values = list(_values(file, fields, content, hidden, ""))
        if values:
            move = file.workflow.moves.get(entry["kind"])
            title = move.title if move else entry["what"].partition(":")[0].rstrip(".")
            told.append(
                {
                    "sequence": entry["sequence"],
                    "name": entry["kind"],
                    "title": title,
                    "op": content.get("op") or iso(entry["instant"]),
                    "by": entry["worker"] or "klok",
                    "values": values,
                }
            )
    return told


def _named(file: CaseFile, people: Sequence[PersonRow]) -> dict[str, Mapping[str, str]]:
    """Give what the choices of this case itself are called, by list."""
    of_run = {str(key): name for key, name in subjects_of(file).items()}
    return {
        "persoon": {str(p["id"]): p["naam"] for p in people},
        "stap": _titles(file.workflow, of_run),
        **{track.list: of_run for track in file.workflow.tracks.values()},
    }


def _titles(flow: Workflow, of_run: Mapping[str, str]) -> dict[str, str]:
    """Give the steps that can be corrected by name, and of each run its own."""
    moves = [(move, move.of or move.opens) for move in flow.moves.values()]
    told = {move.name: move.title for move, _ in moves}
    for move, track in moves:
        if track:
            told |= {f"{move.name}:{key}": f"{move.title}: {of}" for key, of in of_run.items()}
    return told


@dataclass(frozen=True)
class _Hidden:
    """What of a case is kept secret now, and what its own choices (its people, its steps) are
    called.
    """

    melder: bool
    places: bool
    names: Mapping[str, Mapping[str, str]]

    def hides(self, path: str) -> bool:
        """Tell whether a value at this place of what was told is kept secret now."""
        root, _, last = path.partition(".")[0], *path.rpartition(".")[1:]
        return (self.melder and (root == _MELDER or root.startswith("melder_"))) or (
            self.places and _PLACE in (last, path)
        )


def _words(entries: Sequence[Row]) -> dict[int, dict[str, object]]:
    """Give, per line, what was said in words with it."""
    found: dict[int, dict[str, object]] = {}
    for entry in entries:
        if entry["kind"] == WORDS and (content := _content(entry)):
            line = content.pop(LINE, None)
            if isinstance(line, int):
                found[line] = found.get(line, {}) | content
    return found


def _content(entry: Row) -> dict[str, object]:
    told = json.loads(entry["content"] or "{}")
    return told if isinstance(told, dict) else {}


def _fields(flow: Workflow, kind: str) -> tuple[Field, ...]:
    """Give the fields that a line of this kind can hold.

    Those of the move, of the intake, of a person.
    """
    if move := flow.moves.get(kind):
        return move.fields
    return (*flow.intake, *flow.person, *_REASONS)


def _values(
    file: CaseFile,
    fields: tuple[Field, ...],
    content: Mapping[str, object],
    hidden: _Hidden,
    path: str,
) -> Iterator[dict[str, object]]:
    known = {f.name: f for f in fields}
    order = {f.name: n for n, f in enumerate(fields)}
    for name, value in sorted(
        content.items(), key=lambda item: order.get(item[0].removeprefix("melder_"), len(order))
    ):
        if (
            value in (None, "", [], {})
            or (field := known.get(name) or known.get(name.removeprefix("melder_"))) is None
        ):
            continue
        here = f"{path}{name}"
        if isinstance(value, Mapping):
            yield from _values(file, field.fields, value, hidden, f"{here}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for n, item in enumerate(value):
                yield from _values(file, field.fields, item, hidden, f"{here}.{n}.")
        elif hidden.hides(here):
            yield {"field": here, "title": field.title, "value": None, "text": SECRET}
        else:
            yield {
                "field": here,
                "title": field.title,
                "value": value,
                "text": _text(file, field, value, hidden),
            }


def _text(file: CaseFile, field: Field, value: object, hidden: _Hidden) -> str:
    """Give a value as it is read: codes by their title, days and moments in words."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, list):
        return "; ".join(_text(file, field, part, hidden) for part in value)
    if not isinstance(value, str):
        return str(value)
    if field.choices:
        known = LISTS.get(field.choices) or hidden.names.get(field.choices, {})
        return str(known.get(value) or file.codes.title(field.choices, value))
    if field.type == "moment":
        return say_instant(datetime.fromisoformat(value))
    if field.type == "date":
        return say_partial(iso(date.fromisoformat(value)))
    return say_partial(value) if field.type == "partial" else value
