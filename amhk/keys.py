"""Passwords and tokens: only their hashes are kept; who finds the database finds no way in."""

from hashlib import sha256
from secrets import choice, token_urlsafe
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(2)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """Give the argon2id hash of a password."""
    return _HASHER.hash(password)


def fits(password: str, hashed: str) -> bool:
    """Tell whether a password belongs to an argon2id hash; at most two at a time, each takes 64 MiB."""
    try:
        with _AT_ONCE:
            return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def new_token() -> str:
    """Give a fresh token of 256 random bits."""
    return f"amhk_{token_urlsafe(32)}"


def hash_token(token: str) -> str:
    """Give the SHA-256 hash under which a token or cookie is kept; it has 256 bits of its own, so no salt is needed."""
    return sha256(token.encode()).hexdigest()


def one_time_password() -> str:
    """Give a password that is easy to read aloud: four groups of four, 79 bits."""
    return "-".join("".join(choice(_LETTERS) for _ in range(4)) for _ in range(4))
