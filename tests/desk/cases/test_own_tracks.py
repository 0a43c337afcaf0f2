"""A procedure says itself of what a case has more than one: a question to the RvdK for each child,
a plan of contacts until it is safe, a letter to each of the family. No line of code is changed.
"""

import shutil
import tomllib
from datetime import date, timedelta

import pytest
from support.cast import Client, hire, send_owed
from support.families import melding
from support.shipped import CODES, PACK

from amhk import releases
from amhk.desk.house import night_proof
from amhk.letters.render import Letters
from amhk.office import open_office
from amhk.rules.procedure.check import check
from amhk.rules.procedure.read_workflow import read_workflow
from amhk.rules.procedure.worlds import worlds_of

OWN = """
[tracks.kind]
title = "Vraag over een kind"
which = "Over welk kind"
per = "person"
facts = { gang = "gevraagd" }

[tracks.kind.values]
gang = ["gevraagd", "beantwoord"]

[tracks.kind.sums.kinderen]
of = "gang"
first = ["gevraagd", "beantwoord"]
none = "geen"

[fields.over]
name = "persoon"
title = "Wie"
type = "choice"
choices = "persoon"

[terms.antwoord_kind]
of = "kind"
title = "Antwoord over dit kind"
length = "10 werkdagen"
rolls = "werkdagen"
kind = "eigen norm"
ground = "Eigen norm"
acts = ["antwoord_kind_vastleggen"]

[terms.contact]
title = "Volgend contact"
plan = ["3 maanden", "6 maanden", "12 maanden"]
then = "6 maanden"
rolls = "vooruit"
kind = "eigen norm"
ground = "Eigen norm: tot het veilig is"
acts = ["contact_vastleggen"]

[needs.kind_open]
kind = "fact"
names = ["gang"]
values = ["gevraagd"]
text = "Over dit kind is al geantwoord."

[needs.kinderen_beantwoord]
kind = "fact"
names = ["kinderen"]
values = ["gevraagd"]
unless = true
text = "Over een kind is nog niet geantwoord."
opens = ["antwoord_kind_vastleggen"]

[needs.contact_loopt]
kind = "running"
names = ["contact"]
text = "Er is geen contact afgesproken."
opens = ["contact_afspreken"]

[needs.geen_contact]
kind = "fact"
names = ["contacten"]
values = ["lopen"]
unless = true
text = "Er loopt nog een plan van contacten."
opens = ["contact_vastleggen"]

[notices.plan_gezin]
title = "Wat wij hebben afgesproken"
ground = "Eigen norm"
recipient = "betrokkene"
per = "person"

[moves.vragen_kind]
side = true
title = "Vragen over een kind"
opens = "kind"
input = ["over*", "op"]
starts = ["antwoord_kind"]
from = "open"

[moves.antwoord_kind_vastleggen]
side = true
title = "Antwoord over een kind vastleggen"
of = "kind"
input = ["reden*", "op"]
needs = ["kind_open"]
meets = ["antwoord_kind"]
sets = [{ name = "gang", value = "beantwoord" }]
from = "open"

[moves.contact_afspreken]
side = true
title = "Een plan van contacten afspreken"
input = ["op"]
needs = ["geen_contact"]
starts = ["contact"]
sets = [{ name = "contacten", value = "lopen" }]
notices = ["plan_gezin"]
from = "open"

[moves.contact_vastleggen]
side = true
title = "Contact vastleggen"
input = ["nu_veilig*", "op"]
needs = ["contact_loopt"]
meets = ["contact"]
starts = [{ term = "contact", when = { nu_veilig = ["nee", "onbekend"] } }]
sets = [{ name = "contacten", value = "klaar", when = { nu_veilig = ["ja"] } }]
from = "open"
"""
CHANGES = (
    ('rvdk = "geen"\n', 'rvdk = "geen"\ncontacten = "geen"\nambtshalve = false\n'),
    (
        "[values]\n",
        '[values]\ncontacten = ["geen", "lopen", "klaar"]\nambtshalve = [false, true]\n',
    ),
    (
        'sets = [{ name = "acuut", value = "gemeld", when = { acuut = [true] } }]',
        'sets = [{ name = "acuut", value = "gemeld", when = { acuut = [true] } },'
        ' { name = "ambtshalve", value = true, when = { hoedanigheid = ["14"] } }]',
    ),
    (
        'needs = ["geen_crisis", "geen_overdracht", "geen_beoordeling_open",',
        'needs = ["kinderen_beantwoord", "geen_contact", "geen_crisis", "geen_overdracht",'
        ' "geen_beoordeling_open",',
    ),
    (
        "[notices.terugkoppeling_melder]\n",
        "[notices.terugkoppeling_melder]\nwhen = { ambtshalve = [false] }\n",
    ),
)


