"""Letters that can be defended.

The full set, to whom, what stays out, what is owed, and what came of it.
"""

import pytest
from conftest import make_folder
from support.cast import Client, change_text, hire, reader, send_owed, term

from amhk.desk.house import night_proof, rounds
from amhk.desk.letters import letter_view, owed
from amhk.office import open_office

CHILD = {
    "naam": "Liv Visser",
    "geboren": "2019-03-04",
    "geslacht": "V",
    "rollen": ["kind"],
    "bsn": "999990019",
    "adres": "Kade 1, 3111 AA Schiedam",
}
MOTHER = {
    "naam": "Noor Visser",
    "geboren": "1991",
    "geslacht": "V",
    "rollen": ["ouder"],
    "gezag": True,
    "adres": "Kade 1, 3111 AA Schiedam",
}


@pytest.fixture
def office(sqlite_office):
    """On SQLite: a letter is made of what was read. The database is asked on both elsewhere."""
    return sqlite_office


def melding(*people, **more):
    return {
        "route": "melding",
        "kanaal": "telefoon",
        "ontvangen": "2026-02-02T09:00",
        "hoedanigheid": "03",
        "gemeente": "Schiedam",
        "acuut": False,
        "zorgen": "Het kind is stil en moe.",
        "melder": {
            "naam": "E. Mulder",
            "organisatie": "JGZ Waterweg",
            "bereikbaar": "Dreef 8, 3111 AB Schiedam",
        },
        "aanleiding": ["08"],
        "betrokkenen": list(people) or [CHILD, MOTHER],
        **more,
    }


def letters(client, number, kind):
    return [n for n in client.case(number)["notices"] if n["kind"] == kind]


def read(client, number, kind):
    return client.get(f"/notices/{letters(client, number, kind)[-1]['id']}")


def approve(client, number, kind):
    n = letters(client, number, kind)[-1]
    return client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})


def send(client, number, kind, day="2026-02-02"):
    told = approve(client, number, kind)
    return client.post(
        f"/notices/{told['id']}/send",
        {
            "version": told["version"],
            "date": day,
            "way": "beveiligde mail",
            "reference": "kenmerk 7",
        },
    )


