"""Veilig Thuis by its own procedure, from the call to the end: no line of code was changed for it.

What a case worker of today does: overdracht without onderzoek, Voorwaarden en Vervolg, monitoring
by a plan until it is safe.
"""

import pytest
from conftest import make_folder
from support.cast import Client, hire, reader, send_owed, term
from support.families import advies, melding

from amhk.desk.house import health, night_proof
from amhk.desk.subjects import disclosures
from amhk.office import open_office

FAMILY = [
    {"naam": "Liam Visser", "geboren": "2020-09-25", "rollen": ["kind"], "adres": "Dijk 1"},
    {"naam": "Sara Visser", "geboren": "2018-01-02", "rollen": ["kind"], "adres": "Dijk 1"},
    {"naam": "Wes Visser", "geboren": "1990", "rollen": ["ouder"], "gezag": True},
]
SAFE = {"nu_veilig": "ja", "passend": "ja", "hulp_gestart": "2027-02-20"}
WHY = {"motivering": "Dit is nodig om veilig te zijn."}
HANDED = WHY | {"veiligheidsvoorwaarden": "Geen geweld in huis."}
TEAM, OTHER = "Wijkteam Schiedam", "Wijkteam Vlaardingen"
RVDK = WHY | {"spoed": False, "gezaghebbenden_geinformeerd": "ja"}


class Case:
    """One case, and the worker who has it in hand."""

    def __init__(self, client, **told):
        self.client, self.day = client, "2027-02-01"
        body = melding(FAMILY, hoedanigheid="03", gemeente="Schiedam") | told
        self.number = client.post("/cases", body | {"ontvangen": "2027-02-01T09:00"})["number"]

    def on(self, day):
        self.client.clock(f"{day}T10:00")
        return self

    def does(self, name, expect=200, **told):
        return self.client.move(self.number, name, expect, **told)

    def judged(self, kans="laag"):
        self.does("veiligheidsbeoordeling", uitkomst="Er is een vervolg nodig.", kans=kans)
        return self

    def shut(self, name, **told):
        return {e["code"] for e in self.does(name, 422, **told)["errors"]}

    def now(self):
        return self.client.case(self.number)

    def sends(self):
        send_owed(self.client, self.number)
        return self

    def kinds(self):
        return [n["kind"] for n in self.now()["notices"]]

    def closes(self):
        self.sends()
        return self.does("afsluiten")

    def due(self, name):
        return term(self.now(), name)["due"]

    def hands_over(self, to=TEAM, **told):
        self.does("overdragen", instelling=to, **HANDED, **told)
        return self.sends()

    def contact(self, stabiel=True, **told):
        return self.does("monitorcontact", **{**SAFE, "stabiel": stabiel, **told})


@pytest.fixture
def client(tmp_path, database):
    office = open_office(make_folder(tmp_path / "m", database, pack="veilig-thuis"), proof=False)
    hire(office, "Tom", "Anna")
    found = Client(office, "Tom")
    found.clock("2027-02-01T09:00")
    yield found
    assert night_proof.prove(office)["differences"] == []
    with office.store.read() as connection:
        assert health.health(office, connection)["without"] == 0
    office.close()


def test_handed_over_without_onderzoek_and_followed_until_it_is_stable(client):
    case = Case(client).judged()
    case.hands_over()
    days = []
    for _ in range(4):
        days.append(case.due("monitor"))
        case.on(days[-1]).contact(stabiel=False)
    assert days == ["2027-05-03", "2027-08-02", "2028-02-01", "2028-08-01"]
    case.on(case.due("monitor")).contact()
    told = case.closes()
    assert (told["finishes"], told["closed"], told["ending"]) == ([3], True, None)


def test_stable_at_the_first_contact(client):
    case = Case(client).judged().hands_over()
    assert case.shut("afsluiten") >= {"monitoring_klaar"}
    assert "monitor_niet_te_vroeg" in case.shut("monitorcontact", stabiel=True, **SAFE)
    case.on("2027-05-03").contact()
    assert case.closes()["finishes"] == [3]


def test_voorwaarden_en_vervolg_ends_in_a_plan_that_everybody_hears_of(client):
    case = Case(client).judged()
    case.does("voorwaarden_starten", voorwaarden="Geen geweld, en iemand kijkt mee.")
    case.on("2027-03-01").does("plan_vaststellen", instelling=TEAM, **HANDED)
    told = [n["person"] for n in case.now()["notices"] if n["kind"] == "plan_gezin"]
    assert sorted(told) == ["Liam Visser", "Sara Visser", "Wes Visser"]
    case.sends().on("2027-06-01").contact()
    assert case.closes()["finishes"] == [3]


