"""Worklists in the order of danger, search within what one may see, notes and files.

On both databases.
"""

import io
import os
import zipfile
from datetime import UTC, datetime

import pytest
from support.cast import change_text, hire_north, reader
from support.families import EL_AMRANI, advies, melding

from amhk.desk.cases import assignment, attachments
from amhk.desk.house.session import take_seat
from amhk.desk.house.sign_in import begin
from amhk.desk.intake import calls, drafts
from amhk.desk.letters import text_templates
from amhk.desk.staff import institutions, management, routing_rules
from amhk.desk.worklists import reindex, saved_lists, today, worklist
from amhk.errors import BadInput, ClosedDoor, NotAllowed, NotFound
from amhk.rules.people.searching import RELEASE
from amhk.store import reads, writes
from amhk.store.cases import search
from amhk.store.house.house_journal import HOUSE


def person(naam, **other):
    return {"naam": naam, **other}


def found(office, name, q):
    return [i["number"] for i in worklist.worklist(office, reader(office, name), {"q": q})["items"]]


def seat_of(office, name="Tom"):
    """Somebody at a screen."""
    with office.store.read() as connection:
        cookie = begin(office, reads.worker_by(connection, name=name))
    return take_seat(office, cookie)


@pytest.fixture
def tom(client, office):
    return reader(office, "Tom")


def test_danger_goes_first_then_the_date_and_closed_cases_last(client, office, tom):
    calm = calls.take_call(office, melding(), tom)
    acute = calls.take_call(office, melding(acuut=True), tom)
    done = calls.take_call(office, advies(advies="Bespreek het.", vervolg="advies_gegeven"), tom)
    items = worklist.worklist(office, tom, {})["items"]
    assert [i["number"] for i in items] == [acute, calm, done]
    assert items[0]["urgent"] is True
    client.move(acute, "veiligheidsbeoordeling", uitkomst="Toch geen acuut gevaar.")
    assert worklist.worklist(office, tom, {})["items"][0]["urgent"] is False
    client.move(calm, "acuut_vaststellen")
    assert worklist.worklist(office, tom, {})["items"][0]["number"] == calm


def test_a_page_goes_on_where_the_last_one_ended_in_every_order(client, office, tom):
    numbers = {calls.take_call(office, melding(), tom) for _ in range(7)}
    for sort in ("termijn", "nieuwste", "oudste"):
        seen, asked = [], {"sort": sort}
        while True:
            page = worklist.worklist(office, tom, asked, 3)
            seen += [i["number"] for i in page["items"]]
            if not page["next"]:
                break
            asked = {"sort": sort, "cursor": page["next"]}
        assert len(seen) == 7, sort
        assert set(seen) == numbers


@pytest.mark.parametrize(
    "typed",
    [
        "M-2026-000001",
        "m2026000001",
        "000001",
        "El Amrani",
        "elamrani",
        "amrani samira",
        "AMR",
        "14-3-1991",
        "1991-03-14",
        "Havenstraat 12",
        "3024 AA",
        "3024aa",
        "ijsland",
        "O'Brien",
        "obrien",
        "brien",
        "Çelik",
        "celik",
        "vandenberg",
        "van den Berg",
    ],
)
def test_a_case_is_found_by_all_that_a_worker_remembers_of_it(client, office, tom, typed):
    people = [
        *EL_AMRANI,
        person("Sinéad O'Brien"),
        person("Gülay Çelik"),
        person("Joost van den Berg"),
    ]
    number = calls.take_call(office, melding(people, zorgen="Het gezin is terug uit IJsland."), tom)
    calls.take_call(office, melding([person("Iemand Anders")]), tom)
    assert found(office, "Tom", typed) == [number]


@pytest.mark.parametrize("typed", ["de", "!!", "  "])
def test_what_finds_everything_is_not_searched_for_but_said(client, office, tom, typed):
    with pytest.raises(BadInput) as wrong:
        worklist.worklist(office, tom, {"q": typed} if typed.strip() else {"q": "het"})
    assert "Typ een zaaknummer" in wrong.value.faults[0].text


