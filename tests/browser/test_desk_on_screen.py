"""In headless Chromium, without JavaScript: a worker takes a melding and leads it to finish 3 and closed, by clicking."""

import re

import pytest
from conftest import make_folder
from playwright.sync_api import expect, sync_playwright
from support.cast import hire, reader
from support.server import Server

from amhk.desk import casework, reading
from amhk.office import open_office

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def server(tmp_path):
    folder = make_folder(tmp_path / "m", "meldpunt.sqlite")
    office = open_office(folder, proof=False)
    hire(office)
    office.close()
    server = Server(folder)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def page(server):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        context = browser.new_context(java_script_enabled=False, base_url=f"http://127.0.0.1:{server.port}")
        page = context.new_page()
        wrong = []
        page.on("response", lambda r: wrong.append((r.status, r.url)) if r.status >= 500 else None)
        page.on("request", lambda r: wrong.append(r.url) if "127.0.0.1" not in r.url and not r.url.startswith("data:") else None)
        yield page
        browser.close()
        assert not wrong


def sign_in(page, name="Tom"):
    page.goto("/login")
    page.fill("#name", name)
    page.fill("#password", "oefenen-oefenen")
    page.click("button.main")


def clock(page, moment):
    page.goto("/klok")
    page.fill("#now", moment)
    page.click("main button.main")
    expect(page.locator(".done")).to_contain_text("De klok is verzet")


def step(page, number, name, **filled):
    page.goto(f"/zaak/{number}/stap/{name}")
    for field, value in filled.items():
        if page.locator(f"input[type=radio][name={field}], input[type=checkbox][name={field}]").count():
            page.check(f"input[name={field}][value='{value}']")
        elif page.locator(f"select[name={field}]").count():
            page.select_option(f"select[name={field}]", value)
        else:
            page.fill(f"[name={field}]", value)
    page.click("form[action*='/stap/'] button.main")


def take_melding(page):
    page.goto("/nieuw")
    page.check("input[name=acuut][value=nee]")
    page.select_option("[name=kanaal]", "telefoon")
    page.select_option("[name=hoedanigheid]", "15")
    page.select_option("[name=gemeente]", "Schiedam")
    page.check("input[name=aanleiding][value='08']")
    page.fill("[name=zorgen]", "Kind is stil en heeft honger.")
    page.check("input[name=route][value=melding]")
    page.fill("[name='melder.naam']", "Juf Ans")
    page.fill("[name='betrokkenen.0.naam']", "Sem Çelik")
    page.fill("[name='betrokkenen.0.geboren']", "2018-05")
    page.click("main form button.main")
    return re.search(r"M-\d{4}-\d{6}", page.url).group()


def send_letters(page, number):
    while True:
        page.goto(f"/zaak/{number}")
        letters = page.locator("section[aria-labelledby=owed] a")
        if not letters.count():
            return
        letters.first.click()
        if page.locator("text=Goedkeuren zet tekst").count():
            page.click("text=Goedkeuren >> nth=-1")
        page.check("input[name=way][value=post]") if page.locator("input[name=way]").count() else page.select_option(
            "[name=way]", "post"
        )
        page.click("text=Verzonden vastleggen")


@pytest.mark.browser
def test_a_melding_is_led_to_finish_three_on_screen(page):
    page.goto("/")
    expect(page).to_have_url(re.compile("/login"))
    sign_in(page)
    clock(page, "4-2-2026 09:00")
    number = take_melding(page)
    expect(page.locator("h1")).to_contain_text("Sem Çelik")
    step(page, number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    step(page, number, "onderzoek_besluiten")
    step(page, number, "onderzoek_afronden", uitkomst="06", conclusie="Bevestigd; ouders willen hulp.")
    step(page, number, "verwijzen", instelling="Wijkteam Schiedam")
    expect(page.locator(".case")).to_contain_text("finish 3")
    send_letters(page, number)
    page.goto(f"/zaak/{number}/stap/voortgangscontrole")
    expect(page.locator(".warn")).to_contain_text("vanaf 21 dagen voor haar datum")
    clock(page, "4-5-2026 09:00")
    page.goto("/")
    expect(page.locator("#herinneringen")).to_contain_text("Voortgangscontrole na 3 maanden")
    step(page, number, "voortgangscontrole", passend="ja", nu_veilig="ja", hulp_gestart="1-3-2026")
    step(page, number, "afsluiten")
    expect(page.locator(".state")).to_have_text("Afgesloten")


@pytest.mark.browser
def test_what_was_typed_stays_when_something_is_wrong(page):
    sign_in(page)
    page.goto("/nieuw")
    page.fill("[name=zorgen]", "Een heel verhaal.")
    page.fill("[name='melder.naam']", "Juf <b>Ans</b>")
    page.check("input[name=route][value=melding]")
    page.click("main form button.main")
    expect(page.locator(".errors")).to_contain_text("dingen niet")
    expect(page.locator("[name=zorgen]")).to_have_value("Een heel verhaal.")
    expect(page.locator("[name='melder.naam']")).to_have_value("Juf <b>Ans</b>")


@pytest.mark.browser
def test_two_workers_collide_and_the_second_keeps_his_text(page, server):
    sign_in(page)
    clock(page, "4-2-2026 09:00")
    number = take_melding(page)
    page.goto(f"/zaak/{number}/stap/veiligheidsbeoordeling")
    page.fill("[name=uitkomst]", "Mijn lange tekst.")
    office = open_office(server.folder, proof=False)
    anna = reader(office, "Anna")
    version = reading.case_view(office, number, anna)["version"]
    casework.make_move(office, number, "acuut_vaststellen", {"version": version}, anna)
    office.close()
    page.click("form[action*='/stap/'] button.main")
    expect(page.locator("main")).to_contain_text("Wat er intussen veranderde")
    expect(page.locator("main")).to_contain_text("Acute onveiligheid vastgesteld")
    expect(page.locator("[name=uitkomst]")).to_have_value("Mijn lange tekst.")


@pytest.mark.browser
@pytest.mark.parametrize("name", ["Anna", "Bea", "Rita", "Piet", "Mia"])
def test_every_role_can_open_every_page_of_the_menu(page, name):
    sign_in(page, name)
    for path in ("/", "/nieuw", "/rapportage", "/beheer", "/klok", "/wachtwoord", "/?q=stil&closed=true"):
        answer = page.goto(path)
        assert answer.status in (200, 403), path
        expect(page.locator("h1")).to_be_visible()
