"""The other finishes, by clicking: advice given, support in carrying it out, a report to the RvdK.

And a collision in which both keep their text.
"""

import pytest
from playwright.sync_api import expect
from support.screen import clock, send_letters, sign_in, step, take_advies, take_melding


@pytest.mark.browser
def test_finish_one_an_advice_is_given_and_registered(live):
    sign_in(live)
    clock(live, "4-2-2026 09:00")
    take_advies(live)
    expect(live.locator(".case")).to_contain_text("finish 1")
    live.goto("/werkvoorraad?closed=true")
    expect(live.locator("table.list")).to_contain_text("A-2026-000001")


@pytest.mark.browser
def test_finish_two_support_in_carrying_out_the_advice(live):
    sign_in(live)
    clock(live, "4-2-2026 09:00")
    number = take_advies(live, "ondersteuning")
    expect(live.locator(".case .next")).to_contain_text("4 maart 2026")
    step(live, number, "contact_vastleggen", verslag="De ouders zijn gesproken.")
    live.goto(f"/zaak/{number}")
    live.click("section[aria-labelledby=wat-nu] a:has-text('finish 2')")
    live.click("form[action*='/stap/'] button.main")
    expect(live.locator(".case")).to_contain_text("finish 2")


@pytest.mark.browser
def test_finish_four_a_report_to_the_rvdk_is_sent_and_answered(live):
    sign_in(live)
    clock(live, "4-2-2026 09:00")
    number = take_melding(live)
    step(live, number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    step(live, number, "onderzoek_besluiten")
    step(
        live,
        number,
        "onderzoek_afronden",
        uitkomst="06",
        conclusie="Bevestigd; vrijwillige hulp komt niet van de grond.",
    )
    live.goto(f"/zaak/{number}")
    door = live.locator(".doors li", has_text="Melden bij de RvdK")
    expect(door).to_contain_text("dan: gemeld bij RvdK of politie")
    expect(door).to_contain_text("brief: verzoek tot onderzoek")
    door.locator("a").click()
    live.check("[name=spoed][value=ja]")
    live.fill("[name=motivering]", "De veiligheid is niet te waarborgen.")
    live.fill("[name=gezaghebbenden_geinformeerd]", "ja")
    live.click("form[action*='/stap/'] button.main")
    expect(live.locator(".case")).to_contain_text("finish 4")
    send_letters(live, number)
    live.goto("/")
    expect(live.locator("main")).to_contain_text(number)
    step(live, number, "antwoord_rvdk", onderzoekt="ja")
    step(live, number, "afsluiten")
    expect(live.locator(".state")).to_have_text("Afgesloten")
    live.click("text=De route als lijst")
    expect(live.locator("section[aria-labelledby=de-route]")).to_contain_text(
        "Onderzocht → Gemeld bij RvdK of politie → Afgesloten"
    )


@pytest.mark.browser
def test_two_workers_on_one_case_and_both_keep_their_text(browse):
    tom, anna = browse(), browse()
    sign_in(tom)
    clock(tom, "4-2-2026 09:00")
    number = take_melding(tom)
    sign_in(anna, "Anna")
    for one, text in ((tom, "Tom ziet acuut gevaar."), (anna, "Anna ziet geen acuut gevaar.")):
        one.goto(f"/zaak/{number}/stap/veiligheidsbeoordeling")
        one.fill("[name=beoordeling]", text) if one.locator(
            "[name=beoordeling]"
        ).count() else one.fill("[name=uitkomst]", text)
    with tom.expect_navigation():
        tom.click("form[action*='/stap/'] button.main")
    anna.click("form[action*='/stap/'] button.main")
    if "Tom ziet acuut gevaar." not in tom.content():
        expect(tom.locator("section[aria-labelledby=verloop]")).to_contain_text(
            "Veiligheid beoordeeld"
        )
    expect(anna.locator("main")).to_contain_text("Wat er intussen veranderde")
    kept = (
        anna.locator("[name=beoordeling]")
        if anna.locator("[name=beoordeling]").count()
        else anna.locator("[name=uitkomst]")
    )
    expect(kept).to_have_value("Anna ziet geen acuut gevaar.")


@pytest.mark.browser
def test_a_note_quotes_the_history_and_a_file_is_kept_with_its_hash(page, tmp_path):
    sign_in(page)
    clock(page, "4-2-2026 09:00")
    number = take_melding(page)
    page.goto(f"/zaak/{number}")
    page.locator("a:has-text('citeren')").last.click()
    assert "Melding ontvangen" in page.locator("#tekst").input_value()
    page.fill("#tekst", page.locator("#tekst").input_value() + "Nagebeld: klopt.")
    page.click("button:has-text('Notitie bewaren')")
    expect(page.locator("#notities ~ ul, section[aria-labelledby=notities]").first).to_contain_text(
        "Nagebeld: klopt."
    )
    page.goto(f"/zaak/{number}?verloop=notities")
    expect(page.locator("#verloop-lijst li")).to_have_count(1)
    page.goto("/zoeken?q=nagebeld")
    expect(page.locator("table.list")).to_contain_text(number)
    for name, content, said in (
        ("foto.png", b"geen plaatje", "is geen PNG"),
        ("macro.docm", b"PK", "kan niet bewaard"),
        ("leeg.txt", b"", "is leeg"),
    ):
        page.goto(f"/zaak/{number}/bijlagen")
        page.set_input_files(
            "#bestand", {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        page.click("main form button.main")
        expect(page.locator(".errors")).to_contain_text(said)
    page.set_input_files(
        "#bestand",
        {"name": "brief.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 een brief"},
    )
    page.click("main form button.main")
    expect(page.locator("section[aria-labelledby=bijlagen]")).to_contain_text("brief.pdf")
    with page.expect_download() as download:
        page.click("section[aria-labelledby=bijlagen] a:has-text('brief.pdf')")
    download.value.save_as(tmp_path / "uit.pdf")
    assert (tmp_path / "uit.pdf").read_bytes() == b"%PDF-1.7 een brief"
