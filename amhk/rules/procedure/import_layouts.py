"""Forms that come in bulk: from the columns of another's file to the fields of an intake, by a
mapping that is data.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from amhk.errors import Fault
from amhk.rules.procedure.fields import MAX_ITEMS, Field

SCHEMA = (  # of the shipped layout: its columns are the paths of the fields of the intake
    "formulier/1"
)
_APART = re.compile(r"\s*[,;|/]\s*")
_PLACE = re.compile(r"\.(\d{1,2})(?=\.|$)")


@dataclass(frozen=True)
class Layout:
    """How a kind of file is read.

    Which column is which field (`melder.naam`, `betrokkenen.0.bsn`), what its words mean, and what
    is always so.

    `values` goes by field without row number (`betrokkenen.geslacht`). Without `columns` every
    column bears the path of its field.
    """

    name: str
    title: str
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    passed_on_to: str = "politie"


OWN = Layout(SCHEMA, "Indeling van dit programma")


def field_at(path: str, fields: tuple[Field, ...]) -> Field | None:
    """Give the field at a path such as `betrokkenen.0.naam`.

    None when there is none that holds a value.
    """
    head, _, rest = path.partition(".")
    found = next((f for f in fields if f.name == head), None)
    if found is None or found.type not in ("object", "list"):
        return None if rest else found
    if found.type == "list":
        place, _, rest = rest.partition(".")
        if not (place.isascii() and place.isdecimal()) or len(place) > 3 or int(place) >= MAX_ITEMS:
            return None
    return field_at(rest, found.fields)


def layout_faults(layout: Layout, fields: tuple[Field, ...]) -> Iterator[str]:
    """Give what in a layout leads nowhere.

    A column or fixed value for a field that is not there.
    """
    for what, paths in (("columns", layout.columns.values()), ("fixed", layout.fixed)):
        for path in paths:
            if field_at(path, fields) is None:
                yield (
                    f"imports '{layout.name}', {what}: het veld '{path}' bestaat niet in een"
                    " melding."
                )
    told = {_PLACE.sub("", path) for path in (*layout.columns.values(), *layout.fixed)}
    for path in layout.values:
        if path not in told:
            yield f"imports '{layout.name}', values: er is geen kolom voor '{path}'."


def unknown_columns(columns: Iterator[str], layout: Layout, fields: tuple[Field, ...]) -> list[str]:
    """Give the columns of a file that this layout does not know.

    A signal must not be lost in one.
    """
    if layout.columns:
        return [c for c in columns if c not in layout.columns and c not in layout.ignore]
    return [c for c in columns if field_at(c, fields) is None and c not in layout.ignore]


def shape(
    cells: Mapping[str, object], layout: Layout, fields: tuple[Field, ...]
) -> dict[str, object]:
    """Give a row as the body of a call: nested, with the layout's words turned into ours.

    What stands in no field is left to `unknown_columns`.
    """
    body: dict[str, object] = {}
    told = {
        layout.columns.get(c, c) if layout.columns else c: v
        for c, v in cells.items()
        if c not in layout.ignore
    }
    for path, value in {**layout.fixed, **told}.items():
        found = field_at(path, fields)
        if found is not None:
            _put(
                body,
                path.split("."),
                _ours(bare(value), found, layout.values.get(_PLACE.sub("", path), {})),
            )
    return _lists(body, fields)


def bare(value: object, depth: int = 0) -> Any:
    """Give what was sent as it can be kept.

    No character that no database holds, nothing deeper than a form is.
    """
    if isinstance(value, str):
        return (
            value.replace("\0", "\ufffd")
            .encode("utf-8", "surrogatepass")
            .decode("utf-8", "replace")
        )
    if isinstance(value, Mapping):
        return (
            {str(bare(str(k))): bare(v, depth + 1) for k, v in value.items()} if depth < 8 else None
        )
    if isinstance(value, list):
        return [bare(v, depth + 1) for v in value[:200]] if depth < 8 else None
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _ours(value: object, f: Field, words: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [_ours(v, f, words) if f.type != "choices" else _code(v, words) for v in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**18:
        return "\ufffd"
    if not isinstance(value, str):
        value = (
            str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
        )
    if not isinstance(value, str):
        return value
    if f.type == "choices":
        return [_code(v, words) for v in _APART.split(value.strip()) if v]
    if f.type == "choice":
        return _code(value, words)
    return words.get(value.strip(), value)


def _code(value: object, words: Mapping[str, str]) -> object:
    text = str(value).strip()
    told = words.get(text, text)
    return f"0{told}" if len(told) == 1 and told.isdigit() else told


def _put(body: dict[str, object], path: list[str], value: object) -> None:
    for part in path[:-1]:
        inner = body.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        body = inner
    body[path[-1]] = value


def _lists(body: dict[str, object], fields: tuple[Field, ...]) -> dict[str, object]:
    """Give the numbered rows of each list in order."""
    told = dict(body)
    for f in fields:
        part = told.get(f.name)
        if f.type == "object" and isinstance(part, dict):
            told[f.name] = _lists(part, f.fields)
        elif f.type == "list" and isinstance(part, dict):
            told[f.name] = [_lists(part[n], f.fields) for n in sorted(part, key=int)]
    return told


_DAYS = (
    re.compile(r"(?P<day>\d{1,2})[-/](?P<month>\d{1,2})(?:[-/](?:\d{4}|\d{2}))?"),
    re.compile(r"\d{4}-(?P<month>\d{2})-(?P<day>\d{2})(?:t[\d:.]+)?"),
)
_NUMBER = re.compile(r"\d{1,30}(?:[.,]\d{1,30})?(?:e[+-]?\d{1,2})?")
_EXACT = 15  # digits that a spreadsheet keeps of a number


def kenmerk_key(told: object, gemeente: object = None, received: object = None) -> str | None:
    """Give what one kenmerk keeps when its file passed through a spreadsheet.

    No zeros in front, and of a number too long for it the first 15 digits, with gemeente and moment
    of receipt beside them. None when there is no kenmerk.
    """
    if not isinstance(told, str) or not (plain := "".join(told.split()).casefold()):
        return None
    if not (plain.isascii() and plain.isdigit()):
        return plain[:200]
    digits = plain.lstrip("0") or "0"
    return digits if len(digits) <= _EXACT else f"{digits[:_EXACT]} {gemeente} {received}"[:200]


def bent_key(told: str) -> str:
    """Give what a kenmerk has in common with what a spreadsheet can make of it.

    `12E4` and `120000`, `7.10` and `7,1`, `1-2` and `2026-02-01` (day and month; a spreadsheet
    makes up the year).
    """
    plain = "".join(told.split()).casefold()
    if found := next((f for f in (one.fullmatch(plain) for one in _DAYS) if f), None):
        return "dag {}-{}".format(
            *sorted((int(found["day"]), int(found["month"])))
        )  # an English one turns them round
    if _NUMBER.fullmatch(plain):
        return f"getal {float(plain.replace(',', '.')):.14g}"
    return plain


def mark_of(layout: Layout, body: Mapping[str, object]) -> str:
    """Give what the same form always gives, from whichever file and spreadsheet.

    A hash over the layout's name and all it says.
    """
    if key := kenmerk_key(body.get("id"), body.get("gemeente"), body.get("ontvangen")):
        body = {**body, "id": key}
    return sha256(
        json.dumps([layout.name, body], sort_keys=True, ensure_ascii=False, default=str).encode(
            "utf-8", "replace"
        )
    ).hexdigest()


def row_fault(number: int, text: str) -> Fault:
    """Give what is wrong with a row as such."""
    return Fault("regel", f"Regel {number}: {text}.", None)
