"""In headless Chromium, without JavaScript.

A worker takes a melding and leads it to finish 3 and closed, by clicking.
"""

import re

import pytest
from playwright.sync_api import expect
from support.cast import reader
from support.screen import clock, send_letters, sign_in, step, take_concluded, take_melding

from amhk.desk.cases import moves, reading
from amhk.office import open_office


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
    step(
        page,
        number,
        "onderzoek_afronden",
        uitkomst="06",
        conclusie="Bevestigd; ouders willen hulp.",
    )
    step(page, number, "verwijzen", instelling="Wijkteam Schiedam", motivering="Er is hulp nodig.")
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
    moves.make_move(office, number, "acuut_vaststellen", {"version": version}, anna)
    office.close()
    page.click("form[action*='/stap/'] button.main")
    expect(page.locator("main")).to_contain_text("Wat er intussen veranderde")
    expect(page.locator("main")).to_contain_text("Acute onveiligheid vastgesteld")
    expect(page.locator("[name=uitkomst]")).to_have_value("Mijn lange tekst.")


@pytest.mark.browser
@pytest.mark.parametrize("name", ["Anna", "Bea", "Rita", "Piet", "Mia"])
def test_every_role_can_open_every_page_of_the_menu(page, name):
    sign_in(page, name)
    for path in (
        "/",
        "/nieuw",
        "/rapportage",
        "/beheer",
        "/klok",
        "/wachtwoord",
        "/werkvoorraad?closed=true",
        "/zoeken?q=stil",
        "/beheer/medewerkers",
        "/beheer/verdeling",
        "/beheer/brieven",
        "/vannacht",
        "/bewijs",
        "/kalender",
        "/afwezigheid",
        "/agenda",
        "/herinneringen",
    ):
        answer = page.goto(path)
        assert answer.status in (200, 403), path
        expect(page.locator("h1")).to_be_visible()


@pytest.mark.browser
def test_help_for_the_child_and_for_the_mother_at_once(page, server):
    """Which of two referrals a step is about is asked on its form; the page shows each."""
    sign_in(page)
    clock(page, "4-2-2026 09:00")
    number = take_concluded(page)
    for place in ("Wijkteam Schiedam", "Wijkteam Vlaardingen"):
        step(page, number, "verwijzen", instelling=place, motivering="Er is hulp nodig.")
    page.goto(f"/zaak/{number}")
    terms = page.locator("section[aria-labelledby=termijnen]")
    for place in ("Wijkteam Schiedam", "Wijkteam Vlaardingen"):
        expect(terms).to_contain_text(f"Voortgangscontrole na 3 maanden: {place} · ma 4 mei 2026")
        expect(page.locator("#versturen")).to_contain_text(
            f"Verwijzing naar hulpverlening: {place}"
        )
    send_letters(page, number)
    page.goto(f"/zaak/{number}/stap/verwijzing_geaccepteerd")
    expect(page.locator("form[action*='/stap/']")).to_contain_text("Welke verwijzing")
    page.click("form[action*='/stap/'] button.main")
    expect(page.locator("main")).to_contain_text("Welke verwijzing")
    expect(page.locator(".errors, [role=alert]").first).to_be_visible()
    page.get_by_label("Wijkteam Vlaardingen (wo 4 februari 2026)").check(timeout=20_000)
    page.click("form[action*='/stap/'] button.main")
    expect(page.locator("main")).to_contain_text("Wijkteam Vlaardingen · geaccepteerd")
    expect(page.locator("main")).to_contain_text("Wijkteam Schiedam · wacht op acceptatie")
    page.goto(f"/zaak/{number}/stap/verwijzing_geaccepteerd")
    expect(page.get_by_label("Wijkteam Schiedam (wo 4 februari 2026)")).to_be_checked(
        timeout=20_000
    )
    page.click("form[action*='/stap/'] button.main")  # of one it can still be
    expect(page.locator("main")).to_contain_text("Wijkteam Schiedam · geaccepteerd")
    page.goto(f"/zaak/{number}/stap/verwijzing_geaccepteerd")  # and now of none
    expect(page.locator("main")).to_contain_text("Dit kan nog niet")
    expect(page.locator("main")).not_to_contain_text("Welke verwijzing")


