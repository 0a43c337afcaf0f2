"""What a case worker would judge.

Terms, checks, corrections, joins, letters and closing, day by day.
"""

import json

from support.cast import Client, owed, send_owed, term

MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T09:00",
    "hoedanigheid": "35",
    "gemeente": "Schiedam",
    "zorgen": "Schelden en huilen.",
    "acuut": False,
    "melder": {"naam": "Gerda Zonneveld-Pietersma", "bereikbaar": "06-00000002", "geheim": True},
    "aanleiding": ["08"],
    "aard": ["03"],
    "betrokkenen": [
        {
            "naam": "Moeder Bakker",
            "geboren": "1990-10-10",
            "rollen": ["ouder"],
            "gezag": True,
            "adres": "Populierlaan 8",
        },
        {
            "naam": "Roan Bakker",
            "geboren": "2016-04-04",
            "rollen": ["kind"],
            "adres": "Schuilplaats 77, Verweg",
            "geheim_adres": True,
        },
    ],
}


def referred(client, **more):
    """A melding that was referred on 20 February 2026 to Wijkteam Schiedam, everything sent."""
    number = client.post("/cases", {**MELDING, **more})["number"]
    client.clock("2026-02-04T10:00")
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(number, "onderzoek_besluiten")
    client.clock("2026-02-20T16:00")
    client.move(
        number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd; moeder wil hulp."
    )
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    send_owed(client, number)
    return number


def test_the_check_falls_due_by_itself_with_a_drafted_question_and_a_ladder(client):
    number = referred(client)
    assert term(client.case(number), "voortgangscontrole")["due"] == "2026-05-20"
    client.clock("2026-05-05T09:00")
    assert not [
        n for n in client.case(number)["notices"] if n["kind"] == "controlevraag_instelling"
    ]
    client.clock("2026-05-06T09:00")
    assert [
        n["state"]
        for n in client.case(number)["notices"]
        if n["kind"] == "controlevraag_instelling"
    ] == ["draft"]
    client.clock("2026-06-05T09:00")
    check = term(client.case(number), "voortgangscontrole")
    told = [
        r["receivers"]
        for r in client.get(f"/cases/{number}/reminders")["items"]
        if r["term"] == check["id"]
    ]
    assert told == [["team"], ["team"], ["teamleider"], ["manager"]]
    assert check["status"] == "te_laat"


def test_finish_three_cannot_be_closed_before_the_check(client):
    number = referred(client)
    told = client.move(number, "afsluiten", expect=422)
    assert "controle_vastgelegd" in [e["code"] for e in told["errors"]]
    early = client.move(
        number,
        "voortgangscontrole",
        expect=422,
        hulp_gestart="2026-02-20",
        passend="ja",
        nu_veilig="ja",
    )
    assert early["errors"][0]["text"].endswith("vanaf wo 29 april 2026.")
    client.clock("2026-04-29T09:00")
    case = client.move(
        number, "voortgangscontrole", hulp_gestart="2026-03-02", passend="ja", nu_veilig="ja"
    )
    assert term(case, "afsluiten")["status"] == "lopend"
    assert client.move(number, "afsluiten")["closed"]


def test_no_answer_is_asked_again_twice_and_then_the_teamleider_decides(client, office):
    number = referred(client)
    client.clock("2026-05-20T09:00")
    anna = Client(office, "Anna")
    for _ in range(2):
        case = anna.move(number, "geen_antwoord")
    assert term(case, "hercontrole")["due"] == "2026-06-03"
    assert "derde_navraag_rol" in [
        e["code"] for e in anna.move(number, "geen_antwoord", expect=422)["errors"]
    ]
    client.move(number, "geen_antwoord")
    assert "hooguit_drie" in [
        e["code"] for e in client.move(number, "geen_antwoord", expect=422)["errors"]
    ]


