"""Who reads which kind of data of a case: every address, every part one can have in a case, every
field group, as the one table of `rules.privacy.field_groups` has it.
"""

import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import make_folder
from support.cast import Client, hire_north, hire_readers, reader
from support.everything import furnish
from support.families import melding
from support.http import Http
from web.test_existence import ACTS

from amhk.desk.cases import attachments, moves, reading
from amhk.desk.intake import calls
from amhk.desk.terms import feeds
from amhk.office import open_office
from amhk.rules.privacy import field_groups
from amhk.rules.privacy.field_groups import FIELD_GROUPS, PARTS, How
from amhk.rules.privacy.secrecy import WORKS
from amhk.store import reads, writes
from amhk.store.people.people import GRANT
from amhk.store.staff import looks
from amhk.web.api import cases as case_api
from amhk.web.api import house as house_api
from amhk.web.api import letters as letter_api
from amhk.web.api import people as people_api
from amhk.web.app import create_app
from amhk.web.pages import ROOMS
from amhk.words import LISTS

# How each group is known on sight, in any spelling it was planted in.
SIGNS = {
    "melder": ("kwarteldrift", "11122233"),
    "adres": ("schuilplaats 77", "3099 zz"),
    "bsn": ("999993045", "999 993 045", "9999.93.045"),
    "medisch": ("kwikziekte",),
    "strafrechtelijk": ("fietsendief",),
    "ouder": ("keukenruzie",),
}
FOUND = {
    "medisch": "Zij heeft al jaren\nkwikziekte en slaapt slecht.",
    "strafrechtelijk": "Hij is bekend als fietsendief, zei de wijkagent.",
    "ouder": "Alleen moeder vertelde van de keukenruzie.",
}
WHO = {
    "Anna": "heeft",
    "Bram": "medewerker",
    "Tom": "teamleider",
    "Carla": "gedragswetenschapper",
    "Vera": "vertrouwensarts",
    "Mia": "manager",
    "Piet": "piket",
    "Nel": "inzien",
    "Ilse": "inspectie",
    "Vik": "vertrouwenspersoon",
    "Aad": None,
    "Bea": None,
    "Rita": None,
}
MELDER = {
    "naam": "Zwaluw Kwarteldrift",
    "bereikbaar": "06-11122233",
    "geheim": True,
    "functie": "buurvrouw Kwarteldrift",
}
FAMILY = [
    {
        "naam": "Liv Visser",
        "geboren": "2019-03-04",
        "rollen": ["kind"],
        "bsn": "999993045",
        "bsn_bron": "melder",
        "adres": "Kade 1, 3111 AA Schiedam",
    },
    {
        "naam": "Noor Visser",
        "geboren": "1991",
        "rollen": ["ouder"],
        "gezag": True,
        "adres": "Schuilplaats 77, 3099 ZZ Rotterdam",
        "geheim_adres": True,
    },
]
SPELLED = "Op school staat 999 993 045, bij de arts 9999.93.045."


def addresses():
    """Every address of the house, with its door and how it is asked."""
    programs = (case_api, house_api, letter_api, people_api)
    for rooms, door in ((ROOMS, ""), (programs, "/api/v1")):
        for room in rooms:
            for route in room.router.routes:
                yield from ((door, method, route.path) for method in route.methods)


def part_gives_reason(part):
    return How.REASON in PARTS[part][1]


def shown(text):
    """Which groups stand in a text."""
    low = text.casefold()
    return {name for name, signs in SIGNS.items() if any(sign in low for sign in signs)}


def plant(office):
    """A case with something of every group in it, its letters ready; gives where it is."""
    anna = reader(office, "Anna")
    call = melding(FAMILY, gemeente="Schiedam", melder=MELDER, aanleiding=["08"], zorgen=SPELLED)
    number = calls.take_call(office, call, anna)
    attachments.add_note(office, number, {"tekst": f"Nagebeld. {SPELLED}"}, anna)
    make(office, number, "veiligheidsbeoordeling", {"uitkomst": "Onderzoek nodig."})
    make(office, number, "onderzoek_besluiten", {})
    for label, text in FOUND.items():
        told = {"bevindingen": text, "gevoelig": [label], "bron": "eigen waarneming"}
        make(office, number, "bevindingen_vastleggen", told)
    make(office, number, "onderzoek_afronden", {"uitkomst": ["06"], "conclusie": SPELLED})
    told = {"spoed": False, "gezaghebbenden_geinformeerd": "ja", "motivering": SPELLED}
    make(office, number, "melden_rvdk", told)
    return number


def make(office, number, move, told):
    return moves.make_move(office, number, move, told, reader(office, "Tom"), checked=False)


