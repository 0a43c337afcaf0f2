"""Opening the house to the street: web, API and clock, in one process or in several.

Found a training meldpunt first when there is none.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from apscheduler.schedulers.background import BackgroundScheduler
from fastapi import FastAPI

from amhk import logs
from amhk.clock import start_clock
from amhk.config import find_config, read_config
from amhk.config.parts import Door
from amhk.desk.staff import workers
from amhk.errors import HouseClosed, WrongUse
from amhk.founding import found
from amhk.listening import listen
from amhk.office import Office, open_office
from amhk.processes import Baton, Crew
from amhk.store.database.engine import Store
from amhk.training.year import fill
from amhk.web.app import create_app

# Requests worked on at once. One interpreter runs one of them at a time, and the more there are the
# longer all of them wait (benchmarks/http: pages are a fifth faster with three than with six). Four
# of them may be waiting for files of others (`sheets/apart`), so that two are left for the rest.
_AT_ONCE = 6
_MOST_PROCESSES = 64
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
Say = Callable[[str], None]
log = logging.getLogger("amhk.serving")


@dataclass(frozen=True)
class Wished:
    """How somebody wants the house opened: where (None: as the settings say), for training (with a
    demo year), in how many processes, and whether bare http beyond this machine is meant.
    """

    host: str | None = None
    port: int | None = None
    training: bool = False
    demo: bool = False
    processes: int = 1
    plain_http: bool = False


def run(given: str | None, wished: Wished, say: Say) -> None:
    """Serve until told to stop.

    HouseClosed when the house cannot open; it says what to do. WrongUse for a number that is none.
    """
    processes, training = wished.processes, wished.training
    if not 1 <= processes <= _MOST_PROCESSES:
        raise WrongUse(f"{processes} processen kan niet: kies van 1 tot en met {_MOST_PROCESSES}.")
    path = find_config(given)
    config = read_config(path)
    store = Store(config.url, config.database_key)
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
        host = wished.host or config.host
        prove_door(office, host, wished.plain_http)
        if first := workers.first_beheerder(office):
            say("\nHier werkt nog niemand. De eerste die zich aanmeldt:")
            say(f"  naam: {first[0]}    eenmalige code: {first[1]}")
            say("Kies daarmee een eigen wachtwoord; de code is dan voorbij.")
        if fresh and wished.demo:
            say("Het oefenjaar wordt gemaakt; dit duurt een halve minuut.")
            say("\nInloggen in de oefenomgeving:")
            for name, role, password in fill(office, 2026, 160, 1):
                say(f"  {name:<22} {role:<22} {password}")
        with listen(host, wished.port or config.port) as listening:
            _serve(office, listening, host, processes, say)
    finally:
        office.close()


def prove_door(office: Office, host: str, plain_http: bool) -> None:
    """Refuse to open a real meldpunt to other machines over bare http, unless it is said twice: in
    the settings and when it is opened. A proxy that is trusted sets https before it.
    """
    config = office.config
    kept = config.door.certificate or config.proxies or (config.door.plain_http and plain_http)
    if host not in _LOOPBACK and not office.training and not kept:
        raise HouseClosed(
            f"Op {host} is dit meldpunt te bereiken vanaf andere computers, zonder https: wat er"
            " gaat is te lezen. Zet server.certificate en certificate_key in config.toml, of zet"
            " er een proxy met https voor (server.trusted_proxies). Moet het toch zo: zet"
            " server.plain_http op true en geef --plain-http mee."
        )


def _serve(office: Office, listening: socket.socket, host: str, processes: int, say: Say) -> None:
    logs.begin()
    app = create_app(office)
    door = office.config.door
    if host not in _LOOPBACK and not door.certificate:
        say("Let op: dit meldpunt is te bereiken vanaf andere computers. Zet er https voor.")
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if door.certificate else "http"
    address = f"{scheme}://{shown}:{listening.getsockname()[1]}"

    def opened() -> None:
        """Tell that the house can answer, and hears who stops it."""
        say(f"\nHet meldpunt is open op {address}  (Ctrl-C sluit het)")

    gc.collect()
    gc.freeze()  # what was loaded stays as long as the house is open
    gc.enable()
    if processes == 1:
        app.router.lifespan_context = _with_clock(office, opened)
        _answer(app, listening, door)
    else:
        office.store.close()  # each process makes connections of its own
        baton, first = Baton(), os.getpid()

        def work(told: Callable[[], object]) -> None:
            """Answer beside the others."""
            app.router.lifespan_context = _among_others(office, baton, first, told)
            _answer(app, listening, door)
            office.store.close()

        Crew(processes, work).run(opened)
    say("Het meldpunt is gesloten.")


def _answer(app: FastAPI, listening: socket.socket, door: Door) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,  # it speaks by ours
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ssl_certfile=door.certificate or None,
            ssl_keyfile=door.certificate_key or None,
        )
    )
    with suppress(
        KeyboardInterrupt
    ):  # uvicorn ends the running requests and then raises Ctrl-C again
        server.run(sockets=[listening])


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _with_clock(office: Office, opened: Callable[[], None]) -> Lifespan:
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


def _among_others(
    office: Office, baton: Baton, first: int, opened: Callable[[], object]
) -> Lifespan:
    """Let the clock run in the process that holds the baton, and end when the first one is gone."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = _AT_ONCE
        clocks: list[BackgroundScheduler] = []
        watch = asyncio.create_task(_watch(office, baton, first, clocks))
        opened()
        yield
        watch.cancel()
        for clock in clocks:
            clock.shutdown(wait=True)

    return lifespan


async def _watch(
    office: Office, baton: Baton, first: int, clocks: list[BackgroundScheduler]
) -> None:
    """Look every second whether the first process is there and whether the clock is this one's.

    A process that can no longer look ends, and another takes its place.
    """
    try:
        while os.getppid() == first:
            if not clocks and baton.take():
                clocks.append(start_clock(office))
                log.info("the clock runs in process %d", os.getpid())
            await asyncio.sleep(1)
    except Exception:
        log.exception("a process that cannot watch the clock ends")
    os.kill(os.getpid(), signal.SIGTERM)
