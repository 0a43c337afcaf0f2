"""Figures for the centrumgemeente.

Every number from one definition, per gemeente, subregio, centrumgemeente and region, with a stamp
that makes it again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from amhk.desk.figures import case_facts, costs, counting, publish, sample
from amhk.desk.figures.areas import LEVELS, Area, areas_of, chosen_of
from amhk.desk.figures.case_facts import Known
from amhk.desk.figures.counting import AGES, Counts
from amhk.desk.figures.wording import SAY, Report, definitions_of, plain_definitions, sentences
from amhk.desk.terms.term_view import beside_counts
from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.figures.definitions import OWN_LISTS, Definition, value_of
from amhk.rules.figures.facts import OUTSIDE, UNSAID
from amhk.rules.figures.periods import Period, earlier, read_period
from amhk.rules.figures.small_numbers import STYLES, Style
from amhk.rules.privacy.secrecy import Reader, Scope, scope_of
from amhk.words import LISTS, day_of, iso, say_day, start_of

NAMES = ("kwartaal", "kosten", "steekproef")


def read_scope(who: Reader) -> Scope:
    """Give over which cases this reader may have figures.

    All for rapportage and whoever sees all, his team's for the others.
    """
    if who.role == "rapportage":
        return Scope(every=True, barred=who.barred)
    scope = scope_of(who)
    if scope.none:
        raise NotAllowed("Met uw rol ziet u geen rapportages.")
    return scope


def kwartaal(
    office: Office,
    period: Period,
    who: Reader,
    known: Known | None = None,
    area: str = "",
    style: Style | None = None,
) -> Report:
    """Give the report of a period, as it is known now or was at an earlier position, of the region
    or of one area of it; with a style as it may be published.
    """
    scope, spans = read_scope(who), [period, *earlier(period)]
    here, counts = _counts(office, scope, spans, known, not area and not style)
    areas = areas_of(office, period, _outside(counts[0]))
    chosen = chosen_of(areas, area)
    lines = _lines(office, areas, counts[0], style)
    if chosen not in lines:
        raise BadInput.of("gebied", f"{chosen.name} {_ACROSS}", "area")
    name = "" if chosen.level == "regio" else chosen.name
    total = lines[chosen] | {"gemeente": name or "Totaal"}
    before = zip(spans[1:], counts[1:], strict=False)
    past = [_past(office, p, c, chosen, style) for p, c in before]
    return {
        "name": "kwartaal",
        "period": period.text,
        "title": period.title,
        "region": office.config.region,
        "area": name,
        **_made(office, period, here, known is not None),
        "style": style.name if style else None,
        "stamp": stamp(office, here),
        "definitions": definitions_of(office),
        "groups": dict(office.pack.figures.groups),
        **_by_level(areas, chosen, lines),
        "total": total,
        "earlier": past,
        "lists": _lists(office, list(lines.values())),
        "sentences": sentences(office, total, past),
    }


def of_region(office: Office, period: Period, who: Reader) -> list[dict[str, object]]:
    """Give the figures of the whole region, of a period and of the one before."""
    spans = [period, earlier(period)[0]]
    _, counts = _counts(office, read_scope(who), spans, None, True)
    told = []
    for span, counted in zip(spans, counts, strict=True):
        areas = areas_of(office, span, _outside(counted))
        told.append(_line(office, chosen_of(areas, ""), counted))
    return told


def _made(office: Office, period: Period, here: Known, past: bool) -> dict[str, object]:
    day = iso(day_of(here.moment))
    return {
        "made": day,
        "known": day if past else None,
        "provisional": here.moment < start_of(period.end),
        "training": office.training,
    }


def _counts(
    office: Office, scope: Scope, spans: list[Period], known: Known | None, whole: bool
) -> tuple[Known, list[Counts]]:
    """Give what is counted of these periods, and as known when; none from before this program."""
    if known:
        here, counts = known, counting.counted_at(office, scope, spans, known)
    else:
        here, counts = counting.counted(office, scope, spans, whole)
    while len(counts) > 2 and not counts[-1].events and not counts[-1].stood:
        counts.pop()  # before this program nothing was counted: that is not nought
    return here, counts


_ACROSS = "ligt dwars door andere gebieden van de regio; om te publiceren kan dat niet apart."


def _by_level(
    areas: Iterable[Area], chosen: Area, lines: Mapping[Area, dict[str, object]]
) -> dict[str, object]:
    """Give the lines of the gemeenten of an area, and of the areas that lie within it by level."""
    within = [a for a in areas if set(a.rows) <= set(chosen.rows)]
    of_level = {
        level: [lines[a] for a in within if a.level == level and a in lines] for level in LEVELS
    }
    return {"rows": of_level.pop("gemeente"), "levels": of_level}


def _past(
    office: Office, period: Period, counts: Counts, chosen: Area, style: Style | None
) -> dict[str, object]:
    """Give what an earlier period says of the same area, as it was then.

    Without how old what stood was, which is only counted of the period itself.
    """
    areas = areas_of(office, period, _outside(counts))
    here = next(
        (a for a in areas if (a.level, a.name) == (chosen.level, chosen.name)),
        Area(chosen.level, chosen.name, ()),
    )
    lines = _lines(
        office, [*areas, here] if here not in areas else areas if style else [here], counts, style
    )
    definitions = office.pack.figures.definitions
    total = {
        k: v
        for k, v in lines[here].items()
        if k not in definitions or definitions[k].list_name != "leeftijd"
    }
    return {"period": period.text, "title": period.title, "total": total}


def stamp(office: Office, known: Known) -> dict[str, object]:
    """Give what makes a report again.

    Journal position and hash, the day as which it is told (a term that runs is late by the passing
    of time alone), release of the definitions and of the calendar.
    """
    return {
        "position": known.position,
        "digest": known.digest,
        "day": iso(day_of(known.moment)),
        "definitions": office.pack.figures.release,
        "calendar": office.calendar.release,
        "facts": case_facts.RELEASE,
    }


def _line(office: Office, area: Area, counts: Counts) -> dict[str, object]:
    found = {**_added(counts.events, area.rows), **_added(counts.stood, area.rows)}
    people = [office.config.gemeenten[r].inwoners for r in area.rows if r != OUTSIDE]
    inwoners = sum(p for p in people if p) if people and all(people) else None
    line: dict[str, object] = {"gemeente": area.name, "inwoners": inwoners}
    for d in office.pack.figures.definitions.values():
        fact = fact_of(office, d)
        if d.list_name == "leeftijd":
            line[d.name] = _by_age(d, counts, area)
        else:
            line[d.name] = value_of(d, found, fact, inwoners)
    return line


def _added(
    counts: Mapping[tuple[str, str, str], int], rows: Iterable[str]
) -> dict[str, dict[str, int]]:
    told, wanted = dict[str, dict[str, int]](), {*rows, ""}  # an empty row is the whole
    for (name, row, value), count in counts.items():
        if row in wanted:
            values = told.setdefault(name, {})
            values[value] = values.get(value, 0) + count
    return told


def _by_age(d: Definition, counts: Counts, area: Area) -> dict[str, int]:
    told = dict.fromkeys((name for name, _ in AGES), 0)
    for ((name, row, value), age), count in counts.ages.items():
        if name == d.fact and row in area.rows and (d.good is None or value in d.good):
            told[age] += count
    return {age: count for age, count in told.items() if count}


def _outside(counts: Counts) -> bool:
    """Tell whether anything was counted outside the region."""
    return any(row == OUTSIDE for told in (counts.events, counts.stood) for _, row, _ in told)


def _lines(
    office: Office, areas: Sequence[Area], counts: Counts, style: Style | None
) -> dict[Area, dict[str, object]]:
    """Give the lines of areas; with a style every small number hidden, and of areas that lie across
    others none.
    """
    lines = {a: _line(office, a, counts) for a in areas}
    if style is None:
        return lines
    keys = {f"{a.level}:{a.name}": a for a in areas}
    parents = publish.tree([publish.Place(key, frozenset(a.rows)) for key, a in keys.items()])
    facts = {d.name: fact_of(office, d) for d in office.pack.figures.definitions.values()}
    lists = _lists(office, list(lines.values()))
    told = publish.protected(
        office.pack.figures.definitions,
        facts,
        parents,
        lines={k: lines[a] for k, a in keys.items()},
        lists=lists,
        style=style,
    )
    return {keys[key]: line for key, line in told.items()}


def fact_of(office: Office, d: Definition) -> str:
    """Give which fact a figure counts here, with the clock this meldpunt chose."""
    return d.fact_by(bool(d.term) and beside_counts(office, office.pack.term(d.term)))


def _lists(office: Office, lines: Sequence[Report]) -> dict[str, dict[str, str]]:
    """Give, by split, the values there are with their titles.

    Those of its list, and what was counted besides.
    """
    told: dict[str, dict[str, str]] = {}
    for d in office.pack.figures.definitions.values():
        if d.kind != "splitsing":
            continue
        codes = {c.code: c.title for c in office.pack.codes.lists.get(d.list_name, ())}
        titles = codes or dict(LISTS.get(d.list_name) or OWN_LISTS.get(d.list_name) or {})
        titles |= {name: name.capitalize() for name, _ in AGES} if d.list_name == "leeftijd" else {}
        found = {value for line in lines for value in line[d.name]} - set(titles)
        told[d.name] = titles | {
            value: "Niet vastgelegd" if value == UNSAID else value.capitalize()
            for value in sorted(found)
        }
    return told


def title_of_value(office: Office, d: Definition, value: str) -> str:
    """Give the title of a value of a split."""
    return (
        _lists(office, [{x.name: {value: 1} for x in office.pack.figures.definitions.values()}])[
            d.name
        ][value]
        if d.list_name
        else value
    )


def cells(report: Report) -> tuple[list[str], list[list[object]]]:
    """Give a report as a head and rows of cells, as staff read them."""
    people = "inwoners" in report["total"]
    told = plain_definitions(report)
    head = ["Gemeente", *(["Inwoners"] if people else []), *(d["title"] for d in told.values())]
    rows = []
    for row in [*report["rows"], report["total"]]:
        first = (
            [row["inwoners"] if row["inwoners"] is not None else "niet bekend"] if people else []
        )
        rows.append([row["gemeente"], *first, *(SAY[d["kind"]](row[k]) for k, d in told.items())])
    return head, rows


def make(
    office: Office,
    name: str,
    period: str,
    who: Reader,
    known: str | None = None,
    area: str = "",
    style: str = "",
) -> Report:
    """Give a report by name; NotFound for an unknown one, BadInput for a period that is none or has
    not begun, or a day it cannot be known on.
    """
    if name not in NAMES:
        raise NotFound(f"Het rapport '{name[:40]}' bestaat niet; er is: {', '.join(NAMES)}.")
    span, faults = read_period(period), []
    with office.store.read() as connection:
        now = office.now(connection)
    if span is None:
        text = f"'{period[:20]}' is geen periode. Schrijf 2026-03, 2026-Q1, 2026-H1 of 2026."
        faults.append(Fault("periode", text, "period"))
    elif start_of(span.start) > now:
        faults.append(Fault("toekomst", f"{span.title} is nog niet begonnen.", "period"))
    day = _known_day(known, span, day_of(now), faults) if known else None
    if style and style not in STYLES:
        of = f"kies uit {', '.join(STYLES)}, of laat leeg."
        text = f"'{style[:20]}' is geen wijze van publiceren; {of}"
        faults.append(Fault("stijl", text, "style"))
    if name != "kwartaal" and not faults:
        said = {"area": area, "style": style, "known": known}
        text = f"Dit kan niet bij het rapport {name}."
        faults += [Fault("kan_niet", text, k) for k, v in said.items() if v]
    if faults or span is None:
        raise BadInput(faults=faults)
    if name == "kosten":
        return costs.kosten(office, span, read_scope(who))
    if name == "steekproef":
        return sample.steekproef(office, span, read_scope(who))
    at = case_facts.known_on(office, day) if day else None
    return kwartaal(office, span, who, known=at, area=area, style=STYLES.get(style))


def _known_day(text: str, span: Period | None, today: date, faults: list[Fault]) -> date | None:
    """Give the day as known on which a report is wanted.

    A past one, not before its period began.
    """
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None:
        faults.append(
            Fault(
                "bekend_op", f"'{text[:20]}' is geen dag. Schrijf bijvoorbeeld 2026-04-15.", "known"
            )
        )
    elif day >= today:
        faults.append(
            Fault(
                "bekend_op",
                f"Bekend op {say_day(day)} kan niet: kies een dag die voorbij is.",
                "known",
            )
        )
    elif span and day < span.start:
        faults.append(
            Fault("bekend_op", f"Op {say_day(day)} was {span.title} nog niet begonnen.", "known")
        )
    return day
