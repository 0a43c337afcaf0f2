"""Figures for the centrumgemeente.

Every number from one definition, per gemeente, subregio, centrumgemeente and region, with a stamp
that makes it again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from amhk.desk import costs, counting, publishing, sample
from amhk.desk.counting import AGES, Counts, Known
from amhk.desk.termview import beside_counts
from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.definitions import KINDS, OWN_LISTS, Definition, value_of
from amhk.rules.figures import LATE, OUTSIDE, RUNS, UNSAID
from amhk.rules.periods import Period, earlier, read_period
from amhk.rules.publish import STYLES, TOO_FEW, Style
from amhk.rules.secrecy import Reader, Scope, scope_of
from amhk.store import figures
from amhk.words import LISTS, day_of, iso, say_day, start_of

MOST = 500  # cases shown behind a figure
NAMES = ("kwartaal", "kosten", "steekproef")
LEVELS = ("gemeente", "subregio", "centrumgemeente")
TREND = ("veiligheidsbeoordeling", "onderzoek_start", "onderzoek", "voortgangscontrole")


@dataclass(frozen=True)
class Area:
    """A part of the region a report has a line for.

    Its level, its name, and the rows that add up to it.
    """

    level: str
    name: str
    rows: tuple[str, ...]


def read_scope(who: Reader) -> Scope:
    """Give over which cases this reader may have figures.

    All for rapportage and whoever sees all, his team's for the others.
    """
    if who.role == "rapportage":
        return Scope(every=True)
    scope = scope_of(who)
    if scope.none:
        raise NotAllowed("Met uw rol ziet u geen rapportages.")
    return scope


def areas_of(office: Office, period: Period, outside: bool) -> list[Area]:
    """Give the lines of a report.

    The gemeenten that belong to the region in the period, the parts they add up to, and the whole;
    `outside`: with what lies outside the region.
    """
    here = [g for g in office.config.gemeenten.values() if g.within(period.start, period.end)]
    away = (OUTSIDE,) if outside else ()
    told = [Area("gemeente", name, (name,)) for name in (*(g.name for g in here), *away)]
    for level in LEVELS[1:]:
        names = dict.fromkeys(getattr(g, level) for g in here if getattr(g, level))
        told += [
            Area(level, name, tuple(g.name for g in here if getattr(g, level) == name))
            for name in names
        ]
    return [*told, Area("regio", "Totaal", (*(g.name for g in here), *away))]


def kwartaal(
    office: Office,
    period: Period,
    who: Reader,
    known: Known | None = None,
    area: str = "",
    style: Style | None = None,
) -> dict[str, Any]:
    """Give the report of a period, as it is known now or was at an earlier position, of the region
    or of one area of it; with a style as it may be published.
    """
    scope, spans = read_scope(who), [period, *earlier(period)]
    if known:
        here, counts = known, counting.counted_at(office, scope, spans, known)
    else:
        here, counts = counting.counted(office, scope, spans, not area and not style)
    while len(counts) > 2 and not counts[-1].events and not counts[-1].stood:
        counts.pop()  # before this program nothing was counted: that is not nought
    areas = areas_of(office, period, _outside(counts[0]))
    chosen = _chosen(areas, area)
    lines = _lines(office, areas, counts[0], style)
    if chosen not in lines:
        text = (
            f"{chosen.name} ligt dwars door andere gebieden van de regio; om te publiceren kan dat"
            " niet apart."
        )
        raise BadInput(faults=[Fault("gebied", text, "area")])
    shown = [a for a in areas if a.level == "gemeente" and a.name in chosen.rows]
    total = lines[chosen] | {"gemeente": "Totaal" if chosen.level == "regio" else chosen.name}
    past = [_past(office, p, c, chosen, style) for p, c in zip(spans[1:], counts[1:], strict=False)]
    return {
        "name": "kwartaal",
        "period": period.text,
        "title": period.title,
        "region": office.config.region,
        "area": "" if chosen.level == "regio" else chosen.name,
        "made": iso(day_of(here.moment)),
        "known": iso(day_of(here.moment)) if known else None,
        "provisional": here.moment < start_of(period.end),
        "training": office.training,
        "style": style.name if style else None,
        "stamp": stamp(office, here),
        "definitions": _definitions(office),
        "groups": dict(office.pack.figures.groups),
        "rows": [lines[a] for a in shown],
        "total": total,
        "levels": {
            level: [
                lines[a]
                for a in areas
                if a.level == level and a in lines and set(a.rows) <= set(chosen.rows)
            ]
            for level in LEVELS[1:]
        },
        "earlier": past,
        "lists": _lists(office, list(lines.values())),
        "sentences": _sentences(total, past),
    }


def _past(
    office: Office, period: Period, counts: Counts, chosen: Area, style: Style | None
) -> dict[str, Any]:
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


def _chosen(areas: Sequence[Area], name: str) -> Area:
    """Give the area a report is of; BadInput for one there is not."""
    if not name:
        return areas[-1]
    level, _, rest = name.partition(":")
    for wanted in reversed(
        LEVELS
    ):  # a name of two levels is the larger of the two, unless its level is said
        for area in areas:
            if area.level == wanted and (
                area.name == name or (level == wanted and area.name == rest)
            ):
                return area
    known = ", ".join(dict.fromkeys(a.name for a in areas[:-1] if a.name != OUTSIDE))
    raise BadInput(
        faults=[
            Fault(
                "gebied",
                f"'{name[:40]}' hoort in deze periode niet bij de regio. Kies uit: {known}.",
                "area",
            )
        ]
    )


def stamp(office: Office, known: Known) -> dict[str, Any]:
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
        "facts": counting.RELEASE,
    }


def _line(office: Office, area: Area, counts: Counts) -> dict[str, Any]:
    found = {**_added(counts.events, area.rows), **_added(counts.stood, area.rows)}
    people = [office.config.gemeenten[r].inwoners for r in area.rows if r != OUTSIDE]
    inwoners = sum(p for p in people if p) if people and all(people) else None
    line: dict[str, Any] = {"gemeente": area.name, "inwoners": inwoners}
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
) -> dict[Area, dict[str, Any]]:
    """Give the lines of areas; with a style every small number hidden, and of areas that lie across
    others none.
    """
    lines = {a: _line(office, a, counts) for a in areas}
    if style is None:
        return lines
    keys = {f"{a.level}:{a.name}": a for a in areas}
    parents = publishing.tree([publishing.Place(key, frozenset(a.rows)) for key, a in keys.items()])
    facts = {d.name: fact_of(office, d) for d in office.pack.figures.definitions.values()}
    lists = _lists(office, list(lines.values()))
    told = publishing.protected(
        office.pack.figures.definitions,
        facts,
        parents,
        {k: lines[a] for k, a in keys.items()},
        lists,
        style,
    )
    return {keys[key]: line for key, line in told.items()}


def fact_of(office: Office, d: Definition) -> str:
    """Give which fact a figure counts here, with the clock this meldpunt chose."""
    return d.fact_by(bool(d.term) and beside_counts(office, office.pack.term(d.term)))


def _lists(office: Office, lines: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
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


def _title_of(office: Office, d: Definition, value: str) -> str:
    """Give the title of a value of a split."""
    return (
        _lists(office, [{x.name: {value: 1} for x in office.pack.figures.definitions.values()}])[
            d.name
        ][value]
        if d.list_name
        else value
    )


def _definitions(office: Office) -> dict[str, dict[str, Any]]:
    """Give what each number means; of a term with two clocks, by which one it counts."""
    told = {}
    for d in office.pack.figures.definitions.values():
        told[d.name] = {
            "title": d.title,
            "definition": d.sentence,
            "kind": KINDS[d.kind],
            "group": d.group,
            "population": d.population,
            "moment": d.moment,
            "numerator": _said(d.good, d.fact or d.term),
            "denominator": _said(d.every, d.of or d.fact or d.term) if d.kind == "deel" else None,
            "target": d.target,
            "source": d.source,
            "release": office.pack.figures.release,
            "sums_to": d.sums_to or None,
            "list": d.list_name or None,
        }
        rule = office.pack.term(d.term) if d.term else None
        if rule and rule.beside and d.clock != "eigen":
            second = d.fact_by(beside_counts(office, rule)).endswith(".naast")
            kind, count, unit = (
                (rule.beside.kind, rule.beside.count, rule.beside.unit)
                if second
                else (rule.kind, rule.count, rule.unit)
            )
            told[d.name]["title"] = f"{d.title} ({kind}, {count} {unit})"
    return told


def _said(values: tuple[str, ...] | None, fact: str) -> str:
    return f"{fact}: {', '.join(values)}" if values else fact


def _sentences(total: Mapping[str, Any], past: Sequence[Mapping[str, Any]]) -> list[str]:
    """Give what stands above the figures, in words."""
    told = {k: "niet getoond" if v == "." else v for k, v in total.items()}
    before = past[0]["total"] if past else None
    said = [
        (
            f"{_many(told['adviezen'], 'advies', 'adviezen')} en"
            f" {_many(told['meldingen'], 'melding', 'meldingen')} ontvangen."
        ),
        (
            f"Finish 1: {told['finish_1']}, finish 2: {told['finish_2']}, finish 3:"
            f" {told['finish_3']}, finish 4: {told['finish_4']}."
        ),
        (
            f"Veiligheidsbeoordeling op tijd: {_share_said(told['veiligheidsbeoordeling'])}."
            f" Onderzoek op tijd: {_share_said(told['onderzoek'])}."
        ),
        f"Voortgangscontrole na 3 maanden op tijd: {_share_said(told['voortgangscontrole'])}.",
    ]
    if (
        before
        and all(isinstance(before[k], int) for k in ("adviezen", "meldingen"))
        and (before["adviezen"] or before["meldingen"])
    ):
        said[0] = (
            f"{said[0][:-1]}; {past[0]['title']}: {before['adviezen']} en {before['meldingen']}."
        )
    return said


def _share_said(share: Sequence[Any] | str) -> str:
    return TOO_FEW if isinstance(share, str) else say_share(share)


def _few(label: str) -> str:
    """Give the word for a hidden share, mean or spread.

    The label of a small count would read as its value.
    """
    return TOO_FEW if label in {s.small for s in STYLES.values() if s.small != s.other} else label


def _many(count: int | str, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def say_share(share: Sequence[Any]) -> str:
    """Give a share as staff read it: `90 % (9 van 10)`.

    A dash when there was nothing to count, the word for it when it is hidden.
    """
    if isinstance(share, str):
        return _few(share)
    good, of = share
    return f"{round(100 * good / of)} % ({good} van {of})" if of else "-"


def say_rate(rate: Sequence[Any]) -> str:
    """Give a rate per 1,000 inwoners as it is written in the Netherlands: `2,3`.

    Words when the inwoners are not known.
    """
    if isinstance(rate, str):
        return _few(rate)
    count, inwoners = rate
    return (
        f"{1000 * count / inwoners:.1f}".replace(".", ",") if inwoners else "inwoners niet bekend"
    )


def say_spread(value: Sequence[Any]) -> str:
    """Give days or a mean with of how many: `3 (van 20)`.

    A dash when there was nothing to count.
    """
    if isinstance(value, str):
        return _few(value)
    return f"{value[0]} (van {value[1]})".replace(".", ",") if value[1] else "-"


SAY: dict[str, Callable[[Any], Any]] = {
    "share": say_share,
    "money": costs.say_money,
    "count": lambda value: value,
    "rate": say_rate,
    "days": say_spread,
    "mean": say_spread,
}


def plain_definitions(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the definitions of the figures that are one number a line: all but the splits."""
    return {k: d for k, d in report["definitions"].items() if d["kind"] != "split"}


