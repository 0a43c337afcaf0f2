"""The forty police forms of the morning.

Read whole or not at all, none twice, none lost, triaged with three answers and taken back.
"""

import io
import json
from datetime import timedelta

import pytest
from conftest import FULL, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bulk import bring, file_of, form, numbers, take
from support.cast import Client, hire, reader, term
from support.families import EL_AMRANI, melding
from support.second import same

from amhk.desk.house import health, rounds
from amhk.desk.intake import import_staging, imports, imports_view, triage
from amhk.errors import BadInput, ClosedDoor, NotAllowed
from amhk.rules.figures.periods import read_period
from amhk.store import reads, writes
from amhk.store.intake import imports as store

EXAMPLES = ROOT / "amhk/seed/formulieren"


@pytest.fixture
def client(office):
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T08:00")
    return client


def test_every_row_is_shown_with_its_problems_before_anything_counts(client, office):
    key = bring(office, [form(1), form(2, acuut=True), form(3, gemeente="Nergens", zorgen="")])
    told = imports_view.view(office, key, reader(office, "Tom"))
    assert (told["state"], told["total"], told["ready"], told["repair"]) == ("preview", 3, 2, 1)
    (wrong,) = told["forms"]
    assert {f["field"] for f in wrong["faults"]} == {"gemeente", "zorgen"}
    assert numbers(client) == []


def test_the_good_ones_become_meldingen_in_one_go_with_number_and_clocks(client, office):
    key = bring(office, [form(1), form(2, acuut=True), form(3, gemeente="Nergens")])
    assert take(office, key) == 2
    told = imports_view.view(office, key, reader(office, "Tom"))
    assert (told["state"], told["taken"], told["repair"]) == ("done", 2, 1)
    case = client.case("M-2026-000001")
    assert (case["kenmerk"], case["acuut"]) == ("PF-2", True)  # acute first
    assert term(case, "veiligheidsbeoordeling")["due"] == "2026-02-09"
    assert term(case, "openen_acuut")["due"].startswith("2026-02-02T09:00")


def test_the_same_file_twice_adds_nothing(client, office):
    told = [form(n) for n in range(1, 6)]
    take(office, bring(office, told))
    before = numbers(client)
    again = bring(office, told)
    assert imports_view.view(office, again, reader(office, "Tom"))["again"] == 5
    assert take(office, again) == 0
    assert numbers(client) == before


@settings(max_examples=60 if FULL else 8)
@given(
    picks=st.lists(st.lists(st.integers(1, 8), max_size=8), min_size=1, max_size=4),
    twice=st.booleans(),
)
def test_import_is_idempotent_whatever_is_sent_again(tmp_path_factory, picks, twice):
    from conftest import make_folder

    from amhk.office import open_office

    office = open_office(
        make_folder(tmp_path_factory.mktemp("i") / "m", "meldpunt.sqlite"), proof=False
    )
    hire(office, "Tom")
    try:
        for told in [[1], *picks] * (1 + twice):
            take(
                office,
                bring(office, [form(n, ontvangen="2026-02-02T06:00") for n in told] or [form(1)]),
            )
        with office.store.read() as connection:
            borne = [c["kenmerk"] for c in reads.rows(connection, reads.CASE.select())]
        assert sorted(borne) == sorted({"PF-1", *(f"PF-{n}" for p in picks for n in p)})
    finally:
        office.close()


def test_a_broken_file_changes_nothing(client, office):
    whole = file_of([form(n) for n in range(1, 4)]).getvalue()
    for broken in (
        whole[:-40],
        b'id;zorgen\n1;"x',
        whole.replace(b"formulier/1", b"formulier/7"),
        b"id;zorgen;onbekend\n1;x;y",
    ):
        with pytest.raises(BadInput) as wrong:
            bring(office, io.BytesIO(broken))
        assert len(wrong.value.faults) == 1
    assert imports_view.overview(office, reader(office, "Tom")) == []


