"""Who looked: at one case, and what one worker looked at."""

from fastapi import APIRouter, Response

from amhk.desk.house import who_looked
from amhk.web.pages.page import Fresh, Here, page
from amhk.web.turn import OneTurn

router = APIRouter(route_class=OneTurn)


@router.get("/zaak/{number}/inzage")
def of_case(here: Here, number: str) -> Response:
    """Who looked at a case, for who works with it."""
    told = who_looked.of_case(here.office, number, here.who)
    return page(here, "inzage.html", leads=here.who.role in who_looked.LEADS, **told)


@router.get("/zaak/{number}/inzage.csv")
def file_of_case(here: Fresh, number: str) -> Response:
    """The extract for a betrokkene who asks who looked."""
    told = who_looked.file_of_case(here.office, number, here.who)
    name = f"inzage-{number}.csv"
    heads = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(told, media_type="text/csv; charset=utf-8", headers=heads)


@router.get("/beheer/inzage")
def of_worker(here: Here, medewerker: str = "") -> Response:
    """What one worker looked at, for who leads him."""
    return page(
        here,
        "inzage-medewerker.html",
        **who_looked.of_worker(here.office, medewerker, here.who),
    )
