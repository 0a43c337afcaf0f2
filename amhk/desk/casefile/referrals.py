"""Which of the referrals of a case something is about, and what each of its runs is called."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from amhk.rules.procedure.runs import runs_of
from amhk.rules.procedure.track import Run
from amhk.store import reads
from amhk.store.rows import ReferralRow

if TYPE_CHECKING:
    from amhk.desk.casefile.casefile import CaseFile


def referral_of(referrals: Sequence[ReferralRow], run: int | None) -> ReferralRow | None:
    """Give the referral of a run (the line that began it), of none the latest; None where there is
    none.
    """
    found = [r for r in referrals if run in (None, r["entry"])]
    return found[-1] if found else None


def referred_to(referrals: Sequence[ReferralRow], run: int | None) -> int | None:
    """Give the key of the institution a letter of a run goes to."""
    mine = referral_of(referrals, run)
    return mine["institution_id"] if mine else None


def named(
    runs: Iterable[Run],
    referrals: Sequence[ReferralRow],
    places: Mapping[int, str],
    people: Mapping[int, str],
) -> dict[int, str]:
    """Give what each run is called by its key: the institution, or the person it is about."""
    to = {r["entry"]: places[r["institution_id"]] for r in referrals}
    return {r.key: to.get(r.key) or people.get(r.person or 0) or str(r.key) for r in runs}


def subjects_of(file: "CaseFile") -> dict[int, str]:
    """Give the same of a case on the table."""
    if not (runs := runs_of(file.standing().facts)):
        return {}
    kept: Any = file.kept.get("institutions")
    places = kept or reads.institutions(file.connection, active=False)
    people = file.rows(reads.PERSON) if any(r.person for r in runs) else []
    return named(
        runs,
        file.rows(reads.REFERRAL),
        {i["id"]: i["name"] for i in places},
        {p["id"]: p["naam"] for p in people},
    )