def test_the_melder_a_bsn_and_a_secret_address_are_not_to_be_searched(client, office, tom):
    body = melding(
        [
            person(
                "Noor Voorbeeld",
                adres="Schuilplaats 7, 3311 ZZ Dordrecht",
                geheim_adres=True,
                bsn="999990019",
            )
        ]
    )
    body["melder"] = {"naam": "Buurvrouw Klikspaan", "bereikbaar": "010-1234567", "geheim": True}
    calls.take_call(office, body, tom)
    for secret in ("Klikspaan", "Schuilplaats", "3311 ZZ", "999990019", "010-1234567"):
        assert found(office, "Mia", secret) == [], secret
    assert found(office, "Mia", "Noor Voorbeeld")


def test_search_stays_within_what_the_reader_may_see(client, office, tom):
    hire_north(office)
    calls.take_call(office, melding(EL_AMRANI), tom)
    assert found(office, "Tom", "amrani")
    assert found(office, "Nel", "amrani") == []
    assert found(office, "Bea", "amrani") == []
    assert worklist.worklist(office, reader(office, "Nel"), {"q": "amrani"})["count"] == 0


def test_a_corrected_name_is_found_and_the_old_one_no_longer(client, office, tom):
    number = calls.take_call(office, melding([person("Piet Foutjes")]), tom)
    key = client.case(number)["people"][0]["id"]
    client.move(
        number,
        "corrigeren",
        reden="Verkeerd verstaan.",
        persoon=str(key),
        persoonsgegevens={"naam": "Piet Voutjes"},
    )
    assert found(office, "Tom", "voutjes") == [number]
    assert found(office, "Tom", "foutjes") == []


def test_of_a_melding_that_was_destroyed_no_word_is_left_and_no_file(client, office, tom):
    number = calls.take_call(
        office, melding([person("Willemijn Zonneveld")], zorgen="Een verhaal over fietsen."), tom
    )
    attachments.add_note(office, number, {"tekst": "Oom heet Archibald."}, tom)
    attachments.add_file(office, number, "brief.pdf", io.BytesIO(b"%PDF-1.7 geheim"), tom)
    client.move(
        number,
        "omzetten_in_advies",
        reden="Het bleek een adviesvraag.",
        persoonsgegevens="vernietigen",
    )
    for word in ("zonneveld", "fietsen", "archibald"):
        assert found(office, "Mia", word) == [], word
    folder = office.config.folder / office.config.attachments
    for kept in folder.rglob("*"):
        if kept.is_file():
            os.utime(kept, (0, 0))
    attachments.sweep(office)
    assert not [p for p in folder.rglob("*") if p.is_file()]


def test_words_and_order_are_worked_out_again_when_the_rules_for_them_change(client, office, tom):
    number = calls.take_call(office, melding(EL_AMRANI, acuut=True), tom)
    with office.store.write() as connection:
        connection.execute(search.WORD.delete())
        connection.execute(reads.CASE.update().values(rank="9", urgent=False))
        writes.set_meta(connection, "search_release", "0")
    assert seat_of(office).finds is False
    assert reindex.refresh(office) == 1
    assert reindex.refresh(office) == 0
    assert seat_of(office).finds is True
    assert found(office, "Tom", "amrani") == [number]
    assert worklist.worklist(office, tom, {})["items"][0]["urgent"] is True
    with office.store.read() as connection:
        assert reads.meta(connection, "search_release") == RELEASE


def test_cases_are_given_to_a_colleague_all_or_none(client, office, tom):
    numbers = [calls.take_call(office, melding(), tom) for _ in range(3)]
    assert (
        assignment.assign_many(office, numbers, {"owner": "Anna", "reason": "verdeling"}, tom) == 3
    )
    assert {client.case(n)["owner"] for n in numbers} == {"Anna"}
    with pytest.raises(BadInput):
        assignment.assign_many(office, numbers, {"owner": "Bea", "reason": "verdeling"}, tom)
    with pytest.raises(BadInput):
        assignment.assign_many(office, numbers, {"owner": "Bram"}, tom)
    assert {client.case(n)["owner"] for n in numbers} == {"Anna"}
    assert (
        assignment.assign_many(office, numbers[:2], {"owner": None, "reason": "te druk"}, tom) == 2
    )
    assert [client.case(n)["owner"] for n in numbers] == [None, None, "Anna"]
    with pytest.raises(BadInput):
        assignment.assign_many(
            office, ["M-2026-999999", "x", "\ud800"], {"owner": "Anna", "reason": "verdeling"}, tom
        )


