"""Of every child and every adult apart: safe now or not, acute or lasting, what is needed first;
said anew each time somebody looks, so that it can be compared.
"""

import json

import pytest
from support.cast import Client, reader, send_owed
from support.families import melding

from amhk.desk.casefile.open_case import open_case
from amhk.desk.cases import destroy
from amhk.rules.privacy.erasure import without
from amhk.store import reads

FAMILY = [
    {"naam": "Liam Visser", "geboren": "2020-09-25", "rollen": ["kind"]},
    {"naam": "Wes Visser", "geboren": "1990", "rollen": ["ouder"], "gezag": True},
]


@pytest.fixture
def family(client):
    client.clock("2026-02-02T09:00")
    return client.post("/cases", melding(FAMILY))["number"]


def judged(client, number):
    """Of each person what was said each time, the latest first."""
    return {
        one["naam"]: [(j["safe"], [s["text"] for s in j["said"]]) for j in one["judgements"]]
        for one in client.case(number)["safety"]
    }


def row(client, number, who, safe, **more):
    key = next(p["id"] for p in client.case(number)["people"] if p["naam"] == who)
    return {"persoon": key, "nu_veilig": safe, **more}


def test_what_is_judged_of_each_is_read_back_and_compared(client, family):
    assert client.case(family)["safety"] == []
    first = [
        row(client, family, "Liam Visser", "nee", ernst="acuut", eerst_nodig="Opvang vannacht"),
        row(client, family, "Wes Visser", "onbekend"),
    ]
    client.move(family, "veiligheidsbeoordeling", uitkomst="onderzoek nodig", veiligheid=first)
    client.clock("2026-02-09T09:00")
    later = [row(client, family, "Liam Visser", "ja")]
    client.move(family, "veiligheid_vastleggen", veiligheid=later)
    assert judged(client, family) == {
        "Liam Visser": [("ja", ["Ja"]), ("nee", ["Nee", "Acuut", "Opvang vannacht"])],
        "Wes Visser": [("onbekend", ["Onbekend"])],
    }
    days = [j["op"][:10] for j in client.case(family)["safety"][0]["judgements"]]
    assert days == ["2026-02-09", "2026-02-02"]


def test_it_can_be_said_at_the_assessment_the_conclusion_and_each_check(client, family):
    moves = {m["name"]: m for m in client.case(family)["moves"]}
    flow = client.office.pack.get("meldingsroute")
    asking = {m.name for m in flow.moves.values() if any(f.safety for f in m.fields)}
    assert asking == {
        "veiligheidsbeoordeling",
        "onderzoek_afronden",
        "voortgangscontrole",
        "veiligheid_vastleggen",
    }
    asked = moves["veiligheidsbeoordeling"]["input"]["properties"]["veiligheid"]["items"]
    assert asked["required"] == ["persoon", "nu_veilig"]
    assert list(asked["properties"]["persoon"]["x-titles"].values()) == [
        "Liam Visser",
        "Wes Visser",
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"nu_veilig": "ja"}, "veiligheid.0.persoon"),
        ({"persoon": "1"}, "veiligheid.0.nu_veilig"),
        ({"persoon": "99", "nu_veilig": "ja"}, "veiligheid.0.persoon"),
        ({"persoon": "1", "nu_veilig": "soms"}, "veiligheid.0.nu_veilig"),
        ({"persoon": "1", "nu_veilig": "nee", "ernst": "erg"}, "veiligheid.0.ernst"),
    ],
)
def test_who_and_how_is_said_of_each(client, family, wrong, field):
    answer = client.move(family, "veiligheid_vastleggen", expect=422, veiligheid=[wrong])
    assert [e["field"] for e in answer["errors"]] == [field]
    assert client.case(family)["safety"] == []


