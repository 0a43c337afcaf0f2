"""How this meldpunt is known outside: who asks, by which scheme, host and path prefix.

As the settings say it, or a proxy that the settings trust; never as a stranger's header says it.
"""

import re
from ipaddress import ip_address, ip_network
from typing import Any, cast
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from amhk.config import Config
from amhk.office import Office

_HERE = ("127.0.0.1", "localhost", "::1")
_OUTSIDE = "amhk.outside"
_PREFIX = re.compile(r"(/[\w.~-]{1,60}){1,6}")
_HOST = re.compile(r"[\w.-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:]{2,45}\](:\d{1,5})?")
# Addresses of our own in a page and in an answer; in a text of somebody a quote is never bare, so
# none is found there.
_IN_PAGE = re.compile(
    rb'(?<=\s)((?:href|src|action|formaction|hx-get|hx-post)="|content="0;url=)/(?!/)'
)
_IN_JSON = re.compile(rb'("href":\s?")/(?!/)')
_BY_PROXY = "Dit meldpunt is alleen over https te bereiken, op het adres dat u kreeg."
_ROOT = b'<html lang="nl"'


class Outside:
    """Takes the word of a trusted proxy for who asks and how the house is called, and gives every
    address of ours the path prefix it has outside. A real meldpunt with a proxy before it answers
    nobody who comes past it over bare http.
    """

    def __init__(self, app: ASGIApp, config: Config, training: bool = True) -> None:
        door = config.door
        self._past = training or not config.proxies or door.certificate or door.plain_http
        self._trusted = [ip_network(one) for one in config.proxies]
        self._prefix = re.sub(r"^https?://[^/]*", "", config.address)
        self._inner = app
        self._app = cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, app), list(config.proxies)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; of one that came by a trusted proxy path and answer are brought to and
        from the prefix.
        """
        if scope["type"] == "http" and not self._past and not self._near(scope):
            await PlainTextResponse(_BY_PROXY, 403)(scope, receive, send)
            return
        if scope["type"] != "http" or not self._trusts(scope):
            await self._inner(scope, receive, send)
            return
        headers = Headers(scope=scope)
        told = headers.get("x-forwarded-prefix", "").rstrip("/")
        prefix = told if _PREFIX.fullmatch(told) else self._prefix
        host = headers.get("x-forwarded-host", "") or headers.get("host", "")
        scheme = headers.get("x-forwarded-proto", "")
        if _HOST.fullmatch(host):
            shown = scheme if scheme in ("http", "https") else scope["scheme"]
            scope = {**scope, _OUTSIDE: f"{shown}://{host}{prefix}"}
        if prefix and (
            scope["path"] == prefix or scope["path"].startswith(f"{prefix}/")
        ):  # a proxy that does not take it off
            path = scope["path"].removeprefix(prefix) or "/"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, _Under(prefix, send) if prefix else send)

    def _near(self, scope: Scope) -> bool:
        """Tell whether a request comes by a trusted proxy, or from this machine."""
        peer = (scope.get("client") or ("",))[0]
        return self._trusts(scope) or peer in _HERE

    def _trusts(self, scope: Scope) -> bool:
        try:
            peer = ip_address((scope.get("client") or ("",))[0])
        except ValueError:
            return False
        return any(peer in network for network in self._trusted)


class _Under:
    """Sends an answer on with our own addresses under a prefix.

    In its head, and in a page or an answer of the API.
    """

    def __init__(self, prefix: str, send: Send) -> None:
        self._prefix, self._send = prefix.encode(), send
        self._start: Message | None = None
        self._body: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        """Hold a page until it is whole; anything else goes on as it comes."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            self._head(headers)
            if headers.get("content-type", "").startswith(
                ("text/html", "application/json", "application/problem+json")
            ):
                self._start = message
                return
        if self._start is None:
            await self._send(message)
            return
        self._body.append(message.get("body", b""))
        if not message.get("more_body"):
            await self._whole(self._start)

    def _head(self, headers: MutableHeaders) -> None:
        prefix = self._prefix.decode()
        if (place := headers.get("location", "")).startswith("/"):
            headers["location"] = prefix + place
        cookies = [
            c.replace("Path=/;", f"Path={prefix}/;", 1) for c in headers.getlist("set-cookie")
        ]
        del headers["set-cookie"]
        for cookie in cookies:
            headers.append("set-cookie", re.sub(r"Path=/$", f"Path={prefix}/", cookie))

    async def _whole(self, start: Message) -> None:
        headers = MutableHeaders(raw=start["headers"])
        body, as_page = b"".join(self._body), headers["content-type"].startswith("text/html")
        body = (_IN_PAGE if as_page else _IN_JSON).sub(rb"\g<1>" + self._prefix + b"/", body)
        if as_page:
            body = body.replace(_ROOT, _ROOT + b' data-prefix="' + self._prefix + b'"', 1)
        headers["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def path_of(request: Request) -> str:
    """Give the address that is asked within the house: whatever the request calls the host, which
    is a stranger's word, it is no part of it.
    """
    return str(request.scope["path"])


def has_prefix(request: Request) -> bool:
    """Tell whether the house is known outside under a path of its own."""
    return bool(urlsplit(str(request.scope.get(_OUTSIDE, ""))).path)


def address_of(office: Office, request: Request) -> str:
    """Give scheme, host and path prefix without a slash at the end.

    `server.address`, else as a trusted proxy says it, else where it listens (as the browser calls
    it when that is this machine).
    """
    config = office.config
    if told := config.address or request.scope.get(_OUTSIDE):
        return str(told)
    if request.url.hostname in (*_HERE, config.host):
        return str(request.base_url).rstrip("/")
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"{'https' if config.door.certificate else 'http'}://{host}:{config.port}"
