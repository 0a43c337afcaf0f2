"""Who knows the people of a case: it does not exist for him, and it never stands before nobody."""

import re

import pytest
from browser.test_every_page import FILES, PAGES
from conftest import FULL, make_folder
from support.bulk import bring, form, take
from support.cast import Client, hire, reader
from support.everything import furnish
from support.families import melding
from support.http import Http
from web.test_who_looked import programs

from amhk.desk.cases import assignment, attachments, moves, reading
from amhk.desk.house import rounds
from amhk.desk.intake import calls
from amhk.desk.letters import dispatch, notices
from amhk.desk.staff import conflicts
from amhk.desk.terms import feeds
from amhk.office import open_office
from amhk.store import reads
from amhk.web.app import create_app

NAME, STREET = "Zeldenrust", "Kwikstaartpad"
KIN = [
    {
        "naam": f"Quirijn {NAME}",
        "geboren": "2012-05-05",
        "rollen": ["kind"],
        "adres": f"{STREET} 7, 3024 AA Rotterdam",
        "bsn": "999990019",
    },
    {"naam": f"Odette {NAME}", "geboren": "1985-04-04", "rollen": ["ouder"], "gezag": True},
]
# What is another thing each time it is asked.
MOVING = re.compile(
    r'name="_(?:csrf|once)" value="[^"]*"|[0-9a-f]{16,64}|stand=\d+|regel \d+|"position": \d+'
)
# What tells of the house as a whole, and of nobody's cases: how much of it there is, how it is
# proven, and what the worker himself looked at or did.
OF_THE_HOUSE = {
    "/bewijs",
    "/proof",
    "/health",
    "/beheer",
    "/beheer/instellingen",
    "/beheer/inzage",
    "/zaak/{number}/inzage",
    "/zaak/{number}/inzage.csv",
    "/zaak/{number}/afschrift/{key}",
    "/aanmeldingen",
    "/formulieren",
    "/formulieren/{imported}",
    "/imports",
    "/imports/{imported}",
    "/cases/{number}/looks",
    "/rapportage/bewaard/{key:int}",
}
WORKERS = ["Anna", "Carla", "Vera", "Tom", "Mia", "Piet"] if FULL else ["Anna", "Tom", "Mia"]


@pytest.fixture(params=WORKERS)
def home(request, tmp_path):
    """A house with a bit of everything on a later day, and who knows somebody in it."""
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    office = open_office(path, proof=False)
    places = furnish(office)
    Client(office, "Tom").clock("2026-02-20T09:00")
    yield office, places, request.param
    office.close()


def addresses(places):
    """Every page, file and answer to a program there is, filled in with what is in the house."""
    seen = {path for shown in PAGES.values() for _, path in shown}
    found = [(route, path) for route, shown in PAGES.items() for _, path in shown]
    found += [(route, route) for route in FILES if "{" not in route]
    found.append(("/werkvoorraad", "/werkvoorraad?sort=nieuwste"))
    found.append(("/zoeken", f"/zoeken?q={NAME}"))
    found.append(("/versturen", "/versturen"))
    found.append(("/afwezigheid", "/afwezigheid?worker=Bram"))
    found.append(("/rapportage/zaken", "/rapportage/zaken?figure=meldingen&period={year}-Q1"))
    found.append(("/rapportage", "/rapportage?period={year}-Q1"))
    assert len(seen) > 40
    own = {**places, "number": places["melding"], "key": places["letter"], "route": "melding"}
    own |= {"imported": places["file"], "pile": "none", "secret": "none", "name": "meldingsroute"}
    for path in programs():
        told = path.replace("{name}", "kwartaal") if path.startswith("/reports") else path
        query = f"?period={places['year']}-Q1" if path.startswith("/reports/{name}") else ""
        found.append((path, f"/api/v1{told}{query}"))
    return [
        (route, re.sub(r"\{(\w+)(:\w+)?\}", lambda m: str(own[m[1]]), path))
        for route, path in found
    ]


def answers(places, browser, program, secret):
    """What a worker reads everywhere, without what is another thing each time."""
    found = {}
    for route, path in addresses(places):
        if path.startswith("/api/"):
            answer = program.ask("GET", path, expect=(*range(200, 600),))
        else:
            answer = browser.get(path)
        text = "pdf" if answer.content.startswith(b"%PDF") else MOVING.sub("~", answer.text)
        found[route, path] = (answer.status_code, text)
    found["/agenda", "feed"] = (200, browser.get(f"/agenda/{secret}.ics").text)
    return found