FAMILY = [
    {
        "naam": "Liam Visser",
        "geboren": "2020-09-25",
        "rollen": ["kind"],
        "adres": "Dijk 1, Schiedam",
    },
    {
        "naam": "Sara Visser",
        "geboren": "2018-01-02",
        "rollen": ["kind"],
        "adres": "Dijk 1, Schiedam",
    },
]
TODAY = "2026.2"
TODAYS = tomllib.loads((PACK / TODAY / "meldingsroute.toml").read_text(encoding="utf-8"))


def own_text():
    """Today's meldingsroute with all of this in it."""
    text = (PACK / TODAY / "meldingsroute.toml").read_text(encoding="utf-8")
    for old, new in CHANGES:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text + OWN


def test_it_is_proven_like_any_other_and_its_world_is_not_many_times_as_large():
    paths = {
        **Letters(PACK.parents[1] / "templates" / "notices").paths(),
        "plan_gezin": frozenset(),
    }
    flow, faults = read_workflow("amhk", "m.toml", tomllib.loads(own_text()), CODES)
    assert faults == []
    assert [f.text for f in check(flow, paths)] == []
    parts = {name: len(world.roads) for name, world in worlds_of(flow).parts.items()}
    plain = worlds_of(read_workflow("amhk", "m.toml", TODAYS, CODES)[0]).parts
    assert parts["verwijzing"] == len(plain["verwijzing"].roads)
    assert parts[""] <= 3 * len(plain[""].roads), "of a plan of contacts: none, one, over"


@pytest.fixture
def client(folder):
    """A meldpunt whose own release has all of this."""
    base = folder.parent / "workflows/amhk"
    place = shutil.copytree(base / TODAY, base / "eigen")
    (place / releases.FILE).unlink()
    for file in place.glob("*route.toml"):
        text = own_text() if file.name.startswith("melding") else file.read_text("utf-8")
        file.write_text(text.replace(f'release = "{TODAY}"', 'release = "eigen"'), "utf-8")
    (place / "brieven").mkdir()
    letter = "# Wat wij hebben afgesproken\n\nWij bellen u de komende tijd.\n"
    (place / "brieven/plan_gezin.j2").write_text(letter, encoding="utf-8")
    releases.write(place, releases.Release("eigen", files=releases.digests(place)))
    settings = folder.read_text(encoding="utf-8")
    folder.write_text(settings.replace(f'release = "{TODAY}"', 'release = "eigen"'), "utf-8")
    office = open_office(folder, proof=False)
    hire(office, "Tom")
    found = Client(office, "Tom")
    found.clock("2027-02-01T09:00")
    yield found
    office.close()


