"""Who looked: an address that showed a case or a list of them leaves one line of it.

What a page writes down by itself (a letter, a reason) is not written twice.
"""

import logging

from fastapi import Request

from amhk.desk.casefile.access_log import note_seen
from amhk.desk.house.trouble import StoreFailed
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.web.outside import path_of

log = logging.getLogger("amhk.looks")
# Addresses that show people or cases without being of one case, with what that is called.
LISTS = {
    "/": "Vandaag",
    "/acute": "acute zaken",
    "/afwezigheid": "overdracht bij afwezigheid",
    "/cases": "zaken",
    "/formulier/{form_id}": "formulier",
    "/formulieren/{imported}": "formulieren",
    "/herinneringen": "herinneringen",
    "/imports/{imported}": "formulieren",
    "/notices": "brieven",
    "/outbox": "te versturen",
    "/plans/preview": "overdracht bij afwezigheid",
    "/plans": "overdracht bij afwezigheid",
    "/overdrachten": "van andere meldpunten",
    "/overdrachten/{key}": "binnengekomen dossier",
    "/overdrachten/{key}/dossier.pdf": "binnengekomen dossier",
    "/post": "post",
    "/rapportage/zaken": "zaken achter een getal",
    "/register": "register",
    "/register/{key}": "zaak in het register",
    "/reminders": "herinneringen",
    "/triage": "triage",
    "/untouched": "niet geopend",
    "/vannacht": "vannacht",
    "/vernietigingen": "bewaren en vernietigen",
    "/versturen": "te versturen",
    "/werkvoorraad": "werkvoorraad",
    "/zoeken": "zoeken",
}
# What somebody typed himself, given back to him.
_OWN_WORDS = ("/concept",)
# Who is known from before: it has lines of its own, one a minute for each case that was shown.
_YES = ("true", "1", "yes", "on", "t", "y")
_RADAR = ("/earlier", "/eerder")


def leave_line(request: Request, path: str, status: int) -> None:
    """Write down what the one who asked was shown, when he was shown it.

    `path` is the address with its gaps. What somebody does has its own line, in the journal of the
    case.
    """
    who: Reader | None = getattr(request.state, "who", None)
    if who is None or path in _OWN_WORDS or not _shows(request, path, status):
        return
    office: Office = request.app.state.office
    if fresh := [case for case, noted in who.seen.items() if not noted]:
        note_seen(office, who, fresh, what_of(path))
    elif (what := _list_of(request, path)) and not who.seen:
        try:
            note_seen(office, who, [None], what)
        except StoreFailed as wrong:  # who must see what is acute sees it
            log.error("a list was shown, and no line of it: %s", type(wrong).__name__)


def _list_of(request: Request, path: str) -> str | None:
    """Give what the list is called that an address shows, or shows again when its form is not
    right; None when it shows none.
    """
    if request.method == "GET":
        key = request.path_params.get("key", "")
        return f"{LISTS[path]} {key}".rstrip() if path in LISTS else None
    if path_of(request).startswith("/api/"):
        return None
    return LISTS.get(path) or LISTS.get("/" + path.split("/")[1])


def _shows(request: Request, path: str, status: int) -> bool:
    """Tell whether an answer shows something, and is not the end of an act.

    A form that comes back, or says what would happen, shows the case it is about.
    """
    if request.method == "GET":
        return status < 400
    if path.endswith(_RADAR) and request.headers.get("hx-request") == "true":
        return False
    if path_of(request).startswith("/api/"):
        return request.query_params.get("dry_run", "").lower() in _YES
    return not 300 <= status < 400 and status not in (401, 403, 404)


def what_of(path: str) -> str:
    """Give in words what an address of a case shows: `overdragen`, `notities`; `zaak` itself."""
    parts = [part for part in path.split("/") if part and not part.startswith("{")]
    if parts[1:] and parts[0] in ("zaak", "cases"):
        del parts[0]
    return " ".join(parts)
