"""Two at once: one wins, the other hears it; two sweeps ring each rung once.

Numbers have no gaps.
"""

import threading

from sqlalchemy import select
from support.cast import hire, reader

from amhk.desk.cases import assignment, history, moves, reading
from amhk.desk.house import rounds
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.desk.letters import notices
from amhk.desk.people import earlier_contacts
from amhk.desk.staff import workers
from amhk.desk.terms import sweep
from amhk.errors import ChangedMeanwhile, ClosedDoor
from amhk.store import reads
from amhk.store.cases.journal import verify

MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "z",
    "acuut": False,
    "melder": {"naam": "School"},
    "betrokkenen": [{"naam": "Kind", "geboren": "2019"}],
}


def together(count, act):
    """Do something from several threads at the same moment; gives what each got back."""
    ready, results = threading.Barrier(count), []

    def one():
        ready.wait()
        try:
            results.append(act())
        except (ChangedMeanwhile, ClosedDoor) as wrong:
            results.append(wrong)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


def begin(office):
    hire(office, "Tom", "Anna")
    rounds.set_clock(office, {"now": "2026-02-02T09:00"})
    return reader(office, "Tom")


def test_four_workers_make_the_same_move_and_one_wins(office):
    who = begin(office)
    number = calls.take_call(office, MELDING, who)
    version = reading.case_view(office, number, who)["version"]
    body = {"version": version, "uitkomst": "onderzoek nodig"}
    results = together(
        4, lambda: moves.make_move(office, number, "veiligheidsbeoordeling", body, who)
    )
    assert results.count(None) == 1
    assert sum(isinstance(r, ChangedMeanwhile) for r in results) == 3
    lines = [e["kind"] for e in history.journal_view(office, number, who)]
    assert lines.count("veiligheidsbeoordeling") == 1


def test_numbers_have_no_gaps_when_everyone_calls_at_once(office):
    who = begin(office)
    numbers = together(8, lambda: calls.take_call(office, MELDING, who))
    assert sorted(numbers) == [f"M-2026-{n:06}" for n in range(1, 9)]


def test_four_sweeps_at_once_ring_every_rung_once(office):
    who = begin(office)
    for _ in range(5):
        calls.take_call(office, MELDING, who)
    with office.store.write() as connection:
        from amhk.store import writes

        writes.set_meta(connection, "clock", "2026-06-01T09:00:00+02:00")
    swept = together(4, lambda: sweep.run_due(office).rung)
    with office.store.read() as connection:
        rung = [(r.term_id, r.rung) for r in connection.execute(select(reads.REMINDER))]
    assert sum(swept) == len(rung) == len(set(rung)) > 0


def test_a_double_click_approves_one_letter(office):
    who = begin(office)
    number = calls.take_call(office, MELDING, who)
    letter = reading.case_view(office, number, who)["notices"][0]
    results = together(
        3, lambda: notices.approve(office, letter["id"], {"version": letter["version"]}, who)
    )
    assert results.count(None) == 1


def test_a_disabled_owner_leaves_his_reminders_to_the_team(office):
    from amhk.desk.staff import workers

    who = begin(office)
    number = calls.take_call(office, MELDING, who)
    assignment.assign(office, number, {"owner": "Anna", "reason": "verdeling"}, who)
    workers.disable(office, "Anna")
    rounds.set_clock(office, {"now": "2026-02-10T09:00"})
    assert reading.case_view(office, number, who)["owner"] is None
    assert all("Anna" not in r["receivers"] for r in history.rungs(office, number, who))
    assert any("team" in r["receivers"] for r in history.rungs(office, number, who))


def test_a_term_that_cannot_ring_holds_up_none_behind_it(sqlite_office):
    office, who = sqlite_office, begin(sqlite_office)
    first, second = (calls.take_call(office, MELDING, who) for _ in range(2))
    with office.store.write() as connection:
        case = reads.case_by_number(connection, first)
        connection.exec_driver_sql(
            f"UPDATE terms SET due = 'kapot' WHERE case_id = {case['id']} AND name ="
            " 'veiligheidsbeoordeling'"
        )
    swept = rounds.set_clock(office, {"now": "2026-02-20T09:00"})
    assert set(swept.failed) == {first}
    assert history.rungs(office, second, who)
    with office.store.read() as connection:
        kinds = [e["kind"] for e in reads.entries(connection, case["id"])]
        assert list(verify(connection)) == []
    assert "termijn_mislukt" in kinds


def test_everybody_who_opens_a_case_at_the_same_moment_reads_it_and_leaves_one_line(office):
    tom = begin(office)
    hire(office)
    for _ in range(5):
        number = calls.take_call(office, MELDING, tom)
        names = iter(("Anna", "Bram", "Carla", "Vera"))
        readers = iter([reader(office, name) for name in names])
        seen = together(
            4, lambda n=number, r=readers: reading.case_view(office, n, next(r), looked="zaak")
        )
        assert [view["number"] for view in seen] == [number] * 4
    with office.store.read() as connection:
        assert len(reads.rows(connection, select(reads.LOOK))) == 20
    assert changed_behind(office) == []


def test_a_worker_who_asks_and_opens_at_the_same_moment_gets_both(office):
    """In one tab the radar still asks, in another he opens what it found."""
    tom = begin(office)
    workers.add_team(office, "Elders")
    workers.add_worker(office, "Noor", "medewerker", "Elders", None, password="oefenen-oefenen")
    family = [{"naam": "Quirijn Zoetelief", "geboren": "2012-05-06", "rollen": ["kind"]}]
    for _ in range(3):
        calls.take_call(office, MELDING | {"betrokkenen": family}, tom)
    noor = reader(office, "Noor")
    body = {"route": "melding", "betrokkenen": family}
    (hidden,) = earlier_contacts.earlier(office, body, noor)
    turns = iter((True, False) * 4)

    def ask_or_open():
        if next(turns):
            return len(earlier_contacts.earlier(office, body, reader(office, "Noor")))
        return earlier_contacts.open_earlier(office, hidden["ref"], "de school belt", noor)

    assert len(together(8, ask_or_open)) == 8
    assert changed_behind(office) == []
