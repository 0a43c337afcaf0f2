"""Whoever opened a case of others with a reason is judged by who leads it, and nobody forgets."""

import pytest
from sqlalchemy import select
from support.cast import Client, hire, reader
from support.families import EL_AMRANI, VISSER, melding

from amhk.desk.cases import assignment, history, reading
from amhk.desk.house import health, who_looked
from amhk.desk.intake import calls
from amhk.desk.people import earlier_contacts
from amhk.desk.people.earlier_contacts import HIDDEN
from amhk.desk.staff import absence, conflicts, leave, rights, workers
from amhk.errors import BadInput, NotFound
from amhk.store import reads

GOOD = {"verdict": "terecht", "remark": "Er kwam een nieuwe melding over dit gezin."}


@pytest.fixture
def opened(office):
    """A house in which Nel of another team opened a case; with the number of it."""
    hire(office)
    Client(office, "Mia").clock("2026-02-02T09:00")
    workers.add_team(office, "Noord")
    for name, role in (("Nel", "medewerker"), ("Ted", "teamleider")):
        workers.add_worker(office, name, role, "Noord", None, password="oefenen-oefenen")
    number = calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
    look(office, "Nel")
    return office, number


def look(office, name):
    asked = {"route": "melding", "betrokkenen": EL_AMRANI}
    (found,) = earlier_contacts.earlier(office, asked, reader(office, name))
    earlier_contacts.open_earlier(office, found["ref"], "nieuwe melding", reader(office, name))


def before(office, name):
    with office.store.read() as connection:
        told = leave.waiting(office, connection, reader(office, name), office.now(connection))
    return [(one["worker"], one["late"]) for one in told]


def key_of(office):
    with office.store.read() as connection:
        told = leave.waiting(office, connection, reader(office, "Tom"), office.now(connection))
    return told[0]["id"]


def clock(office, moment):
    Client(office, "Mia").clock(moment)


def test_it_stands_before_who_leads_the_case_at_once_and_before_nobody_else(opened):
    office, _ = opened
    assert before(office, "Tom") == [("Nel", False)]
    assert [before(office, name) for name in ("Ted", "Mia", "Anna", "Nel")] == [[], [], [], []]


def test_it_climbs_to_the_manager_and_then_turns_every_screen_red_until_it_is_judged(opened):
    office, _ = opened
    clock(office, "2026-02-09T09:00")
    assert (before(office, "Tom"), before(office, "Mia")) == ([("Nel", False)], [])
    clock(office, "2026-02-10T09:00")
    assert before(office, "Tom") == before(office, "Mia") == [("Nel", True)]
    clock(office, "2026-02-16T09:00")
    assert not any("inzage" in alarm for alarm in health.alarms(office))
    clock(office, "2026-02-17T09:00")
    assert any("ma 9 februari 2026 op een oordeel" in alarm for alarm in health.alarms(office))
    leave.judge(office, key_of(office), GOOD, reader(office, "Mia"))
    assert not any("inzage" in alarm for alarm in health.alarms(office))
    assert before(office, "Tom") == before(office, "Mia") == []


@pytest.mark.parametrize("why", ["away", "knows them"])
def test_where_no_teamleider_is_there_to_judge_it_is_before_the_manager_at_once(opened, why):
    office, number = opened
    if why == "away":
        plan = {"worker": "Tom", "kind": "afwezig", "start": "2026-02-02", "reason": "ziek"}
        absence.make_plan(office, plan, reader(office, "Mia"))
    else:
        known = {"worker": "Tom", "ground": "familie", "reason": "Zegt hij zelf."}
        conflicts.know_other(office, number, known, reader(office, "Mia"))
        assert before(office, "Tom") == []
    assert before(office, "Mia") == [("Nel", False)]


def test_where_who_leads_is_away_and_no_manager_may_know_it_whoever_sees_all_cases_judges(opened):
    office, number = opened
    known = {"worker": "Mia", "ground": "familie", "reason": "Zegt zij zelf."}
    conflicts.know_other(office, number, known, reader(office, "Tom"))
    plan = {"worker": "Tom", "kind": "afwezig", "start": "2026-02-02", "reason": "ziek"}
    absence.make_plan(office, plan, reader(office, "Mia"))
    assert before(office, "Carla") == before(office, "Tom") == [("Nel", False)]
    assert before(office, "Mia") == []


