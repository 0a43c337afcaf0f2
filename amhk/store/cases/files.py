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

_CHUNK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")
SWEPT = "files_swept"  # the day on which what no case has was last removed


class Files:
    """A folder of files; nothing in it is reached by a name somebody typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, hash_: str) -> Path:
        """Give where the file of a hash lies."""
        return self.folder / hash_[:2] / hash_

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep bytes; gives their hash (SHA-256) and size once they are on disk for good."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest, size = sha256(), 0
        with NamedTemporaryFile(dir=self.folder, prefix="half-", delete=False) as half:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                half.write(chunk)
            half.flush()
            os.fsync(half.fileno())
        place = self.path(digest.hexdigest())
        place.parent.mkdir(exist_ok=True, mode=0o700)
        Path(half.name).replace(place)
        _settle(place.parent)
        return digest.hexdigest(), size

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

    def _all(self) -> Iterator[Path]:
        """Give the files this class wrote, and nothing else that may lie there."""
        whole = (
            p
            for p in self.folder.glob("[0-9a-f][0-9a-f]/*")
            if _HASH.fullmatch(p.name) and p.is_file()
        )
        return chain(whole, self.folder.glob("half-*"))


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
