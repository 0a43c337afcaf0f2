"""A report as a file: page, CSV, JSON, workbook or paper, all from the same figures."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from amhk.desk import costs, reports
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


def render(office: Office, name: str, period: str, format: str, who: Reader) -> tuple[bytes, str]:
    """Give a report as a file in a format (html, csv, json, ods, xlsx, pdf) and its media type; BadInput for another format."""
    if format not in FORMATS:
        raise BadInput(faults=[Fault("formaat", f"'{format[:20]}' kan niet; kies uit {', '.join(FORMATS)}.", "format")])
    report = reports.make(office, name, period, who)
    return _MAKE[format](office, report), FORMATS[format]


def cells(report: Mapping[str, Any]) -> tuple[list[str], list[list[object]]]:
    """Give a report as a head and rows of cells, as staff read them."""
    if report["name"] != "kosten":
        return reports.cells(report)
    head = ["Gemeente", *(d["title"] for d in report["definitions"].values())]
    rows = [
        [r["gemeente"], *(costs.say_money(r[k]) if k in costs.MONEY else r[k] for k in report["definitions"])]
        for r in [*report["rows"], report["total"]]
    ]
    return head, rows


def sheets(report: Mapping[str, Any]) -> list[Sheet]:
    """Give a report as typed sheets: the figures, what they mean, and what the file is; a share as two counts and a percentage."""
    head, rows = ["Gemeente"], [[r["gemeente"]] for r in [*report["rows"], report["total"]]]
    told = [*report["rows"], report["total"]]
    if report["name"] != "kosten":
        head.append("Inwoners")
        rows = [[*row, r["inwoners"]] for row, r in zip(rows, told, strict=True)]
    for key, d in report["definitions"].items():
        if key in reports.TERMS:
            head += [f"{d['title']}: op tijd", "van", "%"]
            rows = [
                [*row, r[key][0], r[key][1], round(100 * r[key][0] / r[key][1], 1) if r[key][1] else None]
                for row, r in zip(rows, told, strict=True)
            ]
        else:
            head.append(f"{d['title']} (euro)" if key in costs.MONEY else d["title"])
            rows = [[*row, _number(key, r[key])] for row, r in zip(rows, told, strict=True)]
    about = [("Rapport", _title(report)), ("Periode", report["period"]), ("Regio", report["region"]), ("Gemaakt", report["made"])]
    if report["training"]:
        about.append(("Let op", "OEFENING: geen echte cijfers"))
    return [
        Sheet("Cijfers", tuple(head), tuple(tuple(r) for r in rows)),
        Sheet("Definities", ("Cijfer", "Betekenis"), tuple((d["title"], d["definition"]) for d in report["definitions"].values())),
        Sheet("Over dit bestand", ("Wat", "Waarde"), tuple(about)),
    ]


def _number(key: str, value: Any) -> Any:
    return value / 100 if key in costs.MONEY and value is not None else value


def _title(report: Mapping[str, Any]) -> str:
    return f"Rapportage {report['title']}"


def _sentences(report: Mapping[str, Any]) -> list[str]:
    """Give what stands above the figures, in words."""
    if report["name"] != "kosten":
        t = report["total"]
        return [
            f"{t['adviezen']} adviezen en {t['meldingen']} meldingen ontvangen.",
            f"Finish 1: {t['finish_1']}, finish 2: {t['finish_2']}, finish 3: {t['finish_3']}, finish 4: {t['finish_4']}.",
            f"Veiligheidsbeoordeling op tijd: {reports.say_share(t['veiligheidsbeoordeling'])}. Onderzoek op tijd: {reports.say_share(t['onderzoek'])}.",
            f"Voortgangscontrole na 3 maanden op tijd: {reports.say_share(t['voortgangscontrole'])}.",
        ]
    told = [
        f"Budget: {costs.say_money(report['budget'])} euro; vlaktax naar het gemiddelde van hooguit {report['years']} jaren ervoor.",
        report["source"],
    ]
    return [*told, "Voorlopig: het jaar is nog niet om."] if report["provisional"] else told


def _html(office: Office, report: Mapping[str, Any]) -> bytes:
    head, rows = cells(report)
    mark = "<p><strong>OEFENING: geen echte cijfers</strong></p>" if report["training"] else ""
    top = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    body = "".join(
        f'<tr><th scope="row">{escape(str(r[0]))}</th>' + "".join(f"<td>{escape(str(c))}</td>" for c in r[1:]) + "</tr>"
        for r in rows
    )
    said = "".join(f"<li>{escape(s)}</li>" for s in _sentences(report))
    told = "".join(f"<dt>{escape(d['title'])}</dt><dd>{escape(d['definition'])}</dd>" for d in report["definitions"].values())
    title = escape(_title(report))
    return (
        f'<!doctype html><html lang="nl"><meta charset="utf-8"><title>{title}</title>{mark}<h1>{title}</h1><ul>{said}</ul>'
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table><h2>Wat de cijfers betekenen</h2><dl>{told}</dl></html>"
    ).encode()


def _pdf(office: Office, report: Mapping[str, Any]) -> bytes:
    """On paper each gemeente is a column, so that a page holds a region; a share is two counts."""
    head, rows = cells(report)
    told = [*report["rows"], report["total"]]
    turned = [] if report["name"] == "kosten" else [["Inwoners (x 1.000)", *(_thousands(r["inwoners"]) for r in told)]]
    for key, d in report["definitions"].items() if report["name"] != "kosten" else ():
        share = key in reports.TERMS
        turned.append(
            [f"{d['title']} (van alle)" if share else d["title"], *(_short(r[key]) if share else str(r[key]) for r in told)]
        )
    tables = [("Cijfers", ["", *(str(r[0]) for r in rows)], turned)]
    if report["name"] == "kosten":
        tables = [("Cijfers", head, [[str(c) for c in r] for r in rows])]
    meaning = [[d["title"], d["definition"]] for d in report["definitions"].values()]
    tables.append(("Wat de cijfers betekenen", ["Cijfer", "Betekenis"], meaning))
    foot = f"{office.config.organisation}, gemaakt {report['made'][:10]}"
    return report_pdf(_title(report), office.config.organisation, _sentences(report), tables, foot, report["training"])


def _thousands(count: int | None) -> str:
    return "?" if count is None else f"{count / 1000:.0f}"


def _short(share: list[int]) -> str:
    return f"{share[0]}/{share[1]}" if share[1] else "-"


def _workbook(make: Callable[..., bytes]) -> Callable[[Office, Mapping[str, Any]], bytes]:
    return lambda office, report: make(sheets(report), _title(report), datetime.fromisoformat(report["made"]))


_MAKE: dict[str, Callable[[Office, Mapping[str, Any]], bytes]] = {
    "html": _html, "pdf": _pdf, "ods": _workbook(as_ods), "xlsx": _workbook(as_xlsx),
    "json": lambda office, report: json.dumps(report, ensure_ascii=False, indent=1).encode(),
    "csv": lambda office, report: as_csv(*cells(report)).encode(),
}  # fmt: skip
