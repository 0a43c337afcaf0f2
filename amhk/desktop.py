"""The same pages in a window of their own.

Joins the service that runs, or starts one and stops it when the window closes.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from amhk.config import Config, find_config, house_mark, read_config
from amhk.errors import HouseClosed

_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)
_PATIENCE = 120.0
_SIZE = (1280, 860)
Say = Callable[[str], None]


def run(given: str | None, training: bool, demo: bool, say: Say) -> None:
    """Open the desk in a window until it is closed.

    HouseClosed when the house cannot open; it says what to do.
    """
    path = find_config(given)
    config = read_config(path)
    service, address = _service(config, path, training, demo, say)
    try:
        _window(config, address, service, say)
    finally:
        if service is not None:
            service.terminate()
            service.wait(timeout=30)
            say("Het meldpunt is gesloten.")


def _service(
    config: Config, path: Path, training: bool, demo: bool, say: Say
) -> tuple[subprocess.Popen[bytes] | None, str]:
    """Give the service of this folder.

    The one that answers already, else a new one on a free port.
    """
    address = f"http://127.0.0.1:{config.port}"
    if _answers(address, config):
        say(f"Het meldpunt is al open op {address}; dit venster doet daar mee.")
        return None, address
    port = config.port if _free(config.port) else _any_port()
    command = [
        sys.executable,
        "-m",
        "amhk",
        "serve",
        "--config",
        str(path),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--training"] * training + ["--no-demo"] * (not demo)
    service = subprocess.Popen(command)
    address, until = f"http://127.0.0.1:{port}", monotonic() + _PATIENCE
    while not _answers(address, config):
        if service.poll() is not None or monotonic() > until:
            service.kill()
            raise HouseClosed("Het meldpunt ging niet open; hierboven staat waarom.")
        sleep(0.1)
    return service, address


def _answers(address: str, config: Config) -> bool:
    """Tell whether this very meldpunt answers at an address, not another one on the same port."""
    try:
        with urllib.request.urlopen(f"{address}/api/v1/health", timeout=2) as answer:
            return bool(answer.headers.get("x-amhk-house") == house_mark(config))
    except OSError:
        return False


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _window(
    config: Config, address: str, service: subprocess.Popen[bytes] | None, say: Say
) -> None:
    """Show the window that this machine can.

    Pywebview, else a browser as an app, else a tab of the browser.
    """
    home = config.folder / ".venster"
    home.mkdir(mode=0o700, exist_ok=True)
    if os.environ.get("AMHK_WINDOW", "") in ("", "webview") and _webview(
        config.organisation, address, home
    ):
        return
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser and os.environ.get("AMHK_WINDOW", "") in ("", "app"):
        _app(browser, address, home)
        return
    say(
        f"Er is geen venster te maken op deze machine; het meldpunt staat in uw browser: {address} "
        " (Ctrl-C sluit het)"
    )
    # whoever starts a program in the background may have switched it off
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        webbrowser.open(address)
        while service is not None and service.poll() is None:
            sleep(0.5)
    except KeyboardInterrupt:
        return


def _webview(title: str, address: str, home: Path) -> bool:
    """Show a window of pywebview, which remembers its size.

    False when it is not installed or the machine has no toolkit for it.
    """
    try:
        import webview
    except ImportError:
        return False
    try:
        wide, high = _remembered(home)
        webview.settings["ALLOW_DOWNLOADS"] = True
        window = webview.create_window(title, address, width=wide, height=high, min_size=(360, 480))
        window.events.resized += lambda w, h: (home / "grootte.json").write_text(
            json.dumps([int(w), int(h)]), encoding="utf-8"
        )
        webview.start(private_mode=True, icon=str(Path(__file__).parent / "web/static/icon.png"))
    except Exception:  # pywebview has a class of its own for each toolkit that is not there
        return False
    return True


def _remembered(home: Path) -> tuple[int, int]:
    try:
        wide, high = json.loads((home / "grootte.json").read_text(encoding="utf-8"))
        return max(int(wide), 360), max(int(high), 480)
    except (OSError, ValueError, TypeError):
        return _SIZE


def _last_size(settings: Path) -> tuple[int, int]:
    """Give how large the browser's app window was when it closed, as its profile has it."""
    try:
        place: Any = json.loads(settings.read_text(encoding="utf-8"))["browser"][
            "app_window_placement"
        ]
        while "right" not in place:  # the address of the app, split at its dots
            place = next(iter(place.values()))
        return max(int(place["right"] - place["left"]), 360), max(
            int(place["bottom"] - place["top"]), 480
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, StopIteration):
        return _SIZE


def _app(browser: str, address: str, home: Path) -> None:
    """Show a browser as an app with a profile of its own, which remembers its size.

    A PDF opens in the system's viewer, and is gone afterwards.
    """
    profile, downloads = home / "profiel", home / "geopend"
    downloads.mkdir(parents=True, exist_ok=True)
    settings = profile / "Default" / "Preferences"
    fresh = not settings.exists()
    if fresh:
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(json.dumps(_preferences(downloads)), encoding="utf-8")
    wide, high = _SIZE if fresh else _last_size(settings)
    command = [
        browser,
        f"--app={address}",
        f"--user-data-dir={profile}",
        f"--window-size={wide},{high}",
        *_FLAGS,
        *os.environ.get("AMHK_WINDOW_FLAGS", "").split(),
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # Chromium refuses root with its sandbox
    try:
        subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
    finally:
        for left in downloads.glob("*.pdf"):  # opened to be read; what was saved on purpose stays
            left.unlink(missing_ok=True)


_FLAGS = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--class=amhk",
)


def _preferences(downloads: Path) -> dict[str, Any]:
    """Give the settings of a new profile: a PDF opens outside, and nothing is remembered."""
    return {
        "plugins": {"always_open_pdf_externally": True},
        "credentials_enable_service": False,
        "history": {"saving_disabled": True},
        "profile": {"password_manager_enabled": False},
        "download": {
            "default_directory": str(downloads),
            "prompt_for_download": False,
            "extensions_to_open": "pdf",
        },
    }
