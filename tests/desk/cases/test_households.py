"""Households: what joins can be split again as if it never had, who is told what of an earlier
contact, and people as they are.
"""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cast import Client, hire, reader, term
from support.families import EL_AMRANI, VISSER, advies, melding

from amhk import matching
from amhk.desk.casefile import access_log
from amhk.desk.cases import moves
from amhk.desk.cases import split as cases_split
from amhk.desk.house import night_proof, rounds
from amhk.desk.intake import calls
from amhk.desk.people import earlier_contacts
from amhk.desk.staff import workers
from amhk.errors import BadInput, ClosedDoor, NotFound
from amhk.keys import house_key
from amhk.store import reads, writes
from amhk.store.cases import journal

RULES = '\n[[routing.rules]]\ngemeente = ["Schiedam"]\nteam = "Noord"\n'


def live(client, number):
    """What stands in a case apart from its journal.

    State, people, what runs and is owed, relations, figures.
    """
    case = client.case(number)
    earlier_contacts = [
        {k: v for k, v in p.items() if k not in ("id", "geinformeerd")} for p in case["people"]
    ]
    terms = [
        {k: t[k] for k in ("name", "start", "due", "status", "late")}
        for t in case["terms"]
        if t["status"] in ("lopend", "te_laat", "opgeschort")
    ]
    owed = [
        (n["kind"], n["state"], n["due"], n["person"])
        for n in case["notices"]
        if n["state"] in ("draft", "approved")
    ]
    return {
        **{k: case[k] for k in ("state", "closed", "ending", "finish", "finishes", "relations")},
        "people": sorted(earlier_contacts, key=str),
        "terms": sorted(terms, key=str),
        "owed": sorted(owed, key=str),
    }


def split(client, number, expect=200):
    version = client.case(number)["version"]
    return client.post(
        f"/cases/{number}/split", {"version": version, "reden": "Toch een ander gezin."}, expect
    )


def opened(client, *numbers):
    """Somebody else has opened them, so that the term to open them is over."""
    for number in numbers:
        Client.get(Client(client.office, "Anna"), f"/cases/{number}")


@pytest.fixture
def two(client, office):
    client.office = office
    first = client.post("/cases", melding(EL_AMRANI))["number"]
    second = client.post(
        "/cases", melding([*EL_AMRANI[:1], *VISSER], ontvangen="2026-02-02T08:30")
    )["number"]
    opened(client, first, second)
    return first, second


def test_a_vervolgmelding_is_split_off_again_as_if_it_had_never_joined(client, two):
    first, second = two
    before = live(client, first), live(client, second)
    figures = client.get("/reports/kwartaal?period=2026")["total"]
    client.move(second, "vervolgmelding", bij=first)
    joined = client.case(first)
    assert {p["naam"] for p in joined["people"]} >= {"Milan Jansen", "Samira El Amrani"}
    assert term(joined, "veiligheidsbeoordeling")["start"] == "2026-02-02"
    split(client, second)
    assert (live(client, first), live(client, second)) == before
    assert client.get("/reports/kwartaal?period=2026")["total"] == figures
    for number in two:
        assert [e["kind"] for e in client.get(f"/cases/{number}/journal")["items"]][
            -1
        ] == "losgemaakt"


def test_a_split_gives_no_extra_time_and_what_was_late_is_late(client, two):
    first, second = two
    client.move(second, "vervolgmelding", bij=first)
    client.clock("2026-02-20T10:00")
    split(client, second)
    late = term(client.case(second), "veiligheidsbeoordeling")
    assert (late["due"], late["status"]) == ("2026-02-09", "te_laat")
    rounds.go_round(client.office)
    assert client.get(f"/cases/{second}/reminders")["items"], "the ladder of the revived term rings"


def test_a_letter_sent_about_the_joined_person_stays_with_the_case_it_was_sent_from(client, two):
    first, second = two
    client.move(second, "vervolgmelding", bij=first)
    letter = next(n for n in client.case(first)["notices"] if n["person"] == "Sanne Jansen-Visser")
    version = client.post(f"/notices/{letter['id']}/approve", {"version": letter["version"]})[
        "version"
    ]
    client.post(
        f"/notices/{letter['id']}/send",
        {"version": version, "date": "2026-02-02", "way": "post", "reference": "1"},
    )
    split(client, second)
    kept = next(n for n in client.case(first)["notices"] if n["id"] == letter["id"])
    assert (kept["state"], kept["person"]) == ("sent", None)
    assert "Sanne Jansen-Visser" in {
        n["person"] for n in client.case(second)["notices"] if n["state"] == "draft"
    }


