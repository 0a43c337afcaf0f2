"""Whoever belongs to a case stands in every letter that names its people, or in what was left out
with a reason: for every role, every mix, born, unborn, of any age.
"""

import re
from pathlib import Path
from random import Random

import pytest
from support.cast import Client, send_owed

import amhk
from amhk.rules.procedure.codes import MARKS

GIVEN = [
    "Aya",
    "Bo",
    "Cas",
    "Dex",
    "Eva",
    "Fay",
    "Guus",
    "Hugo",
    "Ivo",
    "Jip",
    "Kai",
    "Lux",
    "Mees",
    "Nox",
    "Otto",
    "Pip",
    "Quin",
    "Rosa",
    "Sil",
    "Teun",
    "Umar",
    "Vos",
    "Wies",
    "Xena",
    "Yara",
    "Zoë",
]
BORN = [
    {"geboren": "1985-03-04"},
    {"geboren": "2016-05"},
    {"geboren": "2011"},
    {},
    {"uitgerekend": "2026-06-01"},
]
LISTING = (
    "verzoek_rvdk",
    "bericht_college",
    "melding_politie",
    "verwijzing_instelling",
    "bevestiging_instelling",
    "controlevraag_instelling",
    "overdracht_regio",
)


def person(n, roles, dice):
    """Somebody with these roles, of any age or not born, of whom little or much is known."""
    told = {
        "naam": (
            f"{GIVEN[n % len(GIVEN)]} Merkwaardig{'abcdefghijklmnopqrstuvwxyz'[n // len(GIVEN)]}"
        )
    } | dice.choice(BORN)
    if "ongeboren kind" in roles or "uitgerekend" in told:
        told = {k: v for k, v in told.items() if k != "geboren"}
    if roles:
        told["rollen"] = sorted(roles)
    if dice.random() < 0.3:
        told["gezag"] = dice.random() < 0.5
    if dice.random() < 0.5:
        told["geslacht"] = dice.choice("VMO")
    if dice.random() < 0.2 and "uitgerekend" not in told:
        told |= {"adres": f"Kade {n + 1}, 3111 AA Schiedam", "geheim_adres": dice.random() < 0.5}
    return told


def melding(people, **more):
    return {
        "route": "melding",
        "kanaal": "telefoon",
        "ontvangen": "2026-02-02T09:00",
        "hoedanigheid": "15",
        "gemeente": "Schiedam",
        "acuut": False,
        "zorgen": "Het is onrustig.",
        "melder": {"naam": "School"},
        "betrokkenen": people,
        **more,
    }


def everybody_stands(client, number, people, kinds=LISTING):
    """Every letter of these kinds holds every person, or says who is left out and why, before it is
    approved; gives how many letters were looked at.
    """
    letters = [n for n in client.case(number)["notices"] if n["kind"] in kinds]
    for n in letters:
        told = client.get(f"/notices/{n['id']}")
        if told["html"] is None:
            assert told["missing"] or told["leaks"], (
                "it cannot be made, and says what is missing or what gives somebody away"
            )
            continue
        left_out = {one["fact"]: one["why"] for one in told["left_out"]}
        for p in people:
            assert (p["naam"] in told["html"]) != (p["naam"] in left_out), (
                n["kind"],
                p,
                told["left_out"],
            )
            assert left_out.get(p["naam"], "een reden")
    return len(letters)


@pytest.fixture
def client(sqlite_client):
    return sqlite_client


def through_every_letter(client, people):
    """Bring a case through every state that sends a letter with names, looking at each letter where
    it lies ready.
    """
    told = {**melding(people[:1]), "betrokkenen": people}
    number = client.post("/cases", told)["number"]
    seen = 0
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Er is hulp nodig.")
    client.move(
        number,
        "melden_rvdk",
        spoed=False,
        motivering="Er is gevaar.",
        gezaghebbenden_geinformeerd="ja",
    )
    client.move(number, "melden_politie", motivering="Strafbaar feit.")
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    seen += everybody_stands(client, number, people)
    client.move(number, "verwijzing_geaccepteerd")
    seen += everybody_stands(client, number, people, ("bevestiging_instelling",))
    other = client.post("/cases", melding([{**p, "naam": f"{p['naam']}x"} for p in people]))[
        "number"
    ]
    client.move(other, "andere_regio", naar="Veilig Thuis Utrecht")
    seen += everybody_stands(client, other, [{**p, "naam": f"{p['naam']}x"} for p in people])
    assert seen >= 5
    return number


