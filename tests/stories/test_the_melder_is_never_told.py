"""The melder's name, phone and address, planted in every field there is: no letter, page, export, feed, mail, file or log line for who may not have it holds them (G7)."""

import logging
import re

from support.cast import Client, reader

from amhk.desk import admin, agenda, digest, watch
from amhk.store import reads

NAME, PHONE, PLACE = "Zwaluw Kwarteldrift", "06-11122233", "Verklikkersteeg 77, 3099 ZZ Rotterdam"
PLANTED = f"volgens mevr. Kwarteldrift (bel 06 111 222 33), {PLACE}"
SIGNS = ("kwarteldrift", "zwaluw", "0611122233", "06-11122233", "06 111 222 33", "verklikkersteeg", "3099 zz", "3099zz")
MELDER = {
    "naam": NAME,
    "bereikbaar": f"{PHONE}, {PLACE}",
    "geheim": True,
    "functie": "buurvrouw Kwarteldrift",
    "organisatie": "Kwarteldrift Advies",
}
CHILD = {"naam": f"Liv Visser (gemeld door {NAME})", "geboren": "2019-03-04", "rollen": ["kind"], "adres": PLACE}
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
        if told.get("type") == "string" and not {"enum", "format", "pattern", "const", "examples"} & set(told) and name not in ("op", "bij", "gezaghebbenden_geinformeerd")
    }  # fmt: skip
    return texts | {k: v for k, v in filled.items() if k not in texts}


def step(client, number, name, **filled):
    move = next(m for m in client.case(number)["moves"] if m["name"] == name)
    return client.move(number, name, **plant(move, **filled))


def the_whole_way(client):
    """One melding along both finishes, with the melder in whatever can be typed."""
    number = client.post(
        "/cases",
        {
            "route": "melding", "kanaal": "telefoon", "ontvangen": "2026-02-02T09:00", "hoedanigheid": "35", "gemeente": "Schiedam", "acuut": False,
            "zorgen": PLANTED, "melder": MELDER, "betrokkenen": [CHILD, MOTHER], "aanleiding": ["08"], "id": f"K-{PHONE}",
        },
    )["number"]  # fmt: skip
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
            assert given_away(told["html"] or "") == [], "on screen his own letter shows no name either"
            assert NAME in client.ask("GET", f"{path}.html").text, "but the letter itself is to him"
            continue
        kinds.add(told["kind"])
        assert given_away(told["html"] or "") == []
        wrong = client.ask("POST", f"{path}/approve", {"version": told["version"]}, expect=(200, 422))
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
        "informeren_betrokkene", "verzoek_rvdk", "bericht_college", "melding_politie", "verwijzing_instelling", "bevestiging_instelling",
        "controlevraag_instelling",
    }  # fmt: skip


def test_once_the_texts_are_corrected_every_letter_goes_and_none_of_them_holds_the_melder(client, office):
    from io import BytesIO

    from pypdf import PdfReader

    number = the_whole_way(client)
    case = client.case(number)
    person = str(case["people"][0]["id"])
    clean = {
        n: "Er is hulp nodig."
        for n in ("conclusie", "bevindingen", "motivering", "afspraken", "veiligheidsvoorwaarden", "geprobeerde_hulp")
    }
    told = {"naam": "Liv Visser", "adres": "Kade 1, 3111 AA Schiedam"}
    client.move(
        number, "corrigeren", reden=PLANTED, gezaghebbenden_geinformeerd="ja", persoon=person, persoonsgegevens=told, **clean
    )
    findings = [n for n in letters_of(client, number) if n["recipient"] != "melder"]
    for n in findings:
        answer = client.ask("POST", f"/notices/{n['id']}/approve", {"version": n["version"]}, expect=(200, 422))
        if answer.status_code == 422:  # earlier findings are corrected one at a time: the last one is; the first still names her
            assert [f["field"] for f in answer.json()["errors"]] == ["bevindingen"]
            continue
        pdf = "".join(p.extract_text() for p in PdfReader(BytesIO(client.ask("GET", f"/notices/{n['id']}.pdf").content)).pages)
        assert len(pdf) > 200 and given_away(pdf) == []
        client.post(f"/notices/{n['id']}/queue", {"version": answer.json()["version"], "way": "map"})
    watch.go_round(office)
    step(client, number, "geen_antwoord")  # its letter says who is to answer, not what was said on the telephone
    reminder = next(n for n in letters_of(client, number) if n["kind"] == "herinnering_instelling")
    assert reminder["html"] and given_away(reminder["html"]) == []
    files = [p for p in (office.config.folder / "oefenpost").rglob("*.json")]
    assert len(files) >= 5 and not any(given_away(p.read_text(encoding="utf-8")) for p in files)


