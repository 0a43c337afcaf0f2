"""The settings of the doors: where the service listens, who comes in how, and by whom."""

import re
from datetime import date, datetime
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from amhk.config.parts import Door, Ldv, Organisation, TimeStamp
from amhk.config.reading import Reading, secret
from amhk.rules.parse import Raw
from amhk.words import ROLES

_SHORTEST = 32  # signs of a token


def second_proof(read: Reading, told: object) -> tuple[str, ...]:
    """Give the roles that sign in with a second proof."""
    roles = told if isinstance(told, list) else [told]
    for role in roles:
        if role not in ROLES:
            read.no("server.second_proof", f"'{role}' is geen rol; kies uit {', '.join(ROLES)}.")
    return tuple(role for role in roles if role in ROLES)


def server(read: Reading, table: Raw) -> dict[str, Any]:
    """Give where the service listens, how it is known outside, and how long a token
    lives in days.
    """
    return {
        "host": table.get("host", "127.0.0.1"),
        "port": read.number("server.port", table.get("port", 8400), 65535),
        "secure_cookies": bool(table.get("secure_cookies", False)),
        "address": address_outside(read, table.get("address", "")),
        "proxies": proxies(read, table.get("trusted_proxies", [])),
        "token_days": read.number("server.token_days", table.get("token_days", 180), 366),
        "session_hours": read.number("server.session_hours", table.get("session_hours", 10), 24),
        "second_proof": second_proof(read, table.get("second_proof", list(ROLES))),
        "idle_minutes": read.number("server.idle_minutes", table.get("idle_minutes", 60), 1440),
        "door": door(read, table),
    }


def door(read: Reading, table: Raw) -> Door:
    """Give how the street door is kept: certificate, contact and scanner."""
    files = [str(table.get(name, "")) for name in ("certificate", "certificate_key")]
    if any(files) and not all(files):
        read.no("server.certificate", "geef certificate en certificate_key samen.")
    found = [str(read.path.parent / one) if one else "" for one in files]
    for name, one in zip(("certificate", "certificate_key"), found, strict=True):
        if one and not Path(one).is_file():
            read.no(f"server.{name}", f"het bestand {one} is er niet.")
    contact, scanner = (str(table.get(name, "")) for name in ("security_contact", "scanner"))
    if contact and not re.fullmatch(r"(mailto:|https://|tel:)[!-~]{3,200}", contact):
        read.no("server.security_contact", "schrijf mailto:..., https://... of tel:...")
    if scanner and not re.fullmatch(r"[\w.-]{1,253}:\d{1,5}", scanner):
        read.no("server.scanner", f"'{scanner[:80]}' moet host:poort zijn, zoals 127.0.0.1:3310.")
    return Door(
        certificate=found[0],
        certificate_key=found[1],
        plain_http=bool(table.get("plain_http", False)),
        security_contact=contact,
        scanner=scanner,
    )


def address_outside(read: Reading, told: object) -> str:
    """Give how the meldpunt is known outside, without a slash at the end.

    Empty when it is not said.
    """
    address = str(told).rstrip("/")
    if address and not re.fullmatch(r"https?://[\w.:\[\]-]+(/[\w./~-]*)?", address):
        read.no(
            "server.address",
            f"'{address[:80]}' is geen adres; schrijf https://meldpunt.voorbeeld.nl",
        )
    return address


def proxies(read: Reading, told: object) -> tuple[str, ...]:
    """Give the addresses and networks of the proxies whose word is taken for who asks, and by which
    scheme and prefix.
    """
    found = told if isinstance(told, list) else [told]
    for one in found:
        try:
            ip_network(str(one))
        except ValueError:
            read.no(
                "server.trusted_proxies",
                f"'{one}' is geen adres of netwerk; schrijf bijvoorbeeld [\"127.0.0.1\","
                ' "10.0.0.0/8"].',
            )
            return ()
    return tuple(map(str, found))


