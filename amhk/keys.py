"""Passwords and tokens: only their hashes are kept; who finds the database finds no way in."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from pathlib import Path
from secrets import choice, token_hex, token_urlsafe
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from amhk.errors import HouseClosed
from amhk.secret_file import kept_secret

_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(2)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """Give the argon2id hash of a password."""
    return _HASHER.hash(password)


def fits(password: str, hashed: str) -> bool:
    """Tell whether a password belongs to an argon2id hash.

    At most two at a time, each takes 64 MiB.
    """
    try:
        with _AT_ONCE:
            return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def new_token() -> str:
    """Give a fresh token of 256 random bits."""
    return f"amhk_{token_urlsafe(32)}"


def hash_token(token: str) -> str:
    """Give the SHA-256 hash under which a token or cookie is kept.

    It has 256 bits of its own, so no salt is needed.
    """
    return sha256(token.encode()).hexdigest()


def device_mark(hashed: str) -> str:
    """Give what a browser keeps of a sign-in that held.

    Who brings it is let try again though strangers guess at his name. It is void once the password
    changes, and tells nothing of it.
    """
    return hmac(hashed.encode(), b"device", sha256).hexdigest()


_KEY, _HEX = "sleutel", 64


def has_key(folder: Path) -> bool:
    """Tell whether a meldpunt has a key yet."""
    return (folder / _KEY).exists()


@cache
def house_key(folder: Path) -> bytes:
    """Give the key of a meldpunt, from the file `sleutel` in its folder; made when there is none.

    It stands outside the database, so that who has only that cannot try what is kept as a keyed
    hash. It appears whole or not at all; HouseClosed when what is there is no key.
    """
    path = folder / _KEY
    key = kept_secret(path, lambda: token_hex(_HEX // 2)).encode()
    if len(key) != _HEX:
        raise HouseClosed(f"{path} is geen sleutel. Zet het bestand terug uit uw kopie.")
    return key


def keyed(key: bytes, text: str) -> str:
    """Give the hash of a text by a key (HMAC with SHA-256)."""
    return hmac(key, text.encode(), sha256).hexdigest()


_SHORTEST, _JUDGED, _STRONG = 12, 72, 3


def weak(password: str, known: Sequence[str] = ()) -> str | None:
    """Tell, in a sentence, why a password will not do.

    Too short, or guessed in fewer than 10^8 tries (zxcvbn, offline; `known` are words a guesser
    begins with). None when it will.
    """
    if len(password) < _SHORTEST:
        return f"Kies een wachtwoord van minstens {_SHORTEST} tekens."
    from zxcvbn import zxcvbn  # its lists of words take a moment to load

    words = [
        part
        for text in (*known, "meldpunt", "veilig thuis", "amhk", "wachtwoord", "welkom")
        for part in (text, *text.split())
    ]
    if zxcvbn(password[:_JUDGED], user_inputs=words)["score"] < _STRONG:
        return (
            "Dit wachtwoord is snel te raden. Kies er een zonder herhaling, rijtje of bekend woord:"
            " vier willekeurige woorden zijn goed."
        )
    return None


def new_secret() -> str:
    """Give a secret for a phone: 160 random bits in base 32 (RFC 4226)."""
    import pyotp  # only who signs in needs it

    return str(pyotp.random_base32())


def phone_address(secret: str, name: str, house: str) -> str:
    """Give the address from which a phone reads a secret."""
    import pyotp

    return str(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=house))


def step_of(secret: str, code: str, now: datetime, last: int) -> int | None:
    """Give the step of time (thirty seconds) of which a code of a phone is, one early or late as
    well; None when it is of none, or of one not after the `last` that was used.
    """
    import pyotp

    phone, present = pyotp.TOTP(secret), int(now.timestamp()) // 30
    for step in (present, present - 1, present + 1):
        if step > last and compare_digest(phone.generate_otp(step).encode(), code.encode()):
            return step
    return None


def one_time_password() -> str:
    """Give a password that is easy to read aloud: four groups of four, 79 bits."""
    return "-".join("".join(choice(_LETTERS) for _ in range(4)) for _ in range(4))
