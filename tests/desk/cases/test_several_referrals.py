"""One family, help for the child and for the mother: two referrals at once, each with its own
acceptance, check and letters, and a case that closes when both are good.
"""

import pytest
from sqlalchemy import event
from support.cast import Client, owed, send_owed
from support.families import melding

from amhk.desk.house import night_proof
from amhk.store.cases import held

CHILD, MOTHER = "Jeugdhulp Schiedam", "Wijkteam Schiedam"
GOOD = {"passend": "ja", "nu_veilig": "ja", "hulp_gestart": "2026-03-02"}
BAD = {"passend": "nee", "nu_veilig": "nee", "hulp_gestart": "2026-03-02"}


@pytest.fixture
def family(client):
    """Concluded, and two referrals on two days to two kinds of help; the letters have gone."""
    client.clock("2026-02-02T09:00")
    number = client.post("/cases", melding())["number"]
    client.clock("2026-02-04T10:00")
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(number, "onderzoek_besluiten")
    client.clock("2026-02-20T16:00")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    first, second = places(client, number)[:2]
    client.move(number, "verwijzen", instelling=first)
    client.clock("2026-02-27T10:00")
    client.move(number, "verwijzen", instelling=second, motivering="Moeder heeft zelf hulp nodig.")
    send_owed(client, number)
    return number


def places(client, number):
    asked = next(m for m in client.case(number)["moves"] if m["name"] == "verwijzen")["input"]
    return asked["properties"]["instelling"]["enum"]


def keys(client, number):
    return [r["id"] for r in client.case(number)["referrals"]]


def running(client, number, name):
    terms = client.case(number)["terms"]
    live = [t for t in terms if t["name"] == name and t["status"] in ("lopend", "te_laat")]
    return {t["about"]: t["due"] for t in live}


def codes(answer):
    return sorted(e["code"] for e in answer["errors"])


def asked_of(client, number, move):
    found = next(m for m in client.case(number)["moves"] if m["name"] == move)
    return found["allowed"], found["input"].get("properties", {}).get("verwijzing", {})


def test_each_has_its_own_acceptance_and_its_own_check(client, family):
    first, second = keys(client, family)
    assert running(client, family, "voortgangscontrole") == {
        first: "2026-05-20",
        second: "2026-05-27",
    }
    assert running(client, family, "acceptatie_verwijzing") == {
        first: "2026-03-06",
        second: "2026-03-13",
    }
    case = client.case(family)
    assert (case["state"], case["finish"]) == ("verwezen_in_nazorg", 3)
    letters = [n for n in case["notices"] if n["kind"] == "verwijzing_instelling"]
    assert [n["state"] for n in letters] == ["sent", "sent"]
    texts = [client.ask("GET", f"/notices/{n['id']}.html").text for n in letters]
    names = [r["institution"] for r in case["referrals"]]
    assert all(name in text for name, text in zip(names, texts, strict=True))
    assert "20 mei 2026" in texts[0] and "27 mei 2026" in texts[1]
    assert "27 mei 2026" not in texts[0] and "20 mei 2026" not in texts[1]


def test_a_step_of_one_of_two_asks_which_and_touches_no_other(client, family):
    first, second = keys(client, family)
    client.clock("2026-03-02T10:00")
    allowed, asked = asked_of(client, family, "verwijzing_geaccepteerd")
    assert allowed and asked["enum"] == [str(first), str(second)]
    wrong = client.move(family, "verwijzing_geaccepteerd", expect=422)
    assert codes(wrong) == ["ontbreekt"]
    client.move(family, "verwijzing_geaccepteerd", verwijzing=second)
    assert running(client, family, "acceptatie_verwijzing") == {first: "2026-03-06"}
    assert [r["status"] for r in client.case(family)["referrals"]] == ["open", "accepted"]
    _, asked = asked_of(client, family, "verwijzing_geaccepteerd")
    assert asked["enum"] == [str(first)], "only of the other it can still be told"
    again = client.move(family, "verwijzing_geaccepteerd", expect=422, verwijzing=second)
    assert codes(again) == ["acceptatie_loopt"]
    client.move(family, "verwijzing_geaccepteerd")
    assert running(client, family, "acceptatie_verwijzing") == {}


