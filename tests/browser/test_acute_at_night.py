"""At 23:55: from the phone ringing to the crisisdienst recorded, on a phone, counted in screens and
taps; and what is typed is never lost.
"""

import re

import pytest
from playwright.sync_api import expect
from support.screen import sign_in

PHONE = {"viewport": {"width": 390, "height": 844}}


def at_night(page, server):
    """The training clock at five to midnight, and a crisisdienst with a number."""
    sign_in(page, "Mia")
    page.goto("/klok")


@pytest.fixture
def night(server, browse):
    """A meldpunt at 23:55, with the number of its crisisdienst."""
    from support.cast import reader

    from amhk.desk.house import rounds
    from amhk.office import open_office

    server.kill()
    text = server.folder.read_text(encoding="utf-8")
    server.folder.write_text(
        text.replace('crisis_phone = ""', 'crisis_phone = "010 123 45 67"'), encoding="utf-8"
    )
    office = open_office(server.folder, proof=False)
    assert reader(office, "Piet")
    rounds.set_clock(office, {"now": "2026-02-04T23:55"})
    office.close()
    server.start(server.port)
    return lambda **more: browse(**{**PHONE, **more})


class Counted:
    """A page that counts how many screens were seen and how often was tapped."""

    def __init__(self, page):
        self.page, self.screens, self.taps = page, 0, 0

    def tap(self, selector):
        """Tap something; a new page is a new screen."""
        before = self.page.url
        with self.page.expect_navigation():
            self.page.click(selector)
        self.taps += 1
        self.screens += 1
        return before


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_from_the_phone_ringing_to_the_crisisdienst_recorded_in_four_screens(night, scripts):
    page = night(java_script_enabled=scripts)
    sign_in(page, "Piet")
    counted = Counted(page)
    page.goto("/nieuw")  # the phone rings
    counted.screens += 1
    page.check("[name=acuut][value=ja]")
    counted.taps += 1
    for name, value in (
        ("kanaal", "telefoon"),
        ("hoedanigheid", "Politie"),
        ("gemeente", "Schiedam"),
    ):
        page.fill(f"[name={name}]", value)
    page.fill("[name=zorgen]", "Vader dreigt met een mes, moeder en twee kinderen zitten boven.")
    page.check("[name=route][value=melding]")
    page.fill("[name='melder.naam']", "Agent De Wit")
    counted.taps += 1
    counted.tap("button:has-text('Vastleggen')")
    assert re.search(r"/zaak/M-2026-\d+$", page.url), "straight to what must be done now"
    first = page.locator("main button").first
    expect(first).to_have_text("Acute onveiligheid vaststellen")
    expect(page.locator("main a.call")).to_have_attribute("href", "tel:0101234567")
    expect(page.locator("section.night .next")).to_contain_text("nog 4 uur")
    assert page.locator("[name=time]").first.input_value() == "23:55"
    counted.tap("button:has-text('Acute onveiligheid vaststellen')")
    counted.tap("button:has-text('Crisisdienst inschakelen')")
    expect(page.locator(".done")).to_contain_text("vastgelegd")
    assert counted.screens <= 4 and counted.taps <= 6, (counted.screens, counted.taps)
    expect(page.locator("#wat-nu")).to_be_visible()
    assert page.locator(".doors a").count() > 0, "there is something to do for piket"
    counted.tap("button:has-text('Crisisdienst is ter plaatse')")
    expect(page.locator("section.night")).to_have_count(0)
    page.goto("/vannacht")
    expect(page.locator("main")).to_contain_text("Er loopt nu geen acute zaak")


@pytest.mark.browser
def test_the_night_page_has_the_same_buttons_first(night):
    page = night(java_script_enabled=False)
    sign_in(page, "Piet")
    page.goto("/nieuw")
    page.check("[name=acuut][value=ja]")
    for name, value in (
        ("kanaal", "telefoon"),
        ("hoedanigheid", "Politie"),
        ("gemeente", "Schiedam"),
        ("zorgen", "Mes."),
        ("melder.naam", "Agent"),
    ):
        page.fill(f"[name='{name}']", value)
    page.check("[name=route][value=melding]")
    page.click("button:has-text('Vastleggen')")
    page.goto("/vannacht")
    section = page.locator("section.night").first
    expect(section.locator("button").first).to_have_text("Acute onveiligheid vaststellen")
    expect(section.locator("a.call")).to_have_attribute("href", "tel:0101234567")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_findings_typed_on_a_step_are_there_again_after_another_page(live, server):
    from support.cast import reader
    from support.families import EL_AMRANI, melding

    from amhk.desk.intake import calls
    from amhk.office import open_office

    office = open_office(server.folder, proof=False)
    number = calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
    office.close()
    sign_in(live, "Tom")
    live.goto(f"/zaak/{number}/stap/veiligheidsbeoordeling")
    live.fill("#uitkomst", "De kinderen slapen bij oma; dat is nu veilig.")
    live.click("header a >> nth=0")  # another page, before anything was sent
    live.wait_for_load_state("networkidle")
    live.goto(f"/zaak/{number}/stap/veiligheidsbeoordeling")
    expect(live.locator("#uitkomst")).to_have_value("De kinderen slapen bij oma; dat is nu veilig.")
    expect(live.locator("form .saved")).to_contain_text("nog niet vastgelegd")
    live.click("main form button.main")
    expect(live.locator("#vastgelegd")).to_be_visible()
    expect(live.locator("section[aria-labelledby=vastgelegd]")).to_contain_text(
        "De kinderen slapen bij oma"
    )
    live.goto(f"/zaak/{number}/notities")
    expect(live.locator("#tekst")).to_have_value("")
    live.fill("#tekst", "Gebeld met oma.")
    live.wait_for_timeout(0)
    expect(live.locator("form .saved")).to_contain_text("Bewaard om")
    live.goto("/")
    expect(live.locator("#onverstuurd")).to_be_visible()
    live.click(f"a[href$='/zaak/{number}/notities']")
    expect(live.locator("#tekst")).to_have_value("Gebeld met oma.")
    live.click("main form button.main")
    live.goto(f"/zaak/{number}/notities")
    expect(live.locator("#tekst")).to_have_value("")
