"""Pages for staff: server-rendered, Dutch, working without JavaScript.

Every form is made from the desk's own fields.
"""

from fastapi import APIRouter, Depends

from amhk.web.pages import (
    bulk,
    cases,
    entrance,
    figures,
    intake,
    letters,
    management,
    night,
    open,
    post,
    radar,
    running,
    staffing,
    terms,
    typed,
    worklists,
)
from amhk.web.pages.frame import keep_sent
from amhk.web.pages.refusals import RETRY_AFTER, refused

ROOMS = (
    entrance,
    worklists,
    intake,
    cases,
    letters,
    post,
    staffing,
    figures,
    management,
    terms,
    night,
    running,
    open,
    radar,
    bulk,
    typed,
)
router = APIRouter(include_in_schema=False, dependencies=[Depends(keep_sent)])
for room in ROOMS:
    router.include_router(room.router)

__all__ = ["RETRY_AFTER", "ROOMS", "refused", "router"]
