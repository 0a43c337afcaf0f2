"""A program hears only what it wants to hear: that it was done, or nothing when nothing changed."""

import json

import pytest
from support.cast import Client
from support.families import EL_AMRANI, melding
from support.http import Http

from amhk.desk.cases import moves
from amhk.web.app import create_app


def minimal(client, path, body, status=204):
    return client.ask("POST", path, body, status, headers={"prefer": "return=minimal"})


def changing(client):
    """What changes a case or a letter, each with a body that does it."""
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    case = client.case(number)
    term = next(t["id"] for t in case["terms"] if t["name"] == "informeren_betrokkene")
    letters = [n for n in case["notices"] if n["kind"] == "informeren_betrokkene"]
    first, second = (f"/notices/{n['id']}" for n in letters[:2])
    here = f"/cases/{number}"
    withheld = {"reason": "Gevaar voor het kind.", "ground": "veiligheid"}
    return number, [
        (f"{here}/moves/veiligheidsbeoordeling", {"uitkomst": "onderzoek nodig"}),
        (f"{here}/people", {"naam": "Opa Bouzid"}),
        (f"{here}/assign", {"owner": "Anna", "reason": "Zij kent het gezin."}),
        (f"{here}/terms/{term}/extend", {"days": 1, "reason": "Meer tijd nodig."}),
        (f"{first}/approve", {}),
        (f"{first}/reopen", {}),
        (f"{first}/approve", {}),
        (f"{first}/send", {"date": "2026-02-02", "way": "post", "reference": "1"}),
        (f"{second}/withhold", withheld),
    ]


def test_who_wants_only_that_it_was_done_hears_the_new_version_and_no_more(sqlite_client):
    client = sqlite_client
    client.ask("PUT", "/clock", {"now": "2026-02-02T10:00"})
    _, changes = changing(client)
    for path, body in changes:
        thing = path.split("/")[1:3]
        before = client.get(f"/{'/'.join(thing)}")
        answer = minimal(client, path, {"version": before["version"], **body})
        assert answer.content == b""
        assert answer.headers["preference-applied"] == "return=minimal"
        now = client.get(answer.headers["location"].removeprefix("/api/v1"))
        assert int(answer.headers["amhk-version"]) == now["version"] >= before["version"]
        assert now != before, path


def test_a_call_taken_says_where_it_is(sqlite_client):
    answer = minimal(sqlite_client, "/cases", melding(EL_AMRANI), 201)
    assert answer.content == b""
    number = answer.headers["location"].rsplit("/", 1)[-1]
    assert sqlite_client.case(number)["version"] == int(answer.headers["amhk-version"])


def test_a_refusal_is_told_whole_whatever_was_wished(sqlite_client):
    number = sqlite_client.post("/cases", melding(EL_AMRANI))["number"]
    path = f"/cases/{number}/moves/afsluiten"
    assert minimal(sqlite_client, path, {"version": 1}, 422).json()["errors"]
    assert minimal(sqlite_client, path, {"version": 9}, 409).json()["version"] == 1


@pytest.mark.parametrize(
    "path", ["/cases", "/intake/melding", "/intake/advies", "/workflows", "/cases/{number}"]
)
def test_what_a_program_has_already_is_not_told_again(sqlite_client, path):
    client = sqlite_client
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    path = path.format(number=number)
    client.get(path)  # the first look opens the case
    mark = client.ask("GET", path).headers["etag"]
    again = client.ask("GET", path, None, 304, headers={"if-none-match": f'"other", {mark}'})
    assert again.content == b""
    assert again.headers["etag"] == mark
    client.ask("PUT", "/clock", {"now": "2026-02-02T09:00:01"})
    if path != "/cases":  # a second later nothing else is so
        client.ask("GET", path, None, 304, headers={"if-none-match": mark})


def test_what_changed_is_told_again(sqlite_client):
    client = sqlite_client
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    marks = {p: client.ask("GET", p).headers["etag"] for p in (f"/cases/{number}", "/cases")}
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    for path, mark in marks.items():
        told = client.ask("GET", path, headers={"if-none-match": mark})
        assert json.loads(told.content)
        assert told.headers["etag"] != mark


def test_every_answer_has_its_safe_headers_whatever_became_of_the_question(
    sqlite_client, monkeypatch
):
    client = sqlite_client
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    case, token = f"/api/v1/cases/{number}", client.headers
    http = Http(create_app(client.office), raising=False)
    mark = http.get("/api/v1/workflows", headers=token).headers["etag"]
    form = {"content-type": "application/x-www-form-urlencoded"}
    asked = [
        (200, http.get(case, headers=token)),
        (304, http.get("/api/v1/workflows", headers=token | {"if-none-match": mark})),
        (401, http.get(case)),
        (404, http.get("/api/v1/cases/M-1", headers=token)),
        (404, http.get("/geen-pagina")),
        (405, http.request("DELETE", case, headers=token)),
        (411, http.post("/login", content=iter([b"name=Tom"]), headers=form)),
        (413, http.post("/api/v1/cases", content=b"x" * 1_000_001, headers=token)),
        (422, http.post("/api/v1/cases", content=b"{", headers=token)),
    ]
    monkeypatch.setattr("amhk.desk.cases.reading.case_view", lambda *_: 1 / 0)
    asked.append((500, http.get(case, headers=token)))
    for status, answer in asked:
        assert answer.status_code == status
        for name in ("content-security-policy", "x-content-type-options", "referrer-policy"):
            assert name in answer.headers, (status, name)
        assert answer.headers["cache-control"] == "no-store"


def test_what_is_done_is_told_whatever_the_program_says_it_has(sqlite_client):
    client = sqlite_client
    have = {"if-none-match": "*"}
    number = client.ask("POST", "/cases", melding(EL_AMRANI), 201, have).json()["number"]
    path = f"/cases/{number}/moves/veiligheidsbeoordeling"
    body = {"version": 1, "uitkomst": "onderzoek nodig"}
    assert client.ask("POST", path, body, 200, have).json()["version"] == 2


def test_the_version_that_is_told_is_of_what_was_done_and_not_of_what_others_did_since(
    sqlite_client, monkeypatch
):
    client = sqlite_client
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    made = moves.make_move

    def and_then_another(office, *told):
        made(office, *told)
        other = {"version": 2, "naam": "Opa Bouzid"}
        Client(office, "Carla").post(f"/cases/{number}/people", other)

    monkeypatch.setattr(moves, "make_move", and_then_another)
    body = {"version": 1, "uitkomst": "onderzoek nodig"}
    answer = minimal(client, f"/cases/{number}/moves/veiligheidsbeoordeling", body)
    assert answer.headers["amhk-version"] == "2"
    assert client.version(number) == 3


@pytest.mark.parametrize(
    "path", ["/notices/0", "/notices/abc", "/cases/M-1/moves/afsluiten?dry_run=x"]
)
def test_who_may_not_come_in_hears_that_first(sqlite_client, path):
    http = Http(create_app(sqlite_client.office))
    method = "POST" if "moves" in path else "GET"
    assert http.request(method, f"/api/v1{path}", content=b"{").status_code == 401
    big = http.request("POST", "/api/v1/cases", content=iter([b"x" * 600_000] * 3))
    assert big.status_code == 401
