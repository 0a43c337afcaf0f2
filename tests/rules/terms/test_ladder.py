"""A rung always reaches somebody who works here and is here.

A night nobody has is a gap, and nothing else is.
"""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amhk.rules.staff.roster import gaps, outside_office
from amhk.rules.terms.days import Calendar
from amhk.rules.terms.holidays import Feestdagen
from amhk.rules.terms.ladder import Person, Staff, attended, receivers
from amhk.words import ROLES, iso

PEOPLE = st.lists(
    st.builds(
        Person,
        st.integers(1, 9),
        st.just("naam"),
        st.sampled_from(sorted(ROLES)),
        st.sampled_from([1, 2, None]),
        st.booleans(),
        st.frozensets(st.just(7), max_size=1),
    ),
    max_size=8,
    unique_by=lambda p: p.id,
)
TO = st.lists(
    st.sampled_from(["eigenaar", "team", "teamleider", "manager", "piket", "vertrouwensarts"]),
    min_size=1,
    max_size=3,
)
MAY_SEE_ALL = {"manager", "gedragswetenschapper", "vertrouwensarts", "piket"}


@given(
    PEOPLE,
    TO,
    st.one_of(st.none(), st.integers(1, 9)),
    st.frozensets(st.integers(1, 9), max_size=2),
    st.sampled_from([None, 7, 8]),
)
def test_every_address_of_a_rung_is_read_by_somebody_who_is_here_as_long_as_there_is_anybody(
    people, to, owner, duty, case
):
    staff = Staff(tuple(people), duty).knowing(case)
    people = [p for p in people if case not in p.barred]
    assert staff.people == tuple(people)
    told = receivers(tuple(to), owner, 1, staff)
    assert told
    assert len(set(told)) == len(told)
    anybody = any(
        p.here
        and (p.role in MAY_SEE_ALL or (p.team == 1 and p.role in ("medewerker", "teamleider")))
        for p in people
    )
    if anybody and (set(to) - {"manager"} or any(p.here and p.role in MAY_SEE_ALL for p in people)):
        read = [a for a in told if attended(a, owner, 1, staff)]
        assert read or not any(p.here and p.role in MAY_SEE_ALL for p in people)


def person(key, role, team=1, here=True):
    return Person(id=key, name=f"nr {key}", role=role, team=team, here=here)


def names(to, owner, *people, duty=()):
    return [a.name for a in receivers(to, owner, 1, Staff(people, frozenset(duty)))]


def test_an_owner_who_is_here_hears_it_himself_and_one_who_is_not_is_the_team():
    here, away, other = (
        person(1, "medewerker"),
        person(1, "medewerker", here=False),
        person(2, "medewerker"),
    )
    assert names(("eigenaar",), 1, here, other) == ["nr 1"]
    assert (
        names(("eigenaar",), 1, away, other)
        == names(("eigenaar",), None, here)
        == names(("eigenaar",), 7, here)
        == ["team"]
    )
    assert names(("eigenaar", "team"), 1, away, other) == ["team"]


def test_an_empty_team_is_its_teamleider_he_the_manager_and_without_one_whoever_may_see_all():
    assert names(("team",), None, person(2, "teamleider")) == ["team"]
    assert names(
        ("teamleider",),
        None,
        person(2, "medewerker"),
        person(3, "teamleider", team=2),
        person(4, "manager"),
    ) == ["manager"]
    assert names(("team",), None, person(4, "manager", team=2), person(5, "beheerder")) == [
        "manager"
    ]
    assert names(
        ("manager",), None, person(4, "manager", here=False), person(6, "vertrouwensarts")
    ) == ["vertrouwensarts"]
    assert names(("manager",), None) == ["manager"]


def test_piket_is_who_has_it_now_and_a_gap_is_everyone_on_call_and_the_teamleider():
    piet, vera, tom = person(1, "piket"), person(2, "vertrouwensarts"), person(3, "teamleider")
    assert names(("piket",), None, piet, vera, tom, duty=[2]) == ["nr 2"]
    assert names(("piket",), None, piet, vera, tom) == ["piket", "teamleider"]
    assert names(("piket",), None, person(1, "piket", here=False), tom, duty=[1]) == ["teamleider"]


DAY = date(2026, 12, 21)  # a Monday; Christmas is Friday and Saturday
CALENDAR = Calendar(Feestdagen())


def test_nights_the_weekend_and_christmas_are_outside_office_hours():
    told = [
        (iso(s)[5:16], iso(e)[5:16])
        for s, e in outside_office(DAY, DAY + timedelta(days=6), CALENDAR)
    ]
    assert told == [
        ("12-21T00:00", "12-21T09:00"),
        ("12-21T17:00", "12-22T09:00"),
        ("12-22T17:00", "12-23T09:00"),
        ("12-23T17:00", "12-24T09:00"),
        ("12-24T17:00", "12-28T00:00"),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 100)), max_size=6), st.integers(0, 299)
)
def test_an_hour_is_in_a_gap_when_the_office_is_closed_and_nobody_has_piket(spans, hour):
    begin = datetime(2026, 12, 20, 23, tzinfo=UTC)
    taken = [(begin + timedelta(hours=s), begin + timedelta(hours=s + long)) for s, long in spans]
    moment = begin + timedelta(hours=hour, minutes=1)
    found = gaps(DAY, DAY + timedelta(days=13), CALENDAR, taken)
    office = CALENDAR.office((moment + timedelta(hours=1)).date())
    closed = office is None or not office[0] <= moment < office[1]
    inside = any(s <= moment < e for s, e in found)
    assert inside == (closed and not any(s <= moment < e for s, e in taken))