def assessed(client, *people, **more):
    number = client.post("/cases", melding(*people, **more))["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    return number


def investigated(client, *people, **more):
    number = assessed(client, *people, **more)
    client.move(number, "onderzoek_besluiten")
    client.move(
        number,
        "onderzoek_afronden",
        uitkomst=["06"],
        conclusie="Er is sprake van verwaarlozing.",
        bevindingen="De koelkast is leeg.",
    )
    return number


def referred(client, **more):
    number = investigated(client)
    client.move(
        number,
        "verwijzen",
        instelling="Wijkteam Schiedam",
        motivering="Er is hulp nodig.",
        veiligheidsvoorwaarden="Elke dag eten mee.",
        **more,
    )
    return number


def asked_the_rvdk(client, *people, **more):
    number = client.post("/cases", melding(*people, acuut=True))["number"]
    client.move(number, "acuut_vaststellen", bevindingen="Letsel dat niet past bij het verhaal.")
    told = {
        "spoed": True,
        "motivering": "Er is gevaar.",
        "gezaghebbenden_geinformeerd": "nee, gevaar voor het kind",
    } | more
    client.move(number, "melden_rvdk", geprobeerde_hulp="Opvoedhulp in 2025, gestopt.", **told)
    return number


# ------------------------------------------------------------------ the set


def test_the_request_to_the_rvdk_holds_all_it_asks_for_in_words_and_for_a_program(client):
    number = asked_the_rvdk(client)
    html = read(client, number, "verzoek_rvdk")["html"]
    for part in (
        "Raad voor de Kinderbescherming (oefening)",
        "Oefenplein 1",
        "Urgentie: spoed",
        "Liv Visser",
        "999990019",
        "Noor Visser",
        "gezag: ja",
        "nee, gevaar voor het kind",
        "Letsel dat niet past",
        "bron: niet gevraagd",
        "Opvoedhulp in 2025",
        "Er is gevaar.",
    ):
        assert part in html, part
    told = approve(client, number, "verzoek_rvdk")
    frozen = client.get(f"/notices/{told['id']}.json")
    assert frozen["casus"] == {
        "zaaknummer": number,
        "omschrijving": "Kindermishandeling, anders",
        "startdatum": "2026-02-02",
        "registratiedatum": "2026-02-02",
        "indicatie_urgent": True,
    }
    assert frozen["jeugdigen"] == [
        {
            "naam": "Liv Visser",
            "geboortedatum": "2019-03-04",
            "geslacht": "vrouw",
            "adres": "Kade 1, 3111 AA Schiedam",
            "bsn": "999990019",
        }
    ]
    assert (
        frozen["gezaghebbenden"][0]["naam"] == "Noor Visser"
        and frozen["gezaghebbenden"][0]["geboortedatum"] == "1991"
    )
    assert frozen["gezaghebbenden_geinformeerd"] == {
        "ja": False,
        "reden": "nee, gevaar voor het kind",
    }
    assert frozen["motivatie"]["rapportages_hulpverlening"] == "Opvoedhulp in 2025, gestopt."
    assert frozen["verzoeker"]["medewerker"] == "Tom"
    client.get(f"/notices/{letters(client, number, 'bericht_college')[0]['id']}.json", expect=404)


def test_an_unborn_child_stands_in_the_request_by_its_mother_and_the_day_it_is_due(client):
    unborn = {"naam": "Ongeboren", "uitgerekend": "2026-06-01", "rollen": ["ongeboren kind"]}
    number = asked_the_rvdk(client, unborn, MOTHER)
    told = read(client, number, "verzoek_rvdk")
    assert (
        told["missing"] == []
        and "Ongeboren kind van Noor Visser, uitgerekend ma 1 juni 2026" in told["html"]
    )
    frozen = client.get(f"/notices/{told['id']}.json")
    assert frozen["jeugdigen"] == [] and frozen["ongeborenen"] == [
        {"naam_moeder": "Noor Visser", "uitgerekende_datum": "2026-06-01"}
    ]


def test_the_college_hears_of_the_request_and_which_child_and_nothing_of_the_substance(client):
    number = asked_the_rvdk(client)
    html = read(client, number, "bericht_college")["html"]
    assert (
        "Het college van burgemeester en wethouders van Schiedam" in html and "Liv Visser" in html
    )
    for part in ("Kade 1", "Letsel", "Opvoedhulp", "Noor", "gevaar"):
        assert part not in html


def test_the_om_can_be_told_instead_of_the_police(client):
    number = investigated(client)
    client.move(number, "melden_politie", motivering="Strafbaar feit.", aan="OM")
    html = read(client, number, "melding_politie")["html"]
    assert (
        "Melding aan het Openbaar Ministerie" in html
        and '<p class="aan">Openbaar Ministerie (oefening)<br>' in html
    )
    assert "999990019" not in html


def test_a_referral_says_the_conditions_the_agreements_the_check_and_by_when_to_answer(client):
    number = referred(client, afspraken="Het wijkteam belt deze week.")
    html = read(client, number, "verwijzing_instelling")["html"]
    for part in (
        "Oefenstraat 14",
        "Laat ons uiterlijk ma 16 februari 2026",
        "Elke dag eten mee.",
        "Het wijkteam belt deze week.",
        "ma 4 mei 2026",
    ):
        assert part in html, part
    assert "999990019" not in html


def test_an_institution_that_accepts_or_refuses_gets_a_letter_that_says_so(client):
    number = referred(client)
    client.move(number, "verwijzing_geaccepteerd", afspraken="Start op 1 maart.")
    told = read(client, number, "bevestiging_instelling")
    assert (
        "Wijkteam Schiedam onze verwijzing van ma 2 februari 2026 aanneemt" in told["html"]
        and "Start op 1 maart." in told["html"]
    )
    other = referred(client)
    client.move(other, "verwijzing_geweigerd", reden="Wachtlijst van vier maanden.")
    assert "Wachtlijst van vier maanden." in read(client, other, "weigering_instelling")["html"]
    assert all(
        not n["obligatory"]
        for n in client.case(other)["notices"]
        if n["kind"] == "weigering_instelling"
    )


def test_the_question_at_the_check_and_its_reminder_go_to_the_institution_referred_to(client):
    number = referred(client)
    client.clock("2026-05-04T09:00")
    assert "uiterlijk ma 4 mei 2026" in read(client, number, "controlevraag_instelling")["html"]
    client.move(number, "geen_antwoord", gevraagd_aan="Wijkteam")
    html = read(client, number, "herinnering_instelling")["html"]
    assert (
        "Herinnering" in html
        and "Wij weten nog niet hoe het gaat na onze verwijzing" in html
        and "Wijkteam Schiedam" in html
    )


def test_who_reports_by_profession_and_who_does_not_get_different_letters_both_without_substance(
    client,
):
    school = referred(client)
    client.send_kind(school, "verwijzing_instelling")
    burger = investigated(
        client, hoedanigheid="35", melder={"naam": "Buur Man", "toestemming": True}
    )
    first, second = (
        read(client, school, "afloop_melder")["html"],
        read(client, burger, "afloop_melder")["html"],
    )
    assert (
        "Aan wie wij hebben overgedragen" in first
        and "Wijkteam Schiedam" in first
        and "JGZ Waterweg" in first
    )
    assert "Beste Buur Man" in second and "overgedragen" not in second and "112" in second
    assert "uw melding is ontvangen" in read(client, school, "terugkoppeling_melder")["html"]
    for html in (first, second):
        for part in ("Liv", "Noor", "verwaarlozing", "koelkast", "Kade"):
            assert part not in html


def test_who_is_concerned_hears_his_rights_and_a_child_under_twelve_through_who_represents_him(
    client,
):
    number = client.post("/cases", melding())["number"]
    mine = letters(client, number, "informeren_betrokkene")
    child, mother = (client.get(f"/notices/{n['id']}")["html"] for n in mine)
    assert "de wettelijk vertegenwoordiger van Liv Visser" in child
    for part in ("Noor Visser", "kopie", "klacht", "vertrouwenspersoon", "gratis", "vernietigen"):
        assert part in mother
    assert "stil en moe" not in mother and "Mulder" not in mother


def test_a_melding_that_belongs_to_another_region_is_closed_and_its_letter_is_owed_until_it_went(
    client, office
):
    number = client.post("/cases", melding())["number"]
    case = client.move(
        number, "andere_regio", naar="Veilig Thuis Utrecht", reden="Het gezin is verhuisd."
    )
    assert (case["closed"], case["ending"]) == (True, "andere regio")
    html = read(client, number, "overdracht_regio")["html"]
    assert (
        '<p class="aan">Veilig Thuis Utrecht</p>' in html
        and "Het kind is stil en moe." in html
        and "Mulder" not in html
    )
    mine = client.get("/notices?only=gesloten")["items"]
    assert [(n["case"], n["kind"], n["due"], n["late"], n["blocks_closing"]) for n in mine] == [
        (number, "overdracht_regio", "2026-02-03", False, False)
    ]
    assert night_proof.prove(office)["wrong"] == []
    client.clock("2026-02-09T09:00")
    assert client.get("/notices?only=gesloten")["items"][0]["late"] is True
    assert night_proof.prove(office)["wrong"] == [
        "1 gesloten zaak heeft een brief die nog weg moet (Te versturen)"
    ]
    send(client, number, "overdracht_regio", "2026-02-09")
    assert (
        client.get("/notices?only=gesloten")["items"] == []
        and night_proof.prove(office)["wrong"] == []
    )


def test_the_adviesvrager_who_agreed_gets_what_was_discussed(client):
    told = {
        "route": "advies",
        "kanaal": "telefoon",
        "hoedanigheid": "15",
        "gemeente": "Schiedam",
        "aanleiding": ["08"],
        "zorgen": "stil kind",
    }
    number = client.post(
        "/cases",
        told
        | {
            "advies": "Praat met de ouders.",
            "adviesvrager": {"naam": "A. Vrager", "toestemming": True},
        },
    )["number"]
    client.move(number, "advies_geven")
    html = read(client, number, "bevestiging_adviesvrager")["html"]
    assert "Beste A. Vrager" in html and "Praat met de ouders." in html and "stil kind" not in html


# ------------------------------------------------------------------ what stays out


def test_what_is_medical_stays_out_of_a_letter_to_the_police_and_the_worker_reads_that_it_did(
    client,
):
    number = investigated(client)
    client.move(
        number, "bevindingen_vastleggen", bevindingen="Botbreuk op de foto.", bron="vertrouwensarts"
    )
    client.move(
        number,
        "bevindingen_vastleggen",
        bevindingen="Psychiatrisch verleden.",
        gevoelig=["medisch"],
    )
    client.move(number, "melden_politie", motivering="Er is gevaar.")
    told = read(client, number, "melding_politie")
    assert (
        "Botbreuk" not in told["html"]
        and "Psychiatrisch" not in told["html"]
        and "koelkast" in told["html"]
    )
    assert {
        "fact": "een deel van bevindingen",
        "why": "medische gegevens gaan niet mee naar de politie",
    } in told["left_out"]
    client.move(
        number,
        "melden_rvdk",
        spoed=False,
        motivering="Er is gevaar.",
        gezaghebbenden_geinformeerd="ja",
    )
    assert "Botbreuk" in read(client, number, "verzoek_rvdk")["html"]


def test_a_secret_address_reads_secret_everywhere_and_its_own_letter_is_handed_over(client):
    number = asked_the_rvdk(
        client, CHILD, MOTHER | {"geheim_adres": True, "adres": "Schuilhof 9, 3000 AA Rotterdam"}
    )
    rvdk = read(client, number, "verzoek_rvdk")
    assert "Schuilhof" not in rvdk["html"] and "adres: geheim" in rvdk["html"]
    assert {"fact": "adres", "why": "geheim adres van Noor Visser"} in rvdk["left_out"]
    assert "Schuilhof" not in str(client.get(f"/notices/{rvdk['id']}.json"))
    own = client.get(f"/notices/{letters(client, number, 'informeren_betrokkene')[1]['id']}")
    assert "Persoonlijk overhandigen" in own["html"] and "Schuilhof" not in own["html"]


def test_a_fact_that_is_missing_is_refused_by_name_with_the_door_to_enter_it(client):
    number = asked_the_rvdk(client, MOTHER)
    told = read(client, number, "verzoek_rvdk")
    assert [(m["fact"], m["text"], m["do"]["href"]) for m in told["missing"]] == [
        ("jeugdigen", "een jeugdige om wie het gaat", f"/api/v1/cases/{number}/people")
    ]
    wrong = client.post(f"/notices/{told['id']}/approve", {"version": told["version"]}, expect=422)
    assert wrong["errors"][0]["text"] == "Voor deze brief ontbreekt: een jeugdige om wie het gaat."
    client.post(told["missing"][0]["do"]["href"], {"naam": "Liv", "rollen": ["kind"]})
    assert approve(client, number, "verzoek_rvdk")["state"] == "approved"


def test_a_sign_no_letter_of_the_house_has_becomes_a_box_and_is_told(client):
    number = asked_the_rvdk(client, CHILD | {"naam": "Liv 漢 \u202eneM"}, MOTHER)
    told = read(client, number, "verzoek_rvdk")
    assert "Liv ▯ neM" in told["html"] and any(
        x["fact"] == "tekens" and "漢" in x["why"] for x in told["left_out"]
    )
    assert client.ask("GET", f"/notices/{told['id']}.pdf").content.startswith(b"%PDF")


# ------------------------------------------------------------------ what is owed


def test_the_ledger_says_what_is_owed_to_whom_by_when_and_what_it_holds_up(client):
    number = asked_the_rvdk(client)
    mine = client.get("/notices")["items"]
    assert [n["due"] for n in mine] == sorted(n["due"] for n in mine)
    rvdk = next(n for n in mine if n["kind"] == "verzoek_rvdk")
    assert (
        rvdk["case"],
        rvdk["recipient"],
        rvdk["due"],
        rvdk["blocks_closing"],
        rvdk["state"],
    ) == (number, "rvdk", "2026-02-03", True, "draft")
    assert {n["to"] for n in mine if n["recipient"] == "betrokkene"} == {
        "Liv Visser",
        "Noor Visser",
    }
    send(client, number, "verzoek_rvdk")
    assert "verzoek_rvdk" not in {n["kind"] for n in client.get("/notices")["items"]}


def test_the_ledger_is_within_what_a_reader_may_see_and_comes_in_pages(client, office, monkeypatch):
    monkeypatch.setattr(owed, "PAGE", 3)
    for _ in range(3):
        client.post("/cases", melding())
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/notices?only=alles&cursor={cursor}")
        found += [n["id"] for n in page["items"]]
        cursor = page["next"]
    assert len(found) == len(set(found)) == 6
    for name in ("Bea", "Rita"):
        assert Client(office, name).get("/notices")["items"] == []
    assert client.get("/notices?cursor=onzin")["items"]


def test_a_postponed_letter_has_who_decided_on_what_ground_and_until_when_and_says_so_itself(
    client, office
):
    number = client.post("/cases", melding())["number"]
    n = letters(client, number, "informeren_betrokkene")[1]
    carla = Client(office, "Carla")
    body = {
        "version": n["version"],
        "reason": "Eerst moet het kind veilig zijn.",
        "ground": "Wmo 2015 art. 5.3.1 lid 2",
        "new_date": "2026-03-10",
    }
    told = carla.post(f"/notices/{n['id']}/withhold", body)
    assert [
        (d["kind"], d["by"], d["registration"], d["ground"], d["new_date"])
        for d in told["decisions"]
    ] == [("uitgesteld", "Carla", "SKJ 100000001", "Wmo 2015 art. 5.3.1 lid 2", "2026-03-10")]
    assert "later dan vier weken" in told["html"]
    mine = client.get("/notices?only=uitgesteld")["items"]
    assert [(x["id"], x["due"], x["decisions"][0]["reason"]) for x in mine] == [
        (n["id"], "2026-03-10", "Eerst moet het kind veilig zijn.")
    ]


def test_a_letter_that_came_back_is_owed_again_and_what_it_waited_for_stops(client):
    number = asked_the_rvdk(client)
    told = send(client, number, "verzoek_rvdk")
    assert term(client.case(number), "antwoord_rvdk")["status"] == "lopend"
    client.clock("2026-02-05T09:00")
    back = client.post(
        f"/notices/{told['id']}/return",
        {"version": told["version"], "date": "2026-02-05", "reason": "Adres onbekend."},
    )
    assert back["returned"]["reason"] == "Adres onbekend." and back["state"] == "sent"
    case = client.case(number)
    assert term(case, "antwoord_rvdk")["status"] == "vervallen"
    assert [n["state"] for n in case["notices"] if n["kind"] == "verzoek_rvdk"] == ["sent", "draft"]
    client.post(
        f"/notices/{told['id']}/return",
        {"version": back["version"], "date": "2026-02-05", "reason": "Nog eens."},
        expect=422,
    )
    again = send(client, number, "verzoek_rvdk", "2026-02-05")
    assert (
        again["id"] != told["id"]
        and term(client.case(number), "antwoord_rvdk")["due"] == "2026-02-19"
    )
    assert "Kade 1" in again["html"], "what it said stays as it was said"


def test_a_receipt_is_recorded_once_sent_and_not_before_the_sending(client):
    number = referred(client)
    n = letters(client, number, "verwijzing_instelling")[0]
    client.post(
        f"/notices/{n['id']}/receipt", {"version": n["version"], "date": "2026-02-02"}, expect=422
    )
    told = send(client, number, "verwijzing_instelling")
    client.clock("2026-02-04T09:00")
    wrong = client.post(
        f"/notices/{n['id']}/receipt",
        {"version": told["version"], "date": "2026-02-01"},
        expect=422,
    )
    assert "voor de dag van verzending" in wrong["errors"][0]["text"]
    done = client.post(
        f"/notices/{n['id']}/receipt",
        {"version": told["version"], "date": "2026-02-03", "reference": "WT-88"},
    )
    assert done["receipt"] == {"date": "2026-02-03", "reference": "WT-88", "by": "Tom"}


# ------------------------------------------------------------------ answers


def test_the_rvdk_answers_and_its_outcome_is_recorded_also_when_the_case_is_closed(client):
    number = asked_the_rvdk(client)
    assert "rvdk_heeft_geantwoord" in str(
        client.move(number, "uitkomst_rvdk", expect=422, rekest=True)["errors"]
    )
    send_owed(client, number)
    client.move(
        number,
        "antwoord_rvdk",
        onderzoekt=True,
        kenmerk_rvdk="RvdK 2026-9",
        start_rvdk="2026-02-20",
    )
    client.move(number, "gezien", gezien_door="De kinderarts")
    case = client.move(number, "afsluiten")
    assert case["closed"] is True
    client.clock("2026-06-01T09:00")
    case = client.move(
        number,
        "uitkomst_rvdk",
        rekest=True,
        maatregelen="Ondertoezichtstelling gevraagd.",
        kenmerk_rvdk="RvdK 2026-9",
    )
    assert (case["closed"], case["finishes"]) == (True, [4])
    line = client.get(f"/cases/{number}/journal")["items"][-1]
    assert (line["kind"], line["what"]) == (
        "uitkomst_rvdk",
        "Uitkomst van het onderzoek van de RvdK ontvangen: rekest ingediend, kenmerk RvdK 2026-9.",
    )


# ------------------------------------------------------------------ the post


def queued(client, number, kind, way):
    told = approve(client, number, kind)
    return client.post(f"/notices/{told['id']}/queue", {"version": told["version"], "way": way})


def test_the_tray_is_printed_by_one_as_a_pile_with_a_cover_and_what_went_is_sent(client, office):
    from io import BytesIO

    from pypdf import PdfReader

    number = asked_the_rvdk(client)
    for kind in ("verzoek_rvdk", "bericht_college", "terugkoppeling_melder"):
        queued(client, number, kind, "print")
    assert [n["title"] for n in client.get("/outbox")["tray"]] == [
        "Verzoek tot onderzoek aan de RvdK",
        "Kennisgeving aan het college",
        "Terugkoppeling aan de melder",
    ]
    pile = client.post("/outbox/piles")["pile"]
    other = Client(office, "Anna")
    assert other.post("/outbox/piles")["pile"] is None, "nobody prints it too"
    pages = PdfReader(BytesIO(client.ask("GET", f"/outbox/piles/{pile}.pdf").content)).pages
    text = [p.extract_text() for p in pages]
    assert "3 brieven" in text[0] and "Verzoek tot onderzoek" in text[2] and len(pages) % 2 == 0
    left = next(p for p in client.get("/outbox")["piles"] if "melder" in p["title"].lower())
    n = letters(client, number, "verzoek_rvdk")[0]
    client.post(
        f"/notices/{n['id']}/send",
        {"version": n["version"], "date": "2026-02-02", "way": "post"},
        expect=422,
    )
    assert client.post(f"/outbox/piles/{pile}", {"went": True, "but": [left["id"]]}) == {
        "sent": 2,
        "back": 1,
        "gone": 0,
    }
    assert client.post(f"/outbox/piles/{pile}", {"went": True}) == {"sent": 0, "back": 0, "gone": 0}
    case = client.case(number)
    assert {
        n["kind"]: n["state"] for n in case["notices"] if n["kind"] != "informeren_betrokkene"
    } == {"verzoek_rvdk": "sent", "bericht_college": "sent", "terugkoppeling_melder": "approved"}
    assert term(case, "antwoord_rvdk")["status"] == "lopend"
    assert [p["number"] for p in client.get("/outbox")["tray"]] == [number]
    client.ask("GET", f"/outbox/piles/{pile}.pdf", expect=404)


def test_a_letter_goes_by_one_way_only(client, office):
    number = referred(client)
    told = queued(client, number, "verwijzing_instelling", "map")
    assert told["road"]["state"] == "queued" and set(told["ways"]) == {"print", "map"}
    client.post(
        f"/notices/{told['id']}/send",
        {"version": told["version"], "date": "2026-02-02", "way": "post"},
    )
    rounds.go_round(office)
    assert (
        not (office.config.folder / "oefenpost").exists() and client.get("/outbox")["folder"] == []
    )
    client.post(
        f"/notices/{told['id']}/queue", {"version": told["version"] + 1, "way": "map"}, expect=422
    )


def test_a_letter_for_the_folder_appears_whole_with_what_a_program_needs_and_is_sent(
    client, office
):
    import json

    number = asked_the_rvdk(client)
    told = queued(client, number, "verzoek_rvdk", "map")
    rounds.go_round(office)
    found = list((office.config.folder / "oefenpost").glob("amhk-*"))
    assert sorted(p.name for p in found[0].iterdir()) == ["brief.json", "brief.pdf", "verzoek.json"]
    cover = json.loads((found[0] / "brief.json").read_text(encoding="utf-8"))
    assert (cover["sleutel"], cover["zaaknummer"], cover["soort"], cover["oefening"]) == (
        found[0].name,
        number,
        "verzoek_rvdk",
        True,
    )
    sent = client.get(f"/notices/{told['id']}")
    assert (sent["state"], sent["way"], sent["reference"], cover["hash"]) == (
        "sent",
        "uitwisselmap",
        found[0].name,
        sent["hash"],
    )
    assert term(client.case(number), "antwoord_rvdk")["status"] == "lopend"


def test_only_a_letter_that_would_say_something_else_is_marked_by_a_correction(client):
    number = referred(client)
    sent = send(client, number, "verwijzing_instelling")
    client.move(number, "corrigeren", reden="Verschreven.", gemeente="Vlaardingen", kanaal="e-mail")
    assert client.get(f"/notices/{sent['id']}")["old_fact"] is False, "neither stands in it"
    client.move(number, "corrigeren", reden="Verschreven.", conclusie="Toch anders.")
    assert client.get(f"/notices/{sent['id']}")["old_fact"] is True


def test_who_speaks_for_a_small_child_reads_about_the_child_and_who_is_written_to_about_himself(
    client,
):
    people = [
        {"naam": "Noor Bos", "geboren": "1990-01-01", "rollen": ["ouder"]},
        {"naam": "Sem Bos", "geboren": "2021-01-01", "rollen": ["kind"]},
    ]
    number = client.post("/cases", melding(*people))["number"]
    own, child = (
        client.get(f"/notices/{n['id']}")["html"]
        for n in letters(client, number, "informeren_betrokkene")
    )
    assert (
        "Wij hebben gegevens over u" in own
        and "waarin u wordt genoemd" in own
        and "waarin Noor" not in own
    )
    assert "Wij hebben gegevens over Sem Bos" in child and "waarin Sem Bos wordt genoemd" in child
    assert "wat wij over Sem Bos hebben opgeschreven" in child and "gegevens over u" not in child


def test_a_correction_takes_a_letter_out_of_the_tray_but_marks_one_that_is_printed(client):
    number = referred(client)
    told = queued(client, number, "verwijzing_instelling", "print")
    client.move(number, "corrigeren", reden="Verschreven.", conclusie="Toch anders.")
    assert (
        client.get("/outbox")["tray"] == []
        and client.get(f"/notices/{told['id']}")["state"] == "draft"
    )
    told = approve(client, number, "verwijzing_instelling")
    assert told["road"] is None, "it goes nowhere by itself"
    client.post(f"/notices/{told['id']}/queue", {"version": told["version"], "way": "print"})
    pile = client.post("/outbox/piles")["pile"]
    client.move(number, "corrigeren", reden="Verschreven.", conclusie="Nog anders.")
    marked = client.get(f"/notices/{told['id']}")
    assert (marked["state"], marked["old_fact"]) == ("approved", True) and client.get("/outbox")[
        "piles"
    ][0]["old_fact"] is True
    assert client.post(f"/outbox/piles/{pile}", {"went": False}) == {
        "sent": 0,
        "back": 1,
        "gone": 0,
    }
    assert (
        client.get("/outbox")["tray"] == []
        and client.get(f"/notices/{told['id']}")["state"] == "draft"
    ), "old words are not printed again"


def test_who_may_not_see_a_case_sees_nothing_of_its_post(client, office):
    number = referred(client)
    told = queued(client, number, "verwijzing_instelling", "print")
    for name in ("Bea", "Rita"):
        other = Client(office, name)
        assert other.get("/outbox") == {"dead": [], "tray": [], "piles": [], "folder": []}
        other.ask("POST", "/outbox/piles", {}, expect=403)
        other.ask(
            "POST", f"/notices/{told['id']}/queue", {"version": 1, "way": "print"}, expect=403
        )
        other.ask(
            "POST", f"/outbox/{client.get('/outbox')['tray'][0]['id']}/cancel", {}, expect=404
        )


def test_a_real_meldpunt_has_a_folder_only_when_one_is_named(tmp_path):
    config = make_folder(tmp_path / "echt", "meldpunt.sqlite", training=False)
    for folder, ways in (("", {"print"}), ("uit", {"print", "map"})):
        config.write_text(
            config.read_text(encoding="utf-8").replace(
                'out_folder = ""', f'out_folder = "{folder}"'
            ),
            encoding="utf-8",
        )
        office = open_office(config, proof=False)
        if not folder:
            hire(office, "Tom")
        client = Client(office)
        number = client.post(
            "/cases",
            {k: v for k, v in melding().items() if k != "ontvangen"}
            | {"ontvangen": "2026-01-05T09:00"},
        )["number"]
        n = letters(client, number, "informeren_betrokkene")[1]
        assert set(client.get(f"/notices/{n['id']}")["ways"]) == ways
        told = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})
        client.post(
            f"/notices/{n['id']}/queue",
            {"version": told["version"], "way": "map"},
            expect=(200, 422),
        )
        rounds.go_round(office)
        assert client.get(f"/notices/{n['id']}")["state"] == ("sent" if folder else "approved")
        assert b"OEFENING" not in letter_view.pdf(office, n["id"], reader(office, "Tom"))
        office.close()
    assert len(list((config.parent / "uit").glob("amhk-*/brief.pdf"))) == 1


