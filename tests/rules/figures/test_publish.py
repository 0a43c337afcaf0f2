"""Small numbers: a solver that knows everything that is printed cannot pin one hidden cell, and
hardly more is hidden than must be.
"""

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.solver import FAR, Attacker, known

from amhk.rules.figures.small_numbers import OTHER, SMALL, STYLES, protect_parts, protect_totals


def whole_of(values, parents, columns):
    """Fill in the sums of a tree from its leaves."""
    inner = [a for a in parents if a in parents.values()]
    for area in sorted(inner, key=lambda a: -depth(parents, a)):
        for column in columns:
            values[area, column] = sum(
                values[kid, column] for kid, parent in parents.items() if parent == area
            )
    return values


def depth(parents, area):
    """How far an area is from the whole."""
    return 0 if parents[area] is None else 1 + depth(parents, parents[area])


def a_tree(rnd):
    """A region of one to three subregio's with two to nine gemeenten, some of them straight under
    the region.
    """
    parents = {"regio": None}
    subs = [f"s{n}" for n in range(rnd.randint(1, 3))]
    gemeenten = {f"g{n}": rnd.choice([*subs, *subs, "regio"]) for n in range(rnd.randint(2, 9))}
    return parents | {s: "regio" for s in subs if s in gemeenten.values()} | gemeenten


def a_number(rnd):
    return rnd.choice([0, rnd.randint(0, 12), rnd.randint(0, 60), rnd.randint(0, 200)])


def a_report(rnd):
    """A count over a tree with two splits that add up to it, and one that does not (as
    aanleiding).
    """
    parents = a_tree(rnd)
    gemeenten = [a for a in parents if a not in parents.values()]
    blocks = [[f"{b}{n}" for n in range(rnd.randint(2, 4))] for b in ("a", "b")]
    values = {(g, c): a_number(rnd) for g in gemeenten for c in blocks[0]}
    for g in gemeenten:
        values[g, "all"] = left = sum(values[g, c] for c in blocks[0])
        for c in blocks[1][:-1]:
            values[g, c] = rnd.randint(0, left)
            left -= values[g, c]
        values[g, blocks[1][-1]] = left
        values[g, "many"] = rnd.randint(0, values[g, "all"])
    return parents, blocks, whole_of(values, parents, [*blocks[0], *blocks[1], "all", "many"])


def protected(parents, blocks, values, most):
    """Every hidden cell of such a report with its word."""
    totals = protect_totals(parents, {a: values[a, "all"] for a in parents}, most)
    hidden = {(a, "all"): label for a, label in totals.items()}
    for block in blocks:
        hidden |= protect_parts(
            parents, {(a, c): values[a, c] for a in parents for c in block}, totals, most
        )
    many = protect_totals(
        parents,
        {a: values[a, "many"] for a in parents},
        most,
        {a: values[a, "all"] for a in parents},
        totals,
    )
    return hidden | {(a, "many"): label for a, label in many.items()}


def attack(parents, blocks, values, hidden, most, cells=None, known_as=known):
    """The hidden cells that can be pinned to one value."""
    attacker = Attacker()
    columns = sorted({c for _, c in values})
    for name, value in values.items():
        attacker.cell(name, *(known_as(hidden[name], most) if name in hidden else (value, value)))
    for area in parents:
        if kids := [k for k, p in parents.items() if p == area]:
            for column in columns:
                attacker.adds_up((area, column), [(k, column) for k in kids])
        for block in blocks:
            attacker.adds_up((area, "all"), [(area, c) for c in block])
        if (area, "many") in values:
            attacker.adds_up(
                (area, "all"), [(area, "many")], (0, FAR)
            )  # nobody counts for an aanleiding and not for the whole
    return [c for c in cells or hidden if len(set(attacker.span(c))) == 1]


@given(seed=st.integers(0, 10**9), most=st.sampled_from([9, 10]))
@settings(max_examples=60)
def test_no_hidden_cell_of_a_report_can_be_worked_out_from_all_that_is_printed(seed, most):
    parents, blocks, values = a_report(random.Random(seed))
    hidden = protected(parents, blocks, values, most)
    assert all(name in hidden for name, value in values.items() if value <= most), (
        "every small number is hidden"
    )
    assert attack(parents, blocks, values, hidden, most) == []


def test_the_attacker_can_pin_a_cell_when_only_the_small_ones_are_hidden():
    parents = {"regio": None, "g0": "regio", "g1": "regio"}
    values = whole_of({("g0", "all"): 4, ("g1", "all"): 40}, parents, ["all"])
    assert attack(parents, [], values, {("g0", "all"): SMALL}, 10) == [("g0", "all")]
    hidden = {
        (a, "all"): label
        for a, label in protect_totals(parents, {a: values[a, "all"] for a in parents}, 10).items()
    }
    assert hidden == {("g0", "all"): SMALL, ("g1", "all"): OTHER}
    assert attack(parents, [], values, hidden, 10) == []


def worth(parents, name):
    """What it costs the reader when a cell is hidden, as the product weighs it."""
    return 100 if parents[name[0]] is None else 4 if name[0] in parents.values() else 1


def optimum(parents, values, most):
    """The least one can hide besides the small ones, by trying everything."""
    small = {n: SMALL for n, v in values.items() if v <= most}
    others = sorted((n for n in values if n not in small), key=lambda n: worth(parents, n))
    tries = sorted(
        (sum(worth(parents, n) for n in c), c)
        for size in range(5)
        for c in combinations(others, size)
    )
    return next(
        (
            cost
            for cost, chosen in tries
            if not attack(parents, [], values, small | dict.fromkeys(chosen, OTHER), most)
        ),
        None,
    )


def test_hardly_more_is_hidden_than_the_least_that_is_safe():
    ours = least = 0
    for seed in range(40):
        rnd = random.Random(seed)
        parents = {
            "regio": None,
            "s0": "regio",
            "g0": "s0",
            "g1": "s0",
            "g2": "regio",
            "g3": "regio",
        }
        values = whole_of(
            {(g, "all"): a_number(rnd) for g in ("g0", "g1", "g2", "g3")}, parents, ["all"]
        )
        best = optimum(parents, values, 10)
        if best is None:
            continue
        told = protect_totals(parents, {a: values[a, "all"] for a in parents}, 10)
        ours += sum(worth(parents, (a, "all")) for a, label in told.items() if label != SMALL)
        least += best
    assert least > 0
    assert ours <= 1.1 * least, (ours, least)


def test_two_splits_of_one_count_hide_the_same_areas():
    rnd = random.Random(7)
    parents, blocks, values = a_report(rnd)
    hidden = protected(parents, blocks, values, 10)
    for area in (a for a in parents if (a, "all") in hidden):
        assert all((area, c) in hidden for block in blocks for c in block)


@pytest.mark.parametrize(("count", "shown"), [(10, 10), (12, 10), (13, 15), (97, 95), (98, 100)])
def test_what_is_shown_as_the_cbs_does_is_a_multiple_of_five(count, shown):
    assert STYLES["cbs"].shown(count) == shown


def test_what_is_shown_to_be_10_or_more_is_shown_as_it_is():
    assert STYLES["tien"].shown(97) == 97
