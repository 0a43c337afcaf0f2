"""Who knows the people of a case works with it no more, and it stands before somebody who may."""

import pytest
from support.cast import Client, hire, reader
from support.families import EL_AMRANI, VISSER, melding

from amhk.desk.cases import assignment, attachments, history, reading, split
from amhk.desk.house import rounds
from amhk.desk.intake import calls
from amhk.desk.people import earlier_contacts
from amhk.desk.staff import absence, conflicts, workers
from amhk.desk.worklists import worklist
from amhk.errors import BadInput, ClosedDoor, NotAllowed, NotFound
from amhk.store import reads

FAMILY = {"ground": "familie"}


@pytest.fixture
def house(office):
    hire(office)
    Client(office).clock("2026-02-02T09:00")
    return office


def call(office, people=EL_AMRANI, by="Tom", **other):
    return calls.take_call(office, melding(people, **other), reader(office, by))


def sees(office, number, name):
    try:
        reading.case_view(office, number, reader(office, name))
    except NotFound:
        return False
    return True


def owner(office, number):
    return reading.case_view(office, number, reader(office, "Mia"))["owner"]


def give(office, number, name, by="Tom"):
    body = {"owner": name, "reason": "verdeling"}
    assignment.assign(office, number, body, reader(office, by))


def receivers(office, number):
    """Before whom the reminders of a case stand: worker, team or role."""
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        found = reads.rows(connection, reads.select(reads.INBOX))
    return {(i["worker_id"], i["team_id"], i["role"]) for i in found if i["case_id"] == case["id"]}


def test_who_says_that_he_knows_them_sees_the_case_no_more_and_it_falls_to_the_team(house):
    number = call(house)
    give(house, number, "Anna")
    assert conflicts.know(house, number, FAMILY, reader(house, "Anna"))
    assert not sees(house, number, "Anna") and sees(house, number, "Tom")
    assert owner(house, number) is None
    last = history.journal_view(house, number, reader(house, "Tom"))[-2:]
    assert "Anna kent deze mensen" in last[0]["what"]
    assert "valt aan het team" in last[1]["what"]


@pytest.mark.parametrize("name", ["Anna", "Carla", "Vera", "Tom", "Mia", "Piet"])
def test_it_is_so_for_every_role_also_for_who_may_see_all_cases(house, name):
    number = call(house, by="Bram")
    leads = reader(house, "Mia" if name != "Mia" else "Tom")
    conflicts.know(house, number, FAMILY | {"worker": name}, leads)
    who = reader(house, name)
    assert not sees(house, number, name)
    assert worklist.worklist(house, who, {})["items"] == []
    with pytest.raises(NotFound):
        attachments.add_note(house, number, {"tekst": "Toch."}, who)
    with pytest.raises(NotFound):
        conflicts.view(house, number, who)


def test_a_new_melding_about_the_same_household_is_hidden_too_and_nobody_keeps_it(house):
    first = call(house)
    conflicts.know(house, first, FAMILY, reader(house, "Anna"))
    known = call(house, EL_AMRANI[:1])
    assert not sees(house, known, "Anna")
    second, other = call(house, VISSER), call(house, [])
    give(house, second, "Anna")
    version = reading.case_view(house, second, reader(house, "Mia"))["version"]
    body = {"version": version, "bij": first, "reden": "zelfde gezin"}
    split.place(house, second, body, reader(house, "Tom"))
    assert not sees(house, second, "Anna")
    rounds.go_round(house)
    assert owner(house, second) is None
    assert sees(house, other, "Anna")


def test_the_radar_tells_him_nothing_of_it(house):
    number = call(house)
    conflicts.know(house, number, FAMILY, reader(house, "Anna"))
    asked = {"route": "melding", "betrokkenen": EL_AMRANI}
    assert earlier_contacts.earlier(house, asked, reader(house, "Anna")) == []
    assert earlier_contacts.earlier(house, asked, reader(house, "Bram"))


