"""Forms that came in bulk: staged, taken as cases, repaired, and what the triage made of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, Table, and_, bindparam, func, or_, select, update

from amhk.rules.privacy.secrecy import Scope
from amhk.store import writes
from amhk.store.cases.scope import within
from amhk.store.reads import CASE, WORKER, as_rows, rows
from amhk.store.rows import Row
from amhk.store.tables import Form, Import, Sql, table

FORM, IMPORT = table(Form), table(Import)
_LIGHT = [c for c in FORM.c if c.name != "told"]


def _bears(source: Table, kenmerken: Any) -> Sql:
    return or_(source.c.kenmerk.in_(kenmerken), source.c.kenmerk_key.in_(kenmerken))


_KENMERKEN = bindparam("kenmerken", type_=String, expanding=True)
_CASES_THAT_BEAR = select(
    CASE.c.kenmerk, CASE.c.kenmerk_key, CASE.c.number, CASE.c.id.label("case_id")
).where(_bears(CASE, _KENMERKEN))
_FORMS_THAT_BEAR = select(FORM.c.id, FORM.c.kenmerk, FORM.c.kenmerk_key, FORM.c.mark).where(
    _bears(FORM, _KENMERKEN), FORM.c.state == "ready"
)
_TAKEN = (
    update(FORM)
    .where(FORM.c.id == bindparam("form"))
    .values(case_id=bindparam("case"), state="taken", told={}, faults=[], undo={})
)


def imports(connection: Connection, limit: int = 20) -> list[Row]:
    """Give the latest imports with who brought them."""
    statement = select(*IMPORT.c, WORKER.c.name.label("worker")).join(
        WORKER, WORKER.c.id == IMPORT.c.worker_id
    )
    return rows(connection, statement.order_by(IMPORT.c.id.desc()).limit(limit))


def one_import(connection: Connection, key: int, lock: bool = False) -> Row | None:
    """Give one import."""
    statement = (
        select(*IMPORT.c, WORKER.c.name.label("worker"))
        .join(WORKER, WORKER.c.id == IMPORT.c.worker_id)
        .where(IMPORT.c.id == key)
    )
    found = rows(connection, statement.with_for_update(of=IMPORT) if lock else statement)
    return found[0] if found else None


def same_file(connection: Connection, digest: str, layout: str) -> Row | None:
    """Give an import of the very same bytes that is not over yet."""
    where = (
        IMPORT.c.digest == digest,
        IMPORT.c.mapping == layout,
        IMPORT.c.state.in_(("reading", "preview")),
    )
    found = rows(connection, select(IMPORT).where(*where).order_by(IMPORT.c.id.desc()).limit(1))
    return found[0] if found else None


def being_taken(connection: Connection) -> list[Row]:
    """Give the imports of which not every good form is a case yet."""
    return rows(connection, select(IMPORT).where(IMPORT.c.state == "taking").order_by(IMPORT.c.id))


def counts(connection: Connection, key: int) -> dict[str, int]:
    """Give how many forms of an import stand in each state."""
    statement = (
        select(FORM.c.state, func.count()).where(FORM.c.import_id == key).group_by(FORM.c.state)
    )
    return {state: count for state, count in connection.execute(statement)}


def known(
    connection: Connection, marks: Sequence[str], kenmerken: Sequence[str]
) -> tuple[set[str], dict[str, Row]]:
    """Give which of these marks came in before (as a case, accepted, lapsed, or half repaired), and
    by kenmerk (as typed, or as it is known again) the case or waiting form that bears it already.

    What was only shown of another file does not count: the later file takes it over.
    """
    sure = or_(
        FORM.c.state.in_(("taken", "dropped")),
        IMPORT.c.state == "taking",
        FORM.c.mended.is_not(None),
    )
    joined = FORM.join(IMPORT, IMPORT.c.id == FORM.c.import_id)
    seen = (
        select(FORM.c.mark, FORM.c.mended)
        .select_from(joined)
        .where(or_(FORM.c.mark.in_(marks), FORM.c.mended.in_(marks)), sure)
    )
    before = {m for row in connection.execute(seen) for m in row if m}
    found: dict[str, Row] = {}
    for r in bearers(connection, kenmerken):
        borne = {k: r for k in (r["kenmerk"], r["kenmerk_key"]) if k in kenmerken}
        found = found | borne if r["number"] else borne | found
    return before, found


def bearers(connection: Connection, kenmerken: Sequence[str]) -> list[Row]:
    """Give the cases and the waiting forms that bear one of these kenmerken (as typed, or as it is
    known again): number of the case, or key and mark of the form.
    """
    asked = {"kenmerken": list(kenmerken)}
    cases = as_rows(connection.execute(_CASES_THAT_BEAR, asked))
    forms = as_rows(connection.execute(_FORMS_THAT_BEAR, asked))
    return [
        *({**c, "id": None, "mark": None} for c in cases),
        *({**f, "number": None} for f in forms),
    ]


def taken(connection: Connection, made: Sequence[tuple[int, int]]) -> None:
    """Write which forms became which cases; of what they said nothing stays here."""
    if made:
        connection.execute(_TAKEN, [{"form": form, "case": case} for form, case in made])


def twins(connection: Connection, told: Sequence[str]) -> dict[str, Row]:
    """Give, by what it says apart from its kenmerk, the form that is a case or waits to
    become one.
    """
    columns = (FORM.c.twin, FORM.c.mark, FORM.c.kenmerk, CASE.c.number)
    statement = select(*columns).outerjoin(CASE, CASE.c.id == FORM.c.case_id)
    where = (FORM.c.twin.in_(told), FORM.c.state.in_(("taken", "ready")))
    return {r["twin"]: r for r in rows(connection, statement.where(*where))}


def _clashes(row: Row) -> bool:
    """Tell whether a form waits because its kenmerk is taken: it gives way to no other."""
    return any(code == "kenmerk" for code, *_ in row["faults"])


def put(connection: Connection, staged: Sequence[Row]) -> None:
    """Stage forms.

    The same form that was only shown of another file, and a wrong one that comes again put right
    under its kenmerk, give way.
    """
    if not staged:
        return
    marks = [f["mark"] for f in staged]
    kenmerken = [k for f in staged for k in (f["kenmerk"], f["kenmerk_key"]) if k]
    open_ = and_(FORM.c.state.in_(("ready", "repair")), FORM.c.mended.is_(None))
    old = rows(
        connection,
        select(FORM).where(
            open_,
            or_(FORM.c.mark.in_(marks), and_(_bears(FORM, kenmerken), FORM.c.state == "repair")),
        ),
    )
    gone = [r["id"] for r in old if r["mark"] in marks or not _clashes(r)]
    connection.execute(FORM.delete().where(FORM.c.id.in_(gone)))
    writes.add_many(connection, FORM, staged)


def ready(connection: Connection, key: int, limit: int) -> list[Row]:
    """Give the next good forms of an import to take, acute first.

    Those another process holds are passed by.
    """
    statement = select(FORM).where(FORM.c.import_id == key, FORM.c.state == "ready")
    return rows(
        connection,
        statement.order_by(FORM.c.acuut.desc(), FORM.c.row)
        .limit(limit)
        .with_for_update(skip_locked=True),
    )


def forms_of(connection: Connection, key: int, state: str, after: int, limit: int) -> list[Row]:
    """Give a page of the forms of an import in a state, by row."""
    statement = select(*FORM.c, CASE.c.number).outerjoin(CASE, CASE.c.id == FORM.c.case_id)
    statement = statement.where(FORM.c.import_id == key, FORM.c.state == state, FORM.c.row > after)
    return rows(connection, statement.order_by(FORM.c.row).limit(limit))


def one(connection: Connection, key: int, lock: bool = False) -> Row | None:
    """Give one form with the number of its case."""
    statement = (
        select(*FORM.c, CASE.c.number)
        .outerjoin(CASE, CASE.c.id == FORM.c.case_id)
        .where(FORM.c.id == key)
    )
    found = rows(connection, statement.with_for_update(of=FORM) if lock else statement)
    return found[0] if found else None


def to_triage(connection: Connection, scope: Scope, limit: int) -> list[Row]:
    """Give the forms nobody has triaged yet that lie within a scope, acute first, then the longest
    here.
    """
    statement = select(*_LIGHT, CASE.c.number, CASE.c.gemeente, CASE.c.zorgen, CASE.c.version).join(
        CASE, CASE.c.id == FORM.c.case_id
    )
    where = (
        FORM.c.state == "taken",
        FORM.c.outcome.is_(None),
        CASE.c.closed.is_(False),
        within(scope),
    )
    return rows(
        connection,
        statement.where(*where)
        .order_by(FORM.c.acuut.desc(), FORM.c.received, FORM.c.id)
        .limit(limit),
    )


def count_to_triage(connection: Connection, scope: Scope) -> int:
    """Give how many forms nobody has triaged yet."""
    statement = select(func.count()).select_from(FORM).join(CASE, CASE.c.id == FORM.c.case_id)
    return int(
        connection.execute(
            statement.where(
                FORM.c.state == "taken",
                FORM.c.outcome.is_(None),
                CASE.c.closed.is_(False),
                within(scope),
            )
        ).scalar_one()
    )


def undecided(connection: Connection) -> set[int]:
    """Give the cases of all forms nobody has triaged yet."""
    return set(
        connection.execute(
            select(FORM.c.case_id).where(FORM.c.state == "taken", FORM.c.outcome.is_(None))
        ).scalars()
    )


def last_decided(connection: Connection, worker: int) -> Row | None:
    """Give the form this worker triaged last."""
    statement = select(*FORM.c, CASE.c.number).join(CASE, CASE.c.id == FORM.c.case_id)
    where = (FORM.c.decided_by == worker, FORM.c.outcome.is_not(None))
    found = rows(
        connection,
        statement.where(*where).order_by(FORM.c.decided.desc(), FORM.c.id.desc()).limit(1),
    )
    return found[0] if found else None


def waiting(connection: Connection, before: datetime) -> tuple[int, datetime | None]:
    """Give how many forms brought before an instant are no case yet (to repair, or never accepted),
    and since when.
    """
    statement = (
        select(func.count(), func.min(IMPORT.c.brought))
        .select_from(FORM)
        .join(IMPORT, IMPORT.c.id == FORM.c.import_id)
    )
    found = connection.execute(
        statement.where(FORM.c.state.in_(("repair", "ready")), IMPORT.c.brought <= before)
    ).one()
    return int(found[0]), found[1]


def drop_import(connection: Connection, key: int) -> None:
    """Drop what was staged of an import and never taken."""
    connection.execute(
        FORM.delete().where(FORM.c.import_id == key, FORM.c.state.in_(("ready", "repair")))
    )
    writes.change(connection, IMPORT, [key], {"state": "dropped"})
