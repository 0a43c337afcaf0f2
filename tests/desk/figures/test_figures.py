"""Figures two people can never dispute: one definition, from the journal, the same tomorrow.

Checked a second way, by hand, on both databases.
"""

import json
from collections import Counter

import pytest
from support.cast import Client, reader
from support.families import EL_AMRANI, VISSER, advies, melding
from support.patience import patient
from support.second import same

from amhk.desk.figures import case_facts, counting, kept_reports, reports
from amhk.desk.figures import cases_behind as desk_behind
from amhk.desk.house import rounds
from amhk.office import open_office
from amhk.rules.figures.periods import read_period
from amhk.rules.privacy.secrecy import Scope
from amhk.store import reads
from amhk.store.cases.journal import verify
from amhk.store.figures import facts
from amhk.store.house import house_journal


def report(client, period="2026-Q1", **asked):
    """The quarter as Rita (rapportage) gets it."""
    more = "".join(f"&{k}={v}" for k, v in asked.items())
    return Client(client.office, "Rita").get(f"/reports/kwartaal?period={period}{more}")


def take(client, call, moment, received=None):
    """A call taken on a moment of the training clock; gives its number."""
    client.clock(moment)
    return client.post(
        "/cases",
        {**call, **({"ontvangen": received or moment} if call["route"] == "melding" else {})},
    )["number"]


