"""Who says once whom he knows never reads of them by accident, and nobody reads whom he knows."""

import sqlite3
from contextlib import closing

import pytest
from support.cast import Client, hire, reader
from support.families import EL_AMRANI, VISSER, melding

from amhk import keys, matching
from amhk.desk.cases import history, reading
from amhk.desk.house import health, rounds
from amhk.desk.intake import calls
from amhk.desk.people import kin
from amhk.desk.staff import conflicts, my_people
from amhk.errors import BadInput, HouseClosed, NotAllowed, NotFound
from amhk.store.staff import kin as store

BY_BSN = {"bsn": "999965323"}
BY_NAME = {"naam": "S. el Amrani", "geboren": "14-3-1991"}
BY_ADDRESS = {"adres": "Havenstraat 12, 3024 AA Rotterdam"}


@pytest.fixture
def house(office):
    hire(office)
    Client(office).clock("2026-02-02T09:00")
    return office


def call(office, people=EL_AMRANI):
    return calls.take_call(office, melding(people), reader(office, "Tom"))


def sees(office, number, name="Anna"):
    try:
        reading.case_view(office, number, reader(office, name))
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("told", [BY_BSN, BY_NAME, BY_ADDRESS], ids=["bsn", "name", "address"])
def test_a_case_about_somebody_he_knows_is_hidden_the_moment_it_comes_in(house, told):
    my_people.add(house, told, reader(house, "Anna"))
    number, other = call(house), call(house, VISSER)
    assert not sees(house, number) and sees(house, other) and sees(house, number, "Bram")
    rounds.go_round(house)
    last = history.journal_view(house, number, reader(house, "Tom"))[-1]
    assert last["what"] == (
        "Anna kent deze mensen vermoedelijk: de zaak bestaat niet meer voor Anna."
    )


@pytest.mark.parametrize("told", [BY_BSN, BY_NAME, BY_ADDRESS], ids=["bsn", "name", "address"])
def test_a_case_that_is_there_already_is_hidden_too(house, told):
    number, other = call(house), call(house, VISSER)
    my_people.add(house, told, reader(house, "Anna"))
    assert not sees(house, number) and sees(house, other)


@pytest.mark.parametrize(
    "told",
    [{"naam": "Samira El Amrani", "geboren": "15-3-1991"}, {"bsn": "999990019"}],
    ids=["another day", "another bsn"],
)
def test_somebody_else_hides_nothing(house, told):
    my_people.add(house, told, reader(house, "Anna"))
    assert sees(house, call(house))


def test_a_person_who_is_corrected_into_somebody_he_knows_hides_the_case(house):
    number = call(house, [{"naam": "Sam Amrani", "rollen": ["ouder"]}])
    my_people.add(house, BY_BSN, reader(house, "Anna"))
    view = reading.case_view(house, number, reader(house, "Tom"))
    body = {
        "version": view["version"],
        "reden": "BSN gehoord.",
        "persoon": str(view["people"][0]["id"]),
        "persoonsgegevens": {"bsn": BY_BSN["bsn"]},
    }
    Client(house).move(number, "corrigeren", **{k: v for k, v in body.items() if k != "version"})
    assert not sees(house, number)


def test_who_leads_lifts_it_and_it_is_not_suspected_again(house):
    my_people.add(house, BY_BSN, reader(house, "Anna"))
    number = call(house)
    rounds.go_round(house)
    (held,) = conflicts.view(house, number, reader(house, "Tom"))["held"]
    assert held["ground"].startswith("vermoed")
    conflicts.lift(house, number, held["id"], {"reason": "andere vrouw"}, reader(house, "Tom"))
    my_people.add(house, BY_BSN, reader(house, "Anna"))
    rounds.go_round(house)
    assert sees(house, number)


def test_another_person_of_the_case_is_suspected_all_the_same(house):
    my_people.add(house, BY_ADDRESS, reader(house, "Anna"))
    number = call(house, [{k: v for k, v in EL_AMRANI[2].items() if k != "bsn"}])
    rounds.go_round(house)
    (held,) = conflicts.view(house, number, reader(house, "Tom"))["held"]
    conflicts.lift(house, number, held["id"], {"reason": "andere bewoner"}, reader(house, "Tom"))
    assert sees(house, number)
    my_people.add(house, BY_BSN, reader(house, "Anna"))
    version = reading.case_view(house, number, reader(house, "Tom"))["version"]
    body = {"version": version, "betrokkenen": [{**EL_AMRANI[0], "adres": ""}]}
    Client(house).post(f"/cases/{number}/people", body)
    assert not sees(house, number)


