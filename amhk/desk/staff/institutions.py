"""The sociale kaart: institutions a case can be handed to, out and in as CSV, proven whole before
one line of it counts.
"""

from collections.abc import Mapping
from typing import Any, BinaryIO

from amhk.desk.staff.workers import EMAIL
from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.form_check import clean
from amhk.sheets.apart import read_apart
from amhk.sheets.lines import no
from amhk.sheets.write import as_csv
from amhk.store import reads, writes
from amhk.store.house import house_journal
from amhk.store.rows import cell, part
from amhk.words import LISTS, SCHAAL, day_of, some

INSTITUTION = (
    Field("name", "Naam", required=True),
    Field("kind", "Soort hulp", required=True),
    Field("scale", "Schaal", "choice", required=True, choices="schaal"),
    Field("gemeenten", "Werkt voor (leeg: hele regio)", "choices", choices="gemeente"),
    Field("address", "Adres"),
    Field("secure_address", "Beveiligd adres (voor beveiligde mail)", "line"),
    Field("vervolg", "Overdracht naar (voor de cijfers)", "choice", choices="vervolg_onderzoek"),
    Field("active", "In gebruik", "yesno"),
)
UNSAID: dict[str, object] = {
    "gemeenten": [],
    "address": None,
    "secure_address": None,
    "vervolg": None,
    "active": True,
}
_MAY_ADD = frozenset(
    {"beheerder", "teamleider", "manager", "medewerker", "gedragswetenschapper", "vertrouwensarts"}
)
COLUMNS = {
    "naam": "name",
    "soort hulp": "kind",
    "schaal": "scale",
    "gemeenten": "gemeenten",
    "adres": "address",
    "beveiligd adres": "secure_address",
    "overdracht naar": "vervolg",
    "in gebruik": "active",
}
MAY = frozenset({"beheerder", "teamleider", "manager"})


def as_table(office: Office) -> tuple[list[str], list[list[object]]]:
    """Give the sociale kaart as a head and rows, those no longer in use as well."""
    with office.store.read() as connection:
        rows = reads.institutions(connection, active=False)
    return list(COLUMNS), [[_cell(cell(row, k)) for k in COLUMNS.values()] for row in rows]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return ", ".join(value) if isinstance(value, list) else value or ""


def export(office: Office) -> str:
    """Give the sociale kaart as CSV; what it gives can be read in again."""
    return as_csv(*as_table(office))


def bring_in(office: Office, file: BinaryIO, who: Reader) -> dict[str, int]:
    """Take the sociale kaart from a file.

    A name that is known is changed, another is added, who is not in it stays. Gives how many of
    each.

    BadInput with every fault of every line at once, and then nothing was changed.
    """
    must(who)
    told, faults = _checked(office, file)
    if faults:
        raise BadInput(faults=faults)
    done = {"toegevoegd": 0, "gewijzigd": 0, "gelijk": 0}
    with office.store.write() as connection:
        known = {i["name"]: i for i in reads.institutions(connection, active=False)}
        for row in told:
            old = known.get(row["name"])
            if old is None:
                writes.add(connection, reads.INSTITUTION, UNSAID | row)
                done["toegevoegd"] += 1
            elif changed := {k: v for k, v in row.items() if cell(old, k) != v}:
                writes.change(connection, reads.INSTITUTION, [old["id"]], changed)
                done["gewijzigd"] += 1
            else:
                done["gelijk"] += 1
        what = (
            f"Sociale kaart bijgewerkt: {some(done['toegevoegd'], 'instelling', 'instellingen')}"
            f" erbij, {done['gewijzigd']} gewijzigd."
        )
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="sociale_kaart",
            what=what,
            content=done,
        )
    return done


def must(who: Reader) -> None:
    """Refuse who does not keep the sociale kaart."""
    if who.role not in MAY:
        raise NotAllowed("De sociale kaart is van de beheerder, de teamleider en de manager.")


def one(office: Office, key: int) -> dict[str, object]:
    """Give one institution, as its form has it; NotFound when there is none."""
    with office.store.read() as connection:
        found = next(
            (i for i in reads.institutions(connection, active=False) if i["id"] == key), None
        )
    if found is None:
        raise NotFound("Deze instelling bestaat niet.")
    return part(found, COLUMNS.values()) | {"id": key}


