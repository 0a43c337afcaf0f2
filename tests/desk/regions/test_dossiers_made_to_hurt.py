"""What another meldpunt sends is not believed: whatever is in it, it is refused in a sentence or
can be refused by who reads it, and never ends a case that was not offered to it.
"""

import bz2
import json
import zipfile
from io import BytesIO

import pyrage
import pytest
from desk.regions.test_sealed_dossiers import (
    TAKE,
    both,
    bring,
    fault_of,
    here,
    inside,
    know,
    offered,
    sealed,
    there,
)
from sqlalchemy import select, update
from support.cast import Client, reader
from support.families import EL_AMRANI, melding
from support.http import Http

from amhk.desk.cases import attachments
from amhk.desk.house.self_check import changed_behind
from amhk.desk.regions import arrivals, cards, sending
from amhk.desk.staff import conflicts
from amhk.errors import BadInput, ClosedDoor, NotFound, Refusal
from amhk.sealed_dossier import MANIFEST, SIGNATURE, own_card, seal
from amhk.signing import sign
from amhk.store.house import regions
from amhk.web.app import create_app

__all__ = ["both", "here", "know", "there"]
FACTS = {
    "schema": "dossier/1",
    "state": "In onderzoek",
    "gemeente": "Schiedam",
    "received": "2026-01-05T09:00:00+01:00",
    "zorgen": "Het kind is stil.",
    "people": [{"naam": "Liv Visser", "geboren": "2019-03-04"}],
    "terms": [{"title": "Onderzoek afronden", "due": "2026-03-02"}],
}
GOOD = {"id": "a" * 32, "number": "M-2026-000001", "from": "Meldpunt Rotterdam", "at": "2026"}


def made(here, there, facts=FACTS, manifest=None, **files):
    """A dossier that `here` signs for `there`, with whatever is in it."""
    to = own_card(there.config.folder, there.config.organisation)
    told = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
    held = {"dossier.json": told, "dossier.pdf": b"%PDF-1.4\n", **files}
    return seal(here.config.folder, to, GOOD | (manifest or {}), held)[0]


def without(name):
    return {k: v for k, v in FACTS.items() if k != name}


ODD = (None, 5, 1e400, True, [], {}, ["x"], "", "\ud800", "x\x00y", "x" * 30_000)
WRONG_FACTS = [
    *(without(name) for name in FACTS),
    *(
        FACTS | {name: odd}
        for name in FACTS
        for odd in ODD
        if not (odd == [] and name in ("people", "terms"))
    ),
    *(FACTS | {"people": [odd]} for odd in (None, 5, "Jan", [], {})),
    *(FACTS | {"people": [{"naam": odd}]} for odd in ODD),
    *(
        FACTS | {"people": [{"naam": "Jan", "geboren": odd}]}
        for odd in (5, "x", "2012-13-45", "2012-02", ["2012"], "12-3-2012")
        if odd != "2012-02"
    ),
    FACTS | {"people": [{"naam": "Jan"}] * 201},
    *(FACTS | {"terms": [{"title": "x", "due": odd}]} for odd in (None, 5, "xx", [], "2026-99-99")),
    *(FACTS | {"terms": [odd]} for odd in (None, 5, "x", {})),
    b"[" * 200_000,
    b"\xff\xfe",
    b"NaN",
    b"",
]
WRONG_MANIFEST = [
    *({"id": odd} for odd in (None, 5, "\ud800", "x", "A" * 32, "a" * 33)),
    *({"number": odd} for odd in (None, 5, "\ud800", 'a"\r\nX: y', "☃", "M" * 31, "")),
    *({"from": odd} for odd in (None, 5, "x\ny", "", "x" * 201)),
]


def test_facts_of_another_kind_are_refused_when_they_are_brought(both):
    here, there = both
    for facts in WRONG_FACTS:
        with pytest.raises(BadInput) as wrong:
            bring(there, made(here, there, facts))
        assert fault_of(wrong) == "geen_dossier", str(facts)[:200]


def test_a_manifest_of_another_kind_is_refused_when_it_is_brought(both):
    here, there = both
    for manifest in WRONG_MANIFEST:
        with pytest.raises((BadInput, UnicodeEncodeError)) as wrong:  # some cannot even be written
            bring(there, made(here, there, manifest=manifest))
        if isinstance(wrong.value, BadInput):
            assert fault_of(wrong) in ("geen_dossier", "handtekening"), manifest


def test_what_is_right_beside_all_that_is_wrong_is_taken(both):
    here, there = both
    assert bring(there, made(here, there))


def packed(here, there, change):
    """A dossier of which the zip itself is made to hurt."""
    plain = BytesIO()
    change(plain, here)
    to = pyrage.x25519.Recipient.from_str(own_card(there.config.folder, "x").receive)
    return pyrage.encrypt(plain.getvalue(), [to])


