"""What one record of a case says, no other record and no letter contradicts.

Referrals, their letters, their answers, and the days a letter asks for.
"""

import re

import pytest
from support.cast import Client, send_owed, term
from support.families import melding

from amhk.words import MONTHS, lower_first

FAMILY = [
    {
        "naam": "Vera Bakker",
        "geboren": "1990-10-10",
        "rollen": ["moeder"],
        "gezag": True,
        "adres": "Populierlaan 8, 3053 AB Rotterdam",
    },
    {
        "naam": "Roan Bakker",
        "geboren": "2016-04-04",
        "rollen": ["kind"],
        "adres": "Populierlaan 8, 3053 AB Rotterdam",
    },
]
MELDING = melding(
    FAMILY,
    hoedanigheid="35",
    gemeente="Schiedam",
    melder={"naam": "Gerda Zonneveld", "bereikbaar": "06-00000002"},
)


@pytest.fixture
def office(sqlite_office):
    """On SQLite: words are compared. The database is asked on both elsewhere."""
    return sqlite_office


def concluded(client, **more):
    number = client.post("/cases", {**MELDING, **more})["number"]
    client.clock("2026-02-04T10:00")
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(number, "onderzoek_besluiten")
    client.clock("2026-02-20T16:00")
    client.move(
        number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd; moeder wil hulp."
    )
    return number


def of_kind(client, number, kind):
    return [
        client.get(f"/notices/{n['id']}")
        for n in client.case(number)["notices"]
        if n["kind"] == kind
    ]


def withhold(client, number, kind, expect=200):
    n = of_kind(client, number, kind)[-1]
    body = {
        "version": n["version"],
        "reason": "Het gezin wil eerst zelf bellen.",
        "ground": "eigen keuze",
    }
    return client.post(f"/notices/{n['id']}/withhold", body, expect)


def codes(told):
    return [e["code"] for e in told["errors"]]


@pytest.mark.parametrize(
    "lives",
    [
        "Populierlaan 14, 3053 AB Rotterdam",
        "Populierlaan 14",
        "Kade 3, 3053 AB Rotterdam",
        "Populierlaan 8, 3053 AB Rotterdam",
    ],
)
def test_a_melder_in_the_street_of_the_family_does_not_stop_the_letters_to_it(sqlite_client, lives):
    """The street and the postcode of the family give nobody away.

    Only its neighbour's number does.
    """
    melder = {"naam": "Gerda Zonneveld", "bereikbaar": f"06-00000002, {lives}", "geheim": True}
    number = concluded(sqlite_client, melder=melder)
    sqlite_client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    for n in [
        n
        for kind in ("informeren_betrokkene", "verwijzing_instelling")
        for n in of_kind(sqlite_client, number, kind)
    ]:
        assert n["leaks"] == [] and n["html"], n["kind"]


@pytest.mark.parametrize(
    "said",
    [
        "Populierlaan 14",
        "op de populierlaan nr. 14",
        "Populierlaan, 14",
        "Populierlaan nummer 14 te Rotterdam",
    ],
)
def test_the_house_of_a_secret_melder_gives_him_away_also_in_the_street_of_the_family(
    sqlite_client, said
):
    melder = {
        "naam": "Gerda Zonneveld",
        "bereikbaar": "Populierlaan 14, 3053 AB Rotterdam",
        "geheim": True,
    }
    number = concluded(sqlite_client, melder=melder)
    sqlite_client.move(
        number, "verwijzen", instelling="Wijkteam Schiedam", motivering=f"Men hoort het {said}."
    )
    assert of_kind(sqlite_client, number, "verwijzing_instelling")[0]["leaks"]


