"""Passkeys (WebAuthn): a worker signs in with his finger, face or key of his device.

It is both steps at once, because the device asks who holds it, and it works only at the address it
was made for. Real time.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from secrets import token_bytes
from typing import Any
from urllib.parse import urlsplit

from amhk.desk.house import calm
from amhk.desk.house.sign_in import begin
from amhk.desk.staff import rights
from amhk.errors import BadInput, ClosedDoor, NotFound, NotSignedIn
from amhk.keys import hash_token, house_key, keyed
from amhk.office import Office
from amhk.rules.parse import tidy, unfit
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads, writes
from amhk.store.database.engine import Connection
from amhk.store.staff import passkeys as store
from amhk.store.staff import sessions
from amhk.words import iso

_LASTS, _MOST, _LONGEST = timedelta(minutes=5), 10, 60
_LONGEST_ID = 1400  # signs: a credential is of at most 1023 bytes (WebAuthn par. 4)
BY = "passkey"


class WrongPasskey(NotSignedIn):
    """Deze passkey past hier niet. Meld u aan met uw naam en wachtwoord."""


def fits_here(address: str) -> bool:
    """Tell whether passkeys work at an address: a name over https, or this machine by its name."""
    parts = urlsplit(address)
    named = bool(parts.hostname) and not _is_number(str(parts.hostname))
    return named and (parts.scheme == "https" or parts.hostname == "localhost")


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def mine(office: Office, who: Reader) -> list[dict[str, object]]:
    """Give a worker's own passkeys: key, name, since when, last used."""
    with office.store.read() as connection:
        found = store.of_worker(connection, who.id)
    return [
        {
            "id": one["id"],
            "name": one["name"],
            "made": iso(one["made"]),
            "used": iso(one["used"]) if one["used"] else None,
        }
        for one in found
    ]


def to_make(office: Office, who: Reader, address: str) -> str:
    """Give what a browser is asked to make a passkey of (JSON of WebAuthn), for this address."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    challenge = _asked(office, who.id)
    with office.store.read() as connection:
        known = [_bytes(one["credential"]) for one in store.of_worker(connection, who.id)]
    options = generate_registration_options(
        rp_id=_host(address),
        rp_name=office.config.organisation,
        user_name=who.name,
        user_id=f"amhk-{who.id}".encode(),
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return str(options_to_json(options))


def keep(office: Office, who: Reader, name: str, credential: str, address: str) -> None:
    """Keep a passkey that a browser made for a worker, under a name; every manager reads it.

    BadInput when it is none, or not one that was asked for a moment ago.
    """
    from webauthn import verify_registration_response

    called, told = _called(office, who, name), _read(credential)
    with office.store.write() as connection:
        challenge = _proven_asked(connection, told, who.id)
        if len(store.of_worker(connection, who.id)) >= _MOST:
            raise ClosedDoor.of("te_veel", f"U hebt er al {_MOST}; wis er eerst een.")
        try:
            made = verify_registration_response(
                credential=told,
                expected_challenge=challenge,
                expected_rp_id=_host(address),
                expected_origin=_origin(address),
                require_user_verification=True,
            )
        except Exception as wrong:  # whatever the library finds in it
            raise _none() from wrong
        credential_id = _text(made.credential_id)
        if len(credential_id) > _LONGEST_ID:
            raise _none()
        row = {
            "credential": credential_id,
            "worker_id": who.id,
            "public_key": _text(made.credential_public_key),
            "counter": made.sign_count,
            "name": called,
            "made": datetime.now(UTC),
        }
        if store.by_credential(connection, credential_id):
            raise _none()
        writes.add(connection, store.PASSKEY, row)
        rights.tell(office, connection, who, f"{who.name} meldt zich ook aan met een passkey.", {})


def _called(office: Office, who: Reader, name: str) -> str:
    """Give what a worker calls his passkey, where he may have one."""
    if _of_organisation(office, who.id):
        text = "U meldt zich aan met uw organisatie, niet met een passkey."
        raise ClosedDoor.of("organisatie", text)
    called = tidy(name, one_line=True)
    if not called or unfit(called, _LONGEST):
        raise BadInput.of("naam", f"Geef de passkey een naam van 1 tot {_LONGEST} tekens.", "name")
    return called


def drop(office: Office, who: Reader, key: int, cookie: str) -> None:
    """Wipe one of one's own passkeys, and end all one's sessions but the one of this cookie: one
    may have been opened with it. NotFound when it is not there.
    """
    with office.store.write() as connection:
        if not store.drop(connection, who.id, key):
            raise NotFound("Deze passkey is er niet (meer).")
        sessions.end_others(connection, who.id, hash_token(cookie))
        what = f"{who.name} meldt zich niet meer aan met een van zijn passkeys."
        rights.tell(office, connection, who, what, {})


def to_prove(office: Office, address: str) -> str:
    """Give what a browser is asked to prove a passkey with (JSON of WebAuthn), by anybody."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=_host(address),
        challenge=_at_the_door(office),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return str(options_to_json(options))


