"""Forty police forms triaged in headless Chromium by keyboard alone, steps counted.

And who is known is shown while a name is typed.
"""

import io
import json
import re

import pytest
from playwright.sync_api import expect
from support.cast import reader
from support.families import EL_AMRANI, melding
from support.patience import patient
from support.screen import sign_in, take_melding

from amhk.desk.house import clock
from amhk.desk.intake import calls, import_staging, imports
from amhk.office import open_office

FORTY = 40


def told(n):
    body = melding(
        [],
        id=f"ZF-{n:03}",
        kanaal="zorgformulier politie",
        ontvangen=f"2026-02-02T0{n % 8}:15",
        zorgen=f"Formulier {n}: ruzie in de woning.",
        acuut=n % 10 == 3,
    )
    body.pop("route")
    if n % 4 == 0:
        body["betrokkenen"] = [
            {
                "naam": "Samira Elamrani",
                "geboren": "1991-03-14",
                "adres": "Havenstraat 12, 3024 AA Rotterdam",
            }
        ]
    return body


@pytest.fixture
def page(server, live):
    """Anna at her desk at eight in the morning, with one family known from the evening before."""
    office = open_office(server.folder, proof=False)
    clock.move_clock(office, {"now": "2026-02-02T08:00"})
    calls.take_call(office, melding(EL_AMRANI, ontvangen="2026-02-01T20:00"), reader(office, "Tom"))
    office.close()
    sign_in(live, "Anna")
    return live


@pytest.mark.browser
def test_forty_forms_are_brought_looked_at_and_triaged_by_keyboard_alone(page, tmp_path):
    file = tmp_path / "ochtend.json"
    file.write_text(
        json.dumps({"schema": "formulier/1", "formulieren": [told(n) for n in range(FORTY)]}),
        encoding="utf-8",
    )
    page.goto("/formulieren")
    page.set_input_files("#bestand", file)
    page.focus("main button.main")
    page.keyboard.press("Enter")
    expect(page.locator("main .lead")).to_contain_text(
        "40 formulieren in het bestand · 0 zaken gemaakt · 40 klaar · 0 te herstellen"
    )
    expect(page.locator("tbody tr").first).to_contain_text("M-2026-000001 (99 %)")
    page.focus("main button.main")
    page.keyboard.press("Enter")
    expect(page.locator("main .lead")).to_contain_text("40 zaken gemaakt", timeout=patient(30_000))
    page.goto("/triage")
    expect(page.locator("main .lead")).to_contain_text("40 formulieren")
    keys = 0
    for _ in range(FORTY):
        row = page.locator("[data-form]").first
        expect(row).to_be_focused()
        known = row.locator("[name=bij]").input_value()
        left = int(page.locator("main .lead").inner_text().split()[0])
        text = row.inner_text()
        page.keyboard.press(
            "3" if known else "1" if "Formulier 1" in text and "acuut" not in text else "2"
        )
        keys += 1
        if left > 1:
            expect(page.locator("main .lead")).to_contain_text(f"{left - 1} formulier")
        if keys == 1:  # the first answer is taken back, and given again
            page.keyboard.press("u")
            keys += 1
            expect(page.locator("main .lead")).to_contain_text("40 formulieren")
            page.keyboard.press("2")
            keys += 1
            expect(page.locator("main .lead")).to_contain_text("39 formulieren")
    expect(page.locator("main")).to_contain_text("Er wacht niets")
    assert keys == FORTY + 2, "one key a form, and two for the answer taken back"
    page.goto("/zaak/M-2026-000001")
    expect(page.locator("section[aria-labelledby=verwant] li")).to_have_count(10)


@pytest.mark.browser
def test_acute_forms_come_first_and_one_moves_by_keyboard(page, server):
    office = open_office(server.folder, proof=False) if hasattr(server, "folder") else None
    if office:
        key = import_staging.stage(
            office,
            io.BytesIO(json.dumps([told(n) for n in range(5)]).encode()),
            "x",
            "formulier/1",
            reader(office, "Tom"),
        )
        imports.accept(office, key, reader(office, "Tom"))
        imports.take_all(office, key)
        office.close()
        page.goto("/triage")
        expect(page.locator("[data-form]").first).to_contain_text("acuut")
        page.keyboard.press("j")
        expect(page.locator("[data-form]").nth(1)).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(page.locator("[data-form]").first).to_be_focused()
        page.keyboard.press("1")
        expect(page.locator("text=Ja, dit acute formulier is geen HG/KM")).to_be_visible()
        expect(page.locator("[data-form]")).to_have_count(5)
        page.keyboard.type("De man is opgepakt en zij zijn bij familie.")
        page.keyboard.press("Enter")
        expect(page.locator("[data-form]")).to_have_count(4)
        page.keyboard.press("u")
        expect(page.locator("[data-form]")).to_have_count(5)
        number = page.locator("[data-form]").nth(1).locator("[name=bij]")
        number.fill("M-2026-999")
        number.press("Enter")
        expect(page.locator(".error")).to_contain_text("bestaat niet")
        expect(page.locator("[data-form]")).to_have_count(5)
        expect(page.locator("[data-form]").nth(1).locator("[name=bij]")).to_have_value("M-2026-999")


@pytest.mark.browser
def test_who_is_known_is_shown_while_the_name_is_typed(page):
    number = take_melding(page, person="")
    page.locator("[name='betrokkenen.0.naam']").press_sequentially("Samira Elamrani")
    page.locator("[name='betrokkenen.0.geboren']").press_sequentially("14-3-1991")
    shown = page.locator("#eerder")
    expect(shown).to_contain_text("M-2026-000001")
    expect(shown).to_contain_text("zelfde geboortedatum")
    page.click("main form button.main")
    expect(page).to_have_url(re.compile(f"/zaak/{number}/verwant"))
    expect(page.locator(".done")).to_contain_text("eerder bekend")
