"""The street door: https, cookies nobody else can set, the first to come in, a scanner that is
asked, and whom a finder of a weakness writes to.
"""

import socketserver
import ssl
import struct
import threading
import urllib.request
from contextlib import closing, contextmanager
from io import BytesIO

import pytest
from conftest import make_folder
from support.cast import CAST, Client, hire, reader
from support.families import melding
from support.http import Http
from support.proxy import certificate
from support.server import Server, command

from amhk.config import read_config
from amhk.desk.cases import attachments
from amhk.desk.intake import calls
from amhk.desk.staff import workers
from amhk.errors import BadInput, HouseClosed
from amhk.office import open_office
from amhk.serving import prove_door
from amhk.store import reads
from amhk.web.app import create_app
from amhk.web.auth import sign_in

RIGHT = "oefenen-oefenen"


def settings(path, **told):
    """Put settings of the server in config.toml."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for name, value in told.items():
        (at,) = (n for n, line in enumerate(lines) if line.startswith(f"{name} = "))
        lines[at] = f"{name} = {value}"
    path.write_text("\n".join(lines), encoding="utf-8")


@contextmanager
def house(folder, training=True, **told):
    path = make_folder(folder / "m", "meldpunt.sqlite", training=training)
    settings(path, **told)
    with closing(open_office(path, proof=False)) as office:
        yield office


def test_behind_https_cookies_have_a_name_no_other_site_can_set(sqlite_office):
    hire(sqlite_office, "Anna")
    http = Http(create_app(sqlite_office))
    told = http.post(
        "https://testserver/login", data={"name": "Anna", "password": RIGHT}, follow_redirects=False
    )
    cookies = told.headers.get_list("set-cookie")
    assert {c.partition("=")[0] for c in cookies} == {"__Host-amhk_session", "__Host-amhk_device"}
    for cookie in cookies:
        low = cookie.lower()
        assert "secure" in low and "httponly" in low and "samesite=strict" in low
        assert "path=/;" in low + ";" and "domain" not in low
    assert "Goed" in http.get("https://testserver/").text


def test_behind_https_a_cookie_of_the_plain_name_lets_nobody_in(sqlite_office):
    hire(sqlite_office, "Anna")
    cookie, _ = sign_in(sqlite_office, "Anna", RIGHT, "203.0.113.1")
    plain = Http(create_app(sqlite_office))
    plain.cookies.set("amhk_session", cookie)
    assert plain.get("/", follow_redirects=False).status_code == 200
    planted = Http(create_app(sqlite_office))
    planted.cookies.set("amhk_session", cookie)
    assert planted.get("https://testserver/", follow_redirects=False).status_code == 303


def test_a_session_is_a_new_one_at_each_sign_in_whatever_cookie_was_planted(sqlite_office):
    hire(sqlite_office, "Anna", "Tom")
    fixed, _ = sign_in(sqlite_office, "Tom", RIGHT, "203.0.113.1")
    http = Http(create_app(sqlite_office))
    http.cookies.set("amhk_session", fixed)
    http.cookies.set("amhk_session", "x" * 43)
    http.sign_in("Anna")
    mine = {c.value for c in http.cookies.jar if c.name == "amhk_session"}
    assert mine - {fixed, "x" * 43}, "nobody keeps the cookie he came with"
    before = Http(create_app(sqlite_office))
    before.cookies.set("amhk_session", "x" * 43)
    assert before.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("path", ["/login", "/api/v1/health", "/static/none", "/nergens"])
def test_behind_https_every_answer_says_that_there_is_no_other_way(sqlite_office, path):
    http = Http(create_app(sqlite_office))
    answer = http.get(f"https://testserver{path}")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in http.get(path).headers


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "meldpunt.voorbeeld.nl"])
def test_a_real_meldpunt_is_not_opened_to_other_machines_without_https(tmp_path, host):
    with house(tmp_path, training=False) as office:
        for said in (False, True):
            with pytest.raises(HouseClosed, match="zonder https"):
                prove_door(office, host, plain_http=said)
        for here in ("127.0.0.1", "::1", "localhost"):
            prove_door(office, here, plain_http=False)


def test_it_is_when_that_is_said_twice_or_somebody_sets_https_before_it(tmp_path):
    for n, told in enumerate(({"plain_http": "true"}, {"trusted_proxies": '["10.0.0.1"]'})):
        with house(tmp_path / str(n), training=False, **told) as office:
            prove_door(office, "0.0.0.0", plain_http=True)
            if "plain_http" in told:
                with pytest.raises(HouseClosed):
                    prove_door(office, "0.0.0.0", plain_http=False)


def test_past_the_proxy_nobody_is_answered_over_bare_http(tmp_path):
    with house(tmp_path, training=False, trusted_proxies='["10.0.0.1"]') as office:
        app = create_app(office)
        for peer, status in (("10.0.0.1", 200), ("127.0.0.1", 200), ("192.168.1.50", 403)):
            answer = Http(app, client=(peer, 4)).get("/login")
            assert answer.status_code == status, peer
        assert "alleen over https" in answer.text


def test_a_mark_of_a_browser_that_is_no_mark_is_no_error_and_tells_nothing(sqlite_office):
    hire(sqlite_office, "Anna")
    app = create_app(sqlite_office)
    for name in ("Anna", "Niemand"):
        http = Http(app)
        heads = {"cookie": "amhk_device=é".encode("latin-1"), "sec-fetch-site": "same-origin"}
        form = {"name": name, "password": "helemaal fout"}
        told = http.post("/login", data=form, headers=heads, follow_redirects=False)
        assert told.status_code == 401, name


def test_with_a_certificate_the_house_speaks_https_itself(tmp_path):
    cert, key = certificate(tmp_path)
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    settings(path, certificate=f'"{cert}"', certificate_key=f'"{key}"')
    trust = ssl.create_default_context(cafile=str(cert))
    with Server(path, trust=trust) as server:
        with urllib.request.urlopen(
            f"https://127.0.0.1:{server.port}/login", context=trust
        ) as answer:
            assert answer.headers["strict-transport-security"]
        assert server.stop() == 0


def test_a_certificate_that_is_not_there_closes_the_house_with_a_sentence(tmp_path):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    settings(path, certificate='"nergens.pem"', scanner='"geen poort"', security_contact='"ik"')
    with pytest.raises(HouseClosed) as wrong:
        read_config(path)
    told = str(wrong.value)
    assert "samen" in told and "nergens.pem is er niet" in told
    assert "server.scanner" in told and "server.security_contact" in told


def test_whoever_finds_a_weakness_reads_whom_to_tell(tmp_path):
    with house(tmp_path, security_contact='"mailto:veiligheid@voorbeeld.nl"') as office:
        told = Http(create_app(office)).get("/.well-known/security.txt")
        assert told.headers["content-type"].startswith("text/plain")
        assert "Contact: mailto:veiligheid@voorbeeld.nl\nExpires: 20" in told.text


def test_where_nobody_is_named_there_is_no_such_page(sqlite_office):
    assert Http(create_app(sqlite_office)).get("/.well-known/security.txt").status_code == 404


def test_the_first_of_a_real_meldpunt_comes_in_with_a_code_that_is_good_once(tmp_path):
    with house(tmp_path, training=False, second_proof="[]") as office:
        name, code = workers.first_beheerder(office)
        assert workers.first_beheerder(office) is None, "there is one now"
        http = Http(create_app(office))
        assert http.sign_in(name, code).status_code == 303
        assert http.get("/", follow_redirects=False).headers["location"] == "/wachtwoord"
        told = http.send("/wachtwoord", old=code, new="zeven paarse fietsen")
        assert told.headers["location"] == "/login"
        assert Http(create_app(office)).sign_in(name, code).status_code == 401
        assert Http(create_app(office)).sign_in(name, "zeven paarse fietsen").status_code == 303


def test_a_training_meldpunt_and_one_where_somebody_works_get_no_first_one(tmp_path, sqlite_office):
    assert workers.first_beheerder(sqlite_office) is None
    with house(tmp_path, training=False) as office:
        hire(office, "Bea")
        assert workers.first_beheerder(office) is None


def test_nobody_is_made_by_founding_alone(tmp_path):
    told = command("init", tmp_path / "echt", "--region", "utrecht")
    assert told.returncode == 0, told.stderr
    with (
        closing(open_office(tmp_path / "echt" / "config.toml", proof=False)) as office,
        office.store.read() as connection,
    ):
        assert reads.workers(connection, active=False) == []


class Clamd(socketserver.StreamRequestHandler):
    """What clamd answers: a file with `EICAR` in it is one."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        told = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            told += self.rfile.read(size)
        said = b"Eicar-Test-Signature FOUND" if b"EICAR" in told else b"OK"
        said = b"INSTREAM size limit exceeded. ERROR" if b"TE GROOT" in told else said
        self.wfile.write(b"stream: " + said + b"\0")


