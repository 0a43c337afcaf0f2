"""Sending lines of processing to a register outside, as OpenTelemetry has it (OTLP over HTTP, in
JSON).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from amhk.errors import HouseClosed

_WAIT = 20.0  # seconds


@dataclass(frozen=True)
class Span:
    """One line: of which trace (32 hexadecimal signs), its own mark (16), what it is called, when
    (UTC), and what more is told of it.
    """

    trace: str
    mark: str
    name: str
    at: datetime
    told: Mapping[str, str]


class _Stay(HTTPRedirectHandler):
    """Goes nowhere else than where it was sent."""

    def redirect_request(self, *told: object, **more: object) -> None:
        """Follow no redirect."""
        return


_OPENER = build_opener(_Stay)


def send(address: str, service: str, spans: Sequence[Span]) -> None:
    """Send lines of a service to `address`; HouseClosed when they were not taken, all or none."""
    told = {
        "resourceSpans": [
            {
                "resource": {"attributes": _pairs({"service.name": service})},
                "scopeSpans": [{"scope": {"name": "amhk"}, "spans": [_span(s) for s in spans]}],
            }
        ]
    }
    heads = {"content-type": "application/json"}
    request = Request(address, json.dumps(told).encode(), heads)
    try:
        with _OPENER.open(request, timeout=_WAIT) as answer:
            said = json.loads(answer.read(1_000_000) or b"{}")
    except HTTPError as wrong:
        wrong.close()
        raise HouseClosed(f"Het logboek nam de regels niet aan (antwoord {wrong.code}).") from wrong
    except (OSError, HTTPException, ValueError) as wrong:
        raise HouseClosed("Het logboek geeft geen antwoord.") from wrong
    refused = (said.get("partialSuccess") or {}) if isinstance(said, dict) else {}
    if int(refused.get("rejectedSpans") or 0):
        raise HouseClosed("Het logboek nam niet alle regels aan.")


def _span(one: Span) -> dict[str, object]:
    nano = str(int(one.at.timestamp() * 1_000_000) * 1000)
    return {
        "traceId": one.trace,
        "spanId": one.mark,
        "name": one.name,
        "kind": 1,
        "startTimeUnixNano": nano,
        "endTimeUnixNano": nano,
        "attributes": _pairs(one.told),
        "status": {"code": 1},
    }


def _pairs(told: Mapping[str, str]) -> list[dict[str, object]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]
