"""Terms reach people: a real calendar program reads the feed, a real SMTP server gets the mail.

What fails neither loses nor doubles anything.
"""

import re
import threading
from datetime import timedelta

import pytest
from conftest import make_folder
from icalendar import Calendar
from support.calendar_program import calendar_program
from support.cast import Client, hire, reader
from support.mailbox import mailbox
from support.server import Server, free_port

from amhk.config import Mail
from amhk.desk.house import rounds
from amhk.desk.intake import calls
from amhk.desk.staff import daily_mail, workers
from amhk.errors import HouseClosed
from amhk.office import open_office
from amhk.store import reads, writes
from amhk.store.staff import channels

MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "Geheim verhaal over Bakker.",
    "acuut": False,
    "melder": {"naam": "Gerda Zonneveld"},
    "betrokkenen": [{"naam": "Roan Bakker", "geboren": "2016-04-04", "rollen": ["kind"]}],
}
SECRETS = ("Bakker", "Zonneveld", "Schiedam", "verhaal")


# ------------------------------------------------------------------ calendar
def events(client, href):
    answer = client.http.get(href.replace("http://testserver", ""))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert not [s for s in SECRETS if s in answer.text]
    return Calendar.from_ical(answer.text).walk("VEVENT")


def test_a_feed_holds_number_and_term_and_follows_the_case(client, office):
    number = client.post("/cases", MELDING)["number"]
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    anna, bram = Client(office, "Anna"), Client(office, "Bram")
    mine, team = (anna.post("/feeds", {"kind": k})["href"] for k in ("persoonlijk", "team"))
    other = bram.post("/feeds", {"kind": "persoonlijk"})["href"]
    told = {str(e["summary"]): e.decoded("dtstart") for e in events(client, mine)}
    assert told[f"OEFENING {number} Veiligheidsbeoordeling"].isoformat() == "2026-02-09"
    assert len(events(client, team)) == len(told)
    assert events(client, other) == []
    keys = {str(e["uid"]) for e in events(client, mine)}
    assert {str(e["uid"]) for e in events(client, mine)} == keys
    client.post(f"/cases/{number}/assign", {"owner": "Bram", "reason": "ruil"})
    assert events(client, mine) == []
    assert len(events(client, other)) == len(told)


def test_an_address_is_shown_once_and_void_when_revoked_or_when_its_worker_changes_role(
    client, office
):
    anna = Client(office, "Anna")
    href = anna.post("/feeds", {"kind": "persoonlijk"})["href"]
    listed = anna.get("/feeds")["items"]
    assert "href" not in listed[0]
    with office.store.read() as connection:
        assert href.rsplit("/", 1)[-1][:-4] not in str(
            reads.rows(connection, channels.FEED.select())
        )
    Client(office, "Bram").ask("DELETE", f"/feeds/{listed[0]['id']}", expect=404)
    anna.ask("DELETE", f"/feeds/{listed[0]['id']}", expect=204)
    path = href.replace("http://testserver", "")
    assert client.http.get(path).status_code == 404
    again = anna.post("/feeds", {"kind": "team"})["href"].replace("http://testserver", "")
    workers.set_role(office, "Anna", "rapportage")
    assert client.http.get(again).status_code == 404
    assert client.http.get("/agenda/" + "x" * 3000 + ".ics").status_code == 404
    Client(office, "Bea").post("/feeds", {"kind": "persoonlijk"}, 403)


def test_a_real_calendar_program_reads_the_feed_from_the_real_server(tmp_path):
    folder = make_folder(tmp_path / "m", "meldpunt.sqlite")
    office = open_office(folder, proof=False)
    hire(office, "Tom", "Anna")
    rounds.set_clock(office, {"now": "2026-02-02T09:00"})
    number = calls.take_call(office, MELDING, reader(office, "Tom"))
    token = workers.make_token(office, "Anna")
    office.close()
    with Server(folder) as server:
        href = server.ask("POST", "/feeds", {"kind": "team"}, token)["href"]
        listed = calendar_program(tmp_path, href, "2026-02-09")
        assert f"{number} Veiligheidsbeoordeling" in listed
        assert f"{number} Onderzoek starten" in listed
        version = server.ask("GET", f"/cases/{number}", None, token)["version"]
        server.ask(
            "POST",
            f"/cases/{number}/moves/veiligheidsbeoordeling",
            {"version": version, "uitkomst": "onderzoek nodig", "beslisser": "Tom"},
            token,
        )
        listed = calendar_program(tmp_path, href, "2026-02-09")
        assert "Veiligheidsbeoordeling" not in listed
        assert f"{number} Onderzoek starten" in listed


# ------------------------------------------------------------------ mail
@pytest.fixture
def box():
    with mailbox() as found:
        yield found


@pytest.fixture
def posted(office, client, box):
    """The meldpunt with mail, Anna and Tom with an address, and one case of Anna's that is late."""
    object.__setattr__(
        office.config,
        "mail",
        Mail(
            "127.0.0.1",
            box.port,
            "none",
            "meldpunt@voorbeeld.nl",
            "",
            "",
            "https://meldpunt.intern",
        ),
    )
    number = client.post("/cases", MELDING)["number"]
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    for name in ("Anna", "Tom"):
        workers.set_email(office, name, f"{name.lower()}@voorbeeld.nl")
    client.clock("2026-02-10T06:59")
    assert daily_mail.write_due(office) == 0
    client.clock("2026-02-10T07:01")
    return number


def text(mail):
    return mail.content.decode()