def test_everybody_of_every_role_stands_in_every_letter_that_names_people_or_is_said_to_be_left_out(
    client, pack
):
    roles = [c.code for c in pack.codes.lists["rollen"]]
    for turn, born in enumerate(BORN):
        people = [person(n, {role}, Random(turn * 100 + n)) | born for n, role in enumerate(roles)]
        for p in people:
            if born.get("geboren", "").startswith("1985") and "kind" in p["rollen"][0]:
                p.pop("geboren")
            if "uitgerekend" in born or "ongeboren kind" in p["rollen"]:
                p.pop("geboren", None)
            elif "geboren" in born:
                p.pop("uitgerekend", None)
        through_every_letter(
            client,
            [
                {k: v for k, v in p.items() if not (k == "gezag" and "uitgerekend" in p)}
                for p in people
            ],
        )


@pytest.mark.parametrize("seed", range(6))
def test_a_mix_of_roles_loses_nobody(client, pack, seed):
    dice, roles = Random(seed), [c.code for c in pack.codes.lists["rollen"]]
    people = [
        person(n, set(dice.sample(roles, dice.randint(0, 3))), dice)
        for n in range(dice.randint(8, 24))
    ]
    people = [p for p in people if not ("geboren" in p and "ongeboren kind" in p.get("rollen", ()))]
    for p in people:  # two unlikely mixes the intake itself refuses
        if "kind" in p.get("rollen", ()) or "kind (meerderjarig)" in p.get("rollen", ()):
            p.pop("geboren", None)
    through_every_letter(client, people)


def test_a_mother_and_a_father_without_gezag_stand_in_the_request_and_the_unborn_by_her_name(
    client,
):
    people = [
        {"naam": "Noor Visser", "rollen": ["moeder"]},
        {"naam": "Sem Visser", "rollen": ["vader"]},
        {"naam": "Teun Visser", "rollen": ["stiefouder"]},
        {"naam": "Vera Voogd", "rollen": ["voogd"]},
        {"naam": "Baby Visser", "rollen": ["ongeboren kind"], "uitgerekend": "2026-06-01"},
        {"naam": "Oom Kees", "rollen": ["oom"]},
    ]
    number = client.post("/cases", melding(people, acuut=True))["number"]
    client.move(number, "acuut_vaststellen", bevindingen="Letsel.")
    client.move(
        number, "melden_rvdk", spoed=True, motivering="Gevaar.", gezaghebbenden_geinformeerd="ja"
    )
    letter = next(n for n in client.case(number)["notices"] if n["kind"] == "verzoek_rvdk")
    html = client.get(f"/notices/{letter['id']}")["html"]
    parents = html.partition("Gezaghebbenden en ouders")[2].partition(
        "Geïnformeerd over dit verzoek"
    )[0]
    for name in ("Noor Visser", "Sem Visser", "Teun Visser", "Vera Voogd"):
        assert f"{name} (" in parents, name
    assert "gezag: niet gevraagd" in parents
    assert "Baby Visser, ongeboren kind van Noor Visser, uitgerekend ma 1 juni 2026" in html
    assert "Oom Kees" in html.partition("Andere betrokkenen")[2]
    data = client.get(f"/notices/{letter['id']}.json")
    assert data["ongeborenen"] == [
        {"naam_moeder": "Noor Visser", "uitgerekende_datum": "2026-06-01"}
    ]
    assert {p["naam"] for p in data["gezaghebbenden"]} == {
        "Noor Visser",
        "Sem Visser",
        "Teun Visser",
        "Vera Voogd",
    }
    assert client.get(f"/notices/{letter['id']}")["missing"] == []


