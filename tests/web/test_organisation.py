"""Coming in by the sign-in of the organisation: against a real provider on this machine, and
against one that lies.
"""

import json
import re
import threading
import time
import warnings
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest
from conftest import make_folder
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select
from support.cast import hire, reader
from support.http import Http

from amhk import identity
from amhk.config import read_config
from amhk.desk.house import passkeys
from amhk.desk.staff import management, rights, workers
from amhk.errors import BadInput, ClosedDoor, HouseClosed
from amhk.office import open_office
from amhk.store import reads
from amhk.store.reads import SESSION
from amhk.web.app import create_app

# The provider is built on a module its makers are leaving.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
CLAIMS = {
    "name": "Nora Bakker",
    "preferred_username": "n.bakker",
    "groups": ["vt-medewerkers", "iets anders"],
    "amr": ["pwd", "mfa"],
}
OIDC = """
[oidc]
issuer = "{issuer}"
client_id = "meldpunt"
title = "Gemeente Voorbeeld"
roles = {{ "vt-managers" = "manager", "vt-medewerkers" = "medewerker" }}
teams = {{ "vt-noord" = "Noord" }}
"""


@contextmanager
def house(folder, issuer, training=False):
    path = make_folder(folder / "m", "meldpunt.sqlite", training=training)
    text = path.read_text(encoding="utf-8")
    head, sep, rest = text.partition("[procedure]")
    path.write_text(head + OIDC.format(issuer=issuer) + sep + rest, encoding="utf-8")
    identity.forget()
    with closing(open_office(path, proof=False)) as office:
        workers.add_team(office, "Noord")
        yield office


@pytest.fixture(scope="module")
def provider():
    with warnings.catch_warnings(action="ignore"):
        import oidc_provider_mock
    with oidc_provider_mock.run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def office(tmp_path, provider, monkeypatch):
    monkeypatch.setenv("AMHK_OIDC_SECRET", "een geheim: van twee")
    with house(tmp_path, provider) as office:
        yield office


def known_there(provider, sub, **claims):
    """Let the provider know somebody, with what it says of him."""
    body = json.dumps(CLAIMS | claims).encode()
    heads = {"content-type": "application/json"}
    urlopen(Request(f"{provider}/users/{sub}", body, heads, method="PUT")).close()


