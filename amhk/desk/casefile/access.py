"""Who may see a case: the question asked of the store, and the one refusal."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar, cast

from amhk.errors import NotAllowed, NotFound
from amhk.rules.privacy.field_groups import How, groups_of, part_in
from amhk.rules.privacy.secrecy import READS, Reader, may_see, scope_of
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.people import people
from amhk.store.rows import CaseRow

T = TypeVar("T")


def owns(who: Reader, case: CaseRow) -> bool:
    """Tell whether a case is one this reader works with.

    Within his scope, not one he only has leave to read.
    """
    return may_see(scope_of(who), case["id"], case["team_id"], case["owner_id"], case["taken_by"])


def part_of(who: Reader, case: CaseRow) -> str:
    """Give which part a reader has in a case he may see (`rules.privacy.field_groups`)."""
    return part_in(who, case["owner_id"], case["taken_by"], owns(who, case))


def gives_reason(who: Reader, case: CaseRow) -> bool:
    """Tell whether a reason opens to this reader what is covered before him on a case he may
    see.
    """
    return bool(groups_of(part_of(who, case), [How.REASON]))


def sees(connection: Connection, who: Reader, case: CaseRow) -> bool:
    """Tell whether a reader may read a case.

    It is within his scope, or he has leave for now (with a reason, real time); never one about
    people he knows.
    """
    return owns(who, case) or has_leave(connection, who, case["id"])


def has_leave(connection: Connection, who: Reader, case: int) -> bool:
    """Tell whether a reader has leave to read a case (its key) now; of one he may not know none
    counts.
    """
    leave = who.role in READS and people.granted(connection, who.id, case, datetime.now(UTC))
    return leave and case not in who.barred


def no_case(number: str) -> NotFound:
    """Give the one refusal for a case that is not there and for one this reader may not see.

    It tells which to nobody.
    """
    return NotFound(f"Zaak {number[:30]} bestaat niet, of u mag haar niet zien.")


def visible(
    connection: Connection, number: str, who: Reader, own: bool = False, lock: bool = False
) -> CaseRow:
    """Give a case this reader may read.

    With `own` only one he works with, not one he has leave to read. NotFound otherwise, by as many
    questions as there is a case or not. That he was given it is remembered, for the line that he
    looked.
    """
    case = reads.case_by_number(connection, number, lock)
    if case is None or not owns(who, case):
        leave = not own and has_leave(connection, who, case["id"] if case else 0)
        if case is None or not leave:
            raise no_case(number)
    who.seen.setdefault(case["id"], False)
    return case


def unnamed(connection: Connection, who: Reader, told: T) -> T:
    """Give what is told, texts in lists and mappings, without the numbers of cases this reader may
    not know.
    """
    numbers = reads.numbers_of(connection, who.barred) if who.barred else []
    sign = re.compile(f"(?:zaak )?(?:{'|'.join(numbers)})")
    return cast(T, _without(sign, told)) if numbers else told


def _without(sign: re.Pattern[str], told: object) -> object:
    if isinstance(told, str):
        return sign.sub("een andere zaak", told)
    if isinstance(told, Mapping):
        return {key: _without(sign, value) for key, value in told.items()}
    return [_without(sign, one) for one in told] if isinstance(told, list) else told


def key_of(connection: Connection, number: object) -> int | None:
    """Give the key of a case by its number as it was typed.

    None when there is none, or when it is no number at all.
    """
    if not isinstance(number, str) or not number.isascii() or len(number) > 30:
        return None
    found = reads.case_by_number(connection, number.strip().upper())
    return int(found["id"]) if found else None


RUNS = frozenset({"beheerder"})


def must_run(who: Reader) -> None:
    """Refuse who does not run the house."""
    if who.role not in RUNS:
        raise NotAllowed("Dit is voor de functioneel beheerder.")
