"""A number on one page is what the page it leads to shows, whoever looks, and what a list offers is
taken: for meldpunten drawn at random.
"""

import re
from html import unescape
from random import Random

import pytest
from support.cast import Client, reader
from support.families import melding
from support.http import Http

from amhk.desk.cases import assignment, reading
from amhk.desk.intake import calls
from amhk.web.app import create_app

ROLES = ("Anna", "Bram", "Carla", "Tom", "Mia", "Piet")


def browser(office, name):
    http = Http(create_app(office))
    http.post(
        "/login",
        data={"name": name, "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    return http


def words(html):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def section(html, key):
    """The part of a page under the heading with this id; empty where this role has none."""
    found = re.search(rf'<section[^>]*aria-labelledby="{key}".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def counted(html):
    """The number at the top of a list page."""
    return int(re.search(r'<h1>[^<]*<span class="count">(\d+)</span>', html)[1])


@pytest.fixture(params=[1, 2, 3])
def house(request, sqlite_client, sqlite_office):
    """A meldpunt of twelve calls with some owned, some of nobody, some late, some judged, in two
    teams' weeks.
    """
    office, dice = sqlite_office, Random(request.param)
    tom = reader(office, "Tom")
    for n in range(12):
        body = melding(
            [{"naam": f"Persoon Voorbeeld {n}", "geboren": "2011-03-12"}],
            acuut=dice.random() < 0.15,
        )
        number = calls.take_call(office, body, tom)
        if dice.random() < 0.6:
            assignment.assign(
                office,
                number,
                {"owner": dice.choice(["Anna", "Bram", "Tom"]), "reason": "verdeling"},
                tom,
            )
        if dice.random() < 0.4:
            sqlite_client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    sqlite_client.clock(f"2026-02-{dice.choice(['03', '06', '10', '16'])}T09:00")
    return office


def open_cases(office, name):
    client = Client(office, name)
    numbers, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/cases?closed=false&cursor={cursor}")
        numbers += [c["number"] for c in page["items"]]
        cursor = page.get("next")
    who = reader(office, name)
    return [
        reading.case_view(office, number, who) for number in numbers
    ]  # reads, and does not open


@pytest.mark.parametrize("name", ROLES)
def test_each_number_of_vandaag_is_what_the_page_behind_it_shows(house, name):
    http = browser(house, name)
    home, page, looked = http.get("/").text, http.get("/herinneringen"), 0
    behind = {
        unescape(href): http.get(unescape(href)).text
        for href in re.findall(r'href="(/werkvoorraad[^"]*)"', home)
    }
    cases = open_cases(house, name)
    bare = [c for c in cases if not c["owner"]]
    if part := section(home, "niemand"):
        count = int(re.search(r'class="count">(\d+)<', part)[1])
        assert count == counted(behind["/werkvoorraad?owner=-"]) == len(bare)
        looked += 1
    if part := section(home, "last"):
        for href, count, late in re.findall(
            r'href="([^"]+)">.*?<td class="num">(\d+)</td><td class="num">(\d+)</td>', part
        ):
            assert int(count) == counted(behind[unescape(href)]), href
            looked += 1
            owner = unescape(href).rpartition("owner=")[2]
            mine = [c for c in cases if (c["owner"] or "-") == owner]
            assert (int(count), int(late)) == (
                len(mine),
                sum(any(t["status"] == "te_laat" for t in c["terms"]) for c in mine),
            ), href
    if part := section(home, "afloop"):
        rows = re.findall(
            r'<th scope="row">([^<]+)</th><td class="num">(.*?)</td><td class="num">(\d+)</td><td'
            r' class="num">(\d+)</td>',
            part,
        )
        for title, late, _, nobody in rows:
            of = [(c, t) for c in cases for t in c["terms"] if t["title"] == unescape(title)]
            assert int(words(late)) == sum(t["status"] == "te_laat" for _, t in of), title
            assert int(nobody) <= sum(
                not c["owner"] for c, t in of if t["status"] in ("lopend", "te_laat")
            ), title
            looked += 1
    reminders = re.search(r'href="/herinneringen">(\d+) herinnering', home)
    if page.status_code == 200:
        assert counted(page.text) == int(reminders[1] if reminders else 0)
        looked += 1
    told = re.search(
        r"(\d+) open zaken, (\d+) met een volgende termijn, (\d+) zonder",
        words(http.get("/bewijs").text),
    )
    if told and name == "Mia":
        assert [int(n) for n in told.groups()] == [len(cases), len(cases), 0]
    assert looked, "there is a number to look at"


def test_every_name_a_list_of_hands_offers_is_taken(house):
    http = browser(house, "Tom")
    page = http.get("/werkvoorraad").text
    offered = re.search(r'<select id="owner" name="owner">(.*?)</select>', page, re.DOTALL)[1]
    hands = [
        unescape(h)
        for h in re.findall(r"<option[^>]*>([^<]+)</option>", offered)
        if not re.match("Kies", h)
    ]
    assert len(hands) >= 5
    number = open_cases(house, "Tom")[0]["number"]
    form = http.get(f"/zaak/{number}/overdragen").text
    for hand in hands:
        csrf, once = (
            re.search(rf'name="{key}" value="([^"]+)"', form)[1] for key in ("_csrf", "_once")
        )
        body = {
            "_csrf": csrf,
            "_once": once,
            "owner": hand.split(" (")[0] if " (" in hand and hand not in form else hand,
            "reason": "verdeling",
        }
        answer = http.post(f"/zaak/{number}/overdragen", data=body, follow_redirects=False)
        assert answer.status_code == 303, (hand, words(answer.text)[:500])
        form = http.get(f"/zaak/{number}/overdragen").text