@pytest.mark.parametrize(
    "body", [{}, {"way": "duif"}, {"way": ["print"]}, [], {"way": "print", "version": "x"}]
)
def test_a_wrong_way_is_refused_in_a_sentence(client, body):
    number = referred(client)
    told = approve(client, number, "verwijzing_instelling")
    client.ask("POST", f"/notices/{told['id']}/queue", body, expect=(409, 422))


def test_a_secret_melder_of_a_case_that_joined_is_not_shown_on_screen_either(client):
    first = client.post("/cases", melding())["number"]
    second = client.post(
        "/cases",
        melding(
            hoedanigheid="35",
            melder={"naam": "Greet Stil, buurvrouw", "functie": "buurvrouw Greet", "geheim": True},
        ),
    )["number"]
    client.move(second, "vervolgmelding", bij=first)
    client.move(first, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    told = [
        client.get(f"/notices/{n['id']}") for n in letters(client, first, "terugkoppeling_melder")
    ]
    assert len(told) == 2 and "Greet" not in str(told) and letter_view.MASK in str(told)
    secret = next(n for n in told if letter_view.MASK in n["html"])
    client.post(f"/notices/{secret['id']}/approve", {"version": secret["version"]})
    assert "Greet" not in str(client.get(f"/notices/{secret['id']}"))
    assert "Greet Stil" in client.ask("GET", f"/notices/{secret['id']}.html?reason=nakijken").text


# ------------------------------------------------------------------ what an attacker found

MEL = {
    "naam": "Zwaluw Kwarteldrift",
    "bereikbaar": "06-11122233, Verklikkersteeg 77, 3099 ZZ Rotterdam",
    "geheim": True,
    "functie": "imkermeester",
}


def refused_for(client, number, kind):
    n = letters(client, number, kind)[-1]
    wrong = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]}, expect=422)
    assert {e["code"] for e in wrong["errors"]} == {"geheim"}
    return [e["field"] for e in wrong["errors"]]


