"""A secret beside config.toml: one file, for its own account alone, made the first time."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Give what a file holds; made by `make` when there is none.

    It appears whole or not at all, and of processes that are first together one wins. OSError when
    it cannot be read or written.
    """
    if not path.exists():
        made = path.with_name(f".{path.name}-{token_hex(8)}")
        file = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="ascii") as writing:
            writing.write(make())
            writing.flush()
            os.fsync(writing.fileno())
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text(encoding="ascii", errors="replace").strip()
