"""The templates of the pages: their filters, and how a day, a term or a name is said."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup

from amhk.config import shipped
from amhk.desk.casefile.choices import OFFICIAL
from amhk.rules.privacy.recipients import STANDARD
from amhk.rules.procedure.form_check import MOST_OFFERED, candidates
from amhk.rules.terms.days import Calendar
from amhk.rules.terms.distance import LATE, LATER, NOW, WEEK, distance
from amhk.words import LISTS, ROLES, local, say_day, say_instant, some

_STATIC = Path(__file__).parent.parent / "static"


_SHAPES = {LATE: "te laat", NOW: "vandaag of morgen", WEEK: "deze week", LATER: "later"}


class _Pages(Environment):
    """Templates that are mostly given plain mappings: in those a name is looked up first."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Give what stands under a name, or the attribute of that name."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Give the page templates, compiled once, autoescaped and strict."""
    env = _Pages(
        loader=FileSystemLoader(shipped("templates") / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters |= {
        "dag": dag,
        "moment": _moment,
        "kloktijd": _clock_time,
        "plek": _place,
        "aangeboden": _offered,
        "namen": _names,
        "ontvanger": _recipient,
        "veld": _title,
    }
    env.globals |= {
        "own": own,
        "dict": dict,
        "some": some,
        "shapes": _SHAPES,
        "roles": ROLES,
        "static": static,
    }
    return env


def own(csrf: str) -> Markup:
    """Give what makes a form one of ours.

    The secret of the session, and a key under which it is carried out once.
    """
    told = (
        '<input type="hidden" name="_csrf" value="{}">\n<input type="hidden" name="_once"'
        ' value="{}">'
    )
    return Markup(told).format(csrf, uuid4().hex)


@lru_cache(maxsize=64)
def static(name: str, marked: bool = True) -> str:
    """Give the address of a file that comes with the pages.

    Marked by its content, so that a browser keeps it until it changes.
    """
    if not marked:
        return f"/static/{name}"
    mark = sha256((_STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?{mark}"


def part(template: str, **told: object) -> Response:
    """Give a part of a page, for a place on a page that stands already."""
    return HTMLResponse(environment().get_template(template).render(**told))


@lru_cache(maxsize=4096)
def dag(value: str | date | datetime | None) -> str:
    """Give a day or instant in words."""
    if not value:
        return "-"
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return say_instant(value) if isinstance(value, datetime) else say_day(value)


@lru_cache(maxsize=8192)
@pass_context
def _recipient(told: Any, name: str) -> str:
    if name in OFFICIAL:
        return OFFICIAL[name]
    return name.replace("_", " ") if name in STANDARD else told["office"].pack.title_of(name)


@lru_cache(maxsize=4096)
def _moment(value: str) -> str:
    here = local(datetime.fromisoformat(value))
    return f"{say_day(here.date())} {here:%H.%M}"


def _offered(options: dict[str, str], typed: str) -> list[tuple[str, str]]:
    """Give what can be chosen in the place of what was typed.

    Code and title, when it may mean a few.
    """
    fits = candidates(options, typed)
    return [(code, options[code]) for code in fits[:MOST_OFFERED]] if len(fits) > 1 else []


def _place(path: str) -> str:
    """Give in words where a form leads: `M-2026-000001, stap verwijzen`."""
    parts = [part.replace("_", " ") for part in path.split("/") if part]
    return (
        " ".join(parts)
        if parts[:1] != ["zaak"]
        else f"{parts[1]}{', ' if parts[2:] else ''}{' '.join(parts[2:])}"
    )


def _names(names: Sequence[str]) -> str:
    """Give the people of a case on one line: two by name, the others counted."""
    return ", ".join(names[:2]) + (
        f" en {some(len(names) - 2, 'ander', 'anderen')}" if len(names) > 2 else ""
    )


def _clock_time(value: datetime) -> str:
    return f"{local(value):%H.%M}"


@pass_context
def _title(told: Any, code: str, name: str) -> str:
    if name in LISTS:
        return str(LISTS[name].get(code, code))
    return str(told["office"].pack.codes.title(name, code))


def shown_term(term: dict[str, Any], now: datetime, calendar: Calendar) -> dict[str, Any]:
    """Give a term as it is shown everywhere: shape, date in words, distance."""
    due = (
        datetime.fromisoformat(term["due"])
        if "T" in term["due"]
        else date.fromisoformat(term["due"])
    )
    shape, far = distance(due, now, calendar)
    return term | {"shape": shape, "far": far, "words": dag(due)}