def test_the_receipt_and_the_moment_of_a_step_are_corrected_in_one_go(client):
    number = client.post("/cases", MELDING | {"ontvangen": "2026-02-02T08:30"})["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    step = {"stap": "veiligheidsbeoordeling", "moment": "2026-02-01T12:00"}
    early = client.move(number, "corrigeren", 422, reden="Verschreven.", **step)
    assert [e["code"] for e in early["errors"]] == ["voor_ontvangst"]
    client.move(number, "corrigeren", reden="Verschreven.", ontvangen="2026-02-01T10:00", **step)
    assert client.case(number)["ontvangen"] == "2026-02-01T10:00:00+01:00"


def test_why_a_team_has_a_case_stays_said_of_the_gemeente_it_came_in_with(client):
    number = client.post("/cases", MELDING | {"gemeente": "Schiedam"})["number"]
    before = client.case(number)["team_reason"]
    for gemeente in ("Vlaardingen", "Brielle"):
        client.move(number, "corrigeren", reden="Verschreven.", gemeente=gemeente)
        assert (
            client.case(number)["team_reason"] == f"Bij ontvangst: {before[0].lower()}{before[1:]}"
        )


def test_a_third_overdracht_is_for_the_teamleider_and_every_one_says_why(client, office):
    number = referred(client)
    client.move(number, "verwijzing_geweigerd", reden="vol")
    bare = client.move(
        number, "verwijzen", expect=422, instelling="Wijkteam Vlaardingen", motivering=""
    )
    assert [(e["code"], e["field"]) for e in bare["errors"]] == [("ontbreekt", "motivering")]
    client.move(number, "verwijzen", instelling="Wijkteam Vlaardingen")
    client.move(number, "verwijzing_geweigerd", reden="vol")
    send_owed(client, number)
    anna = Client(office, "Anna")
    assert "derde_overdracht_rol" in [
        e["code"]
        for e in anna.move(number, "verwijzen", expect=422, instelling="Wijkteam Vlaardingen")[
            "errors"
        ]
    ]
    assert (
        client.move(
            number, "verwijzen", instelling="Wijkteam Vlaardingen", motivering="Enige die kan."
        )["state"]
        == "verwezen_in_nazorg"
    )


def test_the_same_help_goes_on_gives_a_new_check_on_the_day_chosen(client):
    number = referred(client)
    client.clock("2026-05-20T09:00")
    client.move(
        number,
        "voortgangscontrole",
        hulp_gestart="2026-03-02",
        passend="deels",
        nu_veilig="onbekend",
    )
    case = client.move(number, "nieuwe_controle_afspreken", nieuwe_controle="2026-07-19")
    assert term(case, "voortgangscontrole")["due"] == "2026-07-20"
    assert "zo 19 jul" in " ".join(term(case, "voortgangscontrole")["steps"])


def test_doelrealisatie_is_only_asked_where_the_help_ended(client):
    number = referred(client)
    client.clock("2026-05-20T09:00")
    told = client.move(
        number,
        "voortgangscontrole",
        expect=422,
        hulp_gestart="",
        passend="ja",
        nu_veilig="ja",
        doelrealisatie=[2],
    )
    assert {e["field"] for e in told["errors"]} == {"hulp_gestart", "hulp_geeindigd"}


def test_a_rvdk_report_owes_its_letters_and_waits_for_the_answer(client):
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "acuut_vaststellen", bevindingen="Letsel past niet bij het verhaal.")
    case = client.case(number)
    assert term(case, "crisis")["due"] == "2026-02-02T13:00:00+01:00"
    case = client.move(
        number,
        "melden_rvdk",
        spoed=True,
        motivering="Ernstig.",
        gezaghebbenden_geinformeerd="nee, gevaar voor de jeugdige",
    )
    assert case["finish"] == 4
    assert {n["kind"] for n in owed(case)} >= {"verzoek_rvdk", "bericht_college"}
    assert "bericht_open" in [
        e["code"] for e in client.move(number, "afsluiten", expect=422)["errors"]
    ]
    send_owed(client, number)
    assert term(client.case(number), "antwoord_rvdk")["due"] == "2026-02-16"
    client.move(number, "antwoord_rvdk", onderzoekt=True)
    assert "geen_crisis" in [
        e["code"] for e in client.move(number, "afsluiten", expect=422)["errors"]
    ]  # a report is not seeing them
    client.move(number, "gezien", gezien_door="De kinderarts")
    assert client.move(number, "afsluiten")["closed"]


