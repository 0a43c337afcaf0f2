"""The words of a case, wherever they stand, and how they are taken out.

`WORDS` is what somebody typed or what comes of it: it goes with a case, and a person is covered in
it. `SAID` are sentences of the house in which something typed may stand: in them people are
covered. All other columns hold codes, days, keys and hashes and stay, so that the figures and the
chains do.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, or_, select, update
from sqlmodel import SQLModel

from amhk.store import reads
from amhk.store.database.touched import touch
from amhk.store.rows import Row
from amhk.store.tables import Attachment, Outgoing, Sql, table

ATTACHMENT, OUT = table(Attachment), table(Outgoing)
WORDS: dict[str, tuple[str, ...]] = {
    "cases": ("zorgen", "kenmerk", "kenmerk_key"),
    "meldingen": ("melder_naam", "melder_bereikbaar", "melder_functie", "melder_organisatie"),
    "adviezen": ("advies", "adviesvrager_naam", "adviesvrager_bereikbaar"),
    "contacts": ("verslag",),
    "findings": ("text",),
    "checks": ("gevraagd_aan",),
    "notices": (
        "facts",
        "html",
        "left_out",
        "reference",
        "reason",
        "ground",
        "data",
        "decisions",
        "receipt",
        "returned",
    ),
    "terms": ("extensions",),
    "joins": ("before",),
    "grants": ("reason",),
    "conflicts": ("reason", "kin"),
    "forms": ("told", "faults", "undo", "kenmerk", "kenmerk_key", "twin"),
    "attachments": ("name",),
    "subject_requests": ("identity", "wish", "motive"),
    "destructions": ("reason",),
    "keepings": ("reason",),
}
SAID: dict[str, tuple[str, ...]] = {
    "cases": ("team_reason", "ending"),
    "terms": ("why",),
    "outbox": ("why",),
    "reminders": ("receivers",),
}
# Handled each by itself: lines of the journal and of who looked stand in chains, people go whole,
# and words to search by are worked out anew.
APART = ("journal", "looks", "people", "person_keys", "search_words", "concepts")
TABLES = tuple(dict.fromkeys((*WORDS, *SAID, *APART)))
Found = tuple[Table, int, Row]


def rows_of(connection: Connection, case: int) -> Iterator[Found]:
    """Give every row of a case that has words: its table, its key, and its words by column."""
    for name in {**WORDS, **SAID}:
        source = SQLModel.metadata.tables[name]
        columns = [source.c[c] for c in (*WORDS.get(name, ()), *SAID.get(name, ()))]
        (key,) = source.primary_key.columns
        asked = select(key, *columns).where(_of(source, case))
        for row in reads.rows(connection, asked):
            yield source, row[key.name], {k: v for k, v in row.items() if k != key.name}


def _of(source: Table, case: int) -> Sql:
    key: Any = source.c.id if source.name == "cases" else source.c.get("case_id")
    if source.name == "outbox":
        mine = select(reads.NOTICE.c.id).where(reads.NOTICE.c.case_id == case)
        found: Sql = OUT.c.notice_id.in_(mine)
        return found
    at: Sql = key == case
    return or_(at, source.c.target_id == case) if source.name == "joins" else at


def rewrite(
    connection: Connection, found: Found, how: Callable[[str, object], object]
) -> dict[str, object]:
    """Write the words of a row as `how` (column, value) wants them; gives what changed."""
    source, key, words = found
    told = {name: _fit(source.c[name], old, how(name, old)) for name, old in words.items() if old}
    changed = {name: new for name, new in told.items() if new != words[name]}
    if changed:
        touch(connection, source.name)
        (named,) = source.primary_key.columns
        connection.execute(update(source).where(named == key).values(**changed))
    return changed


def _fit(column: Sql, old: object, new: object) -> object:
    """Give a value as its column can hold it: nothing where it may be, else what is empty."""
    return type(old)() if new is None and not column.nullable else new


def forget_pdfs(connection: Connection, letters: Sequence[int]) -> None:
    """Let these letters have no print any more; its hash stays."""
    touch(connection, reads.NOTICE.name)
    where = reads.NOTICE.c.id.in_(letters)
    connection.execute(update(reads.NOTICE).where(where).values(pdf=None))


def drop_files(connection: Connection, files: Sequence[int]) -> None:
    """Remove the rows of these attachments (keys)."""
    touch(connection, ATTACHMENT.name)
    connection.execute(delete(ATTACHMENT).where(ATTACHMENT.c.id.in_(files)))


def looks_of(connection: Connection, case: int) -> list[Row]:
    """Give the reasons somebody gave for looking at a case, with their keys."""
    asked = select(reads.LOOK.c.id, reads.LOOK.c.reason)
    mine = (reads.LOOK.c.case_id == case, reads.LOOK.c.reason.is_not(None))
    return reads.rows(connection, asked.where(*mine))


def forget_looks(connection: Connection, keys: Sequence[int]) -> None:
    """Forget these reasons; that somebody looked stays."""
    where = reads.LOOK.c.id.in_(keys)
    connection.execute(update(reads.LOOK).where(where).values(reason=None, salt=None))


CAME, WENT = "vervolgmelding", "gevoegd_bij"


def joined_to(connection: Connection, case: int, kinds: Sequence[str]) -> list[int]:
    """Give the keys of the cases that came to this one (`CAME`), or to which it went (`WENT`)."""
    mine = reads.RELATION.c.kind.in_(kinds)
    asked = select(reads.RELATION.c.other_id).where(reads.RELATION.c.case_id == case, mine)
    return sorted(set(connection.execute(asked).scalars()))


def names_of_institutions(connection: Connection) -> list[str]:
    """Give the names of institutions and teams: words of theirs tell of nobody."""
    named = [SQLModel.metadata.tables[n] for n in ("teams", "institutions")]
    return [n for t in named for n in connection.execute(select(t.c.name)).scalars()]


def names_of_house(connection: Connection) -> list[str]:
    """Give the names of staff, teams and institutions: words that tell of nobody."""
    named = [SQLModel.metadata.tables[n] for n in _NAMED]
    return [n for t in named for n in connection.execute(select(t.c.name)).scalars()]


_NAMED = ("workers", "teams", "institutions")