@pytest.mark.parametrize(
    "said", ["Men hoort het op de Lindelaan.", "Vraag het in 3011 CD.", "Lindelaan 2"]
)
def test_street_or_postcode_of_a_secret_melder_gives_him_away_where_the_family_lives_elsewhere(
    sqlite_client, said
):
    melder = {
        "naam": "Gerda Zonneveld",
        "bereikbaar": "Lindelaan 2, 3011 CD Rotterdam",
        "geheim": True,
    }
    number = concluded(sqlite_client, melder=melder)
    sqlite_client.move(number, "verwijzen", instelling="Wijkteam Schiedam", motivering=said)
    assert of_kind(sqlite_client, number, "verwijzing_instelling")[0]["leaks"]


def test_a_home_that_is_secret_stays_so_though_somebody_else_of_the_family_lives_there_openly(
    sqlite_client,
):
    hidden = FAMILY[0] | {"geheim_adres": True}
    number = concluded(sqlite_client, betrokkenen=[hidden, FAMILY[1]])
    sqlite_client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    told = of_kind(sqlite_client, number, "verwijzing_instelling")[0]
    assert told["leaks"] and told["html"] is None


@pytest.mark.parametrize(
    "move",
    ["verwijzing_geaccepteerd", "hulp_gestart_vastleggen", "voortgangscontrole", "geen_antwoord"],
)
def test_a_referral_that_was_decided_not_to_go_is_not_answered_or_checked_but_taken_back(
    client, move
):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    withhold(client, number, "verwijzing_instelling")
    client.clock("2026-05-20T09:00")
    told = (
        {"hulp_gestart": "2026-03-02", "passend": "ja", "nu_veilig": "ja"}
        if move == "voortgangscontrole"
        else {}
    )
    shut = client.move(number, move, expect=422, **told)
    door = next(e for e in shut["errors"] if e["code"] in ("verwijzing_weg", "verwijzing_gaat"))
    assert door["do"]["href"].endswith("/moves/verwijzing_intrekken")
    case = client.move(number, "verwijzing_intrekken", reden="Het gezin kiest zelf hulp.")
    assert (case["state"], case["verwijzingen"][0]["status"]) == ("vervolg_te_bepalen", "withdrawn")
    assert (
        term(case, "vervolgbesluit")["status"] == "lopend"
        and term(case, "voortgangscontrole")["status"] == "vervallen"
    )


def test_the_letter_of_a_referral_that_was_accepted_is_not_kept_back_how_it_got_there_is_recorded(
    client,
):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    client.move(number, "verwijzing_geaccepteerd")
    assert codes(withhold(client, number, "verwijzing_instelling", 422)) == ["aangenomen"]
    client.send_kind(number, "verwijzing_instelling", "telefonisch")
    assert of_kind(client, number, "verwijzing_instelling")[0]["state"] == "sent"


@pytest.mark.parametrize("move", ["verwijzing_geweigerd", "verwijzing_intrekken"])
def test_a_referral_that_is_over_before_its_letter_went_leaves_no_letter_to_send(client, move):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    client.move(number, move, reden="vol")
    assert [n["state"] for n in of_kind(client, number, "verwijzing_instelling")] == ["void"]
    client.move(number, "verwijzen", instelling="Wijkteam Vlaardingen")
    assert [n["state"] for n in of_kind(client, number, "verwijzing_instelling")] == [
        "void",
        "draft",
    ]
    assert [v["status"] for v in client.case(number)["verwijzingen"]] == [
        "refused" if "geweigerd" in move else "withdrawn",
        "open",
    ]


@pytest.mark.parametrize("move", ["verwijzing_geweigerd", "verwijzing_intrekken"])
def test_a_check_does_not_make_help_begin_on_a_referral_that_did_not_go_through(client, move):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    client.send_kind(number, "verwijzing_instelling")
    client.move(number, move, reden="vol")
    told = {"gevraagd_aan": "instelling", "passend": "nee", "nu_veilig": "onbekend"}
    client.clock("2026-05-06T10:00")
    wrong = client.move(number, "voortgangscontrole", expect=422, **told, hulp_gestart="2026-02-20")
    assert "controle_loopt" in codes(wrong), "refused or taken back, no check of it runs at all"
    status = "refused" if "geweigerd" in move else "withdrawn"
    assert [(v["status"], v["hulp_gestart"]) for v in client.case(number)["verwijzingen"]] == [
        (status, None)
    ]


