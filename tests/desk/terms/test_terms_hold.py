"""Terms as staff live with them.

Two clocks, standing still, the calendar, who is told, who is away, what lies unread.
"""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from support.cast import Client, hire, reader, send_owed, term

from amhk.desk.cases import assignment
from amhk.desk.house import night_proof, rounds
from amhk.desk.staff import absence, workers
from amhk.store import reads
from amhk.store.cases.journal import verify
from amhk.store.house import house_journal
from amhk.store.staff import plans

MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "Stil kind.",
    "acuut": False,
    "melder": {"naam": "Juf Ans"},
    "betrokkenen": [{"naam": "Sem Bakker", "geboren": "2016-04-04", "rollen": ["kind"]}],
}


@pytest.fixture
def number(client):
    return client.post("/cases", MELDING)["number"]


def holds(office):
    """The proof of the night finds nothing wrong, and the journals are whole."""
    told = night_proof.prove(office)
    assert (told["wrong"], told["differences"], told["without"]) == ([], [], 0)
    with office.store.read() as connection:
        assert [*verify(connection), *house_journal.verify(connection)] == []
        assert plans.owned_by_nobody_here(connection, office.now(connection).date()) == []
    return told


def act(client, number, name, which, expect=200, **body):
    key = term(client.case(number), name)["id"]
    return client.post(f"/cases/{number}/terms/{key}/{which}", body, expect)


# ------------------------------------------------------------------ two clocks
def test_law_and_norm_run_side_by_side_and_the_config_says_which_counts(client, number):
    client.clock("2026-02-10T09:00")
    judged = term(client.case(number), "veiligheidsbeoordeling")
    assert (judged["kind"], judged["due"], judged["counts"]) == ("norm", "2026-02-09", True)
    assert (judged["beside"]["kind"], judged["beside"]["due"], judged["beside"]["counts"]) == (
        "wet",
        "2026-02-09",
        False,
    )
    begun = term(client.case(number), "onderzoek_start")
    assert (begun["kind"], begun["beside"]["kind"], begun["counts"]) == ("wet", "norm", True)
    easter = client.post("/cases", {**MELDING, "ontvangen": "2026-02-10T08:00"})["number"]
    assert term(client.case(easter), "veiligheidsbeoordeling")["beside"]["steps"][-1].endswith(
        "einde ma 16 feb"
    )


def test_the_clock_that_counts_decides_the_figure(client, office, number):
    client.clock("2026-04-01T09:00")
    late = client.post("/cases", {**MELDING, "ontvangen": "2026-03-31T09:00"})[
        "number"
    ]  # norm: 8 April, law: 7 April
    client.clock("2026-04-08T10:00")
    client.move(late, "veiligheidsbeoordeling", uitkomst="geen onderzoek")
    figure = client.get("/reports/kwartaal?period=2026-04")["total"]["veiligheidsbeoordeling"]
    assert figure == [1, 1]
    object.__setattr__(office.config, "counts", {"veiligheidsbeoordeling": "wet"})
    told = client.get("/reports/kwartaal?period=2026-04")
    assert told["total"]["veiligheidsbeoordeling"] == [0, 1]
    assert (
        told["definitions"]["veiligheidsbeoordeling"]["title"]
        == "Veiligheidsbeoordeling op tijd (wet, 5 dagen)"
    )
    assert term(client.case(late), "veiligheidsbeoordeling")["beside"]["counts"] is True


# ------------------------------------------------------------------ standing still, more time
def referred(client, number):
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    send_owed(client, number)


def test_a_term_stands_still_as_often_as_needed_and_counts_the_days_it_really_did(
    client, office, number
):
    referred(client, number)
    assert term(client.case(number), "acceptatie_verwijzing")["due"] == "2026-02-16"
    act(
        client,
        number,
        "acceptatie_verwijzing",
        "suspend",
        until="2026-02-20",
        reason="instelling dicht",
    )
    case = client.case(number)
    assert term(case, "acceptatie_verwijzing")["status"] == "opgeschort"
    assert term(case, "heropvatten")["due"] == "2026-02-20"
    client.clock("2026-02-05T12:00")
    act(client, number, "acceptatie_verwijzing", "resume", reason="eerder open")
    assert term(client.case(number), "acceptatie_verwijzing")["due"] == "2026-02-19"
    client.clock("2026-02-06T12:00")
    act(
        client,
        number,
        "acceptatie_verwijzing",
        "suspend",
        until="2026-03-06",
        reason="weer dicht",
        ground="vakantie",
        decider="Carla",
    )
    client.clock("2026-03-10T12:00")
    act(client, number, "acceptatie_verwijzing", "resume")
    told = term(client.case(number), "acceptatie_verwijzing")
    assert [(s["days"], s["reason"], s["ground"], s["by"]) for s in told["ledger"]] == [
        (3, "instelling dicht", "Eigen norm: de zaak wacht op een ander", "Tom"),
        (32, "weer dicht", "vakantie", "Carla"),
    ]
    assert told["due"] == "2026-03-23"
    assert [s["status"] for s in client.case(number)["terms"] if s["name"] == "heropvatten"] == [
        "gehaald",
        "te_laat_gehaald",
    ]
    holds(office)


