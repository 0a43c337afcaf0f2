"""Who has more reminders than can be read opens a page as fast as who has a hundred."""

from datetime import UTC, datetime

from support.cast import reader
from support.families import EL_AMRANI, melding

from amhk.desk.intake import calls
from amhk.store import reads, writes
from amhk.store.house import page_facts
from amhk.store.terms import reminders

DAY = datetime(2026, 2, 2, 9, tzinfo=UTC)


def remind(office, case, term, first, last):
    """Put reminders of one term before its team."""
    with office.store.write() as connection:
        rows = [
            {
                "term_id": term["id"],
                "round": 1,
                "rung": n,
                "case_id": case["id"],
                "fell_due": DAY,
                "rung_at": DAY,
                "receivers": [],
            }
            for n in range(first, last)
        ]
        keys = writes.add_rows(connection, reads.REMINDER, rows)
        writes.add_many(
            connection,
            reads.INBOX,
            [
                {
                    "reminder_id": key,
                    "term_id": term["id"],
                    "case_id": case["id"],
                    "worker_id": None,
                    "team_id": case["team_id"],
                    "role": None,
                }
                for key in keys
            ],
        )


def steps(office, hashed):
    """How many steps the database takes for the head of a page, and what it counts."""
    taken = []
    with office.store.read() as connection:
        raw = connection.connection.driver_connection
        connection.begin()
        raw.set_progress_handler(lambda: taken.append(1) and 0, 100)
        told = page_facts.frame_of(connection, hashed, datetime.now(UTC), DAY, "bewijs")
        raw.set_progress_handler(None, 0)
    return len(taken), told["reminders"]


def test_the_head_of_a_page_counts_no_further_than_it_says(sqlite_client, sqlite_office):
    office = sqlite_office
    http = sqlite_client.http
    http.post(
        "/login",
        data={"name": "Tom", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    number = calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        term = reads.terms(connection, case["id"], running=True)[0]
        hashed = reads.rows(connection, reads.select(reads.SESSION))[0]["hash"]
    remind(office, case, term, 100, 130)
    few, counted = steps(office, hashed)
    assert counted == 30
    assert "30 herinneringen" in http.get("/werkvoorraad").text
    remind(office, case, term, 130, 330)
    some, counted = steps(office, hashed)
    assert counted == page_facts.MOST
    assert "99+ herinneringen" in http.get("/werkvoorraad").text
    remind(office, case, term, 330, 3330)
    many, _ = steps(office, hashed)
    assert few < some
    assert many < 1.3 * some


def test_the_latest_of_many_are_the_latest_of_all(sqlite_client, sqlite_office):
    office, tom = sqlite_office, reader(sqlite_office, "Tom")
    numbers = [calls.take_call(office, melding(EL_AMRANI), tom) for _ in range(2)]
    with office.store.read() as connection:
        cases = [reads.case_by_number(connection, number) for number in numbers]
        held = [reads.terms(connection, case["id"], running=True)[0] for case in cases]
    remind(office, cases[0], held[0], 100, 110)
    remind(office, cases[1], held[1], 100, 400)
    with office.store.write() as connection:  # the last that came stand still, and are passed over
        writes.change(connection, reads.TERM, [held[1]["id"]], {"status": "suspended"})
    with office.store.read() as connection:
        found = reminders.latest(connection, tom, 5)
        assert found == reminders.inbox(connection, tom, None, 5)
        assert [row["rung"] for row in found] == [109, 108, 107, 106, 105]
    with office.store.write() as connection:
        writes.change(connection, reads.TERM, [held[1]["id"]], {"status": "running"})
    with office.store.read() as connection:
        found = reminders.latest(connection, tom, 5)
        assert found == reminders.inbox(connection, tom, None, 5)
        assert [row["rung"] for row in found] == [399, 398, 397, 396, 395]
