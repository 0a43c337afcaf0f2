"""Random moves, corrections, clock jumps, letters, post, sweeps and people leaving.

G1-G4 and G7 hold after every step, on both databases.
"""

import json
import re
import shutil
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from conftest import FULL, make_folder
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from support import second
from support.cast import hire, reader
from support.reached import not_reached

from amhk.desk.casefile import access_log
from amhk.desk.cases import assignment, attachments, reading, split
from amhk.desk.cases import moves as cases_moves
from amhk.desk.figures import case_facts, kept_reports, reports
from amhk.desk.house import clock, rounds, second_count
from amhk.desk.intake import calls, import_staging, imports, triage
from amhk.desk.letters import dispatch, notices, piles, receipts
from amhk.desk.staff import absence, conflicts, piket
from amhk.desk.terms import calendar, extensions
from amhk.errors import Refusal
from amhk.office import open_office
from amhk.rules.figures.periods import period_of, read_period
from amhk.rules.people.searching import words_of_case
from amhk.rules.procedure.records_agree import Told, contradictions
from amhk.rules.terms.ladder import Address, attended
from amhk.store import reads
from amhk.store.cases import search
from amhk.store.cases.journal import verify
from amhk.store.figures import figures, proofs
from amhk.store.letters import outbox
from amhk.store.people.people import JOIN
from amhk.store.staff import conflicts as held
from amhk.store.staff import plans
from amhk.store.terms import reminders
from amhk.words import day_of, iso

# A failing run is told as it happened; shrinking a whole meldpunt takes longer than reading it.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "zorgen",
    "acuut": False,
    "melder": {"naam": "Zwaluw Kwarteldrift", "bereikbaar": "06-11122233", "geheim": True},
}
SECRET = {"naam": "Zwaluw Kwarteldrift", "bereikbaar": "06-11122233"}
GIVES_AWAY = "Mevrouw Kwarteldrift zag het, bel 0611122233."
ADVIES = {
    "route": "advies",
    "kanaal": "telefoon",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "zorgen",
    "aanleiding": ["08"],
    "advies": "praat",
}
KIND = {"naam": "Kind", "geboren": "2018-04-04", "rollen": ["kind"]}


RUNS = ("lopend", "te_laat")
# Of each procedure: what its referrals come to when all of them were followed up.
FOLLOWED = {
    "amhk": ("nazorg", ("goed", "gevolgd", "overgedragen")),
    "veilig-thuis": ("opvolging", ("stabiel", "gevolgd", "overgedragen")),
}


def hidden(value, what="Kwarteldrift|0611122233"):
    """What is left of a text when this (what gives the melder away) is covered, in everything."""
    if isinstance(value, dict):
        return {k: hidden(v, what) for k, v in value.items()}
    if isinstance(value, list):
        return [hidden(v, what) for v in value]
    return re.sub(what, "[geheim]", value) if isinstance(value, str) else value


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
            if n not in schema.get("required", [])
            and n not in ("version", "op", "ontvangen", "betrokkenen", "stap", "moment")
        ]
        some = (
            data.draw(st.lists(st.sampled_from(optional), max_size=2, unique=True))
            if optional
            else []
        )
        told = {
            n: fill_any(schema["properties"][n], data) for n in [*schema.get("required", []), *some]
        }
        # whoever reports here is the one whom `hidden` knows
        return told | SECRET if {"naam", "geheim"} <= schema["properties"].keys() else told
    if kind == "array":
        return [fill_any(schema["items"], data)]
    if kind == "boolean":
        return data.draw(st.booleans())
    text = (
        data.draw(st.sampled_from(["een tekst", "een tekst", GIVES_AWAY]))
        if kind == "string"
        else ""
    )
    return (
        {"string": text, "integer": 1}[kind] if "pattern" not in schema else schema["examples"][0]
    )


