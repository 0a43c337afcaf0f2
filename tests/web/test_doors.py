"""Who is let in: wrong passwords count against who typed them, a known browser enters all the same,
tokens end, and the house has the address it has outside.
"""

import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from conftest import make_folder
from sqlalchemy import select, update
from support.cast import CAST, Client, hire
from support.families import melding
from support.http import Http

from amhk.config import read_config
from amhk.desk.house.session import Seat
from amhk.desk.staff import workers
from amhk.errors import BadInput, HouseClosed
from amhk.keys import weak
from amhk.office import open_office
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads
from amhk.store.people import questions
from amhk.store.staff import attempts
from amhk.web import pages
from amhk.web.api import cases, house, letters, people
from amhk.web.app import create_app
from amhk.web.pages.page import Visit
from amhk.web.pages.sign_in import device_of
from amhk.web.turn import OneTurn

RIGHT = "oefenen-oefenen"


def sign_in(http, name, password=RIGHT, **headers):
    return http.post(
        "/login", data={"name": name, "password": password}, headers=headers, follow_redirects=False
    )


@pytest.fixture
def behind(tmp_path):
    """A meldpunt that trusts the proxy on this machine, under /amhk."""
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    text = path.read_text().replace(
        "trusted_proxies = []", 'trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]'
    )
    path.write_text(
        text.replace('address = ""  ', 'address = "https://meldpunt.voorbeeld.nl/amhk"  ')
    )
    office = open_office(path, proof=False)
    yield office
    office.close()


def test_thirty_wrong_passwords_of_one_address_keep_nobody_of_another_out(behind):
    http = Http(create_app(behind), client=("127.0.0.1", 4))
    for n in range(30):
        sign_in(http, f"Niemand {n}", "fout", **{"x-forwarded-for": "198.51.100.7"})
    assert sign_in(http, "Anna", **{"x-forwarded-for": "198.51.100.7"}).status_code == 429
    others = [f"Collega {n}" for n in range(20 - len(CAST))]
    for name in others:
        workers.add_worker(behind, name, "medewerker", None, None, password=RIGHT)
    for name in (*CAST, *others):
        assert sign_in(http, name, **{"x-forwarded-for": "198.51.100.8"}).status_code == 303, name


def test_who_is_no_trusted_proxy_cannot_say_who_asks(behind):
    http = Http(create_app(behind), client=("203.0.113.9", 4))
    for n in range(30):
        sign_in(http, f"Niemand {n}", "fout", **{"x-forwarded-for": f"198.51.100.{n}"})
    assert sign_in(http, "Anna", **{"x-forwarded-for": "198.51.100.200"}).status_code == 429
    page = http.get(
        "/login", headers={"x-forwarded-prefix": "/kwaad", "x-forwarded-host": "kwaad.voorbeeld"}
    )
    assert "kwaad" not in page.text and 'action="/login"' in page.text


def test_a_worker_whose_name_strangers_guess_at_enters_with_a_browser_that_is_known(
    sqlite_office, sqlite_client
):
    known = Http(create_app(sqlite_office))
    stranger = Http(known.app)
    assert sign_in(known, "Anna").status_code == 303
    for _ in range(11):
        sign_in(stranger, "Anna", "fout")
    assert sign_in(stranger, "Anna").status_code == 429, "a stranger, though he has it right by now"
    assert sign_in(known, "Anna").status_code == 303
    for _ in range(11):
        sign_in(known, "Anna", "fout")
    assert sign_in(known, "Anna").status_code == 429, "also a known browser does not guess on"


def test_the_processes_of_one_house_count_wrong_passwords_together(behind):
    one = Http(create_app(behind), client=("203.0.113.9", 4))
    with closing(open_office(behind.config.path, proof=False)) as other:
        two = Http(create_app(other), client=("203.0.113.9", 4))
        for http in (one, two) * 5:
            assert sign_in(http, "Anna", "fout").status_code == 401
        assert sign_in(one, "Anna").status_code == sign_in(two, "Anna").status_code == 429
    with behind.store.read() as connection:
        kept = str(reads.rows(connection, select(attempts.ATTEMPT)))
    assert "Anna" not in kept and "203.0.113" not in kept