def test_reporting_is_never_possible_without_own_findings(client):
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "acuut_vaststellen")
    told = client.move(number, "melden_politie", expect=422, motivering="x")
    assert told["errors"][0]["do"]["href"].endswith("/moves/bevindingen_vastleggen")


def test_correcting_the_receipt_moves_the_terms_and_says_why(client):
    number = client.post("/cases", MELDING)["number"]
    case = client.move(
        number, "corrigeren", reden="typefout", ontvangen="2026-01-28T09:00", gemeente="Rotterdam"
    )
    assert term(case, "veiligheidsbeoordeling")["due"] == "2026-02-04"
    assert term(case, "onderzoek_start")["due"] == "2026-02-02"
    assert "na een correctie" in term(case, "veiligheidsbeoordeling")["why"]
    assert case["gemeente"] == "Rotterdam"
    told = " ".join(e["what"] for e in client.get(f"/cases/{number}/journal")["items"])
    assert "gemeente van Schiedam naar Rotterdam" in told
    assert (
        client.move(number, "corrigeren", expect=422, reden="niets")["errors"][0]["code"]
        == "niets_gewijzigd"
    )


def test_correcting_the_day_of_a_referral_moves_the_check(client):
    number = referred(client)
    case = client.move(
        number, "corrigeren", reden="een dag later", stap="verwijzen", moment="2026-02-19T10:00"
    )
    assert term(case, "voortgangscontrole")["due"] == "2026-05-19"
    sent = [n for n in case["notices"] if n["kind"] == "verwijzing_instelling"]
    assert sent[0]["old_fact"]


def test_correcting_a_person_keeps_both_versions(client, office):
    number = client.post("/cases", MELDING)["number"]
    person = client.case(number)["people"][0]
    case = client.move(
        number,
        "corrigeren",
        reden="spelling",
        persoon=str(person["id"]),
        persoonsgegevens={"naam": "Natasja Bakker"},
    )
    assert case["people"][0]["naam"] == "Natasja Bakker"
    assert client.get("/cases?q=natasja")["items"][0]["number"] == number


def test_a_vervolgmelding_joins_and_starts_the_assessment_again_from_its_own_receipt(client):
    first = referred(client)
    client.clock("2026-04-02T09:00")
    second = client.post(
        "/cases",
        {**MELDING, "ontvangen": "2026-04-01T19:20", "betrokkenen": [{"naam": "Nieuwe Oma"}]},
    )["number"]
    case = client.move(second, "vervolgmelding", bij=first)
    assert (case["ending"], case["closed"]) == ("gevoegd", True)
    joined = client.case(first)
    assert term(joined, "veiligheidsbeoordeling")["due"] == "2026-04-10"
    assert [p["naam"] for p in joined["people"]] == ["Moeder Bakker", "Roan Bakker", "Nieuwe Oma"]
    assert "geen_beoordeling_open" in [
        e["code"] for e in client.move(first, "afsluiten", expect=422)["errors"]
    ]
    client.move(second, "vervolgmelding", expect=422, bij=first)
    third = client.post("/cases", MELDING)["number"]
    assert (
        client.move(third, "vervolgmelding", expect=422, bij=third)["errors"][0]["field"] == "bij"
    )
    assert client.case(third)["relations"] == [
        {"kind": "zelfde_dossier", "number": n} for n in (first, second)
    ]


