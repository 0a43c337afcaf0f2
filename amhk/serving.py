"""Opening the house to the street: web, API and clock in one process.

Found a training meldpunt first when there is none.
"""

import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from amhk.clock import start_clock
from amhk.config import find_config, read_config
from amhk.errors import HouseClosed
from amhk.office import Office, found, open_office
from amhk.store.database.engine import Store
from amhk.training.year import fill
from amhk.web.app import create_app

# Requests worked on at once. One interpreter runs one of them at a time, and the more there are the
# longer all of them wait (benchmarks/http: pages are a fifth faster with three than with six). Four
# of them may be waiting for files of others (`sheets/apart`), so that two are left for the rest.
_AT_ONCE = 6
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run(
    given: str | None,
    host: str | None,
    port: int | None,
    training: bool,
    demo: bool,
    say: Callable[[str], None],
) -> None:
    """Serve until told to stop. HouseClosed when the house cannot open; it says what to do."""
    path = find_config(given)
    config = read_config(path)
    store = Store(config.url)
    fresh = training and not store.founded()
    store.close()
    if fresh:
        found(path.parent, None, training=True)
    office = open_office(path)
    try:
        if training and not office.training:
            raise HouseClosed(
                "Dit is een echt meldpunt, geen oefenomgeving: start het zonder --training."
            )
        if fresh and demo:
            say("Het oefenjaar wordt gemaakt; dit duurt een halve minuut.")
            say("\nInloggen in de oefenomgeving:")
            for name, role, password in fill(office, 2026, 160, 1):
                say(f"  {name:<22} {role:<22} {password}")
        _serve(office, host or config.host, port or config.port, say)
    finally:
        office.close()


def _serve(office: Office, host: str, port: int, say: Callable[[str], None]) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    for noisy in ("apscheduler", "transitions", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    app = create_app(office)
    try:
        listening = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OverflowError as wrong:
        raise HouseClosed(
            f"{port} is geen poort: kies een getal van 0 tot en met 65535 met --port."
        ) from wrong
    except (OSError, UnicodeError) as wrong:
        if (
            isinstance(wrong, UnicodeError) or (wrong.errno or 0) < 0
        ):  # the name of a place that is nowhere
            raise HouseClosed(
                f"Het adres '{host[:100]}' bestaat hier niet. Kies een ander met --host."
            ) from wrong
        raise HouseClosed(
            f"Poort {port} op {host} is niet vrij: {wrong.strerror}. Kies een andere met --port."
        ) from wrong
    if host not in _LOOPBACK:
        say("Let op: dit meldpunt is te bereiken vanaf andere computers. Zet er https voor.")
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    app.router.lifespan_context = _with_clock(
        office, lambda: say(f"\nHet meldpunt is open op {address}  (Ctrl-C sluit het)")
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, proxy_headers=False
        )
    )
    with suppress(
        KeyboardInterrupt
    ):  # uvicorn ends the running requests and then raises Ctrl-C again
        server.run(sockets=[listening])
    say("Het meldpunt is gesloten.")


def _with_clock(
    office: Office, opened: Callable[[], None]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Let the clock run as long as the house is open; `opened` is told when it can answer, and
    when who stops it is heard.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        clock = start_clock(office)
        current_default_thread_limiter().total_tokens = _AT_ONCE
        opened()
        yield
        clock.shutdown(wait=True)

    return lifespan
