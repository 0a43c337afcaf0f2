"""The hand of a meldpunt: an Ed25519 key outside its database, that signs what the chains came to.

The private key lies in `handtekening` beside config.toml, for its own account alone.
"""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from amhk.errors import HouseClosed
from amhk.secret_file import kept_secret

_FILE = "handtekening"


def _private(folder: Path) -> Ed25519PrivateKey:
    """Give the key of a meldpunt, made the first time; HouseClosed for a file that is none."""
    path = folder / _FILE
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept_secret(path, _new)))
    except (OSError, ValueError) as wrong:
        raise HouseClosed(f"{path} is geen sleutel. Zet het bestand terug uit uw kopie.") from wrong


def _new() -> str:
    return Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n"


def public_key(folder: Path) -> str:
    """Give the public key of a meldpunt (hex); empty while it has none."""
    if not (folder / _FILE).exists():
        return ""
    return _private(folder).public_key().public_bytes_raw().hex()


def sign(folder: Path, told: bytes) -> tuple[str, str]:
    """Give the public key of a meldpunt and its signature, both in hex."""
    key = _private(folder)
    return key.public_key().public_bytes_raw().hex(), key.sign(told).hex()


def signed_by(key: str, signature: str, told: bytes) -> bool:
    """Tell whether a signature (hex) is of this key (hex) over these bytes."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), told)
    except (InvalidSignature, ValueError):
        return False
    return True