def test_what_a_role_means_stands_in_one_table(pack):
    """Nothing in the program knows a role by its name."""
    codes = [re.escape(c.code) for c in pack.codes.lists["rollen"] if c.marks]
    asks = re.compile(rf'"({"|".join(codes)})" (?:not )?in |frozenset\(\{{"({"|".join(codes)})"')
    assert {m for c in pack.codes.lists["rollen"] for m in c.marks} == set(MARKS)
    for path in Path(amhk.__file__).parent.rglob("*.py"):
        found = asks.search(path.read_text(encoding="utf-8"))
        assert found is None or "migrations" in path.parts or "training" in path.parts, (
            path.name,
            found,
        )


# ------------------------------------------------------------------ a sentence about a letter is
# worked out from that letter
def test_left_out_says_of_each_letter_what_is_in_that_letter(client):
    secret = {"naam": "Berta Buur", "geheim": True}
    number = client.post(
        "/cases", melding([{"naam": "Liv Visser", "rollen": ["kind"]}], melder=secret)
    )["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Er is hulp nodig.")
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    client.move(
        number, "melden_rvdk", spoed=False, motivering="Gevaar.", gezaghebbenden_geinformeerd="ja"
    )
    for n in client.case(number)["notices"]:
        told = client.get(f"/notices/{n['id']}")
        for one in told["left_out"]:
            if one["fact"] == "zorgen":
                said = one["why"].partition("wel in de brief: ")[2]
                assert "bevindingen" not in said or "bron:" in told["html"], n["kind"]
                assert ("conclusie" in said) == ("Er is hulp nodig." in told["html"]), n["kind"]
            if one["fact"] == "melder_naam":
                assert "Berta" not in told["html"]


def test_a_letter_to_the_rvdk_says_of_the_college_what_was_done(client):
    number = client.post(
        "/cases", melding([{"naam": "Liv Visser", "rollen": ["kind"]}], acuut=True)
    )["number"]
    client.move(number, "acuut_vaststellen", bevindingen="Letsel.")
    client.move(
        number, "melden_rvdk", spoed=True, motivering="Gevaar.", gezaghebbenden_geinformeerd="ja"
    )

    def html():
        letter = next(n for n in client.case(number)["notices"] if n["kind"] == "verzoek_rvdk")
        return client.get(f"/notices/{letter['id']}")["html"]

    assert "Het college wordt van dit verzoek in kennis gesteld" in html()
    client.send_kind(number, "bericht_college")
    assert "Het college is op ma 2 februari 2026 van dit verzoek in kennis gesteld" in html()


def test_what_nobody_told_reads_as_not_asked(client):
    number = client.post(
        "/cases", melding([{"naam": "Liv Visser", "rollen": ["kind"]}], acuut=True)
    )["number"]
    client.move(number, "acuut_vaststellen", bevindingen="Letsel.")
    assert client.case(number)["bevindingen"][0]["bron"] is None
    client.move(
        number, "melden_rvdk", spoed=True, motivering="Gevaar.", gezaghebbenden_geinformeerd="ja"
    )
    client.move(number, "melden_politie", motivering="Strafbaar.")
    by = {
        n["kind"]: client.get(f"/notices/{n['id']}")["html"] for n in client.case(number)["notices"]
    }
    assert (
        "bron: niet gevraagd" in by["verzoek_rvdk"] and "eigen waarneming" not in by["verzoek_rvdk"]
    )
    assert (
        "Hierover is niets vastgelegd" in by["verzoek_rvdk"]
        and "Urgentie: niet gevraagd" in by["melding_politie"]
    )
    kinds = by["informeren_betrokkene"].partition("Welke gegevens")[2].partition("Waarom")[0]
    assert (
        "naam" in kinds
        and "rol in het gezin" in kinds
        and "geboortedatum" not in kinds
        and "adres" not in kinds
    )


