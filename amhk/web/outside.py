"""The address by which this meldpunt is known outside: as the settings say it, and never as a stranger's header says it."""

from fastapi import Request

from amhk.office import Office

_HERE = ("127.0.0.1", "localhost", "::1")


def address_of(office: Office, request: Request) -> str:
    """Give scheme, host and path prefix without a slash at the end: `server.address`, else where it listens (as the browser calls it when that is this machine)."""
    config = office.config
    if config.address:
        return config.address
    if request.url.hostname in (*_HERE, config.host):
        return str(request.base_url).rstrip("/")
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{config.port}"