class Meldpunt(RuleBasedStateMachine):
    """A meldpunt in which anything may happen in any order."""

    folder: Path
    make = staticmethod(lambda: None)

    @initialize(data=st.data(), far=st.integers(0, 24), people=st.integers(0, 2))
    def open(self, data, far, people):
        """Open the house, with one case that is anywhere on its way."""
        self.folder = type(self).make()
        self.office = open_office(self.folder, proof=False)
        self.bea = reader(self.office, "Bea")
        self.numbers = []
        rounds.set_clock(self.office, {"now": "2026-01-05T09:00"})
        self.take_call(melding=True, people=people, acute=False)
        self.a_case_goes_its_way(data=data, steps=far, days=95)

    def teardown(self):
        if hasattr(self, "office"):
            if getattr(self, "numbers", None):
                self.figures_hold()
            self.office.close()

    def figures_hold(self):
        """Counted by hand from the journal it is the same.

        A report that was kept is still what it was, and its stamp makes it again.
        """
        for period in ("2026-01", "2026-Q1", "2026"):
            second.same(self.office, read_period(period))
        with self.office.store.read() as connection:
            assert list(kept_reports.faults(connection)) == []
            rows = [figures.kept_by(connection, row["id"]) for row in figures.kept(connection)]
        mia = reader(self.office, "Mia")
        for row in rows:
            told, known = (
                json.loads(row["content"]),
                case_facts.Known(row["position"], row["digest"], row["made"]),
            )
            again = reports.kwartaal(self.office, read_period(row["period"]), mia, known)
            assert (again["total"], again["rows"]) == (told["total"], told["rows"]), row["period"]

    @precondition(lambda self: self.numbers)
    @rule(months=st.sampled_from([1, 3]))
    def keep_a_report(self, months):
        """Keep the report of the last period that is over."""
        last = period_of(day_of(clock.read_clock(self.office)), months).before()
        kept_reports.keep(self.office, last, reader(self.office, "Mia"))

    @property
    def who(self):
        return [reader(self.office, n) for n in ("Tom", "Anna", "Vera")]

    def pick(self, data):
        number = data.draw(st.sampled_from(self.numbers))
        with self.office.store.read() as connection:
            case = reads.case_by_number(connection, number)["id"]
        know = [w for w in self.who if case not in w.barred] or [reader(self.office, "Mia")]
        return number, data.draw(st.sampled_from(know))

    @rule(melding=st.booleans(), people=st.integers(0, 2), acute=st.booleans())
    def take_call(self, melding, people, acute):
        body = (
            {**MELDING, "acuut": acute, "betrokkenen": [KIND] * people} if melding else dict(ADVIES)
        )
        if melding:
            body["ontvangen"] = iso(clock.read_clock(self.office))
        self.numbers.append(calls.take_call(self.office, body, self.who[0]))

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
                cases_moves.make_move(self.office, number, move["name"], body, who)
            except Refusal as wrong:
                assert wrong.faults, (move["name"], body)
            self.numbers += [
                r["number"]
                for r in reading.case_view(self.office, number, who)["relations"]
                if r["number"] not in self.numbers
            ]

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), steps=st.integers(2, 9), days=st.sampled_from([2, 30, 95]))
    def a_case_goes_its_way(self, data, steps, days):
        """What answers its terms is done, letters go, and where nothing can be done yet time
        passes: so that a case comes far.
        """
        number, who = self.pick(data)
        for _ in range(steps):
            view = reading.case_view(self.office, number, who)
            if view["closed"]:
                return
            flow = self.office.pack.get(view["workflow"]["name"], view["workflow"]["release"])
            rules = [flow.terms[t["name"]] for t in view["terms"] if t["status"] in RUNS]
            acts = {act for rule in rules for act in rule.acts}
            allowed = [m for m in view["moves"] if m["allowed"] and not m["ending"]]
            if ways := [m for m in allowed if m["name"] in acts]:
                move = data.draw(st.sampled_from(ways))
                try:
                    told = fill_any(move["input"], data)
                    cases_moves.make_move(self.office, number, move["name"], told, who)
                except Refusal as wrong:
                    assert wrong.faults, move["name"]
            elif not self.sent(view, who):
                self.time_passes(days, 1)

    def sent(self, view, who):
        """Send what a case owes; tell whether anything went."""
        went = False
        today = {"date": iso(clock.read_clock(self.office))[:10], "way": "post"}
        for n in view["notices"]:
            if n["obligatory"] and n["state"] == "draft":
                try:
                    notices.approve(self.office, n["id"], {"version": n["version"]}, who)
                    told = {"version": n["version"] + 1, "reference": "aan hem zelf"} | today
                    notices.send(self.office, n["id"], told, who)
                    went = True
                except Refusal as wrong:
                    assert wrong.faults
        return went

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def correct(self, data):
        number, who = self.pick(data)
        view = reading.case_view(self.office, number, who)
        step = next(m for m in view["moves"] if m["name"] == "corrigeren")
        earlier = iso(
            clock.read_clock(self.office) - timedelta(hours=data.draw(st.integers(1, 400)))
        )
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
            cases_moves.make_move(
                self.office,
                number,
                step["name"],
                {"version": view["version"], "reden": "vergissing", **change},
                who,
            )
        except Refusal as wrong:
            assert wrong.faults

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def letter(self, data):
        number, who = self.pick(data)
        letters = [
            n
            for n in reading.case_view(self.office, number, who)["notices"]
            if n["state"] in ("draft", "approved", "sent")
        ]
        if not letters:
            return
        n = data.draw(st.sampled_from(letters))
        version = {"version": n["version"]}
        today = {"date": iso(clock.read_clock(self.office))[:10]}
        acts = {
            "draft": [
                (notices.approve, {}),
                (notices.withhold, {"reason": "nee", "ground": "grond"}),
            ],
            "approved": [
                (notices.send, today | {"way": "post"}),
                (notices.send, today | {"way": "persoonlijk", "reference": "aan de moeder"}),
                (dispatch.queue, {"way": "print"}),
                (dispatch.queue, {"way": "map"}),
            ],
            "sent": [
                (receipts.receive, today),
                (receipts.give_back, today | {"reason": "adres onbekend"}),
            ],
        }[n["state"]]
        act, body = data.draw(st.sampled_from(acts))
        try:
            act(self.office, n["id"], {**version, **body}, who)
        except Refusal as wrong:
            assert wrong.faults

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), went=st.booleans())
    def the_post(self, data, went):
        who = data.draw(st.sampled_from(self.who))
        pile = piles.make_pile(self.office, who)
        waiting = [p["claim"] for p in dispatch.overview(self.office, who)["piles"]]
        assert pile is None or pile in waiting
        if waiting:
            piles.finish_pile(self.office, data.draw(st.sampled_from(waiting)), who, {"went": went})
        for one in dispatch.overview(self.office, who)["tray"][:1]:
            dispatch.cancel(self.office, one["id"], who)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def terms(self, data):
        number, who = self.pick(data)
        running = [
            t
            for t in reading.case_view(self.office, number, who)["terms"]
            if t["status"] in ("lopend", "te_laat", "opgeschort")
        ]
        if not running:
            return
        t = data.draw(st.sampled_from(running))
        until = iso((clock.read_clock(self.office) + timedelta(days=20)).date())
        act, body = data.draw(
            st.sampled_from(
                [
                    (extensions.suspend, {"until": until, "reason": "r"}),
                    (extensions.resume, {}),
                    (extensions.extend, {"days": 5, "reason": "r"}),
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
            assignment.assign(self.office, number, {"owner": owner, "reason": "verdeling"}, who)
        except Refusal as wrong:
            assert wrong.faults

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def split_or_place(self, data):
        number, who = self.pick(data)
        act, body = data.draw(
            st.sampled_from(
                [
                    (split.split, {}),
                    (split.split, {}),
                    (split.place, {"bij": data.draw(st.sampled_from(self.numbers))}),
                ]
            )
        )
        try:
            act(self.office, number, {"reden": "toch anders", **body}, who)
        except Refusal as wrong:
            assert wrong.faults

    @rule(count=st.integers(1, 3), broken=st.booleans(), data=st.data())
    def forms_come_in(self, count, broken, data):
        now = iso(clock.read_clock(self.office))
        told = [
            {k: v for k, v in MELDING.items() if k != "route"}
            | {"id": f"F-{data.draw(st.integers(1, 9))}", "ontvangen": now, "betrokkenen": [KIND]}
            for _ in range(count)
        ]
        if broken:
            told[0]["gemeente"] = "Nergens"
        file = BytesIO(json.dumps({"formulieren": told}).encode())
        try:
            key = import_staging.stage(self.office, file, "x", "formulier/1", self.who[0])
            imports.accept(self.office, key, self.who[0])
        except Refusal as wrong:
            assert wrong.faults
        imports.continue_all(self.office)
        self.numbers = sorted(
            {
                *self.numbers,
                *(i["number"] for i in triage.worklist(self.office, self.who[0])["items"]),
            }
        )

    @rule(
        data=st.data(),
        outcome=st.sampled_from(["nieuw", "geen_hgkm", "hoort_bij"]),
        again=st.booleans(),
    )
    def triage_and_take_back(self, data, outcome, again):
        listed = triage.worklist(self.office, self.who[1])["items"]
        if not listed:
            return
        item = data.draw(st.sampled_from(listed))
        try:
            triage.decide(
                self.office,
                item["form"],
                {"outcome": outcome, "bij": data.draw(st.sampled_from(self.numbers))},
                self.who[1],
            )
            if again:
                triage.undo(self.office, item["form"], self.who[1])
        except Refusal as wrong:
            assert wrong.faults

    @rule(
        name=st.sampled_from(["Anna", "Bram", "Vera"]),
        kind=st.sampled_from(["afwezig", "afwezig", "vertrek"]),
        later=st.sampled_from([0, 0, 3, 30]),
        until=st.sampled_from([None, 10]),
        to=st.sampled_from([None, "Anna", "Bram", "Vera"]),
    )
    def somebody_is_away_or_leaves(self, name, kind, later, until, to):
        today = clock.read_clock(self.office).date()
        start = today + timedelta(days=later)
        body = {
            "worker": name,
            "kind": kind,
            "start": iso(start),
            "to": to,
            "reason": "r",
            "end": iso(start + timedelta(days=until)) if until else None,
        }
        try:
            absence.make_plan(self.office, body, self.who[0])
        except Refusal as wrong:
            assert wrong.faults

    @rule(data=st.data())
    def a_plan_is_taken_back(self, data):
        if plans := absence.view(self.office, self.who[0]):
            try:
                absence.undo(
                    self.office, data.draw(st.sampled_from([p["id"] for p in plans])), self.who[0]
                )
            except Refusal as wrong:
                assert wrong.faults

    @rule(
        kind=st.sampled_from(["sluitingsdag", "feestdag"]),
        ahead=st.integers(0, 90),
        add=st.booleans(),
    )
    def the_calendar_changes(self, kind, ahead, add):
        day = clock.read_clock(self.office).date() + timedelta(days=ahead)
        try:
            if add:
                calendar.add_day(
                    self.office, {"kind": kind, "day": iso(day), "name": "dicht"}, self.bea
                )
            elif present := [d for d in calendar.view(self.office)["days"]]:
                calendar.drop_day(
                    self.office,
                    present[-1]["kind"],
                    date.fromisoformat(present[-1]["day"]),
                    self.bea,
                )
        except Refusal as wrong:
            assert wrong.faults

    @rule(
        hours=st.sampled_from(
            ["ma-vr 09:00-17:00", "ma-do 08:30-12:00, za 10:00-11:00", "wo 00:00-23:59"]
        ),
        ahead=st.integers(0, 20),
    )
    def office_hours_change(self, hours, ahead):
        day = clock.read_clock(self.office).date() + timedelta(days=ahead)
        try:
            calendar.set_hours(self.office, {"day": iso(day), "hours": hours}, self.bea)
        except Refusal as wrong:
            assert wrong.faults

    @rule(ahead=st.integers(-2, 48), long=st.integers(1, 72))
    def somebody_has_piket(self, ahead, long):
        start = clock.read_clock(self.office) + timedelta(hours=ahead)
        try:
            piket.give(
                self.office,
                {"worker": "Vera", "start": iso(start), "end": iso(start + timedelta(hours=long))},
                self.who[0],
            )
        except Refusal as wrong:
            assert wrong.faults

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), name=st.sampled_from(["Anna", "Bram", "Vera", "Tom"]))
    def somebody_knows_them(self, data, name):
        number, _ = self.pick(data)
        leads = reader(self.office, "Mia")
        try:
            told = {"worker": name, "ground": "familie", "reason": "Zegt hij zelf."}
            conflicts.know_other(self.office, number, told, leads)
        except Refusal as wrong:
            assert wrong.faults
        else:
            assert reader(self.office, name).barred

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def and_may_know_them_again(self, data):
        number, _ = self.pick(data)
        mia = reader(self.office, "Mia")
        for one in conflicts.view(self.office, number, mia)["held"]:
            conflicts.lift(self.office, number, one["id"], {"reason": "vergissing"}, mia)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def somebody_looks(self, data):
        number, who = self.pick(data)
        access_log.look(self.office, number, who, "zaak")

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), text=st.sampled_from(["Nagebeld.", "Oom Archibald past op."]))
    def somebody_notes(self, data, text):
        number, who = self.pick(data)
        try:
            attachments.add_note(self.office, number, {"tekst": text}, who)
        except Refusal as wrong:
            assert wrong.faults or wrong.text

    @rule(days=st.sampled_from([0, 1, 3, 14, 40, 100]), hours=st.integers(0, 23))
    def time_passes(self, days, hours):
        rounds.set_clock(
            self.office,
            {"now": iso(clock.read_clock(self.office) + timedelta(days=days, hours=hours))},
        )

    @rule()
    def sweep_again(self):
        rounds.go_round(self.office)
        assert rounds.go_round(self.office).rung == 0
        with self.office.store.read() as connection:
            assert held.owned_though_barred(connection) == [], "who knows them has none of it"

    @invariant()
    def guarantees(self):
        if not getattr(self, "numbers", None):
            return
        with self.office.store.read() as connection:
            _, without = reads.open_without_term(connection)
            assert without == [], "G1"
            assert second_count.recounted(self.office, connection)[1] == [], "the second opinion"
            now = self.office.now(connection)
            assert plans.owned_by_nobody_here(connection, day_of(now)) == [], "nothing stays behind"
            staff = reminders.staff(connection, day_of(now), now)
            inbox = reads.rows(connection, select(reads.INBOX))
            assert list(verify(connection)) == [], "G3, G5"
            cases = reads.rows(connection, select(reads.CASE))
            terms = reads.rows(connection, select(reads.TERM))
            rung = reads.rows(connection, select(reads.REMINDER))
            kept = {(r["case_id"], r["word"]) for r in reads.rows(connection, select(search.WORD))}
            people = reads.rows(connection, select(reads.PERSON))
            findings = reads.rows(connection, select(reads.FINDING))
            letters = reads.rows(connection, select(reads.NOTICE))
            out = reads.rows(connection, select(outbox.OUT))
            referrals = reads.rows(connection, select(reads.REFERRAL).order_by(reads.REFERRAL.c.id))
            checks = reads.rows(connection, select(reads.CHECK).order_by(reads.CHECK.c.id))
            relations = reads.rows(connection, select(reads.RELATION))
            meldingen = reads.rows(connection, select(reads.MELDING))
            homes = {r["case_id"]: r["dossier_id"] for r in meldingen}
            joins = {
                r["case_id"] for r in reads.rows(connection, select(JOIN)) if r["undone"] is None
            }
            assert proofs.strayed(connection) == [], (
                "a hermelding leads to a closed melding of its household"
            )
            assert proofs.contradictions(connection) == [], "what the night looks at agrees too"
            told_again = {
                e["case_id"]
                for e in reads.rows(connection, select(reads.ENTRY))
                if "gegevens van de melder" in e["what"]
            }
            notes = [
                (e["case_id"], json.loads(e["content"] or "{}").get("tekst", ""))
                for e in reads.rows(connection, select(reads.ENTRY))
                if e["kind"] == "notitie"
            ]
        self.post_is_right(cases, letters, out, told_again)
        for case in cases:
            mine = [
                [r for r in rows if r["case_id"] == case["id"]]
                for rows in (terms, letters, referrals, checks)
            ]
            flow = self.office.pack.workflows[case["workflow"], case["release"]]
            links = [
                r["other_id"]
                for r in relations
                if r["case_id"] == case["id"] and r["kind"] == "hermelding_van"
            ]
            here, *before = (
                {**c, "dossier_id": homes.get(c["id"])}
                for c in (case, *(c for c in cases if c["id"] in links))
            )
            assert contradictions(flow, Told(here, *mine, before, case["id"] in joins)) == [], case[
                "number"
            ]
            strayed = not_reached(flow, case, mine[0])
            assert strayed is None, f"the checker was never there: {strayed}"
            if case["closed"] and 3 in case["finishes"]:
                told, good = FOLLOWED[flow.pack]
                assert case["facts"][told] in good, "G2"
            if case["closed"]:
                assert not [
                    t
                    for t in terms
                    if t["case_id"] == case["id"] and t["status"] in ("running", "suspended")
                ]
            found = [f for f in findings if f["case_id"] == case["id"]]
            apart = {f["text"] for f in found if f["labels"]}  # nobody finds a case by these
            texts = [f["text"] for f in found] + [t for key, t in notes if key == case["id"]]
            texts = [text for text in texts if text not in apart]
            people_here = [dict(p) for p in people if p["case_id"] == case["id"]]
            holds = {"case": dict(case), "people": people_here, "texts": texts}
            for text in apart:  # nor where it was typed again
                holds = hidden(holds, re.escape(text))
            beside = {case["id"], *(r["other_id"] for r in relations if r["case_id"] == case["id"])}
            if any(
                m["melder_geheim"] and m["melder_naam"] for m in meldingen if m["case_id"] in beside
            ):
                holds = hidden(holds)
            words = words_of_case(holds["case"], holds["people"], holds["texts"]) - {"geheim"}
            assert {w for key, w in kept if key == case["id"]} == words, (
                "found by what it holds, and by nothing that is gone"
            )
        told = [(r["term_id"], r["round"], r["rung"]) for r in rung]
        terms_by = {t["id"]: t for t in terms}
        assert len(told) == len(set(told)), "G4: never twice"
        for t in terms:
            mine = sorted(r for term, turn, r in told if term == t["id"] and turn == t["round"])
            assert mine == list(range(t["rung"] - len(mine), t["rung"])), (
                "G4: every rung of this round, none skipped"
            )
            assert t["round"] or len(mine) == t["rung"]
            if t["status"] == "running" and mine:
                assert [i for i in inbox if i["term_id"] == t["id"]], (
                    "what was rung stands before somebody until it is answered"
                )
        cases_by = {c["id"]: c for c in cases}
        for i in inbox:
            case = cases_by[i["case_id"]]
            assert terms_by[i["term_id"]]["status"] in ("running", "suspended"), (
                "nothing stands open for what has ended"
            )
            here = Address(name="", worker=i["worker_id"], team=i["team_id"], role=i["role"])
            assert i["role"] == "manager" or attended(
                here, case["owner_id"], case["team_id"], staff.knowing(case["id"])
            ), "somebody here reads it, who may know it"

    def post_is_right(self, cases, letters, out, told_again):
        """One letter per approval, in the folder too.

        And nowhere a melder who is secret (G4, G7).
        """
        by = {n["id"]: n for n in letters}
        went = [o for o in out if o["state"] == "delivered"]
        assert len(went) == len({o["notice_id"] for o in went}), "never two"
        assert all(by[o["notice_id"]]["state"] == "sent" for o in went)
        folder = self.folder.parent / "oefenpost"
        seen = (
            sorted(p.name for p in folder.iterdir() if p.name != ".werk") if folder.is_dir() else []
        )
        assert seen == sorted(o["key"] for o in went if o["way"] == "map")
        for n in letters:
            if n["recipient"] != "melder" and n["html"] and not told_again:
                said = (n["html"] + json.dumps(n["data"], ensure_ascii=False)).casefold()
                assert "kwarteldrift" not in said and "0611122233" not in said, "G7"
            if n["obligatory"] and n["state"] in ("draft", "approved"):
                assert (
                    n["term_id"] or next(c for c in cases if c["id"] == n["case_id"])["closed"]
                ), "what is owed has a term"


@pytest.mark.parametrize("pack", FOLLOWED)
def test_the_guarantees_hold_whatever_happens_on_sqlite(tmp_path, pack):
    first = make_folder(tmp_path / "first", "meldpunt.sqlite", pack=pack)
    office = open_office(first, proof=False)
    hire(office, "Tom", "Anna", "Bram", "Vera", "Mia", "Bea")
    office.close()

    def make():
        there = tmp_path / uuid4().hex
        shutil.copytree(first.parent, there)
        return there / "config.toml"

    run(make)


@pytest.mark.parametrize("pack", FOLLOWED if FULL else ["amhk"])
def test_the_guarantees_hold_whatever_happens_on_postgresql(tmp_path, postgres, pack):
    from conftest import new_database

    first = make_folder(tmp_path / "first", new_database(postgres), pack=pack)
    office = open_office(first, proof=False)
    hire(office, "Tom", "Anna", "Bram", "Vera", "Mia", "Bea")
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
        settings=settings(
            max_examples=150 if FULL else 8,
            stateful_step_count=40 if FULL else 25,
            deadline=None,
            phases=PHASES,
        ),
    )