def lived_in(client):
    """A first quarter with a bit of everything.

    Two routes, four finishes, a join, a split, corrections, a complaint. Gives the numbers.
    """
    told = {}
    told["advies"] = take(client, advies(vervolg="advies_gegeven"), "2026-01-05T09:00")
    told["police"] = take(client, melding(EL_AMRANI, acuut=True), "2026-01-06T10:00")
    told["school"] = take(
        client,
        melding(VISSER, hoedanigheid="15", gemeente="Schiedam", aanleiding=["08"], aard=["03"]),
        "2026-01-07T10:00",
    )
    told["other"] = take(
        client, melding([EL_AMRANI[2]], hoedanigheid="33", gemeente="Rotterdam"), "2026-01-08T10:00"
    )
    client.move(told["other"], "vervolgmelding", bij=told["police"])
    client.move(told["school"], "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(told["school"], "onderzoek_besluiten")
    client.clock("2026-01-20T10:00")
    client.move(told["police"], "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(told["police"], "onderzoek_besluiten", op="2026-01-19T10:00")
    client.clock("2026-02-10T10:00")
    client.move(
        told["school"],
        "onderzoek_afronden",
        uitkomst=["06"],
        conclusie="Het kind wordt verwaarloosd.",
    )
    institution = next(i for i in client.get("/institutions")["items"] if i["kind"] == "wijkteam")[
        "name"
    ]
    client.move(
        told["school"], "verwijzen", instelling=institution, motivering="belang van het kind"
    )
    client.clock("2026-02-16T10:00")
    client.move(told["school"], "hulp_gestart_vastleggen")
    client.move(told["school"], "tegenkracht_vastleggen", tegenkracht="klacht")
    client.clock("2026-03-05T10:00")
    client.move(told["police"], "onderzoek_afronden", uitkomst=["03"], conclusie="Er is geweld.")
    client.move(told["police"], "melden_politie", motivering="ernst van de situatie")
    told["none"] = take(client, melding(gemeente="Brielle"), "2026-03-10T10:00")
    client.move(told["none"], "geen_hgkm", doorgezet_naar="wijkagent")
    client.post(f"/cases/{told['other']}/split", {"reden": "ander gezin"})
    client.move(
        told["school"],
        "corrigeren",
        reden="verkeerd genoteerd",
        gemeente="Vlaardingen",
        aanleiding=["06", "08"],
    )
    return told


def facts_now(office, period):
    """What is counted of a period now.

    (fact, gemeente, value) to count, without the phase of a join.
    """
    span = read_period(period)
    counts = counting.counted(office, Scope(every=True), [span])[1][0]
    told = Counter()
    for (name, row, value), count in counts.events.items():
        told[name, row, "" if name == "vervolgmelding" else value] += count
    return told, {
        (value, row): n for (name, row, value), n in counts.stood.items() if name == "voorraad"
    }


def test_each_figure_is_the_same_when_counted_a_second_way_from_the_lines_of_the_journal(client):
    lived_in(client)
    for period in ("2026-01", "2026-02", "2026-03", "2026-Q1", "2026", "2025-Q4"):
        same(client.office, read_period(period))


def test_the_quarter_counts_what_happened_in_it(client):
    numbers = lived_in(client)
    told = report(client)
    total = told["total"]
    assert (
        total["adviezen"],
        total["meldingen"],
        total["finish_1"],
        total["finish_3"],
        total["finish_4"],
    ) == (1, 3, 1, 1, 1)
    assert total["einde_geen HG/KM"] == 1
    assert total["meldingen_hoedanigheid"] == {"01": 1, "15": 1, "33": 1}
    assert total["uitkomst"] == {"06": 1, "03": 1}
    assert total["klachten"] == 1
    assert total["hulp_mediaan"] == [40, 1]
    assert total["hulp_twee_overdrachten"] == [1, 1]
    assert total["onderzoeken"] == 2
    assert total["kinderen_onderzoek"] == 2
    rows = {row["gemeente"]: row for row in told["rows"]}
    assert (rows["Vlaardingen"]["meldingen"], rows["Schiedam"]["meldingen"]) == (1, 0)
    assert told["definitions"]["meldingen"]["population"]
    behind = desk_behind.behind(
        client.office, "finish_3", "2026-Q1", "", reader(client.office, "Tom")
    )
    assert [c["number"] for c in behind["cases"]] == [numbers["school"]]


def test_parts_add_up_to_wholes_over_areas_splits_and_months(client):
    lived_in(client)
    told = report(client)
    for key, d in told["definitions"].items():
        if d["kind"] == "count":
            whole = told["total"][key]
            assert sum(row[key] for row in told["rows"]) == whole
            assert sum(row[key] for row in told["levels"]["subregio"]) == whole
        if d["sums_to"]:
            assert sum(told["total"][key].values()) == told["total"][d["sums_to"]]
    months = [report(client, f"2026-0{n}")["total"] for n in (1, 2, 3)]
    for key, d in told["definitions"].items():
        if d["kind"] == "count" and not key.startswith("voorraad"):
            assert sum(m[key] for m in months) == told["total"][key], key
        if d["kind"] == "share" and not key.startswith("voorraad"):
            assert [sum(m[key][i] for m in months) for i in (0, 1)] == told["total"][key], key


def test_the_same_stamp_gives_the_same_figures_and_the_same_files(client):
    from amhk.desk.figures import report_files

    lived_in(client)
    rita, period = reader(client.office, "Rita"), read_period("2026-Q1")
    one, two = (reports.kwartaal(client.office, period, rita) for _ in range(2))
    assert one["stamp"] == two["stamp"]
    assert one == two
    for format in report_files.FORMATS:
        assert report_files.rendered(client.office, one, format) == report_files.rendered(
            client.office, two, format
        )
    again = reports.kwartaal(client.office, period, rita, case_facts.catch_up(client.office))
    assert {k: again[k] for k in ("rows", "total", "levels", "stamp")} == {
        k: one[k] for k in ("rows", "total", "levels", "stamp")
    }


def test_a_report_as_known_on_a_past_day_does_not_know_what_came_later(client):
    numbers = lived_in(client)
    client.clock("2026-04-02T09:00")
    then = report(client)
    client.clock("2026-04-03T09:00")
    take(client, melding(gemeente="Brielle"), "2026-04-03T10:00", "2026-03-30T10:00")
    client.move(numbers["school"], "corrigeren", reden="toch Schiedam", gemeente="Schiedam")
    client.clock("2026-04-04T09:00")
    now, known = report(client), report(client, known="2026-04-02")
    assert now["total"]["meldingen"] == then["total"]["meldingen"] + 1
    assert (known["total"], known["rows"], known["levels"]) == (
        then["total"],
        then["rows"],
        then["levels"],
    )
    assert known["stamp"]["position"] <= then["stamp"]["position"]


def test_a_late_entered_fact_never_changes_a_kept_report_and_the_change_is_explained(client):
    numbers = lived_in(client)
    client.clock("2026-04-10T09:00")
    kept = Client(client.office, "Rita").get("/reports/kept")["items"]
    assert [(k["period"], k["by"]) for k in kept] == [("2026-Q1", "vanzelf")]
    before = (
        Client(client.office, "Rita")
        .ask("GET", f"/reports/kept/{kept[0]['id']}?format=csv")
        .content
    )
    take(client, melding(gemeente="Brielle"), "2026-04-13T10:00", "2026-03-30T10:00")
    client.move(numbers["school"], "corrigeren", reden="toch Schiedam", gemeente="Schiedam")
    client.post(f"/cases/{numbers['none']}/split", {"reden": "x"}, expect=422)
    rita = Client(client.office, "Rita")
    assert rita.ask("GET", f"/reports/kept/{kept[0]['id']}?format=csv").content == before
    changes = {
        (c["figure"], c["gemeente"]): c
        for c in rita.get(f"/reports/kept/{kept[0]['id']}/changes")["items"]
    }
    late, moved = changes["meldingen", "Brielle"], changes["meldingen", "Schiedam"]
    assert (late["was"], late["now"], late["why"]) == (0, 1, "1 zaak later vastgelegd")
    assert (moved["was"], moved["now"], moved["why"]) == (0, 1, "1 zaak gecorrigeerd")
    whole = changes["meldingen", "Totaal"]
    assert (whole["now"] - whole["was"], whole["why"]) == (1, "1 zaak later vastgelegd")
    assert ("adviezen", "Totaal") not in changes


def test_a_report_makes_itself_once_on_its_day_is_announced_and_stands_in_the_journal_of_the_house(
    client,
):
    lived_in(client)
    client.clock("2026-04-09T09:00")
    rita = Client(client.office, "Rita")
    assert rita.get("/reports/kept")["items"] == []
    client.clock("2026-04-10T06:00")
    rounds.go_round(client.office)
    kept_reports.make_when_due(client.office)
    told = rita.get("/reports/kept")["items"]
    assert len(told) == 1
    with client.office.store.read() as connection:
        line = house_journal.last(connection, kept_reports.KIND)
        assert line["sha256"] == told[0]["hash"]
        assert list(kept_reports.faults(connection)) == []
        assert list(verify(connection)) == []
    assert [
        r["period"] for r in kept_reports.fresh(client.office, reader(client.office, "Mia"))
    ] == ["2026-Q1"]
    client.clock("2026-05-10T06:00")
    assert kept_reports.fresh(client.office, reader(client.office, "Mia")) == []


def test_reports_missed_while_the_house_was_closed_are_made_when_it_opens(client):
    lived_in(client)
    client.clock("2026-10-20T09:00")
    assert sorted(
        k["period"] for k in Client(client.office, "Rita").get("/reports/kept")["items"]
    ) == ["2026-Q1", "2026-Q2", "2026-Q3"]


def test_what_was_changed_outside_the_program_is_found(client):
    from sqlalchemy import text

    lived_in(client)
    client.clock("2026-04-10T09:00")
    with client.office.store.write() as connection:
        connection.execute(
            text(
                "UPDATE journal SET figures = replace(figures, 'Rotterdam', 'Brielle') WHERE"
                " figures LIKE '%Rotterdam%'"
            )
        )
        connection.execute(
            text(
                "UPDATE kept_reports SET content = replace(content, '\"meldingen\": 3',"
                " '\"meldingen\": 2')"
            )
        )
    with client.office.store.read() as connection:
        assert any("gewijzigd" in fault for fault in list(verify(connection)))
        assert any(
            "bewaarde rapport over 2026-Q1" in fault for fault in kept_reports.faults(connection)
        )
    key = Client(client.office, "Rita").get("/reports/kept")["items"][0]["id"]
    Client(client.office, "Rita").ask("GET", f"/reports/kept/{key}", expect=404)
    with client.office.store.write() as connection:
        connection.execute(text("DELETE FROM journal WHERE id = 5"))
    with client.office.store.read() as connection:
        assert any("stempel" in fault for fault in kept_reports.faults(connection))


def test_a_case_whose_people_were_destroyed_by_law_still_counts_the_same(client):
    number = take(client, melding(EL_AMRANI), "2026-01-06T10:00")
    before = report(client, "2026-01")["total"]
    client.move(number, "omzetten_in_advies", reden="toch een advies", advies="praat")
    told, _ = facts_now(client.office, "2026-01")
    with client.office.store.write() as connection:
        facts.empty(connection)
        connection.execute(
            reads.META.update().where(reads.META.c.key == case_facts._AT).values(value="weg 0")
        )
    again, _ = facts_now(client.office, "2026-01")
    assert again == told
    after = report(client, "2026-01")["total"]
    assert after["meldingen_hoedanigheid"] == before["meldingen_hoedanigheid"]
    assert (after["meldingen"], after["adviezen"], after["einde_omgezet in advies"]) == (1, 1, 1)
    with client.office.store.read() as connection:
        lines = [e["figures"] for e in reads.entries(connection, 1) if e["figures"]]
    assert not any(
        "Samira" in line or "999965323" in line or "Havenstraat" in line for line in lines
    )


def test_a_triage_taken_back_and_a_split_leave_no_trace_in_the_figures(client):
    one = take(client, melding(EL_AMRANI), "2026-01-06T10:00")
    two = take(client, melding(VISSER), "2026-01-07T10:00")
    before = facts_now(client.office, "2026-01")
    client.move(two, "vervolgmelding", bij=one)
    assert report(client, "2026-01")["total"]["vervolgmelding"] == [1, 2]
    client.post(f"/cases/{two}/split", {"reden": "ander gezin"})
    told, stood = facts_now(client.office, "2026-01")
    # the assessment that the join had asked for was never made: it is void, and counts nowhere
    assert (told, stood) == before


def test_a_household_that_comes_back_within_a_year_is_a_hermelding_until_it_proves_another_family(
    client,
):
    one = take(client, melding(EL_AMRANI), "2026-01-06T10:00")
    client.move(one, "intrekken", reden="ingetrokken")
    two = take(client, melding(EL_AMRANI), "2026-06-06T10:00")
    assert report(client, "2026-Q2")["total"]["hermelding"] == [1, 1]
    client.post(f"/cases/{two}/split", {"reden": "ander gezin"})
    assert report(client, "2026-Q2")["total"]["hermelding"] == [0, 1]
    take(client, melding([{**EL_AMRANI[0]}]), "2027-06-08T10:00")
    assert report(client, "2027-Q2")["total"]["hermelding"] == [0, 1]


def came_back_from(client, number):
    return [r["number"] for r in client.case(number)["relations"] if r["kind"] == "hermelding_van"]


def test_a_hermelding_stays_one_of_the_melding_before_when_the_last_proves_another_family(client):
    numbers = []
    for month in range(1, 5):
        numbers.append(take(client, melding(EL_AMRANI), f"2026-0{month}-06T10:00"))
        if month < 4:
            client.move(numbers[-1], "andere_regio", naar="Utrecht")
    first, second, third, last = numbers
    assert came_back_from(client, last) == [third]
    version = client.case(last)["version"]
    client.post(f"/cases/{third}/split", {"reden": "ander gezin"})
    assert came_back_from(client, last) == [second], (
        "not lost: the others still stand in its dossier"
    )
    assert came_back_from(client, third) == []
    assert client.case(last)["version"] == version, "nobody's form grew stale by it"
    assert f"Hermelding van {second}" in client.get(f"/cases/{last}/journal")["items"][-1]["what"]
    assert report(client, "2026")["total"]["hermelding"] == [2, 4], "the second and the last"
    client.post(f"/cases/{second}/dossier", {"bij": third, "reden": "die horen bij elkaar"})
    assert (came_back_from(client, last), came_back_from(client, second)) == ([first], [third])
    client.post(f"/cases/{first}/split", {"reden": "ook een ander gezin"})
    assert came_back_from(client, last) == []
    assert "Geen hermelding meer" in client.get(f"/cases/{last}/journal")["items"][-1]["what"]
    same(client.office, read_period("2026"))


def test_what_the_end_of_help_brought_is_counted_by_its_indicators(client):
    number = take(client, melding(VISSER, gemeente="Schiedam"), "2026-01-06T10:00")
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="c")
    institution = next(i for i in client.get("/institutions")["items"] if i["kind"] == "jeugdhulp")[
        "name"
    ]
    client.move(number, "verwijzen", instelling=institution)
    client.clock("2026-04-07T10:00")
    ended = {
        "passend": "ja",
        "nu_veilig": "ja",
        "hulp_gestart": "2026-01-20",
        "doelrealisatie": [2, 1],
        "tevreden_jeugdige": [8],
        "tevreden_ouder": [7, 6],
    }
    asked = client.move(number, "voortgangscontrole", expect=422, **ended)
    assert {e["field"] for e in asked["errors"]} == {"hulp_geeindigd"}
    wrong = client.move(
        number,
        "voortgangscontrole",
        expect=422,
        **{**ended, "tevreden_ouder": [11]},
        hulp_geeindigd="2026-04-01",
    )
    assert [e["field"] for e in wrong["errors"]] == ["tevreden_ouder"]
    client.move(
        number,
        "voortgangscontrole",
        **ended,
        hulp_geeindigd="2026-04-01",
        reden_einde="2",
        kader="vrijwillig naar gedwongen",
    )
    total = report(client, "2026-Q2")["total"]
    assert (total["passende_hulp"], total["nu_veilig"], total["voortgangscontrole"]) == (
        [1, 1],
        [1, 1],
        [1, 1],
    )
    assert (total["doelrealisatie"], total["reden_einde"], total["kader"]) == (
        {"1": 1, "2": 1},
        {"2": 1},
        {"vrijwillig naar gedwongen": 1},
    )
    assert (total["tevreden_jeugdige"], total["tevreden_ouder"]) == ([8.0, 1], [6.5, 2])


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("period=2026-Q5", "period"),
        ("period=", "period"),
        ("period=2027-Q1", "period"),
        ("period=2026-Q1&known=gisteren", "known"),
        ("period=2026-Q1&known=2026-12-31", "known"),
        ("period=2026-Q1&known=2025-06-01", "known"),
        ("period=2026-Q1&area=Parijs", "area"),
        ("period=2026-Q1&style=mooi", "style"),
        ("period=2026-Q1&format=doc", "format"),
    ],
)
def test_what_cannot_be_asked_of_a_report_is_refused_in_one_sentence(client, asked, field):
    client.clock("2026-03-10T10:00")
    wrong = (
        Client(client.office, "Rita")
        .ask("GET", f"/reports/kwartaal?{asked}", expect=422)
        .json()["errors"]
    )
    assert [w["field"] for w in wrong] == [field]
    assert all(w["text"].endswith(".") for w in wrong)