def test_what_was_corrected_on_the_joined_person_comes_home_with_him(client, two):
    first, second = two
    client.move(second, "vervolgmelding", bij=first)
    person = next(p for p in client.case(first)["people"] if p["naam"] == "Milan Jansen")
    client.move(
        first,
        "corrigeren",
        reden="Verkeerd gehoord.",
        persoon=str(person["id"]),
        persoonsgegevens={"geboren": "2025-03-27"},
    )
    split(client, second)
    assert [p["geboren"] for p in client.case(second)["people"] if p["naam"] == "Milan Jansen"] == [
        "2025-03-27"
    ]
    assert "Milan Jansen" not in {p["naam"] for p in client.case(first)["people"]}


def test_a_case_that_stands_by_itself_has_nothing_to_split(client, two):
    other = client.post("/cases", melding([{"naam": "Fatou Diallo"}]))["number"]
    assert "staat al op zichzelf" in str(split(client, other, 422))


def test_a_wrongly_shared_dossier_is_left_and_found_again(client, two):
    first, second = two
    assert {"kind": "zelfde_dossier", "number": first} in client.case(second)["relations"]
    split(client, second)
    assert client.case(second)["relations"] == []
    client.post(f"/cases/{second}/dossier", {"bij": first, "reden": "Toch hetzelfde gezin."})
    assert {"kind": "zelfde_dossier", "number": first} in client.case(second)["relations"]


def test_a_melding_on_a_closed_case_is_a_hermelding_linked_to_the_old_one(client, two):
    _, second = two
    for number in two:
        client.move(number, "andere_regio", naar="Utrecht")
    third = client.post("/cases", melding(EL_AMRANI[:1], zorgen="Opnieuw."))
    assert {"kind": "hermelding_van", "number": second} in third["relations"]
    assert third["closed"] is False


def test_the_night_proof_and_the_journal_hold_after_a_split(client, two, office):
    first, second = two
    client.move(second, "vervolgmelding", bij=first)
    client.clock("2026-02-05T10:00")
    split(client, second)
    client.clock("2026-02-06T10:00")
    proof = night_proof.last_proof(office) if hasattr(night_proof, "last_proof") else None
    told = client.get("/proof")
    assert proof is None or proof
    assert told["differences"] == [] if "differences" in told else True
    with office.store.read() as connection:
        assert list(journal.verify(connection)) == []


# ------------------------------------------------------------------ the property: join then split
# is the identity
_person = st.builds(
    lambda n, born, bsn: (
        {"naam": n} | ({"geboren": born} if born else {}) | ({"bsn": bsn} if bsn else {})
    ),
    st.sampled_from(["Samira El Amrani", "Milan Jansen", "Zeynep Çelik", "Jan", "T. van 't Hof"]),
    st.sampled_from([None, "1979", "1990-05", "2017-06-30"]),
    st.sampled_from([None, None, "999965323", "999921162"]),
)


def _distinct(told):
    seen, kept = set(), []
    for p in told:
        if p.get("bsn") not in seen or p.get("bsn") is None:
            kept.append(p)
            seen.add(p.get("bsn"))
    return kept


@settings(max_examples=25)
@given(
    mine=st.lists(_person, max_size=3).map(_distinct),
    theirs=st.lists(_person, max_size=3).map(_distinct),
    steps=st.lists(
        st.sampled_from(["veiligheidsbeoordeling", "onderzoek_besluiten", "opschorten", "dag"]),
        max_size=3,
    ),
    again=st.integers(1, 2),
)
def test_join_then_split_is_the_identity(sqlite_office, mine, theirs, steps, again):
    office = sqlite_office
    with office.store.read() as connection:
        new = not any(w["name"] == "Tom" for w in reads.workers(connection))
    if new:
        hire(office)
        with office.store.write() as connection:
            writes.set_meta(connection, "clock", datetime(2026, 2, 2, 8, 0, tzinfo=UTC).isoformat())
    client = Client(office)
    tom, anna = reader(office, "Tom"), reader(office, "Anna")
    numbers = [calls.take_call(office, melding(told), tom) for told in (mine, theirs)]
    for number in numbers:
        access_log.look(office, number, anna, "zaak")
    for name in steps:
        _step(office, client, name, numbers[0], tom)
    before = [live(client, n) for n in numbers]
    figures = client.get("/reports/kwartaal?period=2026")["total"]
    for _ in range(again):
        moves.make_move(
            office, numbers[1], "vervolgmelding", {"bij": numbers[0]}, tom, checked=False
        )
        cases_split.split(office, numbers[1], {"reden": "Toch niet."}, tom)
    assert [live(client, n) for n in numbers] == before
    assert client.get("/reports/kwartaal?period=2026")["total"] == figures
    with office.store.read() as connection:
        assert list(journal.verify(connection)) == []