def test_who_makes_no_difference_stays_out_where_a_suspicion_falls(house):
    known = {"worker": "Tom", "ground": "familie", "reason": "Zegt hij zelf."}
    number = call(house)
    conflicts.know_other(house, number, known, reader(house, "Mia"))
    for name in ("Anna", "Mia"):
        my_people.add(house, BY_BSN, reader(house, name))
    rounds.go_round(house)
    assert sees(house, number, "Mia") and not sees(house, number, "Anna")
    assert not [alarm for alarm in health.alarms(house) if "leiding" in alarm]


def test_who_was_recorded_while_somebody_said_whom_he_knows_is_met_at_the_next_round(house):
    number = call(house)
    with house.store.write() as connection:
        anna = reader(house, "Anna").id
        hashes = kin.hashes_of(house, EL_AMRANI[0])
        store.add(connection, anna, hashes, kin.mark_of(house))
    assert sees(house, number)
    rounds.go_round(house)
    assert not sees(house, number)


def test_where_nobody_else_would_lead_it_the_suspicion_is_told_and_falls(house):
    number = call(house)
    known = {"worker": "Tom", "ground": "familie", "reason": "Zegt hij zelf."}
    conflicts.know_other(house, number, known, reader(house, "Mia"))
    my_people.add(house, BY_BSN, reader(house, "Mia"))
    assert not sees(house, number, "Mia")
    rounds.go_round(house)
    assert sees(house, number, "Mia")


def test_what_is_kept_tells_nobody_whom_he_knows(tmp_path, sqlite_office):
    hire(sqlite_office)
    for told in (BY_BSN, BY_NAME, BY_ADDRESS):
        my_people.add(sqlite_office, told, reader(sqlite_office, "Anna"))
    folder = sqlite_office.config.path.parent
    with closing(sqlite3.connect(folder / "meldpunt.sqlite")) as database:
        kept = {row[0] for row in database.execute("select hash from kin")}
    (plain,) = matching.kin_keys(matching.trace(BY_BSN))
    assert len(kept) == 3 and not kept & {plain, keys.hash_token(plain)}
    assert keys.keyed(keys.house_key(folder), plain) in kept
    assert (folder / "sleutel").stat().st_mode & 0o777 == 0o600


def test_with_another_key_it_says_that_they_have_to_be_told_again(sqlite_office):
    hire(sqlite_office)
    anna = reader(sqlite_office, "Anna")
    my_people.add(sqlite_office, BY_BSN, anna)
    assert my_people.mine(sqlite_office, anna) == {"count": 1, "old": False}
    (sqlite_office.config.path.parent / "sleutel").unlink()
    keys.house_key.cache_clear()
    assert my_people.mine(sqlite_office, anna) == {"count": 1, "old": True}
    my_people.forget(sqlite_office, anna)
    assert my_people.mine(sqlite_office, anna) == {"count": 0, "old": False}


def test_a_file_that_is_no_key_is_refused_and_one_appears_whole(tmp_path):
    keys.house_key.cache_clear()
    (tmp_path / "sleutel").write_text("")
    with pytest.raises(HouseClosed):
        keys.house_key(tmp_path)
    (tmp_path / "sleutel").unlink()
    assert len(keys.house_key(tmp_path)) == 64
    assert [path.name for path in tmp_path.iterdir()] == ["sleutel"]


def test_too_little_or_what_cannot_be_read_is_refused_with_every_fault(house):
    for body, fields in (
        ({}, ["naam"]),
        ({"naam": "Samira El Amrani"}, ["naam"]),
        ({"bsn": "123", "geboren": "1991"}, ["bsn", "geboren"]),
    ):
        with pytest.raises(BadInput) as wrong:
            my_people.add(house, body, reader(house, "Anna"))
        assert [f.field for f in wrong.value.faults] == fields
    with pytest.raises(NotAllowed):
        my_people.add(house, BY_BSN, reader(house, "Bea"))