def test_a_mark_of_a_browser_is_void_after_a_new_password(sqlite_office, sqlite_client):
    known = Http(create_app(sqlite_office))
    sign_in(known, "Anna")
    with sqlite_office.store.write() as connection:
        fresh = workers.hash_password("een heel ander wachtwoord")
        connection.execute(
            update(reads.WORKER).where(reads.WORKER.c.name == "Anna").values(password=fresh)
        )
    stranger = Http(known.app)
    for _ in range(11):
        sign_in(stranger, "Anna", "fout")
    assert sign_in(known, "Anna", "een heel ander wachtwoord").status_code == 429


@pytest.mark.parametrize("typed", ["zoe", "ZOË", "Zoe", "zoë", " Zoë "])
def test_a_name_is_one_name_whatever_its_capitals_and_accents(sqlite_office, sqlite_client, typed):
    workers.add_worker(sqlite_office, "Zoë", "medewerker", None, None, password=RIGHT)
    assert sign_in(Http(create_app(sqlite_office)), typed).status_code == 303
    with pytest.raises(BadInput, match="Er werkt al iemand die 'Zoë' heet"):
        workers.add_worker(sqlite_office, typed.strip(), "medewerker", None)
    with pytest.raises(BadInput, match="heet"):
        workers.rename(sqlite_office, "Anna", typed.strip())
    workers.rename(sqlite_office, "zoe", "ZOË")  # his own name otherwise written
    workers.rename(sqlite_office, "Anna", "Anne-Fleur")
    assert sign_in(Http(create_app(sqlite_office)), "anne-fleur").status_code == 303


def test_a_token_ends_and_says_when_it_was_last_used(sqlite_office, sqlite_client):
    anna = Client(sqlite_office, "Anna")
    row = next(w for w in workers.list_workers(sqlite_office) if w["name"] == "Anna")
    assert (
        row["token_used"] is None
        and row["token_until"] > (datetime.now(UTC) + timedelta(days=179)).isoformat()
    )
    anna.get("/cases")
    row = next(w for w in workers.list_workers(sqlite_office) if w["name"] == "Anna")
    assert row["token_used"] == datetime.now(UTC).date().isoformat()
    with sqlite_office.store.write() as connection:
        over = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(
            update(reads.WORKER).where(reads.WORKER.c.name == "Anna").values(token_until=over)
        )
    assert "verlopen" in anna.get("/cases", expect=401)["detail"]
    assert workers.make_token(sqlite_office, "Anna")


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "123456789012",
        "wachtwoord123",
        "Meldpunt2026!",
        "Anna de Vries1",
        "qwertyuiop12",
        "abcabcabcabc",
        "kort",
    ],
)
def test_a_password_that_is_soon_guessed_is_refused_in_a_sentence(password):
    assert weak(password, ("Anna de Vries", "Meldpunt Rotterdam"))


@pytest.mark.parametrize(
    "password",
    [
        "paard batterij nietje juist",
        "k7Q-vv2m-Zp4e",
        "zes groene fietsen zingen zacht",
        "é" * 3 + "lantaarn-boot-wolk",
    ],
)
def test_a_password_that_nobody_soon_guesses_is_taken(password):
    assert weak(password, ("Anna",)) is None


def test_who_asks_the_radar_too_often_waits_and_every_question_is_written_down(
    sqlite_office, sqlite_client
):
    body = {"betrokkenen": [{"naam": "Kees Jansen", "geboren": "2011-03-12"}]}
    answers = [
        sqlite_client.ask("POST", "/earlier", body, expect=(200, 429)).status_code
        for _ in range(140)
    ]
    assert answers[:120] == [200] * 120 and answers[121:] == [429] * 19
    assert Client(sqlite_office, "Anna").post("/earlier", body) == {"items": [], "next": None}
    with sqlite_office.store.read() as connection:
        asked = reads.rows(connection, select(questions.QUESTION))
        names = {w["id"]: w["name"] for w in reads.workers(connection)}
    told = [names[q["worker_id"]] for q in asked]
    assert (told.count("Tom"), told.count("Anna")) == (answers.count(200), 1)
    assert "Kees" not in str(asked)


