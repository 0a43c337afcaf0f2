"""Who knows the people of a case works with it no more, and it stands before somebody who may."""

from datetime import UTC, datetime

import pytest
from support.bulk import bring, form, numbers, take
from support.cast import Client, hire, hire_north, reader
from support.families import EL_AMRANI, VISSER, advies, melding

from amhk.desk.cases import assignment, attachments, history, moves, reading, split
from amhk.desk.house import health, rounds
from amhk.desk.intake import calls, imports_view, triage
from amhk.desk.people import earlier_contacts
from amhk.desk.staff import absence, conflicts, rights, workers
from amhk.desk.worklists import worklist
from amhk.errors import BadInput, ClosedDoor, NotAllowed, NotFound
from amhk.store import reads

REPORT = {
    "reden": "Het is toch een melding.",
    "zorgen": "Er is zorg over dit gezin.",
    "acuut": False,
    "melder": {"naam": "School"},
}
FAMILY = {"ground": "familie"}
NOW = datetime(2026, 2, 2, 8, tzinfo=UTC)


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


def hide(office, number, name, by):
    told = FAMILY | {"worker": name, "reason": "Zegt hij zelf."}
    conflicts.know_other(office, number, told, by)


def receivers(office, number):
    """Before whom the reminders of a case stand: worker, team or role."""
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        found = reads.rows(connection, reads.select(reads.INBOX))
    return {(i["worker_id"], i["team_id"], i["role"]) for i in found if i["case_id"] == case["id"]}


def test_who_says_that_he_knows_them_sees_the_case_no_more_and_it_falls_to_the_team(house):
    number = call(house)
    give(house, number, "Anna")
    conflicts.know(house, number, FAMILY, reader(house, "Anna"))
    assert not sees(house, number, "Anna") and sees(house, number, "Tom")
    assert owner(house, number) is None
    last = history.journal_view(house, number, reader(house, "Tom"))[-2:]
    assert "Anna kent deze mensen" in last[0]["what"]
    assert "familie" not in str(last)
    assert "valt aan het team" in last[1]["what"]


@pytest.mark.parametrize("name", ["Anna", "Carla", "Vera", "Tom", "Mia", "Piet", "Rita", "Bea"])
def test_it_is_so_for_every_role_also_for_who_may_see_all_cases(house, name):
    number = call(house, by="Bram")
    leads = reader(house, "Mia" if name != "Mia" else "Tom")
    hide(house, number, name, leads)
    who = reader(house, name)
    assert not sees(house, number, name)
    assert name in ("Rita", "Bea") or worklist.worklist(house, who, {})["items"] == []
    with pytest.raises((NotFound, NotAllowed)):
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


def test_nobody_who_knows_them_can_answer_for_a_decision_and_where_that_leaves_none_it_says_so(
    house,
):
    number, mia = call(house), reader(house, "Mia")
    client = Client(house, "Anna")  # without a registration

    def step():
        (found,) = (
            m for m in client.case(number)["moves"] if m["name"] == "veiligheidsbeoordeling"
        )
        return found

    chosen = step()["input"]["properties"]["beslisser"]["enum"]
    with house.store.read() as connection:
        registered = {w["name"] for w in reads.workers(connection) if w["registration"]}
    assert set(chosen) == registered
    for name in chosen[1:]:
        hide(house, number, name, mia)
    assert step()["input"]["properties"]["beslisser"]["enum"] == chosen[:1]
    hide(house, number, chosen[0], mia)
    assert not step()["allowed"]
    assert "geen_geregistreerde" in [why["code"] for why in step()["why_not"]]


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
    hide(house, number, "Anna", reader(house, "Tom"))
    assert absence.undo(house, key, reader(house, "Tom")) == 0
    assert owner(house, number) == "Bram"
    with pytest.raises(BadInput) as wrong:
        give(house, number, "Anna")
    assert [f.field for f in wrong.value.faults] == ["owner"]
    free = call(house, VISSER)
    with pytest.raises(BadInput) as wrong:
        body = {"owner": "Anna", "reason": "verdeling"}
        assignment.assign_many(house, [free, number], body, reader(house, "Tom"))
    assert [f.field for f in wrong.value.faults] == ["owner"]
    away = {"worker": "Bram", "kind": "afwezig", "start": "2026-02-02", "reason": "ziek"}
    absence.make_plan(house, away | {"to": "Anna"}, reader(house, "Tom"))
    assert owner(house, number) is None


