"""Signing in with a passkey: by who holds it, at this address, once a question; and nobody else."""

import json
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from conftest import make_folder
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update
from support.authenticator import PRESENT, Authenticator, raw, text
from support.cast import hire, reader
from support.http import Http

from amhk.desk.house import passkeys, second_proof
from amhk.desk.staff import management, rights, workers
from amhk.errors import BadInput, ClosedDoor, NotFound
from amhk.office import open_office
from amhk.store import reads
from amhk.store.staff.passkeys import CHALLENGE, PASSKEY
from amhk.web.app import create_app

HERE = "https://meldpunt.voorbeeld.nl"
RIGHT = "oefenen-oefenen"


@pytest.fixture
def real(tmp_path):
    """A real meldpunt known by its name, that asks no phone."""
    path = make_folder(tmp_path / "echt", "meldpunt.sqlite", training=False)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines = ["second_proof = []" if x.startswith("second_proof") else x for x in lines]
    lines = [f'address = "{HERE}"' if x.startswith('address = ""') else x for x in lines]
    path.write_text("\n".join(lines), encoding="utf-8")
    with closing(open_office(path, proof=False)) as office:
        hire(office, "Anna", "Bea", "Mia")
        yield office


def made(office, name="Anna", device=None):
    """Let a worker have a passkey; gives his device."""
    device, who = device or Authenticator(), reader(office, name)
    sent = device.make(passkeys.to_make(office, who, HERE), HERE)
    passkeys.keep(office, who, "telefoon", sent, HERE)
    return device


def come_in(office, device, origin=HERE, http=None, **more):
    http = http or Http(create_app(office))
    page = http.get("/login/passkey?naar=/zoeken").text
    options = unescape(re.search(r'data-options="([^"]+)"', page)[1])
    return http, send(http, device.prove(options, origin, **more))


def send(http, credential):
    heads = {"sec-fetch-site": "same-origin"}
    form = {"credential": credential, "naar": "/zoeken"}
    return http.post("/login/passkey", data=form, headers=heads, follow_redirects=False)


def test_who_holds_a_passkey_comes_in_without_password_or_phone(real):
    device = made(real)
    http, answer = come_in(real, device)
    assert answer.headers["location"] == "/zoeken"
    assert http.get("/zoeken", follow_redirects=False).status_code == 200
    (mine,) = passkeys.mine(real, reader(real, "Anna"))
    assert mine["name"] == "telefoon" and mine["used"]
    with real.store.read() as connection:
        looks = [x["what"] for x in reads.rows(connection, select(reads.LOOK))]
        told = rights.lately(connection, real.now(connection), reader(real, "Mia"))
    assert looks[0] == "aangemeld (passkey)"
    assert told[0]["what"] == "Anna meldt zich ook aan met een passkey."


def test_an_answer_is_good_once(real):
    device = made(real)
    http = Http(create_app(real))
    options = passkeys.to_prove(real, HERE)
    sent = device.prove(options, HERE)
    assert send(http, sent).status_code == 303
    assert send(Http(create_app(real)), sent).status_code == 401


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://meldpunt.voorbeeld.nl.kwaad.voorbeeld"},
        {"origin": "http://meldpunt.voorbeeld.nl"},
        {"host": "kwaad.voorbeeld"},
        {"flags": PRESENT},
        {"flags": 0},
        {"key": ec.generate_private_key(ec.SECP256R1())},
    ],
    ids=["like it", "not https", "another host", "not verified", "nobody there", "another key"],
)
def test_a_proof_for_another_place_of_nobody_or_by_another_key_lets_nobody_in(real, lie):
    _, answer = come_in(real, made(real), **lie)
    assert answer.status_code == 401 and "past hier niet" in answer.text
    with real.store.read() as connection:
        looks = [x["what"] for x in reads.rows(connection, select(reads.LOOK))]
    assert looks == ["aanmelden mislukt"]


def test_a_device_that_nobody_made_known_lets_nobody_in(real):
    made(real)
    assert come_in(real, Authenticator())[1].status_code == 401


@pytest.mark.parametrize(
    "sent",
    ["[" * 100_000, '{"id": "\\ud800"}', "", "rommel", "[]", "{}", '{"id": 1}', '{"response": []}'],
)
def test_rubbish_lets_nobody_in_and_is_no_error_of_ours(real, sent):
    made(real)
    assert send(Http(create_app(real)), sent).status_code == 401
    with pytest.raises(BadInput):
        passkeys.keep(real, reader(real, "Anna"), "naam", sent, HERE)


def test_a_copy_of_a_device_that_counts_back_lets_nobody_in(real):
    device = made(real)
    come_in(real, device)
    device.counter = 0
    assert come_in(real, device)[1].status_code == 401


def test_a_question_lasts_five_minutes_and_is_whose_it_was(real):
    anna, mia = reader(real, "Anna"), reader(real, "Mia")
    device, options = Authenticator(), passkeys.to_make(real, anna, HERE)
    with pytest.raises(BadInput):
        passkeys.keep(real, mia, "van een ander", device.make(options, HERE), HERE)
    with real.store.write() as connection:
        connection.execute(update(CHALLENGE).values(until=datetime.now(UTC) - timedelta(seconds=1)))
    with pytest.raises(BadInput):
        passkeys.keep(real, anna, "te laat", device.make(options, HERE), HERE)
    passkeys.to_make(real, anna, HERE)
    with real.store.read() as connection:
        assert len(reads.rows(connection, select(CHALLENGE))) == 1, "what is over is forgotten"
    for made_by in (passkeys.to_prove(real, HERE),):  # a question at the door makes no passkey
        asked = json.dumps({"rp": {"id": "meldpunt.voorbeeld.nl"}, **json.loads(made_by)})
        with pytest.raises(BadInput):
            passkeys.keep(real, anna, "aan de deur", device.make(asked, HERE), HERE)


