"""What a part has no part in is covered however it was typed and wherever it was copied, and what
only looks like it is left as it is.
"""

from datetime import timedelta

import pytest
from sqlalchemy import update
from support.cast import Client, hire, hire_readers, reader
from support.families import EL_AMRANI, melding

from amhk.desk.cases import attachments, moves, reading
from amhk.desk.house import who_looked
from amhk.desk.intake import calls
from amhk.desk.letters import letter_view
from amhk.desk.staff import lent_cases, workers
from amhk.errors import BadInput
from amhk.store import reads
from amhk.words import day_of

CHILD = {"naam": "Liv Visser", "geboren": "2019-03-04", "rollen": ["kind"]}
LONG = "Zij heeft al heel lang last van kwikziekte en wordt daarvoor in het ziekenhuis behandeld."


@pytest.fixture
def office(sqlite_office):
    """On SQLite: what is asked of the database here is asked on both in other tests."""
    return sqlite_office


@pytest.fixture
def house(office):
    hire(office)
    hire_readers(office)
    return office


def a_case(office, *found, people=(CHILD,), **told):
    """A case Anna took with these findings (text, label) and the request to the RvdK ready."""
    number = calls.take_call(office, melding(people, **told), reader(office, "Anna"))
    make(office, number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    make(office, number, "onderzoek_besluiten")
    for text, label in found:
        marks = {"gevoelig": [label]} if label else {}
        make(office, number, "bevindingen_vastleggen", bevindingen=text, **marks)
    make(office, number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    told = {"spoed": False, "gezaghebbenden_geinformeerd": "ja", "motivering": "Het is nodig."}
    make(office, number, "melden_rvdk", **told)
    return number


def make(office, number, move, **told):
    return moves.make_move(office, number, move, told, reader(office, "Tom"), checked=False)


def in_a_week(office):
    with office.store.read() as connection:
        return (day_of(office.now(connection)) + timedelta(days=7)).isoformat()


def everywhere(office, number, name):
    """All that somebody reads of a case by program, its letters too, without a reason."""
    client, told = Client(office, name), []
    for path in (f"/cases/{number}", f"/cases/{number}/journal"):
        told.append(client.ask("GET", path).text)
    for notice in client.case(number)["notices"]:
        key = f"/notices/{notice['id']}"
        told.append(client.ask("GET", key).text)
        for form in (".html", ".json"):
            answer = client.ask("GET", key + form, expect=range(200, 500))
            told.append(answer.text if answer.status_code == 200 else "")
    return "\n".join(told)


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        "kwikziekte",
        "Zij heeft\u202e kwikziekte.",
        "Zij heeft kwik\u200bziekte, al jaren.",
        "Zij  heeft\tkwikziekte\r\n\r\nal jaren",
        "Ziekte:\nkwikziekte\nNee",
        '<b>kwikziekte</b> & "meer"',
    ],
)
def test_however_a_finding_was_typed_it_is_covered_in_case_and_letter(house, text):
    number = a_case(house, (text, "medisch"))
    for name, may in (("Bram", False), ("Mia", False), ("Vera", True)):
        told = everywhere(house, number, name).replace("\\u200b", "").replace("\u200b", "")
        assert ("kwikziekte" in told) == may, name


def test_a_finding_of_one_word_is_covered_as_a_word_and_asks_a_reason_in_a_letter(house):
    number = a_case(house, ("HIV", "medisch"))
    assert "HIV" not in everywhere(house, number, "Bram")
    assert "HIV" in everywhere(house, number, "Vera")


def test_words_that_happen_to_be_a_line_of_it_are_not_lost_elsewhere(house):
    text = "zorgen\nnaam\nMoeder\nNee\nbevindingen"
    other = "Moeder en stiefmoeders zijn thuis. Nee, zei zij over de naam."
    number = a_case(house, (text, "medisch"), (other, None))
    view = reading.case_view(house, number, reader(house, "Bram"))
    assert [f["bevindingen"] for f in view["bevindingen"]] == ["[geheim]", other]
    assert view["people"][0]["naam"] == "Liv Visser"
    assert reading.case_page(house, number, reader(house, "Bram"))["people"]


def test_the_data_of_a_letter_ask_a_reason_though_its_text_shows_nothing(house):
    number = a_case(house, (LONG, "medisch"))
    tom, bram = reader(house, "Tom"), Client(house, "Bram")
    notices = reading.case_view(house, number, tom)["notices"]
    (key,) = (n["id"] for n in notices if n["kind"] == "verzoek_rvdk")
    letter = Client(house).get(f"/notices/{key}")
    Client(house).post(f"/notices/{key}/approve", {"version": letter["version"]})
    with house.store.write() as connection:
        notice = update(reads.NOTICE).where(reads.NOTICE.c.id == key)
        connection.execute(notice.values(html="<p>Zie de gegevens.</p>"))
    bram.ask("GET", f"/notices/{key}.json", expect=422)
    told = bram.ask("GET", f"/notices/{key}.json?reason=Overleg+met+de+raad").text
    assert "kwikziekte" in told


def test_a_letter_whose_content_is_covered_can_be_approved_by_the_mark_it_was_shown_with(
    house, monkeypatch
):
    mark = "a" * 20 + " 999993045 " + "b" * 20  # as if it held a BSN
    monkeypatch.setattr(letter_view, "text_of", lambda letter: mark)
    number = a_case(house, (LONG, "medisch"))
    for notice in reading.case_view(house, number, reader(house, "Tom"))["notices"]:
        told = letter_view.view(house, notice["id"], reader(house, "Bram"))
        assert told["text"] in (mark, None)


