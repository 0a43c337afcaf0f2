"""Pages for staff: server-rendered, Dutch, working without JavaScript; every form is made from the desk's own fields."""

from fastapi import APIRouter

from amhk.web.pages import bulk, cases, entrance, letters, management, night, open, radar, running, terms
from amhk.web.pages.frame import refused

router = APIRouter(include_in_schema=False)
for room in (entrance, cases, letters, management, terms, night, running, open, radar, bulk):
    router.include_router(room.router)

__all__ = ["refused", "router"]
