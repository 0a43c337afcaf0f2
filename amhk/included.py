"""A workflow that takes parts of itself from other files of its release (`include`), so that two
routes need not say the same twice.
"""

import tomllib
from pathlib import Path

from amhk.rules.parse import Raw

KEY = "include"
_PARTS = ("facts", "values", "states", "fields", "terms", "notices", "needs", "moves", "recipients")


def whole(place: Path, path: Path) -> tuple[dict[str, object], list[str]]:
    """Read a workflow file with all it includes, and give what is wrong with that, in Dutch.

    `place` is the folder of its release: what is included stands in it. What is included comes
    first; a name stands in one of the files only, and promises are added together. Raises
    tomllib.TOMLDecodeError or UnicodeDecodeError for the file itself.
    """
    own = _read(path)
    told, made, wrong = own.pop(KEY, []), dict[str, object](), list[str]()
    if not isinstance(told, list) or not all(isinstance(name, str) for name in told):
        return own, ['noem de bestanden in een lijst: include = ["delen/velden.toml"]']
    files = [(name, *_part(place, path.parent, name)) for name in told]
    for name, data, text in (*files, (path.name, own, "")):
        wrong += [text] if text else []
        wrong += [
            f"{name}: '{key}' kan hier niet in; wel {', '.join((*_PARTS, 'promises'))}"
            for key in sorted(set(data) - {*_PARTS, "promises"})
            if data is not own
        ]
        _add(made, data, name, wrong)
    return made, wrong


def _part(place: Path, here: Path, name: str) -> tuple[dict[str, object], str]:
    """Read a file that is included; what is wrong with it is told beside it."""
    path = (here / name).resolve()
    if not path.is_relative_to(place.resolve()):
        return {}, f"{name}: wat een uitgave gebruikt staat in haar eigen map"
    if not path.is_file():
        return {}, f"{name}: dit bestand is er niet"
    try:
        return _read(path), ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        return {}, f"{name}: {why}"


def _read(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8-sig"))


def _add(made: dict[str, object], data: Raw, name: str, wrong: list[str]) -> None:
    for key, value in data.items():
        known = made.get(key)
        if isinstance(known, dict) and isinstance(value, dict) and key in _PARTS:
            twice = sorted(set(known) & set(value))
            wrong += [f"{name}: '{key}.{one}' staat ook in een ander bestand" for one in twice]
            made[key] = {**known, **value}
        elif isinstance(known, list) and isinstance(value, list) and key == "promises":
            made[key] = [*known, *value]
        else:
            made[key] = value
