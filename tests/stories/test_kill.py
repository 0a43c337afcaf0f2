"""kill -9 of the real server during moves and sweeps.

Nothing answered is lost, no reminder twice, no case without a term, the journal holds.
"""

import http.client
import io
import json
import random
import threading
import time
import urllib.error

import pytest
from conftest import FULL
from sqlalchemy import func, select
from support.cast import hire, reader
from support.patience import patient
from support.server import Server

from amhk.desk.house import health, night_proof, rounds
from amhk.desk.intake import import_staging, imports, imports_view
from amhk.desk.staff import workers as staff_workers
from amhk.desk.terms import sweep
from amhk.office import open_office
from amhk.store import reads
from amhk.store.cases.journal import verify

ROUNDS = 500 if FULL else 6  # on each of the two databases
MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-01-05T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "z",
    "acuut": False,
    "melder": {"naam": "School"},
    "betrokkenen": [{"naam": "Kind", "geboren": "2019"}],
}
HELP = {"motivering": "Er is hulp nodig."}
# Two referrals of one family, of which the first is taken back: each writes rows of its own run.
MOVES = (
    ("veiligheidsbeoordeling", lambda case: {"uitkomst": "x"}),
    ("onderzoek_besluiten", lambda case: {}),
    ("onderzoek_afronden", lambda case: {"uitkomst": ["06"], "conclusie": "x"}),
    ("verwijzen", lambda case: {"instelling": "Wijkteam Schiedam", **HELP}),
    ("verwijzen", lambda case: {"instelling": "Wijkteam Vlaardingen", **HELP}),
    (
        "verwijzing_intrekken",
        lambda case: {"reden": "x", "verwijzing": case["referrals"][0]["id"]},
    ),
)


class Worker(threading.Thread):
    """Takes calls and makes moves until the server is gone; remembers every answer it got."""

    def __init__(self, server, token, seed):
        super().__init__(daemon=True)
        self.server, self.token, self.dice = server, token, random.Random(seed)
        self.answered, self.end = {}, False

    def run(self):
        try:
            while not self.end:
                case = self.server.ask("POST", "/cases", MELDING, self.token)
                self.answered[case["number"]] = case["version"]
                for name, told in MOVES:
                    body = {"version": case["version"], **told(case)}
                    case = self.server.ask(
                        "POST", f"/cases/{case['number']}/moves/{name}", body, self.token
                    )
                    self.answered[case["number"]] = case["version"]
        except (
            urllib.error.URLError,
            ConnectionError,
            OSError,
            http.client.HTTPException,
            json.JSONDecodeError,
        ):
            return


@pytest.mark.soak
def test_kill_nine_loses_nothing_that_was_answered(folder):
    office = open_office(folder, proof=False)
    hire(office, "Tom", "Mia")
    tokens = [staff_workers.make_token(office, n) for n in ("Tom", "Mia")]
    rounds.set_clock(office, {"now": "2026-01-05T09:00"})
    server, dice, day = Server(folder), random.Random(7), 6
    for number in range(ROUNDS):
        server.start()
        workers = [Worker(server, token, number) for token in tokens]
        for w in workers:
            w.start()
        time.sleep(dice.uniform(0.02, 0.25))
        if number % 2:
            clock = threading.Thread(target=move_clock, args=(server, tokens[1], day), daemon=True)
            clock.start()
            day += 1
            time.sleep(dice.uniform(0.0, 0.12))
        server.kill()
        for w in workers:
            w.join(patient(20))
        check(office, {k: v for w in workers for k, v in w.answered.items()})
    sweep.run_due(office)
    check(office, {})
    assert night_proof.prove(office)["differences"] == []
    with office.store.read() as connection:
        told = connection.execute(select(func.count()).select_from(reads.REFERRAL)).scalar_one()
    assert told or not FULL, "in full it dies in the midst of referrals too"
    office.close()


def move_clock(server, token, day):
    try:
        server.ask(
            "PUT", "/clock", {"now": f"2026-{1 + day // 28:02}-{1 + day % 28:02}T09:00"}, token
        )
    except (
        urllib.error.URLError,
        ConnectionError,
        OSError,
        http.client.HTTPException,
        json.JSONDecodeError,
    ):
        return


def check(office, answered):
    """Every answered version is there; G1 and G4 hold; the chains are whole."""
    with office.store.read() as connection:
        versions = dict(connection.execute(select(reads.CASE.c.number, reads.CASE.c.version)).all())
        for number, version in answered.items():
            assert versions.get(number, 0) >= version, number
        assert reads.open_without_term(connection)[1] == []
        assert list(verify(connection)) == []
        twice = (
            select(func.count())
            .select_from(reads.REMINDER)
            .group_by(reads.REMINDER.c.term_id, reads.REMINDER.c.rung)
            .having(func.count() > 1)
        )
        assert connection.execute(twice).first() is None


@pytest.mark.soak
def test_kill_nine_while_forms_become_cases_loses_none_and_doubles_none(folder):
    """The server dies again and again in the middle of taking an accepted file.

    The next one goes on where it stopped.
    """
    office = open_office(folder, proof=False)
    hire(office, "Tom")
    rounds.set_clock(office, {"now": "2026-01-05T09:00"})
    count = 600 if FULL else 60
    told = [
        {k: v for k, v in MELDING.items() if k != "route"} | {"id": f"ZF-{n}"} for n in range(count)
    ]
    who = reader(office, "Tom")
    key = import_staging.stage(
        office, io.BytesIO(json.dumps({"formulieren": told}).encode()), "x", "formulier/1", who
    )
    imports.accept(office, key, who)
    dice, server, deaths = random.Random(11), Server(folder), 0
    while imports_view.view(office, key, who)["state"] != "done" and deaths < 10 * ROUNDS:
        server.start()
        token = staff_workers.make_token(office, "Tom")
        asker = threading.Thread(target=lambda t=token: _ask_quietly(server, t), daemon=True)
        asker.start()
        time.sleep(
            dice.uniform(0.0, 0.25) * (1 if FULL else 1 + deaths)
        )  # in the small size each life is longer, so that it ends
        server.kill()
        deaths += 1
    imports.continue_all(office)
    with office.store.read() as connection:
        borne = sorted(connection.execute(select(reads.CASE.c.kenmerk)).scalars())
        assert borne == sorted(f"ZF-{n}" for n in range(count))
        assert list(verify(connection)) == []
        assert health.health(office, connection)["without"] == 0
    office.close()


def _ask_quietly(server, token):
    try:
        server.ask("POST", "/tick", {}, token)
    except (urllib.error.URLError, ConnectionError, OSError, http.client.HTTPException):
        return
