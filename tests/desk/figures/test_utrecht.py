"""The table of Utrecht (regiovisie, 2012).

So many children in onderzoek per gemeente give back every cell, 2005 in all, and can be published.
"""

import csv

import pytest
from conftest import ROOT, make_folder
from support.cast import Client, hire, reader
from support.solver import Attacker, known

from amhk.desk.cases import moves
from amhk.desk.figures import areas as desk_areas
from amhk.desk.figures import publish, reports
from amhk.desk.intake import calls
from amhk.office import open_office
from amhk.rules.figures.periods import read_period
from amhk.rules.figures.small_numbers import OTHER, SMALL, STYLES

TABLE = ROOT / "tests" / "support" / "utrecht-2012.csv"
TEN = STYLES["tien"]
TOTAL = 2005


def wanted():
    """Children in onderzoek by gemeente, as printed."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            r["gemeente"]: int(r["amk_jeugdigen_in_onderzoek_2012"])
            for r in csv.DictReader(file)
            if r["gemeente"] != "totaal"
        }


def household(count, mark):
    """So many children of one family, some of whom only their age or only that they are a child is
    known.
    """
    births = ({"geboren": "2018-05-04"}, {"geboren": "2012"}, {}, {"uitgerekend": "2026-08-01"})
    roles = (["kind"], ["kind"], ["kind"], ["ongeboren kind"])
    return [
        {"naam": f"Kind {n} van gezin {mark}", "rollen": roles[n % 4], **births[n % 4]}
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def utrecht(tmp_path_factory):
    """A meldpunt in which every child of the table is in onderzoek.

    Nine to a melding at most, grown-ups beside them.
    """
    office = open_office(
        make_folder(tmp_path_factory.mktemp("utrecht"), "meldpunt.sqlite", region="utrecht"),
        proof=False,
    )
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T09:00")
    tom, mark = reader(office, "Tom"), 0
    for gemeente, children in wanted().items():
        while children > 0:
            some, mark = min(children, 9), mark + 1
            people = [
                *household(some, mark),
                {"naam": f"Ouder {mark}", "geboren": "1985-01-01", "rollen": ["ouder"]},
            ]
            call = {
                "route": "melding",
                "kanaal": "telefoon",
                "ontvangen": "2026-02-02T08:30",
                "hoedanigheid": "15",
                "gemeente": gemeente,
                "zorgen": "zorg",
                "acuut": False,
                "melder": {"naam": "School"},
                "betrokkenen": people,
            }
            number = calls.take_call(office, call, tom)
            moves.make_move(
                office,
                number,
                "veiligheidsbeoordeling",
                {"uitkomst": "onderzoek nodig"},
                tom,
                checked=False,
            )
            moves.make_move(office, number, "onderzoek_besluiten", {}, tom, checked=False)
            children -= some
    yield office
    office.close()


def test_every_cell_of_the_table_of_utrecht_comes_back_and_the_total(utrecht):
    told = reports.make(utrecht, "kwartaal", "2026-Q1", reader(utrecht, "Rita"))
    assert {row["gemeente"]: row["kinderen_onderzoek"] for row in told["rows"]} == wanted()
    assert told["total"]["kinderen_onderzoek"] == TOTAL == sum(wanted().values())
    assert sum(row["kinderen_onderzoek"] for row in told["levels"]["subregio"]) == TOTAL


def test_published_the_small_cells_say_10_of_minder_and_nobody_can_solve_for_them(utrecht):
    told = reports.make(utrecht, "kwartaal", "2026-Q1", reader(utrecht, "Rita"), style="tien")
    cells = {row["gemeente"]: row["kinderen_onderzoek"] for row in told["rows"]}
    for gemeente, count in wanted().items():
        assert cells[gemeente] in ((TEN.small,) if count <= TEN.most else (count, TEN.other)), (
            gemeente
        )
    assert TEN.small in cells.values()
    assert told["total"]["kinderen_onderzoek"] == TOTAL
    # everything printed, as equations: gemeenten add up to subregio's, these to the whole
    attacker, label = Attacker(), {TEN.small: SMALL, TEN.other: OTHER}
    lines = {f"g:{n}": v for n, v in cells.items()} | {
        f"s:{r['gemeente']}": r["kinderen_onderzoek"] for r in told["levels"]["subregio"]
    }
    for name, value in (lines | {"all": TOTAL}).items():
        attacker.cell(
            name, *(known(label[value], TEN.most) if isinstance(value, str) else (value, value))
        )
    areas = [
        a
        for a in desk_areas.areas_of(utrecht, read_period("2026-Q1"), False)
        if a.level == "subregio"
    ]
    for area in areas:
        attacker.adds_up(f"s:{area.name}", [f"g:{g}" for g in area.rows])
    attacker.adds_up("all", [f"s:{a.name}" for a in areas])
    hidden = [name for name, value in lines.items() if isinstance(value, str)]
    assert hidden
    assert [name for name in hidden if len(set(attacker.span(name))) == 1] == []


def test_a_number_that_is_hidden_is_hidden_in_every_file(utrecht):
    from amhk.desk.figures import report_files

    rita = reader(utrecht, "Rita")
    for style, word in (("tien", "10 of minder"), ("cbs", ".")):
        csv_ = report_files.render(utrecht, "kwartaal", "2026-Q1", "csv", rita, style=style)[
            0
        ].decode("utf-8-sig")
        head, *rows = csv.reader(csv_.splitlines(), delimiter=";")
        montfoort = next(r for r in rows if r[0] == "Montfoort")
        assert montfoort[head.index("Kinderen in onderzoek")] == word
        for format in ("html", "json"):
            assert (
                word
                in report_files.render(utrecht, "kwartaal", "2026-Q1", format, rita, style=style)[
                    0
                ].decode()
            )


def test_an_area_that_lies_across_others_is_not_published():
    places = [
        publish.Place("region", frozenset("abcd")),
        publish.Place("one", frozenset("ab")),
        publish.Place("across", frozenset("bc")),
        *(publish.Place(x, frozenset(x)) for x in "abcd"),
    ]
    assert publish.tree(places) == {
        "region": None,
        "one": "region",
        "a": "one",
        "b": "one",
        "c": "region",
        "d": "region",
    }


def test_what_one_figure_says_of_another_gives_nothing_away():
    """Outcomes are at most the onderzoeken, a median says how many were at most so long.

    What an attacker tried.
    """
    from amhk.rules.figures.definitions import Definition

    def figure(name, kind, fact, **more):
        return Definition(
            name=name,
            title=name,
            sentence="zin",
            group="groep",
            kind=kind,
            population="wie",
            moment="moment",
            source="bron",
            fact=fact,
            **more,
        )

    done, half = figure("done", "aantal", "duur"), figure("half", "mediaan", "help")
    outcome = figure("outcome", "splitsing", "uitkomst", list_name="uitkomst", at_most="done")
    soon = figure("soon", "deel", "help", good=("0", "1", "2"))
    parents = {"all": None, "m": "all", "s": "all", "v": "all"}
    spread = {"m": ([10, 19], [1, 19]), "s": ([40, 60], [3, 60]), "v": ([30, 50], [3, 50])}
    lines = {
        "m": {"done": 11, "outcome": {"06": 11}},
        "s": {"done": 20, "outcome": {"06": 3, "03": 17}},
        "v": {"done": 20, "outcome": {"06": 20}},
        "all": {"done": 51, "outcome": {"06": 34, "03": 17}, "soon": [80, 129], "half": [3, 129]},
    }
    for area, (share, median) in spread.items():
        lines[area] |= {"soon": share, "half": median}
    told = publish.protected(
        {d.name: d for d in (done, outcome, soon, half)},
        {"done": "duur", "outcome": "uitkomst", "soon": "help", "half": "help"},
        parents,
        lines=lines,
        lists={"outcome": {"06": "06", "03": "03"}},
        style=TEN,
    )
    attacker, label = Attacker(), {TEN.small: (0, 10), TEN.other: (0, 1e6)}
    for area, line in told.items():
        low, high = label[line["done"]] if isinstance(line["done"], str) else (line["done"],) * 2
        attacker.cell((area, "done"), low, high)
        for value, count in line["outcome"].items():
            attacker.cell(
                (area, value), *(label[count] if isinstance(count, str) else (count, count))
            )
            attacker.adds_up((area, "done"), [(area, value)], (0, 1e6))
    for column in ("done", "06", "03"):
        attacker.adds_up(("all", column), [(a, column) for a in "msv"])
    hidden = [
        (a, v) for a, line in told.items() for v, n in line["outcome"].items() if isinstance(n, str)
    ]
    assert ("s", "06") in hidden
    assert [cell for cell in hidden if len(set(attacker.span(cell))) == 1] == []
    assert isinstance(told["m"]["soon"], str)
    assert isinstance(told["m"]["half"], str), (
        "a median beside a hidden share would tell how many at least"
    )