def cells(report: Mapping[str, Any]) -> tuple[list[str], list[list[object]]]:
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
) -> dict[str, Any]:
    """Give a report by name; NotFound for an unknown one, BadInput for a period that is none or has
    not begun, or a day it cannot be known on.
    """
    if name not in NAMES:
        raise NotFound(f"Het rapport '{name[:40]}' bestaat niet; er is: {', '.join(NAMES)}.")
    span, faults = read_period(period), []
    with office.store.read() as connection:
        now = office.now(connection)
    if span is None:
        faults.append(
            Fault(
                "periode",
                f"'{period[:20]}' is geen periode. Schrijf 2026-03, 2026-Q1, 2026-H1 of 2026.",
                "period",
            )
        )
    elif start_of(span.start) > now:
        faults.append(Fault("toekomst", f"{span.title} is nog niet begonnen.", "period"))
    day = _known_day(known, span, day_of(now), faults) if known else None
    if style and style not in STYLES:
        faults.append(
            Fault(
                "stijl",
                f"'{style[:20]}' is geen wijze van publiceren; kies uit {', '.join(STYLES)}, of"
                " laat leeg.",
                "style",
            )
        )
    if faults or span is None:
        raise BadInput(faults=faults)
    if name != "kwartaal" and (area or style or known):
        said = {"area": area, "style": style, "known": known}
        raise BadInput(
            faults=[
                Fault("kan_niet", f"Dit kan niet bij het rapport {name}.", k)
                for k, v in said.items()
                if v
            ]
        )
    if name == "kosten":
        return costs.kosten(office, span, read_scope(who))
    if name == "steekproef":
        return sample.steekproef(office, span, read_scope(who))
    return kwartaal(
        office, span, who, counting.known_on(office, day) if day else None, area, STYLES.get(style)
    )


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