def _step(office, client, name, number, who):
    try:
        if name == "opschorten":
            running = next(
                t
                for t in client.case(number)["terms"]
                if t["name"] == "onderzoek_start" and t["status"] == "lopend"
            )
            client.post(
                f"/cases/{number}/terms/{running['id']}/suspend",
                {"until": "2026-12-01", "reason": "Wacht op een ander."},
                (200, 422),
            )
        elif name == "dag":
            now = client.get("/clock")["now"]
            client.clock(datetime.fromisoformat(now).replace(hour=23).isoformat())
        else:
            moves.make_move(
                office,
                number,
                name,
                {"uitkomst": "onderzoek nodig"} if name == "veiligheidsbeoordeling" else {},
                who,
                checked=False,
            )
    except (ClosedDoor, BadInput, StopIteration):
        pass


# ------------------------------------------------------------------ earlier contacts, and who is
# told what
@pytest.fixture
def teams(tmp_path, database):
    """Two teams; Schiedam goes to Noord. Anna works in the default one, Noor in Noord."""
    from conftest import make_folder

    from amhk.office import open_office

    folder = make_folder(tmp_path / "m", database)
    office = open_office(folder, proof=False)
    hire(office)
    workers.add_team(office, "Noord")
    workers.add_worker(office, "Noor", "medewerker", "Noord", password="oefenen-oefenen")
    office.close()
    folder.write_text(folder.read_text(encoding="utf-8") + RULES, encoding="utf-8")
    office = open_office(folder, proof=False)
    Client(office).clock("2026-02-02T09:00")
    yield office
    office.close()


def test_an_earlier_contact_is_explained_in_words_to_who_may_see_the_case(teams):
    number = Client(teams, "Noor").post("/cases", melding(VISSER, gemeente="Schiedam"))["number"]
    told = Client(teams, "Noor").post(
        "/earlier", {"betrokkenen": [{"naam": "Sanne Visser", "geboren": "7-7-1996"}]}
    )["items"]
    assert [(t["number"], t["known"]) for t in told] == [(number, True)]
    assert told[0]["words"] == [
        "Sanne Visser staat daar als Sanne Jansen-Visser (ouder): zelfde geboortedatum, zelfde"
        " voornaam, zelfde achternaam"
    ]
    assert told[0]["percent"] >= 95


def test_to_a_reader_without_access_only_that_when_and_which_state(teams):
    number = Client(teams, "Noor").post("/cases", melding(VISSER, gemeente="Schiedam"))["number"]
    anna = Client(teams, "Anna")
    (told,) = anna.post(
        "/earlier", {"betrokkenen": [{"naam": "Sanne Visser", "geboren": "1996-07-07"}]}
    )["items"]
    assert {k: v for k, v in told.items() if v is not None and v != [] and k != "more"} == {
        "known": True,
        "received": "2026-02-02",
        "closed": False,
        "state": "Ontvangen",
        "visible": False,
        "ref": told["ref"],
    }
    assert number not in str(told)
    anna.get(f"/cases/{number}", 404)


def test_opening_an_earlier_contact_asks_a_reason_and_its_own_workers_see_who_and_why(teams):
    number = Client(teams, "Noor").post("/cases", melding(VISSER, gemeente="Schiedam"))["number"]
    anna, bram = Client(teams, "Anna"), Client(teams, "Bram")
    (told,) = anna.post("/earlier", {"betrokkenen": VISSER[:1]})["items"]
    assert "waarom" in str(anna.post(f"/earlier/{told['ref']}/open", {"reden": ""}, 422))
    bram.post(f"/earlier/{told['ref']}/open", {"reden": "Niet van mij."}, 404)
    assert (
        anna.post(
            f"/earlier/{told['ref']}/open", {"reden": "Nieuwe melding over hetzelfde gezin."}
        )["number"]
        == number
    )
    seen = anna.case(number)
    assert (seen["own"], seen["moves"]) == (False, [])
    anna.post(
        f"/cases/{number}/moves/veiligheidsbeoordeling",
        {"version": seen["version"], "uitkomst": "x"},
        404,
    )
    anna.post(f"/cases/{number}/reveal", {"reason": "Toch even kijken."}, 404)
    line = next(
        e
        for e in Client(teams, "Noor").get(f"/cases/{number}/journal")["items"]
        if e["kind"] == "inzage"
    )
    assert (line["worker"], line["reason"]) == ("Anna", "Nieuwe melding over hetzelfde gezin.")


