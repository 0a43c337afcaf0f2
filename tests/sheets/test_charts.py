"""A chart on screen and on paper: what is not shown is never drawn as nought."""

import pytest

from amhk.sheets.charts import Series, chart


@pytest.mark.parametrize("unit", ["", "%"])
def test_a_number_that_is_not_shown_stands_as_a_gap_and_is_said_so(unit):
    drawn = chart("Meldingen", ["1e kw", "2e kw"], [Series("Meldingen", (12.0, None))], unit)
    assert (
        drawn.count(">–<") == 1
        and "– geen getal getoond" in drawn
        and "geen getal getoond" in drawn.partition("<rect")[0]
    )


def test_a_chart_with_every_number_says_nothing_of_gaps():
    assert "geen getal" not in chart(
        "Meldingen", ["1e kw", "2e kw"], [Series("Meldingen", (12.0, 0.0))]
    )


def test_a_chart_without_any_number_says_so_once():
    drawn = chart(
        "Meldingen", ["1e kw"], [Series("Meldingen", (None,))], empty="te weinig om te tonen"
    )
    assert "te weinig om te tonen" in drawn and "–" not in drawn
