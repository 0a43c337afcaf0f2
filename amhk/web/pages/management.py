"""Reports, and how the house is: workers, teams, institutions, the clock's heartbeat. Never case content."""

from fastapi import APIRouter, Response

from amhk.desk import admin, digest, followup, reports
from amhk.errors import BadInput
from amhk.web.pages.frame import Here, page

router = APIRouter()


@router.get("/rapportage")
def report_page(here: Here, period: str = "") -> Response:
    """The report of a period: sentences first, then the table, then what the numbers mean."""
    now = followup.read_clock(here.office)
    wanted = period or f"{now.year}-Q{(now.month - 1) // 3 + 1}"
    report, errors = None, []
    head: list[str] = []
    rows: list[list[object]] = []
    try:
        report = reports.make(here.office, "kwartaal", wanted, here.who)
        head, rows = reports.cells(report)
    except BadInput as wrong:
        errors = [{"text": f.text, "field": "period"} for f in wrong.faults]
    return page(
        here, "rapportage.html", 422 if errors else 200, report=report, period=wanted, head=head, rows=rows, errors=errors, share=reports.say_share
    )  # fmt: skip


@router.get("/rapportage/{name}.{format}")
def report_file(here: Here, name: str, format: str, period: str) -> Response:
    """The same figures as a file."""
    text, kind = reports.render(here.office, name, period, format, here.who)
    headers = {"content-disposition": f'attachment; filename="{name}-{period}.{format}"'}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)


@router.get("/beheer")
def management_page(here: Here) -> Response:
    """How the house is, and who works here."""
    with here.office.store.read() as connection:
        health = followup.health(here.office, connection)
    return page(
        here, "beheer.html", health=health, workers=admin.list_workers(here.office), teams=admin.list_teams(here.office),
        institutions=admin.list_institutions(here.office), config=here.office.config, mails=digest.recent(here.office)[:20],
    )  # fmt: skip
