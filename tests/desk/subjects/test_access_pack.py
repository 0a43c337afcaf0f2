"""What goes to a betrokkene who asks what is kept of him: all of his, nothing of another, nothing
of who reported, and each omission with its ground.
"""

from io import BytesIO
from itertools import cycle

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cast import hire, reader
from support.families import melding
from support.pdf_structure import faults_of, structure_of

from amhk.desk.cases import attachments, moves
from amhk.desk.house import clock
from amhk.desk.intake import calls
from amhk.desk.letters import notices
from amhk.desk.subjects import access_pack
from amhk.errors import BadInput, NotAllowed, NotFound, Refusal
from amhk.store import reads

FAMILY = [
    {
        "naam": "Zwaantje Kievitsoog",
        "geboren": "1987-02-11",
        "rollen": ["ouder"],
        "adres": "Wulpenweg 31, 2611 AA Delft",
        "bsn": "999965323",
    },
    {
        "naam": "Gruttert Lepelaar",
        "geboren": "1985-12-24",
        "rollen": ["ouder"],
        "adres": "Reigerhof 8, 3011 BB Rotterdam",
        "bsn": "999969481",
        "geheim_adres": True,
    },
    {"naam": "Tureluur Tapuit", "geboren": "2016-09-13", "rollen": ["kind"], "bsn": "999993045"},
]
SIGNS = {
    "Zwaantje Kievitsoog": ("zwaantje", "kievitsoog", "11-2-1987", "999965323", "wulpenweg"),
    "Gruttert Lepelaar": ("gruttert", "lepelaar", "24-12-1985", "999969481", "reigerhof"),
    "Tureluur Tapuit": ("tureluur", "tapuit", "13-9-2016", "999993045"),
}
MELDER = {
    "naam": "Nachtegaal Pimpelmees",
    "bereikbaar": "06-11122233, n.pimpelmees@voorbeeld.nl",
    "functie": "zwemjuf Pimpelmees",
}
OF_MELDER = ("nachtegaal", "pimpelmees", "0611122233", "11122233", "zwemjuf")
SAID = [sign for signs in SIGNS.values() for sign in signs] + ["Pimpelmees", "06-11122233"]


@pytest.fixture
def office(sqlite_office):
    """On SQLite: what is read here is read on both in other tests."""
    hire(sqlite_office)
    clock.move_clock(sqlite_office, {"now": "2026-02-02T09:00"})
    return sqlite_office


def a_case(office, *texts):
    """A case in which these texts stand wherever somebody can type one."""
    tom, told = reader(office, "Tom"), cycle(texts)
    body = melding(FAMILY, zorgen=next(told), melder=MELDER, hoedanigheid="16")
    number = calls.take_call(office, body, tom)
    for name, values in (
        ("veiligheidsbeoordeling", {"uitkomst": next(told)}),
        ("onderzoek_besluiten", {}),
        ("bevindingen_vastleggen", {"bevindingen": next(told)}),
        ("bevindingen_vastleggen", {"bevindingen": next(told), "gevoelig": ["medisch"]}),
        ("corrigeren", {"reden": next(told), "zorgen": f"Anders: {next(told)}"}),
        ("onderzoek_afronden", {"uitkomst": ["06"], "conclusie": next(told)}),
    ):
        moves.make_move(office, number, name, values, tom, checked=False)
    attachments.add_note(office, number, {"tekst": next(told)}, tom)
    attachments.add_file(office, number, "verslag.txt", BytesIO(b"Iets van school."), tom)
    for letter in letters_of(office, number):
        try:
            notices.approve(office, letter, {"version": 1}, tom)
            sent = {"version": 2, "date": "2026-02-02", "way": "post", "reference": next(told)}
            notices.send(office, letter, sent, tom)
        except Refusal:
            continue
    return number


def people_of(office, number):
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        return {p["naam"]: p["id"] for p in reads.people_of(connection, case["id"])}


def letters_of(office, number):
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        return [n["id"] for n in reads.notices(connection, case["id"])]


def pack(office, number, name, **values):
    return access_pack.made(
        office, number, people_of(office, number)[name], reader(office, "Tom"), values
    )


def of_others(name):
    return [sign for other, signs in SIGNS.items() if other != name for sign in signs]


@settings(max_examples=12, deadline=None)
@given(texts=st.lists(st.lists(st.sampled_from(SAID), min_size=1, max_size=5), min_size=1))
def test_nothing_of_another_or_of_who_reported_is_in_any_pack(office, texts):
    """Whatever was typed, wherever: in the pack of each person stands nobody else."""
    told = [f"Gezien: {', '.join(words)} was er ook." for words in texts]
    number = a_case(office, *told)
    for name, signs in SIGNS.items():
        made = pack(office, number, name)
        said = str((made.parts, made.omitted)).lower().replace("-", "").replace(" ", "")
        for sign in (*of_others(name), *OF_MELDER):
            assert sign.replace("-", "") not in said, sign
        assert signs[0] in said


def test_what_is_left_out_is_named_with_its_ground(office):
    number = a_case(office, "Gruttert sloeg Tureluur, zegt Pimpelmees.")
    grounds = {why for _, why in pack(office, number, "Tureluur Tapuit").omitted}
    assert grounds == {
        access_pack.PRIVACY,
        access_pack.ORIGIN,
        access_pack.LABELLED,
        access_pack.FILE,
    }


