"""A report as a file: page, CSV, JSON, workbook or paper, all from the same figures."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from amhk.desk import reports
from amhk.errors import BadInput, Fault
from amhk.letters.report import report_pdf
from amhk.office import Office
from amhk.rules.secrecy import Reader
from amhk.sheets.workbook import Sheet, as_ods, as_xlsx
from amhk.sheets.write import as_csv

FORMATS = {
    "html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf": "application/pdf",
}  # fmt: skip

_WIDE = 10  # columns a page has room for


def render(office: Office, name: str, period: str, format: str, who: Reader) -> tuple[bytes, str]:
    """Give a report as a file in a format (html, csv, json, ods, xlsx, pdf) and its media type; BadInput for another format."""
    if format not in FORMATS:
        raise BadInput(faults=[Fault("formaat", f"'{format[:20]}' kan niet; kies uit {', '.join(FORMATS)}.", "format")])
    report = reports.make(office, name, period, who)
    return _MAKE[format](office, report), FORMATS[format]


def sheets(report: Mapping[str, Any]) -> list[Sheet]:
    """Give a report as typed sheets: the figures, what they mean, and what the file is; a share as two counts and a percentage."""
    told = [*report["rows"], report["total"]]
    head, rows = ["Gemeente"], [[r["gemeente"]] for r in told]
    if "inwoners" in report["total"]:
        head.append("Inwoners")
        rows = [[*row, r["inwoners"]] for row, r in zip(rows, told, strict=True)]
    for key, d in report["definitions"].items():
        names, typed = _TYPED[d["kind"]]
        head += [f"{d['title']}{name}" if name.startswith((":", " ")) or not name else name for name in names]
        rows = [[*row, *typed(r[key])] for row, r in zip(rows, told, strict=True)]
    about = [("Rapport", _title(report)), ("Periode", report["period"]), ("Regio", report["region"]), ("Gemaakt", report["made"])]
    if report["training"]:
        about.append(("Let op", "OEFENING: geen echte cijfers"))
    return [
        Sheet("Cijfers", tuple(head), tuple(tuple(r) for r in rows)),
        Sheet("Definities", ("Cijfer", "Betekenis"), tuple((d["title"], d["definition"]) for d in report["definitions"].values())),
        Sheet("Over dit bestand", ("Wat", "Waarde"), tuple(about)),
    ]


def _share(value: list[int]) -> list[Any]:
    return [*value, round(100 * value[0] / value[1], 1) if value[1] else None]


# How each kind of figure stands in a workbook: the columns it takes, and their typed cells.
_TYPED: dict[str, tuple[tuple[str, ...], Callable[[Any], list[Any]]]] = {
    "count": (("",), lambda value: [value]), "share": ((": op tijd", "van", "%"), _share),
    "money": ((" (euro)",), lambda value: [None if value is None else value / 100]),
}  # fmt: skip


def _title(report: Mapping[str, Any]) -> str:
    return f"Rapportage {report['title']}"


def _html(office: Office, report: Mapping[str, Any]) -> bytes:
    head, rows = reports.cells(report)
    mark = "<p><strong>OEFENING: geen echte cijfers</strong></p>" if report["training"] else ""
    top = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    body = "".join(
        f'<tr><th scope="row">{escape(str(r[0]))}</th>' + "".join(f"<td>{escape(str(c))}</td>" for c in r[1:]) + "</tr>"
        for r in rows
    )
    said = "".join(f"<li>{escape(s)}</li>" for s in report["sentences"])
    told = "".join(f"<dt>{escape(d['title'])}</dt><dd>{escape(d['definition'])}</dd>" for d in report["definitions"].values())
    title = escape(_title(report))
    return (
        f'<!doctype html><html lang="nl"><meta charset="utf-8"><title>{title}</title>{mark}<h1>{title}</h1><ul>{said}</ul>'
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table><h2>Wat de cijfers betekenen</h2><dl>{told}</dl></html>"
    ).encode()


def _pdf(office: Office, report: Mapping[str, Any]) -> bytes:
    """On paper, where a region has more columns than a page, each gemeente is a column and a share two counts."""
    head, rows = reports.cells(report)
    table = ("Cijfers", head, [[str(c) for c in r] for r in rows])
    if len(head) > _WIDE:
        table = ("Cijfers", ["", *(str(r[0]) for r in rows)], _turned(report))
    meaning = (
        "Wat de cijfers betekenen",
        ["Cijfer", "Betekenis"],
        [[d["title"], d["definition"]] for d in report["definitions"].values()],
    )
    foot = f"{office.config.organisation}, gemaakt {report['made'][:10]}"
    return report_pdf(_title(report), office.config.organisation, report["sentences"], [table, meaning], foot, report["training"])


def _turned(report: Mapping[str, Any]) -> list[list[str]]:
    told = [*report["rows"], report["total"]]
    lines = [["Inwoners (x 1.000)", *(_thousands(r["inwoners"]) for r in told)]] if "inwoners" in report["total"] else []
    for key, d in report["definitions"].items():
        share = d["kind"] == "share"
        lines.append(
            [f"{d['title']} (van alle)" if share else d["title"], *(_short(r[key]) if share else str(r[key]) for r in told)]
        )
    return lines


def _thousands(count: int | None) -> str:
    return "?" if count is None else f"{count / 1000:.0f}"


def _short(share: list[int]) -> str:
    return f"{share[0]}/{share[1]}" if share[1] else "-"


def _workbook(make: Callable[..., bytes]) -> Callable[[Office, Mapping[str, Any]], bytes]:
    return lambda office, report: make(sheets(report), _title(report), datetime.fromisoformat(report["made"]))


_MAKE: dict[str, Callable[[Office, Mapping[str, Any]], bytes]] = {
    "html": _html, "pdf": _pdf, "ods": _workbook(as_ods), "xlsx": _workbook(as_xlsx),
    "json": lambda office, report: json.dumps(report, ensure_ascii=False, indent=1).encode(),
    "csv": lambda office, report: as_csv(*reports.cells(report)).encode(),
}  # fmt: skip
