"""The radar and the forms on screen and over the API.

Every door holds, odd input gets one sentence, what was typed stays.
"""

import json

import pytest
from conftest import ROOT
from support.cast import Client, hire
from support.families import EL_AMRANI, VISSER, melding


@pytest.fixture
def client(sqlite_office):
    hire(sqlite_office)
    client = Client(sqlite_office)
    client.clock("2026-02-02T09:00")
    client.http.post("/login", data={"name": "Tom", "password": "oefenen-oefenen"})
    return client


def csrf(client, path):
    return client.http.get(path).text.split('name="_csrf" value="')[1].split('"')[0]


def upload(client, path, content, name="x.csv", **fields):
    token = csrf(client, path)
    return client.http.post(
        path,
        data={"_csrf": token, **fields},
        files={"bestand": (name, content)},
        follow_redirects=True,
    )


def bring(client, told):
    answer = client.http.post(
        "/api/v1/imports?name=ochtend",
        content=json.dumps({"formulieren": told}),
        headers=client.headers,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def form(n, **other):
    body = melding(VISSER, id=f"PF-{n}", ontvangen="2026-02-02T06:00")
    return {k: v for k, v in body.items() if k != "route"} | other


def test_forms_go_from_file_to_triage_over_the_api(client):
    told = bring(client, [form(1), form(2, gemeente="Nergens")])
    assert (told["state"], told["ready"], told["repair"]) == ("preview", 1, 1)
    client.ask("POST", f"/imports/{told['id']}/accept", {}, 202)
    assert client.get(f"/imports/{told['id']}")["taken"] == 1
    wrong = client.get(f"/imports/{told['id']}")["forms"][0]
    assert "errors" in client.post(f"/forms/{wrong['id']}", wrong["told"], 422)
    number = client.post(f"/forms/{wrong['id']}", wrong["told"] | {"gemeente": "Schiedam"})[
        "number"
    ]
    listed = client.get("/triage")
    assert (listed["count"], {i["number"] for i in listed["items"]}) == (
        2,
        {number, "M-2026-000001"},
    )
    item = listed["items"][0]
    client.post(f"/triage/{item['form']}", {"outcome": "geen_hgkm"})
    assert client.get("/triage")["last"]["number"] == item["number"]
    client.post(f"/triage/{item['form']}/undo")
    assert client.get("/triage")["count"] == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": 7},
        {"outcome": "hoort_bij", "bij": {"a": 1}},
        {"outcome": "hoort_bij", "ref": "x" * 99},
        [],
        "x",
        None,
        {"outcome": "hoort_bij", "bij": "\ud800"},
    ],
)
def test_odd_answers_to_a_form_are_refused_and_change_nothing(client, body):
    told = bring(client, [form(1)])
    client.ask("POST", f"/imports/{told['id']}/accept", {}, 202)
    item = client.get("/triage")["items"][0]
    client.ask("POST", f"/triage/{item['form']}", body, (404, 422))
    assert client.get("/triage")["count"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/earlier", {"betrokkenen": "x"}),
        ("POST", "/earlier", {"betrokkenen": [1, None, {"naam": 7, "geboren": [], "rollen": "x"}]}),
        ("POST", "/earlier", []),
        (
            "POST",
            "/earlier",
            {"betrokkenen": {"0": {"naam": "a\u0000b", "geboren": "31-2-2020", "bsn": 9}}},
        ),
        ("POST", "/earlier", {"route": "melding"}),
        (
            "POST",
            "/earlier",
            {
                "betrokkenen": [
                    {"naam": "-"},
                    {"naam": "'"},
                    {"naam": "van"},
                    {"naam": "\ud800"},
                    {"geboren": "0000-00-00"},
                ]
            },
        ),
    ],
)
def test_whatever_is_typed_of_people_is_looked_up_without_a_fault(client, method, path, body):
    assert client.ask(method, path, body, 200).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/imports/99999999999999999999"),
        ("GET", "/imports/0"),
        ("GET", "/imports/-1"),
        ("POST", "/imports/77/accept"),
        ("POST", "/forms/99999999999999999999"),
        ("POST", "/forms/1/drop"),
        ("POST", "/triage/99999999999999999999"),
        ("POST", "/triage/1/undo"),
        ("POST", "/earlier/99999999999999999999/open"),
        ("POST", "/cases/M-2026-000099/split"),
        ("POST", "/cases/x/dossier"),
        ("GET", "/cases/x/earlier"),
        ("GET", "/imports/x"),
    ],
)
def test_what_is_not_there_is_not_found(client, method, path):
    client.ask(method, path, {} if method == "POST" else None, (404, 422))


