"""Tables for other programs.

CSV as people in the Netherlands open it, and never a cell that starts a formula.
"""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: object) -> str:
    """Give a cell as text; one that a spreadsheet would run as a formula gets an apostrophe before
    it.
    """
    text = "" if cell is None else str(cell)
    return (
        f"'{text}"
        if text.lstrip().startswith(_FORMULA) and not text.lstrip("-").isdigit()
        else text
    )


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a table as CSV: semicolons, CRLF, UTF-8 with a byte order mark for Excel."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(c) for c in head])
    writer.writerows([safe(c) for c in row] for row in rows)
    return out.getvalue()
