"""A pile of letters as one PDF to print.

A cover sheet, then each letter as it was approved, on a sheet of its own.
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

from amhk.letters.pdf import as_pdf
from amhk.letters.render import Block
from amhk.words import say_day, some


def together(
    organisation: str,
    day: date,
    covers: Sequence[tuple[str, str]],
    letters: Sequence[bytes],
    training: bool,
) -> bytes:
    """Give one PDF of letters (their own bytes, page by page), with a sheet on top that says which
    (name and handling) and how many pages; each begins on the front of a sheet.
    """
    from pypdf import PdfReader, PdfWriter

    read = [PdfReader(BytesIO(letter)) for letter in letters]
    lines = [
        f"{name}. {some(len(r.pages), 'bladzijde', 'bladzijden')}. {handling}."
        for (name, handling), r in zip(covers, read, strict=True)
    ]
    title = f"Post van {say_day(day)}"
    count = some(len(letters), "brief", "brieven")
    sheet = (
        Block("kop", (title,)),
        Block("alinea", (f"{count}. {_FOLD}",)),
        Block("lijst", tuple(lines)),
        Block("alinea", (_STAYS,)),
    )
    cover = PdfReader(BytesIO(as_pdf(sheet, title, organisation, training)))
    out = PdfWriter()
    for part in (cover, *read):
        for page in part.pages:
            out.add_page(page)
        if len(part.pages) % 2:
            out.add_blank_page()
    told = BytesIO()
    out.write(told)
    return told.getvalue()


_FOLD = "Tel na, vouw elke brief apart en controleer het adres in het venster."
_STAYS = "Dit blad gaat niet mee. Leg daarna op het scherm vast dat de stapel weg is."
