"""A device that makes and proves passkeys, in software (WebAuthn par. 6), and can lie."""

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(told):
    return urlsafe_b64decode(told + "=" * (-len(told) % 4))


class Authenticator:
    """One device with one passkey; `flags` say whether somebody was there and proved who he is."""

    def __init__(self):
        self.key, self.id, self.counter = ec.generate_private_key(ec.SECP256R1()), os.urandom(16), 0

    def _data(self, host, flags, more=b""):
        self.counter += 1
        return (
            hashlib.sha256(host.encode()).digest() + struct.pack("!BL", flags, self.counter) + more
        )

    def _client(self, kind, challenge, origin):
        told = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def make(self, options, origin, flags=PRESENT | VERIFIED):
        """Make a passkey as it is asked; gives what a browser sends."""
        asked = json.loads(options)
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        more = b"\0" * 16 + struct.pack("!H", len(self.id)) + self.id + cbor2.dumps(public)
        data = self._data(asked["rp"]["id"], flags | ATTESTED, more)
        client = self._client("webauthn.create", asked["challenge"], origin)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        answer = {"clientDataJSON": text(client), "attestationObject": text(attested)}
        return self._sent(answer)

    def prove(self, options, origin, flags=PRESENT | VERIFIED, host=None, key=None):
        """Prove to hold it; gives what a browser sends."""
        asked = json.loads(options)
        data = self._data(host or asked["rpId"], flags)
        client = self._client("webauthn.get", asked["challenge"], origin)
        signed = data + hashlib.sha256(client).digest()
        mark = (key or self.key).sign(signed, ec.ECDSA(hashes.SHA256()))
        answer = {"clientDataJSON": text(client), "authenticatorData": text(data)}
        return self._sent(answer | {"signature": text(mark), "userHandle": None})

    def _sent(self, answer):
        told = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return json.dumps(told | {"response": answer, "clientExtensionResults": {}})


__all__ = ["Authenticator"]
