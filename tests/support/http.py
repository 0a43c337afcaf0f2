"""A browser without a screen.

Speaks HTTP to an app in this process, with cookies, and follows where it is sent.
"""

import atexit
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache, partial

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import select

from amhk.store.reads import SESSION


@cache
def _portal() -> BlockingPortal:
    """One event loop for all tests of a process, in a thread of its own.

    A new one for each question is half of what a question costs.
    """
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(start_blocking_portal())


async def _sent(parts):
    for part in parts:
        yield part


class Http:
    """Asks an app of this process; with `raising` a fault in the app is a fault of the test.

    `client` is the address it asks from.
    """

    def __init__(self, app, raising=True, client=("127.0.0.1", 123)):
        self.app = app
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=raising, client=client)
        self._client = httpx2.AsyncClient(
            transport=transport, base_url="http://testserver", follow_redirects=True
        )
        self.cookies = self._client.cookies

    def request(self, method, path, **more):
        """Ask; gives the answer."""
        if hasattr(content := more.get("content"), "__next__"):
            more["content"] = _sent(content)
        return _portal().call(partial(self._client.request, method, path, **more))

    def get(self, path, **more):
        """Ask for a page."""
        return self.request("GET", path, **more)

    def head(self, path, **more):
        """Ask for the head of a page."""
        return self.request("HEAD", path, **more)

    def post(self, path, **more):
        """Send a form, or a file."""
        return self.request("POST", path, **more)

    def sign_in(self, name, password="oefenen-oefenen"):
        """Sign in with a password, as from our own page; gives the answer, not followed."""
        return self.post(
            "/login",
            data={"name": name, "password": password},
            headers={"sec-fetch-site": "same-origin"},
            follow_redirects=False,
        )

    def send(self, path, headers=None, **told):
        """Send a form of our own page, of the newest sign-in; gives the answer, not followed."""
        with self.app.state.office.store.read() as connection:
            csrf = list(connection.execute(select(SESSION.c.csrf)).scalars())[-1]
        once = f"{len(told)}{datetime.now(UTC).timestamp()}".replace(".", "")
        form = {"_csrf": csrf, "_once": once, **told}
        return self.post(path, data=form, headers=headers, follow_redirects=False)


__all__ = ["Http"]