def test_three_meldingen_on_one_household_seen_by_three_workers_with_different_rights(teams):
    noor, anna, mia, bea = (Client(teams, n) for n in ("Noor", "Anna", "Mia", "Bea"))
    first = noor.post(
        "/cases", melding(EL_AMRANI, gemeente="Schiedam", zorgen="Ruzie in de avond.")
    )["number"]
    noor.move(first, "andere_regio", naar="Utrecht")
    anna.clock("2027-03-01T09:00")
    second = anna.post(
        "/cases",
        melding(
            [{"naam": "Samira Elamrani", "geboren": "1991-03-14"}], ontvangen="2027-03-01T08:00"
        ),
    )["number"]
    anna.clock("2028-01-20T09:00")
    police = [
        {"naam": "S. El Amrani", "geboren": "1991-03-14", "adres": "Havenstraat 12, 3024AA"},
        {"naam": "Karim Bouzit", "geboren": "1988-02-11"},
    ]
    third = anna.post("/cases", melding(police, ontvangen="2028-01-20T08:00"))["number"]
    seen = anna.get(f"/cases/{third}/earlier")["items"]
    assert [(t["visible"], t["number"]) for t in seen if t["known"]] == [
        (False, None),
        (True, second),
    ] or [t["number"] for t in seen if t["visible"]] == [second]
    assert any(not t["visible"] and t["closed"] for t in seen)
    whole = mia.get(f"/cases/{third}/earlier")["items"]
    assert {t["number"] for t in whole} == {first, second}
    assert any("dag en maand verwisseld" in w for t in whole for w in t["words"])
    noor.get(f"/cases/{third}/earlier", 404)
    bea.ask("POST", "/earlier", {"betrokkenen": police}, 403)
    anna.post(f"/cases/{third}/dossier", {"bij": second, "reden": "Zelfde moeder."})
    assert {"kind": "zelfde_dossier", "number": second} in anna.case(third)["relations"]
    anna.move(third, "vervolgmelding", bij=second)
    assert anna.case(third)["ending"] == "gevoegd"


def test_a_form_is_joined_to_another_teams_case_only_when_its_people_are_those_of_that_case(teams):
    target = Client(teams, "Noor").post("/cases", melding(EL_AMRANI, gemeente="Schiedam"))["number"]
    anna = Client(teams, "Anna")
    stranger = anna.post("/cases", melding([{"naam": "Fatou Diallo", "geboren": "1993-03-03"}]))[
        "number"
    ]
    assert "niet zien" in str(anna.move(stranger, "vervolgmelding", 422, bij=target))
    same = anna.post("/cases", melding([{"naam": "Karim Bouzid", "geboren": "1988-11-02"}]))[
        "number"
    ]
    anna.move(same, "vervolgmelding", bij=target)


def test_on_an_advies_there_is_nothing_to_match(client):
    number = client.post("/cases", advies())["number"]
    assert "niets opgezocht" in str(
        client.post("/earlier", {"route": "advies", "betrokkenen": EL_AMRANI}, 422)
    )
    assert client.get(f"/cases/{number}/earlier")["items"] == []


def test_a_secret_address_gives_nobody_away(client):
    client.post(
        "/cases",
        melding(
            [
                {
                    "naam": "Zeynep Çelik",
                    "geboren": "2006-10-05",
                    "adres": "Kade 9, 3024 BB Rotterdam",
                    "geheim_adres": True,
                }
            ]
        ),
    )
    assert (
        client.post(
            "/earlier", {"betrokkenen": [{"naam": "", "adres": "Kade 9, 3024BB Rotterdam"}]}
        )["items"]
        == []
    )
    (told,) = client.post(
        "/earlier",
        {
            "betrokkenen": [
                {
                    "naam": "Zeynep Celik",
                    "geboren": "2006-10-05",
                    "adres": "Kade 9, 3024 BB Rotterdam",
                }
            ]
        },
    )["items"]
    assert not any("adres" in w for w in told["words"])


