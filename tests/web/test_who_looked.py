"""Every look leaves one line and nothing else does; the lines are a chain that who leads reads."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from browser.test_every_page import PAGES, routes
from conftest import make_folder
from sqlalchemy import delete, select, update
from support.cast import Client, hire, reader
from support.everything import furnish
from support.families import EL_AMRANI, melding
from support.http import Http

from amhk.desk.casefile.access_log import look_line
from amhk.desk.cases import assignment, attachments, reading
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.desk.people.earlier_contacts import HIDDEN, KNOWN
from amhk.desk.staff import workers
from amhk.office import open_office
from amhk.store import reads
from amhk.store.staff import looks
from amhk.web.api import cases, house, letters, people
from amhk.web.app import create_app
from amhk.web.looked import LISTS
from amhk.web.pages import ROOMS

NUMBER = re.compile(r"\b[AM]-20\d\d-\d{6}\b")
FAMILY = re.compile("El Amrani|Bouzid")
# Addresses of one case by another key than its number.
OF_A_CASE = ("/inzages/{key}", "/brief/{key}", "/brief/{key}/pdf", "/notices/{key}")
OF_A_CASE += ("/vernietigingen/{key}", "/vernietigingen/{key}/verklaring.pdf")
# What is of nobody's case but may name one: the journal of the house, which says of what it is.
HOUSE = ("/beheer", "/bewijs", "/proof", "/concept", "/nieuw", "/plans", "/beheer/inzage")
HOUSE += ("/beheer/brieven/{kind}",)  # a letter with made-up facts, under a made-up number


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A house with a bit of everything, what is where, and a browser signed in as each."""
    path = make_folder(tmp_path_factory.mktemp("m") / "m", "meldpunt.sqlite", seated=True)
    office = open_office(path, proof=False)
    places = furnish(office)
    app, browsers = create_app(office), {}
    for name in {who for shown in PAGES.values() for who, _ in shown if who}:
        browsers[name] = Http(app)
        browsers[name].sign_in(name)
    yield office, places, browsers
    office.close()


def lines(office, after=0):
    with office.store.read() as connection:
        return reads.rows(connection, select(reads.LOOK).where(reads.LOOK.c.id > after))


def last(office):
    return max((line["id"] for line in lines(office)), default=0)


def judge(office, route, text, fresh):
    """Say what is wrong with the lines that one answer left."""
    shows = bool(NUMBER.search(text) or FAMILY.search(text))
    # who is known from before stands in lines of those other cases
    fresh = [line for line in fresh if line["what"] not in (KNOWN, HIDDEN)]
    if "{number}" in route or route in OF_A_CASE:
        one = len(fresh) == 1 and fresh[0]["case_id"]
        return None if one else f"{len(fresh)} lines of a case"
    if route in LISTS:
        one = len(fresh) == 1 and fresh[0]["case_id"] is None
        return None if one else f"{len(fresh)} lines of a list"
    if fresh:
        return "a line of nothing"
    return "it shows a case and leaves no line" if shows and route not in HOUSE else None


def main_of(text):
    """The page without its frame: who is signed in, and the menu."""
    return text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("route", sorted(PAGES))
def test_every_page_that_shows_a_case_or_a_list_leaves_one_line_and_no_other_page_does(home, route):
    office, places, browsers = home
    for who, path in PAGES[route]:
        if not who:
            continue
        path = re.sub(r"\{(\w+)\}", lambda m: str(places[m[1]]), path)
        before = last(office)
        answer = browsers[who].get(path, follow_redirects=False)
        if answer.status_code == 303:
            continue
        wrong = judge(office, route, main_of(answer.text), lines(office, before))
        if answer.status_code >= 400:
            wrong = lines(office, before) and "a refusal leaves a line"
        assert not wrong, (who, path, answer.status_code, wrong)


def test_no_page_is_forgotten():
    assert set(LISTS) <= routes() | programs()


def programs():
    return {
        route.path
        for room in (cases, house, letters, people)
        for route in room.router.routes
        if "GET" in route.methods
    }


