"""What somebody changes behind the program's back, in whatever table and column a case has, is
found: each row is held to the journal.
"""

from contextlib import suppress
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from conftest import make_folder
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Integer,
    and_,
    delete,
    insert,
    select,
    update,
)
from sqlmodel import SQLModel
from support.cast import Client, hire, reader, send_owed
from support.everything import furnish
from support.families import EL_AMRANI, melding

from amhk.desk.cases import attachments, moves
from amhk.desk.house import clock
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.desk.subjects import retention
from amhk.office import open_office
from amhk.store.cases import held, journal
from amhk.store.database.instants import UtcInstant
from amhk.store.house import held as house_held

TABLES = (held.CASE, *held._WITH_CASE, *held._PARTS)
COLUMNS = [
    (name, column.name)
    for name in TABLES
    for column in held._columns(name)
    if column.name not in ("id", "case_id", "route")
]

HOUSE_TABLES = ("meldpunten", "arrivals", "matters", "letter_texts")
OF_HOUSE = [
    (name, column.name)
    for name in HOUSE_TABLES
    for column in SQLModel.metadata.tables[name].c
    if column.name != "id" and column.name not in house_held._LEFT
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A house with a bit of everything, to which nothing was done behind its back."""
    path = make_folder(tmp_path_factory.mktemp("m") / "m", "meldpunt.sqlite", seated=True)
    office = open_office(path, proof=False)
    hire(office)
    clock.move_clock(office, {"now": "2026-02-02T09:00"})
    places, tom = furnish(office), reader(office, "Tom")
    told = {"uitkomst": "Onderzoek nodig."}
    moves.make_move(office, places["melding"], "veiligheidsbeoordeling", told, tom, checked=False)
    moves.make_move(office, places["melding"], "onderzoek_besluiten", {}, tom, checked=False)
    found = {"bevindingen": "Gevonden."}
    moves.make_move(office, places["melding"], "bevindingen_vastleggen", found, tom, checked=False)
    attachments.add_file(office, places["melding"], "brief.txt", BytesIO(b"Een brief."), tom)
    checked_upon(office, tom)
    supported(office, tom)
    assert changed_behind(office) == []
    yield office
    office.close()


def checked_upon(office, tom):
    """A melding that was referred, and looked after three months later."""
    client = Client(office)
    number = calls.take_call(office, melding(EL_AMRANI[:1]), tom)
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam", motivering="Hulp is nodig.")
    send_owed(client, number)
    client.clock("2026-05-06T09:00")
    told = {"passend": "ja", "nu_veilig": "ja"}
    client.move(number, "voortgangscontrole", hulp_gestart="2026-03-02", **told)


def supported(office, tom):
    """An advies with support, contacts during it, and its end; it is kept longer."""
    told = {
        "route": "advies",
        "kanaal": "telefoon",
        "hoedanigheid": "15",
        "gemeente": "Schiedam",
        "aanleiding": ["08"],
        "zorgen": "Zorg over verzuim.",
        "advies": "Bespreek het.",
    }
    number = calls.take_call(office, told, tom)
    told = {"verslag": "De mentor is gesproken."}
    moves.make_move(office, number, "contact_vastleggen", told, tom, checked=False)
    moves.make_move(office, number, "ondersteuning_afronden", {}, tom, checked=False)
    told = {"until": "2040-01-01", "ground": "wet", "reason": "Er loopt een zaak."}
    retention.keep_longer(office, number, told, tom)


def rows(connection, name):
    source = SQLModel.metadata.tables[name]
    asked = select(source)
    if name == "notices":
        asked = asked.where(source.c.state.in_(("sent", "withheld")))
    return [dict(r) for r in connection.execute(asked).mappings()]


def other(kind, value):
    """Give another value of a column."""
    if isinstance(kind, Boolean):
        return not value
    if isinstance(kind, UtcInstant):
        return (value or datetime.fromisoformat("2020-01-01T00:00:00+00:00")) + timedelta(days=1)
    if isinstance(kind, Date):
        return (value or date(2020, 1, 1)) + timedelta(days=1)
    if isinstance(kind, Integer):
        return (value or 0) + 1
    if isinstance(kind, JSON):
        return ["een ander"] if isinstance(value, list) else {"een": "ander"}
    return f"{value or ''}x"


def key_of(source, row):
    return and_(*(c == row[c.name] for c in source.primary_key.columns))


class Undone(Exception):
    """Nothing of it is kept."""


def found_after(office, statement):
    """Run a statement behind the program, give what is found, and put everything back."""
    cases, told, found = SQLModel.metadata.tables["cases"], {}, []
    with suppress(Undone), office.store.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement)
        numbers = dict(connection.execute(select(cases.c.id, cases.c.number)).all())
        found += journal.verify(connection, told)
        found += held.faults(connection, told, numbers)
        found += house_held.faults(connection)
        raise Undone
    return found


@pytest.mark.parametrize(("name", "column"), [*COLUMNS, *OF_HOUSE], ids="-".join)
def test_a_column_that_was_changed_behind_the_program_is_found(home, name, column):
    source = SQLModel.metadata.tables[name]
    kind = source.c[column].type
    with home.store.read() as connection:
        there = rows(connection, name)
    row = there[0]
    change = update(source).where(key_of(source, row)).values(**{column: other(kind, row[column])})
    assert found_after(home, change), (name, column)


@pytest.mark.parametrize("name", [*held._PARTS, *HOUSE_TABLES])
def test_a_row_that_was_taken_away_or_put_in_is_found(home, name):
    source = SQLModel.metadata.tables[name]
    with home.store.read() as connection:
        there = rows(connection, name)
    assert found_after(home, delete(source).where(key_of(source, there[0])))
    more = {k: v for k, v in there[0].items() if k != "id"}
    for column in ("bundle", "number", "release"):  # of which there is one each
        more |= {column: other(source.c[column].type, more[column])} if column in more else {}
    assert found_after(home, insert(source).values(**more))
