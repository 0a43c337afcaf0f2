"""Who only reads: an inspector and a vertrouwenspersoon one case for a time, an auditor who looked
and never the content.
"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from support.cast import Client, hire, hire_readers, reader
from support.families import EL_AMRANI, VISSER, melding
from support.http import Http

from amhk.desk.cases import history, moves, reading
from amhk.desk.house import who_looked
from amhk.desk.intake import calls
from amhk.desk.staff import conflicts, lent_cases, rights
from amhk.desk.worklists import worklist
from amhk.errors import BadInput, NotAllowed, NotFound, Refusal
from amhk.store import reads
from amhk.store.people.people import GRANT
from amhk.web.app import create_app

ILSE = {"worker": "Ilse", "until": "2026-02-28", "reason": "Onderzoek van de inspectie."}
VIK = {"worker": "Vik", "until": "2026-02-28", "reason": "Op verzoek van de moeder."}


@pytest.fixture
def office(sqlite_office):
    """On SQLite: what is asked of the database here is asked on both in other tests."""
    return sqlite_office


@pytest.fixture
def house(office):
    """A house with an inspector, a vertrouwenspersoon and an auditor, and two cases."""
    hire(office)
    Client(office, "Mia").clock("2026-02-02T09:00")
    hire_readers(office)
    tom = reader(office, "Tom")
    return [calls.take_call(office, melding(family), tom) for family in (EL_AMRANI, VISSER)]


def sees(office, number, name):
    try:
        return reading.case_view(office, number, reader(office, name))["number"] == number
    except NotFound:
        return False


def page_of(office, name, path="/"):
    browser = Http(create_app(office))
    browser.sign_in(name)
    return browser.get(path)


@pytest.mark.parametrize("name", ["Ilse", "Vik", "Aad"])
def test_who_only_reads_sees_no_case_of_himself(office, house, name):
    assert not any(sees(office, number, name) for number in house)
    assert worklist.worklist(office, reader(office, name), {})["items"] == []
    assert house[0] not in page_of(office, name).text


def test_a_manager_opens_one_case_to_one_reader_until_a_day(office, house):
    lent_cases.lend(office, house[0], ILSE, reader(office, "Mia"))
    assert [sees(office, number, "Ilse") for number in house] == [True, False]
    assert not sees(office, house[0], "Vik"), "and to nobody else"
    assert house[0] in page_of(office, "Ilse").text, "it stands on his page of the morning"
    lines = history.journal_view(office, house[0], reader(office, "Tom"))
    assert lines[-1]["what"] == "Opengesteld voor Ilse (inspectie) tot en met za 28 februari 2026."
    assert lines[-1]["reason"] == ILSE["reason"]
    with office.store.read() as connection:
        told = rights.lately(connection, office.now(connection), reader(office, "Mia"))
    assert told[0]["what"] == "Ilse (inspectie) mag een zaak lezen tot en met za 28 februari 2026."


def test_after_that_day_and_when_it_is_closed_before_it_is_gone(office, house):
    mia = reader(office, "Mia")
    for body in (ILSE, VIK):
        lent_cases.lend(office, house[0], body, mia)
    (held,) = (h for h in lent_cases.view(office, house[0], mia)["held"] if h["worker"] == "Vik")
    lent_cases.end(office, house[0], held["id"], mia)
    assert not sees(office, house[0], "Vik")
    with pytest.raises(NotFound):
        lent_cases.end(office, house[0], held["id"], mia)
    with office.store.write() as connection:
        past = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(update(GRANT).values(until=past))
    assert not sees(office, house[0], "Ilse")
    assert lent_cases.mine(office, reader(office, "Ilse")) == []


def test_giving_it_anew_makes_the_day_another_and_not_two(office, house):
    mia = reader(office, "Mia")
    lent_cases.lend(office, house[0], ILSE, mia)
    lent_cases.lend(office, house[0], {**ILSE, "until": "2026-02-10"}, mia)
    (held,) = lent_cases.view(office, house[0], mia)["held"]
    days = datetime.fromisoformat(held["until"]) - datetime.now(UTC)
    assert timedelta(days=8) < days < timedelta(days=9), "of real time, from the clock of the house"


def test_every_fault_of_opening_is_said_at_once_and_nothing_is_written(office, house):
    mia = reader(office, "Mia")
    for body, fields in (
        ({}, {"worker", "until", "reason"}),
        ({**ILSE, "worker": "Anna"}, {"worker"}),
        ({**ILSE, "until": "2026-02-02"}, {"until"}),
        ({**ILSE, "until": "2026-06-01"}, {"until"}),
    ):
        with pytest.raises(BadInput) as wrong:
            lent_cases.lend(office, house[0], body, mia)
        assert {f.field for f in wrong.value.faults} == fields
    assert lent_cases.view(office, house[0], mia)["held"] == []


@pytest.mark.parametrize("name", ["Tom", "Carla", "Anna", "Piet", "Bea", "Ilse"])
def test_only_a_manager_opens_a_case(office, house, name):
    with pytest.raises((NotAllowed, NotFound)):
        lent_cases.lend(office, house[0], ILSE, reader(office, name))


def test_who_knows_the_family_is_not_lent_it_and_loses_it(office, house):
    mia = reader(office, "Mia")
    lent_cases.lend(office, house[0], ILSE, mia)
    known = {"worker": "Ilse", "ground": "familie", "reason": "Haar zus."}
    conflicts.know_other(office, house[0], known, mia)
    assert not sees(office, house[0], "Ilse")
    assert lent_cases.mine(office, reader(office, "Ilse")) == []
    with pytest.raises(BadInput):
        lent_cases.lend(office, house[0], ILSE, mia)


def test_who_reads_changes_nothing(office, house):
    lent_cases.lend(office, house[0], ILSE, reader(office, "Mia"))
    ilse = reader(office, "Ilse")
    view = reading.case_view(office, house[0], ilse)
    assert view["moves"] == []
    for move in ("veiligheidsbeoordeling", "corrigeren"):
        with pytest.raises(Refusal):
            moves.make_move(office, house[0], move, {"uitkomst": "Nee."}, ilse, checked=False)
    client = Client(office, "Ilse")
    for path in ("notes", "people", "assign", "moves/intrekken"):
        client.ask("POST", f"/cases/{house[0]}/{path}", {"version": 1}, range(400, 500))
    assert view == reading.case_view(office, house[0], ilse)
    page = page_of(office, "Ilse", f"/zaak/{house[0]}").text
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_each_look_of_a_reader_is_a_line_the_case_shows(office, house):
    lent_cases.lend(office, house[0], ILSE, reader(office, "Mia"))
    page_of(office, "Ilse", f"/zaak/{house[0]}")
    told = who_looked.of_case(office, house[0], reader(office, "Tom"))["looks"]
    assert ("Ilse", "Inspectie", "zaak") in {(t["worker"], t["role"], t["what"]) for t in told}


def test_an_auditor_reads_who_looked_at_every_case_and_none_of_its_content(office, house):
    for number in house:
        reading.case_view(office, number, reader(office, "Anna"), looked="zaak")
    aad = reader(office, "Aad")
    told = who_looked.of_case(office, house[0], aad)["looks"]
    assert "Anna" in {t["worker"] for t in told}
    mine = who_looked.of_worker(office, "Anna", aad)
    assert {t["number"] for t in mine["looks"] if t["number"]} == set(house)
    assert "Anna" in who_looked.file_of_case(office, house[0], aad)
    for path in (f"/zaak/{house[0]}", f"/zaak/{house[0]}/mensen", "/werkvoorraad", "/rapportage"):
        text = page_of(office, "Aad", path).text
        assert not any(p["naam"] in text for p in (*EL_AMRANI, *VISSER)), path
    assert page_of(office, "Aad", f"/zaak/{house[0]}/inzage").status_code == 200


def test_an_auditor_reads_in_the_morning_what_stands_out(office, house):
    street = [
        {"naam": f"Kind {n}", "rollen": ["kind"], "adres": f"Havenlaan {n}, 3024 AA Rotterdam"}
        for n in range(1, 6)
    ]
    tom, mia = reader(office, "Tom"), reader(office, "Mia")
    for child in street:
        number = calls.take_call(office, melding([child]), reader(office, "Bram"))
        for who in (mia, tom):
            reading.case_view(office, number, who, looked="zaak")
    told = who_looked.watched(office, reader(office, "Aad"))
    assert {"worker": "Mia", "role": "Manager"}.items() <= told["striking"][0].items()
    assert "5 zaken uit één straat, zonder taak daarin." in told["striking"][0]["said"]
    streets = {one["worker"] for one in told["striking"] if "straat" in " ".join(one["said"])}
    assert streets == {"Mia"}, "Tom leads that team"
    assert "Havenlaan" not in page_of(office, "Aad").text
    Http(create_app(office)).sign_in("Anna", "helemaal-verkeerd")
    assert who_looked.watched(office, reader(office, "Aad"))["failed"] == told["failed"] + 1


def test_an_auditor_finds_no_trace_of_a_case_about_people_he_knows(office, house):
    reading.case_view(office, house[0], reader(office, "Anna"), looked="zaak")
    known = {"worker": "Aad", "ground": "familie", "reason": "Zijn broer."}
    conflicts.know_other(office, house[0], known, reader(office, "Mia"))
    aad = reader(office, "Aad")
    with pytest.raises(NotFound):
        who_looked.of_case(office, house[0], aad)
    told = who_looked.of_worker(office, "Anna", aad)
    assert house[0] not in {t["number"] for t in told["looks"]}
    with office.store.read() as connection:
        assert reads.worker_by(connection, name="Aad")["barred"]


def test_a_procedure_knows_nothing_of_who_only_reads():
    from amhk.words import IN_PROCEDURE, ROLES

    assert {"inspectie", "vertrouwenspersoon", "auditor"} == ROLES.keys() - set(IN_PROCEDURE)
