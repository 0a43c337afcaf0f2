"""The melder's name, phone and address, planted in every field there is.

No letter, page, export, feed, mail, file or log line for who may not have it holds them (G7).
"""

import logging
import re
from io import BytesIO

from conftest import FULL
from pypdf import PdfReader
from sqlalchemy import select
from support.cast import CAST, Client, reader
from support.families import melding

from amhk.desk.cases import attachments
from amhk.desk.house import rounds
from amhk.desk.staff import daily_mail, workers
from amhk.desk.terms import feeds
from amhk.store import reads

NAME, PHONE, PLACE = "Zwaluw Kwarteldrift", "06-11122233", "Verklikkersteeg 77, 3099 ZZ Rotterdam"
PLANTED = f"volgens mevr. Kwarteldrift (bel 06 111 222 33), {PLACE}"
SIGNS = (
    "kwarteldrift",
    "zwaluw",
    "0611122233",
    "06-11122233",
    "06 111 222 33",
    "verklikkersteeg",
    "3099 zz",
    "3099zz",
)
MELDER = {
    "naam": NAME,
    "bereikbaar": f"{PHONE}, {PLACE}",
    "geheim": True,
    "functie": "buurvrouw Kwarteldrift",
    "organisatie": "Kwarteldrift Advies",
}
CHILD = {
    "naam": f"Liv Visser (gemeld door {NAME})",
    "geboren": "2019-03-04",
    "rollen": ["kind"],
    "adres": PLACE,
}
MOTHER = {
    "naam": "Noor Visser",
    "geboren": "1991",
    "geslacht": "V",
    "rollen": ["ouder"],
    "gezag": True,
    "adres": "Kade 1, 3111 AA Schiedam",
}


def given_away(text):
    low = text.casefold()
    return [sign for sign in SIGNS if sign in low]


def plant(move, **filled):
    """Give the input of a move with the melder in each of its free texts."""
    texts = {
        name: f"{filled.get(name, 'Tekst')}, {PLANTED}"
        for name, told in move["input"]["properties"].items()
        if told.get("type") == "string"
        and not {"enum", "format", "pattern", "const", "examples"} & set(told)
        and name not in ("op", "bij", "gezaghebbenden_geinformeerd")
    }
    return texts | {k: v for k, v in filled.items() if k not in texts}


def step(client, number, name, **filled):
    move = next(m for m in client.case(number)["moves"] if m["name"] == name)
    return client.move(number, name, **plant(move, **filled))


def the_whole_way(client, child=CHILD):
    """One melding along both finishes, with the melder in whatever can be typed."""
    number = client.post(
        "/cases",
        {
            "route": "melding",
            "kanaal": "telefoon",
            "ontvangen": "2026-02-02T09:00",
            "hoedanigheid": "35",
            "gemeente": "Schiedam",
            "acuut": False,
            "zorgen": PLANTED,
            "melder": MELDER,
            "betrokkenen": [child, MOTHER],
            "aanleiding": ["08"],
            "id": f"K-{PHONE}",
        },
    )["number"]
    step(client, number, "veiligheidsbeoordeling")
    step(client, number, "onderzoek_besluiten")
    step(client, number, "bevindingen_vastleggen", bron="professional")
    step(client, number, "onderzoek_afronden", uitkomst=["06"])
    step(client, number, "melden_rvdk", spoed=False, gezaghebbenden_geinformeerd=f"nee, {PLANTED}")
    step(client, number, "melden_politie", spoed=True)
    step(client, number, "verwijzen", instelling="Wijkteam Schiedam")
    step(client, number, "verwijzing_geaccepteerd")
    client.clock("2026-05-04T09:00")
    return number


def letters_of(client, number):
    return [client.get(f"/notices/{n['id']}") for n in client.case(number)["notices"]]


