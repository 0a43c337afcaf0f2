"""Random moves, corrections, clock jumps, letters, sweeps and people leaving: G1-G4 hold after every step, on both databases."""

import re
import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
from conftest import FULL, make_folder
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from support.cast import hire, reader

from amhk.desk import admin, casework, followup, intake, notices, reading, stretching, watch
from amhk.errors import Refusal
from amhk.office import open_office
from amhk.store import reads
from amhk.store.journal import verify
from amhk.words import iso

# A failing run is told as it happened; shrinking a whole meldpunt takes longer than reading it.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
MELDING = {
    "route": "melding", "kanaal": "telefoon", "hoedanigheid": "15", "gemeente": "Schiedam", "zorgen": "zorgen", "acuut": False,
    "melder": {"naam": "school", "geheim": True},
}  # fmt: skip
ADVIES = {
    "route": "advies", "kanaal": "telefoon", "hoedanigheid": "15", "gemeente": "Schiedam", "zorgen": "zorgen", "aanleiding": ["08"], "advies": "praat",
}  # fmt: skip
KIND = {"naam": "Kind", "geboren": "2018-04-04", "rollen": ["kind"]}


def fill_any(schema, data):
    """Give a value for a schema, drawing among what it allows."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return data.draw(st.sampled_from(schema["enum"]))
    if "anyOf" in schema:
        return data.draw(st.sampled_from(schema["examples"]))
    if "default" in schema:
        return schema["default"]
    kind = schema.get("type")
    if kind == "object":
        optional = [
            n
            for n in schema["properties"]
            if n not in schema.get("required", []) and n not in ("version", "op", "ontvangen", "betrokkenen", "stap", "moment")
        ]
        some = data.draw(st.lists(st.sampled_from(optional), max_size=2, unique=True)) if optional else []
        return {n: fill_any(schema["properties"][n], data) for n in [*schema.get("required", []), *some]}
    if kind == "array":
        return [fill_any(schema["items"], data)]
    if kind == "boolean":
        return data.draw(st.booleans())
    return {"string": "een tekst", "integer": 1}[kind] if "pattern" not in schema else schema["examples"][0]


class Meldpunt(RuleBasedStateMachine):
    """A meldpunt in which anything may happen in any order."""

    folder: Path
    make = staticmethod(lambda: None)

    @initialize()
    def open(self):
        self.folder = type(self).make()
        self.office = open_office(self.folder, proof=False)
        self.who = [reader(self.office, n) for n in ("Tom", "Anna", "Vera")]
        self.numbers = []
        watch.set_clock(self.office, {"now": "2026-01-05T09:00"})

    def teardown(self):
        if hasattr(self, "office"):
            self.office.close()

    def pick(self, data):
        return data.draw(st.sampled_from(self.numbers)), data.draw(st.sampled_from(self.who))

    @rule(melding=st.booleans(), people=st.integers(0, 2), acute=st.booleans())
    def take_call(self, melding, people, acute):
        body = {**MELDING, "acuut": acute, "betrokkenen": [KIND] * people} if melding else dict(ADVIES)
        if melding:
            body["ontvangen"] = iso(followup.read_clock(self.office))
        self.numbers.append(intake.take_call(self.office, body, self.who[0]))

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), steps=st.integers(1, 4))
    def make_moves(self, data, steps):
        number, who = self.pick(data)
        for _ in range(steps):
            view = reading.case_view(self.office, number, who)
            moves = [m for m in view["moves"] if m["allowed"]]
            move = data.draw(st.sampled_from(moves))
            body = fill_any(move["input"], data)
            if "bij" in body:
                body["bij"] = data.draw(st.sampled_from(self.numbers))
            try:
                casework.make_move(self.office, number, move["name"], body, who)
            except Refusal as wrong:
                assert wrong.faults, (move["name"], body)
            self.numbers += [
                r["number"] for r in reading.case_view(self.office, number, who)["relations"] if r["number"] not in self.numbers
            ]

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def correct(self, data):
        number, who = self.pick(data)
        view = reading.case_view(self.office, number, who)
        step = next(m for m in view["moves"] if m["name"] == "corrigeren")
        earlier = iso(followup.read_clock(self.office) - timedelta(hours=data.draw(st.integers(1, 400))))
        change = data.draw(
            st.sampled_from(
                [
                    {"ontvangen": earlier},
                    {"gemeente": "Rotterdam"},
                    {"stap": "onderzoek_besluiten", "moment": earlier},
                    {"kanaal": "chat"},
                ]
            )
        )
        try:
            casework.make_move(
                self.office, number, step["name"], {"version": view["version"], "reden": "vergissing", **change}, who
            )
        except Refusal as wrong:
            assert wrong.faults

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def letter(self, data):
        number, who = self.pick(data)
        letters = [n for n in reading.case_view(self.office, number, who)["notices"] if n["state"] in ("draft", "approved")]
        if not letters:
            return
        n = data.draw(st.sampled_from(letters))
        version = {"version": n["version"]}
        acts = {
            "draft": [(notices.approve, {}), (notices.withhold, {"reason": "nee", "ground": "grond"})],
            "approved": [(notices.send, {"date": iso(followup.read_clock(self.office))[:10], "way": "post"})],
        }[n["state"]]
        act, body = data.draw(st.sampled_from(acts))
        try:
            act(self.office, n["id"], {**version, **body}, who)
        except Refusal as wrong:
            assert wrong.faults

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def terms(self, data):
        number, who = self.pick(data)
        running = [
            t for t in reading.case_view(self.office, number, who)["terms"] if t["status"] in ("lopend", "te_laat", "opgeschort")
        ]
        if not running:
            return
        t = data.draw(st.sampled_from(running))
        until = iso((followup.read_clock(self.office) + timedelta(days=20)).date())
        act, body = data.draw(
            st.sampled_from(
                [
                    (stretching.suspend, {"until": until, "reason": "r"}),
                    (stretching.resume, {}),
                    (stretching.extend, {"days": 5, "reason": "r"}),
                ]
            )
        )
        try:
            act(self.office, number, t["id"], body, who)
        except Refusal as wrong:
            assert wrong.faults

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), owner=st.sampled_from(["Anna", "Bram", None]))
    def assign(self, data, owner):
        number, who = self.pick(data)
        try:
            casework.assign(self.office, number, {"owner": owner, "reason": "verdeling"}, who)
        except Refusal as wrong:
            assert wrong.faults

    @rule()
    def bram_leaves(self):
        with self.office.store.read() as connection:
            there = reads.worker_by(connection, name="Bram")["active"]
        if there:
            admin.disable(self.office, "Bram")

    @rule(days=st.sampled_from([0, 1, 3, 14, 40, 100]), hours=st.integers(0, 23))
    def time_passes(self, days, hours):
        watch.set_clock(self.office, {"now": iso(followup.read_clock(self.office) + timedelta(days=days, hours=hours))})

    @rule()
    def sweep_again(self):
        followup.run_due(self.office)
        assert followup.run_due(self.office).rung == 0

    @invariant()
    def guarantees(self):
        if not getattr(self, "numbers", None):
            return
        with self.office.store.read() as connection:
            _, without = reads.open_without_term(connection)
            assert without == [], "G1"
            assert list(verify(connection)) == [], "G3, G5"
            cases = reads.rows(connection, select(reads.CASE))
            terms = reads.rows(connection, select(reads.TERM))
            rung = reads.rows(connection, select(reads.REMINDER))
        for case in cases:
            if case["closed"] and 3 in case["finishes"]:
                assert case["facts"]["nazorg"] in ("goed", "gevolgd"), "G2"
            if case["closed"]:
                assert not [t for t in terms if t["case_id"] == case["id"] and t["status"] in ("running", "suspended")]
        told = [(r["term_id"], r["round"], r["rung"]) for r in rung]
        assert len(told) == len(set(told)), "G4: never twice"
        for t in terms:
            mine = sorted(r for term, turn, r in told if term == t["id"] and turn == t["round"])
            assert mine == list(range(t["rung"] - len(mine), t["rung"])), "G4: every rung of this round, none skipped"
            assert t["round"] or len(mine) == t["rung"]


def test_the_guarantees_hold_whatever_happens_on_sqlite(tmp_path):
    first = make_folder(tmp_path / "first", "meldpunt.sqlite")
    office = open_office(first, proof=False)
    hire(office, "Tom", "Anna", "Bram", "Vera")
    office.close()

    def make():
        there = tmp_path / uuid4().hex
        shutil.copytree(first.parent, there)
        return there / "config.toml"

    run(make)


def test_the_guarantees_hold_whatever_happens_on_postgresql(tmp_path, postgres):
    from conftest import new_database

    first = make_folder(tmp_path / "first", new_database(postgres))
    office = open_office(first, proof=False)
    hire(office, "Tom", "Anna", "Bram", "Vera")
    office.close()
    text = first.read_text(encoding="utf-8")
    name = re.search("amhk_[0-9a-f]{32}", text).group()

    def make():
        fresh = f"amhk_{uuid4().hex}"
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{fresh}" TEMPLATE "{name}"')
        there = tmp_path / fresh
        shutil.copytree(first.parent, there)
        (there / "config.toml").write_text(text.replace(name, fresh), encoding="utf-8")
        return there / "config.toml"

    run(make)


def run(make):
    machine = type("Here", (Meldpunt,), {"make": staticmethod(make)})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=150 if FULL else 12, stateful_step_count=40 if FULL else 25, deadline=None, phases=PHASES),
    )