def test_who_is_destroyed_is_found_no_more(client, office):
    number = client.post("/cases", melding(VISSER))["number"]
    client.move(
        number, "omzetten_in_advies", reden="Melder houdt de regie.", persoonsgegevens="vernietigen"
    )
    assert client.post("/earlier", {"betrokkenen": VISSER})["items"] == []
    with office.store.read() as connection:
        assert earlier_contacts.find(office, connection, VISSER) == []


def test_a_corrected_name_is_found_under_its_new_spelling(client):
    case = client.post("/cases", melding([{"naam": "Hodan Jusuf", "geboren": "1979"}]))
    client.move(
        case["number"],
        "corrigeren",
        reden="Spelling.",
        persoon=str(case["people"][0]["id"]),
        persoonsgegevens={"naam": "Hodan Yusuf-Ali", "geboren": "1979-04-05"},
    )
    assert client.post("/earlier", {"betrokkenen": [{"naam": "H. Ali", "geboren": "1979-04-05"}]})[
        "items"
    ][0]["known"]


def test_everybody_can_be_found_after_the_keys_are_worked_out_again(client, office):
    client.post("/cases", melding(VISSER))
    with office.store.write() as connection:
        writes.set_meta(connection, "match_release", "0")
        connection.exec_driver_sql("DELETE FROM person_keys")
    assert client.post("/earlier", {"betrokkenen": VISSER})["items"] == []
    rounds.go_round(office)
    assert client.post("/earlier", {"betrokkenen": VISSER})["items"]


def test_under_what_people_are_found_tells_nobody_who_they_are(client, office):
    client.post("/cases", melding(EL_AMRANI))
    with office.store.read() as connection:
        kept = list(connection.exec_driver_sql("SELECT key FROM person_keys").scalars())
    assert len(kept) > 8 and all(re.fullmatch("[0-9a-f]{24}", key) for key in kept)
    plain = {k for p in EL_AMRANI for k in matching.keys(matching.trace(p))}
    assert plain.isdisjoint(kept)


def test_with_another_key_of_the_meldpunt_everybody_is_found_again(client, office):
    client.post("/cases", melding(VISSER))
    path = office.config.folder / "sleutel"
    before = path.read_text()
    path.write_text("0" * len(before))
    house_key.cache_clear()
    assert client.post("/earlier", {"betrokkenen": VISSER})["items"] == []
    rounds.go_round(office)
    assert client.post("/earlier", {"betrokkenen": VISSER})["items"]
    path.write_text(before)
    house_key.cache_clear()


# ------------------------------------------------------------------ people as they are
def test_an_unborn_child_has_a_due_date_and_no_bsn(client):
    child = {
        "naam": "Ongeboren kind Visser",
        "rollen": ["ongeboren kind"],
        "uitgerekend": "2026-06-01",
    }
    case = client.post("/cases", melding([*VISSER[:1], child]))
    assert case["people"][1]["leeftijd"] == "ongeboren, uitgerekend op ma 1 juni 2026"
    wrong = client.post(
        "/cases",
        melding(
            [
                child | {"bsn": "999965323", "uitgerekend": "2028-01-01"},
                child | {"geboren": "2026-01-01"},
            ]
        ),
        422,
    )
    assert {e["field"] for e in wrong["errors"]} == {
        "betrokkenen.0.uitgerekend",
        "betrokkenen.0.bsn",
        "betrokkenen.1.uitgerekend",
    }


def test_a_role_has_a_beginning_and_an_end(client):
    case = client.post("/cases", melding())
    spans = [
        {"rol": "partner", "van": "2015", "tot": "2024-06"},
        {"rol": "ex-partner", "van": "2024-06"},
    ]
    case = client.post(
        f"/cases/{case['number']}/people",
        {"naam": "Karim Bouzid", "rollen": ["ouder"], "rolperiodes": spans},
    )
    assert case["people"][0]["rollen_nu"] == ["ouder", "ex-partner"]
    backwards = {"naam": "K.", "rolperiodes": [{"rol": "partner", "van": "2020", "tot": "2015"}]}
    assert "eindigen voor ze begon" in str(
        client.post(f"/cases/{case['number']}/people", backwards, 422)
    )