def test_help_that_began_is_not_taken_back(client):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    client.move(number, "hulp_gestart_vastleggen")
    assert codes(client.move(number, "verwijzing_intrekken", expect=422, reden="toch niet")) == [
        "al_gestart"
    ]


def test_the_rvdk_does_not_answer_a_request_that_was_decided_not_to_go(client):
    number = concluded(client)
    client.move(
        number,
        "melden_rvdk",
        spoed=False,
        motivering="Vrijwillige hulp is niet genoeg.",
        gezaghebbenden_geinformeerd="ja",
    )
    withhold(client, number, "verzoek_rvdk")
    assert "verzoek_weg" in codes(client.move(number, "antwoord_rvdk", expect=422, onderzoekt=True))
    client.move(number, "antwoord_rvdk_opgeven", reden="Het verzoek ging niet.")
    assert term(client.case(number), "antwoord_rvdk")["status"] == "vervallen"


def test_each_letter_to_an_institution_speaks_of_its_own_referral(client):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    send_owed(client, number)
    client.clock("2026-02-24T10:00")
    client.move(number, "verwijzing_geweigerd", reden="vol")
    client.move(number, "verwijzen", instelling="Wijkteam Vlaardingen")
    (refused,) = of_kind(client, number, "weigering_instelling")
    assert (
        "Wijkteam Schiedam" in refused["html"]
        and "onze verwijzing van vr 20 februari 2026" in refused["html"]
    )
    first, second = of_kind(client, number, "verwijzing_instelling")
    assert (
        "Wij verwezen op vr 20 februari 2026" in first["html"]
        and "Wij verwezen op di 24 februari 2026" in second["html"]
    )


def asked_days(html):
    """The days a letter asks something for."""
    found = re.findall(
        r"(?:uiterlijk|Op) (?:ma|di|wo|do|vr|za|zo) (\d{1,2}) (\w+) (\d{4})(?: laten| weten|</h|"
        r" vragen)",
        html,
    )
    return [f"{year}-{MONTHS.index(month) + 1:02}-{int(day):02}" for day, month, year in found]


def test_no_letter_asks_anybody_for_a_day_that_has_passed(client):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    kinds, asked = ("verwijzing_instelling", "controlevraag_instelling"), 0
    for day in ("2026-02-20", "2026-03-06", "2026-05-06", "2026-06-30"):
        client.clock(f"{day}T18:00")
        for n in [n for kind in kinds for n in of_kind(client, number, kind)]:
            days = asked_days(n["html"])
            asked += len(days)
            assert all(d >= day for d in days), (n["kind"], day, days)
            assert days or "zo snel mogelijk" in n["html"]
    assert asked >= 4


@pytest.mark.parametrize(
    ("sent", "put_off", "says"),
    [
        ("2026-02-20", None, ""),
        ("2026-03-20", None, "Dat had eerder gemoeten"),
        ("2026-03-20", "2026-03-15", "Dat mag als het nodig is"),
    ],
)
def test_somebody_who_hears_late_reads_that_it_is_late_and_whether_that_was_decided(
    client, sent, put_off, says
):
    number = client.post("/cases", MELDING)["number"]
    n = of_kind(client, number, "informeren_betrokkene")[0]
    if put_off:
        body = {
            "version": n["version"],
            "reason": "Eerst veilig.",
            "ground": "Wmo 2015 art. 5.3.1 lid 2",
            "new_date": put_off,
        }
        client.post(f"/notices/{n['id']}/withhold", body)
    client.clock(f"{sent}T10:00")
    html = client.get(f"/notices/{n['id']}")["html"]
    assert ("later dan vier weken" in html) == bool(says) and says in html


