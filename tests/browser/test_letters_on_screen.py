"""A letter by clicking: what it uses and what is left out, approved, printed in a pile, received,
come back, postponed; and its text changed by the beheerder.
"""

import re

import pytest
from playwright.sync_api import expect
from support.screen import clock, sign_in, step, take_concluded


def referred(page):
    sign_in(page)
    clock(page, "4-2-2026 09:00")
    number = take_concluded(page)
    step(page, number, "verwijzen", instelling="Wijkteam Schiedam", motivering="Er is hulp nodig.")
    return number


def open_letter(page, number, title):
    page.goto(f"/zaak/{number}")
    page.locator("section[aria-labelledby=brieven] a", has_text=title).first.click()
    page.wait_for_url("**/brief/*")


@pytest.mark.browser
def test_a_referral_is_printed_in_a_pile_and_what_came_of_it_is_recorded(live):
    number = referred(live)
    open_letter(live, number, "Verwijzing naar hulpverlening")
    expect(live.locator(".paper")).to_contain_text("Wijkteam Schiedam")
    live.click("summary:has-text('Wat deze brief gebruikt')")
    expect(live.locator(".uses")).to_contain_text("de stap die deze brief klaarzette")
    live.click("button:has-text('Goedkeuren')")
    live.click("button:has-text('In de printlade')")
    live.goto("/versturen?lijst=goedgekeurd")
    expect(live.locator("table.list")).to_contain_text("in de printlade")
    live.goto("/post")
    live.click("button:has-text('Stapel maken')")
    expect(live.locator("main")).to_contain_text("Stapel van Tom")
    address = live.locator("a:has-text('PDF van de stapel openen')").get_attribute("href")
    assert live.request.get(address).body().startswith(b"%PDF")
    live.click("button:has-text('Stapel is weg')")
    expect(live.locator(".done")).to_contain_text("1 verzonden vastgelegd")
    open_letter(live, number, "Verwijzing naar hulpverlening")
    expect(live.locator(".lead")).to_contain_text("verzonden op wo 4 februari 2026, post")
    live.fill("form[action$='/ontvangen'] [name=date]", "gisteren")
    live.click("form[action$='/ontvangen'] button")
    expect(live.locator(".error-summary, [role=alert]").first).to_contain_text(
        "voor de dag van verzending"
    )
    live.fill("form[action$='/ontvangen'] [name=date]", "vandaag")
    live.fill("form[action$='/ontvangen'] [name=reference]", "WT-9")
    live.click("form[action$='/ontvangen'] button")
    expect(live.locator("main")).to_contain_text(
        "Ontvangst bevestigd op wo 4 februari 2026, kenmerk WT-9"
    )
    live.click("summary:has-text('De brief kwam terug')")
    live.fill("form[action$='/terug'] [name=reason]", "Verhuisd.")
    live.click("form[action$='/terug'] button")
    live.goto("/versturen")
    expect(live.locator("table.list")).to_contain_text("Verwijzing naar hulpverlening")


@pytest.mark.browser
def test_informing_somebody_is_postponed_with_reason_and_the_ledger_says_who_decided(live):
    number = referred(live)
    open_letter(live, number, "Informatie aan een betrokkene")
    live.click("summary:has-text('Niet versturen, of later')")
    live.fill("form[action$='/niet-versturen'] [name=reason]", "Eerst moet het kind veilig zijn.")
    live.fill("form[action$='/niet-versturen'] [name=ground]", "Wmo 2015 art. 5.3.1 lid 2")
    live.fill("form[action$='/niet-versturen'] [name=new_date]", "12-3-2026")
    live.click("form[action$='/niet-versturen'] button")
    live.goto("/versturen?lijst=uitgesteld")
    row = live.locator("table.list tbody")
    expect(row).to_contain_text("uitgesteld door Tom (SKJ 100000002) tot do 12 maart 2026")
    expect(row).to_contain_text("Eerst moet het kind veilig zijn.")


@pytest.mark.browser
def test_a_text_that_would_tell_the_melder_is_refused_and_what_was_typed_stays(page):
    sign_in(page, "Bea")
    page.goto("/beheer/brieven/informeren_betrokkene")
    text = page.input_value("#tekst") + "\nGemeld door {{ melder_naam }}.\n"
    page.fill("#tekst", text)
    page.click("button:has-text('Nagaan en klaarzetten')")
    expect(page.locator("main")).to_contain_text(
        "toont 'melder_naam' aan een betrokkene: de bron wordt niet genoemd"
    )
    assert "melder_naam" in page.input_value("#tekst")
    page.fill("#tekst", text.replace("{{ melder_naam }}", "iemand"))
    page.click("button:has-text('Zo ziet hij eruit')")
    expect(page.locator(".paper")).to_contain_text("Gemeld door iemand.")
    assert re.search(r"Noor Voorbeeld", page.locator(".paper").inner_text())


@pytest.mark.browser
def test_one_writes_a_text_and_another_lets_it_hold(page):
    kind = "/beheer/brieven/bevestiging_adviesvrager"
    sign_in(page, "Bea")
    page.goto(kind)
    page.fill("#tekst", page.input_value("#tekst").replace("# Ons gesprek", "# Wat u vroeg"))
    page.click("button:has-text('Nagaan en klaarzetten')")
    expect(page.locator("main")).to_contain_text("Versie 1 wacht op vaststellen")
    expect(page.locator("ins")).to_have_text("# Wat u vroeg")
    expect(page.locator("button:has-text('Vaststellen')")).to_have_count(0)
    page.context.clear_cookies()
    sign_in(page, "Mia")
    page.goto("/")
    page.click("section[aria-labelledby=teksten] a")
    page.click("button:has-text('Vaststellen')")
    expect(page.locator("main")).to_contain_text("versie 1")
    expect(page.locator("main")).not_to_contain_text("wacht op vaststellen")
    assert page.input_value("#tekst").startswith("# Wat u vroeg")