@pytest.mark.parametrize(
    "text",
    [
        "op de Verklikkersteeg 77",
        "in de Verklikkersteeg",
        "postcode 3099zz",
        "de imkermeester zag het",
        "bel 0611122233",
    ],
)
def test_each_way_to_know_the_melder_is_found_by_itself(client, text):
    number = asked_the_rvdk(client, motivering=f"Er is gevaar, {text}.")
    client.move(number, "corrigeren", reden="Geheim.", melder=MEL)
    assert refused_for(client, number, "verzoek_rvdk") == ["motivering"]


@pytest.mark.parametrize(
    "text", ["aan de Schuilhof in de stad", "Schuilhof nr. 9", "schuilhof nummer 9", "3000aa"]
)
def test_a_secret_address_is_found_in_nearby_spellings(client, text):
    number = asked_the_rvdk(
        client,
        CHILD,
        MOTHER | {"geheim_adres": True, "adres": "Schuilhof 9, 3000 AA Rotterdam"},
        motivering=f"Zij woont {text}.",
    )
    assert refused_for(client, number, "verzoek_rvdk") == ["motivering"]


def test_the_address_on_a_letter_is_searched_too(client):
    number = client.post(
        "/cases", melding(CHILD, MOTHER | {"adres": "p/a Zwaluw Kwarteldrift, Weg 2"}, melder=MEL)
    )["number"]
    n = letters(client, number, "informeren_betrokkene")[1]
    wrong = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]}, expect=422)
    assert [e["field"] for e in wrong["errors"]] == ["adres"]
    other = client.post("/cases", melding(melder=MEL))["number"]
    client.move(
        other, "andere_regio", naar="Utrecht, melder Kwarteldrift", reden="Kwarteldrift zei het."
    )
    assert refused_for(client, other, "overdracht_regio") == ["naar", "reden"]
    client.move(
        other,
        "corrigeren",
        reden="Naam eruit.",
        naar="Veilig Thuis Utrecht",
        reden_brief="Het gezin is verhuisd.",
    )
    told = approve(client, other, "overdracht_regio")
    assert "Veilig Thuis Utrecht" in told["html"] and "Het gezin is verhuisd." in told["html"]


