"""Pages for staff: server-rendered, Dutch, working without JavaScript.

Every form is made from the desk's own fields.
"""

from fastapi import Depends

from amhk.web.pages import (
    cases,
    conflicts,
    feeds,
    figures,
    imports,
    intake,
    leave,
    lent_cases,
    letters,
    looks,
    matters,
    my_people,
    organisation,
    overview,
    passkeys,
    people,
    piket,
    post,
    regions,
    running,
    second_proof,
    sessions,
    sign_in,
    staffing,
    subjects,
    terms,
    typed,
    well_known,
    worklists,
)
from amhk.web.pages.page import keep_sent
from amhk.web.pages.refusals import RETRY_AFTER, refused

ROOMS = (
    sign_in,
    worklists,
    intake,
    subjects,
    regions,
    matters,
    cases,
    letters,
    post,
    staffing,
    figures,
    overview,
    terms,
    piket,
    running,
    feeds,
    conflicts,
    lent_cases,
    people,
    imports,
    looks,
    leave,
    my_people,
    organisation,
    passkeys,
    second_proof,
    sessions,
    typed,
    well_known,
)
FIRST = (Depends(keep_sent),)

__all__ = ["FIRST", "RETRY_AFTER", "ROOMS", "refused"]
