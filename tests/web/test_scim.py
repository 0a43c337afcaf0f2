"""Who works here, as the directory of the organisation keeps it (SCIM 2.0)."""

import json
from contextlib import closing

import pytest
from conftest import make_folder
from support.cast import hire, reader
from support.families import melding
from support.http import Http

from amhk.config import read_config
from amhk.desk.cases import assignment, reading
from amhk.desk.intake import calls
from amhk.desk.staff import rights, workers
from amhk.errors import HouseClosed
from amhk.office import open_office
from amhk.store import reads, writes
from amhk.web.app import create_app

TOKEN = "een token van de organisatie, lang genoeg"
NORA = {"userName": "N.Bakker", "displayName": "Nora Bakker", "active": True, "externalId": "42"}


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setenv("AMHK_SCIM_TOKEN", TOKEN)
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    with closing(open_office(path, proof=False)) as office:
        yield office


def ask(office, method, path, body=None, token=TOKEN, expect=200):
    heads = {"authorization": f"Bearer {token}", "content-type": "application/scim+json"}
    content = None if body is None else json.dumps(body)
    answer = Http(create_app(office)).request(
        method, f"/scim/v2{path}", content=content, headers=heads
    )
    assert answer.status_code == expect, answer.text
    return answer.json() if answer.content else None


def worker(office, name="Nora Bakker"):
    with office.store.read() as connection:
        return reads.worker_by(connection, name=name)


def test_who_comes_works_here_reads_figures_only_and_has_no_password(house):
    told = ask(house, "POST", "/Users", NORA, expect=201)
    assert told["userName"] == "n.bakker" and told["meta"]["location"].endswith(told["id"])
    nora = worker(house)
    assert (nora["role"], nora["active"], nora["external"]) == ("rapportage", True, "42")
    assert Http(create_app(house)).sign_in("Nora Bakker", "-").status_code == 401
    with house.store.read() as connection:
        lines = rights.lately(connection, house.now(connection), reader(house, "Mia"))
    assert (lines[0]["what"], lines[0]["by"]) == (
        "Medewerker Nora Bakker toegevoegd als rapportage.",
        "de organisatie",
    )


@pytest.mark.parametrize("how", ["patch", "words", "put", "delete"])
def test_who_leaves_there_is_out_here_at_once_and_his_cases_fall_to_the_team(house, how):
    key = ask(house, "POST", "/Users", NORA, expect=201)["id"]
    workers.set_role(house, "Nora Bakker", "medewerker")
    number = calls.take_call(house, melding(), reader(house, "Tom"))
    told = {"owner": "Nora Bakker", "reason": "verdeling"}
    assignment.assign(house, number, told, reader(house, "Tom"))
    token = workers.make_token(house, "Nora Bakker")
    off = {"op": "replace", "path": "active", "value": False}
    if how == "words":  # as Entra ID writes it
        off = {"op": "Replace", "value": {"active": "False"}}
    if how in ("patch", "words"):
        assert ask(house, "PATCH", f"/Users/{key}", {"Operations": [off]})["active"] is False
    elif how == "put":
        ask(house, "PUT", f"/Users/{key}", {**NORA, "active": False})
    else:
        ask(house, "DELETE", f"/Users/{key}", expect=204)
        ask(house, "GET", f"/Users/{key}", expect=404)
    assert not worker(house)["active"]
    view = reading.case_view(house, number, reader(house, "Tom"))
    assert view["owner"] is None and "Nora Bakker" in str(view) + number
    heads = {"authorization": f"Bearer {token}"}
    assert Http(create_app(house)).get("/api/v1/cases", headers=heads).status_code == 401


def test_who_comes_back_works_here_again_and_a_new_name_is_his(house):
    key = ask(house, "POST", "/Users", {**NORA, "active": False}, expect=201)["id"]
    told = ask(house, "PUT", f"/Users/{key}", {**NORA, "displayName": "Nora de Vries"})
    assert told["active"] and worker(house, "Nora de Vries")["active"]
    assert worker(house) is None


def test_it_keeps_those_it_binds_and_sees_nobody_else(house):
    assert ask(house, "GET", "/Users")["totalResults"] == 0
    tom = worker(house, "Tom")["id"]
    for method in ("GET", "PUT", "DELETE"):
        ask(house, method, f"/Users/{tom}", NORA if method == "PUT" else None, expect=404)
    assert worker(house, "Tom")["active"]
    told = ask(house, "POST", "/Users", {**NORA, "displayName": "Tom"}, expect=409)
    assert told["scimType"] == "uniqueness"


