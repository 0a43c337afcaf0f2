"""What leaves the house, or gives rights, asks the password once more after ten minutes."""

from datetime import UTC, datetime, timedelta
from typing import get_type_hints

import pytest
from conftest import make_folder
from sqlalchemy import update
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.http import Http

from amhk.desk.intake import calls
from amhk.office import open_office
from amhk.store import reads
from amhk.web.app import create_app
from amhk.web.pages import ROOMS
from amhk.web.pages.page import fresh_visit
from amhk.web.turn import InTurn

RIGHT = "oefenen-oefenen"
# Every address that asks it, as whom it is tried, and by which function it is answered.
ASKED = {
    "worklist_file": ("Tom", "GET", "/werkvoorraad.csv?q=El+Amrani"),
    "file_of_case": ("Tom", "GET", "/zaak/{number}/inzage.csv"),
    "pile_pdf": ("Tom", "GET", "/post/stapel/x"),
    "pile_pdf_for_reason": ("Tom", "POST", "/post/stapel/x/pdf"),
    "drop": ("Anna", "POST", "/passkeys/1/wis"),
    "keep": ("Anna", "POST", "/passkeys"),
    "lend": ("Mia", "POST", "/zaak/{number}/openstellen"),
    "propose": ("Tom", "POST", "/zaak/{number}/vernietigen"),
    "carry_out": ("Tom", "POST", "/vernietigingen/1/uitvoeren"),
    "give_copy": ("Tom", "POST", "/zaak/{number}/afschrift/1"),
    "know_other": ("Tom", "POST", "/zaak/{number}/bekenden/ander"),
    "lift": ("Tom", "POST", "/zaak/{number}/bekenden/1/opheffen"),
    "ask": ("Tom", "POST", "/eerder/1"),
    "seal": ("Tom", "POST", "/zaak/{number}/overdracht"),
    "add_card": ("Bea", "POST", "/beheer/meldpunten"),
    "remove_card": ("Bea", "POST", "/beheer/meldpunten/1/weg"),
    "add_worker": ("Bea", "POST", "/beheer/medewerkers"),
    "change_worker": ("Bea", "POST", "/beheer/medewerkers/1"),
    "act_on_worker": ("Bea", "POST", "/beheer/medewerkers/1/wachtwoord"),
}


@pytest.fixture
def real(tmp_path):
    """A real meldpunt that asks no phone, with a case."""
    path = make_folder(tmp_path / "echt", "meldpunt.sqlite", training=False)
    lines = path.read_text().splitlines()
    lines = ["second_proof = []" if x.startswith("second_proof") else x for x in lines]
    path.write_text("\n".join(lines))
    office = open_office(path, proof=False)
    hire(office, "Tom", "Bea", "Anna", "Mia")
    number = calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
    yield office, number
    office.close()


def sign_in(office, name):
    http = Http(create_app(office))
    http.sign_in(name)
    return http


def grow_old(office, minutes=11):
    with office.store.write() as connection:
        then = datetime.now(UTC) - timedelta(minutes=minutes)
        connection.execute(update(reads.SESSION).values(confirmed=then))


def ask(http, method, path, **told):
    if method == "POST":
        return http.send(path, **told)
    return http.get(path, follow_redirects=False)


def test_every_address_that_asks_it_is_tried():
    asking = {
        name
        for room in ROOMS
        for name, told in vars(room).items()
        if callable(told) and getattr(told, "__module__", "") == room.__name__
        for hint in get_type_hints(told, include_extras=True).values()
        for mark in getattr(hint, "__metadata__", ())
        if isinstance(mark, InTurn) and mark.ask is fresh_visit
    }
    assert asking == set(ASKED)


@pytest.mark.parametrize("name", ASKED)
def test_after_ten_minutes_it_asks_and_does_nothing_and_then_it_does(real, name):
    office, number = real
    who, method, path = ASKED[name]
    http, path = sign_in(office, who), path.format(number=number)
    now = ask(http, method, path, name="Nel")
    assert now.status_code != 403 and "bevestigen" not in now.headers.get("location", "")
    grow_old(office)
    with office.store.read() as connection:
        before = [dict(w) for w in reads.workers(connection, active=False)]
    asks = ask(http, method, path, name="Nel Twee", role="manager")
    if method == "GET":
        assert asks.headers["location"].startswith("/bevestigen?naar=")
        assert http.get(asks.headers["location"]).status_code == 200
    else:
        assert asks.status_code == 403 and "Geef eerst uw wachtwoord" in asks.text
        assert "Nel Twee" in asks.text, "what was typed is kept"
    with office.store.read() as connection:
        assert [dict(w) for w in reads.workers(connection, active=False)] == before
    if name == "act_on_worker":
        return  # it gave Anna another password above; nothing more to see
    told = http.send("/bevestigen", password=RIGHT, naar="")
    assert told.status_code == 200
    again = ask(http, method, path, name="Nel Drie", role="manager")
    assert again.status_code != 403 and "bevestigen" not in again.headers.get("location", "")


def test_a_wrong_password_confirms_nothing_and_who_guesses_waits(real):
    office, _ = real
    http = sign_in(office, "Tom")
    grow_old(office)
    for _ in range(10):
        assert http.send("/bevestigen", password="fout").status_code == 422
    assert http.send("/bevestigen", password=RIGHT).status_code == 429
    assert ask(http, "GET", "/werkvoorraad.csv").status_code == 303


@pytest.mark.parametrize("naar", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_it_leads_on_within_this_site_only(real, naar):
    office, _ = real
    told = sign_in(office, "Tom").send("/bevestigen", password=RIGHT, naar=naar)
    assert told.status_code == 200 and "location" not in told.headers


def test_in_a_training_meldpunt_nobody_is_asked(sqlite_office):
    hire(sqlite_office, "Tom")
    http = sign_in(sqlite_office, "Tom")
    grow_old(sqlite_office)
    assert http.get("/werkvoorraad.csv", follow_redirects=False).status_code == 200
