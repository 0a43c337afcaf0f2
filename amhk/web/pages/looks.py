"""Who looked: at one case, and what one worker looked at."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from amhk.desk.house import who_looked
from amhk.web.pages.page import Fresh, Here, page
from amhk.web.turn import OneTurn

Person = Annotated[int, Query(ge=0, lt=2**31)]  # the key of a person of the case; 0 is nobody
router = APIRouter(route_class=OneTurn)


@router.get("/zaak/{number}/inzage")
def of_case(here: Here, number: str, persoon: Person = 0) -> Response:
    """Who looked at a case, for who works with it; or at what is kept of a person, for who leads
    or watches.
    """
    told = who_looked.of_case(here.office, number, here.who, persoon)
    return page(here, "inzage.html", leads=here.who.role in who_looked.READS, **told)


@router.get("/zaak/{number}/inzage.csv")
def file_of_case(here: Fresh, number: str, persoon: Person = 0) -> Response:
    """The extract for a betrokkene who asks who looked."""
    told = who_looked.file_of_case(here.office, number, here.who, persoon)
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
