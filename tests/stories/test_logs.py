"""What the house says on standard error, when all is well and when it breaks, holds nothing of what
people told it.
"""

import asyncio
import json
import logging
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing

import pytest
from conftest import make_folder
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.patience import until
from support.server import Server

from amhk import logs
from amhk.desk.intake import calls
from amhk.desk.staff import workers
from amhk.office import open_office
from amhk.web.app import create_app

PLANTED = "Zonderling-van-der-Kwartel"


def broken_how():
    """Every way in which an exception can hold words: itself, a cause, what it came in the midst
    of, a part of a group, a note.
    """
    told = ValueError(PLANTED)
    noted = KeyError("x")
    noted.add_note(PLANTED)

    def midst():
        try:
            raise told
        except ValueError:
            {}["y"]

    def caused():
        raise RuntimeError("z") from told

    def grouped():
        raise ExceptionGroup(PLANTED, [told, OSError(5, PLANTED)])

    def with_note():
        raise noted

    return [midst, caused, grouped, with_note]


@pytest.mark.parametrize("act", broken_how(), ids=lambda act: act.__name__)
def test_an_exception_is_told_by_kind_and_place_without_its_words(act):
    with pytest.raises((KeyError, RuntimeError, ExceptionGroup)) as caught:
        act()
    said = logs.wordless(caught.value)
    assert PLANTED not in said
    assert caught.type.__name__ in said
    assert f"in {act.__name__}" in said
    assert "test_logs.py" in said


def test_what_led_to_it_is_told_too_and_each_once():
    first = ValueError("1")
    first.__context__ = second = KeyError("2")
    second.__context__ = first
    assert logs.wordless(first) == "ValueError\nwhile there was\nKeyError"


def record(name, text, wrong=None):
    info = (type(wrong), wrong, None) if wrong else None
    return logging.LogRecord(name, logging.ERROR, "", 1, text, (), info)


def test_a_line_of_the_log_holds_no_words_of_its_exception():
    line = record("amhk.watch", "zoeken failed", ValueError(PLANTED))
    assert logs.without_words(line)
    said = logging.Formatter("%(message)s").format(line)
    assert said == "zoeken failed\nValueError"


def test_what_nobody_waited_for_is_told_without_its_words(caplog):
    async def forgotten():
        asyncio.get_running_loop().call_exception_handler(
            {"message": "Task exception was never retrieved", "exception": ValueError(PLANTED)}
        )

    asyncio.run(forgotten())
    (line,) = [r for r in caplog.records if r.name == "asyncio"]
    assert logs.without_words(line)
    said = logging.Formatter("%(message)s").format(line)
    assert said == "Task exception was never retrieved\nValueError"


@pytest.fixture
def house(tmp_path):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    with closing(open_office(path, proof=False)) as office:
        hire(office)
        number = calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
        paths = [
            (method.upper(), address)
            for address, acts in create_app(office).openapi()["paths"].items()
            for method in acts
        ]
        token = workers.make_token(office, "Tom")
    return path, number, paths, token


def ask(server, method, address, token, told):
    """Ask, whatever the answer; gives its status."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{address}?q={PLANTED}&naam={PLANTED}",
        None if method == "GET" else told,
        {
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
            "idempotency-key": PLANTED,
            "user-agent": PLANTED,
            "referer": f"http://127.0.0.1/{PLANTED}",
            "cookie": f"zitting={PLANTED}",
        },
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as wrong:
        return wrong.code


def everything(server, paths, number, token):
    """Ask at every address of the API, with words planted wherever words go; gives the statuses."""
    whole = melding(EL_AMRANI, zorgen=PLANTED) | {"reason": PLANTED, "text": PLANTED}
    found = set()
    for method, address in paths:
        for body in (json.dumps(whole).encode(), f'{{"{PLANTED}'.encode()):
            place = address.replace("{number}", number)
            while "{" in place:
                before, _, rest = place.partition("{")
                place = before + PLANTED + rest.partition("}")[2]
            found.add(ask(server, method, place, token, body))
            if method == "GET":
                break
    return found


def test_a_house_in_which_everything_is_asked_says_nothing_of_it(house, tmp_path):
    path, number, paths, token = house
    log = tmp_path / "log"
    log.touch()
    with Server(path, log=log) as server:
        assert {200, 422, 404} <= everything(server, paths, number, token)
    assert PLANTED not in log.read_text()


def test_a_house_that_breaks_says_where_and_nothing_of_what(house, tmp_path):
    """The database refuses every line with words of its own, as PostgreSQL shows the row it would
    not have.
    """
    path, number, paths, token = house
    log = tmp_path / "log"
    log.touch()
    with Server(path, log=log) as server:
        with closing(sqlite3.connect(path.parent / "meldpunt.sqlite")) as database:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                for act in ("INSERT", "UPDATE"):
                    database.execute(
                        f'CREATE TRIGGER "{act}_{name}" BEFORE {act} ON "{name}"'
                        f" BEGIN SELECT RAISE(ABORT, '{PLANTED}'); END"
                    )
            database.commit()
        assert 500 in everything(server, paths, number, token)
        until(lambda: "unexpected" in log.read_text(), 10, "the line of the log")
    said = log.read_text()
    assert PLANTED not in said
    assert number not in said, "the address is told as the program knows it"
    assert "unexpected IntegrityError at /cases/{number}\n" in said
    assert 'File "' in said


@pytest.mark.parametrize("where", ["process", "thread"])
def test_a_process_that_ends_of_itself_says_where_and_nothing_of_what(where):
    act = f"""
import threading
from amhk import logs
logs.end_without_words()
def broke():
    raise ValueError({PLANTED!r})
{"broke()" if where == "process" else "threading.Thread(target=broke).start()"}
"""
    done = subprocess.run([sys.executable, "-c", act], capture_output=True, text=True)
    assert PLANTED not in done.stderr
    assert "in broke" in done.stderr
    assert done.stderr.endswith("ValueError\n")
