"""Real browsers on the real server.

Without JavaScript (`page`), with it (`live`), and more of them when a story needs two.
"""

import os
import re
from contextlib import ExitStack

import pytest
from conftest import make_folder
from playwright.sync_api import expect, sync_playwright
from support.browser import CHROMIUM, FLAGS
from support.cast import hire
from support.patience import patient
from support.proxy import behind_nginx
from support.server import Server

from amhk.office import open_office


@pytest.fixture(scope="session")
def play():
    """The driver of browsers, one for all stories; it waits as long as this machine needs."""
    expect.set_options(timeout=patient(5) * 1000)
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(play):
    """One browser for all stories: each story has windows with a profile of their own in it."""
    browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=patient(30) * 1000)
    try:
        yield browser
    finally:
        browser.close()


# With this every story is told through nginx, with TLS, under a path of its own:
# docs/operations.md.
BEHIND_NGINX = os.environ.get("AMHK_PROXY") == "nginx"


@pytest.fixture
def server(tmp_path):
    """A running server with the cast at their desks; `address` is where a browser finds it."""
    folder = make_folder(tmp_path / "m", "meldpunt.sqlite")
    office = open_office(folder, proof=False)
    hire(office)
    office.close()
    with Server(folder) as server, ExitStack() as before:
        server.address = f"http://127.0.0.1:{server.port}"
        if BEHIND_NGINX:
            server.address = before.enter_context(behind_nginx(server, tmp_path / "nginx")).address
        yield server


@pytest.fixture
def browse(server, chromium):
    """Open a browser with a profile of its own.

    What it must never see (an error of ours, a word to the outside, a breach of the page's policy)
    fails the test.
    """
    wrong = []

    def watch(page):
        away = 502 if BEHIND_NGINX else None  # how nginx says that the server is away
        page.on(
            "response",
            lambda r: (
                wrong.append((r.status, r.url)) if r.status >= 500 and r.status != away else None
            ),
        )
        page.on(
            "request",
            lambda r: (
                wrong.append(r.url)
                if not re.match(r"https?://(127\.0\.0\.1|localhost)[:/]|data:|blob:", r.url)
                else None
            ),
        )
        page.on(
            "console",
            lambda m: wrong.append(m.text) if "Content Security Policy" in m.text else None,
        )
        page.on("pageerror", lambda e: wrong.append(str(e)))
        goto = page.goto
        page.goto = lambda url, **more: goto(
            server.address + url if url.startswith("/") else url, **more
        )
        return page

    opened = []

    def new(**more):
        context = chromium.new_context(
            **{
                "base_url": server.address,
                "reduced_motion": "reduce",
                "ignore_https_errors": BEHIND_NGINX,
                **more,
            }
        )
        context.set_default_timeout(patient(30) * 1000)
        context.on("page", watch)
        opened.append(context)
        return context.new_page()

    try:
        yield new
    finally:
        for context in opened:
            context.close()
    assert not wrong


@pytest.fixture
def page(browse):
    return browse(java_script_enabled=False)


@pytest.fixture
def live(browse):
    return browse()
