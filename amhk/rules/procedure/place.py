"""Where in a file of the procedure something stands: the line of a key, by the text alone."""

import re

_AT_LINE = re.compile(r"at line (\d+)")


def line_of(text: str, key: str) -> int:
    """Give the line (from 1) of a key such as `moves.verwijzen.sets` in a TOML text: of the longest
    part of it that is written there; 1 when no part is.
    """
    lines = text.splitlines()
    parts = [part for part in re.split(r"[.\[\]]+", key) if part]
    for long in range(len(parts), 0, -1):
        if found := _of(lines, parts[:long]):
            return found
    return 1


def _of(lines: list[str], parts: list[str]) -> int:
    whole = ".".join(parts)
    for number, line in enumerate(lines, 1):
        head = line.strip().strip("[]")
        if line.lstrip().startswith("[") and (head == whole or head.startswith(f"{whole}.")):
            return number
    inside = ".".join(parts[:-1])
    here = ""
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("["):
            here = line.split("#")[0].strip().strip("[]")
        elif here == inside and re.match(rf'\s*"?{re.escape(parts[-1])}"?\s*=', line):
            return number
    return 0


def line_said(text: str) -> int:
    """Give the line that a fault of the TOML reader names; 1 when it names none."""
    found = _AT_LINE.search(text)
    return int(found[1]) if found else 1
