"""Reports as files that open clean, and the costs shared among the gemeenten.

The same figures everywhere, to the cent.
"""

import json
import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from support.cast import Client, reader
from support.families import melding
from support.patience import patient

from amhk.desk.intake import calls
from amhk.office import open_office

COSTS = """
[costs]
budget = { 2025 = 1000.10, 2026 = 2000 }
years = 2
[costs.history.2024]
Schiedam = 30
Brielle = 10
[costs.history.2025]
Schiedam = 10
Brielle = 10
"""


@pytest.fixture
def office(sqlite_office):
    """On SQLite: files are written. The database is asked on both elsewhere."""
    return sqlite_office


@pytest.fixture
def house(folder):
    """A meldpunt with a budget, two meldingen from Schiedam and one from Brielle."""
    from support.cast import hire

    folder.write_text(folder.read_text(encoding="utf-8") + COSTS, encoding="utf-8")
    office = open_office(folder, proof=False)
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T09:00")
    tom = reader(office, "Tom")
    for place in ("Schiedam", "Schiedam", "Brielle"):
        calls.take_call(office, melding([{"naam": "Persoon Voorbeeld"}], gemeente=place), tom)
    yield Client(office, "Rita")
    office.close()


def from_ods(content):
    from odf.opendocument import load
    from odf.table import Table, TableCell, TableRow

    told = {}
    for table in load(BytesIO(content)).getElementsByType(Table):
        told[table.getAttribute("name")] = [
            [
                (
                    float(c.getAttribute("value"))
                    if c.getAttribute("valuetype") == "float"
                    else str(c) or None
                )
                for c in row.getElementsByType(TableCell)
            ]
            for row in table.getElementsByType(TableRow)
        ]
    return told


def from_xlsx(content):
    return {
        page.title: [[c.value for c in row] for row in page.rows]
        for page in load_workbook(BytesIO(content)).worksheets
    }


@pytest.mark.parametrize(("name", "period"), [("kwartaal", "2026-Q1"), ("kosten", "2026")])
def test_both_workbooks_hold_the_same_typed_figures_as_the_report_itself(house, name, period):
    report = house.get(f"/reports/{name}?period={period}")
    xlsx, ods = (
        house.ask("GET", f"/reports/{name}?period={period}&format={f}").content
        for f in ("xlsx", "ods")
    )
    first, second = from_xlsx(xlsx), from_ods(ods)
    more = {"kwartaal": ["Splitsingen", "Met eerdere perioden"], "kosten": []}[name]
    assert list(first) == list(second) == ["Cijfers", *more, "Definities", "Over dit bestand"]
    assert first["Cijfers"] == second["Cijfers"] and first["Definities"] == second["Definities"]
    head, *rows = first["Cijfers"]
    parts = [
        f"{level.capitalize()} {r['gemeente']}"
        for level, lines in report.get("levels", {}).items()
        for r in lines
    ]
    assert [r[0] for r in rows] == [r["gemeente"] for r in report["rows"]] + parts + ["Totaal"]
    assert all(isinstance(c, int | float | None) for r in rows for c in r[1:]), (
        "numbers are numbers"
    )
    wanted = {"kwartaal": ("Meldingen", [3]), "kosten": ("Verrekening (euro)", [2000])}[name]
    assert [rows[-1][head.index(wanted[0])]] == wanted[1]
    assert load_workbook(BytesIO(xlsx))["Cijfers"].freeze_panes == "B2"
    assert house.ask("GET", f"/reports/{name}?period={period}&format=ods").content == ods, (
        "the same figures give the same file"
    )


def test_a_report_on_paper_is_tagged_and_holds_every_figure(house):
    from pypdf import PdfReader

    for name, period, said in (
        ("kwartaal", "2026-Q1", "Veiligheidsbeoordeling op tijd"),
        ("kosten", "2026", "1.333,33"),
    ):
        pdf = PdfReader(
            BytesIO(house.ask("GET", f"/reports/{name}?period={period}&format=pdf").content)
        )
        text = " ".join(p.extract_text() for p in pdf.pages)
        assert said in text and "OEFENING: geen echte cijfers" in text and "Schiedam" in text
        assert (
            bool(pdf.trailer["/Root"]["/MarkInfo"]["/Marked"])
            and pdf.trailer["/Root"]["/Lang"] == "nl"
        )