def test_from_melding_to_advies_nothing_of_the_family_stays(client, office):
    number = client.post("/cases", MELDING)["number"]
    case = client.move(
        number,
        "omzetten_in_advies",
        reden="Melder houdt zelf de regie.",
        advies="Praat met de ouders.",
    )
    assert (case["ending"], case["people"]) == ("omgezet in advies", [])
    advice = client.case(next(r["number"] for r in case["relations"] if r["kind"] == "omgezet_in"))
    assert (advice["finish"], advice["closed"]) == (1, True)
    with office.store.read() as connection:
        from sqlalchemy import text

        kept = json.dumps(
            [
                str(row)
                for t in ("cases", "meldingen", "people", "journal", "notices", "terms")
                for row in connection.execute(text(f"SELECT * FROM {t}"))
            ]
        )
    assert "Bakker" not in kept
    assert "Pietersma" not in kept
    assert client.get("/health")["without"] == 0
    from amhk.store.cases.journal import verify

    with office.store.read() as connection:
        assert list(verify(connection)) == []


def test_informing_a_person_can_be_postponed_by_at_most_two_weeks_each_time(client):
    number = client.post("/cases", MELDING)["number"]
    letter = next(n for n in client.case(number)["notices"] if n["person"] == "Moeder Bakker")
    assert letter["due"] == "2026-03-02"
    path, body = (
        f"/notices/{letter['id']}/withhold",
        {"reason": "onderzoek", "ground": "Wmo 2015 art. 5.3.1 lid 2"},
    )
    client.ask(
        "POST", path, {**body, "version": letter["version"], "new_date": "2026-03-17"}, expect=422
    )
    client.post(path, {**body, "version": letter["version"], "new_date": "2026-03-16"})
    assert (
        next(n for n in client.case(number)["notices"] if n["id"] == letter["id"])["due"]
        == "2026-03-16"
    )


def test_a_statutory_term_without_ground_cannot_be_suspended_or_extended(client):
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="x")
    case = client.move(number, "onderzoek_besluiten")
    key = term(case, "onderzoek")["id"]
    for act, body in (
        ("suspend", {"until": "2026-03-01", "reason": "druk"}),
        ("extend", {"days": 7, "reason": "druk"}),
    ):
        told = client.ask("POST", f"/cases/{number}/terms/{key}/{act}", body, expect=422).json()
        assert told["errors"][0]["code"] == "geen_grond"


def test_a_suspended_term_leaves_a_day_to_take_the_case_up_again(client):
    number = client.post(
        "/cases",
        {
            "route": "advies",
            "kanaal": "telefoon",
            "hoedanigheid": "15",
            "gemeente": "Schiedam",
            "aanleiding": ["08"],
            "zorgen": "z",
            "advies": "a",
        },
    )["number"]
    key = term(client.case(number), "advies_afronden")["id"]
    case = client.post(
        f"/cases/{number}/terms/{key}/suspend", {"until": "2026-02-16", "reason": "wacht op school"}
    )
    assert (term(case, "advies_afronden")["status"], term(case, "heropvatten")["due"]) == (
        "opgeschort",
        "2026-02-16",
    )
    client.clock("2026-02-12T09:00")
    case = client.post(f"/cases/{number}/terms/{key}/resume", {})
    assert term(case, "advies_afronden")["due"] == "2026-02-19"
    assert term(case, "heropvatten")["status"] == "gehaald"