def test_a_session_ends_after_ten_hours(sqlite_office, sqlite_client):
    http = Http(create_app(sqlite_office))
    sign_in(http, "Anna")
    assert http.get("/", follow_redirects=False).status_code == 200
    with sqlite_office.store.write() as connection:
        (until,) = connection.execute(select(reads.SESSION.c.until)).scalars()
        assert timedelta(hours=9, minutes=59) < until - datetime.now(UTC) <= timedelta(hours=10)
        connection.execute(
            update(reads.SESSION).values(until=datetime.now(UTC) - timedelta(seconds=1))
        )
    assert http.get("/", follow_redirects=False).headers["location"].startswith("/login")


@pytest.mark.parametrize("field", ["name", "password"])
@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "utf-16"])
def test_a_form_in_an_odd_alphabet_is_no_error_of_ours(
    sqlite_office, sqlite_client, field, charset
):
    body = (
        f'--x\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n\\ud800\r\n--x--\r\n'
    ).encode()
    heads = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    answer = Http(create_app(sqlite_office)).post("/login", content=body, headers=heads)
    assert 400 <= answer.status_code < 500


def session_used(office, ago):
    """Let every session have been used so long ago."""
    with office.store.write() as connection:
        connection.execute(update(reads.SESSION).values(used=datetime.now(UTC) - ago))


def test_who_does_nothing_for_an_hour_is_signed_out_and_who_works_stays(sqlite_office):
    hire(sqlite_office, "Anna")
    http = Http(create_app(sqlite_office))
    sign_in(http, "Anna")
    session_used(sqlite_office, timedelta(minutes=59))
    assert http.get("/", follow_redirects=False).status_code == 200
    with sqlite_office.store.read() as connection:
        (used,) = connection.execute(select(reads.SESSION.c.used)).scalars()
    assert datetime.now(UTC) - used < timedelta(minutes=1), "working counts"
    session_used(sqlite_office, timedelta(minutes=61))
    assert http.get("/", follow_redirects=False).headers["location"].startswith("/login")


def csrf_of(http):
    return re.search(r'name="_csrf" value="([^"]+)"', http.get("/klok").text)[1]


@pytest.fixture
def three(sqlite_office):
    """Anna on two devices, and Bram on one."""
    hire(sqlite_office, "Anna", "Bram")
    found = []
    for name, agent in (
        ("Anna", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/130.0"),
        ("Anna", "Mozilla/5.0 (iPhone; CPU iPhone OS 18) Safari/605"),
        ("Bram", ""),
    ):
        http = Http(create_app(sqlite_office))
        sign_in(http, name, **{"user-agent": agent})
        found.append(http)
    return sqlite_office, found


def signed_in(http):
    return http.get("/", follow_redirects=False).status_code == 200


def test_who_guesses_at_the_old_password_in_a_browser_left_open_waits(three):
    _, (desk, _, _) = three
    told = {"_csrf": csrf_of(desk), "new": "zes groene fietsen zingen zacht"}
    for n in range(10):
        again = told | {"old": "fout", "_once": f"{n:032}"}
        assert desk.post("/wachtwoord", data=again).status_code == 422
    right = told | {"old": RIGHT, "_once": "e" * 32}
    assert desk.post("/wachtwoord", data=right).status_code == 429
    assert signed_in(desk)


def test_where_one_is_signed_in_stands_on_a_page_and_one_device_can_be_signed_out(three):
    _, (desk, phone, bram) = three
    page = desk.get("/aanmeldingen").text
    assert "Firefox op Windows" in page and "Safari op iPhone" in page
    marks = re.findall(r"/aanmeldingen/(\w{16})/stop", page)
    assert len(marks) == 1, "the one that is used is not offered"
    told = {"_csrf": csrf_of(bram), "_once": "a" * 32}
    assert bram.post(f"/aanmeldingen/{marks[0]}/stop", data=told).status_code == 404
    assert bram.post("/aanmeldingen/%25/stop", data=told | {"_once": "b" * 32}).status_code == 404
    assert signed_in(phone), "nobody ends the session of another"
    desk.post(f"/aanmeldingen/{marks[0]}/stop", data={"_csrf": csrf_of(desk), "_once": "c" * 32})
    assert signed_in(desk) and not signed_in(phone) and signed_in(bram)


def test_all_other_devices_can_be_signed_out_at_once(three):
    _, (desk, phone, bram) = three
    desk.post("/aanmeldingen/andere/stop", data={"_csrf": csrf_of(desk), "_once": "d" * 32})
    assert signed_in(desk) and not signed_in(phone) and signed_in(bram)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/130 Safari/537", "Chrome op Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130", "Edge op Windows"),
        ("curl/8", "Een browser"),
        ("<script>", "Een browser"),
    ],
)
def test_a_device_is_named_by_what_its_browser_says_and_never_in_its_words(agent, said):
    assert device_of(agent) == said