def test_the_form_has_a_row_for_everybody_and_takes_those_of_whom_something_is_said(client, family):
    client.http.post(
        "/login",
        data={"name": "Tom", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    page = client.http.get(f"/zaak/{family}/stap/veiligheidsbeoordeling").text
    assert "<summary>Liam Visser</summary>" in page and "<summary>Wes Visser</summary>" in page
    token = page.partition('name="_csrf" value="')[2].partition('"')[0]
    once = page.partition('name="_once" value="')[2].partition('"')[0]
    people = [p["id"] for p in client.case(family)["people"]]
    form = {
        "_csrf": token,
        "_once": once,
        "version": str(client.version(family)),
        "uitkomst": "onderzoek nodig",
        "veiligheid.0.persoon": str(people[0]),
        "veiligheid.1.persoon": str(people[1]),
        "veiligheid.1.nu_veilig": "ja",
    }
    answer = client.http.post(f"/zaak/{family}/stap/veiligheidsbeoordeling", data=form)
    assert answer.status_code == 200, answer.text[:500]
    assert judged(client, family) == {"Liam Visser": [], "Wes Visser": [("ja", ["Ja"])]}
    page = client.http.get(f"/zaak/{family}").text
    assert "Hoe veilig is ieder" in page and "nog niet beoordeeld" in page


def test_of_whom_is_destroyed_what_was_judged_goes_and_of_others_stays(client, family):
    told = [
        row(client, family, "Liam Visser", "nee", eerst_nodig="Een slot op de deur"),
        row(client, family, "Wes Visser", "ja", eerst_nodig="Rust"),
    ]
    client.move(family, "veiligheid_vastleggen", veiligheid=told)
    liam, office = str(told[0]["persoon"]), client.office
    with office.store.read() as connection:
        line = reads.entries(connection, 1)[-1]
    left = without([], (), json.loads(line["content"]), keys={liam})
    assert [r["eerst_nodig"] for r in left["veiligheid"]] == ["Rust"]


def test_in_a_request_to_destroy_his_data_it_is_gone_from_the_journal(client, family):
    told = [row(client, family, "Liam Visser", "nee", eerst_nodig="Een slot op de deur")]
    client.move(family, "veiligheid_vastleggen", veiligheid=told)
    office = client.office
    with office.store.write() as connection:
        file = open_case(office, connection, family, reader(office, "Tom"))
        person = next(p for p in file.rows(reads.PERSON) if p["naam"] == "Liam Visser")
        destroy.of_person(file, person, (), destroy.Gone())
        file.save()
    with office.store.read() as connection:
        lines = reads.entries(connection, 1)
    assert not any("slot op de deur" in (line["content"] or "") for line in lines)
    assert all(one["naam"] != "Liam Visser" for one in client.case(family)["safety"])


def test_of_each_child_at_a_check_the_figures_hear_it(client, family):
    client.move(family, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(family, "onderzoek_besluiten")
    client.move(family, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    client.move(family, "verwijzen", instelling="Wijkteam Feijenoord")
    send_owed(client, family)
    client.clock("2026-05-04T10:00")
    told = [
        row(client, family, "Liam Visser", "nee"),
        row(client, family, "Wes Visser", "ja"),
    ]
    client.move(
        family,
        "voortgangscontrole",
        passend="ja",
        nu_veilig="nee",
        hulp_gestart="2026-03-01",
        veiligheid=told,
    )
    total = Client(client.office, "Rita").get("/reports/kwartaal?period=2026-Q2")["total"]
    assert total["kinderen_veilig"] == [0, 1], "of one child it was said, and it was not safe"


def test_where_nobody_is_recorded_there_is_nobody_to_judge(client):
    client.clock("2026-02-02T09:00")
    number = client.post("/cases", melding())["number"]
    asks = {m["name"]: m["input"] for m in client.case(number)["moves"]}
    for move in ("veiligheidsbeoordeling", "veiligheid_vastleggen"):
        assert "veiligheid" not in asks[move]["properties"]
    answer = client.move(number, "veiligheid_vastleggen", expect=422)
    assert [e["field"] for e in answer["errors"]] == ["veiligheid"]
    client.http.post(
        "/login",
        data={"name": "Tom", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    page = client.http.get(f"/zaak/{number}/stap/veiligheid_vastleggen")
    assert page.status_code == 200 and "Er is nog niemand vastgelegd." in page.text


def referred(client, number, **said):
    """A case on which something was said of how safe Liam is, and that is referred then."""
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    for safe in ("ja", "nee"):
        client.move(
            number, "veiligheid_vastleggen", veiligheid=[row(client, number, "Liam Visser", safe)]
        )
    worst = row(client, number, "Liam Visser", "nee", ernst="acuut", **said)
    client.move(number, "veiligheid_vastleggen", veiligheid=[worst])
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    told = {"spoed": False, "motivering": "Nodig.", "gezaghebbenden_geinformeerd": "ja"}
    client.move(number, "melden_rvdk", **told)
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    return {
        n["kind"]: client.get(f"/notices/{n['id']}")
        for n in client.case(number)["notices"]
        if n["state"] == "draft"
    }


def test_who_is_to_help_reads_how_safe_each_was_last_and_nobody_else_does(client, family):
    letters = referred(client, family, eerst_nodig="Een slot op de deur")
    told = (
        "Liam Visser: nu veilig: nee (acuut), gezegd op ma 2 februari 2026; eerst nodig: Een slot"
    )
    for kind in ("verwijzing_instelling", "verzoek_rvdk"):
        assert letters[kind]["html"].count("nu veilig: nee") == 1
        assert told in letters[kind]["html"]
    for kind in {*letters} - {"verwijzing_instelling", "verzoek_rvdk"}:
        assert "nu veilig" not in (letters[kind]["html"] or ""), kind


def test_a_secret_melder_in_what_is_needed_first_is_found_before_the_letter_goes(client):
    melder = {"naam": "Zwaluw Kwarteldrift", "geheim": True}
    number = client.post("/cases", melding(FAMILY, hoedanigheid="35", melder=melder))["number"]
    letters = referred(client, number, eerst_nodig="Mevrouw Kwarteldrift past op hem")
    assert letters["verwijzing_instelling"]["leaks"]