def test_the_secret_melder_and_the_secret_address_reach_nobody(client, office):
    number = referred(client)
    client.move(
        number, "melden_rvdk", spoed=False, motivering="m", gezaghebbenden_geinformeerd="ja"
    )
    client.move(number, "melden_politie", motivering="m")
    send_owed(client, number)
    told = [
        json.dumps(client.case(number), ensure_ascii=False),
        json.dumps(client.get(f"/cases/{number}/journal")),
    ]
    for n in client.case(number)["notices"]:
        page = client.ask("GET", f"/notices/{n['id']}.html", expect=(200, 422)).text
        told.append(page)
    for text in told:
        assert not [s for s in ("Pietersma", "Gerda", "06-00000002", "Schuilplaats") if s in text]
    client.ask("POST", f"/cases/{number}/reveal", {"reason": ""}, expect=422)
    shown = client.post(f"/cases/{number}/reveal", {"reason": "terugbellen op verzoek"})
    assert shown["melder"]["naam"] == "Gerda Zonneveld-Pietersma"


def test_a_letter_in_which_the_melder_would_stand_is_not_approved(client):
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "acuut_vaststellen", bevindingen="Mevrouw Pietersma zag het zelf.")
    client.move(number, "melden_politie", motivering="m")
    letter = next(n for n in client.case(number)["notices"] if n["kind"] == "melding_politie")
    told = client.ask(
        "POST", f"/notices/{letter['id']}/approve", {"version": letter["version"]}, expect=422
    ).json()
    assert told["errors"][0]["code"] == "geheim"


def test_an_approved_letter_is_frozen(client):
    number = referred(client)
    letter = next(n for n in client.case(number)["notices"] if n["kind"] == "verwijzing_instelling")
    before = client.ask("GET", f"/notices/{letter['id']}.pdf").content
    client.move(number, "corrigeren", reden="r", gemeente="Rotterdam")
    assert client.ask("GET", f"/notices/{letter['id']}.pdf").content == before
    assert before.startswith(b"%PDF")


def test_an_advies_is_supported_over_several_contacts(client):
    body = {
        "route": "advies",
        "kanaal": "chat",
        "hoedanigheid": "32",
        "gemeente": "Rotterdam",
        "aanleiding": ["08"],
        "zorgen": "geschreeuw",
        "advies": "zoek iemand op school",
    }
    number = client.post("/cases", body)["number"]
    assert "contact_gehad" not in [
        e["code"] for m in client.case(number)["moves"] for e in m["why_not"]
    ]
    client.clock("2026-02-05T16:00")
    client.move(number, "contact_vastleggen", verslag="mentor gesproken")
    client.clock("2026-02-12T15:30")
    case = client.move(number, "contact_vastleggen", verslag="mentor helpt")
    assert term(case, "ondersteuning")["due"] == "2026-03-12"
    case = client.move(number, "ondersteuning_afronden")
    assert (case["finish"], case["closed"], len(case["contacten"])) == (2, True, 2)


def test_extending_a_suspended_term_never_stops_the_clock(client):
    number = client.post(
        "/cases",
        {
            "route": "advies",
            "kanaal": "telefoon",
            "hoedanigheid": "15",
            "gemeente": "Schiedam",
            "aanleiding": ["08"],
            "zorgen": "z",
            "advies": "a",
        },
    )["number"]
    key = term(client.case(number), "advies_afronden")["id"]
    client.post(f"/cases/{number}/terms/{key}/suspend", {"until": "2026-02-16", "reason": "wacht"})
    client.post(f"/cases/{number}/terms/{key}/extend", {"days": 3, "reason": "langer"})
    assert client.clock("2026-06-01T09:00")["failed"] == []
    assert term(client.case(number), "advies_afronden")["status"] == "opgeschort"


def test_two_suspended_terms_each_have_their_own_day_to_wake_up(client):
    number = referred(client)
    client.move(
        number, "melden_rvdk", spoed=False, motivering="m", gezaghebbenden_geinformeerd="ja"
    )
    send_owed(client, number)
    case = client.case(number)
    first, second = term(case, "acceptatie_verwijzing")["id"], term(case, "antwoord_rvdk")["id"]
    client.post(f"/cases/{number}/terms/{first}/suspend", {"until": "2026-04-01", "reason": "a"})
    client.post(f"/cases/{number}/terms/{second}/suspend", {"until": "2026-05-01", "reason": "b"})
    case = client.post(f"/cases/{number}/terms/{second}/resume", {})
    waiting = {t["due"]: t["status"] for t in case["terms"] if t["name"] == "heropvatten"}
    assert waiting == {"2026-04-01": "lopend", "2026-05-01": "gehaald"}
    case = client.move(number, "verwijzing_geaccepteerd")
    assert {t["status"] for t in case["terms"] if t["name"] == "heropvatten"} == {"gehaald"}


