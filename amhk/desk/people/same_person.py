"""In which cases one person stands."""

from collections.abc import Mapping

from amhk import matching
from amhk.desk.people.earlier_contacts import find
from amhk.office import Office
from amhk.store.database.engine import Connection


def stands_in(office: Office, connection: Connection, person: Mapping[str, object]) -> list[int]:
    """Give the keys of the cases in which this person surely stands: by BSN, or by name with day of
    birth; who only lives at the same address is somebody else.
    """
    found = find(office, connection, [{**person, "adres": None}], least=matching.KNOWN)
    return sorted(one.case for one in found)
