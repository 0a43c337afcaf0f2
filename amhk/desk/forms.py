"""Bulk intake: a file of forms is read whole or not at all, shown before it counts, taken in
batches that survive a crash; what is wrong waits to be repaired.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO

from amhk.desk import admin, intake, people
from amhk.desk.registering import register
from amhk.errors import BadInput, ClosedDoor, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules import forms as rules
from amhk.rules.fields import reason_given
from amhk.rules.forms import OWN, Layout
from amhk.rules.parse import tidy
from amhk.rules.secrecy import HAND, WORKS, Reader
from amhk.sheets.apart import read_apart
from amhk.sheets.reading import Line, no
from amhk.store import forms as store
from amhk.store import house, reads, writes
from amhk.store.forms import FORM, IMPORT
from amhk.store.journal import plain
from amhk.store.reads import Row
from amhk.store.session import Connection
from amhk.words import iso, say_instant, some

INSIDE, _STAGED, _TAKEN, PAGE = "formulieren", 250, 50, 50
PATIENCE = timedelta(hours=4)
Progress = Callable[[int], None]


def layouts(office: Office) -> dict[str, Layout]:
    """Give the layouts this meldpunt can read, by name: its own and those of config.toml."""
    return {OWN.name: OWN, **{x.name: x for x in office.config.imports}}


def _may(who: Reader) -> None:
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
    (BadInput, one sentence). A form that came
    in before adds nothing. `progress` is told how many rows are staged.
    """
    _may(who)
    chosen = layouts(office).get(layout)
    if chosen is None:
        text = f"De indeling '{layout[:40]}' bestaat niet; kies uit {', '.join(layouts(office))}."
        raise BadInput(faults=[Fault("indeling", text, "indeling")])
    total = _prove(office, file, chosen)
    file.seek(0)
    digest = _digest(file)
    with office.store.write() as connection:
        same = store.same_file(connection, digest, chosen.name)
        key = (
            same["id"]
            if same
            else _new(connection, name, digest, chosen, who, total, office.now(connection))
        )
    again = done = 0
    rows = read_apart(file, INSIDE, waits=True)
    while batch := list(islice(rows, _STAGED)):
        with office.store.write() as connection:
            again += _stage(office, connection, key, chosen, batch)
        done += len(batch)
        if progress:
            progress(done)
    _read(office, key, total, same["again"] if same else again, who)
    return int(key)


def _read(office: Office, key: int, total: int, again: int, who: Reader) -> None:
    """Write down that a file was read to its end."""
    with office.store.write() as connection:
        if _import(connection, key)["state"] != "reading":
            return
        counts = store.counts(connection, key)
        state = "preview" if counts.get("ready") or counts.get("repair") else "done"
        writes.change(connection, IMPORT, [key], {"state": state, "again": again})
        what = f"Bestand ingelezen: {some(total, 'formulier', 'formulieren')}, {again} al bekend."
        house.append(
            connection, office.now(connection), who.id, "formulieren", what, {"import": key}
        )


def _digest(file: BinaryIO) -> str:
    made = sha256()
    while piece := file.read(1 << 20):
        made.update(piece)
    return made.hexdigest()


def _new(
    connection: Connection,
    name: str,
    digest: str,
    layout: Layout,
    who: Reader,
    total: int,
    now: datetime,
) -> int:
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
    shaped = [
        _form(office, connection, rules.shape(line.cells, layout, fields), line, now, layout)
        for line in batch
    ]
    kenmerken = [k for f in shaped for k in _borne(f)]
    before, borne = store.known(connection, [f["mark"] for f in shaped], kenmerken, 0)
    twins = store.twins(connection, [f["twin"] for f in shaped if f["twin"]])
    staged: dict[str, dict[str, Any]] = {}
    for told in shaped:
        row, mark = told | {"import_id": key}, told["mark"]
        if mark in before or mark in staged:
            continue
        mine = _borne(row)
        other = next((borne[k] for k in mine if k in borne), None) or next(
            (s for s in staged.values() if not mine.isdisjoint(_borne(s))), None
        )
        if other is not None and other.get("mark") != mark:
            row |= {
                "state": "repair",
                "faults": [*row["faults"], list(_clash(row["kenmerk"], other))],
            }
        elif (twin := twins.get(row["twin"]) or _twin_in(staged, row)) and twin["mark"] != mark:
            row |= {
                "state": "repair",
                "faults": [*row["faults"], list(_same(row["kenmerk"], twin))],
            }
        staged[mark] = row
    store.put(connection, list(staged.values()))
    return len(shaped) - len(staged)


