"""The acute cases, for whoever has piket."""

from typing import Any

from amhk.desk.cases.reading import acute_view
from amhk.errors import NotAllowed
from amhk.office import Office
from amhk.rules.privacy.secrecy import WORKS, Reader, scope_of
from amhk.store.cases import acute


def acute_cases(office: Office, who: Reader) -> list[dict[str, Any]]:
    """Give the cases in which a clock of hours runs, the one that ends first on top.

    Number, term, end, and the buttons that answer it.
    """
    if who.role not in WORKS:
        raise NotAllowed("Met uw rol ziet u geen zaken.")
    with office.store.read() as connection:
        names = {
            t.name
            for w in office.pack.workflows.values()
            for t in w.terms.values()
            if t.unit == "uur" and t.buttons
        }
        found = acute.running(connection, scope_of(who), sorted(names))
    return [view for row in found if (view := acute_view(office, row["number"], who)) is not None]