def leave(http, query=""):
    """Go to the organisation; gives where one is sent."""
    answer = http.get(f"/login/organisatie{query}", follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def signed_in_there(there, sub):
    """Sign in at the provider; gives where it sends the browser back to."""

    with pytest.raises(HTTPError) as redirect:
        build_opener(Stay).open(there, urlencode({"sub": sub}).encode())
    redirect.value.close()
    return re.sub(r"^https?://[^/]+", "", redirect.value.headers["location"])


class Stay(HTTPRedirectHandler):
    """Does not go where it is sent."""

    def redirect_request(self, *_):
        return None


def come_in(office, provider, sub="nora", query="", **claims):
    known_there(provider, sub, **claims)
    http = Http(create_app(office))
    answer = http.get(signed_in_there(leave(http, query), sub), follow_redirects=False)
    return http, answer


def worker(office, name="Nora Bakker"):
    with office.store.read() as connection:
        return reads.worker_by(connection, name=name)


def test_who_the_organisation_vouches_for_comes_in_with_the_role_of_his_groups(office, provider):
    http, answer = come_in(office, provider)
    assert answer.status_code == 200 and 'url=/"' in answer.text
    assert http.get("/", follow_redirects=False).status_code == 200
    nora = worker(office)
    assert (nora["role"], nora["login"]) == ("medewerker", "n.bakker")
    with office.store.read() as connection:
        told = rights.lately(connection, office.now(connection), reader(office, "Nora Bakker"))
    assert ("Medewerker Nora Bakker toegevoegd als medewerker.", "de organisatie") in {
        (t["what"], t["by"]) for t in told
    }
    assert http.sign_in("Nora Bakker", "-").status_code == 401, "there is no password that fits"


def test_the_page_of_signing_in_leads_there_and_back_to_where_one_wanted_to_be(office, provider):
    http = Http(create_app(office))
    page = http.get("/login?naar=/werkvoorraad").text
    assert "Aanmelden met\n      Gemeente Voorbeeld" in page
    _, answer = come_in(office, provider, query="?naar=/werkvoorraad")
    assert 'url=/werkvoorraad"' in answer.text
    for wrong in (
        "//kwaad.voorbeeld",
        "https://kwaad.voorbeeld",
        "/\\kwaad",
        "/%09/kwaad",
        "/%0A/kwaad",
        "/%09%5Ckwaad",
        "/" + "kwaad" * 200,
    ):
        _, answer = come_in(office, provider, query=f"?naar={wrong}")
        assert 'url=/"' in answer.text and "kwaad" not in answer.text


def test_other_groups_give_another_role_and_team_at_the_next_sign_in_and_end_sessions(
    office, provider
):
    first, _ = come_in(office, provider)
    second, _ = come_in(office, provider, groups=["vt-medewerkers", "vt-managers", "vt-noord"])
    nora = worker(office)
    assert nora["role"] == "manager", "the first of the settings"
    with office.store.read() as connection:
        teams = {t["id"]: t["name"] for t in reads.teams(connection)}
    assert teams[nora["team_id"]] == "Noord"
    assert first.get("/", follow_redirects=False).headers["location"].startswith("/login")
    assert second.get("/", follow_redirects=False).status_code == 200


def test_who_has_no_group_here_any_more_is_out_everywhere(office, provider):
    first, _ = come_in(office, provider)
    for groups in ([], ["elders"], None, "vt-managers"):
        _, answer = come_in(office, provider, groups=groups)
        assert answer.status_code == 401 and "geven u hier geen rol" in answer.text
    assert first.get("/", follow_redirects=False).headers["location"].startswith("/login")
    _, answer = come_in(office, provider, sub="vreemd", groups=[], preferred_username="vreemd")
    assert answer.status_code == 401
    with office.store.read() as connection:
        assert len(reads.workers(connection, active=False)) == 1


def test_without_a_group_here_no_other_door_is_open_either(office, provider):
    come_in(office, provider)
    token = workers.make_token(office, "Nora Bakker")
    nora = reader(office, "Nora Bakker")
    with pytest.raises(ClosedDoor, match="met uw organisatie"):
        passkeys.keep(office, nora, "telefoon", "{}", "https://meldpunt.voorbeeld.nl")
    program = Http(create_app(office))
    heads = {"authorization": f"Bearer {token}"}
    assert program.get("/api/v1/cases", headers=heads).status_code == 200
    come_in(office, provider, groups=[])
    assert program.get("/api/v1/cases", headers=heads).status_code == 401


def test_the_beheerder_binds_who_was_here_before_and_unbinds_who_is_no_more(office, provider):
    hire(office, "Anna", "Bea")
    bea = reader(office, "Bea")
    anna = worker(office, "Anna")["id"]
    management.bind(office, anna, "A.Jansen", bea)
    claims = {"name": "Anna Jansen", "preferred_username": "a.jansen"}
    _, answer = come_in(office, provider, sub="anna", **claims)
    assert answer.status_code == 200 and worker(office, "Anna Jansen") is None
    assert worker(office, "Anna")["subject"].endswith(" anna")
    with pytest.raises(BadInput, match="Anna heeft deze aanmeldnaam"):
        management.bind(office, bea.id, "a.jansen", bea)
    _, answer = come_in(office, provider, sub="opvolger", **claims)
    assert answer.status_code == 401
    management.bind(office, anna, "", bea)
    _, answer = come_in(office, provider, sub="opvolger", **claims)
    assert answer.status_code == 200 and worker(office, "Anna Jansen")["login"] == "a.jansen"


def test_a_login_that_somebody_has_already_holds_up_no_other_change(office, provider):
    come_in(office, provider, sub="een", preferred_username="jose", name="José de Eerste")
    come_in(office, provider, groups=["vt-managers"])
    _, answer = come_in(office, provider, preferred_username="JOSE")
    assert answer.status_code == 200
    nora = worker(office)
    assert (nora["role"], nora["login"]) == ("medewerker", "n.bakker")


@pytest.mark.parametrize("name", ["x" * 90, "opdrachtregel", "", None, 7])
def test_who_bears_a_name_that_cannot_be_is_called_by_his_login(office, provider, name):
    _, answer = come_in(office, provider, name=name)
    assert answer.status_code == 200 and worker(office, "n.bakker")


def test_who_left_does_not_come_in(office, provider):
    come_in(office, provider)
    workers.disable(office, "Nora Bakker")
    _, answer = come_in(office, provider)
    assert answer.status_code == 401 and "werkt hier niet" in answer.text


def test_a_name_that_somebody_else_has_now_is_not_that_of_who_had_it(office, provider):
    come_in(office, provider)
    _, answer = come_in(office, provider, sub="een-ander", name="Nora Bakker")
    assert answer.status_code == 401 and "Iemand anders" in answer.text


def test_a_worker_who_was_here_before_keeps_his_name_and_his_cases(office, provider):
    hire(office, "Anna")
    _, answer = come_in(office, provider, sub="x", name="Anna", preferred_username="anna.elders")
    assert answer.status_code == 200
    assert worker(office, "Anna")["subject"] is None, "a name alone makes nobody somebody else"
    assert worker(office, "anna.elders")["subject"]


def test_a_second_proof_the_organisation_asked_counts_and_otherwise_ours_is_asked(office, provider):
    http, _ = come_in(office, provider, amr=["pwd"])
    assert http.get("/", follow_redirects=False).headers["location"] == "/tweede-stap/instellen"
    http, _ = come_in(office, provider, amr=["pwd", "mfa"])
    assert http.get("/", follow_redirects=False).status_code == 200


def test_what_leaves_the_house_asks_to_sign_in_anew_there(office, provider):
    old, _ = come_in(office, provider, auth_time=int(time.time()) - 3600)
    assert (
        old.get("/werkvoorraad.csv", follow_redirects=False)
        .headers["location"]
        .startswith("/bevestigen")
    )
    page = old.get("/bevestigen?naar=/werkvoorraad.csv").text
    assert "/login/organisatie?opnieuw=1&amp;naar=/werkvoorraad.csv" in page
    asked = parse_qs(urlsplit(leave(old, "?opnieuw=1")).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    new, _ = come_in(office, provider, auth_time=int(time.time()))
    assert new.get("/werkvoorraad.csv", follow_redirects=False).status_code == 200
    unsaid, _ = come_in(office, provider)
    known_there(provider, "nora", auth_time=None)
    assert unsaid is not None


def test_a_code_is_good_once_and_in_the_browser_that_left_for_it(office, provider):
    known_there(provider, "nora")
    http, other = Http(create_app(office)), Http(create_app(office))
    back = signed_in_there(leave(http), "nora")
    assert other.get(back, follow_redirects=False).status_code == 401, "another browser"
    assert http.get(back, follow_redirects=False).status_code == 200
    assert http.get(back, follow_redirects=False).status_code == 401, "a second time"
    leave(http)
    assert http.get(back, follow_redirects=False).status_code == 401, "an old code, a new question"


@pytest.mark.parametrize(
    "change",
    [
        {"state": "van een ander"},
        {"state": ""},
        {"code": ""},
        {"code": "geraden"},
        {"iss": "https://een.andere.organisatie"},
        {"error": "access_denied", "code": ""},
    ],
)
def test_an_answer_to_another_question_lets_nobody_in(office, provider, change):
    known_there(provider, "nora")
    http = Http(create_app(office))
    parts = urlsplit(signed_in_there(leave(http), "nora"))
    told = {k: v[0] for k, v in parse_qs(parts.query).items()} | change
    answer = http.get(f"{parts.path}?{urlencode(told)}", follow_redirects=False)
    assert answer.status_code == 401 and "niet aangemeld" in answer.text
    with office.store.read() as connection:
        assert connection.execute(select(SESSION)).first() is None


def test_signing_in_there_leaves_a_line_and_asks_with_a_secret_of_its_own_each_time(
    office, provider
):
    http = Http(create_app(office))
    asked = [parse_qs(urlsplit(leave(http)).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert asked[0]["code_challenge_method"] == ["S256"]
    come_in(office, provider)
    with office.store.read() as connection:
        lines = reads.rows(connection, select(reads.LOOK))
    assert [x["what"] for x in lines] == ["aangemeld (de organisatie)"]


def test_a_browser_that_never_left_lets_nobody_be_asked_anything(office, monkeypatch):
    monkeypatch.setattr(identity, "redeem", None)  # it would be an error of ours
    for cookie in ("a|b|c|d", "a|b|c|d|e", "", "é|é", "|" * 9):
        http = Http(create_app(office))
        heads = {"cookie": f"amhk_organisatie={cookie}".encode("latin-1")}
        answer = http.get("/login/organisatie/terug?code=c&state=a", headers=heads)
        assert answer.status_code == 401, cookie
    http = Http(create_app(office))
    leave(http)
    assert http.get("/login/organisatie/terug?code=c&state=%C3%A9").status_code == 401


def test_under_a_path_of_its_own_coming_back_stays_under_it(tmp_path, liar):
    with house(tmp_path, liar) as office:
        path = office.config.path
        settings = path.read_text().replace(
            "trusted_proxies = []", 'trusted_proxies = ["127.0.0.1"]'
        )
        path.write_text(settings)
    with closing(open_office(path, proof=False)) as office:
        heads = {"x-forwarded-prefix": "/amhk", "x-forwarded-host": "voorbeeld.nl"}
        answer = told_by(liar, Http(create_app(office)), headers=heads, under="/amhk")
        assert 'content="0;url=/amhk/"' in answer.text


class Liar(BaseHTTPRequestHandler):
    """An organisation whose tokens say what a test wants, signed with what a test wants."""

    token, more, issuer, sends, keys = "", {}, None, None, None

    def do_GET(self):
        here = f"http://localhost:{self.server.server_port}"
        if self.sends and self.sends[0] in self.path:
            self._send()
        elif self.path.endswith("openid-configuration"):
            told = {name: f"{here}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
            self._say(told | {"issuer": self.issuer or here, "jwks_uri": f"{here}/keys"})
        else:
            self._say({"keys": self.keys or [KEY.as_dict(private=False)]})

    def _send(self):
        self.send_response(302)
        self.send_header("location", self.sends[1])
        self.send_header("content-length", "0")
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        if self.sends and self.sends[0] in self.path:
            self._send()
            return
        self._say({"id_token": self.token, "access_token": "x", "token_type": "Bearer"})

    def _say(self, told):
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


KEY, OTHER = RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})


@pytest.fixture
def liar():
    with ThreadingHTTPServer(("localhost", 0), Liar) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
    Liar.issuer = Liar.sends = Liar.keys = None


def told_by(liar, http, key=KEY, alg="RS256", headers=None, under="", **claims):
    """Come back from the liar, whose token bears these claims; gives the answer."""
    there = http.get(f"{under}/login/organisatie", headers=headers, follow_redirects=False)
    asked = {k: v[0] for k, v in parse_qs(urlsplit(there.headers["location"]).query).items()}
    now = int(time.time())
    told = CLAIMS | {
        "iss": liar,
        "sub": "nora",
        "aud": "meldpunt",
        "exp": now + 300,
        "iat": now,
        "nonce": asked["nonce"],
    }
    told = {k: v for k, v in (told | claims).items() if v is not None}
    Liar.token = jwt.encode({"alg": alg, "kid": "1"}, told, key, algorithms=[alg])
    back = f"{under}/login/organisatie/terug?code=c&state={asked['state']}"
    return http.get(back, headers=headers, follow_redirects=False)


@pytest.mark.parametrize("path", ["openid-configuration", "keys", "token_endpoint"])
def test_an_organisation_that_sends_elsewhere_is_not_followed(tmp_path, liar, path):
    """Not to an address that was never proven, with the secret of this house."""
    with house(tmp_path, liar) as office:
        http = Http(create_app(office))
        leave(http) if path != "openid-configuration" else None
        Liar.sends = (path, f"{liar}/elders")
        told = http.get("/login/organisatie", follow_redirects=False)
        answer = told_by(liar, http) if told.status_code == 303 else told
        assert answer.status_code in (401, 503), answer.text


@pytest.mark.parametrize(
    "keys",
    [
        [{"kty": "EC", "crv": "onbekend", "x": "a", "y": "b", "kid": "2"}],
        [{"kty": "oct", "k": "AAAA", "kid": "2"}, "rommel", None, {}],
    ],
)
def test_a_key_that_we_cannot_read_beside_a_good_one_closes_nothing(tmp_path, liar, keys):
    Liar.keys = [*keys, KEY.as_dict(private=False)]
    with house(tmp_path, liar) as office:
        assert told_by(liar, Http(create_app(office))).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"acr": ["een", "lijst"]},
        {"acr": {"a": 1}},
        {"auth_time": 10**15},
        {"auth_time": -(10**18)},
        {"amr": "mfa"},
        {"groups": {"vt-medewerkers": 1}},
        {"name": {"a": 1}},
    ],
    ids=str,
)
def test_odd_things_it_says_are_no_error_of_ours(tmp_path, liar, claims):
    with house(tmp_path, liar) as office:
        assert told_by(liar, Http(create_app(office)), **claims).status_code in (200, 401)