def test_the_daily_mail_holds_numbers_only_and_goes_once_a_day(office, client, box, posted):
    assert daily_mail.write_due(office) == 2
    assert daily_mail.post(office) == {"sent": 2, "failed": 0}
    assert (daily_mail.write_due(office), daily_mail.post(office)["sent"]) == (0, 0)
    mine = next(m for m in box.mails if m.rcpt_tos == ["anna@voorbeeld.nl"])
    assert posted in text(mine)
    assert "Te laat (1)" in text(mine)
    assert "[OEFENING] Uw termijnen van 10-2-2026" in text(mine)
    assert "https://meldpunt.intern" in text(mine)
    assert not [s for m in box.mails for s in (*SECRETS, "Veiligheidsbeoordeling") if s in text(m)]
    client.clock("2026-02-11T07:01")
    assert daily_mail.write_due(office) == 2


def test_a_mail_that_fails_holds_up_none_and_leaves_later_under_the_same_key(
    office, client, box, posted
):
    box.refuse = "anna@voorbeeld.nl"
    before = client.get("/reminders")["count"]
    daily_mail.write_due(office)
    assert daily_mail.post(office) == {"sent": 1, "failed": 1}
    assert daily_mail.post(office) == {"sent": 0, "failed": 0}  # not before its time
    failed = next(d for d in daily_mail.recent(office) if d["state"] == "queued")
    assert "451" in failed["why"]
    assert client.get("/reminders")["count"] == before
    assert daily_mail.write_due(office) == 0
    box.refuse = None
    with office.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE digests SET claimed = '2026-01-01T00:00:00.000000Z' WHERE state = 'queued'"
        )
    assert daily_mail.post(office) == {"sent": 1, "failed": 0}
    assert len([m for m in box.mails if m.rcpt_tos == ["anna@voorbeeld.nl"]]) == 1


def test_a_mail_whose_sender_died_after_sending_goes_again_under_the_same_key(
    office, box, posted, monkeypatch
):
    daily_mail.write_due(office)

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(daily_mail, "_record", die)
    with pytest.raises(KeyboardInterrupt):
        daily_mail.post(office)
    monkeypatch.undo()
    daily_mail.post(office)
    assert (
        len(box.mails) == 2
    )  # the first and the other one; what is claimed is left to its sender for ten minutes
    with office.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE digests SET claimed = '2026-01-01T00:00:00.000000Z' WHERE state = 'queued'"
        )
    daily_mail.post(office)
    keys = [re.search(r"Message-ID: (\S+)", text(m)).group(1) for m in box.mails]
    assert len(keys) == 3
    assert len(set(keys)) == 2  # the same letter twice is the same Message-ID


def test_two_posters_at_once_send_each_mail_once(office, box, posted):
    daily_mail.write_due(office)
    threads = [threading.Thread(target=daily_mail.post, args=(office,)) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(m.rcpt_tos[0] for m in box.mails) == ["anna@voorbeeld.nl", "tom@voorbeeld.nl"]


def test_a_server_that_is_away_loses_nothing_and_the_mail_of_today_replaces_that_of_yesterday(
    office, client, box, posted
):
    object.__setattr__(office.config.mail, "port", free_port())
    daily_mail.write_due(office)
    assert daily_mail.post(office) == {"sent": 0, "failed": 2}
    client.clock("2026-02-11T07:01")
    daily_mail.write_due(office)
    assert sorted(d["state"] for d in daily_mail.recent(office)) == [
        "queued",
        "queued",
        "replaced",
        "replaced",
    ]
    object.__setattr__(office.config.mail, "port", box.port)
    assert daily_mail.post(office)["sent"] == 2
    assert all("11-2-2026" in text(m) for m in box.mails)


def test_who_is_away_gets_no_mail_and_the_beheerder_hears_of_the_house(office, client, box, posted):
    client.post(
        "/plans", {"worker": "Anna", "kind": "afwezig", "start": "2026-02-10", "reason": "ziek"}
    )
    workers.set_email(office, "Bea", "bea@voorbeeld.nl")
    with office.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE terms SET due = '2027-01-01' WHERE name = 'onderzoek_start'"
        )
        writes.set_meta(
            connection, "clock", (office.now(connection) + timedelta(days=1)).isoformat()
        )
    rounds.go_round(office)
    daily_mail.write_due(office)
    daily_mail.post(office)
    told = {m.rcpt_tos[0]: text(m) for m in box.mails}
    assert set(told) == {"tom@voorbeeld.nl", "bea@voorbeeld.nl"}
    assert "LET OP: 1 einde klopt niet" in told["bea@voorbeeld.nl"]
    assert posted not in told["bea@voorbeeld.nl"]


@pytest.mark.parametrize(
    "lines",
    [
        "host = ''\nsender = 'a@b.nl'",
        "host = 'x'\nsender = 'a@b.nl'\nsecurity = 'ssl'",
        "host = 'x'\nsender = 'a@b.nl'\nport = 0",
        "hots = 'x'",
        "host = 'x'\nsender = 'a@b.nl'\nkeeper = 'de accountant'",
    ],
)
def test_a_mail_setting_that_cannot_be_is_refused_by_name(tmp_path, lines):
    folder = make_folder(tmp_path / "m", "meldpunt.sqlite")
    folder.write_text(folder.read_text(encoding="utf-8") + f"\n[mail]\n{lines}\n", encoding="utf-8")
    with pytest.raises(HouseClosed, match="mail"):
        open_office(folder, proof=False)