def test_a_file_on_screen_is_looked_at_repaired_and_taken(client):
    with (ROOT / "amhk/seed/formulieren/voorbeeld.csv").open("rb") as file:
        page = upload(
            client,
            "/formulieren",
            file.read().replace(b"Schiedam;", b"Skiedam;"),
            "ochtend.csv",
            indeling="formulier/1",
        )
    assert "2 klaar" in page.text
    assert "1 te herstellen" in page.text
    where = page.text.split('<a href="/formulier/')[1].split('"')[0]
    mended = client.http.get(f"/formulier/{where}")
    assert "&#39;Skiedam&#39; staat niet in de lijst" in mended.text
    assert "Joyce Pinas" in mended.text
    token = csrf(client, f"/formulier/{where}")
    again = client.http.post(
        f"/formulier/{where}", data={"_csrf": token, "zorgen": "Mijn eigen woorden."}
    )
    assert again.status_code == 422
    assert "Mijn eigen woorden." in again.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", b"", "is leeg"),
        ("x.xlsx", b"PK\x03\x04x", "beschadigd"),
        ("x.json", b"[{]", "geen geldige JSON"),
        ("x.csv", b"naam;onzin\n1;2", "kent deze kolommen niet"),
    ],
)
def test_a_broken_file_on_screen_gets_one_sentence(client, name, content, said):
    page = upload(client, "/formulieren", content, name, indeling="formulier/1")
    assert page.status_code == 422
    assert said in page.text
    assert "Er is nog niets ingelezen." in page.text


def test_a_file_needs_the_form_of_our_own_page(client):
    answer = client.http.post(
        "/formulieren",
        data={"_csrf": "x", "indeling": "formulier/1"},
        files={"bestand": ("x.csv", b"a")},
    )
    assert answer.status_code == 403


def test_twenty_seven_megabytes_are_refused_at_the_door(client):
    answer = client.http.post("/api/v1/imports", content=b"x" * 27_000_000, headers=client.headers)
    assert answer.status_code == 413


def test_who_is_known_is_shown_without_javascript_and_what_was_typed_stays(client):
    client.post("/cases", melding(EL_AMRANI))
    number = client.post("/cases", melding([]))["number"]
    token = csrf(client, f"/zaak/{number}/mensen")
    typed = {
        "_csrf": token,
        "betrokkenen.0.naam": "Samira Elamrani",
        "betrokkenen.0.geboren": "14-3-1991",
        "betrokkenen.0.adres": "Nog niet af.",
    }
    page = client.http.post(f"/zaak/{number}/mensen/eerder", data=typed)
    assert page.status_code == 200
    assert "M-2026-000001" in page.text
    assert "Nog niet af." in page.text
    part = client.http.post(
        f"/zaak/{number}/mensen/eerder", data=typed, headers={"hx-request": "true"}
    )
    assert "<html" not in part.text
    assert "zelfde geboortedatum" in part.text


def test_a_vervolgmelding_is_split_off_on_screen(client):
    first = client.post("/cases", melding(EL_AMRANI))["number"]
    second = client.post("/cases", melding(EL_AMRANI[:1]))["number"]
    client.move(second, "vervolgmelding", bij=first)
    token = csrf(client, f"/zaak/{second}/verwant")
    empty = client.http.post(
        f"/zaak/{second}/losmaken",
        data={"_csrf": token, "version": str(client.case(second)["version"])},
    )
    assert empty.status_code == 422
    done = client.http.post(
        f"/zaak/{second}/losmaken",
        data={
            "_csrf": token,
            "version": str(client.case(second)["version"]),
            "reden": "Ander gezin.",
        },
        follow_redirects=True,
    )
    assert "Losgemaakt." in done.text
    assert client.case(second)["closed"] is False


def test_names_from_a_file_are_text_on_every_page(client):
    evil = "<script>alert(1)</script>"
    told = bring(
        client,
        [
            form(1, zorgen="=1+1", betrokkenen=[{"naam": "O'Brien & Zn"}]),
            form(2, gemeente=evil, betrokkenen=[{"naam": evil}]),
        ],
    )
    client.ask("POST", f"/imports/{told['id']}/accept", {}, 202)
    for path in ("/formulieren", f"/formulieren/{told['id']}", "/triage"):
        assert "<script>alert" not in client.http.get(path).text, path