def test_an_empty_period_is_a_report_of_noughts(client):
    client.clock("2026-04-10T10:00")
    told = report(client, "2026-02")
    assert told["total"]["meldingen"] == 0
    assert told["total"]["onderzoek"] == [0, 0]


def test_a_teamleider_counts_his_own_team_and_rapportage_sees_no_cases(client):
    lived_in(client)
    assert (
        Client(client.office, "Tom").get("/reports/kwartaal?period=2026-Q1")["total"]["meldingen"]
        == 3
    )
    from amhk.errors import NotAllowed

    with pytest.raises(NotAllowed):
        desk_behind.behind(client.office, "meldingen", "2026-Q1", "", reader(client.office, "Rita"))
    Client(client.office, "Tom").ask("POST", "/reports/kept", {"period": "2026-Q1"}, expect=(403,))


def test_an_area_adds_up_its_gemeenten(client):
    lived_in(client)
    told = report(client, area="Nieuwe Waterweg Noord")
    assert [row["gemeente"] for row in told["rows"]] == ["Maassluis", "Schiedam", "Vlaardingen"]
    assert told["total"]["meldingen"] == sum(row["meldingen"] for row in told["rows"]) == 1
    assert report(client, area="Vlaardingen")["total"]["meldingen"] == 1


MOVED = """
[gemeenten.Brielle]
tot = 2026-03-01
[gemeenten.Nieuwdorp]
van = 2026-03-01
subregio = "Voorne-Putten"
centrumgemeente = "Spijkenisse"
inwoners = 12000
"""