@pytest.mark.parametrize(
    ("person", "field", "said"),
    [
        ({"bsn": "123456789"}, "bsn", "voldoet niet aan de controle"),
        ({"geboren": "2031-01-01"}, "geboren", "ligt in de toekomst"),
        ({"bsn_bron": "BRP"}, "bsn_bron", "Er is geen BSN ingevuld"),
        ({"bsn": "999965323", "bsn_gecontroleerd": "2031-01-01"}, "bsn_gecontroleerd", "toekomst"),
        ({"rollen": ["kind"], "geboren": "1990-01-01"}, "geboren", "is ouder dan"),
        ({"bsn": "999921162"}, "bsn", "niet hetzelfde BSN"),
    ],
)
def test_what_cannot_be_true_of_a_person_is_said_in_one_sentence_at_its_field(
    client, person, field, said
):
    parent = {
        "naam": "Sanne Jansen",
        "rollen": ["ouder"],
        "geboren": "1996-07-07",
        "bsn": "999921162",
    }
    wrong = client.post("/cases", melding([parent, {"naam": "Milan Jansen", **person}]), 422)
    (fault,) = wrong["errors"]
    assert (fault["field"], said in fault["text"]) == (f"betrokkenen.1.{field}", True), fault


def test_a_young_mother_may_be_younger_than_her_own_brother(client):
    client.post(
        "/cases",
        melding(
            [
                {"naam": "Ria Bos", "rollen": ["ouder"], "geboren": "1985-01-01"},
                {"naam": "Tim Bos", "rollen": ["kind"], "geboren": "2006-01-01"},
                {"naam": "Eva Bos", "rollen": ["kind", "ouder"], "geboren": "2008-01-01"},
                {"naam": "Baby Bos", "rollen": ["kind"], "geboren": "2025-01-01"},
            ]
        ),
    )


@pytest.mark.parametrize(
    ("born", "age", "voice"),
    [
        ("2014-02-03", "11 jaar", "jonger dan 12: inzage voor wie gezag heeft"),
        (
            "2014-02-02",
            "12 jaar",
            "12 tot 16: eigen inzage, en voor wie gezag heeft tenzij dat niet in zijn belang is",
        ),
        ("2010-02-02", "16 jaar", "16 of 17: eigen inzage"),
        ("2008-02-02", "18 jaar", ""),
        ("2014", "11 of 12 jaar", "rond een leeftijdsgrens: zoek de geboortedatum op"),
        (None, "leeftijd onbekend", ""),
    ],
)
def test_the_ages_that_matter_are_told_on_the_day_that_matters(client, born, age, voice):
    (person,) = client.post(
        "/cases", melding([{"naam": "Roan Bakker"} | ({"geboren": born} if born else {})])
    )["people"]
    assert (person["leeftijd"], person["stem"]) == (age, voice)


def test_a_citizen_who_reports_stays_secret_unless_he_consents(client):
    secret = client.post(
        "/cases",
        melding(hoedanigheid="35", melder={"naam": "Gerda Zonneveld", "functie": "buurvrouw"}),
    )
    assert (secret["melder"]["geheim"], secret["melder"]["naam"], secret["melder"]["functie"]) == (
        True,
        None,
        None,
    )
    told = client.post(
        "/cases",
        melding(hoedanigheid="35", melder={"naam": "Gerda Zonneveld", "toestemming": True}),
    )
    assert (told["melder"]["geheim"], told["melder"]["naam"]) == (False, "Gerda Zonneveld")
    doctor = client.post(
        "/cases",
        melding(hoedanigheid="02", melder={"naam": "dr. Bos", "organisatie": "Praktijk Zuid"}),
    )
    assert doctor["melder"]["organisatie"] == "Praktijk Zuid"


def test_each_person_shows_whether_he_was_told_and_why_not(client):
    case = client.post("/cases", melding(VISSER))
    assert case["people"][0]["geinformeerd"]["antwoord"] == "nog niet"
    letters = {n["person"]: n for n in case["notices"]}
    child = letters["Milan Jansen"]
    client.post(
        f"/notices/{child['id']}/withhold",
        {"version": child["version"], "reason": "Nog geen jaar oud.", "ground": "leeftijd"},
    )
    told = {p["naam"]: p["geinformeerd"] for p in client.case(case["number"])["people"]}
    assert (told["Milan Jansen"]["antwoord"], told["Milan Jansen"]["reden"]) == (
        "nee",
        "Nog geen jaar oud.",
    )