def test_a_name_that_holds_the_melders_name_does_not_open_the_letter_a_shared_surname_does(client):
    number = asked_the_rvdk(
        client,
        CHILD | {"naam": "Liv gemeld door Zwaluw Kwarteldrift"},
        MOTHER,
        motivering="Kwarteldrift zag het.",
    )
    client.move(number, "corrigeren", reden="Geheim.", melder=MEL)
    assert "motivering" in refused_for(client, number, "verzoek_rvdk")
    family = asked_the_rvdk(client, CHILD, MOTHER)
    client.move(
        family,
        "corrigeren",
        reden="Geheim.",
        melder=MEL | {"naam": "Noor Visser", "functie": "", "bereikbaar": ""},
    )
    assert approve(client, family, "verzoek_rvdk")["state"] == "approved", (
        "who reports about her own family stands in it as one of the family"
    )


def test_the_data_beside_a_letter_are_searched_and_complete_whatever_its_text_asks(client, office):
    change_text(
        office,
        "verzoek_rvdk",
        "# Verzoek\n\nWij verzoeken u een onderzoek te doen; besloten op {{ op }}.\n",
    )
    number = asked_the_rvdk(client, MOTHER, motivering="Volgens Kwarteldrift.")
    assert [m["fact"] for m in read(client, number, "verzoek_rvdk")["missing"]] == ["jeugdigen"]
    client.post(f"/cases/{number}/people", {"naam": "Liv", "rollen": ["kind"]})
    client.move(number, "corrigeren", reden="Geheim.", melder=MEL)
    assert refused_for(client, number, "verzoek_rvdk") == ["motivering"]


