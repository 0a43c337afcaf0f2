"""A page asks the database as often for many rows as for few, and never more than eight times.

That somebody looked is written beside that.
"""

import re
from contextlib import contextmanager
from time import process_time

import pytest
from conftest import make_folder, new_database
from sqlalchemy import event
from support.cast import Client, reader
from support.families import melding

from amhk.desk.cases import add_people, assignment, attachments
from amhk.desk.intake import calls
from amhk.office import open_office

MOST = 8


@contextmanager
def counted(office):
    asked, looked = [], []

    def note(conn, cursor, statement, parameters, context, executemany):
        if re.search(r"\b(looks|look_heads)\b", statement):
            looked.append(statement)
        elif not re.match(r"\s*(BEGIN|COMMIT|ROLLBACK|PRAGMA|SAVEPOINT|RELEASE)", statement):
            asked.append(statement)

    event.listen(office.store.engine, "before_cursor_execute", note)
    yield asked, looked
    event.remove(office.store.engine, "before_cursor_execute", note)


def sign_in(client, name="Tom"):
    client.http.post(
        "/login",
        data={"name": name, "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )


COSTS = {}  # milliseconds of one processor, by page: told at the end of the tests, never judged


def statements(client, office, path, name=""):
    """How often an address asks the database, the second time it is opened."""
    get = client.get if path.startswith("/cases") else lambda p: client.http.get(p).status_code
    get(path)  # what is worked out once (templates, the calendar) is so now
    with counted(office) as (asked, looked):
        begun = process_time()
        answer = get(path)
        COSTS[name or path] = 1000 * (process_time() - begun)
    assert answer not in range(300, 600), path
    assert len(looked) == 3, "that somebody looked is one line, and the end of its chain"
    return len(asked)


PATHS = (
    "/werkvoorraad",
    "/werkvoorraad?owner=-&sort=nieuwste",
    "/zaak/M-2026-000001",
    "/zoeken?q=persoon",
    "/zoeken?q=12-3-2011",
    "/cases",
    "/cases/M-2026-000001",
)
# Vandaag of a worker, of who leads a team, and of who leads them all and sees how the quarter goes.
NAMES = {"Anna": 11, "Tom": 14, "Mia": 32}


def much_more(office, tom):
    """Forty more cases, and two hundred lines, letters, people and files on the first."""
    for n in range(40):
        calls.take_call(
            office, melding([{"naam": f"Persoon Anders {n}", "geboren": "2012-03-12"}]), tom
        )
    add_people.add_people(
        office, "M-2026-000001", {"betrokkenen": [{"naam": f"Kind {n}"} for n in range(40)]}, tom
    )
    for n in range(200):
        attachments.add_note(office, "M-2026-000001", {"tekst": f"Regel {n}"}, tom)


def every_page(client, office):
    """How often each page asks, and Vandaag of each of three roles."""
    sign_in(client)
    asked = {path: statements(client, office, path) for path in PATHS}
    for name in NAMES:
        sign_in(client, name)
        asked[name] = statements(client, office, "/", name)
    return asked


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pages(request, tmp_path_factory):
    """How often the pages ask with three cases, and with very much more; and that long case."""
    name = "meldpunt.sqlite"
    if request.param == "postgresql":
        name = new_database(request.getfixturevalue("postgres"))
    place = tmp_path_factory.mktemp("vragen") / "meldpunt"
    office = open_office(make_folder(place, name, seated=True), proof=False)
    client, tom = Client(office), reader(office, "Tom")
    for n in range(3):
        calls.take_call(
            office, melding([{"naam": f"Persoon Voorbeeld {n}", "geboren": "2011-03-12"}]), tom
        )
    assignment.assign(office, "M-2026-000001", {"owner": "Tom", "reason": "verdeling"}, tom)
    few = every_page(client, office)
    much_more(office, tom)
    many = every_page(client, office)
    yield few, many, client.http.get("/zaak/M-2026-000001").text
    office.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_at_most_eight_times_however_much_there_is(pages, path, record_property):
    few, many, _ = pages
    record_property("cost", (path, many[path], COSTS[path]))
    assert few[path] == many[path] <= MOST, (few, many)


@pytest.mark.parametrize("name", NAMES)
def test_the_morning_page_asks_as_often_for_many_cases_as_for_few(pages, name, record_property):
    few, many, _ = pages
    record_property("cost", (f"Vandaag of {name}", many[name], COSTS[name]))
    assert few[name] == many[name] <= NAMES[name], (few, many)


def test_a_case_page_of_two_hundred_lines_shows_them_all(pages):
    assert pages[2].count("Regel ") >= 200