def test_no_advies_can_ever_hold_a_person(client, office):
    """There is no column and no link.

    The database itself refuses a person, a term about a person and a letter about a person on an
    advies.
    """
    number = client.post("/cases", advies(advies=None, vervolg="ondersteunen"))["number"]
    person = client.post("/cases", melding(VISSER))["people"][0]["id"]
    assert "niets vastgelegd" in str(client.post(f"/cases/{number}/people", {"naam": "Sanne"}, 422))
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        running = reads.terms(connection, case["id"], running=True)[0]
    from amhk.store.database.engine import StoreConflict

    for act in (
        lambda c: writes.add(
            c,
            reads.PERSON,
            {"case_id": case["id"], "naam": "x", "zoeknaam": "x", "recorded": datetime.now(UTC)},
        ),
        lambda c: writes.change(c, reads.TERM, [running["id"]], {"person_id": person}),
        lambda c: writes.add(
            c,
            reads.NOTICE,
            {"case_id": case["id"], "kind": "x", "recipient": "betrokkene", "person_id": person},
        ),
        lambda c: writes.add(c, reads.MELDING, {"case_id": case["id"], "route": "advies"}),
    ):
        with pytest.raises(StoreConflict), office.store.write() as connection:
            act(connection)


def test_a_reader_cannot_split_what_he_may_only_look_at(teams):
    number = Client(teams, "Noor").post("/cases", melding(VISSER, gemeente="Schiedam"))["number"]
    with pytest.raises(NotFound):
        cases_split.split(teams, number, {"reden": "Zomaar."}, reader(teams, "Anna"))


def test_the_unborn_get_no_letter_until_they_are_born(client):
    case = client.post(
        "/cases",
        melding(
            [
                {
                    "naam": "Ongeboren kind Visser",
                    "rollen": ["ongeboren kind"],
                    "uitgerekend": "2026-03-01",
                }
            ]
        ),
    )
    assert case["notices"] == []
    assert "informeren_betrokkene" not in {t["name"] for t in case["terms"]}
    client.clock("2026-03-04T09:00")
    born = {"naam": "Milou Visser", "geboren": "2026-03-02"}
    case = client.move(
        case["number"],
        "corrigeren",
        reden="Geboren.",
        persoon=str(case["people"][0]["id"]),
        persoonsgegevens=born,
    )
    assert [n["person"] for n in case["notices"]] == ["Milou Visser"]
    assert term(case, "informeren_betrokkene")["start"] == "2026-03-04"


# ------------------------------------------------------------------ what an inspector found
def grant(teams, name, number):
    client = Client(teams, name)
    found = client.post("/earlier", {"betrokkenen": VISSER[:1]})["items"]
    ref = next(t["ref"] for t in found if not t["visible"])
    assert client.post(f"/earlier/{ref}/open", {"reden": "Nieuwe melding."})["number"] == number
    return client


def test_leave_to_read_is_no_leave_to_put_something_there(teams):
    noor = Client(teams, "Noor")
    number = noor.post("/cases", melding(VISSER, gemeente="Schiedam", acuut=True))["number"]
    anna = grant(teams, "Anna", number)
    anna.case(number)
    stranger = anna.post("/cases", melding([{"naam": "Fatou Diallo", "geboren": "1993-03-03"}]))[
        "number"
    ]
    assert "niet zien" in str(anna.move(stranger, "vervolgmelding", 422, bij=number))
    anna.post(f"/cases/{stranger}/dossier", {"bij": number, "reden": "Zomaar."}, 422)
    assert [i["number"] for i in noor.get("/untouched")["items"]] == [number], (
        "looking on leave opens nothing"
    )
    before = len(noor.get(f"/cases/{number}/journal")["items"])
    anna.post(f"/cases/{number}/reveal", {"reason": "Toch even kijken."}, 404)
    with teams.store.read() as connection:
        looks = [x["what"] for x in reads.rows(connection, reads.LOOK.select())]
    assert "geheime gegevens" not in looks
    assert len(noor.get(f"/cases/{number}/journal")["items"]) >= before


def test_an_address_alone_asks_nothing_out_of_a_hidden_case(teams):
    Client(teams, "Noor").post("/cases", melding(VISSER, gemeente="Schiedam"))
    anna = Client(teams, "Anna")
    for typed in (
        {"naam": "Sanne Visser", "adres": "Oudedijk 101, 3061 AB"},
        {"naam": "Sanne Visser"},
        {"naam": "", "adres": "Oudedijk 101, 3061 AB Rotterdam"},
    ):
        assert anna.post("/earlier", {"betrokkenen": [typed]})["items"] == []
    assert anna.post(
        "/earlier", {"betrokkenen": [{"naam": "Sanne Visser", "geboren": "1996-07-07"}]}
    )["items"]


