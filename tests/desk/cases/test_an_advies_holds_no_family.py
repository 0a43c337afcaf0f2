"""An advies holds nothing of the family, by construction.

What looks like it stops the saving, and what is corrected is erased, also from the journal (G6).
"""

import json

import pytest

from amhk.rules.privacy.secrecy import family_signs
from amhk.store import reads
from amhk.store.cases.journal import verify

ADVIES = {
    "route": "advies",
    "kanaal": "chat",
    "hoedanigheid": "33",
    "gemeente": "Schiedam",
    "aanleiding": ["08"],
    "zorgen": "Een kind is vaak stil.",
    "advies": "Praat met de ouders.",
}
FAMILY = [
    "Het gaat om Samira El Amrani.",
    "Zijn moeder Noor slaat hem.",
    "geboren op 4-2-2019",
    "geboren 12 maart 2015",
    "4 2 1989",
    "bel 06-12345678",
    "bel 06 1234 5678",
    "bel +31 6 12345678",
    "BSN 999990019",
    "ze wonen op 3024 AA",
    "Havenstraat 12",
    "j.visser@example.nl",
    "het gezin Jansen",
    "J. de Boer",
    "mevrouw Van den Berg",
]
NOBODY = [
    "Praat met de ouders en bel Veilig Thuis.",
    "De leerkracht van Basisschool De Boog belt.",
    "Sinds 2015 in Rotterdam.",
    "Om 1000 uur, 200 euro.",
    "Bel 0800-2000.",
    "Het kind is stil. De moeder is bang.",
    "Wijkteam Delfshaven weet ervan.",
    "Op maandag en dinsdag.",
]


@pytest.fixture
def client(sqlite_client):
    return sqlite_client


@pytest.mark.parametrize("text", FAMILY)
def test_what_looks_like_the_family_is_recognised(text):
    assert family_signs(text), text


@pytest.mark.parametrize("text", NOBODY)
def test_what_is_nobody_of_the_family_is_not(text):
    assert family_signs(text, ["Rotterdam", "Schiedam"]) == [], text


def texts_of(pack):
    """Every place where words of an advies are told: the intake, and each field of each step."""
    flow = pack.of_route("advies")
    told = [("", f.name) for f in flow.intake if f.bare]
    told += [
        (m.name, f.name)
        for m in flow.moves.values()
        for f in m.fields
        if f.bare and m.effect != "to_melding"
    ]
    return told


def test_no_text_of_an_advies_takes_the_family_in_and_every_form_can_say_that_it_is_not(
    client, pack
):
    seen = 0
    for move, field in texts_of(pack):
        body = {**ADVIES, field: FAMILY[0]} if not move else {}
        if not move:
            wrong = client.post("/cases", body, 422)["errors"]
            assert [(e["code"], e["field"]) for e in wrong] == [("gezinsgegevens", field)]
            assert client.post("/cases", {**body, "geen_gezinsgegevens": True}, 201)["number"]
            seen += 1
            continue
        number = client.post("/cases", ADVIES)["number"]
        if move == "ondersteuning_afronden":
            client.move(number, "contact_vastleggen", verslag="Gebeld.")
        needed = {"reden": "Verschreven.", "tegenkracht": "klacht", "verslag": "Gebeld."}
        asked = {f.name for f in pack.of_route("advies").moves[move].fields}
        body = {k: v for k, v in needed.items() if k in asked and k != field} | {field: FAMILY[0]}
        wrong = client.move(number, move, 422, **body)["errors"]
        assert ("gezinsgegevens", field) in [(e["code"], e["field"]) for e in wrong], (move, field)
        assert "Samira" not in json.dumps(client.case(number)) + json.dumps(
            client.get(f"/cases/{number}/journal")
        )
        step = next(m for m in client.case(number)["moves"] if m["name"] == move)
        assert "geen_gezinsgegevens" in step["input"]["properties"], move
        seen += 1
    assert seen >= 8
    melding = {
        "route": "melding",
        "kanaal": "telefoon",
        "ontvangen": "2026-02-02T08:00",
        "hoedanigheid": "15",
        "gemeente": "Schiedam",
        "zorgen": "z",
        "acuut": False,
        "melder": {"naam": "School"},
    }
    number = client.post("/cases", melding)["number"]
    wrong = client.move(number, "omzetten_in_advies", 422, reden="Regie.", advies=FAMILY[1])[
        "errors"
    ]
    assert [(e["code"], e["field"]) for e in wrong] == [("gezinsgegevens", "advies")]


def test_correcting_an_advies_erases_the_old_words_and_the_journal_says_so(client, sqlite_office):
    kept = {**ADVIES, "zorgen": "Samira El Amrani slaat haar kind.", "geen_gezinsgegevens": True}
    number = client.post("/cases", kept)["number"]
    client.move(
        number, "contact_vastleggen", verslag="Samira El Amrani gebeld.", geen_gezinsgegevens=True
    )
    assert "Samira" in json.dumps(client.get(f"/cases/{number}/journal"))
    client.move(
        number,
        "corrigeren",
        reden="Er stond een naam in.",
        zorgen="Een moeder slaat haar kind.",
        verslag="Met haar gebeld.",
    )
    case, journal = client.case(number), client.get(f"/cases/{number}/journal")["items"]
    with sqlite_office.store.read() as connection:
        everything = json.dumps(
            [
                str(dict(e))
                for e in reads.entries(connection, reads.case_by_number(connection, number)["id"])
            ]
        )
        assert "Samira" not in everything + json.dumps(case) + json.dumps(journal)
        assert list(verify(connection)) == []
    line = next(e for e in journal if e["kind"] == "corrigeren")
    assert (
        "de oude tekst is gewist door Tom" in line["what"]
        and line["reason"] == "Er stond een naam in."
    )
    assert (
        case["zorgen"] == "Een moeder slaat haar kind."
        and case["contacten"][0]["verslag"] == "Met haar gebeld."
    )
    told = json.dumps(case["steps"])
    assert "Praat met de ouders." in told, "what was not corrected is still told"


def test_the_journal_never_says_that_erased_words_were_kept(client):
    number = client.post("/cases", ADVIES)["number"]
    client.move(number, "corrigeren", reden="Verschreven.", zorgen="Een andere vraag.")
    said = [e["what"] for e in client.get(f"/cases/{number}/journal")["items"]]
    assert any("gewist" in what for what in said) and not any("bewaard" in what for what in said)


def test_of_an_advies_that_becomes_a_melding_no_words_stay_twice(client):
    number = client.post("/cases", ADVIES)["number"]
    client.move(
        number,
        "omzetten_in_melding",
        reden="De melder meldt nu.",
        melder={"naam": "Juf Els"},
        zorgen="Samira slaat haar kind.",
        acuut=False,
    )
    assert "Samira" not in json.dumps(client.case(number)) + json.dumps(
        client.get(f"/cases/{number}/journal")
    )