def test_a_list_that_leaves_is_safe_to_open_and_written_down(client, office, tom):
    number = calls.take_call(office, melding([person('=cmd|"/c calc"!A1')]), tom)
    text = saved_lists.as_file(office, tom, {"closed": "false"}, ["wie", "termijn"])
    assert "'=cmd" in text
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        assert [
            r
            for r in reads.of_case(connection, reads.LOOK, case["id"])
            if r["what"] == "lijst als bestand"
        ]


def test_a_list_is_saved_and_only_its_owner_drops_it(client, office, tom):
    saved_lists.save(
        office,
        "Mijn Schiedam",
        {"gemeente": "Schiedam", "kolom": ["staat", "onzin"], "vreemd": "x"},
        tom,
    )
    saved_lists.save(office, "Mijn Schiedam", {"gemeente": "Rotterdam", "kolom": ["staat"]}, tom)
    (one,) = saved_lists.saved(office, tom)
    assert one["asks"] == {"gemeente": "Rotterdam", "kolom": ["staat"]}
    saved_lists.drop(office, one["id"], reader(office, "Anna"))
    assert saved_lists.saved(office, tom)
    saved_lists.drop(office, one["id"], tom)
    assert saved_lists.saved(office, tom) == []
    with pytest.raises(BadInput):
        saved_lists.save(office, "", {}, tom)


def test_an_advies_holds_no_note_and_no_file(client, office, tom):
    number = calls.take_call(office, advies(), tom)
    with pytest.raises(ClosedDoor):
        attachments.add_note(office, number, {"tekst": "Het gezin heet Jansen."}, tom)
    with pytest.raises(ClosedDoor):
        attachments.add_file(office, number, "x.txt", io.BytesIO(b"Jansen"), tom)
    assert not (office.config.folder / office.config.attachments).exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"MZ", "kan niet bewaard"),
        ("a.pdf", b"MZ", "geen PDF"),
        ("a.pdf", b"", "is leeg"),
        ("a.docx", b"PK\x03\x04kapot", "beschadigd"),
        ("a.txt", b"\xff\xfe\x00", "geen TXT"),
        ("", b"x", "een naam"),
        ("x" * 130 + ".txt", b"x", "een naam"),
        ("a.svg", b"<svg onload=x>", "kan niet bewaard"),
        ("..\\..\\etc\\passwd", b"x", "kan niet bewaard"),
        ("groot.pdf", b"%PDF-" + b"x" * 20_000_001, "hooguit 20 MB"),
    ],
)
def test_a_file_that_will_not_do_gets_one_sentence_and_leaves_nothing(
    client, office, tom, name, content, said
):
    number = calls.take_call(office, melding(), tom)
    with pytest.raises(BadInput) as wrong:
        attachments.add_file(office, number, name, io.BytesIO(content), tom)
    assert len(wrong.value.faults) == 1
    assert said in wrong.value.faults[0].text
    assert (
        client.case(number)["attachments"] == [] if "attachments" in client.case(number) else True
    )


def test_a_file_of_another_case_is_not_there(client, office, tom):
    one, other = (calls.take_call(office, melding(), tom) for _ in range(2))
    key = attachments.add_file(office, one, "brief.pdf", io.BytesIO(b"%PDF-1.7"), tom)
    assert attachments.read_file(office, one, key, tom)[1] == "brief.pdf"
    with pytest.raises(NotFound):
        attachments.read_file(office, other, key, tom)


def test_the_beheerder_divides_calls_on_screen_and_hears_where_one_would_go(client, office, tom):
    bea = reader(office, "Bea")
    management.add_team(office, {"name": "Spoed"}, bea)
    routing_rules.add_rule(
        office, {"team": "Spoed", "acuut": "ja", "reden": "acuut gaat voor"}, bea
    )
    routing_rules.add_rule(office, {"team": "Meldpunt", "gemeente": ["Schiedam"]}, bea)
    asked = {"gemeente": "Schiedam", "stroom": "melding", "acuut": "ja"}
    assert (
        routing_rules.try_call(office, asked)
        == "Dit gaat naar team Spoed. Regel 1: acuut gaat voor."
    )
    routing_rules.move_rule(office, 1, "omhoog", "Schiedam gaat naar Meldpunt", bea)
    assert "team Meldpunt" in routing_rules.try_call(office, asked)
    routing_rules.move_rule(office, 0, "weg", "Schiedam gaat naar Meldpunt", bea)
    with pytest.raises(NotFound):  # pressed twice: the rule that is there now is another one
        routing_rules.move_rule(office, 0, "weg", "Schiedam gaat naar Meldpunt", bea)
    number = calls.take_call(office, melding(acuut=True, gemeente="Schiedam"), tom)
    assert client.case(number)["team"] == "Spoed"
    for who in ("Tom", "Mia"):
        with pytest.raises(NotAllowed):
            routing_rules.add_rule(office, {"team": "Spoed", "acuut": "ja"}, reader(office, who))
    with pytest.raises(BadInput):
        routing_rules.add_rule(office, {"team": "Spoed"}, bea)


