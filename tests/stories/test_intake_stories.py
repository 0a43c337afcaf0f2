"""The 23 made-up calls of intake.jsonl, taken in in order and led step by step to what is expected,
through HTTP, on both databases.
"""

import json
from datetime import datetime

import pytest
from conftest import make_folder, new_database
from support.cast import Client, hire, send_owed

from amhk.config import SEED
from amhk.office import open_office
from amhk.words import AMSTERDAM, iso

CALLS = [
    json.loads(line) for line in (SEED / "intake.jsonl").read_text(encoding="utf-8").splitlines()
]
NOT_FIELDS = {"stappen", "verwacht", "contacten"}


def moment(text):
    return iso(datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM))


def events():
    """Everything that happens, in order of time."""
    told = []
    for call in CALLS:
        told.append((call["ontvangen"], 0, call, None))
        told += [
            (c["op"], 1, call, {"stap": "contact_vastleggen", **c})
            for c in call.get("contacten", [])
        ]
        told += [(s["op"], 1, call, s) for s in call.get("stappen", [])]
    return sorted(told, key=lambda e: (e[0], e[1]))


class Story:
    """One run: which call became which case."""

    def __init__(self, client):
        self.client, self.numbers = client, {}

    def take(self, call):
        if source := call["verwacht"].get("uit_advies"):
            return self.convert(call, source)
        body = {k: v for k, v in call.items() if k not in NOT_FIELDS}
        if call["route"] == "melding":
            body["acuut"] = False  # the clocks of these calls run from when danger was established
        case = self.client.post("/cases", body)
        self.numbers[call["id"]] = case["number"]
        send_owed(self.client, case["number"])
        return None

    def convert(self, call, source):
        names = (
            "melder",
            "zorgen",
            "ontvangen",
            "kanaal",
            "hoedanigheid",
            "gemeente",
            "aanleiding",
            "aard",
            "meldcodestap",
            "betrokkenen",
        )
        body = {k: call[k] for k in names if k in call} | {
            "reden": "De melder wil nu melden.",
            "acuut": False,
        }
        advice = self.client.move(self.numbers[source], "omzetten_in_melding", **body)
        self.numbers[call["id"]] = next(
            r["number"] for r in advice["relations"] if r["kind"] == "omgezet_in"
        )
        send_owed(self.client, self.numbers[call["id"]])

    def step(self, call, step):
        number = self.numbers[step.get("op_zaak", call["id"])]
        fields = {k: v for k, v in step.items() if k not in ("stap", "op_zaak")}
        if step["stap"] == "bericht_college":
            return send_owed(self.client, number)
        if "bij" in fields:
            fields["bij"] = self.numbers[fields["bij"]]
        self.client.move(number, step["stap"], **fields)
        if step["stap"] == "acuut_vaststellen" and not any(
            "crisisdienst" in s["stap"] for s in call["stappen"]
        ):
            self.client.move(number, "gezien", gezien_door="Wie belde: de arts, of de school")
        return send_owed(self.client, number)

    def finish_advice(self, call):
        """What the steps leave unsaid.

        An advies is registered once it has been given or supported.
        """
        if call["route"] != "advies" or call["verwacht"]["finish"] is None:
            return
        self.client.move(
            self.numbers[call["id"]],
            {1: "advies_geven", 2: "ondersteuning_afronden"}[call["verwacht"]["finish"]],
        )


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def story(request, tmp_path_factory):
    """The calls, played once on each database.

    The tests look at what came of it, each at cases of its own.
    """
    database = (
        "meldpunt.sqlite"
        if request.param == "sqlite"
        else new_database(request.getfixturevalue("postgres"))
    )
    office = open_office(
        make_folder(tmp_path_factory.mktemp("calls") / "meldpunt", database), proof=False
    )
    yield played(office)
    office.close()


def played(office):
    hire(office)
    client = Client(office)
    client.clock("2026-01-05T08:00")
    story = Story(client)
    done = set()
    for when, _, call, step in events():
        client.clock(moment(when))
        if step is None:
            story.take(call)
        else:
            story.step(call, step)
        last = max([call["ontvangen"], *(c["op"] for c in call.get("contacten", []))])
        if when == last and call["id"] not in done and call["route"] == "advies":
            done.add(call["id"])
            story.finish_advice(call)
    return story


def test_every_call_ends_as_expected(story, caplog):
    for call in CALLS:
        case, expected = story.client.case(story.numbers[call["id"]]), call["verwacht"]
        finishes = (
            expected["finishes"]
            if "finishes" in expected
            else [f for f in [expected["finish"]] if f]
        )
        assert case["finishes"] == finishes, call["id"]
        assert case["closed"] is (not expected.get("open", False)), call["id"]
        assert case["ending"] == expected.get("einde"), call["id"]
        for name, due in expected.get("termijnen", {}).items():
            dues = [t["due"][: len(due)] for t in case["terms"] if t["name"] == name]
            assert due in dues, (call["id"], name)
            assert name != "voortgangscontrole" or dues[-1] == due, call["id"]
        met = [t for t in case["terms"] if t["ended"] or not expected.get("open")]
        late = {
            t["name"]
            for t in met
            if t["late"]
            and t["name"]
            in (
                "veiligheidsbeoordeling",
                "onderzoek_start",
                "onderzoek",
                "voortgangscontrole",
                "crisis",
            )
        }
        assert late == set(expected.get("te_laat", [])), call["id"]
    check_relations(story)
    check_secrets(story)
    assert not [s for s in secrets() if s in caplog.text]
    health = story.client.get("/health")
    assert health["without"] == 0


