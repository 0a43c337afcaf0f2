"""Which cases a worker may not know, in SQL: those of people he knows.

A conflict stands at a case and holds for its whole household: the meldingen of the same dossier,
and what is linked to those, also what is linked later.
"""

from sqlalchemy import String, cast, func, select

from amhk.store.tables import Conflict, Melding, Query, Relation, Sql, Worker, table

CONFLICT, MELDING = table(Conflict), table(Melding)
RELATION, WORKER = table(Relation), table(Worker)


def keys_of(worker: Sql) -> Query:
    """Give the SELECT of the keys of all cases a worker (a column) may not know."""
    held = (
        select(CONFLICT.c.case_id)
        .where(CONFLICT.c.worker_id == worker, CONFLICT.c.lifted.is_(None))
        .correlate(WORKER)
    )
    home = select(MELDING.c.dossier_id).where(MELDING.c.case_id.in_(held)).correlate(WORKER)
    same = select(MELDING.c.case_id).where(MELDING.c.dossier_id.in_(home)).correlate(WORKER)
    link = select(RELATION.c.other_id).correlate(WORKER)
    linked = [link.where(RELATION.c.case_id.in_(near)) for near in (held, same)]
    return held.union(same, *linked)


def barred() -> Sql:
    """Give the column that tells the cases a worker (the row at hand) may not know: their keys with
    commas between, or None.
    """
    found = keys_of(WORKER.c.id).subquery()
    told = select(func.aggregate_strings(cast(found.c.case_id, String), ","))
    return told.select_from(found).correlate(WORKER).scalar_subquery().label("barred")
