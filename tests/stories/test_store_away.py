"""The database is away, replaced or cannot write: nothing is said that is not so, what was typed comes back, and nothing answered is lost."""

import re
import shutil
from uuid import uuid4

import pytest
from conftest import ROOT, make_folder, new_database
from sqlalchemy import event
from support.cast import Client, hire
from support.families import melding
from support.http import Http

from amhk.clock import sweep
from amhk.office import open_office
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
        raise office.store.engine.dialect.loaded_dbapi.OperationalError("server closed the connection unexpectedly")

    event.listen(office.store.engine, "do_connect", gone)
    event.listen(office.store.engine, "before_cursor_execute", gone)

    def back():
        event.remove(office.store.engine, "do_connect", gone)
        event.remove(office.store.engine, "before_cursor_execute", gone)

    return back


def browser(office, name="Tom"):
    http = Http(create_app(office), raising=False)
    http.post("/login", data={"name": name, "password": "oefenen-oefenen"}, headers={"sec-fetch-site": "same-origin"})
    return http, re.search(r'name="_csrf" value="([^"]+)"', http.get("/klok").text)[1]


def is_the_one_page(answer):
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10"), answer.text[:300]
    assert '<html lang="nl"' in answer.text and "database" in answer.text and "Traceback" not in answer.text


def test_while_the_database_is_away_every_page_says_so_and_what_was_typed_comes_back_to_be_sent_again(client, office, caplog):
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
    assert http.post(f"/zaak/{number}/notities", data=again, follow_redirects=False).status_code == 303
    notes = [e for e in client.get(f"/cases/{number}/journal")["items"] if e["kind"] == "notitie"]
    assert [n["reason"] for n in notes] == [TYPED]


def test_a_commit_that_was_cut_off_never_says_that_nothing_was_saved_and_a_second_try_does_nothing_twice(postgres, tmp_path):
    """The server keeps it and its answer is lost: the page says that it may be there, and the same form once more is the same note."""
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
    assert "niet zeker of dit is opgeslagen" in told.text and "niets opgeslagen" not in told.text and TYPED in told.text
    http.post(f"/zaak/{number}/notities", data=body)
    assert len([e for e in client.get(f"/cases/{number}/journal")["items"] if e["kind"] == "notitie"]) == 1
    office.close()


@pytest.mark.parametrize("how", ["a copy in its place", "gone", "an older one put back"])
def test_a_database_file_that_is_replaced_under_the_house_takes_nothing_any_more(sqlite_client, sqlite_office, caplog, how):
    client, office = sqlite_client, sqlite_office
    file = office.config.folder / "meldpunt.sqlite"
    shutil.copy(file, file.with_suffix(".oud"))
    number = client.post("/cases", melding([{"naam": "Liv Visser"}]))["number"]
    http, csrf = browser(office)
    if how == "gone":
        file.rename(file.with_suffix(".weg"))
    else:
        shutil.copy(file if how == "a copy in its place" else file.with_suffix(".oud"), file.with_suffix(".nieuw"))
        file.with_suffix(".nieuw").replace(file)
    told = client.ask("POST", "/cases", melding([{"naam": "Noor Visser"}]), expect=503)
    assert "vervangen" in told.json()["detail"]
    assert client.ask("GET", "/watch", expect=503)
    is_the_one_page(http.post(f"/zaak/{number}/notities", data={"_csrf": csrf, "_once": uuid4().hex, "tekst": TYPED}))
    caplog.clear()
    sweep(office)
    assert [r.getMessage() for r in caplog.records] == ["sweep failed: StoreReplaced"], "one clear line a round"


def test_a_house_that_cannot_write_is_not_well(sqlite_client, sqlite_office):
    """A disk that is full or read-only: who watches from outside hears it at once, though everything can still be read."""
    assert sqlite_client.get("/watch")["status"] == "ok"
    event.listen(sqlite_office.store.engine, "begin", lambda c: c.exec_driver_sql("PRAGMA query_only=ON"))
    sqlite_client.get("/cases")
    assert sqlite_client.ask("GET", "/watch", expect=503)


def test_the_page_without_a_database_asks_nothing_of_it():
    text = (ROOT / "templates" / "pages" / "dicht.html").read_text(encoding="utf-8")
    assert "extends" not in text and "office" not in text and "who" not in text