def test_a_closed_case_and_an_answered_question_leave_no_letter_lying_ready_that_nobody_waits_for(
    client,
):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    client.move(number, "verwijzing_geaccepteerd")
    send_owed(client, number)
    client.clock("2026-05-06T09:00")
    assert [n["state"] for n in of_kind(client, number, "controlevraag_instelling")] == ["draft"]
    client.move(
        number, "voortgangscontrole", hulp_gestart="2026-03-02", passend="ja", nu_veilig="ja"
    )
    assert [n["state"] for n in of_kind(client, number, "controlevraag_instelling")] == ["void"]
    client.move(number, "afsluiten")
    assert {n["state"] for n in client.case(number)["notices"] if not n["obligatory"]} <= {
        "sent",
        "void",
    }


def test_a_melder_reads_each_step_the_procedure_has_words_for(office, client):
    flow = office.pack.of_route("melding")
    number = client.post(
        "/cases",
        {**MELDING, "melder": {"naam": "Gerda Zonneveld", "geheim": False, "toestemming": True}},
    )["number"]
    client.move(number, "acuut_vaststellen", bevindingen="Vader was dronken.")
    client.move(number, "gezien", gezien_door="de politie")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    made = {e["kind"] for e in client.get(f"/cases/{number}/journal")["items"]}
    words = [flow.moves[name].plain for name in made & set(flow.moves) if flow.moves[name].plain]
    html = of_kind(client, number, "afloop_melder")[0]["html"]
    assert len(words) == 3 and all(w in html for w in words)


def test_what_a_closed_door_says_is_so_whatever_came_before(office):
    """A term that does not run may have run before.

    Its sentence says nothing of what was never done.
    """
    for flow in office.pack.workflows.values():
        for need in {
            n for m in flow.moves.values() for n in m.needs if n.kind in ("running", "not_withheld")
        }:
            assert not re.search(r"\bnog niet\b|\bnooit\b|is geen .* vastgesteld", need.text), (
                need.text
            )


@pytest.mark.parametrize(
    ("kind", "day", "old"),
    [
        ("verwijzing_instelling", "2026-02-23", False),
        ("verwijzing_instelling", "2026-03-20", True),
        ("informeren_betrokkene", "2026-02-27", False),
        ("informeren_betrokkene", "2026-03-20", True),
    ],
)
def test_a_letter_that_lay_too_long_says_so_and_is_not_printed_until_it_is_read_again(
    client, kind, day, old
):
    """Approved in time and left lying: what it says of days is no longer so.

    What did go, as it was, can be recorded.
    """
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    n = of_kind(client, number, kind)[0]
    version = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})["version"]
    client.clock(f"{day}T10:00")
    assert bool(client.get(f"/notices/{n['id']}")["stale"]) == old
    told = client.post(
        f"/notices/{n['id']}/queue", {"version": version, "way": "print"}, 422 if old else 200
    )
    if not old:
        return
    assert codes(told) == ["verlopen"]
    sent = {"version": version, "date": day, "way": "post", "reference": "oefening"}
    version = client.post(f"/notices/{n['id']}/reopen", {"version": version})["version"]
    version = client.post(f"/notices/{n['id']}/approve", {"version": version})["version"]
    assert client.get(f"/notices/{n['id']}")["stale"] is None
    assert client.post(f"/notices/{n['id']}/send", sent | {"version": version})["state"] == "sent"


def test_a_letter_that_grew_old_in_the_print_tray_is_no_part_of_the_pile_and_says_why(client):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    n = of_kind(client, number, "verwijzing_instelling")[0]
    version = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})["version"]
    client.post(f"/notices/{n['id']}/queue", {"version": version, "way": "print"})
    client.clock("2026-03-20T10:00")
    assert client.post("/outbox/piles")["pile"] is None
    (dead,) = client.get("/outbox")["dead"]
    assert (dead["notice"], client.get("/outbox")["tray"]) == (
        n["id"],
        [],
    ) and "niet meer klopt" in dead["why"]
    version = client.post(
        f"/notices/{n['id']}/reopen", {"version": client.get(f"/notices/{n['id']}")["version"]}
    )["version"]
    version = client.post(f"/notices/{n['id']}/approve", {"version": version})["version"]
    client.post(f"/notices/{n['id']}/queue", {"version": version, "way": "print"})
    assert client.post("/outbox/piles")["pile"]


