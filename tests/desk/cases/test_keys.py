"""A password that is given anew ends every way in that was there.

Nobody comes in with a first password alone.
"""

import re

from conftest import make_folder
from support.cast import Client, reader
from support.http import Http

from amhk.desk.staff import management, workers
from amhk.office import open_office
from amhk.web.app import create_app


def signed_in(office, name):
    http = Http(create_app(office))
    http.post(
        "/login",
        data={"name": name, "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert http.get("/", follow_redirects=False).status_code == 200
    return http


def test_a_new_password_ends_the_session_the_token_and_the_calendar_address(client, office):
    anna, http = Client(office, "Anna"), signed_in(office, "Anna")
    feed = re.search(r"/agenda/\S+$", anna.post("/feeds", {"kind": "persoonlijk"})["href"])[0]
    assert anna.http.get(feed).status_code == 200 and anna.get("/cases")["items"] == []
    management.new_password(office, reader(office, "Anna").id, reader(office, "Bea"))
    assert http.get("/", follow_redirects=False).status_code == 303
    assert anna.ask("GET", "/cases", expect=401) and anna.http.get(feed).status_code == 404
    assert Client(office, "Bram").get("/cases")["items"] == [], "a colleague keeps his"


def test_in_a_real_meldpunt_a_token_works_once_its_worker_chose_his_own_password(tmp_path):
    office = open_office(
        make_folder(tmp_path / "m", "meldpunt.sqlite", training=False), proof=False
    )
    first = workers.add_worker(office, "Tom", "teamleider", None, "SKJ 100000002")
    client = Client(office)
    told = client.ask("GET", "/cases", expect=403).json()
    assert "Kies eerst een eigen wachtwoord" in told["detail"]
    workers.change_password(office, reader(office, "Tom"), first, "een heel eigen wachtwoord")
    assert client.get("/cases")["items"] == []
    office.close()
