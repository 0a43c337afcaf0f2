"""The second opinion agrees with the first, for every term of the procedure, any start, any
calendar; and it would notice if not.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amhk.rules.terms import recount
from amhk.rules.terms.calendar import KANTOORUREN, SLUITINGSDAG, calendar_of, read_hours
from amhk.rules.terms.days import Calendar
from amhk.rules.terms.holidays import Feestdagen, of_year
from amhk.rules.terms.terms import beside_end, end_of_term, moved_end, over_at
from amhk.words import iso

DAYS = st.dates(date(2014, 1, 1), date(2060, 1, 1))
MINUTES = st.integers(0, 1439)


def known_of(calendar):
    from amhk.desk.house.second_count import known

    return known(calendar)


@given(DAYS, MINUTES, st.data())
@settings(max_examples=400)
def test_both_ways_of_counting_agree(pack, day, minutes, data):
    closing = data.draw(st.sets(st.integers(0, 120), max_size=12))
    start = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=UTC)
    changes = [
        (n, SLUITINGSDAG, day + timedelta(days=d), "dicht", False)
        for n, d in enumerate(sorted(closing), 1)
    ]
    if data.draw(st.booleans()):
        import json

        changes.append(
            (
                99,
                KANTOORUREN,
                day + timedelta(days=2),
                json.dumps(read_hours("ma-wo 10:00-12:30, za 09:00-10:00")),
                False,
            )
        )
    calendar = calendar_of(changes)
    name = data.draw(st.sampled_from(sorted(pack.term_names())))
    rule = pack.term(name)
    on = day + timedelta(days=data.draw(st.integers(1, 90))) if rule.unit == "datum" else None
    end = end_of_term(rule, start, calendar, on)
    due, unrolled = end.due, end.unrolled
    days = data.draw(st.lists(st.integers(0, 14), max_size=3))
    for more in days:
        due, unrolled = moved_end(calendar, rule, due, unrolled, more)
    told = recount.Told(
        name=name,
        start=start,
        on=on,
        calendar=calendar.release,
        days=[(d, calendar.release) for d in days],
    )
    length = recount.Length(count=rule.count, unit=rule.unit, rolls=rule.rolls, by_law=rule.by_law)
    assert recount.end(told, length, lambda _: known_of(calendar), known_of(calendar)) == (
        iso(due),
        over_at(due).astimezone(UTC),
    )
    if rule.beside and not days:
        other = recount.Length(
            count=rule.beside.count,
            unit=rule.beside.unit,
            rolls=rule.beside.rolls,
            by_law=rule.beside.kind == "wet",
        )
        assert recount.end(told, other, lambda _: known_of(calendar), known_of(calendar))[0] == iso(
            beside_end(rule, start, calendar).due
        )


@pytest.mark.parametrize("year", range(2000, 2200))
def test_gauss_finds_the_same_holidays(year):
    assert recount._named(year) == {day.toordinal() for day in of_year(year)}


def test_a_local_closing_day_moves_a_norm_and_never_the_law(pack):
    start = datetime(2026, 2, 2, 9, tzinfo=UTC)
    shut = Calendar(Feestdagen(), {date(2026, 2, 9): "dicht"})
    norm, law = pack.term("veiligheidsbeoordeling"), pack.term("onderzoek_start")
    assert iso(end_of_term(norm, start, shut).due) == "2026-02-10"
    assert iso(end_of_term(law, start, shut).due) == "2026-02-09"
    assert iso(beside_end(norm, start, shut).due) == "2026-02-09"
    assert iso(beside_end(law, start, shut).due) == "2026-02-10"


def test_four_office_hours_stand_still_over_the_weekend(pack, calendar):
    rule = pack.term("openen")
    friday = datetime(2026, 2, 6, 15, 20, tzinfo=UTC)
    end = end_of_term(rule, friday, calendar)
    assert iso(end.due) == "2026-02-09T12:20:00+01:00"
    assert "za 7 feb gesloten" in end.steps
    easter = datetime(
        2026, 4, 2, 14, tzinfo=UTC
    )  # Thursday 16.00; Good Friday to Easter Monday closed, and the clock was moved
    assert iso(end_of_term(rule, easter, calendar).due) == "2026-04-07T12:00:00+02:00"


def test_an_end_that_was_tampered_with_is_noticed(pack, calendar):
    rule = pack.term("onderzoek")
    told = recount.Told(
        name="onderzoek", start=datetime(2026, 2, 2, 9, tzinfo=UTC), on=None, calendar=0
    )
    length = recount.Length(count=rule.count, unit=rule.unit, rolls=rule.rolls, by_law=rule.by_law)
    assert recount.end(told, length, lambda _: recount.Known(), recount.Known())[0] == "2026-04-13"
    assert (
        recount.end(
            told,
            recount.Length(count=9, unit="weken", rolls="atw", by_law=True),
            lambda _: recount.Known(),
            recount.Known(),
        )[0]
        != "2026-04-13"
    )