def call(client, **other):
    number = client.post("/cases", melding(FAMILY, **other))["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    return number


def running(client, number, name):
    live = [t for t in client.case(number)["terms"] if t["name"] == name]
    return {t["title"]: t["due"] for t in live if t["status"] == "lopend"}


def test_of_each_child_its_own_question_and_answer(client):
    number = call(client)
    people = client.case(number)["people"][:2]
    names = [p["naam"] for p in people]
    client.move(number, "vragen_kind", persoon=people[0]["id"])
    client.clock("2027-02-03T09:00")
    client.move(number, "vragen_kind", persoon=people[1]["id"])
    assert running(client, number, "antwoord_kind") == {
        f"Antwoord over dit kind: {names[0]}": "2027-02-15",
        f"Antwoord over dit kind: {names[1]}": "2027-02-17",
    }
    move = next(m for m in client.case(number)["moves"] if m["name"] == "antwoord_kind_vastleggen")
    offered = move["input"]["properties"]["kind"]
    assert list(offered["x-titles"].values()) == names
    client.move(number, "antwoord_kind_vastleggen", kind=offered["enum"][1], reden="Geen zorg.")
    assert list(running(client, number, "antwoord_kind")) == [f"Antwoord over dit kind: {names[0]}"]
    client.move(number, "antwoord_kind_vastleggen", reden="Onderzoek.")
    assert running(client, number, "antwoord_kind") == {}


def test_contacts_go_on_by_plan_until_it_is_safe(client):
    number = call(client)
    client.move(number, "contact_afspreken")
    days = []
    for _ in range(5):
        (due,) = running(client, number, "contact").values()
        days.append(due)
        client.clock(f"{due}T10:00")
        client.move(number, "contact_vastleggen", nu_veilig="onbekend")
    assert days == ["2027-05-03", "2027-08-02", "2028-02-01", "2028-08-01", "2029-02-01"]
    client.move(number, "contact_vastleggen", nu_veilig="ja")
    assert running(client, number, "contact") == {}
    assert night_proof.prove(client.office)["differences"] == []


@pytest.mark.parametrize("late", [0, 1, 80, 91, 200, 400, 1000])
def test_however_late_a_contact_is_the_next_is_one_of_the_plan_still_to_come(client, late):
    number = call(client)
    client.move(number, "contact_afspreken")
    first = date.fromisoformat(running(client, number, "contact").popitem()[1])
    done = first + timedelta(days=late)
    client.clock(f"{done}T10:00")
    client.move(number, "contact_vastleggen", nu_veilig="onbekend")
    (due,) = running(client, number, "contact").values()
    assert date.fromisoformat(due) > done
    years = [date(2027 + n, month, 1) for n in range(5) for month in (2, 8)]
    assert any(0 <= (date.fromisoformat(due) - day).days <= 3 for day in years[1:])


def test_every_member_of_the_family_gets_his_own_letter(client):
    """But for who is not born yet."""
    number = call(client)
    coming = {"naam": "Kind Visser", "rollen": ["ongeboren kind"], "uitgerekend": "2027-06-01"}
    client.post(f"/cases/{number}/people", {"version": 2, "betrokkenen": [coming]})
    case = client.move(number, "contact_afspreken")
    to = [n["person"] for n in case["notices"] if n["kind"] == "plan_gezin"]
    assert sorted(to) == ["Liam Visser", "Sara Visser"] and len(case["people"]) == 3


@pytest.mark.parametrize(("hoedanigheid", "hears"), [("14", False), ("03", True)])
def test_nobody_is_told_back_where_nobody_reported(client, hoedanigheid, hears):
    number = call(client, hoedanigheid=hoedanigheid)
    kinds = [n["kind"] for n in client.case(number)["notices"]]
    assert ("terugkoppeling_melder" in kinds) == hears


def test_closing_waits_for_each_of_them(client):
    number = call(client)
    child = client.case(number)["people"][0]["id"]
    client.move(number, "vragen_kind", persoon=child)
    client.move(number, "contact_afspreken")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    client.move(number, "einde_zonder_vervolg", motivering="Het is goed zo.")
    send_owed(client, number)
    shut = client.move(number, "afsluiten", expect=422)
    assert {"kinderen_beantwoord", "geen_contact"} <= {e["code"] for e in shut["errors"]}
    client.move(number, "antwoord_kind_vastleggen", reden="Geen zorg.")
    client.move(number, "contact_vastleggen", nu_veilig="ja")
    client.move(number, "afsluiten")
    assert client.case(number)["closed"]
    assert date.fromisoformat(client.case(number)["closed_at"][:10]) == date(2027, 2, 1)