def test_a_reminder_never_stands_before_a_teamleider_who_knows_them_alone(house):
    number = call(house)
    give(house, number, "Bram")
    hide(house, number, "Tom", reader(house, "Mia"))
    Client(house, "Mia").clock("2026-03-30T09:00")
    standing = receivers(house, number)
    assert standing and not {role for _, _, role in standing} & {"teamleider"}
    assert (None, None, "manager") in standing
    assert worklist.reminders(house, reader(house, "Tom"), None, 50)["items"] == []


def test_what_stood_before_him_already_stands_before_another(house):
    number = call(house)
    Client(house, "Mia").clock("2026-03-30T09:00")
    assert {role for _, _, role in receivers(house, number)} & {"teamleider"}
    hide(house, number, "Tom", reader(house, "Mia"))
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
    with pytest.raises(NotAllowed):
        hide(house, number, "Bram", reader(house, "Anna"))
    with pytest.raises(BadInput) as wrong:
        conflicts.know_other(house, number, {}, reader(house, "Tom"))
    assert {f.field for f in wrong.value.faults} == {"worker", "ground", "reason"}


def test_every_manager_reads_that_it_was_said_but_not_of_which_case_and_not_of_himself(house):
    number = call(house)
    workers.add_worker(house, "Max", "manager", None, None, password="oefenen-oefenen")
    hide(house, number, "Mia", reader(house, "Tom"))
    with house.store.read() as connection:
        told = {
            name: [r["what"] for r in rights.lately(connection, NOW, reader(house, name))]
            for name in ("Mia", "Max")
        }
    said = "Mia kent de mensen in een zaak: die bestaat niet meer voor Mia."
    assert said in told["Max"] and said not in told["Mia"]


@pytest.mark.parametrize("away", [False, True])
def test_it_is_refused_where_nobody_would_be_left_who_leads_or_who_is_here(house, away):
    number = call(house)
    for name in ("Carla", "Vera", "Piet", "Anna", "Bram"):
        hide(house, number, name, reader(house, "Mia"))
    if away:
        plan = {"worker": "Tom", "kind": "afwezig", "start": "2026-02-02", "reason": "ziek"}
        absence.make_plan(house, plan, reader(house, "Mia"))
    else:
        hide(house, number, "Tom", reader(house, "Mia"))
    with pytest.raises(BadInput) as wrong:
        hide(house, number, "Mia", reader(house, "Mia"))
    assert [f.code for f in wrong.value.faults] == ["niemand_over"]
    assert sees(house, number, "Mia")


def test_it_is_refused_where_another_case_of_the_household_would_be_left_to_nobody(house):
    first = call(house)
    workers.add_team(house, "Noord")
    second = call(house, EL_AMRANI[:1])
    assignment.assign(house, second, {"team": "Noord", "reason": "ligt daar"}, reader(house, "Tom"))
    hide(house, first, "Tom", reader(house, "Mia"))
    with pytest.raises(BadInput) as wrong:  # Noord has no teamleider
        hide(house, first, "Mia", reader(house, "Mia"))
    assert [f.code for f in wrong.value.faults] == ["niemand_over"]


def test_a_case_that_came_to_be_left_to_nobody_who_leads_is_told_to_the_beheerder(house):
    number = call(house)
    hide(house, number, "Mia", reader(house, "Tom"))
    rounds.go_round(house)
    assert not [a for a in health.alarms(house) if "leiding" in a]
    workers.disable(house, "Tom")
    rounds.go_round(house)
    assert [a for a in health.alarms(house) if "niemand van de leiding" in a]


def test_a_rung_to_the_manager_goes_to_who_may_know_it_where_no_manager_may(house):
    number = call(house)
    for name in ("Carla", "Vera", "Piet", "Mia"):
        hide(house, number, name, reader(house, "Tom"))
    Client(house, "Tom").clock("2026-03-30T09:00")
    standing = receivers(house, number)
    assert standing and not {role for _, _, role in standing} & {"manager"}