def test_a_text_of_before_a_correction_is_covered_by_the_label_it_had(house):
    number = a_case(house, (LONG, "medisch"))
    make(house, number, "corrigeren", bevindingen="Moeder is moe.", gevoelig=["ouder"], reden="Zo.")
    for name, may in (("Mia", False), ("Bram", False), ("Anna", True)):
        told = everywhere(house, number, name)
        at = told.find("kwikziekte")
        assert (at >= 0) == may, (name, told[max(at - 200, 0) : at + 50])


def test_a_text_of_before_that_bore_no_label_stays_to_be_read(house):
    number = a_case(house, ("Moeder slaapt veel.", None), (LONG, "strafrechtelijk"))
    found = reading.case_view(house, number, reader(house, "Tom"))
    with house.store.read() as connection:
        case = reads.case_by_number(connection, number)
        first = reads.of_case(connection, reads.FINDING, case["id"])[0]["id"]
    assert found
    told = {"bevinding": str(first), "bevindingen": "Moeder slaapt weinig.", "reden": "Verhoord."}
    make(house, number, "corrigeren", **told)
    client = Client(house, "Bram")
    with house.store.read() as connection:
        old = [e["content"] for e in reads.entries(connection, case["id"])]
    assert any("slaapt veel" in (c or "") for c in old)
    assert "Moeder slaapt veel." in client.ask("GET", f"/cases/{number}/journal").text
    assert "kwikziekte" not in client.ask("GET", f"/cases/{number}/journal").text


REASON = "Moeder belt; BSN 999993045, zij zegt: zij heeft kwikziekte."


def test_reasons_tell_no_finding_and_no_bsn_to_who_reads_them(house):
    people = [{**CHILD, "bsn": "999993045"}]
    number = a_case(house, ("Zij heeft kwikziekte.", "medisch"), people=people)
    mia = reader(house, "Mia")
    until = in_a_week(house)
    for name in ("Vik", "Ilse"):
        body = {"worker": name, "until": until, "reason": REASON}
        lent_cases.lend(house, number, body, mia)
    Client(house, "Bram").post(f"/cases/{number}/reveal", {"reason": REASON})
    aad = reader(house, "Aad")
    for told in (
        lent_cases.mine(house, reader(house, "Vik")),
        lent_cases.view(house, number, mia)["held"],
        who_looked.of_case(house, number, aad),
        who_looked.of_worker(house, "Bram", aad),
        who_looked.file_of_case(house, number, aad),
    ):
        assert "Moeder belt" in str(told)
        assert "kwikziekte" not in str(told) and "999993045" not in str(told)


def test_a_note_that_quotes_it_is_no_way_to_search_for_it(house):
    number = a_case(house, ("Zij heeft kwikziekte.", "medisch"))
    note = {"tekst": "De arts zegt: Zij heeft kwikziekte. Het nummer is 999-993-045."}
    attachments.add_note(house, number, note, reader(house, "Tom"))
    for name in ("Tom", "Bram", "Mia"):
        for sought in ("kwikziekte", "999-993-045"):
            assert Client(house, name).get(f"/cases?q={sought}")["items"] == [], (name, sought)
    assert Client(house).get("/cases?q=arts")["items"], "the rest of the note is found"


def test_what_joined_a_case_tells_no_finding_of_it(house):
    first = a_case(house, ("Zij heeft kwikziekte.", "medisch"), people=EL_AMRANI)
    later = calls.take_call(
        house,
        melding(EL_AMRANI, zorgen="De arts zei: zij heeft kwikziekte."),
        reader(house, "Tom"),
    )
    make(house, later, "vervolgmelding", bij=first, reden="Zelfde gezin.")
    for number in (first, later):
        assert "kwikziekte" not in everywhere(house, number, "Bram"), number


def test_who_only_reads_is_told_of_no_other_case_of_the_family(house):
    number, other = a_case(house, people=EL_AMRANI), a_case(house, people=EL_AMRANI)
    until = in_a_week(house)
    body = {"worker": "Ilse", "until": until, "reason": "Onderzoek."}
    lent_cases.lend(house, number, body, reader(house, "Mia"))
    ilse = Client(house, "Ilse")
    assert ilse.get(f"/cases/{number}/earlier")["items"] == []
    assert other not in ilse.ask("GET", f"/cases/{number}").text


def test_another_role_and_leaving_end_all_that_was_opened(house):
    number = a_case(house)
    until = in_a_week(house)
    for name in ("Vik", "Ilse"):
        body = {"worker": name, "until": until, "reason": "Onderzoek."}
        lent_cases.lend(house, number, body, reader(house, "Mia"))
    workers.set_role(house, "Vik", "inspectie")
    workers.disable(house, "Ilse")
    assert lent_cases.mine(house, reader(house, "Vik")) == []
    assert lent_cases.view(house, number, reader(house, "Mia"))["held"] == []


@pytest.mark.parametrize("name", ["opdrachtregel", "Opdrachtregel", "OPDRACHTREGEL "])
def test_nobody_bears_the_name_of_the_command_line(house, name):
    with pytest.raises(BadInput, match="opdrachtregel zelf"):
        workers.add_worker(house, name, "medewerker", None)
    with pytest.raises(BadInput, match="opdrachtregel zelf"):
        workers.rename(house, "Anna", name)
