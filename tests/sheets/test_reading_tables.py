"""Tables as others make them: read rightly, or refused in one sentence; nothing in them is run."""

import io
import json
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from conftest import ROOT

from amhk.errors import BadInput
from amhk.rules.people.names import bare, name_of, place_of, split_name
from amhk.sheets import reading
from amhk.sheets.reading import lines

EXAMPLES = ROOT / "amhk/seed/formulieren"


def read(content):
    return list(lines(io.BytesIO(content), "formulieren"))


def refused(content):
    with pytest.raises(BadInput) as wrong:
        read(content)
    (fault,) = wrong.value.faults
    assert fault.text.count("\n") == 0
    return fault.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_is_read_in_every_dutch_spelling(encoding, delimiter):
    text = (
        delimiter.join(["naam", "zorgen"])
        + "\r\n"
        + delimiter.join(["Zoë van 't Hof", '"eerste regel\ntweede; regel, met \t alles"'])
        + "\r\n"
    )
    (line,) = read(text.encode(encoding))
    assert line.cells == {
        "naam": "Zoë van 't Hof",
        "zorgen": "eerste regel\ntweede; regel, met \t alles",
    }


def test_the_same_forms_are_the_same_in_csv_xlsx_and_json():
    told = {}
    for kind in ("csv", "xlsx", "json"):
        rows = read((EXAMPLES / f"voorbeeld.{kind}").read_bytes())
        told[kind] = [
            {
                k: ", ".join(v) if isinstance(v, list) else {True: "ja", False: "nee"}.get(v, v)
                for k, v in r.cells.items()
            }
            for r in rows
        ]
    assert told["csv"] == told["xlsx"] == told["json"]
    assert len(told["csv"]) == 3


def test_json_may_be_a_list_or_one_object_a_line():
    assert [x.cells for x in read(b'[{"a": 1}, {"b": {"c": [{"d": 2}]}}]')] == [
        {"a": 1},
        {"b.c.0.d": 2},
    ]
    assert [x.cells for x in read(b'{"a": 1}\n{"a": 2}\n')] == [{"a": 1}, {"a": 2}]


def test_a_row_longer_than_the_head_is_told_of_that_row_only():
    first, second = read(b"a;b\n1;2;3\n4;5\n")
    assert first.wrong == "deze regel heeft 3 cellen en de kop 2"
    assert second.wrong is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is leeg"),
        (b"   \r\n ", "is leeg"),
        (b'a;b\n"1;2\n3;4', "aanhalingsteken"),
        (b"a;a\n1;2", "twee keer"),
        (b";;\n1;2;3", "namen van de kolommen"),
        (b"MZ\x00\x01\x02binary", "geen CSV, XLSX of JSON"),
        (b"a;b\n\x81\x8d;\xff", "niet te lezen"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "oud of versleuteld"),
        (b"PK\x03\x04broken", "beschadigd"),
        (b'{"formulieren": [{"a": 1}, {"b"', "afgebroken"),
        (b'[{"a": }]', "geen geldige JSON"),
        (b"a;b\n" + b"x" * 200_000 + b";1", "langer dan"),
        ((";".join(f"k{n}" for n in range(100_000)) + "\n1").encode(), "100000 kolommen"),
        (json.dumps([{f"k{n}": 1 for n in range(100_000)}]).encode(), "meer dan 5000 gegevens"),
        (b"[" + b"[" * 200_000, "geen geldige JSON"),
    ],
)
def test_a_broken_file_is_refused_in_one_sentence(content, said):
    assert said in refused(content)


def test_forty_megabytes_are_refused_without_being_read():
    assert "40 MB; hooguit 25 MB" in refused(b"a;b\n" + b"1;2\n" * 10_000_000)


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def workbook():
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["naam", "geboren", "aantal"])
    book.active.append(["Zoë", "1979", 12.0])
    book.save(out)
    with zipfile.ZipFile(out) as file:
        return {n: file.read(n) for n in file.namelist()}


def test_a_zip_bomb_is_not_opened():
    assert "uitgepakt groter dan 200 MB" in refused(
        packed(workbook() | {"xl/media/x.xml": b"\0" * 210_000_000})
    )
    assert "uitgepakt groter" in refused(packed({f"{n}.xml": b"" for n in range(2_100)}))


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_further_than_it_says():
    honest = packed(workbook() | {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 5_000_000})
    size = (5_000_011).to_bytes(4, "little")
    assert size in honest
    assert refused(honest.replace(size, (1_000).to_bytes(4, "little")))


def test_a_workbook_with_macros_is_not_opened():
    assert "macro's" in refused(packed(workbook() | {"xl/vbaProject.bin": b"x"}))
    kinds = workbook()["[Content_Types].xml"].replace(
        b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )
    assert "macro's" in refused(packed(workbook() | {"[Content_Types].xml": kinds}))


