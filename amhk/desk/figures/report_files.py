"""A report as a file: page, CSV, JSON, workbook or paper, all from the same figures.

Also of one that was kept.
"""

import json
from collections.abc import Callable
from datetime import datetime
from html import escape

from amhk.desk.figures import reports, wording
from amhk.desk.figures.report_tables import (
    Table,
    about,
    changed,
    charts,
    level_names,
    meanings,
    sampled,
    split,
    tables,
    title_of,
    trend,
)
from amhk.desk.figures.wording import SAY, Report, Value
from amhk.errors import BadInput
from amhk.letters.report import report_pdf
from amhk.office import Office
from amhk.rules.figures.small_numbers import TOO_FEW
from amhk.rules.privacy.secrecy import Reader
from amhk.sheets.workbook import Cell, Sheet, as_ods, as_xlsx
from amhk.sheets.write import as_csv

FORMATS = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_WIDE = 10  # columns a page has room for
LOOK = (
    "body{font:16px/1.5 sans-serif;max-width:80rem;margin:1rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}"
    "th,td{border-bottom:1px solid #c0c7d2;padding:.2rem .5rem;"
    "text-align:right;vertical-align:bottom}"
    "th:first-child,td:first-child{text-align:left}"
    "div{overflow-x:auto}figure{margin:0 0 1.5rem}caption{text-align:left;font-weight:600}"
)


def render(
    office: Office,
    name: str,
    period: str,
    format: str,
    who: Reader,
    known: str = "",
    area: str = "",
    style: str = "",
) -> tuple[bytes, str]:
    """Give a report as a file in a format (html, csv, json, ods, xlsx, pdf) and its media type.

    BadInput for another format.
    """
    fit(format)
    return rendered(
        office,
        reports.make(office, name, period, who=who, known=known or None, area=area, style=style),
        format,
    )


def fit(format: str) -> None:
    """Refuse a format there is not."""
    if format not in FORMATS:
        raise BadInput.of(
            "formaat", f"'{format[:20]}' kan niet; kies uit {', '.join(FORMATS)}.", "format"
        )


def rendered(office: Office, report: Report, format: str) -> tuple[bytes, str]:
    """Give a report that was made as a file in a format, and its media type.

    The same report gives the same bytes.
    """
    return _MAKE[format](office, report), FORMATS[format]


def sheets(report: Report) -> list[Sheet]:
    """Give a report as typed sheets.

    The figures, the splits, earlier periods, what they mean, and what the file is; a share as two
    counts and a percentage.
    """
    told = [_figures(report)] if report["rows"] else []
    if report.get("groups"):
        told += [_splits(report)]
    for table in (trend(report), changed(report)):
        told += [_sheet(table)] if table else []
    told += [
        _sheet((f"Zaak {n}", head, rows)) for n, (_, head, rows) in enumerate(sampled(report), 1)
    ]
    _, head, rows = meanings(report)
    told += [_sheet(("Definities", head, rows))] if rows else []
    return [*told, Sheet("Over dit bestand", ("Wat", "Waarde"), tuple(about(report)))]


def _sheet(table: Table) -> Sheet:
    title, head, rows = table
    return Sheet(title[:31], tuple(head), tuple(tuple(map(_cell, row)) for row in rows))


def _cell(told: object) -> Cell:
    return told if isinstance(told, int | float) else str(told) or None


def _figures(report: Report) -> Sheet:
    levels = report.get("levels") or {}
    told = [
        *report["rows"],
        *(line for lines in levels.values() for line in lines),
        report["total"],
    ]
    names = [
        *(r["gemeente"] for r in report["rows"]),
        *(level_names(report) if levels else ()),
        report["total"]["gemeente"],
    ]
    head, rows = ["Gemeente"], [[name] for name in names]
    if "inwoners" in report["total"]:
        head.append("Inwoners")
        rows = [[*row, r["inwoners"]] for row, r in zip(rows, told, strict=True)]
    for key, d in wording.plain_definitions(report).items():
        columns, typed = _TYPED[d["kind"]]
        head += [f"{d['title']}{column}" for column in columns]
        rows = [
            [*row, *(_hidden(r[key], len(columns)) or typed(r[key]))]
            for row, r in zip(rows, told, strict=True)
        ]
    return Sheet("Cijfers", tuple(head), tuple(tuple(r) for r in rows))


