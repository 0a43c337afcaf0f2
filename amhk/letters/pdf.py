"""Blocks -> PDF (PDF/A-2a and PDF/UA-1) through typst; the text goes in as data."""

import json
from functools import lru_cache
from pathlib import Path

from amhk.letters.render import Block

_LAYOUT = Path(__file__).with_name("brief.typ")


@lru_cache(maxsize=1)
def _layout() -> bytes:
    return _LAYOUT.read_bytes()


def as_pdf(parts: tuple[Block, ...], title: str, organisation: str, training: bool) -> bytes:
    """Give the PDF of a letter, tagged, with title and language; text in a script the letter's font lacks comes out as plain PDF."""
    import typst

    told = {
        "title": title, "organisation": organisation, "training": training,
        "blocks": [{"kind": p.kind, "items": p.items} for p in parts],
    }  # fmt: skip
    inputs = {"brief": json.dumps(told, ensure_ascii=False)}
    try:
        return typst.compile(_layout(), sys_inputs=inputs, pdf_standards=["a-2a", "ua-1"], ignore_system_fonts=True)
    except typst.TypstError:
        return typst.compile(_layout(), sys_inputs=inputs, ignore_system_fonts=True)