def check_relations(story):
    client, numbers = story.client, story.numbers
    assert {"kind": "omgezet_uit", "number": numbers["A09"]} in client.case(numbers["M14"])[
        "relations"
    ]
    assert {"kind": "gevoegd_bij", "number": numbers["M01"]} in client.case(numbers["M10"])[
        "relations"
    ]
    again = [
        t for t in client.case(numbers["M01"])["terms"] if t["name"] == "veiligheidsbeoordeling"
    ]
    assert [t["status"] for t in again] == ["gehaald", "gehaald"]
    assert again[1]["start"] == "2026-04-01"
    advice = client.case(
        next(
            r["number"]
            for r in client.case(numbers["M09"])["relations"]
            if r["kind"] == "omgezet_in"
        )
    )
    assert (advice["finish"], advice["closed"], advice["people"]) == (1, True, [])
    assert len(client.case(numbers["M04"])["verwijzingen"]) == 2
    kinds = {n["kind"] for n in client.case(numbers["M05"])["notices"] if n["state"] == "sent"}
    assert {"verzoek_rvdk", "bericht_college", "melding_politie"} <= kinds
    report = client.get("/reports/kwartaal?period=2026&format=json")
    assert report["total"]["adviezen"] == 10
    assert report["total"]["meldingen"] == 13
    assert [report["total"][f"finish_{n}"] for n in (1, 2, 3, 4)] == [6, 3, 6, 5]


def secrets():
    """Give what may be read nowhere.

    The secret melder of M04 by name and number, the secret address of M11.
    """
    melder = next(c["melder"] for c in CALLS if c["id"] == "M04")
    return [melder["naam"], "Zonneveld", melder["bereikbaar"], "GEHEIM"]


def check_secrets(story):
    """They stand in no case view, journal, page, letter to another than the melder, list, reminder
    or export.
    """
    client = story.client
    client.http.post("/login", data={"name": "Tom", "password": "oefenen-oefenen"})
    told = {}
    for number in story.numbers.values():
        case = client.case(number)
        told[number] = json.dumps(case, ensure_ascii=False)
        told[f"{number} journal"] = json.dumps(
            client.get(f"/cases/{number}/journal"), ensure_ascii=False
        )
        told[f"{number} page"] = client.http.get(f"/zaak/{number}").text
        for notice in case["notices"]:
            told[f"{number} letter page {notice['id']}"] = client.http.get(
                f"/brief/{notice['id']}"
            ).text
            if notice["recipient"] != "melder":
                told[f"{number} letter {notice['id']}"] = client.ask(
                    "GET", f"/notices/{notice['id']}.html", expect=(200, 422)
                ).text
    for path in (
        "/cases?q=Bakker",
        "/reports/kwartaal?period=2026&format=csv",
        "/reports/kwartaal?period=2026&format=html",
        "/reminders",
    ):
        told[path] = client.ask("GET", path).text
    for page in ("/", "/?closed=true", "/?q=Bakker", "/rapportage?period=2026", "/beheer"):
        told[page] = client.http.get(page).text
    for where, text in told.items():
        assert not [s for s in secrets() if s in text], where


def test_the_second_police_form_is_known_joins_and_can_be_split_again(story):
    """M10 is about the family of M01.

    Known by BSN, joined in the phase it was in, and split off again as if it never had.
    """
    client, numbers = story.client, story.numbers
    first, second = numbers["M01"], numbers["M10"]
    known = client.get(f"/cases/{second}/earlier")["items"]
    assert (known[0]["number"], known[0]["known"]) == (first, True)
    assert "zelfde BSN" in known[0]["words"][0]
    line = next(
        e["what"]
        for e in client.get(f"/cases/{first}/journal")["items"]
        if e["kind"] == "vervolgmelding"
    )
    assert "in de fase 'verwezen, in nazorg'" in line
    before = client.case(first)
    client.post(
        f"/cases/{second}/split",
        {"version": client.case(second)["version"], "reden": "Toch een ander gezin."},
    )
    after = client.case(second)
    assert (after["closed"], after["ending"], after["state_title"]) == (False, None, "Ontvangen")
    assert any(
        t["name"] == "veiligheidsbeoordeling" and t["status"] == "te_laat" for t in after["terms"]
    )
    assert {k: client.case(first)[k] for k in ("state", "finishes", "closed")} == {
        k: before[k] for k in ("state", "finishes", "closed")
    }
    client.move(
        second, "vervolgmelding", 422, bij=first
    )  # M01 was closed in June: a closed one is joined no more
    assert client.get("/health")["without"] == 0


def test_of_the_advice_a09_only_codes_crossed_to_m14(story):
    client, numbers = story.client, story.numbers
    old, new = client.case(numbers["A09"]), client.case(numbers["M14"])
    assert (new["hoedanigheid"], new["gemeente"], new["aanleiding"]) == (
        old["hoedanigheid"],
        old["gemeente"],
        old["aanleiding"],
    )
    assert "van den Berg" not in json.dumps(
        [old, client.get(f"/cases/{numbers['A09']}/journal")], ensure_ascii=False
    )
    assert client.get(f"/cases/{numbers['A09']}/earlier")["items"] == []