def _splits(report: Report) -> Sheet:
    lines = [*report["rows"], report["total"]]
    head = ("Cijfer", "Waarde", *(str(line["gemeente"]) for line in lines))
    rows: list[tuple[Cell, ...]] = []
    for key, d in report["definitions"].items():
        if d["kind"] == "split":
            rows += [(d["title"], *map(_cell, row)) for row in split(report, key, d)[2]]
    return Sheet("Splitsingen", head, tuple(rows))


def _hidden(value: object, columns: int) -> list[Cell]:
    return [value] * columns if isinstance(value, str) else []


def _share(value: list[int]) -> list[object]:
    return [*value, round(100 * value[0] / value[1], 1) if value[1] else None]


def _rate(value: list[Value]) -> list[object]:
    return [round(1000 * value[0] / value[1], 2) if value[1] else None]


# How each kind of figure stands in a workbook: the columns it takes, and their typed cells.
_TYPED: dict[str, tuple[tuple[str, ...], Callable[[Value], list[object]]]] = {
    "count": (("",), lambda value: [value]),
    "share": ((": teller", ": noemer", ": %"), _share),
    "rate": (("",), _rate),
    "days": (("", ": van hoeveel"), list),
    "mean": (("", ": van hoeveel"), list),
    "money": ((" (euro)",), lambda value: [None if value is None else value / 100]),
}


def _html(office: Office, report: Report) -> bytes:
    mark = "<p><strong>OEFENING: geen echte cijfers</strong></p>" if report["training"] else ""
    said = "".join(f"<li>{escape(s)}</li>" for s in report["sentences"])
    drawn = "".join(
        f"<figure><figcaption>{escape(t)}</figcaption>{svg}{_table(('', *table[1:]))}</figure>"
        for t, svg, table in charts(office, report)
    )
    body = "".join(
        f"<h2>{escape(group)}</h2>" + "".join(_table(t) for t in found)
        for group, found in tables(report)
    )
    rest = "".join(
        f"<h2>{escape(t[0])}</h2>{_table(('', *t[1:]))}"
        for t in (trend(report), changed(report), meanings(report))
        if t and t[2]
    )
    foot = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in about(report))
    title = escape(title_of(report))
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{LOOK}</style></head><body><main>{mark}<h1>{title}</h1>"
        f"<ul>{said}</ul>{drawn}{body}{rest}<h2>Over dit rapport</h2><dl>{foot}</dl>"
        "</main></body></html>"
    ).encode()


