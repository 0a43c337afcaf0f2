"""The watched folder: a letter is a folder of its own that appears whole, once, under its key.

What picks it up takes it away.
"""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_WORK = ".werk"


def make_ready(folder: Path, name: str, files: Mapping[str, bytes]) -> None:
    """Write the files of a letter where nobody looks yet, on disk for certain.

    OSError when it does not fit or may not.
    """
    work = folder / _WORK
    work.mkdir(parents=True, exist_ok=True)
    place = work / name
    try:
        place.mkdir()
        for file, content in files.items():
            with (place / file).open("xb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        _settle(place)
        _settle(work)
    except OSError:
        drop(folder, name)
        raise


def show(folder: Path, name: str, key: str) -> None:
    """Let a letter that was made ready appear under its key.

    When it appeared before, whoever took it since, nothing happens. OSError when it cannot.
    """
    try:
        (folder / _WORK / name).rename(folder / key)
    except FileNotFoundError:
        if not folder.is_dir():
            raise
        return
    with suppress(OSError):  # it stands there; that the disk knows for certain is one thing more
        _settle(folder)


def drop(folder: Path, name: str) -> None:
    """Take away what was made ready and never appeared."""
    shutil.rmtree(folder / _WORK / name, ignore_errors=True)


def take_back(folder: Path, key: str) -> None:
    """Take away a letter that appeared and was not picked up yet."""
    if key and "/" not in key and not key.startswith("."):
        shutil.rmtree(folder / key, ignore_errors=True)


def unfinished(folder: Path) -> list[str]:
    """Give the names of what was made ready, or half, and has not appeared."""
    work = folder / _WORK
    return sorted(place.name for place in work.iterdir()) if work.is_dir() else []


def waits(folder: Path, name: str) -> bool:
    """Tell whether a letter that was made ready has not appeared yet."""
    return (folder / _WORK / name).is_dir()


def _settle(folder: Path) -> None:
    """Let what stands in a folder be on disk (where the system knows how)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
