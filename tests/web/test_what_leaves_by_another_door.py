"""Nothing of the database leaves by a door that is open to all.

The description of the API, and every answer without a token or cookie.
"""

import json

import pytest
from support.cast import CAST, Client

from amhk.store import reads

PLAIN = ("/api/openapi.json", "/api/v1/openapi.json", "/api/v1/health")


def told_of(office):
    """Every name and registration of the people, teams and institutions in the database."""
    with office.store.read() as connection:
        workers, teams = reads.workers(connection, active=False), reads.teams(connection)
        institutions = reads.institutions(connection, active=False)
    words = (
        {w["registration"] for w in workers}
        | {t["name"] for t in teams}
        | {i["name"] for i in institutions}
    )
    words |= {i["address"] for i in institutions} | {w["name"] for w in workers}
    return {w for w in words if w and len(w) > 3}


def values(told):
    """Every text in a document, keys too."""
    if isinstance(told, dict):
        return {str(k) for k in told} | {x for v in told.values() for x in values(v)}
    return {x for v in told for x in values(v)} if isinstance(told, list) else {str(told)}


@pytest.mark.parametrize("path", PLAIN)
def test_who_has_not_signed_in_reads_no_name_and_no_registration(
    sqlite_client, sqlite_office, path
):
    found = sqlite_client.http.get(path)
    assert found.status_code == 200
    names = told_of(sqlite_office)
    assert {"SKJ 100000001", "Carla", "Wijkteam Schiedam"} <= names
    assert not names & values(found.json())
    assert not [n for n in names if len(n) > 6 and n in found.text]


@pytest.mark.parametrize("path", PLAIN[:2])
def test_with_a_token_the_description_names_who_can_be_chosen_and_a_wrong_token_is_refused(
    sqlite_client, path
):
    told = sqlite_client.http.get(path, headers=sqlite_client.headers).json()
    owner = told["paths"]["/api/v1/cases/{number}/assign"]["post"]["requestBody"]["content"][
        "application/json"
    ]["schema"]["properties"]["owner"]
    assert {"Anna", "Carla"} <= set(json.dumps(owner).replace('"', " ").split()) & set(CAST)
    assert (
        sqlite_client.http.get(path, headers={"authorization": "Bearer onzin"}).status_code == 401
    )


def test_without_a_token_or_a_cookie_no_route_answers_with_a_name(sqlite_client, sqlite_office):
    """Every GET of the app, as a stranger."""
    stranger, names, looked = Client(sqlite_office).http, told_of(sqlite_office), 0
    for path in sqlite_client.http.get("/api/openapi.json").json()["paths"]:
        answer = stranger.get(path.replace("{", "").replace("}", ""), follow_redirects=False)
        looked += 1
        assert answer.status_code in (200, 303, 401, 403, 404, 405, 422), path
        assert not [n for n in names if len(n) > 6 and n in answer.text], path
    assert looked > 40
