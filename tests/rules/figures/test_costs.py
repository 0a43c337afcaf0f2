"""Who pays what: to the cent, adding up exactly, and fair to who came or left halfway."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amhk.rules.figures.costs import NothingToShareBy, YearOfUse, average_use, divided, shared


def years(*counts):
    return [YearOfUse(n) for n in counts]


def test_a_budget_over_three_equal_gemeenten_loses_no_cent():
    assert divided(
        100, {"Schiedam": Fraction(1), "Brielle": Fraction(1), "Krimpen": Fraction(1)}
    ) == {"Schiedam": 33, "Brielle": 34, "Krimpen": 33}


def test_vlaktax_looks_at_the_years_before_and_verrekening_at_the_year_itself():
    told = shared(
        1_000_00, {"Schiedam": years(30, 30, 30, 90), "Brielle": years(10, 10, 10, 10)}, 3
    )
    assert [(t.gemeente, t.vlaktax, t.verrekening) for t in told] == [
        ("Schiedam", 750_00, 900_00),
        ("Brielle", 250_00, 100_00),
    ]


def test_last_year_stands_beside_it_under_the_same_two_ways():
    told = shared(200_00, {"A": years(1, 1, 3), "B": years(1, 3, 1)}, 2, before=100_00)
    assert [(t.vlaktax_before, t.verrekening_before) for t in told] == [
        (50_00, 25_00),
        (50_00, 75_00),
    ]


def test_who_joined_halfway_pays_for_the_half_year_it_was_there():
    half = [YearOfUse(0, Fraction(0)), YearOfUse(5, Fraction(1, 2)), YearOfUse(10)]
    assert average_use(half[:2], half[2]) == 10
    assert average_use(half[:2], YearOfUse(5, Fraction(1, 2))) == 5
    assert average_use([YearOfUse(0, Fraction(0))], YearOfUse(3)) == 0


def test_without_any_use_there_is_nothing_to_share_by():
    with pytest.raises(NothingToShareBy):
        shared(100, {"A": years(0, 0), "B": years(0, 0)}, 1)


_WEIGHTS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=4), st.fractions(0, 1000), min_size=1, max_size=30
)


@given(st.integers(0, 10**12), _WEIGHTS)
def test_the_parts_always_add_up_and_nobody_is_a_whole_cent_off(total, weights):
    if not sum(weights.values()):
        return
    cents = divided(total, weights)
    assert sum(cents.values()) == total
    for name, weight in weights.items():
        assert abs(cents[name] - total * weight / sum(weights.values())) < 1


@given(st.integers(0, 10**10), _WEIGHTS, st.randoms())
def test_the_order_in_which_gemeenten_are_named_changes_nothing(total, weights, dice):
    if not sum(weights.values()):
        return
    names = list(weights)
    dice.shuffle(names)
    assert divided(total, weights) == divided(total, {name: weights[name] for name in names})