def test_the_costs_are_shared_both_ways_and_add_up_to_the_cent(house):
    told = house.get("/reports/kosten?period=2026")
    rows = {r["gemeente"]: r for r in told["rows"]}
    # vlaktax 2026: average of 2024 and 2025, 20 and 10; verrekening: two meldingen and one
    assert (rows["Schiedam"]["vlaktax"], rows["Brielle"]["vlaktax"]) == (133333, 66667)
    assert (rows["Schiedam"]["verrekening"], rows["Brielle"]["verrekening"]) == (133333, 66667)
    # 2025, of 1,000.10: vlaktax over 2024 alone (30 and 10), verrekening 10 and 10
    assert (rows["Schiedam"]["vlaktax_vorig"], rows["Brielle"]["vlaktax_vorig"]) == (75007, 25003)
    assert (rows["Schiedam"]["verrekening_vorig"], rows["Brielle"]["verrekening_vorig"]) == (
        50005,
        50005,
    )
    for way in ("vlaktax", "verrekening"):
        assert sum(r[way] for r in told["rows"]) == told["total"][way] == 200000
    assert (
        told["provisional"] is True
        and "hier toegepast op de eigen kosten van het meldpunt" in told["source"]
    )
    csv = house.ask("GET", "/reports/kosten?period=2026&format=csv").text
    assert "Schiedam;2;20.0;1.333,33;750,07;1.333,33;500,05" in csv


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-Q1", "per jaar verdeeld"),
        ("2024", "geen budget"),
        ("2031", "nog niet begonnen"),
        ("onzin", "geen periode"),
    ],
)
def test_costs_that_cannot_be_shared_are_refused_in_a_sentence(house, period, said):
    assert (
        said
        in house.ask("GET", f"/reports/kosten?period={period}", expect=422).json()["errors"][0][
            "text"
        ]
    )


def test_costs_are_for_who_may_count_every_case(house, folder):
    office = open_office(folder, proof=False)
    assert (
        "hele regio"
        in Client(office, "Anna")
        .ask("GET", "/reports/kosten?period=2026", expect=403)
        .json()["detail"]
    )
    assert Client(office, "Mia").get("/reports/kosten?period=2026")["budget"] == 200000
    office.close()


def test_a_budget_that_is_no_amount_is_named(folder):
    from amhk.errors import HouseClosed

    wrong = (
        '\n[costs]\nbudget = { 2026 = "veel", 2025 = 1.005 }\nyears ='
        " 0\n[costs.history.2024]\nNergens = 3\n"
    )
    folder.write_text(folder.read_text(encoding="utf-8") + wrong, encoding="utf-8")
    with pytest.raises(HouseClosed) as refusal:
        open_office(folder, proof=False)
    assert all(
        part in str(refusal.value)
        for part in ("costs.budget.2026", "costs.budget.2025", "costs.years", "'Nergens'")
    )


def test_a_text_that_looks_like_a_formula_stays_a_text_in_every_workbook():
    from datetime import UTC, datetime

    from amhk.sheets.workbook import Sheet, as_ods, as_xlsx

    sheet = Sheet("Blad", ("=1+1", "b"), (("=cmd|x", 1), ("@SUM(A1)", 2.5), ("+31", None)))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [["=1+1", "b"], ["=cmd|x", 1], ["@SUM(A1)", 2.5], ["+31", None]]
    assert (
        from_xlsx(as_xlsx([sheet], "t", now))["Blad"]
        == rows
        == from_ods(as_ods([sheet], "t", now))["Blad"]
    )
    assert b"<f>" not in as_xlsx([sheet], "t", now) and json.dumps(rows)