def test_a_gemeente_that_joins_or_leaves_halfway_counts_as_long_as_it_belongs(folder):
    from support.cast import hire

    folder.write_text(folder.read_text(encoding="utf-8") + MOVED, encoding="utf-8")
    office = open_office(folder, proof=False)
    hire(office)
    client = Client(office)
    take(client, melding(gemeente="Brielle"), "2026-02-03T10:00")
    wrong = client.ask("POST", "/cases", melding(gemeente="Nieuwdorp"), expect=(422,)).json()[
        "errors"
    ]
    assert "geldt pas vanaf" in wrong[0]["text"]
    old = take(client, melding(gemeente="Brielle"), "2026-03-03T10:00", "2026-02-27T10:00")
    take(client, melding(gemeente="Nieuwdorp"), "2026-03-04T10:00")
    client.move(old, "veiligheidsbeoordeling", uitkomst="onderzoek")
    client.move(old, "onderzoek_besluiten")
    wrong = client.ask(
        "POST", "/cases", melding(gemeente="Brielle", ontvangen="2026-03-04T09:00"), expect=(422,)
    ).json()["errors"]
    assert "geldt niet meer" in wrong[0]["text"]
    quarter = report(client)
    rows = {row["gemeente"]: row for row in quarter["rows"]}
    assert (rows["Brielle"]["meldingen"], rows["Nieuwdorp"]["meldingen"]) == (2, 1)
    assert rows["Buiten de regio"]["onderzoeken"] == 1  # decided after Brielle had left
    assert (
        quarter["total"]["onderzoeken"] == sum(row["onderzoeken"] for row in quarter["rows"]) == 1
    )
    client.clock("2026-04-10T10:00")
    april = {row["gemeente"] for row in report(client, "2026-04")["rows"]}
    assert ("Brielle" in april, "Nieuwdorp" in april) == (False, True)
    known = report(client, known="2026-04-09")
    assert known["rows"] == report(client)["rows"]
    office.close()