@pytest.mark.browser
def test_three_months_pass_and_nobody_could_have_forgotten(page, server):
    """Task, question letter, reminder, escalation after ten working days, and the outcome that
    closes finish 3.
    """
    sign_in(page)
    clock(page, "4-2-2026 09:00")
    number = take_melding(page)
    page.goto(f"/zaak/{number}/overdragen")
    page.select_option("[name=owner]", "Anna")
    page.fill("[name=reason]", "verdeling")
    page.click("text=Overdragen >> nth=-1")
    step(page, number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    step(page, number, "onderzoek_besluiten")
    step(
        page,
        number,
        "onderzoek_afronden",
        uitkomst="06",
        conclusie="Bevestigd; ouders willen hulp.",
    )
    step(page, number, "verwijzen", instelling="Wijkteam Schiedam", motivering="Er is hulp nodig.")
    send_letters(page, number)
    step(page, number, "verwijzing_geaccepteerd")
    page.goto(f"/zaak/{number}")
    expect(page.locator(".case .next")).to_contain_text(
        "Voortgangscontrole na 3 maanden: Wijkteam Schiedam · ma 4 mei 2026"
    )
    clock(
        page, "20-4-2026 09:00"
    )  # fourteen days before: the owner's task, and the question to the institution lies ready
    sign_in(page, "Anna")
    expect(page.locator(".me")).to_contain_text("1 herinnering")
    expect(page.locator("#herinneringen")).to_contain_text("Voortgangscontrole na 3 maanden")
    page.goto(f"/zaak/{number}")
    expect(page.locator("section[aria-labelledby=brieven]")).to_contain_text(
        "Vraag bij de voortgangscontrole: Wijkteam Schiedam · concept"
    )
    page.click("text=Vraag bij de voortgangscontrole")
    expect(page.locator("main")).to_contain_text("Wijkteam Schiedam")
    sign_in(page, "Mia")
    expect(page.locator("#herinneringen")).to_contain_text("Geen herinneringen")
    sign_in(page)
    clock(page, "4-5-2026 09:00")  # on the day: the team as well
    page.goto("/")
    expect(page.locator("#herinneringen")).to_contain_text(number)
    page.goto("/werkvoorraad")
    expect(page.locator("table.list")).to_contain_text("vandaag")
    clock(
        page, "20-5-2026 09:00"
    )  # ten working days on, Ascension Day skipped: teamleider, then manager
    page.goto(f"/zaak/{number}")
    page.click("section[aria-labelledby=termijnen] a:has-text('Voortgangscontrole')")
    ladder = page.locator("section", has_text="Herinneringen").locator("li")
    expect(ladder).to_have_count(4)
    for n, words in enumerate(
        (
            "14 dagen voor · Anna",
            "op de dag · Anna, team",
            "5 werkdagen na · teamleider",
            "10 werkdagen na · manager",
        )
    ):
        expect(ladder.nth(n)).to_contain_text(words)
        expect(ladder.nth(n)).to_contain_text("✓")
    sign_in(page, "Mia")
    page.goto("/herinneringen")
    expect(page.locator("table.list")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text("Uitzetten kan niet")
    sign_in(page, "Anna")
    step(page, number, "voortgangscontrole", passend="ja", nu_veilig="ja", hulp_gestart="1-3-2026")
    step(page, number, "afsluiten")
    expect(page.locator(".state")).to_have_text("Afgesloten")
    expect(page.locator(".me")).not_to_contain_text("herinnering")
    page.goto("/bewijs")
    expect(page.locator("text=Nu narekenen")).to_have_count(0)
    sign_in(page)
    page.goto("/bewijs")
    page.click("text=Nu narekenen")
    expect(page.locator(".sum")).to_contain_text(
        "0 open zaken · 0 met een volgende termijn · 0 zonder"
    )
    expect(page.locator("main")).to_contain_text("Alles klopt")


@pytest.mark.browser
def test_at_night_two_buttons_on_a_phone_do_it(page):
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page)
    clock(page, "4-2-2026 23:40")
    number = take_melding(page)
    page.goto("/vannacht")
    expect(page.locator(".warn")).to_contain_text("buiten kantooruren heeft dan niemand piket")
    page.check("input[name=worker][value=Piet]") if page.locator(
        "input[name=worker]"
    ).count() else page.select_option("[name=worker]", "Piet")
    page.fill("[name=start]", "4-2-2026 17:00")
    page.fill("[name=end]", "5-2-2026 09:00")
    page.click("text=Op het rooster >> nth=-1")
    step(page, number, "acuut_vaststellen", bevindingen="Verse letsels.")
    sign_in(page, "Piet")
    page.goto("/vannacht")
    expect(page.locator(".lead")).to_contain_text("piket: Piet")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator(".night")).to_contain_text("nog 4 uur")
    page.locator(".night form").first.locator("[name=time]").fill("23.40")
    page.click("button:has-text('Crisisdienst inschakelen')")
    expect(page.locator(".done")).to_contain_text("vastgelegd")
    page.locator(".night form", has_text="ter plaatse").locator("[name=time]").fill("later")
    page.click("button:has-text('ter plaatse')")
    expect(page.locator(".errors")).to_contain_text("geen bestaand moment")
    page.locator(".night form", has_text="ter plaatse").locator("[name=time]").fill("23:40")
    page.click("button:has-text('ter plaatse')")
    expect(page.locator("main")).to_contain_text("Er loopt nu geen acute zaak")


