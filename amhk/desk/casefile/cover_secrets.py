"""What an answer about a case covers.

Who reported and stays secret, secret addresses, and the field groups the reader has no part in,
wherever somebody typed them. Shown only for a reason, each look written down.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar, cast

from amhk.desk.casefile.access import part_of
from amhk.office import Office
from amhk.rules.privacy.field_groups import ALL_GROUPS, groups_of
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.privacy.veil import CODES, Veil
from amhk.rules.procedure.own_words import own_words_by
from amhk.store.cases import veils
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, Row

T = TypeVar("T")


def veil_over(office: Office, connection: Connection, case: Row, who: Reader | None) -> Veil:
    """Give the veil over a case before a reader (None: before anybody, so all is covered); one that
    covers nothing when it keeps nothing from him.
    """
    if case["route"] != "melding":
        return Veil()
    known = (case["gemeente"], office.config.organisation)
    hidden = ALL_GROUPS if who is None else groups_of(part_of(who, cast(CaseRow, case)))
    veil = veils.veil(connection, case["id"], known)
    told = veils.apart(connection, [case["id"]], hidden)[case["id"]]
    return replace(veil, **told, own=own_words_by(office.pack, case))


def covered(office: Office, connection: Connection, case: Row, who: Reader | None, told: T) -> T:
    """Give an answer about a case with all covered in its texts that this reader is only shown for
    a reason, or never.
    """
    veil = veil_over(office, connection, case, who)
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
