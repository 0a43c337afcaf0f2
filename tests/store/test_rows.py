"""The types of the rows hold what the tables hold, and nothing else."""

import typing
from datetime import date, datetime

import pytest

from amhk.store import rows, tables
from amhk.store.letters.owed import OwedRow, owed_row

# A case is read with its melding or its advies, and with the clock of the house; a worker with the
# cases he may not know.
PARTS = {"Case": ("Case", "Melding", "Advies")}
BESIDE = {
    "Case": {"clock": str | None, "present_calendar": str | None},
    "Worker": {"barred": str | None},
}
PLAIN = {bool: bool, int: int, str: str, bytes: bytes, date: date, datetime: datetime}
NAMES = sorted(
    name.removesuffix("Row")
    for name, kind in vars(rows).items()
    if typing.is_typeddict(kind) and name.endswith("Row") and name != "OwedRow"
)


def told(name):
    """The columns of a table with their types; None of a melding where the case is an advies."""
    found = dict(BESIDE.get(name, {}))
    for part in PARTS.get(name, (name,)):
        for column, field in getattr(tables, part).model_fields.items():
            if column in ("case_id", "route") and part in ("Melding", "Advies"):
                continue
            kind = int if column == "id" else field.annotation
            found[column] = kind | None if part in ("Melding", "Advies") else kind
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_type_of_a_row_has_the_keys_and_types_of_its_table(name):
    kept = typing.get_type_hints(getattr(rows, f"{name}Row"))
    assert kept == told(name)


def test_what_a_case_owes_is_a_part_of_its_letter():
    letter = typing.get_type_hints(rows.NoticeRow)
    owed = typing.get_type_hints(OwedRow)
    assert owed == {key: letter[key] for key in owed}
    assert set(owed_row("verwijzing", True)) == set(owed)