@pytest.fixture
def clamd():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_file_in_which_the_scanner_finds_something_is_not_kept(tmp_path, clamd):
    with house(tmp_path, scanner=f'"127.0.0.1:{clamd}"') as office:
        hire(office)
        tom = reader(office, "Tom")
        number = calls.take_call(office, melding(), tom)
        attachments.add_file(office, number, "goed.txt", BytesIO(b"Gewoon een brief." * 9999), tom)
        with pytest.raises(BadInput, match="Eicar-Test-Signature"):
            attachments.add_file(office, number, "kwaad.txt", BytesIO(b"EICAR"), tom)
        with pytest.raises(HouseClosed, match="kon dit bestand niet bekijken"):
            attachments.add_file(office, number, "groot.txt", BytesIO(b"TE GROOT"), tom)
        assert [a["name"] for a in Client(office).case(number)["attachments"]] == ["goed.txt"]
        assert len(list((office.config.folder / "bijlagen").rglob("*"))) <= 2


def test_while_the_scanner_does_not_answer_no_file_is_kept_and_one_hears_why(tmp_path):
    with house(tmp_path, scanner='"127.0.0.1:1"') as office:
        hire(office)
        number = calls.take_call(office, melding(), reader(office, "Tom"))
        with pytest.raises(HouseClosed, match="geeft geen antwoord"):
            attachments.add_file(office, number, "a.txt", BytesIO(b"Tekst."), reader(office, "Tom"))
        assert Client(office).case(number)["attachments"] == []


def test_a_thousand_wrong_passwords_from_one_address_keep_no_office_out(sqlite_office):
    """The office sits behind that same address; ten have been here before, ten are elsewhere."""
    hire(sqlite_office)
    others = [f"Collega {n}" for n in range(20 - len(CAST))]
    for name in others:
        workers.add_worker(sqlite_office, name, "medewerker", None, None, password=RIGHT)
    everybody, app = [*CAST, *others], create_app(sqlite_office)
    office, elsewhere = ("203.0.113.9", 4), ("198.51.100.8", 4)
    known = {name: Http(app, client=office) for name in everybody[:10]}
    for name, http in known.items():
        assert http.sign_in(name).status_code == 303
    attacker, entered = Http(app, client=office), 0
    for n in range(1000):
        told = attacker.sign_in(everybody[n % 20] if n % 2 else f"Niemand {n}", "helemaal fout")
        assert told.status_code in (401, 429)
        if n % 50 == 49:  # in between each comes in, once
            name = everybody[n // 50]
            http = known.get(name) or Http(app, client=elsewhere)
            entered += http.sign_in(name).status_code == 303
    assert entered >= 10, "who was here before comes in"
    assert attacker.sign_in("Anna").status_code == 429
    assert entered == 20, "and who is elsewhere"
