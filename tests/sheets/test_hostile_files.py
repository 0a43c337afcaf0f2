"""Files that are made to stop the house.

Read apart, with an end to time and memory, and refused in one sentence.
"""

import io
import json
import random
import zipfile
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest
from conftest import FULL
from jinja2 import TemplateError
from support.patience import until

from amhk.errors import BadInput
from amhk.letters.render import Letters
from amhk.sheets import apart
from amhk.sheets.apart import read_apart
from amhk.sheets.reading import lines

HEAD = ["id", "ontvangen", "zorgen"]


def read(content, **more):
    return list(read_apart(io.BytesIO(content), "formulieren", **more))


def refused(content, **more):
    with pytest.raises(BadInput) as wrong:
        read(content, **more)
    (fault,) = wrong.value.faults
    return fault.text


def workbook(rows):
    book, told = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(told)
    return told.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b'id;zorgen\r\n1;een\r\n\r\n2;"twee; en meer"\r\n',
        b'{"formulieren": [{"id": "1", "melder": {"naam": "J"}, "aanleiding": ["01"]}, 7]}',
        workbook([HEAD, ["0012", "2026-02-02", "tekst"], [None, None, "=1+1"]]),
        b"id,zorgen\n1,a,b,c\n",
    ],
)
def test_a_file_read_apart_gives_what_it_gives_here(content):
    assert read(content) == list(lines(io.BytesIO(content), "formulieren"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"\x00\x01\x02",
        b"\xd0\xcf\x11\xe0",
        b"a;a\n1;2\n",
        b'{"formulieren": [',
        b"PK\x03\x04niets",
    ],
)
def test_a_file_that_is_refused_is_refused_in_the_same_words(content):
    with pytest.raises(BadInput) as here:
        list(lines(io.BytesIO(content), "formulieren"))
    assert refused(content) == here.value.faults[0].text


def test_a_small_workbook_of_very_many_cells_is_not_read_to_its_end():
    small = repeated(workbook([HEAD]), b"<row>" + b"<c><v>1</v></c>" * 3 + b"</row>", 90_000)
    assert len(small) < 48_000
    assert "heel veel cellen" in refused(small)


def repeated(content, row, times):
    """The same workbook with one row in it very many times: it packs to next to nothing."""
    told = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(
                part, old.read(part).replace(b"</sheetData>", row * times + b"</sheetData>")
            )
    return told.getvalue()


def test_a_file_that_asks_too_much_time_or_memory_ends_by_itself_and_leaves_nothing(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(apart, "NamedTemporaryFile", lambda **more: apart_file(tmp_path, **more))
    slow = workbook([HEAD, *(["1", None, None] for _ in range(60_000))])
    with monkeypatch.context() as tight:
        for name, most in (("MOST_SECONDS", 0), ("SECONDS_A_MB", 0)):
            tight.setattr(apart, name, most)
        assert "te veel tijd of geheugen" in refused(slow)
    assert list(tmp_path.iterdir()) == []
    assert read(b"id;zorgen\n1;een\n")[0].cells == {"id": "1", "zorgen": "een"}, (
        "and the next one is read"
    )


def apart_file(folder, **more):
    from tempfile import NamedTemporaryFile

    return NamedTemporaryFile(dir=folder, **more)


def test_more_files_than_the_house_can_hold_are_told_to_come_back():
    """Two are read, two wait in a thread of their own, and the fifth hears so at once.

    The house keeps hands free for who signs in.
    """
    few = b"id;zorgen\n1;een\n2;twee\n"
    held = [read_apart(io.BytesIO(few), "formulieren") for _ in range(2)]
    assert [next(one).number for one in held] == [2, 2]
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(read, few) for _ in range(2)]
        until(lambda: apart._IN_HOUSE._value == 0, 3, "the two that wait")
        assert "over een minuut" in refused(few)
        for one in held:
            one.close()
        assert [len(w.result()) for w in waiting] == [2, 2]
    assert read(b"id;zorgen\n1;een\n")


