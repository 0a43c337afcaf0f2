"""What a case in hand knows of the letters it owes."""

from typing import TypedDict


class OwedRow(TypedDict):
    """What a case in hand knows of a letter it owes; one that is not written yet has key 0."""

    id: int
    kind: str
    state: str
    obligatory: bool
    term_id: int | None
    person_id: int | None
    about_id: int | None
    run: int | None


def owed_row(kind: str, obligatory: bool, run: int | None = None) -> OwedRow:
    """Give a letter a case owes that is not written yet, of a run or of none."""
    return {
        "id": 0,
        "kind": kind,
        "state": "draft",
        "obligatory": obligatory,
        "term_id": None,
        "person_id": None,
        "about_id": None,
        "run": run,
    }