def test_a_frozen_letter_is_looked_at_again_when_it_goes_and_somebody_became_secret_meanwhile(
    client,
):
    first = asked_the_rvdk(client, motivering="Juf Roodborst zag het.")
    told = approve(client, first, "verzoek_rvdk")
    second = client.post(
        "/cases", melding(hoedanigheid="35", melder={"naam": "Roodborst", "geheim": True})
    )["number"]
    client.move(second, "vervolgmelding", bij=first)
    for path, body in (
        ("send", {"date": "2026-02-02", "way": "post"}),
        ("queue", {"way": "print"}),
    ):
        wrong = client.post(
            f"/notices/{told['id']}/{path}", {"version": told["version"], **body}, expect=422
        )
        assert "intussen niet meer mag weten" in wrong["errors"][0]["text"]
    again = client.post(f"/notices/{told['id']}/reopen", {"version": told["version"]})
    assert again["state"] == "draft" and refused_for(client, first, "verzoek_rvdk") == [
        "motivering"
    ]


def test_a_letter_to_a_melder_who_joined_is_a_draft_again_when_he_is_corrected(client):
    first = client.post("/cases", melding())["number"]
    second = client.post("/cases", melding(melder={"naam": "Verkeerde Naam"}))["number"]
    client.move(second, "vervolgmelding", bij=first)
    client.move(first, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    mine = [
        client.get(f"/notices/{n['id']}") for n in letters(client, first, "terugkoppeling_melder")
    ]
    his = next(n for n in mine if "Verkeerde Naam" in n["html"])
    client.post(f"/notices/{his['id']}/approve", {"version": his["version"]})
    client.move(second, "corrigeren", reden="Verschreven.", melder={"naam": "Juiste Naam"})
    now = client.get(f"/notices/{his['id']}")
    assert now["state"] == "draft" and "Juiste Naam" in now["html"]


def test_postponing_takes_a_letter_out_of_the_post_and_makes_it_anew(client, office):
    number = client.post("/cases", melding())["number"]
    n = letters(client, number, "informeren_betrokkene")[1]
    told = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})
    client.post(f"/notices/{n['id']}/queue", {"version": told["version"], "way": "map"})
    body = {
        "version": told["version"],
        "reason": "Gevaar.",
        "ground": "art. 5.3.1 lid 2",
        "new_date": "2026-03-10",
    }
    now = client.post(f"/notices/{n['id']}/withhold", body)
    rounds.go_round(office)
    assert (now["state"], now["road"]) == ("draft", None) and "later dan vier weken" in now["html"]
    assert client.get(f"/notices/{n['id']}")["state"] == "draft"