def ldv(read: Reading, table: Raw | None) -> Ldv | None:
    """Give the register that takes lines of processing, None when there is none."""
    if table is None:
        return None
    endpoint, activity = (str(table.get(name, "")) for name in ("endpoint", "activity"))
    if not re.fullmatch(r"https://[!-~]+|http://(localhost|127\.0\.0\.1)(:\d+)?/[!-~]*", endpoint):
        read.no("ldv.endpoint", "schrijf het adres, zoals https://logboek.voorbeeld.nl/v1/traces")
    if not re.fullmatch(r"https?://[!-~]+", activity):
        read.no("ldv.activity", "schrijf het adres van de verwerking in uw register.")
    return Ldv(endpoint, activity)


def timestamp(read: Reading, table: Raw | None) -> TimeStamp | None:
    """Give the service that stamps the anchors, None when there is none."""
    if table is None:
        return None
    url, roots = (str(table.get(name, "")) for name in ("url", "roots"))
    if not re.fullmatch(r"https?://[!-~]+", url):  # the answer is signed, also over plain http
        read.no("timestamp.url", "schrijf het adres, zoals http://tijd.voorbeeld.nl/tsa")
    place = read.path.parent / roots
    if not roots or not place.is_file():
        read.no("timestamp.roots", f"het bestand met rootcertificaten is er niet: {place}.")
    if find_spec("rfc3161_client") is None:
        read.no("timestamp", "hiervoor is pip install 'amhk[timestamps]' nodig.")
    since = table.get("since")
    if not isinstance(since, date) or isinstance(since, datetime):
        read.no("timestamp.since", "schrijf de eerste dag, zoals since = 2026-12-01.")
        since = date.max
    return TimeStamp(url, place, since)


def scim_token(read: Reading) -> str:
    """Give the token by which a directory of the organisation keeps who works here; empty when none
    does. It is in AMHK_SCIM_TOKEN or the file AMHK_SCIM_TOKEN_FILE names, 32 signs or more.
    """
    told = secret("AMHK_SCIM_TOKEN")
    if told and len(told) < _SHORTEST:
        read.no("AMHK_SCIM_TOKEN", f"geef een token van {_SHORTEST} tekens of meer.")
    return told


def _words(told: object) -> tuple[str, ...]:
    return tuple(map(str, told)) if isinstance(told, list) else (str(told),)


def oidc(read: Reading, table: Raw | None) -> Organisation | None:
    """Give the sign-in of the organisation, None when there is none.

    Its secret comes from AMHK_OIDC_SECRET or the file AMHK_OIDC_SECRET_FILE names.
    """
    if table is None:
        return None
    issuer, client = (str(table.get(name, "")) for name in ("issuer", "client_id"))
    if not re.fullmatch(r"https://[!-~]+|http://(localhost|127\.0\.0\.1)(:\d+)?[!-~]*", issuer):
        read.no(
            "oidc.issuer", "schrijf het adres van de organisatie, zoals https://login.voorbeeld.nl"
        )
    if not client:
        read.no("oidc.client_id", "vul in hoe de organisatie dit meldpunt kent.")
    roles, teams = (table.get(name, {}) for name in ("roles", "teams"))
    for name, told in (("roles", roles), ("teams", teams)):
        if not isinstance(told, dict):
            read.no(f"oidc.{name}", 'schrijf { "groep" = "..." }.')
            return None
    for group, role in roles.items():
        if role not in ROLES:
            read.no(f"oidc.roles.{group}", f"'{role}' is geen rol; kies uit {', '.join(ROLES)}.")
    plain = {
        name: str(table[name]) for name in ("title", "login_claim", "groups_claim") if name in table
    }
    return Organisation(
        issuer=issuer,
        client_id=client,
        secret=secret("AMHK_OIDC_SECRET"),
        roles=tuple((str(group), str(role)) for group, role in roles.items()),
        teams=tuple((str(group), str(team)) for group, team in teams.items()),
        second_proof=_words(table.get("second_proof", ["mfa"])),
        **plain,
    )
