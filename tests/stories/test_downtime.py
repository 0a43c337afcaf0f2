"""The house was closed for a day, for forty, over New Year, over both changes of the clock, or its
clock was set back: each rung once, in order.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from support.cast import Client, hire, send_owed

from amhk.desk.house import night_proof, rounds
from amhk.desk.terms import sweep
from amhk.store import reads, writes
from amhk.store.cases.journal import verify
from amhk.words import AMSTERDAM, iso

MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "z",
    "acuut": False,
    "melder": {"naam": "School"},
    "betrokkenen": [{"naam": "Kind", "geboren": "2019", "rollen": ["kind"]}],
}


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def set_clock(office, moment):
    """Let it be another moment, without anything happening: the house is closed."""
    with office.store.write() as connection:
        writes.set_meta(connection, "clock", moment.isoformat())


def begin(office, moment):
    """A meldpunt with a case after referral, a fresh melding, an acute one, and an advies."""
    hire(office)
    client = Client(office)
    client.clock(iso(moment))
    received = {**MELDING, "ontvangen": iso(moment - timedelta(hours=1))}
    first = client.post("/cases", received)["number"]
    client.move(first, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(first, "onderzoek_besluiten")
    client.move(first, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    client.move(first, "verwijzen", instelling=client.get("/institutions")["items"][0]["name"])
    send_owed(client, first)
    client.post("/cases", received)
    acute = client.post("/cases", {**received, "acuut": True})["number"]
    client.move(acute, "acuut_vaststellen")
    client.post(
        "/cases",
        {
            "route": "advies",
            "kanaal": "chat",
            "hoedanigheid": "33",
            "gemeente": "Schiedam",
            "aanleiding": ["08"],
            "zorgen": "z",
            "vervolg": "ondersteunen",
        },
    )
    return client


def rung(office):
    with office.store.read() as connection:
        return reads.rows(connection, select(reads.REMINDER).order_by(reads.REMINDER.c.id))


def once_and_in_order(office):
    """No rung twice, all in the order in which they fell due; none that has fallen due is missing.

    The journals are whole.
    """
    found = rung(office)
    told = [(r["term_id"], r["round"], r["rung"]) for r in found]
    assert len(told) == len(set(told))
    assert [r["fell_due"] for r in found] == sorted(r["fell_due"] for r in found)
    with office.store.read() as connection:
        now = office.now(connection)
        assert list(verify(connection)) == []
        assert reads.open_without_term(connection)[1] == []
        for term in reads.rows(
            connection, select(reads.TERM).where(reads.TERM.c.status == "running")
        ):
            assert term["ring_at"] is None or term["ring_at"] > now
            assert [r for t, turn, r in told if t == term["id"] and turn == term["round"]] == list(
                range(term["rung"])
            )
    assert night_proof.prove(office)["wrong"] == []
    return found


CLOSED = {
    "one day": ("2026-02-06T16:50", timedelta(days=1)),
    "forty days": ("2026-02-06T16:50", timedelta(days=40)),
    "over New Year": ("2026-12-22T16:50", timedelta(days=16)),
    "over the change to summer time": ("2026-03-28T23:00", timedelta(hours=9)),
    "over the change to winter time": ("2026-10-24T23:00", timedelta(hours=9)),
    "half a year": ("2026-06-30T23:59", timedelta(days=183)),
}


@pytest.mark.parametrize("closed", CLOSED)
def test_what_fell_due_while_the_house_was_closed_is_rung_once_and_in_order(office, closed):
    moment, away = local(CLOSED[closed][0]), CLOSED[closed][1]
    begin(office, moment)
    before = len(rung(office))
    set_clock(office, moment + away)
    rounds.go_round(office)
    found = once_and_in_order(office)
    assert len(found) > before
    rounds.go_round(office)
    assert len(rung(office)) == len(found)


@pytest.mark.parametrize("closed", ["forty days", "over New Year", "half a year"])
def test_it_is_the_same_as_if_the_house_had_been_open_every_hour(sqlite_office, tmp_path, closed):
    from conftest import make_folder

    from amhk.office import open_office

    moment, away = local(CLOSED[closed][0]), CLOSED[closed][1]
    begin(sqlite_office, moment)
    set_clock(sqlite_office, moment + away)
    rounds.go_round(sqlite_office)
    other = open_office(make_folder(tmp_path / "open", "meldpunt.sqlite"), proof=False)
    begin(other, moment)
    for hours in range(0, int(away / timedelta(hours=1)) + 1, 6):
        set_clock(other, moment + timedelta(hours=hours))
        rounds.go_round(other)
    set_clock(other, moment + away)
    rounds.go_round(other)
    key = [
        (r["term_id"], r["round"], r["rung"], r["fell_due"], r["receivers"]) for r in rung(other)
    ]
    assert sorted(key) == sorted(
        (r["term_id"], r["round"], r["rung"], r["fell_due"], r["receivers"])
        for r in rung(sqlite_office)
    )
    other.close()


def test_more_falls_due_than_one_transaction_rings_and_the_order_holds(office, monkeypatch):
    monkeypatch.setattr(sweep, "_BATCH", 3)
    begin(office, local("2026-02-06T16:50"))
    set_clock(office, local("2026-05-29T09:00"))
    rounds.go_round(office)
    assert len(once_and_in_order(office)) > 20


def test_a_clock_set_back_an_hour_rings_nothing_twice_and_loses_nothing(office):
    moment = local("2026-02-06T16:50")
    begin(office, moment)
    set_clock(office, moment + timedelta(days=4, minutes=30))
    rounds.go_round(office)
    before = rung(office)
    set_clock(office, moment + timedelta(days=4, minutes=-30))
    for _ in range(3):
        assert rounds.go_round(office).rung == 0
    assert rung(office) == before
    set_clock(office, moment + timedelta(days=11))
    rounds.go_round(office)
    assert len(once_and_in_order(office)) > len(before)


def test_a_term_of_hours_is_four_hours_long_also_in_the_night_the_clock_changes(office):
    client = begin(office, local("2026-03-28T23:00"))
    for case in client.get("/cases?route=melding")["items"]:
        crisis = [t for t in client.case(case["number"])["terms"] if t["name"] == "crisis"]
        if crisis:
            assert (
                crisis[0]["due"] == "2026-03-29T03:00:00+02:00"
            )  # received at 22:00, and one hour of the night is not there
            break
    else:
        raise AssertionError("no acute case")


def test_a_term_ends_with_the_amsterdam_day_and_not_with_the_utc_day(office):
    hire(office)
    client = Client(office)
    client.clock("2026-02-07T23:59")
    number = client.post("/cases", {**MELDING, "ontvangen": "2026-02-07T23:59"})["number"]
    due = {t["name"]: t["due"] for t in client.case(number)["terms"]}
    assert due["veiligheidsbeoordeling"] == "2026-02-13"
    client.clock("2026-02-13T23:59")
    assert (
        next(t for t in client.case(number)["terms"] if t["name"] == "veiligheidsbeoordeling")[
            "status"
        ]
        == "lopend"
    )
    client.clock("2026-02-14T00:00")
    assert (
        next(t for t in client.case(number)["terms"] if t["name"] == "veiligheidsbeoordeling")[
            "status"
        ]
        == "te_laat"
    )
