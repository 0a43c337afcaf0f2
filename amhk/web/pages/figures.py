"""Pages of figures: a report with its charts and what each number means, the cases behind one, and
the reports that are kept.
"""

from typing import Any

from fastapi import APIRouter, Response

from amhk.desk.figures import (
    areas,
    cases_behind,
    kept_reports,
    report_files,
    report_tables,
    reports,
    wording,
)
from amhk.errors import BadInput
from amhk.rules.figures.periods import period_of
from amhk.rules.figures.small_numbers import STYLES
from amhk.rules.privacy.secrecy import WORKS
from amhk.web.pages.page import Form, Here, Visit, errors_of, go, page
from amhk.web.turn import OneTurn
from amhk.words import day_of

router = APIRouter(route_class=OneTurn)
_ASKED = ("period", "area", "known", "style")


@router.get("/rapportage")
def report_page(
    here: Here, period: str = "", area: str = "", known: str = "", style: str = ""
) -> Response:
    """The report of a period: sentences first, then charts with their tables, then every figure,
    then what the numbers mean.
    """
    wanted = period or period_of(day_of(here.now), 3).text
    asked = dict(zip(_ASKED, (wanted, area, known, style), strict=True))
    report, errors = None, []
    try:
        report = reports.make(
            here.office,
            "kwartaal",
            wanted,
            who=here.who,
            known=known or None,
            area=area,
            style=style,
        )
    except BadInput as wrong:
        errors = errors_of(wrong)
    return _shown(here, report, asked, errors)


def _shown(here: Visit, report: Any, asked: dict[str, str], errors: list[Any]) -> Response:
    told: dict[str, object] = {}
    if report:
        told = {
            "charts": report_tables.charts(here.office, report),
            "values": {
                k: report_tables.values_of(report, k)
                for k, d in report["definitions"].items()
                if d["kind"] == "split"
            },
            "say": wording.SAY,
            "trends": {g: report_tables.trend(report, g) for g in report["groups"]},
            "changed": report_tables.changed(report),
            "about": report_tables.about(report),
            "query": "&".join(f"{k}={v}" for k, v in asked.items() if v),
        }
    kept = kept_reports.listed(here.office, here.who)
    return page(
        here,
        "rapportage.html",
        422 if errors else 200,
        report=report,
        asked=asked,
        errors=errors,
        styles=STYLES,
        kept=kept,
        kept_here=next((k for k in kept if k["period"] == asked["period"]), None),
        formats=report_files.FORMATS,
        places=_places(here),
        drill=here.who.role in WORKS,
        every=reports.read_scope(here.who).every,
        **told,
    )


def _places(here: Visit) -> list[tuple[str, str]]:
    """Give what a report can be of: the larger areas first, each said with its level."""
    places = here.office.config.gemeenten.values()
    larger = [
        (level, getattr(g, level))
        for level in areas.LEVELS[:0:-1]
        for g in places
        if getattr(g, level)
    ]
    return [
        (f"{level}:{name}", f"{level.capitalize()} {name}") for level, name in dict.fromkeys(larger)
    ] + [(f"gemeente:{g.name}", g.name) for g in places]


@router.get("/rapportage/zaken")
def behind_page(here: Here, figure: str, period: str, area: str = "", value: str = "") -> Response:
    """The cases behind a figure, for who may see them."""
    told = cases_behind.behind(here.office, figure, period, area=area, who=here.who, value=value)
    return page(here, "rapportage-zaken.html", told=told)


@router.get("/rapportage/bewaard/{key:int}")
def kept_page(here: Here, key: int) -> Response:
    """A report as it was kept, and what has changed since."""
    report = kept_reports.kept(here.office, key, here.who)
    since = kept_reports.changes(here.office, key)
    changed = report_tables.changed({**report, "changes": since})
    return page(
        here,
        "rapportage-bewaard.html",
        report=report,
        since=since,
        changed=changed,
        about=report_tables.about(report),
        formats=report_files.FORMATS,
        title=report_tables.title_of(report),
    )


@router.get("/rapportage/bewaard/{key:int}.{format}")
def kept_file(here: Here, key: int, format: str) -> Response:
    """A kept report as a file."""
    report_files.fit(format)
    report = kept_reports.kept(here.office, key, here.who)
    content, kind = report_files.rendered(here.office, report, format)
    headers = {
        "content-disposition": (
            "attachment;"
            f' filename="{report["name"]}-{report["period"]}-{report["number"]}.{format}"'
        )
    }
    return Response(content, media_type=kind, headers=headers)


@router.post("/rapportage/bewaren")
def keep(here: Here, form: Form) -> Response:
    """Keep the report of a period that is over."""
    kept = kept_reports.keep_by_hand(here.office, str(form.get("period", "")), here.who)
    return go(f"/rapportage/bewaard/{kept}")


@router.get("/rapportage/{name}.{format}")
def report_file(
    here: Here,
    name: str,
    format: str,
    period: str,
    area: str = "",
    known: str = "",
    style: str = "",
) -> Response:
    """The same figures as a file."""
    content, kind = report_files.render(
        here.office, name, period, format=format, who=here.who, known=known, area=area, style=style
    )
    headers = {"content-disposition": f'attachment; filename="{name}-{period}.{format}"'}
    return Response(content, media_type=kind, headers=headers)
