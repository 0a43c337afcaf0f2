"""What was told at a step stands on the case, in its journal and in the API.

Generated from the workflow files, over every move and field.
"""

import json
from html import unescape

import pytest
from support.blind import Blind, fill
from support.cast import Client, send_owed

MELDER = {
    "naam": "Berta Klokkengieter",
    "bereikbaar": "06-11122233",
    "functie": "Imker",
    "organisatie": "De Honingraat",
    "geheim": True,
}
MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "acuut": False,
    "zorgen": "merk zorgen",
    "melder": MELDER,
    "aanleiding": ["08"],
    "aard": ["02"],
    "betrokkenen": [
        {
            "naam": "Liv Merk",
            "geboren": "2019",
            "rollen": ["kind"],
            "adres": "Kade 1, 3111 AA Schiedam",
        },
        {
            "naam": "Noor Merk",
            "rollen": ["moeder"],
            "gezag": True,
            "adres": "Kade 1, 3111 AA Schiedam",
        },
    ],
}
ADVIES = {
    "route": "advies",
    "kanaal": "chat",
    "hoedanigheid": "33",
    "gemeente": "Schiedam",
    "aanleiding": ["08"],
    "zorgen": "merk zorgen",
    "advies": "merk advies",
    "adviesvrager": {"naam": "Ada Vraagt", "bereikbaar": "06-22233344", "toestemming": True},
}
# What a step needs besides its own fields to be possible, and fields that only go with another
# answer.
WITH = {
    "omzetten_in_advies": {"persoonsgegevens": "bewaren", "grond": "taak"},
    "voortgangscontrole": {
        "passend": "deels",
        "nu_veilig": "onbekend",
        "hulp_gestart": "2026-02-02",
        "hulp_geeindigd": "2026-02-02",
    },
    "ondersteuning_afronden": {},
}
NOT_GOOD = (
    ("veiligheidsbeoordeling", {"uitkomst": "x"}),
    ("onderzoek_besluiten", {}),
    ("onderzoek_afronden", {"uitkomst": ["06"], "conclusie": "c"}),
    ("melden_rvdk", {"spoed": False, "motivering": "m", "gezaghebbenden_geinformeerd": "ja"}),
    ("verwijzen", {"instelling": "Wijkteam Schiedam"}),
)
LEAVE = {"version", "op", "geen_gezinsgegevens", "id"}


def told(name, schema):
    """A value for a field, marked where it is words."""
    if "enum" in schema:
        return schema["enum"][-1]
    if (
        schema.get("type") == "string"
        and "maxLength" in schema
        and "pattern" not in schema
        and "not" not in schema
    ):
        return f"merk {name.replace('_', ' ')}"
    if schema.get("type") == "array":
        item = schema["items"]
        return [told(name, item)] if item.get("type") != "integer" else [2]
    if schema.get("type") == "object":
        return {
            k: told(k, v)
            for k, v in schema["properties"].items()
            if k in schema.get("required", ()) or "maxLength" in v
        }
    return fill(schema)


def moves(pack):
    return [
        pytest.param(w.route, m.name, id=f"{w.route}-{m.name}")
        for w in pack.workflows.values()
        for m in w.moves.values()
        if m.effect not in ("correct", "join")
    ]


def pytest_generate_tests(metafunc):
    if "move" in metafunc.fixturenames:
        from conftest import ROOT

        from amhk.config import read_config
        from amhk.procedure import read_pack

        metafunc.parametrize(
            ("route", "move"), moves(read_pack(read_config(ROOT / "config.toml"))[0])
        )


@pytest.fixture
def desk(sqlite_client):
    return sqlite_client


def flat(value):
    """Every word and number in a value."""
    if isinstance(value, dict):
        return [x for v in value.values() for x in flat(v)]
    return [x for v in value for x in flat(v)] if isinstance(value, list) else [value]


def page_of(client, number):
    sign_in = client.http.post(
        "/login", data={"name": "Tom", "password": "oefenen-oefenen"}, follow_redirects=False
    )
    assert sign_in.status_code == 303
    return unescape(client.http.get(f"/zaak/{number}").text)