def test_he_is_not_given_it_again_by_hand_by_a_plan_or_by_its_end(house):
    number = call(house)
    give(house, number, "Anna")
    plan = {"worker": "Anna", "kind": "afwezig", "start": "2026-02-02", "reason": "ziek"}
    key = absence.make_plan(house, plan | {"to": "Bram"}, reader(house, "Tom"))
    assert owner(house, number) == "Bram"
    conflicts.know(house, number, FAMILY | {"worker": "Anna"}, reader(house, "Tom"))
    assert absence.undo(house, key, reader(house, "Tom")) == 0
    assert owner(house, number) == "Bram"
    with pytest.raises(BadInput) as wrong:
        give(house, number, "Anna")
    assert [f.code for f in wrong.value.faults] == ["kent"]
    away = {"worker": "Bram", "kind": "afwezig", "start": "2026-02-02", "reason": "ziek"}
    absence.make_plan(house, away | {"to": "Anna"}, reader(house, "Tom"))
    assert owner(house, number) is None


def test_a_reminder_never_stands_before_a_teamleider_who_knows_them_alone(house):
    number = call(house)
    give(house, number, "Bram")
    conflicts.know(house, number, FAMILY | {"worker": "Tom"}, reader(house, "Mia"))
    Client(house, "Mia").clock("2026-03-30T09:00")
    standing = receivers(house, number)
    assert standing and not {role for _, _, role in standing} & {"teamleider"}
    assert (None, None, "manager") in standing
    assert worklist.reminders(house, reader(house, "Tom"), None, 50)["items"] == []


def test_what_stood_before_him_already_stands_before_another(house):
    number = call(house)
    Client(house, "Mia").clock("2026-03-30T09:00")
    assert {role for _, _, role in receivers(house, number)} & {"teamleider"}
    conflicts.know(house, number, FAMILY | {"worker": "Tom"}, reader(house, "Mia"))
    assert not {role for _, _, role in receivers(house, number)} & {"teamleider"}


def test_who_leads_lifts_it_with_a_reason_and_nobody_else(house):
    number = call(house)
    conflicts.know(house, number, FAMILY, reader(house, "Anna"))
    (held,) = conflicts.view(house, number, reader(house, "Tom"))["held"]
    with pytest.raises(NotAllowed):
        conflicts.lift(house, number, held["id"], {"reason": "toch niet"}, reader(house, "Bram"))
    with pytest.raises(BadInput):
        conflicts.lift(house, number, held["id"], {}, reader(house, "Tom"))
    conflicts.lift(house, number, held["id"], {"reason": "andere familie"}, reader(house, "Tom"))
    assert sees(house, number, "Anna")
    with pytest.raises(ClosedDoor):
        conflicts.lift(house, number, held["id"], {"reason": "nog eens"}, reader(house, "Tom"))


def test_a_worker_says_it_of_himself_only_and_who_leads_says_of_whom(house):
    number = call(house)
    with pytest.raises(BadInput) as wrong:
        conflicts.know(house, number, FAMILY | {"worker": "Bram"}, reader(house, "Anna"))
    assert [f.field for f in wrong.value.faults] == ["worker"]
    with pytest.raises(BadInput) as wrong:
        conflicts.know(house, number, {}, reader(house, "Tom"))
    assert {f.field for f in wrong.value.faults} == {"worker", "ground"}


def test_it_is_refused_where_nobody_who_leads_would_be_left(house):
    number = call(house)
    for name in ("Carla", "Vera", "Piet", "Tom"):
        conflicts.know(house, number, FAMILY | {"worker": name}, reader(house, "Mia"))
    with pytest.raises(BadInput) as wrong:
        conflicts.know(house, number, FAMILY | {"worker": "Mia"}, reader(house, "Mia"))
    assert [f.code for f in wrong.value.faults] == ["niemand_over"]
    assert sees(house, number, "Mia")


def test_leave_to_read_does_not_open_it(house):
    number = call(house)
    workers.add_team(house, "Noord")
    workers.add_worker(house, "Nel", "medewerker", "Noord", None, password="oefenen-oefenen")
    asked = {"route": "melding", "betrokkenen": EL_AMRANI}
    (found,) = earlier_contacts.earlier(house, asked, reader(house, "Nel"))
    earlier_contacts.open_earlier(house, found["ref"], "nieuwe melding", reader(house, "Nel"))
    assert sees(house, number, "Nel")
    conflicts.know(house, number, FAMILY | {"worker": "Nel"}, reader(house, "Tom"))
    assert not sees(house, number, "Nel")
    with pytest.raises(NotFound):
        earlier_contacts.open_earlier(house, found["ref"], "nog eens", reader(house, "Nel"))
