"""Destroying by law: what goes is gone, what stays is right, and the chains hold."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import JSON, select
from sqlmodel import AutoString, SQLModel
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.http import Http

from amhk.desk.cases import attachments, moves, reading
from amhk.desk.house import clock
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.desk.letters import notices
from amhk.desk.people import earlier_contacts
from amhk.desk.subjects import (
    destruction_proof,
    destructions,
    disclosures,
    requests,
    retention,
)
from amhk.desk.worklists import worklist
from amhk.errors import BadInput, NotAllowed, Refusal
from amhk.store import reads
from amhk.store.cases import erasure, journal
from amhk.store.database.instants import UtcInstant
from amhk.web.app import create_app

SEM = {
    "naam": "Sem Zonderling",
    "geboren": "2009-08-17",
    "rollen": ["kind"],
    "adres": "Kwarteldrift 9, 3024 AA Rotterdam",
    "bsn": "999993045",
}
TOLD = ("zonderling", "2009-08-17", "17-8-2009", "999993045", "kwarteldrift")
STAYING = [p["naam"] for p in EL_AMRANI]


@pytest.fixture
def house(office):
    hire(office)
    clock.move_clock(office, {"now": "2026-02-02T09:00"})
    return office


def a_case(office):
    """A melding about a family of four in which everything of Sem is told that can be."""
    tom = reader(office, "Tom")
    told = "Volgens school is Sem Zonderling (17-8-2009) bang; Samira El Amrani zegt van niet."
    number = calls.take_call(office, melding([*EL_AMRANI, SEM], zorgen=told), tom)
    step = {"uitkomst": "Sem is niet veilig.", "beslisser": "Tom"}
    moves.make_move(office, number, "veiligheidsbeoordeling", step, tom, checked=False)
    moves.make_move(office, number, "onderzoek_besluiten", {}, tom, checked=False)
    found = {"bevindingen": "Sem en Yara Bouzid slapen bij oma aan de Kwarteldrift 9."}
    moves.make_move(office, number, "bevindingen_vastleggen", found, tom, checked=False)
    attachments.add_note(office, number, {"tekst": "Sem Zonderling belde, BSN 999993045."}, tom)
    attachments.add_note(office, number, {"tekst": "Samira El Amrani belde."}, tom)
    attachments.add_file(office, number, "van sem.txt", BytesIO(b"Ik ben Sem Zonderling."), tom)
    attachments.add_file(office, number, "school.txt", BytesIO(b"Verslag van school."), tom)
    told = {"day": "2026-02-02", "to": "Juf van Sem", "ground": "wet"}
    told["what"] = "Dat Sem Zonderling op de Kwarteldrift woont."
    disclosures.tell(office, number, told, tom)
    reading.reveal(office, number, tom, "Sem Zonderling vroeg ernaar")
    for letter in reading.case_view(office, number, tom)["notices"]:
        sent(office, letter["id"], tom)
    return number


def sent(office, key, who):
    """Let a letter go, where it can."""
    try:
        notices.approve(office, key, {"version": 1}, who)
        told = {"version": 2, "date": "2026-02-02", "way": "post", "reference": "aan Sem"}
        notices.send(office, key, told, who)
    except Refusal:
        return


def person(office, number, name):
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        return next(p for p in reads.people_of(connection, case["id"]) if p["naam"] == name)


def asked(office, number, name=SEM["naam"], kind="vernietiging", **more):
    """Let somebody ask; gives the key of the request."""
    told = {
        "kind": kind,
        "person": str(person(office, number, name)["id"]),
        "by": "zelf",
        "received": "2026-02-02",
        "identity": "paspoort gezien",
        "wish": f"{name} wil dat dit weg is.",
    }
    requests.register(office, number, told | more, reader(office, "Tom"))
    return requests.view(office, number, reader(office, "Tom"))["requests"][0]["id"]


def propose(office, number, key, who="Tom", **more):
    sem = person(office, number, SEM["naam"])
    body = {"person": str(sem["id"]), "request": str(key), "reason": "Sem vraagt het."} | more
    destructions.propose(office, number, body, reader(office, who))
    return destructions.overview(office, reader(office, "Mia"))["proposed"][0]["id"]


def file_of(office, number, name):
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        held = reads.of_case(connection, erasure.ATTACHMENT, case["id"])
        return next(str(a["id"]) for a in held if a["name"] == name)


def is_text(column):
    """Tell whether a column holds text or JSON, and no instant."""
    kind = column.type
    return isinstance(kind, JSON | AutoString) and not isinstance(kind, UtcInstant)


def everything_told(office):
    """Every text in every row of the database, in one."""
    with office.store.read() as connection:
        found = []
        for source in SQLModel.metadata.sorted_tables:
            columns = [c for c in source.c if is_text(c)]
            for row in connection.execute(select(*columns)) if columns else ():
                found.append(json.dumps([*row], ensure_ascii=False, default=str).lower())
    return "\n".join(found)


def files_of(office):
    """All bytes of the house on disk."""
    folder = office.config.folder
    return b"".join(p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()).lower()


def destroyed(office):
    """A house in which Sem was destroyed out of a case of four; gives its number."""
    number = a_case(office)
    key = asked(office, number)
    files = [file_of(office, number, "van sem.txt")]
    destruction = propose(office, number, key, files=files)
    destructions.carry_out(office, destruction, reader(office, "Mia"))
    return number


def test_nothing_of_him_is_left_and_the_others_read_on(house):
    number = destroyed(house)
    left = everything_told(house)
    assert [word for word in (*TOLD, "sem ") if word in left] == []
    view = reading.case_view(house, number, reader(house, "Tom"))
    assert [p["naam"] for p in view["people"]] == STAYING
    assert "Samira El Amrani zegt van niet." in view["zorgen"]
    assert "Yara Bouzid slapen bij oma" in str(view["bevindingen"])
    assert [a["name"] for a in view["attachments"]] == ["school.txt"]
    assert "Samira El Amrani belde." in str(view)


def test_the_chains_hold_and_what_is_counted_stays(house):
    number = destroyed(house)
    assert changed_behind(house) == []
    assert reading.case_view(house, number, reader(house, "Tom"))["state"] == "in_onderzoek"


def test_in_the_bytes_of_the_house_nothing_of_him_is_left(sqlite_office):
    hire(sqlite_office)
    clock.move_clock(sqlite_office, {"now": "2026-02-02T09:00"})
    number = a_case(sqlite_office)
    assert b"zonderling" in files_of(sqlite_office)
    destruction = propose(
        sqlite_office,
        number,
        asked(sqlite_office, number),
        files=[file_of(sqlite_office, number, "van sem.txt")],
    )
    destructions.carry_out(sqlite_office, destruction, reader(sqlite_office, "Mia"))
    left = files_of(sqlite_office)
    assert [w for w in TOLD if w.encode() in left] == []
    assert b"samira" in left


def test_a_trial_says_what_goes_and_keeps_everything(house):
    number = a_case(house)
    key, tom = asked(house, number), reader(house, "Tom")
    sem = str(person(house, number, SEM["naam"])["id"])
    before = everything_told(house)
    body = {"person": sem, "request": str(key), "reason": "Sem vraagt het."}
    told = destructions.trial(house, number, body, tom)
    assert "1 persoon" in told["goes"]
    assert everything_told(house) == before
    assert changed_behind(house) == []


def test_four_eyes(house):
    number = a_case(house)
    destruction = propose(house, number, asked(house, number), who="Mia")
    with pytest.raises(NotAllowed):
        destructions.carry_out(house, destruction, reader(house, "Mia"))
    with pytest.raises(NotAllowed):
        destructions.carry_out(house, destruction, reader(house, "Anna"))
    destructions.carry_out(house, destruction, reader(house, "Tom"))


def test_without_his_request_nobody_goes(house):
    number = a_case(house)
    other = asked(house, number, "Karim Bouzid")
    sem = str(person(house, number, SEM["naam"])["id"])
    for told in ({}, {"request": str(other)}):
        body = {"person": sem, "reason": "Opruimen."} | told
        with pytest.raises(BadInput):
            destructions.propose(house, number, body, reader(house, "Tom"))


def test_a_case_that_runs_or_is_not_old_enough_does_not_go(house):
    number = a_case(house)
    body = {"person": destructions.WHOLE, "reason": "Opruimen."}
    with pytest.raises(BadInput) as wrong:
        destructions.propose(house, number, body, reader(house, "Tom"))
    assert {fault.code for fault in wrong.value.faults} == {"loopt", "bewaren"}


def closed_advies(office):
    body = {
        "route": "advies",
        "kanaal": "telefoon",
        "hoedanigheid": "15",
        "gemeente": "Schiedam",
        "aanleiding": ["08"],
        "zorgen": "Kwartel zorgen over verzuim.",
        "advies": "Bespreek het met kwartel.",
        "vervolg": "advies_gegeven",
        "adviesvrager": {"naam": "Kees Kwartel", "bereikbaar": "06-12345678", "toestemming": True},
    }
    return calls.take_call(office, body, reader(office, "Tom"))


def test_what_is_old_enough_stands_on_the_list_and_goes_only_by_a_decision(house):
    number = closed_advies(house)
    mia, tom = reader(house, "Mia"), reader(house, "Tom")
    assert destructions.overview(house, mia)["due"] == []
    clock.move_clock(house, {"now": "2028-02-10T09:00"})
    assert [one["number"] for one in destructions.overview(house, mia)["due"]] == [number]
    assert "kwartel" in everything_told(house)
    body = {"person": destructions.WHOLE, "reason": "De termijn is om."}
    destructions.propose(house, number, body, tom)
    (waits,) = destructions.overview(house, mia)["proposed"]
    destructions.carry_out(house, waits["id"], mia)
    assert "kwartel" not in everything_told(house)
    assert destructions.overview(house, mia)["due"] == []
    assert changed_behind(house) == []


def test_what_is_kept_longer_stands_on_the_list_later(house):
    number = closed_advies(house)
    clock.move_clock(house, {"now": "2028-02-10T09:00"})
    mia = reader(house, "Mia")
    body = {"until": "2030-01-01", "ground": "wet", "reason": "Er loopt een zaak bij de rechter."}
    retention.keep_longer(house, number, body, mia)
    assert destructions.overview(house, mia)["due"] == []
    with pytest.raises(BadInput):
        destructions.propose(
            house, number, {"person": destructions.WHOLE, "reason": "Toch weg."}, mia
        )


def test_the_proof_is_a_pdf_with_hashes_and_nobody_in_it_and_is_held_to_the_journal(house):
    destroyed(house)
    mia = reader(house, "Mia")
    (done,) = destructions.overview(house, mia)["ended"]
    assert destruction_proof.proof(house, done["id"], mia).startswith(b"%PDF-")
    with house.store.write() as connection:
        row = connection.execute(destructions.subjects.DESTRUCTION.select()).mappings().one()
        record = json.loads(json.dumps(row["record"]))
        record["lines"][next(iter(record["lines"]))] = "0" * 64
        connection.execute(destructions.subjects.DESTRUCTION.update().values(record=record))
    assert any("verklaring klopt niet" in fault for fault in changed_behind(house))


def test_a_line_that_is_emptied_without_a_decision_is_found(house):
    a_case(house)
    with house.store.write() as connection:
        connection.execute(
            reads.ENTRY.update().where(reads.ENTRY.c.sequence == 1).values(content=None, salt=None)
        )
    assert any("leeg zonder besluit" in fault for fault in changed_behind(house))


def test_what_is_left_of_a_line_is_held_to_the_line_that_says_so(house):
    destroyed(house)
    with house.store.write() as connection:
        holes = reads.ENTRY.c.salt.is_(None) & reads.ENTRY.c.content.is_not(None)
        connection.execute(reads.ENTRY.update().where(holes).values(content='{"tekst":"Iets."}'))
    assert any("nadat er iets uit gewist was" in fault for fault in changed_behind(house))


def test_a_request_has_its_term_and_stands_before_who_leads(house):
    number = a_case(house)
    asked(house, number)
    (row,) = requests.view(house, number, reader(house, "Tom"))["requests"]
    assert row["due"] == "2026-05-04", "three months end on a Saturday: on Monday"
    page = browser(house, "Tom").get("/").text
    assert f"/zaak/{number}/verzoeken" in page


def browser(office, name):
    told = Http(create_app(office))
    told.sign_in(name)
    return told


def test_search_and_the_radar_find_him_no_more(house):
    number = destroyed(house)
    tom = reader(house, "Tom")
    assert worklist.worklist(house, tom, {"q": "Zonderling"})["items"] == []
    typed = {"route": "melding", "betrokkenen": [{"naam": SEM["naam"], "bsn": SEM["bsn"]}]}
    assert earlier_contacts.earlier(house, typed, tom) == []
    assert number


OF_A_CASE = {"cases", "meldingen", "adviezen"}
# What no case speaks of in words: codes, hashes, days, keys, staff and what the house is made of.
NO_WORDS = {
    "arrivals",  # of one that became a case: hashes and numbers
    "relations",
    "referrals",
    "finishes",
    "inbox",
    "counted_facts",
    "tallies",
    "reminders",
}


def of_cases():
    """Every table whose rows belong to a case."""
    for source in SQLModel.metadata.sorted_tables:
        targets = {key.column.table.name for key in source.foreign_keys}
        if source.name in OF_A_CASE or targets & (OF_A_CASE | {"notices", "people", "imports"}):
            yield source


@pytest.mark.parametrize("source", list(of_cases()), ids=lambda s: s.name)
def test_every_table_of_a_case_is_known_to_whoever_destroys(source):
    known = {*erasure.WORDS, *erasure.SAID, *erasure.APART, *NO_WORDS, "plan_cases"}
    assert source.name in known


CODES = {
    "cases": (
        "number route workflow release state ending facts gemeente kanaal hoedanigheid meldcodestap"
        " aanleiding aard finishes rank head"
    ),
    "meldingen": "route",
    "adviezen": "route",
    "findings": "bron labels",
    "checks": (
        "passend nu_veilig doelrealisatie reden_einde kader tevreden_jeugdige tevreden_ouder"
    ),
    "notices": "kind recipient state hash way",
    "terms": "name due unrolled status beside_due",
    "joins": "phase",
    "grants": "verdict",
    "conflicts": "ground",
    "forms": "mark mended state outcome",
    "attachments": "kind hash",
    "subject_requests": "kind by state ground person_mark",
    "destructions": "files state record person_mark",
    "keepings": "ground",
    "outbox": "key way state claim",
    "reminders": "",
    "contacts": "",
}


@pytest.mark.parametrize("name", sorted({*erasure.WORDS, *erasure.SAID}))
def test_every_text_of_such_a_table_is_words_or_a_code(name):
    texts = {c.name for c in SQLModel.metadata.tables[name].c if is_text(c)}
    words = {*erasure.WORDS.get(name, ()), *erasure.SAID.get(name, ())}
    assert texts == words | {*CODES[name].split()}


def test_who_corrects_an_advies_leaves_a_line_that_says_what_was_erased(house):
    number = closed_advies(house)
    tom = reader(house, "Tom")
    told = {"reden": "Verkeerd woord.", "zorgen": "Zorgen over verzuim."}
    moves.make_move(house, number, "corrigeren", told, tom, checked=False)
    with house.store.read() as connection:
        case = reads.case_by_number(connection, number)
        lines = reads.entries(connection, case["id"])
    assert any(journal.ERASED in (line["content"] or "") for line in lines)
    assert changed_behind(house) == []


def test_a_request_of_a_child_is_told_who_asks_for_it(house):
    number = a_case(house)
    asked(house, number, "Yara Bouzid")
    (row,) = requests.view(house, number, reader(house, "Tom"))["requests"]
    assert "jonger is dan 12" in row["advice"]


def test_a_destruction_is_refused_by_an_answer_with_its_ground(house):
    number, tom = a_case(house), reader(house, "Tom")
    key = asked(house, number)
    for told in ({"state": "granted", "motive": "Goed."}, {"state": "refused", "motive": "Nee."}):
        with pytest.raises(BadInput):
            requests.decide(house, number, key, told, tom)
    told = {"state": "refused", "ground": "belang_ander", "motive": "Zijn zusje heeft dit nodig."}
    requests.decide(house, number, key, told, tom)
    assert not requests.view(house, number, tom)["requests"][0]["open"]
