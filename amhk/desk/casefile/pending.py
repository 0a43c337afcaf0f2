"""What is to be written of a case at the end of a transaction.

Its rows, terms, letters and journal lines.

Nothing of it is in the database before the case is saved.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from amhk.store import reads, writes
from amhk.store.cases import journal
from amhk.store.database.engine import Connection
from amhk.store.rows import JournalLine, TermRow
from amhk.store.tables import Source
from amhk.words import iso

R = TypeVar("R")
Columns = dict[str, object]  # columns of one row, by name
Line = tuple[str, str, Mapping[str, object]]  # kind, what, content


@dataclass
class Pending:
    """The rows of one case that are to be added or changed.

    A term that starts has the key -1 - its place in `started` until it is written. `touched` are
    the terms the figures hear of, each with the line that tells it.
    `added`, `changed` and `parts` are rows beside the case, in the order they were told; a row that
    is to be added has the key -1 - its place. `afterwards` is what looks at those rows in the
    database, or works out what hangs on them, once they stand there.
    """

    added: list[tuple[Source[object], Columns]] = field(default_factory=list)
    changed: list[tuple[Source[object], Sequence[int], Columns]] = field(default_factory=list)
    parts: list[tuple[Source[object], Columns]] = field(default_factory=list)
    trimmed: list[tuple[int, int]] = field(default_factory=list)  # a term, and from which rung on
    erased: list[JournalLine] = field(default_factory=list)  # lines as they are to be from now on
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    lines: list[Line] = field(default_factory=list)
    ledger: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    figures: dict[int, dict[str, Any]] = field(default_factory=dict)
    touched: list[tuple[int, TermRow]] = field(default_factory=list)
    ended: list[dict[str, object]] = field(default_factory=list)
    started: list[TermRow] = field(default_factory=list)
    letters: list[tuple[dict[str, Any], int | None]] = field(default_factory=list)

    def over(self, source: Source[R], rows: list[R]) -> list[R]:
        """Give rows of a table as they will be: what is to be changed changed, new ones added."""
        told = {cast(Columns, row)["id"]: dict(cast(Columns, row)) for row in rows}
        for table, keys, changes in self.changed:
            for key in keys if table is source else ():
                if key in told:
                    told[key] |= changes
        fresh = [
            {"id": -1 - place, **row}
            for place, (table, row) in enumerate(self.added)
            if table is source
        ]
        return cast(list[R], [*told.values(), *fresh])

    def change(self, source: Source[object], keys: Sequence[int], changes: Columns) -> None:
        """Let rows of a table be changed, also those that are to be added."""
        for key in keys:
            if key < 0:
                self.added[-1 - key][1].update(changes)
        if stored := [key for key in keys if key >= 0]:
            self.changed.append((source, stored, changes))

    def write_rows(self, connection: Connection, case: int) -> None:
        """Write the rows beside the case, and then do what waited for them."""
        for source, row in self.added:
            writes.add(connection, source, row)
        for source, keys, changes in self.changed:
            writes.change(connection, source, keys, changes)
        for source, changes in self.parts:
            writes.change_case_part(connection, source, case, changes)
        for term, rung in self.trimmed:
            writes.trim_inbox(connection, term, rung)
        for act in self.afterwards:
            act()

    def write_terms(self, connection: Connection) -> list[int]:
        """Write what ended and what started; gives the keys of what started, in order."""
        if self.ended:
            writes.end_terms(connection, self.ended)
        if not self.started:
            return []
        rows = [{k: v for k, v in row.items() if k != "id"} for row in self.started]
        return writes.add_terms(connection, rows)

    def write_letters(self, connection: Connection, keys: list[int]) -> None:
        """Write the letters, each with the term that started with it."""
        if self.letters:
            rows = [
                {**row, "term_id": keys[place] if place is not None else None}
                for row, place in self.letters
            ]
            writes.add_many(connection, reads.NOTICE, rows)

    def write_lines(
        self,
        connection: Connection,
        case: Mapping[str, Any],
        worker: int | None,
        now: datetime,
        keys: list[int],
        held: Mapping[str, str],
    ) -> str:
        """Write the journal lines in order, each with what it did to terms; gives the new head.

        `case` counts them in its entries already; a change of terms alone has a line of its own.
        The last line holds the rows of the case (`held`).
        """
        first = case["entries"] - len(self.lines) + 1
        ops = self._ops(first, keys)
        self._tell_terms(first, keys)
        rows, chain = [], {**case, "entries": first - 1}
        for kind, what, content in self.lines:
            line = chain["entries"] + 1
            row = journal.entry_row(
                chain,
                now,
                worker,
                kind=kind,
                what=what,
                content=content,
                ledger=ops.get(line, ()),
                figures=self.figures.get(line),
                held=held if line == case["entries"] else None,
            )
            chain |= {"entries": row["sequence"], "head": row["hash"]}
            rows.append(row)
        journal.append(connection, rows)
        return str(chain["head"])

    def _ops(self, first: int, keys: list[int]) -> dict[int, list[dict[str, object]]]:
        """Give what each line did to terms, by the keys these have now."""
        ops: dict[int, list[dict[str, object]]] = {}
        for entry, op in self.ledger:
            key = op["id"]
            written = op | {"id": keys[-1 - key] if key < 0 else key}
            ops.setdefault(max(entry, first), []).append(written)
        return ops

    def _tell_terms(self, first: int, keys: list[int]) -> None:
        for entry, term in self.touched:
            key = keys[-1 - term["id"]] if term["id"] < 0 else term["id"]
            at = iso(term["ended_at"]) if term["ended_at"] else None
            begun = [term["name"], iso(term["start"]), term["due"], term["beside_due"]]
            line = self.figures.setdefault(max(entry, first), {})
            line.setdefault("terms", {})[str(key)] = [*begun, term["status"], at]