def test_the_judgement_stands_on_the_case_and_one_that_was_wrong_is_told_to_managers(opened):
    office, number = opened
    wrong = {"verdict": "niet_terecht", "remark": "Er was geen melding."}
    leave.judge(office, key_of(office), wrong, reader(office, "Tom"))
    line = history.journal_view(office, number, reader(office, "Tom"))[-1]
    assert line["what"] == "Inzage door Nel beoordeeld: niet terecht."
    with office.store.read() as connection:
        told = rights.lately(connection, office.now(connection), reader(office, "Mia"))
    assert told[0]["what"] == (
        "Nel opende een zaak van een ander team; dat is als niet terecht beoordeeld."
    )
    assert number not in told[0]["what"]


def test_a_reason_that_names_who_stays_secret_is_covered_wherever_it_is_read(opened):
    office, _ = opened
    told = {"naam": "Archibald Zonderland", "geheim": True}
    number = calls.take_call(office, melding(VISSER, melder=told), reader(office, "Tom"))
    asked = {"route": "melding", "betrokkenen": VISSER}
    nel = reader(office, "Nel")
    (found,) = earlier_contacts.earlier(office, asked, nel)
    earlier_contacts.open_earlier(office, found["ref"], "Archibald Zonderland belde weer", nel)
    tom, mia = reader(office, "Tom"), reader(office, "Mia")
    with office.store.read() as connection:
        waits = leave.waiting(office, connection, tom, office.now(connection))
    shown = [
        waits,
        leave.view(office, waits[-1]["id"], tom)["leave"],
        who_looked.of_case(office, number, tom)["looks"],
        who_looked.file_of_case(office, number, tom),
        who_looked.of_worker(office, "Nel", mia),
    ]
    for text in map(str, shown):
        assert "[geheim] belde weer" in text and "Zonderland" not in text


def test_moving_the_case_makes_nobody_else_its_judge(opened):
    office, number = opened
    there = {"team": "Noord", "reason": "ligt daar"}
    assignment.assign(office, number, there, reader(office, "Tom"))
    assert (before(office, "Tom"), before(office, "Ted")) == ([("Nel", False)], [])


def test_who_asks_again_while_it_lasts_has_the_one_he_had(opened):
    office, _ = opened
    nel = reader(office, "Nel")
    with office.store.read() as connection:
        mine = (reads.LOOK.c.what == HIDDEN, reads.LOOK.c.worker_id == nel.id)
        ref = connection.execute(select(reads.LOOK.c.id).where(*mine)).scalar()
    for _ in range(2):
        earlier_contacts.open_earlier(office, ref, "nog een vraag", nel)
    assert before(office, "Tom") == [("Nel", False)]


def test_what_counts_as_looking_is_looking_and_not_asking(opened):
    office, number = opened
    key, tom = key_of(office), reader(office, "Tom")
    assert leave.view(office, key, tom)["leave"]["looked"] == 0
    for _ in range(2):
        reading.case_page(office, number, reader(office, "Nel"))
    assert leave.view(office, key, tom)["leave"]["looked"] == 2


def test_it_is_judged_once_with_words_and_by_who_leads_only(opened):
    office, _ = opened
    key = key_of(office)
    for name in ("Nel", "Ted", "Anna"):
        with pytest.raises(NotFound):
            leave.judge(office, key, GOOD, reader(office, name))
    with pytest.raises(BadInput) as wrong:
        leave.judge(office, key, {}, reader(office, "Tom"))
    assert {f.field for f in wrong.value.faults} == {"verdict", "remark"}
    leave.judge(office, key, GOOD, reader(office, "Tom"))
    with pytest.raises(NotFound):
        leave.judge(office, key, GOOD, reader(office, "Tom"))


def test_a_teamleider_who_opened_one_himself_is_judged_by_the_one_of_that_case(opened):
    office, _ = opened
    look(office, "Ted")
    assert sorted(before(office, "Tom")) == [("Nel", False), ("Ted", False)]
    assert before(office, "Ted") == []
