"""`python -m benchmarks.letters`.

Letters per second as HTML and as tagged PDF, beside the bare library that does the same and beside
WeasyPrint, taken in turns.

HTML: facts through the rule of secrecy, the template, blocks, HTML with its head; beside Jinja2
alone on the same template.
PDF: the same blocks through our layout as PDF/A-2a and PDF/UA-1; beside typst alone on plain text
of the same length with the same standards, and
beside WeasyPrint (`pip install --group peers .`, needs pango) on our HTML.
"""

import html
import os
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import typst
from jinja2 import Environment

from amhk.desk.letters import sample_facts
from amhk.letters.pdf import as_pdf
from amhk.letters.printable_signs import FONTS
from amhk.letters.render import Letters, as_html
from amhk.rules.privacy.recipients import STANDARD

ROUNDS = 7
KIND, CLASS = "verwijzing_instelling", "instelling"
_FONTS = typst.Fonts(
    include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
)


def rate(act: Callable[[int], object], seconds: float) -> float:
    """Give how often a second something was done, over at least this long."""
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        act(count)
        count += 1
    return count / spent


def main() -> None:
    """Take turns and print the table."""
    letters = Letters(Path(__file__).parent.parent / "templates" / "notices")
    facts = sample_facts.fair()
    head = sample_facts.head(
        "Meldpunt Oefenregio", ("Postbus 1", "0000 AA Oefenstad"), "Wijkteam Oefenstad"
    )
    bare = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True).from_string(
        letters.source(KIND)
    )

    def ours(n: int) -> tuple:
        return letters.render(
            KIND,
            sample_facts.for_letter({**facts, "zaaknummer": f"M-2026-{n:06}"}, STANDARD[CLASS]),
        )

    text = "\n\n".join(i for b in ours(0) for i in b.items)
    plain = (
        '#set document(title: "t")\n#set text(lang: "nl", font: "Fira Sans")\n#let t ='
        ' json(bytes(sys.inputs.t))\n#heading("t")\n#for p in t [#par(p)]'
    )

    def alone(n: int) -> bytes:
        import json

        told = {"t": json.dumps([f"{n} {p}" for p in text.split("\n\n")])}
        return typst.compile(
            plain.encode(), sys_inputs=told, pdf_standards=["a-2a", "ua-1"], font_paths=_FONTS
        )

    rows: dict[str, Callable[[int], object]] = {
        "HTML: ours": lambda n: as_html(ours(n), head),
        "HTML: Jinja2 alone": lambda n: bare.render({**facts, "zaaknummer": str(n)}),
        "PDF/A-2a, PDF/UA-1: ours": lambda n: as_pdf(
            ours(n), f"Verwijzing {n}", "Meldpunt", False, head
        ),
        "PDF/A-2a, PDF/UA-1: typst alone": alone,
    }
    try:
        import weasyprint
    except (ImportError, OSError) as wrong:
        print(f"WeasyPrint: not here ({wrong})")
    else:
        page = (
            "<html lang=nl><title>t</title><body style='font-family: sans-serif'>{}</body></html>"
        )
        rows["PDF/UA-1: WeasyPrint"] = lambda n: weasyprint.HTML(
            string=page.format(as_html(ours(n), head))
        ).write_pdf(pdf_variant="pdf/ua-1")
    found: dict[str, list[float]] = {name: [] for name in rows}
    for act in rows.values():
        act(0)
    for _ in range(ROUNDS):
        for name, act in rows.items():
            found[name].append(rate(act, 0.4 if "HTML" in name else 0.8))
    told = {name: statistics.median(rates) for name, rates in found.items()}
    print(
        f"Letters per second, one thread; {platform.machine()}, {os.cpu_count()} cores, Python"
        f" {platform.python_version()}, typst {version('typst')}; {len(html.escape(text))}"
        f" characters; medians of {ROUNDS}"
    )
    for name, value in told.items():
        floor = told["HTML: Jinja2 alone" if "HTML" in name else "PDF/A-2a, PDF/UA-1: typst alone"]
        print(f"| {name} | {value:,.0f} | {value / floor:.2f} |")
    if "PDF/UA-1: WeasyPrint" in told:
        print(
            "ours beside WeasyPrint:"
            f" {told['PDF/A-2a, PDF/UA-1: ours'] / told['PDF/UA-1: WeasyPrint']:.1f} x"
        )


if __name__ == "__main__":
    main()