def test_one_fails_its_check_and_is_referred_again_and_only_then_it_closes(client, family):
    first, second = keys(client, family)
    client.clock("2026-05-20T10:00")
    client.move(family, "voortgangscontrole", verwijzing=first, **GOOD)
    case = client.case(family)
    assert case["state"] == "verwezen_in_nazorg", "the other has not been checked"
    shut = client.move(family, "afsluiten", expect=422)
    assert "controle_vastgelegd" in codes(shut)

    client.clock("2026-05-27T10:00")
    client.move(family, "voortgangscontrole", verwijzing=second, **BAD)
    assert client.case(family)["state"] == "vervolg_te_bepalen"
    assert "vervolg_besloten" in codes(client.move(family, "afsluiten", expect=422))

    place = places(client, family)[2]
    client.clock("2026-05-28T10:00")
    client.move(family, "verwijzen", instelling=place, motivering="Dit past wel.")
    send_owed(client, family)
    third = keys(client, family)[-1]
    assert running(client, family, "voortgangscontrole") == {third: "2026-08-28"}
    assert "controle_vastgelegd" in codes(client.move(family, "afsluiten", expect=422))

    client.clock("2026-08-28T10:00")
    client.move(family, "voortgangscontrole", **{**GOOD, "hulp_gestart": "2026-06-15"})
    case = client.case(family)
    assert case["state"] == "nazorg_afgerond" and not owed(case)
    told = [[(c["passend"], c["nu_veilig"]) for c in r["checks"]] for r in case["referrals"]]
    assert told == [[("ja", "ja")], [("nee", "nee")], [("ja", "ja")]]
    client.move(family, "afsluiten")
    assert client.case(family)["closed"]


@pytest.mark.parametrize("answer", ["verwijzing_geweigerd", "verwijzing_intrekken"])
def test_what_comes_of_one_leaves_the_other_as_it_was(client, family, answer):
    first, second = keys(client, family)
    before = running(client, family, "voortgangscontrole")
    client.clock("2026-03-03T10:00")
    client.move(family, answer, verwijzing=first, reden="Vol.")
    case = client.case(family)
    assert case["state"] == "vervolg_te_bepalen"
    assert running(client, family, "voortgangscontrole") == {second: before[second]}
    status = "refused" if answer.endswith("geweigerd") else "withdrawn"
    assert [r["status"] for r in case["referrals"]] == [status, "open"]
    client.move(family, "hulp_gestart_vastleggen", verwijzing=second)
    assert [r["status"] for r in client.case(family)["referrals"]] == [status, "started"]


def test_the_same_help_goes_on_for_one_while_for_the_other_it_is_still_to_be_decided(
    client, family
):
    first, second = keys(client, family)
    client.clock("2026-05-27T10:00")
    client.move(family, "voortgangscontrole", verwijzing=first, **BAD)
    client.move(family, "voortgangscontrole", verwijzing=second, **BAD)
    client.move(family, "nieuwe_controle_afspreken", verwijzing=first, nieuwe_controle="2026-07-01")
    assert client.case(family)["state"] == "vervolg_te_bepalen", "of the other it is not decided"
    assert len(running(client, family, "vervolgbesluit")) == 1
    client.move(
        family, "nieuwe_controle_afspreken", verwijzing=second, nieuwe_controle="2026-07-08"
    )
    assert client.case(family)["state"] == "verwezen_in_nazorg"
    assert running(client, family, "vervolgbesluit") == {}
    assert running(client, family, "voortgangscontrole") == {
        first: "2026-07-01",
        second: "2026-07-08",
    }


