"""What is about the work of the meldpunt itself stands beside the cases: a complaint, a second
opinion, a calamiteit. Each waits for a step, by a day; who it is about never reads it.
"""

import copy
import tomllib

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.http import Http

from amhk.desk.house import clock, rounds
from amhk.desk.house.self_check import changed_behind
from amhk.desk.matters import matters
from amhk.desk.staff import conflicts
from amhk.errors import BadInput, ClosedDoor, NotAllowed, NotFound
from amhk.rules.procedure.register import read_register
from amhk.store.house import house_journal
from amhk.store.house import matters as store
from amhk.store.reads import WORKER
from amhk.web.app import create_app

TOLD = {
    "kind": "klacht",
    "received": "2026-02-02",
    "told_by": "Mevrouw De Wit, 06-22233344",
    "about": "Zij werd niet teruggebeld over haar kleinkind.",
}


@pytest.fixture
def house(office):
    hire(office)
    clock.move_clock(office, {"now": "2026-02-02T09:00"})
    return office


def kept(office, name="Tom", **more):
    return matters.register(office, TOLD | more, reader(office, name))


def one(office, key, name="Tom"):
    return matters.one(office, key, reader(office, name))["one"]


def main_of(answer):
    return answer.text.partition("<main")[2].partition("</main>")[0]


def faults_of(wrong):
    return {(f.field, f.code) for f in wrong.value.faults}


def test_a_complaint_waits_for_the_judgement_and_then_a_month_for_what_is_done_with_it(house):
    key = kept(house)
    told = one(house, key)
    assert (told["number"], told["due"]) == ("K-2026-000001", "2026-04-13")
    clock.move_clock(house, {"now": "2026-03-10T09:00"})
    tom = reader(house, "Tom")
    step = {"done": "2026-03-09", "what": "De klacht is gegrond."}
    matters.take_step(house, key, step, tom)
    told = one(house, key)
    assert told["due"] == "2026-04-09", "one month after the judgement (Wmo 2015 art. 4.2.7)"
    assert "4.2.7" in told["ground"] and told["steps"][0]["late"] is False
    clock.move_clock(house, {"now": "2026-04-12T09:00"})
    assert one(house, key)["late"] is True
    matters.take_step(house, key, {"done": "2026-04-11", "what": "Brief gestuurd."}, tom)
    told = one(house, key)
    assert (told["open"], told["due"], told["state"]) == (False, None, "Afgerond")
    assert told["steps"][1]["late"] is True
    with pytest.raises(ClosedDoor):
        matters.take_step(house, key, {"done": "2026-04-12", "what": "Nog iets."}, tom)
    assert changed_behind(house) == []


@pytest.mark.parametrize("kind", ["calamiteit", "geweld"])
def test_what_must_go_to_the_inspectie_at_once_is_due_the_day_after(house, kind):
    told = one(house, kept(house, kind=kind))
    assert (told["due"], "inspectie" in told["step"]) == ("2026-02-03", True)
    assert "4.2.5" in told["ground"] and "eigen lezing" in told["ground"]


def test_it_stands_on_the_morning_page_of_who_leads_and_nobody_else(house):
    kept(house, kind="calamiteit")
    clock.move_clock(house, {"now": "2026-02-05T09:00"})
    for name, there in (("Tom", True), ("Mia", True), ("Anna", False), ("Bea", False)):
        browser = Http(create_app(house))
        browser.sign_in(name)
        page = browser.get("/").text
        assert ("K-2026-000001" in page) == there, name
        assert "te laat" in page or not there
        answer = browser.get("/register", follow_redirects=False)
        assert answer.status_code == (200 if there else 403)


def test_who_it_is_about_does_not_find_it_though_he_leads(house):
    key = kept(house, "Mia", whom="Tom")
    tom = reader(house, "Tom")
    assert one(house, key, "Mia")["whom"] == "Tom"
    assert matters.view(house, tom)["matters"] == []
    step = {"done": "2026-02-02", "what": "Ongegrond."}
    for act in (
        lambda: matters.one(house, key, tom),
        lambda: matters.take_step(house, key, step, tom),
        lambda: matters.withdraw(house, key, {"reason": "Dit is niets."}, tom),
    ):
        with pytest.raises(NotFound):
            act()
    browser = Http(create_app(house))
    browser.sign_in("Tom")
    hidden, absent = (main_of(browser.get(f"/register/{k}")) for k in (key, 999))
    assert hidden == absent and "niet in het register" in absent
    assert "K-2026" not in browser.get("/").text


def test_it_is_not_kept_so_that_nobody_who_leads_may_read_it(house):
    with house.store.write() as connection:
        connection.execute(update(WORKER).where(WORKER.c.name == "Mia").values(role="medewerker"))
    with pytest.raises(BadInput) as wrong:
        kept(house, whom="Tom")
    assert faults_of(wrong) == {("whom", "niemand")}


def test_one_that_nobody_who_leads_may_read_any_more_is_told_to_who_runs_the_house(house):
    kept(house, "Mia", whom="Tom")
    rounds.go_round(house)
    with house.store.write() as connection:
        assert matters.UNLED not in str(house_journal.open_incidents(connection))
        connection.execute(update(WORKER).where(WORKER.c.name == "Mia").values(active=False))
    rounds.go_round(house)
    with house.store.read() as connection:
        assert matters.UNLED in str(house_journal.open_incidents(connection))


