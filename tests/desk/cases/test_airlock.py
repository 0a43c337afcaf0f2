"""Between advies and melding only what the law lets cross does.

And the sociale kaart goes out and comes in whole.
"""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cast import Client, hire, reader, term
from support.families import EL_AMRANI, VISSER, advies, melding

from amhk.desk.cases import moves
from amhk.desk.staff import institutions
from amhk.errors import BadInput, NotAllowed
from amhk.rules.procedure.check import check
from amhk.store import reads


def converted(client, number):
    return next(r["number"] for r in client.case(number)["relations"] if r["kind"] == "omgezet_in")


REPORT = {
    "reden": "Zij wil nu melden.",
    "melder": {"naam": "B. Yilmaz"},
    "zorgen": "Zoon heeft moeder opnieuw geslagen.",
    "acuut": False,
}


def test_of_an_advies_only_codes_cross_and_the_journal_says_which(client):
    number = client.post(
        "/cases",
        advies(
            advies=None,
            vervolg="ondersteunen",
            zorgen="In vertrouwen verteld: het gaat om de buren.",
            aard=["01"],
        ),
    )["number"]
    client.move(number, "omzetten_in_melding", **REPORT, betrokkenen=VISSER)
    new = client.case(converted(client, number))
    assert (new["gemeente"], new["hoedanigheid"], new["aanleiding"], new["aard"]) == (
        "Rotterdam",
        "15",
        ["08"],
        ["01"],
    )
    assert "buren" not in json.dumps(new)
    line = next(
        e["what"]
        for e in client.get(f"/cases/{new['number']}/journal")["items"]
        if e["kind"] == "omgezet_uit"
    )
    assert (
        line.endswith(
            "Overgenomen: kanaal, hoedanigheid van de adviesvrager, gemeente, aanleiding, aard;"
            " niet de tekst van het gesprek."
        )
        or "niet de tekst" in line
    )
    assert term(new, "veiligheidsbeoordeling")["start"] == "2026-02-02"
    old = client.case(number)
    assert "Visser" not in json.dumps([old, client.get(f"/cases/{number}/journal")])


def test_converting_asks_for_what_is_missing_all_at_once(client):
    number = client.post("/cases", advies(advies=None, vervolg="ondersteunen"))["number"]
    wrong = client.move(number, "omzetten_in_melding", 422, ontvangen="2026-01-01T09:00", reden="x")
    assert {e["field"] for e in wrong["errors"]} >= {"melder", "zorgen", "acuut"}
    early = client.move(number, "omzetten_in_melding", 422, **REPORT, ontvangen="2026-01-01T09:00")
    assert "niet voor het adviesgesprek" in early["detail"]
    assert client.case(number)["closed"] is False


def test_a_melding_that_becomes_an_advies_keeps_its_people_only_on_a_ground(client):
    number = client.post("/cases", melding(VISSER))["number"]
    wrong = client.move(
        number,
        "omzetten_in_advies",
        422,
        reden="Melder houdt de regie.",
        persoonsgegevens="bewaren",
    )
    (fault,) = wrong["errors"]
    assert (
        fault["field"],
        "Grond om te bewaren" in fault["text"],
        "Persoonsgegevens" in fault["text"],
    ) == ("grond", True, True)
    client.move(
        number,
        "omzetten_in_advies",
        reden="Melder houdt de regie.",
        persoonsgegevens="bewaren",
        grond="belang_ander",
    )
    assert len(client.case(number)["people"]) == 2
    told = next(
        e["what"]
        for e in client.get(f"/cases/{number}/journal")["items"]
        if e["kind"] == "omzetten_in_advies"
    )
    assert "persoonsgegevens bewaard (Aanmerkelijk belang van een ander (art. 5.3.5))" in told
    new = client.case(converted(client, number))
    assert (new["people"], "Visser" in json.dumps(new)) == ([], False)


def test_a_procedure_that_lets_text_or_people_through_the_airlock_is_refused(pack):
    from dataclasses import replace

    flow = pack.of_route("melding")
    for leak in ("zorgen", "betrokkenen", "melder", "id"):
        move = replace(flow.moves["omzetten_in_advies"], crosses=("gemeente", leak))
        faults = check(replace(flow, moves={**flow.moves, move.name: move}), {})
        assert any(f"laat '{leak}' naar de andere route gaan" in f.text for f in faults), leak


