"""Somebody is in danger now.

The four hours run from the call, and end only when somebody has seen them or says why it is not
acute.
"""

import io
import json

import pytest
from support.cast import Client, hire, reader, send_owed, term

from amhk.desk.cases import join, reading
from amhk.desk.house import readiness
from amhk.desk.intake import import_staging, imports, triage

MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T08:30",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "z",
    "acuut": True,
    "melder": {"naam": "School"},
    "betrokkenen": [{"naam": "Kind", "geboren": "2019", "rollen": ["kind"]}],
}
ENDS = ("crisisdienst_ter_plaatse", "gezien", "niet_acuut")


@pytest.fixture
def client(sqlite_client):
    return sqlite_client


def test_yes_at_the_call_starts_the_four_hours_from_its_receipt(client):
    number = client.post("/cases", MELDING)["number"]
    assert term(client.case(number), "crisis")["due"] == "2026-02-02T12:30:00+01:00"
    case = client.move(number, "acuut_vaststellen")
    assert [t["name"] for t in case["terms"]].count("crisis") == 1, (
        "establishing it starts no second clock"
    )
    calm = client.post("/cases", MELDING | {"acuut": False})["number"]
    assert "crisis" not in [t["name"] for t in client.case(calm)["terms"]]
    assert (
        term(client.move(calm, "acuut_vaststellen"), "crisis")["due"] == "2026-02-02T13:00:00+01:00"
    )


def test_only_who_saw_them_or_a_reason_ends_it(client, pack):
    """Every step that can be made while the clock runs leaves it running, but for these three."""
    flow = pack.of_route("melding")
    ending = {
        m.name
        for m in flow.moves.values()
        if "crisis" in {*m.meets, *m.voids}
        or any("crisis" in {*e.meets, *e.voids} for e in m.edges)
    }
    assert ending == set(ENDS)
    number = client.post("/cases", MELDING)["number"]
    client.move(number, "acuut_vaststellen", bevindingen="Letsel.")
    client.move(number, "melden_rvdk", spoed=True, motivering="m", gezaghebbenden_geinformeerd="ja")
    client.move(number, "melden_politie", motivering="m")
    send_owed(client, number)
    assert term(client.case(number), "crisis")["status"] == "lopend", (
        "a report to others does not end it"
    )
    assert "geen_crisis" in [e["code"] for e in client.move(number, "afsluiten", 422)["errors"]]
    client.move(number, "niet_acuut", 422)
    client.move(number, "gezien", gezien_door="De politie")
    assert term(client.case(number), "crisis")["status"] == "gehaald"


def test_what_was_done_stands_beside_the_clock_with_its_time(client, sqlite_office):
    number = client.post("/cases", MELDING)["number"]
    piet = reader(sqlite_office, "Piet")
    assert reading.case_page(sqlite_office, number, piet)["acute"]["done"] == []
    client.move(number, "crisisdienst_inschakelen", op="2026-02-02T08:45")
    for told in (
        reading.case_page(sqlite_office, number, piet)["acute"],
        reading.acute_view(sqlite_office, number, piet),
    ):
        assert told["done"] == [
            {"title": "Crisisdienst ingeschakeld", "at": "2026-02-02T08:45:00+01:00"}
        ]
        assert {b["name"]: b["again"] for b in told["buttons"]}["crisisdienst_inschakelen"] is True


@pytest.mark.parametrize("state", ["binnengekomen", "beoordeeld", "in_onderzoek"])
def test_danger_can_be_recorded_and_answered_in_every_state(client, state):
    number = client.post("/cases", MELDING | {"acuut": False})["number"]
    for name, body in (("veiligheidsbeoordeling", {"uitkomst": "x"}), ("onderzoek_besluiten", {})):
        if client.case(number)["state"] != state:
            client.move(number, name, **body)
    client.move(number, "acuut_vaststellen")
    client.move(number, "crisisdienst_inschakelen")
    client.move(number, "crisisdienst_ter_plaatse")
    client.move(number, "acuut_vaststellen")  # and again
    case = client.move(number, "niet_acuut", motivering="De politie is erbij; zij zijn bij oma.")
    assert [t["status"] for t in case["terms"] if t["name"] == "crisis"] == ["gehaald", "vervallen"]
    assert case["acuut"] is False


def test_who_is_in_danger_goes_along_when_a_melding_joins_another(client):
    first = client.post("/cases", MELDING | {"acuut": False})["number"]
    client.move(first, "veiligheidsbeoordeling", uitkomst="x")
    second = client.post("/cases", MELDING)["number"]
    client.move(second, "vervolgmelding", bij=first)
    assert term(client.case(first), "crisis")["due"] == "2026-02-02T12:30:00+01:00"
    client.post(f"/cases/{second}/split", {"reden": "Toch een ander gezin."}, (200, 201, 404))
    client.move(first, "acuut_vaststellen", (200, 422))
    assert term(client.case(first), "crisis")["status"] == "lopend"


