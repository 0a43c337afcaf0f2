"""The order of danger: the text by which worklists sort, worked out by the UPDATE that saves a
case.
"""

from sqlalchemy import String, func, select, type_coerce
from sqlalchemy import case as case_

from amhk.store.tables import Case, Sql, Term, table

_CASE, _TERM = table(Case), table(Term)

# The order of danger as one text: urgent before the rest, each by the end of its next term; closed
# cases last.
_ENDS = (
    select(type_coerce(func.min(_TERM.c.over_at), String))
    .where(_TERM.c.case_id == _CASE.c.id, _TERM.c.status == "running")
    .correlate(_CASE)
    .scalar_subquery()
)


def rank(closed: Sql, urgent: Sql) -> Sql:
    """Give the order of danger of a case as SQL, from whether it is closed and urgent and from its
    running terms.
    """
    first = case_((urgent, "0"), else_="1")
    return case_((closed, "9"), else_=first.concat(func.coalesce(_ENDS, "9999")))
