"""A case goes to another meldpunt as a sealed dossier: two houses on one machine, nothing between
them but the file.
"""

import json
import subprocess
import sys
from contextlib import closing
from io import BytesIO
from zipfile import ZipFile

import pypdf
import pyrage
import pytest
from conftest import make_folder
from sqlalchemy import select, update
from support.cast import Client, hire, reader, send_owed
from support.families import EL_AMRANI, melding
from support.pdf_structure import faults_of

from amhk.desk.cases import attachments
from amhk.desk.house import clock, night_proof
from amhk.desk.house.self_check import changed_behind
from amhk.desk.regions import arrivals, cards, sending
from amhk.errors import BadInput, ClosedDoor, NotAllowed
from amhk.office import open_office
from amhk.sealed_dossier import CHECKER, MANIFEST, SIGNATURE, own_card, own_key, read_card
from amhk.store.house import regions
from amhk.store.reads import PERSON

MELDER = {"naam": "Zwaluw Kwarteldrift", "bereikbaar": "06-11122233", "geheim": True}
PAPER = b"%PDF-1.4\n%schoolverslag\n"
TAKE = {"kanaal": "brief", "hoedanigheid": "14", "gemeente": "Utrecht", "acuut": "nee"}


@pytest.fixture
def here(office, client):
    """A house of Rotterdam, with everybody at his desk."""
    return office


@pytest.fixture
def there(tmp_path):
    """A house of Utrecht."""
    path = make_folder(tmp_path / "utrecht", "meldpunt.sqlite", region="utrecht", seated=True)
    with closing(open_office(path, proof=False)) as office:
        hire(office)
        clock.move_clock(office, {"now": "2026-02-02T09:00"})
        yield office


def know(one, other):
    """Let a house have the card of another, with its check number."""
    told = cards.view(other, reader(other, "Bea"))
    body = {"card": told["own_card"], "number": told["number"]}
    return cards.add(one, body, reader(one, "Bea"))


@pytest.fixture
def both(here, there):
    know(here, there)
    know(there, here)
    return here, there


