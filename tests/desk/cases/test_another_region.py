"""A case goes to another region when that region has taken it on, and stays here until then."""

import pytest
from support.cast import send_owed
from support.families import EL_AMRANI, melding

from amhk.desk.house import night_proof


def referred(client):
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    return number


def running(client, number):
    terms = client.case(number)["terms"]
    return {t["name"]: t["due"] for t in terms if t["status"] == "lopend"}


def why_not(client, number, move):
    found = next(m for m in client.case(number)["moves"] if m["name"] == move)
    return [w["code"] for w in found["why_not"]]


def test_a_case_that_is_offered_stays_open_with_a_term_and_all_that_ran(client, office):
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    before = running(client, number)
    before.pop("openen")  # who acts on it has opened it
    case = client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht", reden="Verhuisd.")
    assert (case["closed"], case["state"], case["ending"]) == (False, "binnengekomen", None)
    after = running(client, number)
    assert after.pop("aanvaarding_regio") == "2026-02-09"
    assert after.pop("kennisgeving_versturen") == "2026-02-03"
    assert before == after
    ends = ("intrekken", "geen_hgkm", "vervolgmelding", "omzetten_in_advies", "regio_aanbieden")
    assert all("geen_overdracht" in why_not(client, number, move) for move in ends)
    assert night_proof.prove(office)["wrong"] == []


def test_a_region_that_says_nothing_is_rung_for(client):
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht")
    client.clock("2026-02-09T23:00")
    waits = next(t for t in client.case(number)["terms"] if t["name"] == "aanvaarding_regio")
    rung = client.get(f"/cases/{number}/reminders")["items"]
    assert waits["id"] in {r["term"] for r in rung}


@pytest.mark.parametrize("finish", [3, 4])
def test_after_a_finish_a_case_goes_to_another_region_with_what_is_owed(client, office, finish):
    number = referred(client)
    if finish == 4:
        client.move(
            number,
            "melden_rvdk",
            spoed=False,
            motivering="Er is een kinderbeschermingsmaatregel nodig.",
            gezaghebbenden_geinformeerd="ja",
        )
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht", reden="Verhuisd.")
    told = client.move(number, "andere_regio", expect=422, naar="Veilig Thuis Utrecht")
    assert {e["code"] for e in told["errors"]} == {"eigen_berichten_weg"}, "what was decided goes"
    send_owed(client, number)
    assert "geen_overdracht" in why_not(client, number, "afsluiten")
    assert "voortgangscontrole" in running(client, number), "ours until they have it"
    case = client.move(number, "andere_regio", naar="Veilig Thuis Utrecht")
    assert (case["closed"], case["finish"]) == (True, finish)
    assert running(client, number) == {}
    assert night_proof.prove(office)["wrong"] == []


def test_a_refusal_comes_back_and_the_case_may_be_offered_to_another(client, office):
    number = referred(client)
    send_owed(client, number)
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht")
    case = client.move(number, "regio_weigert", reden="Zij wonen in Gelderland.")
    assert (case["closed"], case["state"]) == (False, "verwezen_in_nazorg")
    assert "aanvaarding_regio" not in running(client, number)
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Gelderland")
    client.move(number, "overdracht_intrekken", reden="Zij blijven hier.")
    assert "na_verwijzing_aangeboden" in why_not(client, number, "andere_regio")
    assert night_proof.prove(office)["wrong"] == []


def test_new_danger_while_another_region_thinks_is_acted_on_here(client):
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht")
    client.move(number, "acuut_vaststellen", bevindingen="Letsel.")
    assert {"crisis", "aanvaarding_regio"} <= running(client, number).keys()
    assert "geen_crisis" in why_not(client, number, "andere_regio")


def test_a_region_that_takes_a_case_on_by_phone_ends_it_at_once_and_gets_the_letter(client, office):
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    case = client.move(
        number, "andere_regio", naar="Veilig Thuis Utrecht", aangenomen_door="Fem, U-12"
    )
    assert (case["closed"], case["ending"]) == (True, "andere regio")
    assert [n["state"] for n in case["notices"] if n["kind"] == "overdracht_regio"] == ["draft"]


def test_one_letter_goes_to_a_region_however_it_came_to_take_the_case_on(client, office):
    number = referred(client)
    send_owed(client, number)
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht")
    client.move(number, "regio_weigert", reden="Zij wonen in Gelderland.")
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Gelderland")
    send_owed(client, number)
    case = client.move(number, "andere_regio", naar="Veilig Thuis Gelderland")
    letters = [n["state"] for n in case["notices"] if n["kind"] == "overdracht_regio"]
    assert letters == ["void", "sent"]
