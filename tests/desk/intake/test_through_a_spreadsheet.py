"""A file that passed through a spreadsheet.

What it changed is read rightly or asked, no form is lost, none counts twice, and none is changed in
silence.
"""

import csv
import io
import subprocess
from datetime import UTC, datetime

import openpyxl
import pytest
from support.bulk import bring, file_of, form, numbers, take
from support.cast import Client, reader
from support.families import melding

from amhk.desk.intake import imports_view
from amhk.rules.parse import read_moment, unfit
from amhk.words import iso, local

HEAD = [
    "id",
    "ontvangen",
    "kanaal",
    "hoedanigheid",
    "gemeente",
    "aanleiding",
    "zorgen",
    "acuut",
    "melder.naam",
    "melder.bereikbaar",
    "betrokkenen.0.naam",
    "betrokkenen.0.geboren",
    "betrokkenen.0.rollen",
    "betrokkenen.0.bsn",
]
KENMERKEN = [
    "000123",
    "123",
    "PF-0007",
    "2026000000000001",
    "2026000000000002",
    "0000123456789012345",
    "12E4",
    "1-2",
    "00",
    "7.10",
]


def rows():
    """Forms whose values a spreadsheet likes to change."""
    told = []
    for n, kenmerk in enumerate(k for k in KENMERKEN if k != "123"):
        told.append(
            [
                kenmerk,
                f"2026-02-01T{10 + n}:05",
                "zorgformulier politie",
                "01",
                "Schiedam",
                "06",
                f"Ruzie, {n} keer; de buren belden.",
                "ja" if n % 2 else "nee",
                "Politie",
                "010-4567890",
                f"Kim Jansen {'abcdefghij'[n]}",
                "1984-05-21",
                "ouder",
                "999990019" if n % 3 else "",
            ]
        )
    return told


def as_csv(told):
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEAD, *told])
    return text.getvalue().encode()


def converted(folder, path, filter_, language):
    """What LibreOffice makes of a file when somebody of that language opens and saves it."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    reads = f"--infilter=CSV:59,34,76,1,,{language},false,true"
    told = [
        "soffice",
        profile,
        "--headless",
        "--norestore",
        *([reads] if path.suffix == ".csv" else []),
        "--convert-to",
        filter_,
    ]
    subprocess.run(
        [*told, "--outdir", str(folder / "uit"), str(path)],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return folder / "uit" / f"{path.stem}.{filter_.partition(':')[0]}"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The same forms as they came, and as a Dutch and an English spreadsheet save them.

    As workbook, and as CSV again.
    """
    folder, found = tmp_path_factory.mktemp("blad"), {"zoals gekomen": as_csv(rows())}
    for name, language in (("nederlands", 1043), ("engels", 1033)):
        path = folder / f"{name}.csv"
        path.write_bytes(found["zoals gekomen"])
        book = converted(folder, path, "xlsx", language)
        found[f"{name} xlsx"] = book.read_bytes()
        table = converted(
            folder,
            book,
            f"csv:Text - txt - csv (StarCalc):59,34,76,1,,{language},false,true",
            language,
        )
        found[f"{name} csv"] = table.read_bytes()
    return found


BENT = ["nederlands xlsx", "nederlands csv", "engels xlsx", "engels csv"]


def counted(office, key):
    told = imports_view.view(office, key, reader(office, "Tom"))
    return {k: told[k] for k in ("total", "ready", "repair", "again")}


@pytest.mark.parametrize("kind", BENT)
def test_forms_that_came_and_come_again_through_a_spreadsheet_are_known_or_asked(
    sqlite_client, sqlite_office, saved, kind
):
    office, count = sqlite_office, len(rows())
    assert take(office, bring(office, io.BytesIO(saved["zoals gekomen"]))) == count
    before = numbers(sqlite_client)
    told = counted(office, bring(office, io.BytesIO(saved[kind])))
    assert told["total"] == count and told["again"] + told["repair"] == count, (kind, told)
    assert numbers(sqlite_client) == before