LENGTHS = [("laag", "2027-04-12"), ("hoog", "2027-03-15"), ("onbekend", "2027-03-15")]


@pytest.mark.parametrize(("kans", "due"), LENGTHS)
def test_there_is_less_time_where_it_may_well_happen_again(client, kans, due):
    case = Case(client).judged(kans)
    case.does("voorwaarden_starten", voorwaarden="Geen geweld in huis.")
    assert case.due("voorwaarden") == due
    case.does("voorwaarden_niet_gehaald", **WHY)
    case.does("geen_vervolg", **WHY)
    assert case.closes()["ending"] == "geen vervolg"


def test_conditions_that_were_not_met_go_to_the_rvdk(client):
    case = Case(client).judged()
    case.does("voorwaarden_starten", voorwaarden="Geen geweld in huis.")
    case.does("voorwaarden_niet_gehaald", **WHY)
    assert case.shut("melden_rvdk", **RVDK) == {"eigen_beeld"}
    case.does("bevindingen_vastleggen", bevindingen="De ruzies gaan door.")
    case.does("melden_rvdk", **RVDK)
    case.sends().on("2027-02-10").does("antwoord_rvdk", onderzoekt=False)
    assert case.now()["state"] == "vervolg_te_bepalen", "who said no does not look after them"
    case.hands_over().on("2027-05-11").contact()
    assert case.closes()["finishes"] == [3, 4]


