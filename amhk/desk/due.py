"""When does it end: the arithmetic of a term told step by step, with the calendar of
this meldpunt.
"""

from datetime import UTC, datetime
from typing import Any

from amhk.config import Config
from amhk.errors import BadInput, Fault, HouseClosed
from amhk.office import read_pack
from amhk.rules.parse import read_day, read_moment
from amhk.rules.terms import beside_end, end_of_term
from amhk.store.glance import calendar_at
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
        raise BadInput(
            faults=[
                Fault(
                    "geen_datum",
                    f"'{start[:40]}' bestaat niet. Schrijf 2026-02-04 of 2026-02-04T16:20.",
                    "start",
                )
            ]
        )
    if name not in pack.term_names():
        raise BadInput(
            faults=[
                Fault(
                    "onbekend",
                    f"De termijn '{name[:40]}' bestaat niet; er is:"
                    f" {', '.join(pack.term_names())}.",
                    "term",
                )
            ]
        )
    rule = pack.term(name)
    on = read_day(start, day_of(now)) if rule.unit == "datum" else None
    calendar = calendar_at(config.url)
    end, beside = end_of_term(rule, moment, calendar, on), beside_end(rule, moment, calendar)
    begins = iso(moment) if rule.in_hours else iso(day_of(moment))
    told: dict[str, Any] = {
        "term": name,
        "start": begins,
        "due": iso(end.due),
        "kind": rule.kind,
        "ground": rule.ground,
        "steps": list(end.steps),
    }
    if rule.beside and beside:
        told["beside"] = {
            "due": iso(beside.due),
            "kind": rule.beside.kind,
            "ground": rule.beside.ground,
            "steps": list(beside.steps),
        }
    return told