def test_the_beheerder_runs_workers_but_never_his_own_role(client, office, tom):
    bea = reader(office, "Bea")
    first = management.add(
        office, {"name": "Nieuwe Collega", "role": "medewerker", "registration": "SKJ 999"}, bea
    )
    assert len(first) >= 12
    one = next(w for w in management.view(office, bea) if w["name"] == "Nieuwe Collega")
    management.change(office, one["id"], {"role": "teamleider", "team": "Meldpunt"}, bea)
    assert management.worker(office, one["id"], bea)["role"] == "teamleider"
    with pytest.raises(BadInput):
        management.change(office, bea.id, {"role": "manager"}, bea)
    with pytest.raises(ClosedDoor):
        management.let_go(office, bea.id, bea)
    assert management.let_go(office, one["id"], bea) == 0
    with pytest.raises(NotAllowed):
        management.view(office, tom)


def test_a_text_of_a_letter_is_changed_seen_and_kept_and_the_approved_one_stays(
    client, office, tom
):
    bea = reader(office, "Bea")
    kind, text = (
        "terugkoppeling_melder",
        "terugkoppeling_melder_beroepsmatig",
    )  # the police report by profession
    number = calls.take_call(office, melding(), tom)
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    letter = next(n for n in client.case(number)["notices"] if n["kind"] == kind)
    client.post(f"/notices/{letter['id']}/approve", {"version": letter["version"]})
    before = text_templates.view(office, text, bea)["text"]
    assert (
        "Voorbeeld"
        in text_templates.preview(
            office,
            "informeren_betrokkene",
            text_templates.view(office, "informeren_betrokkene", bea)["text"],
        )
        or before
    )
    assert (
        change_text(
            office,
            text,
            before.replace("Terugkoppeling op uw melding", "Wat wij deden met uw bericht"),
        )
        == 1
    )
    assert "Terugkoppeling op uw melding" in client.get(f"/notices/{letter['id']}")["html"]
    other = calls.take_call(office, melding(), tom)
    client.move(other, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    fresh = next(n for n in client.case(other)["notices"] if n["kind"] == kind)
    assert "Wat wij deden met uw bericht" in client.get(f"/notices/{fresh['id']}")["html"]
    assert [v["release"] for v in text_templates.view(office, text, bea)["versions"]] == [1]
    assert [client.get(f"/notices/{n}")["release"] for n in (letter["id"], fresh["id"])] == [
        0,
        None,
    ]


def test_a_text_holds_once_somebody_else_agreed_and_until_then_the_one_of_before(client, office):
    bea, mia, kind = reader(office, "Bea"), reader(office, "Mia"), "bevestiging_adviesvrager"
    before = text_templates.view(office, kind, bea)["text"]
    version = text_templates.propose(office, kind, before.replace("# ", "# Nieuw: "), bea)
    told = text_templates.view(office, kind, bea)
    assert (told["text"], told["version"], told["waits"]["mine"]) == (before, 0, True)
    assert ("+", "# Nieuw: Ons gesprek") in told["waits"]["changes"]
    with pytest.raises(NotAllowed):
        text_templates.approve(office, kind, version, bea)
    with pytest.raises(NotAllowed):
        text_templates.approve(office, kind, version, reader(office, "Anna"))
    with pytest.raises(ClosedDoor):
        text_templates.approve(office, kind, version + 1, mia)
    assert [t["by"] for t in today.texts_of(office, mia)] == ["Bea"]
    assert today.texts_of(office, bea) == []
    assert seat_of(office, "Mia").texts
    assert text_templates.approve(office, kind, version, mia) == version
    assert text_templates.view(office, kind, bea)["text"].startswith("# Nieuw: ")
    with pytest.raises(ClosedDoor):
        text_templates.approve(office, kind, version, mia)
    with office.store.read() as connection:
        kept = reads.rows(connection, reads.select(HOUSE).where(HOUSE.c.kind == "tekst"))
    assert [line["what"].split(",")[0] for line in kept] == [
        f"Tekst van '{kind}' klaargezet",
        f"Tekst van '{kind}' vastgesteld",
    ]


def test_a_later_proposal_takes_the_place_of_one_that_waits(client, office):
    bea, mia, kind = reader(office, "Bea"), reader(office, "Mia"), "bevestiging_adviesvrager"
    first = text_templates.propose(office, kind, "# Een\n\nA.\n", bea)
    second = text_templates.propose(office, kind, "# Twee\n\nB.\n", mia)
    with pytest.raises(ClosedDoor):
        text_templates.approve(office, kind, first, mia)
    with pytest.raises(NotAllowed):
        text_templates.approve(office, kind, second, mia)
    assert text_templates.approve(office, kind, second, bea) == second
    assert text_templates.view(office, kind, bea)["text"] == "# Twee\n\nB.\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1 tot"),
        ("# Kop {{ ", "niet te lezen"),
        ("{{ bestaat_niet }}", "niets levert dat"),
        ("{{ 1 / 0 }}", "niet te lezen"),
        ("{{ zaaknummer.__class__.__mro__ }}", "niet te maken"),
        ("{% for s in 5 %}x{% endfor %}", "somt alleen op"),
        ("x" * 20_001, "1 tot"),
    ],
)
def test_a_text_that_will_not_do_is_refused_and_nothing_changes(client, office, text, said):
    bea = reader(office, "Bea")
    before = text_templates.view(office, "terugkoppeling_melder", bea)["text"]
    with pytest.raises(BadInput) as wrong:
        text_templates.propose(office, "terugkoppeling_melder", text, bea)
    assert said in wrong.value.faults[0].text
    assert text_templates.view(office, "terugkoppeling_melder", bea)["text"] == before