def lend(office, number, name):
    """Let somebody who does not work with it read the case, for a reason she gave."""
    with office.store.write() as connection:
        now = datetime.now(UTC)
        row = {
            "worker_id": reads.worker_by(connection, name=name)["id"],
            "case_id": reads.case_by_number(connection, number)["id"],
            "given": now,
            "until": now + timedelta(days=1),
            "reason": "Nieuwe melding over het gezin.",
            "due": now.date(),
        }
        return writes.add(connection, GRANT, row)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    path = make_folder(tmp_path_factory.mktemp("m") / "m", "meldpunt.sqlite", seated=True)
    office = open_office(path, proof=False)
    hire_north(office)
    hire_readers(office)
    places = furnish(office) | {"name": "meldingsroute", "route": "melding"}
    number = plant(office)
    view = reading.case_view(office, number, reader(office, "Anna"))
    places |= {
        "number": number,
        "leave": lend(office, number, "Nel"),
        "letters": [n["id"] for n in view["notices"]],
        "term": view["terms"][0]["id"],
    }
    for name in ("Ilse", "Vik"):
        lend(office, number, name)
    yield office, places
    office.close()


def asked(path, places):
    """The addresses of one path on this case: with each of its letters, each of its acts."""
    of_letter = path.startswith(("/brief/", "/notices/"))
    of_leave = path.startswith("/inzages/")
    for key in places["letters"] if of_letter else [places["leave" if of_leave else "term"]]:
        for act in ACTS.get(path, ["onderzoek_besluiten"]):
            parts = {"number": places["number"], "key": key, "act": act, "name": act}
            parts |= {"move": act, "term": "onderzoek", "imported": places["file"]}
            told = {**places, **parts}
            yield re.sub(r"\{(\w+)(:\w+)?\}", lambda m, told=told: str(told.get(m[1], 1)), path)


def hidden_from(name):
    """The groups somebody must find nowhere unasked."""
    return field_groups.groups_of(WHO[name]) if WHO[name] else field_groups.ALL_GROUPS


def read_everything(office, places, name):
    """What one reader finds where, asking at every address of page and program."""
    browser, program, found = Http(create_app(office)), Client(office, name), {}
    browser.sign_in(name)
    for door, method, path in sorted(addresses()):
        for where in asked(path, places):
            if door:
                body = {"version": 1} if method == "POST" else None
                if method == "POST":  # what would happen, and what a refusal says
                    where += "?dry_run=true" if "/moves/" in where else ""
                    if not where.endswith("dry_run=true"):
                        continue
                answer = program.ask(method, door + where, body, range(200, 600))
            elif method == "POST":
                if "{number}" not in path or path.endswith(("/geheim", "/inzien", "{key}")):
                    continue
                answer = browser.send(where, version="0")
            else:
                answer = browser.get(where)
            assert answer.status_code < 500 or path == "/watch", (method, where)
            if groups := shown(answer.text):
                found[method, door + where] = groups
    return found


@pytest.mark.parametrize("name", WHO)
def test_at_every_address_each_reads_the_groups_his_part_has_and_no_other(home, name):
    office, places = home
    found = read_everything(office, places, name)
    hidden = hidden_from(name)
    assert not {where: groups & hidden for where, groups in found.items() if groups & hidden}
    read = set().union(*found.values()) if found else set()
    assert read == set(SIGNS) - hidden, "and what he may read he finds"


@pytest.mark.parametrize("name", [n for n, part in WHO.items() if part and part_gives_reason(part)])
def test_for_a_reason_he_reads_the_rest_and_the_line_says_so(home, name):
    office, places = home
    client, number = Client(office, name), places["number"]
    path = f"/cases/{number}/reveal"
    assert client.ask("POST", path, {}, 422).json()["errors"][0]["field"] == "reason"
    told = client.ask("POST", path, {"reason": "Overleg met de huisarts."}).text
    groups = {g.name for g in FIELD_GROUPS}
    assert shown(told) >= hidden_from(name)
    assert shown(told) <= groups
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        last = looks.of_cases(connection, [case["id"]], 1)[0]
    assert (last["worker"], last["reason"]) == (name, "Overleg met de huisarts.")
    assert all(group in last["what"] for group in hidden_from(name))


def test_no_part_reads_some_for_a_reason_and_some_never():
    for part in PARTS:
        hows = {how for how in PARTS[part][1] if how != How.OPEN}
        assert len(hows) == 1, part


def test_who_only_has_leave_to_read_gives_no_reason_that_counts(home):
    office, places = home
    nel = Client(office, "Nel")
    assert nel.case(places["number"])["people"][0]["bsn"] == "[geheim]"
    nel.ask("POST", f"/cases/{places['number']}/reveal", {"reason": "Ik wil het weten."}, 404)


