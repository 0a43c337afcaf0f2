"""The same definitions as JSON Schema (2020-12).

Complete, so that a client that knows nothing of the trade can fill them in.
"""

import copy
from typing import Any

from amhk.rules.procedure.fields import MAX_ITEMS, MAX_LINE, MAX_TEXT, Desk, Field, options_of
from amhk.words import day_of, iso


def schema(fields: tuple[Field, ...], desk: Desk, version: int | None = None) -> dict[str, Any]:
    """Give the JSON Schema of an object with these fields.

    `version` adds the lock a move must carry.
    """
    offered = [f for f in fields if _offered(f, desk)]
    properties = {f.name: property_of(f, desk) for f in offered}
    required = [f.name for f in offered if f.required]
    if version is not None:
        properties = {
            "version": {"type": "integer", "const": version, "title": "Versie van de zaak"},
            **properties,
        }
        required = ["version", *required]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _offered(f: Field, desk: Desk) -> bool:
    """Tell whether a field is offered: there is something to choose, or it must be told anyhow; of
    a list there is something to choose for an item.
    """
    if f.type in ("object", "list"):
        return all(_has_options(part, desk) for part in f.fields if part.required)
    return f.required or _has_options(f, desk)


def _has_options(f: Field, desk: Desk) -> bool:
    return not f.choices or f.choices in desk.untold or bool(options_of(f, desk))


def property_of(f: Field, desk: Desk) -> dict[str, object]:
    """Give the JSON Schema of one field, with its title, hint, code list and default."""
    told: dict[str, object] = {"title": f.title}
    if f.hint:
        told["description"] = f.hint
    return told | _kind(f, desk)


def _kind(f: Field, desk: Desk) -> dict[str, object]:
    """Give the JSON Schema of what one field takes."""
    if f.type in _PLAIN:
        return copy.deepcopy(_PLAIN[f.type])
    now = iso(desk.now)
    match f.type:
        case "line" | "text":
            longest = MAX_LINE if f.type == "line" else MAX_TEXT
            return {"type": "string", "minLength": 1, "maxLength": longest}
        case "date":
            return _date(f, desk)
        case "moment":
            least = {"x-earliest": iso(desk.earliest)} if desk.earliest else {}
            shown = {"default": now, "examples": [now]}
            return {"type": "string", "format": "date-time", **shown, **least}
        case "choice":
            return {"type": "string"} | _options(f, desk)
        case "choices":
            return {
                "type": "array",
                "items": {"type": "string"} | _options(f, desk),
                "uniqueItems": True,
                "minItems": int(f.required),
            }
        case "object":
            return schema(f.fields, desk)
        case _:
            items = {"type": "array", "items": schema(f.fields, desk), "maxItems": MAX_ITEMS}
            return items | ({"minItems": 1} if f.required else {})


# The types that take the same whatever the day and the lists.
_PLAIN: dict[str, dict[str, object]] = {
    "gezag": {
        "type": "string",
        "minLength": 2,
        "maxLength": MAX_LINE,
        "not": {"enum": ["nee", "Nee"]},
        "default": "ja",
        "examples": ["ja", "nee, gevaar voor de jeugdige"],
    },
    "partial": {
        "type": "string",
        "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$",
        "examples": ["1979", "1979-06", "1979-06-30"],
    },
    "yesno": {"type": "boolean"},
    "number": {"type": "integer"},
    "scores": {
        "type": "array",
        "items": {"type": "integer", "enum": [-1, 0, 1, 2]},
        "maxItems": 10,
    },
    "grades": {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": 10},
        "maxItems": 10,
    },
    "bsn": {"type": "string", "pattern": r"^\d{9}$", "examples": ["999990019"]},
}


def _date(f: Field, desk: Desk) -> dict[str, object]:
    today = day_of(desk.now)
    if f.anytime:
        return {"type": "string", "format": "date", "examples": [iso(today)]}
    if f.future:
        start = today.toordinal() + 28
        return {
            "type": "string",
            "format": "date",
            "examples": [iso(today.fromordinal(start))],
            "default": iso(today.fromordinal(start)),
        }
    if f.blank:
        kinds = [{"type": "string", "format": "date"}, {"const": ""}]
        return {"anyOf": kinds, "default": iso(today), "examples": [iso(today), ""]}
    return {"type": "string", "format": "date", "default": iso(today), "examples": [iso(today)]}


def _options(f: Field, desk: Desk) -> dict[str, object]:
    if f.choices in desk.untold:
        return {}
    options = options_of(f, desk)
    titled = any(value != title for value, title in options.items())
    return {"enum": list(options)} | ({"x-titles": dict(options)} if titled else {})
