"""Who looked at what is kept of one person, in whatever case he stands."""

import pytest
from support.cast import hire, hire_north, hire_readers, reader
from support.families import melding

from amhk.desk.cases import assignment, reading
from amhk.desk.house import who_looked
from amhk.desk.intake import calls
from amhk.desk.staff import conflicts, workers
from amhk.errors import NotAllowed, NotFound
from amhk.store import reads

HOME = "Kade 3, 2611 AA Delft"
LIV = {"naam": "Liv Visser", "geboren": "2019-03-04", "rollen": ["kind"], "adres": HOME}
NEIGHBOUR = {"naam": "Sem Bakker", "geboren": "2012-11-30", "rollen": ["kind"], "adres": HOME}


@pytest.fixture
def house(office):
    """Liv in two cases, one of them of another team, her neighbour in a third; each looked at by
    somebody else.
    """
    hire(office)
    hire_north(office)
    hire_readers(office)
    carla, mia = reader(office, "Carla"), reader(office, "Mia")
    told = [calls.take_call(office, melding([one]), carla) for one in (LIV, LIV, NEIGHBOUR)]
    assignment.assign(office, told[1], {"team": "Noord", "reason": "Ligt daar."}, mia)
    for number, name in zip(told, ("Carla", "Nel", "Vera"), strict=True):
        reading.case_view(office, number, reader(office, name), looked="zaak")
    return told


def person_of(office, number):
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        return reads.people_of(connection, case["id"])[0]["id"]


def told_to(office, name, number):
    return who_looked.of_case(office, number, reader(office, name), person_of(office, number))


@pytest.mark.parametrize("name", ["Mia", "Aad"])
def test_who_watches_over_all_reads_of_every_case_the_person_stands_in(office, house, name):
    told = told_to(office, name, house[0])
    assert {one["worker"] for one in told["looks"]} == {"Carla", "Nel"}
    assert {one["number"] for one in told["looks"]} == set(house[:2]), "no neighbour is she"
    assert told["cases"] == 2


def test_who_leads_a_team_reads_of_its_cases_alone(office, house):
    told = told_to(office, "Tom", house[0])
    assert {one["number"] for one in told["looks"]} == {house[0]}
    assert told["cases"] == 1


def test_a_case_that_somebody_may_not_know_is_in_none_of_it(office, house):
    known = {"ground": "familie"}
    workers.add_worker(office, "Max", "manager", None, None, password="oefenen-oefenen")
    conflicts.know(office, house[1], known, reader(office, "Mia"))
    for number in house[:2]:
        with pytest.raises(NotFound):
            told_to(office, "Mia", number)
    assert told_to(office, "Aad", house[0])["cases"] == 2


def test_who_watches_reads_no_name_and_who_leads_does(office, house):
    assert told_to(office, "Mia", house[0])["person"]["name"] == "Liv Visser"
    told = told_to(office, "Aad", house[0])
    assert told["person"]["name"] == "betrokkene 1"
    assert "Visser" not in str(told)


def test_it_is_for_who_leads_or_watches_and_of_a_person_of_this_case(office, house):
    with pytest.raises(NotAllowed):
        told_to(office, "Carla", house[0])
    with pytest.raises(NotFound):
        who_looked.of_case(office, house[0], reader(office, "Mia"), person_of(office, house[2]))


def test_the_extract_of_a_person_says_the_same(office, house):
    mia = reader(office, "Mia")
    told = who_looked.file_of_case(office, house[0], mia, person_of(office, house[0]))
    assert all(number in told for number in house[:2])
    assert house[2] not in told