def led_to(desk, number, move):
    """Bring a case to where a step can be made.

    By the doors it is shown, and where there is none by way of a finish and its letters.
    """
    blind, finishes = Blind(desk), [3, 4]
    if move == "vervolg_bij_instantie":  # help that did not fit, of a family the RvdK knows
        for name, body in NOT_GOOD:
            desk.move(number, name, **body)
        desk.send_kind(number, "verwijzing_instelling")
        desk.clock("2026-06-01T09:00")
        desk.move(number, "voortgangscontrole", hulp_gestart="", passend="nee", nu_veilig="nee")
    for _ in range(60):
        case = desk.case(number)
        step = next(m for m in case["moves"] if m["name"] == move)
        if step["allowed"]:
            return case, step
        try:
            blind.push(case, step)
        except AssertionError:
            want = finishes.pop(0)
            blind.reach(
                number,
                lambda m, want=want: m["finish"] == want,
                lambda c, want=want: want in c["finishes"],
            )
            send_owed(desk, number)
    raise AssertionError((move, step["why_not"], blind.log))


def test_every_field_of_every_step_can_be_read_back(desk, route, move):
    number = desk.post("/cases", MELDING if route == "melding" else ADVIES)["number"]
    case, step = led_to(desk, number, move)
    body = {
        k: told(k, v) for k, v in step["input"]["properties"].items() if k not in LEAVE
    } | WITH.get(move, {})
    desk.post(f"/cases/{number}/moves/{move}", {"version": case["version"], **body})
    where = number
    if (
        "bij" not in body and move == "omzetten_in_melding"
    ):  # what is reported stands on the melding it became
        where = next(
            r["number"] for r in desk.case(number)["relations"] if r["kind"] == "omgezet_in"
        )
        body.pop("reden")
    case, journal, page = (
        desk.case(where),
        desk.get(f"/cases/{where}/journal")["items"],
        page_of(desk, where),
    )
    steps = [v for s in case["steps"] for v in s["values"]]
    lines = [v for e in journal for v in e["values"]]
    for name, value in body.items():
        shown = [v for v in steps if v["field"].split(".")[0] == name]
        assert shown, (name, [v["field"] for v in steps])
        if name == "melder" and all(v["value"] is None for v in shown):
            continue  # a citizen who reports stays secret: shown to who says why
        for word in flat(value):
            assert word in flat([v["value"] for v in shown]), (name, word, shown)
            assert word in flat([v["value"] for v in lines if v["field"].split(".")[0] == name]), (
                name
            )
        for v in shown:
            assert v["title"] in page and str(v["text"]) in page, (name, v)


def test_what_was_told_at_the_intake_can_be_read_back(desk):
    for body in (MELDING, ADVIES):
        number = desk.post("/cases", body)["number"]
        case, page = desk.case(number), page_of(desk, number)
        steps = {v["field"]: v for v in case["steps"][0]["values"]}
        for name, value in body.items():
            if name in ("route", "melder"):
                continue
            mine = [v["value"] for f, v in steps.items() if f.split(".")[0] == name]
            for word in flat(value):
                assert str(word)[:10] in json.dumps(mine, ensure_ascii=False) or word in flat(
                    mine
                ), (name, word, mine)
        assert "merk zorgen" in page


def test_a_secret_melder_and_a_secret_address_stand_in_no_step_until_somebody_says_why(desk):
    secret = {
        "naam": "Noor Merk",
        "rollen": ["moeder"],
        "adres": "Schuilhof 9, 3000 AA Rotterdam",
        "geheim_adres": True,
    }
    number = desk.post("/cases", {**MELDING, "betrokkenen": [secret]})["number"]
    desk.move(
        number,
        "corrigeren",
        reden="Verkeerd verstaan.",
        melder={"naam": "Berthe Klokkengieter", "bereikbaar": "06-33344455"},
    )
    everything = [
        json.dumps(desk.case(number)),
        json.dumps(desk.get(f"/cases/{number}/journal")),
        page_of(desk, number),
    ]
    for text in everything:
        for word in (
            "Klokkengieter",
            "06-11122233",
            "06-33344455",
            "Honingraat",
            "Imker",
            "Schuilhof",
        ):
            assert word not in text, word
    assert "geheim: tonen met reden" in everything[0]


def test_who_may_not_see_the_case_reads_none_of_it(desk, sqlite_office):
    desk.post("/teams", {"name": "Noord"}, expect=(201, 404, 405))
    number = desk.post("/cases", MELDING)["number"]
    desk.move(number, "veiligheidsbeoordeling", uitkomst="merk uitkomst")
    for name in ("Bea", "Rita"):
        other = Client(sqlite_office, name)
        assert "merk" not in other.ask("GET", f"/cases/{number}", expect=404).text
        assert "merk" not in other.ask("GET", f"/cases/{number}/journal", expect=404).text
