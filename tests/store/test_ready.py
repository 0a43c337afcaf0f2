"""What is asked the short way gives what the long way gives, and fails as it fails."""

import gc
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Boolean, Date, Integer, bindparam, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from support.everything import furnish

from amhk.store import reads, tables
from amhk.store.database.instants import UtcInstant
from amhk.store.ready import Ready, put

PAGES = ("/", "/werkvoorraad", "/herinneringen", "/zoeken?q=amrani")
META = tables.table(tables.Meta)


def given(ready):
    """A value for each name that a statement asks, of its kind."""
    told = {}
    for name, bind in ready.statement.compile().binds.items():
        if bind.required:
            kind = bind.type
            value = (
                datetime(2026, 2, 2, 9, tzinfo=UTC)
                if isinstance(kind, UtcInstant)
                else date(2026, 2, 2)
                if isinstance(kind, Date)
                else 1
                if isinstance(kind, Integer)
                else False
                if isinstance(kind, Boolean)
                else "a"
            )
            told[name] = [value, value] if bind.expanding else value
    return told


def asked_on(office, ready):
    """Whether this statement was asked the short way of this kind of database."""
    return any(kind == office.store.engine.dialect.name for kind, _ in ready._texts)


def test_every_statement_that_is_ready_gives_the_same_the_long_way(client, office):
    told = furnish(office)
    client.http.post(
        "/login",
        data={"name": "Tom", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    for path in (*PAGES, f"/zaak/{told['melding']}"):
        assert client.http.get(path).status_code == 200, path
    client.get("/cases")
    every = [one for one in gc.get_objects() if isinstance(one, Ready) and asked_on(office, one)]
    rows = 0
    for ready in every:
        binds = given(ready)
        with office.store.read() as connection:
            short = [tuple(row) for row in ready.tuples(connection, binds)]
            long = [tuple(row) for row in connection.execute(ready.statement, binds)]
            names = list(connection.execute(ready.statement, binds).keys())
        assert short == long, str(ready.statement)
        # what has no name of its own is given by its place alone
        assert list(ready.names) == [name.removesuffix("_1") for name in names]
        rows += len(long)
    assert len(every) > 30
    assert rows > 30, "most of them found something to compare"


def test_lists_of_every_length_are_asked_rightly(office):
    asked = Ready(
        select(reads.TEAM.c.id)
        .where(reads.TEAM.c.id.in_(bindparam("keys", type_=Integer, expanding=True)))
        .order_by(reads.TEAM.c.id)
    )
    with office.store.read() as connection:
        keys = [team["id"] for team in reads.teams(connection)]
        for many in (0, 1, 2, 0, 2, 300):
            told = (keys * 100)[:many]
            assert [row["id"] for row in asked.rows(connection, {"keys": told})] == sorted(
                set(told)
            )


def test_what_is_listened_to_is_heard(office):
    heard = []
    with office.store.read() as connection:
        reads.meta(connection, "kind")
        event.listen(office.store.engine, "before_cursor_execute", lambda *a: heard.append(a[2]))
        reads.meta(connection, "kind")
    assert len([one for one in heard if "meta" in one]) == 1


def test_a_question_that_fails_fails_as_sqlalchemy_says_it(office):
    asked = Ready(select(reads.TEAM.c.id))
    with office.store.read() as connection:
        asked.rows(connection)
        connection.execute(text("DROP TABLE teams CASCADE" if not office.store.sqlite else _DROP))
        with pytest.raises((OperationalError, ProgrammingError)):
            asked.rows(connection)


_DROP = "ALTER TABLE teams RENAME TO away"


def test_a_row_that_cannot_be_is_refused_as_sqlalchemy_says_it_and_the_rest_goes_on(office):
    row = {"key": "twice", "value": "1"}
    made = insert(META)
    with office.store.write() as connection:
        put(connection, made, [row, {"key": "once", "value": "2"}])
        with pytest.raises(IntegrityError), connection.begin_nested():
            put(connection, made, [row])
        change = update(META).where(META.c.key == bindparam("which")).values(value="3")
        assert put(connection, change, [{"which": "twice"}]).touched == 1
        assert put(connection, change, [{"which": "nobody"}]).touched == 0
    with office.store.read() as connection:
        assert (reads.meta(connection, "twice"), reads.meta(connection, "once")) == ("3", "2")


def test_what_a_full_disk_took_back_is_not_written_beside_the_transaction(sqlite_office):
    """SQLite ends a transaction by itself when the disk is full; nothing may be kept after that."""
    with pytest.raises(OperationalError), sqlite_office.store.write() as connection:
        put(connection, insert(META), [{"key": "first", "value": "1"}])
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for number in range(50):
            put(connection, insert(META), [{"key": f"more {number}", "value": "x" * 100_000}])
    with sqlite_office.store.read() as connection:
        assert reads.meta(connection, "first") is None
        assert reads.meta(connection, "more 0") is None


def test_the_key_of_a_row_that_was_made_is_given_back(office):
    source = reads.TEAM
    with office.store.write() as connection:
        first, second = (
            put(connection, insert(source), [{"name": name}]).key for name in ("Een", "Twee")
        )
        found = {t["name"]: t["id"] for t in reads.teams(connection)}
    assert (found["Een"], found["Twee"]) == (first, second)
