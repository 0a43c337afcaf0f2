"""Looks as lines of a Logboek Dataverwerkingen: one for each betrokkene of the case, under a
pseudonym, and no worker in it.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from amhk.errors import ClosedDoor
from amhk.keys import house_key, keyed
from amhk.office import Office
from amhk.store import reads, writes
from amhk.store.rows import Row
from amhk.store.staff import looks
from amhk.telemetry import Span, send

_BATCH, _SENT = 500, "ldv_sent"  # looks at once; how far they were sent


def send_looks(office: Office) -> int:
    """Send the looks at cases that were not sent yet, in the order of their keys; gives how many
    lines. What was taken is not sent again, and a line sent twice bears the same mark.

    ClosedDoor where no register is set, HouseClosed when it does not take them: they wait.
    """
    told, lines = office.config.ldv, 0
    if told is None:
        raise ClosedDoor.of("ldv", "Er is geen logboek ingesteld: vul [ldv] in config.toml in.")
    while True:
        with office.store.read() as connection:
            after = int(reads.meta(connection, _SENT) or 0)
            found = looks.at_cases(connection, after, _BATCH)
            people = looks.people_of(connection, sorted({look["case_id"] for look in found}))
        if not found:
            return lines
        spans = list(_spans(office, found, people, told.activity))
        if spans:
            send(told.endpoint, office.config.organisation, spans)
        with office.store.write() as connection:
            writes.set_meta(connection, _SENT, str(found[-1]["id"]))
        lines += len(spans)


def _spans(
    office: Office, found: Sequence[Row], people: dict[int, list[int]], activity: str
) -> Iterator[Span]:
    key = house_key(office.config.folder)
    for look in found:
        trace = sha256(f"amhk look {look['id']} {look['hash']}".encode()).hexdigest()[:32]
        for person in people.get(look["case_id"], []):
            yield Span(
                trace=trace,
                mark=sha256(f"{trace} {person}".encode()).hexdigest()[:16],
                name=str(look["what"]),
                at=look["instant"],
                told={
                    "dpl.core.processing_activity_id": activity,
                    "dpl.core.data_subject_id": keyed(key, f"betrokkene {person}")[:32],
                    "dpl.core.data_subject_id_type": "pseudoniem van dit meldpunt",
                },
            )
