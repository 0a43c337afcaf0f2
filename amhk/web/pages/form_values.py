"""Forms and the desk's fields.

From names with dots to nested values, and what was typed back into the form.
"""

from collections.abc import Mapping

from starlette.datastructures import FormData

from amhk.rules.parse import Filled, fold
from amhk.rules.procedure.fields import PERSONS, Desk, Field, options_of, person_part
from amhk.sheets.reading import flat

_MULTIPLE = ("choices",)
MOST_ROWS = 50


def nested(form: FormData, fields: tuple[Field, ...]) -> dict[str, object]:
    """Give a form's values nested as the fields are.

    What was left empty is left out, except where empty is an answer.
    """
    return _object(form, "", fields)


def _object(form: FormData, path: str, fields: tuple[Field, ...]) -> dict[str, object]:
    told: dict[str, object] = {}
    for f in fields:
        name = f"{path}{f.name}"
        if f.type == "object":
            if part := _object(form, f"{name}.", f.fields):
                told[f.name] = part
        elif f.type == "list":
            rows = [_object(form, f"{name}.{n}.", f.fields) for n in range(_rows(form, name))]
            bare = {person_part(f)} if f.safety else set[str]()  # of whom nothing was said
            if found := [r for r in rows if r.keys() - bare]:
                told[f.name] = found
        elif f.type in _MULTIPLE:
            if values := [v for v in form.getlist(name) if isinstance(v, str) and v]:
                told[f.name] = values
        else:
            value = form.get(name)
            if isinstance(value, str) and (value.strip() or f.blank):
                told[f.name] = value
    return told


def _rows(form: FormData, name: str) -> int:
    return min(
        max((_index(k, name) for k in form if k.startswith(f"{name}.")), default=-1) + 1, MOST_ROWS
    )


def typed(form: FormData | None) -> dict[str, list[str]]:
    """Give what was typed, by field name, so that nothing is lost when a form comes back."""
    if form is None:
        return {}
    return {
        key: told
        for key in form
        if (told := [v for v in form.getlist(key) if isinstance(v, str) and v])
    }


def likeliest(told: dict[str, object], fields: tuple[Field, ...], desk: Desk) -> dict[str, object]:
    """Give what was typed with each choice as its code where the start or a part of its title says
    which: `schie` is Schiedam; what fits none or several stays as typed.
    """
    found = dict(told)
    for f in fields:
        value = told.get(f.name)
        if f.type == "choice" and isinstance(value, str):
            found[f.name] = _code(options_of(f, desk), value)
        elif f.type == "choices" and isinstance(value, list):
            found[f.name] = [
                _code(options_of(f, desk), part)
                for v in value
                for part in v.split(",")
                if part.strip()
            ]
        elif f.type == "object" and isinstance(value, dict):
            found[f.name] = likeliest(value, f.fields, desk)
        elif f.type == "list" and isinstance(value, list):
            found[f.name] = [likeliest(item, f.fields, desk) for item in value]
    return found


def _code(options: Mapping[str, str], text: str) -> str:
    sought = fold(text).strip()
    titles = {code: fold(title) for code, title in options.items()}
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [
            code
            for code, title in titles.items()
            if sought and (fits(title, sought) or (fits is str.__eq__ and fold(code) == sought))
        ]
        if len(found) == 1:
            return found[0]
    return text


def from_values(values: Filled) -> dict[str, list[str]]:
    """Give values (what a form said, a default) as if they had been typed, whatever is wrong with
    them.
    """
    return {
        path: [_said(v) for v in (told if isinstance(told, list) else [told])]
        for path, told in flat(values).items()
    }


def _said(value: object) -> str:
    return ("ja" if value else "nee") if isinstance(value, bool) else str(value)


def shown(
    fields: tuple[Field, ...],
    desk: Desk,
    told: Mapping[str, list[str]],
    path: str = "",
    rows: int = 3,
) -> list[dict[str, object]]:
    """Give the fields as a template draws them: name, title, type, options, what was typed."""
    drawn = []
    for f in fields:
        name = f"{path}{f.name}"
        item: dict[str, object] = {
            "name": name,
            "id": name.replace(".", "-"),
            "title": f.title,
            "type": f.type,
            "required": f.required or f.ask,
            "hint": f.hint,
            "more": f.more,
            "values": told.get(name) or _only(f),
            "options": list(options_of(f, desk).items()) if f.choices else [],
        }
        if f.type == "object":
            item["parts"] = shown(f.fields, desk, told, f"{name}.", rows)
        elif f.type == "list":
            item |= _listed(f, desk, told, name, rows)
        drawn.append(item)
    return drawn


def _listed(
    field: Field, desk: Desk, told: Mapping[str, list[str]], name: str, rows: int
) -> dict[str, object]:
    """Give the rows of a list; of how safe everybody is one for each person, whom it names."""
    last = max((_index(k, name) for k in told if k.startswith(f"{name}.")), default=0)
    if not field.safety:
        places = [f"{name}.{n}." for n in range(min(MOST_ROWS, max(rows, 1 + last)))]
        return {"rows": [shown(field.fields, desk, told, place, 1) for place in places], "of": []}
    part, people = person_part(field), desk.lists[PERSONS]
    parts = tuple(f for f in field.fields if f.name != part)
    keys = [told.get(f"{name}.{n}.{part}", [key])[0] for n, key in enumerate(people)]
    return {
        "rows": [shown(parts, desk, told, f"{name}.{n}.", 1) for n, _ in enumerate(keys)],
        "of": [
            {"name": f"{name}.{n}.{part}", "key": key, "called": people.get(key, key)}
            for n, key in enumerate(keys)
        ],
    }


def _only(field: Field) -> list[str]:
    """Give what is filled in where there is one thing to choose."""
    return [*field.only] if field.only and len(field.only) == 1 else []


def _index(key: str, name: str) -> int:
    head = key[len(name) + 1 :].split(".")[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) < 4 else 0