def test_a_password_costs_who_guesses_at_it_64_mib_and_three_rounds_each_time():
    told = [sys.executable, "-c", "from amhk.keys import hash_password as h; print(h('geheim'))"]
    made = subprocess.run(told, capture_output=True, text=True, check=True).stdout
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_only_hashes_of_passwords_tokens_and_cookies_are_kept(sqlite_office):
    hire(sqlite_office, "Anna")
    anna = Client(sqlite_office, "Anna")
    sign_in(anna.http, "Anna")
    address = anna.post("/feeds", {"kind": "persoonlijk"})["href"]
    token, secret = (
        anna.headers["authorization"].split()[1],
        address.rpartition("/")[2].removesuffix(".ics"),
    )
    kept = [RIGHT, token, token.removeprefix("amhk_"), secret, *anna.http.cookies.values()]
    whole = b"".join(p.read_bytes() for p in sqlite_office.config.folder.glob("meldpunt.sqlite*"))
    assert len(kept) == 6 and not [k for k in kept if k.encode() in whole]
    assert b"$argon2id$" in whole


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/login",
        "/bestaat-niet",
        "/static/desk.js",
        "/api/v1/health",
        "/api/v1/cases",
        "/api/openapi.json",
    ],
)
def test_every_answer_carries_the_headers_that_keep_a_page_to_itself(sqlite_client, path):
    answer = sqlite_client.http.get(path, follow_redirects=False)
    rules = answer.headers["content-security-policy"]
    assert (
        "default-src 'none'" in rules
        and "unsafe" not in rules
        and "frame-ancestors 'none'" in rules
    )
    assert (
        answer.headers["x-content-type-options"] == "nosniff"
        and answer.headers["referrer-policy"] == "same-origin"
    )
    if "text/html" in answer.headers.get("content-type", ""):
        assert not re.search(
            r"<script(?![^>]*src=\"/static/)|<style|\son\w+=|style=\"|(?:src|"
            r"href)=\"(?:https?:)?//",
            answer.text,
        )


# ------------------------------------------------------------------ under a path of its own


PROXY = {
    "x-forwarded-for": "198.51.100.8",
    "x-forwarded-proto": "https",
    "host": "meldpunt.voorbeeld.nl",
    "x-forwarded-prefix": "/amhk",
}