@pytest.mark.parametrize(
    "text",
    [
        "[gemeenten.Brielle]\ntot = 2026-03-15",
        "[gemeenten.Nieuw]\nvan = 2026-03-01",
        "[gemeenten.Brielle]\nvan = 2026-03-01\ntot = 2026-02-01",
        "[gemeenten.Brielle]\ninwoners = -4",
        "[gemeenten.Brielle]\nkleur = 3",
    ],
)
def test_a_gemeente_written_down_wrong_is_refused_by_name(folder, text):
    from amhk.errors import HouseClosed

    folder.write_text(f"{folder.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")
    with pytest.raises(HouseClosed, match=r"gemeenten\.(Brielle|Nieuw)"):
        open_office(folder, proof=False)


def test_a_sample_holds_nobody_and_is_the_same_for_the_same_stamp(client):
    lived_in(client)
    for n in range(3):
        number = take(client, melding(EL_AMRANI, gemeente="Schiedam"), f"2026-03-1{n}T10:00")
        client.move(number, "intrekken", reden="Samira El Amrani belde zelf")
    rita = Client(client.office, "Rita")
    told = rita.ask("GET", "/reports/steekproef?period=2026-Q1").text
    assert told == rita.ask("GET", "/reports/steekproef?period=2026-Q1").text
    read = json.loads(told)
    assert read["closed"] == len(read["cases"]) == 5
    assert all(case["steps"] and case["case"].startswith("Z-") for case in read["cases"])
    for secret in (
        "M-2026",
        "A-2026",
        "Samira",
        "Bouzid",
        "Jansen",
        "Havenstraat",
        "Politie",
        "Tom",
        "Schiedam",
    ):
        assert secret not in told
    Client(client.office, "Tom").ask("GET", "/reports/steekproef?period=2026-Q1", expect=(403,))