def behind(
    office: Office, figure: str, period: str, area: str, who: Reader, value: str = ""
) -> dict[str, Any]:
    """Give the cases behind a figure (of a split: behind one value) that this reader may see.

    Numbers with the day and value that count; at most 500. NotFound for a figure there is not.
    """
    scope, span = scope_of(who), read_period(period)
    d = office.pack.figures.definitions.get(figure)
    if scope.none or who.role == "rapportage":
        raise NotAllowed("Met uw rol ziet u cijfers, en geen zaken.")
    if d is None or span is None:
        raise NotFound("Dit cijfer of deze periode is er niet.")
    values = d.every if d.kind == "deel" and not d.of else d.good
    values = (
        (value,)
        if value and d.kind == "splitsing"
        else (*values, RUNS)
        if values and d.term
        else values
    )
    with counting.settled(office) as (here, connection):
        today = iso(day_of(here.moment))
        end = min(span.end, day_of(here.moment) + timedelta(days=1)) if d.stands else span.end
        edges = (iso(span.start), iso(end))
        found = list(
            figures.cases_with(connection, scope, [fact_of(office, d)], values, edges, d.stands)
        )
    rows, place = _chosen(areas_of(office, span, True), area).rows, counting.place_of(office)
    cases = [
        dict(row) | {"value": LATE if row["value"] == RUNS else row["value"]}
        for row in found
        if (row["value"] != RUNS or row["day"] < today)
        and place(row["gemeente"], iso(end - timedelta(days=1)) if d.stands else row["day"]) in rows
    ]
    more, cases = len(cases) > MOST, cases[:MOST]
    return {
        "title": f"{d.title}: {_title_of(office, d, value)}" if value else d.title,
        "definition": d.sentence,
        "period": span.text,
        "span": span.title,
        "area": area,
        "cases": cases,
        "more": more,
    }