def test_waiting_is_a_term_too_and_rings(client, number):
    referred(client, number)
    act(client, number, "acceptatie_verwijzing", "suspend", until="2026-02-10", reason="wacht")
    client.clock("2026-02-12T09:00")
    rung = client.get(f"/cases/{number}/reminders")["items"]
    waiting = term(client.case(number), "heropvatten")["id"]
    assert [r["receivers"] for r in rung if r["term"] == waiting] == [["team"], ["teamleider"]]


@pytest.mark.parametrize(
    "name", ["onderzoek_start", "veiligheidsbeoordeling", "voortgangscontrole"]
)
def test_a_term_without_ground_refuses_standstill_and_more_time(client, number, name):
    if name == "voortgangscontrole":
        referred(client, number)
    still = act(client, number, name, "suspend", 422, until="2026-03-01", reason="druk")
    more = act(client, number, name, "extend", 422, days=3, reason="druk")
    assert "geen grond" in still["errors"][0]["text"]
    assert "geen grond" in more["errors"][0]["text"]


def test_informing_runs_per_person_and_each_extension_is_at_most_two_weeks_with_decider_and_motive(
    client, office, number
):
    client.post(f"/cases/{number}/people", {"naam": "Moeder Bakker", "rollen": ["ouder"]})
    both = [t for t in client.case(number)["terms"] if t["name"] == "informeren_betrokkene"]
    assert len({t["person"] for t in both}) == 2
    path = f"/cases/{number}/terms/{both[0]['id']}/extend"
    assert (
        "1 tot en met 14"
        in client.post(path, {"days": 15, "reason": "veiligheid"}, 422)["errors"][0]["text"]
    )
    assert client.post(path, {"days": 7}, 422)["errors"][0]["field"] == "reason"
    for _ in range(3):
        client.post(path, {"days": 14, "reason": "veiligheid", "decider": "Vera"})
    first, second = [
        t for t in client.case(number)["terms"] if t["name"] == "informeren_betrokkene"
    ]
    assert (first["due"], second["due"]) == ("2026-04-13", "2026-03-02")
    assert [s["by"] for s in first["ledger"]] == ["Vera"] * 3
    told = [
        e["what"]
        for e in client.get(f"/cases/{number}/journal")["items"]
        if e["kind"] == "verlengd"
    ]
    assert len(told) == 3
    assert "door Vera" in told[0]
    holds(office)


# ------------------------------------------------------------------ the calendar
def test_a_local_closing_day_moves_norms_with_the_reason_and_never_the_law(client, office, number):
    bea = Client(office, "Bea")
    before = {t["name"]: t["due"] for t in client.case(number)["terms"]}
    told = bea.post("/calendar", {"kind": "sluitingsdag", "day": "2026-02-09", "name": "studiedag"})
    assert told["moved"] >= 1
    case = client.case(number)
    after = {t["name"]: t["due"] for t in case["terms"]}
    assert (before["veiligheidsbeoordeling"], after["veiligheidsbeoordeling"]) == (
        "2026-02-09",
        "2026-02-10",
    )
    assert after["onderzoek_start"] == before["onderzoek_start"] == "2026-02-09"
    assert term(case, "veiligheidsbeoordeling")["beside"]["due"] == "2026-02-09"
    assert term(case, "onderzoek_start")["beside"]["due"] == "2026-02-10"
    assert "studiedag" in term(case, "veiligheidsbeoordeling")["why"]
    assert "ma 9 feb studiedag" in " ".join(term(case, "veiligheidsbeoordeling")["steps"])
    line = next(
        e["what"]
        for e in client.get(f"/cases/{number}/journal")["items"]
        if e["kind"] == "kalender"
    )
    assert line.startswith(
        "Veiligheidsbeoordeling: van ma 9 februari 2026 naar di 10 februari 2026, want ma 9"
        " februari 2026 is een sluitingsdag"
    )
    holds(office)
    bea.ask("DELETE", "/calendar/sluitingsdag/2026-02-09")
    assert term(client.case(number), "veiligheidsbeoordeling")["due"] == "2026-02-09"
    holds(office)


def test_a_day_by_koninklijk_besluit_counts_for_new_statutory_terms_and_moves_no_running_one(
    client, office, number
):
    Client(office, "Bea").post(
        "/calendar", {"kind": "feestdag", "day": "2026-02-09", "name": "nationale dag"}
    )
    assert term(client.case(number), "onderzoek_start")["due"] == "2026-02-09"
    later = client.post("/cases", MELDING)["number"]
    assert term(client.case(later), "onderzoek_start")["due"] == "2026-02-10"
    holds(office)