def test_a_sent_letter_to_a_secret_melder_stays_masked_after_his_name_is_corrected(client):
    number = assessed(client, melder={"naam": "Greet Stil", "geheim": True})
    told = send(client, number, "terugkoppeling_melder")
    client.move(number, "corrigeren", reden="Verschreven.", melder={"naam": "Greta Still"})
    assert "Greet" not in client.get(f"/notices/{told['id']}")["html"]


def test_a_finding_of_the_vertrouwensarts_is_medical_by_itself_and_a_forgotten_mark_can_be_added(
    client, office
):
    number = investigated(client)
    Client(office, "Vera").move(
        number, "bevindingen_vastleggen", bevindingen="Botbreuk op de foto."
    )
    client.move(number, "melden_politie", motivering="Er is gevaar.")
    assert "Botbreuk" not in read(client, number, "melding_politie")["html"]
    which = next(m for m in client.case(number)["moves"] if m["name"] == "corrigeren")["input"][
        "properties"
    ]["bevinding"]["enum"]
    client.move(number, "corrigeren", reden="Is medisch.", bevinding=which[0], gevoelig=["medisch"])
    assert "koelkast" not in read(client, number, "melding_politie")["html"]


def test_of_several_findings_each_can_be_corrected(client):
    number = investigated(client)
    client.move(
        number, "bevindingen_vastleggen", bevindingen="Een tweede bevinding.", bron="professional"
    )
    which = next(m for m in client.case(number)["moves"] if m["name"] == "corrigeren")["input"][
        "properties"
    ]["bevinding"]["enum"]
    client.move(
        number,
        "corrigeren",
        reden="Naam eruit.",
        bevinding=which[0],
        bevindingen="De kast is leeg.",
    )
    assert [f["bevindingen"] for f in client.case(number)["bevindingen"]] == [
        "De kast is leeg.",
        "Een tweede bevinding.",
    ]


@pytest.mark.parametrize("act", ["intrekken", "omzetten_in_advies"])
def test_a_case_cannot_end_while_a_letter_of_it_lies_printed(client, act):
    number = assessed(client)
    told = approve(client, number, "terugkoppeling_melder")
    client.post(f"/notices/{told['id']}/queue", {"version": told["version"], "way": "print"})
    pile = client.post("/outbox/piles")["pile"]
    wrong = client.move(number, act, expect=422, reden="Vergissing.")
    assert (
        wrong["errors"][0]["code"] == "gedrukt"
        and "Handel eerst die stapel af" in wrong["errors"][0]["text"]
    )
    assert client.post(f"/outbox/piles/{pile}", {"went": True})["sent"] == 1
    assert client.move(number, act, reden="Vergissing.")["closed"] is True


def test_a_dead_letter_that_did_appear_cannot_go_another_way(client, office, monkeypatch):
    from amhk.desk.letters import carrier

    number = referred(client)
    told = queued(client, number, "verwijzing_instelling", "map")
    monkeypatch.setattr(
        carrier, "arrived", lambda *a: (_ for _ in ()).throw(OSError(5, "Input/output error"))
    )
    monkeypatch.setattr(carrier, "_TRIES", 1)
    rounds.go_round(office)
    assert client.get("/outbox")["dead"][0]["why"] == "Input/output error (oefenpost)"
    n = client.get(f"/notices/{told['id']}")
    for path, body in (
        ("send", {"date": "2026-02-02", "way": "post"}),
        ("queue", {"way": "print"}),
        ("withhold", {"reason": "r", "ground": "g"}),
    ):
        assert (
            client.post(
                f"/notices/{n['id']}/{path}", {"version": n["version"], **body}, expect=422
            )["errors"][0]["code"]
            == "verschenen"
        )
    client.move(number, "corrigeren", reden="Anders.", conclusie="Anders.")
    assert client.get(f"/notices/{n['id']}")["old_fact"] is True, "what went stays as it went"
    monkeypatch.undo()
    client.post(f"/outbox/{client.get('/outbox')['dead'][0]['id']}/retry")
    rounds.go_round(office)
    assert (
        client.get(f"/notices/{n['id']}")["state"] == "sent"
        and len(list((office.config.folder / "oefenpost").glob("amhk-*"))) == 1
    )