def test_an_extended_term_rings_its_ladder_again(client):
    number = client.post("/cases", MELDING)["number"]
    letter = next(n for n in client.case(number)["notices"] if n["person"] == "Moeder Bakker")
    key = next(
        t["id"] for t in client.case(number)["terms"] if t["name"] == "informeren_betrokkene"
    )
    client.clock("2026-03-20T09:00")
    before = len([r for r in client.get(f"/cases/{number}/reminders")["items"] if r["term"] == key])
    body = {
        "version": letter["version"],
        "reason": "onderzoek",
        "ground": "art. 5.3.1 lid 2",
        "new_date": "2026-03-30",
    }
    client.post(f"/notices/{letter['id']}/withhold", body)
    client.clock("2026-04-20T09:00")
    rung = [r for r in client.get(f"/cases/{number}/reminders")["items"] if r["term"] == key]
    assert (before, len(rung)) == (3, 6)


def test_the_advies_keeps_nothing_of_the_family_when_it_becomes_a_melding(client, office):
    advies = {
        "route": "advies",
        "kanaal": "telefoon",
        "hoedanigheid": "15",
        "gemeente": "Schiedam",
        "aanleiding": ["08"],
        "zorgen": "z",
        "advies": "a",
    }
    number = client.post("/cases", advies)["number"]
    fields = {k: MELDING[k] for k in ("melder", "betrokkenen", "acuut")}
    case = client.move(
        number,
        "omzetten_in_melding",
        reden="melder wil melden",
        zorgen="Over Roan Bakker.",
        **fields,
    )
    melding = next(r["number"] for r in case["relations"] if r["kind"] == "omgezet_in")
    assert len(client.case(melding)["people"]) == 2
    with office.store.read() as connection:
        kept = (
            connection.exec_driver_sql(
                "SELECT content FROM journal JOIN cases ON cases.id = journal.case_id WHERE route ="
                " 'advies'"
            )
            .scalars()
            .all()
        )
    assert not [c for c in kept if "Bakker" in (c or "") or "Pietersma" in (c or "")]


def test_a_second_rvdk_request_is_waited_for_too(client):
    number = referred(client)
    for _ in range(2):
        client.move(
            number, "melden_rvdk", spoed=False, motivering="m", gezaghebbenden_geinformeerd="ja"
        )
    letters = [n for n in client.case(number)["notices"] if n["kind"] == "verzoek_rvdk"]
    for n in letters:
        if n is letters[1]:
            client.move(number, "antwoord_rvdk", onderzoekt=True)
        full = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})
        client.post(
            f"/notices/{n['id']}/send",
            {"version": full["version"], "date": "2026-02-20", "way": "CORV"},
        )
    why = next(m for m in client.case(number)["moves"] if m["name"] == "afsluiten")["why_not"]
    assert "rvdk_antwoord_binnen" in [w["code"] for w in why]


def test_a_case_with_a_finish_cannot_slip_out_by_an_ending(client):
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "acuut_vaststellen", bevindingen="letsel")
    client.move(number, "melden_rvdk", spoed=True, motivering="m", gezaghebbenden_geinformeerd="ja")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "gezien", gezien_door="De politie")
    told = client.move(number, "andere_regio", expect=422, naar="Utrecht")
    assert {e["code"] for e in told["errors"]} == {"na_rvdk_aangeboden", "eigen_berichten_weg"}


