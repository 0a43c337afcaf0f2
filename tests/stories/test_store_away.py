"""The database is away, replaced or cannot write.

Nothing is said that is not so, what was typed comes back, and nothing answered is lost.
"""

import gc
import os
import random
import re
import shutil
import threading
from collections import Counter
from subprocess import CalledProcessError
from uuid import uuid4

import psycopg
import pytest
from conftest import FULL, ROOT, make_folder, new_database
from sqlalchemy import event
from support.cast import Client, hire
from support.families import melding
from support.http import Http
from support.patience import until
from support.postgres import control

from amhk.clock import sweep
from amhk.office import open_office
from amhk.store.cases.journal import verify
from amhk.web.app import create_app

PAGES = (
    "/",
    "/werkvoorraad",
    "/zoeken?q=visser",
    "/nieuw",
    "/zaak/M-2026-000001",
    "/bewijs",
    "/rapportage?period=2026-Q1",
    "/login",
)
TYPED = "Gebeld met de school, 14.10 uur; zij belt terug."


def away(office):
    """From now on every connection fails as it does when the server is gone."""

    def gone(*_):
        raise office.store.engine.dialect.loaded_dbapi.OperationalError(
            "server closed the connection unexpectedly"
        )

    event.listen(office.store.engine, "do_connect", gone)
    event.listen(office.store.engine, "before_cursor_execute", gone)

    def back():
        event.remove(office.store.engine, "do_connect", gone)
        event.remove(office.store.engine, "before_cursor_execute", gone)

    return back