def test_a_melding_in_a_chain_is_split_off_from_the_end(client, office):
    a, b, c = (
        client.post(
            "/cases", melding([{"naam": n, "geboren": d}], melder={"naam": f"Melder van {n}"})
        )["number"]
        for n, d in (("Aaf", "1990-01-01"), ("Bea", "1991-02-02"), ("Cor", "1992-03-03"))
    )
    client.move(a, "vervolgmelding", bij=b)
    client.move(b, "vervolgmelding", bij=c)
    assert "maak die eerst los" in str(split(client, a, 422))
    split(client, b)
    split(client, a)
    assert [[p["naam"] for p in client.case(n)["people"]] for n in (a, b, c)] == [
        ["Aaf"],
        ["Bea"],
        ["Cor"],
    ]
    assert client.get("/health")["without"] == 0


def test_an_address_made_secret_stays_secret_whatever_side_it_was_told_on(client, two):
    first, second = two
    client.move(second, "vervolgmelding", bij=first)
    mine = next(p for p in client.case(second)["people"] if p["naam"] == "Milan Jansen")
    client.move(
        second,
        "corrigeren",
        reden="Opvang.",
        persoon=str(mine["id"]),
        persoonsgegevens={"adres": "Schuiladres 1", "geheim_adres": True},
    )
    split(client, second)
    assert (
        next(p for p in client.case(second)["people"] if p["naam"] == "Milan Jansen")[
            "geheim_adres"
        ]
        is True
    )


def test_a_join_and_split_gives_no_extra_time_to_close(client, two):
    first, second = two
    client.move(first, "veiligheidsbeoordeling", uitkomst="geen onderzoek nodig")
    client.move(first, "afzien_van_onderzoek", motivering="Niet nodig.")
    from support.cast import send_owed

    send_owed(client, first)
    due = term(client.case(first), "afsluiten")["due"]
    client.clock("2026-02-06T09:00")
    client.move(second, "vervolgmelding", bij=first)
    split(client, second)
    assert [
        t["due"]
        for t in client.case(first)["terms"]
        if t["name"] == "afsluiten" and t["status"] == "lopend"
    ] == [due]


def test_whoever_left_meanwhile_gets_no_case_back(client, two, office):
    first, second = two
    client.post(f"/cases/{second}/assign", {"owner": "Bram", "reason": "verdeling"})
    client.move(second, "vervolgmelding", bij=first)
    workers.disable(office, "Bram")
    split(client, second)
    assert client.case(second)["owner"] is None


def test_a_melding_goes_from_one_closed_dossier_to_another_and_back(client):
    a, b, c = (
        client.post("/cases", melding([{"naam": n, "geboren": "1990-01-01"}]))["number"]
        for n in ("Aaf", "Bea", "Cor")
    )
    for number in (a, c):
        client.move(number, "andere_regio", naar="Utrecht")
    for other in (c, a, c):
        client.post(f"/cases/{b}/dossier", {"bij": other, "reden": "Ander gezin."})
    assert {"kind": "hermelding_van", "number": c} in client.case(b)["relations"]


def test_two_who_join_each_others_case_do_not_wait_for_one_another(client, two, office):
    import threading

    answers = []

    def run(name, number, other):
        try:
            moves.make_move(
                office,
                number,
                "vervolgmelding",
                {"bij": other},
                reader(office, name),
                checked=False,
            )
            answers.append("gevoegd")
        except (BadInput, ClosedDoor):
            answers.append("geweigerd")

    threads = [
        threading.Thread(target=run, args=args)
        for args in (("Tom", *two), ("Anna", *reversed(two)))
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(answers) == ["gevoegd", "geweigerd"]


def test_a_hundred_people_on_one_case_are_looked_up(client):
    number = client.post(
        "/cases",
        melding([{"naam": f"Jan{n} Visser{n}", "geboren": f"19{n + 10}-01-01"} for n in range(50)]),
    )["number"]
    client.post(
        f"/cases/{number}/people",
        {
            "betrokkenen": [
                {"naam": f"Piet{n} Bakker{n}", "geboren": f"19{n + 10}-02-01"} for n in range(50)
            ]
        },
    )
    assert client.get(f"/cases/{number}/earlier")["items"] == []