def test_every_address_of_the_api_that_shows_a_case_or_a_list_leaves_one_line(home):
    office, places, _ = home
    tom, looked = Client(office, "Tom"), 0
    own = {"number": places["melding"], "key": places["letter"], "imported": places["file"]}
    own |= {"route": "melding", "pile": "none"}
    for path in sorted(programs()):
        own["name"] = "kwartaal" if path.startswith("/reports") else "meldingsroute"
        filled = re.sub(r"\{(\w+)(:\w+)?\}", lambda m: str(own[m[1]]), path)
        query = "?period=2026-Q1" if path.startswith("/reports/{name}") else ""
        before = last(office)
        answer = tom.ask("GET", filled + query, expect=(*range(200, 600),))
        fresh = lines(office, before)
        if answer.status_code >= 400:
            # of a letter it is written down before it is made that somebody tried
            assert not fresh or path.startswith("/notices/{key}"), path
            continue
        looked += 1
        of_letter = path.startswith("/notices/{key}")
        wrong = judge(office, "/notices/{key}" if of_letter else path, answer.text, fresh)
        assert not wrong, (path, wrong)
    assert looked > 25


def forms():
    """Every address of a page that takes a form about a case."""
    return sorted(
        r.path
        for room in ROOMS
        for r in room.router.routes
        if "POST" in r.methods and "{number}" in r.path
    )


def test_a_form_about_a_case_that_comes_back_leaves_a_line_too(home):
    office, places, browsers = home
    csrf = re.search(r'name="_csrf" value="([^"]+)"', browsers["Tom"].get("/klok").text)[1]
    back = 0
    for n, path in enumerate(forms()):
        own = {"number": places["melding"], "name": "corrigeren", "key": places["term"]}
        own |= {"act": "verlengen", "move": "corrigeren"}
        filled = re.sub(r"\{(\w+)\}", lambda m, own=own: str(own[m[1]]), path)
        before = last(office)
        told = {"_csrf": csrf, "_once": f"{n:032}"}
        answer = browsers["Tom"].post(filled, data=told, follow_redirects=False)
        if answer.status_code == 303 or not FAMILY.search(main_of(answer.text)):
            continue
        back += 1
        fresh = [x for x in lines(office, before) if x["what"] not in (KNOWN, HIDDEN)]
        assert [bool(x["case_id"]) for x in fresh] == [True], (path, answer.status_code, fresh)
    assert back >= 2


LIST_FORMS = (
    ("/werkvoorraad/bewaren", {"v.q": "El Amrani"}),
    ("/werkvoorraad/toewijzen", {"v.q": "El Amrani"}),
    ("/triage", {}),
    ("/afwezigheid", {"worker": "Tom"}),
)


@pytest.mark.parametrize(("path", "told"), LIST_FORMS)
def test_a_form_with_a_list_that_comes_back_leaves_a_line_too(home, path, told):
    office, _, browsers = home
    csrf = re.search(r'name="_csrf" value="([^"]+)"', browsers["Mia"].get("/klok").text)[1]
    before = last(office)
    told = told | {"_csrf": csrf, "_once": path.replace("/", "x").ljust(32, "x")[:32]}
    answer = browsers["Mia"].post(path, data=told, follow_redirects=False)
    shows = NUMBER.search(main_of(answer.text)) or FAMILY.search(main_of(answer.text))
    assert len(lines(office, before)) == (1 if answer.status_code == 422 else 0) or not shows
    if shows:
        assert len(lines(office, before)) == 1


@pytest.mark.parametrize("yes", ["true", "1", "yes", "on", "T", "y", "True"])
def test_what_would_happen_is_a_look_and_a_move_is_not(home, yes):
    office, places, _ = home
    tom, number = Client(office, "Tom"), places["melding"]
    version = tom.get(f"/cases/{number}")["version"]
    before, path = last(office), f"/cases/{number}/moves/veiligheidsbeoordeling"
    tom.post(f"{path}?dry_run={yes}", {"version": version, "uitkomst": "x"})
    assert [x["what"] for x in lines(office, before)] == ["moves"]