def test_a_text_that_lets_a_secret_reach_its_reader_is_refused(client, office):
    bea = reader(office, "Bea")
    text = (
        text_templates.view(office, "informeren_betrokkene", bea)["text"]
        + "\n\nGemeld door {{ melder_naam }}.\n"
    )
    with pytest.raises(BadInput) as wrong:
        text_templates.propose(office, "informeren_betrokkene", text, bea)
    assert "melder_naam" in " ".join(f.text for f in wrong.value.faults)
    with pytest.raises(NotAllowed):
        text_templates.propose(office, "informeren_betrokkene", text, reader(office, "Anna"))


def test_an_institution_is_added_and_changed_on_screen(client, office, tom):
    bea = reader(office, "Bea")
    made = institutions.add_institution(
        office, {"name": "Huis Nieuw", "kind": "opvang", "scale": "lokaal"}, bea
    )
    institutions.change(
        office,
        made["id"],
        {"name": "Huis Oud", "kind": "opvang", "scale": "lokaal", "active": "nee"},
        bea,
    )
    assert institutions.one(office, made["id"])["active"] is False
    with pytest.raises(BadInput):
        institutions.change(
            office,
            made["id"],
            {"name": "Wijkteam Schiedam", "kind": "opvang", "scale": "lokaal"},
            bea,
        )
    with pytest.raises(NotAllowed):
        institutions.change(
            office,
            made["id"],
            {"name": "x", "kind": "opvang", "scale": "lokaal"},
            reader(office, "Anna"),
        )


def test_every_letter_of_the_procedure_can_be_seen_and_kept_as_it_is(sqlite_client, sqlite_office):
    office = sqlite_office
    bea = reader(office, "Bea")
    for letter in text_templates.overview(office, bea):
        text = text_templates.view(office, letter["kind"], bea)["text"]
        assert "Oefenstad" in text_templates.preview(office, letter["kind"], text)
        assert text_templates.propose(office, letter["kind"], text, bea) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 200000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% for i in range(9) %}x{% endfor %}",
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    ],
)
def test_a_text_cannot_be_made_endless(client, office, text):
    with pytest.raises(BadInput):
        text_templates.preview(office, "terugkoppeling_melder", text)