def bomb(plain, _):
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_BZIP2) as out:
        out.writestr("groot", b"0" * 50_000_000)


def many(plain, _):
    with zipfile.ZipFile(plain, "w") as out:
        for n in range(600):
            out.writestr(f"{n}.txt", b"")


def twice(plain, _):
    with zipfile.ZipFile(plain, "w") as out:
        out.writestr("dossier.json", b"{}")
        with pytest.warns(UserWarning):
            out.writestr("dossier.json", b"[]")


def deep(plain, here):
    manifest = b"[" * 200_000
    with zipfile.ZipFile(plain, "w") as out:
        out.writestr(MANIFEST, manifest)
        out.writestr(SIGNATURE, sign(here.config.folder, manifest)[1])


def corrupt(plain, _):
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(MANIFEST, b"{}" * 5000)
    told = bytearray(plain.getvalue())
    told[60:70] = b"\xff" * 10
    plain.seek(0)
    plain.write(told)


def locked(plain, _):
    with zipfile.ZipFile(plain, "w") as out:
        out.writestr(MANIFEST, b"{}")
    told = bytearray(plain.getvalue())
    told[6] |= 1
    told[told.index(b"PK\x01\x02") + 8] |= 1
    plain.seek(0)
    plain.write(told)


def unknown(plain, _):
    with zipfile.ZipFile(plain, "w") as out:
        out.writestr(MANIFEST, b"{}")
    told = bytearray(plain.getvalue())
    told[8] = told[told.index(b"PK\x01\x02") + 10] = 99
    plain.seek(0)
    plain.write(told)


def none(plain, _):
    plain.write(bz2.compress(b"geen zip"))


def test_a_zip_made_to_hurt_is_refused_in_a_sentence(both):
    here, there = both
    for change in (bomb, many, twice, deep, corrupt, locked, unknown, none):
        with pytest.raises(BadInput) as wrong:
            bring(there, packed(here, there, change))
        assert fault_of(wrong) == "handtekening", change


def test_what_waits_is_held_to_what_came_and_can_always_be_refused(both):
    here, there = both
    key, tom = bring(there, made(here, there)), reader(there, "Tom")
    other = made(here, there, FACTS | {"people": [{"naam": "Verzonnen Kind"}]})
    with there.store.write() as connection:
        connection.execute(update(regions.ARRIVAL).values(sealed=other))
    assert any("niet wat er binnenkwam" in text for text in changed_behind(there))
    with pytest.raises(ClosedDoor) as wrong:
        arrivals.accept(there, key, TAKE, tom)
    assert fault_of(wrong) == "gewijzigd"
    browser = Http(create_app(there))
    browser.sign_in("Tom")
    page = browser.get(f"/overdrachten/{key}")
    assert page.status_code == 200 and "niet meer wat er binnenkwam" in page.text
    arrivals.refuse(there, key, {"reason": "Er is iets mee gebeurd."}, tom)


def test_every_file_of_a_dossier_and_its_name_keeps_who_reported(both, client):
    here, there = both
    number = offered(client)
    tom = reader(here, "Tom")
    for name in ("Brief Zwaluw Kwarteldrift 06-11122233.pdf", "Mail van Kwarteldrift.txt"):
        attachments.add_file(here, number, name, BytesIO(b"%PDF-1.4\nhallo"), tom)
    out = [str(a["id"]) for a in client.case(number)["attachments"] if a["name"].startswith("Mail")]
    held = inside(there, sealed(here, number, out=out))
    for name, content in held.items():
        for secret in ("Kwarteldrift", "11122233"):
            assert secret not in name and secret.encode() not in content, name


def test_who_reports_by_profession_and_did_not_agree_stays_here_too(both, client):
    here, there = both
    melder = {"naam": "Zwaluw Kwarteldrift", "functie": "leerkracht"}
    number = client.post("/cases", melding(EL_AMRANI, melder=melder))["number"]
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht")
    held = inside(there, sealed(here, number))
    assert json.loads(held["dossier.json"])["melder"] is None
    agreed = client.post("/cases", melding(EL_AMRANI, melder=melder | {"toestemming": True}))
    client.move(agreed["number"], "regio_aanbieden", naar="Veilig Thuis Utrecht")
    held = inside(there, sealed(here, agreed["number"]))
    assert json.loads(held["dossier.json"])["melder"] == "Zwaluw Kwarteldrift"


def answered(there, told, **more):
    key, tom = bring(there, told), reader(there, "Tom")
    arrivals.accept(there, key, TAKE, tom)
    return arrivals.answer_of(there, key, tom)[0]