@pytest.mark.parametrize("kind", BENT)
def test_forms_that_come_bent_first_are_none_twice_and_a_kenmerk_that_became_another_is_asked(
    sqlite_client, sqlite_office, saved, kind
):
    office = sqlite_office
    first = bring(office, io.BytesIO(saved[kind]))
    asked = counted(office, first)
    taken = take(office, first)
    assert taken + asked["repair"] == len(rows())
    told = counted(office, bring(office, io.BytesIO(saved["zoals gekomen"])))
    assert told["again"] + told["repair"] == taken, (
        kind,
        asked,
        told,
        "what was taken comes again, or is asked",
    )
    assert told["repair"] <= 2, (
        "12E4 is 120000 by then, and 1-2 a day: nobody can see it until the true one comes"
    )


def test_zeros_in_front_make_no_other_form_and_a_long_number_is_known_by_what_is_left_of_it(
    sqlite_client, sqlite_office
):
    office = sqlite_office
    take(
        office,
        bring(
            office,
            [
                form(1, id="000123"),
                form(2, id="2026000000000001"),
                form(3, id="2026000000000002", ontvangen="2026-02-02T05:00"),
            ],
        ),
    )
    told = [
        form(1, id="123"),
        form(2, id="2026000000000000"),
        form(3, id="2026000000000000", ontvangen="2026-02-02T05:00"),
        form(1, id="123", zorgen="Anders."),
    ]
    assert counted(office, bring(office, told)) == {"total": 4, "ready": 0, "repair": 1, "again": 3}


@pytest.mark.parametrize(
    "cell",
    [
        "#NAAM?",
        "#NAME?",
        "#N/B",
        "#N/A",
        "#REF!",
        "#VERW!",
        "#WAARDE!",
        "#VALUE!",
        "#DEEL/0!",
        "#DIV/0!",
        "#GETAL!",
        "#NUM!",
        "########",
        "#naam?",
    ],
)
def test_an_error_of_a_spreadsheet_is_no_text_in_any_door(sqlite_client, sqlite_office, cell):
    assert "rekenblad" in unfit(cell, 200)
    wrong = sqlite_client.post("/cases", melding(zorgen=cell), expect=422)
    assert [e["field"] for e in wrong["errors"]] == ["zorgen"] and cell in wrong["errors"][0][
        "text"
    ]
    assert (
        counted(sqlite_office, bring(sqlite_office, file_of([form(1, zorgen=cell)])))["repair"] == 1
    )


@pytest.mark.parametrize("cell", ["1,23457E+14", "1.23457E+14", "2E15", "1,2e+05"])
def test_a_number_that_was_cut_off_is_asked(sqlite_client, sqlite_office, cell):
    wrong = sqlite_client.post("/cases", melding(id=cell), expect=422)
    assert [e["field"] for e in wrong["errors"]] == ["id"] and "afkapte" in wrong["errors"][0][
        "text"
    ]
    assert counted(sqlite_office, bring(sqlite_office, [form(1, id=cell)]))["repair"] == 1


def test_a_number_too_long_for_a_workbook_is_asked_and_not_rounded(sqlite_client, sqlite_office):
    book, told = openpyxl.Workbook(), io.BytesIO()
    row = rows()[0]
    book.active.append(HEAD)
    book.active.append([2026000000000001, *row[1:]])
    book.active.append([12345, *row[1:-4], "Kees Jansen", *row[-3:]])
    book.save(told)
    told.seek(0)
    assert counted(sqlite_office, bring(sqlite_office, told)) == {
        "total": 2,
        "ready": 1,
        "repair": 1,
        "again": 0,
    }