def test_no_list_of_people_but_the_one_that_says_so_holds_a_bsn(client, office, tom):
    number = calls.take_call(
        office, melding([person("Noor Voorbeeld", geboren="2015-03-03", bsn="999990019")]), tom
    )
    text = text_templates.view(office, "melding_politie", reader(office, "Bea"))["text"]
    with pytest.raises(BadInput):
        text_templates.preview(
            office,
            "melding_politie",
            text + "\n{% for p in personen %}\n- {{ p.bsn }}\n{% endfor %}\n",
        )
    assert client.case(number)["people"][0]["bsn"] == "999990019"


def test_an_account_and_its_line_in_the_journal_are_one(client, office):
    bea = reader(office, "Bea")
    with pytest.raises(BadInput):
        management.add(office, {"name": "Spook", "role": "manager", "email": "geen adres"}, bea)
    assert "Spook" not in [w["name"] for w in management.view(office, bea)]


def test_a_sweep_touches_nothing_but_its_own_files(client, office):
    folder = office.config.folder / office.config.attachments
    (folder / "ab").mkdir(parents=True)
    with office.store.write() as connection:
        writes.set_meta(connection, "files_swept", "")
    for name in ("config.toml", "ab/brief.odt", "ab/" + "0" * 64, "half-x"):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (0, 0))
    assert attachments.sweep(office) == 2
    assert {p.name for p in folder.rglob("*") if p.is_file()} == {"config.toml", "brief.odt"}


def test_what_was_destroyed_stays_so(client, office, tom):
    number = calls.take_call(office, melding([person("Willemijn Zonneveld")]), tom)
    attachments.add_file(office, number, "Rapport Zonneveld.txt", io.BytesIO(b"x"), tom)
    client.move(
        number,
        "omzetten_in_advies",
        reden="Het bleek een adviesvraag.",
        persoonsgegevens="vernietigen",
    )
    assert "Zonneveld" not in str(client.get(f"/cases/{number}/journal"))
    with pytest.raises(ClosedDoor):
        attachments.add_note(office, number, {"tekst": "Gezin Zonneveld."}, tom)
    with pytest.raises(ClosedDoor):
        attachments.add_file(office, number, "x.txt", io.BytesIO(b"x"), tom)
    assert client.move(
        number, "corrigeren", expect=422, reden="Terugzetten.", zorgen="Gezin Zonneveld."
    )


def odt(mimetype, **parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", mimetype)
        for name, content in parts.items():
            file.writestr(name.replace("__", "/"), content)
    made.seek(0)
    return made


def test_a_document_that_is_a_bomb_or_carries_a_program_is_refused(client, office, tom):
    number = calls.take_call(office, melding(), tom)
    kind = "application/vnd.oasis.opendocument.text"
    assert attachments.add_file(office, number, "goed.odt", odt(kind), tom)
    for bad in (odt("x" * 50_000_000), odt(kind, Scripts__evil="x"), odt(kind, Basic__evil="x")):
        with pytest.raises(BadInput):
            attachments.add_file(office, number, "fout.odt", bad, tom)


def test_a_list_that_was_looked_at_too_long_ago_takes_no_case_back(client, office, tom):
    number = calls.take_call(office, melding(), tom)
    seen = f"{number}:{client.case(number)['version']}"
    assignment.assign(office, number, {"owner": "Bram", "reason": "verdeling"}, tom)
    with pytest.raises(BadInput) as wrong:
        assignment.assign_many(office, [seen], {"owner": "Anna", "reason": "verdeling"}, tom)
    assert "intussen gewijzigd" in wrong.value.faults[0].text
    assert client.case(number)["owner"] == "Bram"


def test_a_concept_thrown_away_stays_away_and_one_left_behind_is_taken_over(client, office, tom):
    anna, real = reader(office, "Anna"), datetime.now(UTC)
    mark, other = "a" * 32, "b" * 32
    assert drafts.save(office, mark, {"zorgen": ["Halverwege."]}, anna, real) is True
    drafts.drop(office, mark, anna)
    assert drafts.save(office, mark, {"zorgen": ["Te laat."]}, anna, real) is False
    drafts.save(office, other, {"zorgen": ["Nog niet af."]}, anna, real)
    for name in ("Bram", "Bea"):
        with pytest.raises(NotAllowed):
            drafts.take_over(office, "Anna", reader(office, name))
    management.let_go(office, anna.id, reader(office, "Bea"))
    assert drafts.take_over(office, "Anna", tom) == 1
    assert drafts.load(office, other, tom)["zorgen"] == ["Nog niet af."]