def test_every_address_on_every_page_carries_the_prefix_and_leads_somewhere(behind):
    """Followed from page to page, through a proxy that takes the prefix off."""
    client = Client(behind)
    number = client.post(
        "/cases",
        {
            "route": "melding",
            "kanaal": "telefoon",
            "ontvangen": "2026-02-02T08:00",
            "hoedanigheid": "15",
            "gemeente": "Schiedam",
            "zorgen": "z",
            "acuut": False,
            "melder": {"naam": "School"},
            "betrokkenen": [{"naam": "Kind", "geboren": "2019", "rollen": ["kind"]}],
        },
    )["number"]
    http = Http(create_app(behind), client=("127.0.0.1", 4))
    answer = sign_in(http, "Tom", **PROXY)
    assert answer.headers["location"] == "/amhk/"
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2 and all(
        "Path=/amhk/" in c and "Secure" in c and "HttpOnly" in c for c in cookies
    )
    session = "; ".join(c.split(";")[0] for c in cookies)
    seen, queue = set(), ["/", f"/zaak/{number}", "/nieuw"]
    while queue and len(seen) < 80:
        path = queue.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = http.get(path, headers={**PROXY, "cookie": session}, follow_redirects=False)
        assert answer.status_code in (200, 303), (path, answer.status_code)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        own = re.findall(r'(?:href|src|action|formaction|hx-get|hx-post)="(/[^"]*)"', answer.text)
        assert (own or path.startswith("/rapportage/")) and all(
            a.startswith("/amhk/") for a in own
        ), (path, [a for a in own if not a.startswith("/amhk/")])
        assert 'data-prefix="/amhk"' in answer.text
        links = re.findall(r'href="/amhk(/[^"#]*)"', answer.text)
        queue += [a.replace("&amp;", "&") for a in links if not a.startswith(("/uit", "/static"))]
    assert len(seen) > 40
    assert (
        http.get(f"/amhk/zaak/{number}", headers={**PROXY, "cookie": session}).status_code == 200
    ), "also when the proxy leaves it on"


def test_the_answers_of_the_api_and_calendar_addresses_carry_it_too(behind):
    client = Client(behind)
    client.http = Http(create_app(behind), client=("127.0.0.1", 4))
    client.headers |= PROXY
    number = client.post(
        "/cases", melding([{"naam": "Kind", "geboren": "2019", "rollen": ["kind"]}])
    )["number"]
    told = client.ask("GET", f"/cases/{number}").text
    hrefs = re.findall(r'"href": ?"([^"]*)"', told)
    assert hrefs and all(h.startswith("/amhk/api/v1/") for h in hrefs)
    assert client.post("/feeds", {"kind": "persoonlijk"})["href"].startswith(
        "https://meldpunt.voorbeeld.nl/amhk/agenda/"
    )


@pytest.mark.parametrize(
    "wrong", ['["overal"]', '["127.0.0.1", "300.1.1.1"]', '"niet een lijst"', "[7.5]"]
)
def test_a_proxy_that_is_no_address_closes_the_house_with_a_sentence(tmp_path, wrong):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    path.write_text(path.read_text().replace("trusted_proxies = []", f"trusted_proxies = {wrong}"))
    with pytest.raises(HouseClosed, match="trusted_proxies"):
        read_config(path)


def test_a_network_is_an_address_too(tmp_path):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    path.write_text(
        path.read_text().replace("trusted_proxies = []", 'trusted_proxies = ["10.0.0.0/8", "::1"]')
    )
    assert [ip_network(p) for p in read_config(path).proxies] == [
        ip_network("10.0.0.0/8"),
        ip_network("::1"),
    ]


def given(dependant):
    """What a stranger can hand to an address in its query, its body or a form, by name."""
    found = [*dependant.query_params, *dependant.body_params, *dependant.header_params]
    for inner in dependant.dependencies:
        found += given(inner)
    return found


def test_nobody_says_himself_who_asks_or_what_was_checked():
    """Who asks, the visit, and a form of our own page are worked out, never taken from what is
    sent.
    """
    rooms = [cases, house, letters, people, *pages.ROOMS]
    routes = [(room, route) for room in rooms for route in room.router.routes]
    assert len(routes) > 150
    for room, route in routes:
        assert isinstance(route, OneTurn), (room.__name__, route.path)
        names = {field.name for field in given(route.dependant)}
        assert not names & {"who", "here", "form", "body", "wish", "office"}, route.path
        kinds = {field.field_info.annotation for field in given(route.dependant)}
        assert not kinds & {Reader, Visit, Seat}, route.path