def test_saying_it_is_not_opening_an_acute_case_that_nobody_opened(house):
    number = call(house, acuut=True)

    def running():
        with house.store.read() as connection:
            case = reads.case_by_number(connection, number)
            return [t["name"] for t in reads.terms(connection, case["id"], running=True)]

    before = running()
    conflicts.know(house, number, FAMILY, reader(house, "Anna"))
    (held,) = conflicts.view(house, number, reader(house, "Mia"))["held"]
    conflicts.lift(house, number, held["id"], {"reason": "vergissing"}, reader(house, "Mia"))
    assert running() == before and any("open" in name for name in before)


def test_an_advies_that_became_a_melding_hides_its_household_too(house):
    first = call(house)
    number = calls.take_call(house, advies(ontvangen="2026-02-02T09:00"), reader(house, "Tom"))
    tom = Client(house)
    told = {**REPORT, "ontvangen": "2026-02-02T09:00", "betrokkenen": EL_AMRANI}
    tom.move(number, "omzetten_in_melding", **told)
    made = next(r["number"] for r in tom.case(number)["relations"])
    conflicts.know(house, number, FAMILY, reader(house, "Anna"))
    assert not any(sees(house, n, "Anna") for n in (first, number, made))


def test_a_plan_tells_nothing_of_a_case_to_who_may_not_know_it(house):
    number = call(house)
    give(house, number, "Bram")
    hide(house, number, "Tom", reader(house, "Mia"))
    plan = {"worker": "Bram", "kind": "afwezig", "start": "2026-02-02", "reason": "ziek"}
    for named in (number, "M-2026-999999"):
        with pytest.raises(BadInput) as wrong:
            body = plan | {"cases": {named: "Anna"}}
            absence.make_plan(house, body, reader(house, "Tom"))
        assert [f.text for f in wrong.value.faults] == [f"{named} is geen open zaak van Bram."]
    assert absence.preview(house, "Bram", reader(house, "Tom")) == []


def test_who_knows_them_decides_nothing_and_is_not_offered(house):
    number = call(house, by="Bram")
    hide(house, number, "Carla", reader(house, "Tom"))
    with pytest.raises(BadInput):
        body = {"uitkomst": "Onderzoek.", "beslisser": "Carla"}
        moves.make_move(
            house, number, "veiligheidsbeoordeling", body, reader(house, "Anna"), checked=False
        )


def test_a_form_or_a_line_that_names_the_case_does_not_to_who_may_not_know_it(house):
    take(house, bring(house, [form(1)]))
    number = numbers(Client(house, "Mia"))[0]
    other = call(house, VISSER[:1])
    hide(house, number, "Tom", reader(house, "Mia"))
    key = bring(house, [form(1, zorgen="Anders.")])
    told = imports_view.view(house, key, reader(house, "Tom"))
    assert "een andere zaak" in str(told["forms"]) and number not in str(told["forms"])
    assert number in str(imports_view.view(house, key, reader(house, "Mia"))["forms"])
    assert sees(house, other, "Tom") is False  # of the same household by itself
    forms = [triage.worklist(house, reader(house, "Mia"))["items"][0]["form"], 10**6]
    answers = []
    for one in forms:
        with pytest.raises(NotFound) as wrong:
            triage.decide(house, one, {"outcome": "nieuw"}, reader(house, "Tom"))
        answers.append(wrong.value.text)
    assert answers[0] == answers[1]


def test_leave_to_read_does_not_open_it(house):
    number = call(house)
    hire_north(house)
    asked = {"route": "melding", "betrokkenen": EL_AMRANI}
    (found,) = earlier_contacts.earlier(house, asked, reader(house, "Nel"))
    earlier_contacts.open_earlier(house, found["ref"], "nieuwe melding", reader(house, "Nel"))
    assert sees(house, number, "Nel")
    hide(house, number, "Nel", reader(house, "Tom"))
    assert not sees(house, number, "Nel")
    with pytest.raises(NotFound):
        earlier_contacts.open_earlier(house, found["ref"], "nog eens", reader(house, "Nel"))