def test_other_office_hours_move_the_hours_in_which_a_melding_is_opened(client, office, number):
    assert term(client.case(number), "openen")["due"] == "2026-02-02T13:00:00+01:00"
    told = (
        Client(office, "Bea")
        .ask(
            "PUT",
            "/calendar/hours",
            {"day": "2026-02-02", "hours": "ma 11:00-13:00, di-vr 09:00-17:00"},
        )
        .json()
    )
    assert told["moved"] == 1
    assert term(client.case(number), "openen")["due"] == "2026-02-03T11:00:00+01:00"
    holds(office)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "sluitingsdag", "day": "2026-01-05", "name": "te laat"}, "day"),
        ({"kind": "feestdag", "day": "2026-04-06", "name": "Pasen nog eens"}, "day"),
        ({"kind": "vrij", "day": "2026-13-01"}, "kind"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_every_fault(client, office, number, body, field):
    told = Client(office, "Bea").post("/calendar", body, 422)
    assert field in [e["field"] for e in told["errors"]]
    Client(office, "Anna").post("/calendar", body, 403)


# ------------------------------------------------------------------ the ladder
def test_each_rung_stands_on_the_case_with_time_and_receiver_and_what_is_still_to_come(
    client, number
):
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    client.clock("2026-02-10T09:00")
    ladder = term(client.case(number), "veiligheidsbeoordeling")["ladder"]
    assert [(r["when"], r["to"], r["at"][:10], bool(r["rung_at"])) for r in ladder] == [
        ("op de dag", ["Anna", "team"], "2026-02-09", True),
        ("1 werkdag na", ["teamleider"], "2026-02-10", True),
        ("5 werkdagen na", ["manager"], "2026-02-16", False),
    ]


def test_an_absent_owner_is_the_team_at_once_and_what_stood_before_him_moves(
    client, office, number
):
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    client.clock("2026-02-09T09:00")
    anna, bram = Client(office, "Anna"), Client(office, "Bram")
    assert anna.get("/reminders")["count"] >= 1
    client.post(
        "/plans",
        {
            "worker": "Anna",
            "kind": "afwezig",
            "start": "2026-02-09",
            "reason": "ziek",
            "to": "Bram",
        },
    )
    assert client.case(number)["owner"] == "Bram"
    mine = [r["number"] for r in bram.get("/reminders")["items"]]
    assert number in mine
    with office.store.read() as connection:
        away = reads.worker_by(connection, name="Anna")["id"]
        assert not reads.rows(
            connection, select(reads.INBOX).where(reads.INBOX.c.worker_id == away)
        )
    refused = client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "terug"}, 422)
    assert refused["errors"][0]["code"] == "afwezig"
    holds(office)


def test_nobody_can_switch_off_a_rung_that_concerns_himself(client, office, number):
    client.clock("2026-02-10T09:00")
    before = client.get("/reminders")["count"]
    client.get(f"/cases/{number}")
    client.get(f"/cases/{number}/reminders")
    workers.set_email(office, "Tom", "")
    assert client.get("/reminders")["count"] == before >= 1
    paths = client.get("/api/openapi.json")["paths"]
    assert (
        list(paths["/api/v1/reminders"])
        == list(paths["/api/v1/cases/{number}/reminders"])
        == ["get"]
    )


def test_when_the_whole_team_is_away_the_teamleider_hears_it_and_without_him_the_manager(office):
    hire(office, "Anna", "Tom", "Mia")
    client = Client(office, "Mia")
    client.clock("2026-02-02T09:00")
    number = client.post("/cases", MELDING)["number"]
    for name in ("Anna", "Tom"):
        client.post(
            "/plans", {"worker": name, "kind": "afwezig", "start": "2026-02-02", "reason": "griep"}
        )
    client.clock("2026-02-09T09:00")
    judged = term(client.case(number), "veiligheidsbeoordeling")["id"]
    told = [
        r["receivers"]
        for r in client.get(f"/cases/{number}/reminders")["items"]
        if r["term"] == judged
    ]
    assert told == [["manager"]]
    assert client.get("/reminders")["count"] >= 1


# ------------------------------------------------------------------ night and weekend
def acute(client, number):
    client.move(number, "acuut_vaststellen", bevindingen="Kind heeft verse letsels.")


def rung_of(client, number, name):
    key = term(client.case(number), name)["id"]
    return [
        (r["fell_due"][11:16], r["receivers"])
        for r in client.get(f"/cases/{number}/reminders")["items"]
        if r["term"] == key
    ]


def test_acute_rings_at_once_after_one_and_three_hours_to_who_has_piket_then_the_teamleider(
    client, office, number
):
    client.post(
        "/piket", {"worker": "Piet", "start": "2026-02-02T08:00", "end": "2026-02-02T22:30"}
    )
    client.post(
        "/piket", {"worker": "Vera", "start": "2026-02-02T22:30", "end": "2026-02-03T09:00"}
    )
    client.clock("2026-02-02T21:00")
    acute(client, number)
    for moment in ("2026-02-02T21:01", "2026-02-02T22:01", "2026-02-03T00:01", "2026-02-03T01:01"):
        client.clock(moment)
    assert rung_of(client, number, "crisis") == [
        ("21:00", ["Piet"]),
        ("22:00", ["Piet"]),
        ("00:00", ["Vera", "teamleider"]),
        ("01:00", ["teamleider", "manager"]),
    ]
    assert Client(office, "Piet").get("/reminders")["count"] >= 2


