"""Taking a case: locked, visible, of the version that was seen, and laid on the table."""

from collections.abc import Sequence
from datetime import datetime

from amhk.desk.casefile.access import visible
from amhk.desk.casefile.casefile import CaseFile
from amhk.errors import ChangedMeanwhile
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.letters.owed import OwedRow
from amhk.store.rows import CaseRow, NoticeRow, TermRow


def open_case(
    office: Office,
    connection: Connection,
    number: str,
    who: Reader,
    version: int | None = None,
    along: Sequence[int | None] = (),
) -> CaseFile:
    """Take a case for changing: locked, visible to this worker, and still of the version he saw.

    NotFound or ChangedMeanwhile otherwise.

    `along` holds the keys of other cases this will change too: all are locked in order of key, so
    that no two wait for each other.
    """
    others = {key for key in along if key is not None}
    if others and (known := reads.case_by_number(connection, number)) is not None:
        reads.lock_cases(connection, sorted({known["id"], *others}))
    case = visible(connection, number, who, own=True, lock=True)
    if version is not None and version != case["version"]:
        last = reads.last_worker(connection, case["id"])
        raise ChangedMeanwhile(
            case["version"],
            str(last["name"]) if last else None,
            bool(last and last["id"] == who.id),
        )
    return on_table(office, connection, case, who)


def on_table(
    office: Office,
    connection: Connection,
    case: CaseRow,
    who: Reader | None,
    now: datetime | None = None,
) -> CaseFile:
    """Lay a case that is already locked on the table, with its running terms and the notices it
    owes.
    """
    terms, letters = (
        reads.terms(connection, case["id"], running=True),
        reads.notices(connection, case["id"]),
    )
    return laid_out(office, connection, case, who=who, terms=terms, letters=letters, now=now)


def laid_out(
    office: Office,
    connection: Connection,
    case: CaseRow,
    who: Reader | None,
    terms: list[TermRow],
    letters: list[NoticeRow],
    now: datetime | None = None,
) -> CaseFile:
    """Lay a case on the table from its terms and letters as they were read, whatever became of
    them: the one way to do so.
    """
    workflow = office.pack.workflows[case["workflow"], case["release"]]
    moment = now or office.moment(connection, case["clock"], case["present_calendar"])
    running: list[TermRow] = [{**t} for t in terms if t["status"] in ("running", "suspended")]
    owed: list[OwedRow] = [n for n in letters if n["state"] in ("draft", "approved")]
    gone = [n for n in letters if n["state"] in ("sent", "withheld")]
    return CaseFile(
        office=office,
        connection=connection,
        case=case.copy(),
        who=who,
        now=moment,
        workflow=workflow,
        running=running,
        owed=owed,
        letters=gone,
    )