def test_an_acute_form_is_none_of_ours_only_with_a_reason_and_all_comes_back_with_it_taken_back(
    client, sqlite_office
):
    tom = reader(sqlite_office, "Tom")
    told = {k: v for k, v in MELDING.items() if k != "route"} | {
        "id": "F-1",
        "kanaal": "zorgformulier politie",
        "hoedanigheid": "01",
    }
    key = import_staging.stage(
        sqlite_office,
        io.BytesIO(json.dumps({"formulieren": [told]}).encode()),
        "x",
        "formulier/1",
        tom,
    )
    imports.accept(sqlite_office, key, tom)
    imports.take_all(sqlite_office, key)
    item = triage.worklist(sqlite_office, tom)["items"][0]
    path = f"/forms/{item['form']}/triage"
    with pytest.raises(Exception, match="waarom het niet acuut is"):
        triage.decide(sqlite_office, item["form"], {"outcome": "geen_hgkm"}, tom)
    number = triage.decide(
        sqlite_office,
        item["form"],
        {"outcome": "geen_hgkm", "niet_acuut": "Verkeerd ingevuld."},
        tom,
    )
    assert client.case(number)["closed"] and path
    triage.undo(sqlite_office, item["form"], tom)
    case = client.case(number)
    assert term(case, "crisis")["status"] == "lopend" and case["acuut"] is True and join


def test_a_real_meldpunt_without_the_number_of_its_crisisdienst_is_not_ready(sqlite_office):
    assert any("crisis_phone" in text for text in readiness.faults(sqlite_office))


def test_a_decision_names_somebody_registered(client, sqlite_office, pack):
    anna = Client(sqlite_office, "Anna")
    number = client.post("/cases", MELDING | {"acuut": False})["number"]
    move = next(m for m in anna.case(number)["moves"] if m["name"] == "veiligheidsbeoordeling")
    assert "beslisser" in move["input"]["required"] and set(
        move["input"]["properties"]["beslisser"]["enum"]
    ) == {"Carla", "Vera", "Tom"}
    wrong = anna.move(number, "veiligheidsbeoordeling", 422, uitkomst="x")["errors"]
    assert [(e["code"], e["field"]) for e in wrong] == [("ontbreekt", "beslisser")]
    assert (
        anna.move(number, "veiligheidsbeoordeling", 422, uitkomst="x", beslisser="Bram")["errors"][
            0
        ]["field"]
        == "beslisser"
    )
    anna.move(number, "veiligheidsbeoordeling", uitkomst="x", beslisser="Carla")
    line = next(
        e
        for e in anna.get(f"/cases/{number}/journal")["items"]
        if e["kind"] == "veiligheidsbeoordeling"
    )
    assert "besloten door Carla, SKJ 100000001" in line["what"]
    client.move(number, "onderzoek_besluiten")  # who is registered decides himself
    decisions = {m.name for m in pack.of_route("melding").moves.values() if m.registered}
    assert {m.name for m in pack.of_route("melding").moves.values() if m.finish} <= decisions


def test_without_anybody_registered_the_door_is_closed_and_says_so(sqlite_office):
    hire(sqlite_office, "Anna", "Bram")
    anna = Client(sqlite_office, "Anna")
    anna.clock("2026-02-02T09:00")
    number = anna.post("/cases", MELDING | {"acuut": False})["number"]
    move = next(m for m in anna.case(number)["moves"] if m["name"] == "veiligheidsbeoordeling")
    assert not move["allowed"] and [w["code"] for w in move["why_not"]] == ["geen_geregistreerde"]
    assert "4.1.3" in move["why_not"][0]["text"]
    anna.move(number, "acuut_vaststellen")  # danger waits for nobody's registration


def test_a_check_of_which_nobody_can_judge_is_followed_up(client):
    number = client.post("/cases", MELDING | {"acuut": False})["number"]
    for name, body in (
        ("veiligheidsbeoordeling", {"uitkomst": "x"}),
        ("onderzoek_besluiten", {}),
        ("onderzoek_afronden", {"uitkomst": ["06"], "conclusie": "c"}),
        ("verwijzen", {"instelling": "Wijkteam Schiedam"}),
    ):
        client.move(number, name, **body)
    client.clock("2026-05-04T09:00")
    case = client.move(
        number, "voortgangscontrole", passend="onbekend", nu_veilig="onbekend", hulp_gestart=""
    )
    assert (
        case["state"] == "vervolg_te_bepalen" and term(case, "vervolgbesluit")["status"] == "lopend"
    )
    assert [v["status"] for v in case["verwijzingen"]] == ["lapsed"]
    assert "vervolg_besloten" in [
        e["code"] for e in client.move(number, "afsluiten", 422)["errors"]
    ]
    for move in ("melden_politie", "melden_rvdk", "verwijzen"):
        extra = {
            "melden_rvdk": {"spoed": False, "gezaghebbenden_geinformeerd": "ja"},
            "verwijzen": {"instelling": "Wijkteam Schiedam"},
        }.get(move, {})
        wrong = client.move(number, move, 422, motivering="", **extra)["errors"]
        assert ("ontbreekt", "motivering") in [(e["code"], e["field"]) for e in wrong], move
