"""A screen that is not there (Xvfb).

Start it, and photograph it whole, as anybody before it would see it.
"""

import shutil
import struct
import subprocess
import zlib
from contextlib import suppress

from support.patience import until


class Display:
    """An X display of 1400 by 950 pixels."""

    def __init__(self, number):
        self.name = f":{number}"

    def __enter__(self):
        command = [
            shutil.which("Xvfb"),
            self.name,
            "-screen",
            "0",
            "1400x950x24",
            "-nolisten",
            "tcp",
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until(lambda: self.photograph() is not None, 10, "the display")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        with suppress(ProcessLookupError):
            self.process.terminate()
        self.process.wait()

    def photograph(self):
        """Give (width, height, rows of RGB bytes); None while there is no display."""
        done = subprocess.run(
            ["xwd", "-root", "-silent", "-display", self.name], capture_output=True
        )
        if done.returncode or len(done.stdout) < 100:
            return None
        head = struct.unpack(">25I", done.stdout[:100])
        size, width, height, line, colours = head[0], head[4], head[5], head[12], head[19]
        start = size + colours * 12
        rows = []
        for y in range(height):
            raw = done.stdout[start + y * line : start + y * line + width * 4]
            rows.append(
                bytes(b for x in range(0, len(raw), 4) for b in (raw[x + 2], raw[x + 1], raw[x]))
            )
        return width, height, rows


def as_png(picture):
    """Give a photograph as PNG."""
    width, height, rows = picture

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    body = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def share_of(picture, colour):
    """Give what part of a photograph has a colour."""
    _, _, rows = picture
    pixels = [row[x : x + 3] for row in rows[::4] for x in range(0, len(row), 12)]
    return sum(p == bytes(colour) for p in pixels) / len(pixels)