def test_a_gap_in_the_roster_is_warned_of_and_rings_the_piketdienst_and_the_teamleider(
    client, number
):
    assert len(client.get("/piket")["gaps"]) > 5
    acute(client, number)
    client.clock("2026-02-02T09:01")
    assert rung_of(client, number, "crisis") == [("09:00", ["piket", "teamleider"])]
    client.post(
        "/piket", {"worker": "Piet", "start": "2026-02-02T09:01", "end": "2026-02-17T00:00"}
    )
    assert client.get("/piket")["gaps"] == []


def test_who_is_away_during_his_piket_leaves_a_gap(client):
    client.post(
        "/piket", {"worker": "Piet", "start": "2026-02-02T09:00", "end": "2026-02-17T00:00"}
    )
    assert client.get("/piket")["gaps"] == []
    client.post(
        "/plans",
        {
            "worker": "Piet",
            "kind": "afwezig",
            "start": "2026-02-04",
            "end": "2026-02-05",
            "reason": "ziek",
        },
    )
    told = [(g["start"][:16], g["end"][:16]) for g in client.get("/piket")["gaps"]]
    assert told == [
        ("2026-02-04T00:00", "2026-02-04T09:00"),
        ("2026-02-04T17:00", "2026-02-05T09:00"),
        ("2026-02-05T17:00", "2026-02-06T00:00"),
    ]
    assert client.get("/piket")["now"] == ["Piet"]


def test_an_acute_melding_nobody_opened_rings_at_once(client, office):
    client.post(
        "/piket", {"worker": "Piet", "start": "2026-02-02T08:00", "end": "2026-02-03T09:00"}
    )
    client.clock("2026-02-02T23:55")
    number = client.post("/cases", {**MELDING, "acuut": True, "ontvangen": "2026-02-02T23:50"})[
        "number"
    ]
    client.clock("2026-02-03T00:56")
    assert rung_of(client, number, "openen_acuut") == [
        ("23:55", ["Piet", "team"]),
        ("00:55", ["Piet", "teamleider"]),
    ]
    usual = client.post("/cases", {**MELDING, "ontvangen": "2026-02-02T10:00"})["number"]
    told = client.get("/untouched")
    assert [i["number"] for i in told["items"]] == [number, usual]
    Client(office, "Piet").get(f"/cases/{number}")
    assert term(client.case(number), "openen_acuut")["status"] == "te_laat_gehaald"
    assert [i["number"] for i in client.get("/untouched")["items"]] == [usual]


def test_looking_oneself_at_what_one_wrote_down_is_not_opening_it_but_acting_on_it_is(
    client, number
):
    client.get(f"/cases/{number}")
    assert term(client.case(number), "openen")["status"] == "lopend"
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    assert term(client.case(number), "openen")["status"] == "gehaald"


def test_a_case_without_owner_is_looked_at_again_every_two_weeks_until_somebody_takes_it_up(
    client, office, number
):
    waits = term(client.case(number), "wachtcontrole")
    assert (waits["due"], waits["status"]) == ("2026-02-16", "lopend")
    client.clock("2026-02-16T09:00")
    client.move(number, "wachtende_bekijken", nu_veilig="ja")
    assert term(client.case(number), "wachtcontrole")["due"] == "2026-03-02"
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "opgepakt"})
    assert [t["status"] for t in client.case(number)["terms"] if t["name"] == "wachtcontrole"] == [
        "gehaald",
        "gehaald",
    ]
    shut = next(m for m in client.case(number)["moves"] if m["name"] == "wachtende_bekijken")
    assert "heeft een behandelaar" in shut["why_not"][0]["text"]
    client.post(f"/cases/{number}/assign", {"owner": None, "reason": "weer vrij"})
    assert term(client.case(number), "wachtcontrole")["status"] == "lopend"
    holds(office)


# ------------------------------------------------------------------ absence and leaving
def test_a_plan_puts_every_case_somewhere_in_one_go_and_back_in_one_go(client, office):
    numbers = [client.post("/cases", MELDING)["number"] for _ in range(3)]
    for n in numbers:
        client.post(f"/cases/{n}/assign", {"owner": "Anna", "reason": "verdeling"})
    listed = client.get("/plans/preview?worker=Anna")["items"]
    assert [c["number"] for c in listed] == numbers
    assert all(c["terms"] for c in listed)
    plan = client.post(
        "/plans",
        {
            "worker": "Anna",
            "kind": "afwezig",
            "start": "2026-02-09",
            "end": "2026-02-20",
            "reason": "vakantie",
            "to": "Bram",
            "cases": {numbers[1]: "Vera", numbers[2]: None},
        },
    )
    assert plan["state"] == "gepland"
    assert {client.case(n)["owner"] for n in numbers} == {"Anna"}
    later = client.post("/cases", MELDING)["number"]
    client.post(f"/cases/{later}/assign", {"owner": "Anna", "reason": "nog een"})
    client.clock("2026-02-09T00:00")
    assert [client.case(n)["owner"] for n in (*numbers, later)] == ["Bram", "Vera", None, "Bram"]
    holds(office)
    client.post(f"/cases/{numbers[0]}/assign", {"owner": "Carla", "reason": "neemt over"})
    back = client.post(f"/plans/{plan['id']}/undo")
    assert back["back"] == 3
    assert [client.case(n)["owner"] for n in (*numbers, later)] == ["Carla", "Anna", "Anna", "Anna"]
    assert (
        "al teruggedraaid" in client.post(f"/plans/{plan['id']}/undo", {}, 422)["errors"][0]["text"]
    )
    holds(office)