def enter(office: Office, credential: str, address: str, on: str, peer: str) -> str:
    """Let in who proves one of his passkeys; gives the cookie of his session.

    WrongPasskey when it is not known, not of somebody who works here (and whom no organisation
    signs in), or proves nothing; TooManyTries after ten of those in a minute from one `peer`.
    """
    tried = f"{BY} {peer}"
    calm.prove_calm(office, tried, peer, False)
    try:
        told = _read(credential)
        with office.store.write() as connection:
            worker = _holder(office, connection, told, address)
    except (BadInput, WrongPasskey) as wrong:
        calm.wrong(office, tried, peer, False)
        raise WrongPasskey() from wrong
    return begin(office, worker, on, vouched=True, by=BY)


def _holder(
    office: Office, connection: Connection, told: Mapping[str, Any], address: str
) -> Mapping[str, Any]:
    """Give the worker whose passkey answers a question that was put to whoever comes in."""
    from webauthn import verify_authentication_response

    challenge, mark = _answered_at_the_door(office, told)
    sent = told.get("id")
    plain = isinstance(sent, str) and sent.isascii() and len(sent) <= _LONGEST_ID
    known = store.by_credential(connection, str(sent)) if plain else None
    worker = reads.worker_by(connection, id=known["worker_id"], active=True) if known else None
    if known is None or worker is None or (worker["subject"] and office.config.oidc):
        raise WrongPasskey()
    try:
        proven = verify_authentication_response(
            credential=dict(told),
            expected_challenge=challenge,
            expected_rp_id=_host(address),
            expected_origin=_origin(address),
            credential_public_key=_bytes(known["public_key"]),
            credential_current_sign_count=known["counter"],
            require_user_verification=True,
        )
    except Exception as wrong:  # whatever the library finds in it
        raise WrongPasskey() from wrong
    now = datetime.now(UTC)
    store.forget(connection, now)
    if not store.first_answer(connection, mark, now + _LASTS):
        raise WrongPasskey()
    store.use(connection, known["id"], proven.new_sign_count, now)
    return worker


def _at_the_door(office: Office) -> bytes:
    """Give a question for whoever comes in, that this house knows again for some minutes though it
    keeps nothing of it: anybody may ask for one.
    """
    until = int((datetime.now(UTC) + _LASTS).timestamp())
    asked = token_bytes(16) + until.to_bytes(8)
    return asked + _sealed(office, asked)


def _sealed(office: Office, asked: bytes) -> bytes:
    return bytes.fromhex(keyed(house_key(office.config.folder), f"{BY} {asked.hex()}"))[:16]


def _answered_at_the_door(office: Office, told: Mapping[str, Any]) -> tuple[bytes, str]:
    """Give the question of the door an answer is to, and its mark; BadInput when it is none of
    this house, or over.
    """
    challenge = _challenge(told)
    asked, seal = challenge[:24], challenge[24:]
    until = int.from_bytes(asked[16:])
    if not compare_digest(seal, _sealed(office, asked)) or until < datetime.now(UTC).timestamp():
        raise _none()
    return challenge, hash_token(_text(challenge))


def _asked(office: Office, worker: int) -> bytes:
    """Give a question this worker was never put, to be answered within minutes."""
    challenge, now = token_bytes(32), datetime.now(UTC)
    row = {"hash": hash_token(_text(challenge)), "worker_id": worker, "until": now + _LASTS}
    with office.store.write() as connection:
        store.forget(connection, now)
        writes.add_many(connection, store.CHALLENGE, [row])
    return challenge


def _proven_asked(connection: Connection, told: Mapping[str, Any], worker: int) -> bytes:
    """Give the question an answer is to, which is over now; BadInput when it was not put."""
    challenge = _challenge(told)
    if store.answered(connection, hash_token(_text(challenge)), worker, datetime.now(UTC)):
        return challenge
    raise _none()


def _challenge(told: Mapping[str, Any]) -> bytes:
    with suppress(Exception):  # whatever is wrong with it
        data = json.loads(_bytes(told["response"]["clientDataJSON"]))
        return _bytes(data["challenge"])
    raise _none()


def _of_organisation(office: Office, worker: int) -> bool:
    """Tell whether the organisation signs a worker in: it alone says then whether he works here."""
    with office.store.read() as connection:
        found = reads.worker_by(connection, id=worker)
    return bool(office.config.oidc and found and found["subject"])


def _read(credential: str) -> dict[str, Any]:
    try:
        told = json.loads(credential)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise _none()
    return told


def _none() -> BadInput:
    text = "De browser gaf geen passkey die hier past. Open de bladzijde opnieuw en probeer het."
    return BadInput.of("passkey", text, "credential")


def _host(address: str) -> str:
    return str(urlsplit(address).hostname)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _text(raw: bytes) -> str:
    from webauthn.helpers import bytes_to_base64url

    return str(bytes_to_base64url(raw))


def _bytes(text: str) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    return bytes(base64url_to_bytes(text))
