"""Which cases a worker may not know, in SQL: those of people he knows.

A conflict stands at a case and holds for its whole household: the meldingen of the same dossier,
and what is linked to those, also what is linked later.
"""

from sqlalchemy import String, cast, func, or_, select, union

from amhk.store.tables import Conflict, Melding, Query, Relation, Sql, Worker, table

CONFLICT, MELDING = table(Conflict), table(Melding)
RELATION, WORKER = table(Relation), table(Worker)


def keys_of(worker: Sql) -> Query:
    """Give the SELECT of the keys of all cases a worker (a column) may not know."""
    held = select(CONFLICT.c.case_id)
    held = held.where(CONFLICT.c.worker_id == worker, CONFLICT.c.lifted.is_(None))
    return household(held.correlate(WORKER))


def household(held: Query) -> Query:
    """Give the SELECT of the keys of these cases and of all that is of the same household: what is
    linked to them, the dossiers of both, and what is linked to those.
    """
    link = select(RELATION.c.other_id).correlate(WORKER)
    near = link.where(RELATION.c.case_id.in_(held))
    home = select(MELDING.c.dossier_id).correlate(WORKER)
    home = home.where(or_(MELDING.c.case_id.in_(held), MELDING.c.case_id.in_(near)))
    same = select(MELDING.c.case_id).where(MELDING.c.dossier_id.in_(home)).correlate(WORKER)
    return union(held, near, same, link.where(RELATION.c.case_id.in_(same)))


def barred() -> Sql:
    """Give the column that tells the cases a worker (the row at hand) may not know: their keys with
    commas between, or None.
    """
    found = keys_of(WORKER.c.id).subquery()
    told = select(func.aggregate_strings(cast(found.c.case_id, String), ","))
    return told.select_from(found).correlate(WORKER).scalar_subquery().label("barred")