def test_who_leaves_leaves_nothing_behind_and_an_undone_leaving_is_whole(client, office, number):
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    anna = Client(office, "Anna")
    secret = anna.post("/feeds", {"kind": "persoonlijk"})["href"].rsplit("/", 1)[-1]
    client.clock("2026-02-09T09:00")
    assert workers.disable(office, "Anna") == 1
    assert client.case(number)["owner"] is None
    anna.ask("GET", "/cases", expect=401)
    assert client.http.get(f"/agenda/{secret}").status_code == 404
    with office.store.read() as connection:
        inbox = reads.rows(connection, select(reads.INBOX))
        gone = reads.worker_by(connection, name="Anna")["id"]
    assert all(row["worker_id"] != gone for row in inbox)
    holds(office)
    plan = client.get("/plans")["items"][0]
    client.post(f"/plans/{plan['id']}/undo")
    assert client.case(number)["owner"] == "Anna"
    holds(office)


def test_a_plan_that_fails_halfway_changes_nothing(client, office, number, monkeypatch):
    second = client.post("/cases", MELDING)["number"]
    for n in (number, second):
        client.post(f"/cases/{n}/assign", {"owner": "Anna", "reason": "verdeling"})
    real, seen = absence._hand_over, []

    def break_down(*args, **more):
        seen.append(1)
        if len(seen) == 2:
            raise OSError("the disk is full")
        real(*args, **more)

    monkeypatch.setattr(absence, "_hand_over", break_down)
    with pytest.raises(OSError, match="full"):
        absence.make_plan(
            office,
            {"worker": "Anna", "kind": "vertrek", "start": "vandaag", "reason": "weg"},
            reader(office, "Tom"),
        )
    assert [client.case(n)["owner"] for n in (number, second)] == ["Anna", "Anna"]
    assert client.get("/plans")["items"] == []
    with office.store.read() as connection:
        assert reads.worker_by(connection, name="Anna")["active"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"worker": "Anna", "kind": "afwezig", "start": "2026-01-01", "reason": "ziek"}, "start"),
        (
            {
                "worker": "Anna",
                "kind": "afwezig",
                "start": "2026-03-01",
                "end": "2026-02-01",
                "reason": "ziek",
            },
            "end",
        ),
        (
            {
                "worker": "Anna",
                "kind": "afwezig",
                "start": "2026-03-01",
                "to": "Anna",
                "reason": "ziek",
            },
            "to",
        ),
        (
            {
                "worker": "Anna",
                "kind": "afwezig",
                "start": "2026-03-01",
                "to": "Bea",
                "reason": "ziek",
            },
            "to",
        ),
        ({"worker": "Niemand", "kind": "afwezig", "start": "2026-03-01"}, "reason"),
        (
            {
                "worker": "Anna",
                "kind": "afwezig",
                "start": "2026-03-01",
                "reason": "ziek",
                "cases": {"M-2026-999999": "Bram"},
            },
            "cases",
        ),
        (
            {
                "worker": "Anna",
                "kind": "afwezig",
                "start": "2026-03-01",
                "reason": "ziek",
                "cases": {"M-2026-000001": "Henk"},
            },
            "cases",
        ),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_faults(client, body, field):
    assert field in [e["field"] for e in client.post("/plans", body, 422)["errors"]]
    assert client.get("/plans")["items"] == []


# ------------------------------------------------------------------ the proof
SPOIL = {
    "einde": {"due": "2027-01-01"},
    "over": {"over_at": "2027-01-01T00:00:00.000000Z"},
    "naam": {"name": "hercontrole"},
    "tweede klok": {"beside_due": "2027-01-01"},
}


@pytest.mark.parametrize("what", SPOIL)
def test_an_end_changed_behind_the_desk_turns_the_screen_red_and_is_a_term_for_the_beheerder(
    client, office, number, what
):
    holds(office)
    key = term(client.case(number), "veiligheidsbeoordeling")["id"]
    sets = ", ".join(f"{k} = '{v}'" for k, v in SPOIL[what].items())
    with office.store.write() as connection:
        connection.exec_driver_sql(f"UPDATE terms SET {sets} WHERE id = {key}")
    client.clock("2026-02-03T03:30")
    bea = Client(office, "Bea")
    told = bea.get("/proof")
    assert [number in d for d in told["proof"]["differences"]] == [True]
    assert told["incidents"][0]["due"] == "2026-02-04"
    assert client.get("/health")["status"] == "fout"
    assert client.http.get("/api/v1/watch").status_code == 503
    refused = bea.post(f"/incidents/{told['incidents'][0]['id']}/solve", {"reason": "gekeken"}, 422)
    assert "klopt nog niet" in refused["errors"][0]["text"]
    with office.store.write() as connection:
        connection.execute(
            update(reads.TERM).where(reads.TERM.c.id == key).values(name="veiligheidsbeoordeling")
        )
        connection.exec_driver_sql(
            "UPDATE terms SET due = '2026-02-09', beside_due = '2026-02-09', over_at ="
            f" '2026-02-09T23:00:00.000000Z' WHERE id = {key}"
        )
    bea.post(
        f"/incidents/{told['incidents'][0]['id']}/solve",
        {"reason": "de rij is hersteld uit de back-up"},
    )
    assert client.get("/health")["status"] == "ok"
    holds(office)


