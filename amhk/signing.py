"""The hand of a meldpunt: an Ed25519 key outside its database, that signs what the chains came to.

The private key lies in `handtekening` beside config.toml, for its own account alone.
"""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from amhk.errors import HouseClosed

_FILE = "handtekening"


def _private(folder: Path) -> Ed25519PrivateKey:
    """Give the key of a meldpunt, made the first time; HouseClosed for a file that is none."""
    path = folder / _FILE
    if not path.exists():
        made = path.with_name(f".{_FILE}-{os.getpid()}")
        file = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w") as out:
            out.write(Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):  # another process was first
            os.link(made, path)
        made.unlink()
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    except (OSError, ValueError) as wrong:
        raise HouseClosed(f"{path} is geen sleutel. Zet het bestand terug uit uw kopie.") from wrong


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