# ------------------------------------------------------------------ ways out
def test_a_way_is_offered_only_where_the_recipient_has_what_it_needs(client):
    people = [
        {"naam": "Liv Visser", "rollen": ["kind"]},
        {"naam": "Noor Visser", "adres": "Kade 1, 3111 AA Schiedam"},
        {"naam": "Sem Visser", "adres": "Schuilhof 9, 3000 AA Rotterdam", "geheim_adres": True},
    ]
    number = client.post("/cases", melding(people))["number"]
    letters = {
        n["person"]: n
        for n in client.case(number)["notices"]
        if n["kind"] == "informeren_betrokkene"
    }
    ways = {name: client.get(f"/notices/{n['id']}") for name, n in letters.items()}
    assert (
        set(ways["Noor Visser"]["by_hand"]) == {"post", "persoonlijk"}
        and "print" in ways["Noor Visser"]["ways"]
    )
    assert (
        set(ways["Liv Visser"]["by_hand"]) == {"persoonlijk"} and ways["Liv Visser"]["ways"] == {}
    )
    assert "geen postadres" in ways["Liv Visser"]["lacks"][0]["text"]
    assert set(ways["Sem Visser"]["by_hand"]) == {"persoonlijk"}
    liv = letters["Liv Visser"]
    told = client.post(f"/notices/{liv['id']}/approve", {"version": liv["version"]})
    wrong = client.post(
        f"/notices/{liv['id']}/queue", {"version": told["version"], "way": "print"}, 422
    )
    assert wrong["errors"][0]["code"] == "onbestelbaar" and wrong["errors"][0]["do"][
        "href"
    ].endswith("/moves/corrigeren")
    wrong = client.post(
        f"/notices/{liv['id']}/send",
        {"version": told["version"], "date": "2026-02-02", "way": "persoonlijk"},
        422,
    )
    assert wrong["errors"][0]["field"] == "reference"
    body = {
        "version": told["version"],
        "date": "2026-02-02",
        "way": "persoonlijk",
        "reference": "aan haar oma",
    }
    assert client.post(f"/notices/{liv['id']}/send", body)["state"] == "sent"
    mended = letters["Sem Visser"]
    assert client.get(f"/notices/{mended['id']}")["lacks"][0]["text"].startswith("Geheim adres")


def test_an_institution_without_an_address_gets_no_letter_in_the_tray(client, sqlite_office):
    Client(sqlite_office, "Bea").post(
        "/institutions",
        {"name": "Zonder Adres", "kind": "wijkteam", "scale": "lokaal", "gemeenten": ["Schiedam"]},
        201,
    )
    number = client.post("/cases", melding([{"naam": "Liv Visser", "rollen": ["kind"]}]))["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="x")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="c")
    client.move(number, "verwijzen", instelling="Zonder Adres")
    letter = next(n for n in client.case(number)["notices"] if n["kind"] == "verwijzing_instelling")
    told = client.post(f"/notices/{letter['id']}/approve", {"version": letter["version"]})
    assert "print" not in told["ways"] and "post" not in told["by_hand"]
    wrong = client.post(
        f"/notices/{letter['id']}/queue", {"version": told["version"], "way": "print"}, 422
    )
    assert "geen postadres" in wrong["errors"][0]["text"]


def test_a_check_waits_for_the_letter_of_its_referral_and_a_closed_case_waits_for_nobody(client):
    number = client.post("/cases", melding([{"naam": "Liv Visser", "rollen": ["kind"]}]))["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="x")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="c")
    client.move(number, "verwijzen", instelling="Wijkteam Schiedam")
    client.clock("2026-05-04T09:00")
    good = {"hulp_gestart": "2026-03-01", "passend": "ja", "nu_veilig": "ja"}
    version = client.case(number)["version"]
    wrong = client.post(
        f"/cases/{number}/moves/voortgangscontrole", {"version": version, **good}, 422
    )["errors"]
    assert [e["code"] for e in wrong] == ["verwijzing_weg"] and "/approve" in wrong[0]["do"]["href"]
    send_owed(client, number)
    client.move(number, "voortgangscontrole", **good)
    case = client.move(number, "afsluiten")
    assert case["closed"] and [v["status"] for v in case["verwijzingen"]] == ["started"]