def test_a_hidden_contact_stays_hidden_on_the_page_of_looks(home):
    """Tom is told that somebody is known from a case of another team, and no more; nor does the
    page of what he looked at tell him which.
    """
    office, _, browsers = home
    workers.add_team(office, "Elders")
    workers.add_worker(office, "Noor", "medewerker", "Elders", None, password="oefenen-oefenen")
    family = [{"naam": "Quirijn Zoetelief", "geboren": "2012-05-06", "rollen": ["kind"]}]
    number = calls.take_call(office, melding(family), reader(office, "Noor"))
    told = {"team": "Elders", "reason": "Ligt daar."}
    assignment.assign(office, number, told, reader(office, "Mia"))
    told = Client(office, "Tom").post("/earlier", {"betrokkenen": family})["items"]
    assert [one["number"] for one in told] == [None]
    page = browsers["Tom"].get("/beheer/inzage?medewerker=Tom").text
    assert "eerder bekend: alleen dat" in page and number not in page


def test_what_stands_out_is_worked_out_over_the_whole_month(home):
    office, _, browsers = home
    night = datetime.now(UTC).replace(hour=1) - timedelta(days=2)
    told = [look_line(reader(office, "Anna"), None, "zaken") | {"instant": night}] * 30
    with office.store.write() as connection:
        looks.write(connection, told)
        looks.write(connection, [look_line(reader(office, "Anna"), None, "zaken")] * 600)
    page = browsers["Mia"].get("/beheer/inzage?medewerker=Anna").text
    assert "tussen 22 en 6 uur" in page and "De laatste 500 regels" in page


def test_a_line_says_who_in_which_role_by_which_door_and_what(home):
    office, places, browsers = home
    before = last(office)
    browsers["Tom"].get(f"/zaak/{places['melding']}/overdragen")
    Client(office, "Tom").ask("GET", f"/cases/{places['melding']}")
    told = [(x["what"], x["role"], x["via"]) for x in lines(office, before)]
    assert told == [("overdragen", "teamleider", "scherm"), ("zaak", "teamleider", "api")]


def test_signing_in_and_failing_to_leave_a_line_each(home):
    office, _, _ = home
    before, http = last(office), Http(create_app(office))
    for name, password in (("Tom", "fout"), ("Niemand", "fout"), ("Tom", "oefenen-oefenen")):
        http.sign_in(name, password)
    tom = reader(office, "Tom").id
    told = [(x["what"], x["worker_id"]) for x in lines(office, before)]
    assert told == [("aanmelden mislukt", tom), ("aanmelden mislukt", None), ("aangemeld", tom)]


@pytest.fixture
def chained(office):
    """A case at which Tom and Anna looked four times, with a reason once."""
    hire(office)
    tom = reader(office, "Tom")
    number = calls.take_call(office, melding(EL_AMRANI[:1]), tom)
    for name in ("Tom", "Anna", "Tom"):
        reading.case_view(office, number, reader(office, name), looked="zaak")
    reading.reveal(office, number, reader(office, "Anna"), "de school belt terug")
    assert changed_behind(office) == []
    return office, number


def change(office, statement):
    with office.store.write() as connection:
        connection.execute(statement)


BEHIND = {
    "a line is gone": delete(reads.LOOK).where(reads.LOOK.c.sequence == 1),
    "the last lines are gone": delete(reads.LOOK),
    "it was another case": update(reads.LOOK).values(case_id=None),
    "it was something else": update(reads.LOOK).values(what="niets"),
    "it was somebody else": update(reads.LOOK).values(worker_id=1),
    "it was another role": update(reads.LOOK).values(role="beheerder"),
    "it was at another door": update(reads.LOOK).values(via="scherm"),
    "there was another reason": update(reads.LOOK)
    .where(reads.LOOK.c.reason.is_not(None))
    .values(reason="zomaar"),
    "there was another reason, and nothing to prove it by": update(reads.LOOK)
    .where(reads.LOOK.c.reason.is_not(None))
    .values(reason="zomaar", salt=None),
    "all of it is gone, and that there were lines": delete(looks.HEAD),
}


@pytest.mark.parametrize("what", BEHIND)
def test_a_line_that_is_changed_or_taken_away_behind_the_program_is_found(chained, what):
    office, _ = chained
    change(office, BEHIND[what])
    assert changed_behind(office)


