"""Nieuw contact with a phone at the ear.

By keyboard alone and counted, a concept that survives everything, and nothing of a family left of
an advice.
"""

import re
import signal

import pytest
from playwright.sync_api import expect
from support.patience import patient
from support.screen import clock, fill_call, sign_in

from amhk.office import open_office
from amhk.store import reads
from amhk.store.intake import drafts


class Keys:
    """A keyboard that counts what is pressed."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)
            self.count += 1

    def type(self, text):
        self.page.keyboard.type(text)
        self.count += len(text)

    def to(self, selector, most=60):
        """Tab on until a field has the focus."""
        for _ in range(most):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab")


def in_store(server, ask):
    office = open_office(server.folder, proof=False)
    with office.store.read() as connection:
        found = ask(connection)
    office.close()
    return found


def everything_kept(connection):
    return [r for w in reads.workers(connection) for r in drafts.of(connection, w["id"])]


def saved(page):
    expect(page.locator("#bewaard")).to_contain_text("Concept bewaard om")


@pytest.mark.browser
def test_an_advice_by_keyboard_alone_on_one_page_and_counted(live):
    sign_in(live)
    live.wait_for_load_state()
    live.keyboard.press("n")
    live.wait_for_url("**/nieuw")
    keys = Keys(live)
    keys.to("[name=acuut]")
    keys.press("ArrowRight")
    for name, text in (("kanaal", "telef"), ("hoedanigheid", "huisarts"), ("gemeente", "schie")):
        keys.to(f"[name={name}]")
        keys.type(text)
        keys.press("Escape")  # what the browser proposes is not needed
        live.locator(f"[name={name}]").focus()
    keys.to("[name=zorgen]")
    keys.type("Zorg over verzuim.")
    keys.to("[name=aanleiding][value='08']")
    keys.press("Space")
    keys.to("[name=route]")
    keys.press("Space")
    keys.to("[name=advies]")
    keys.type("Bespreek het.")
    keys.press("Tab", 1)
    keys.to("button.main")
    keys.press("Enter")
    live.wait_for_url("**/zaak/A-*")
    expect(live.locator(".case")).to_contain_text("finish 1")
    assert keys.count <= 110, keys.count  # of which 56 letters


@pytest.mark.browser
def test_a_melding_by_keyboard_alone_has_its_number_after_page_one(live):
    sign_in(live)
    clock(live, "4-2-2026 09:00")
    live.goto("/nieuw")
    keys = Keys(live)
    keys.to("[name=acuut]")
    keys.press("ArrowRight")
    for name, text in (
        ("kanaal", "telef"),
        ("hoedanigheid", "huisarts"),
        ("gemeente", "schie"),
        ("zorgen", "Kind is stil."),
    ):
        keys.to(f"[name={name}]")
        keys.type(text)
    keys.to("[name=route]")
    keys.press("ArrowUp")  # the last of the three
    expect(live.locator("[name=route][value=melding]")).to_be_checked()
    keys.to("[name='melder.naam']")
    keys.type("Juf Ans")
    keys.to("button.main")
    keys.press("Enter")
    live.wait_for_url("**/mensen*")
    expect(live.locator(".done")).to_contain_text("M-2026-000001; de klokken lopen")
    pages, first = 1, keys.count
    keys.to("[name='betrokkenen.0.naam']")
    keys.type("Sem Çelik")
    keys.press("Tab")
    keys.type("5-2018")
    keys.press("Tab")
    keys.type("kind")
    keys.to("button.main")
    keys.press("Enter")
    expect(live.locator(".errors")).to_contain_text(
        "Geboren"
    )  # 5-2018 is no date: what was typed stays
    expect(live.locator("[name='betrokkenen.0.rollen']")).to_have_value("kind")
    live.fill("[name='betrokkenen.0.geboren']", "2018-05")
    live.click("main form button.main")
    live.wait_for_url(re.compile(r"/zaak/M-2026-000001(\?|$)"))
    expect(live.locator("section[aria-labelledby=mensen]")).to_contain_text("Sem Çelik")
    assert pages == 1 and first <= 100, first  # of which 37 letters


@pytest.mark.browser
def test_an_advice_asks_no_more_than_eight_things(live):
    sign_in(live)
    live.goto("/nieuw")
    live.check("[name=route][value=advies]")
    live.click("main form button.main")
    assert live.locator(".errors li").count() <= 8
    expect(live.locator("[name='melder.naam']")).not_to_be_visible()


@pytest.mark.browser
def test_a_concept_survives_a_closed_browser_and_a_killed_server(server, browse):
    first = browse()
    sign_in(first)
    fill_call(first, zorgen="Halverwege het gesprek.")
    saved(first)
    first.close()
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    server.start(server.port)
    again = browse()
    sign_in(again)
    again.goto("/")
    expect(again.locator("main")).to_contain_text("nog geen zaak is")
    again.click("text=Verder met dit contact")
    expect(again.locator("[name=zorgen]")).to_have_value("Halverwege het gesprek.")
    expect(again.locator("[name=gemeente]")).to_have_value("schie")
    other = browse()
    sign_in(other, "Anna")
    assert other.goto(again.url).status == 404


@pytest.mark.browser
def test_while_the_server_is_away_the_page_says_so_and_saves_when_it_is_back(server, live):
    sign_in(live)
    fill_call(live)
    saved(live)
    port = server.port
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    live.fill("[name=zorgen]", "Getypt terwijl het meldpunt weg was.")
    expect(live.locator("#bewaard")).to_contain_text("Nog niet bewaard")
    server.start(port)
    expect(live.locator("#bewaard")).to_contain_text("Concept bewaard om", timeout=patient(20_000))
    assert in_store(server, everything_kept)[0]["typed"]["zorgen"] == [
        "Getypt terwijl het meldpunt weg was."
    ]


@pytest.mark.browser
def test_of_an_advice_nothing_typed_stays_and_a_name_is_warned_about_before(server, live):
    sign_in(live)
    fill_call(live, zorgen="Het gaat om de kleine Willemijn Zonneveld en haar broer.")
    live.check("[name=route][value=advies]")
    expect(live.locator("#bewaard")).to_contain_text("een naam te staan")
    assert in_store(server, everything_kept)
    mark = live.locator("main [name=_once]").get_attribute("value")
    live.fill("[name=zorgen]", "Zorg over verzuim van een leerling.")
    live.fill("[name=advies]", "Bespreek het met de ouders.")
    live.click("main form button.main")
    live.wait_for_url("**/zaak/A-*")
    assert in_store(server, everything_kept) == []
    # an autosave that comes in late brings nothing back
    late = live.request.post(
        f"{server.address}/nieuw/concept",
        form={
            "_csrf": live.locator("[name=_csrf]").first.get_attribute("value"),
            "_once": mark,
            "zorgen": "Willemijn",
        },
    )
    assert late.ok
    assert in_store(server, everything_kept) == []


@pytest.mark.browser
def test_without_javascript_a_concept_is_kept_and_thrown_away_by_hand(server, page):
    sign_in(page)
    fill_call(page, zorgen="Eerst even navragen.")
    page.click("text=Bewaar als concept")
    expect(page.locator(".done")).to_contain_text("bewaard")
    expect(page.locator("[name=zorgen]")).to_have_value("Eerst even navragen.")
    page.click("button:has-text('Weggooien')")
    assert in_store(server, everything_kept) == []


@pytest.mark.browser
def test_who_was_signed_out_while_typing_loses_nothing(browse):
    page = browse()
    sign_in(page)
    fill_call(page, zorgen="Een lang gesprek.")
    saved(page)
    page.check("[name=route][value=advies]")
    page.fill("[name=advies]", "Bespreek het met de ouders.")
    page.context.clear_cookies()
    page.fill("[name=zorgen]", "Een lang gesprek, en verder.")
    expect(page.locator("#bewaard")).to_contain_text("u bent afgemeld")
    page.click("main form button.main")
    expect(page.locator("h1")).to_have_text("U was afgemeld")
    expect(page.locator("main")).to_contain_text("Een lang gesprek, en verder.")
    other = page.context.new_page()
    sign_in(other)
    expect(other.locator("h1")).to_contain_text("Tom")
    page.click("button:has-text('Opnieuw versturen')")
    expect(page.locator("h1")).to_have_text("Verstuur het nog een keer")
    page.click("button:has-text('Opnieuw versturen')")
    page.wait_for_url("**/zaak/A-*")
    expect(page.locator("main")).to_contain_text("Een lang gesprek, en verder.")