def opened_by_libreoffice(folder, content, kind):
    """Every sheet of a workbook as LibreOffice itself reads it: rows of text."""
    import csv
    import subprocess

    path = folder / f"rapport.{kind}"
    path.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    # ; " UTF-8, every sheet, as shown
    filter_ = "csv:Text - txt - csv (StarCalc):59,34,76,1,,1033,false,true,false,false,false,-1"
    subprocess.run(
        [
            "soffice",
            profile,
            "--headless",
            "--norestore",
            "--convert-to",
            filter_,
            "--outdir",
            str(folder / kind),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=patient(180),
    )
    told = {}
    for sheet in sorted((folder / kind).glob("*.csv")):
        with sheet.open(encoding="utf-8", newline="") as file:
            told[sheet.stem.removeprefix("rapport-")] = list(csv.reader(file, delimiter=";"))
    return told


def as_shown(cell):
    """A cell as LibreOffice writes it."""
    if isinstance(cell, bool) or cell is None:
        return ""
    return (
        (str(int(cell)) if float(cell).is_integer() else str(cell))
        if isinstance(cell, int | float)
        else cell
    )


def test_both_workbooks_are_read_back_equal_by_libreoffice_itself(house, tmp_path):
    from amhk.desk.figures import report_files, reports

    evil = '=HYPERLINK("http://kwaad";1)'
    for name, period in (("kwartaal", "2026-Q1"), ("kosten", "2026")):
        report = reports.make(house.office, name, period, reader(house.office, "Rita"))
        report["rows"][0]["gemeente"] = evil  # a name that looks like a formula stays a name
        wanted = {s.name: [list(s.head), *map(list, s.rows)] for s in report_files.sheets(report)}
        for kind in ("ods", "xlsx"):
            folder = tmp_path / f"{name}-{kind}"
            folder.mkdir()
            told = opened_by_libreoffice(
                folder, report_files.rendered(house.office, report, kind)[0], kind
            )
            assert list(told) == sorted(wanted)
            for sheet, rows in wanted.items():
                assert told[sheet] == [[as_shown(c) for c in row] for row in rows], (kind, sheet)
            assert told["Cijfers"][1][0] == evil


def test_a_gemeente_that_left_halfway_pays_for_the_part_of_the_year_it_belonged(house, folder):
    folder.write_text(
        folder.read_text(encoding="utf-8") + "\n[gemeenten.Brielle]\ntot = 2026-07-01\n",
        encoding="utf-8",
    )
    office = open_office(folder, proof=False)
    told = Client(office, "Rita").get("/reports/kosten?period=2026")
    rows = {r["gemeente"]: r for r in told["rows"]}
    # average use of 2024 and 2025: 20 and 10, of which Brielle for half a year
    assert (rows["Schiedam"]["vlaktax"], rows["Brielle"]["vlaktax"]) == (160000, 40000)
    assert sum(r["vlaktax"] for r in told["rows"]) == 200000
    office.close()


STYLED = "/reports/kwartaal?period=2026-Q1&style="


@pytest.mark.parametrize("style", ["tien", "cbs"])
def test_a_share_of_too_few_never_reads_as_the_share_itself(house, style):
    """'Op tijd: 10 of minder' reads as ten percent.

    In sentences, cells and pictures it is too little to show.
    """
    report = house.get(f"{STYLED}{style}")
    assert [
        s for s in report["sentences"] if "op tijd" in s and "te weinig om te tonen" in s
    ] == report["sentences"][2:]
    head, *rows = [
        line.split(";")
        for line in house.ask("GET", f"{STYLED}{style}&format=csv").text.splitlines()
    ]
    kinds = {d["title"]: d["kind"] for d in report["definitions"].values()}
    for row in rows:
        told = {
            title: cell
            for title, cell in zip(head, row, strict=True)
            if kinds.get(title.strip('"\ufeff')) not in (None, "count")
        }
        assert told and not any("10 of minder" in cell for cell in told.values()), told


@pytest.mark.parametrize("style", ["", "tien", "cbs"])
def test_a_picture_without_a_number_says_so(house, style):
    page = house.ask("GET", f"{STYLED}{style}&format=html").text
    pictures = page.split("<svg")[1:]
    assert len(pictures) == 4
    bare = []
    for picture in pictures:
        drawn, beneath = (
            picture.split("</svg>")[0],
            picture.split("</svg>")[1].split("</figure>")[0],
        )
        cells = re.findall("<td>(.*?)</td>", beneath.split("<tbody>")[1])
        bare.append(
            set(cells) <= {"-", ".", "10 of minder", "afgeschermd", "te weinig om te tonen"}
        )
        assert bare[-1] == ("om te tonen" in drawn.lower()), (cells, drawn[:300])
    assert True in bare


def test_the_board_reads_one_page_and_what_cannot_be_shown_stands_in_one_line(house):
    from pypdf import PdfReader

    report = house.get(f"{STYLED}tien")
    pages = [
        p.extract_text()
        for p in PdfReader(BytesIO(house.ask("GET", f"{STYLED}tien&format=pdf").content)).pages
    ]
    first = " ".join(pages[0].split())
    assert all(sentence in first for sentence in report["sentences"]), "four sentences"
    assert all(
        title in first
        for title in (
            "Adviezen en meldingen",
            "Lopende meldingen op de laatste dag",
            "Op tijd: voortgangscontrole",
        )
    )
    assert "Cijfers" not in pages[0], "the tables begin on the next page"
    rest = " ".join(" ".join(pages[1:]).split())
    assert "Niet getoond, te weinig of afgeschermd: " in rest
    assert (
        "Veiligheidsbeoordeling op tijd"
        in rest.split("Niet getoond, te weinig of afgeschermd: ")[1][:600]
    )
