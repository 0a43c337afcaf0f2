"""Whatever a worker does to a case, its rows are written when the case is saved, and not before."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event
from support.blind import Blind, fill
from support.cast import Client, hire, reader, send_owed
from support.families import EL_AMRANI, advies, melding

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.cases import apply_move, moves
from amhk.desk.terms import extensions

# What makes, joins or empties a second case writes the rows of both, in the same transaction.
OF_TWO_CASES = {"join", "to_melding", "to_advies"}
EFFECTS = sorted(set(apply_move._EFFECTS) - OF_TWO_CASES)
# What must be made, and its letters sent, before the client that knows nothing can come there.
FIRST = {
    "check": "verwijzen",
    "referral_withdrawn": "verwijzen",
    "rvdk_answer": "melden_rvdk",
    "rvdk_outcome": "melden_rvdk",
}
CALLS = {"advies": advies(), "melding": melding(EL_AMRANI)}


def can(case, name):
    """Whether a move can be made now."""
    return any(m["name"] == name and m["allowed"] for m in case["moves"])


def bring(client, route, effect, name):
    """Give the number of a case on which this move can be made."""
    blind = Blind(client)
    number = client.post("/cases", CALLS[route])["number"]
    if first := FIRST.get(effect):
        blind.reach(number, lambda m: m["name"] == first, lambda _: first in blind.log)
        send_owed(client, number)
        client.send_kind(number, "verwijzing_instelling")
    blind.reach(number, lambda m: m["name"] == name, lambda case: can(case, name))
    return number


class TornDown(Exception):
    """The house falls at the moment of saving."""


def fall(*_, **__):
    raise TornDown


@contextmanager
def written(office):
    """The statements that changed something, as they were sent."""
    told = []

    def look(connection, cursor, statement, *_):
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA", "WITH")):
            told.append(statement)

    engine = office.store.engine
    event.listen(engine, "before_cursor_execute", look)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", look)


def moves_with(pack, effect):
    """The moves of the procedure with this effect, each with its route."""
    return [
        (route, move)
        for route in ("advies", "melding")
        for move in pack.of_route(route).moves.values()
        if move.effect == effect
    ]


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_move_writes_nothing_before_it_is_saved(sqlite_office, effect, monkeypatch):
    office = sqlite_office
    hire(office, "Tom")
    client = Client(office)
    client.clock("2026-02-02T09:00")
    routes = moves_with(office.pack, effect)
    assert routes
    for route, move in routes:
        number = bring(client, route, effect, move.name)
        case = client.case(number)
        asked = next(m for m in case["moves"] if m["name"] == move.name)
        body = fill(asked["input"]) | {"version": case["version"]}
        if effect == "correct":
            body |= {"zorgen": "Het was anders.", "reden": "Verkeerd verstaan."}
        with monkeypatch.context() as torn, written(office) as told:
            torn.setattr(CaseFile, "save", fall)
            with pytest.raises(TornDown):
                moves.make_move(office, number, move.name, body, reader(office, "Tom"))
        assert told == []
        assert client.case(number) == case
        moves.make_move(office, number, move.name, body, reader(office, "Tom"))
        assert client.case(number)["version"] == case["version"] + 1


CORRECTED = {
    "advies": {"zorgen": "Anders.", "advies": "Iets anders.", "gemeente": "Schiedam"},
    "melding": {
        "zorgen": "Anders.",
        "gemeente": "Schiedam",
        "ontvangen": "2026-01-30T09:00",
        "melder": {"naam": "Politie, district"},
        "persoonsgegevens": {"naam": "Samira Amrani", "geboren": "1991-03-15"},
    },
}


@pytest.mark.parametrize("route", sorted(CORRECTED))
def test_a_correction_of_everything_writes_nothing_before_it_is_saved(
    sqlite_client, route, monkeypatch
):
    client, office = sqlite_client, sqlite_client.office
    number = client.post("/cases", CALLS[route])["number"]
    case = client.case(number)
    body = {"version": case["version"], "reden": "Verkeerd verstaan."} | CORRECTED[route]
    if route == "melding":
        body["persoon"] = str(case["people"][0]["id"])
    name = next(m.name for r, m in moves_with(office.pack, "correct") if r == route)
    with monkeypatch.context() as torn, written(office) as told:
        torn.setattr(CaseFile, "save", fall)
        with pytest.raises(TornDown):
            moves.make_move(office, number, name, body, reader(office, "Tom"))
    assert told == []
    assert client.case(number) == case
    client.move(number, name, **{k: v for k, v in body.items() if k != "version"})
    after = client.case(number)
    assert (after["zorgen"], after["gemeente"]) == ("Anders.", "Schiedam")
    if route == "melding":
        assert after["people"][0]["naam"] == "Samira Amrani"
        assert after["melder"]["naam"] == "Politie, district"


def test_a_term_that_stands_still_or_gets_more_time_is_written_when_its_case_is(
    sqlite_client, monkeypatch
):
    client, office = sqlite_client, sqlite_client.office
    number = bring(client, "melding", "referral_withdrawn", "verwijzing_intrekken")
    who = reader(office, "Tom")
    rules = office.pack.of_route("melding").terms
    running = [t for t in client.case(number)["terms"] if t["status"] == "lopend"]
    longer = next((t for t in running if rules[t["name"]].extend), None)
    still = next((t for t in running if rules[t["name"]].suspend_ground), None)
    acts = [
        (extensions.extend, longer, {"days": 1, "reason": "Meer tijd nodig."}),
        (extensions.suspend, still, {"until": "2026-02-20", "reason": "Wacht op de school."}),
        (extensions.resume, still, {}),
    ]
    for act, which, body in acts:
        assert which is not None
        before = client.case(number)
        with monkeypatch.context() as torn, written(office) as told:
            torn.setattr(CaseFile, "save", fall)
            with pytest.raises(TornDown):
                act(office, number, which["id"], body, who)
        assert told == []
        assert client.case(number) == before
        act(office, number, which["id"], body, who)
        after = next(t for t in client.case(number)["terms"] if t["id"] == which["id"])
        assert after != next(t for t in before["terms"] if t["id"] == which["id"])
