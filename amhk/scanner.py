"""A virus scanner of the machine, asked about a file before it is kept (the protocol of clamd)."""

import socket
import struct
from typing import BinaryIO

from amhk.errors import HouseClosed

_WAIT, _PIECE = 30.0, 64 * 1024  # seconds for each answer; bytes sent at once


def found_in(scanner: str, content: BinaryIO) -> str:
    """Give what a scanner at `host:port` found in a file; empty when it is clean.

    HouseClosed when it does not answer: what was not looked at is not kept.
    """
    host, _, port = scanner.rpartition(":")
    content.seek(0)
    try:
        with socket.create_connection((host, int(port)), timeout=_WAIT) as line:
            line.sendall(b"zINSTREAM\0")
            while piece := content.read(_PIECE):
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            told = _answer(line)
    except (OSError, ValueError) as wrong:
        raise HouseClosed(
            "De virusscanner geeft geen antwoord, dus het bestand is niet bewaard. Probeer het zo"
            " opnieuw; waarschuw de beheerder als het zo blijft."
        ) from wrong
    said = told.partition("\0")[0].strip().removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise HouseClosed(
        "De virusscanner kon dit bestand niet bekijken, dus het is niet bewaard. Waarschuw de"
        " beheerder als het zo blijft."
    )


def _answer(line: socket.socket) -> str:
    told = b""
    while len(told) < 1000 and not told.endswith(b"\0") and (piece := line.recv(1000)):
        told += piece
    return told.decode("utf-8", "replace")