def _table(table: Table) -> str:
    title, head, rows = table
    top = "".join(f'<th scope="col">{escape(h)}</th>' if h else "<td></td>" for h in head)
    body = "".join(
        f'<tr><th scope="row">{escape(str(r[0]))}</th>'
        + "".join(f"<td>{escape(str(c))}</td>" for c in r[1:])
        + "</tr>"
        for r in rows
    )
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    name = escape(title or "Tabel", quote=True)
    return (
        f'<div tabindex="0" role="region" aria-label="{name}"><table>{caption}'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _pdf(office: Office, report: Report) -> bytes:
    """On paper, where a region has more columns than a page, each gemeente is a column and a share
    two counts; splits are those of the whole.
    """
    told = [*_figures_on_paper(report), *sampled(report), *_splits_on_paper(report)]
    here: list[list[object]] = [[a, b] for a, b in about(report)]
    found: list[Table | None] = [
        trend(report),
        changed(report),
        meanings(report),
        ("Over dit rapport", ["Wat", "Waarde"], here),
    ]
    told += [t for t in found if t and t[2]]
    foot = f"{office.config.organisation}, gemaakt {report['made'][:10]}"
    if stamp := report.get("stamp"):
        foot += f", stempel {stamp['position']} {stamp['digest'][:12]}"
    return report_pdf(
        title_of(report),
        office.config.organisation,
        report["sentences"],
        tables=[_folded(t, h, [[str(c) for c in r] for r in rows]) for t, h, rows in told],
        foot=foot,
        training=report["training"],
        made=datetime.fromisoformat(report["made"]).date(),
        charts=[(title, svg) for title, svg, _ in charts(office, report)],
    )


def _figures_on_paper(report: Report) -> list[Table]:
    """Give the figures of a report as one table, turned where it is wider than a page."""
    if not report["rows"]:
        return []
    head, rows = reports.cells(report)
    if len(head) <= _WIDE:
        return [("Cijfers", head, rows)]
    small = "≤10: 10 of minder; x: te weinig om te tonen, of afgeschermd"
    title = f"Cijfers ({small})" if report.get("style") == "tien" else "Cijfers"
    return [(title, ["", *(str(r[0]) for r in rows)], _turned(report))]


def _splits_on_paper(report: Report) -> list[Table]:
    """Give the splits of the whole that hold anything."""
    if not report.get("groups"):
        return []
    kinds = report["definitions"].items()
    splits = [split(report, k, d) for k, d in kinds if d["kind"] == "split"]
    return [(t, ["", "Aantal"], [[r[0], r[-1]] for r in rows]) for t, _, rows in splits if rows]


def _folded(
    title: str, head: list[str], rows: list[list[str]]
) -> tuple[str, list[str], list[list[str]], str]:
    """Give a table without the rows of which nothing can be shown.

    Those stand by name in one line beneath it.
    """
    shut = [row for row in rows if len(row) > 1 and all(cell in _SHUT for cell in row[1:])]
    named = "alles" if len(shut) == len(rows) else ", ".join(row[0] for row in shut)
    note = f"Niet getoond, te weinig of afgeschermd: {named}." if shut else ""
    return title, head, [row for row in rows if row not in shut], note


def _turned(report: Report) -> list[list[object]]:
    told = [*report["rows"], report["total"]]
    lines: list[list[object]] = (
        [["Inwoners (x 1.000)", *(_thousands(r["inwoners"]) for r in told)]]
        if "inwoners" in report["total"]
        else []
    )
    for key, d in wording.plain_definitions(report).items():
        kind = d["kind"]
        title = f"{d['title']} (van alle)" if kind == "share" else d["title"]
        lines.append(
            [
                title,
                *(
                    (
                        _hidden_on_paper(kind, r[key])
                        if isinstance(r[key], str)
                        else _SHORT.get(kind, SAY[kind])(r[key])
                    )
                    for r in told
                ),
            ]
        )
    return lines


def _hidden_on_paper(kind: str, word: str) -> str:
    return _ON_PAPER.get(word, word) if kind == "count" else "x" if word in _ON_PAPER else word


def _thousands(count: int | None) -> str:
    return "?" if count is None else f"{count / 1000:.0f}"


# A region has more columns than there is room for words.
_ON_PAPER = {"10 of minder": "≤10", "afgeschermd": "x"}
# Cells of which a reader learns nothing.
_SHUT = {*_ON_PAPER, *_ON_PAPER.values(), ".", TOO_FEW}
_SHORT: dict[str, Callable[[Value], Value]] = {
    "share": lambda share: f"{share[0]}/{share[1]}" if share[1] else "-",
    "rate": lambda rate: wording.say_rate(rate) if rate[1] else "?",
    "days": lambda value: "-" if value[0] is None else value[0],
    "mean": lambda value: "-" if value[0] is None else str(value[0]).replace(".", ","),
}


def _workbook(make: Callable[..., bytes]) -> Callable[[Office, Report], bytes]:
    return lambda office, report: make(
        sheets(report), title_of(report), datetime.fromisoformat(report["made"])
    )


def _csv(office: Office, report: Report) -> bytes:
    if not report["rows"]:
        rows = [[title, *row] for title, _, found in sampled(report) for row in found]
        return as_csv(["Zaak", "Soort", "Wat", "Op of vanaf", "Uiterlijk", "Gedaan"], rows).encode()
    head, cells = reports.cells(report)
    lines = [*report["rows"], report["total"]]
    for key, d in report["definitions"].items():
        if d["kind"] == "split":
            for title, *counts in split(report, key, d)[2]:
                head.append(f"{d['title']}: {title}")
                cells = [[*row, count] for row, count in zip(cells, counts, strict=True)]
    assert len(cells) == len(lines)
    return as_csv(head, cells).encode()


_MAKE: dict[str, Callable[[Office, Report], bytes]] = {
    "html": _html,
    "pdf": _pdf,
    "ods": _workbook(as_ods),
    "xlsx": _workbook(as_xlsx),
    "csv": _csv,
    "json": lambda office, report: json.dumps(report, ensure_ascii=False, indent=1).encode(),
}
