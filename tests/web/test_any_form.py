"""Every form of every page, filled in with whatever: never an error of ours, and what is refused
leaves nothing behind.
"""

import re
from hashlib import sha256
from html import unescape

import pytest
from browser.test_every_page import PAGES
from conftest import FULL, make_folder
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import SQLModel
from support.everything import furnish
from support.http import Http

from amhk.office import open_office
from amhk.store import reads
from amhk.web.app import create_app

# What a question leaves behind though it is refused: that it was asked, and by whom.
BESIDE = {"looks", "look_heads", "sessions", "attempts", "requests", "concepts", "challenges"}
BESIDE |= {"counters", "second_proofs", "questions"}
KEEPS = {"/formulier/.": {"forms"}}  # what was typed to repair a form is kept with it
BACK = ("name", "name_key", "role", "team_id", "password", "active")
FORM = re.compile(
    r"<form\b[^>]*\bmethod=\"post\"[^>]*\baction=\"([^\"]+)\"[^>]*>(.*?)</form>", re.S
)
NAMED = re.compile(r"<(input|select|textarea|button)\b[^>]*\bname=\"([^\"]+)\"([^>]*)")
WORDS = ["", " ", "ja", "nee", "vandaag", "4 2 89", "2026-02-30", "31-12-9999", "-1", "1e9", "0"]
WORDS += ["9" * 40, "\u202eomgekeerd", "a\x00b", "<script>", "'; --", "x" * 5000, "\n\n", "\ud7ff"]
WORDS += ["999993045", "2026-02-02T09:00", "M-2026-000001", "Anna", "Wijkteam Schiedam", "01"]
ODD = st.one_of(st.text(max_size=40), st.sampled_from(WORDS))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    path = make_folder(tmp_path_factory.mktemp("m") / "m", "meldpunt.sqlite", seated=True)
    office = open_office(path, proof=False)
    places = furnish(office)
    yield office, create_app(office), forms_of(office, places)
    office.close()


def filled(path, places):
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda m: str(places[m[1]]), path)


def forms_of(office, places):
    """Every form that stands on a page for somebody: who, its address, its fields."""
    app, found, browsers = create_app(office), {}, {}
    for shown in PAGES.values():
        for who, path in shown:
            if who not in browsers:
                browsers[who] = Http(app)
                browsers[who].sign_in(who) if who else None
            http = browsers[who]
            for action, inside in FORM.findall(http.get(filled(path, places)).text):
                action = unescape(action)
                route = re.sub(r"/\d+|/[AM]-\d{4}-\d{6}", "/.", action.partition("?")[0])
                names = {name for _, name, _ in NAMED.findall(inside)}
                found.setdefault((who, route), (action, names - {"_csrf", "_once"}))
    return found


def kept(office):
    """All that is kept, as one mark."""
    with office.store.read() as connection:
        told = {
            name: sorted(map(repr, connection.execute(table.select())))
            for name, table in SQLModel.metadata.tables.items()
            if name not in BESIDE
        }
    return {name: sha256("".join(rows).encode()).hexdigest() for name, rows in told.items()}


def everybody_back(office, rows):
    """Let everybody work here as he did: a form may send somebody away."""
    with office.store.write() as connection:
        for row in rows:
            mine = reads.WORKER.c.id == row["id"]
            told = {
                k: row[k] for k in ("name", "name_key", "role", "team_id", "password", "active")
            }
            connection.execute(update(reads.WORKER).where(mine).values(**told))


def test_there_are_many_forms(home):
    _, _, forms = home
    assert len(forms) > 60 and {who for who, _ in forms} >= {
        "Anna",
        "Tom",
        "Mia",
        "Piet",
        "Bea",
        "Rita",
    }


def test_whatever_is_filled_in_there_is_no_error_of_ours_and_what_is_refused_leaves_nothing(home):
    office, app, forms = home
    with office.store.read() as connection:
        rows = [dict(w) for w in reads.workers(connection, active=False)]

    for (who, route), (action, names) in sorted(forms.items(), key=str):
        try_form(office, Http(app, raising=False), who, route, action, names, rows)


def try_form(office, http, who, route, action, names, rows):
    """Send one form filled in with whatever, again and again."""
    signed_in = [False]

    @settings(
        max_examples=60 if FULL else 1,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(names), ODD)))
    def whatever(told):
        if who and not signed_in[0]:
            everybody_back(office, rows)
            http.sign_in(who)
        before = kept(office)
        answer = http.send(action, **told)
        assert answer.status_code < 500 or answer.status_code == 503, (route, told, answer.text)
        if answer.status_code >= 400:
            after = kept(office)
            changed = {name for name in after if after[name] != before[name]}
            assert changed <= KEEPS.get(route, set()), (route, told, changed)
        page = http.get("/", follow_redirects=False)
        signed_in[0] = "/login" not in page.headers.get("location", "")

    whatever()
