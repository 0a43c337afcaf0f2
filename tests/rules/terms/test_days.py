"""The days on which terms end, each with its reason."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from dateutil.relativedelta import relativedelta
from workalendar.europe import Netherlands

from amhk.rules.terms.days import Calendar, add_months, term_end, working_days
from amhk.rules.terms.holidays import Feestdagen, of_year
from amhk.rules.terms.terms import (
    TermRule,
    end_of_term,
    over_at,
    parse_length,
    parse_rung,
    rung_instants,
)
from amhk.words import AMSTERDAM, iso


@pytest.mark.parametrize(
    ("received", "law", "norm"),
    [
        (date(2026, 2, 2), date(2026, 2, 9), date(2026, 2, 9)),
        (date(2026, 2, 4), date(2026, 2, 9), date(2026, 2, 11)),
        (date(2026, 2, 7), date(2026, 2, 12), date(2026, 2, 13)),
        (date(2026, 4, 2), date(2026, 4, 8), date(2026, 4, 13)),
        (date(2026, 4, 30), date(2026, 5, 6), date(2026, 5, 8)),
        (date(2026, 12, 24), date(2026, 12, 29), date(2027, 1, 4)),
    ],
    ids=["monday", "wednesday", "saturday", "easter", "5 may", "christmas"],
)
def test_five_days_and_five_working_days_end_where_the_table_says(calendar, received, law, norm):
    assert term_end(received, 5, "dagen", "atw", calendar).due == law
    assert working_days(received, 5, calendar).due == norm


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2016, 2, 29), date(2016, 5, 30)),
        (date(2026, 11, 30), date(2027, 3, 1)),
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2024, 2, 29), date(2024, 5, 29)),
    ],
    ids=[
        "29 may is a sunday",
        "february has no 30th, 28 feb is a sunday",
        "april has 30 days",
        "no sticking to the month's end",
    ],
)
def test_three_months_end_on_the_same_number_or_the_last_day(calendar, start, end):
    assert term_end(start, 3, "maanden", "atw", calendar).due == end
    assert term_end(start, 3, "maanden", "vooruit", calendar).due == end


def test_ten_weeks_that_end_on_koningsdag_end_the_day_after(calendar):
    end = term_end(date(2026, 2, 16), 10, "weken", "atw", calendar)
    assert end.due == date(2026, 4, 28)
    assert "Koningsdag" in " ".join(end.steps)


def test_the_holidays_in_the_term_are_named_one_by_one(calendar):
    told = " ".join(working_days(date(2026, 4, 2), 5, calendar).steps)
    for words in (
        "vr 3 apr Goede Vrijdag",
        "za 4 apr",
        "zo 5 apr Eerste Paasdag",
        "ma 6 apr Tweede Paasdag",
        "overgeslagen",
    ):
        assert words in told


def test_four_hours_are_four_hours_also_when_the_clock_goes_back(calendar):
    rule = TermRule(
        name="crisis",
        title="Crisis",
        count=4,
        unit="uur",
        rolls="geen",
        kind="regionale norm",
        ground="",
        role="medewerker",
        rungs=(),
    )
    start = datetime(2026, 10, 25, 1, 0, tzinfo=AMSTERDAM)
    end = end_of_term(rule, start, calendar)
    assert iso(end.due) == "2026-10-25T04:00:00+01:00"
    assert end.due - start.astimezone(UTC) == timedelta(hours=4)


def test_a_local_closing_day_moves_a_norm_and_never_a_law(calendar):
    closed = Calendar(calendar.feestdagen, {date(2026, 2, 9): "studiedag"})
    assert working_days(date(2026, 2, 2), 5, closed).due == date(2026, 2, 10)
    assert term_end(date(2026, 2, 2), 5, "dagen", "atw", closed).due == date(2026, 2, 9)


def test_a_melding_at_five_to_midnight_counts_for_that_day(calendar):
    rule = TermRule(
        name="vb",
        title="VB",
        count=5,
        unit="werkdagen",
        rolls="werkdagen",
        kind="norm",
        ground="",
        role="medewerker",
        rungs=(),
    )
    assert end_of_term(rule, datetime(2026, 2, 2, 23, 55, tzinfo=AMSTERDAM), calendar).due == date(
        2026, 2, 9
    )


def test_the_ladder_rings_before_on_and_after_the_day(calendar):
    rungs = tuple(
        parse_rung(a, ("eigenaar",))
        for a in ("14 dagen voor", "op de dag", "5 werkdagen na", "60 minuten na start")
    )
    rule = TermRule(
        name="x",
        title="X",
        count=3,
        unit="maanden",
        rolls="vooruit",
        kind="norm",
        ground="",
        role="medewerker",
        rungs=rungs,
    )
    start = datetime(2026, 2, 20, 16, 20, tzinfo=AMSTERDAM)
    told = [iso(i)[:16] for i in rung_instants(rule, start, date(2026, 5, 20), calendar)]
    assert told == ["2026-05-06T00:00", "2026-05-20T00:00", "2026-05-28T00:00", "2026-02-20T17:20"]
    assert iso(over_at(date(2026, 5, 20))) == "2026-05-21T00:00:00+02:00"


@pytest.mark.parametrize("text", ["5", "vijf dagen", "0 dagen", "5 eeuwen", ""])
def test_a_length_that_is_none_is_refused_in_words(text):
    with pytest.raises(ValueError, match="is geen lengte"):
        parse_length(text)


class SecondOpinion(Netherlands):
    """workalendar's Netherlands with the days art. 3 ATW adds.

    Goede Vrijdag, and 5 May every year.
    """

    include_good_friday = True
    include_carnival = False

    def get_fixed_holidays(self, year):
        days = [d for d in super().get_fixed_holidays(year) if (d[0].month, d[0].day) != (5, 5)]
        return [*days, (date(year, 5, 5), "Bevrijdingsdag")]


@pytest.fixture(scope="module")
def other():
    calendar = SecondOpinion()
    days = {d for year in range(2014, 2041) for d, _ in calendar.holidays(year)}
    return {date(2014, 1, 1) + timedelta(n) for n in range(366 * 26)} - {
        date(2014, 1, 1) + timedelta(n)
        for n in range(366 * 26)
        if (date(2014, 1, 1) + timedelta(n)).weekday() >= 5
        or date(2014, 1, 1) + timedelta(n) in days
    }


def _forward(day, working):
    while day not in working:
        day += timedelta(1)
    return day


def _count(day, n, working):
    while n:
        day += timedelta(1)
        n -= day in working
    return day


def _atw(start, end, working):
    while sum(start + timedelta(n) in working for n in range(1, (end - start).days + 1)) < 2:
        end += timedelta(1)
    return _forward(end, working)


EXPECTED = {
    "veiligheidsbeoordeling": lambda s, w: _count(s, 5, w),
    "onderzoek_start": lambda s, w: _atw(s, s + timedelta(5), w),
    "onderzoek": lambda s, w: _forward(s + timedelta(70), w),
    "voortgangscontrole": lambda s, w: _forward(s + relativedelta(months=3), w),
    "acceptatie_verwijzing": lambda s, w: _count(s, 10, w),
    "vervolgbesluit": lambda s, w: _count(s, 5, w),
    "hercontrole": lambda s, w: _forward(s + timedelta(14), w),
    "antwoord_rvdk": lambda s, w: _count(s, 10, w),
    "informeren_betrokkene": lambda s, w: _forward(s + timedelta(28), w),
    "terugkoppeling_melder": lambda s, w: _count(s, 10, w),
    "afsluiten": lambda s, w: _count(s, 10, w),
    "advies_afronden": lambda s, w: _count(s, 5, w),
    "ondersteuning": lambda s, w: _forward(s + timedelta(28), w),
    "vernietiging": lambda s, w: _forward(s + relativedelta(months=3), w),
    "bewaren": lambda s, w: s + relativedelta(years=20),
    "bewaren_advies": lambda s, w: s + relativedelta(years=2),
    "inzage": lambda s, w: _forward(s + relativedelta(months=1), w),
}


@pytest.mark.parametrize("name", [*EXPECTED])
def test_every_term_is_right_for_every_start_day_by_a_second_calendar(calendar, pack, other, name):
    rule = pack.term(name)
    day = date(2015, 1, 1)
    while day < date(2036, 1, 1):
        start = datetime(day.year, day.month, day.day, 12, tzinfo=AMSTERDAM)
        assert end_of_term(rule, start, calendar).due == EXPECTED[name](day, other), (name, day)
        day += timedelta(1)


def test_months_agree_with_dateutil_on_every_day():
    day = date(2015, 1, 1)
    while day < date(2036, 1, 1):
        assert add_months(day, 3) == day + relativedelta(months=3)
        day += timedelta(1)


def test_the_holidays_are_those_of_two_other_calendars(calendar):
    first = holidays.country_holidays(
        "NL", categories=("public", "optional"), years=range(2000, 2101)
    )
    second = SecondOpinion()
    for year in range(2000, 2101):
        ours = set(of_year(year))
        assert ours == {d for d in first if d.year == year}, year
        assert not 2015 <= year < 2100 or ours == {d for d, _ in second.holidays(year)}, year


def test_a_day_added_by_royal_decree_moves_the_law():
    free = Calendar(Feestdagen({date(2026, 2, 9): "Nationale feestdag"}))
    assert term_end(date(2026, 2, 2), 5, "dagen", "atw", free).due == date(2026, 2, 10)