def test_a_letter_names_whose_case_it_is_and_is_signed_by_who_approved_it(client, office):
    number = client.post("/cases", MELDING)["number"]
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    key = of_kind(client, number, "informeren_betrokkene")[0]["id"]
    for name in ("Tom", "Carla"):
        told = Client(office, name).get(f"/notices/{key}")["html"]
        assert "Bel Anna:" in told and f"<br>{name} (SKJ" in told, name


@pytest.mark.parametrize(
    ("born", "told"),
    [
        ("1978", "geboortejaar"),
        ("1978-05", "geboortemaand en -jaar"),
        ("1978-05-02", "geboortedatum"),
    ],
)
def test_a_notice_names_the_data_that_are_held_and_no_more(sqlite_client, born, told):
    number = sqlite_client.post(
        "/cases", {**MELDING, "betrokkenen": [FAMILY[0] | {"geboren": born}]}
    )["number"]
    html = of_kind(sqlite_client, number, "informeren_betrokkene")[0]["html"]
    assert {
        w
        for w in ("geboortejaar", "geboortemaand en -jaar", "geboortedatum")
        if f"<li>{w}</li>" in html
    } == {told}


@pytest.mark.parametrize(
    ("day", "status"), [("2026-02-10", "gehaald"), ("2026-03-20", "te_laat_gehaald")]
)
def test_a_case_that_waited_and_was_taken_further_was_looked_at_in_time_or_too_late(
    client, day, status
):
    number = client.post("/cases", MELDING)["number"]
    client.clock(f"{day}T10:00")
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    waited = term(client.case(number), "wachtcontrole")
    assert (waited["status"], waited["late"], waited["why"]) == (status, status != "gehaald", None)


def test_a_case_that_is_closed_in_time_says_so_of_its_term(client):
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(number, "afzien_van_onderzoek", motivering="Niet nodig.")
    send_owed(client, number)
    client.move(number, "afsluiten")
    closing = term(client.case(number), "afsluiten")
    assert (closing["status"], closing["late"]) == ("gehaald", False)


def test_of_two_people_with_one_name_each_letter_and_line_says_which(client):
    twins = [FAMILY[0], FAMILY[1], FAMILY[1] | {"geboren": "2009-01-02"}]
    number = client.post("/cases", {**MELDING, "betrokkenen": twins})["number"]
    names = {n["person"] for n in client.case(number)["notices"] if n["person"]}
    assert names == {"Vera Bakker", "Roan Bakker (2016-04-04)", "Roan Bakker (2009-01-02)"}
    send_owed(client, number)
    lines = [
        e["whose"]
        for e in client.get(f"/cases/{number}/journal")["items"]
        if e["kind"] == "bericht" and "Informatie" in e["what"]
    ]
    assert set(lines) == names


def test_no_sentence_turns_an_abbreviation_into_a_word(office):
    for flow in office.pack.workflows.values():
        for title in [n.title for n in flow.notices.values()] + [
            m.done for m in flow.moves.values()
        ]:
            kept = [
                w
                for w in re.findall(r"\b[A-Za-z]*[A-Z]{2,}[A-Za-z]*\b", title)
                if w not in lower_first(title)
            ]
            assert not kept, title


def test_what_lies_ready_and_need_not_go_is_on_the_page(client):
    number = concluded(client)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    client.move(number, "verwijzing_geaccepteerd")
    client.http.post("/login", data={"name": "Tom", "password": "oefenen-oefenen"})
    page = client.http.get(f"/zaak/{number}").text
    assert (
        "Ligt klaar, hoeft niet (1)" in page
        and "Bevestiging van de aangenomen verwijzing" in page.split("Ligt klaar")[1][:400]
    )
