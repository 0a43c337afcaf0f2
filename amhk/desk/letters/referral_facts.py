"""The facts of a referral as its letters use them."""

from datetime import date, datetime

from amhk.desk.casefile.referrals import referral_of
from amhk.rules.procedure.workflow import Workflow
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.rows import CaseRow, NoticeRow, ReferralRow, TermRow
from amhk.words import day_of, say_day

TAKEN = ("accepted", "started")  # a referral that was taken up


def referral_facts(
    flow: Workflow, connection: Connection, case: CaseRow, notice: NoticeRow, today: date
) -> dict[str, object]:
    """Give the referral a letter is about, with the days it asks for.

    A day that has passed is asked of nobody (empty).
    """
    names: dict[int | None, str] = {
        i["id"]: i["name"] for i in reads.institutions(connection, active=False)
    }
    referrals = reads.of_case(connection, reads.REFERRAL, case["id"])
    mine = referral_of_letter(referrals, notice)
    own = _of_referral(reads.terms(connection, case["id"]), referrals, mine)
    due = {use: own.get(str(flow.referral.get(use))) for use in ("acceptance", "check")}
    letters = reads.notices(connection, case["id"])
    gone = {
        n["institution_id"]
        for n in letters
        if n["kind"] == flow.referral.get("letter") and n["state"] == "sent"
    }
    return {
        "instelling": names.get(notice["institution_id"]),
        "verwezen_op": say_day(day_of(mine["moment"])) if mine else None,
        "uiterlijk": _ahead(due["acceptance"], today),
        "controle_op": _ahead(due["check"], today),
        "overdrachten": [
            {"instelling": names[r["institution_id"]], "op": say_day(day_of(r["moment"]))}
            for r in referrals
            if r["status"] in TAKEN or (r["status"] != "refused" and r["institution_id"] in gone)
        ],
        "eerder_gevraagd": _asked_before(letters, notice),
        "college_gesteld": _college(letters),
    }


def referral_of_letter(referrals: list[ReferralRow], notice: NoticeRow) -> ReferralRow | None:
    """Give the referral a letter is about: that of its run; of no run the last to its institution
    when it was drafted.

    Of a letter to others the last of all.
    """
    if notice["run"]:
        return referral_of(referrals, notice["run"])
    mine = [r for r in referrals if notice["institution_id"] in (None, r["institution_id"])]
    before = [r for r in mine if notice["drafted"] is None or r["moment"] <= notice["drafted"]]
    found = before or mine
    return found[-1] if found else None


def _of_referral(
    terms: list[TermRow], referrals: list[ReferralRow], mine: ReferralRow | None
) -> dict[str, str]:
    """Give the ends of the terms that belong to a referral, by name.

    Those of its run; of none those begun with it, or after it and before the next.
    """
    if mine is None:
        return {}
    if own := [t for t in terms if t["run"] == mine["entry"]]:
        return {t["name"]: t["due"] for t in own if t["status"] != "void"}
    end = min((r["entry"] for r in referrals if r["entry"] > mine["entry"]), default=None)
    own = [
        t
        for t in terms
        if t["start_entry"] >= mine["entry"] and (end is None or t["start_entry"] < end)
    ]
    return {t["name"]: t["due"] for t in own if t["status"] != "void"}


def _ahead(due: str | None, today: date) -> str | None:
    """Give a day that is still to come; empty when it has passed, None when there is none."""
    return day_told(due) if due is None or due[:10] >= today.isoformat() else ""


def _asked_before(letters: list[NoticeRow], notice: NoticeRow) -> str:
    """Give when this institution was asked the same before by letter.

    Empty when no such letter went.
    """
    sent = [
        n
        for n in letters
        if n["state"] == "sent"
        and n["recipient"] == "instelling"
        and n["institution_id"] == notice["institution_id"]
    ]
    asked = [
        n["sent_on"]
        for n in sent
        if n["kind"] != notice["kind"] and not n["obligatory"] and n["sent_on"]
    ]
    return say_day(max(asked)) if asked else ""


def _college(letters: list[NoticeRow]) -> str:
    """Give in words whether the college was told of the request, from its own letter.

    Empty when there is none.
    """
    own = [n for n in letters if n["recipient"] == "college" and n["state"] != "void"]
    if not own:
        return ""
    sent_on = own[-1]["sent_on"]
    if own[-1]["state"] == "sent" and sent_on:
        return f"Het college is op {say_day(sent_on)} van dit verzoek in kennis gesteld"
    return (
        "Het college is van dit verzoek niet in kennis gesteld"
        if own[-1]["state"] == "withheld"
        else "Het college wordt van dit verzoek in kennis gesteld"
    )


def day_told(text: object) -> str | None:
    """Give the day of a date or instant as it was recorded, in words; None for no text."""
    if not isinstance(text, str):
        return None
    return say_day(
        day_of(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text)
    )