def change(office: Office, key: int, body: object, who: Reader) -> None:
    """Change an institution; a case keeps what it was handed to.

    BadInput with every fault, NotFound when there is none.
    """
    must(who)
    before = one(office, key)
    values, faults = checked_institution(body, institution_desk(office))
    with office.store.write() as connection:
        if not faults and any(
            i["name"] == values["name"] and i["id"] != key
            for i in reads.institutions(connection, active=False)
        ):
            faults.append(Fault("dubbel", f"Er is al een instelling '{values['name']}'.", "name"))
        if faults:
            raise BadInput(faults=faults)
        writes.change(connection, reads.INSTITUTION, [key], values)
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="sociale_kaart",
            what=f"Instelling {before['name']} gewijzigd.",
            content={"id": key},
        )


def _checked(office: Office, file: BinaryIO) -> tuple[list[Filled], list[Fault]]:
    desk = institution_desk(office)
    told, faults, names, seen = [], [], set[str](), set[str]()
    for line in read_apart(file, "instellingen"):
        if unknown := sorted(set(line.cells) - set(COLUMNS)):
            raise no(
                "Deze kolommen kent de sociale kaart niet:"
                f" {', '.join(repr(u[:40]) for u in unknown[:8])}. Bekend zijn:"
                f" {', '.join(COLUMNS)}."
            )
        values, wrong = checked_institution(_body(line.cells), desk)
        if not wrong and values["name"] in names:
            wrong.append(Fault("dubbel", f"{values['name']} staat er twee keer in.", "name"))
        names.add(str(values.get("name")))
        seen.update(COLUMNS[c] for c in line.cells)
        faults += [Fault(f.code, f"Regel {line.number}: {f.text}", f.field) for f in wrong]
        if line.wrong:
            faults.append(Fault("regel", f"Regel {line.number}: {line.wrong}."))
        told.append(values)
    if not told:
        raise no("Dit bestand heeft een kop, maar geen instellingen.")
    return [{k: v for k, v in row.items() if k in seen} for row in told], faults


def _unquoted(text: str) -> str:
    """Give a cell without the apostrophe that kept it from being a formula."""
    return text[1:] if text[:1] == "'" and text[1:].lstrip()[:1] in ("=", "+", "-", "@") else text


def _body(cells: Mapping[str, object]) -> dict[str, object]:
    body: dict[str, Any] = {
        COLUMNS[k]: _unquoted(v.strip()) if isinstance(v, str) else v for k, v in cells.items()
    }
    if isinstance(body.get("gemeenten"), str):
        body["gemeenten"] = [
            g.strip() for g in body["gemeenten"].replace(";", ",").split(",") if g.strip()
        ]
    return body


def list_institutions(office: Office) -> list[dict[str, object]]:
    """Give the institutions: name, kind, scale, gemeenten, address."""
    with office.store.read() as connection:
        keys = ("id", "name", "kind", "scale", "gemeenten", "address", "secure_address", "vervolg")
        return [part(i, keys) for i in reads.institutions(connection)]


def add_institution(office: Office, body: object, who: Reader) -> dict[str, object]:
    """Add an institution and give it; BadInput with every fault."""
    if who.role not in _MAY_ADD:
        raise NotAllowed()
    desk = institution_desk(office)
    values, faults = checked_institution(body, desk)
    with office.store.write() as connection:
        if not faults and any(i["name"] == values["name"] for i in reads.institutions(connection)):
            faults.append(Fault("dubbel", f"Er is al een instelling '{values['name']}'.", "name"))
        if faults:
            raise BadInput(faults=faults)
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="sociale_kaart",
            what=f"Instelling {values['name']} toegevoegd.",
            content={"name": values["name"]},
        )
        return values | {"id": writes.add(connection, reads.INSTITUTION, values)}


def checked_institution(body: object, desk: Desk) -> tuple[dict[str, object], list[Fault]]:
    """Give an institution's values as they may be stored, and every fault."""
    values, faults = clean(INSTITUTION, body, desk)
    if values.get("secure_address") and not EMAIL.match(values["secure_address"]):
        faults.append(
            Fault(
                "email",
                f"'{values['secure_address'][:80]}' is geen adres voor beveiligde mail.",
                "secure_address",
            )
        )
    return UNSAID | values, faults


def institution_desk(office: Office) -> Desk:
    """Give what checking an institution's form needs."""
    with office.store.read() as connection:
        now = office.now(connection)
    return Desk(
        now,
        {
            **LISTS,
            **office.pack.codes.on(day_of(now)),
            "schaal": SCHAAL,
            "gemeente": {g: g for g in office.config.gemeenten},
        },
    )
