"""The second step of signing in: a code of the phone, once; without it nothing is shown."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import segno
from browser.test_every_page import PAGES, routes
from conftest import make_folder
from sqlalchemy import select, update
from support.cast import hire
from support.http import Http
from support.server import command

from amhk.desk.staff import rights
from amhk.keys import new_secret, phone_address, step_of
from amhk.office import open_office
from amhk.store import reads, writes
from amhk.store.house import house_journal
from amhk.store.staff import attempts, second_proofs
from amhk.web.app import create_app

RIGHT = "oefenen-oefenen"


@pytest.fixture
def real(tmp_path):
    """A real meldpunt, in which all but rapportage sign in with a second step."""
    path = make_folder(tmp_path / "echt", "meldpunt.sqlite", training=False)
    text = path.read_text().replace('"beheerder", "rapportage"]', '"beheerder"]')
    path.write_text(text)
    office = open_office(path, proof=False)
    hire(office, "Anna", "Bea", "Rita")
    yield office
    office.close()


def sign_in(office, name="Anna"):
    http = Http(create_app(office))
    http.sign_in(name)
    return http


def secret_of(office):
    with office.store.read() as connection:
        return connection.execute(select(second_proofs.PROOF.c.secret)).scalar()


def code_of(office, steps=0):
    """The code of the phone now, or so many half minutes on."""
    return pyotp.TOTP(secret_of(office)).at(datetime.now(UTC), counter_offset=steps)


def forget_used(office):
    """As if the codes used so far were of long ago."""
    with office.store.write() as connection:
        connection.execute(update(second_proofs.PROOF).values(step=0))


def leads_to(http, path="/"):
    answer = http.get(path, follow_redirects=False)
    return answer.headers.get("location", answer.status_code)


@pytest.fixture
def ready(real):
    """Anna has set it up; given with the codes she put away."""
    http = sign_in(real)
    http.get("/tweede-stap/instellen")
    page = http.send("/tweede-stap/instellen", code=code_of(real)).text
    codes = re.findall(r"<code>([a-z0-9-]{19})</code>", page)
    assert len(codes) == 8 and leads_to(http) == 200
    return real, codes


def test_who_is_asked_for_it_sets_it_up_before_anything_else(real):
    http = sign_in(real)
    assert leads_to(http) == "/tweede-stap/instellen"
    assert leads_to(http, "/werkvoorraad") == "/tweede-stap/instellen"
    page = http.get("/tweede-stap/instellen").text
    assert secret_of(real) in page and "data:image/svg+xml" in page
    assert http.send("/tweede-stap/instellen", code="000000").status_code == 422
    assert leads_to(http) == "/tweede-stap/instellen", "a wrong code sets nothing up"


def test_the_secret_is_shown_until_it_counts_and_never_again(ready):
    office, _ = ready
    http = sign_in(office)
    forget_used(office)
    http.send("/tweede-stap", code=code_of(office))
    assert secret_of(office) not in http.get("/tweede-stap/instellen").text


def test_each_look_at_the_page_makes_another_secret_and_a_wrong_code_does_not(real):
    thief, anna = sign_in(real), sign_in(real)
    thief.get("/tweede-stap/instellen")
    seen = secret_of(real)
    anna.get("/tweede-stap/instellen")
    own = secret_of(real)
    assert own != seen
    assert anna.send("/tweede-stap/instellen", code="000000").status_code == 422
    assert secret_of(real) == own, "the phone that has it keeps it"
    thief.get("/tweede-stap/instellen")
    assert anna.send("/tweede-stap/instellen", code=code_of(real)).status_code == 404
    assert secret_of(real) != own, "what another session made never counts in this one"


def test_who_was_in_before_it_was_set_up_is_out(real):
    thief, anna = sign_in(real), sign_in(real)
    anna.get("/tweede-stap/instellen")
    anna.send("/tweede-stap/instellen", code=code_of(real))
    assert leads_to(anna) == 200
    assert leads_to(thief).startswith("/login")


def test_a_one_time_password_leads_through_the_second_step_to_a_password_of_ones_own(ready):
    office, codes = ready
    with office.store.write() as connection:
        connection.execute(update(reads.WORKER).values(must_change=True))
    http = sign_in(office)
    assert leads_to(http) == "/tweede-stap" and leads_to(http, "/tweede-stap") == 200
    http.send("/tweede-stap", code=codes[0])
    assert leads_to(http) == "/wachtwoord" and leads_to(http, "/wachtwoord") == 200


def test_who_is_half_in_sees_nothing_of_the_house_whatever_he_sends(ready):
    office, _ = ready
    with office.store.write() as connection:
        writes.set_meta(connection, "trouble", '{"post": "OSError"}')
    http = sign_in(office)
    answers = [
        http.request(method, path, data=body, follow_redirects=False)
        for method in ("PUT", "DELETE", "PATCH", "POST")
        for path in ("/tweede-stap", "/logout", "/werkvoorraad/bewaren", "/tweede-stap/instellen")
        for body in ({}, {"_csrf": "wrong"}, {"code": "x" * 2_000_000})
    ]
    for answer in answers:
        assert "Anna" not in answer.text and "herinnering" not in answer.text
        assert "OSError" not in answer.text and answer.status_code < 500


def test_nobody_sets_one_up_in_a_training_meldpunt(sqlite_office):
    hire(sqlite_office, "Anna")
    http = sign_in(sqlite_office)
    assert http.get("/tweede-stap/instellen").status_code == 404
    assert http.send("/tweede-stap/instellen", code="000000").status_code in (404, 422)
    assert leads_to(sign_in(sqlite_office)) == 200


def test_a_name_of_the_house_of_any_length_fits_the_phone():
    address = phone_address(new_secret(), "é" * 80, ("é" * 200)[:60])
    assert segno.make(address, error="m").version


def test_a_role_that_is_not_asked_and_a_training_meldpunt_sign_in_with_a_password(
    real, sqlite_office
):
    assert leads_to(sign_in(real, "Rita")) == "/rapportage"
    hire(sqlite_office, "Anna")
    assert leads_to(sign_in(sqlite_office)) == 200


def test_without_the_second_step_no_page_shows_anything(ready):
    office, _ = ready
    http = sign_in(office)
    shown = [p for p in routes() if leads_to(http, re.sub(r"\{[^}]+\}", "1", p)) != "/tweede-stap"]
    # what shows nobody's data: signing in itself, and addresses that carry a secret of their own
    assert set(shown) <= {
        "/login",
        "/tweede-stap",
        "/agenda/{secret}.ics",
        "/.well-known/security.txt",
        "/login/organisatie",
        "/login/passkey",
        "/login/organisatie/terug",
    }
    assert len(PAGES) > 40
    assert "Anna" not in http.get("/tweede-stap").text


def test_a_right_code_opens_the_house_once(ready):
    office, _ = ready
    http, other = sign_in(office), sign_in(office)
    forget_used(office)
    code = code_of(office)
    assert other.send("/tweede-stap", code=code).status_code == 303
    assert leads_to(other) == 200
    again = sign_in(office)
    assert again.send("/tweede-stap", code=code).status_code == 422, "a code is good once"
    assert leads_to(again) == "/tweede-stap" == leads_to(http)


@pytest.mark.parametrize(("steps", "good"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0), (20, 0)])
def test_a_phone_may_be_half_a_minute_early_or_late_and_no_more(steps, good):
    secret, now = new_secret(), datetime(2026, 2, 2, 9, tzinfo=UTC)
    code = pyotp.TOTP(secret).at(now, counter_offset=steps)
    assert (step_of(secret, code, now, 0) is not None) == bool(good)
    used = step_of(secret, pyotp.TOTP(secret).at(now), now, 0)
    before = pyotp.TOTP(secret).at(now - timedelta(seconds=30))
    assert step_of(secret, before, now, used) is None, "nor one from before one that was used"


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "é" * 6, "０" * 6, "x" * 5000])
def test_what_is_no_code_is_refused_in_a_sentence(ready, code):
    office, _ = ready
    answer = sign_in(office).send("/tweede-stap", code=code)
    assert answer.status_code == 422
    assert "klopt niet" in answer.text


def test_a_code_that_was_put_away_opens_the_house_once(ready):
    office, codes = ready
    assert sign_in(office).send("/tweede-stap", code=f" {codes[3].upper()} ").status_code == 303
    assert sign_in(office).send("/tweede-stap", code=codes[3]).status_code == 422
    assert sign_in(office).send("/tweede-stap", code=codes[4]).status_code == 303
    whole = b"".join(p.read_bytes() for p in office.config.folder.glob("meldpunt.sqlite*"))
    assert not [c for c in codes if c.encode() in whole], "only their hashes are kept"


def test_who_guesses_codes_waits_and_so_does_who_has_it_right_by_then(ready):
    office, codes = ready
    forget_used(office)
    for n in range(10):
        assert sign_in(office).send("/tweede-stap", code=f"{n:06}").status_code == 422
    assert sign_in(office).send("/tweede-stap", code=code_of(office)).status_code == 429
    assert sign_in(office).send("/tweede-stap", code=codes[0]).status_code == 303, (
        "a code that was put away is not held up"
    )
    with office.store.write() as connection:
        attempts.forget(connection, datetime.now(UTC))
    assert sign_in(office).send("/tweede-stap", code=code_of(office)).status_code == 303
    with office.store.read() as connection:
        told = [e["what"] for e in house_journal.entries(connection, rights.KIND, 50)]
        anna = reads.worker_by(connection, name="Anna")["id"]
        tried = select(reads.LOOK.c.worker_id).where(reads.LOOK.c.what.contains("tweede stap"))
        assert list(connection.execute(tried).scalars()) == [anna] * 10
    assert sum("verkeerde code" in what for what in told) == 1, "a manager hears of it, once"


def test_who_lost_his_phone_is_signed_out_and_sets_it_up_again(ready):
    office, codes = ready
    anna = sign_in(office)
    anna.send("/tweede-stap", code=codes[0])
    bea = sign_in(office, "Bea")
    bea.get("/tweede-stap/instellen")
    with office.store.read() as connection:
        keys = {w["name"]: w["id"] for w in reads.workers(connection)}
        mine = second_proofs.PROOF.c.worker_id == keys["Bea"]
        secret = connection.execute(select(second_proofs.PROOF.c.secret).where(mine)).scalar()
    bea.send("/tweede-stap/instellen", code=pyotp.TOTP(secret).now())
    own = bea.send(f"/beheer/medewerkers/{keys['Bea']}/tweede-stap")
    assert own.status_code == 404, "not one's own"
    answer = bea.send(f"/beheer/medewerkers/{keys['Anna']}/tweede-stap")
    assert answer.status_code == 303, answer.text[-1500:]
    assert leads_to(anna).startswith("/login")
    assert leads_to(sign_in(office)) == "/tweede-stap/instellen"


def test_the_command_line_takes_it_away_for_who_has_nobody_to_ask(ready):
    office, _ = ready
    config = str(office.config.path)
    assert command("worker", "lost-phone", "Anna", "--config", config).returncode == 0
    assert leads_to(sign_in(office)) == "/tweede-stap/instellen"
    assert command("worker", "lost-phone", "Anna", "--config", config).returncode == 1
    assert command("worker", "lost-phone", "Niemand", "--config", config).returncode == 1