@pytest.mark.browser
def test_the_house_is_run_on_screen(page):
    """Absence with its preview, the calendar, a term that stands still, a calendar address.

    By clicking, with what was typed kept.
    """
    sign_in(page, "Mia")
    clock(page, "4-2-2026 09:00")
    number = take_melding(page)
    page.goto(f"/zaak/{number}/overdragen")
    page.select_option("[name=owner]", "Anna")
    page.fill("[name=reason]", "verdeling")
    page.click("text=Overdragen >> nth=-1")
    page.goto("/afwezigheid")
    page.select_option("select[name=worker] >> nth=0", "Anna")
    page.click("text=Toon de zaken")
    expect(page.locator("#cases")).to_contain_text("Veiligheidsbeoordeling")
    page.check("input[name=kind][value=afwezig]")
    page.fill("[name=start]", "3-2-2026")
    page.fill("[name=reason]", "griep")
    page.select_option(f"[name='zaak.{number}']", "Bram")
    page.click("button:has-text('Regelen')")
    expect(page.locator(".errors")).to_contain_text("vandaag of later")
    expect(page.locator("[name=reason]")).to_have_value("griep")
    expect(page.locator(f"[name='zaak.{number}']")).to_have_value("Bram")
    page.fill("[name=start]", "vandaag")
    page.click("button:has-text('Regelen')")
    expect(page.locator(".done")).to_contain_text("Geregeld voor Anna")
    page.goto(f"/zaak/{number}")
    expect(page.locator(".case")).to_contain_text("behandelaar Bram")
    page.goto("/afwezigheid")
    page.click("summary")
    page.click("text=Terugdraaien")
    expect(page.locator(".done")).to_contain_text("1 zaak terug")
    page.goto("/kalender")
    page.check("input[name=kind][value=sluitingsdag]")
    page.fill("[name=name]", "studiedag")
    page.locator("form[action$='/kalender/dag'] [name=day]").fill("11-2-2026")
    page.click("text=Dag toevoegen")
    expect(page.locator(".done")).to_contain_text("verschoven")
    page.goto(f"/zaak/{number}")
    expect(page.locator("section[aria-labelledby=termijnen]")).to_contain_text(
        "do 12 februari 2026"
    )
    expect(page.locator("section[aria-labelledby=verloop]")).to_contain_text("studiedag")
    page.click("section[aria-labelledby=termijnen] a:has-text('Betrokkene informeren')")
    page.locator("form[action$='/verlengen'] [name=days]").fill("30")
    page.locator("form[action$='/verlengen'] [name=reason]").fill("De veiligheid gaat voor.")
    page.click("button:has-text('Verlengen')")
    expect(page.locator(".errors")).to_contain_text("1 tot en met 14 dagen")
    expect(page.locator("form[action$='/verlengen'] [name=reason]")).to_have_value(
        "De veiligheid gaat voor."
    )
    page.locator("form[action$='/verlengen'] [name=days]").fill("14")
    page.click("button:has-text('Verlengen')")
    expect(page.locator("main")).to_contain_text(
        "verlengd met 14 dagen: De veiligheid gaat voor. door Mia"
    )
    page.goto("/agenda")
    page.click("text=Adres voor mijn team")
    address = page.locator("input[readonly]").input_value()
    assert re.search(r"/agenda/[\w-]{40,}\.ics$", address)
    page.goto("/agenda")
    expect(page.locator("main")).not_to_contain_text("nieuwe adres")
    page.click("button:has-text('laten vervallen')")
    expect(page.locator(".done")).to_contain_text("geldt niet meer")
    assert page.request.get(address).status == 404