def test_a_clock_that_counts_can_be_chosen_and_both_stand_in_the_report(client):
    number = take(
        client, melding(), "2026-02-04T10:00"
    )  # law: Monday the 9th, norm: Wednesday the 11th
    client.clock("2026-02-10T10:00")
    client.move(number, "veiligheidsbeoordeling", uitkomst="x")
    total = report(client)["total"]
    assert (total["veiligheidsbeoordeling"], total["veiligheidsbeoordeling_ander"]) == (
        [1, 1],
        [0, 1],
    )


def test_the_journal_and_the_tallies_give_the_same_for_every_reader(client):
    lived_in(client)
    for name in ("Rita", "Mia", "Tom", "Anna"):
        who, span = reader(client.office, name), read_period("2026-Q1")
        known = case_facts.catch_up(client.office)
        kept, journal = (reports.kwartaal(client.office, span, who, known=k) for k in (None, known))
        assert (kept["total"], kept["rows"]) == (journal["total"], journal["rows"])


def test_periods_before_anything_was_written_are_not_shown_as_noughts(client):
    take(client, melding(), "2026-02-04T10:00")
    assert [p["period"] for p in report(client)["earlier"]] == ["2025-Q4"]


def test_the_facts_are_made_again_when_the_definitions_ask_for_others(client, folder):
    numbers = lived_in(client)
    assert numbers
    text = (folder.parent / "workflows/amhk/cijfers.toml").read_text(encoding="utf-8")
    more = (
        text
        + '\n[cijfers.openen]\ntitel = "Geopend op tijd"\nzin = "Deel van de meldingen dat op tijd'
        ' is geopend."\ngroep = "termijnen"\nsoort = "deel"\ntermijn = "openen"\ngoed = ["op'
        ' tijd"]\nalle = ["op tijd", "te laat"]\npopulatie = "alle meldingen"\nmoment = "de'
        ' laatste dag"\nbron = "eigen norm"\n'
    )
    assert report(client)["total"]["meldingen"] == 3
    (folder.parent / "workflows/amhk/cijfers.toml").write_text(more, encoding="utf-8")
    office = open_office(folder, proof=False)
    total = Client(office, "Rita").get("/reports/kwartaal?period=2026-Q1")["total"]
    assert total["openen"][1] == 2
    assert total["meldingen"] == 3
    office.close()


def test_a_definition_that_is_not_whole_is_refused_with_every_fault_at_once(folder):
    from amhk.errors import HouseClosed

    path = folder.parent / "workflows/amhk/cijfers.toml"
    path.write_text(
        path.read_text(encoding="utf-8")
        + '\n[cijfers.half]\ntitel = "Half"\nsoort = "gok"\ntermijn = "nooit"\n',
        encoding="utf-8",
    )
    with pytest.raises(HouseClosed) as wrong:
        open_office(folder, proof=False)
    told = str(wrong.value)
    assert all(
        part in told
        for part in (
            "cijfers.half.zin",
            "cijfers.half.bron",
            "'gok' is geen soort",
            "'nooit' is geen termijn",
        )
    )


def test_a_receipt_corrected_out_of_the_period_is_still_in_the_report_as_it_was_known(client):
    number = take(client, melding(gemeente="Brielle"), "2026-04-01T10:00", "2026-03-31T10:00")
    client.clock("2026-04-02T10:00")
    then = report(client)
    assert then["total"]["meldingen"] == 1
    client.clock("2026-04-06T10:00")
    client.move(number, "corrigeren", reden="op 1 april gebeld", ontvangen="2026-04-01T09:00")
    assert report(client)["total"]["meldingen"] == 0
    assert report(client, known="2026-04-02")["total"] == then["total"]