def plant(office, worker):
    """A family that a worker knows comes in, and leaves something in every room of the house."""
    by = reader(office, "Bram" if worker == "Tom" else "Tom")
    number = calls.take_call(office, melding(KIN, zorgen=f"{NAME} is stil.", acuut=True), by)
    quiet = calls.take_call(office, melding(KIN, zorgen=f"Weer {NAME}."), by)
    for case in (number, quiet):
        attachments.add_note(office, case, {"tekst": f"{STREET} gebeld."}, by)
    moves.make_move(
        office,
        quiet,
        "veiligheidsbeoordeling",
        {"uitkomst": "Onderzoek nodig."} | ({} if by.registration else {"beslisser": "Carla"}),
        by,
        checked=False,
    )
    letter = reading.case_view(office, quiet, by)["notices"][0]["id"]
    notices.approve(office, letter, {"version": 1}, by)
    dispatch.queue(office, letter, {"version": 2, "way": "print"}, by)
    key = bring(office, [form(1, betrokkenen=KIN, zorgen=f"{NAME} weer gezien.")], by.name)
    take(office, key, by.name)
    with office.store.read() as connection:
        found = reads.rows(
            connection, reads.select(reads.CASE.c.number).order_by(reads.CASE.c.id.desc())
        )
    third = found[0]["number"]
    assert NAME in str(reading.case_view(office, third, by))
    owner = "Anna" if worker == "Bram" else "Bram"
    assignment.assign(office, quiet, {"owner": owner, "reason": "verdeling"}, by)
    return [number, quiet, third]


def lock_out(office, worker, numbers):
    """Who leads says of a worker that he knows these people."""
    leads = reader(office, "Mia" if worker != "Mia" else "Tom")
    for number in numbers:
        with office.store.read() as connection:
            case = reads.case_by_number(connection, number)
        if case["id"] not in reader(office, worker).barred:
            told = {"worker": worker, "ground": "familie", "reason": "Zegt hij zelf."}
            conflicts.know_other(office, number, told, leads)


def test_who_knows_a_family_finds_no_trace_of_it_in_any_page_count_list_figure_or_feed(home):
    office, places, worker = home
    secret = feeds.make(office, "persoonlijk", reader(office, worker))
    browser, program = Http(create_app(office)), Client(office, worker)
    browser.sign_in(worker)
    take(office, bring(office, [form(3)]), "Tom")
    rounds.go_round(office)
    answers(places, browser, program, secret)  # what he opened himself is no longer new
    before = answers(places, browser, program, secret)
    numbers = plant(office, worker)
    lock_out(office, worker, numbers)
    rounds.go_round(office)
    after = answers(places, browser, program, secret)
    traces = re.compile("|".join([NAME, STREET, *numbers]))
    typed = ("/zoeken", f"/zoeken?q={NAME}")
    wrong = [at for at, (_, text) in after.items() if traces.search(text) and at != typed]
    wrong += [
        at
        for at, told in after.items()
        if at[0] not in OF_THE_HOUSE and told != before[at] and at not in wrong
    ]
    assert not wrong, [
        (at, differences(before[at][1], after[at][1])) for at in sorted(map(tuple, wrong))
    ]
    for number in numbers:
        assert browser.get(f"/zaak/{number}").status_code == 404


@pytest.fixture
def desk(sqlite_office):
    hire(sqlite_office)
    browser = Http(create_app(sqlite_office))
    browser.sign_in("Tom")
    number = calls.take_call(sqlite_office, melding(KIN), reader(sqlite_office, "Tom"))
    return sqlite_office, browser, number


def test_on_screen_who_leads_says_it_of_another_lifts_it_and_says_it_of_himself(desk):
    office, tom, number = desk
    at, told = f"/zaak/{number}/bekenden", {"ground": "familie", "reason": "Zegt zij zelf."}
    wrong = tom.send(f"{at}/ander", worker="Anna", ground="familie")
    assert wrong.status_code == 422 and "selected" in wrong.text
    assert tom.send(f"{at}/ander", worker="Anna", **told).status_code == 303
    assert "Anna" in tom.get(at).text
    (held,) = conflicts.view(office, number, reader(office, "Tom"))["held"]
    assert tom.send(f"{at}/{held['id']}/opheffen", reason="Andere familie.").status_code == 303
    assert conflicts.view(office, number, reader(office, "Tom"))["held"] == []
    assert tom.send(at, ground="familie").headers["location"] == "/"
    assert tom.get(at).status_code == 404


def test_who_takes_a_call_about_people_he_may_not_know_is_told_that_a_colleague_goes_on(desk):
    office, tom, number = desk
    tom.send(f"/zaak/{number}/bekenden", ground="familie")
    body = melding([], gemeente="Schiedam") | {"melder.naam": "School"}
    flat = {k: v for k, v in body.items() if isinstance(v, str)}
    made = tom.send("/nieuw", **flat, route_keuze="melding")
    assert made.status_code in (303, 422)
    again = calls.take_call(office, melding([], gemeente="Schiedam"), reader(office, "Tom"))
    line = {f"betrokkenen.0.{k}": v for k, v in KIN[0].items() if isinstance(v, str)}
    line["betrokkenen.0.rollen"] = "kind"
    answer = tom.send(f"/zaak/{again}/mensen", **line)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def differences(before, after):
    lines = {*before.splitlines()}
    return [line.strip()[:200] for line in after.splitlines() if line not in lines][:6]
