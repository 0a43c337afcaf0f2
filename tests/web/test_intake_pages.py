"""Nieuw contact by hand: a page that is sent twice keeps what was typed."""

import re

CALL = {
    "route": "advies",
    "acuut": "nee",
    "kanaal": "telef",
    "hoedanigheid": "huisarts",
    "gemeente": "schie",
    "aanleiding": "08",
    "ontvangen": "2-2-2026 08:30",
    "advies": "Bespreek het met de ouders.",
}


def page_of(client):
    client.http.post(
        "/login",
        data={"name": "Tom", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    text = client.http.get("/nieuw").text
    return {
        name: re.search(f'name="{name}" value="([^"]+)"', text)[1] for name in ("_csrf", "_once")
    }


def test_a_call_sent_again_with_other_words_is_asked_after_and_nothing_is_lost(client):
    told = page_of(client) | CALL
    first = client.http.post(
        "/nieuw", data=told | {"zorgen": "Het eerste gesprek."}, follow_redirects=False
    )
    assert "/zaak/A-2026-000001" in first.headers["location"]
    same = client.http.post(
        "/nieuw", data=told | {"zorgen": "Het eerste gesprek."}, follow_redirects=False
    )
    assert "/zaak/A-2026-000001" in same.headers["location"]
    other = client.http.post("/nieuw", data=told | {"zorgen": "Een heel ander gesprek."})
    assert other.status_code == 422
    assert "al vastgelegd of weggegooid" in other.text
    assert "Een heel ander gesprek." in other.text
    fresh = re.search('name="_once" value="([^"]+)"', other.text)[1]
    assert fresh != told["_once"]
    done = client.http.post(
        "/nieuw",
        data=told | {"_once": fresh, "zorgen": "Een heel ander gesprek."},
        follow_redirects=False,
    )
    assert "/zaak/A-2026-000002" in done.headers["location"]


def test_a_form_of_an_earlier_sign_in_is_given_back_to_be_sent_again(client):
    told = page_of(client) | CALL | {"zorgen": "Niet kwijtraken.", "_csrf": "van vroeger"}
    back = client.http.post("/nieuw", data=told)
    assert back.status_code == 403
    assert "Niet kwijtraken." in back.text
    assert "Opnieuw versturen" in back.text
    assert (
        client.http.post("/nieuw", data=told, headers={"sec-fetch-site": "cross-site"}).text.count(
            "Opnieuw versturen"
        )
        == 0
    )