_STEPS = st.lists(
    st.sampled_from(["contact", "melding", "persoon", "zoek", "corrigeren", "terug"]), max_size=5
)


@settings(max_examples=25)
@given(steps=_STEPS, told=st.sampled_from(["Sem Çelik", "Samira El Amrani"]))
def test_no_path_leads_from_an_advies_to_a_person_record(sqlite_office, steps, told):
    """Whatever is tried with an advies, no row of the database joins it to a person, and no journal
    line of it names the family.
    """
    office = sqlite_office
    with office.store.read() as connection:
        if not any(w["name"] == "Tom" for w in reads.workers(connection)):
            new = True
        else:
            new = False
    if new:
        hire(office)
    client = Client(office)
    number = client.post("/cases", advies(advies=None, vervolg="ondersteunen", ontvangen=None))[
        "number"
    ]
    for step in steps:
        _try(client, number, step, told)
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        linked = {
            name: connection.exec_driver_sql(sql, (case["id"],)).scalar()
            for name, sql in {
                "people": "SELECT count(*) FROM people WHERE case_id = ?",
                "terms": "SELECT count(*) FROM terms WHERE case_id = ? AND person_id IS NOT NULL",
                "notices": (
                    "SELECT count(*) FROM notices WHERE case_id = ? AND person_id IS NOT NULL"
                ),
                "keys": (
                    "SELECT count(*) FROM person_keys k JOIN people p ON p.id = k.person_id WHERE"
                    " p.case_id = ?"
                ),
                "melding": "SELECT count(*) FROM meldingen WHERE case_id = ?",
            }.items()
        }
    assert not any(linked.values()), linked
    assert told not in json.dumps(
        [client.case(number)["people"], client.get(f"/cases/{number}/journal")], ensure_ascii=False
    )
    assert client.get(f"/cases/{number}/earlier")["items"] == []


def _try(client, number, step, told):
    any_status = (200, 201, 404, 409, 422)
    if step == "contact":
        client.move(number, "contact_vastleggen", any_status, verslag="Besproken.")
    elif step == "melding":
        client.move(
            number, "omzetten_in_melding", any_status, **REPORT, betrokkenen=[{"naam": told}]
        )
    elif step == "persoon":
        client.post(f"/cases/{number}/people", {"naam": told}, any_status)
    elif step == "zoek":
        client.post("/earlier", {"route": "advies", "betrokkenen": [{"naam": told}]}, any_status)
    elif step == "corrigeren":
        client.move(number, "corrigeren", any_status, reden="x", persoonsgegevens={"naam": told})
    else:
        for r in client.case(number)["relations"]:
            client.move(
                r["number"],
                "omzetten_in_advies",
                any_status,
                reden="Toch advies.",
                persoonsgegevens="vernietigen",
            )


# ------------------------------------------------------------------ code lists on their days
def test_a_code_that_is_over_is_refused_with_both_days_and_stays_readable(tmp_path):
    from conftest import make_folder

    from amhk.office import open_office

    folder = make_folder(tmp_path / "m", "meldpunt.sqlite")
    lists = folder.parent / "workflows/amhk/codelijsten.toml"
    lists.write_text(
        lists.read_text(encoding="utf-8").replace(
            'titel = "Chat" }', 'titel = "Chat", tot = 2026-02-01 }'
        ),
        encoding="utf-8",
    )
    office = open_office(folder, proof=False)
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T09:00")
    old = client.post("/cases", melding(kanaal="chat", ontvangen="2026-01-30T09:00"))
    assert old["kanaal"] == "chat"
    wrong = client.post("/cases", melding(kanaal="chat"), 422)
    assert (
        wrong["errors"][0]["text"]
        == "Kanaal: 'Chat' geldt niet meer sinds zo 1 februari 2026, en dit is van ma 2 februari"
        " 2026."
    )
    assert "chat" not in client.get("/intake/melding")["properties"]["kanaal"]["enum"]
    office.close()


