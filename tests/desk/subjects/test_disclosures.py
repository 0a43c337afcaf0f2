"""What of a case was told to others stands in one list, each with its ground."""

import pytest
from support.cast import reader, send_owed
from support.families import EL_AMRANI, melding

from amhk.desk.subjects import access_pack, disclosures
from amhk.errors import BadInput, ClosedDoor, NotAllowed, NotFound

TOLD = {
    "day": "2026-02-02",
    "to": "De leerplichtambtenaar van Schiedam",
    "what": "Dat er een onderzoek loopt.",
    "ground": "medewerking",
}


@pytest.fixture
def number(client):
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    return number


def told(office, number, name="Tom"):
    return disclosures.view(office, number, reader(office, name))["told"]


def test_a_letter_that_went_is_there_with_its_ground_and_one_that_lies_ready_is_not(
    client, office, number
):
    assert told(office, number) == []
    send_owed(client, number)
    found = {one["what"]: one["ground"] for one in told(office, number)}
    assert found["Brief: Terugkoppeling aan de melder"] == "Wmo 2015 art. 4.1.1 lid 2 onder g"
    assert found["Brief: Informatie aan een betrokkene"] == "Wmo 2015 art. 5.3.1"


def test_every_letter_of_the_melding_says_on_what_ground_it_goes(office):
    flow = office.pack.of_route("melding")
    assert not [n.name for n in flow.notices.values() if not n.ground.startswith("Wmo 2015 art.")]


def test_what_was_told_by_phone_is_written_down_with_its_ground(client, office, number):
    disclosures.tell(office, number, TOLD, reader(office, "Anna"))
    (one,) = told(office, number)
    assert (one["to"], one["what"], one["by"]) == (TOLD["to"], TOLD["what"], "Anna")
    assert "5.3.3" in one["ground"]
    journal = client.get(f"/cases/{number}/journal")["items"]
    assert "5.3.3" in next(e["what"] for e in journal if e["kind"] == "verstrekking")


def test_a_copy_for_a_betrokkene_is_there_too(client, office, number):
    person = client.case(number)["people"][0]["id"]
    access_pack.give(office, number, person, {}, reader(office, "Tom"))
    (one,) = told(office, number)
    assert (one["to"], "5.3.2" in one["ground"]) == ("een betrokkene", True)


def test_every_fault_at_once(client, office, number):
    with pytest.raises(BadInput) as wrong:
        disclosures.tell(office, number, {"day": "2026-03-01"}, reader(office, "Anna"))
    assert {f.field for f in wrong.value.faults} == {"day", "to", "what", "ground"}
    assert told(office, number) == []


def test_who_does_not_work_with_it_finds_nothing_and_an_advies_has_none(client, office, number):
    with pytest.raises(NotFound):
        told(office, number, "Rita")
    with pytest.raises(NotAllowed):
        disclosures.tell(office, number, TOLD, reader(office, "Bea"))
    advies = client.post(
        "/cases",
        {
            "route": "advies",
            "kanaal": "telefoon",
            "hoedanigheid": "15",
            "gemeente": "Schiedam",
            "aanleiding": ["08"],
            "zorgen": "Zorg over verzuim.",
            "advies": "Bespreek het.",
        },
    )["number"]
    with pytest.raises(ClosedDoor):
        told(office, advies)
