"""The meldpunt's own costs over its gemeenten.

By average use over several years (vlaktax) or by actual use (verrekening), to the cent.

Seed 001 par. 4.4 describes both for the purchase of jeugdhulp; here they are applied to the costs
of the meldpunt itself, and labelled so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


class NothingToShareBy(ValueError):
    """Nobody used anything: there is nothing to share the costs by."""


@dataclass(frozen=True, slots=True)
class YearOfUse:
    """What one gemeente used in one year (a count), and which part of that year it belonged to the
    region (0 to 1).
    """

    count: int
    part: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class CostShare:
    """What one gemeente pays, in cents.

    Under both ways, last year under the same ways (None when there was none), and its use.
    """

    gemeente: str
    average: Fraction
    actual: int
    vlaktax: int
    verrekening: int
    vlaktax_before: int | None
    verrekening_before: int | None


def divided(total: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Give whole cents that add up exactly to `total` (largest remainder; of equal remainders the
    name that comes first). NothingToShareBy when all weights are nil.
    """
    whole = sum(weights.values())
    if whole <= 0:
        raise NothingToShareBy
    exact = {name: total * weight / whole for name, weight in weights.items()}
    cents = {name: share.numerator // share.denominator for name, share in exact.items()}
    order = sorted(weights, key=lambda name: (cents[name] - exact[name], name))
    for name in order[: total - sum(cents.values())]:
        cents[name] += 1
    return cents


def average_use(years: Sequence[YearOfUse], now: YearOfUse) -> Fraction:
    """Give the weight of a gemeente under vlaktax.

    Its use a year over the years it belonged, for the part of this year it belongs.
    """
    belonged = sum((y.part for y in years), Fraction(0))
    return Fraction(sum(y.count for y in years)) / belonged * now.part if belonged else Fraction(0)


def shared(
    budget: int, use: Mapping[str, Sequence[YearOfUse]], years: int, before: int | None = None
) -> list[CostShare]:
    """Give what each gemeente pays of a budget (cents), in the order given.

    `use` holds per gemeente its years of use, the year of the budget last; vlaktax takes the
    average of the `years` before it,
    verrekening the year itself. `before` is last year's budget, to hold beside it. Raises
    NothingToShareBy.
    """
    flat, actual = _both(budget, use, years, 0)
    flat_before, actual_before = _both(before, use, years, 1) if before is not None else ({}, {})
    return [
        CostShare(
            gemeente=name,
            average=average_use(_before(told, years, 0), told[-1]),
            actual=told[-1].count,
            vlaktax=flat[name],
            verrekening=actual[name],
            vlaktax_before=flat_before.get(name),
            verrekening_before=actual_before.get(name),
        )
        for name, told in use.items()
    ]


def _before(told: Sequence[YearOfUse], years: int, back: int) -> Sequence[YearOfUse]:
    """Give the years that a budget of `back` years ago looks back on.

    As many as there are, at most `years`.
    """
    end = len(told) - 1 - back
    return told[max(0, end - years) : end]


def _both(
    budget: int, use: Mapping[str, Sequence[YearOfUse]], years: int, back: int
) -> tuple[dict[str, int], dict[str, int]]:
    present = {name: told[len(told) - 1 - back] for name, told in use.items() if len(told) > back}
    flat = {
        name: average_use(_before(use[name], years, back), year) for name, year in present.items()
    }
    return divided(budget, flat), divided(
        budget, {name: Fraction(year.count) for name, year in present.items()}
    )
