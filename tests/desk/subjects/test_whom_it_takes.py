"""Whom a destruction takes, in whatever shape he was told of, and whom it leaves; and that what was
proposed is judged again when it is carried out.
"""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from desk.subjects.test_destruction import (
    SEM,
    asked,
    closed_advies,
    everything_told,
    person,
    propose,
)
from support.cast import hire, reader
from support.families import EL_AMRANI, melding

from amhk.desk.casefile.recall_letters import folder_of
from amhk.desk.cases import attachments, moves, reading
from amhk.desk.house import backup, clock, night_proof
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls, drafts
from amhk.desk.letters import carrier, dispatch, notices, piles
from amhk.desk.subjects import destructions, erased_list, requests, retention
from amhk.errors import BadInput, ClosedDoor
from amhk.store import reads
from amhk.store.letters import outbox


@pytest.fixture
def house(sqlite_office):
    """On SQLite: whom it takes is decided by rules; the database is asked on both elsewhere."""
    hire(sqlite_office)
    clock.move_clock(sqlite_office, {"now": "2026-02-02T09:00"})
    return sqlite_office


def call(office, *people, **told):
    return calls.take_call(office, melding(people, **told), reader(office, "Tom"))


def destroy(office, number, name):
    """Let somebody ask, Tom propose and Mia carry out."""
    key = asked(office, number, name)
    who = str(person(office, number, name)["id"])
    body = {"person": who, "request": str(key), "reason": "Op verzoek."}
    destructions.propose(office, number, body, reader(office, "Tom"))
    (waits,) = destructions.overview(office, reader(office, "Mia"))["proposed"]
    destructions.carry_out(office, waits["id"], reader(office, "Mia"))


def left(office, *words):
    told = everything_told(office)
    return [word for word in words if word in told]


def test_what_he_was_before_a_correction_goes_too(house):
    old = {**SEM, "naam": "Sjem Vreemdeling", "adres": "Nieuwdijk 4, 3024 AA Rotterdam"}
    number = call(house, *EL_AMRANI, old, zorgen="Sjem Vreemdeling (17-8-2009) is bang.")
    told = {"naam": SEM["naam"], "geboren": "2009-08-18", "adres": SEM["adres"]}
    body = {
        "reden": "Verkeerd gehoord.",
        "persoon": str(person(house, number, old["naam"])["id"]),
        "persoonsgegevens": told,
    }
    moves.make_move(house, number, "corrigeren", body, reader(house, "Tom"), checked=False)
    destroy(house, number, SEM["naam"])
    gone = ("sjem", "vreemdeling", "nieuwdijk", "17-8-2009", "2009-08-17", "zonderling")
    assert left(house, *gone) == []
    assert changed_behind(house) == []


def test_in_cases_joined_with_it_he_goes_however_he_was_told_of_there(house):
    """B and C joined A; in B he has no day of birth, in C his BSN stands under another name."""
    numbers = [
        call(house, *EL_AMRANI, SEM),
        call(house, {"naam": SEM["naam"], "rollen": ["kind"]}, zorgen="Zonderling weer."),
        call(house, {**SEM, "naam": "S. Zonderlin"}, zorgen="S. Zonderlin nog eens."),
    ]
    for number in numbers[1:]:
        told = {"bij": numbers[0], "reden": "Hetzelfde gezin."}
        moves.make_move(house, number, "vervolgmelding", told, reader(house, "Tom"), checked=False)
    destroy(house, numbers[0], SEM["naam"])
    assert left(house, "zonderling", "zonderlin", SEM["bsn"]) == []
    assert changed_behind(house) == []


def test_of_two_without_a_name_only_he_who_asked_goes(house):
    nobody = [
        {"naam": "onbekend", "rollen": ["ouder"], "adres": f"{street} 1, 3024 AA Rotterdam"}
        for street in ("Beukendreef", "Elzenlaan")
    ]
    number = call(house, *EL_AMRANI, *nobody)
    destroy(house, number, "onbekend")
    assert left(house, "beukendreef") == []
    assert left(house, "elzenlaan") == ["elzenlaan"]