def test_what_was_destroyed_by_law_takes_the_reason_and_the_chain_holds(chained):
    office, _ = chained
    change(office, update(reads.LOOK).values(reason=None, salt=None))
    assert changed_behind(office) == []


def test_who_works_with_a_case_reads_who_looked_and_who_does_not_finds_nothing(chained):
    office, number = chained
    told = Client(office, "Tom").get(f"/cases/{number}/looks")["items"]
    assert [(x["worker"], x["what"]) for x in told][:2] == [
        ("Anna", "geheime gegevens (bsn)"),
        ("Tom", "zaak"),
    ]
    assert told[0]["reason"] == "de school belt terug"
    Client(office, "Bea").ask("GET", f"/cases/{number}/looks", expect=404)


def test_who_leads_reads_what_a_worker_looked_at_and_a_worker_does_not(home):
    _, _, browsers = home
    page = browsers["Mia"].get("/beheer/inzage?medewerker=Tom").text
    assert "Tom bekeek" in page
    assert browsers["Anna"].get("/beheer/inzage?medewerker=Tom").status_code == 403
    assert browsers["Tom"].get("/beheer/inzage?medewerker=Niemand").status_code == 404


def test_the_extract_for_a_betrokkene_holds_every_look_and_is_for_who_leads(home):
    office, places, browsers = home
    number = places["melding"]
    attachments.add_note(office, number, {"tekst": "Nog eens."}, reader(office, "Tom"))
    told = browsers["Tom"].get(f"/zaak/{number}/inzage.csv").text
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)["id"]
    # the extract itself is a look too, and stands in the next one
    assert len(told.strip().splitlines()) == sum(x["case_id"] == case for x in lines(office))
    assert browsers["Anna"].get(f"/zaak/{number}/inzage.csv").status_code == 403


def test_every_look_of_a_random_day_is_a_line_once_and_nothing_else_is(home):
    """Two hundred things five workers might do in a day, in any order: pages, programs, sign-ins,
    notes; each leaves the lines it should, and at the end there are no others.
    """
    office, places, browsers = home
    dice, programs_of = Random(20261130), {n: Client(office, n) for n in ("Tom", "Anna", "Mia")}
    shown = [(route, *one) for route in sorted(PAGES) for one in PAGES[route] if one[0]]
    own = {"number": places["melding"], "key": places["letter"], "imported": places["file"]}
    own |= {"route": "melding", "pile": "none", "name": "meldingsroute"}
    reading_of = [p for p in sorted(programs()) if not p.startswith(("/reports", "/notices"))]
    first, expected = last(office), 0

    def of_page():
        route, who, path = dice.choice(shown)
        filled = re.sub(r"\{(\w+)\}", lambda m: str(places[m[1]]), path)
        answer = browsers[who].get(filled, follow_redirects=False)
        return (route, main_of(answer.text)) if answer.status_code == 200 else None

    def of_program():
        path = dice.choice(reading_of)
        filled = re.sub(r"\{(\w+)(:\w+)?\}", lambda m: str(own[m[1]]), path)
        client = programs_of[dice.choice(sorted(programs_of))]
        answer = client.ask("GET", filled, expect=range(200, 600))
        return (path, answer.text) if answer.status_code < 400 else None

    def of_act():
        note = {"tekst": f"Notitie {dice.random()}."}
        attachments.add_note(office, places["melding"], note, reader(office, "Tom"))

    def of_sign_in():
        return Http(create_app(office)).sign_in("Tom", dice.choice(["fout", "oefenen-oefenen"]))

    for _ in range(200):
        before = last(office)
        act = dice.choice([of_page] * 6 + [of_program] * 6 + [of_act, of_sign_in])
        told = act()
        fresh = lines(office, before)
        expected += len(fresh)
        if act is of_sign_in:
            assert len(fresh) == (told.status_code != 429), told.status_code
        elif told is None:
            assert not fresh, "a refusal and an act leave none"
        else:
            assert not judge(office, *told, fresh), told[0]
    assert last(office) - first == expected == len(lines(office, first))
    assert changed_behind(office) == [], "and all of them stand in their chains"
