"""The desk behind nginx with TLS, under a path of its own: a call is taken, kept while it is typed, and read back; the calendar comes out by the same door."""

import re

import pytest
from playwright.sync_api import expect
from support.proxy import Proxy


@pytest.fixture
def proxy(server, tmp_path):
    """The server, told which proxy it may believe, with that proxy before it."""
    server.kill()
    text = server.folder.read_text(encoding="utf-8").replace("trusted_proxies = []", 'trusted_proxies = ["127.0.0.1"]')
    server.folder.write_text(text, encoding="utf-8")
    server.start(server.port)
    with Proxy(tmp_path / "nginx", server.port) as proxy:
        yield proxy


@pytest.mark.browser
def test_a_call_is_taken_and_kept_behind_a_proxy_under_a_path(proxy, browse):
    page = browse(ignore_https_errors=True)
    page.goto(f"{proxy.address}/")
    assert page.url.startswith(f"{proxy.address}/login")
    page.fill("[name=name]", "anna")
    page.fill("[name=password]", "oefenen-oefenen")
    page.click("button:has-text('Inloggen'), form[action$='/login'] button")
    page.wait_for_url(f"{proxy.address}/")
    cookies = {c["name"]: c for c in page.context.cookies()}
    assert cookies["amhk_session"]["path"] == "/amhk/" and cookies["amhk_session"]["secure"]
    page.keyboard.press("n")
    page.wait_for_url(re.compile(rf"{re.escape(proxy.address)}/nieuw.*"))
    page.fill("[name=zorgen]", "Er wordt elke avond geschreeuwd.")
    page.reload()
    links = page.eval_on_selector_all(
        "a[href^='/'], form[action^='/']", "all => all.map(x => x.getAttribute('href') || x.getAttribute('action'))"
    )
    assert len(links) > 5 and all(link.startswith("/amhk/") for link in links)
    page.goto(f"{proxy.address}/agenda")
    page.click("form[action='/amhk/agenda'] button >> nth=0")
    address = re.search(rf"{re.escape(proxy.address)}/agenda/[\w-]+\.ics", page.content())[0]
    assert proxy.read(address.removeprefix(proxy.address)).startswith(b"BEGIN:VCALENDAR")
    page.click("form[action='/amhk/logout'] button")
    expect(page).to_have_url(re.compile(rf"{re.escape(proxy.address)}/login"))
