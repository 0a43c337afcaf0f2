"""What stands above a report, and what the counting rests on, are said by the procedure."""

import copy
import tomllib

import pytest
from conftest import ROOT

from amhk.rules.figures.definitions import read_definitions

STANDARD = tomllib.loads((ROOT / "workflows/amhk/cijfers.toml").read_text(encoding="utf-8"))
THERE = {
    "terms": [d["termijn"] for d in STANDARD["cijfers"].values() if "termijn" in d] + ["onderzoek"],
    "endings": ["geen HG/KM", "gevoegd"],
    "lists": [d["lijst"] for d in STANDARD["cijfers"].values() if "lijst" in d],
}


def read(change=lambda data: None):
    data = copy.deepcopy(STANDARD)
    change(data)
    return read_definitions("cijfers.toml", data, THERE, STANDARD)


def test_the_shipped_figures_are_without_fault():
    found, faults = read()
    assert faults == []
    assert found.counting.research == {"onderzoek"}
    assert len(found.heading.sentences) == 4


@pytest.mark.parametrize(
    ("part", "what", "key", "said"),
    [
        ("rapport", {"zinnen": [{"zin": "{nergens} dit."}]}, "rapport", "'nergens'"),
        ("rapport", {"zinnen": "geen"}, "rapport.zinnen", "lijst van tabellen"),
        ("rapport", {"zinnen": [{"zin": "x", "later": "y"}]}, "rapport.zinnen.0.later", "eerder"),
        ("rapport", {"grafieken": [{"titel": "x", "cijfers": ["weg"]}]}, "rapport", "'weg'"),
        (
            "rapport",
            {"grafieken": [{"titel": "x", "cijfers": ["adviezen"], "eenheid": "km"}]},
            "rapport.grafieken",
            "'km'",
        ),
        ("rapport", {"trend": ["onbekend"]}, "rapport", "'onbekend'"),
        ("rapport", {"koppen": []}, "rapport.koppen", "bekend zijn"),
        ("telling", {"onderzoek": ["onderzoek"]}, "telling.telt_niet", "noem er een"),
        ("telling", {"onderzoek": ["uitzoeken"]}, "telling.onderzoek", "'uitzoeken'"),
        ("telling", {"gevoegd": ["weg"]}, "telling.gevoegd", "'weg'"),
        ("telling", {"anders": ["weg"]}, "telling.anders", "bekend zijn"),
    ],
)
def test_what_no_figure_can_tell_is_refused_by_its_key(part, what, key, said):
    _, faults = read(lambda data: data.update({part: what}))
    assert any(f.field == key and said in f.text for f in faults), faults


def test_a_unit_says_one_and_more():
    _, faults = read(lambda data: data["cijfers"]["adviezen"].update(eenheid=["advies"]))
    assert [f.field for f in faults] == ["cijfers.adviezen.eenheid"]


def test_a_file_from_before_takes_what_its_own_figures_can_tell():
    def before(data):
        del data["rapport"], data["telling"], data["cijfers"]["finish_4"]

    found, faults = read(before)
    assert faults == []
    assert [s.figures[0] for s in found.heading.sentences] == [
        "adviezen",
        "veiligheidsbeoordeling",
        "voortgangscontrole",
    ]
    assert found.counting.uncounted == {"geen HG/KM"}
