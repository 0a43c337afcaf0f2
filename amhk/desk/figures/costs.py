"""Sharing the costs of the meldpunt among its gemeenten, both ways side by side, from the budget in
config.toml and what each used.
"""

from datetime import datetime
from fractions import Fraction

from amhk.desk.figures import counting
from amhk.errors import BadInput, NotAllowed
from amhk.office import Office
from amhk.rules.figures.costs import CostShare, NothingToShareBy, YearOfUse, shared
from amhk.rules.figures.periods import Period, read_period
from amhk.rules.privacy.secrecy import Scope
from amhk.words import day_of, iso, start_of

COLUMNS = {
    "gebruik": (
        "Gebruik dit jaar",
        (
            "Meldingen die dit jaar zijn ontvangen en meetellen; of wat config.toml voor dit jaar"
            " noemt."
        ),
    ),
    "gemiddeld": (
        "Gemiddeld gebruik",
        "Gemiddeld gebruik per jaar over de jaren ervoor (hooguit zoveel als config.toml noemt).",
    ),
    "vlaktax": ("Vlaktax", "Aandeel in het budget naar gemiddeld gebruik over de jaren ervoor."),
    "vlaktax_vorig": ("Vlaktax vorig jaar", "Hetzelfde over het budget van vorig jaar."),
    "verrekening": ("Verrekening", "Aandeel in het budget naar het gebruik van dit jaar zelf."),
    "verrekening_vorig": ("Verrekening vorig jaar", "Hetzelfde over het budget van vorig jaar."),
}
SOURCE = (
    "Twee verdeelmodellen uit de regiovisie (vlaktax en verrekening), geschreven voor de inkoop van"
    " jeugdhulp en hier toegepast op de eigen kosten van het meldpunt."
)
MONEY = ("vlaktax", "vlaktax_vorig", "verrekening", "verrekening_vorig")


def kosten(office: Office, period: Period, scope: Scope) -> dict[str, object]:
    """Give the report: per gemeente what it pays under vlaktax and under verrekening, in cents,
    adding up to the budget. BadInput for a period that is no year, a year without a budget, or
    without any use.
    """
    if not scope.every:
        raise NotAllowed(
            "De kosten worden over de hele regio verdeeld; daarvoor moet u alle zaken mogen tellen."
        )
    if not period.text.isdigit():
        raise _no(f"De kosten worden per jaar verdeeld: schrijf bijvoorbeeld {period.start.year}.")
    year, costs = period.start.year, office.config.costs
    if (budget := costs.budget.get(year)) is None:
        raise _no(f"Voor {year} staat geen budget in config.toml (costs.budget).")
    now, use = _use_of_years(office, period, scope)
    before = costs.budget.get(year - 1)
    try:
        told = shared(budget, use, costs.years, before)
    except NothingToShareBy:
        what = f"In {year} of in de jaren ervoor is niets gebruikt:"
        raise _no(f"{what} er is niets om de kosten naar te verdelen.") from None
    provisional = now < start_of(period.end)
    return {
        "name": "kosten",
        "period": period.text,
        "title": f"verdeling van de kosten {year}",
        "region": office.config.region,
        "made": iso(day_of(now)),
        "training": office.training,
        "budget": budget,
        "before": before,
        "years": costs.years,
        "provisional": provisional,
        "definitions": _definitions(),
        "rows": [_row(t) for t in told],
        "total": _total(told, budget, before),
        "source": SOURCE,
        "sentences": _sentences(budget, costs.years, provisional),
    }


def _definitions() -> dict[str, dict[str, str]]:
    kinds = {k: "money" if k in MONEY else "count" for k in COLUMNS}
    return {k: {"title": t, "definition": d, "kind": kinds[k]} for k, (t, d) in COLUMNS.items()}


def _use_of_years(
    office: Office, period: Period, scope: Scope
) -> tuple[datetime, dict[str, list[YearOfUse]]]:
    """Give the moment of counting, and per gemeente its use in this year and those it is averaged
    over, the oldest first. A year nobody counted is no year without use.
    """
    year, costs = period.start.year, office.config.costs
    years = [p for n in range(year - costs.years - 1, year + 1) if (p := read_period(str(n)))]
    here = office.config.gemeenten.items()
    use = {n: list[YearOfUse]() for n, g in here if g.within(years[0].start, period.end)}
    known, found = counting.counted(office, scope, years[::-1])
    for one, used in zip(years, reversed(found), strict=True):
        counts = costs.history.get(one.start.year) or {
            row: n for (fact, row, _), n in used.events.items() if fact == "melding"
        }
        counted_then = one.start.year == year or any(counts.values())
        for name, rows in use.items():
            part = _part(office, name, one) if counted_then else Fraction(0)
            rows.append(YearOfUse(counts.get(name, 0), part))
    return known.moment, use


def _sentences(budget: int, years: int, provisional: bool) -> list[str]:
    """Give what stands above the figures, in words."""
    told = [
        (
            f"Budget: {say_money(budget)} euro; vlaktax naar het gemiddelde van hooguit {years}"
            " jaren ervoor."
        ),
        SOURCE,
    ]
    return [*told, "Voorlopig: het jaar is nog niet om."] if provisional else told


def _no(text: str) -> BadInput:
    return BadInput.of("kosten", text, "period")


def _part(office: Office, name: str, year: Period) -> Fraction:
    """Give which part of a year a gemeente belonged to the region, in whole months."""
    gemeente = office.config.gemeenten[name]
    start, end = (
        max(gemeente.since or year.start, year.start),
        min(gemeente.until or year.end, year.end),
    )
    return Fraction(max(0, (end.year - start.year) * 12 + end.month - start.month), 12)


def _row(share: CostShare) -> dict[str, object]:
    return {
        "gemeente": share.gemeente,
        "gebruik": share.actual,
        "gemiddeld": round(float(share.average), 1),
        "vlaktax": share.vlaktax,
        "vlaktax_vorig": share.vlaktax_before,
        "verrekening": share.verrekening,
        "verrekening_vorig": share.verrekening_before,
    }


def _total(told: list[CostShare], budget: int, before: int | None) -> dict[str, object]:
    return {
        "gemeente": "Totaal",
        "gebruik": sum(t.actual for t in told),
        "gemiddeld": round(float(sum(t.average for t in told)), 1),
        "vlaktax": budget,
        "vlaktax_vorig": before,
        "verrekening": budget,
        "verrekening_vorig": before,
    }


def say_money(cents: int | None) -> str:
    """Give an amount as it is written in the Netherlands: `1.234,56`; a dash when there is none."""
    if cents is None:
        return "-"
    whole, rest = divmod(cents, 100)
    return f"{whole:,}".replace(",", ".") + f",{rest:02}"