def crawl(client, most=400):
    """Give every page a signed-in reader can come to by following links: address and text."""
    seen, queue = {}, ["/", "/werkvoorraad", "/zoeken?q=kwarteldrift", "/post", "/versturen", "/versturen?lijst=alles", "/beheer", "/rapportage?period=2026-Q1", "/werkvoorraad.csv",
                       "/api/openapi.json", "/zoeken?q=0611122233", "/zoeken?q=verklikkersteeg"]  # fmt: skip
    while queue and len(seen) < most:
        path = queue.pop(0)
        if path in seen:
            continue
        answer = client.http.get(path)
        seen[path] = answer.text
        if "text/html" in answer.headers.get("content-type", ""):
            found = re.findall(r'href="(/[^"#]*)"', answer.text)
            queue += [p.replace("&amp;", "&") for p in found if not p.startswith(("/static", "/uit"))]
    return seen


def test_no_page_export_or_answer_for_who_has_no_right_to_the_case_holds_the_melder(sqlite_client, sqlite_office):
    client, office = sqlite_client, sqlite_office
    number = the_whole_way(client)
    admin.add_team(office, "Elders")
    admin.add_worker(office, "Noor", "medewerker", "Elders", None, password="oefenen-oefenen")
    for name in ("Bea", "Rita", "Noor"):
        looked_everywhere(client, office, number, name)


def looked_everywhere(client, office, number, name):
    other = Client(office, name)
    other.http.post("/login", data={"name": name, "password": "oefenen-oefenen"}, headers={"sec-fetch-site": "same-origin"})
    pages = crawl(other)
    assert len(pages) > 12 and not [
        path for path, text in pages.items() if number in text and "zoeken" not in path and path != "/bewijs"
    ]
    for path, text in pages.items():
        assert given_away(text.replace("q=kwarteldrift", "").replace('value="kwarteldrift"', "").replace('value="0611122233"', "").replace('value="verklikkersteeg"', "")) == [] or path.startswith("/zoeken"), path  # fmt: skip
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


def test_who_works_on_the_case_sees_the_melder_only_after_asking_and_searching_does_not_find_her_by_phone(client, office):
    number = the_whole_way(client)
    case = client.case(number)
    assert case["melder"]["naam"] is None and case["melder"]["bereikbaar"] is None
    with office.store.read() as connection:
        assert reads.case_by_number(connection, number)["melder_naam"] == NAME


def test_no_feed_mail_or_log_line_holds_the_melder(client, office, caplog):
    with caplog.at_level(logging.DEBUG):
        number = the_whole_way(client)
        for n in letters_of(client, number):
            client.ask("POST", f"/notices/{n['id']}/approve", {"version": n["version"]}, expect=(200, 422))
        watch.go_round(office)
    assert (
        given_away("\n".join(f"{r.name} {r.getMessage()} {r.exc_text or ''}" for r in caplog.records if r.name.startswith("amhk")))
        == []
    )
    tom = reader(office, "Tom")
    with office.store.read() as connection:
        worker = reads.worker_by(connection, name="Tom")
        text = digest.text_of(office, connection, worker, office.now(connection))
    assert number in text and given_away(text) == []
    feed = agenda.read(office, agenda.make(office, "persoonlijk", tom)).decode()
    assert given_away(feed) == []
