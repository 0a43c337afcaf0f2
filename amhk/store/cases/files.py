"""Files beside the database.

Named by the hash of their bytes, on disk before the row that names them is written, removed when no
row does.
"""

import os
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_CHUNK, _NONCE = 1 << 20, 12
_HASH = re.compile(r"[0-9a-f]{64}")
SWEPT = "files_swept"  # the day on which what no case has was last removed


class Files:
    """A folder of files; nothing in it is reached by a name somebody typed."""

    def __init__(self, folder: Path, key: str = "") -> None:
        self.folder = folder
        self._seal = _seal_of(key) if key else None

    def path(self, hash_: str) -> Path:
        """Give where the file of a hash lies."""
        return self.folder / hash_[:2] / hash_

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep bytes; gives their hash (SHA-256) and size once they are on disk for good."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest, size = sha256(), 0
        with NamedTemporaryFile(dir=self.folder, prefix="half-", delete=False) as half:
            whole = bytearray()
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                whole.extend(chunk) if self._seal else half.write(chunk)
            if self._seal:  # nothing of it is on disk in the clear, also not for a moment
                nonce = os.urandom(_NONCE)
                half.write(nonce + self._seal.encrypt(nonce, bytes(whole), digest.digest()))
            half.flush()
            os.fsync(half.fileno())
        place = self.path(digest.hexdigest())
        place.parent.mkdir(exist_ok=True, mode=0o700)
        Path(half.name).replace(place)
        _settle(place.parent)
        return digest.hexdigest(), size

    def read(self, hash_: str) -> bytes:
        """Give the bytes of the file of a hash; FileNotFoundError when it is gone, ValueError for
        one that is another than it was or is encrypted by another key.
        """
        told = self.path(hash_).read_bytes()
        if self._seal:
            try:
                return self._seal.decrypt(told[:_NONCE], told[_NONCE:], bytes.fromhex(hash_))
            except InvalidTag as wrong:
                raise ValueError(hash_) from wrong
        if sha256(told).hexdigest() != hash_:
            raise ValueError(hash_)
        return told

    def remove_but(self, known: Iterable[str], before: float) -> int:
        """Remove every file that none of these hashes names and that was written before a moment
        (seconds since 1970): half ones, and those destroyed by law. Gives how many.
        """
        kept, gone = set(known), 0
        for place in self._all():
            if place.name not in kept and place.stat().st_mtime < before:
                place.unlink(missing_ok=True)
                gone += 1
        return gone

    def drop(self, hash_: str) -> None:
        """Remove the file of a hash, wherever it came from."""
        self.path(hash_).unlink(missing_ok=True)

    def _all(self) -> Iterator[Path]:
        """Give the files this class wrote, and nothing else that may lie there."""
        whole = (
            p
            for p in self.folder.glob("[0-9a-f][0-9a-f]/*")
            if _HASH.fullmatch(p.name) and p.is_file()
        )
        return chain(whole, self.folder.glob("half-*"))


def _seal_of(key: str) -> AESGCM:
    """Give what encrypts attachments: by a key of its own, made of that of the database."""
    made = HKDF(SHA256(), length=32, salt=None, info=b"amhk bijlagen")
    return AESGCM(made.derive(bytes.fromhex(key)))


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """Give the bytes of an open file in pieces of at most one megabyte."""
    while chunk := file.read(_CHUNK):
        yield chunk


def _settle(folder: Path) -> None:
    """Let the name of a new file be on disk as well."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