@pytest.mark.parametrize("sub", ["", "x" * 256, "a\nb", 7, ["a"]])
def test_who_bears_no_mark_does_not_come_in(tmp_path, liar, sub):
    with house(tmp_path, liar) as office:
        assert told_by(liar, Http(create_app(office)), sub=sub).status_code == 401


def test_a_slow_organisation_holds_up_two_and_the_others_hear_it(tmp_path, liar, monkeypatch):
    monkeypatch.setattr(identity, "_PATIENCE", 0.01)
    with house(tmp_path, liar) as office:
        for _ in range(2):
            identity._AT_ONCE.acquire()
        try:
            answer = Http(create_app(office)).get("/login/organisatie")
        finally:
            for _ in range(2):
                identity._AT_ONCE.release()
        assert answer.status_code == 503 and "geeft geen antwoord" in answer.text


def test_a_token_as_it_should_be_lets_in_also_when_clocks_differ_by_half_a_minute(tmp_path, liar):
    with house(tmp_path, liar) as office:
        now = int(time.time())
        for claims in ({}, {"aud": ["meldpunt"]}, {"exp": now - 30}, {"iat": now + 30}):
            answer = told_by(liar, Http(create_app(office)), **claims)
            assert answer.status_code == 200, claims


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://een.ander"},
        {"aud": "een ander"},
        {"aud": ["meldpunt", "een ander"]},
        {"aud": ["meldpunt", "een ander"], "azp": "meldpunt"},
        {"aud": None},
        {"azp": "een ander"},
        {"nonce": "van een ander"},
        {"nonce": None},
        {"exp": 1_000_000},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"nbf": 9_999_999_999},
        {"sub": None},
        {"iat": "gisteren"},
        {"at_hash": "van een ander"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_house_now_lets_nobody_in(tmp_path, liar, claims):
    with house(tmp_path, liar) as office:
        answer = told_by(liar, Http(create_app(office)), **claims)
        assert answer.status_code == 401, answer.text
        with office.store.read() as connection:
            assert reads.workers(connection, active=False) == []


def test_a_token_that_somebody_else_signed_lets_nobody_in(tmp_path, liar):
    with house(tmp_path, liar) as office:
        http = Http(create_app(office))
        assert told_by(liar, http, key=OTHER).status_code == 401
        shared = OctKey.import_key("een geheim dat iedereen kent, van dertig tekens")
        assert told_by(liar, http, key=shared, alg="HS256").status_code == 401
        asked = {k: v[0] for k, v in parse_qs(urlsplit(leave(http)).query).items()}
        for token in ("", "rommel", "e30.e30.", f"{_bare(asked['nonce'], liar)}"):
            Liar.token = token
            back = f"/login/organisatie/terug?code=c&state={asked['state']}"
            assert http.get(back, follow_redirects=False).status_code == 401
            leave(http)


def _bare(nonce, liar):
    from base64 import urlsafe_b64encode

    now = int(time.time())
    told = CLAIMS | {"iss": liar, "sub": "n", "aud": "meldpunt", "exp": now + 9, "iat": now}
    parts = ({"alg": "none"}, told | {"nonce": nonce})
    return (
        ".".join(urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts)
        + "."
    )


def test_an_organisation_that_bears_another_name_or_is_away_is_one_sentence(tmp_path, liar):
    Liar.issuer = "https://een.ander"
    with house(tmp_path, liar) as office:
        answer = Http(create_app(office)).get("/login/organisatie")
        assert answer.status_code == 503 and "zegt iets anders" in answer.text
    with house(tmp_path / "2", "http://localhost:1") as office:
        answer = Http(create_app(office)).get("/login/organisatie")
        assert answer.status_code == 503 and "geeft geen antwoord" in answer.text
        assert 'action="/login"' in answer.text, "the other way in is there"


def test_without_an_organisation_there_is_no_such_way(sqlite_office):
    http = Http(create_app(sqlite_office))
    assert http.get("/login/organisatie", follow_redirects=False).status_code == 404
    assert http.get("/login/organisatie/terug?code=x&state=y").status_code == 404
    assert "organisatie" not in http.get("/login").text


def test_wrong_settings_of_it_are_said_all_at_once(tmp_path):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    wrong = '[oidc]\nissuer = "http://elders"\nroles = { "a" = "baas" }\nonbekend = 1\n'
    path.write_text(path.read_text().replace("[procedure]", f"{wrong}[procedure]"))
    with pytest.raises(HouseClosed) as told:
        read_config(path)
    for part in ("oidc.issuer", "oidc.client_id", "'baas' is geen rol", "oidc.onbekend"):
        assert part in str(told.value)
