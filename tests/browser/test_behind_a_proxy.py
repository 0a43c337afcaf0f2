"""The desk behind nginx with TLS, under a path of its own.

A call is taken, kept while it is typed, and read back; the calendar comes out by the same door.
"""

import re

import pytest
from playwright.sync_api import expect
from support.calendar_program import calendar_program
from support.cast import reader
from support.families import melding
from support.proxy import behind_nginx

from amhk.desk.intake.calls import take_call
from amhk.office import open_office
from amhk.store import reads


@pytest.fixture
def proxy(server, tmp_path):
    """The server, told which proxy it may believe, with that proxy before it."""
    with behind_nginx(server, tmp_path / "before") as proxy:
        yield proxy


@pytest.mark.browser
def test_a_call_is_taken_and_kept_behind_a_proxy_under_a_path(server, proxy, browse, tmp_path):
    page = browse(ignore_https_errors=True)
    page.goto(f"{proxy.address}/")
    assert page.url.startswith(f"{proxy.address}/login")
    page.fill("[name=name]", "anna")
    page.fill("[name=password]", "oefenen-oefenen")
    page.click("button:has-text('Inloggen'), form[action$='/login'] button")
    page.wait_for_url(f"{proxy.address}/")
    cookies = {c["name"]: c for c in page.context.cookies()}
    assert cookies["__Secure-amhk_session"]["path"] == "/amhk/"
    assert cookies["__Secure-amhk_session"]["secure"]
    page.keyboard.press("n")
    page.wait_for_url(re.compile(rf"{re.escape(proxy.address)}/nieuw.*"))
    page.fill("[name=zorgen]", "Er wordt elke avond geschreeuwd.")
    page.reload()
    links = page.eval_on_selector_all(
        "a[href^='/'], form[action^='/']",
        "all => all.map(x => x.getAttribute('href') || x.getAttribute('action'))",
    )
    assert len(links) > 5 and all(link.startswith("/amhk/") for link in links)
    page.goto(f"{proxy.address}/agenda")
    page.click("form[action='/amhk/agenda'] [value=team]")
    address = re.search(rf"{re.escape(proxy.address)}/agenda/[\w-]+\.ics", page.content())[0]
    office = open_office(server.folder, proof=False)
    number = take_call(office, melding(), reader(office, "Tom"))
    with office.store.read() as connection:
        due = next(
            t["due"] for t in reads.terms(connection, 1) if t["name"] == "veiligheidsbeoordeling"
        )
    office.close()
    assert f"{number} Veiligheidsbeoordeling" in calendar_program(
        tmp_path, address, due, proxy.folder / "cert.pem"
    )
    page.click("form[action='/amhk/logout'] button")
    expect(page).to_have_url(re.compile(rf"{re.escape(proxy.address)}/login"))
