"""A client that knows nothing of the trade reaches every finish, and closed, from the schemas and
the doors alone.
"""

import jsonschema
import pytest
from conftest import make_folder
from support.blind import Blind
from support.cast import Client, hire

from amhk.office import open_office

PACKED = ["amhk", "veilig-thuis"]


@pytest.fixture(params=PACKED)
def office(tmp_path, database, request):
    """A meldpunt that works by each of the shipped procedures."""
    folder = make_folder(tmp_path / "meldpunt", database, pack=request.param)
    office = open_office(folder, proof=False)
    yield office
    office.close()


@pytest.mark.parametrize("finish", [1, 2, 3, 4])
def test_a_blind_client_reaches_a_finish_and_closed(office, finish):
    hire(office, "Tom")
    client = Client(office)
    client.clock("2026-02-02T09:00")
    blind = Blind(client)
    number = blind.call("advies" if finish < 3 else "melding")
    case = blind.reach(number, lambda m: m["finish"] == finish, lambda c: finish in c["finishes"])
    if not case["closed"]:
        flow = client.get(f"/workflows/{case['workflow']['name']}")
        final = {s["name"] for s in flow["states"] if s["final"]}
        ends = {
            m["name"] for m in flow["moves"] if m["target"] in final and m["source"] not in final
        }
        case = blind.reach(
            number, lambda m: m["name"] in ends and not m["ending"], lambda c: c["closed"]
        )
    assert case["finish"] == finish
    assert case["ending"] is None


def test_every_schema_of_a_move_is_a_json_schema(office):
    hire(office, "Tom")
    client = Client(office)
    for route in ("advies", "melding"):
        jsonschema.Draft202012Validator.check_schema(client.get(f"/intake/{route}"))
        case = client.case(Blind(client).call(route))
        for move in case["moves"]:
            jsonschema.Draft202012Validator.check_schema(move["input"])


def test_a_blind_client_refers_twice_and_closes_when_both_are_followed_up(office):
    """It asks for the step that refers once more, and is then led past each of the two."""
    hire(office, "Tom")
    client = Client(office)
    client.clock("2026-02-02T09:00")
    blind = Blind(client)
    number = blind.call("melding")
    case = blind.reach(number, lambda m: m["finish"] == 3, lambda c: len(c["referrals"]) == 2)
    flow = client.get(f"/workflows/{case['workflow']['name']}")
    final = {s["name"] for s in flow["states"] if s["final"]}
    ends = {m["name"] for m in flow["moves"] if m["target"] in final and m["source"] not in final}
    done = blind.reach(
        number, lambda m: m["name"] in ends and not m["ending"], lambda c: c["closed"]
    )
    assert (done["finishes"], done["ending"], len(done["referrals"])) == ([3], None, 2)
