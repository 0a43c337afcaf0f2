"""Every address of the app, whatever stands in it.

The right status and one sentence, and never an error of ours.
"""

import re

import pytest
from conftest import make_folder
from support.cast import Client, hire
from support.families import advies, melding
from support.http import Http

from amhk.office import open_office
from amhk.web.api import cases, letters, people
from amhk.web.api import house as doors
from amhk.web.app import create_app
from amhk.web.pages import ROOMS

ODD = (
    "99999999999999999999",
    "-1",
    "0",
    "1e9",
    "%00",
    "x" * 300,
    "٣",
    "1;drop table cases",
    "..%2f..%2fetc%2fpasswd",
)


def addresses():
    """Every route there is: its method and its path with the gaps in it."""
    programs = [
        (method, f"/api/v1{r.path}")
        for part in (cases, letters, doors, people)
        for r in part.router.routes
        for method in sorted(r.methods)
    ]
    return programs + [
        (method, r.path)
        for room in ROOMS
        for r in room.router.routes
        for method in sorted(r.methods)
    ]


def asks():
    """What each address can be asked besides: the names of its query."""
    return {
        r.path: [q.alias for q in r.dependant.query_params]
        for part in (cases, letters, doors, people, *ROOMS)
        for r in part.router.routes
        if hasattr(r, "dependant")
    }


@pytest.fixture
def house(sqlite_client, sqlite_office):
    sqlite_client.post("/cases", melding([{"naam": "Liv Visser"}]))
    http = Http(create_app(sqlite_office), raising=False)
    http.post(
        "/login",
        data={"name": "Bea", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    return http, sqlite_client, sqlite_office


@pytest.mark.parametrize("odd", ODD)
def test_whatever_stands_in_an_address_there_is_no_error_of_ours(house, odd):
    http, client, _ = house
    csrf = re.search(r'name="_csrf" value="([^"]+)"', http.get("/klok").text)[1]
    looked, queries = 0, asks()
    for method, path in addresses():
        if method == "HEAD" or ("{" not in path and not queries.get(path.removeprefix("/api/v1"))):
            continue
        filled = re.sub(r"\{[^}]+\}", odd, path)
        if names := queries.get(path.removeprefix("/api/v1")):
            filled += "?" + "&".join(f"{name}={odd}" for name in names)
        headers = client.headers if path.startswith("/api/") else {}
        body = (
            {"data": {"_csrf": csrf}}
            if method == "POST" and not headers
            else {"json": {}}
            if method != "GET"
            else {}
        )
        answer = http.request(method, filled, headers=headers, follow_redirects=False, **body)
        looked += 1
        assert answer.status_code < 500, (method, filled, answer.text[:300])
    assert looked > 80


def test_every_address_leads_to_its_own_room():
    for rooms in (ROOMS, (cases, letters, doors, people)):
        routes = [r for room in rooms for r in room.router.routes]
        for route in routes:
            filled = re.sub(r"\{[^}]+\}", "1", route.path)
            first = next(
                r for r in routes if r.methods & route.methods and r.path_regex.match(filled)
            )
            assert first is route, f"{route.methods} {route.path} is taken by {first.path}"


def test_the_head_of_a_page_is_that_of_the_page(house):
    http, client, _ = house
    looked = 0
    for method, path in addresses():
        if method != "GET" or "{" in path or path.endswith("/concept"):
            continue
        headers = client.headers if path.startswith("/api/") else {}
        whole = http.get(path, headers=headers, follow_redirects=False)
        head = http.head(path, headers=headers, follow_redirects=False)
        looked += 1
        assert (head.status_code, head.content) == (whole.status_code, b""), path
        assert head.headers.get("content-type") == whole.headers.get("content-type"), path
    assert looked > 40


def test_a_letter_that_is_queued_twenty_times_lies_there_once(house):
    _, client, _ = house
    number = client.post(
        "/cases", melding([{"naam": "Noor Visser", "adres": "Kade 1, 3111 AA Schiedam"}])
    )["number"]
    n = next(n for n in client.case(number)["notices"] if n["kind"] == "informeren_betrokkene")
    version = client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})["version"]
    for _ in range(20):
        client.post(f"/notices/{n['id']}/queue", {"version": version, "way": "print"})
    from sqlalchemy import func, select

    from amhk.store.letters import outbox

    with client.office.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(outbox.OUT)).scalar() == 1


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8400", "127.0.0.1.evil.example"])
def test_a_calendar_address_never_carries_the_name_a_stranger_gives_the_house(house, host):
    http, client, _ = house
    told = client.ask("POST", "/feeds", {"kind": "persoonlijk"}, headers={"host": host}).json()[
        "href"
    ]
    assert "evil" not in told and told.startswith("http://127.0.0.1:8400/agenda/")
    http.post(
        "/login",
        data={"name": "Tom", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    csrf = re.search(r'name="_csrf" value="([^"]+)"', http.get("/agenda").text)[1]
    page = http.post("/agenda", data={"_csrf": csrf, "kind": "persoonlijk"}, headers={"host": host})
    assert "/agenda/" in page.text and "evil" not in page.text


def test_a_calendar_address_carries_the_outside_name_with_its_prefix(tmp_path):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            'address = ""  ', 'address = "https://meldpunt.voorbeeld.nl/thuis/"  '
        ),
        encoding="utf-8",
    )
    office = open_office(path, proof=False)
    hire(office)
    told = Client(office).post("/feeds", {"kind": "persoonlijk"})["href"]
    assert told.startswith("https://meldpunt.voorbeeld.nl/thuis/agenda/")
    office.close()


@pytest.mark.parametrize("kind", ["melding", "advies", "gesloten advies"])
def test_every_address_of_a_case_answers_for_every_kind_of_case(house, kind):
    """Also where it is made for the other kind: a page of people asked of an advies."""
    http, client, _ = house
    number = "M-2026-000001"
    if kind != "melding":
        number = client.post("/cases", advies())["number"]
    if kind == "gesloten advies":
        client.move(number, "advies_geven")
    http.post(
        "/login",
        data={"name": "Tom", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    csrf = re.search(r'name="_csrf" value="([^"]+)"', http.get("/klok").text)[1]
    moves = [m["name"] for m in client.case(number)["moves"]]
    looked = 0
    for method, path in addresses():
        if "{number}" not in path or method == "HEAD":
            continue
        for move in moves if "{move}" in path or "{name}" in path else [""]:
            filled = path.replace("{number}", number)
            filled = filled.replace("{move}", move).replace("{name}", move)
            filled = re.sub(r"\{[^}]+\}", "1", filled)
            headers = client.headers if path.startswith("/api/") else {}
            body = {"data": {"_csrf": csrf}} if not headers else {"json": {}}
            more = body if method != "GET" else {}
            answer = http.request(method, filled, headers=headers, follow_redirects=False, **more)
            looked += 1
            assert answer.status_code < 500, (method, filled, answer.text[:300])
    assert looked > 40