def test_no_letter_to_anybody_else_holds_the_melder_and_each_refusal_says_where_he_stands(client):
    number = the_whole_way(client)
    kinds = set()
    for told in letters_of(client, number):
        path = f"/notices/{told['id']}"
        if told["recipient"] == "melder":
            assert given_away(told["html"] or "") == [], (
                "on screen his own letter shows no name either"
            )
            assert given_away(client.ask("GET", f"{path}.html", expect=422).text) == [], (
                "a reason is asked first"
            )
            assert NAME in client.ask("GET", f"{path}.html?reason=post+controleren").text, (
                "but the letter itself is to him"
            )
            continue
        kinds.add(told["kind"])
        assert given_away(told["html"] or "") == []
        wrong = client.ask(
            "POST", f"{path}/approve", {"version": told["version"]}, expect=(200, 422)
        )
        if wrong.status_code == 422:
            faults = wrong.json()["errors"]
            assert {f["code"] for f in faults} == {"geheim"} and all(
                "staat iets dat de ontvanger niet mag weten" in f["text"] for f in faults
            )
            assert all(client.ask("GET", f"{path}.{form}", expect=422) for form in ("pdf", "html"))
        for form in ("html", "json"):
            answer = client.ask("GET", f"{path}.{form}", expect=(200, 404, 422))
            assert answer.status_code != 200 or given_away(answer.text) == [], (told["kind"], form)
    assert kinds == {
        "informeren_betrokkene",
        "verzoek_rvdk",
        "bericht_college",
        "melding_politie",
        "verwijzing_instelling",
        "bevestiging_instelling",
        "controlevraag_instelling",
    }


def test_once_the_texts_are_corrected_every_letter_goes_and_none_of_them_holds_the_melder(
    client, office
):
    number = the_whole_way(client)
    case = client.case(number)
    person = str(case["people"][0]["id"])
    clean = {
        n: "Er is hulp nodig."
        for n in (
            "conclusie",
            "bevindingen",
            "motivering",
            "afspraken",
            "veiligheidsvoorwaarden",
            "geprobeerde_hulp",
        )
    }
    told = {"naam": "Liv Visser", "adres": "Kade 1, 3111 AA Schiedam"}
    client.move(
        number,
        "corrigeren",
        reden=PLANTED,
        gezaghebbenden_geinformeerd="ja",
        persoon=person,
        persoonsgegevens=told,
        **clean,
    )
    findings = [n for n in letters_of(client, number) if n["recipient"] != "melder"]
    for n in findings:
        answer = client.ask(
            "POST", f"/notices/{n['id']}/approve", {"version": n["version"]}, expect=(200, 422)
        )
        if answer.status_code == 422:
            # earlier findings are corrected one at a time: the last one is; the first still names
            # her
            assert [f["field"] for f in answer.json()["errors"]] == ["bevindingen"]
            continue
        pdf = "".join(
            p.extract_text()
            for p in PdfReader(BytesIO(client.ask("GET", f"/notices/{n['id']}.pdf").content)).pages
        )
        assert len(pdf) > 200 and given_away(pdf) == []
        client.post(
            f"/notices/{n['id']}/queue", {"version": answer.json()["version"], "way": "map"}
        )
    rounds.go_round(office)
    step(
        client, number, "geen_antwoord"
    )  # its letter says who is to answer, not what was said on the telephone
    reminder = next(n for n in letters_of(client, number) if n["kind"] == "herinnering_instelling")
    assert reminder["html"] and given_away(reminder["html"]) == []
    files = [p for p in (office.config.folder / "oefenpost").rglob("*.json")]
    assert len(files) >= 5 and not any(given_away(p.read_text(encoding="utf-8")) for p in files)


def crawl(client, most=400, *more):
    """Give every page a signed-in reader can come to by following links: address and text."""
    seen, queue = (
        {},
        [
            *more,
            "/",
            "/werkvoorraad",
            "/zoeken?q=kwarteldrift",
            "/post",
            "/versturen",
            "/versturen?lijst=alles",
            "/beheer",
            "/rapportage?period=2026-Q1",
            "/werkvoorraad.csv",
            "/api/openapi.json",
            "/zoeken?q=0611122233",
            "/zoeken?q=verklikkersteeg",
        ],
    )
    while queue and len(seen) < most:
        path = queue.pop(0)
        if path in seen:
            continue
        answer = client.http.get(path)
        seen[path] = answer.text
        if "text/html" in answer.headers.get("content-type", ""):
            found = re.findall(r'href="(/[^"#]*)"', answer.text)
            queue += [
                p.replace("&amp;", "&") for p in found if not p.startswith(("/static", "/uit"))
            ]
    return seen


def test_no_page_export_or_answer_for_who_has_no_right_to_the_case_holds_the_melder(
    sqlite_client, sqlite_office
):
    client, office = sqlite_client, sqlite_office
    number = the_whole_way(client)
    workers.add_team(office, "Elders")
    workers.add_worker(office, "Noor", "medewerker", "Elders", None, password="oefenen-oefenen")
    for name in ("Bea", "Rita", "Noor") if FULL else ("Bea", "Noor"):
        looked_everywhere(client, office, number, name)


