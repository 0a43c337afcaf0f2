"""Forms that become meldingen, a batch at a time: what they share is asked and written once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.cases.placing import Placing, placing_of
from amhk.desk.cases.register import PREFIX, register
from amhk.desk.intake import calls
from amhk.desk.intake.import_staging import clash_in, kenmerk_of, key_of_form, told_of
from amhk.errors import Fault
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import HAND, Reader
from amhk.store import reads, writes
from amhk.store.cases import compare_and_set, search
from amhk.store.database.engine import Connection
from amhk.store.intake import imports as store
from amhk.store.intake.imports import FORM
from amhk.store.rows import Row
from amhk.words import local


@dataclass
class Taking:
    """Forms that are taken together, in one transaction: what the world is like for all of them."""

    office: Office
    connection: Connection
    now: datetime
    placing: Placing
    hand: int | None
    bearers: list[Row]  # cases and waiting forms that bear a kenmerk of one of these forms
    made: list[tuple[int, CaseFile]] = field(default_factory=list)

    def checked(
        self, body: Mapping[str, object], form: int
    ) -> tuple[dict[str, object], list[Fault]]:
        """Give what a staged form says as a call, and every fault.

        Also that its kenmerk stands elsewhere already.
        """
        values, faults = calls.checked(self.office, self.connection, "melding", body, self.now)
        kenmerk, key = kenmerk_of(body), key_of_form(body, values)
        mine = {k for k in (kenmerk, key) if k}
        told = {
            other["number"] or other["mark"]: other
            for other in self.bearers
            if other["id"] != form and mine & {other["kenmerk"], other["kenmerk_key"]}
        }
        clashes = [Fault(*clash_in(kenmerk, o)) for o in told.values() if kenmerk]
        return values, faults + clashes

    def make(self, form: int, values: Filled, who: Reader) -> str:
        """Make a melding of a form that is right, and give its number."""
        file = register(
            self.office,
            self.connection,
            "melding",
            values=values,
            who=who,
            now=self.now,
            taken_by=self.hand,
            placing=self.placing,
        )
        file.words = False  # they are worked out for all of them at the end
        file.save()
        self.made.append((form, file))
        self.bearers = [
            {**b, "number": file.case["number"]} if b["id"] == form else b for b in self.bearers
        ]
        return file.case["number"]

    def lay(
        self, form: int, body: Mapping[str, object], values: Filled, wrong: list[Fault]
    ) -> None:
        """Lay a form that is no longer right with those to repair."""
        writes.change(self.connection, FORM, [form], told_of(body, values, wrong))
        self.bearers = [bearer for bearer in self.bearers if bearer["id"] != form]

    def end(self) -> None:
        """Write of all that were made which form they were, and by which words they are found."""
        store.taken(self.connection, [(form, file.id) for form, file in self.made])
        search.find_again(self.connection, [file.case for _, file in self.made])


def taking(office: Office, connection: Connection, bodies: Sequence[Row]) -> Taking:
    """Give what the world is like for these forms (each with `kenmerk` and `kenmerk_key`)."""
    now, hand = office.now(connection), reads.worker_by(connection, name=HAND)
    # whoever takes a call meanwhile waits: what bears a kenmerk stays what it is
    compare_and_set.hold_numbers(connection, PREFIX["melding"], local(now).year)
    borne = {k for body in bodies for k in (body["kenmerk"], body["kenmerk_key"]) if k}
    return Taking(
        office=office,
        connection=connection,
        now=now,
        placing=placing_of(office, connection),
        hand=hand["id"] if hand else None,
        bearers=store.bearers(connection, sorted(borne)),
    )


def taking_one(office: Office, connection: Connection, body: Mapping[str, object]) -> Taking:
    """Give the same for one form as it is sent now."""
    values, _ = calls.checked(office, connection, "melding", body, office.now(connection))
    told = {"kenmerk": kenmerk_of(body), "kenmerk_key": key_of_form(body, values)}
    return taking(office, connection, [told])
