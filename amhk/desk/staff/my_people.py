"""The people a worker knows: he says whom once, and a case about one of them is hidden from him the
moment it comes in.

Nobody reads whom he knows, nor who has the database: see `people/kin`.
"""

from collections.abc import Mapping
from typing import Any

from amhk import matching
from amhk.desk.casefile.inputs import must_work
from amhk.desk.people import kin
from amhk.desk.people.earlier_contacts import typed_people
from amhk.errors import BadInput, Fault
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Field
from amhk.store.people import people
from amhk.store.staff import kin as store

SOMEBODY = (
    Field("naam", "Naam"),
    Field("geboren", "Geboren", hint="Dag, maand en jaar."),
    Field("bsn", "BSN"),
    Field("adres", "Adres", hint="Straat, huisnummer en postcode: dan ook wie daar woont."),
)


def mine(office: Office, who: Reader) -> dict[str, Any]:
    """Give how many marks are kept of whom a worker knows, and whether some were made by a key that
    is gone.
    """
    must_work(who)
    with office.store.read() as connection:
        found = store.of_worker(connection, who.id)
    return {"count": sum(found.values()), "old": bool(set(found) - {kin.mark_of(office)})}


def add(office: Office, body: object, who: Reader) -> None:
    """Take in somebody a worker knows, and hide from him the cases about him that are there.

    BadInput names every fault, also where too little is told to know anybody again.
    """
    must_work(who)
    told, faults = _read(dict(body) if isinstance(body, Mapping) else {})
    hashes = kin.hashes_of(office, told)
    if not hashes and not faults:
        text = (
            "Geef een BSN, een naam met de hele geboortedatum, of een adres met huisnummer en"
            " postcode."
        )
        faults.append(Fault("te_weinig", text, "naam"))
    if faults:
        raise BadInput(faults=faults)
    trace = matching.trace(told)
    with office.store.write() as connection:
        store.add(connection, who.id, hashes, kin.mark_of(office))
        sure = kin.sought_by(office, matching.sure_keys(trace))
        names = kin.sought_by(office, matching.name_keys(trace))
        near = people.candidates(connection, sure, names)
        known = [(row["case_id"], hashes & kin.hashes_of(office, row)) for row in near]
        met = {(who.id, found, (case,)) for case, alike in known for found in alike}
        kin.suspect(office, connection, met)


def _read(raw: Mapping[str, object]) -> tuple[dict[str, object], list[Fault]]:
    """Give somebody as he was typed, and what of it cannot be read."""
    (told,) = typed_people([raw])
    faults = []
    if raw.get("bsn") and not told.get("bsn"):
        faults.append(Fault("bsn", "Dit is geen BSN: dat heeft negen cijfers, en klopt.", "bsn"))
    if raw.get("geboren") and len(str(told.get("geboren") or "")) != len("2012-05-05"):
        text = "Geef de hele geboortedatum, bijvoorbeeld 14-3-1991."
        faults.append(Fault("datum", text, "geboren"))
    return told, faults


def forget(office: Office, who: Reader) -> None:
    """Forget whom a worker knows; cases that are hidden from him stay so."""
    must_work(who)
    with office.store.write() as connection:
        store.forget(connection, who.id)
