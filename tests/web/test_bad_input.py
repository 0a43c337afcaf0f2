"""Bad input: one clear sentence per fault, all at once, the right status, nothing half-written."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from support.cast import Client, hire

from amhk.store import reads

MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "zorgen": "Kind is stil.",
    "acuut": False,
    "melder": {"naam": "School"},
}
ADVIES = {
    "route": "advies",
    "kanaal": "telefoon",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "aanleiding": ["08"],
    "zorgen": "Kind is stil.",
    "advies": "Praat.",
}


@pytest.fixture
def client(office):
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T09:00")
    client.office = office
    return client


def counts(office):
    with office.store.read() as connection:
        return [
            connection.execute(select(func.count()).select_from(t)).scalar()
            for t in (reads.CASE, reads.TERM, reads.ENTRY, reads.PERSON, reads.NOTICE)
        ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"gemeente": "Schidam"}, "gemeente"),
        ({"gemeente": "Atlantis"}, "gemeente"),
        ({"ontvangen": "2026-02-30T09:00"}, "ontvangen"),
        ({"ontvangen": "2026-02-03T09:00"}, "ontvangen"),
        ({"ontvangen": "0001-01-01T00:00"}, "ontvangen"),
        ({"ontvangen": 5}, "ontvangen"),
        ({"hoedanigheid": "99"}, "hoedanigheid"),
        ({"aanleiding": ["01"], "aard": ["08"]}, "aard"),
        ({"aanleiding": "x"}, "aanleiding"),
        ({"zorgen": "x" * 20_001}, "zorgen"),
        ({"zorgen": "huilt \U0001f622"}, "zorgen"),
        ({"zorgen": "nul\x00teken"}, "zorgen"),
        ({"zorgen": "<script>alert(1)</script>"}, "zorgen"),
        ({"zorgen": "\ud800"}, "zorgen"),
        ({"zorgen": ["x"]}, "zorgen"),
        ({"zorgen": "   "}, "zorgen"),
        ({"acuut": "misschien"}, "acuut"),
        ({"melder": {}}, "melder"),
        ({"melder": {"naam": "x", "leeftijd": 5}}, "melder.leeftijd"),
        ({"betrokkenen": [{"naam": "K", "bsn": "123456789"}]}, "betrokkenen.0.bsn"),
        ({"betrokkenen": [{"naam": "K", "geboren": "2027-01"}]}, "betrokkenen.0.geboren"),
        ({"betrokkenen": [{"naam": "K", "geboren": "2020-13"}]}, "betrokkenen.0.geboren"),
        ({"betrokkenen": [{"geboren": "2020"}]}, "betrokkenen.0.naam"),
        ({"betrokkenen": [{"naam": f"K{n}"} for n in range(60)]}, "betrokkenen"),
        ({"kleur": "rood"}, "kleur"),
    ],
)
def test_a_wrong_melding_is_refused_by_name_and_leaves_nothing(client, change, field):
    before = counts(client.office)
    answer = client.ask("POST", "/cases", {**MELDING, **change}, expect=422).json()
    assert field in [e["field"] for e in answer["errors"]], answer
    assert all(e["text"].endswith(".") or e["text"].endswith("?") for e in answer["errors"])
    assert counts(client.office) == before


def test_every_fault_is_told_at_once(client):
    answer = client.ask(
        "POST",
        "/cases",
        {"route": "melding", "kanaal": "postduif", "gemeente": "Schidam"},
        expect=422,
    ).json()
    fields = [e["field"] for e in answer["errors"]]
    assert set(fields) == {
        "kanaal",
        "gemeente",
        "ontvangen",
        "hoedanigheid",
        "melder",
        "zorgen",
        "acuut",
    }
    assert "Bedoelt u 'Schiedam'?" in next(
        e["text"] for e in answer["errors"] if e["field"] == "gemeente"
    )


def test_a_megabyte_is_too_much(client):
    assert (
        client.ask("POST", "/cases", {**MELDING, "zorgen": "x" * 1_000_001}, expect=413).json()[
            "status"
        ]
        == 413
    )


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff\xfe", b"[" * 100_000, b'"tekst"', b"[]", b"null", b'{"route": "derde"}']
)
def test_what_is_no_call_is_refused(client, raw):
    answer = client.http.post("/api/v1/cases", content=raw, headers=client.headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_advies_holds_nobody(client):
    number = client.post("/cases", ADVIES)["number"]
    client.ask("POST", "/cases", {**ADVIES, "betrokkenen": [{"naam": "Kind"}]}, expect=422)
    client.ask("POST", f"/cases/{number}/people", {"naam": "Kind"}, expect=422)
    told = client.ask(
        "POST", "/cases", {**ADVIES, "adviesvrager": {"naam": "Juf"}}, expect=422
    ).json()
    assert told["errors"][0]["field"] == "adviesvrager.toestemming"
    family = {**ADVIES, "zorgen": "het kind heet dan Piet Jansen, geboren 4-2-2019"}
    wrong = client.post("/cases", family, expect=422)["errors"]
    assert {(e["code"], e["field"]) for e in wrong} == {
        ("gezinsgegevens", "zorgen")
    } and "Piet Jansen" in str(wrong)
    warned = client.post("/cases", family | {"geen_gezinsgegevens": True})
    assert any("naam" in w for w in warned["warnings"])


def test_the_database_itself_refuses_a_person_on_an_advies(client):
    from sqlalchemy import insert
    from sqlalchemy.exc import IntegrityError

    client.post("/cases", ADVIES)
    row = {
        "case_id": 1,
        "naam": "Kind",
        "zoeknaam": "kind",
        "geheim_adres": False,
        "recorded": datetime.now(UTC),
    }
    with pytest.raises(IntegrityError), client.office.store.write() as connection:
        connection.execute(insert(reads.PERSON).values(**row))


def test_a_move_twice_and_a_stale_version(client):
    case = client.post("/cases", MELDING)
    body = {"version": case["version"], "uitkomst": "onderzoek nodig"}
    path = f"/cases/{case['number']}/moves/veiligheidsbeoordeling"
    after = client.post(path, body)
    stale = client.ask(
        "POST", path, {"version": case["version"], "uitkomst": ["fout"]}, expect=409
    ).json()
    assert stale["version"] == after["version"]
    again = client.ask("POST", path, {**body, "version": after["version"]}, expect=422).json()
    assert again["errors"][0]["code"] == "beoordeling_loopt"
    client.ask("POST", path, {"uitkomst": "zonder versie"}, expect=422)
    client.ask(
        "POST", f"/cases/{case['number']}/moves/toveren", {"version": after["version"]}, expect=404
    )
    client.ask("GET", "/cases/M-2026-999999", expect=404)


def test_a_decision_is_never_in_the_future_nor_before_the_receipt(client):
    case = client.post("/cases", MELDING)
    for op, code in (("2026-02-02T09:01", "toekomst"), ("2026-02-02T08:59", "voor_ontvangst")):
        told = client.move(
            case["number"], "veiligheidsbeoordeling", expect=422, uitkomst="x", op=op
        )
        assert [e["code"] for e in told["errors"]] == [code]


def test_closed_doors_and_bad_input_are_told_together(client):
    case = client.post("/cases", MELDING)
    told = client.move(
        case["number"], "verwijzen", expect=422, instelling="Bestaat niet", op="2030-01-01"
    )
    assert {e["code"] for e in told["errors"]} >= {"verkeerde_staat", "onbekende_code", "toekomst"}
    assert told["errors"][0]["do"]["href"].endswith("/moves/veiligheidsbeoordeling")


def test_the_same_key_gives_the_same_case(client):
    key = {"Idempotency-Key": "een-twee-drie"}
    first = client.ask("POST", "/cases", MELDING, headers=key).json()
    second = client.ask("POST", "/cases", MELDING, headers=key).json()
    assert first["number"] == second["number"]
    client.ask("POST", "/cases", {**MELDING, "zorgen": "iets anders"}, expect=422, headers=key)


def test_a_dry_run_writes_nothing(client):
    case = client.post("/cases", MELDING)
    before = counts(client.office)
    path = f"/cases/{case['number']}/moves/veiligheidsbeoordeling?dry_run=true"
    told = client.post(path, {"version": case["version"], "uitkomst": "x"})
    assert told["state"] == "beoordeeld"
    assert counts(client.office) == before


def test_production_refuses_clock_and_tick(tmp_path):
    from conftest import make_folder

    from amhk.office import open_office

    office = open_office(
        make_folder(tmp_path / "echt", "meldpunt.sqlite", training=False), proof=False
    )
    hire(office, "Mia")
    client = Client(office, "Mia")
    client.ask("PUT", "/clock", {"now": "2030-01-01T00:00"}, expect=403)
    client.ask("POST", "/tick", {}, expect=403)
    office.close()


def test_the_clock_only_goes_forward_once_there_is_a_case(client):
    client.clock("2026-01-01T00:00")
    client.clock("2026-02-02T09:00")
    client.post("/cases", MELDING)
    client.ask("PUT", "/clock", {"now": "2026-02-01T00:00"}, expect=422)


def test_the_gateway_of_the_api(client):
    assert client.http.get("/api/v1/cases").status_code == 401
    assert (
        client.http.get("/api/v1/cases", headers={"authorization": "Bearer onzin"}).status_code
        == 401
    )
    assert client.http.get("/api/v1/health").json() == {"status": "ok"}
    assert client.get("/health")["without"] == 0
    assert client.http.get("/api/v1/bestaat-niet", headers=client.headers).status_code == 404
    assert client.http.get("/api/openapi.json").json()["openapi"].startswith("3.1")


def test_who_sees_which_case_is_one_rule_for_page_api_search_and_report(client):
    number = client.post("/cases", MELDING)["number"]
    for name in ("Bea", "Rita"):
        other = Client(client.office, name)
        other.ask("GET", f"/cases/{number}", expect=404)
        other.ask("GET", f"/cases/{number}/journal", expect=404)
        assert other.get("/cases?q=stil")["items"] == []
    assert Client(client.office, "Mia").get("/cases?q=stil")["items"][0]["number"] == number
    assert (
        Client(client.office, "Rita").get("/reports/kwartaal?period=2026-Q1")["total"]["meldingen"]
        == 1
    )
    Client(client.office, "Bea").ask("GET", "/reports/kwartaal?period=2026-Q1", expect=403)


@pytest.mark.parametrize("period", ["", "2026-Q5", "2026-13", "gisteren", "1999"])
def test_a_period_that_is_none_is_refused(client, period):
    assert (
        client.ask("GET", f"/reports/kwartaal?period={period}", expect=422).json()["errors"][0][
            "field"
        ]
        == "period"
    )


def test_a_period_that_has_not_begun_is_refused(client):
    client.ask("GET", "/reports/kwartaal?period=2026-Q3", expect=422)
    client.ask("GET", "/reports/jaarlijks?period=2026", expect=404)
    client.ask("GET", "/reports/kwartaal?period=2026&format=doc", expect=422)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/notices/abc", None),
        ("GET", "/notices/99999999999999999999999", None),
        ("GET", "/cases?cursor=onzin", None),
        ("GET", "/cases?q=%00", None),
        ("GET", "/cases?gemeente=Atlantis", None),
        ("GET", "/reports/kwartaal?period=2026%0a", None),
        ("POST", "/cases/M-2026-000001/moves/corrigeren", {"version": "²", "reden": "x"}),
        ("POST", "/cases/M-2026-000001/moves/corrigeren", {"version": "9" * 5000, "reden": "x"}),
        ("POST", "/cases/M-2026-000001/reveal", {"reason": "nul\u0000teken"}),
        ("POST", "/cases/M-2026-000001/people", {"naam": "\ud800"}),
        ("POST", "/cases/M-2026-000001/assign", {"owner": "Bea", "reason": "x"}),
        ("POST", "/cases", {"route": "melding", "\ud800": 1}),
    ],
)
def test_nonsense_at_any_door_is_a_refusal_in_the_same_form(client, method, path, body):
    client.post("/cases", MELDING)
    answer = client.ask(method, path, body, expect=(404, 422))
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_form_that_is_not_ours_or_too_large_or_garbled_is_refused(client):
    assert client.http.post("/login", data={"name": "a\x00", "password": "b"}).status_code == 401
    assert (
        client.http.post(
            "/login", data={"name": "a"}, headers={"sec-fetch-site": "cross-site"}
        ).status_code
        == 403
    )
    assert (
        client.http.post(
            "/login",
            content=iter([b"name=a"]),
            headers={"content-type": "application/x-www-form-urlencoded"},
        ).status_code
        == 411
    )
    client.http.post("/login", data={"name": "Tom", "password": "oefenen-oefenen"})
    assert client.http.get("/").status_code == 200
    assert client.http.post("/klok", data={"now": "2030-01-01"}).status_code == 403
    assert client.http.post("/klok", data={"now": "2030-01-01", "_csrf": "é"}).status_code == 403


def test_guessing_is_slowed_and_a_colleague_is_not_locked_out(client):
    for _ in range(10):
        client.http.post("/login", data={"name": "Piet", "password": "fout"})
    assert client.http.post("/login", data={"name": "Piet", "password": "fout"}).status_code == 429
    assert (
        client.http.post(
            "/login", data={"name": "Mia", "password": "oefenen-oefenen"}, follow_redirects=False
        ).status_code
        == 303
    )


def test_a_back_door_for_going_back_is_only_on_this_site(client):
    for naar in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = client.http.post(
            "/login",
            data={"name": "Tom", "password": "oefenen-oefenen", "naar": naar},
            follow_redirects=False,
        )
        assert answer.headers["location"] == "/"


def test_looking_leaves_a_trace(client):
    number = client.post("/cases", {**MELDING, "betrokkenen": [{"naam": "Kind"}]})["number"]
    letter = client.case(number)["notices"][0]["id"]
    for path in (
        f"/notices/{letter}",
        f"/notices/{letter}.html",
        f"/notices/{letter}.pdf",
        f"/cases/{number}/journal",
    ):
        client.ask("GET", path)
    with client.office.store.read() as connection:
        looks = connection.execute(select(reads.LOOK.c.what)).scalars().all()
    assert looks == ["zaak", *[f"brief {letter}"] * 3, "verloop"]


def test_reminders_show_no_case_to_who_sees_none(client):
    client.post("/cases", MELDING)
    client.clock("2026-03-20T09:00")
    assert Client(client.office, "Anna").get("/reminders")["items"]
    for name in ("Bea", "Rita"):
        assert Client(client.office, name).get("/reminders")["items"] == []
