"""Code lists are data with a validity.

What held on the day of receipt can be chosen, and a clash names both fields.
"""

import tomllib
from datetime import date

import pytest
from conftest import ROOT

from amhk.rules.procedure.codes import read_codes

TEXT = (ROOT / "workflows/amhk/codelijsten.toml").read_text(encoding="utf-8")


def read(old="", new="", text=TEXT):
    assert not old or old in text
    return read_codes("codelijsten.toml", tomllib.loads(text.replace(old, new, 1)))


def test_the_shipped_lists_have_no_faults_and_each_names_its_source():
    codes, faults = read()
    assert not faults
    assert codes.on(date(2026, 2, 4))["aard"]["10"] == "Vrouwelijke genitale verminking"
    assert codes.group("hoedanigheid", "15") == "beroepsmatig"
    assert codes.group("hoedanigheid", "35") == "niet-beroepsmatig"


def test_a_code_can_be_chosen_only_on_the_days_it_holds_and_stays_readable_ever_after():
    codes, faults = read(
        '{ code = "09", titel = "Huiselijk geweld, anders" }',
        '{ code = "09", titel = "Huiselijk geweld, anders", tot = 2026-01-01 }',
    )
    assert not faults
    assert "09" in codes.on(date(2025, 12, 31))["aanleiding"]
    assert "09" not in codes.on(date(2026, 1, 1))["aanleiding"]
    assert codes.title("aanleiding", "09") == "Huiselijk geweld, anders"
    assert "geldt niet meer sinds do 1 januari 2026" in codes.why_not(
        "aanleiding", "09", date(2026, 2, 4)
    )
    assert codes.why_not("aanleiding", "99", date(2026, 2, 4)) is None


def test_what_does_not_go_together_is_said_in_one_sentence_that_names_both_fields():
    codes, _ = read()
    (fault,) = codes.faults({"aard": ["05", "01"], "aanleiding": ["01"]}, date(2026, 2, 4))
    assert (
        fault.text
        == "Aard 05 kan alleen bij aanleiding 06, 07 of 08. Pas 'Aard' of 'Aanleiding' aan."
    )
    assert not codes.faults({"aard": ["05"], "aanleiding": ["01", "07"]}, date(2026, 2, 4))


def test_a_cross_rule_holds_only_between_its_days():
    codes, faults = read(
        'alleen_bij = ["06", "07", "08"]', 'alleen_bij = ["06", "07", "08"]\ntot = 2019-01-01'
    )
    assert not faults
    assert codes.faults({"aard": ["05"]}, date(2018, 12, 31))
    assert not codes.faults({"aard": ["05"]}, date(2019, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('veld = "aard"', 'veld = "aart"', "is geen lijst"),
        ('alleen_bij = ["06"', 'alleen_bij = ["66"', "code '66' staat niet in 'aanleiding'"),
        (
            '{ code = "02", titel = "Eergerelateerd geweld" }',
            '{ code = "01", titel = "Eergerelateerd geweld" }',
            "staat er twee keer in",
        ),
        (
            'titel = "Partnergeweld"',
            'titel = "Partnergeweld", tot = "2019"',
            "schrijf een datum als 2019-01-01",
        ),
        (
            'titel = "Partnergeweld"',
            'titel = "Partnergeweld", van = 2020-01-01, tot = 2019-01-01',
            "ligt niet na 'van'",
        ),
        ("[lijsten.kanaal]", "[lijsten.kanalen]", "lijsten.kanaal: deze lijst ontbreekt"),
        (
            'code = "35", titel = "Buurtbewoner", groep = "niet-beroepsmatig"',
            'code = "35", titel = "Buurtbewoner", groep = "niet beroepsmatig"',
            "daarvan hangt af",
        ),
        ('titel = "Eergerelateerd geweld"', 'titel = "Partnergeweld"', "staat er twee keer in"),
        ('alleen_bij = ["06", "07", "08"]', "alleen_bij = []", "noemt 'codes' en 'alleen_bij'"),
        (
            'titel = "Partnergeweld"',
            'titel = "Partnergeweld", sinds = 2020-01-01',
            "onbekende sleutel",
        ),
    ],
)
def test_every_fault_in_the_lists_is_named_by_its_key(old, new, said):
    _, faults = read(old, new)
    assert any(said in f.text for f in faults), faults
