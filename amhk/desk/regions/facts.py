"""What a dossier from outside says, read strictly: whoever has a card here may send whatever he
likes, and who answers it must always be able to.
"""

import re
from datetime import datetime

from amhk.errors import BadInput
from amhk.rules.parse import unfit
from amhk.rules.procedure.fields import MAX_LINE, MAX_TEXT
from amhk.sealed_dossier import Dossier, as_json
from amhk.store.rows import Json
from amhk.words import say_due, say_partial

SCHEMA, READABLE, FACTS = "dossier/1", "dossier.pdf", "dossier.json"
_LINES = ("state", "gemeente", "received")
_MOST, _MANY = 200, 500  # people, terms
_ID, _NUMBER = re.compile(r"[0-9a-f]{32}"), re.compile(r"[A-Z0-9-]{1,30}")
_BORN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def facts_of(dossier: Dossier) -> Json:
    """Give the facts in a dossier; BadInput in one sentence when they are none this release
    reads.
    """
    try:
        told = as_json(dossier.files[FACTS])
        if _whole(dossier, told):
            found: Json = told
            return found
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        pass
    text = "In dit bestand zit geen dossier dat dit meldpunt kan lezen."
    raise BadInput.of("geen_dossier", text, "bestand")


def _whole(dossier: Dossier, told: Json) -> bool:
    """Tell whether all that is used of it is there and is of its kind."""
    manifest = dossier.manifest
    named = _ID.fullmatch(manifest["id"]) and _NUMBER.fullmatch(manifest["number"])
    lines = all(_fits(told[name], MAX_LINE) for name in _LINES)
    datetime.fromisoformat(told["received"])
    return bool(
        named
        and told["schema"] == SCHEMA
        and READABLE in dossier.files
        and lines
        and _fits(told["zorgen"], MAX_TEXT)
        and isinstance(told["people"], list)
        and len(told["people"]) <= _MOST
        and all(map(_is_person, told["people"]))
        and isinstance(told["terms"], list)
        and len(told["terms"]) <= _MANY
        and all(map(_is_term, told["terms"]))
    )


def _fits(told: object, most: int) -> bool:
    return isinstance(told, str) and bool(told.strip()) and not unfit(told, most)


def _is_person(told: Json) -> bool:
    """Tell whether this is somebody: a name that can be shown, and a birth that is a day, a month
    or a year.
    """
    born = told.get("geboren")
    if born is not None:
        say_partial(born)  # an IndexError or a ValueError where there is no such month or day
    fits = born is None or _BORN.fullmatch(born) is not None
    return fits and _fits(told["naam"], MAX_LINE) and all(isinstance(name, str) for name in told)


def _is_term(told: Json) -> bool:
    return _fits(told["title"], MAX_LINE) and bool(say_due(told["due"]))