def test_a_kenmerk_with_other_content_waits_to_be_looked_at(client, office):
    take(office, bring(office, [form(1)]))
    key = bring(
        office, [form(1, zorgen="Iets heel anders."), form(2), form(2, zorgen="Nog anders.")]
    )
    told = imports_view.view(office, key, reader(office, "Tom"))
    assert (told["ready"], told["repair"]) == (1, 2)
    assert "staat al op zaak M-2026-000001" in told["forms"][0]["faults"][0]["text"]
    assert "een ander formulier dat nog geen zaak is" in told["forms"][1]["faults"][0]["text"]


def test_a_form_is_repaired_and_becomes_a_case_at_once(client, office):
    key = bring(office, [form(1), form(2, gemeente="Roterdam")])
    take(office, key)
    tom = reader(office, "Tom")
    (wrong,) = imports_view.view(office, key, tom)["forms"]
    with pytest.raises(BadInput):
        imports.repair(office, wrong["id"], wrong["told"] | {"gemeente": "Rotterdm"}, tom)
    assert imports_view.one(office, wrong["id"], tom)["told"]["gemeente"] == "Rotterdm", (
        "what was typed is kept"
    )
    number = imports.repair(office, wrong["id"], wrong["told"] | {"gemeente": "Rotterdam"}, tom)
    assert client.case(number)["kenmerk"] == "PF-2"


def test_a_repaired_file_that_comes_again_takes_the_place_of_what_waited(client, office):
    take(office, bring(office, [form(1, gemeente="Nergens")]))
    key = bring(office, [form(1)])
    assert take(office, key) == 1
    assert health.alarms(office) == []
    with office.store.read() as connection:
        assert store.waiting(connection, office.now(connection) + timedelta(days=1))[0] == 0


def test_forms_that_lie_too_long_turn_every_screen_red(client, office):
    key = bring(office, [form(1), form(2, gemeente="Nergens")])
    with office.store.write() as connection:
        writes.change(
            connection,
            store.IMPORT,
            [key],
            {"brought": office.now(connection) - timedelta(hours=5)},
        )
    assert "2 formulieren liggen sinds" in health.alarms(office)[0]
    tom = reader(office, "Tom")
    take(office, key)
    assert "1 formulier ligt sinds" in health.alarms(office)[0]
    (wrong,) = imports_view.view(office, key, tom)["forms"]
    with pytest.raises(BadInput):
        imports.drop_form(office, wrong["id"], "", tom)
    imports.drop_form(office, wrong["id"], "Hoort bij een andere regio, teruggestuurd.", tom)
    assert health.alarms(office) == []


def test_an_accepted_file_goes_on_after_a_crash_with_the_next_round(client, office):
    key = bring(office, [form(n) for n in range(1, 9)])
    imports.accept(office, key, reader(office, "Tom"))
    assert numbers(client) == []
    rounds.go_round(office)
    assert len(numbers(client)) == 8
    assert imports_view.view(office, key, reader(office, "Tom"))["state"] == "done"


def test_a_file_whose_reading_was_cut_off_is_completed_by_bringing_it_again(
    client, office, monkeypatch
):
    told = [form(n) for n in range(1, 8)]
    monkeypatch.setattr(import_staging, "_STAGED", 2)

    def stop(done):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_staging.stage(
            office,
            file_of(told),
            "x",
            layout="formulier/1",
            who=reader(office, "Tom"),
            progress=stop,
        )
    assert take(office, bring(office, told)) == 7


