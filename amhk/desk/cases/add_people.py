"""Recording people on a melding."""

from amhk.desk.casefile.choices import desk_for
from amhk.desk.casefile.inputs import must_hold_people, must_work, take_version
from amhk.desk.casefile.open_case import open_case
from amhk.desk.cases import register
from amhk.errors import BadInput, ClosedDoor, Fault
from amhk.office import Office
from amhk.rules.people import people
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Field
from amhk.rules.procedure.form_check import clean
from amhk.store import reads
from amhk.words import day_of, some


def add_people(office: Office, number: str, body: object, who: Reader) -> None:
    """Record a person (or `betrokkenen`: several) on a melding; BadInput names every fault.

    An advies refuses: it holds nobody (G6).
    """
    version, fields = take_version(body, False)
    must_work(who)
    with office.store.write() as connection:
        file = open_case(office, connection, number, who, version)
        must_hold_people(file.case)
        if file.case["closed"]:
            raise ClosedDoor.of("gesloten", "Deze zaak is gesloten.")
        several = fields.get("betrokkenen", [fields])
        form = (Field("betrokkenen", "Betrokkenen", "list", fields=file.workflow.person),)
        desk = desk_for(office, connection, file.now, set(), file.case)
        values, faults = clean(form, {"betrokkenen": several}, desk)
        there, roles = reads.people_of(connection, file.id), file.codes.roles
        new = values.get("betrokkenen", ())
        faults += people.faults(new, day_of(file.now), roles, there)
        if faults:
            one = "betrokkenen" not in fields
            raise BadInput(faults=[_flat(f, one) for f in faults])
        if not new:
            raise BadInput.of("ontbreekt", "Vul in: Naam.", "naam")
        what = f"{some(len(new), 'betrokkene', 'betrokkenen')} vastgelegd."
        entry = file.note("persoon_toegevoegd", what, values)
        register.find_home(file, new)
        register.add_people(file, new, entry)
        file.save()


def _flat(fault: Fault, one: bool) -> Fault:
    field = (fault.field or "").removeprefix("betrokkenen.0.") if one else fault.field
    return Fault(code=fault.code, text=fault.text, field=field, do=fault.do)
