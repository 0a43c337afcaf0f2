"""A file of forms is read whole or not at all, and shown before it counts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO

from amhk.desk.intake import calls
from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.parse import Filled, tidy
from amhk.rules.privacy.secrecy import WORKS, Reader
from amhk.rules.procedure import import_layouts as rules
from amhk.rules.procedure.import_layouts import OWN, Layout
from amhk.sheets.apart import read_apart
from amhk.sheets.lines import Line, no
from amhk.store import reads, writes
from amhk.store.cases.journal import plain
from amhk.store.database.engine import Connection
from amhk.store.house import house_journal
from amhk.store.intake import imports as store
from amhk.store.intake.imports import IMPORT
from amhk.store.rows import Row
from amhk.words import iso, some

Progress = Callable[[int], None]
INSIDE, _STAGED, TAKEN_AT_ONCE, PAGE = "formulieren", 250, 50, 50


def layouts(office: Office) -> dict[str, Layout]:
    """Give the layouts this meldpunt can read, by name: its own and those of config.toml."""
    return {OWN.name: OWN, **{x.name: x for x in office.config.imports}}


def must_take_in(who: Reader) -> None:
    """Raise NotAllowed for who may not bring forms in."""
    if who.role not in WORKS:
        raise NotAllowed("Met uw rol leest u geen formulieren in.")


def stage(
    office: Office,
    file: BinaryIO,
    name: str,
    layout: str,
    who: Reader,
    progress: Progress | None = None,
) -> int:
    """Read a file of forms and stage every row, good or to repair; nothing is a case yet.

    Gives the key of the import.

    The file is read through once before anything is written: a broken one changes nothing
    (BadInput, one sentence). A form that came in before adds nothing. `progress` is told how many
    rows are staged.
    """
    must_take_in(who)
    chosen = layouts(office).get(layout)
    if chosen is None:
        text = f"De indeling '{layout[:40]}' bestaat niet; kies uit {', '.join(layouts(office))}."
        raise BadInput.of("indeling", text, "indeling")
    total = _prove(office, file, chosen)
    file.seek(0)
    digest = digest_of(file)
    with office.store.write() as connection:
        now, same = office.now(connection), store.same_file(connection, digest, chosen.name)
        if same:
            key = int(same["id"])
        else:
            key = new_import(connection, name, digest, chosen, who, total=total, now=now)
    again = done = 0
    rows = read_apart(file, INSIDE, waits=True)
    while batch := list(islice(rows, _STAGED)):
        with office.store.write() as connection:
            again += _stage(office, connection, key, chosen, batch)
        done += len(batch)
        if progress:
            progress(done)
    _read(office, key, total, same["again"] if same else again, who)
    return key


def _read(office: Office, key: int, total: int, again: int, who: Reader) -> None:
    """Write down that a file was read to its end."""
    with office.store.write() as connection:
        if import_of(connection, key)["state"] != "reading":
            return
        counts = store.counts(connection, key)
        state = "preview" if counts.get("ready") or counts.get("repair") else "done"
        writes.change(connection, IMPORT, [key], {"state": state, "again": again})
        what = f"Bestand ingelezen: {some(total, 'formulier', 'formulieren')}, {again} al bekend."
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="formulieren",
            what=what,
            content={"import": key},
        )


def digest_of(file: BinaryIO) -> str:
    """Give the SHA-256 of a file from where it stands, in hexadecimal digits."""
    made = sha256()
    while piece := file.read(1 << 20):
        made.update(piece)
    return made.hexdigest()


def new_import(
    connection: Connection,
    name: str,
    digest: str,
    layout: Layout,
    who: Reader,
    total: int,
    now: datetime,
) -> int:
    """Write a file that is being brought in; gives its key."""
    row = {
        "name": tidy(name, True)[:120] or "bestand",
        "digest": digest,
        "mapping": layout.name,
        "worker_id": who.id,
        "brought": now,
        "state": "reading",
        "total": total,
        "again": 0,
    }
    return writes.add(connection, IMPORT, row)


def _prove(office: Office, file: BinaryIO, layout: Layout) -> int:
    """Read the whole file once and give how many forms it holds.

    BadInput when it cannot be read, or has columns nobody knows.
    """
    fields = office.pack.of_route("melding").intake
    count, seen = 0, set[str]()
    for line in read_apart(file, INSIDE, rules.SCHEMA):
        count += 1
        if not (new := line.cells.keys() - seen):
            continue
        seen |= new
        if len(seen) > 5_000:
            raise no("Dit bestand heeft te veel verschillende kolommen.")
        if rules.unknown_columns(iter(sorted(new)), layout, fields):
            # the first that is unknown ends it: a table names all of them in its head
            unknown = rules.unknown_columns(iter(sorted({*line.head} or seen)), layout, fields)
            text = (
                f"De indeling '{layout.title}' kent deze kolommen niet:"
                f" {', '.join(repr(u[:40]) for u in unknown[:8])}. Kies een andere indeling, of"
                " vraag de beheerder ze op te nemen."
            )
            raise no(text)
    if not count:
        raise no("Dit bestand heeft een kop, maar geen formulieren.")
    return count


def _stage(
    office: Office, connection: Connection, key: int, layout: Layout, batch: list[Line]
) -> int:
    """Stage a batch; gives how many of it came in before."""
    reads.lock(connection)
    fields = office.pack.of_route("melding").intake
    now = office.now(connection)
    shaped = []
    for line in batch:
        shape = rules.shape(line.cells, layout, fields)
        shaped.append(_form(office, connection, shape, line=line, now=now, layout=layout))
    kenmerken = [k for f in shaped for k in _borne(f)]
    before, borne = store.known(connection, [f["mark"] for f in shaped], kenmerken)
    twins = store.twins(connection, [f["twin"] for f in shaped if f["twin"]])
    staged: dict[str, dict[str, object]] = {}
    for told in shaped:
        row, mark = told | {"import_id": key}, told["mark"]
        if mark in before or mark in staged:
            continue
        mine = _borne(row)
        other = next((borne[k] for k in mine if k in borne), None)
        other = other or next((s for s in staged.values() if mine & _borne(s)), None)
        twin = twins.get(row["twin"]) or _twin_in(staged, row)
        fault = None
        if other is not None and other.get("mark") != mark:
            fault = clash_in(row["kenmerk"], other)
        elif twin and twin["mark"] != mark:
            fault = _same(row["kenmerk"], twin)
        if fault:
            row |= {"state": "repair", "faults": [*row["faults"], list(fault)]}
        staged[mark] = row
    store.put(connection, list(staged.values()))
    return len(shaped) - len(staged)


def clash_in(kenmerk: str, other: Mapping[str, object]) -> tuple[str, str, str]:
    """Give the fault of a form whose kenmerk another has: code, sentence, field."""
    where = (
        f"zaak {other['number']}"
        if other.get("number")
        else "een ander formulier dat nog geen zaak is"
    )
    text = (
        f"Kenmerk {kenmerk[:40]} staat al op {where}, met een andere inhoud. Laat dit formulier"
        " vervallen, of geef het vervolg een eigen kenmerk."
    )
    return "kenmerk", text, "id"


def _twin_in(
    staged: Mapping[str, Mapping[str, object]], row: Mapping[str, object]
) -> Mapping[str, object] | None:
    return next((s for s in staged.values() if row["twin"] and s["twin"] == row["twin"]), None)


def _same(kenmerk: str | None, twin: Mapping[str, Any]) -> tuple[str, str, str]:
    where = (
        f"zaak {twin['number']}"
        if twin.get("number")
        else "een ander formulier dat nog geen zaak is"
    )
    text = (
        f"Dit staat woord voor woord al op {where}, onder kenmerk"
        f" {(twin['kenmerk'] or 'geen')[:40]} en niet {(kenmerk or 'geen')[:40]}. Is het hetzelfde"
        " formulier, laat dit dan vervallen; is het echt een ander, bewaar het dan zo."
    )
    return "kenmerk", text, "id"


def _form(
    office: Office,
    connection: Connection,
    body: dict[str, Any],
    line: Line,
    now: datetime,
    layout: Layout,
) -> dict[str, Any]:
    values, faults = calls.checked(office, connection, "melding", body, now)
    kenmerk = kenmerk_of(body)
    if line.wrong:
        faults = [rules.row_fault(line.number, line.wrong), *faults]
    return told_of(body, values, faults) | {
        "mark": rules.mark_of(
            layout, plain(body if faults else values)
        ),  # what it says, whatever kind of file said it
        "twin": (
            None
            if faults or not kenmerk
            else rules.mark_of(layout, plain(values) | {"id": rules.bent_key(kenmerk)})
        ),
        "row": line.number,
        "undo": {"original": plain(body)} if faults else {},
    }


def told_of(body: Mapping[str, object], values: Filled, faults: list[Fault]) -> dict[str, object]:
    """Give the columns that follow from what a form says and what is wrong with it."""
    return {
        "kenmerk": kenmerk_of(body),
        "kenmerk_key": key_of_form(body, values),
        "state": "repair" if faults else "ready",
        "acuut": bool(values.get("acuut")),
        "received": values.get("ontvangen"),
        "told": plain(body),
        "faults": [[f.code, f.text, f.field] for f in faults],
    }


def kenmerk_of(body: Mapping[str, object]) -> str | None:
    """Give the kenmerk a form was sent with (at most 200 signs); None without one."""
    told = body.get("id")
    return told[:200] if isinstance(told, str) and told.strip() else None


def key_of_form(body: Mapping[str, object], values: Filled) -> str | None:
    """Give by what a form is known again: its kenmerk, gemeente and receipt together."""
    received = values.get("ontvangen")
    return rules.kenmerk_key(
        body.get("id"), values.get("gemeente"), iso(received) if received else None
    )


def _borne(row: Mapping[str, Any]) -> set[str]:
    """Give the kenmerk of a form as it was typed, and as it is known again after a spreadsheet."""
    return {k for k in (row["kenmerk"], row["kenmerk_key"]) if k}


def import_of(connection: Connection, key: int) -> Row:
    """Give a file that was brought in, locked; NotFound when there is none."""
    if (found := store.one_import(connection, key, lock=True)) is None:
        raise NotFound("Dit ingelezen bestand bestaat niet.")
    return found