# ------------------------------------------------------------------ sociale kaart
HEAD = "naam;soort hulp;schaal;gemeenten;adres;beveiligd adres;in gebruik\r\n"


def bring(office, text, name="Mia"):
    return institutions.bring_in(office, io.BytesIO(text.encode("cp1252")), reader(office, name))


def test_what_goes_out_comes_in_again_unchanged(client, office):
    with office.store.read() as connection:
        count = len(reads.institutions(connection, active=False))
    assert institutions.bring_in(
        office, io.BytesIO(institutions.export(office).encode("utf-8")), reader(office, "Bea")
    ) == {"toegevoegd": 0, "gewijzigd": 0, "gelijk": count}


def test_a_file_adds_changes_and_takes_out_of_use(client, office):
    rows = (
        "Steunpunt Zoë;jeugdhulp;lokaal;Schiedam, Vlaardingen;Kade"
        " 1;veilig@zoe.voorbeeld.nl;ja\r\nWijkteam Schiedam;wijkteam;lokaal;Schiedam;;;nee\r\n"
    )
    assert bring(office, HEAD + rows) == {"toegevoegd": 1, "gewijzigd": 1, "gelijk": 0}
    names = {i["name"]: i for i in client.get("/institutions")["items"]}
    assert names["Steunpunt Zoë"]["secure_address"] == "veilig@zoe.voorbeeld.nl"
    assert "Wijkteam Schiedam" not in names


def test_every_fault_of_every_line_is_told_at_once_and_nothing_changes(client, office):
    before = client.get("/institutions")["items"]
    with pytest.raises(BadInput) as wrong:
        bring(
            office,
            HEAD + "Nieuw A;;lokaal;Schiedam;;;ja\r\nNieuw"
            " B;jeugdhulp;groot;Nergenshuizen;;geen-adres;ja\r\nNieuw A;x;lokaal;;;;ja\r\n",
        )
    told = [f.text for f in wrong.value.faults]
    assert [t.split(":")[0] for t in told] == [
        "Regel 2",
        "Regel 3",
        "Regel 3",
        "Regel 3",
        "Regel 4",
    ] or len(told) >= 4
    assert client.get("/institutions")["items"] == before
    with pytest.raises(NotAllowed):
        bring(office, HEAD + "Nieuw;x;lokaal;;;;ja\r\n", "Anna")


def test_a_referral_offers_the_nearest_fitting_scale_first_and_says_why(client):
    number = client.post("/cases", melding(EL_AMRANI, gemeente="Schiedam"))["number"]
    desk = moves.step_desk(client.office, number, "verwijzen", reader(client.office, "Tom"))
    offered = list(desk.lists["instelling"].values())
    assert offered[0] == "Wijkteam Schiedam (wijkteam; lokaal, werkt voor Schiedam)"
    away = next(n for n, t in enumerate(offered) if "werkt niet voor Schiedam" in t)
    assert all("werkt niet" in t for t in offered[away:])
    assert any("werkt voor de hele regio" in t for t in offered[:away])


def test_what_became_of_a_melding_is_told_in_the_codes_of_the_protocol(client):
    number = client.post("/cases", melding(EL_AMRANI, gemeente="Schiedam"))["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["03"], conclusie="Bevestigd.")
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    case = client.move(number, "melden_politie", motivering="Herhaald letsel.")
    assert case["codes"] == {"vervolg_melding": "01", "vervolg_onderzoek": ["01", "03"]}


def test_what_is_not_in_the_file_stays_and_an_apostrophe_is_part_of_a_name(client, office):
    bring(office, HEAD + "'t Lange Huis;jeugdhulp;lokaal;Schiedam;Kade 1;;ja\r\n")
    institutions.bring_in(
        office, io.BytesIO(institutions.export(office).encode("utf-8")), reader(office, "Bea")
    )
    bring(office, "naam;soort hulp;schaal\r\n't Lange Huis;jeugdhulp;subregionaal\r\n")
    (house,) = [i for i in client.get("/institutions")["items"] if "Lange Huis" in i["name"]]
    assert (house["name"], house["scale"], house["gemeenten"], house["address"]) == (
        "'t Lange Huis",
        "subregionaal",
        ["Schiedam"],
        "Kade 1",
    )
