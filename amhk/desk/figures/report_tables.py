"""A report as tables: areas by figures, splits, earlier periods, four charts, what each figure
means, and what the report itself is.
"""

from collections.abc import Iterator, Sequence

from amhk.desk.figures import reports, wording
from amhk.desk.figures.wording import SAY, Report, Value
from amhk.office import Office
from amhk.rules.figures.small_numbers import TOO_FEW
from amhk.sheets.charts import Series, chart
from amhk.words import REGIONS

Table = tuple[str, list[str], list[list[object]]]  # title, head, rows


def title_of(report: Report) -> str:
    """Give what stands above a report."""
    area = f", {report['area']}" if report.get("area") else ""
    return f"Rapportage {report['title']}{area}"


def tables(report: Report) -> Iterator[tuple[str, list[Table]]]:
    """Give the figures as tables under their groups.

    Areas by figures, then each split as values by areas.
    """
    if not report.get("groups"):
        yield (
            "Cijfers",
            [("Cijfers", *reports.cells(report))] if report["rows"] else sampled(report),
        )
        return
    lines = [
        *report["rows"],
        *report["levels"]["subregio"],
        *report["levels"]["centrumgemeente"],
        report["total"],
    ]
    names = [
        *(r["gemeente"] for r in report["rows"]),
        *level_names(report),
        report["total"]["gemeente"],
    ]
    for group, title in report["groups"].items():
        here = {k: d for k, d in report["definitions"].items() if d["group"] == group}
        plain = {k: d for k, d in here.items() if d["kind"] != "split"}
        head = ["Gebied", *(d["title"] for d in plain.values())]
        rows = [
            [name, *(SAY[d["kind"]](line[k]) for k, d in plain.items())]
            for name, line in zip(names, lines, strict=True)
        ]
        told: list[Table] = [(title, head, rows)] if plain else []
        yield title, told + splits(report, group)


def splits(report: Report, group: str) -> list[Table]:
    """Give the splits of a group as tables."""
    told = report["definitions"].items()
    return [split(report, k, d) for k, d in told if d["kind"] == "split" and d["group"] == group]


def level_names(report: Report) -> list[str]:
    """Give the names of the lines of subregio's and centrumgemeenten."""
    return [
        f"{level.capitalize()} {line['gemeente']}"
        for level in ("subregio", "centrumgemeente")
        for line in report["levels"][level]
    ]


def values_of(report: Report, key: str) -> dict[str, str]:
    """Give the values of a split with their titles.

    Those that nobody has are left out, unless small numbers are hidden.
    """
    lines = [*report["rows"], report["total"]]
    return {
        v: t
        for v, t in report["lists"][key].items()
        if report["style"] or any(line[key].get(v) for line in lines)
    }


def split(report: Report, key: str, d: Report) -> Table:
    """Give a split as values by areas.

    Values that nobody has are left out, unless small numbers are hidden.
    """
    lines = [*report["rows"], report["total"]]
    values = values_of(report, key)
    head = ["", *(str(line["gemeente"]) for line in lines)]
    return (
        d["title"],
        head,
        [[title, *(line[key].get(v, 0) for line in lines)] for v, title in values.items()],
    )


def sampled(report: Report) -> list[Table]:
    """Give a sample as a table a case: its steps and its terms."""
    told: list[Table] = []
    for case in report.get("cases", ()):
        ends = ", ".join(f"finish {f}" for f in case["finishes"]) or case["ending"] or "-"
        rows: list[list[object]] = [["stap", s["step"], s["day"], "", ""] for s in case["steps"]]
        rows += [
            ["termijn", t["term"], t["start"], t["due"], t["ended"] or t["status"]]
            for t in case["terms"]
        ]
        told.append(
            (
                f"{case['case']}: {case['route']}, ontvangen {case['received']}, {ends}",
                ["", "Wat", "Op of vanaf", "Uiterlijk", "Gedaan"],
                rows,
            )
        )
    return told


def trend(report: Report, group: str = "") -> Table | None:
    """Give every figure (of a group) of the whole beside its earlier periods.

    None for a report without.
    """
    past = report.get("earlier")
    if not past:
        return None
    told = {
        k: d
        for k, d in wording.plain_definitions(report).items()
        if not group or d["group"] == group
    }
    head = ["Cijfer", report["title"], *(p["title"] for p in past)]
    rows = [
        [
            d["title"],
            *(SAY[d["kind"]](line[k]) for line in (report["total"], *(p["total"] for p in past))),
        ]
        for k, d in told.items()
    ]
    return "Met eerdere perioden", head, rows


