"""A passkey made and used in a real browser, with a device of its own."""

import pytest


@pytest.mark.browser
def test_a_worker_makes_a_passkey_and_comes_in_with_it(server, browse):
    page = browse()
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    line.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    here = f"http://localhost:{server.port}"
    page.goto(f"{here}/login")
    page.fill("[name=name]", "Anna")
    page.fill("[name=password]", "oefenen-oefenen")
    page.click("form[action='/login'] button")
    page.wait_for_url(f"{here}/")
    page.goto(f"{here}/passkeys")
    page.fill("[name=name]", "laptop op mijn bureau")
    page.click("button:has-text('Passkey maken')")
    page.wait_for_selector("text=U kunt zich nu ook met deze passkey aanmelden")
    assert page.is_visible("text=laptop op mijn bureau")
    page.click("header .me button")
    page.wait_for_url(f"{here}/login")
    page.click("text=Aanmelden met een passkey")
    page.click("button:has-text('Verder')")
    page.wait_for_url(f"{here}/")
    assert page.is_visible("text=Anna")