def test_a_term_that_vanished_and_one_that_came_from_nowhere_are_both_found(client, office, number):
    key = term(client.case(number), "onderzoek_start")["id"]
    with office.store.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM terms WHERE id = {key}")
        other = dict(
            reads.rows(connection, select(reads.TERM).where(reads.TERM.c.name == "openen"))[0]
        )
        other.pop("id")
        connection.execute(reads.TERM.insert().values(**other))
    told = night_proof.prove(office)
    assert any("is weg" in d for d in told["differences"])
    assert any("staat niet in het verloop" in d for d in told["differences"])


def test_the_proof_is_made_once_a_night_and_its_hash_chains_to_the_night_before(
    client, office, number
):
    for day in (3, 4, 5):
        client.clock(f"2026-02-0{day}T03:10")
        client.post("/tick")
    told = Client(office, "Rita").get("/proof")
    assert len(told["earlier"]) == 4  # the first was made when the clock was first set
    assert (told["proof"]["open"], told["proof"]["with_next_term"], told["proof"]["without"]) == (
        1,
        1,
        0,
    )
    with office.store.write() as connection:
        connection.exec_driver_sql("UPDATE house SET what = 'alles goed' WHERE sequence = 1")
    with office.store.read() as connection:
        assert list(house_journal.verify(connection))


def test_the_proof_counts_what_was_rung_and_the_longest_time_without_a_round(
    client, office, number
):
    client.clock("2026-02-03T09:00")
    client.clock("2026-02-09T09:00")
    with office.store.write() as connection:
        old = json.loads(reads.meta(connection, "sweep"))
        from amhk.store import writes

        writes.set_meta(
            connection, "sweep", json.dumps({**old, "real": "2026-11-01T00:00:00+00:00"})
        )
    rounds.go_round(office)
    told = night_proof.prove(office)
    assert told["longest_gap"] > 3600
    assert told["unrung"] == 0


def test_a_case_on_the_name_of_somebody_who_left_is_found(client, office, number):
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    with office.store.write() as connection:
        connection.exec_driver_sql("UPDATE workers SET active = false WHERE name = 'Anna'")
    assert night_proof.prove(office)["ownerless"] == [number]


def test_moving_a_case_to_another_team_keeps_its_reminders_before_somebody(client, office, number):
    workers.add_team(office, "Waterweg")
    client.clock("2026-02-10T09:00")
    assignment.assign(
        office,
        number,
        {"team": "Waterweg", "reason": "andere kant van de rivier"},
        reader(office, "Mia"),
    )
    mia = Client(office, "Mia")
    assert number in [r["number"] for r in mia.get("/reminders")["items"]]


# ------------------------------------------------------------------ what an inspector found
def test_office_hours_in_which_nothing_would_ever_be_opened_are_refused_and_nothing_is_written(
    client, office, number
):
    bea = Client(office, "Bea")
    told = bea.ask(
        "PUT", "/calendar/hours", {"day": "2026-02-02", "hours": "ma 09:00-09:01"}, 422
    ).json()
    assert "tien uur open" in told["errors"][0]["text"]
    assert bea.get("/calendar")["release"] == 0
    days = [(date(2026, 2, 3) + timedelta(days=n)).isoformat() for n in range(50)]
    body = {"kind": "sluitingsdag", "name": "dicht"}
    told = [
        bea.ask("POST", "/calendar", {**body, "day": day}, (201, 422)).status_code for day in days
    ]
    assert 422 in told
    assert client.clock("2026-03-20T09:00")["failed"] == []
    holds(office)


def test_a_part_of_the_watch_that_breaks_keeps_no_rung_from_ringing_and_turns_the_screens_red(
    client, office, number, monkeypatch
):
    def break_down(_):
        raise KeyError("een deel is stuk")

    monkeypatch.setattr(rounds.calendar, "absorb", break_down)
    monkeypatch.setattr(rounds.night_proof, "prove_when_due", break_down)
    told = client.clock("2026-02-10T09:00")
    assert told["rung"] >= 3
    assert told["failed"] == ["kalender", "nachtbewijs"]
    assert client.http.get("/api/v1/watch").status_code == 503
    monkeypatch.undo()
    client.post("/tick")
    assert client.http.get("/api/v1/watch").status_code == 200


def test_a_proof_that_was_not_made_is_an_alarm(client, office, number):
    client.clock("2026-02-03T09:00")
    assert client.http.get("/api/v1/watch").status_code == 200
    with office.store.write() as connection:
        from amhk.store import writes

        writes.set_meta(connection, "clock", "2026-02-05T09:00:00+01:00")
    assert client.http.get("/api/v1/watch").status_code == 503


