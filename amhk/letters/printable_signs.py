"""Which characters a letter can show: those of its fonts.

What none of them has becomes a box, so that screen and paper say the same.
"""

import json
import re
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
BOX = "\u25af"
# Marks that turn the direction of text around (a name could be made to read as another), and
# control characters.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\uffff]"
)


@lru_cache(maxsize=1)
def _covered() -> tuple[list[int], list[int]]:
    spans = json.loads((FONTS / "covered.json").read_text(encoding="utf-8"))
    return [first for first, _ in spans], [last for _, last in spans]


@lru_cache(maxsize=65536)
def _shown(character: str) -> bool:
    first, last = _covered()
    code = ord(character)
    place = bisect_right(first, code) - 1
    return character in "\n\t" or (place >= 0 and code <= last[place])


def printable(text: str) -> str:
    """Give a text as a letter can show it.

    Without control characters, and a box for each character no font has.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _UNSEEN.sub("", text)
    return text if all(map(_shown, text)) else "".join(c if _shown(c) else BOX for c in text)


def unprintable(text: str) -> str:
    """Give the characters of a text that no font of the letter has, each once."""
    return "".join(dict.fromkeys(c for c in _UNSEEN.sub("", text) if not _shown(c)))