def test_each_reminder_drafts_the_question_to_its_own_institution(client, family):
    first, second = (r["institution"] for r in client.case(family)["referrals"])
    for day, names in (("2026-05-07", [first]), ("2026-05-14", [first, second])):
        client.clock(f"{day}T09:00")
        asked = [
            n for n in client.case(family)["notices"] if n["kind"] == "controlevraag_instelling"
        ]
        texts = [client.ask("GET", f"/notices/{n['id']}.html").text for n in asked]
        assert len(texts) == len(names)
        assert all(name in text for name, text in zip(names, texts, strict=True))


def test_all_that_was_told_agrees_and_every_end_is_worked_out_again(client, office, family):
    first, _ = keys(client, family)
    client.clock("2026-05-20T10:00")
    client.move(family, "voortgangscontrole", verwijzing=first, **BAD)
    client.move(family, "corrigeren", reden="dag eerder", stap="verwijzen", moment="2026-02-26")
    assert night_proof.prove(office)["wrong"] == []


def test_the_moment_of_the_first_is_corrected_by_naming_it(client, family):
    first, second = keys(client, family)
    before = running(client, family, "voortgangscontrole")
    stap = f"verwijzen:{first}"
    client.move(family, "corrigeren", reden="dag eerder", stap=stap, moment="2026-02-20T15:00")
    assert running(client, family, "voortgangscontrole") == before
    answer = client.move(
        family, "corrigeren", reden="andere dag", stap=stap, moment="2026-02-18T10:00"
    )
    assert {t["about"]: t["due"] for t in answer["terms"] if t["name"] == "voortgangscontrole"} == {
        first: "2026-05-18",
        second: before[second],
    }
    told = [v["text"] for s in answer["steps"] for v in s["values"] if v["field"] == "stap"]
    assert all(client.case(family)["referrals"][0]["institution"] in text for text in told)


def test_of_which_one_a_step_was_is_read_back_and_stands_in_the_history(client, family):
    client.clock("2026-03-02T10:00")
    first, _ = keys(client, family)
    to = client.case(family)["referrals"][0]["institution"]
    answer = client.move(family, "verwijzing_geaccepteerd", verwijzing=first)
    step = answer["steps"][-1]
    assert [(v["value"], v["text"]) for v in step["values"] if v["field"] == "verwijzing"] == [
        (str(first), to)
    ]
    line = client.get(f"/cases/{family}/journal")["items"][-1]["what"]
    assert line == f"Verwijzing geaccepteerd: {to}."


def asked(office, act):
    """How often something asks the database."""
    told = []

    def note(conn, cursor, statement, *rest):
        told.append(statement)

    event.listen(office.store.engine, "before_cursor_execute", note)
    act()
    event.remove(office.store.engine, "before_cursor_execute", note)
    return len(told)


def test_more_referrals_ask_the_database_no_more_often(client, office, family):
    client.http.post(
        "/login",
        data={"name": "Tom", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    pages = (f"/zaak/{family}", f"/zaak/{family}/stap/voortgangscontrole", "/", "/herinneringen")

    def counts():
        for path in pages:  # what is worked out once is so now
            assert client.http.get(path).status_code == 200
        found = [asked(office, lambda p=path: client.http.get(p)) for path in pages]
        return [*found, asked(office, lambda: client.case(family))]

    two = counts()
    leads = Client(office, "Mia")  # a third is the decision of who leads the team
    for place in places(client, family)[2:5]:
        leads.move(family, "verwijzen", instelling=place, beslisser="Tom")
    assert len(keys(client, family)) == 5
    assert counts() == two


def test_what_is_of_no_run_is_held_as_it_was_before_there_were_any():
    row = {"id": 1, "case_id": 1, "kind": "x"}
    assert held._hash([{**row, "run": None}]) == held._hash([row])
    assert held._hash([{**row, "run": 3}]) != held._hash([row])
