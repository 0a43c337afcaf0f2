"""Bulk intake: a file of forms is read whole or not at all, shown before it counts, taken in
batches that survive a crash; what is wrong waits to be repaired.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from amhk.desk.casefile.access import unnamed
from amhk.desk.intake.import_staging import (
    TAKEN_AT_ONCE,
    Progress,
    import_of,
    layouts,
    must_take_in,
    told_of,
)
from amhk.desk.intake.taking import Taking, taking, taking_one
from amhk.desk.staff import workers
from amhk.errors import BadInput, ClosedDoor, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure import import_layouts as rules
from amhk.rules.procedure.fields import reason_given
from amhk.rules.procedure.import_layouts import OWN
from amhk.store import reads, writes
from amhk.store.cases.journal import plain
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.intake import imports as store
from amhk.store.intake.imports import FORM, IMPORT
from amhk.store.rows import Row

PATIENCE = timedelta(hours=4)


def accept(office: Office, key: int, who: Reader) -> None:
    """Say yes to the good forms of an import.

    From now on they are taken as meldingen, also if the house falls down in between.
    """
    must_take_in(who)
    workers.by_hand(
        office, None
    )  # who brings a file does not thereby take every call in it: the cases are of their teams
    with office.store.write() as connection:
        told = import_of(connection, key)
        if told["state"] not in ("preview", "done"):
            raise ClosedDoor.of("import", "Dit bestand wordt al ingelezen, of is weggelegd.")
        writes.change(connection, IMPORT, [key], {"state": "taking", "worker_id": who.id})


def take_all(office: Office, key: int, progress: Progress | None = None) -> int:
    """Take every good form of an accepted import as a melding, some at a time.

    Gives how many became one now.
    """
    done = 0
    while True:
        with office.store.write() as connection:
            told = import_of(connection, key)
            batch = store.ready(connection, key, TAKEN_AT_ONCE) if told["state"] == "taking" else []
            if not batch:
                if told["state"] == "taking" and not store.counts(connection, key).get("ready"):
                    writes.change(connection, IMPORT, [key], {"state": "done"})
                return done
            row = reads.worker_by(connection, id=told["worker_id"])
            assert row is not None
            done += _take(taking(office, connection, batch), batch, Reader.of(row))
        if progress:
            progress(done)


def _take(together: Taking, batch: Sequence[Row], who: Reader) -> int:
    """Take forms, each if it is still right: the world may have changed since they were staged.

    Gives how many became a case.
    """
    for form in batch:
        values, faults = together.checked(form["told"], form["id"])
        if faults:
            together.lay(form["id"], form["told"], values, faults)
        else:
            together.make(form["id"], values, who)
    together.end()
    return len(together.made)


def continue_all(office: Office) -> None:
    """Go on with imports that were accepted and not finished (a round of the watch)."""
    with office.store.read() as connection:
        keys = [i["id"] for i in store.being_taken(connection)]
    for key in keys:
        take_all(office, key)


def drop(office: Office, key: int, reason: object, who: Reader) -> None:
    """Lay an import aside with a reason: what was staged of it goes, what became a case stays."""
    must_take_in(who)
    text = reason_given(reason)
    with office.store.write() as connection:
        told = import_of(connection, key)
        if told["state"] not in ("preview", "done", "reading"):
            raise ClosedDoor.of("import", "Dit bestand wordt nu ingelezen; wacht tot het klaar is.")
        counts = store.counts(connection, key)
        what = (
            f"Formulieren weggelegd: {counts.get('ready', 0)} goed, {counts.get('repair', 0)} te"
            " herstellen."
        )
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="formulieren",
            what=what,
            content={"import": key, "reden": text},
        )
        store.drop_import(connection, key)


def repair(office: Office, key: int, body: object, who: Reader) -> str | None:
    """Correct a form; once it is right it is taken at once when its import was accepted (gives the
    number), else it is ready. BadInput with every fault left; what was typed is kept.
    """
    must_take_in(who)
    if not isinstance(body, Mapping):
        raise BadInput.of("verkeerd_soort", "Stuur de velden van het formulier.")
    sent: dict[str, object] = rules.bare(body)
    with office.store.write() as connection:
        reads.lock(connection)
        form = form_to_repair(connection, key)
        together = taking_one(office, connection, sent)
        values, faults = together.checked(sent, key)
        told = import_of(connection, form["import_id"])
        layout = layouts(office).get(told["mapping"], OWN)
        mended = rules.mark_of(layout, plain(sent if faults else values))
        writes.change(connection, FORM, [key], told_of(sent, values, faults) | {"mended": mended})
        taken = not faults and told["state"] in ("taking", "done")
        number = together.make(key, values, who) if taken else None
        together.end()
        faults = [replace(f, text=unnamed(connection, who, f.text)) for f in faults]
    if faults:
        raise BadInput(faults=faults)
    return number


def drop_form(office: Office, key: int, reason: object, who: Reader) -> None:
    """Let a form that cannot be a melding lapse, with a reason that stays in the
    house's journal.
    """
    must_take_in(who)
    text = reason_given(reason)
    with office.store.write() as connection:
        form = form_to_repair(connection, key)
        now = office.now(connection)
        row = {"state": "dropped", "told": {}, "faults": [], "decided_by": who.id, "decided": now}
        writes.change(connection, FORM, [key], row)
        what = f"Formulier op regel {form['row']} vervallen."
        house_journal.append(
            connection,
            now,
            who.id,
            kind="formulieren",
            what=what,
            content={"form": key, "reden": text},
        )


def form_to_repair(connection: Connection, key: int) -> Row:
    """Give a form that is no case yet, locked; NotFound for another."""
    form = store.one(connection, key, lock=True)
    if form is None or form["state"] not in ("repair", "ready"):
        raise NotFound("Dit formulier bestaat niet, of is al een zaak.")
    return form
