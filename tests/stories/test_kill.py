"""kill -9 of the real server during moves and sweeps: nothing answered is lost, no reminder twice, no case without a term, the journal holds."""

import http.client
import json
import random
import threading
import time
import urllib.error

import pytest
from conftest import FULL
from sqlalchemy import func, select
from support.cast import hire
from support.server import Server

from amhk.desk import admin, followup, watch
from amhk.office import open_office
from amhk.store import reads
from amhk.store.journal import verify

ROUNDS = 100 if FULL else 6
MELDING = {
    "route": "melding", "kanaal": "telefoon", "ontvangen": "2026-01-05T09:00", "hoedanigheid": "15", "gemeente": "Schiedam", "zorgen": "z",
    "acuut": False, "melder": {"naam": "School"}, "betrokkenen": [{"naam": "Kind", "geboren": "2019"}],
}  # fmt: skip


class Worker(threading.Thread):
    """Takes calls and makes moves until the server is gone; remembers every answer it got."""

    def __init__(self, server, token, seed):
        super().__init__(daemon=True)
        self.server, self.token, self.dice = server, token, random.Random(seed)
        self.answered = {}

    def run(self):
        try:
            while True:
                case = self.server.ask("POST", "/cases", MELDING, self.token)
                self.answered[case["number"]] = case["version"]
                for name, body in (("veiligheidsbeoordeling", {"uitkomst": "x"}), ("onderzoek_besluiten", {})):
                    body = {"version": case["version"], **body}
                    case = self.server.ask("POST", f"/cases/{case['number']}/moves/{name}", body, self.token)
                    self.answered[case["number"]] = case["version"]
        except (urllib.error.URLError, ConnectionError, OSError, http.client.HTTPException, json.JSONDecodeError):
            return


@pytest.mark.soak
def test_kill_nine_loses_nothing_that_was_answered(folder):
    office = open_office(folder, proof=False)
    hire(office, "Tom", "Mia")
    tokens = [admin.make_token(office, n) for n in ("Tom", "Mia")]
    watch.set_clock(office, {"now": "2026-01-05T09:00"})
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
            w.join(20)
        check(office, {k: v for w in workers for k, v in w.answered.items()})
    followup.run_due(office)
    check(office, {})
    office.close()


def move_clock(server, token, day):
    try:
        server.ask("PUT", "/clock", {"now": f"2026-{1 + day // 28:02}-{1 + day % 28:02}T09:00"}, token)
    except (urllib.error.URLError, ConnectionError, OSError, http.client.HTTPException, json.JSONDecodeError):
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