def test_a_workbook_with_entities_is_not_read():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
        b' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row'
        b' r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    assert refused(packed(workbook() | {"xl/worksheets/sheet1.xml": bomb}))
    assert "geen Excel-bestand" in refused(
        packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"x"})
    )


def test_numbers_days_and_answers_of_a_workbook_are_read_as_typed():
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["bsn", "geboren", "ontvangen", "acuut", "leeg"])
    book.active.append(
        [99996532, date(1991, 3, 14), datetime.fromisoformat("2026-02-02T09:05"), True, None]
    )
    book.active.append([None] * 5)
    book.save(out)
    (line,) = read(out.getvalue())
    assert line.cells == {
        "bsn": "99996532",
        "geboren": "1991-03-14",
        "ontvangen": "2026-02-02T09:05",
        "acuut": "ja",
    }


def sheet_of(xml):
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return packed(workbook() | {"xl/worksheets/sheet1.xml": head + xml + b"</worksheet>"})


def cells(row, *told):
    inner = b"".join(
        b'<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>' % (chr(65 + n).encode(), row, c)
        for n, c in enumerate(told)
    )
    return b'<row r="%d">%s</row>' % (row, inner)


def test_a_workbook_is_read_to_its_end_whatever_it_says_of_its_size():
    rows = b"".join(cells(n, b"naam" if n == 1 else b"x%d" % n) for n in range(1, 41))
    assert (
        len(read(sheet_of(b'<dimension ref="A1:A3"/><sheetData>' + rows + b"</sheetData>"))) == 39
    )


def test_a_workbook_with_a_row_at_the_end_of_the_world_is_refused_at_once():
    assert "te groot" in refused(
        sheet_of(b"<sheetData>" + cells(1, b"naam") + cells(99_999_999_999, b"x") + b"</sheetData>")
    )


def test_what_stands_on_a_second_worksheet_is_not_lost_without_a_word():
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["naam"])
    book.create_sheet().append(["nog een"])
    book.save(out)
    assert "meer dan een werkblad" in refused(out.getvalue())


def test_a_formula_is_not_worked_out_and_said_of_its_row():
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["naam"])
    book.active.append(["=1+1"])
    book.save(out)
    assert "formule" in read(out.getvalue())[0].wrong


def test_a_second_list_and_mixed_letters_are_refused():
    assert "ook 'acuut'" in refused(b'{"formulieren": [{"a": 1}], "acuut": [{"a": 2}]}')
    assert "twee soorten tekens" in refused(
        "a;b\nÇelik;café\n".encode() + "Zoë".encode("cp1252") + b";1\n"
    )


def test_no_more_rows_than_can_be_looked_at(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert "meer dan 2 regels" in refused(b"a\n1\n2\n3\n")


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        ("Mieke van den Berg-de Wit", ("Mieke", "de", "Wit", "van den Berg")),
        ("Sanne Jansen-Visser", ("Sanne", "", "Visser", "Jansen")),
        ("Annie de Boer-'t Hart", ("Annie", "'t", "Hart", "de Boer")),
        ("Cornelis 't Hart", ("Cornelis", "'t", "Hart", "")),
        ("Vries, L. de", ("L.", "de", "Vries", "")),
        ("dr. P. Sewpersad", ("P.", "", "Sewpersad", "")),
        ("van der Berg", ("", "van der", "Berg", "")),
        ("Anne-Marie de Vries", ("Anne-Marie", "de", "Vries", "")),
        ("Zeynep Çelik", ("Zeynep", "", "Çelik", "")),
        ("onbekend", ("", "", "", "")),
    ],
)
def test_a_dutch_name_has_four_parts(told, parts):
    name = split_name(told)
    assert (name.voornamen, name.voorvoegsel, name.geslachtsnaam, name.partnernaam) == parts


def test_what_is_typed_as_a_part_holds_and_the_name_reads_as_it_is_said():
    assert name_of({"naam": "Sanne Jansen-Visser"}).whole() == "Sanne Jansen-Visser"
    assert (
        name_of({"naam": "Ait Ali", "voornamen": "Houda", "geslachtsnaam": "Ait Ali"}).geslachtsnaam
        == "Ait Ali"
    )
    assert bare("van 't Hof") == "hof"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("Havenstraat 12, 3024 AA Rotterdam", "3024aa12"),
        ("havenstr. 12a 3024aa", "3024aa12"),
        ("Lindelaan 4, Spijkenisse", "lindelaan4spykenisse"),
        ("Lindelaan 4, SPYKENISSE", "lindelaan4spykenisse"),
        ("GEHEIM", None),
        ("onbekend, Utrecht", None),
        (None, None),
    ],
)
def test_two_spellings_of_one_address_are_one_place(address, place):
    assert place_of(address) == place
