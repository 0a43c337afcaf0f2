"""The organisation's own sign-in (OpenID Connect): asked, and its answer proven, never trusted.

Authorization code with PKCE, state and nonce; the token is held to its signature, issuer, audience
and times (OpenID Connect Core par. 3.1.3.7).
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from secrets import token_urlsafe
from threading import BoundedSemaphore
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key

from amhk.config.parts import Organisation
from amhk.errors import HouseClosed, NotSignedIn

_WAIT, _MOST, _LEEWAY = 5.0, 1_000_000, 60  # seconds; bytes of an answer; seconds of clock skew
_WHOLE = 8.0  # seconds that an answer may take as a whole
# Who asks an organisation that is slow holds up few others here.
_AT_ONCE, _PATIENCE = BoundedSemaphore(2), 1.0
_LONGEST = 255  # signs of a mark (OpenID Connect Core par. 2)
_FRESH = 3600  # seconds that what an organisation says of itself is kept
# Signatures that only the organisation can make; never one by a shared secret, never none.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]


@dataclass(frozen=True)
class Asked:
    """What a browser keeps while it is at the organisation."""

    state: str
    nonce: str
    verifier: str


class NotVouched(NotSignedIn):
    """Uw organisatie heeft u niet aangemeld. Probeer het opnieuw."""


def asked() -> Asked:
    """Give what makes one sign-in another than every other."""
    return Asked(token_urlsafe(32), token_urlsafe(32), token_urlsafe(48))


def where_to(told: Organisation, one: Asked, back: str, again: bool) -> str:
    """Give the address at the organisation where somebody signs in and comes `back` from.

    With `again` he does so anew, however long he was signed in there. HouseClosed when the
    organisation does not answer.
    """
    question = {
        "response_type": "code",
        "client_id": told.client_id,
        "redirect_uri": back,
        "scope": "openid profile email",
        "state": one.state,
        "nonce": one.nonce,
        "code_challenge": create_s256_code_challenge(one.verifier),
        "code_challenge_method": "S256",
    } | ({"prompt": "login", "max_age": "0"} if again else {})
    there = _about(told.issuer)["authorization_endpoint"]
    return f"{there}{'&' if '?' in there else '?'}{urlencode(question)}"


def redeem(told: Organisation, one: Asked, code: str, back: str) -> dict[str, Any]:
    """Give what the organisation says of who came back with a code, proven.

    NotVouched when it says nothing of him or what it says is not its own, not for this house, not
    of this sign-in or not of now; HouseClosed when it does not answer.
    """
    about = _about(told.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": one.verifier,
    }
    answer = _post(about["token_endpoint"], form, told)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise NotVouched()
    return _proven(told, about, token, one.nonce, answer.get("access_token"))


def _proven(
    told: Organisation, about: Mapping[str, str], token: str, nonce: str, access: object
) -> dict[str, Any]:
    try:
        read = jwt.decode(token, _keys(about["jwks_uri"], int(monotonic() // _FRESH)), _ALGORITHMS)
    except (JoseError, ValueError, RecursionError):
        # it may sign with a new key
        _keys.cache_clear()
        try:
            read = jwt.decode(token, _keys(about["jwks_uri"], 0), _ALGORITHMS)
        except (JoseError, ValueError, RecursionError) as wrong:
            raise NotVouched() from wrong
    options = {
        "iss": {"essential": True, "value": told.issuer},
        "aud": {"essential": True, "value": told.client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    params = {"nonce": nonce, "client_id": told.client_id, "access_token": access}
    claims = CodeIDToken(read.claims, read.header, options, params)
    try:
        claims.validate(leeway=_LEEWAY)
    except (JoseError, ValueError, TypeError, RecursionError) as wrong:
        raise NotVouched() from wrong
    audience = claims["aud"]
    if audience != told.client_id and audience != [told.client_id]:  # for others too: not for us
        raise NotVouched()
    who = claims["sub"]
    if not isinstance(who, str) or not who.isprintable() or not 0 < len(who) <= _LONGEST:
        raise NotVouched()
    return dict(claims)


def _about(issuer: str) -> dict[str, str]:
    return _discovered(issuer, int(monotonic() // _FRESH))


@lru_cache(maxsize=8)
def _discovered(issuer: str, hour: int) -> dict[str, str]:
    """Give what an organisation says of itself; it must be of the name it was asked by."""
    told = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if told.get("issuer") != issuer or not all(isinstance(told.get(n), str) for n in names):
        raise HouseClosed("De aanmelding van de organisatie zegt iets anders dan is ingesteld.")
    try:
        for name in names:
            _prove_safe(told[name])
    except ValueError as wrong:
        raise _away() from wrong
    return {name: told[name] for name in names}


@lru_cache(maxsize=8)
def _keys(address: str, hour: int) -> KeySet:
    told, found = _get(address).get("keys"), list[Any]()
    known = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    for one in (one for one in known if one.get("kty") in ("RSA", "EC", "OKP")):
        with suppress(JoseError, ValueError, TypeError, KeyError):  # one we cannot read is not ours
            found.append(import_key(one))
    return KeySet(found)


def _prove_safe(address: str) -> None:
    """Refuse an address that is not https, unless it is http on this machine."""
    parts = urlsplit(address)
    here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not here:
        raise HouseClosed("De aanmelding van de organisatie gaat niet over https.")


class _Stay(HTTPRedirectHandler):
    """Goes nowhere else than where it was sent: an address that was not proven gets nothing."""

    def redirect_request(self, *told: object, **more: object) -> None:
        """Follow no redirect; it is an answer like any other that is not right."""
        return


_OPENER = build_opener(_Stay)


def _get(address: str) -> dict[str, Any]:
    _prove_safe(address)
    return _answer(Request(address, headers={"accept": "application/json"}))


def _post(address: str, form: Mapping[str, str], told: Organisation) -> dict[str, Any]:
    headers = {"accept": "application/json"}
    if told.secret:
        name, secret = quote(told.client_id, safe=""), quote(told.secret, safe="")
        mark = b64encode(f"{name}:{secret}".encode()).decode()
        headers["authorization"] = f"Basic {mark}"
    else:  # the code is bound to this house by its verifier alone
        form = {**form, "client_id": told.client_id}
    return _answer(Request(address, urlencode(form).encode(), headers))


def _answer(request: Request) -> dict[str, Any]:
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise _away()
    try:
        with _OPENER.open(request, timeout=_WAIT) as answer:
            told = json.loads(_read(answer))
    except HTTPError as wrong:
        wrong.close()
        if 400 <= wrong.code < 500:
            raise NotVouched() from wrong
        raise _away() from wrong
    except (OSError, HTTPException, ValueError, RecursionError) as wrong:
        raise _away() from wrong
    finally:
        _AT_ONCE.release()
    if not isinstance(told, dict):
        raise NotVouched()
    return told


def _read(answer: Any) -> bytes:
    """Give what is answered, as a whole in time and no longer than it may be."""
    read, until = b"", monotonic() + _WHOLE
    while piece := answer.read1(65_536):
        read += piece
        if len(read) > _MOST or monotonic() > until:
            raise ValueError("too long")
    return read


def _away() -> HouseClosed:
    return HouseClosed(
        "De aanmelding van de organisatie geeft geen antwoord. Probeer het zo opnieuw; waarschuw de"
        " beheerder als het zo blijft."
    )


def forget() -> None:
    """Forget what organisations said of themselves."""
    _discovered.cache_clear()
    _keys.cache_clear()
