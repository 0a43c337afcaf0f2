"""A report on paper: sentences, then its tables with their head on every page.

PDF/A-2a and PDF/UA-1 through typst.
"""

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from amhk.letters.pdf import compiled
from amhk.letters.printable_signs import printable

_LAYOUT = Path(__file__).with_name("rapport.typ")


@lru_cache(maxsize=1)
def _layout() -> bytes:
    return _LAYOUT.read_bytes()


def report_pdf(
    title: str,
    organisation: str,
    sentences: Sequence[str],
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]], str]],
    foot: str,
    training: bool,
    made: date,
    charts: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Give a report as PDF: `tables` are (title, head, rows of text, what stands beneath), the
    first cell of a row its name; `charts` are (title, SVG); `foot` stands under every page, `made`
    is the day it says it was made. PrintFailed with the reason.
    """
    told = {
        "title": printable(title),
        "organisation": printable(organisation),
        "sentences": [printable(s) for s in sentences],
        "foot": printable(foot),
        "training": training,
        "made": [made.year, made.month, made.day],
        "charts": [
            {"title": printable(title), "svg": svg, "alt": printable(title)}
            for title, svg in charts
        ],
        "tables": [
            {
                "title": printable(t),
                "head": [printable(h) for h in head],
                "rows": [[printable(c) for c in row] for row in rows],
                "note": printable(note),
            }
            for t, head, rows, note in tables
        ],
    }
    return compiled(_layout(), {"rapport": json.dumps(told, ensure_ascii=False)})