def test_every_fault_at_once_and_nothing_is_kept(house):
    tom = reader(house, "Tom")
    with pytest.raises(BadInput) as wrong:
        matters.register(house, {"kind": "roddel", "received": "2026-03-01"}, tom)
    assert {field for field, _ in faults_of(wrong)} == {"kind", "received", "about"}
    key = kept(house)
    with pytest.raises(BadInput) as wrong:
        matters.take_step(house, key, {"done": "2026-02-01", "what": ""}, tom)
    assert {field for field, _ in faults_of(wrong)} == {"done", "what"}
    with pytest.raises(BadInput):
        matters.withdraw(house, key, {}, tom)
    for name in ("Anna", "Bea", "Rita"):
        with pytest.raises(NotAllowed):
            kept(house, name)
    assert [m["number"] for m in matters.view(house, tom)["matters"]] == ["K-2026-000001"]


def test_one_that_does_not_run_on_says_why(house):
    key = kept(house)
    matters.withdraw(
        house, key, {"reason": "Zij zag er na een gesprek van af."}, reader(house, "Tom")
    )
    told = one(house, key)
    assert (told["open"], told["state"]) == (False, "Ingetrokken")
    assert told["steps"][0]["what"] == "Zij zag er na een gesprek van af."


def test_nothing_of_it_stands_in_the_case_and_who_may_not_know_that_reads_no_number(client, house):
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    key = kept(house, case=number)
    assert "K-2026" not in str(client.case(number)) + str(client.get(f"/cases/{number}/journal"))
    assert one(house, key)["case"] == number
    known = {"worker": "Tom", "ground": "familie", "reason": "Zegt hij zelf."}
    conflicts.know_other(house, number, known, reader(house, "Mia"))
    assert number not in str(one(house, key)) and one(house, key, "Mia")["case"] == number


def test_numbers_have_no_gap_and_each_year_its_own(house):
    keys = [kept(house) for _ in range(3)]
    assert [one(house, k)["number"][-1] for k in keys] == ["1", "2", "3"]
    clock.move_clock(house, {"now": "2027-01-04T09:00"})
    assert one(house, kept(house))["number"] == "K-2027-000001"


def test_the_database_itself_refuses_an_open_one_without_a_day(house):
    kept(house)
    with pytest.raises(IntegrityError), house.store.write() as connection:
        connection.execute(update(store.MATTER).values(due=None))


CHANGES = [
    {"about": "Iets anders."},
    {"told_by": "Iemand anders"},
    {"kind": "geweld"},
    {"state": "withdrawn", "due": None, "step": None},
    {"about_id": 1},
    {"case_number": "M-2026-000009"},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_was_changed_behind_the_program_is_found(house, change):
    kept(house)
    with house.store.write() as connection:
        connection.execute(update(store.MATTER).values(**change))
    assert any("register" in text for text in changed_behind(house))


def test_one_that_was_taken_away_is_found_and_so_is_a_step(house):
    key = kept(house)
    matters.take_step(house, key, {"done": "2026-02-02", "what": "Gegrond."}, reader(house, "Tom"))
    with house.store.write() as connection:
        connection.execute(delete(store.STEP))
    assert any("een stap in het register" in text for text in changed_behind(house))
    with house.store.write() as connection:
        connection.execute(delete(store.MATTER))
    assert any("een zaak in het register" in text for text in changed_behind(house))


STEPS = st.lists(st.sampled_from(["stap", "intrekken", "nieuw", "tijd"]), max_size=12)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=STEPS, kind=st.sampled_from(["klacht", "second_opinion", "calamiteit", "geweld"]))
def test_whatever_happens_an_open_one_waits_for_a_step_by_a_day(house, acts, kind):
    tom = reader(house, "Tom")
    key = kept(house, kind=kind)
    for act in acts:
        now = clock.read_clock(house)
        try:
            if act == "stap":
                day = now.date().isoformat()
                matters.take_step(house, key, {"done": day, "what": "Gedaan."}, tom)
            elif act == "intrekken":
                matters.withdraw(house, key, {"reason": "Gaat niet door."}, tom)
            elif act == "nieuw":
                key = kept(house, kind=kind)
        except ClosedDoor:
            assert not one(house, key)["open"]
        with house.store.read() as connection:
            for row in connection.execute(select(store.MATTER)).mappings():
                open_ = row["state"] == "open"
                assert open_ == (row["due"] is not None) == (row["step"] is not None)


SHIPPED = tomllib.loads((ROOT / "workflows/amhk/register.toml").read_text(encoding="utf-8"))


def broken(change):
    data = copy.deepcopy(SHIPPED)
    change(data["soorten"]["klacht"])
    return read_register("register.toml", data)[1]


@pytest.mark.parametrize(
    "change",
    [
        lambda k: k.update(stappen=[]),
        lambda k: k.update(stappen="geen"),
        lambda k: k.pop("titel"),
        lambda k: k.pop("bron"),
        lambda k: k.update(kleur="rood"),
        lambda k: k["stappen"][0].pop("naam"),
        lambda k: k["stappen"][0].pop("grond"),
        lambda k: k["stappen"][0].update(lengte="gauw"),
        lambda k: k["stappen"][0].update(lengte="4 uur"),
        lambda k: k["stappen"][0].update(rolt="soms"),
        lambda k: k["stappen"][0].update(soort="wens"),
        lambda k: k["stappen"][0].update(naam="antwoord"),
        lambda k: k["stappen"].append("nog een"),
    ],
)
def test_a_register_that_is_not_right_says_where(change):
    assert read_register("register.toml", SHIPPED)[1] == []
    told = broken(change)
    assert told and all("register.toml, soorten.klacht" in f.text for f in told)