def test_onderzoek_and_then_handed_over(client):
    case = Case(client).judged()
    case.does("onderzoek_besluiten")
    case.on("2027-03-10").does("onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    assert "afloop_melder" in case.kinds()
    case.hands_over().on("2027-06-10").contact()
    assert case.closes()["finishes"] == [3]


def test_onderzoek_that_asks_for_nothing_more(client):
    case = Case(client).judged()
    case.does("onderzoek_besluiten")
    case.on("2027-03-10").does("onderzoek_afronden", uitkomst=["05"], conclusie="Niet bevestigd.")
    assert case.shut("afsluiten") == {"verkeerde_staat"}, "somebody decides first"
    case.does("geen_vervolg", **WHY)
    told = case.closes()
    assert (told["finishes"], told["ending"]) == ([], "geen vervolg")


def test_nothing_more_after_the_assessment(client):
    case = Case(client).judged()
    case.does("geen_vervolg_na_beoordeling", **WHY)
    assert case.closes()["ending"] == "geen vervolg"


def test_danger_is_seen_to_before_anything_is_handed_over(client):
    case = Case(client, acuut=True)
    assert term(case.now(), "crisis")["due"] == "2027-02-01T13:00:00+01:00"
    case.does("acuut_vaststellen", bevindingen="Kind met letsel.")
    told = case.shut("overdragen", instelling=TEAM, **HANDED)
    assert told == {"geen_crisis", "geen_beoordeling_open"}
    case.does("crisisdienst_inschakelen")
    case.does("crisisdienst_ter_plaatse")
    case.judged("hoog").hands_over().on("2027-05-03").contact()
    assert case.closes()["finishes"] == [3]


def test_what_was_not_so_acute_goes_the_usual_way(client):
    case = Case(client, acuut=True)
    case.does("acuut_vaststellen")
    case.does("niet_acuut", motivering="De vader is al uit huis.")
    assert case.now()["state"] == "binnengekomen", "nobody has assessed it yet"
    case.judged().does("geen_vervolg_na_beoordeling", **WHY)
    assert case.closes()["ending"] == "geen vervolg"


def test_of_each_child_its_own_outcome_at_the_rvdk(client):
    case = Case(client).judged()
    case.does("bevindingen_vastleggen", bevindingen="Zelf gezien.")
    case.does("melden_rvdk", **RVDK)
    case.sends()
    assert "rvdk_heeft_geantwoord" in case.shut("kind_bij_raad", persoon="1")
    case.on("2027-02-10").does("antwoord_rvdk", onderzoekt=True)
    assert term(case.now(), "kind_bij_rvdk")["due"] == "2027-02-17"
    assert case.shut("afsluiten") == {"raad_gevolgd"}
    liam, sara = [str(p["id"]) for p in case.now()["people"][:2]]
    case.does("kind_bij_raad", persoon=liam)
    case.on("2027-02-17").does("kind_bij_raad", persoon=sara)
    runs = [t for t in case.now()["terms"] if t["name"] == "uitkomst_raad"]
    assert [(t["title"].rpartition(": ")[2], t["due"]) for t in runs] == [
        ("Liam Visser", "2027-05-10"),
        ("Sara Visser", "2027-05-18"),
    ]
    move = next(m for m in case.now()["moves"] if m["name"] == "uitkomst_raad_vastleggen")
    first, second = move["input"]["properties"]["raadskind"]["enum"]
    case.does("uitkomst_raad_vastleggen", raadskind=first, rekest=True)
    assert case.shut("afsluiten") == {"raad_klaar"}
    case.does("raad_niet_meer_volgen", raadskind=second, reden="De GI volgt haar.")
    assert case.closes()["finishes"] == [4]


def test_the_police_on_own_findings_straight_after_the_assessment(client):
    case = Case(client).judged()
    assert case.shut("melden_politie", **WHY) == {"eigen_beeld"}
    case.does("bevindingen_vastleggen", bevindingen="Zelf gezien.")
    case.does("melden_politie", **WHY)
    assert case.closes()["finishes"] == [4]


def test_the_reclassering_hears_it_by_letter(client):
    case = Case(client).judged()
    case.does("bevindingen_vastleggen", bevindingen="Hij heeft een contactverbod.")
    case.does("melden_reclassering", **WHY)
    assert "melding_reclassering" in case.kinds()
    assert case.closes()["finishes"] == [4]


def test_who_was_hurt_is_told_to_slachtofferhulp_without_findings(client):
    case = Case(client).judged()
    case.does("bevindingen_vastleggen", bevindingen="Zij heeft een gebroken pols.")
    case.does("slachtofferhulp_inlichten", **WHY)
    (letter,) = [n for n in case.now()["notices"] if n["kind"] == "aanmelding_slachtofferhulp"]
    assert "gebroken pols" not in str(client.get(f"/notices/{letter['id']}"))
    case.hands_over().on("2027-05-03").contact()
    assert case.closes()["finishes"] == [3]


def test_two_kinds_of_help_at_once_and_one_of_them_fails(client):
    case = Case(client).judged().hands_over()
    case.on("2027-02-15").hands_over(OTHER)
    assert {r["institution"] for r in case.now()["referrals"]} == {TEAM, OTHER}
    move = next(m for m in case.now()["moves"] if m["name"] == "monitorcontact")
    assert not move["allowed"], "too early for both"
    case.on("2027-05-14")
    move = next(m for m in case.now()["moves"] if m["name"] == "monitorcontact")
    first, second = move["input"]["properties"]["overdracht"]["enum"]
    case.contact(overdracht=first)
    told = case.contact(overdracht=second, nu_veilig="nee")
    assert told["state"] == "vervolg_te_bepalen"
    case.hands_over(TEAM)
    assert case.shut("afsluiten") == {"monitoring_klaar"}
    case.on(case.due("monitor")).contact()
    assert case.closes()["finishes"] == [3]


def test_an_institution_that_refuses_is_followed_by_another(client):
    case = Case(client).judged().hands_over()
    told = case.does("overdracht_geweigerd", reden="Er is een wachttijd van een jaar.")
    assert told["state"] == "vervolg_te_bepalen"
    case.hands_over(OTHER).does("overdracht_geaccepteerd")
    case.on("2027-05-03").contact()
    assert case.closes()["finishes"] == [3]


def test_a_handing_over_can_be_taken_back(client):
    case = Case(client).judged().hands_over()
    case.does("overdracht_terugnemen", reden="Het gezin is verhuisd.")
    case.does("geen_vervolg", **WHY)
    told = case.closes()
    assert (told["finishes"], told["closed"]) == ([3], True)


def test_unsafe_after_half_a_year_begins_anew(client):
    case = Case(client).judged().hands_over()
    case.on("2027-05-03").contact(stabiel=False)
    case.on("2027-08-02").contact(stabiel=True, nu_veilig="nee")
    assert case.now()["state"] == "vervolg_te_bepalen", "unsafe is never stable"
    case.does("voorwaarden_starten", voorwaarden="Geen geweld in huis.")
    case.on("2027-09-01").does("plan_vaststellen", instelling=OTHER, **HANDED)
    case.sends().on("2027-12-01").contact()
    assert case.closes()["finishes"] == [3]


@pytest.mark.parametrize("started", [False, True])
def test_that_it_is_unsafe_can_be_said_on_any_day(client, started):
    """Also when help has begun and the next contact is half a year away."""
    case = Case(client).judged().hands_over()
    if started:
        case.does("hulp_gestart_vastleggen")
        assert "hulp_nog_niet_begonnen" in case.shut("hulp_gestart_vastleggen")
    case.on("2027-05-03").contact(stabiel=False, hulp_gestart="2027-02-01")
    case.on("2027-05-20").does("onveilig_signaal", signaal="De buurvrouw hoorde geschreeuw.")
    told = case.now()
    assert told["state"] == "vervolg_te_bepalen"
    assert term(told, "vervolgbesluit")["due"] == "2027-05-27"
    case.does("onderzoek_besluiten")
    case.does("onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    case.hands_over(OTHER).on("2027-08-20").contact(hulp_gestart="2027-06-01")
    assert case.closes()["finishes"] == [3]


def test_monitoring_stops_without_fitting_help_only_for_a_reason(client):
    case = Case(client).judged().hands_over().on("2027-05-03")
    none = {"passend": "nee", "hulp_gestart": ""}
    assert "ontbreekt" in case.shut("monitorcontact", stabiel=True, **SAFE | none)
    case.contact(**none, motivering="Vader is verhuisd; er is geen contact meer.")
    assert case.closes()["finishes"] == [3]


def test_who_may_well_be_hurt_again_is_let_go_by_who_leads_only(client):
    case = Case(client).judged("hoog")
    anna = Client(client.office, "Anna")
    path, told = f"/cases/{case.number}/moves/", WHY | {"beslisser": "Tom"}
    for name in ("geen_vervolg_na_beoordeling", "intrekken"):
        body = {"version": client.version(case.number), "reden": "x", **told}
        assert "hoog_beslist" in {e["code"] for e in anna.post(path + name, body, 422)["errors"]}
    case.does("geen_vervolg_na_beoordeling", **WHY)
    assert case.closes()["ending"] == "geen vervolg"


def test_what_was_refused_is_not_followed_as_if_it_had_begun(client):
    case = Case(client).judged().hands_over()
    case.does("overdracht_geweigerd", reden="Er is een wachttijd.")
    assert "hulp_is_begonnen" in case.shut("monitoring_hervatten", nieuwe_controle="2027-06-01")


def test_a_contact_that_comes_late_is_followed_by_the_next_that_is_still_to_come(client):
    case = Case(client).judged().hands_over()
    case.on("2027-09-01").contact(stabiel=False)
    assert case.due("monitor") == "2028-02-01", "that of August has passed"


def test_conditions_that_were_met_need_no_handing_over(client):
    case = Case(client).judged()
    case.does("voorwaarden_starten", voorwaarden="Geen geweld in huis.")
    case.does("voorwaarden_gehaald", **WHY)
    assert case.closes()["ending"] == "geen vervolg"


def test_an_institution_that_keeps_silent_is_asked_three_times(client):
    case = Case(client).judged().hands_over()
    case.on("2027-05-03")
    for _ in range(2):
        case.does("geen_antwoord")
    anna = Client(client.office, "Anna")
    refused = anna.post(
        f"/cases/{case.number}/moves/geen_antwoord", {"version": client.version(case.number)}, 422
    )
    assert "derde_navraag_rol" in {e["code"] for e in refused["errors"]}
    case.does("geen_antwoord")
    assert "hooguit_drie" in case.shut("geen_antwoord")
    case.contact()
    assert case.closes()["finishes"] == [3]


def test_the_same_help_goes_on_with_a_contact_on_a_chosen_day(client):
    case = Case(client).judged().hands_over()
    case.on("2027-05-03").contact(nu_veilig="onbekend")
    case.does("monitoring_hervatten", nieuwe_controle="2027-06-14")
    assert case.due("monitor") == "2027-06-14"
    case.on("2027-06-14").contact()
    assert case.closes()["finishes"] == [3]


def test_a_melding_that_was_a_question_after_all(client):
    case = Case(client).judged()
    told = {"reden": "Zij vroeg om raad.", "persoonsgegevens": "vernietigen", "advies": "Bespreek."}
    assert case.does("omzetten_in_advies", **told)["ending"] == "omgezet in advies"


def test_what_is_not_for_us_is_passed_on(client):
    case = Case(client)
    assert case.does("geen_hgkm", doorgezet_naar="de wijkagent")["ending"] == "geen HG/KM"


def test_a_melding_that_is_withdrawn(client):
    assert Case(client).does("intrekken", reden="Zij belde terug.")["ending"] == "ingetrokken"


def test_a_later_melding_joins_and_is_judged_though_the_case_is_being_followed(client):
    case = Case(client).judged().hands_over()
    later = Case(client, zorgen="Opnieuw ruzie.")
    later.does("vervolgmelding", bij=case.number)
    assert term(case.now(), "veiligheidsbeoordeling")["status"] == "lopend"
    assert case.now()["state"] == "in_monitoring"
    case.judged("hoog")
    assert case.now()["state"] == "vervolg_te_bepalen", "and somebody decides anew"
    case.does("monitoring_gaat_door", **WHY)
    case.on("2027-05-03").contact()
    assert case.closes()["finishes"] == [3]


def test_no_child_between_two_meldpunten(client):
    case = Case(client).judged()
    case.does("regio_aanbieden", naar="Veilig Thuis Utrecht")
    case.does("regio_weigert", reden="Zij wonen hier niet meer.")
    case.does("regio_aanbieden", naar="Veilig Thuis Haaglanden")
    case.sends()
    told = case.does("andere_regio", naar="Veilig Thuis Haaglanden", aangenomen_door="J. Bos")
    assert (told["ending"], told["closed"]) == ("andere regio", True)


def test_nobody_is_told_back_where_the_meldpunt_itself_reported(client):
    case = Case(client, hoedanigheid="14").judged()
    assert "terugkoppeling_melder" not in case.kinds()
    case.does("geen_vervolg_na_beoordeling", **WHY)
    assert case.closes()["closed"]


def test_what_was_told_to_whom_and_on_what_ground_stands_with_the_letters(client):
    case = Case(client).judged()
    tom, told = reader(client.office, "Tom"), {"day": "2027-02-01", "to": "De huisarts"}
    told |= {"what": "Gevraagd naar de pols van het kind.", "ground": "toestemming"}
    disclosures.tell(client.office, case.number, told, tom)
    case.does("geen_vervolg_na_beoordeling", **WHY)
    assert case.closes()["closed"]
    stands = disclosures.view(client.office, case.number, tom)["told"]
    assert {"De huisarts"} < {one["to"] for one in stands}


@pytest.mark.parametrize(("move", "finish"), [("advies_geven", 1), ("ondersteuning_afronden", 2)])
def test_advice_and_support(client, move, finish):
    number = client.post("/cases", advies(gemeente="Schiedam"))["number"]
    if finish == 2:
        client.move(number, "contact_vastleggen", verslag="Besproken.")
    assert client.move(number, move)["finishes"] == [finish]


def test_advice_that_becomes_a_melding_and_ends(client):
    number = client.post("/cases", advies(gemeente="Schiedam"))["number"]
    told = {"reden": "Hij meldt nu.", "melder": {"naam": "J. Bos"}, "zorgen": "Letsel."}
    case = client.move(number, "omzetten_in_melding", acuut=False, **told)
    other = next(r["number"] for r in case["relations"])
    told = {"uitkomst": "Er is al hulp.", "kans": "laag"}
    client.move(other, "veiligheidsbeoordeling", **told)
    client.move(other, "geen_vervolg_na_beoordeling", **WHY)
    send_owed(client, other)
    assert client.move(other, "afsluiten")["ending"] == "geen vervolg"


def test_the_report_tells_overdracht_and_voorwaarden_apart(client):
    Case(client).judged().hands_over()
    for _ in range(2):
        case = Case(client).judged()
        case.does("voorwaarden_starten", voorwaarden="Geen geweld in huis.")
    case.does("plan_vaststellen", instelling=OTHER, **HANDED)
    Case(client).judged().does("onderzoek_besluiten")
    told = client.get("/reports/kwartaal?period=2027-Q1")["total"]
    assert told["vervolgstap"] == {"overdracht": 1, "voorwaarden": 2, "onderzoek": 1}
    assert told["finish_3"] == 2
