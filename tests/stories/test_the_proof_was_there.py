"""Where a melding joins, and what it brings along, the checker of the procedure had been before."""

import pytest
from support.blind import Blind
from support.cast import send_owed
from support.families import melding
from support.reached import not_reached

from amhk.store import reads

KIND = {"naam": "Kind", "geboren": "2019", "rollen": ["kind"]}


@pytest.fixture
def client(sqlite_client):
    return sqlite_client


def prove(client, *numbers):
    """Hold each case against the places the checker reached."""
    with client.office.store.read() as connection:
        for number in numbers:
            case = reads.case_by_number(connection, number)
            flow = client.office.pack.workflows[case["workflow"], case["release"]]
            assert not_reached(flow, case, reads.terms(connection, case["id"])) is None


def go_on(client, number, seen):
    """Go to an open state nobody has seen, through whatever doors; tell whether there was one."""
    flow, blind = client.office.pack.of_route("melding"), Blind(client)
    here = client.case(number)["state"]
    for name in sorted(flow.moves_from[here]):
        onward = {e.target for e in flow.moves[name].edges if e.source == here} - {"=", *seen}
        if not any(not flow.states[state].final for state in onward):
            continue
        for _ in range(12):
            case = client.case(number)
            step = next(m for m in case["moves"] if m["name"] == name)
            shut = not step["allowed"] and not any(w.get("do") for w in step["why_not"])
            if case["state"] != here or shut:
                break
            blind.push(case, step)
        if client.case(number)["state"] not in {here, *seen}:
            return True
    return False


@pytest.mark.parametrize("acute", [False, True])
def test_a_melding_joins_in_every_state_that_can_be_walked_to(client, acute):
    first = client.post("/cases", melding([KIND]))["number"]
    seen = set()
    while True:
        second = client.post("/cases", melding([KIND], acuut=acute))["number"]
        client.move(second, "vervolgmelding", bij=first)
        prove(client, first, second)
        seen.add(client.case(first)["state"])
        send_owed(client, first)
        if not go_on(client, first, seen):
            break
    assert len(seen) > 3, seen