def test_it_goes_as_a_pdf_with_an_index_that_is_written_down_with_its_hash(office):
    number = a_case(office, "Gruttert sloeg Tureluur, zegt Pimpelmees.")
    key = people_of(office, number)["Tureluur Tapuit"]
    told = access_pack.give(office, number, key, {}, reader(office, "Tom"))
    paper = pypdf.PdfReader(BytesIO(told))
    text = " ".join(page.extract_text() for page in paper.pages).lower()
    assert "tureluur" in text
    assert "wat is weggelaten" in text
    assert not [sign for sign in (*of_others("Tureluur Tapuit"), *OF_MELDER) if sign in text]
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert paper.trailer["/Root"]["/Lang"] == "nl"
    assert len(paper.outline) > 0
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        last = reads.entries(connection, case["id"])[-1]
    assert last["kind"] == access_pack.KIND
    assert '"sha256"' in last["content"]


def test_who_hears_the_paper_instead_of_seeing_it_hears_all_of_it_in_order(office):
    number = a_case(office, "Gruttert sloeg Tureluur, zegt Pimpelmees.")
    key = people_of(office, number)["Tureluur Tapuit"]
    told = access_pack.give(office, number, key, {}, reader(office, "Tom"))
    assert list(faults_of(told)) == []
    kinds = [kind for kind, _, _ in structure_of(told)]
    assert {"H1", "H2", "P", "TOC", "Table", "TR", "TH", "TD"} <= set(kinds)


def test_who_reads_it_before_it_goes_leaves_out_more_or_less_with_a_reason(office):
    number = a_case(office, "Tureluur slaapt slecht.")
    tom, key = reader(office, "Tom"), people_of(office, number)["Tureluur Tapuit"]
    made = pack(office, number, "Tureluur Tapuit")
    labelled = next(i.key for i in made.items if i.labelled)
    with pytest.raises(BadInput):
        access_pack.give(office, number, key, {"along": [labelled]}, tom)
    with pytest.raises(BadInput):
        access_pack.give(office, number, key, {"out": ["x-1"], "reason": "Zomaar."}, tom)
    less = pack(office, number, "Tureluur Tapuit", along=[labelled], out=["zorgen"])
    assert access_pack.LABELLED not in {why for _, why in less.omitted}
    assert access_pack.CHOSEN in {why for _, why in less.omitted}
    assert "De melding" not in dict(access_pack._parts(less))


def test_it_is_made_by_who_leads_and_of_a_person_of_the_case(office):
    number = a_case(office, "Tureluur slaapt slecht.")
    key = people_of(office, number)["Tureluur Tapuit"]
    with pytest.raises(NotAllowed):
        access_pack.made(office, number, key, reader(office, "Carla"), {})
    with pytest.raises(NotFound):
        access_pack.made(office, number, 999_999, reader(office, "Tom"), {})


def test_a_melder_who_may_be_named_is_named(office):
    melder = {**MELDER, "geheim": False, "toestemming": True}
    number = calls.take_call(
        office,
        melding(FAMILY, melder=melder, hoedanigheid="16", zorgen="Nachtegaal Pimpelmees belde."),
        reader(office, "Tom"),
    )
    made = pack(office, number, "Tureluur Tapuit")
    assert "Nachtegaal Pimpelmees" in str(made.parts)


def test_others_are_covered_as_they_were_and_however_short_their_names(office):
    bo = {"naam": "Bo", "geboren": "2012-04-05", "rollen": ["kind"]}
    number = calls.take_call(
        office,
        melding([*FAMILY, bo], zorgen="Bo wordt geslagen. Lepelaar woont op Reigerhof 8."),
        reader(office, "Tom"),
    )
    body = {
        "reden": "Verkeerd gehoord.",
        "persoon": str(people_of(office, number)["Gruttert Lepelaar"]),
        "persoonsgegevens": {"naam": "Gruttert Roerdomp", "adres": "Elders 3, 3011 CC Rotterdam"},
    }
    moves.make_move(office, number, "corrigeren", body, reader(office, "Tom"), checked=False)
    said = str(pack(office, number, "Tureluur Tapuit").parts)
    for word in ("Bo ", "Lepelaar", "Reigerhof", "Roerdomp"):
        assert word not in said


def test_all_that_was_told_of_him_is_in_it_and_of_staff_the_role_alone(office):
    number = calls.take_call(office, melding(FAMILY[2:]), reader(office, "Tom"))
    told = {"conclusie": "Tureluur is veilig, zegt Anna.", "uitkomst": ["06"]}
    for name, values in (
        ("veiligheidsbeoordeling", {"uitkomst": "Tureluur heeft onderzoek nodig."}),
        ("onderzoek_besluiten", {}),
        ("onderzoek_afronden", told),
    ):
        moves.make_move(office, number, name, values, reader(office, "Tom"), checked=False)
    said = str(pack(office, number, "Tureluur Tapuit").parts)
    assert "Tureluur is veilig, zegt een medewerker." in said
    assert "Tureluur heeft onderzoek nodig." in said
    assert "Tom" not in said
