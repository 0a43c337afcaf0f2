"""What a worker does on screen, by its names.

Sign in, move the training clock, take a call, make a step, send what is owed.
"""

import re

from playwright.sync_api import expect

PASSWORD = "oefenen-oefenen"


def sign_in(page, name="Tom"):
    page.goto("/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button.main")


def clock(page, moment):
    page.goto("/klok")
    page.fill("#now", moment)
    page.click("main button.main")
    expect(page.locator(".done")).to_contain_text("De klok is verzet")


def step(page, number, name, **filled):
    page.goto(f"/zaak/{number}/stap/{name}")
    for field, value in filled.items():
        if page.locator(
            f"input[type=radio][name={field}], input[type=checkbox][name={field}]"
        ).count():
            page.check(f"input[name={field}][value='{value}']")
        elif page.locator(f"select[name={field}]").count():
            page.select_option(f"select[name={field}]", value)
        else:
            page.fill(f"[name={field}]", value)
    page.click("form[action*='/stap/'] button.main")


def fill_call(page, **other):
    """Fill in what every call has: the start of what a choice is called is enough."""
    told = {
        "kanaal": "telef",
        "hoedanigheid": "huisarts",
        "gemeente": "schie",
        "zorgen": "Kind is stil en heeft honger.",
    } | other
    page.goto("/nieuw")
    page.check("input[name=acuut][value=nee]")
    for name, value in told.items():
        page.fill(f"[name={name}]", value)
    page.check("input[name=aanleiding][value='08']")


def take_melding(page, person="Sem Çelik", born="2018-05"):
    """Take a melding on page one, and its first person on page two; gives the number."""
    fill_call(page)
    page.check("input[name=route][value=melding]")
    page.fill("[name='melder.naam']", "Juf Ans")
    page.click("main form button.main")
    page.wait_for_url("**/mensen*")
    number = re.search(r"M-\d{4}-\d{6}", page.url).group()
    if person:
        page.fill("[name='betrokkenen.0.naam']", person)
        page.fill("[name='betrokkenen.0.geboren']", born)
        page.click("main form button.main")
        page.wait_for_url(re.compile(rf"/zaak/{number}(/verwant)?(\?|$)"))
    return number


def take_advies(page, becomes="advies", **other):
    """Take an advies; gives the number."""
    fill_call(page, **other)
    page.check(f"input[name=route][value={becomes}]")
    page.fill("[name=advies]", "Bespreek de zorgen met de ouders en leg ze vast.")
    page.click("main form button.main")
    page.wait_for_url("**/zaak/A-*")
    return re.search(r"A-\d{4}-\d{6}", page.url).group()


def take_concluded(page, conclusion="Bevestigd."):
    """Take a melding and lead it to the conclusion of its onderzoek; gives the number."""
    number = take_melding(page)
    step(page, number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    step(page, number, "onderzoek_besluiten")
    step(page, number, "onderzoek_afronden", uitkomst="06", conclusie=conclusion)
    return number


def send_letters(page, number):
    """Approve and send by post every letter the case owes."""
    while True:
        page.goto(f"/zaak/{number}")
        letters = page.locator("section[aria-labelledby=owed] a")
        if not letters.count():
            return
        letters.first.click()
        page.wait_for_url("**/brief/*")
        if page.locator("text=Goedkeuren zet tekst").count():
            page.click("text=Goedkeuren >> nth=-1")
            expect(page.locator("text=Verzonden vastleggen")).to_be_visible()
        offered = page.locator("input[name=way], [name=way] option").evaluate_all(
            "all => all.map(o => o.value)"
        )
        way = "post" if "post" in offered else "persoonlijk"
        page.check(f"input[name=way][value={way}]") if page.locator(
            "input[name=way]"
        ).count() else page.select_option("[name=way]", way)
        if way == "persoonlijk":
            page.locator("form[action$='/verzonden'] [name=reference]").fill(
                "overhandigd aan de balie"
            )
        page.click("text=Verzonden vastleggen")
