"""New cases follow today's release; what runs in the one before goes on there, to its end, and
nothing of it changes.
"""

import pytest
from support.cast import Client, hire, send_owed
from support.families import melding

from amhk.desk.house import night_proof
from amhk.office import open_office
from amhk.store import reads
from amhk.store.cases.journal import verify

BEFORE, TODAY = "2026.1", "2026.2"


def led_to_referral(client):
    number = client.post("/cases", melding())["number"]
    client.clock("2026-02-04T10:00")
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    client.move(number, "verwijzen", instelling="Wijkteam Feijenoord")
    send_owed(client, number)
    return number


def use(folder, release):
    text = folder.read_text(encoding="utf-8")
    old = text.split('release = "', 1)[1].split('"', 1)[0]
    folder.write_text(text.replace(f'release = "{old}"', f'release = "{release}"'), "utf-8")


def kept(office):
    """All that is written of the cases: the heads of their chains, and every term."""
    with office.store.read() as connection:
        cases = reads.rows(connection, reads.select(reads.CASE))
        terms = reads.rows(connection, reads.select(reads.TERM))
        assert list(verify(connection)) == []
    return [(c["number"], c["head"], c["facts"]) for c in cases], terms


@pytest.fixture
def house(folder):
    """A case led to its referral by the release before, and then the house follows today's."""
    use(folder, BEFORE)
    office = open_office(folder, proof=False)
    hire(office, "Tom", "Mia")
    client = Client(office)
    client.clock("2026-02-02T09:00")
    number = led_to_referral(client)
    before = kept(office)
    office.close()
    use(folder, TODAY)
    fresh = open_office(folder, proof=False)
    assert kept(fresh) == before, "opening it under another release changes nothing of a case"
    yield Client(fresh), number
    fresh.close()


def test_a_running_case_goes_on_as_it_began(house):
    client, number = house
    assert client.case(number)["workflow"]["release"] == BEFORE
    client.move(number, "verwijzing_geweigerd", reden="vol")
    client.move(number, "verwijzen", instelling="Wijkteam Delfshaven")
    send_owed(client, number)
    case = client.case(number)
    assert [r["status"] for r in case["referrals"]] == ["refused", "open"]
    live = [t for t in case["terms"] if t["name"] == "voortgangscontrole"]
    assert [t["status"] for t in live] == ["vervallen", "lopend"], (
        "one takes the place of the other"
    )
    client.clock("2026-05-04T10:00")
    client.move(
        number, "voortgangscontrole", passend="ja", nu_veilig="ja", hulp_gestart="2026-03-01"
    )
    client.move(number, "afsluiten")
    assert client.case(number)["closed"]


def test_a_new_case_follows_todays_and_both_are_proven_every_night(house):
    client, number = house
    other = led_to_referral(client)
    assert client.case(other)["workflow"]["release"] == TODAY
    client.move(other, "verwijzen", instelling="Wijkteam Delfshaven")
    send_owed(client, other)
    live = [t for t in client.case(other)["terms"] if t["name"] == "voortgangscontrole"]
    assert [t["status"] for t in live] == ["lopend", "lopend"]
    assert client.case(number)["workflow"]["release"] == BEFORE
    assert night_proof.prove(client.office)["wrong"] == []