def test_asking_at_the_door_writes_nothing_and_who_tries_too_often_waits(real):
    made(real)
    http = Http(create_app(real))
    with real.store.read() as connection:
        before = len(reads.rows(connection, select(CHALLENGE)))
    for _ in range(5):
        assert http.get("/login/passkey").status_code == 200
    with real.store.read() as connection:
        assert len(reads.rows(connection, select(CHALLENGE))) == before
    assert [send(http, "{}").status_code for _ in range(12)][-2:] == [429, 429]
    with real.store.read() as connection:
        assert len(reads.rows(connection, select(reads.LOOK))) == 10


def test_a_question_of_another_house_or_of_five_minutes_ago_is_none(real, monkeypatch):
    device = made(real)
    asked = json.loads(passkeys.to_prove(real, HERE))
    old = raw(asked["challenge"])
    other = bytes([old[0] ^ 1]) + old[1:]
    for change in (bytes(40), old[:16] + bytes(8) + old[24:], other, b"", old[:20]):
        told = json.dumps(asked | {"challenge": text(change)})
        assert send(Http(create_app(real)), device.prove(told, HERE)).status_code == 401
    monkeypatch.setattr(passkeys, "_LASTS", timedelta(seconds=-1))
    late = passkeys.to_prove(real, HERE)
    assert send(Http(create_app(real)), device.prove(late, HERE)).status_code == 401


def test_a_new_password_and_wiping_a_passkey_end_what_was_opened_with_it(real):
    device = made(real)
    http, _ = come_in(real, device)
    other, _ = come_in(real, device)
    with real.store.read() as connection:
        (key,) = (p["id"] for p in reads.rows(connection, select(PASSKEY)))
    mine = next(c.value for c in other.cookies.jar if "session" in c.name)
    passkeys.drop(real, reader(real, "Anna"), key, mine)
    assert http.get("/zoeken", follow_redirects=False).status_code == 303
    assert other.get("/zoeken", follow_redirects=False).status_code == 200
    device = made(real, device=Authenticator())
    management.new_password(real, reader(real, "Anna").id, reader(real, "Bea"))
    assert come_in(real, device)[1].status_code == 401


def test_a_passkey_is_of_one_worker(real):
    device = made(real)
    options = passkeys.to_make(real, reader(real, "Mia"), HERE)
    with pytest.raises(BadInput):
        passkeys.keep(real, reader(real, "Mia"), "ook", device.make(options, HERE), HERE)


def test_a_passkey_of_who_nobody_proved_to_be_is_not_kept(real):
    device, anna = Authenticator(), reader(real, "Anna")
    sent = device.make(passkeys.to_make(real, anna, HERE), HERE, flags=PRESENT)
    with pytest.raises(BadInput):
        passkeys.keep(real, anna, "zonder vinger", sent, HERE)


def test_who_left_does_not_come_in_with_his_passkey(real):
    device = made(real)
    workers.disable(real, "Anna")
    assert come_in(real, device)[1].status_code == 401


def test_who_lost_his_device_has_no_passkey_any_more_and_is_out(real):
    device = made(real)
    http, _ = come_in(real, device)
    second_proof.take_away_by_hand(real, "Anna")
    assert http.get("/zoeken", follow_redirects=False).headers["location"].startswith("/login")
    assert come_in(real, device)[1].status_code == 401


def test_one_wipes_ones_own_passkey_and_nobody_elses(real):
    device = made(real)
    with real.store.read() as connection:
        (key,) = (p["id"] for p in reads.rows(connection, select(PASSKEY)))
    with pytest.raises(NotFound):
        passkeys.drop(real, reader(real, "Mia"), key, "")
    passkeys.drop(real, reader(real, "Anna"), key, "een andere aanmelding")
    assert come_in(real, device)[1].status_code == 401


def test_nobody_has_more_than_ten(real):
    for _ in range(10):
        made(real)
    with pytest.raises(ClosedDoor, match="U hebt er al 10"):
        made(real)


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        (HERE, True),
        (f"{HERE}/amhk", True),
        ("http://localhost:8400", True),
        ("http://127.0.0.1:8400", False),
        ("https://192.0.2.7", False),
        ("https://[::1]:8400", False),
        ("http://meldpunt.voorbeeld.nl", False),
    ],
)
def test_a_passkey_is_offered_where_a_browser_can_give_one(address, fits):
    assert passkeys.fits_here(address) == fits


def test_at_an_address_that_is_a_number_none_is_offered(sqlite_office):
    hire(sqlite_office, "Anna")
    http = Http(create_app(sqlite_office))
    assert "passkey" not in http.get("http://127.0.0.1:8400/login").text
    assert http.get("http://127.0.0.1:8400/login/passkey").status_code == 404
    assert "/login/passkey" in http.get("http://localhost:8400/login").text
