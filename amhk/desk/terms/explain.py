"""When does it end: the arithmetic of a term told step by step, with the calendar of
this meldpunt.
"""

from datetime import UTC, datetime
from typing import Any

from amhk.config import Config
from amhk.errors import BadInput, HouseClosed
from amhk.procedure import read_pack
from amhk.rules.parse import read_day, read_moment
from amhk.rules.terms.days import End
from amhk.rules.terms.terms import Beside, TermRule, beside_end, end_of_term
from amhk.store.terms.calendar_only import calendar_at
from amhk.words import day_of, iso


def explain_due(config: Config, name: str, start: str) -> dict[str, Any]:
    """Give `{term, start, due, ground, steps}` of a term that starts on a day or at an instant
    (Amsterdam time without offset).

    Raises BadInput for an unknown term or a start that does not exist, HouseClosed when the
    workflow files have faults.
    """
    pack, faults = read_pack(config)
    if faults:
        raise HouseClosed("\n".join(f.text for f in faults), faults)
    now = datetime.now(UTC)
    moment = read_moment(start, now)
    if moment is None:
        text = f"'{start[:40]}' bestaat niet. Schrijf 2026-02-04 of 2026-02-04T16:20."
        raise BadInput.of("geen_datum", text, "start")
    if name not in pack.term_names():
        there = ", ".join(pack.term_names())
        text = f"De termijn '{name[:40]}' bestaat niet; er is: {there}."
        raise BadInput.of("onbekend", text, "term")
    rule = pack.term(name)
    on = read_day(start, day_of(now)) if rule.unit == "datum" else None
    calendar = calendar_at(config.url, config.database_key)
    end, beside = end_of_term(rule, moment, calendar, on), beside_end(rule, moment, calendar)
    begins = iso(moment) if rule.in_hours else iso(day_of(moment))
    told = {"term": name, "start": begins, **_end(rule, end)}
    return told | ({"beside": _end(rule.beside, beside)} if rule.beside and beside else {})


def _end(rule: TermRule | Beside, end: End) -> dict[str, Any]:
    return {"due": iso(end.due), "kind": rule.kind, "ground": rule.ground, "steps": list(end.steps)}
