"""Four stories, one per finish: the real server, from call to closed, with the training clock."""

import json
import urllib.error

import pytest
from support.cast import hire
from support.server import Server

from amhk.desk.staff import workers
from amhk.office import open_office

ADVIES = {
    "route": "advies",
    "kanaal": "telefoon",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "aanleiding": ["08"],
    "zorgen": "stil kind",
    "advies": "praat",
}
MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "hoedanigheid": "03",
    "gemeente": "Schiedam",
    "zorgen": "baby valt af",
    "acuut": False,
    "melder": {"naam": "E. Mulder", "bereikbaar": "010-0000001"},
    "aanleiding": ["08"],
    "aard": ["02"],
    "betrokkenen": [
        {"naam": "Liam Visser", "geboren": "2025-09-25", "rollen": ["kind"]},
        {"naam": "Wes Visser", "geboren": "1999", "rollen": ["ouder"], "gezag": True},
    ],
}


class Desk:
    """A worker with a token at the real server."""

    def __init__(self, server, token):
        self.server, self.token, self.number = server, token, None

    def ask(self, method, path, body=None):
        return self.server.ask(method, path, body, self.token)

    def at(self, moment):
        self.ask("PUT", "/clock", {"now": moment})

    def call(self, body):
        self.number = self.ask("POST", "/cases", body)["number"]

    def case(self):
        return self.ask("GET", f"/cases/{self.number}")

    def move(self, name, **fields):
        return self.ask(
            "POST",
            f"/cases/{self.number}/moves/{name}",
            {"version": self.case()["version"], **fields},
        )

    def refused(self, name, **fields):
        with pytest.raises(urllib.error.HTTPError) as wrong:
            self.move(name, **fields)
        return [e["code"] for e in json.loads(wrong.value.read())["errors"]]

    def send_all(self):
        for n in self.case()["notices"]:
            if n["obligatory"] and n["state"] == "draft":
                n = self.ask("POST", f"/notices/{n['id']}/approve", {"version": n["version"]})
                today = self.ask("GET", "/clock")["now"][:10]
                self.ask(
                    "POST",
                    f"/notices/{n['id']}/send",
                    {"version": n["version"], "date": today, "way": "post"},
                )


@pytest.fixture
def desk(folder):
    office = open_office(folder, proof=False)
    hire(office, "Tom")
    token = workers.make_token(office, "Tom")
    office.close()
    with Server(folder) as server:
        yield Desk(server, token)
        assert server.stop() == 0


def test_finish_1_advice_given_and_registered(desk):
    desk.at("2026-02-02T09:00")
    desk.call(ADVIES)
    case = desk.move("advies_geven")
    assert (case["finish"], case["closed"]) == (1, True)


def test_finish_2_support_in_carrying_it_out(desk):
    desk.at("2026-02-02T09:00")
    desk.call(ADVIES)
    for day in ("05", "12"):
        desk.at(f"2026-02-{day}T09:00")
        desk.move("contact_vastleggen", verslag="besproken")
    case = desk.move("ondersteuning_afronden")
    assert (case["finish"], case["closed"], len(case["contacten"])) == (2, True, 2)


def test_finish_3_referred_checked_after_three_months_and_closed(desk):
    desk.at("2026-02-02T09:00")
    desk.call({**MELDING, "ontvangen": "2026-02-02T09:00"})
    desk.at("2026-02-04T10:00")
    desk.move("veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    desk.move("onderzoek_besluiten")
    desk.at("2026-03-10T12:00")
    desk.move("onderzoek_afronden", uitkomst=["06"], conclusie="bevestigd, hulp welkom")
    case = desk.move("verwijzen", instelling="Wijkteam Schiedam", motivering="hulp past")
    assert case["finish"] == 3
    desk.send_all()
    desk.move("verwijzing_geaccepteerd")
    assert "controle_vastgelegd" in desk.refused("afsluiten")
    desk.at("2026-06-10T09:00")
    assert desk.ask("GET", f"/cases/{desk.number}/reminders")["items"]
    assert [n for n in desk.case()["notices"] if n["kind"] == "controlevraag_instelling"]
    desk.move("voortgangscontrole", hulp_gestart="2026-04-01", passend="ja", nu_veilig="ja")
    case = desk.move("afsluiten")
    assert (case["finishes"], case["closed"], case["ending"]) == ([3], True, None)


def test_finish_4_reported_to_the_rvdk_on_acute_findings(desk):
    desk.at("2026-03-02T13:30")
    desk.call({**MELDING, "ontvangen": "2026-03-02T13:30", "acuut": True})
    desk.at("2026-03-02T14:00")
    desk.move("acuut_vaststellen", bevindingen="letsel past niet bij het verhaal")
    desk.at("2026-03-02T15:00")
    desk.move("melden_rvdk", spoed=True, motivering="ernstig", gezaghebbenden_geinformeerd="ja")
    assert "bericht_open" in desk.refused("afsluiten")
    desk.send_all()
    assert desk.refused("afsluiten") == ["geen_crisis", "rvdk_klaar"]
    desk.at("2026-03-06T09:00")
    desk.move("antwoord_rvdk", onderzoekt=True)
    assert desk.refused("afsluiten") == ["geen_crisis"]
    desk.move("gezien", gezien_door="de kinderarts")
    case = desk.move("afsluiten")
    assert (case["finishes"], case["closed"]) == ([4], True)
