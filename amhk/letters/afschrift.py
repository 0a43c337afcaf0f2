"""What is kept of one person, on paper: sentences, an index, and a table for each part.

PDF/A-2a and PDF/UA-1 through typst.
"""

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from amhk.letters.pdf import compiled
from amhk.letters.printable_signs import printable

_LAYOUT = Path(__file__).with_name("afschrift.typ")
Part = tuple[str, tuple[str, str], Sequence[tuple[str, str]]]  # title, head, rows of text


@lru_cache(maxsize=1)
def _layout() -> bytes:
    return _LAYOUT.read_bytes()


def afschrift_pdf(
    title: str,
    organisation: str,
    sentences: Sequence[str],
    parts: Sequence[Part],
    foot: str,
    training: bool,
    made: date,
) -> bytes:
    """Give it as PDF; `foot` stands under every page, `made` is the day it says it was made.

    PrintFailed with the reason.
    """
    told = {
        "title": printable(title),
        "organisation": printable(organisation),
        "sentences": [printable(s) for s in sentences],
        "parts": [
            {
                "title": printable(name),
                "head": [printable(h) for h in head],
                "rows": [[printable(a), printable(b)] for a, b in rows],
            }
            for name, head, rows in parts
        ],
        "foot": printable(foot),
        "training": training,
        "made": [made.year, made.month, made.day],
    }
    return compiled(_layout(), {"afschrift": json.dumps(told, ensure_ascii=False)})