def test_what_was_changed_with_its_own_marks_is_found_by_the_journal_of_the_house(client):
    from hashlib import sha256

    from sqlalchemy import text

    lived_in(client)
    client.clock("2026-04-10T09:00")
    with client.office.store.write() as connection:
        content = (
            connection.execute(text("SELECT content FROM kept_reports"))
            .scalar()
            .replace('"meldingen": 3', '"meldingen": 2')
        )
        mark = sha256(content.encode()).hexdigest()
        connection.execute(
            text("UPDATE kept_reports SET content = :content, hash = :mark"),
            {"content": content, "mark": mark},
        )
    with client.office.store.read() as connection:
        assert list(kept_reports.faults(connection)) == [
            "Het bewaarde rapport over 2026-Q1 (nummer 1) is gewijzigd."
        ]
    with client.office.store.write() as connection:
        connection.execute(text("DELETE FROM kept_reports"))
        connection.execute(text("DELETE FROM stamps"))
        connection.execute(text("DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)"))
    with client.office.store.read() as connection:
        told = list(kept_reports.faults(connection))
    assert any("is weg" in fault for fault in told)
    assert any("stempel" in fault for fault in told)


def test_facts_somebody_emptied_are_made_again_and_changed_ones_are_found_and_mended(client):
    from sqlalchemy import text

    lived_in(client)
    before = report(client)["total"]
    for table in ("facts", "tallies"):
        with client.office.store.write() as connection:
            connection.execute(text(f"DELETE FROM {table}"))
        assert report(client)["total"] == before
    with client.office.store.write() as connection:
        connection.execute(text("UPDATE tallies SET count = count + 50 WHERE name = 'melding'"))
    assert list(case_facts.faults(client.office)) != []
    case_facts.again(client.office)
    assert list(case_facts.faults(client.office)) == []
    assert report(client)["total"] == before


def test_a_report_holds_no_more_than_its_stamp_says_also_when_a_call_comes_in_between(
    client, monkeypatch
):
    take(client, melding(gemeente="Brielle"), "2026-02-04T10:00")
    catch_up, calls = case_facts.catch_up, []

    def busy(office, most=None):
        known = catch_up(office, most)
        if not calls:
            calls.append(take(client, melding(gemeente="Brielle"), "2026-02-04T11:00"))
            catch_up(office)
        return known

    monkeypatch.setattr(case_facts, "catch_up", busy)
    told = reports.kwartaal(client.office, read_period("2026-Q1"), reader(client.office, "Rita"))
    monkeypatch.undo()
    known = case_facts.Known(
        told["stamp"]["position"],
        told["stamp"]["digest"],
        case_facts.catch_up(client.office).moment,
    )
    assert calls
    again = reports.kwartaal(
        client.office, read_period("2026-Q1"), reader(client.office, "Rita"), known
    )
    assert again["total"]["meldingen"] == told["total"]["meldingen"] == 2


def test_what_changed_in_a_split_is_told_value_by_value(client):
    numbers = lived_in(client)
    client.clock("2026-04-10T09:00")
    key = Client(client.office, "Rita").get("/reports/kept")["items"][0]["id"]
    client.move(numbers["school"], "corrigeren", reden="de huisarts", hoedanigheid="02")
    told = [
        (c["title"], c["was"], c["now"], c["why"])
        for c in kept_reports.changes(client.office, key)
        if c["gemeente"] == "Totaal"
    ]
    assert told == [
        (
            "Meldingen naar hoedanigheid van de melder: Huisarts of praktijkondersteuner",
            0,
            1,
            "1 zaak gecorrigeerd",
        ),
        (
            "Meldingen naar hoedanigheid van de melder: Lid ZAT-team school, leerkracht, directeur",
            1,
            0,
            "1 zaak gecorrigeerd",
        ),
    ]
    client.move(numbers["police"], "corrigeren", reden="netter gezegd", zorgen="Andere woorden.")
    assert (
        len([c for c in kept_reports.changes(client.office, key) if c["gemeente"] == "Totaal"]) == 2
    )


def test_a_correction_of_a_moment_reaches_the_figures(client):
    numbers = lived_in(client)
    client.move(
        numbers["school"],
        "corrigeren",
        reden="al eerder",
        stap="hulp_gestart_vastleggen",
        moment="2026-02-12T10:00",
    )
    assert report(client)["total"]["hulp_mediaan"] == [36, 1]
    client.clock("2026-03-11T10:00")
    client.move(
        numbers["none"], "corrigeren", reden="later", stap="geen_hgkm", moment="2026-03-10T12:00"
    )
    assert client.case(numbers["none"])["closed"]
    same(client.office, read_period("2026-Q1"))
    with client.office.store.read() as connection:
        case = reads.case_by_number(connection, numbers["none"])
    assert case["closed_at"].isoformat() == "2026-03-10T11:00:00+00:00"