SEEDS = [
    b"id;ontvangen;zorgen\r\n1;2-2-2026 3:10;tekst\r\n" * 3,
    workbook([HEAD, ["1", "2026-02-02T10:00", "tekst"]]),
    json.dumps(
        {
            "schema": "amhk-formulieren-1",
            "formulieren": [{"id": "1", "melder": {"naam": "J"}, "betrokkenen": [{"naam": "K"}]}],
        }
    ).encode(),
]


def bent(dice):
    """A file somebody bent: bytes changed, cut, repeated, nested.

    Parts of a workbook swapped for something else.
    """
    content = bytearray(dice.choice(SEEDS))
    for _ in range(dice.randrange(1, 12)):
        at = dice.randrange(len(content))
        how = dice.randrange(5)
        if how == 0:
            content[at] = dice.randrange(256)
        elif how == 1:
            del content[at : at + dice.randrange(1, 40)]
        elif how == 2:
            content[at:at] = content[at : at + 20] * dice.randrange(1, 60)
        elif how == 3:
            content[at:at] = dice.choice(
                [
                    b"[" * 200,
                    b"{" * 90,
                    b'"',
                    b";" * 900,
                    b"\x00",
                    "\u202e".encode(),
                    b"&a;",
                    b"9" * 400,
                ]
            )
        content = content or bytearray(b"x")
    return repacked(bytes(content), dice) if dice.random() < 0.3 else bytes(content)


def repacked(content, dice):
    told = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(SEEDS[1])) as old,
        zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            body = old.read(part)
            new.writestr(
                part,
                content * dice.randrange(1, 30)
                if dice.random() < 0.2
                else body.replace(b"<v>", b"<v>" * dice.randrange(1, 3)),
            )
    return told.getvalue()


@pytest.mark.soak
def test_whatever_is_in_a_file_it_is_read_or_refused_in_one_sentence():
    dice = random.Random(16)
    for n in range(25_000 if FULL else 400):
        content = bent(dice)
        try:
            found = list(lines(io.BytesIO(content), "formulieren", "amhk-formulieren-1"))
            assert all(isinstance(line.cells, dict) for line in found), n
        except BadInput as wrong:
            assert len(wrong.faults) == 1 and "\n" not in wrong.faults[0].text, n


PIECES = [
    "{{ a }}",
    "{{ a|join(a) }}",
    "{{ a|join(a)|join(a) }}",
    "{% for x in personen %}{{ x.naam }}{% endfor %}",
    "{% set b = a %}",
    "{{ b|join(b) }}",
    "{% if a %}ja{% endif %}",
    "{{ a * 9 }}",
    "{{ a ** 9 }}",
    "{{ '%9d' % 1 }}",
    "{{ a|replace('', a) }}",
    "{{ ''.join }}",
    "{{ a.__class__ }}",
    "{% include 'x' %}",
    "{{ [a]*9 }}",
    "{{ a|center(999999999) }}",
    "tekst ",
]


@pytest.mark.soak
def test_a_text_of_a_letter_never_makes_more_than_a_letter(tmp_path):
    dice = random.Random(16)
    for n in range(25_000 if FULL else 600):
        text = "".join(dice.choice(PIECES) for _ in range(dice.randrange(1, 9)))
        letters = Letters(tmp_path, {"brief": text}, 1)
        if letters.fault_of("brief"):
            continue
        try:
            made = letters.render(
                "brief", {"a": "woord" * 40, "personen": [{"naam": "K" * 50}] * 30}
            )
        except (TemplateError, TypeError, ValueError):
            continue
        assert sum(len(i) for block in made for i in block.items) <= 500_000, (n, text)


def test_four_chained_joins_are_counted_before_they_are_made(tmp_path):
    letters = Letters(tmp_path, {"brief": "{{ a|join(a)|join(a)|join(a)|join(a) }}"}, 1)
    with pytest.raises(TemplateError, match="tekens lang"):
        letters.render("brief", {"a": "woord" * 200})
    assert Letters(tmp_path, {"brief": "{{ a|join(', ') }}"}, 1).render("brief", {"a": ["x", "y"]})[
        0
    ].items == ("x, y",)