def _clash(kenmerk: str, other: Mapping[str, Any]) -> tuple[str, str, str]:
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
    staged: Mapping[str, Mapping[str, Any]], row: Mapping[str, Any]
) -> Mapping[str, Any] | None:
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
    values, faults = intake.checked(office, connection, "melding", body, now)
    kenmerk = _kenmerk(body)
    if line.wrong:
        faults = [rules.row_fault(line.number, line.wrong), *faults]
    return _told(body, values, faults) | {
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


def _told(
    body: Mapping[str, Any], values: Mapping[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """Give the columns that follow from what a form says and what is wrong with it."""
    return {
        "kenmerk": _kenmerk(body),
        "kenmerk_key": _key_of(body, values),
        "state": "repair" if faults else "ready",
        "acuut": bool(values.get("acuut")),
        "received": values.get("ontvangen"),
        "told": plain(body),
        "faults": [[f.code, f.text, f.field] for f in faults],
    }


def _kenmerk(body: Mapping[str, Any]) -> str | None:
    told = body.get("id")
    return told[:200] if isinstance(told, str) and told.strip() else None


def _key_of(body: Mapping[str, Any], values: Mapping[str, Any]) -> str | None:
    received = values.get("ontvangen")
    return rules.kenmerk_key(
        body.get("id"), values.get("gemeente"), iso(received) if received else None
    )


def _borne(row: Mapping[str, Any]) -> set[str]:
    """Give the kenmerk of a form as it was typed, and as it is known again after a spreadsheet."""
    return {k for k in (row["kenmerk"], row["kenmerk_key"]) if k}


def _checked(
    office: Office, connection: Connection, body: Mapping[str, Any], form: int, now: datetime
) -> tuple[dict[str, Any], list[Fault]]:
    """Give what a staged form says as a call, and every fault.

    Also that its kenmerk stands elsewhere already.
    """
    values, faults = intake.checked(office, connection, "melding", body, now)
    kenmerk, key = _kenmerk(body), _key_of(body, values)
    _, borne = store.known(connection, [], [k for k in (kenmerk, key) if k], form)
    told = {other["number"] or other["mark"]: other for other in borne.values()}
    return values, faults + [Fault(*_clash(kenmerk, other)) for other in told.values() if kenmerk]


def accept(office: Office, key: int, who: Reader) -> None:
    """Say yes to the good forms of an import.

    From now on they are taken as meldingen, also if the house falls down in between.
    """
    _may(who)
    admin.by_hand(
        office, None
    )  # who brings a file does not thereby take every call in it: the cases are of their teams
    with office.store.write() as connection:
        told = _import(connection, key)
        if told["state"] not in ("preview", "done"):
            raise ClosedDoor(
                faults=[Fault("import", "Dit bestand wordt al ingelezen, of is weggelegd.")]
            )
        writes.change(connection, IMPORT, [key], {"state": "taking", "worker_id": who.id})


def take_all(office: Office, key: int, progress: Progress | None = None) -> int:
    """Take every good form of an accepted import as a melding, some at a time.

    Gives how many became one now.
    """
    done = 0
    while True:
        with office.store.write() as connection:
            told = _import(connection, key)
            batch = store.ready(connection, key, _TAKEN) if told["state"] == "taking" else []
            if not batch:
                if told["state"] == "taking" and not store.counts(connection, key).get("ready"):
                    writes.change(connection, IMPORT, [key], {"state": "done"})
                return done
            row = reads.worker_by(connection, id=told["worker_id"])
            assert row is not None
            who = Reader.of(row)
            done += sum(_take(office, connection, form, who) for form in batch)
        if progress:
            progress(done)


def _take(office: Office, connection: Connection, form: Row, who: Reader) -> bool:
    """Take one form, if it is still right: the world may have changed since it was staged.

    Tells whether it became a case.
    """
    now = office.now(connection)
    values, faults = _checked(office, connection, form["told"], form["id"], now)
    if faults:
        writes.change(connection, FORM, [form["id"]], _told(form["told"], values, faults))
    else:
        _make(office, connection, form["id"], values, who, now)
    return not faults


def _make(
    office: Office,
    connection: Connection,
    key: int,
    values: dict[str, Any],
    who: Reader,
    now: datetime,
) -> str:
    """Make a melding of a form that is right, and give its number."""
    hand = reads.worker_by(connection, name=HAND)
    file = register(
        office, connection, "melding", values, who, now, taken_by=hand["id"] if hand else None
    )
    file.save()
    writes.change(
        connection,
        FORM,
        [key],
        {"state": "taken", "case_id": file.id, "told": {}, "faults": [], "undo": {}},
    )
    return str(file.case["number"])


def continue_all(office: Office) -> None:
    """Go on with imports that were accepted and not finished (a round of the watch)."""
    with office.store.read() as connection:
        keys = [i["id"] for i in store.being_taken(connection)]
    for key in keys:
        take_all(office, key)


def _import(connection: Connection, key: int) -> Row:
    if (found := store.one_import(connection, key, lock=True)) is None:
        raise NotFound("Dit ingelezen bestand bestaat niet.")
    return found


def drop(office: Office, key: int, reason: object, who: Reader) -> None:
    """Lay an import aside with a reason: what was staged of it goes, what became a case stays."""
    _may(who)
    text = reason_given(reason)
    with office.store.write() as connection:
        told = _import(connection, key)
        if told["state"] not in ("preview", "done", "reading"):
            raise ClosedDoor(
                faults=[Fault("import", "Dit bestand wordt nu ingelezen; wacht tot het klaar is.")]
            )
        counts = store.counts(connection, key)
        what = (
            f"Formulieren weggelegd: {counts.get('ready', 0)} goed, {counts.get('repair', 0)} te"
            " herstellen."
        )
        house.append(
            connection,
            office.now(connection),
            who.id,
            "formulieren",
            what,
            {"import": key, "reden": text},
        )
        store.drop_import(connection, key)


def repair(office: Office, key: int, body: object, who: Reader) -> str | None:
    """Correct a form; once it is right it is taken at once when its import was accepted (gives the
    number), else it is ready. BadInput with every fault left; what was typed is kept.
    """
    _may(who)
    if not isinstance(body, Mapping):
        raise BadInput(faults=[Fault("verkeerd_soort", "Stuur de velden van het formulier.")])
    sent: dict[str, Any] = rules.bare(body)
    with office.store.write() as connection:
        reads.lock(connection)
        form = _to_repair(connection, key)
        now = office.now(connection)
        values, faults = _checked(office, connection, sent, key, now)
        told = _import(connection, form["import_id"])
        layout = layouts(office).get(told["mapping"], OWN)
        mended = rules.mark_of(layout, plain(sent if faults else values))
        writes.change(connection, FORM, [key], _told(sent, values, faults) | {"mended": mended})
        taken = not faults and told["state"] in ("taking", "done")
        number = _make(office, connection, key, values, who, now) if taken else None
    if faults:
        raise BadInput(faults=faults)
    return number


def drop_form(office: Office, key: int, reason: object, who: Reader) -> None:
    """Let a form that cannot be a melding lapse, with a reason that stays in the
    house's journal.
    """
    _may(who)
    text = reason_given(reason)
    with office.store.write() as connection:
        form = _to_repair(connection, key)
        now = office.now(connection)
        row = {"state": "dropped", "told": {}, "faults": [], "decided_by": who.id, "decided": now}
        writes.change(connection, FORM, [key], row)
        what = f"Formulier op regel {form['row']} vervallen."
        house.append(connection, now, who.id, "formulieren", what, {"form": key, "reden": text})


def _to_repair(connection: Connection, key: int) -> Row:
    form = store.one(connection, key, lock=True)
    if form is None or form["state"] not in ("repair", "ready"):
        raise NotFound("Dit formulier bestaat niet, of is al een zaak.")
    return form


def overview(office: Office, who: Reader) -> list[dict[str, Any]]:
    """Give the latest imports with how far each is."""
    _may(who)
    with office.store.read() as connection:
        return [_head(connection, told) for told in store.imports(connection)]


def _head(connection: Connection, told: Row) -> dict[str, Any]:
    counts = store.counts(connection, told["id"])
    plain_keys = ("id", "name", "mapping", "worker", "state", "total", "again")
    return {k: told[k] for k in plain_keys} | {
        "brought": iso(told["brought"]),
        **{k: counts.get(k, 0) for k in ("ready", "repair", "taken", "dropped")},
    }


def view(
    office: Office, key: int, who: Reader, state: str = "repair", after: int = 0
) -> dict[str, Any]:
    """Give one import: how far it is, and a page of its forms in a state (`repair`, `ready`,
    `taken`) with what is wrong with each.
    """
    _may(who)
    with office.store.read() as connection:
        told = store.one_import(connection, key)
        if told is None:
            raise NotFound("Dit ingelezen bestand bestaat niet.")
        found = store.forms_of(connection, key, state, after, PAGE)
        return _head(connection, told) | {
            "state_shown": state,
            "forms": [_shown(f) | {"earlier": _known(office, connection, f, who)} for f in found],
            "next": found[-1]["row"] if len(found) == PAGE else None,
        }


def _known(office: Office, connection: Connection, form: Row, who: Reader) -> list[dict[str, Any]]:
    return (
        people.known_of(office, connection, form["told"].get("betrokkenen", []), who)[:3]
        if form["state"] != "taken"
        else []
    )


def _shown(form: Row) -> dict[str, Any]:
    """Give a form for a list: a secret melder and secret addresses left out."""
    told = form["told"]
    family = (
        [p for p in told.get("betrokkenen") or [] if isinstance(p, dict)]
        if isinstance(told.get("betrokkenen"), list)
        else []
    )
    melder = told.get("melder") if isinstance(told.get("melder"), dict) else {}
    hidden = (
        {"melder": {"geheim": True}}
        if str(melder.get("geheim")).casefold() in ("true", "ja", "on")
        else {}
    )
    shown = [
        {k: v for k, v in p.items() if k != "adres" or not p.get("geheim_adres")} for p in family
    ]
    return {
        "id": form["id"],
        "row": form["row"],
        "kenmerk": form["kenmerk"],
        "acuut": form["acuut"],
        "number": form["number"],
        "outcome": form["outcome"],
        "told": told | hidden | ({"betrokkenen": shown} if family else {}),
        "received": (
            say_instant(form["received"]) if form["received"] else str(told.get("ontvangen", ""))
        ),
        "names": [str(p.get("naam", "?")) for p in family],
        "faults": [{"code": c, "text": t, "field": f} for c, t, f in form["faults"]],
    }


def one(office: Office, key: int, who: Reader) -> dict[str, Any]:
    """Give one form that is no case yet, as it was told, with what is wrong with it."""
    _may(who)
    with office.store.read() as connection:
        form = _to_repair(connection, key)
        return _shown(form) | {
            "told": form["told"],
            "import": form["import_id"],
            "original": form["undo"].get("original", {}),
        }


def alarm(office: Office, connection: Connection) -> Iterator[str]:
    """Give, in a sentence, that forms lie too long without being a case.

    Each may be a child in danger, and none has a term yet.
    """
    count, since = store.waiting(connection, office.now(connection) - PATIENCE)
    if count and since:
        yield (
            f"{some(count, 'formulier ligt', 'formulieren liggen')} sinds {say_instant(since)}"
            " ingelezen zonder zaak te zijn. Herstel of neem ze in onder Formulieren."
        )