def browser(office, name="Tom"):
    http = Http(create_app(office), raising=False)
    http.post(
        "/login",
        data={"name": name, "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    return http, re.search(r'name="_csrf" value="([^"]+)"', http.get("/klok").text)[1]


def is_the_one_page(answer):
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10"), answer.text[:300]
    assert (
        '<html lang="nl"' in answer.text
        and "database" in answer.text
        and "Traceback" not in answer.text
    )


def test_while_the_database_is_away_every_page_says_so_and_what_was_typed_comes_back(
    client, office, caplog
):
    number = client.post("/cases", melding([{"naam": "Liv Visser"}]))["number"]
    http, csrf = browser(office)
    body = {"_csrf": csrf, "_once": uuid4().hex, "tekst": TYPED}
    back = away(office)
    caplog.clear()
    for page in PAGES:
        is_the_one_page(http.get(page))
    told = http.post(f"/zaak/{number}/notities", data=body)
    is_the_one_page(told)
    assert TYPED in told.text and "Er is niets opgeslagen" in told.text
    api = client.ask("GET", f"/cases/{number}", expect=503)
    assert api.headers["retry-after"] == "10" and api.json()["status"] == 503
    assert client.ask("GET", "/watch", expect=503)
    ours = [r for r in caplog.records if r.name.startswith("amhk")]
    assert len(ours) == len(PAGES) + 3 and not [r for r in ours if r.exc_info], "one line each"
    back()
    again = dict(re.findall(r'name="(_csrf|_once|tekst)" value="([^"]*)"', told.text))
    assert (
        http.post(f"/zaak/{number}/notities", data=again, follow_redirects=False).status_code == 303
    )
    notes = [e for e in client.get(f"/cases/{number}/journal")["items"] if e["kind"] == "notitie"]
    assert [n["reason"] for n in notes] == [TYPED]


def test_a_commit_cut_off_never_says_nothing_was_saved_and_a_second_try_does_nothing_twice(
    postgres, tmp_path
):
    """The server keeps it and its answer is lost.

    The page says that it may be there, and the same form once more is the same note.
    """
    office = open_office(make_folder(tmp_path / "m", new_database(postgres)), proof=False)
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T09:00")
    number = client.post("/cases", melding([{"naam": "Liv Visser"}]))["number"]
    http, csrf = browser(office)
    body = {"_csrf": csrf, "_once": uuid4().hex, "tekst": TYPED}
    dialect, lost = office.store.engine.dialect, []
    kept = dialect.do_commit

    def cut(connection):
        kept(connection)
        if not lost:
            lost.append(True)
            raise dialect.loaded_dbapi.OperationalError("server closed the connection unexpectedly")

    dialect.do_commit = cut
    told = http.post(f"/zaak/{number}/notities", data=body)
    dialect.do_commit = kept
    assert lost and told.status_code == 503
    assert (
        "niet zeker of dit is opgeslagen" in told.text
        and "niets opgeslagen" not in told.text
        and TYPED in told.text
    )
    http.post(f"/zaak/{number}/notities", data=body)
    assert (
        len([e for e in client.get(f"/cases/{number}/journal")["items"] if e["kind"] == "notitie"])
        == 1
    )
    office.close()


class Typist(threading.Thread):
    """Writes note after note until told to stop, each with a key of its own.

    A note that was not answered is sent again with the same key, once.
    """

    def __init__(self, office, number, name, stop):
        super().__init__()
        self.http, self.csrf = browser(office, name)
        self.number, self.name, self.stop = number, name, stop
        self.saved, self.refused, self.unsure, self.other = [], [], [], []

    def send(self, text, once):
        answer = self.http.post(
            f"/zaak/{self.number}/notities",
            data={"_csrf": self.csrf, "_once": once, "tekst": text},
            follow_redirects=False,
        )
        if answer.status_code in (303, 409):
            return "saved"
        if answer.status_code != 503:
            return f"{answer.status_code} {answer.text[:200]}"
        return "unsure" if "niet zeker" in answer.text else "refused"

    def run(self):
        count = 0
        while not self.stop.is_set():
            count += 1
            text, once = f"Notitie {count} van {self.name}.", uuid4().hex
            told = self.send(text, once)
            if (
                told == "refused" and count % 2
            ):  # half of them are not sent again: they must not be there
                self.refused.append(text)
                continue
            for _ in range(500):
                if told not in ("refused", "unsure"):
                    break
                told = self.send(text, once)
            (self.saved if told == "saved" else self.other).append(
                text if told == "saved" else (text, told)
            )


def torment(postgres, name, data, n, dice, stop):
    """One turn: every seventh the server itself is gone for a while.

    Else all connections end, and every fifth nobody is let in.
    """
    if n % 7 == 3:
        control(data, "stop", "-m", "immediate")
        stop.wait(dice.random())
        until(lambda: _started(data), 3, "a server that starts again")
        return
    with psycopg.connect(postgres, autocommit=True) as boss:
        if n % 5 == 0:
            boss.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        boss.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        if n % 5 == 0:
            stop.wait(0.2)
            boss.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def _started(data):
    """Start the server; not yet while what it left in memory is still held by a connection that is
    dying.
    """
    try:
        control(data, "restart")
    except CalledProcessError:
        return False
    return True


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # a connection that dies while it is made is closed by nobody
@pytest.mark.soak
def test_whoever_cuts_the_database_off_under_eight_clients_each_answer_is_true(postgres, tmp_path):
    """Every connection killed again and again in the middle of whatever it does, kept out for a
    while, or the server itself gone: what was answered is there once, what was refused is not.
    """
    url = new_database(postgres)
    office = open_office(make_folder(tmp_path / "m", url, seated=True), proof=False)
    client = Client(office)
    number = client.post("/cases", melding([{"naam": "Liv Visser"}]))["number"]
    name, stop = url.partition("?")[0].rpartition("/")[2], threading.Event()
    typists = [
        Typist(office, number, who, stop)
        for who in ("Anna", "Bram", "Carla", "Vera", "Tom", "Mia", "Piet", "Anna")
    ]
    for n, one in enumerate(typists):
        one.name = f"{one.name} {n}"
        one.start()
    dice = random.Random(16)
    with psycopg.connect(postgres, autocommit=True) as boss:
        boss.execute(
            f'ALTER DATABASE "{name}" SET synchronous_commit = on'
        )  # here it must survive its server
        data = boss.execute("SHOW data_directory").fetchone()[0]
    try:
        for n in range(200 if FULL else 15):
            stop.wait(0.02 + dice.random() * 0.3)
            torment(postgres, name, data, n=n, dice=dice, stop=stop)
    finally:
        stop.set()
        for one in typists:
            one.join()
    told = Counter(
        e["reason"]
        for e in client.get(f"/cases/{number}/journal")["items"]
        if e["kind"] == "notitie"
    )
    saved, refused = (
        [text for one in typists for text in getattr(one, kind)] for kind in ("saved", "refused")
    )
    assert not [other for one in typists for other in one.other]
    assert len(saved) > 15 and {text: told[text] for text in saved if told[text] != 1} == {}
    assert [text for text in refused if told[text]] == []
    assert sum(told.values()) == len(saved)
    with office.store.read() as connection:
        assert list(verify(connection)) == []
    assert client.get("/watch")["status"] == "ok"
    office.close()
    gc.collect()


@pytest.mark.parametrize("left", [0, 100, 4096, 30_000])
def test_a_database_file_that_is_cut_off_under_the_house_is_refused_in_a_sentence(
    sqlite_client, sqlite_office, left
):
    client, office = sqlite_client, sqlite_office
    client.post("/cases", melding([{"naam": "Liv Visser"}]))
    with office.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    office.store.engine.dispose()  # what a connection still holds of it would hide it for a while
    os.truncate(office.config.folder / "meldpunt.sqlite", left)
    for method, path, body in (
        ("POST", "/cases", melding([{"naam": "Noor Visser"}])),
        ("GET", "/cases", None),
        ("GET", "/watch", None),
    ):
        told = client.ask(method, path, body, expect=503)
        assert "Traceback" not in told.text
    is_the_one_page(
        Http(client.http.app, raising=False).get("/login")
        if left == 0
        else Http(client.http.app, raising=False).post(
            "/login", data={"name": "Tom", "password": "x"}
        )
    )


@pytest.mark.parametrize("how", ["a copy in its place", "gone", "an older one put back"])
def test_a_database_file_that_is_replaced_under_the_house_takes_nothing_any_more(
    sqlite_client, sqlite_office, caplog, how
):
    client, office = sqlite_client, sqlite_office
    file = office.config.folder / "meldpunt.sqlite"
    shutil.copy(file, file.with_suffix(".oud"))
    number = client.post("/cases", melding([{"naam": "Liv Visser"}]))["number"]
    http, csrf = browser(office)
    if how == "gone":
        file.rename(file.with_suffix(".weg"))
    else:
        shutil.copy(
            file if how == "a copy in its place" else file.with_suffix(".oud"),
            file.with_suffix(".nieuw"),
        )
        file.with_suffix(".nieuw").replace(file)
    told = client.ask("POST", "/cases", melding([{"naam": "Noor Visser"}]), expect=503)
    assert "vervangen" in told.json()["detail"]
    assert client.ask("GET", "/watch", expect=503)
    is_the_one_page(
        http.post(
            f"/zaak/{number}/notities", data={"_csrf": csrf, "_once": uuid4().hex, "tekst": TYPED}
        )
    )
    caplog.clear()
    sweep(office)
    assert [r.getMessage() for r in caplog.records] == ["sweep failed: StoreReplaced"], (
        "one clear line a round"
    )


def test_a_house_that_cannot_write_is_not_well(sqlite_client, sqlite_office):
    """A disk that is full or read-only.

    Who watches from outside hears it at once, though everything can still be read.
    """
    assert sqlite_client.get("/watch")["status"] == "ok"
    event.listen(
        sqlite_office.store.engine, "begin", lambda c: c.exec_driver_sql("PRAGMA query_only=ON")
    )
    sqlite_client.get("/cases")
    assert sqlite_client.ask("GET", "/watch", expect=503)


def test_the_page_without_a_database_asks_nothing_of_it():
    text = (ROOT / "templates" / "pages" / "dicht.html").read_text(encoding="utf-8")
    assert "extends" not in text and "office" not in text and "who" not in text