def test_a_dead_letter_that_is_corrected_goes_in_its_new_words_only(client, office, monkeypatch):
    from pathlib import Path

    from amhk.desk.letters import carrier

    number = referred(client)
    queued(client, number, "verwijzing_instelling", "map")
    monkeypatch.setattr(carrier, "_TRIES", 1)
    monkeypatch.setattr(
        Path, "rename", lambda *a: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    rounds.go_round(office)
    monkeypatch.undo()
    client.move(number, "corrigeren", reden="Anders.", conclusie="Nieuwe woorden.")
    assert client.get("/outbox")["dead"] == []
    told = queued(client, number, "verwijzing_instelling", "map")
    rounds.go_round(office)
    found = list((office.config.folder / "oefenpost").glob("amhk-*"))
    assert len(found) == 1 and (found[0] / "brief.pdf").read_bytes() == letter_view.pdf(
        office, told["id"], reader(office, "Tom")
    )


def test_one_letter_that_cannot_be_made_ready_holds_up_none_behind_it(client, office, monkeypatch):
    from amhk.desk.letters import carrier

    first, second = referred(client), referred(client)
    bad, good = (queued(client, n, "verwijzing_instelling", "map") for n in (first, second))
    files = carrier._files
    monkeypatch.setattr(
        carrier,
        "_files",
        lambda office, row: files(office, row) if row["notice_id"] != bad["id"] else 1 / 0,
    )
    monkeypatch.setattr(carrier, "_TRIES", 1)
    rounds.go_round(office)
    assert client.get(f"/notices/{good['id']}")["state"] == "sent"
    assert [(p["notice"], p["why"]) for p in client.get("/outbox")["dead"]] == [
        (bad["id"], "ZeroDivisionError")
    ]


def test_without_a_folder_what_was_on_its_way_lies_dead_with_the_reason(client, office):
    from dataclasses import replace

    number = referred(client)
    queued(client, number, "verwijzing_instelling", "map")
    office.training, office.config = False, replace(office.config, out_folder="")
    rounds.go_round(office)
    assert "geen uitwisselmap meer" in client.get("/outbox")["dead"][0]["why"]
    office.training = True


def test_a_pile_of_which_a_case_went_to_another_team_can_still_be_finished(client, office):
    from amhk.desk.staff import workers

    workers.add_team(office, "Elders")
    first, second = referred(client), referred(client)
    for n in (first, second):
        queued(client, n, "verwijzing_instelling", "print")
    pile = client.post("/outbox/piles")["pile"]
    mia = Client(office, "Mia")
    mia.post(f"/cases/{second}/assign", {"team": "Elders", "reason": "verhuisd"})
    with office.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE cases SET taken_by = (SELECT id FROM workers WHERE name = 'Mia')"
        )
    assert client.post(f"/outbox/piles/{pile}", {"went": True}) == {"sent": 1, "back": 0, "gone": 0}
    assert mia.post(f"/outbox/piles/{pile}", {"went": True}) == {"sent": 1, "back": 0, "gone": 0}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"went": "ja"},
        {"went": 1},
        [],
        {"went": True, "but": "x"},
        {"went": True, "but": [True]},
    ],
)
def test_a_pile_is_finished_only_by_who_says_so_clearly(client, body):
    number = referred(client)
    queued(client, number, "verwijzing_instelling", "print")
    pile = client.post("/outbox/piles")["pile"]
    client.ask("POST", f"/outbox/piles/{pile}", body, expect=422)
    assert len(client.get("/outbox")["piles"]) == 1


def test_a_letter_to_a_secret_address_is_not_put_in_the_post(client):
    number = client.post("/cases", melding(MOTHER | {"geheim_adres": True}))["number"]
    n = letters(client, number, "informeren_betrokkene")[0]
    told = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})
    wrong = client.post(
        f"/notices/{n['id']}/queue", {"version": told["version"], "way": "print"}, expect=422
    )
    assert "overhandig hem persoonlijk" in wrong["errors"][0]["text"]


def test_what_came_of_a_letter_is_recorded_once_and_never_of_one_that_is_destroyed(client):
    number = client.post("/cases", melding())["number"]
    n = letters(client, number, "informeren_betrokkene")[1]
    told = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})
    told = client.post(
        f"/notices/{n['id']}/send",
        {"version": told["version"], "date": "2026-02-02", "way": "post"},
    )
    told = client.post(
        f"/notices/{n['id']}/receipt", {"version": told["version"], "date": "2026-02-02"}
    )
    client.post(
        f"/notices/{n['id']}/receipt",
        {"version": told["version"], "date": "2026-02-02"},
        expect=422,
    )
    client.move(number, "omzetten_in_advies", reden="Geen melding.", advies="Praat.")
    told = client.get(f"/notices/{n['id']}")
    wrong = client.post(
        f"/notices/{n['id']}/return",
        {"version": told["version"], "date": "2026-02-02", "reason": "terug"},
        expect=422,
    )
    assert "vernietigd" in wrong["errors"][0]["text"]


def test_a_letter_is_not_sent_before_it_was_decided_on(client):
    number = client.post("/cases", melding())["number"]
    client.clock("2026-02-10T09:00")
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    told = approve(client, number, "terugkoppeling_melder")
    wrong = client.post(
        f"/notices/{told['id']}/send",
        {"version": told["version"], "date": "2026-02-05", "way": "post"},
        expect=422,
    )
    assert "voor de dag waarop deze brief werd klaargezet" in wrong["errors"][0]["text"]


@pytest.mark.parametrize(
    "text",
    [
        "# K\n{{ jeugdigen[0].naam }}",
        "# K\n{% set a = zaaknummer ~ zaaknummer %}{{ a }}",
        "# K\n{{ ''|center(900000000) }}",
        "# K\n{{ '%0300000000d'|format(1) }}",
        "# K\n{% for a in 'xxxxxxxxx' %}{% for b in 'xxxxxxxxx' %}{% endfor %}{% endfor %}",
        "# K\n{% macro m(x) %}{{ x }}{% endmacro %}{{ m(op) }}",
        "# K\n{% set a %}te {{ gemeente }}{% endset %}{{ a }}",
        "# K\n{% for p in personen %}{% for q in personen %}x{% endfor %}{% endfor %}",
        "# K\n{{ zorgen[0] }}",
    ],
)
def test_a_text_that_could_fail_or_never_end_on_a_real_case_is_not_kept(
    sqlite_client, sqlite_office, text
):
    from amhk.desk.letters import text_templates
    from amhk.errors import BadInput

    with pytest.raises(BadInput):
        text_templates.propose(sqlite_office, "verzoek_rvdk", text, reader(sqlite_office, "Bea"))


@pytest.mark.parametrize("cursor", ["MjAyNnw5MjIzMzcyMDM2ODU0Nzc1ODA4", "w7_Dvw==", "x" * 5000])
def test_a_cursor_that_is_none_is_no_crash(client, cursor):
    assert "items" in client.get(f"/notices?only=alles&cursor={cursor}")