def test_an_answer_to_an_offer_that_was_withdrawn_does_not_end_the_next(both, client):
    here, there = both
    number = offered(client)
    answer = answered(there, sealed(here, number))
    client.move(number, "overdracht_intrekken", reden="Zij gaan naar Gelderland.")
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Gelderland")
    with pytest.raises(BadInput) as wrong:
        sending.take_answer(here, number, answer, reader(here, "Tom"))
    assert fault_of(wrong) == "geen_antwoord"
    assert client.case(number)["closed"] is False


def test_a_card_that_no_longer_counts_takes_nothing_on_and_ends_nothing(both, client):
    here, there = both
    number = offered(client)
    told = sealed(here, number)
    answer = answered(there, told)
    bea = reader(here, "Bea")
    (card,) = cards.view(here, bea)["known"]
    cards.remove(here, card["id"], bea)
    with pytest.raises(BadInput):
        sending.take_answer(here, number, answer, reader(here, "Tom"))
    assert client.case(number)["closed"] is False
    key = bring(there, made(here, there, manifest={"number": "M-2026-000099"}))
    bea = reader(there, "Bea")
    (card,) = cards.view(there, bea)["known"]
    cards.remove(there, card["id"], bea)
    with pytest.raises(ClosedDoor) as wrong:
        arrivals.accept(there, key, TAKE, reader(there, "Tom"))
    assert fault_of(wrong) == "onbekend_meldpunt"


ANSWERS = (
    b"[" * 200_000,
    b"5",
    b"[]",
    b"{}",
    b"null",
    b"",
    b'{"bundle": 1, "sha256": 1, "outcome": [], "said": {}}',
)


def test_an_answer_of_another_kind_is_refused_in_a_sentence(both, client):
    here, there = both
    number = offered(client)
    sealed(here, number)
    to = own_card(here.config.folder, here.config.organisation)
    for told in ANSWERS:
        manifest, files = {"id": "a" * 32, "from": "x"}, {"answer.json": told}
        forged, _ = seal(there.config.folder, to, manifest, files)
        with pytest.raises(BadInput) as wrong:
            sending.take_answer(here, number, forged, reader(here, "Tom"))
        assert fault_of(wrong) == "geen_antwoord", told


def test_a_long_reason_of_a_refusal_comes_back_whole(both, client):
    here, there = both
    number = offered(client)
    key, tom = bring(there, sealed(here, number)), reader(there, "Tom")
    why = "Het gezin woont in Gelderland. " * 100 + "Einde."
    arrivals.refuse(there, key, {"reason": why}, tom)
    sending.take_answer(here, number, arrivals.answer_of(there, key, tom)[0], reader(here, "Tom"))
    assert any(
        (e["reason"] or "").endswith("Einde.")
        for e in client.get(f"/cases/{number}/journal")["items"]
    )


def test_who_does_not_fit_is_named(both):
    here, there = both
    people = [{"naam": f"Kind {n}"} for n in range(53)]
    key = bring(there, made(here, there, FACTS | {"people": people, "zorgen": "z" * 19_990}))
    new = arrivals.accept(there, key, TAKE, reader(there, "Tom"))
    (line,) = [
        e["what"]
        for e in Client(there).get(f"/cases/{new}/journal")["items"]
        if e["kind"] == "overgenomen"
    ]
    assert all(name in line for name in ("Kind 50", "Kind 52", "het einde van wat is gemeld"))


def test_a_case_that_is_sealed_anew_is_taken_on_once(both, client):
    here, there = both
    number = offered(client)
    old, tom = bring(there, sealed(here, number)), reader(there, "Tom")
    new = bring(there, sealed(here, number))
    with pytest.raises(ClosedDoor):
        arrivals.accept(there, old, TAKE, tom)
    arrivals.accept(there, new, TAKE, tom)
    with pytest.raises(ClosedDoor) as wrong:
        bring(there, sealed(here, number))
    assert fault_of(wrong) == "aangenomen"
    with there.store.read() as connection:
        states = [r.state for r in connection.execute(select(regions.ARRIVAL))]
    assert sorted(states) == ["accepted", "refused"]


def test_who_may_not_know_the_new_case_does_not_hear_of_it(both):
    here, there = both
    key, tom = bring(there, made(here, there)), reader(there, "Tom")
    new = arrivals.accept(there, key, TAKE, tom)
    known = {"worker": "Tom", "ground": "familie", "reason": "Zegt hij zelf."}
    conflicts.know_other(there, new, known, reader(there, "Mia"))
    tom = reader(there, "Tom")
    assert new not in str(arrivals.overview(there, tom)) + str(arrivals.one(there, key, tom)["one"])
    with pytest.raises(NotFound):
        arrivals.answer_of(there, key, tom)


def test_two_who_answer_at_once_answer_once(both):
    here, there = both
    key = bring(there, made(here, there))
    done = []
    for name in ("Tom", "Mia", "Tom"):
        try:
            done.append(arrivals.accept(there, key, TAKE, reader(there, name)))
        except Refusal:
            continue
    assert len(done) == 1
