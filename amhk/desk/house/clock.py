"""The clock of the house: what it says, how a training meldpunt moves it on, and that it goes."""

from datetime import UTC, datetime

from amhk.desk.terms.sweep import FURTHEST
from amhk.errors import BadInput, NotAllowed
from amhk.office import Office
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.store import reads, writes
from amhk.words import iso

CLOCK = (Field("now", "Nieuwe tijd", "moment", required=True),)


def read_clock(office: Office) -> datetime:
    """Give the present instant as this meldpunt knows it."""
    with office.store.read() as connection:
        return office.now(connection)


def move_clock(office: Office, body: object) -> None:
    """Move the training clock: to any moment before the first case, after that only forward.

    NotAllowed in production.
    """
    if not office.training:
        raise NotAllowed("De klok van een echt meldpunt staat niet stil en is niet te verzetten.")
    values, faults = clean(CLOCK, body, Desk(FURTHEST, {}))
    if faults:
        raise BadInput(faults=faults)
    with office.store.write() as connection:
        now = office.now(connection)
        if reads.any_case(connection) and values["now"] < now:
            raise BadInput.of("terug", f"De klok gaat alleen vooruit: het is nu {iso(now)}.", "now")
        writes.set_meta(connection, "clock", values["now"].isoformat())


def beat(office: Office) -> None:
    """Write the heartbeat of the clock (real time)."""
    with office.store.write() as connection:
        writes.set_meta(connection, "heartbeat", iso(datetime.now(UTC)))