def test_it_is_found_by_a_filter_in_whatever_capitals_and_other_filters_are_refused(house):
    ask(house, "POST", "/Users", NORA, expect=201)
    for asked, found in (
        ('userName eq "N.BAKKER"', 1),
        ('externalId eq "42"', 1),
        ('userName eq "iemand"', 0),
    ):
        told = ask(house, "GET", f"/Users?filter={asked}")
        assert told["totalResults"] == found, asked
    assert ask(house, "GET", "/Users?filter=active eq true")["totalResults"] == 1
    assert ask(house, "GET", '/Users?filter=externalId eq "None"')["totalResults"] == 0
    for asked in (
        'userName co "n"',
        "rommel",
        'userName eq "a" or id eq "1"',
        'iets eq ""',
        'userName eq "\\q"',
        'userName eq "%09"',
    ):
        assert ask(house, "GET", f"/Users?filter={asked}", expect=400)["status"] == "400"


def test_another_login_name_is_no_longer_his_who_bore_it_and_every_manager_reads_it(house):
    key = ask(house, "POST", "/Users", NORA, expect=201)["id"]
    with house.store.write() as connection:
        writes.change(connection, reads.WORKER, [int(key)], {"subject": "https://x nora"})
    ask(house, "PUT", f"/Users/{key}", {**NORA, "userName": "n.de.vries"})
    nora = worker(house)
    assert (nora["login"], nora["subject"]) == ("n.de.vries", None)
    with house.store.read() as connection:
        lines = rights.lately(connection, house.now(connection), reader(house, "Mia"))
    assert "n.de.vries" in lines[0]["what"]


def test_who_was_deleted_there_can_be_added_again_and_is_another(house):
    key = ask(house, "POST", "/Users", NORA, expect=201)["id"]
    ask(house, "DELETE", f"/Users/{key}", expect=204)
    again = ask(house, "POST", "/Users", NORA, expect=201)
    assert again["id"] != key and again["displayName"] == "Nora Bakker (n.bakker)"


@pytest.mark.parametrize(
    "operations",
    [
        None,
        "rommel",
        [1],
        [{"op": "wis"}],
        [{"op": "remove"}],
        [{"op": "replace", "path": "active", "value": "misschien"}],
        [{"op": "replace", "path": "userName", "value": ["a"]}],
        [{"op": "replace", "path": "userName", "value": ""}],
        [{"op": "replace", "path": "displayName", "value": "x" * 90}],
        [{"op": "replace", "path": "externalId", "value": "\ud800"}],
        [{"op": "replace", "path": "externalId", "value": "a\x00b"}],
        [{"op": "replace", "path": "externalId", "value": "x" * 9000}],
        [
            {"op": "replace", "path": "displayName", "value": "Halverwege"},
            {"op": "replace", "path": "active", "value": []},
        ],
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_changes_nothing(house, operations):
    key = ask(house, "POST", "/Users", NORA, expect=201)["id"]
    before = dict(worker(house))
    ask(house, "PATCH", f"/Users/{key}", {"Operations": operations}, expect=400)
    assert dict(worker(house)) == before


@pytest.mark.parametrize("body", ["rommel", "[]", "[" * 50_000, '{"a": "' + "x" * 200_000 + '"}'])
def test_rubbish_is_a_refusal(house, body):
    heads = {"authorization": f"Bearer {TOKEN}"}
    answer = Http(create_app(house)).post("/scim/v2/Users", content=body, headers=heads)
    assert answer.status_code in (400, 413), answer.text


def test_without_its_token_the_door_is_closed(house):
    tom = workers.make_token(house, "Tom")
    for token in ("", "fout", tom, TOKEN + "x"):
        told = ask(house, "GET", "/Users", token=token, expect=401)
        assert told["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_where_no_directory_keeps_anybody_there_is_no_door(sqlite_office):
    hire(sqlite_office, "Tom")
    for path in ("/Users", "/Schemas", "/nergens"):
        ask(sqlite_office, "GET", path, expect=404)
    ask(sqlite_office, "GET", "/Users", token="", expect=404)


def test_a_token_that_is_soon_guessed_closes_the_house_with_a_sentence(tmp_path, monkeypatch):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    monkeypatch.setenv("AMHK_SCIM_TOKEN", "kort")
    with pytest.raises(HouseClosed, match="32 tekens of meer"):
        read_config(path)