def test_a_letter_that_names_what_he_may_not_read_asks_a_reason_and_shows_it_covered(home):
    office, places = home
    for name in ("Bram", "Anna"):
        client, asks = Client(office, name), set()
        for key in places["letters"]:
            letter = client.get(f"/notices/{key}")
            answer = client.ask("GET", f"/notices/{key}.html", expect=(200, 404, 422))
            if answer.status_code == 422 and "waarom" in answer.text:
                asks.add(letter["kind"])
        assert ("verzoek_rvdk" in asks) == (name == "Bram"), name


def test_what_is_covered_is_no_word_to_search_by(home):
    office, places = home
    for name in WHO:
        for word in ("kwikziekte", "fietsendief", "keukenruzie", "999993045", "kwarteldrift"):
            answer = Client(office, name).ask("GET", f"/cases?q={word}", expect=(200, 403))
            assert places["number"] not in answer.text, (name, word)


def test_a_feed_holds_none_of_it(home):
    office, _ = home
    for name in ("Anna", "Tom", "Mia"):
        who = reader(office, name)
        secret = feeds.make(office, feeds.MINE, who)
        answer = Http(create_app(office)).get(f"/agenda/{secret}.ics")
        assert answer.status_code == 200 and not shown(answer.text)


def test_a_finding_that_became_medical_later_is_covered_as_it_was_too(home):
    office, _ = home
    number = plant(office)
    make(office, number, "bevindingen_vastleggen", {"bevindingen": "Zij slikt veel roofbes."})
    told = {"bevindingen": "Zij slikt roofbes, zegt de arts.", "gevoelig": ["medisch"]}
    make(office, number, "corrigeren", told | {"reden": "Het is medisch."})
    for name, reads_it in (("Vera", True), ("Mia", False), ("Bram", False)):
        client = Client(office, name)
        for path in (f"/cases/{number}", f"/cases/{number}/journal"):
            text = client.ask("GET", path).text
            assert ("roofbes" in text) == reads_it, (name, path)


# Every field of the procedure is of a group or is not: who adds one says which.
GROUP_OF = {
    "melder": "melder",
    "adres": "adres",
    "geheim_adres": "adres",
    "bsn": "bsn",
    "bsn_bron": "bsn",
    "bsn_gecontroleerd": "bsn",
    "bevindingen": "by its label",
    "gevoelig": "by its label",
}
ORDINARY = """
kans kind overdragen_aan signaal stabiel voorwaarden
aan aangenomen_door aanleiding aard acuut advies adviesvrager afspraken bereikbaar beslisser
betrokken_als betrokkenen bevinding bij bron conclusie contact contacten doelrealisatie
doorgezet_naar eerst_nodig ernst fase functie geboren geen_gezinsgegevens geheim gemeente
geprobeerde_hulp geslacht geslachtsnaam gevraagd_aan gezag gezaghebbenden_geinformeerd
gezien_door grond hoedanigheid hulp_geeindigd hulp_gestart id ieder_veilig instelling juist
juiste_melder kader kanaal kenmerk_rvdk maatregelen meldcodestap moment motivering naam naar
nieuwe_controle nu_veilig onderzoekt ontvangen ontvangen_melding op organisatie partnernaam
passend persoon persoonsgegevens rechten_verteld reden reden_brief reden_einde rekest rol rollen
rolperiodes spoed stap start_rvdk tegenkracht tevreden_jeugdige tevreden_ouder toelichting
toestemming toestemming_melder tot uitgerekend uitkomst uitkomst_tekst van veiligheid
veiligheidsvoorwaarden verslag vervolg voornamen voorvoegsel wie zorgen zorgen_melding
"""


def test_every_field_of_the_procedure_is_known_to_be_of_a_group_or_of_none():
    fields = set()
    for folder in (Path(__file__).parents[2] / "workflows").rglob("*.toml"):
        fields |= set(tomllib.loads(folder.read_text(encoding="utf-8")).get("fields", {}))
    assert fields == GROUP_OF.keys() | set(ORDINARY.split())
    assert {"medisch", "strafrechtelijk", "ouder"} == field_groups.LABELLED
    assert LISTS["gevoelig"].keys() == field_groups.LABELLED


def test_the_table_in_the_papers_is_the_one_that_holds():
    papers = Path(__file__).parents[2] / "docs" / "security.md"
    assert field_groups.as_table() in papers.read_text(encoding="utf-8")


def test_everybody_who_works_has_a_row_and_every_row_says_all():
    assert WORKS - {"medewerker"} <= PARTS.keys()
    assert all(len(row) == len(FIELD_GROUPS) for _, row in PARTS.values())
    assert How.OPEN not in {PARTS[part][1][n] for part in PARTS for n in (0, 1)}, (
        "a secret melder and a secret address are shown to nobody unasked"
    )