@pytest.mark.parametrize(
    "cell",
    [
        "2-2-2026 3:10:00",
        "2-2-2026 03:10",
        "2026-02-02 03:10:00",
        "2026-02-02T03:10",
        "2-2-2026 3.10 uur",
    ],
)
def test_a_moment_is_read_as_a_spreadsheet_writes_it(sqlite_client, sqlite_office, cell):
    assert (
        iso(local(read_moment(cell, datetime(2026, 2, 3, tzinfo=UTC))))[:16] == "2026-02-02T03:10"
    )
    assert (
        sqlite_client.case(sqlite_client.post("/cases", melding(ontvangen=cell))["number"])[
            "ontvangen"
        ][:16]
        == "2026-02-02T03:10"
    )


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("WAAR", True),
        ("ONWAAR", False),
        ("waar", True),
        ("TRUE", True),
        ("FALSE", False),
        ("ja", True),
    ],
)
def test_yes_and_no_are_read_as_a_spreadsheet_writes_them(sqlite_client, sqlite_office, cell, told):
    assert (
        sqlite_client.case(sqlite_client.post("/cases", melding(acuut=cell))["number"])["acuut"]
        == told
    )
    assert take(sqlite_office, bring(sqlite_office, [form(1, acuut=cell)])) == 1


def test_a_number_that_lost_its_zero_is_offered_with_it_and_a_bsn_is_read_with_it(
    sqlite_client, sqlite_office
):
    wrong = sqlite_client.post(
        "/cases", melding(melder={"naam": "Jan", "bereikbaar": "612345678"}), expect=422
    )
    assert "0612345678" in wrong["errors"][0]["text"]
    assert (
        counted(
            sqlite_office,
            bring(sqlite_office, [form(1, melder={"naam": "Jan", "bereikbaar": "10 4567890"})]),
        )["repair"]
        == 1
    )
    child = {"naam": "Kind", "geboren": "2019", "rollen": ["kind"], "bsn": "99990003"}
    case = sqlite_client.case(sqlite_client.post("/cases", melding([child]))["number"])
    assert case["people"][0]["bsn"] == "099990003"
    assert sqlite_client.post("/cases", melding([child | {"bsn": "99990004"}]), expect=422)[
        "errors"
    ]


@pytest.mark.parametrize("first", ["sep=;\r\n", "\ufeffsep=;\r\n", '"sep=;"\r\n', "SEP=;\n"])
def test_a_csv_that_says_what_stands_between_is_read(sqlite_client, sqlite_office, first):
    told = first.encode() + as_csv(rows()[:2])
    assert counted(sqlite_office, bring(sqlite_office, io.BytesIO(told)))["ready"] == 2


def test_forms_that_say_the_same_under_kenmerken_of_their_own_are_forms_of_their_own(
    sqlite_client, sqlite_office
):
    told = [form(1, id=f"ZF-{n}") for n in range(4)] + [form(1, id=str(100 + n)) for n in range(4)]
    assert counted(sqlite_office, bring(sqlite_office, told)) == {
        "total": 8,
        "ready": 8,
        "repair": 0,
        "again": 0,
    }


@pytest.mark.parametrize(
    ("true", "bent"),
    [
        ("12E4", "120000"),
        ("7.10", "7,1"),
        ("7.10", "7.1"),
        ("1-2", "2026-02-01"),
        ("1/2", "1-2-2026"),
        ("1-2", "1-2-26"),
        ("1-2", "02/01/26"),
    ],
)
def test_a_kenmerk_that_became_another_is_asked(sqlite_client, sqlite_office, true, bent):
    assert take(sqlite_office, bring(sqlite_office, [form(1, id=true)])) == 1
    assert counted(sqlite_office, bring(sqlite_office, [form(1, id=bent)])) == {
        "total": 1,
        "ready": 0,
        "repair": 1,
        "again": 0,
    }


def test_two_numbers_that_share_fifteen_digits_are_two_forms(sqlite_client, sqlite_office):
    told = [form(n, id=f"202600000000000{n}", ontvangen=f"2026-02-02T0{n}:00") for n in range(1, 6)]
    assert take(sqlite_office, bring(sqlite_office, told)) == 5
    assert Client(sqlite_office, "Anna").get("/cases")["items"] is not None
