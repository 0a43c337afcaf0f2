"""The cases behind a figure, for who may see them."""

from datetime import timedelta

from amhk.desk.figures import case_facts, counting
from amhk.desk.figures.areas import areas_of, chosen_of
from amhk.desk.figures.reports import fact_of, title_of_value
from amhk.errors import NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.figures.definitions import Definition
from amhk.rules.figures.facts import LATE, RUNS
from amhk.rules.figures.periods import read_period
from amhk.rules.privacy.secrecy import Reader, scope_of
from amhk.store.figures import figures
from amhk.words import day_of, iso

MOST = 500  # cases shown behind a figure


def behind(
    office: Office, figure: str, period: str, area: str, who: Reader, value: str = ""
) -> dict[str, object]:
    """Give the cases behind a figure (of a split: behind one value) that this reader may see.

    Numbers with the day and value that count; at most 500. NotFound for a figure there is not.
    """
    scope, span = scope_of(who), read_period(period)
    d = office.pack.figures.definitions.get(figure)
    if scope.none or who.role == "rapportage":
        raise NotAllowed("Met uw rol ziet u cijfers, en geen zaken.")
    if d is None or span is None:
        raise NotFound("Dit cijfer of deze periode is er niet.")
    with case_facts.settled(office) as (here, connection):
        today = iso(day_of(here.moment))
        end = min(span.end, day_of(here.moment) + timedelta(days=1)) if d.stands else span.end
        names, edges = [fact_of(office, d)], (iso(span.start), iso(end))
        values = _values_behind(d, value)
        found = list(figures.cases_with(connection, scope, names, values, edges, lasts=d.stands))
    rows, place = chosen_of(areas_of(office, span, True), area).rows, counting.place_of(office)
    last = iso(end - timedelta(days=1))
    cases = [
        dict(row) | {"value": LATE if row["value"] == RUNS else row["value"]}
        for row in found
        if (row["value"] != RUNS or row["day"] < today)
        and place(row["gemeente"], last if d.stands else row["day"]) in rows
    ]
    return {
        "title": f"{d.title}: {title_of_value(office, d, value)}" if value else d.title,
        "definition": d.sentence,
        "period": span.text,
        "span": span.title,
        "area": area,
        "cases": cases[:MOST],
        "more": len(cases) > MOST,
    }


def _values_behind(d: Definition, value: str) -> tuple[str, ...] | None:
    """Give the values of a fact that make up a figure; None when every one does."""
    if value and d.kind == "splitsing":
        return (value,)
    values = d.every if d.kind == "deel" and not d.of else d.good
    return (*values, RUNS) if values and d.term else values
