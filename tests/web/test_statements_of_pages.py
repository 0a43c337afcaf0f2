"""A page asks the database as often for many rows as for few, and never more than eight times."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from support.cast import reader
from support.families import melding

from amhk.desk import attachments, casework, intake

MOST = 8


@contextmanager
def counted(office):
    asked = []

    def note(conn, cursor, statement, parameters, context, executemany):
        if not re.match(r"\s*(BEGIN|COMMIT|ROLLBACK|PRAGMA|SAVEPOINT|RELEASE)", statement):
            asked.append(statement)

    event.listen(office.store.engine, "before_cursor_execute", note)
    yield asked
    event.remove(office.store.engine, "before_cursor_execute", note)


def sign_in(client, name="Tom"):
    client.http.post(
        "/login",
        data={"name": name, "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )


def statements(client, office, path):
    client.http.get(path)  # what is worked out once (templates, the calendar) is so now
    with counted(office) as asked:
        answer = client.http.get(path)
    assert answer.status_code == 200, path
    return len(asked)


@pytest.fixture
def house(client, office):
    """Three cases, one of them with a short history."""
    tom = reader(office, "Tom")
    for n in range(3):
        intake.take_call(
            office, melding([{"naam": f"Persoon Voorbeeld {n}", "geboren": "2011-03-12"}]), tom
        )
    casework.assign(office, "M-2026-000001", {"owner": "Tom", "reason": "verdeling"}, tom)
    sign_in(client)
    return tom


def much_more(office, tom):
    """Forty more cases, and two hundred lines, letters, people and files on the first."""
    for n in range(40):
        intake.take_call(
            office, melding([{"naam": f"Persoon Anders {n}", "geboren": "2012-03-12"}]), tom
        )
    casework.add_people(
        office, "M-2026-000001", {"betrokkenen": [{"naam": f"Kind {n}"} for n in range(40)]}, tom
    )
    for n in range(200):
        attachments.add_note(office, "M-2026-000001", {"tekst": f"Regel {n}"}, tom)


@pytest.mark.parametrize(
    "path",
    [
        "/werkvoorraad",
        "/werkvoorraad?owner=-&sort=nieuwste",
        "/zaak/M-2026-000001",
        "/zoeken?q=persoon",
        "/zoeken?q=12-3-2011",
    ],
)
def test_a_page_asks_at_most_eight_times_however_much_there_is(client, office, house, path):
    few = statements(client, office, path)
    much_more(office, house)
    many = statements(client, office, path)
    assert few == many <= MOST, (few, many)


@pytest.mark.parametrize("name", ["Anna", "Tom", "Mia"])
def test_the_morning_page_asks_as_often_for_many_cases_as_for_few(client, office, house, name):
    sign_in(client, name)
    few = statements(client, office, "/")
    much_more(office, house)
    assert statements(client, office, "/") == few


def test_a_case_page_of_two_hundred_lines_shows_them_all(client, office, house):
    much_more(office, house)
    page = client.http.get("/zaak/M-2026-000001").text
    assert page.count("Regel ") >= 200
