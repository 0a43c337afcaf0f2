"""Whether a case is there is told to nobody who may not see it: each address answers as if it were
not, by as many questions to the database.
"""

import re
from functools import partial
from io import BytesIO

import pytest
from conftest import make_folder
from sqlalchemy import event, select
from support.cast import Client, hire_north, reader
from support.everything import furnish
from support.http import Http
from web.test_conflicts import MOVING

from amhk.desk.cases import attachments
from amhk.desk.staff import conflicts
from amhk.office import open_office
from amhk.store.letters.outbox import OUT
from amhk.store.tables import Attachment, table
from amhk.web.api import cases, house, letters, people
from amhk.web.app import create_app
from amhk.web.pages import ROOMS
from amhk.web.pages import letters as letter_pages
from amhk.web.pages import terms as term_pages

# By what a part of an address points at a case: its number, or a key of something of it.
OF_A_CASE = {
    "/zaak/{number}": {},
    "/vannacht/zaak/{number}": {"move": ["gezien"]},
    "/cases/{number}": {"move": ["onderzoek_besluiten"], "term": ["onderzoek"]},
    "/brief/{key}": {"key": "letter"},
    "/notices/{key}": {"key": "letter"},
    "/post/{key}": {"key": "out"},
    "/outbox/{one}": {"one": "out"},
    "/inzages/{key}": {"key": "leave"},
    "/zaak/{number}/termijn/{key}": {"key": "term"},
    "/zaak/{number}/bijlagen/{key}": {"key": "file"},
    "/zaak/{number}/bekenden/{key}": {"key": "conflict"},
    "/zaak/{number}/openstellen/{key}": {"key": "leave"},
    "/zaak/{number}/verzoeken/{key}": {"key": "request"},
    "/zaak/{number}/afschrift/{key}": {"key": "person"},
    "/vernietigingen/{key}": {"key": "destruction"},
}
ACTS = {
    "/zaak/{number}/{act}": ["losmaken", "dossier"],
    "/zaak/{number}/stap/{name}": ["onderzoek_besluiten", "corrigeren", "bestaat_niet"],
    "/zaak/{number}/termijn/{key}/{act}": sorted(term_pages._ACTS),
    "/brief/{key}/{act}": sorted(letter_pages._ACTS),
    "/post/{key}/{act}": ["opnieuw", "weg"],
}
# What points at something of the house, of the worker himself, or at what he was told of before.
NOT_OF_A_CASE = re.compile(
    r"/(werkvoorraad|post/stapel|outbox/piles|beheer|rapportage|reports|vannacht/rooster|piket"
    r"|afwezigheid|plans|kalender|calendar|bewijs|incidents|agenda|feeds|eerder|earlier|workflows"
    r"|formulieren|formulier|overdrachten|register|passkeys|imports|forms|triage|aanmeldingen"
    r"|intake)/"
)
PLAIN = {"accept-encoding": "identity"}  # how well a page is pressed hangs on its secret
ABSENT = {"number": "M-2026-999999", "key": "999999", "one": "999999"}


def addresses():
    """Every address with a part that points at something, with how it is asked for."""
    for rooms, door in ((ROOMS, ""), ((cases, house, letters, people), "/api/v1")):
        for room in rooms:
            for route in room.router.routes:
                if "{" in route.path:
                    yield from ((door, method, route.path) for method in route.methods)


def prefix_of(path):
    fits = [p for p in OF_A_CASE if path == p or path.startswith((p + "/", p + "."))]
    return max(fits, key=len, default=None)


def test_every_address_that_points_at_something_is_known_to_be_of_a_case_or_not():
    unknown = {
        path for _, _, path in addresses() if not prefix_of(path) and not NOT_OF_A_CASE.match(path)
    }
    assert not unknown
    both = {path for _, _, path in addresses() if prefix_of(path) and NOT_OF_A_CASE.match(path)}
    assert both <= {"/post/stapel/{pile}", "/outbox/piles/{pile}"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A house in which Nel of another team may see no case, and Anna knows everybody."""
    path = make_folder(tmp_path_factory.mktemp("m") / "m", "meldpunt.sqlite", seated=True)
    office = open_office(path, proof=False)
    places = furnish(office)
    tom, mia = reader(office, "Tom"), reader(office, "Mia")
    attachments.add_file(office, places["melding"], "brief.txt", BytesIO(b"Een brief."), tom)
    hire_north(office)
    known = {"worker": "Anna", "ground": "familie", "reason": "Zegt zij zelf."}
    conflicts.know_other(
        office, places["melding"], known, mia
    )  # the other is of the same household
    with office.store.read() as connection:
        places["file"] = connection.execute(select(table(Attachment).c.id)).scalar()
        places["out"] = connection.execute(select(OUT.c.id)).scalar()
        places["conflict"] = 1
    yield office, places
    office.close()


def filled(path, places, there):
    """The addresses of a path: at what is there and hidden, or at what is not there at all."""
    prefix = prefix_of(path)
    named = OF_A_CASE[prefix]
    for act in ACTS.get(path, [None]):
        parts = dict(ABSENT) | {"act": act, "name": act}
        parts |= {n: told[0] for n, told in named.items() if isinstance(told, list)}
        if there:
            parts["number"] = places["melding"]
            parts |= {n: str(places[told]) for n, told in named.items() if isinstance(told, str)}
        yield re.sub(r"\{(\w+)(:\w+)?\}", lambda m, parts=parts: str(parts[m[1]]), path)


def asked(office, act):
    """What an act gives, and how often it asked the database."""
    told = []

    def note(conn, cursor, statement, *_):
        told.append(statement.split(" ", 1)[0])

    event.listen(office.store.engine, "before_cursor_execute", note)
    answer = act()
    event.remove(office.store.engine, "before_cursor_execute", note)
    return answer, told


def differences(hidden, absent):
    """In which of status, text, heads and statements two answers are not the same."""
    for one, other in zip(hidden, absent, strict=True):
        if isinstance(one, str) and one != other:
            lines = {*other.splitlines()}
            yield [line for line in one.splitlines() if line not in lines][:3]
        elif one != other:
            yield one, other


@pytest.mark.parametrize("name", ["Nel", "Anna", "Rita", "Bea"])
def test_what_one_may_not_see_answers_as_what_is_not_there(home, name):
    office, places = home
    browser, program, wrong, tried = Http(create_app(office)), Client(office, name), [], 0
    browser.sign_in(name)
    program.ask("GET", "/clock", expect=range(200, 600))  # that the token was used is written once
    for door, method, path in sorted(addresses()):
        if not prefix_of(path) or NOT_OF_A_CASE.match(path):
            continue
        for hidden, absent in zip(
            filled(path, places, True), filled(path, places, False), strict=True
        ):
            seen = []
            for where in (hidden, absent):
                if door:
                    body = {"version": 1} if method == "POST" else None
                    act = partial(program.ask, method, door + where, body, range(200, 600))
                elif method == "POST":
                    act = partial(browser.send, where, PLAIN, version="1")
                else:
                    act = partial(browser.get, where, headers=PLAIN, follow_redirects=False)
                answer, statements = asked(office, act)
                text = MOVING.sub("~", re.sub(r"M-2026-\d{6}|\b999999\b", "N", answer.text))
                heads = {k: v for k, v in answer.headers.items() if k not in ("date", "set-cookie")}
                seen.append((answer.status_code, text, heads, statements))
            tried += 1
            if seen[0] != seen[1]:
                wrong.append((method, hidden, *differences(*seen)))
    assert not wrong, "\n".join(map(str, wrong))
    assert tried > 60