def test_a_case_given_to_another_team_takes_its_reminders_along(client, office, number):
    workers.add_team(office, "Zuid")
    for name, role in (("Zoe", "teamleider"), ("Zed", "medewerker")):
        workers.add_worker(
            office, name, role, team="Zuid", registration=None, password="oefenen-oefenen"
        )
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    client.clock("2026-02-10T12:00")
    anna, zed, zoe = (Client(office, n) for n in ("Anna", "Zed", "Zoe"))
    assert zed.get("/reminders")["count"] == 0
    client.post(f"/cases/{number}/assign", {"team": "Zuid", "owner": None, "reason": "andere kant"})
    assert number in {r["number"] for r in zed.get("/reminders")["items"]}
    assert number in {r["number"] for r in zoe.get("/reminders")["items"]}
    assert anna.get("/reminders")["count"] == 0
    holds(office)


def test_another_role_leaves_no_reminder_behind(client, office, number):
    client.post(
        "/piket", {"worker": "Vera", "start": "2026-02-02T17:00", "end": "2026-02-03T09:00"}
    )
    client.clock("2026-02-10T09:00")
    workers.set_role(office, "Tom", "medewerker")
    assert number in {r["number"] for r in Client(office, "Mia").get("/reminders")["items"]}
    holds(office)


def test_who_may_no_longer_see_every_case_has_no_piket(client, office, number):
    client.post(
        "/piket", {"worker": "Vera", "start": "2026-02-02T08:00", "end": "2026-02-17T00:00"}
    )
    workers.set_role(office, "Vera", "medewerker")
    told = client.get("/piket")
    assert told["now"] == []
    assert told["gaps"]
    acute(client, number)
    client.clock("2026-02-02T09:01")
    assert rung_of(client, number, "crisis") == [("09:00", ["piket", "teamleider"])]


def test_a_plan_hands_no_case_to_who_no_longer_works_on_cases(client, office, number):
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    client.post(
        "/plans",
        {
            "worker": "Anna",
            "kind": "afwezig",
            "start": "2026-02-04",
            "reason": "ziek",
            "to": "Bram",
        },
    )
    workers.set_role(office, "Bram", "rapportage")
    client.clock("2026-02-04T09:00")
    assert client.case(number)["owner"] is None
    holds(office)


def test_a_teamleider_plans_for_the_people_of_his_own_team_only(client, office, number):
    workers.add_team(office, "Zuid")
    workers.add_worker(
        office, "Zoe", "teamleider", team="Zuid", registration=None, password="oefenen-oefenen"
    )
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    plan = client.post(
        "/plans", {"worker": "Anna", "kind": "afwezig", "start": "2026-03-04", "reason": "ziek"}
    )
    zoe = Client(office, "Zoe")
    zoe.get("/plans/preview?worker=Anna", 404)
    told = zoe.post(
        "/plans",
        {"worker": "Anna", "kind": "afwezig", "start": "2026-02-02", "reason": "x", "to": "Zoe"},
        422,
    )
    assert {e["field"] for e in told["errors"]} == {"worker"}
    assert zoe.get("/plans")["items"] == []
    zoe.post(f"/plans/{plan['id']}/undo", {}, 404)
    zoe.get(f"/cases/{number}", 404)
    assert [
        e["field"]
        for e in client.post(
            "/plans",
            {"worker": "Mia", "kind": "vertrek", "start": "2026-02-02", "reason": "x"},
            422,
        )["errors"]
    ] == ["worker"]


def test_an_undone_plan_gives_nothing_to_who_left_or_is_away_by_another(client, office, number):
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    first = client.post(
        "/plans",
        {
            "worker": "Anna",
            "kind": "afwezig",
            "start": "2026-02-02",
            "end": "2026-02-10",
            "reason": "ziek",
            "to": "Bram",
        },
    )
    client.post(
        "/plans",
        {
            "worker": "Anna",
            "kind": "afwezig",
            "start": "2026-02-02",
            "end": "2026-02-20",
            "reason": "vakantie",
        },
    )
    assert client.post(f"/plans/{first['id']}/undo")["back"] == 0
    assert client.case(number)["owner"] == "Bram"
    holds(office)


def test_an_absence_that_was_over_before_the_house_opened_takes_nothing_away(
    client, office, number
):
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    client.post(
        "/plans",
        {
            "worker": "Anna",
            "kind": "afwezig",
            "start": "2026-02-03",
            "end": "2026-02-03",
            "reason": "ziek",
        },
    )
    client.clock("2026-02-09T09:00")
    assert client.case(number)["owner"] == "Anna"
    holds(office)


def test_standing_still_for_a_moment_or_a_day_more_dismisses_no_reminder(client, office, number):
    referred(client, number)
    client.clock("2026-02-24T09:00")
    people = {"Tom": client, "Mia": Client(office, "Mia"), "Anna": Client(office, "Anna")}

    def counts():
        return {n: c.get("/reminders")["count"] for n, c in people.items()}

    before = counts()
    assert min(before.values()) >= 1
    act(client, number, "acceptatie_verwijzing", "suspend", until="2026-02-25", reason="even")
    act(client, number, "acceptatie_verwijzing", "resume")
    assert counts() == before
    act(client, number, "acceptatie_verwijzing", "extend", days=1, reason="een dag")
    assert counts() == before
    act(client, number, "acceptatie_verwijzing", "extend", days=14, reason="twee weken")
    assert counts()["Mia"] < before["Mia"]
    client.clock("2026-04-01T09:00")
    assert counts()["Mia"] >= before["Mia"]
    holds(office)