def offered(client):
    """A referred case with a paper, offered to Utrecht."""
    zorgen = "Het kind is stil. Zwaluw Kwarteldrift zag het zelf."
    number = client.post("/cases", melding(EL_AMRANI, melder=MELDER, zorgen=zorgen))["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    office = client.office
    attachments.add_file(office, number, "verslag.pdf", BytesIO(PAPER), reader(office, "Tom"))
    send_owed(client, number)
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht", reden="Verhuisd.")
    send_owed(client, number)
    return number


def sealed(office, number, **more):
    tom = reader(office, "Tom")
    to = next(iter(sending.view(office, number, tom)["desk"].lists["meldpunten"]))
    return sending.make(office, number, {"to": to, **more}, tom)


def inside(office, told):
    with ZipFile(BytesIO(pyrage.decrypt(told, [own_key(office.config.folder)]))) as held:
        return {name: held.read(name) for name in held.namelist()}


def text_of(paper):
    pages = pypdf.PdfReader(BytesIO(paper)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def bring(office, told):
    return arrivals.bring(office, told, reader(office, "Tom"))


def fault_of(wrong):
    (fault,) = wrong.value.faults
    return fault.code


def test_a_dossier_is_taken_on_there_and_only_then_the_case_ends_here(both, client):
    here, there = both
    number = offered(client)
    assert client.case(number)["closed"] is False
    key = bring(there, sealed(here, number))
    tom = reader(there, "Tom")
    assert [one["number"] for one in arrivals.overview(there, tom)["arrivals"]] == [number]
    new = arrivals.accept(there, key, TAKE, tom)
    assert client.case(number)["closed"] is False, "they have not told us yet"
    answer, _ = arrivals.answer_of(there, key, tom)
    assert new in sending.take_answer(here, number, answer, reader(here, "Tom"))
    case = client.case(number)
    assert (case["closed"], case["finish"]) == (True, 3)
    taken = Client(there).case(new)
    assert [p["naam"] for p in taken["people"]] == [p["naam"] for p in EL_AMRANI]
    assert taken["closed"] is False and taken["terms"], "it has a next term from the first second"
    for office in both:
        assert changed_behind(office) == [] and night_proof.prove(office)["wrong"] == []


def test_all_that_is_kept_goes_along_and_who_reported_does_not(both, client):
    here, there = both
    number = offered(client)
    held = inside(there, sealed(here, number))
    facts = json.loads(held["dossier.json"])
    assert [p["naam"] for p in facts["people"]] == [p["naam"] for p in EL_AMRANI]
    assert {t["name"] for t in facts["terms"]} >= {"voortgangscontrole"}
    assert PAPER in held.values()
    letters = [name for name in held if name.startswith("brieven/")]
    assert any("verwijzing_instelling" in name for name in letters)
    assert not any("melder" in name for name in letters)
    text = text_of(held["dossier.pdf"])
    assert "Bevestigd." in text and "wie meldde" in text
    for name, content in held.items():
        assert b"Kwarteldrift" not in content and b"11122233" not in content, name
    assert "Kwarteldrift" not in text and "11122233" not in text
    assert list(faults_of(held["dossier.pdf"])) == [], "and who hears it hears all of it"


def test_its_papers_lie_with_the_case_that_took_it_on(both, client):
    here, there = both
    number = offered(client)
    new = arrivals.accept(there, bring(there, sealed(here, number)), TAKE, reader(there, "Tom"))
    told = Client(there).get(f"/cases/{new}")
    names = [a["name"] for a in told["attachments"]]
    assert "dossier.pdf" in names and any(name.startswith("bijlagen ") for name in names)
    assert "Wat daar nog liep" in told["zorgen"] and "Voortgangscontrole" in told["zorgen"]


def test_a_refusal_comes_back_with_its_reason(both, client):
    here, there = both
    number = offered(client)
    key, tom = bring(there, sealed(here, number)), reader(there, "Tom")
    with pytest.raises(BadInput):
        arrivals.refuse(there, key, {"reason": ""}, tom)
    arrivals.refuse(there, key, {"reason": "Dit gezin woont in Gelderland."}, tom)
    answer, _ = arrivals.answer_of(there, key, tom)
    said = sending.take_answer(here, number, answer, reader(here, "Tom"))
    assert "Gelderland" in said
    case = client.case(number)
    assert (case["closed"], case["state"]) == (False, "verwezen_in_nazorg")
    with pytest.raises(ClosedDoor):
        sending.take_answer(here, number, answer, reader(here, "Tom"))
    with pytest.raises(ClosedDoor):
        arrivals.accept(there, key, TAKE, tom)


def test_who_says_nothing_is_late_on_both_sides(both, client):
    here, there = both
    number = offered(client)
    bring(there, sealed(here, number))
    clock.move_clock(there, {"now": "2026-02-10T09:00"})
    (one,) = arrivals.overview(there, reader(there, "Tom"))["arrivals"]
    assert one["late"] is True
    client.clock("2026-02-10T09:00")
    waits = [t for t in client.case(number)["terms"] if t["name"] == "aanvaarding_regio"]
    assert waits[0]["late"] is True


def test_a_case_that_is_not_offered_is_not_sealed_nor_by_who_does_not_lead(both, client):
    here, _ = both
    number = client.post("/cases", melding(EL_AMRANI))["number"]
    with pytest.raises(ClosedDoor) as wrong:
        sealed(here, number)
    assert fault_of(wrong) == "niet_aangeboden"
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht")
    with pytest.raises(NotAllowed):
        sending.make(here, number, {"to": "1"}, reader(here, "Anna"))
    with pytest.raises(BadInput):
        sending.make(here, number, {"to": "99"}, reader(here, "Tom"))


def test_what_was_left_here_is_named(both, client):
    here, there = both
    number = offered(client)
    (file,) = client.case(number)["attachments"]
    held = inside(there, sealed(here, number, out=[str(file["id"])]))
    assert PAPER not in held.values()
    text = text_of(held["dossier.pdf"])
    assert "verslag.pdf" in text and "blijft hier" in text


def test_the_line_of_the_journal_says_to_whom_on_what_ground_and_which_file(both, client):
    here, _ = both
    number = offered(client)
    told = sealed(here, number)
    lines = [e for e in client.get(f"/cases/{number}/journal")["items"] if e["kind"] == "verzegeld"]
    assert "art. 5.3.3" in lines[0]["what"]
    (before,) = sending.view(here, number, reader(here, "Tom"))["sealed"]
    assert before["hash"] == sending.hash_of(told)


def every_wrong_file(here, there, told):
    """Every way a sealed file can be other than it was sent."""
    yield "verzegeld", told[:-1]
    yield "verzegeld", told[: len(told) // 2]
    yield "verzegeld", told[:200] + bytes([told[200] ^ 1]) + told[201:]
    yield "verzegeld", b""
    yield "verzegeld", b"geen dossier"
    to = pyrage.x25519.Recipient.from_str(own_card(there.config.folder, "x").receive)
    held = inside(there, told)
    for change in (
        {"dossier.json": held["dossier.json"] + b" "},
        {"erbij.txt": b"stiekem"},
        {"dossier.pdf": None},
        {MANIFEST: held[MANIFEST].replace(b'"number"', b'"numb3r"')},
        {SIGNATURE: b"00" * 64},
        {SIGNATURE: None},
        {MANIFEST: b"[]"},
    ):
        packed = BytesIO()
        with ZipFile(packed, "w") as out:
            for name, content in (held | change).items():
                if content is not None:
                    out.writestr(name, content)
        yield "handtekening", pyrage.encrypt(packed.getvalue(), [to])


def test_a_file_that_was_changed_or_is_for_another_is_refused_in_a_sentence(both, client):
    here, there = both
    told = sealed(here, offered(client))
    for code, wrong_file in every_wrong_file(here, there, told):
        with pytest.raises(BadInput) as wrong:
            bring(there, wrong_file)
        assert fault_of(wrong) == code
    with pytest.raises(BadInput) as wrong:
        bring(here, told)
    assert fault_of(wrong) == "verzegeld", "it is not for who sent it"
    assert arrivals.overview(there, reader(there, "Tom"))["arrivals"] == []
    key = bring(there, told)
    assert bring(there, told) == key, "brought twice it came once"


def test_a_sender_whose_card_is_not_here_is_not_believed(here, there, client):
    know(here, there)
    told = sealed(here, offered(client))
    with pytest.raises(BadInput) as wrong:
        bring(there, told)
    assert fault_of(wrong) == "onbekend_meldpunt"
    know(there, here)
    bring(there, told)


def test_an_answer_to_something_else_ends_nothing(both, client):
    here, there = both
    first, second = offered(client), offered(client)
    keys = [bring(there, sealed(here, number)) for number in (first, second)]
    tom = reader(there, "Tom")
    for key in keys:
        arrivals.accept(there, key, TAKE, tom)
    other, _ = arrivals.answer_of(there, keys[1], tom)
    with pytest.raises(BadInput) as wrong:
        sending.take_answer(here, first, other, reader(here, "Tom"))
    assert fault_of(wrong) == "geen_antwoord"
    assert client.case(first)["closed"] is False


def test_what_was_taken_on_stays_so_though_it_was_sealed_anew_and_a_refusal_is_of_the_last(
    both, client
):
    here, there = both
    first, second = offered(client), offered(client)
    tom, mine = reader(there, "Tom"), reader(here, "Tom")
    key = bring(there, sealed(here, first))
    arrivals.accept(there, key, TAKE, tom)
    sealed(here, first)
    sending.take_answer(here, first, arrivals.answer_of(there, key, tom)[0], mine)
    assert client.case(first)["closed"] is True
    key = bring(there, sealed(here, second))
    bring(there, sealed(here, second))  # the one before it is refused there by this
    with pytest.raises(BadInput) as wrong:
        sending.take_answer(here, second, arrivals.answer_of(there, key, tom)[0], mine)
    assert fault_of(wrong) == "geen_antwoord"


def test_what_this_meldpunt_cannot_keep_of_a_person_is_said_and_stops_nothing(both, client):
    here, there = both
    people = [EL_AMRANI[0] | {"rollen": ["kind"]}, *EL_AMRANI[1:]]
    number = client.post("/cases", melding(people))["number"]
    client.move(number, "regio_aanbieden", naar="Veilig Thuis Utrecht")
    with here.store.write() as connection:
        connection.execute(update(PERSON).values(rollen=["tovenaar"]))
    key, tom = bring(there, sealed(here, number)), reader(there, "Tom")
    new = arrivals.accept(there, key, TAKE, tom)
    journal = Client(there).get(f"/cases/{new}/journal")["items"]
    (line,) = [e["what"] for e in journal if e["kind"] == "overgenomen"]
    assert f"rollen van {people[0]['naam']}" in line


def test_accepting_asks_what_only_this_meldpunt_can_say_all_at_once(both, client):
    here, there = both
    key = bring(there, sealed(here, offered(client)))
    with pytest.raises(BadInput) as wrong:
        arrivals.accept(there, key, {"gemeente": "Rotterdam"}, reader(there, "Tom"))
    assert {f.field for f in wrong.value.faults} == set(arrivals.ASKED)
    with there.store.read() as connection:
        row = connection.execute(select(regions.ARRIVAL)).mappings().one()
    assert (row["state"], row["case_id"]) == ("waiting", None)


def test_the_checker_in_the_dossier_holds_it_to_its_signature_with_python_alone(
    both, client, tmp_path
):
    here, there = both
    told = sealed(here, offered(client))
    plain = pyrage.decrypt(told, [own_key(there.config.folder)])
    held = inside(there, told)
    (tmp_path / "controleer.py").write_bytes(held[CHECKER])
    key = own_card(here.config.folder, here.config.organisation).sign

    def check(content, key):
        (tmp_path / "dossier.zip").write_bytes(content)
        return subprocess.run(
            [sys.executable, "-I", "controleer.py", "dossier.zip", "--key", key],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert check(plain, key).stdout == "Nothing found.\n"
    other = own_card(there.config.folder, there.config.organisation).sign
    assert "not signed by the key" in check(plain, other).stdout
    packed = BytesIO()
    with ZipFile(packed, "w") as out:
        for name, content in held.items():
            out.writestr(name, content + b"x" * (name == "dossier.json"))
    told = check(packed.getvalue(), key)
    assert (told.returncode, "dossier.json: it is another file" in told.stdout) == (1, True)


def test_a_card_is_taken_over_with_the_number_heard_on_the_phone(here, there):
    bea = reader(here, "Bea")
    told = cards.view(there, reader(there, "Bea"))
    for body in (
        {"card": told["own_card"], "number": "1234 " * 8},
        {"card": told["own_card"].replace("age1", "age2"), "number": told["number"]},
        {"card": "geen kaart", "number": told["number"]},
        {"card": json.dumps({"kaart": 1}), "number": told["number"]},
        {"card": "", "number": ""},
    ):
        with pytest.raises(BadInput):
            cards.add(here, body, bea)
    own = cards.view(here, bea)
    with pytest.raises(BadInput) as wrong:
        cards.add(here, {"card": own["own_card"], "number": own["number"]}, bea)
    assert fault_of(wrong) == "eigen"
    assert cards.add(here, {"card": told["own_card"], "number": told["number"]}, bea)
    cards.add(here, {"card": told["own_card"], "number": told["number"].replace(" ", "")}, bea)
    (known,) = cards.view(here, bea)["known"]
    assert known["number"] == told["number"]
    assert read_card(told["own_card"]).check_number == told["number"]
    cards.remove(here, known["id"], bea)
    assert cards.view(here, bea)["known"] == []
    with pytest.raises(NotAllowed):
        cards.view(here, reader(here, "Tom"))
    assert changed_behind(here) == []


@pytest.mark.parametrize("column", ["sign", "receive", "name", "gone"])
def test_a_card_that_was_changed_behind_the_program_is_found(both, column):
    here, _ = both
    with here.store.write() as connection:
        value = True if column == "gone" else "age1anders"
        connection.execute(update(regions.MELDPUNT).values({column: value}))
    assert any("kaart" in text for text in changed_behind(here))
