"""What an answer about a case covers.

Who reported and stays secret, and secret addresses, wherever somebody typed them. Shown only for a
reason, each look written down.
"""

from collections.abc import Mapping
from typing import TypeVar

from amhk.office import Office
from amhk.rules.privacy.veil import CODES, Veil
from amhk.store.cases import veils
from amhk.store.database.engine import Connection
from amhk.store.rows import Row

T = TypeVar("T")


def veil_over(office: Office, connection: Connection, case: Row) -> Veil:
    """Give the veil over a case; one that covers nothing when it keeps nothing secret."""
    if case["route"] != "melding":
        return Veil()
    return veils.veil(connection, case["id"], (case["gemeente"], office.config.organisation))


def covered(office: Office, connection: Connection, case: Row, told: T) -> T:
    """Give an answer about a case with all covered in its texts that is only shown for a reason."""
    veil = veil_over(office, connection, case)
    return veil.upon(told) if veil else told


def uncovered(veil: Veil, told: object) -> list[str]:
    """Give each text of an answer in which something would be covered, as it was typed."""
    if isinstance(told, str):
        return [told] if veil.holds(told) else []
    if isinstance(told, Mapping):
        parts = [uncovered(veil, value) for name, value in told.items() if name not in CODES]
    else:
        parts = [uncovered(veil, value) for value in told] if isinstance(told, list | tuple) else []
    return list(dict.fromkeys(text for part in parts for text in part))