def test_a_short_name_and_who_reported_himself_go(house):
    bo = {"naam": "Bo Li", "geboren": "2001-05-06", "rollen": ["ouder"]}
    melder = {"naam": "Bo Li", "bereikbaar": "06-87654321, bo@voorbeeld.nl", "functie": "vader"}
    told = "Bo is bang. Li belde met 06-87654321 op 06-05-'01 en 6 mei 2001, 20010506."
    number = call(house, *EL_AMRANI, bo, melder=melder, hoedanigheid="16", zorgen=told)
    destroy(house, number, "Bo Li")
    zorgen = reading.case_view(house, number, reader(house, "Tom"))["zorgen"]
    for word in ("Bo ", "Li ", "06-", "bo@", "20010506", "2001"):
        assert word not in zorgen
    assert left(house, "87654321", "bo@voorbeeld.nl") == []


def test_what_is_being_typed_about_the_case_goes_with_him(house):
    number = call(house, *EL_AMRANI, SEM)
    tom = reader(house, "Tom")
    letter = reading.case_view(house, number, tom)["notices"][0]["id"]
    for path in (f"/zaak/{number}/notities", f"/brief/{letter}/uitstellen"):
        drafts.keep(house, path, {"tekst": ["Zonderling in concept."]}, tom, datetime.now(UTC))
    destroy(house, number, SEM["naam"])
    assert left(house, "zonderling") == []


def test_a_key_that_is_given_again_is_of_nobody_who_asked(house):
    number = call(house, *EL_AMRANI, SEM)
    asked(house, number, kind="inzage")
    destroy(house, number, SEM["naam"])
    call(house, {"naam": "Wilhelmina Vreemd", "rollen": ["ouder"]})
    told = requests.view(house, number, reader(house, "Tom"))["requests"]
    assert "Vreemd" not in str(told)
    (done,) = destructions.overview(house, reader(house, "Mia"))["ended"]
    assert destructions.one(house, done["id"], reader(house, "Mia"))["person"] is None


def test_what_was_proposed_is_judged_again(house):
    number = closed_advies(house)
    clock.move_clock(house, {"now": "2028-02-10T09:00"})
    tom, mia = reader(house, "Tom"), reader(house, "Mia")
    body = {"person": destructions.WHOLE, "reason": "De termijn is om."}
    destructions.propose(house, number, body, tom)
    (waits,) = destructions.overview(house, mia)["proposed"]
    told = {"until": "2035-01-01", "ground": "wet", "reason": "Er loopt een zaak bij de rechter."}
    retention.keep_longer(house, number, told, mia)
    with pytest.raises(ClosedDoor):
        destructions.carry_out(house, waits["id"], mia)
    assert destructions.one(house, waits["id"], mia)["stuck"]
    destructions.turn_down(house, waits["id"], {"reason": "Zij is nog nodig."}, mia)


def test_the_request_of_one_is_not_that_of_all(house):
    number = call(house, *EL_AMRANI, SEM)
    key = asked(house, number)
    body = {"person": destructions.WHOLE, "request": str(key), "reason": "Op verzoek."}
    with pytest.raises(BadInput) as wrong:
        destructions.propose(house, number, body, reader(house, "Tom"))
    assert "bewaren" in {fault.code for fault in wrong.value.faults}


def test_a_proposal_whose_person_went_can_still_be_turned_down(house):
    number = call(house, *EL_AMRANI, SEM)
    key, mia = asked(house, number), reader(house, "Mia")
    destruction = propose(house, number, key)
    told = {"state": "withdrawn", "motive": "Hij bedacht zich."}
    requests.decide(house, number, key, told, mia)
    one = destructions.one(house, destruction, mia)
    assert one["trial"] is None and one["stuck"]
    destructions.turn_down(house, destruction, {"reason": "Ingetrokken."}, mia)


