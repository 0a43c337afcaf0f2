"""Pages for staff: server-rendered, Dutch, working without JavaScript; every form is made from the desk's own fields."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

router = APIRouter()


def refused(request, status, wrong):
    return HTMLResponse(wrong.text, status)