def test_the_first_and_last_year_there_can_be_are_refused_or_empty_and_break_nothing(client):
    client.clock("2026-03-10T10:00")
    rita = Client(client.office, "Rita")
    for period in ("2000", "2000-01", "2000-Q1", "2000-H1", "2001"):
        assert rita.get(f"/reports/kwartaal?period={period}")["total"]["meldingen"] == 0
        rita.ask("POST", "/reports/kept", {"period": period}, expect=(422,))
    for key in (0, -1, 2**31, 2**63, 10**30):
        rita.ask("GET", f"/reports/kept/{key}", expect=(404, 422))
    for name in ("kosten", "steekproef"):
        wrong = rita.ask(
            "GET", f"/reports/{name}?period=2026&style=tien&area=Brielle", expect=422
        ).json()["errors"]
        assert {w["field"] for w in wrong} == {"area", "style"}


def test_a_gemeente_and_a_centrumgemeente_of_one_name_are_told_apart(client):
    take(client, melding(gemeente="Rotterdam"), "2026-02-04T10:00")
    take(client, melding(gemeente="Barendrecht"), "2026-02-04T10:00")
    assert report(client, area="gemeente:Rotterdam")["total"]["meldingen"] == 1
    assert report(client, area="centrumgemeente:Rotterdam")["total"]["meldingen"] == 2
    tom = reader(client.office, "Tom")
    assert (
        len(
            desk_behind.behind(client.office, "meldingen", "2026-Q1", "gemeente:Rotterdam", tom)[
                "cases"
            ]
        )
        == 1
    )


def test_an_earlier_period_is_told_as_the_region_was_then(folder):
    from support.cast import hire

    folder.write_text(
        folder.read_text(encoding="utf-8") + "\n[gemeenten.Brielle]\ntot = 2026-04-01\n",
        encoding="utf-8",
    )
    office = open_office(folder, proof=False)
    hire(office)
    client = Client(office)
    take(client, melding(gemeente="Brielle"), "2026-02-03T10:00")
    take(client, melding(gemeente="Schiedam"), "2026-04-03T10:00")
    first, then = report(client), report(client, "2026-Q2")["earlier"][0]
    assert then["total"]["meldingen"] == first["total"]["meldingen"] == 1
    rows = {row["gemeente"]: row for row in first["rows"]}
    assert rows["Brielle"]["voorraad_meldingen"] == 1  # on 31 March it still belonged
    office.close()


def test_keeping_a_report_by_hand_does_not_take_the_place_of_the_one_that_makes_itself(client):
    lived_in(client)
    client.clock("2026-04-02T09:00")
    Client(client.office, "Rita").post("/reports/kept", {"period": "2026-Q1"})
    client.clock("2026-04-10T09:00")
    kept = Client(client.office, "Rita").get("/reports/kept")["items"]
    assert [(k["number"], k["by"]) for k in kept] == [(2, "vanzelf"), (1, "Rita")]


def test_a_refresh_that_dies_halfway_leaves_nothing_counted_twice_or_lost(client, monkeypatch):
    lived_in(client)
    before = report(client)["total"]
    add_up, deaths = facts.add_up, []

    def dying(connection, changes):
        add_up(connection, changes)
        if len(deaths) < 2:
            deaths.append(len(changes))
            raise KeyboardInterrupt

    monkeypatch.setattr(case_facts, "_BATCH", 7)
    monkeypatch.setattr(facts, "add_up", dying)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            case_facts.again(client.office)
    assert case_facts.again(client.office) == case_facts.catch_up(client.office)
    assert len(deaths) == 2
    assert list(case_facts.faults(client.office)) == []
    assert report(client)["total"] == before


def test_two_processes_that_refresh_at_once_count_nothing_twice(client, folder):
    import subprocess
    import sys

    lived_in(client)
    before = report(client)["total"]
    with client.office.store.write() as connection:
        connection.execute(
            reads.META.update().where(reads.META.c.key == case_facts._AT).values(value="")
        )
    told = (
        "import sys; from pathlib import Path; from amhk.desk.figures import case_facts;"
        " from amhk.office import open_office; case_facts._BATCH = 5;"
        " o = open_office(Path(sys.argv[1]), proof=False); case_facts.catch_up(o); o.close()"
    )
    both = [subprocess.Popen([sys.executable, "-c", told, str(folder)]) for _ in range(2)]
    assert [process.wait(timeout=patient(120)) for process in both] == [0, 0]
    assert list(case_facts.faults(client.office)) == []
    assert report(client)["total"] == before
