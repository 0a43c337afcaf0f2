"""`amhk desktop` on a screen that is not there.

A window of its own, which joins the service that runs or starts and stops one.
"""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress

import pytest
from conftest import ROOT, make_folder
from support.cast import hire, reader
from support.display import Display, as_png, share_of
from support.families import EL_AMRANI, melding
from support.patience import patient, until
from support.server import Server, free_port

from amhk.desk.intake import calls
from amhk.office import open_office

ACCENT = (0x00, 0x56, 0x8B)


@pytest.fixture
def folder(tmp_path):
    folder = make_folder(tmp_path / "m", "meldpunt.sqlite")
    text = folder.read_text(encoding="utf-8").replace("port = 8400", f"port = {free_port()}")
    folder.write_text(text, encoding="utf-8")
    office = open_office(folder, proof=False)
    hire(office)
    for _ in range(3):
        calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
    office.close()
    return folder


def port_of(folder):
    return int(
        next(
            line
            for line in folder.read_text(encoding="utf-8").splitlines()
            if line.startswith("port = ")
        ).split()[2]
    )


def answers(port):
    try:
        return (
            urllib.request.urlopen(
                f"http://127.0.0.1:{port}/api/v1/health", timeout=patient(2)
            ).status
            == 200
        )
    except (urllib.error.URLError, ConnectionError):
        return False


@pytest.fixture
def desktop():
    """Starts `amhk desktop`; whatever it started is ended whatever happens."""
    started = []

    def start(folder, **env):
        command = [sys.executable, "-m", "amhk", "desktop", "--config", str(folder)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        started.append(
            subprocess.Popen(command, env={**os.environ, **env}, start_new_session=True, **pipes)
        )
        return started[-1]

    yield start
    for program in started:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


def pages_of(debug):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{debug}/json", timeout=patient(2)) as answer:
            return [
                p
                for p in json.loads(answer.read())
                if p["type"] == "page" and "127.0.0.1" in p["url"]
            ]
    except (urllib.error.URLError, ConnectionError):
        return []


def as_app(desktop, folder, screen, debug):
    flags = f"--remote-debugging-port={debug} --disable-gpu --remote-allow-origins=* --test-type"
    return desktop(folder, DISPLAY=screen.name, AMHK_WINDOW="app", AMHK_WINDOW_FLAGS=flags)


@pytest.mark.browser
def test_the_worklist_stands_in_a_window_of_its_own_and_the_service_goes_with_it(
    folder, play, desktop, tmp_path
):
    debug = free_port()
    with Display(90 + os.getpid() % 400) as screen:
        program = as_app(desktop, folder, screen, debug)
        until(lambda: pages_of(debug), 30, "the window did not open")
        browser = play.chromium.connect_over_cdp(f"http://127.0.0.1:{debug}")
        page = browser.contexts[0].pages[0]
        home = page.url.rsplit("/login", 1)[0]
        assert str(port_of(folder)) in home
        page.goto(f"{home}/login")
        page.fill("#name", "Tom")
        page.fill("#password", "oefenen-oefenen")
        page.click("main button.main")
        page.goto(f"{home}/werkvoorraad")
        page.wait_for_selector("table.list")
        assert page.locator("table.list tbody tr").count() == 3
        until(
            lambda: share_of(screen.photograph(), ACCENT) > 0.01,
            30,
            "the desk is not on the screen",
        )
        picture = as_png(screen.photograph())
        (tmp_path / "venster.png").write_bytes(picture)
        assert len(picture) > 20_000
        if os.environ.get("AMHK_SCREENS"):
            (ROOT / "docs" / "screens" / "venster.png").write_bytes(picture)
        session = browser.contexts[0].new_cdp_session(page)
        window = session.send("Browser.getWindowForTarget")["windowId"]
        session.send(
            "Browser.setWindowBounds", {"windowId": window, "bounds": {"width": 900, "height": 700}}
        )
        until(
            lambda: page.evaluate("[outerWidth, outerHeight]") == [900, 700],
            30,
            "the window was not resized",
        )
        page.close()
        said, _ = program.communicate(timeout=patient(60))
        assert program.returncode == 0
        assert "Het meldpunt is gesloten." in said
        assert not answers(port_of(folder))
        again = as_app(desktop, folder, screen, debug := free_port())
        until(lambda: pages_of(debug), 30, "the window did not open again")
        page = play.chromium.connect_over_cdp(f"http://127.0.0.1:{debug}").contexts[0].pages[0]
        assert page.evaluate("[outerWidth, outerHeight]") == [900, 700], "it remembers its size"
        page.close()
        again.communicate(timeout=patient(60))
    settings = json.loads(
        (folder.parent / ".venster" / "profiel" / "Default" / "Preferences").read_text(
            encoding="utf-8"
        )
    )
    assert settings["plugins"]["always_open_pdf_externally"] is True
    assert settings["download"]["extensions_to_open"].startswith("pdf")


@pytest.mark.browser
def test_a_window_joins_the_service_that_runs_and_leaves_it_running(folder, play, desktop):
    server = Server(folder)
    server.start(port_of(folder))
    debug = free_port()
    try:
        with Display(500 + os.getpid() % 400) as screen:
            program = as_app(desktop, folder, screen, debug)
            until(lambda: pages_of(debug), 30, "the window did not open")
            browser = play.chromium.connect_over_cdp(f"http://127.0.0.1:{debug}")
            browser.contexts[0].pages[0].close()
            said, _ = program.communicate(timeout=patient(60))
        assert "dit venster doet daar mee" in said
        assert answers(port_of(folder))
    finally:
        server.kill()


def test_without_a_window_it_opens_the_browser_and_says_so(folder, desktop, tmp_path):
    opened = tmp_path / "geopend"
    browser = tmp_path / "bladeraar"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n', encoding="utf-8")
    browser.chmod(0o755)
    program = desktop(folder, AMHK_WINDOW="browser", BROWSER=f"{browser} %s")
    until(opened.exists, 30, "no browser was opened")
    program.send_signal(signal.SIGINT)
    said, _ = program.communicate(timeout=patient(60))
    assert "Er is geen venster te maken op deze machine" in said
    assert opened.read_text(encoding="utf-8").strip() == f"http://127.0.0.1:{port_of(folder)}"
    assert not answers(port_of(folder))


def test_another_meldpunt_on_the_same_port_is_not_joined(folder, desktop, tmp_path):
    other = make_folder(tmp_path / "ander", "meldpunt.sqlite")
    server = Server(other)
    server.start(port_of(folder))
    opened = tmp_path / "geopend"
    browser = tmp_path / "bladeraar"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n', encoding="utf-8")
    browser.chmod(0o755)
    try:
        program = desktop(folder, AMHK_WINDOW="browser", BROWSER=f"{browser} %s")
        until(opened.exists, 30, "no browser was opened")
        assert str(port_of(folder)) not in opened.read_text(encoding="utf-8")
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=patient(60))
    finally:
        server.kill()
