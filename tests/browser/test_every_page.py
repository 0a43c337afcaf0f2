"""Every page, as every kind of worker.

No barrier that axe finds, nothing wider than a phone, light, still while loading, and none
forgotten.
"""

import re
from pathlib import Path

import pytest
from conftest import ROOT
from support.everything import furnish
from support.screen import clock, sign_in

from amhk.office import open_office
from amhk.web.pages import ROOMS

AXE = (Path(__file__).parent.parent / "support" / "vendor" / "axe-4.14.1.min.js").read_text(
    encoding="utf-8"
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Every page: the route, and as whom and where it is opened. A route that is not here fails the test
# below.
PAGES = {
    "/": [("Anna", "/"), ("Tom", "/"), ("Mia", "/"), ("Piet", "/"), ("Bea", "/")],
    "/login": [("", "/login")],
    "/wachtwoord": [("Anna", "/wachtwoord")],
    "/bekenden": [("Anna", "/bekenden")],
    "/passkeys": [("Anna", "/passkeys")],
    "/aanmeldingen": [("Anna", "/aanmeldingen")],
    "/bevestigen": [("Anna", "/bevestigen")],
    "/klok": [("Anna", "/klok")],
    "/zaak/{number}/inzage": [
        ("Tom", "/zaak/{melding}/inzage"),
        ("Tom", "/zaak/{melding}/inzage?persoon=1"),
    ],
    "/beheer/inzage": [("Mia", "/beheer/inzage?medewerker=Tom"), ("Tom", "/beheer/inzage")],
    "/werkvoorraad": [("Tom", "/werkvoorraad"), ("Anna", "/werkvoorraad?gemeente=nergens")],
    "/zoeken": [("Tom", "/zoeken?q=elamrani"), ("Anna", "/zoeken?q=de")],
    "/nieuw": [("Anna", "/nieuw"), ("Anna", "/nieuw?concept={mark}")],
    "/zaak/{number}": [
        ("Tom", "/zaak/{melding}"),
        ("Tom", "/zaak/{advies}"),
        ("Tom", "/zaak/{referred}"),
    ],
    "/zaak/{number}/mensen": [("Tom", "/zaak/{melding}/mensen")],
    "/zaak/{number}/notities": [("Tom", "/zaak/{melding}/notities?citeer=1")],
    "/zaak/{number}/bijlagen": [("Tom", "/zaak/{melding}/bijlagen")],
    "/zaak/{number}/verwant": [("Tom", "/zaak/{melding}/verwant")],
    "/zaak/{number}/geheim": [("Tom", "/zaak/{melding}/geheim")],
    "/zaak/{number}/openstellen": [("Mia", "/zaak/{melding}/openstellen")],
    "/zaak/{number}/verzoeken": [
        ("Tom", "/zaak/{melding}/verzoeken"),
        ("Anna", "/zaak/{referred}/verzoeken"),
    ],
    "/zaak/{number}/afschrift/{key}": [("Tom", "/zaak/{melding}/afschrift/{person}")],
    "/zaak/{number}/vernietigen": [("Tom", "/zaak/{melding}/vernietigen")],
    "/vernietigingen": [("Tom", "/vernietigingen")],
    "/vernietigingen/{key}": [
        ("Tom", "/vernietigingen/{destruction}"),
        ("Mia", "/vernietigingen/{destruction}"),
    ],
    "/zaak/{number}/bekenden": [
        ("Tom", "/zaak/{melding}/bekenden"),
        ("Anna", "/zaak/{referred}/bekenden"),
    ],
    "/zaak/{number}/overdracht": [
        ("Tom", "/zaak/{offered}/overdracht"),
        ("Anna", "/zaak/{melding}/overdracht"),
    ],
    "/zaak/{number}/verstrekkingen": [
        ("Tom", "/zaak/{referred}/verstrekkingen"),
        ("Tom", "/zaak/{offered}/verstrekkingen"),
    ],
    "/register": [("Tom", "/register")],
    "/register/{key}": [("Tom", "/register/{matter}")],
    "/overdrachten": [("Tom", "/overdrachten")],
    "/overdrachten/{key}": [("Tom", "/overdrachten/{arrived}")],
    "/beheer/meldpunten": [("Bea", "/beheer/meldpunten")],
    "/zaak/{number}/overdragen": [("Tom", "/zaak/{melding}/overdragen")],
    "/zaak/{number}/stap/{name}": [
        ("Tom", "/zaak/{melding}/stap/veiligheidsbeoordeling"),
        ("Tom", "/zaak/{referred}/stap/voortgangscontrole"),
        ("Tom", "/zaak/{melding}/stap/corrigeren"),
    ],
    "/zaak/{number}/termijn/{key}": [("Tom", "/zaak/{melding}/termijn/{term}")],
    "/brief/{key}": [
        ("Tom", "/brief/{letter}"),
        ("Tom", "/brief/{approved}"),
        ("Tom", "/brief/{sent}"),
        ("Tom", "/brief/{gap}"),
    ],
    "/versturen": [("Tom", "/versturen"), ("Anna", "/versturen?lijst=gesloten")],
    "/post": [("Tom", "/post")],
    "/eerder/{ref}": [("Anna", "/eerder/1")],
    "/herinneringen": [("Anna", "/herinneringen")],
    "/triage": [("Tom", "/triage")],
    "/formulieren": [("Tom", "/formulieren")],
    "/formulieren/{imported}": [("Tom", "/formulieren/{file}")],
    "/formulier/{form_id}": [("Tom", "/formulier/{form}")],
    "/vannacht": [("Piet", "/vannacht"), ("Bea", "/vannacht")],
    "/rapportage": [
        ("Rita", "/rapportage"),
        ("Mia", "/rapportage?period=onzin"),
        ("Mia", "/rapportage?style=tien&known={yesterday}"),
        ("Rita", "/rapportage?area=Vlaardingen"),
    ],
    "/rapportage/zaken": [("Tom", "/rapportage/zaken?figure=meldingen&period={year}")],
    "/rapportage/bewaard/{key:int}": [("Rita", "/rapportage/bewaard/{kept}")],
    "/agenda": [("Anna", "/agenda")],
    "/afwezigheid": [("Mia", "/afwezigheid?worker=Tom")],
    "/inzages/{key}": [("Tom", "/inzages/{leave}")],
    "/kalender": [("Bea", "/kalender")],
    "/bewijs": [("Bea", "/bewijs")],
    "/beheer": [("Bea", "/beheer")],
    "/beheer/instellingen": [("Bea", "/beheer/instellingen")],
    "/beheer/instellingen/{key}": [
        ("Bea", "/beheer/instellingen/1"),
        ("Anna", "/beheer/instellingen/1"),
    ],
    "/beheer/medewerkers": [("Bea", "/beheer/medewerkers")],
    "/beheer/medewerkers/{key}": [("Bea", "/beheer/medewerkers/1")],
    "/beheer/verdeling": [("Bea", "/beheer/verdeling?gemeente=Schiedam&stroom=melding&acuut=nee")],
    "/beheer/brieven": [("Bea", "/beheer/brieven")],
    "/beheer/brieven/{kind}": [
        ("Bea", "/beheer/brieven/terugkoppeling_melder"),
        ("Mia", "/beheer/brieven/terugkoppeling_melder"),
    ],
}
# Not pages: files, what another program reads, and what answers a form.
FILES = {
    "/concept",
    "/tweede-stap",  # in a training meldpunt nobody is asked for it
    "/tweede-stap/instellen",
    "/zaak/{number}/inzage.csv",
    "/vernietigingen/{key}/verklaring.pdf",
    "/overdrachten/{key}/antwoord",
    "/overdrachten/{key}/dossier.pdf",
    "/werkvoorraad.csv",
    "/post/stapel/{pile}",
    "/zaak/{number}/bijlagen/{key}",
    "/brief/{key}/pdf",
    "/agenda/{secret}.ics",
    "/.well-known/security.txt",
    "/login/organisatie",
    "/login/passkey",  # not at an address that is a number
    "/login/organisatie/terug",
    "/rapportage/{name}.{format}",
    "/rapportage/bewaard/{key:int}.{format}",
    "/beheer/instellingen.csv",
    "/formulieren/voorbeeld/{name}",
}


def routes():
    return {r.path for room in ROOMS for r in room.router.routes if "GET" in r.methods}


def test_no_page_is_forgotten():
    assert routes() - FILES == set(PAGES)


@pytest.fixture
def places(server):
    """A house with a bit of everything, and where it is found."""
    office = open_office(server.folder, proof=False)
    told = furnish(office)
    office.close()
    return told


def visits(places):
    for shown in PAGES.values():
        for who, path in shown:
            yield who, re.sub(r"\{(\w+)\}", lambda m: str(places[m[1]]), path)


def by_worker(places):
    found = {}
    for who, path in visits(places):
        found.setdefault(who, []).append(path)
    return found


def barriers(page):
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [
        f"{v['id']}: {n['html'][:160]} {n['failureSummary'][:200]}"
        for v in found["violations"]
        for n in v["nodes"]
    ]


# The headings of sections that lie against the form or the buttons above them.
TOUCHING = """[...document.querySelectorAll('form + section, .buttons + section')].filter(section =>
    section.previousElementSibling.offsetHeight && section.offsetHeight &&
    section.getBoundingClientRect().top
        - section.previousElementSibling.getBoundingClientRect().bottom < 8
).map(section => section.innerText.slice(0, 40))"""


@pytest.mark.browser
def test_axe_finds_no_barrier_on_any_page_and_nothing_is_wider_than_a_phone(browse, places):
    wrong = []
    for who, paths in by_worker(places).items():
        page = browse(bypass_csp=True)
        sign_in(page, who) if who else None
        for path in paths:
            page.goto(path)
            wrong += [f"{who} {path} {b}" for b in barriers(page)]
            wrong += [f"{who} {path}: '{s}' touches a form" for s in page.evaluate(TOUCHING)]
            for width, what in ((320, "phone"), (640, "1280 at 200 %")):
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                wrong += [f"{who} {path}: {wide} pixels wide on a {what}"] if wide > width else []
            page.set_viewport_size({"width": 1280, "height": 900})
        page.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.browser
def test_a_page_is_light_and_nothing_jumps_while_it_loads(server, browse, places):
    """At most 100 kB the first time and 20 kB after, compressed; no layout shift at all."""
    heavy = []
    for who, path in (
        ("Anna", "/"),
        ("Tom", "/werkvoorraad"),
        ("Tom", f"/zaak/{places['referred']}"),
        ("Anna", "/nieuw"),
        ("Mia", "/"),
    ):
        page = browse()
        sign_in(page, who)
        page.goto("about:blank")
        for first, most in ((True, 100_000), (False, 20_000)):
            if first:
                page.context.request.get(f"{server.address}/")
                session = page.context.new_cdp_session(page)
                session.send("Network.enable")
                session.send("Network.clearBrowserCache")
                weight = []
                session.on(
                    "Network.loadingFinished", lambda e, w=weight: w.append(e["encodedDataLength"])
                )
            weight.clear()
            page.goto(path, wait_until="networkidle")
            shift = page.evaluate(
                "new Promise(done => { let sum = 0; new PerformanceObserver(l => { for (const e of"
                " l.getEntries()) sum += e.value; }).observe({type: 'layout-shift', buffered:"
                " true}); setTimeout(() => done(sum), 200); })"
            )
            if sum(weight) > most or shift > 0:
                heavy.append(
                    f"{who} {path} {'first' if first else 'after'}: {sum(weight)} bytes, shift"
                    f" {shift}"
                )
        page.close()
    assert not heavy, "\n".join(heavy)


@pytest.mark.browser
def test_the_keys_work_and_are_listed(live, places):
    sign_in(live)
    live.wait_for_load_state()
    live.keyboard.press("?")
    assert live.locator("#toetsen").is_visible()
    live.keyboard.press("?")
    live.keyboard.press("w")
    live.wait_for_url("**/werkvoorraad")
    live.wait_for_load_state()
    live.keyboard.press("j")
    live.keyboard.press("Enter")
    live.wait_for_url("**/zaak/*")
    live.wait_for_load_state()
    live.keyboard.press("/")
    live.keyboard.type("elamrani")
    live.keyboard.press("Enter")
    live.wait_for_url("**/zoeken*")
    assert places["melding"] in live.content()


@pytest.mark.browser
def test_the_history_is_narrowed_in_place(live, places):
    sign_in(live)
    live.goto(f"/zaak/{places['melding']}")
    live.wait_for_load_state()
    live.click("#verloop-lijst a:has-text('Notities')")
    live.wait_for_selector("#verloop-lijst a[aria-current]:has-text('Notities')")
    assert live.locator("#verloop-lijst li").count() == 1
    assert "verloop" not in live.url.partition("#")[0]


@pytest.mark.browser
def test_a_training_house_says_so_on_every_page_and_its_clock_moves(page, places):
    sign_in(page)
    clock(page, "1-3-2027 09:00")
    for path in ("/", "/werkvoorraad", f"/zaak/{places['melding']}", "/nieuw"):
        page.goto(path)
        assert "Oefenomgeving" in page.locator(".banner").inner_text()
        assert "ma 1 maart 2027" in page.locator(".banner").inner_text()


def test_what_the_pages_use_of_the_design_system_is_vendored():
    css = (ROOT / "amhk" / "web" / "static" / "vendor" / "nl-design.css").read_text(
        encoding="utf-8"
    )
    used = {
        c
        for p in (ROOT / "templates" / "pages").glob("*.html")
        for c in re.findall(r"utrecht-[a-z-]+", p.read_text(encoding="utf-8"))
    }
    assert used
    assert not [c for c in used if f".{c}" not in css]


def test_no_page_holds_script_or_style_of_its_own_or_speaks_to_the_outside():
    for path in (ROOT / "templates" / "pages").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"<style|\sstyle=|\son[a-z]+=|<script(?! src=\"\{\{ static)|https?://", text
        ), path.name