def looked_everywhere(client, office, number, name):
    other = Client(office, name)
    other.http.post(
        "/login",
        data={"name": name, "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    pages = crawl(other)
    assert len(pages) > 12 and not [
        path
        for path, text in pages.items()
        if number in text and "zoeken" not in path and path != "/bewijs"
    ]
    for path, text in pages.items():
        assert given_away(
            text.replace("q=kwarteldrift", "")
            .replace('value="kwarteldrift"', "")
            .replace('value="0611122233"', "")
            .replace('value="verklikkersteeg"', "")
        ) == [] or path.startswith("/zoeken"), path
    ids = [n["id"] for n in client.case(number)["notices"]]
    for path in (
        f"/cases/{number}",
        f"/cases/{number}/journal",
        *(f"/notices/{i}{end}" for i in ids for end in ("", ".pdf", ".html", ".json")),
    ):
        assert given_away(other.ask("GET", path, expect=404).text) == [], path
    for path in (
        "/cases",
        "/cases?q=kwarteldrift",
        "/notices?only=alles",
        "/outbox",
        "/institutions",
        "/reports/kwartaal?period=2026-Q1&format=csv",
    ):
        assert given_away(other.ask("GET", path, expect=(200, 403)).text) == [], path


def test_who_works_on_the_case_sees_the_melder_only_after_asking_nor_finds_her_by_phone(
    client, office
):
    number = the_whole_way(client)
    case = client.case(number)
    assert case["melder"]["naam"] is None and case["melder"]["bereikbaar"] is None
    with office.store.read() as connection:
        assert reads.case_by_number(connection, number)["melder_naam"] == NAME


def test_no_feed_mail_or_log_line_holds_the_melder(client, office, caplog):
    with caplog.at_level(logging.DEBUG):
        number = the_whole_way(client)
        for n in letters_of(client, number):
            client.ask(
                "POST", f"/notices/{n['id']}/approve", {"version": n["version"]}, expect=(200, 422)
            )
        rounds.go_round(office)
    assert (
        given_away(
            "\n".join(
                f"{r.name} {r.getMessage()} {r.exc_text or ''}"
                for r in caplog.records
                if r.name.startswith("amhk")
            )
        )
        == []
    )
    tom = reader(office, "Tom")
    with office.store.read() as connection:
        worker = reads.worker_by(connection, name="Tom")
        text = daily_mail.text_of(office, connection, worker, office.now(connection))
    assert number in text and given_away(text) == []
    feed = feeds.read(office, feeds.make(office, "persoonlijk", tom)).decode()
    assert given_away(feed) == []


ELSEWHERE = CHILD | {"adres": "Kade 1, 3111 AA Schiedam"}


def filled(path, number, ids):
    """Give a path of the API with a case, a letter or whatever it asks filled in."""
    told = {
        "{number}": number,
        "{key}": str(ids[0]),
        "{one}": "1",
        "{term}": "1",
        "{name}": "kwartaal",
        "{kind}": "verzoek_rvdk",
        "{pile}": "0",
    }
    for mark, value in told.items():
        path = path.replace(mark, value)
    return path


def test_at_no_address_of_the_house_anybody_reads_the_melder_without_a_reason(
    sqlite_client, sqlite_office
):
    """Every GET of the API and every page to be come to, for every role, also for who works on the
    case; the melder planted in every text, a note and a file.
    """
    client, office = sqlite_client, sqlite_office
    number = the_whole_way(client, ELSEWHERE)
    anna = reader(office, "Anna")
    attachments.add_note(office, number, {"tekst": f"Gebeld met {PLANTED}"}, anna)
    attachments.add_file(office, number, f"brief van {NAME}.txt", BytesIO(b"tekst"), anna)
    ids = [n["id"] for n in client.case(number)["notices"]]
    paths = client.http.get("/api/openapi.json").json()["paths"]
    asked = [filled(p, number, ids) for p, told in paths.items() if "get" in told]
    asked += [f"/api/v1/notices/{i}{end}" for i in ids for end in ("", ".pdf", ".html", ".json")]
    asked += [
        f"/api/v1/cases?q={word}"
        for word in ("kwarteldrift", "zwaluw", "0611122233", "verklikkersteeg")
    ]
    assert len(asked) > 60
    for name in CAST:
        other = Client(office, name)
        for path in asked:
            answer = other.ask("GET", path, expect=range(200, 500))
            assert given_away(answer.text) == [] and not shows(answer), (
                name,
                path,
                answer.status_code,
            )
        found = [
            other.get(f"/cases?q={word}", expect=range(200, 500))
            for word in ("kwarteldrift", "zwaluw", "0611122233")
        ]
        assert all(not told.get("items") for told in found), name
    for name in ("Anna", "Tom", "Piet"):
        other = Client(office, name)
        other.http.post(
            "/login",
            data={"name": name, "password": "oefenen-oefenen"},
            headers={"sec-fetch-site": "same-origin"},
        )
        pages = crawl(
            other,
            120,
            f"/zaak/{number}",
            *(f"/brief/{i}" for i in ids),
            *(f"/brief/{i}/pdf" for i in ids),
        )
        for path, text in pages.items():
            said = (
                text.replace("q=kwarteldrift", "")
                .replace('value="kwarteldrift"', "")
                .replace("„kwarteldrift”", "")
            )
            assert given_away(said) == [] or path.startswith("/zoeken"), (
                name,
                path,
                given_away(said),
            )


def shows(answer):
    """What a PDF gives away: its text, not its bytes."""
    if not answer.content.startswith(b"%PDF"):
        return []
    return given_away(
        "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    )


def test_with_a_reason_the_texts_come_whole_and_each_letter_is_written_down_as_looked_at(
    sqlite_client, sqlite_office
):
    client, office = sqlite_client, sqlite_office
    number = the_whole_way(client, ELSEWHERE)
    attachments.add_note(office, number, {"tekst": f"Gebeld met {PLANTED}"}, reader(office, "Anna"))
    told = client.post(f"/cases/{number}/reveal", {"reason": "terugbellen"})
    assert (
        any(f"Gebeld met {PLANTED}" in text for text in told["teksten"])
        and PLANTED in told["teksten"]
    )
    mine = [n for n in letters_of(client, number) if n["recipient"] == "melder"]
    for n in mine:
        client.post(f"/notices/{n['id']}/approve", {"version": n["version"]})
        shut = client.ask("GET", f"/notices/{n['id']}.pdf", expect=422).json()
        assert [(f["code"], f["field"]) for f in shut["errors"]] == [("ontbreekt", "reason")]
        assert shows(client.ask("GET", f"/notices/{n['id']}.pdf?reason=nakijken")) != []
    with office.store.read() as connection:
        looks = reads.rows(connection, select(reads.LOOK).where(reads.LOOK.c.reason == "nakijken"))
    assert sorted(look["what"] for look in looks) == sorted(f"brief {n['id']}" for n in mine)


def test_a_pile_is_opened_by_who_made_it_for_a_reason_and_each_letter_in_it_counts_as_looked_at(
    sqlite_client, sqlite_office
):
    client, office = sqlite_client, sqlite_office
    melder = MELDER | {"functie": "", "organisatie": ""}
    number = client.post("/cases", melding(melder={k: v for k, v in melder.items() if v}))["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    letter = next(n for n in letters_of(client, number) if n["recipient"] == "melder")
    version = client.post(f"/notices/{letter['id']}/approve", {"version": letter["version"]})[
        "version"
    ]
    client.post(f"/notices/{letter['id']}/queue", {"version": version, "way": "print"})
    pile = client.post("/outbox/piles")["pile"]
    for name in CAST:
        if name != "Tom":
            assert Client(office, name).ask(
                "GET", f"/outbox/piles/{pile}.pdf?reason=afdrukken", expect=404
            )
    client.ask("GET", f"/outbox/piles/{pile}.pdf", expect=422)
    assert shows(client.ask("GET", f"/outbox/piles/{pile}.pdf?reason=afdrukken")) != []
    with office.store.read() as connection:
        looks = reads.rows(connection, select(reads.LOOK).where(reads.LOOK.c.reason == "afdrukken"))
    assert [look["what"] for look in looks] == [f"brief {letter['id']} (stapel)"]


def test_who_becomes_secret_later_is_no_longer_found_by_what_was_typed_before(sqlite_client):
    client = sqlite_client
    number = client.post("/cases", melding(melder=MELDER | {"geheim": False}, zorgen=PLANTED))[
        "number"
    ]
    assert client.get("/cases?q=kwarteldrift")["items"]
    client.move(number, "corrigeren", reden="zij wil niet bekend zijn", melder={"geheim": True})
    assert (
        not client.get("/cases?q=kwarteldrift")["items"]
        and given_away(str(client.case(number))) == []
    )


def test_what_is_covered_on_screen_is_not_saved_back_over_what_was_told(sqlite_client):
    number = the_whole_way(sqlite_client, ELSEWHERE)
    shown = sqlite_client.case(number)["zorgen"]
    assert "[geheim]" in shown
    wrong = sqlite_client.move(number, "corrigeren", expect=422, reden="spelling", zorgen=shown)
    assert [(f["code"], f["field"]) for f in wrong["errors"]] == [("bedekt", "zorgen")]
