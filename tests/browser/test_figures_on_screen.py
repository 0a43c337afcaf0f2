"""In headless Chromium, without JavaScript.

From a number to its cases and back, what can be published, and a report that is kept.
"""

import re

import pytest
from playwright.sync_api import expect
from support.screen import clock, sign_in, step, take_melding


@pytest.mark.browser
def test_a_number_leads_to_its_cases_and_a_kept_report_says_what_changed(page):
    sign_in(page)
    clock(page, "4-2-2026 09:00")
    number = take_melding(page)
    step(page, number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    page.goto("/rapportage?period=2026-Q1")
    expect(page.locator("h1")).to_have_text("Rapportage 1e kwartaal 2026")
    expect(page.locator(".warn").first).to_contain_text("Voorlopig")
    expect(page.locator("svg.chart")).to_have_count(4)
    page.locator("section[aria-labelledby=t-meldingen] tbody td a").first.click()
    expect(page.locator("h1")).to_have_text("Meldingen")
    page.click(f"text={number}")
    expect(page).to_have_url(re.compile(f"/zaak/{number}"))
    page.goto("/rapportage?period=2026-Q1")
    page.click("summary:has-text('Meldingen naar aanleiding')")
    page.locator("details[open] tbody td a").first.click()
    expect(page.locator("h1")).to_contain_text(
        "Meldingen naar aanleiding: Kindermishandeling, anders"
    )
    expect(page.locator("main")).to_contain_text(number)
    clock(page, "10-4-2026 09:00")
    sign_in(page, "Mia")
    page.goto("/")
    expect(page.locator("main")).to_contain_text("Nieuw rapport: 1e kwartaal 2026")
    page.click("text=1e kwartaal 2026")
    expect(page.locator("section[aria-labelledby=sinds]")).to_contain_text("nu nog dezelfde")
    step(page, number, "corrigeren", reden="verkeerd verstaan", gemeente="Brielle")
    page.goto("/rapportage?period=2026-Q1")
    page.click("text=wat is er sindsdien veranderd")
    expect(page.locator("section[aria-labelledby=sinds] table")).to_contain_text(
        "1 zaak gecorrigeerd"
    )


@pytest.mark.browser
def test_a_report_to_publish_hides_small_numbers_and_a_wrong_question_is_kept(page):
    sign_in(page)
    clock(page, "4-2-2026 09:00")
    take_melding(page)
    page.goto("/rapportage?period=2026-Q1")
    page.select_option("#style", "tien")
    page.click("form.filters button")
    expect(page.locator("section[aria-labelledby=t-meldingen] tbody td").first).to_have_text(
        "10 of minder"
    )
    page.fill("#period", "vorig kwartaal")
    page.fill("#known", "ooit")
    page.click("form.filters button")
    expect(page.locator(".errors li")).to_have_count(2)
    expect(page.locator("#period")).to_have_value("vorig kwartaal")
    expect(page.locator("#known")).to_have_value("ooit")
    expect(page.locator("#style")).to_have_value("tien")


@pytest.mark.browser
def test_a_report_that_takes_longer_than_a_second_says_how_long_it_has_been(live):
    """The form is asked, and its answer does not come."""
    sign_in(live)
    live.goto("/rapportage?period=2026-Q1")
    live.evaluate(
        "document.querySelector('form.filters').addEventListener('submit', (event) =>"
        " event.preventDefault())"
    )
    expect(live.locator("#bezig")).to_be_hidden()
    live.click("form.filters button")
    expect(live.locator("#bezig")).to_contain_text(
        re.compile(r"Het rapport wordt gemaakt: [1-9]\d* s")
    )
    live.reload()
    expect(live.locator("#bezig")).to_be_hidden()
