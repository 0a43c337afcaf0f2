"""Every form of the desk: carried out once however often it is sent, and what is typed in it is
kept until it is.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from conftest import ROOT
from support.cast import Client, hire
from support.http import Http

from amhk.web.app import create_app

PAGES = sorted((ROOT / "templates" / "pages").glob("*.html"))
MELDING = {
    "route": "melding",
    "kanaal": "telefoon",
    "ontvangen": "2026-02-02T09:00",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "acuut": False,
    "zorgen": "z",
    "melder": {"naam": "School"},
}


@pytest.fixture
def desk(office):
    hire(office)
    client = Client(office)
    client.clock("2026-02-02T09:00")
    return client


def browser(office, name="Tom"):
    """A signed-in browser, and the secret of its forms."""
    http = Http(create_app(office))
    http.post("/login", data={"name": name, "password": "oefenen-oefenen"})
    return http, re.search(r'name="_csrf" value="([^"]+)"', http.get("/klok").text)[1]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_every_form_carries_the_key_by_which_it_is_carried_out_once(path):
    text = path.read_text(encoding="utf-8")
    for form in re.findall(r"<form method=\"post\".*?</form>", text, re.DOTALL):
        known = "own(csrf)" in form or 'name="_once"' in form
        assert known or path.name in (
            "login.html",
            "login-passkey.html",
            "opnieuw.html",
            "dicht.html",
        ), form[:200]


def test_a_note_that_is_pressed_three_times_is_one_note(desk, office):
    number = desk.post("/cases", MELDING)["number"]
    http, csrf = browser(office)
    body = {"_csrf": csrf, "_once": uuid4().hex, "tekst": "Gebeld met de school."}
    answers = [
        http.post(f"/zaak/{number}/notities", data=body, follow_redirects=False) for _ in range(3)
    ]
    assert [a.status_code for a in answers] == [303] * 3 and {
        a.headers["location"] for a in answers
    } == {f"/zaak/{number}"}
    notes = [e for e in desk.get(f"/cases/{number}/journal")["items"] if e["kind"] == "notitie"]
    assert len(notes) == 1
    again = http.post(
        f"/zaak/{number}/notities", data=body | {"_once": uuid4().hex}, follow_redirects=False
    )
    assert again.status_code == 303
    assert (
        len([e for e in desk.get(f"/cases/{number}/journal")["items"] if e["kind"] == "notitie"])
        == 2
    )


def test_pressed_at_the_same_moment_it_is_still_one(desk, office):
    number = desk.post("/cases", MELDING)["number"]
    browsers = [browser(office) for _ in range(4)]
    once = uuid4().hex

    def press(pair, once=once):
        http, csrf = pair
        return http.post(
            f"/zaak/{number}/notities",
            data={"_csrf": csrf, "_once": once, "tekst": "Een keer."},
            follow_redirects=False,
        ).status_code

    # the first request of a route builds it, and a warning of the library about that is an error
    # here: so one each beforehand
    assert [press(pair, uuid4().hex) for pair in browsers] == [303] * 4
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(press, browsers)) == {303}
    assert (
        len([e for e in desk.get(f"/cases/{number}/journal")["items"] if e["kind"] == "notitie"])
        == 4 + 1
    )


def test_a_form_that_was_refused_may_be_sent_again_with_the_same_key(desk, office):
    number = desk.post("/cases", MELDING)["number"]
    http, csrf = browser(office)
    body = {"_csrf": csrf, "_once": uuid4().hex, "version": str(desk.case(number)["version"])}
    path = f"/zaak/{number}/stap/veiligheidsbeoordeling"
    assert http.post(path, data=body).status_code == 422
    assert (
        http.post(path, data=body | {"uitkomst": "Onderzoek."}, follow_redirects=False).status_code
        == 303
    )
    assert (
        http.post(path, data=body | {"uitkomst": "Onderzoek."}, follow_redirects=False).headers[
            "location"
        ]
        == f"/zaak/{number}"
    )
    assert desk.case(number)["state"] == "beoordeeld"


def test_what_is_typed_is_given_back_until_it_is_carried_out_and_to_nobody_else(desk, office):
    number = desk.post("/cases", MELDING)["number"]
    (http, csrf), (other, _) = browser(office), browser(office, "Anna")
    path, once = f"/zaak/{number}/stap/veiligheidsbeoordeling", uuid4().hex
    kept = http.post(
        "/concept",
        params={"pad": path},
        data={"_csrf": csrf, "_once": once, "uitkomst": "half getypt"},
    )
    assert kept.status_code == 200
    assert http.get("/concept", params={"pad": path}).json()["typed"] == {
        "uitkomst": ["half getypt"]
    }
    assert other.get("/concept", params={"pad": path}).status_code == 204
    assert f"{number}, stap veiligheidsbeoordeling" in http.get("/").text
    http.post(
        path,
        data={
            "_csrf": csrf,
            "_once": once,
            "version": str(desk.case(number)["version"]),
            "uitkomst": "heel getypt",
        },
    )
    assert http.get("/concept", params={"pad": path}).status_code == 204, (
        "gone once it was carried out"
    )
    late = http.post(
        "/concept", params={"pad": path}, data={"_csrf": csrf, "_once": once, "uitkomst": "te laat"}
    )
    assert late.status_code == 409 and http.get("/concept", params={"pad": path}).status_code == 204


def test_a_concept_on_a_case_one_does_not_work_with_is_kept_nowhere(desk, office):
    number = desk.post("/cases", MELDING)["number"]
    http, csrf = browser(office, "Bea")
    told = {"_csrf": csrf, "_once": uuid4().hex, "tekst": "geheim"}
    assert (
        http.post("/concept", params={"pad": f"/zaak/{number}/notities"}, data=told).status_code
        == 404
    )
    assert (
        http.post("/concept", params={"pad": "https://elders.example/"}, data=told).status_code
        == 422
    )


def test_what_was_done_is_said_once_and_never_from_the_address(desk, office):
    number = desk.post("/cases", MELDING)["number"]
    http, csrf = browser(office)
    page = http.post(
        f"/zaak/{number}/notities", data={"_csrf": csrf, "_once": uuid4().hex, "tekst": "Gebeld."}
    ).text
    assert "De notitie staat erbij." in page
    assert "De notitie staat erbij." not in http.get(f"/zaak/{number}").text
    assert "Uw wachtwoord is verlopen" not in http.get("/?gedaan=Uw+wachtwoord+is+verlopen").text


def test_who_comes_second_hears_whether_it_was_himself(desk, office):
    number = desk.post("/cases", MELDING)["number"]
    version = desk.case(number)["version"]
    desk.post(
        f"/cases/{number}/moves/veiligheidsbeoordeling", {"version": version, "uitkomst": "x"}
    )
    mine = desk.post(f"/cases/{number}/moves/onderzoek_besluiten", {"version": version}, 409)
    assert "door uzelf, in een ander venster" in mine["detail"]
    his = Client(office, "Carla").post(
        f"/cases/{number}/moves/onderzoek_besluiten", {"version": version}, 409
    )
    assert "gewijzigd door Tom" in his["detail"]


def test_a_rule_that_was_added_leads_to_a_page_without_faults(desk, office):
    http, csrf = browser(office, "Bea")
    told = {"_csrf": csrf, "_once": uuid4().hex, "team": "Meldpunt", "gemeente": "Schiedam"}
    page = http.post("/beheer/verdeling/regel", data=told)
    assert (
        page.status_code == 200
        and "Toegevoegd." in page.text
        and "Er klopt" not in page.text
        and "kloppen" not in page.text
    )


def test_everybody_the_lists_offer_to_hand_a_case_to_can_take_it(desk, office):
    number = desk.post("/cases", MELDING)["number"]
    desk.post(
        "/absence",
        {"worker": "Bram", "kind": "afwezig", "start": "2026-02-02", "reason": "ziek"},
        (200, 201, 404),
    )
    http, csrf = browser(office)
    for page in ("/werkvoorraad", f"/zaak/{number}/overdragen"):
        text = http.get(page).text
        select = re.search(r'<select id="owner" name="owner".*?</select>', text, re.DOTALL)[0]
        names = [
            re.sub(r" \(.*", "", n)
            for n in re.findall(r"<option[^>]*>([^<]+)</option>", select)
            if n != "Kies…"
        ]
        assert names and not {"Bea", "Rita"} & set(names)
        for name in names:
            body = {
                "_csrf": csrf,
                "_once": uuid4().hex,
                "zaak": number,
                "owner": name,
                "reason": "verdeling",
            }
            assert (
                http.post("/werkvoorraad/toewijzen", data=body, follow_redirects=False).status_code
                == 303
            ), (page, name)


def test_the_numbers_of_the_morning_are_those_of_the_lists_they_lead_to(desk, office):
    for n in range(5):
        number = desk.post("/cases", MELDING)["number"]
        if n % 2:
            desk.post(f"/cases/{number}/assign", {"owner": "Anna", "reason": "verdeling"})
    desk.clock("2026-02-12T09:00")
    http, _ = browser(office)
    page = http.get("/").text
    nobody = int(re.search(r'Van nog niemand <span class="count">(\d+)', page)[1])
    listed = len(
        set(re.findall(r'href="/zaak/(M-[0-9-]+)"', http.get("/werkvoorraad?owner=-").text))
    )
    assert nobody == listed == 3
    row = r'<tr>\s*<th scope="row">Veiligheidsbeoordeling</th>(.*?)</tr>'
    rows = re.findall(row, page, re.DOTALL)
    found = re.findall(r"<td[^>]*>(.*?)</td>", rows[0], re.DOTALL)
    cells = [int(re.sub(r"<[^>]+>", "", c)) for c in found]
    assert cells == [5, 0, 3], "late, this week, and how many of those are nobody's"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_somebody_typed_is_shown_with_its_own_line_ends_and_none_of_the_template(path):
    """In an element of class `text` every line end is shown."""
    text = path.read_text(encoding="utf-8")
    typed = r'<(\w+)[^<>]*class="(?:[^"]* )?text(?: [^"]*)?"[^<>]*>(.*?)</\1>'
    for found in re.finditer(typed, text, re.DOTALL):
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", "", found[2], flags=re.DOTALL)
        assert "\n" not in bare, found[0]