def test_more_time_for_a_statutory_term_is_counted_by_the_calendar_of_that_day(
    client, office, number
):
    Client(office, "Bea").post(
        "/calendar", {"kind": "feestdag", "day": "2026-03-03", "name": "nationale dag"}
    )
    act(client, number, "informeren_betrokkene", "extend", days=1, reason="veiligheid")
    assert term(client.case(number), "informeren_betrokkene")["due"] == "2026-03-04"
    holds(office)
    client.move(number, "corrigeren", reden="typefout", gemeente="Rotterdam")
    holds(office)


def test_a_proof_asked_for_at_once_finds_nothing_wrong_in_what_has_just_begun(
    client, office, number
):
    acute(client, number)
    told = Client(office, "Bea").post("/proof", {})
    assert told["proof"]["wrong"] == []
    Client(office, "Anna").post("/proof", {}, 403)
    Client(office, "Rita").post("/proof", {}, 403)


HIDDEN = {
    "the case closed": "UPDATE cases SET closed = true",
    "the bell taken": "UPDATE terms SET ring_at = NULL WHERE name = 'onderzoek_start'",
    "the bell put off": (
        "UPDATE terms SET ring_at = '2199-01-01T00:00:00.000000Z' WHERE name = 'onderzoek_start'"
    ),
    "the ladder climbed": (
        "UPDATE terms SET rung = 99, ring_at = NULL WHERE name = 'onderzoek_start'"
    ),
    "the inbox emptied": "DELETE FROM inbox",
    "the reminders gone": "DELETE FROM inbox; DELETE FROM reminders",
    "the second clock": (
        "UPDATE terms SET beside_over_at = '2199-01-01T00:00:00.000000Z' WHERE name ="
        " 'onderzoek_start'"
    ),
    "the start": (
        "UPDATE terms SET start = '2026-02-01T08:00:00.000000Z' WHERE name = 'onderzoek_start'"
    ),
    "the name": "UPDATE terms SET name = 'weg' WHERE name = 'onderzoek_start'",
    "the ledger": "UPDATE journal SET terms = '[[1]]' WHERE terms IS NOT NULL",
}


@pytest.mark.parametrize("what", HIDDEN)
def test_nothing_that_was_changed_behind_the_desk_hides_from_the_proof(
    client, office, number, what
):
    client.clock("2026-02-10T09:00")
    holds(office)
    with office.store.write() as connection:
        for statement in HIDDEN[what].split("; "):
            connection.exec_driver_sql(statement)
    assert night_proof.prove(office)["wrong"], what


@pytest.mark.parametrize(
    "cases",
    [
        {"M-2026-000001": ["x"]},
        {"M-2026-000001": []},
        {"M-2026-000001": 0},
        {"\ud800": "Bram"},
        {"M-2026-000001": "\ud800"},
        ["x"],
    ],
)
def test_a_plan_with_garbled_cases_is_refused(client, office, number, cases):
    client.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    body = {
        "worker": "Anna",
        "kind": "afwezig",
        "start": "2026-02-04",
        "reason": "ziek",
        "cases": cases,
    }
    assert "cases" in {e["field"] for e in client.post("/plans", body, 422)["errors"]}


def test_numbers_that_are_none_are_refused_with_a_sentence(client, office, number):
    referred(client, number)
    for days in ("--5", "²", "5.0", "9" * 40):
        assert (
            act(client, number, "acceptatie_verwijzing", "extend", 422, days=days, reason="x")[
                "errors"
            ][0]["field"]
            == "days"
        )
    client.get("/reminders?cursor=99999999999999999999999", 422)
    raw = '{"days": ' + "9" * 5000 + "}"
    assert (
        client.http.post(
            f"/api/v1/cases/{number}/terms/1/extend", content=raw, headers=client.headers
        ).status_code
        == 422
    )


def test_an_advies_taken_by_somebody_who_is_away_is_the_teams(client, office):
    client.post(
        "/plans", {"worker": "Anna", "kind": "afwezig", "start": "2026-02-02", "reason": "ziek"}
    )
    body = {
        "route": "advies",
        "kanaal": "chat",
        "hoedanigheid": "33",
        "gemeente": "Schiedam",
        "aanleiding": ["08"],
        "zorgen": "z",
        "vervolg": "ondersteunen",
    }
    advies = Client(office, "Anna").post("/cases", body)["number"]
    assert client.case(advies)["owner"] is None
    holds(office)


def test_an_hour_that_summer_time_skips_is_no_office_hour(client, office):
    client.clock("2026-03-20T09:00")
    Client(office, "Bea").ask(
        "PUT", "/calendar/hours", {"day": "2026-03-26", "hours": "zo 02:15-03:00, ma 09:00-17:00"}
    )
    client.clock("2026-03-27T10:00")
    number = client.post("/cases", {**MELDING, "ontvangen": "2026-03-27T10:00"})["number"]
    assert term(client.case(number), "openen")["due"] == "2026-03-30T13:00:00+02:00"
    holds(office)
