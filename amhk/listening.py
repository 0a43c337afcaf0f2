"""The address on which a house answers."""

import socket

from amhk.errors import HouseClosed


def listen(host: str, port: int) -> socket.socket:
    """Give the socket of an address (port 0 is any that is free); HouseClosed when it cannot be
    had.
    """
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OverflowError as wrong:
        raise HouseClosed(
            f"{port} is geen poort: kies een getal van 0 tot en met 65535 met --port."
        ) from wrong
    except (OSError, UnicodeError) as wrong:
        if (
            isinstance(wrong, UnicodeError) or (wrong.errno or 0) < 0
        ):  # the name of a place that is nowhere
            raise HouseClosed(
                f"Het adres '{host[:100]}' bestaat hier niet. Kies een ander met --host."
            ) from wrong
        raise HouseClosed(
            f"Poort {port} op {host} is niet vrij: {wrong.strerror}. Kies een andere met --port."
        ) from wrong