def charts(office: Office, report: Report) -> list[tuple[str, str, Table]]:
    """Give the charts for bestuurders: title, SVG, and the table beneath.

    None for a report without earlier periods.
    """
    if not report.get("earlier"):
        return []
    told = [{"title": report["title"], "total": report["total"]}, *report["earlier"]][::-1]
    labels = [_short_title(p["title"]) for p in told]
    definitions = report["definitions"]
    return [
        _charted(rule.title, labels, told, rule.figures, definitions, rule.unit)
        for rule in office.pack.figures.heading.charts
        if all(key in definitions for key in rule.figures)
    ]


def _short_title(title: str) -> str:
    return title.replace("e kwartaal ", "e kw ").replace("e halfjaar ", "e hj ")


def _charted(
    title: str,
    labels: list[str],
    told: Sequence[Value],
    keys: Sequence[str],
    definitions: Report,
    unit: str,
) -> tuple[str, str, Table]:
    series = [
        Series(definitions[k]["title"].split(" (")[0], tuple(_number(p["total"][k]) for p in told))
        for k in keys
    ]
    target = definitions[keys[0]]["target"] if len(keys) == 1 else None
    rows = [[p["title"], *(SAY[definitions[k]["kind"]](p["total"][k]) for k in keys)] for p in told]
    hidden = any(isinstance(p["total"][k], str) for p in told for k in keys)
    empty = TOO_FEW.capitalize() if hidden else "Nog niets om te tonen"
    return (
        title,
        chart(title, labels, series, unit=unit, target=target, empty=empty),
        (title, ["Periode", *(definitions[k]["title"] for k in keys)], rows),
    )


def _number(value: Value) -> float | None:
    if isinstance(value, list):
        return round(100 * value[0] / value[1]) if value[1] else None
    return None if isinstance(value, str) else float(value)


def meanings(report: Report) -> Table:
    """Give what each figure means, from the definitions it was made by."""
    head = ["Cijfer", "Betekenis", "Van wie", "Op welk moment", "Doel", "Bron"]
    rows = [
        [
            d["title"],
            d["definition"],
            d.get("population", ""),
            d.get("moment", ""),
            f"{d['target']} %" if d.get("target") else "",
            d.get("source", ""),
        ]
        for d in report["definitions"].values()
    ]
    return "Wat de cijfers betekenen", head, rows


def changed(report: Report) -> Table | None:
    """Give what changed since the report before it was kept; None when none was."""
    if report.get("changes") is None:
        return None
    rows = [
        [
            c["title"],
            c["gemeente"],
            *("-" if c[k] is None else SAY[c["kind"]](c[k]) for k in ("was", "now")),
            c["why"],
        ]
        for c in report["changes"]
    ]
    return (
        "Gewijzigd sinds het vorige rapport",
        ["Cijfer", "Gebied", "Was", "Is nu", "Waarom"],
        rows,
    )


def about(report: Report) -> list[tuple[str, str]]:
    """Give what a report is: its period, region, and the stamp that makes it again."""
    told = [
        ("Rapport", title_of(report)),
        ("Periode", report["period"]),
        ("Regio", REGIONS.get(report["region"], report["region"])),
        ("Gemaakt", report["made"]),
    ]
    stamp = report.get("stamp") or {}
    if stamp:
        told += [("Stempel", f"regel {stamp['position']}, {stamp['digest'][:16]}")]
    if "definitions" in stamp:
        told += [
            ("Uitgave van de definities", stamp["definitions"]),
            ("Uitgave van de kalender", str(stamp["calendar"])),
        ]
    told += [("Bekend op", report["known"])] if report.get("known") else []
    told += [("Voorlopig", "de periode is nog niet om")] if report.get("provisional") else []
    told += (
        [
            (
                "Kleine aantallen",
                {
                    "cbs": "veelvouden van 5, onder 10 niet getoond (.)",
                    "tien": "10 of minder niet getoond",
                }[report["style"]],
            )
        ]
        if report.get("style")
        else []
    )
    if report.get("groups") and not report.get("style"):
        told.append(("Kleine aantallen", "getoond: voor eigen gebruik, niet om te publiceren"))
    told += [("Bewaard rapport", f"nummer {report['number']}")] if report.get("kept") else []
    return [*told, ("Let op", "OEFENING: geen echte cijfers")] if report["training"] else told