def test_the_police_layout_of_the_config_is_read_with_its_own_words(client, office):
    with (EXAMPLES / "zorgformulier.csv").open("rb") as file:
        key = import_staging.stage(
            office, file, "zorgformulier.csv", "zorgformulier", reader(office, "Tom")
        )
    assert take(office, key) == 2
    case = client.case("M-2026-000001")
    assert (case["acuut"], case["aanleiding"], case["kanaal"]) == (
        True,
        ["01"],
        "zorgformulier politie",
    )
    assert "patiënte" in case["zorgen"]
    assert [p["naam"] for p in case["people"]] == ["Joyce Pinas", "Dennis Kartosen"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_each_shipped_example_is_taken_whole(client, office, kind):
    with (EXAMPLES / f"voorbeeld.{kind}").open("rb") as file:
        assert (
            take(
                office,
                import_staging.stage(office, file, kind, "formulier/1", reader(office, "Tom")),
            )
            == 3
        )


def test_a_file_laid_aside_takes_nothing_with_it_that_stands_in_a_fuller_one(client, office):
    tom = reader(office, "Tom")
    first = bring(office, [form(n) for n in range(1, 6)])
    whole = bring(office, [form(n) for n in range(1, 9)])
    imports.drop(office, first, "Verkeerde versie.", tom)
    assert take(office, whole) == 8


def test_a_second_report_under_one_kenmerk_is_never_pushed_out_by_a_third(client, office):
    take(office, bring(office, [form(1)]))
    second = bring(office, [form(1, zorgen="Een tweede bericht.")])
    third = bring(office, [form(1, zorgen="Een derde bericht.")])
    tom = reader(office, "Tom")
    assert [imports_view.view(office, k, tom)["repair"] for k in (second, third)] == [1, 1]
    (waits,) = imports_view.view(office, second, tom)["forms"]
    with pytest.raises(BadInput, match="Kenmerk"):
        imports.repair(office, waits["id"], waits["told"], tom)
    assert imports.repair(office, waits["id"], waits["told"] | {"id": "PF-1b"}, tom) is None
    assert take(office, second) == 1


def test_a_repaired_form_without_kenmerk_does_not_come_in_twice(client, office):
    tom, told = reader(office, "Tom"), form(1, id="", gemeente="Roterdam")
    key = bring(office, [told])
    take(office, key)
    (wrong,) = imports_view.view(office, key, tom)["forms"]
    imports.repair(office, wrong["id"], wrong["told"] | {"gemeente": "Rotterdam"}, tom)
    for again in (told, told | {"gemeente": "Rotterdam"}):
        assert imports_view.view(office, bring(office, [again]), tom)["again"] == 1
    assert len(numbers(client)) == 1


def test_a_half_repaired_form_keeps_what_was_typed_when_its_file_comes_again(client, office):
    tom, told = reader(office, "Tom"), form(1, gemeente="Nergens", zorgen="")
    key = bring(office, [told])
    (wrong,) = imports_view.view(office, key, tom)["forms"]
    with pytest.raises(BadInput):
        imports.repair(office, wrong["id"], wrong["told"] | {"gemeente": "Rotterdam"}, tom)
    bring(office, [told, form(2)])
    assert imports_view.one(office, wrong["id"], tom)["told"]["gemeente"] == "Rotterdam"


@pytest.mark.parametrize(
    "odd",
    [
        {"betrokkenen": [{"bsn": "999965323"}, {"naam": "B", "bsn": "999965323"}]},
        {"betrokkenen": [{"naam": "K", "rolperiodes": [{"van": "2020", "tot": "2015"}]}]},
        {
            "betrokkenen": [
                {"rollen": ["ouder"], "geboren": "1990"},
                {"naam": "k", "rollen": ["kind"], "geboren": "1980"},
            ]
        },
        {"id": "a\u0000b"},
        {"betrokkenen": [{"naam": "x", "rollen": True}]},
        {"betrokkenen": 5},
        {"acuut": 10**40},
        {"melder": "Politie"},
        {"id": {"a": 1}},
    ],
)
def test_one_odd_row_waits_to_be_repaired_and_holds_up_none(client, office, odd):
    try:
        key = bring(office, [form(1), form(2) | odd, form(3)])
    except BadInput as wrong:
        # a number no reader holds, or a column nobody knows, refuses the file in one sentence
        assert len(wrong.faults) == 1 and not isinstance(odd.get("betrokkenen"), list)
        return
    tom = reader(office, "Tom")
    told = imports_view.view(office, key, tom)
    assert (told["ready"], told["repair"]) == (2, 1), told
    with pytest.raises(BadInput):
        imports.repair(office, told["forms"][0]["id"], told["forms"][0]["told"] | odd, tom)
    assert imports_view.view(office, key, tom)["repair"] == 1
    assert take(office, key) == 2


def test_two_who_bring_the_same_forms_at_once_make_each_once(client, office):
    import threading

    told = [form(n) for n in range(1, 30)]
    other = [f | {"zorgen": f["zorgen"] + " Aanvulling."} for f in told]
    keys, wrong = [], []

    def run(rows):
        try:
            keys.append(bring(office, rows))
        except Exception as problem:
            wrong.append(problem)

    threads = [threading.Thread(target=run, args=(rows,)) for rows in (told, told, other)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []
    for key in keys:
        if imports_view.view(office, key, reader(office, "Tom"))["ready"]:
            take(office, key)
    with office.store.read() as connection:
        borne = [c["kenmerk"] for c in reads.rows(connection, reads.CASE.select())]
    assert sorted(borne) == sorted({f["id"] for f in told})


def test_who_accepts_a_file_does_not_thereby_read_every_teams_cases(client, office):
    from amhk.desk.staff import workers

    workers.add_team(office, "Noord")
    workers.add_worker(office, "Noor", "medewerker", "Noord", password="oefenen-oefenen")
    key = bring(office, [form(1)], "Noor")
    take(office, key, "Noor")
    Client(office, "Noor").get("/cases/M-2026-000001", 404)
    Client(office, "Anna").get("/cases/M-2026-000001")


def test_a_secret_melder_stands_in_no_list_of_forms(client, office):
    secret = form(
        1,
        melder={"naam": "Gerda Zonneveld", "geheim": True},
        betrokkenen=[
            {"naam": "Z. Çelik", "adres": "Kade 9, 3011 AA Rotterdam", "geheim_adres": True}
        ],
    )
    key = bring(office, [secret])
    told = json.dumps(imports_view.view(office, key, reader(office, "Tom"), "ready"))
    assert "Zonneveld" not in told
    assert "Kade 9" not in told


def test_who_takes_no_calls_brings_no_forms(client, office):
    with pytest.raises(NotAllowed):
        bring(office, [form(1)], "Bea")
    with pytest.raises(NotAllowed):
        triage.worklist(office, reader(office, "Rita"))


# ------------------------------------------------------------------ triage
@pytest.fixture
def morning(client, office):
    """Three forms on the list, one of them on a family that is known."""
    known = client.post("/cases", melding(EL_AMRANI, ontvangen="2026-02-02T07:00"))["number"]
    take(office, bring(office, [form(1), form(2), form(3, acuut=True)]))
    return known


def listed(office, name="Anna"):
    return triage.worklist(office, reader(office, name))


def test_the_list_shows_acute_first_and_who_is_known(office, morning):
    told = listed(office)
    assert told["count"] == 3
    assert told["items"][0]["acuut"] is True
    one = next(i for i in told["items"] if i["names"] == ["Samira El Amrani"])
    assert one["join"] == {"number": morning, "ref": None, "percent": 99}
    assert (one["address"], one["concern"]) == ("Havenstraat 12, 3024 AA Rotterdam", "Formulier 2.")


def test_three_answers_and_each_does_what_it_says(client, office, morning):
    anna = reader(office, "Anna")
    by = {tuple(i["names"]): i for i in listed(office)["items"]}
    family, acute = by[("Samira El Amrani",)], listed(office)["items"][0]
    other = next(
        i for i in listed(office)["items"] if i["form"] not in (family["form"], acute["form"])
    )
    triage.decide(
        office, family["form"], {"outcome": "hoort_bij", "bij": family["join"]["number"]}, anna
    )
    triage.decide(office, acute["form"], {"outcome": "nieuw"}, anna)
    triage.decide(office, other["form"], {"outcome": "geen_hgkm"}, anna)
    assert listed(office)["items"] == []
    assert client.case(family["number"])["ending"] == "gevoegd"
    assert client.case(other["number"])["ending"] == "geen HG/KM"
    assert term(client.case(acute["number"]), "openen_acuut")["status"] == "gehaald"
    assert client.get("/reports/kwartaal?period=2026")["total"]["meldingen"] == 3
    with pytest.raises(ClosedDoor):
        triage.decide(office, other["form"], {"outcome": "nieuw"}, anna)


def test_a_hermelding_of_a_form_is_one_no_more_when_its_triage_is_taken_back(client, office):
    child = [{"naam": "Aaf Bos", "geboren": "2016-01-01", "rollen": ["kind"]}]
    take(office, bring(office, [form(1, betrokkenen=child)]))
    anna, item = reader(office, "Anna"), listed(office)["items"][0]
    triage.decide(office, item["form"], {"outcome": "geen_hgkm"}, anna)
    back = client.post("/cases", melding(child, ontvangen="2026-02-02T08:00"))["number"]
    assert {"kind": "hermelding_van", "number": item["number"]} in client.case(back)["relations"]
    triage.undo(office, item["form"], anna)
    assert [r["kind"] for r in client.case(back)["relations"]] == ["zelfde_dossier"], (
        "that one runs again"
    )
    same(office, read_period("2026"))


@pytest.mark.parametrize("outcome", ["nieuw", "geen_hgkm", "hoort_bij"])
def test_the_last_answer_is_taken_back_and_the_form_stands_on_the_list_again(
    client, office, morning, outcome
):
    anna = reader(office, "Anna")
    item = listed(office)["items"][-1]
    before = client.case(item["number"])
    triage.decide(office, item["form"], {"outcome": outcome, "bij": morning}, anna)
    assert triage.worklist(office, anna)["last"]["number"] == item["number"]
    triage.undo(office, item["form"], anna)
    assert item["form"] in {i["form"] for i in listed(office)["items"]}
    after = client.case(item["number"])
    same = ("state", "closed", "ending", "finishes", "relations")
    assert {k: after[k] for k in same} == {k: before[k] for k in same}

    def running(case):
        return {(t["name"], t["due"]) for t in case["terms"] if t["status"] == "lopend"}

    assert running(after) == running(before), "also the term to open it"


def test_an_answer_is_not_taken_back_once_something_was_done_with_the_case(client, office, morning):
    anna = reader(office, "Anna")
    item = listed(office)["items"][-1]
    triage.decide(office, item["form"], {"outcome": "nieuw"}, anna)
    client.move(item["number"], "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    with pytest.raises(ClosedDoor, match="sindsdien"):
        triage.undo(office, item["form"], anna)


def test_a_form_that_belongs_nowhere_named_asks_where(client, office, morning):
    item = listed(office)["items"][0]
    with pytest.raises(BadInput) as wrong:
        triage.decide(office, item["form"], {"outcome": "hoort_bij"}, reader(office, "Anna"))
    assert wrong.value.faults[0].field == "bij"


def test_an_answer_taken_back_is_the_last_one_given_also_within_one_minute(client, office, morning):
    anna = reader(office, "Anna")
    first, second = listed(office)["items"][-1], listed(office)["items"][-2]
    triage.decide(office, first["form"], {"outcome": "nieuw"}, anna)
    triage.decide(office, second["form"], {"outcome": "geen_hgkm"}, anna)
    assert listed(office)["last"]["number"] == second["number"]


def test_forms_about_the_same_people_on_one_list_name_each_other(client, office):
    take(office, bring(office, [form(1), form(3), form(2)]))
    beside = {i["number"]: i["beside"] for i in listed(office)["items"]}
    assert sorted(map(len, beside.values())) == [0, 1, 1]


def test_the_same_forms_in_another_kind_of_file_add_nothing(client, office):
    for kind, again in (("csv", 0), ("xlsx", 3), ("json", 3)):
        with (EXAMPLES / f"voorbeeld.{kind}").open("rb") as file:
            key = import_staging.stage(office, file, kind, "formulier/1", reader(office, "Tom"))
        assert imports_view.view(office, key, reader(office, "Tom"))["again"] == again
        take(office, key)
    assert len(numbers(client)) == 3
