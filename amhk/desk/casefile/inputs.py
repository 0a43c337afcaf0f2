"""What every act on a case is given: the version that was seen, and the fields, checked."""

from collections.abc import Mapping

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.choices import desk_for, needed
from amhk.errors import BadInput, ClosedDoor, NotAllowed
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import WORKS, Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.store.rows import CaseRow


def take_version(body: object, needed_here: bool) -> tuple[int | None, dict[str, object]]:
    """Give the version a client saw and the other fields.

    BadInput when it is missing or no number.
    """
    if not isinstance(body, Mapping):
        raise BadInput.of("verkeerd_soort", "Stuur een JSON-object.")
    fields = dict(body)
    version = fields.pop("version", None)
    if isinstance(version, str) and version.isascii() and version.isdigit() and len(version) < 10:
        version = int(version)
    if version is None and not needed_here:
        return None, fields
    if isinstance(version, bool) or not isinstance(version, int):
        raise BadInput.of(
            "ontbreekt", "Stuur de versie mee van de zaak zoals u die zag.", "version"
        )
    return version, fields


def must_hold_people(case: CaseRow) -> None:
    """Raise ClosedDoor for an advies: nothing of the family is recorded on it (G6)."""
    if case["route"] != "melding":
        text = "Over het gezin wordt bij een advies niets vastgelegd."
        raise ClosedDoor.of("advies", f"{text} Maak er eerst een melding van.")


def must_work(who: Reader) -> None:
    """Refuse who does not work on cases."""
    if who.role not in WORKS:
        raise NotAllowed()


def filled(file: CaseFile, fields: tuple[Field, ...], raw: Mapping[str, object]) -> Filled:
    """Give the checked values of a small form about a case on the table.

    BadInput names every fault.
    """
    desk = desk_for(file.office, file.connection, file.now, needed(fields), file.case)
    values, faults = clean(fields, raw, Desk(desk.now, desk.lists, None))
    if faults:
        raise BadInput(faults=faults)
    return values
