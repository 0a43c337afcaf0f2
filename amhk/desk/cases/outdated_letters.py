"""Letters that would say something else since a correction: they are marked."""

from collections.abc import Collection, Mapping
from typing import cast

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.recall_letters import DRAFT_AGAIN, out_of_hand, take_off
from amhk.desk.letters.compose import compose
from amhk.errors import ClosedDoor
from amhk.store import reads, writes
from amhk.store.cases import compare_and_set
from amhk.store.letters import outbox
from amhk.store.rows import CaseRow, NoticeRow

WORDS_OF_LETTERS = (
    "motivering",
    "afspraken",
    "veiligheidsvoorwaarden",
    "geprobeerde_hulp",
    "gezaghebbenden_geinformeerd",
    "naar",
)


def said_by_letters(file: CaseFile, words: Collection[str]) -> dict[int, str | None]:
    """Give what each letter of a case that went (or is approved) would say, made anew from what is
    recorded now; None for one that cannot be made, or that uses what the journal is about to say
    (`words`).
    """
    case = cast(CaseRow, {**file.case, **file.changes})
    letters = [
        n for n in reads.notices(file.connection, file.id) if n["state"] in ("approved", "sent")
    ]
    return {n["id"]: _says(file, case, n, words) for n in letters}


def _says(file: CaseFile, case: CaseRow, notice: NoticeRow, words: Collection[str]) -> str | None:
    assert file.who is not None
    try:
        letter = compose(
            file.office, file.connection, case, notice=notice, who=file.who, now=file.now
        )
    except ClosedDoor:
        return None
    used = {name for name, _, _ in letter.uses}
    return repr((letter.head, letter.blocks)) if letter.blocks and not used & set(words) else None


def mark_letters(
    file: CaseFile, said: Mapping[int, str | None] | None = None, words: Collection[str] = ()
) -> None:
    """Let letters know that a fact under them changed.

    A sent one (or one that is printed or stands in the folder) is marked, an approved one is a
    draft again. Also the letters to this melder on a case he joined.

    With what they said before (`said`) and the fields that were corrected (`words`) only those are
    marked that would say something else now.
    """
    letters = [
        *reads.notices(file.connection, file.id),
        *reads.notices_about(file.connection, file.id),
    ]
    approved = [n["id"] for n in letters if n["state"] == "approved"]
    reads.lock_notices(file.connection, approved)
    gone = {key for key in approved if out_of_hand(file.office, outbox.live(file.connection, key))}
    now = said_by_letters(file, words) if said is not None else {}
    same = {key for key, text in (said or {}).items() if text is not None and now.get(key) == text}
    told = [
        n["id"]
        for n in letters
        if (n["state"] == "sent" or n["id"] in gone) and n["id"] not in same
    ]
    writes.change(file.connection, reads.NOTICE, told, {"old_fact": True})
    for notice in letters:
        if notice["state"] == "approved" and notice["id"] not in gone:
            take_off(file.office, file.connection, [notice["id"]])
            compare_and_set.save_notice(file.connection, notice, DRAFT_AGAIN)
            file.note(
                "bericht",
                f"{file.workflow.notices[notice['kind']].title}: weer concept na een correctie.",
                {"notice": notice["id"]},
            )