def test_a_trial_touches_no_file_of_the_post(house):
    number = call(house, *EL_AMRANI, SEM)
    key, tom = asked(house, number), reader(house, "Tom")
    letter = letter_of(house, number)
    dispatch.queue(house, letter, {"version": 2, "way": "map"}, tom)
    with house.store.write() as connection:
        row = outbox.live(connection, letter)
        outbox.move(connection, row, "dead", claim="abc", why="schijf vol")
    ready = folder_of(house) / ".werk" / f"{row['key']}.abc"
    ready.mkdir(parents=True)
    who = str(person(house, number, SEM["naam"])["id"])
    body = {"person": who, "request": str(key), "reason": "Op verzoek."}
    destructions.trial(house, number, body, tom)
    assert ready.is_dir()
    destructions.propose(house, number, body, tom)
    (waits,) = destructions.overview(house, reader(house, "Mia"))["proposed"]
    destructions.carry_out(house, waits["id"], reader(house, "Mia"))
    assert not ready.exists()


def test_a_letter_to_him_that_lies_to_be_fetched_goes_too(house):
    number = call(house, *EL_AMRANI, SEM)
    letter, tom = letter_of(house, number), reader(house, "Tom")
    dispatch.queue(house, letter, {"version": 2, "way": "map"}, tom)
    carrier.carry(house)
    there = [p for p in folder_of(house).iterdir() if p.name != ".werk"]
    assert len(there) == 1
    destroy(house, number, SEM["naam"])
    assert not there[0].exists()


def letter_of(office, number):
    """Approve the letter to Sem, and give it."""
    sem, tom = person(office, number, SEM["naam"]), reader(office, "Tom")
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        letters = reads.notices(connection, case["id"])
    letter = next(n["id"] for n in letters if n["person_id"] == sem["id"])
    notices.approve(office, letter, {"version": 1}, tom)
    return letter


def put_back(office, tmp_path, file):
    place = tmp_path / "terug"
    told = backup.restore(
        file, place, "zeven paarse fietsen", office.config.folder / erased_list.NAME
    )
    return told, place


def test_a_backup_with_a_letter_out_of_hand_comes_back_without_him(house, tmp_path):
    number, tom = call(house, *EL_AMRANI, SEM), reader(house, "Tom")
    letter = letter_of(house, number)
    dispatch.queue(house, letter, {"version": 2, "way": "print"}, tom)
    pile = piles.make_pile(house, tom)
    backup.back_up(house, tmp_path / "nacht.amhk", "zeven paarse fietsen")
    with house.store.write() as connection:
        outbox.move(connection, outbox.live(connection, letter), "delivered")
    destroy(house, number, SEM["naam"])
    told, place = put_back(house, tmp_path, tmp_path / "nacht.amhk")
    assert told.erased == 1 and told.faults == [] and pile
    assert b"zonderling" not in raw(place)


def test_a_backup_of_before_a_join_comes_back_without_him_in_either(house, tmp_path):
    first, second = call(house, *EL_AMRANI, SEM), call(house, SEM, zorgen="Zonderling weer.")
    backup.back_up(house, tmp_path / "nacht.amhk", "zeven paarse fietsen")
    told = {"bij": first, "reden": "Hetzelfde gezin."}
    moves.make_move(house, second, "vervolgmelding", told, reader(house, "Tom"), checked=False)
    destroy(house, first, SEM["naam"])
    told, place = put_back(house, tmp_path, tmp_path / "nacht.amhk")
    assert told.faults == []
    assert b"zonderling" not in raw(place)


def raw(folder):
    return b"".join(p.read_bytes() for p in folder.rglob("*.sqlite*") if p.is_file()).lower()


def test_the_house_works_on_after_it(house):
    number, tom = call(house, *EL_AMRANI, SEM), reader(house, "Tom")
    attachments.add_file(house, number, "brief.txt", BytesIO(b"Een brief."), tom)
    destroy(house, number, SEM["naam"])
    for move, told in (
        ("veiligheidsbeoordeling", {"uitkomst": "Onderzoek nodig."}),
        ("onderzoek_besluiten", {}),
        ("corrigeren", {"reden": "Anders.", "zorgen": "Iets anders."}),
    ):
        moves.make_move(house, number, move, told, tom, checked=False)
    attachments.add_note(house, number, {"tekst": "Gebeld."}, tom)
    assert reading.case_page(house, number, tom)
    assert night_proof.prove(house)["wrong"] == []
    assert changed_behind(house) == []