def test_a_check_is_not_recorded_at_a_moment_before_it_could_be(client):
    number = referred(client)
    client.clock("2026-05-20T09:00")
    told = client.move(
        number,
        "voortgangscontrole",
        expect=422,
        hulp_gestart="2026-03-01",
        passend="ja",
        nu_veilig="ja",
        op="2026-03-01T10:00",
    )
    assert [e["field"] for e in told["errors"]] == ["op"]


def test_new_danger_after_no_follow_up_finds_an_open_door(client):
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="x")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["05"], conclusie="niet bevestigd")
    case = client.move(number, "einde_zonder_vervolg", motivering="geen zorgen")
    assert case["ending"] is None
    client.move(number, "acuut_vaststellen", bevindingen="nieuw letsel")
    assert client.move(number, "melden_politie", motivering="letsel")["finish"] == 4


def test_the_words_of_a_letter_can_be_corrected_so_that_it_may_go(client):
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "acuut_vaststellen", bevindingen="Mevrouw Zonneveld zag het.")
    client.move(number, "melden_politie", motivering="Zonnevelds verhaal klopt.")
    letter = next(n for n in client.case(number)["notices"] if n["kind"] == "melding_politie")
    told = client.ask(
        "POST", f"/notices/{letter['id']}/approve", {"version": letter["version"]}, expect=422
    ).json()
    assert {e["field"] for e in told["errors"]} == {"bevindingen", "motivering"}
    client.move(
        number,
        "corrigeren",
        reden="naam weg",
        bevindingen="Een getuige zag het.",
        motivering="Het verhaal klopt.",
    )
    client.post(f"/notices/{letter['id']}/approve", {"version": letter["version"]})


def test_a_correction_brings_an_approved_letter_back_to_draft(client):
    number = client.post("/cases", {**MELDING, "melder": {"naam": "Gerda Zonneveld-Pietersma"}})[
        "number"
    ]
    letter = client.case(number)["notices"][0]
    client.post(f"/notices/{letter['id']}/approve", {"version": letter["version"]})
    case = client.move(number, "corrigeren", reden="toch geheim", melder={"geheim": True})
    assert case["notices"][0]["state"] == "draft"


def test_a_person_of_a_vervolgmelding_keeps_his_own_four_weeks(client):
    first = referred(client)
    second = client.post("/cases", {**MELDING, "betrokkenen": [{"naam": "Nieuwe Oma"}]})["number"]
    due = term(client.case(second), "informeren_betrokkene")["due"]
    client.clock("2026-03-05T09:00")
    client.move(second, "vervolgmelding", bij=first)
    assert term(client.case(first), "informeren_betrokkene")["due"] == due


def test_a_letter_that_changed_since_it_was_read_is_not_approved(client):
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "acuut_vaststellen", bevindingen="letsel")
    client.move(number, "melden_politie", motivering="ernstig")
    letter = next(n for n in client.case(number)["notices"] if n["kind"] == "melding_politie")
    read = client.get(f"/notices/{letter['id']}")["text"]
    client.post(f"/cases/{number}/people", {"naam": "Tweede Kind", "rollen": ["kind"]})
    path = f"/notices/{letter['id']}/approve"
    told = client.ask("POST", path, {"version": letter["version"], "text": read}, expect=422).json()
    assert [e["code"] for e in told["errors"]] == ["gewijzigd"]
    client.post(
        path, {"version": letter["version"], "text": client.get(f"/notices/{letter['id']}")["text"]}
    )


def test_a_reminder_or_a_letter_makes_nobodys_form_stale(client):
    number = client.post("/cases", MELDING)["number"]
    version = client.case(number)["version"]
    client.clock("2026-02-20T09:00")
    assert client.get(f"/cases/{number}/reminders")["items"]
    send_owed(client, number)
    client.post(
        f"/cases/{number}/moves/veiligheidsbeoordeling", {"version": version, "uitkomst": "x"}
    )
