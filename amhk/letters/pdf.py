"""Blocks -> PDF (PDF/A-2a and PDF/UA-1) through typst.

The text goes in as data, the fonts come with the product.
"""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from amhk.letters.printable_signs import FONTS, printable
from amhk.letters.render import Block, Head

_LAYOUT = Path(__file__).with_name("brief.typ")
_STANDARDS: Any = ["a-2a", "ua-1"]


class PrintFailed(Exception):
    """A letter could not be put on paper."""


@lru_cache(maxsize=1)
def _layout() -> bytes:
    return _LAYOUT.read_bytes()


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


def as_pdf(
    parts: tuple[Block, ...],
    title: str,
    organisation: str,
    training: bool,
    head: Head | None = None,
    logo: Path | None = None,
) -> bytes:
    """Give the PDF of a letter: tagged, with title and language, its fonts inside.

    In training with a mark across the page. `logo` is a PNG, JPEG or SVG. PrintFailed with the
    reason.
    """
    told = {
        "title": printable(title),
        "organisation": printable(organisation),
        "training": training,
        "head": _plain(head),
        "blocks": [{"kind": p.kind, "items": p.items} for p in parts],
        "logo": logo.name if logo else "",
    }
    return compiled(
        _layout(), {"brief": json.dumps(told, ensure_ascii=False)}, logo.parent if logo else FONTS
    )


def compiled(layout: bytes, inputs: dict[str, str], root: Path = FONTS) -> bytes:
    """Give the PDF of a layout of ours with what goes in as data; PrintFailed with the reason."""
    import typst

    try:
        return typst.compile(
            layout, root=str(root), sys_inputs=inputs, pdf_standards=_STANDARDS, font_paths=_fonts()
        )
    except typst.TypstError as wrong:
        raise PrintFailed(wrong.message) from wrong


def _plain(head: Head | None) -> dict[str, object] | None:
    if head is None:
        return None
    told = asdict(head)
    return {
        k: [
            [printable(x) for x in v] if isinstance(v, tuple | list) else printable(v)
            for v in value
        ]
        if not isinstance(value, str)
        else value
        for k, value in told.items()
    }
