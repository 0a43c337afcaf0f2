"""One encrypted file (age, age-encryption.org): written and read as a stream, whole or not at all.

With a passphrase the file is a tar of two: `sleutel.age`, which the passphrase opens and which
holds a key of this file alone, and `inhoud.age`, which that key opens. With a recipient it is the
second alone. Both open without this program, with `age`.
"""

import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import BinaryIO

import pyrage
from pyrage import EncryptError, passphrase, x25519

from amhk.errors import BadInput, HouseClosed

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None

__all__ = ["CONTENT", "KEY", "EncryptError", "opened", "seal"]
KEY, CONTENT, _BLOCK = "sleutel.age", "inhoud.age", 512


def seal(path: Path, secret: str, recipient: str, make: Callable[[BinaryIO], None]) -> None:
    """Write what `make` makes, encrypted, to a file that appears when it is whole and on disk.

    What is there already is replaced only when it is such a file too. With a `recipient`
    (`age1...`) for who has its key, else for who knows the `secret`. OSError when it cannot be
    written; whatever `make` raises.
    """
    own = x25519.Identity.generate()
    to = _recipient(recipient) if recipient else own.to_public()
    _prove_ours(path)
    half = path.with_name(f".{path.name or path.resolve().name}.half")
    with _alone(half) as file:
        try:
            if not recipient:
                _member(file, KEY, passphrase.encrypt(str(own).encode(), secret))
            _streamed(file, to, make)
            file.flush()
            os.fsync(file.fileno())
            half.replace(path)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _prove_ours(path: Path) -> None:
    """Refuse to write over what is no such file: it may be the database itself."""
    if path.is_dir():
        raise HouseClosed(f"{path} is een map; noem het bestand van de back-up.")
    if path.exists():
        with path.open("rb") as file:
            begins = file.read(16)
        if not begins.startswith((KEY.encode() + b"\0", CONTENT.encode() + b"\0")):
            raise HouseClosed(f"{path} is er al en is geen back-up; het blijft zoals het is.")


@contextmanager
def _alone(half: Path) -> Iterator[BinaryIO]:
    """Give the file that is written until it is whole, to one process at a time; what a killed one
    left in it goes. HouseClosed while another writes it.
    """
    while True:
        key = os.open(half, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(key, "r+b") as file:
            _lock(file, half)
            # the one before may have been finished, and bear its own name, since we opened it
            if half.exists() and half.stat().st_ino == os.fstat(key).st_ino:
                file.truncate()
                yield file
                return


def _lock(file: BinaryIO, half: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as wrong:
        raise HouseClosed(f"Er wordt al een back-up gemaakt ({half.name}).") from wrong


def _recipient(told: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(told.strip())
    except pyrage.RecipientError as wrong:
        raise BadInput.of("ontvanger", "Een ontvanger begint met age1.", "recipient") from wrong


def _member(file: BinaryIO, name: str, content: bytes) -> None:
    told = tarfile.TarInfo(name)
    told.size, told.mode = len(content), 0o600
    file.write(told.tobuf(tarfile.PAX_FORMAT) + content + b"\0" * (-len(content) % _BLOCK))


def _streamed(file: BinaryIO, to: x25519.Recipient, make: Callable[[BinaryIO], None]) -> None:
    """Write the content as a member of a size that is known once it is written."""
    at = file.tell()
    file.write(b"\0" * _BLOCK)
    reading, writing = os.pipe()
    wrong: list[BaseException] = []

    def made() -> None:
        """Make it on the other side of the pipe."""
        try:
            with os.fdopen(writing, "wb") as out:
                make(out)
        except BaseException as raised:  # told where it is waited for
            wrong.append(raised)

    thread = Thread(target=made)
    thread.start()
    with os.fdopen(reading, "rb") as plain:
        pyrage.encrypt_io(plain, file, [to])
    thread.join()
    if wrong:
        raise wrong[0]
    end = file.tell()
    told = tarfile.TarInfo(CONTENT)
    told.size, told.mode = end - at - _BLOCK, 0o600
    file.write(b"\0" * (-told.size % _BLOCK) + b"\0" * 2 * _BLOCK)
    file.seek(at)
    file.write(told.tobuf(tarfile.GNU_FORMAT))


@contextmanager
def opened(path: Path, secret: str) -> Iterator[BinaryIO]:
    """Give the content of such a file to read, while it is decrypted.

    `secret` is its passphrase, or the key of its recipient (`AGE-SECRET-KEY-1...`). HouseClosed in
    one sentence when it is no such file, is damaged or cut off, or the secret is not its own; what
    was read until then counts for nothing.
    """
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file) as outer:
            key = _key_of(outer, secret)
            content = outer.extractfile(CONTENT)
            if content is None:
                raise KeyError(CONTENT)
            with _decrypted(content, key) as plain:
                yield plain
    except OSError as wrong:
        if isinstance(wrong, FileNotFoundError):
            raise HouseClosed(f"{path} is er niet.") from wrong
        raise _damaged(path) from wrong
    except (KeyError, EOFError, tarfile.TarError, pyrage.DecryptError) as wrong:
        raise _damaged(path) from wrong


def _damaged(path: Path) -> HouseClosed:
    return HouseClosed(
        f"{path.name} is geen back-up van een meldpunt, of is beschadigd of afgekapt."
    )


def _key_of(outer: tarfile.TarFile, secret: str) -> x25519.Identity:
    try:
        if KEY not in outer.getnames():
            return x25519.Identity.from_str(secret.strip())
        sealed = outer.extractfile(KEY)
        told = passphrase.decrypt(sealed.read() if sealed else b"", secret)
        return x25519.Identity.from_str(told.decode())
    except (pyrage.DecryptError, pyrage.IdentityError) as wrong:
        raise HouseClosed("Dit is niet de wachtzin of de sleutel van deze back-up.") from wrong


@contextmanager
def _decrypted(content: object, key: x25519.Identity) -> Iterator[BinaryIO]:
    reading, writing = os.pipe()
    wrong: list[BaseException] = []

    def decrypt() -> None:
        """Decrypt on the other side of the pipe."""
        try:
            with os.fdopen(writing, "wb") as out:
                pyrage.decrypt_io(content, out, [key])
        except BrokenPipeError:  # nobody reads on
            return
        except BaseException as raised:  # told where it is waited for
            wrong.append(raised)

    thread = Thread(target=decrypt)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as plain:
            yield plain
            while plain.read(1_000_000):  # only at the end it shows that nothing is missing
                pass
    finally:
        thread.join()
    if wrong:
        raise wrong[0]
